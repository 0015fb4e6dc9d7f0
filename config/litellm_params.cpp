#include "config/litellm_params.hpp"

#include <algorithm>
#include <string>

#include "config/keys.hpp"
#include "config/scalar.hpp"
#include "config/syntax.hpp"

namespace config {
namespace {

using Draft = DeploymentDraft;
using enum Standing;

template <auto Member>
void text(Reading& reading, const Field& field, Draft& draft) {
  if (auto value = reading.text(field)) draft.deployment.*Member = std::move(*value);
}

template <auto Member>
void lapse(Reading& reading, const Field& field, Draft& draft) {
  if (const auto value = reading.lapse(field)) draft.deployment.*Member = *value;
}

void read_model(Reading& reading, const Field& field, Draft& draft) {
  auto model = reading.text(field);
  if (!model && environment_reference(field.value)) model = field.value.text;  // unset: the deployment says so itself
  if (model) draft.deployment.model = std::move(*model);
}

void read_api_key(Reading& reading, const Field& field, Draft& draft) {
  auto key = reading.text(field);
  if (!key) return;
  if (!is_field_value(*key)) return reading.error(field.value.place, field.path + " holds a line break or control character");
  draft.deployment.api_key = Secret(std::move(*key));
}

void read_api_base(Reading& reading, const Field& field, Draft& draft) {
  auto address = reading.text(field);
  if (!address || address->empty()) return;
  if (!is_http_url(*address)) return reading.error(field.value.place, field.path + " must be an address that begins with http:// or https://");
  draft.deployment.api_base = std::move(*address);
}

void read_organization(Reading& reading, const Field& field, Draft& draft) { draft.organizations = reading.texts(field); }

void read_order(Reading& reading, const Field& field, Draft& draft) {
  constexpr Range orders = {-1'000'000, 1'000'000};
  if (const auto order = reading.integer(field, orders)) draft.deployment.order = static_cast<int>(*order);
}

void read_headers(Reading& reading, const Field& section, Draft& draft) {
  if (!reading.is_mapping(section)) return;
  for (const auto& member : section.value.members) {
    const auto field = section.member(member);
    auto value = reading.text(field);
    if (!value) continue;
    if (!is_field_name(member.key)) {
      reading.error(field.place, field.path + " is not the name of an HTTP header");
    } else if (!is_field_value(*value)) {
      reading.error(field.value.place, field.path + " holds a line break or control character");
    } else {
      draft.deployment.extra_headers.emplace_back(member.key, Secret(std::move(*value)));
    }
  }
}

void read_extra_body(Reading& reading, const Field& field, Draft& draft) {
  if (reading.is_mapping(field) && !field.value.members.empty()) draft.deployment.extra_body = reading.json(field);
}

void read_drop_params(Reading& reading, const Field& field, Draft& draft) {
  for (auto& name : reading.texts(field)) {
    if (name.find_first_of(".[") != std::string::npos) {
      reading.warn(field.value.place, "not supported yet: nested paths in " + field.path);
    } else {
      draft.deployment.drop_params.push_back(std::move(name));
    }
  }
}

void read_mock_response(Reading& reading, const Field& field, Draft& draft) {
  if (field.value.is_null()) return;
  if (!field.value.is_scalar()) return reading.warn(field.place, "not supported yet: " + field.path + " that is not a text");
  auto answer = reading.text(field);
  draft.deployment.has_mock_response = answer.has_value();
  draft.deployment.mock_response = std::move(answer).value_or("");
}

void handled_by_caller(Reading&, const Field&, Draft&) {}

constexpr Key<Draft> keys[] = {
    {"model", acted, read_model},
    {"api_key", acted, read_api_key},
    {"api_base", acted, read_api_base},
    {"base_url", acted, read_api_base},
    {"api_version", acted, text<&Deployment::api_version>},
    {"organization", acted, read_organization},
    {"custom_llm_provider", acted, text<&Deployment::provider>},
    {"rpm", acted, read_rpm},
    {"tpm", acted, read_tpm},
    {"weight", acted, read_weight},
    {"order", acted, read_order},
    {"timeout", acted, lapse<&Deployment::timeout>},
    {"stream_timeout", acted, lapse<&Deployment::stream_timeout>},
    {"extra_headers", acted, read_headers},
    {"headers", acted, read_headers},
    {"extra_body", acted, read_extra_body},
    {"additional_drop_params", acted, read_drop_params},
    {"mock_response", acted, read_mock_response},
    {"litellm_credential_name", acted, handled_by_caller},

    {"guardrails", protection},

    {"max_parallel_requests", unlimited},
    {"max_budget", unlimited},
    {"budget_duration", unlimited},
    {"default_api_key_tpm_limit", unlimited},
    {"default_api_key_rpm_limit", unlimited},

    {"itpm", later},
    {"otpm", later},
    {"max_retries", later},
    {"num_retries", later},
    {"cooldown_time", later},
    {"tags", later},
    {"tag_regex", later},
    {"metadata", later},
    {"stream", later},
    {"drop_params", later},
    {"allowed_openai_params", later},
    {"mock_timeout", later},
    {"mock_tool_calls", later},
    {"configurable_clientside_auth_params", later},
    {"use_chat_completions_api", later},
    {"merge_reasoning_content_in_choices", later},
    {"use_in_pass_through", later},
    {"region_name", later},
    {"model_info", later},
    {"azure_ad_token", later},
    {"tenant_id", later},
    {"client_id", later},
    {"client_secret", later},
    {"aws_access_key_id", later},
    {"aws_secret_access_key", later},
    {"aws_session_token", later},
    {"aws_region_name", later},
    {"aws_role_name", later},
    {"aws_session_name", later},
    {"aws_bedrock_runtime_endpoint", later},
    {"vertex_project", later},
    {"vertex_location", later},
    {"vertex_credentials", later},
    {"auto_router_config", later},
    {"complexity_router_config", later},
    {"quality_router_config", later},
    {"adaptive_router_config", later},
};

/// Parameters of OpenAI's bodies, and the widespread ones of servers that speak OpenAI: sent unless the client sent one.
constexpr std::string_view body_parameters[] = {
    "temperature",       "top_p",          "n",                     "max_tokens",       "max_completion_tokens", "stop",
    "presence_penalty",  "logit_bias",     "frequency_penalty",     "logprobs",         "top_logprobs",          "seed",
    "response_format",   "tools",          "tool_choice",           "functions",        "function_call",         "parallel_tool_calls",
    "reasoning_effort",  "reasoning",      "verbosity",             "service_tier",     "store",                 "modalities",
    "audio",             "prediction",     "stream_options",        "user",             "web_search_options",    "safety_identifier",
    "prompt_cache_key",  "dimensions",     "encoding_format",       "thinking",         "top_k",                 "min_p",
    "repetition_penalty", "suffix",        "echo",                  "best_of",          "prompt_cache_retention"};

/// Prices of a deployment: all fields of LiteLLM's price map are known, whatever their unit.
bool is_price(std::string_view name) { return name.find("cost_per_") != std::string_view::npos; }

/// A member that is nobody's setting goes into the request body, as LiteLLM passes it on.
void read_parameter(Reading& reading, const Field& field, std::string_view name, std::string& members) {
  if (is_price(name)) return note_standing(reading, field, name, later);
  if (std::ranges::find(body_parameters, name) == std::ranges::end(body_parameters)) {
    auto known = names_of<Draft>(keys);
    known.insert(known.end(), std::ranges::begin(body_parameters), std::ranges::end(body_parameters));
    const auto suggestion = reading.has_room() ? nearest(name, known) : std::string_view{};
    reading.warn(field.place, "unknown key " + field.path + "; it is sent upstream as a parameter", suggestion);
  }
  members += (members.empty() ? "" : ",") + json_string(name) + ':' + reading.json(field);
}

}  // namespace

void read_rpm(Reading& reading, const Field& field, Draft& draft) {
  draft.deployment.rpm = reading.integer(field, {0, 1'000'000'000'000}).value_or(draft.deployment.rpm);
}

void read_tpm(Reading& reading, const Field& field, Draft& draft) {
  draft.deployment.tpm = reading.integer(field, {0, 1'000'000'000'000}).value_or(draft.deployment.tpm);
}

void read_weight(Reading& reading, const Field& field, Draft& draft) {
  if (const auto weight = reading.number(field, 0, 1e9)) draft.weight = *weight;
}

void read_litellm_params(Reading& reading, const Field& params, const Field* credential, Draft& draft) {
  std::string defaults;
  const auto read_member = [&](const Field& field, std::string_view name) {
    if (const auto* key = find_key<Draft>(keys, name)) {
      read_key(reading, field, *key, draft);
    } else {
      read_parameter(reading, field, name, defaults);
    }
  };
  for (const auto& member : params.value.members) read_member(params.member(member), member.key);
  if (credential != nullptr) {
    for (const auto& member : credential->value.members) {
      if (params.value.find(member.key) == nullptr) read_member(credential->member(member), member.key);
    }
  }
  if (!defaults.empty()) draft.deployment.default_params = '{' + defaults + '}';
}

}  // namespace config
