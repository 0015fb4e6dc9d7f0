#include "providers/error.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

using namespace providers;
using namespace std::chrono_literals;
using config::Compat;
using nlohmann::json;

namespace {

constexpr Compat profiles[] = {Compat::litellm_1_106, Compat::litellm_2025, Compat::openai};

struct Row {
  ErrorKind kind;
  int upstream;
  int litellm_1_106, litellm_2025, openai;
  const char* litellm_type;
  const char* openai_type;
  const char* openai_code;  // nullptr: null
};

// BEHAVIOUR.md's table, row by row.
const Row table[] = {
    {ErrorKind::invalid_request, 0, 400, 400, 400, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::unauthenticated, 0, 401, 401, 401, "auth_error", "invalid_request_error", "invalid_api_key"},
    {ErrorKind::forbidden, 0, 403, 403, 403, "auth_error", "invalid_request_error", "route_not_allowed"},
    {ErrorKind::model_not_allowed, 0, 403, 401, 404, "key_model_access_denied", "invalid_request_error", "model_not_found"},
    {ErrorKind::unknown_model, 0, 400, 400, 404, "invalid_request_error", "invalid_request_error", "model_not_found"},
    {ErrorKind::not_found, 0, 404, 404, 404, "not_found_error", "invalid_request_error", nullptr},
    {ErrorKind::method_not_allowed, 0, 405, 405, 405, "invalid_request_error", "invalid_request_error", "method_not_allowed"},
    {ErrorKind::conflict, 0, 409, 409, 409, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::request_too_large, 0, 413, 413, 413, "invalid_request_error", "invalid_request_error", "request_too_large"},
    {ErrorKind::unsupported_media, 0, 415, 415, 415, "invalid_request_error", "invalid_request_error", "unsupported_content_type"},
    {ErrorKind::unprocessable, 0, 422, 422, 422, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::rate_limited, 0, 429, 429, 429, "throttling_error", "requests", "rate_limit_exceeded"},
    {ErrorKind::budget_exceeded, 0, 422, 400, 429, "budget_exceeded", "insufficient_quota", "insufficient_quota"},
    {ErrorKind::upstream_refused, 400, 400, 400, 400, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::upstream_refused, 404, 404, 404, 404, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::upstream_refused, 409, 409, 409, 409, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::upstream_refused, 413, 413, 413, 413, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::upstream_refused, 415, 415, 415, 415, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::upstream_refused, 422, 422, 422, 422, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::upstream_refused, 403, 400, 400, 400, "invalid_request_error", "invalid_request_error", nullptr},
    {ErrorKind::upstream_quota, 402, 429, 429, 429, "insufficient_quota", "insufficient_quota", "insufficient_quota"},
    {ErrorKind::upstream_auth, 401, 502, 502, 502, "upstream_auth", "server_error", "upstream_auth"},
    {ErrorKind::upstream_rate_limited, 429, 429, 429, 429, "throttling_error", "requests", "rate_limit_exceeded"},
    {ErrorKind::upstream_failed, 500, 500, 500, 500, "internal_server_error", "server_error", nullptr},
    {ErrorKind::upstream_failed, 502, 502, 502, 502, "internal_server_error", "server_error", nullptr},
    {ErrorKind::upstream_failed, 503, 503, 503, 503, "internal_server_error", "server_error", nullptr},
    {ErrorKind::upstream_failed, 504, 504, 504, 504, "internal_server_error", "server_error", nullptr},
    {ErrorKind::upstream_failed, 520, 502, 502, 502, "internal_server_error", "server_error", nullptr},
    {ErrorKind::upstream_failed, 524, 502, 502, 502, "internal_server_error", "server_error", nullptr},
    {ErrorKind::upstream_failed, 529, 503, 503, 503, "internal_server_error", "server_error", nullptr},
    {ErrorKind::upstream_unreachable, 0, 502, 502, 502, "internal_server_error", "server_error", "upstream_unreachable"},
    {ErrorKind::bad_upstream_response, 0, 502, 502, 502, "internal_server_error", "server_error", "bad_upstream_response"},
    {ErrorKind::timed_out, 0, 408, 408, 504, "timeout_error", "server_error", "upstream_timeout"},
    {ErrorKind::all_cooling, 0, 429, 429, 503, "all_deployments_in_cooldown", "service_unavailable_error", "server_is_overloaded"},
    {ErrorKind::unavailable_deployment, 0, 503, 503, 503, "service_unavailable_error", "service_unavailable_error", "deployment_unavailable"},
    {ErrorKind::overloaded, 0, 503, 503, 503, "service_unavailable_error", "service_unavailable_error", "server_is_overloaded"},
    {ErrorKind::cancelled, 0, 499, 499, 499, "invalid_request_error", "invalid_request_error", "request_cancelled"},
    {ErrorKind::internal, 0, 500, 500, 500, "internal_server_error", "server_error", nullptr},
};

TEST(Error, StatusTypeAndCodeFollowTheTableInEveryProfile) {
  for (const Row& row : table) {
    SCOPED_TRACE("kind " + std::to_string(static_cast<int>(row.kind)) + " upstream " + std::to_string(row.upstream));
    const Error error{.kind = row.kind, .message = "why", .upstream_status = row.upstream};
    EXPECT_EQ(http_status(error, Compat::litellm_1_106), row.litellm_1_106);
    EXPECT_EQ(http_status(error, Compat::litellm_2025), row.litellm_2025);
    EXPECT_EQ(http_status(error, Compat::openai), row.openai);
    for (const Compat profile : {Compat::litellm_1_106, Compat::litellm_2025}) {
      const json body = json::parse(error_body(error, profile));
      EXPECT_EQ(body, (json{{"error", {{"message", "why"}, {"type", row.litellm_type}, {"param", nullptr},
                                       {"code", std::to_string(http_status(error, profile))}}}}));
    }
    const json body = json::parse(error_body(error, Compat::openai));
    EXPECT_EQ(body["error"]["type"], row.openai_type);
    EXPECT_EQ(body["error"]["code"], row.openai_code == nullptr ? json(nullptr) : json(row.openai_code));
  }
}

TEST(Error, MembersStandInTheOrderOfOpenAisEnvelope) {
  const Error error{.kind = ErrorKind::invalid_request, .message = "a \"quoted\"\nline", .param = "messages", .code = "missing_required_parameter"};
  EXPECT_EQ(error_body(error, Compat::litellm_1_106),
            R"({"error":{"message":"a \"quoted\"\nline","type":"invalid_request_error","param":"messages","code":"400"}})");
  EXPECT_EQ(error_event(error, Compat::openai),
            "data: {\"error\":{\"message\":\"a \\\"quoted\\\"\\nline\",\"type\":\"invalid_request_error\",\"param\":\"messages\","
            "\"code\":\"missing_required_parameter\"}}\n\n");
}

TEST(Error, LiteLlmsOwnWordsStayOutOfTheOpenAiProfile) {
  const Error error{.kind = ErrorKind::unauthenticated, .message = "Authentication Error", .type = "expired_key", .param = "sk-...abcd"};
  EXPECT_EQ(json::parse(error_body(error, Compat::litellm_1_106))["error"]["type"], "expired_key");
  EXPECT_EQ(json::parse(error_body(error, Compat::litellm_1_106))["error"]["param"], "sk-...abcd");
  const json body = json::parse(error_body(error, Compat::openai))["error"];
  EXPECT_EQ(body["type"], "invalid_request_error");
  EXPECT_EQ(body["param"], nullptr);
  EXPECT_EQ(body["code"], "invalid_api_key");
}

TEST(Error, AMessageIsNeverEmptyNorInvalidUtf8) {
  EXPECT_NE(json::parse(error_body(Error{}, Compat::openai))["error"]["message"], "");
  EXPECT_NO_THROW(json::parse(error_body(Error{.kind = ErrorKind::internal, .message = "\xff\xc0"}, Compat::openai)));
}

TEST(Error, OnlyTheUpstreamsFailuresAreRetriedAndCounted) {
  for (const Row& row : table) {
    const Error error{.kind = row.kind, .upstream_status = row.upstream};
    const bool of_upstream = row.kind == ErrorKind::upstream_quota || row.kind == ErrorKind::upstream_auth ||
                             row.kind == ErrorKind::upstream_rate_limited || row.kind == ErrorKind::upstream_failed ||
                             row.kind == ErrorKind::upstream_unreachable || row.kind == ErrorKind::bad_upstream_response ||
                             row.kind == ErrorKind::timed_out;
    EXPECT_EQ(is_retryable(error), of_upstream || row.kind == ErrorKind::unavailable_deployment) << static_cast<int>(row.kind);
    EXPECT_EQ(counts_against_deployment(error), of_upstream) << static_cast<int>(row.kind);
  }
  EXPECT_FALSE(counts_against_deployment(Error{.kind = ErrorKind::upstream_failed, .upstream_status = 501})) << "a route it lacks";
}

TEST(Error, PermanentOnesTellTheClientNotToRepeat) {
  for (const Compat profile : profiles) {
    EXPECT_TRUE(is_permanent(Error{.kind = ErrorKind::upstream_auth}, profile));
    EXPECT_TRUE(is_permanent(Error{.kind = ErrorKind::upstream_quota}, profile));
    EXPECT_TRUE(is_permanent(Error{.kind = ErrorKind::rate_limited, .permanent = true}, profile));
    EXPECT_FALSE(is_permanent(Error{.kind = ErrorKind::rate_limited}, profile));
    EXPECT_FALSE(is_permanent(Error{.kind = ErrorKind::upstream_failed, .upstream_status = 500}, profile));
  }
  EXPECT_TRUE(is_permanent(Error{.kind = ErrorKind::budget_exceeded}, Compat::openai));
  EXPECT_FALSE(is_permanent(Error{.kind = ErrorKind::budget_exceeded}, Compat::litellm_1_106));
}

struct Answer {
  const char* server;
  int status;
  const char* body;
  ErrorKind kind;
  const char* message;
  const char* type;
  const char* param;
  const char* code;
};

// Forms as the servers send them (errors.md section 8, and recordings of vLLM, llama.cpp and Ollama).
const Answer answers[] = {
    {"OpenAI", 400, R"({"error":{"message":"Unsupported value","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}})",
     ErrorKind::upstream_refused, "Unsupported value", "invalid_request_error", "temperature", "unsupported_value"},
    {"vLLM", 404, R"({"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}})",
     ErrorKind::upstream_refused, "The model `x` does not exist.", "NotFoundError", "model", ""},
    {"vLLM before the envelope", 400, R"({"object":"error","message":"bad n","type":"BadRequestError","param":null,"code":400})",
     ErrorKind::upstream_refused, "bad n", "BadRequestError", "", ""},
    {"llama.cpp", 503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})",
     ErrorKind::upstream_failed, "Loading model", "unavailable_error", "", ""},
    {"llama.cpp without a feature", 501, R"({"error":{"code":501,"message":"no embeddings here","type":"not_supported_error"}})",
     ErrorKind::upstream_failed, "no embeddings here", "not_supported_error", "", ""},
    {"FastAPI text", 404, R"({"detail":"Not Found"})", ErrorKind::upstream_refused, "Not Found", "", "", ""},
    {"FastAPI list", 422,
     R"({"detail":[{"loc":["body","messages",0,"role"],"msg":"Field required","type":"missing"},{"loc":["body","n"],"msg":"too big"}]})",
     ErrorKind::upstream_refused, "body.messages.0.role: Field required; body.n: too big", "", "body.messages.0.role", ""},
    {"NIM", 422, R"({"type":"about:blank","title":"Unprocessable","status":422,"detail":"seed is not supported"})",
     ErrorKind::upstream_refused, "seed is not supported", "", "", ""},
    {"Anthropic", 529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"})",
     ErrorKind::upstream_failed, "Overloaded", "overloaded_error", "", ""},
    {"Google", 404, R"({"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}})",
     ErrorKind::upstream_refused, "models/x is not found", "not_found", "", ""},
    {"Google in a list", 400, R"([{"error":{"code":400,"message":"Invalid JSON","status":"INVALID_ARGUMENT"}}])",
     ErrorKind::upstream_refused, "Invalid JSON", "invalid_argument", "", ""},
    {"Mistral", 400, R"({"object":"error","message":"Unknown model","type":"invalid_model","param":null,"code":"1500"})",
     ErrorKind::upstream_refused, "Unknown model", "invalid_model", "", "1500"},
    {"Mistral nested", 422, R"({"object":"error","message":{"detail":[{"loc":["body","stream"],"msg":"bool expected"}]},"type":"invalid"})",
     ErrorKind::upstream_refused, "body.stream: bool expected", "invalid", "body.stream", ""},
    {"Ollama", 404, R"({"error":"model 'x' not found"})", ErrorKind::upstream_refused, "model 'x' not found", "", "", ""},
    {"TGI", 424, R"({"error":"Request failed during generation","error_type":"generation"})",
     ErrorKind::upstream_failed, "Request failed during generation", "generation", "", ""},
    {"xAI", 422, R"({"code":"invalid-argument","error":"bad tool"})", ErrorKind::upstream_refused, "bad tool", "", "", "invalid-argument"},
    {"OpenRouter", 502, R"({"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"boom","provider_name":"P"}},"user_id":"u"})",
     ErrorKind::upstream_failed, "Provider returned error: boom", "", "", ""},
    {"Azure's front", 404, R"({"statusCode":404,"message":"Resource not found"})", ErrorKind::upstream_refused, "Resource not found", "", "", ""},
    {"Azure's filter", 400,
     R"({"error":{"message":"filtered","type":null,"param":"prompt","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
     ErrorKind::upstream_refused, "filtered", "", "prompt", "content_policy_violation"},
    {"Cohere", 400, R"({"message":"invalid request"})", ErrorKind::upstream_refused, "invalid request", "", "", ""},
    {"HTML", 502, "<html>\n<head><title>502 Bad Gateway</title></head><body>x</body></html>",
     ErrorKind::upstream_failed, "The upstream answered 502 with an HTML page: 502 Bad Gateway", "", "", ""},
    {"text", 500, "Internal Server Error\n", ErrorKind::upstream_failed, "Internal Server Error", "", "", ""},
    {"nothing", 500, "", ErrorKind::upstream_failed, "The upstream answered 500 without a body.", "", "", ""},
    {"blanks", 503, " \r\n ", ErrorKind::upstream_failed, "The upstream answered 503 without a body.", "", "", ""},
    {"JSON that is cut", 500, R"({"error":{"message":"half of)", ErrorKind::upstream_failed, R"({"error":{"message":"half of)", "", "", ""},
    {"a JSON string", 500, R"("Ouch")", ErrorKind::upstream_failed, "Ouch", "", "", ""},
    {"null", 500, "null", ErrorKind::upstream_failed, "null", "", "", ""},
    {"error without words", 500, R"({"error":{}})", ErrorKind::upstream_failed, R"({"error":{}})", "", "", ""},
    {"rate limit", 429, R"({"error":{"message":"slow down","type":"tokens","param":null,"code":"rate_limit_exceeded"}})",
     ErrorKind::upstream_rate_limited, "slow down", "tokens", "", "rate_limit_exceeded"},
    {"Groq's tokens a minute", 413, R"({"error":{"message":"too many","type":"tokens","code":"rate_limit_exceeded"}})",
     ErrorKind::upstream_rate_limited, "too many", "tokens", "", "rate_limit_exceeded"},
    {"quota", 429, R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})",
     ErrorKind::upstream_quota, "You exceeded your current quota", "", "", "insufficient_quota"},
    {"spend limit", 429, R"({"error":{"message":"limit","type":"insufficient_quota","code":"project_spend_limit_exceeded"}})",
     ErrorKind::upstream_quota, "limit", "", "", "insufficient_quota"},
    {"unpaid", 402, R"({"error":{"message":"Insufficient Balance","type":"unknown_error"}})",
     ErrorKind::upstream_quota, "Insufficient Balance", "", "", "insufficient_quota"},
    {"hard limit", 400, R"({"error":{"message":"Billing hard limit has been reached","type":"x","code":"billing_hard_limit_reached"}})",
     ErrorKind::upstream_quota, "Billing hard limit has been reached", "", "", "insufficient_quota"},
    {"time-out", 408, R"({"error":{"code":"Timeout","message":"The operation was timeout."}})",
     ErrorKind::timed_out, "The operation was timeout.", "", "", "Timeout"},
    {"refused text", 403, R"({"error":{"code":403,"message":"flagged","metadata":{"reasons":["hate"],"flagged_input":"x"}}})",
     ErrorKind::upstream_refused, "flagged", "", "", ""},
};

TEST(ExplainUpstreamError, ReadsTheFormOfEveryServer) {
  for (const Answer& answer : answers) {
    SCOPED_TRACE(answer.server);
    const Error error = explain_upstream_error(answer.status, answer.body, "", "");
    EXPECT_EQ(error.kind, answer.kind);
    EXPECT_EQ(error.message, answer.message);
    EXPECT_EQ(error.type, answer.type);
    EXPECT_EQ(error.param, answer.param);
    EXPECT_EQ(error.code, answer.code);
    EXPECT_EQ(error.upstream_status, answer.status);
  }
}

TEST(ExplainUpstreamError, NeverShowsTheGatewaysCredential) {
  for (const auto& [status, body] : std::vector<std::pair<int, const char*>>{
           {401, R"({"error":{"message":"Incorrect API key provided: sk-secret","type":"invalid_request_error","code":"invalid_api_key"}})"},
           {403, R"({"error":{"message":"Project does not have access, key sk-secret","code":"model_not_found"}})"},
           {400, R"({"code":"Client specified an invalid argument","error":"Incorrect API key provided: sk-secret"})"},
           {400, R"([{"error":{"code":400,"message":"API key not valid. sk-secret","status":"INVALID_ARGUMENT"}}])"},
           {401, "sk-secret"}}) {
    const Error error = explain_upstream_error(status, body, "", "");
    EXPECT_EQ(error.kind, ErrorKind::upstream_auth) << body;
    for (const Compat profile : profiles) {
      EXPECT_EQ(error_body(error, profile).find("sk-secret"), std::string::npos) << body;
      EXPECT_EQ(http_status(error, profile), 502);
    }
  }
}

TEST(ExplainUpstreamError, RecognisesAFullContextInEveryWording) {
  for (const auto& [status, text] : std::vector<std::pair<int, const char*>>{
           {400, "This model's maximum context length is 8192 tokens. However, you requested 9000"},
           {400, "request (120015 tokens) exceeds the available context size (32768 tokens), try increasing it"},
           {400, "The input token count exceeds the maximum number of tokens allowed (1048576)."},
           {400, "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192"},
           {422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"},
           {403, "maximum context length exceeded by input tokens + max_tokens"},
           {400, "prompt is too long: 210000 tokens > 200000 maximum"}}) {
    const Error error = explain_upstream_error(status, json{{"error", {{"message", text}, {"type", "BadRequestError"}}}}.dump(), "", "");
    EXPECT_EQ(error.kind, ErrorKind::upstream_refused) << text;
    EXPECT_EQ(error.code, "context_length_exceeded") << text;
    EXPECT_EQ(error.type, "invalid_request_error") << text;
    EXPECT_NE(error.message.find("aximum context length"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find(text), std::string::npos) << error.message;
  }
  const Error other = explain_upstream_error(400, R"({"error":{"message":"Invalid 'x': maximum context length of a key is 64","code":"string_above_max_length"}})", "", "");
  EXPECT_EQ(other.code, "string_above_max_length");
}

TEST(ExplainUpstreamError, ReadsRetryHintsFinestFirst) {
  const auto wait = [](std::string_view seconds, std::string_view ms, std::string_view body = "",
                       std::optional<std::chrono::sys_seconds> now = std::nullopt) {
    return explain_upstream_error(429, body, seconds, ms, now).retry_after;
  };
  EXPECT_EQ(wait("3", "1250"), 1250ms);
  EXPECT_EQ(wait("3", ""), 3000ms);
  EXPECT_EQ(wait("0.25", "junk"), 250ms);
  EXPECT_EQ(wait("", ""), std::nullopt);
  EXPECT_EQ(wait("-1", "-5"), std::nullopt);
  EXPECT_EQ(wait("soon", "nan"), std::nullopt);
  EXPECT_EQ(wait("99999999999999999999", ""), 24h);
  EXPECT_EQ(wait("", "", R"({"error":{"message":"Please try again in 1m12.5s."}})"), 72'500ms);
  EXPECT_EQ(wait("", "", R"({"error":{"message":"Please try again in 644ms."}})"), 644ms);
  EXPECT_EQ(wait("", "", R"({"error":{"message":"Please retry after 6 seconds."}})"), 6s);
  EXPECT_EQ(wait("", "", R"({"error":{"code":429,"message":"x","details":[{"@type":"a"},{"retryDelay":"21s"}]}})"), 21s);

  const std::chrono::sys_seconds now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + 10h;
  EXPECT_EQ(wait("Sat, 21 Nov 2026 10:00:30 GMT", "", "", now), 30s);
  EXPECT_EQ(wait("Sat, 21 Nov 2026 09:00:30 GMT", "", "", now), 0ms) << "already over";
  EXPECT_EQ(wait("Sat, 21 Nov 2026 10:00:30 GMT", ""), std::nullopt) << "no clock given";
  EXPECT_EQ(wait("Sat, 31 Feb 2026 10:00:30 GMT", "", "", now), std::nullopt);
}

TEST(ExplainUpstreamError, ARequestLargerThanTheLimitIsPermanent) {
  const Error error = explain_upstream_error(429, R"({"error":{"message":"Request too large for m on tokens per min (TPM): Limit 3, Requested 9"}})", "", "");
  EXPECT_TRUE(is_permanent(error, Compat::litellm_1_106));
}

TEST(ExplainUpstreamError, TakesTheStatusOfAnErrorInsideA200FromItsWords) {
  const std::vector<std::pair<const char*, int>> cases = {
      {R"({"error":{"message":"x","type":"server_error","code":null}})", 502},
      {R"({"error":{"message":"x","type":"rate_limit_error"}})", 429},
      {R"({"error":{"message":"x","code":503}})", 503},
      {R"({"error":{"message":"x","type":"BadRequestError"}})", 400},
      {R"({"error":{"message":"x","code":"model_not_found"}})", 404},
      {R"({"error":{"message":"x","type":"overloaded_error"}})", 503},
      {R"({"error":{"message":"x","type":"authentication_error"}})", 502},
      {R"({"code":"x","error":"The service is currently unavailable"})", 503}};
  for (const auto& [body, status] : cases) {
    EXPECT_EQ(http_status(explain_upstream_error(200, body, "", ""), Compat::litellm_1_106), status) << body;
  }
}

TEST(ExplainUpstreamError, CutsAndCleansTexts) {
  std::string text(2047, 'a');
  text += "\xe6\xb0\xb4tail";
  const Error cut = explain_upstream_error(500, text, "", "");
  EXPECT_EQ(cut.message, std::string(2047, 'a')) << "no half characters";
  EXPECT_EQ(explain_upstream_error(500, "a\x01\x1b[31mb\r\nc\x7f", "", "").message, "a  [31mb \nc ");
}

TEST(ExplainUpstreamError, RedirectsAndOddStatusesAreBroken) {
  for (const int status : {101, 301, 302, 307, 600, 999}) {
    EXPECT_EQ(http_status(explain_upstream_error(status, "", "", ""), Compat::openai), 502) << status;
  }
  EXPECT_EQ(http_status(explain_upstream_error(405, "{}", "", ""), Compat::openai), 502) << "our path was wrong, not the caller's";
}

}  // namespace
