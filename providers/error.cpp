#include "providers/error.hpp"

#include "providers/json_members.hpp"

namespace providers {
namespace {

using config::Compat;

/// What the envelope says of a kind when the error itself has no better word. An empty code is null.
struct Words {
  std::string_view litellm_type;
  std::string_view openai_type;
  std::string_view openai_code;
};

Words words(ErrorKind kind) {
  static constexpr std::string_view invalid = "invalid_request_error", server = "server_error", internal = "internal_server_error";
  static constexpr std::string_view unavailable = "service_unavailable_error";
  switch (kind) {
    case ErrorKind::invalid_request: return {invalid, invalid, ""};
    case ErrorKind::unauthenticated: return {"auth_error", invalid, "invalid_api_key"};
    case ErrorKind::forbidden: return {"auth_error", invalid, "route_not_allowed"};
    case ErrorKind::model_not_allowed: return {"key_model_access_denied", invalid, "model_not_found"};
    case ErrorKind::unknown_model: return {invalid, invalid, "model_not_found"};
    case ErrorKind::not_found: return {"not_found_error", invalid, ""};
    case ErrorKind::method_not_allowed: return {invalid, invalid, "method_not_allowed"};
    case ErrorKind::conflict: return {invalid, invalid, ""};
    case ErrorKind::request_too_large: return {invalid, invalid, "request_too_large"};
    case ErrorKind::unsupported_media: return {invalid, invalid, "unsupported_content_type"};
    case ErrorKind::unprocessable: return {invalid, invalid, ""};
    case ErrorKind::rate_limited: return {"throttling_error", "requests", "rate_limit_exceeded"};
    case ErrorKind::budget_exceeded: return {"budget_exceeded", "insufficient_quota", "insufficient_quota"};
    case ErrorKind::upstream_refused: return {invalid, invalid, ""};
    case ErrorKind::upstream_quota: return {"insufficient_quota", "insufficient_quota", "insufficient_quota"};
    case ErrorKind::upstream_auth: return {"upstream_auth", server, "upstream_auth"};
    case ErrorKind::upstream_rate_limited: return {"throttling_error", "requests", "rate_limit_exceeded"};
    case ErrorKind::upstream_failed: return {internal, server, ""};
    case ErrorKind::upstream_unreachable: return {internal, server, "upstream_unreachable"};
    case ErrorKind::bad_upstream_response: return {internal, server, "bad_upstream_response"};
    case ErrorKind::timed_out: return {"timeout_error", server, "upstream_timeout"};
    case ErrorKind::all_cooling: return {"all_deployments_in_cooldown", unavailable, "server_is_overloaded"};
    case ErrorKind::unavailable_deployment: return {unavailable, unavailable, "deployment_unavailable"};
    case ErrorKind::overloaded: return {unavailable, unavailable, "server_is_overloaded"};
    case ErrorKind::cancelled: return {invalid, invalid, "request_cancelled"};
    case ErrorKind::internal: return {internal, server, ""};
  }
  return {internal, server, ""};
}

/// A `type` that came from the upstream keeps its meaning in every profile; our own kinds carry LiteLLM's there.
bool has_upstream_words(ErrorKind kind) {
  return kind == ErrorKind::upstream_refused || kind == ErrorKind::upstream_rate_limited || kind == ErrorKind::upstream_failed;
}

/// A refusal about the caller's request keeps its status; whatever else a refusal came as is a bad request.
int refusal_status(int upstream) {
  switch (upstream) {
    case 404: case 409: case 413: case 415: case 422: return upstream;
    default: return 400;
  }
}

/// 520 to 527 and their kin are a content network's words about its origin; 529 is Anthropic's "overloaded".
int failure_status(int upstream) {
  if (upstream == 529) return 503;
  if (upstream >= 500 && upstream < 520) return upstream;
  return 502;
}

void append_text_or_null(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += "null";
  } else {
    append_quoted(out, text);
  }
}

}  // namespace

int http_status(const Error& error, Compat compat) {
  const bool openai = compat == Compat::openai;
  switch (error.kind) {
    case ErrorKind::invalid_request: return 400;
    case ErrorKind::unauthenticated: return 401;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::model_not_allowed: return openai ? 404 : compat == Compat::litellm_2025 ? 401 : 403;
    case ErrorKind::unknown_model: return openai ? 404 : 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::method_not_allowed: return 405;
    case ErrorKind::conflict: return 409;
    case ErrorKind::request_too_large: return 413;
    case ErrorKind::unsupported_media: return 415;
    case ErrorKind::unprocessable: return 422;
    case ErrorKind::rate_limited: return 429;
    case ErrorKind::budget_exceeded: return openai ? 429 : compat == Compat::litellm_2025 ? 400 : 422;
    case ErrorKind::upstream_refused: return refusal_status(error.upstream_status);
    case ErrorKind::upstream_quota: return 429;
    case ErrorKind::upstream_auth: return 502;
    case ErrorKind::upstream_rate_limited: return 429;
    case ErrorKind::upstream_failed: return failure_status(error.upstream_status);
    case ErrorKind::upstream_unreachable: return 502;
    case ErrorKind::bad_upstream_response: return 502;
    case ErrorKind::timed_out: return openai ? 504 : 408;
    case ErrorKind::all_cooling: return openai ? 503 : 429;
    case ErrorKind::unavailable_deployment: return 503;
    case ErrorKind::overloaded: return 503;
    case ErrorKind::cancelled: return 499;
    case ErrorKind::internal: return 500;
  }
  return 500;
}

bool is_retryable(const Error& error) {
  switch (error.kind) {
    case ErrorKind::upstream_quota:
    case ErrorKind::upstream_auth:
    case ErrorKind::upstream_rate_limited:
    case ErrorKind::upstream_failed:
    case ErrorKind::upstream_unreachable:
    case ErrorKind::bad_upstream_response:
    case ErrorKind::timed_out:
    case ErrorKind::unavailable_deployment:
      return true;
    case ErrorKind::invalid_request:
    case ErrorKind::unauthenticated:
    case ErrorKind::forbidden:
    case ErrorKind::model_not_allowed:
    case ErrorKind::unknown_model:
    case ErrorKind::not_found:
    case ErrorKind::method_not_allowed:
    case ErrorKind::conflict:
    case ErrorKind::request_too_large:
    case ErrorKind::unsupported_media:
    case ErrorKind::unprocessable:
    case ErrorKind::rate_limited:
    case ErrorKind::budget_exceeded:
    case ErrorKind::upstream_refused:
    case ErrorKind::all_cooling:
    case ErrorKind::overloaded:
    case ErrorKind::cancelled:
    case ErrorKind::internal:
      return false;
  }
  return false;
}

bool counts_against_deployment(const Error& error) {
  // 501 is one route that this server lacks: no reason to keep the others from it (BEHAVIOUR 23). What the configuration lacks is
  // known without trying.
  return is_retryable(error) && error.kind != ErrorKind::unavailable_deployment && error.upstream_status != 501;
}

bool is_permanent(const Error& error, Compat compat) {
  if (error.permanent || error.kind == ErrorKind::upstream_auth || error.kind == ErrorKind::upstream_quota) return true;
  return error.kind == ErrorKind::budget_exceeded && http_status(error, compat) == 429;  // the other statuses nobody repeats
}

std::string error_body(const Error& error, Compat compat) {
  const bool openai = compat == Compat::openai;
  const Words own = words(error.kind);
  const bool use_type = !error.type.empty() && (!openai || has_upstream_words(error.kind));
  const std::string_view type = use_type ? std::string_view(error.type) : openai ? own.openai_type : own.litellm_type;
  // LiteLLM's auth errors fill `param` with "None" or "key", which mean nothing to OpenAI's clients.
  const bool litellm_param = openai && (error.param == "None" || error.kind == ErrorKind::unauthenticated);

  std::string out = R"({"error":{"message":)";
  append_quoted(out, error.message.empty() ? type : std::string_view(error.message));
  out += R"(,"type":)";
  append_quoted(out, type);
  out += R"(,"param":)";
  append_text_or_null(out, litellm_param ? std::string_view() : std::string_view(error.param));
  out += R"(,"code":)";
  if (openai) {
    append_text_or_null(out, error.code.empty() ? own.openai_code : std::string_view(error.code));
  } else {
    append_quoted(out, std::to_string(http_status(error, compat)));
  }
  out += "}}";
  return out;
}

std::string error_event(const Error& error, Compat compat) { return "data: " + error_body(error, compat) + "\n\n"; }

}  // namespace providers
