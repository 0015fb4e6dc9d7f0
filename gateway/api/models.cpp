// The models a caller may use: OpenAI's list, and LiteLLM's with what is known of each deployment.
#include <nlohmann/json.hpp>

#include "gateway/api/endpoints.hpp"
#include "gateway/api/identify.hpp"
#include "gateway/api/query.hpp"

namespace api {
namespace {

using nlohmann::json;
using providers::Error;
using providers::ErrorKind;

constexpr std::int64_t model_created = 1677610602;  // what LiteLLM shows for every model

bool may_see(const Context& context, const auth::Caller& caller, std::string_view model) {
  const auto in_group = [&context](std::string_view group, std::string_view name) { return context.live->table.in_access_group(group, name); };
  return caller.may_use_model(model, in_group);
}

json model_object(std::string_view id) { return {{"id", id}, {"object", "model"}, {"created", model_created}, {"owned_by", "openai"}}; }

/// litellm_params as shown: nothing that could be a credential.
json shown_params(const providers::Target& target) {
  const config::Deployment& deployment = *target.deployment;
  json params = {{"model", deployment.model}};
  if (!deployment.api_base.empty()) params["api_base"] = deployment.api_base;
  if (!deployment.api_version.empty()) params["api_version"] = deployment.api_version;
  if (!deployment.organization.empty()) params["organization"] = deployment.organization;
  if (deployment.weight > 0) params["weight"] = deployment.weight;
  if (deployment.rpm > 0) params["rpm"] = deployment.rpm;
  if (deployment.tpm > 0) params["tpm"] = deployment.tpm;
  if (deployment.order != 0) params["order"] = deployment.order;
  return params;
}

json shown_info(const providers::Target& target) {
  const config::Deployment& deployment = *target.deployment;
  json info = deployment.model_info.empty() ? json::object() : json::parse(deployment.model_info, nullptr, false);
  if (!info.is_object()) info = json::object();
  info["id"] = deployment.id;
  info["db_model"] = false;
  info["key"] = target.upstream_model;
  info["litellm_provider"] = target.vendor != nullptr ? std::string(target.vendor->name) : std::string();
  info["mode"] = deployment.mode;
  return info;
}

}  // namespace

net::Task<void> list_models(Context& context) {
  auto caller = co_await identify(context, auth::DialectHeader::authorization);
  if (!caller) co_return co_await answer_error(context, caller.error());
  json data = json::array();
  for (const std::string& name : context.live->table.listed()) {
    if (may_see(context, *caller, name)) data.push_back(model_object(name));
  }
  const json list = {{"data", std::move(data)}, {"object", "list"}};
  co_await answer_json(context, 200, list.dump(-1, ' ', false, json::error_handler_t::replace));
}

net::Task<void> show_model(Context& context) {
  auto caller = co_await identify(context, auth::DialectHeader::authorization);
  if (!caller) co_return co_await answer_error(context, caller.error());
  const std::string& name = context.path_variable;
  if (!context.live->table.find(name) || !may_see(context, *caller, name)) {
    Error unknown{.kind = ErrorKind::not_found,
                  .message = "The model `" + name + "` does not exist or you do not have access to it.",
                  .type = "invalid_request_error",
                  .param = "model"};
    if (context.config().compat == config::Compat::openai) unknown.code = "model_not_found";
    co_return co_await answer_error(context, std::move(unknown));
  }
  co_await answer_json(context, 200, model_object(name).dump(-1, ' ', false, json::error_handler_t::replace));
}

net::Task<void> model_info(Context& context) {
  auto caller = co_await identify(context, auth::DialectHeader::authorization);
  if (!caller) co_return co_await answer_error(context, caller.error());
  const std::string wanted = query_value(context.exchange.head().query, "litellm_model_id");
  json data = json::array();
  for (const providers::Target& target : context.live->table.targets()) {
    const config::Deployment& deployment = *target.deployment;
    if (!wanted.empty() && deployment.id != wanted) continue;
    if (!may_see(context, *caller, deployment.model_name)) continue;
    data.push_back({{"model_name", deployment.model_name}, {"litellm_params", shown_params(target)}, {"model_info", shown_info(target)}});
  }
  if (!wanted.empty() && data.empty()) {
    const json unknown = {{"detail", {{"error", "Model id = " + wanted + " not found on litellm proxy"}}}};
    context.record.outcome = "error";
    co_return co_await answer_json(context, 400, unknown.dump(-1, ' ', false, json::error_handler_t::replace));
  }
  const json list = {{"data", std::move(data)}};
  co_await answer_json(context, 200, list.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace api
