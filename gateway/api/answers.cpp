// Answers that are the same for all endpoints: common fields, JSON, errors in the client's dialect.
#include <array>

#include "gateway/api/context.hpp"

namespace api {
namespace {

constexpr std::size_t max_client_id_bytes = 128;

bool is_request_id(std::string_view text) {
  if (text.empty() || text.size() > max_client_id_bytes) return false;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    if (!plain) return false;
  }
  return true;
}

}  // namespace

void add_common_fields(Context& context) {
  http::Exchange& exchange = context.exchange;
  exchange.add_field("x-litellm-call-id", exchange.call_id());
  exchange.add_field("x-request-id", exchange.call_id());
  if (const auto own = exchange.head().find("x-request-id"); own && is_request_id(*own)) exchange.add_field("x-client-request-id", *own);
  exchange.add_field("x-litellm-version", PENSTOCK_VERSION);
}

net::Task<void> answer_json(Context& context, int status, std::string_view body) {
  add_common_fields(context);
  context.exchange.add_field("cache-control", "no-store");
  co_await context.exchange.answer(status, "application/json", body);
}

net::Task<void> answer_error(Context& context, providers::Error error) {
  http::Exchange& exchange = context.exchange;
  const config::Compat compat = context.config().compat;
  if (error.kind == providers::ErrorKind::cancelled) {
    context.record.outcome = "client_gone";
    if (!exchange.ended()) exchange.break_off();
    co_return;
  }
  if (context.record.outcome == "ok") context.record.outcome = "error";
  context.record.error = error.message;
  if (exchange.started()) {
    // the head has gone: the stream ends in an error event, and nothing behind it
    if (!exchange.write(providers::error_event(error, compat), http::Last::yes)) co_await exchange.flush();
    co_return;
  }

  const int status = providers::http_status(error, compat);
  if (error.retry_after) {
    const auto ms = error.retry_after->count();
    exchange.add_field("retry-after", std::to_string(std::max<std::int64_t>((ms + 999) / 1000, 1)));
  }
  if (providers::is_permanent(error, compat)) exchange.add_field("x-should-retry", "false");
  if (status == 401) exchange.add_field("www-authenticate", "Bearer realm=\"penstock\"");
  co_await answer_json(context, status, providers::error_body(error, compat));
}

}  // namespace api
