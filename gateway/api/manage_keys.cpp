// The admin API's way in: who asks, the body, then the registry's thread.
#include <spdlog/spdlog.h>

#include "gateway/api/endpoints.hpp"
#include "gateway/api/identify.hpp"
#include "gateway/store/key_desk.hpp"

namespace api {

net::Task<void> manage_keys(Context& context) {
  context.record.route = "admin";
  auto caller = co_await identify(context, auth::DialectHeader::authorization);
  if (!caller) co_return co_await answer_error(context, caller.error());

  auto body = co_await context.exchange.read_body(context.config().http.body_bytes);
  if (!body) co_return co_await answer_error(context, body.error());
  context.record.bytes_in = body->size();

  const http::RequestHead& head = context.exchange.head();
  ::admin::AdminRequest request{.method = std::string(head.method),
                              .path = context.path,
                              .query = std::string(head.query),
                              .body = std::string(*body),
                              .caller = *caller,
                              .changed_by = std::string(head.find("litellm-changed-by").value_or(""))};
  const ::admin::AdminReply reply = co_await context.services.keys.call(std::move(request));
  for (const std::string& warning : reply.warnings) spdlog::warn("{} {}: {}", head.method, context.path, warning);
  if (reply.status >= 400) context.record.outcome = "error";
  co_await answer_json(context, reply.status, reply.body);
}

}  // namespace api
