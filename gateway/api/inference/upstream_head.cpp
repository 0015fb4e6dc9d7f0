#include "gateway/api/inference/upstream_head.hpp"

namespace api {
namespace {

using http::FieldId;
using providers::Authentication;

constexpr std::string_view user_agent = "penstock/" PENSTOCK_VERSION;

/// Fields of the client that an OpenAI-speaking upstream may see (reference: openai headers, section 1).
constexpr std::string_view passed_on[] = {"openai-beta", "idempotency-key", "openai-safety-identifier"};

bool is_own_field(std::string_view lower_name) {
  return lower_name == "host" || lower_name == "content-length" || lower_name == "transfer-encoding" || lower_name == "connection";
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace

bool write_upstream_head(std::string& out, const Context& context, const Destination& destination, const providers::ModelRequest& request,
                         std::size_t body_bytes, const http::Connection& connection) {
  const providers::Target& target = *destination.target;
  const config::Deployment& deployment = *target.deployment;
  const std::string path = providers::request_path(target, request.operation, destination.upstream_model);

  out.clear();
  http::HeadWriter head(out);
  head.request_line("POST", connection.target_prefix.empty() ? path : connection.target_prefix + path);
  head.field("host", target.host_field);
  if (!connection.proxy_authorization.empty()) head.field("proxy-authorization", connection.proxy_authorization);
  if (!target.credential.empty()) {
    head.field(target.vendor->authentication == Authentication::api_key_header ? "api-key" : "authorization", target.credential);
  }
  head.field("content-type", "application/json");
  head.field("content-length", body_bytes);
  head.field("accept", request.stream ? "text/event-stream" : "application/json");
  head.field("accept-encoding", "identity");
  head.field("user-agent", user_agent);
  if (!deployment.organization.empty()) head.field("openai-organization", deployment.organization);
  for (const std::string_view name : passed_on) {
    if (const auto value = context.exchange.head().find(name)) head.field(name, *value);
  }
  for (const auto& [name, value] : deployment.extra_headers) {
    if (!is_own_field(lower(name))) head.field(name, value.reveal());
  }
  head.end();
  return head.ok();
}

}  // namespace api
