// litellm_settings: module-wide habits of LiteLLM.
#include <algorithm>
#include <string>

#include "config/keys.hpp"
#include "config/sections.hpp"

namespace config {
namespace {

using Params = std::map<std::string, std::string>;

using enum Standing;

/// What a key may be limited by; not enforced yet, so that a default or ceiling of it says so.
constexpr std::string_view key_limits[] = {"max_budget", "budget_duration", "soft_budget", "tpm_limit", "rpm_limit", "max_parallel_requests",
                                           "model_max_budget", "model_rpm_limit", "model_tpm_limit"};

void read_key_params(Reading& reading, const Field& section, Params& params) {
  if (!reading.is_mapping(section)) return;
  for (const auto& member : section.value.members) {
    const auto field = section.member(member);
    params.insert_or_assign(member.key, reading.json(field));
    const bool is_limit = std::ranges::find(key_limits, member.key) != std::ranges::end(key_limits);
    if (is_limit && !member.value->is_null()) note_standing(reading, field, member.key, unlimited);
  }
}

void read_default_key_params(Reading& reading, const Field& field, Config& config) {
  read_key_params(reading, field, config.auth.default_key_params);
}

void read_upper_key_params(Reading& reading, const Field& field, Config& config) {
  read_key_params(reading, field, config.auth.upper_key_params);
}

void read_drop_params(Reading& reading, const Field& field, Config& config) {
  config.drop_params = reading.boolean(field).value_or(config.drop_params);
}

void read_num_retries(Reading& reading, const Field& field, Config& config) {
  if (const auto count = reading.integer(field, {0, 100})) config.router.num_retries = static_cast<int>(*count);
}

void read_request_timeout(Reading& reading, const Field& field, Config& config) {
  config.timers.timeout = reading.lapse(field).value_or(config.timers.timeout);
}

void read_metrics_auth(Reading& reading, const Field& field, Config& config) {
  config.server.metrics_require_key = reading.boolean(field).value_or(config.server.metrics_require_key);
}

void read_json_logs(Reading& reading, const Field& field, Config& config) {
  if (reading.boolean(field).value_or(false)) config.server.log_format = LogFormat::json;
}

void read_set_verbose(Reading& reading, const Field& field, Config& config) {
  if (reading.boolean(field).value_or(false)) config.server.log_level = "debug";
}

constexpr Key<Config> keys[] = {
    {"drop_params", acted, read_drop_params},
    {"num_retries", acted, read_num_retries},
    {"request_timeout", acted, read_request_timeout},
    {"default_key_generate_params", acted, read_default_key_params},
    {"upperbound_key_generate_params", acted, read_upper_key_params},
    {"require_auth_for_metrics_endpoint", acted, read_metrics_auth},
    {"json_logs", acted, read_json_logs},
    {"set_verbose", acted, read_set_verbose},

    {"guardrails", protection},

    {"max_budget", unlimited},
    {"budget_duration", unlimited},
    {"max_end_user_budget", unlimited},
    {"max_end_user_budget_id", unlimited},
    {"max_internal_user_budget", unlimited},
    {"internal_user_budget_duration", unlimited},
    {"cache_params", redis},

    {"cache", later},
    {"fallbacks", later},
    {"context_window_fallbacks", later},
    {"content_policy_fallbacks", later},
    {"default_fallbacks", later},
    {"allowed_fails", later},
    {"modify_params", later},
    {"callbacks", later},
    {"success_callback", later},
    {"failure_callback", later},
    {"service_callback", later},
    {"turn_off_message_logging", later},
    {"redact_user_api_key_info", later},
    {"default_internal_user_params", later},
    {"default_team_settings", later},
    {"default_team_params", later},
    {"key_generation_settings", later},
    {"timezone", later},
    {"extra_spend_tag_headers", later},
    {"disable_add_user_agent_to_request_tags", later},
    {"enable_key_alias_format_validation", later},
    {"cost_discount_config", later},
    {"cost_margin_config", later},
    {"prometheus_metrics_config", later},
    {"prometheus_initialize_budget_metrics", later},
    {"prometheus_emit_stream_label", later},
    {"custom_prometheus_metadata_labels", later},
    {"custom_prometheus_tags", later},
    {"enable_end_user_cost_tracking_prometheus_only", later},
    {"disable_end_user_cost_tracking", later},
    {"enable_redis_auth_cache", later},
    {"ssl_verify", later},
    {"force_ipv4", later},
    {"user_url_validation", later},
    {"network_mock", later},
    {"route_all_chat_openai_to_responses", later},
    {"use_chat_completions_url_for_anthropic_messages", later},
    {"enable_json_schema_validation", later},
    {"telemetry", later},
};

}  // namespace

void read_litellm_settings(Reading& reading, const Field& section, Config& config) { read_section<Config>(reading, section, keys, config); }

}  // namespace config
