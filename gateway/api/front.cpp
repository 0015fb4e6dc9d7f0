#include "gateway/api/front.hpp"

#include <algorithm>

#include "gateway/api/endpoints.hpp"
#include "gateway/store/key_desk.hpp"

namespace api {
namespace {

using http::FieldId;
using providers::Error;
using providers::ErrorKind;

constexpr std::size_t max_preflight_headers_bytes = 4096;

constexpr std::string_view exposed_fields =
    "x-request-id, x-client-request-id, x-litellm-call-id, x-litellm-model-id, x-litellm-model-group, x-litellm-version, "
    "x-litellm-response-duration-ms, openai-processing-ms, openai-version, retry-after, retry-after-ms, x-should-retry, "
    "x-ratelimit-limit-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens, "
    "x-ratelimit-reset-requests, x-ratelimit-reset-tokens";

/// The value of access-control-allow-origin; empty when this origin is not allowed.
std::string_view allowed_origin(const config::Config& config, std::string_view origin) {
  for (const std::string& allowed : config.server.cors_origins) {
    if (allowed == "*") return "*";
    if (allowed == origin) return origin;
  }
  return {};
}

void add_cors_fields(Context& context) {
  const auto origin = context.exchange.head().find(FieldId::origin);
  if (!origin) return;
  const std::string_view allowed = allowed_origin(context.config(), *origin);
  if (allowed != "*") context.exchange.add_field("vary", "Origin");
  if (allowed.empty()) return;
  context.exchange.add_field("access-control-allow-origin", allowed);
  context.exchange.add_field("access-control-expose-headers", exposed_fields);
}

Error wrong_method(std::string_view verb, std::string_view path) {
  return {.kind = ErrorKind::method_not_allowed, .message = "Not allowed to " + std::string(verb) + " on " + std::string(path)};
}

Error unknown_path(std::string_view verb, std::string_view path) {
  return {.kind = ErrorKind::not_found, .message = "Unknown request URL: " + std::string(verb) + " " + std::string(path) + ". Please check the URL for typos."};
}

/// LiteLLM's clients look for `detail`, OpenAI's for `error`: both are there.
net::Task<void> answer_with_detail(Context& context, Error error, std::string_view detail) {
  const config::Compat compat = context.config().compat;
  std::string body = providers::error_body(error, compat);
  body.pop_back();  // the closing brace
  body += ",\"detail\":\"" + std::string(detail) + "\"}";
  context.record.outcome = "error";
  context.record.error = error.message;
  co_await answer_json(context, providers::http_status(error, compat), body);
}

/// Counts a request while it is served, however it ends.
class InFlight {
 public:
  explicit InFlight(observe::Metrics& metrics) : metrics_(metrics) { metrics_.requests_in_flight.add(1); }
  ~InFlight() { metrics_.requests_in_flight.add(-1); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  observe::Metrics& metrics_;
};

}  // namespace

net::Task<void> Front::handle(http::Exchange& exchange) {
  const InFlight in_flight(services_.metrics);
  Context context{.services = services_, .exchange = exchange, .live = services_.live, .path = {}, .path_variable = {}};
  const std::string_view forwarded_for = exchange.head().find("x-forwarded-for").value_or("");
  context.record.client = net::client_address(exchange.client(), forwarded_for, context.live->trusted_proxies).to_string();
  co_await dispatch(context);
  finish(context);
}

net::Task<void> Front::dispatch(Context& context) {
  http::Exchange& exchange = context.exchange;
  const http::RequestHead& head = exchange.head();
  context.record.route = "unknown";
  std::optional<std::string> path = normalised_path(head.path, context.config().server.root_path);
  if (!path) co_return co_await answer_with_detail(context, unknown_path(head.method, head.path), "Not Found");
  context.path = std::move(*path);

  const bool is_preflight = head.method == "OPTIONS" && head.find(FieldId::origin) && head.find(FieldId::access_control_request_method);
  RouteMatch match = find_route(head.method, context.path);
  if (match.route != nullptr && serves(match.route->plane)) {
    context.record.route = match.route->pattern;
    context.path_variable = std::move(match.path_variable);
    if (match.route->plane == Plane::inference) add_cors_fields(context);
    co_return co_await match.route->endpoint(context);
  }
  if (serves(Plane::admin) && services_.keys.api().knows(context.path)) {
    co_return co_await manage_keys(context);
  }
  if (!match.allowed.empty()) {
    if (is_preflight) co_return co_await preflight(context);
    exchange.add_field("allow", match.allowed);
    co_return co_await answer_with_detail(context, wrong_method(head.method, context.path), "Method Not Allowed");
  }
  if (is_preflight) co_return co_await preflight(context);
  co_await answer_with_detail(context, unknown_path(head.method, context.path), "Not Found");
}

/// Answered on every path and without a key: the browser asks before it sends one.
net::Task<void> Front::preflight(Context& context) {
  context.record.route = "preflight";
  http::Exchange& exchange = context.exchange;
  const http::RequestHead& head = exchange.head();
  add_common_fields(context);
  const std::string_view origin = allowed_origin(context.config(), *head.find(FieldId::origin));
  exchange.add_field("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  if (!origin.empty()) {
    exchange.add_field("access-control-allow-origin", origin);
    exchange.add_field("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD");
    const auto wanted = head.find(FieldId::access_control_request_headers);
    if (wanted && wanted->size() <= max_preflight_headers_bytes) exchange.add_field("access-control-allow-headers", *wanted);
    exchange.add_field("access-control-max-age", "7200");
    if (head.find("access-control-request-private-network")) exchange.add_field("access-control-allow-private-network", "true");
  }
  co_await exchange.answer(204, "", "");
}

net::Task<void> Front::refuse(http::Exchange& exchange, int status, std::string_view reason) {
  services_.metrics.heads_refused.add(1);
  Context context{.services = services_, .exchange = exchange, .live = services_.live, .path = {}, .path_variable = {}};
  context.record.route = "refused";
  context.record.client = exchange.client().to_string();
  context.record.outcome = "refused";
  context.record.error = reason;
  Error error{.kind = ErrorKind::invalid_request, .message = std::string(reason), .type = "invalid_request_error"};
  if (status == 503) {
    error = {.kind = ErrorKind::overloaded, .message = std::string(reason), .retry_after = std::chrono::milliseconds(1000)};
    exchange.add_field("retry-after", "1");
  } else if (status == 500) {
    error = {.kind = ErrorKind::internal, .message = std::string(reason)};
  } else {
    error.code = std::to_string(status);
  }
  if (status == 405) exchange.add_field("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  co_await answer_json(context, status, providers::error_body(error, context.config().compat));
  finish(context);
}

bool Front::serves(Plane plane) const {
  switch (serves_) {
    case Serves::everything: return true;
    case Serves::all_but_admin: return plane != Plane::admin;
    case Serves::admin_only: return plane != Plane::inference;
  }
  return false;
}

void Front::finish(Context& context) {
  http::Exchange& exchange = context.exchange;
  observe::RequestRecord& record = context.record;
  record.status = exchange.why_cancelled() == http::Cancelled::client_gone ? 499 : exchange.status();
  if (record.status == 499 && record.outcome == "ok") record.outcome = "client_gone";
  record.total = net::Clock::now() - exchange.arrived();
  record.bytes_out = exchange.body_bytes_sent();
  services_.metrics.count(record);
  services_.access_log.write(exchange.call_id(), record);
}

}  // namespace api
