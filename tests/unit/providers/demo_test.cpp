#include "providers/demo.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "providers/demo_schema.hpp"

using namespace providers;
using nlohmann::json;

namespace {

struct Demo {
  config::Deployment deployment = {};
  Operation operation = Operation::chat;

  LocalReply operator()(const json& body) const { return answer(body.dump()); }
  LocalReply answer(const std::string& body) const {
    ModelRequest request;
    const auto parsed = parse_request(operation, body, "", request);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return answer_locally(request, deployment, 1'760'000'000, "abc");
  }
};

json chat(json more = json::object()) {
  json body = {{"model", "demo"}, {"messages", {{{"role", "system"}, {"content", "Be kind."}}, {{"role", "user"}, {"content", "Tell me about gates"}}}}};
  body.update(more);
  return body;
}

json whole(const LocalReply& reply) {
  EXPECT_FALSE(reply.event_stream);
  EXPECT_EQ(reply.portions.size(), 1u);
  return json::parse(reply.portions.at(0));
}

/// The JSON of every event; the last must be [DONE].
std::vector<json> events(const LocalReply& reply) {
  EXPECT_TRUE(reply.event_stream);
  std::vector<json> out;
  EXPECT_EQ(reply.portions.back(), "data: [DONE]\n\n");
  for (std::size_t index = 0; index + 1 < reply.portions.size(); ++index) {
    const std::string& event = reply.portions[index];
    EXPECT_TRUE(event.starts_with("data: {") && event.ends_with("}\n\n")) << event;
    out.push_back(json::parse(event.substr(6)));
  }
  return out;
}

std::string content_of(const std::vector<json>& chunks, int index = 0) {
  std::string out;
  for (const json& chunk : chunks) {
    for (const json& choice : chunk["choices"]) {
      if (choice["index"] == index) out += choice["delta"].value("content", "");
    }
  }
  return out;
}

TEST(Demo, AnswersAChatWithAStoryThatEchoesTheUser) {
  const LocalReply reply = Demo{}(chat());
  const json body = whole(reply);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(body["id"], "chatcmpl-abc");
  EXPECT_EQ(body["object"], "chat.completion");
  EXPECT_EQ(body["created"], 1'760'000'000);
  EXPECT_EQ(body["model"], "demo");
  const json& choice = body["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "stop");
  EXPECT_EQ(choice["message"]["role"], "assistant");
  EXPECT_TRUE(choice["message"]["refusal"].is_null());
  const std::string text = choice["message"]["content"];
  EXPECT_TRUE(text.starts_with("You said: \"Tell me about gates\"."));
  EXPECT_EQ(body["usage"]["prompt_tokens"], 2 + 5);
  EXPECT_EQ(body["usage"]["completion_tokens"], (text.size() + 3) / 4);
  EXPECT_EQ(body["usage"]["total_tokens"], 7 + (text.size() + 3) / 4);
  EXPECT_EQ(reply.usage.total, body["usage"]["total_tokens"]);
  EXPECT_EQ(Demo{}(chat()).portions, reply.portions) << "the same question, the same answer";
}

TEST(Demo, StreamsTheSameTextInPortions) {
  const std::string text = whole(Demo{}(chat()))["choices"][0]["message"]["content"];
  const LocalReply reply = Demo{}(chat({{"stream", true}}));
  const auto chunks = events(reply);
  EXPECT_GT(reply.pace.count(), 0);
  EXPECT_EQ(chunks.front()["choices"][0]["delta"], (json{{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}}));
  EXPECT_EQ(content_of(chunks), text);
  EXPECT_EQ(chunks.back()["choices"][0]["delta"], json::object());
  EXPECT_EQ(chunks.back()["choices"][0]["finish_reason"], "stop");
  EXPECT_GT(chunks.size(), 10u);
  for (const json& chunk : chunks) {
    EXPECT_EQ(chunk["object"], "chat.completion.chunk");
    EXPECT_EQ(chunk["id"], "chatcmpl-abc");
    EXPECT_FALSE(chunk.contains("usage")) << "nobody asked";
    EXPECT_TRUE(chunk["choices"][0].contains("finish_reason"));
  }
  EXPECT_TRUE(reply.usage.seen);
}

TEST(Demo, SendsTheUsageEventWhenAsked) {
  const LocalReply reply = Demo{}(chat({{"stream", true}, {"stream_options", {{"include_usage", true}}}}));
  const auto chunks = events(reply);
  EXPECT_EQ(chunks.back()["choices"], json::array());
  EXPECT_EQ(chunks.back()["usage"]["total_tokens"], reply.usage.total);
  EXPECT_TRUE(chunks.front()["usage"].is_null());
}

TEST(Demo, GivesAsManyChoicesAsAsked) {
  const json body = whole(Demo{}(chat({{"n", 3}})));
  ASSERT_EQ(body["choices"].size(), 3u);
  EXPECT_EQ(body["choices"][2]["index"], 2);
  EXPECT_NE(body["choices"][0]["message"]["content"], body["choices"][1]["message"]["content"]);
  const auto chunks = events(Demo{}(chat({{"n", 3}, {"stream", true}})));
  for (int index = 0; index < 3; ++index) EXPECT_EQ(content_of(chunks, index), body["choices"][static_cast<std::size_t>(index)]["message"]["content"]);
}

TEST(Demo, ObeysCapAndStop) {
  json choice = whole(Demo{}(chat({{"max_tokens", 5}})))["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "length");
  EXPECT_EQ(choice["message"]["content"].get<std::string>().size(), 20u);
  EXPECT_EQ(whole(Demo{}(chat({{"max_completion_tokens", 100000}})))["choices"][0]["finish_reason"], "stop");
  choice = whole(Demo{}(chat({{"stop", {"gate of", "story"}}})))["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "stop");
  EXPECT_TRUE(choice["message"]["content"].get<std::string>().ends_with("That reminds me of a "));

  const json wide = whole(Demo{}(json{{"model", "d"}, {"messages", {{{"role", "user"}, {"content", "水水水水水水水水"}}}}, {"max_tokens", 4}}));
  EXPECT_TRUE(json::accept(wide.dump())) << "cut between characters";
}

TEST(Demo, ReadsPartsAndShortensLongEchoes) {
  const json parts = {{{"role", "user"}, {"content", {{{"type", "text"}, {"text", "see this"}}, {{"type", "image_url"}, {"image_url", {{"url", "data:x"}}}}}}}};
  EXPECT_TRUE(whole(Demo{}(chat({{"messages", parts}})))["choices"][0]["message"]["content"].get<std::string>().starts_with("You said: \"see this\""));
  const json many = {{{"role", "user"}, {"content", std::string(500, 'x')}}};
  EXPECT_LT(whole(Demo{}(chat({{"messages", many}})))["choices"][0]["message"]["content"].get<std::string>().find("That reminds me"), 120u);
}

TEST(Demo, AnswersOddBodiesToo) {
  for (const char* messages : {"[1,null,\"x\"]", "[{\"role\":1,\"content\":{}}]", "[{\"role\":\"user\",\"content\":\"\\ud83d\"}]", "[{\"role\":\"user\",\"content\":\"\xff\"}]",
                               "[{\"content\":[{\"text\":7},3]}]"}) {
    const LocalReply reply = Demo{}.answer(std::string(R"({"model":"d","messages":)") + messages + R"(,"tools":7,"tool_choice":[],"response_format":"x","stop":3})");
    EXPECT_EQ(reply.status, 200) << messages;
    EXPECT_TRUE(json::accept(reply.portions.at(0))) << messages;
  }
}

json weather_tool() {
  return json::parse(R"([{"type":"function","function":{"name":"other"}},{"type":"function","function":{"name":"get_weather","parameters":
    {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":2}},"required":["city","days"]}}}])");
}

TEST(Demo, CallsTheToolThatIsDemanded) {
  const json named = {{"tools", weather_tool()}, {"tool_choice", {{"type", "function"}, {"function", {{"name", "get_weather"}}}}}};
  const json choice = whole(Demo{}(chat(named)))["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  EXPECT_TRUE(choice["message"]["content"].is_null());
  const json& call = choice["message"]["tool_calls"][0];
  EXPECT_EQ(call["type"], "function");
  EXPECT_EQ(call["function"]["name"], "get_weather");
  EXPECT_EQ(json::parse(call["function"]["arguments"].get<std::string>()), (json{{"city", "demo"}, {"days", 2}}));

  EXPECT_EQ(whole(Demo{}(chat({{"tools", weather_tool()}, {"tool_choice", "required"}})))["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "other");
  EXPECT_EQ(whole(Demo{}(chat({{"tools", weather_tool()}})))["choices"][0]["finish_reason"], "stop") << "auto: words will do";

  json streamed = named;
  streamed["stream"] = true;
  const auto chunks = events(Demo{}(chat(streamed)));
  std::string arguments;
  for (const json& chunk : chunks) {
    for (const json& part : chunk["choices"][0]["delta"].value("tool_calls", json::array())) arguments += part["function"]["arguments"].get<std::string>();
  }
  EXPECT_EQ(arguments, call["function"]["arguments"]);
  EXPECT_EQ(chunks.front()["choices"][0]["delta"]["tool_calls"][0]["id"], call["id"]);
  EXPECT_EQ(chunks.back()["choices"][0]["finish_reason"], "tool_calls");
}

TEST(Demo, AnswersInJsonWhenAsked) {
  const auto content = [](const json& format) { return json::parse(whole(Demo{}(chat({{"response_format", format}})))["choices"][0]["message"]["content"].get<std::string>()); };
  EXPECT_TRUE(content({{"type", "json_object"}}).is_object());
  EXPECT_EQ(content({{"type", "json_schema"}, {"json_schema", {{"name", "x"}, {"schema", {{"type", "object"}, {"properties", {{"ok", {{"type", "boolean"}}}}}}}}}}), (json{{"ok", true}}));
}

TEST(InstanceOfSchema, SatisfiesSimpleSchemas) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"type":"string"})", R"("demo")"},
      {R"({"type":"string","minLength":6})", R"("demo..")"},
      {R"({"type":"string","maxLength":2})", R"("de")"},
      {R"({"type":"string","format":"date"})", R"("2026-01-01")"},
      {R"({"type":"integer"})", "1"},
      {R"({"type":"integer","minimum":7})", "7"},
      {R"({"type":"integer","exclusiveMinimum":7})", "8"},
      {R"({"type":"integer","maximum":-3})", "-3"},
      {R"({"type":"integer","multipleOf":5,"minimum":12})", "15"},
      {R"({"type":"number"})", "0.5"},
      {R"({"type":"boolean"})", "true"},
      {R"({"type":"null"})", "null"},
      {R"({"type":["null","integer"]})", "1"},
      {R"({"enum":["b","a"]})", R"("b")"},
      {R"({"const":{"x":1}})", R"({"x":1})"},
      {R"({"anyOf":[{"type":"null"},{"type":"integer"}]})", "1"},
      {R"({"allOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"null"}}}]})", R"({"a":1,"b":null})"},
      {R"({"type":"array","items":{"type":"integer"},"minItems":2})", "[1,1]"},
      {R"({"type":"array","maxItems":0})", "[]"},
      {R"({"prefixItems":[{"type":"integer"},{"type":"string"}]})", R"([1,"demo"])"},
      {R"({"$defs":{"p":{"type":"object","properties":{"n":{"type":"string"}}}},"properties":{"p":{"$ref":"#/$defs/p"}}})", R"({"p":{"n":"demo"}})"},
      {R"({"$ref":"#/nowhere"})", "null"},
      {R"({"$ref":"http://x"})", "null"},
      {"true", R"("demo")"},
      {"{}", R"("demo")"},
      {"not json", "null"}};
  for (const auto& [schema, instance] : cases) EXPECT_EQ(instance_of_schema(schema), instance) << schema;
}

TEST(InstanceOfSchema, EndsRecursion) {
  const std::string list = instance_of_schema(R"({"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["value","next"]})");
  EXPECT_TRUE(json::accept(list));
  EXPECT_EQ(json::parse(list)["value"], 1);
  std::string fan = R"({"type":"object","properties":{)";
  for (int index = 0; index < 50; ++index) fan += "\"p" + std::to_string(index) + "\":{\"$ref\":\"#\"},";
  fan += R"("z":{"$ref":"#"}},"required":["z"]})";
  EXPECT_LT(instance_of_schema(fan).size(), 1u << 20);
}

TEST(Demo, GivesUnitVectorsAsFloatsOrBase64) {
  Demo demo{.operation = Operation::embeddings};
  const LocalReply reply = demo({{"model", "e"}, {"input", {"abcd", "efghi"}}, {"dimensions", 8}});
  const json body = whole(reply);
  EXPECT_EQ(body["object"], "list");
  ASSERT_EQ(body["data"].size(), 2u);
  EXPECT_EQ(body["data"][1]["index"], 1);
  EXPECT_EQ(body["usage"], (json{{"prompt_tokens", 3}, {"total_tokens", 3}}));
  EXPECT_EQ(reply.usage.input, 3);
  const auto floats = body["data"][0]["embedding"].get<std::vector<float>>();
  ASSERT_EQ(floats.size(), 8u);
  double squares = 0;
  for (const float value : floats) squares += static_cast<double>(value) * static_cast<double>(value);
  EXPECT_NEAR(squares, 1, 1e-5);
  EXPECT_NE(body["data"][0]["embedding"], body["data"][1]["embedding"]);

  const std::string text = whole(demo({{"model", "e"}, {"input", "abcd"}, {"dimensions", 8}, {"encoding_format", "base64"}}))["data"][0]["embedding"];
  ASSERT_EQ(text.size(), 44u);
  std::string bytes;
  unsigned group = 0;
  int bits = 0;
  for (const char byte : text) {
    const auto value = std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(byte);
    if (value == std::string_view::npos) break;
    group = group << 6 | static_cast<unsigned>(value);
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(group >> (bits -= 8) & 0xff);
  }
  ASSERT_EQ(bytes.size(), 32u);
  std::vector<float> decoded(8);
  std::memcpy(decoded.data(), bytes.data(), 32);
  EXPECT_EQ(decoded, floats);
}

TEST(Demo, EmbedsTokensAndRefusesTooMuch) {
  Demo demo{.operation = Operation::embeddings};
  const json tokens = whole(demo({{"model", "e"}, {"input", {1, 2, 3}}}));
  EXPECT_EQ(tokens["data"].size(), 1u);
  EXPECT_EQ(tokens["data"][0]["embedding"].size(), 1536u);
  EXPECT_EQ(tokens["usage"]["prompt_tokens"], 3);
  EXPECT_EQ(whole(demo({{"model", "e"}, {"input", {{1, 2}, {3}}}, {"dimensions", 2}}))["data"].size(), 2u);
  EXPECT_EQ(demo({{"model", "e"}, {"input", "x"}, {"dimensions", 0}}).status, 400);
  EXPECT_EQ(demo({{"model", "e"}, {"input", "x"}, {"dimensions", 100000}}).status, 400);
  EXPECT_EQ(demo({{"model", "e"}, {"input", json::array()}}).status, 400);
  EXPECT_EQ(demo({{"model", "e"}, {"input", std::vector<std::string>(2049, "x")}, {"dimensions", 1}}).status, 400);
}

TEST(Demo, FindsNothingToModerate) {
  Demo demo{.operation = Operation::moderations};
  const json body = whole(demo({{"input", {"a", "b"}}}));
  EXPECT_EQ(body["id"], "modr-abc");
  EXPECT_EQ(body["model"], "omni-moderation-latest");
  ASSERT_EQ(body["results"].size(), 2u);
  EXPECT_EQ(body["results"][1]["flagged"], false);
  EXPECT_EQ(body["results"][1]["categories"].size(), 13u);
  EXPECT_EQ(whole(demo({{"input", {{{"type", "text"}, {"text", "a"}}, {{"type", "text"}, {"text", "b"}}}}}))["results"].size(), 1u);
}

TEST(Demo, CompletesPrompts) {
  Demo demo{.operation = Operation::completions};
  const json body = whole(demo({{"model", "d"}, {"prompt", {"one", "two"}}, {"n", 2}}));
  EXPECT_EQ(body["id"], "cmpl-abc");
  EXPECT_EQ(body["object"], "text_completion");
  ASSERT_EQ(body["choices"].size(), 4u);
  EXPECT_NE(body["choices"][2]["text"].get<std::string>().find("two"), std::string::npos);
  EXPECT_EQ(demo({{"model", "d"}, {"prompt", std::vector<std::string>(129, "x")}}).status, 400);

  const auto chunks = events(demo({{"model", "d"}, {"prompt", "one"}, {"stream", true}}));
  std::string text;
  for (const json& chunk : chunks) text += chunk["choices"][0]["text"].get<std::string>();
  EXPECT_EQ(text, whole(demo({{"model", "d"}, {"prompt", "one"}}))["choices"][0]["text"]);
  EXPECT_EQ(chunks.back()["choices"][0]["finish_reason"], "stop");
}

TEST(MockResponse, IsGivenAsItStands) {
  Demo demo;
  demo.deployment.has_mock_response = true;
  demo.deployment.mock_response = "This is a mock";
  EXPECT_EQ(whole(demo(chat()))["choices"][0]["message"]["content"], "This is a mock");
  const LocalReply streamed = demo(chat({{"stream", true}}));
  EXPECT_EQ(content_of(events(streamed)), "This is a mock");
  EXPECT_EQ(streamed.pace.count(), 0);
  demo.deployment.mock_response = "";
  EXPECT_EQ(whole(demo(chat()))["choices"][0]["message"]["content"], "");
}

TEST(MockResponse, AnswersWithLiteLlmsErrors) {
  const std::vector<std::tuple<const char*, int, ErrorKind>> cases = {
      {"litellm.RateLimitError", 429, ErrorKind::upstream_rate_limited},      {"litellm.InternalServerError", 500, ErrorKind::upstream_failed},
      {"litellm.ContextWindowExceededError", 400, ErrorKind::upstream_refused}, {"litellm.AuthenticationError", 401, ErrorKind::upstream_auth},
      {"litellm.Timeout", 408, ErrorKind::timed_out},                         {"litellm.ServiceUnavailableError", 503, ErrorKind::upstream_failed}};
  for (const auto& [name, status, kind] : cases) {
    Demo demo;
    demo.deployment.has_mock_response = true;
    demo.deployment.mock_response = name;
    const LocalReply reply = demo(chat({{"stream", true}}));
    EXPECT_EQ(reply.status, status) << name;
    EXPECT_EQ(explain_upstream_error(reply.status, reply.portions.at(0), "", "").kind, kind) << name;
  }
}

}  // namespace
