#include "providers/request.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace providers;

namespace {

const std::string hello = R"("messages":[{"role":"user","content":"hi"}])";

std::string chat_with(const std::string& members) { return "{" + hello + R"(,"model":"m",)" + members + "}"; }

/// The request must parse.
ModelRequest parsed(std::string_view body, Operation operation = Operation::chat, std::string_view path_model = "") {
  ModelRequest request;
  const auto result = parse_request(operation, body, path_model, request);
  EXPECT_TRUE(result) << body << " -> " << result.error().message;
  return request;
}

/// The request must be refused.
Error refused(std::string_view body, Operation operation = Operation::chat, std::string_view path_model = "") {
  ModelRequest request;
  const auto result = parse_request(operation, body, path_model, request);
  EXPECT_FALSE(result) << body;
  if (result) return {};
  EXPECT_EQ(result.error().kind, ErrorKind::invalid_request);
  return result.error();
}

TEST(ParseRequest, FillsEveryField) {
  const std::string body = chat_with(R"("stream":true,"stream_options":{"include_usage":true},"store":true,"max_tokens":9,"max_completion_tokens":70,)"
                                     R"("n":2,"user":"u\u0041","timeout":1.5,"metadata":{"a":"b"},"unknown":{"x":[1]})");
  const ModelRequest request = parsed(body);
  EXPECT_EQ(request.operation, Operation::chat);
  EXPECT_EQ(request.body.data(), body.data());
  EXPECT_EQ(request.members.size(), 12u);
  EXPECT_EQ(request.model, "m");
  EXPECT_TRUE(request.stream);
  EXPECT_TRUE(request.include_usage);
  EXPECT_TRUE(request.store);
  EXPECT_TRUE(request.plain_metadata);
  EXPECT_EQ(request.max_tokens, 70);
  EXPECT_EQ(request.n, 2);
  EXPECT_EQ(request.end_user, "uA");
  EXPECT_EQ(request.timeout_ms, 1500);
}

TEST(ParseRequest, NullIsAbsent) {
  const ModelRequest request = parsed(chat_with(R"("stream":null,"stream_options":null,"store":null,"max_tokens":null,"n":null,"user":null,"timeout":null,"metadata":null)"));
  EXPECT_FALSE(request.stream || request.include_usage || request.store || request.plain_metadata);
  EXPECT_EQ(request.max_tokens, 0);
  EXPECT_EQ(request.n, 1);
  EXPECT_EQ(parsed(chat_with(R"("max_completion_tokens":null,"max_tokens":5)")).max_tokens, 5);
}

TEST(ParseRequest, NothingOfTheLastRequestStays) {
  ModelRequest request = parsed(chat_with(R"("stream":true,"stream_options":{"include_usage":true},"store":true,"max_tokens":9,"n":2,"user":"u","timeout":1)"));
  const std::string body = R"({"model":"e","input":"x"})";
  ASSERT_TRUE(parse_request(Operation::embeddings, body, "", request));
  EXPECT_FALSE(request.stream || request.include_usage || request.store || request.wants_base64);
  EXPECT_EQ(request.max_tokens, 0);
  EXPECT_EQ(request.n, 1);
  EXPECT_EQ(request.timeout_ms, 0);
  EXPECT_EQ(request.end_user, "");
  EXPECT_EQ(request.members.size(), 2u);
}

TEST(ParseRequest, TakesTheModelOfThePathOnlyWhereTheBodyHasNone) {
  EXPECT_EQ(parsed("{" + hello + "}", Operation::chat, "deployed").model, "deployed");
  EXPECT_EQ(parsed("{" + hello + R"(,"model":null})", Operation::chat, "deployed").model, "deployed");
  EXPECT_EQ(parsed("{" + hello + R"(,"model":"deployed"})", Operation::chat, "deployed").model, "deployed");
  EXPECT_EQ(refused("{" + hello + R"(,"model":"other"})", Operation::chat, "deployed").param, "model");
  EXPECT_EQ(refused("{" + hello + "}").message, "/chat/completions: Missing required parameter: 'model'.");
  EXPECT_EQ(parsed(R"({"input":"x"})", Operation::moderations).model, "omni-moderation-latest");
}

TEST(ParseRequest, JudgesTypesInOpenAisWords) {
  struct Case {
    const char* member;
    const char* message;
    const char* param;
    const char* code;
  };
  const Case cases[] = {
      {R"("stream":"yes")", "/chat/completions: Invalid type for 'stream': expected a boolean, but got a string instead.", "stream", "invalid_type"},
      {R"("stream":1)", "/chat/completions: Invalid type for 'stream': expected a boolean, but got a number instead.", "stream", "invalid_type"},
      {R"("stream_options":[])", "/chat/completions: Invalid type for 'stream_options': expected an object, but got an array instead.", "stream_options", "invalid_type"},
      {R"("stream_options":{"include_usage":1})",
       "/chat/completions: Invalid type for 'stream_options.include_usage': expected a boolean, but got a number instead.", "stream_options.include_usage", "invalid_type"},
      {R"("n":0)", "/chat/completions: Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n", "integer_below_min_value"},
      {R"("n":129)", "/chat/completions: Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.", "n", "integer_above_max_value"},
      {R"("n":1.5)", "/chat/completions: Invalid type for 'n': expected an integer, but got a number instead.", "n", "invalid_type"},
      {R"("max_tokens":-5)", "/chat/completions: Invalid 'max_tokens': integer below minimum value. Expected a value >= 0, but got -5 instead.", "max_tokens",
       "integer_below_min_value"},
      {R"("max_completion_tokens":"9")", "/chat/completions: Invalid type for 'max_completion_tokens': expected an integer, but got a string instead.",
       "max_completion_tokens", "invalid_type"},
      {R"("store":"x")", "/chat/completions: Invalid type for 'store': expected a boolean, but got a string instead.", "store", "invalid_type"},
      {R"("user":7)", "/chat/completions: Invalid type for 'user': expected a string, but got a number instead.", "user", "invalid_type"},
      {R"("metadata":"x")", "/chat/completions: Invalid type for 'metadata': expected an object, but got a string instead.", "metadata", "invalid_type"},
      {R"("timeout":0)", "/chat/completions: Invalid type for 'timeout': expected a positive number of seconds, but got 0 instead.", "timeout", "invalid_type"},
  };
  for (const Case& c : cases) {
    const Error error = refused(chat_with(c.member));
    EXPECT_EQ(error.message, c.message);
    EXPECT_EQ(error.param, c.param);
    EXPECT_EQ(error.code, c.code);
  }
}

TEST(ParseRequest, WantsAModelThatIsANonEmptyText) {
  for (const char* model : {"7", "\"\"", "[]", "{}", "true"}) EXPECT_EQ(refused("{" + hello + ",\"model\":" + model + "}").param, "model") << model;
  EXPECT_EQ(refused("{" + hello + ",\"model\":\"" + std::string(max_model_bytes + 1, 'x') + "\"}").code, "string_above_max_length");
  EXPECT_EQ(parsed("{" + hello + R"(,"model":"a\/b\u00e9"})").model, "a/b\xc3\xa9");
}

TEST(ParseRequest, AcceptsIntegersInEverySpelling) {
  EXPECT_EQ(parsed(chat_with(R"("n":2.0,"max_tokens":1e3)")).max_tokens, 1000);
  EXPECT_EQ(parsed(chat_with(R"("max_tokens":0)")).max_tokens, 0);
}

TEST(ParseRequest, WantsMessagesOnChat) {
  const Error error = refused(R"({"model":"tiny","max_tokens":3})");
  EXPECT_EQ(error.message, "/chat/completions: Missing required parameter: 'messages'.");
  EXPECT_EQ(error.param, "messages");
  EXPECT_EQ(refused(R"({"model":"m","messages":null})").param, "messages");
  EXPECT_EQ(refused(R"({"model":"m","messages":"hi"})").code, "invalid_type");
  EXPECT_EQ(refused(R"({"model":"m","messages":[ ]})").code, "empty_array");
  EXPECT_NE(refused(R"({"model":"m","input":"hi"})").message.find("/v1/responses"), std::string::npos);
}

TEST(ParseRequest, WantsPromptAndInputOnTheirRoutes) {
  EXPECT_EQ(refused(R"({"model":"m"})", Operation::completions).message, "/completions: Missing required parameter: 'prompt'.");
  EXPECT_EQ(refused(R"({"model":"m"})", Operation::embeddings).message, "/embeddings: Missing required parameter: 'input'.");
  EXPECT_EQ(refused(R"({"model":"m"})", Operation::moderations).message, "/moderations: Missing required parameter: 'input'.");
  EXPECT_EQ(refused(R"({"model":"m","input":{}})", Operation::embeddings).code, "invalid_type");
  parsed(R"({"model":"m","prompt":[1,2,3]})", Operation::completions);
  EXPECT_TRUE(parsed(R"({"model":"m","input":["a"],"encoding_format":"base64"})", Operation::embeddings).wants_base64);
  EXPECT_FALSE(parsed(R"({"model":"m","input":["a"],"encoding_format":"float","stream":"not ours here"})", Operation::embeddings).wants_base64);
}

TEST(ParseRequest, RefusesWhatWeActOnTwiceOrEscaped) {
  for (const char* name : {"model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n", "store", "user", "metadata", "timeout",
                           "tags", "cache", "fallbacks", "num_retries", "guardrails", "drop_params", "disable_fallbacks", "mock_response", "litellm_metadata"}) {
    const std::string member = std::string("\"") + name + "\":null";
    const Error twice = refused("{" + hello + ",\"model\":\"m\"," + member + "," + member + "}");
    EXPECT_NE(twice.message.find(std::string("'") + name + "' occurs twice"), std::string::npos) << twice.message;
    EXPECT_EQ(twice.param, name);

    std::string escaped = name;
    escaped.replace(0, 1, std::string("\\u00") + "0123456789abcdef"[name[0] >> 4] + "0123456789abcdef"[name[0] & 15]);
    const Error spelt = refused(R"({"x":1,")" + escaped + "\":null," + hello + R"(,"model":"m"})");
    EXPECT_NE(spelt.message.find("spelt with escapes"), std::string::npos) << spelt.message;
    EXPECT_EQ(spelt.param, name);
  }
  refused(chat_with(R"("stream":true,"stream_options":{"include_usage":true,"include_usage":false})"));
  refused(chat_with(R"("stream":true,"stream_options":{"include\u005fusage":false})"));
  refused(R"({"prompt":"a","prompt":"b","model":"m"})", Operation::completions);
  refused(R"({"input":"a","input":"b","model":"m"})", Operation::embeddings);
}

TEST(ParseRequest, LetsMembersPassThatItDoesNotActOn) {
  parsed(chat_with(R"("top_k":1,"top_k":2,"te\u006dperature":1,"input":1,"encoding_format":7,"prompt":{},"messages_":[])"));
}

TEST(ParseRequest, RefusesMembersThatWouldChooseADestination) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"("api_base":"http://x")", "api_base"},
      {R"("base_url":null)", "base_url"},
      {R"("api_key":"k")", "api_key"},
      {R"("ap\u0069_key":"k")", "api_key"},
      {R"("extra_headers":{})", "extra_headers"},
      {R"("user_config":{})", "user_config"},
      {R"("aws_access_key_id":"x")", "aws_access_key_id"},
      {R"("metadata":{"api_base":"http://x"})", "metadata.api_base"},
      {R"("litellm_params":{"api\u005fkey":"k"})", "litellm_params.api_key"},
      {R"("fallbacks":["a",{"model":"b","base_url":"http://x"}])", "fallbacks[1].base_url"},
      {R"("fallbacks":[{"gpt":["b",{"api_key":"k"}]}])", "fallbacks[0].gpt[1].api_key"},
      {R"("context_window_fallbacks":[{"api_base":"x"}])", "context_window_fallbacks[0].api_base"}};
  for (const auto& [member, place] : cases) {
    const Error error = refused(chat_with(member));
    EXPECT_EQ(error.param, place);
    EXPECT_NE(error.message.find(place), std::string::npos);
  }
  // Deeper it is content: a tool may well have a parameter of that name.
  parsed(chat_with(R"("tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"api_key":{}}}}}],"metadata":{"a":{"api_base":"x"}})"));
}

TEST(ParseRequest, SaysWhereABodyIsNotJson) {
  const Error error = refused(R"({"model": "tiny", "messages": [)");
  EXPECT_EQ(error.message, "Invalid JSON payload: unexpected end of data: line 1 column 32 (char 31)");
  EXPECT_EQ(error.param, "request_body");
  EXPECT_EQ(refused("").message, "Invalid JSON payload: unexpected end of data: line 1 column 1 (char 0)");
  EXPECT_EQ(refused("{\"a\":\"\xe6\xb0\xb4\",\n 5}").message, "Invalid JSON payload: member name expected: line 2 column 2 (char 11)");
  EXPECT_EQ(refused(" [1]").message, "Invalid JSON payload: a JSON object was expected: line 1 column 2 (char 1)");
  EXPECT_EQ(refused(chat_with(R"("x":)" + std::string(64, '[') + std::string(64, ']'))).param, "request_body");
  EXPECT_EQ(refused(R"({"model":1,"stream":)").param, "request_body") << "a body that is not JSON is nothing else";
}

TEST(ParseRequest, BoundsTheNumberOfMembers) {
  std::string body = "{" + hello + R"(,"model":"m")";
  for (std::size_t index = 2; index < max_request_members; ++index) body += ",\"x" + std::to_string(index) + "\":0";
  EXPECT_EQ(parsed(body + "}").members.size(), max_request_members);
  EXPECT_NE(refused(body + ",\"y\":0}").message.find("more than 256 members"), std::string::npos);
}

}  // namespace
