// The official Node client, as its users use it. Run by test_openai_node.py, which starts the gateway:
//   PENSTOCK_BASE_URL, PENSTOCK_KEY
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { zodless } from "./schema.mjs";

const baseURL = process.env.PENSTOCK_BASE_URL;
const apiKey = process.env.PENSTOCK_KEY;
const client = new OpenAI({ baseURL, apiKey, timeout: 20_000 });
const once = new OpenAI({ baseURL, apiKey, timeout: 20_000, maxRetries: 0 });
const messages = [{ role: "user", content: "hello" }];
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("chat", async () => {
  const reply = await client.chat.completions.create({ model: "fake", messages });
  assert.equal(reply.model, "fake");
  assert.equal(reply.choices[0].finish_reason, "stop");
  assert.ok(reply.usage.total_tokens > 0);
});

test("demo model", async () => {
  const reply = await client.chat.completions.create({ model: "demo", messages });
  assert.ok(reply.choices[0].message.content.length > 0);
});

test("stream", async () => {
  const chunks = await collect(await client.chat.completions.create({ model: "openai/fake?events=9", messages, stream: true }));
  assert.equal(chunks.filter((chunk) => chunk.choices[0].delta.content).length, 9);
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
});

test("stream with usage", async () => {
  const chunks = await collect(await client.chat.completions.create({ model: "openai/fake?events=4", messages, stream: true, stream_options: { include_usage: true } }));
  assert.equal(chunks.at(-1).usage.completion_tokens, 4);
});

test("stream accumulator", async () => {
  const final = await client.chat.completions.stream({ model: "openai/fake?events=5", messages }).finalChatCompletion();
  assert.equal(final.choices[0].finish_reason, "stop");
  assert.ok(final.choices[0].message.content.length > 0);
});

test("stream that is cut throws", async () => {
  await assert.rejects(async () => collect(await once.chat.completions.create({ model: "openai/fake?events=9&cut=4", messages, stream: true })));
});

test("stream that is left early", async () => {
  const stream = await client.chat.completions.create({ model: "openai/fake?events=1000&pace=10", messages, stream: true });
  for await (const chunk of stream) {
    assert.ok(chunk.id);
    break;
  }
  assert.ok((await client.chat.completions.create({ model: "fake", messages })).id);
});

test("tools", async () => {
  const { choices } = await client.chat.completions.create({ model: "fake", messages, tools });
  assert.equal(choices[0].finish_reason, "tool_calls");
  assert.equal(JSON.parse(choices[0].message.tool_calls[0].function.arguments).city, "Paris");
});

test("runTools calls the function", async () => {
  let asked;
  const get_weather = { type: "function", function: { name: "get_weather", parse: JSON.parse, function: (given) => { asked = given; return "sunny"; }, parameters: { type: "object", properties: {} } } };
  const runner = client.chat.completions.runTools({ model: "fake", messages, tools: [get_weather] }, { maxChatCompletions: 1 });
  await runner.done();
  assert.equal(asked.city, "Paris");
});

test("parse", async () => {
  const reply = await client.chat.completions.parse({ model: "fake", messages, response_format: zodless });
  assert.deepEqual(reply.choices[0].message.parsed, { city: "Paris", temperature: 21 });
});

test("embeddings", async () => {
  const reply = await client.embeddings.create({ model: "fake", input: ["one", "two"] });
  assert.deepEqual(reply.data.map((row) => row.embedding.slice(0, 2)), [[0.5, -0.5], [0.5, -0.5]]);
});

test("embeddings of an upstream that only knows floats", async () => {
  const reply = await client.embeddings.create({ model: "openai/fake?floats", input: "one" });
  assert.deepEqual(reply.data[0].embedding.slice(0, 2), [0.5, -0.5]);
});

test("models", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(ids.includes("fake") && ids.includes("demo"));
});

test("wrong key", async () => {
  const stranger = new OpenAI({ baseURL, apiKey: "sk-nobody-knows-this", maxRetries: 0 });
  await assert.rejects(stranger.chat.completions.create({ model: "fake", messages }), OpenAI.AuthenticationError);
});

test("unknown model", async () => {
  await assert.rejects(once.chat.completions.create({ model: "no-such-model", messages }), OpenAI.BadRequestError);
});

test("rate limit of the upstream", async () => {
  await assert.rejects(once.chat.completions.create({ model: "openai/fake?status=429&retry_after=3", messages }), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.headers.get("retry-after"), "3");
    return true;
  });
});

test("html instead of json", async () => {
  await assert.rejects(once.chat.completions.create({ model: "openai/fake?html", messages }), (error) => error.status === 502 && typeof error.error.message === "string");
});

test("retries", async () => {
  const retrying = new OpenAI({ baseURL, apiKey, maxRetries: 1 });
  await assert.rejects(retrying.chat.completions.create({ model: "openai/fake?status=503", messages }), OpenAI.InternalServerError);
});

test("withResponse", async () => {
  const { data, response, request_id } = await client.chat.completions.create({ model: "fake", messages }).withResponse();
  assert.equal(response.headers.get("x-litellm-call-id"), request_id);
  assert.ok(data.choices.length > 0);
});

test("many at once", async () => {
  const replies = await Promise.all(Array.from({ length: 30 }, () => client.chat.completions.create({ model: "fake", messages })));
  assert.ok(replies.every((reply) => reply.choices[0].finish_reason === "stop"));
});
