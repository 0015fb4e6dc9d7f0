// Whole replies: judged, metered, and spliced for the client.
#include "providers/plain_reply.hpp"

#include <gtest/gtest.h>

#include "providers/embedding_vectors.hpp"
#include "providers/usage_reader.hpp"

namespace {

using providers::ErrorKind;
using providers::ModelRequest;
using providers::Operation;
using providers::PlainReply;

ModelRequest request_for(Operation operation, bool wants_base64 = false) {
  ModelRequest request;
  request.operation = operation;
  request.wants_base64 = wants_base64;
  return request;
}

std::string joined(const providers::SplicedBody& body) {
  std::string out;
  for (const std::string_view piece : body.pieces) out += piece;
  EXPECT_EQ(out.size(), body.length);
  return out;
}

const std::string vllm_reply =
    R"({"id":"chatcmpl-86","object":"chat.completion","created":1795219860,"model":"tiny","choices":[{"index":0,"message":{"role":"assistant",)"
    R"("content":"about \"model\":\"tiny\"","refusal":null},"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":45,"total_tokens":57,)"
    R"("completion_tokens":12,"prompt_tokens_details":{"cached_tokens":44},"completion_tokens_details":null}})";

TEST(PlainReply, RestampsTheModelAndMeters) {
  PlainReply reply;
  ASSERT_TRUE(read_plain_reply(request_for(Operation::chat), "my/\"model\"", vllm_reply, reply));
  std::string wanted = vllm_reply;
  wanted.replace(wanted.find(R"("model":"tiny")"), 14, R"("model":"my/\"model\"")");
  EXPECT_EQ(joined(reply.body), wanted);
  EXPECT_EQ(reply.finish_reason, "length");
  EXPECT_EQ(reply.usage, (providers::Usage{.input = 45, .output = 12, .total = 57, .cached = 44, .seen = true}));
}

TEST(PlainReply, KeepsEveryByteWhenNothingChanges) {
  PlainReply reply;
  const std::string spaced = "\n\n\n" + vllm_reply + "\n";  // DeepSeek keeps a connection alive with empty lines
  ASSERT_TRUE(read_plain_reply(request_for(Operation::chat), "", spaced, reply));
  EXPECT_EQ(joined(reply.body), spaced);
  EXPECT_EQ(reply.body.pieces.size(), 1U);
}

TEST(PlainReply, IsReusedWithoutTracesOfTheLastOne) {
  PlainReply reply;
  ASSERT_TRUE(read_plain_reply(request_for(Operation::chat), "m", vllm_reply, reply));
  ASSERT_TRUE(read_plain_reply(request_for(Operation::moderations), "", R"({"id":"modr","results":[]})", reply));
  EXPECT_EQ(joined(reply.body), R"({"id":"modr","results":[]})");
  EXPECT_FALSE(reply.usage.seen);
  EXPECT_EQ(reply.finish_reason, "");
}

TEST(PlainReply, TellsTheFinishOfTheFirstChoice) {
  PlainReply reply;
  const std::string body = R"({"choices":[{"index":0,"text":"a","finish_reason":"stop"},{"index":1,"text":"b","finish_reason":"length"}]})";
  ASSERT_TRUE(read_plain_reply(request_for(Operation::completions), "m", body, reply));
  EXPECT_EQ(reply.finish_reason, "stop");
}

TEST(PlainReply, AnErrorInA200IsAnError) {
  PlainReply reply;
  const auto quota = read_plain_reply(request_for(Operation::chat), "m", R"({"error":{"message":"no","code":"insufficient_quota"}})", reply);
  ASSERT_FALSE(quota);
  EXPECT_EQ(quota.error().kind, ErrorKind::upstream_quota);
  const auto text = read_plain_reply(request_for(Operation::chat), "m", R"({"code":"x","error":"The service is currently unavailable"})", reply);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::upstream_failed);
  EXPECT_TRUE(read_plain_reply(request_for(Operation::chat), "m", R"({"error":null,"choices":[]})", reply));
}

TEST(PlainReply, WhatIsNoJsonObjectIsABadReply) {
  for (const std::string_view body : {"", " \r\n", "<html><title>Sign in</title></html>", "OK", "[1,2]", "null", R"({"choices":[)", R"({"a":1} x)",
                                      R"({"a":01})"}) {
    PlainReply reply;
    const auto result = read_plain_reply(request_for(Operation::chat), "m", body, reply);
    ASSERT_FALSE(result) << body;
    EXPECT_EQ(result.error().kind, ErrorKind::bad_upstream_response) << body;
    EXPECT_FALSE(result.error().message.empty());
  }
}

TEST(PlainReply, ConvertsFloatEmbeddingsWhenBase64WasAsked) {
  const std::string body =
      R"({"object":"list","data":[{"object":"embedding","embedding":[1, -2.5,0.15625, 1e-60],"index":0},{"embedding":"AACAPw==","index":1},)"
      R"({"embedding":[],"index":2}],"model":"up","usage":{"prompt_tokens":4,"total_tokens":4}})";
  PlainReply reply;
  ASSERT_TRUE(read_plain_reply(request_for(Operation::embeddings, true), "mine", body, reply));
  EXPECT_EQ(joined(reply.body),
            R"({"object":"list","data":[{"object":"embedding","embedding":"AACAPwAAIMAAACA+AAAAAA==","index":0},{"embedding":"AACAPw==","index":1},)"
            R"({"embedding":"","index":2}],"model":"mine","usage":{"prompt_tokens":4,"total_tokens":4}})");
  EXPECT_EQ(reply.usage.input, 4);
  EXPECT_TRUE(reply.usage.seen);
  ASSERT_TRUE(read_plain_reply(request_for(Operation::embeddings, false), "", body, reply));
  EXPECT_EQ(joined(reply.body), body);
}

TEST(PlainReply, LeavesWhatIsNoFlatVector) {
  for (const std::string_view vector : {"[[0.5,1],[2,3]]", "[1,null]", "[1e39]", R"(["1"])"}) {
    const std::string body = R"({"data":[{"embedding":)" + std::string(vector) + "}]}";
    PlainReply reply;
    ASSERT_TRUE(read_plain_reply(request_for(Operation::embeddings, true), "m", body, reply));
    EXPECT_EQ(joined(reply.body), body);
  }
}

TEST(PlainReply, Base64BothWays) {
  for (const auto& [bytes, text] : {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"}}) {
    std::string encoded, decoded;
    providers::append_base64(encoded, bytes);
    EXPECT_EQ(encoded, text);
    EXPECT_TRUE(providers::decode_base64(decoded, text));
    EXPECT_EQ(decoded, bytes);
  }
  std::string out = "kept";
  EXPECT_FALSE(providers::decode_base64(out, "Zm9v!"));
  EXPECT_EQ(out, "kept");
}

TEST(PlainReply, UsageFromTheTailOfALongReply) {
  const std::string tail = R"(ent":"he said \"usage\":{\"prompt_tokens\":9}","x":1}}],"usage" : {"prompt_tokens":3,"completion_tokens":4,"d":{"a":"}"}},"m":null})";
  EXPECT_EQ(providers::usage_from_tail(tail).output, 4);
  EXPECT_FALSE(providers::usage_from_tail(R"(..."usage":null})").seen);
  EXPECT_FALSE(providers::usage_from_tail(R"("usage":{"prompt_tokens":3,"comp)").seen);
  EXPECT_FALSE(providers::usage_from_tail("").seen);
  EXPECT_FALSE(providers::usage_from_tail("\"usage\"").seen);
}

TEST(Usage, ReadsEveryVendorsForm) {
  const auto deepseek = providers::read_usage(R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_cache_hit_tokens":8})");
  EXPECT_EQ(deepseek.cached, 8);
  const auto moonshot = providers::read_usage(R"({"prompt_tokens":10,"completion_tokens":5,"cached_tokens":7})");
  EXPECT_EQ(moonshot.cached, 7);
  EXPECT_EQ(moonshot.total, 15);
  const auto xai = providers::read_usage(
      R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":35,"completion_tokens_details":{"reasoning_tokens":20}})");
  EXPECT_EQ(xai.output, 25);
  EXPECT_EQ(xai.reasoning, 20);
  const auto openai = providers::read_usage(
      R"({"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":64,"audio_tokens":3,)"
      R"("cache_write_tokens":10},"completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":4}})");
  EXPECT_EQ(openai, (providers::Usage{.input = 100, .output = 50, .total = 150, .cached = 64, .cache_write = 10, .reasoning = 20, .audio_input = 3,
                                      .audio_output = 4, .seen = true}));
  const auto clamped = providers::read_usage(R"({"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":64}})");
  EXPECT_EQ(clamped.cached, 10);
}

TEST(Usage, NonsenseIsNotSeen) {
  for (const std::string_view object : {"{}", R"({"cost":0.1})", R"({"prompt_tokens":-1,"completion_tokens":2})", R"({"prompt_tokens":1.5})",
                                        R"({"prompt_tokens":99999999999999})", R"({"prompt_tokens":"7"})", R"({"prompt_tokens":7)"}) {
    EXPECT_FALSE(providers::read_usage(object).seen) << object;
  }
}

}  // namespace
