// The relay of one stream: what goes out, what is metered, how it ends. S01 ... S41 are the cases of the streaming fault catalogue.
#include "providers/stream_relay.hpp"

#include <gtest/gtest.h>

namespace {

using providers::ErrorKind;
using providers::StreamOptions;
using providers::StreamRelay;

struct Outcome {
  std::string out;
  bool committed = false;
  bool done = false;
  bool surplus = false;
  std::optional<providers::Error> failure;
  providers::Usage usage;
  std::string finish_reason;
  std::size_t content_events = 0;
  std::size_t content_bytes = 0;
};

enum class End { clean, cut, open };

Outcome outcome_of(const StreamRelay& relay, std::string out) {
  return {.out = std::move(out),
          .committed = relay.committed(),
          .done = relay.done(),
          .surplus = relay.surplus(),
          .failure = relay.failure(),
          .usage = relay.usage(),
          .finish_reason = std::string(relay.finish_reason()),
          .content_events = relay.content_events(),
          .content_bytes = relay.content_bytes()};
}

Outcome relay_pieces(const std::vector<std::string_view>& pieces, const StreamOptions& options, End end) {
  StreamRelay relay{options};
  std::string out;
  for (const std::string_view piece : pieces) relay.feed(piece, out);
  if (end != End::open) relay.end_of_body(end == End::clean, out);
  return outcome_of(relay, std::move(out));
}

void expect_same(const Outcome& seen, const Outcome& wanted, std::string_view how) {
  ASSERT_EQ(seen.out, wanted.out) << how;
  ASSERT_EQ(seen.committed, wanted.committed) << how;
  ASSERT_EQ(seen.done, wanted.done) << how;
  ASSERT_EQ(seen.surplus, wanted.surplus) << how;
  ASSERT_EQ(seen.failure.has_value(), wanted.failure.has_value()) << how;
  if (seen.failure) {
    ASSERT_EQ(seen.failure->message, wanted.failure->message) << how;
  }
  ASSERT_EQ(seen.usage, wanted.usage) << how;
  ASSERT_EQ(seen.finish_reason, wanted.finish_reason) << how;
  ASSERT_EQ(seen.content_events, wanted.content_events) << how;
  ASSERT_EQ(seen.content_bytes, wanted.content_bytes) << how;
}

/// Relays the bytes whole, byte by byte and cut at every place (S01, S30): all must come to the same. Returns what they come to.
Outcome relay(std::string_view upstream, const StreamOptions& options = {}, End end = End::clean) {
  const Outcome whole = relay_pieces({upstream}, options, end);
  std::vector<std::string_view> bytes;
  for (std::size_t at = 0; at < upstream.size(); ++at) bytes.push_back(upstream.substr(at, 1));
  expect_same(relay_pieces(bytes, options, end), whole, "byte by byte");
  for (std::size_t at = 1; at < upstream.size(); ++at) {
    expect_same(relay_pieces({upstream.substr(0, at), upstream.substr(at)}, options, end), whole, "cut at " + std::to_string(at));
    if (testing::Test::HasFatalFailure()) break;
  }
  return whole;
}

std::string delta(std::string_view members, int choice = 0) {
  return R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"up","choices":[{"index":)" + std::to_string(choice) +
         R"(,"delta":{)" + std::string(members) + R"(},"finish_reason":null}]})";
}
std::string text(std::string_view content, int choice = 0) { return delta("\"content\":\"" + std::string(content) + "\"", choice); }
std::string finish(int choice = 0, std::string_view reason = "stop") {
  return R"({"id":"c1","model":"up","choices":[{"index":)" + std::to_string(choice) + R"(,"delta":{},"finish_reason":")" + std::string(reason) +
         R"("}]})";
}
std::string usage_event(int input, int output, std::string_view choices = "[]") {
  return R"({"id":"c1","model":"up","choices":)" + std::string(choices) + R"(,"usage":{"prompt_tokens":)" + std::to_string(input) +
         R"(,"completion_tokens":)" + std::to_string(output) + R"(,"total_tokens":)" + std::to_string(input + output) + "}}";
}
std::string event(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }
const std::string done = "data: [DONE]\n\n";
const std::string role = delta(R"("role":"assistant","content":"")");

std::string replaced(std::string where, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = where.find(what, at)) != std::string::npos; at += by.size()) where.replace(at, what.size(), by);
  return where;
}

// --- framing ---

TEST(StreamRelay, PassesAWellFormedStreamByteForByte) {
  const std::string stream = event(role) + event(text("Hel")) + event(text("lo")) + event(text("!\\u00e9 水 \\\" ")) + event(finish()) + done;
  const Outcome seen = relay(stream);
  EXPECT_EQ(seen.out, stream);
  EXPECT_TRUE(seen.done);
  EXPECT_FALSE(seen.surplus);
  EXPECT_FALSE(seen.failure);
  EXPECT_EQ(seen.finish_reason, "stop");
  EXPECT_EQ(seen.content_events, 3U);
  EXPECT_EQ(seen.content_bytes, 5 + std::string_view("!\\u00e9 水 \\\" ").size());
}

TEST(StreamRelay, S02S03AcceptsEveryLineEnd) {
  const std::string wanted = event(role) + event(text("a")) + event(text("b")) + event(text("c")) + event(finish()) + done;
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    const Outcome seen = relay(replaced(wanted, "\n", line_end));
    EXPECT_EQ(seen.out, wanted);
    EXPECT_TRUE(seen.done);
    EXPECT_FALSE(seen.surplus);
  }
  const std::string mixed = "data: " + role + "\r\n\n" + "data: " + text("a") + "\r\r\n" + "data: " + text("b") + "\n\r" + "data: " + text("c") +
                            "\r\r" + "data: " + finish() + "\n\r\n" + "data: [DONE]\r\n\r\n";
  EXPECT_EQ(relay(mixed).out, wanted);
}

TEST(StreamRelay, S04StripsTheByteOrderMarkOnceAtTheStart) {
  const std::string wanted = event(text("\xEF\xBB\xBF" "a")) + event(finish()) + done;
  EXPECT_EQ(relay("\xEF\xBB\xBF" + wanted).out, wanted);
}

TEST(StreamRelay, S05DropsCommentsAndOtherFields) {
  const std::string stream = ": ping\n\n:\n\nid: 1\nretry: soon\nevent: message\ndata: " + text("a") + "\nid\n\n: ping\n" + event(text("b")) +
                             "unknown\n\n" + event(finish()) + ": bye\n\n" + done;
  EXPECT_EQ(relay(stream).out, event(text("a")) + event(text("b")) + event(finish()) + done);
}

TEST(StreamRelay, S06JoinsDataLinesIntoOne) {
  const std::string stream = "data: {\"model\":\"up\",\ndata:\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"a\"}}]}\n\n" + event(finish()) + done;
  const Outcome seen = relay(stream, {.client_model = "mine"});
  EXPECT_EQ(seen.out, event(R"({"model":"mine", "choices":[{"index":0, "delta":{"content":"a"}}]})") + event(replaced(finish(), "up", "mine")) + done);
}

TEST(StreamRelay, ALineBreakInsideAStringIsNotJson) {
  const Outcome seen = relay("data: {\"choices\":[{\"delta\":{\"content\":\"a\ndata: b\"}}]}\n\n");
  ASSERT_TRUE(seen.failure);
  EXPECT_EQ(seen.failure->kind, ErrorKind::bad_upstream_response);
  EXPECT_EQ(seen.out, "");
}

TEST(StreamRelay, S07TheSpaceBehindDataIsOptional) {
  const std::string wanted = event(text("a")) + event(text("b")) + event(text("c")) + event(finish()) + done;
  EXPECT_EQ(relay(replaced(wanted, "data: ", "data:")).out, wanted);
  EXPECT_EQ(relay(replaced(wanted, "data: ", "data:  ")).out, wanted);
  EXPECT_EQ(relay(replaced(wanted, "data: ", "data:\t")).out, wanted);
}

TEST(StreamRelay, S08TakesALastEventWithoutItsBlankLine) {
  for (const std::string_view end : {"", "\n", "\r", "\r\n"}) {
    const Outcome seen = relay(event(text("a")) + event(finish()) + "data: " + usage_event(3, 4) + std::string(end));
    EXPECT_EQ(seen.out, event(text("a")) + event(finish()) + event(usage_event(3, 4)) + done);
    EXPECT_EQ(seen.usage.output, 4);
    EXPECT_TRUE(seen.done);
    EXPECT_TRUE(relay(event(text("a")) + event(finish()) + "data: [DONE]" + std::string(end)).done);
    EXPECT_TRUE(relay(event(text("a")) + "data: " + finish() + std::string(end)).done);
  }
}

TEST(StreamRelay, S09S10BoundsAnEventHoweverItComes) {
  const StreamOptions options{.event_limit = 200};
  const std::string small = event(text("a"));
  const std::string large = text(std::string(200, 'x'));
  for (const std::string& rest : {event(large), "data: " + large, ": " + std::string(200, 'x') + "\n", "data: " + replaced(large, "x", "x\ndata:")}) {
    const Outcome seen = relay(small + small + rest, options, End::open);
    EXPECT_EQ(seen.out, small + small);
    ASSERT_TRUE(seen.failure);
    EXPECT_EQ(seen.failure->kind, ErrorKind::bad_upstream_response);
  }
  std::string pings;  // comments are no event, however many come
  for (int count = 0; count < 100; ++count) pings += ": ping\n";
  EXPECT_FALSE(relay(pings, options, End::open).failure);
}

TEST(StreamRelay, HoldsOnlyAnIncompleteEvent) {
  StreamRelay relay{{}};
  std::string out;
  relay.feed(event(text("a")) + "data: {\"cho", out);
  EXPECT_EQ(relay.held_bytes(), 11U);
  EXPECT_EQ(out, event(text("a")));
  relay.feed("ices\":[]}\n\n", out);
  EXPECT_EQ(relay.held_bytes(), 0U);
}

TEST(StreamRelay, CompletesAHeldEventOutOfALargeRead) {
  std::string stream;
  for (int count = 0; count < 300; ++count) stream += event(text("word " + std::to_string(count)));
  stream += event(finish()) + done;
  for (const std::size_t cut : {1UL, 77UL, 5000UL, stream.size() - 3}) {
    const std::string_view view = stream;
    EXPECT_EQ(relay_pieces({view.substr(0, cut), view.substr(cut)}, {}, End::clean).out, stream);
  }
}

// --- what the client sees of the JSON ---

TEST(StreamRelay, RestampsTheModelAndNothingElse) {
  const std::string stream = event(role) + event(text("my \\\"model\\\": \\\"up\\\"")) + event(text("b")) + event(text("c")) + event(finish()) + done;
  const Outcome seen = relay(stream, {.client_model = "team/\"quoted\""});
  EXPECT_EQ(seen.out, replaced(stream, R"("model":"up")", R"("model":"team/\"quoted\"")"));
}

TEST(StreamRelay, RestampsOnlyTopLevelModels) {
  const std::string json = R"({"choices":[{"index":0,"delta":{"content":"x","model":"up"}}], "model" : "up","x":{"model":"up"},"model":null})";
  const std::string wanted = R"({"choices":[{"index":0,"delta":{"content":"x","model":"up"}}], "model" : "m","x":{"model":"up"},"model":"m"})";
  EXPECT_EQ(relay(event(json) + event(json), {.client_model = "m"}, End::open).out, event(wanted) + event(wanted));
}

TEST(StreamRelay, LearntEventsMayCarryPaddingBeforeOrBehindTheText) {
  const auto padded = [](std::string_view content, std::string_view padding, std::string_view model) {
    return event(R"({"model":")" + std::string(model) + R"(","choices":[{"index":0,"delta":{"content":")" + std::string(content) +
                 R"("},"finish_reason":null}],"usage":null,"obfuscation":")" + std::string(padding) + R"("})");
  };
  const auto ahead = [](std::string_view content, std::string_view padding, std::string_view model) {
    return event(R"({"obfuscation":")" + std::string(padding) + R"(","choices":[{"index":0,"delta":{"content":")" + std::string(content) +
                 R"("}}],"model":")" + std::string(model) + R"("})");
  };
  std::string upstream, wanted;
  for (int count = 0; count < 5; ++count) {
    const std::string content = "w" + std::to_string(count), padding(static_cast<std::size_t>(count), 'p');
    upstream += padded(content, padding, "up") + ahead(content, padding, "up");
    wanted += padded(content, padding, "mine") + ahead(content, padding, "mine");
  }
  const Outcome seen = relay(upstream, {.client_model = "mine"}, End::open);
  EXPECT_EQ(seen.out, wanted);
  EXPECT_EQ(seen.content_events, 10U);
  EXPECT_EQ(seen.content_bytes, 20U);
}

TEST(StreamRelay, AnEventThatOnlyLooksLearntIsReadInFull) {
  // Each differs from the learnt shape in one place that matters.
  const std::string ends = replaced(text("c"), R"("finish_reason":null)", R"("finish_reason":"stop")");
  const Outcome finished = relay(event(text("a")) + event(text("b")) + event(ends) + done);
  EXPECT_TRUE(finished.done);
  EXPECT_EQ(finished.finish_reason, "stop");

  const Outcome empty = relay(event(text("a")) + event(text("")) + event(text("b")), {}, End::open);
  EXPECT_EQ(empty.content_events, 2U);

  for (const std::string_view bad : {"\t", "\\x", "\\u12g4", "\\"}) {
    const Outcome broken = relay(event(text("a")) + event(text("b")) + event(text(bad)) + event(text("c")), {}, End::open);
    ASSERT_TRUE(broken.failure) << bad;
    EXPECT_EQ(broken.out, event(text("a")) + event(text("b")));
  }
}

TEST(StreamRelay, ManyInterleavedShapesComeOutInOrder) {
  std::string stream;
  for (int count = 0; count < 30; ++count) {
    stream += event(text("t", count % 7));
    stream += event(delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}])", count % 3));
    stream += event(delta(R"("reasoning_content":"hm","content":null)"));
  }
  EXPECT_EQ(relay_pieces({stream}, {}, End::open).out, stream);
  EXPECT_EQ(relay_pieces({stream}, {.client_model = "m"}, End::open).out, replaced(stream, "\"up\"", "\"m\""));
}

TEST(StreamRelay, HidesTheUsageEventThatOnlyWeAskedFor) {
  const StreamOptions hide{.hide_usage = true};
  const std::string before = event(role) + event(text("a")) + event(finish());
  for (const std::string_view choices : {"[]", R"([{"index":0,"delta":{}}])", R"([{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}])"}) {
    const Outcome hidden = relay(before + event(usage_event(5, 6, choices)) + done, hide);
    EXPECT_EQ(hidden.out, before + done) << choices;
    EXPECT_EQ(hidden.usage.input, 5);
    EXPECT_EQ(hidden.usage.output, 6);
    EXPECT_EQ(relay(before + event(usage_event(5, 6, choices)) + done).out, before + event(usage_event(5, 6, choices)) + done);
  }
}

TEST(StreamRelay, NeverHidesContentFinishOrAnOpeningWithUsage) {
  const std::string opening = usage_event(5, 0, R"([{"index":0,"delta":{"role":"assistant","content":""}}])");
  const std::string content = usage_event(5, 1, R"([{"index":0,"delta":{"content":"a"}}])");
  const std::string ending = usage_event(5, 2, R"([{"index":0,"delta":{},"finish_reason":"stop"}])");
  const std::string stream = event(opening) + event(content) + event(ending) + done;
  const Outcome seen = relay(stream, {.hide_usage = true});
  EXPECT_EQ(seen.out, stream);
  EXPECT_EQ(seen.usage.output, 2);
  const std::string silent = event(text("a")) + event(R"({"choices":[],"usage":null,"prompt_filter_results":[]})") + event(finish()) + done;
  EXPECT_EQ(relay(silent, {.hide_usage = true}).out, silent);
}

// --- commitment ---

TEST(StreamRelay, RolesFiltersAndEmptyDeltasDoNotCommit) {
  for (const std::string& json : {role, delta(R"("role":"assistant","content":null,"refusal":null,"tool_calls":[],"function_call":null)"), delta(""),
                                  std::string(R"({"model":"","choices":[],"prompt_filter_results":[{"prompt_index":0}]})"),
                                  std::string(R"({"choices":[{"index":0,"delta":{},"content_filter_results":{"hate":{"filtered":false}}}]})"),
                                  std::string(R"({"choices":[{"index":0,"delta":{},"logprobs":{"content":[],"refusal":null}}]})"),
                                  std::string(R"({"choices":[{"index":0,"text":"","logprobs":null}]})"), usage_event(3, 0)}) {
    const Outcome seen = relay(event(json), {}, End::open);
    EXPECT_FALSE(seen.committed) << json;
    EXPECT_EQ(seen.content_events, 0U) << json;
    EXPECT_EQ(seen.out, event(json)) << "still appended, in order";
  }
}

TEST(StreamRelay, EveryKindOfContentCommits) {
  for (const std::string& json :
       {text("a"), delta(R"("reasoning_content":"a")"), delta(R"("reasoning":"a")"), delta(R"("refusal":"a")"), delta(R"("content":[{"type":"text"}])"),
        delta(R"("tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}])"), delta(R"("function_call":{"name":"f"})"),
        delta(R"("audio":{"id":"a"})"), delta(R"("annotations":[{"type":"url_citation"}])"),
        std::string(R"({"choices":[{"index":0,"delta":{},"logprobs":{"content":[{"token":"a"}]}}]})"),
        std::string(R"({"choices":[{"index":0,"text":"a"}]})")}) {
    const Outcome seen = relay(event(role) + event(json), {}, End::open);
    EXPECT_TRUE(seen.committed) << json;
    EXPECT_EQ(seen.content_events, 1U) << json;
  }
  const Outcome finished = relay(event(finish()), {}, End::open);
  EXPECT_TRUE(finished.committed);
  EXPECT_EQ(finished.content_events, 0U);
}

// --- ends ---

TEST(StreamRelay, S13RestoresDoneWhenTheFinishWasSeen) {
  const std::string stream = event(text("a")) + event(finish());
  for (const End end : {End::clean, End::cut}) {
    const Outcome seen = relay(stream, {}, end);
    EXPECT_EQ(seen.out, stream + done);
    EXPECT_TRUE(seen.done);
    EXPECT_FALSE(seen.failure);
  }
}

void expect_incomplete(const Outcome& seen) {
  ASSERT_TRUE(seen.failure);
  EXPECT_EQ(seen.failure->kind, ErrorKind::bad_upstream_response);
  EXPECT_EQ(seen.failure->code, "upstream_stream_incomplete");
  EXPECT_FALSE(seen.done);
  EXPECT_EQ(seen.out.find("[DONE]"), std::string::npos);
}

TEST(StreamRelay, S14DoneWithoutAnyFinishIsAFailure) {
  expect_incomplete(relay(event(text("a")) + done));
  expect_incomplete(relay(done));
}

TEST(StreamRelay, S15AnEndWithoutFinishIsAFailure) {
  for (const End end : {End::clean, End::cut}) {
    expect_incomplete(relay(event(role) + event(text("a")), {}, end));
    expect_incomplete(relay("", {}, end));
    expect_incomplete(relay(": ping\n\n", {}, end));
    expect_incomplete(relay(event(text("a")) + "data: {\"choices\":[{\"index\":0,\"de", {}, end));
  }
}

TEST(StreamRelay, S16TheFirstDoneEndsTheStream) {
  const std::string stream = event(text("a")) + event(finish()) + done;
  EXPECT_FALSE(relay(stream + "\n\r\n").surplus);
  for (const std::string& more : {done, event(text("b")), std::string("x")}) {
    const Outcome seen = relay(stream + more, {}, End::cut);
    EXPECT_EQ(seen.out, stream);
    EXPECT_TRUE(seen.done);
    EXPECT_TRUE(seen.surplus);
    EXPECT_FALSE(seen.failure);
  }
  EXPECT_EQ(relay(event(text("a")) + event(finish()) + "data: [DONE] and more\n\n").out, stream);
}

TEST(StreamRelay, S41WaitsForChoicesOnlyWhenTheEndIsNoEnd) {
  const std::string half = event(text("a", 0)) + event(text("b", 1)) + event(finish(0));
  EXPECT_TRUE(relay(half + done).done) << "LiteLLM never ends choice 1";
  EXPECT_TRUE(relay(half, {}, End::clean).done);
  expect_incomplete(relay(half, {}, End::cut));
  expect_incomplete(relay(half + "data: {\"choi", {}, End::clean));
  const Outcome both = relay(half + event(finish(1, "length")), {}, End::cut);
  EXPECT_TRUE(both.done);
  EXPECT_EQ(both.finish_reason, "length");
}

TEST(StreamRelay, AudioMayEndWithItsExpiry) {
  EXPECT_TRUE(relay(event(delta(R"("audio":{"data":"AAAA"})")) + event(delta(R"("audio":{"expires_at":9})")) + done).done);
}

// --- errors ---

TEST(StreamRelay, S17ErrorEventsOfEveryFormEndTheStream) {
  struct Case {
    std::string_view wire;
    ErrorKind kind;
    std::string_view message;
  };
  const Case cases[] = {
      {R"(data: {"error":{"message":"slow down","type":"rate_limit_error","code":null}})", ErrorKind::upstream_rate_limited, "slow down"},
      {R"(data: {"error":{"message":"no money","code":"insufficient_quota"}})", ErrorKind::upstream_quota, "no money"},
      {R"(data: {"error":{"message":"too busy","type":"overloaded_error"}})", ErrorKind::upstream_failed, "too busy"},
      {R"(data: {"error":{"message":"bad","code":400}})", ErrorKind::upstream_refused, "bad"},
      {R"(data: {"error":"engine died","error_type":"generation"})", ErrorKind::upstream_failed, "engine died"},
      {"event: error\n" R"(data: {"message":"down","type":"server_error"})", ErrorKind::upstream_failed, "down"},
      {"event: error\ndata: plain words", ErrorKind::upstream_failed, "plain words"},
      {R"(error: {"code":500,"message":"old llama","type":"server_error"})", ErrorKind::upstream_failed, "old llama"},
      {R"(data: {"object":"error","message":"sglang","type":"BadRequestError","code":400})", ErrorKind::upstream_refused, "sglang"},
      {R"(data: {"code":"Throttling.RateLimit","message":"dash","request_id":"r"})", ErrorKind::upstream_rate_limited, "dash"},
      {R"(data: {"id":"g","error":{"code":502,"message":"gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]})",
       ErrorKind::upstream_failed, "gone"},
      {R"(data: {"choices":[],"x_groq":{"id":"r","error":"over_capacity"}})", ErrorKind::upstream_failed, "over_capacity"},
  };
  for (const Case& one : cases) {
    const Outcome seen = relay(event(text("a")) + std::string(one.wire) + "\n\n" + done);
    ASSERT_TRUE(seen.failure) << one.wire;
    EXPECT_EQ(seen.failure->kind, one.kind) << one.wire;
    EXPECT_EQ(seen.failure->message, one.message);
    EXPECT_EQ(seen.out, event(text("a"))) << "nothing behind the failure";
    EXPECT_FALSE(seen.done);
  }
}

TEST(StreamRelay, AnErrorThatSaysNothingIsNone) {
  for (const std::string_view value : {"null", "false", "\"\"", "{}", "0"}) {
    const std::string stream = event(replaced(text("a"), "\"created\"", "\"error\":" + std::string(value) + ",\"created\"")) + event(finish()) + done;
    EXPECT_EQ(relay(stream).out, stream) << value;
  }
}

TEST(StreamRelay, S38AnEventThatIsNoJsonObjectEndsTheStream) {
  for (const std::string_view bad : {"{", "{\"a\":1}}", "[1]", "\"text\"", "null", "<html>", "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}"}) {
    const Outcome seen = relay(event(text("a")) + event(bad) + event(text("b")));
    ASSERT_TRUE(seen.failure) << bad;
    EXPECT_EQ(seen.failure->kind, ErrorKind::bad_upstream_response);
    EXPECT_EQ(seen.out, event(text("a")));
  }
  const std::string deep = "{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}";
  EXPECT_TRUE(relay_pieces({event(deep)}, {}, End::open).failure);
  const std::string twice = event(R"({"a":1,"a":2,"choices":[{"index":0,"delta":{"content":"x"}}]})");
  EXPECT_EQ(relay(twice, {}, End::open).out, twice);
}

// --- usage ---

TEST(StreamRelay, S40TheLastUsageWinsAndNonsenseIsNotCounted) {
  const std::string before = event(text("a")) + event(finish());
  EXPECT_FALSE(relay(before + done).usage.seen);
  EXPECT_EQ(relay(before + event(usage_event(5, 6)) + event(usage_event(5, 8)) + done).usage.output, 8);
  EXPECT_EQ(relay(event(usage_event(5, 1, R"([{"index":0,"delta":{"content":"a"}}])")) + event(usage_event(5, 2, R"([{"index":0,"delta":{"content":"a"}}])")) +
                  event(finish()) + done).usage.total, 7);
  for (const std::string_view bad : {"-1", "1.5", "9007199254740993", "1e300", "99999999999999999999"}) {
    const std::string json = replaced(usage_event(5, 6), "\"completion_tokens\":6", "\"completion_tokens\":" + std::string(bad));
    const Outcome seen = relay(before + event(json) + done, {.hide_usage = true});
    EXPECT_FALSE(seen.usage.seen) << bad;
    EXPECT_EQ(seen.out, before + done) << bad;
  }
}

TEST(StreamRelay, FindsUsageWhereVendorsPutIt) {
  const std::string counts = R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":7})";
  const std::string groq = R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":)" + counts + "}}";
  const std::string moonshot = R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":)" + counts + "}]}";
  for (const std::string& json : {groq, moonshot}) {
    const Outcome seen = relay(event(text("a")) + event(json) + done, {.hide_usage = true});
    EXPECT_EQ(seen.usage.output, 4) << json;
    EXPECT_NE(seen.out.find(json), std::string::npos);
  }
}

TEST(StreamRelay, AddsTheReportsThatCountOneChoiceEach) {
  const std::string stream = event(text("a", 1)) + event(text("b", 0)) + event(finish(1)) + event(usage_event(45, 4)) + event(text("c", 0)) +
                             event(finish(0)) + event(usage_event(45, 5)) + done;
  const Outcome seen = relay(stream, {.hide_usage = true});
  EXPECT_EQ(seen.usage.input, 45);
  EXPECT_EQ(seen.usage.output, 9);
  EXPECT_EQ(seen.usage.total, 54);
}

}  // namespace
