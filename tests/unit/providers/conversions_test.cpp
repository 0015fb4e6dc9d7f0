// Replies in the other form: a whole one where a stream was asked (S19), a stream where a whole one was asked (S20).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "providers/plain_reply.hpp"
#include "providers/stream_relay.hpp"

namespace {

using nlohmann::json;
using providers::ErrorKind;
using providers::ModelRequest;
using providers::Operation;
using providers::StreamRelay;

ModelRequest request_for(Operation operation, bool include_usage = true) {
  ModelRequest request;
  request.operation = operation;
  request.include_usage = include_usage;
  return request;
}

std::vector<json> events_of(const std::string& stream) {
  std::vector<json> events;
  std::size_t at = 0;
  while (at < stream.size()) {
    const std::size_t end = stream.find("\n\n", at);
    EXPECT_NE(end, std::string::npos);
    const std::string line = stream.substr(at, end - at);
    EXPECT_TRUE(line.starts_with("data: "));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_LT(line.size(), 64U * 1024);
    if (line != "data: [DONE]") events.push_back(json::parse(line.substr(6)));
    at = end + 2;
  }
  EXPECT_TRUE(stream.ends_with("data: [DONE]\n\n"));
  return events;
}

/// Our own relay is the strictest reader of what we write.
void expect_relays_unchanged(const std::string& stream) {
  StreamRelay relay{{}};
  std::string out;
  relay.feed(stream, out);
  EXPECT_TRUE(relay.done());
  EXPECT_EQ(out, stream);
}

const std::string tool_reply = R"({
  "id": "chatcmpl-7", "object": "chat.completion", "created": 7, "model": "up", "system_fingerprint": "fp", "citations": ["a"],
  "choices": [
    {"index": 0, "message": {"role": "assistant", "content": "Let me \"see\" \ud83d\ude00", "refusal": null, "reasoning_content": "hm",
      "tool_calls": [{"id": "t1", "type": "function", "function": {"name": "open", "arguments": "{\"gate\":\n1}"}},
                     {"function": {"name": "shut", "arguments": {"gate": 2}}}]},
     "logprobs": {"content": [{"token": "Let"}]}, "finish_reason": "tool_calls"},
    {"index": 1, "message": {"role": "assistant", "content": null, "refusal": "No."}, "logprobs": null, "finish_reason": "stop"}],
  "usage": {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14}})";

TEST(StreamFromPlain, WritesEveryPartInTheOrderThatClientsNeed) {
  providers::Usage usage;
  const auto stream = stream_from_plain(request_for(Operation::chat), "mine", tool_reply, usage);
  ASSERT_TRUE(stream) << stream.error().message;
  expect_relays_unchanged(*stream);
  EXPECT_EQ(usage.output, 9);

  const auto events = events_of(*stream);
  ASSERT_EQ(events.size(), 12U);
  for (const json& event : events) {
    EXPECT_EQ(event["id"], "chatcmpl-7");
    EXPECT_EQ(event["object"], "chat.completion.chunk");
    EXPECT_EQ(event["model"], "mine");
    EXPECT_EQ(event["created"], 7);
    EXPECT_EQ(event["system_fingerprint"], "fp");
  }
  const auto choice = [&](std::size_t at) { return events[at]["choices"][0]; };
  const json opening = {{"role", "assistant"}, {"content", ""}};
  EXPECT_EQ(choice(0)["delta"], opening);
  EXPECT_EQ(choice(1)["delta"], opening);
  EXPECT_EQ(choice(1)["index"], 1);
  EXPECT_EQ(choice(2)["delta"]["content"], "Let me \"see\" 😀");
  EXPECT_EQ(choice(2)["logprobs"]["content"][0]["token"], "Let");
  EXPECT_EQ(choice(3)["delta"]["reasoning_content"], "hm");
  EXPECT_EQ(choice(4)["delta"]["tool_calls"], json::parse(R"([{"index":0,"id":"t1","type":"function","function":{"name":"open","arguments":""}}])"));
  EXPECT_EQ(choice(5)["delta"]["tool_calls"], json::parse(R"([{"index":0,"function":{"arguments":"{\"gate\":\n1}"}}])"));
  EXPECT_EQ(choice(6)["delta"]["tool_calls"][0]["index"], 1);
  EXPECT_EQ(choice(6)["delta"]["tool_calls"][0]["type"], "function");
  EXPECT_FALSE(choice(6)["delta"]["tool_calls"][0]["id"].get<std::string>().empty());
  EXPECT_EQ(json::parse(choice(7)["delta"]["tool_calls"][0]["function"]["arguments"].get<std::string>())["gate"], 2);
  EXPECT_EQ(choice(8)["delta"]["refusal"], "No.");
  EXPECT_EQ(choice(9)["finish_reason"], "tool_calls");
  EXPECT_EQ(events[9]["citations"][0], "a");
  EXPECT_EQ(choice(10)["finish_reason"], "stop");
  EXPECT_TRUE(events[11]["choices"].empty());
  EXPECT_EQ(events[11]["usage"]["total_tokens"], 14);
}

TEST(StreamFromPlain, HidesUsageUnlessAsked) {
  providers::Usage usage;
  const auto stream = stream_from_plain(request_for(Operation::chat, false), "", tool_reply, usage);
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->find("usage"), std::string::npos);
  EXPECT_TRUE(usage.seen);
}

TEST(StreamFromPlain, WritesCompletions) {
  providers::Usage usage;
  const auto stream = stream_from_plain(request_for(Operation::completions), "m",
                                        R"({"id":"cmpl-1","created":3,"model":"up","choices":[{"index":0,"text":"abc","logprobs":{"tokens":["abc"]},"finish_reason":"length"}]})",
                                        usage);
  ASSERT_TRUE(stream);
  expect_relays_unchanged(*stream);
  const auto events = events_of(*stream);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["choices"][0]["text"], "abc");
  EXPECT_EQ(events[0]["choices"][0]["logprobs"]["tokens"][0], "abc");
  EXPECT_EQ(events[1]["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(events[1]["object"], "text_completion");
}

TEST(StreamFromPlain, CutsLongTextsBetweenCharacters) {
  std::string content, wanted;
  for (int count = 0; count < 20'000; ++count) {
    content += "水\\u00e9\\ud83d\\ude00\\n\\\"";
    wanted += "水é😀\n\"";
  }
  providers::Usage usage;
  const auto stream = stream_from_plain(request_for(Operation::chat), "m",
                                        R"({"choices":[{"message":{"content":")" + content + R"("},"finish_reason":"stop"}]})", usage);
  ASSERT_TRUE(stream);
  std::string joined;
  for (const json& event : events_of(*stream)) joined += event["choices"][0]["delta"].value("content", "");
  EXPECT_EQ(joined, wanted);
}

TEST(StreamFromPlain, RefusesWhatIsNoCompleteReply) {
  providers::Usage usage;
  const auto error_of = [&](std::string_view body) { return stream_from_plain(request_for(Operation::chat), "m", body, usage).error(); };
  EXPECT_EQ(error_of("<html>").kind, ErrorKind::bad_upstream_response);
  EXPECT_EQ(error_of("{}").kind, ErrorKind::bad_upstream_response);
  EXPECT_EQ(error_of(R"({"choices":[]})").kind, ErrorKind::bad_upstream_response);
  EXPECT_EQ(error_of(R"({"error":{"message":"m","type":"rate_limit_error"}})").kind, ErrorKind::upstream_rate_limited);
  EXPECT_EQ(error_of(R"({"choices":[{"message":{"content":"a"},"finish_reason":null}]})").code, "upstream_stream_incomplete");
}

std::string event(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }
const std::string done = "data: [DONE]\n\n";

std::string chunk(std::string_view delta, std::string_view rest = R"("finish_reason":null)", int index = 0) {
  return event(R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":)" + std::to_string(index) + R"(,"delta":)" +
               std::string(delta) + "," + std::string(rest) + "}]}");
}

TEST(PlainFromStream, JoinsWhatBelongsTogether) {
  const std::string stream =
      chunk(R"({"role":"assistant","content":""})") + chunk(R"({"role":"assistant","reasoning_content":"h"})") + chunk(R"({"reasoning_content":"m"})") +
      chunk(R"({"content":"Hel"})", R"("logprobs":{"content":[{"token":"Hel"}]},"finish_reason":null)") +
      chunk(R"({"content":"lo \ud83d"})", R"("logprobs":{"content":[{"token":"lo"}]},"finish_reason":null)") + chunk(R"({"content":"\ude00"})") +
      chunk(R"({"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"open","arguments":""}}]})") +
      chunk(R"({"tool_calls":[{"index":0,"id":"","function":{"arguments":"{\"a\""}}]})") +
      chunk(R"({"tool_calls":[{"index":1,"id":"t2","type":"function","function":{"name":"shut","arguments":"{}"}}]})") +
      chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]})") + chunk(R"({"refusal":"N"})", R"("finish_reason":null)", 1) +
      chunk(R"({"refusal":"o"})", R"("finish_reason":null)", 1) + chunk("{}", R"("finish_reason":"stop")", 1) +
      chunk("{}", R"("finish_reason":"tool_calls")") +
      event(R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}})") + done;
  const auto reply = plain_from_stream(request_for(Operation::chat), stream);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(json::parse(*reply), json::parse(R"({"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[
    {"index":0,"finish_reason":"tool_calls","logprobs":{"content":[{"token":"Hel"},{"token":"lo"}]},"message":{"role":"assistant","content":"Hello 😀",
     "refusal":null,"reasoning_content":"hm","tool_calls":[{"id":"t1","type":"function","function":{"name":"open","arguments":"{\"a\":1}"}},
     {"id":"t2","type":"function","function":{"name":"shut","arguments":"{}"}}]}},
    {"index":1,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant","content":null,"refusal":"No"}}],
    "usage":{"prompt_tokens":3,"completion_tokens":4}})"));
}

TEST(PlainFromStream, OrdersChoicesAndKeepsExtras) {
  const std::string stream = chunk(R"({"content":"b"})", R"("stop_reason":null)", 1) + chunk(R"({"content":"a"})") +
                             chunk("{}", R"("finish_reason":"stop","stop_reason":12)", 1) + chunk("{}", R"("finish_reason":"stop")") +
                             event(R"({"citations":["x"],"choices":[],"obfuscation":"zz"})") + event(R"({"citations":["x","y"],"choices":[]})") + done;
  const auto reply = plain_from_stream(request_for(Operation::chat), stream);
  ASSERT_TRUE(reply);
  const json parsed = json::parse(*reply);
  EXPECT_EQ(parsed["choices"][0]["message"]["content"], "a");
  EXPECT_EQ(parsed["choices"][1]["message"]["content"], "b");
  EXPECT_EQ(parsed["choices"][1]["stop_reason"], 12);
  EXPECT_EQ(parsed["citations"], json::parse(R"(["x","y"])"));
  EXPECT_FALSE(parsed.contains("obfuscation"));
}

TEST(PlainFromStream, JoinsAudioAndCompletions) {
  const std::string audio = chunk(R"({"audio":{"id":"a1","data":"Zg=="}})") + chunk(R"({"audio":{"data":"b28=","transcript":"x"}})") +
                            chunk(R"({"audio":{"transcript":"y","expires_at":9}})", R"("finish_reason":"stop")") + done;
  const json parsed = json::parse(*plain_from_stream(request_for(Operation::chat), audio));
  EXPECT_EQ(parsed["choices"][0]["message"]["audio"], json::parse(R"({"id":"a1","data":"Zm9v","transcript":"xy","expires_at":9})"));

  const std::string completion = event(R"({"id":"c","object":"text_completion","choices":[{"index":0,"text":"a","logprobs":{"tokens":["a"]},"finish_reason":null}]})") +
                                 event(R"({"id":"c","object":"text_completion","choices":[{"index":0,"text":"b","logprobs":{"tokens":["b"]},"finish_reason":"stop"}]})") + done;
  EXPECT_EQ(json::parse(*plain_from_stream(request_for(Operation::completions), completion)),
            json::parse(R"({"id":"c","object":"text_completion","choices":[{"index":0,"text":"ab","logprobs":{"tokens":["a","b"]},"finish_reason":"stop"}]})"));
}

TEST(PlainFromStream, NeedsAWholeStream) {
  EXPECT_EQ(plain_from_stream(request_for(Operation::chat), chunk(R"({"content":"a"})")).error().code, "upstream_stream_incomplete");
  EXPECT_EQ(plain_from_stream(request_for(Operation::chat), "").error().code, "upstream_stream_incomplete");
  EXPECT_EQ(plain_from_stream(request_for(Operation::chat), done).error().kind, ErrorKind::bad_upstream_response);
}

TEST(Conversions, ThereAndBackIsTheSameReply) {
  providers::Usage usage;
  const auto stream = stream_from_plain(request_for(Operation::chat), "", tool_reply, usage);
  ASSERT_TRUE(stream);
  const json back = json::parse(*plain_from_stream(request_for(Operation::chat), *stream));
  json wanted = json::parse(tool_reply);
  json& made = wanted["choices"][0]["message"]["tool_calls"][1];  // what it lacked was made, the object was made text
  made["id"] = "call_0_1";
  made["type"] = "function";
  made["function"]["arguments"] = "{\"gate\": 2}";
  EXPECT_EQ(back, wanted);
}

}  // namespace
