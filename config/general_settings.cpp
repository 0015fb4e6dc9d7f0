// general_settings: the master key, the admin API's habits, and much that later issues act on.
#include <algorithm>
#include <cmath>
#include <string>

#include "config/keys.hpp"
#include "config/sections.hpp"
#include "config/syntax.hpp"

namespace config {
namespace {

void read_master_key(Reading& reading, const Field& field, Config& config) {
  auto key = reading.text(field, Unset::stop);
  if (!key) return;
  if (key->empty()) return reading.error(field.value.place, field.path + " is empty; leave it out to run without keys");
  config.auth.master_key = Secret(std::move(*key));
}

void read_database_url(Reading& reading, const Field& field, Config&) {
  if (const auto url = reading.text(field, Unset::stop)) note_database_url(reading, field, *url);
}

void read_key_header_name(Reading& reading, const Field& field, Config& config) {
  auto name = reading.text(field);
  if (!name) return;
  if (!is_field_name(*name)) return reading.error(field.value.place, field.path + " must be the name of an HTTP header");
  config.auth.key_header_name = std::move(*name);
}

void read_key_cache_ttl(Reading& reading, const Field& field, Config& config) {
  const auto lapse = reading.lapse(field);
  if (lapse) config.auth.cache_time = std::chrono::ceil<seconds>(*lapse);
}

void read_cancel_on_disconnect(Reading& reading, const Field& field, Config& config) {
  const auto value = reading.boolean(field);
  if (!value) return;
  config.cancel_on_disconnect = *value;
  config.cancel_on_disconnect_given = true;
}

void read_max_request_size(Reading& reading, const Field& field, Config& config) {
  constexpr double smallest = 0.001;
  constexpr double largest = 65'536;
  const auto mebibytes = reading.number(field, smallest, largest);
  if (!mebibytes) return;
  config.http.body_bytes = std::llround(*mebibytes * static_cast<double>(mib));
  config.http.body_bytes_in_flight = std::max(config.http.body_bytes_in_flight, config.http.body_bytes);  // one at least must fit
}

void read_use_x_forwarded_for(Reading& reading, const Field& field, Config&) {
  if (reading.boolean(field).value_or(false)) {
    reading.warn(field.place, field.path + " has no effect: anyone can write that header; name your proxies in penstock.trusted_proxies");
  }
}

using enum Standing;

constexpr Key<Config> keys[] = {
    {"master_key", acted, read_master_key},
    {"database_url", acted, read_database_url},
    {"litellm_key_header_name", acted, read_key_header_name},
    {"user_api_key_cache_ttl", acted, read_key_cache_ttl},
    {"cancel_on_disconnect", acted, read_cancel_on_disconnect},
    {"max_request_size_mb", acted, read_max_request_size},
    {"use_x_forwarded_for", acted, read_use_x_forwarded_for},

    {"guardrails", protection},
    {"custom_auth", protection},
    {"allowed_ips", protection},
    {"enforced_params", protection},
    {"enable_jwt_auth", protection},
    {"enforce_rbac", protection},
    {"key_management_system", protection},

    {"global_max_parallel_requests", unlimited},
    {"max_parallel_requests", unlimited},
    {"max_response_size_mb", unlimited},
    {"fail_closed_budget_enforcement", unlimited},
    {"coordination_redis", redis},

    {"database_connection_pool_limit", later},
    {"database_connection_timeout", later},
    {"store_model_in_db", later},
    {"supported_db_objects", later},
    {"proxy_batch_write_at", later},
    {"proxy_budget_rescheduler_min_time", later},
    {"proxy_budget_rescheduler_max_time", later},
    {"use_redis_transaction_buffer", later},
    {"disable_spend_logs", later},
    {"disable_spend_updates", later},
    {"disable_error_logs", later},
    {"disable_reset_budget", later},
    {"store_prompts_in_spend_logs", later},
    {"maximum_spend_logs_retention_period", later},
    {"maximum_spend_logs_retention_interval", later},
    {"maximum_spend_logs_cleanup_cron", later},
    {"alerting", later},
    {"alerting_threshold", later},
    {"alert_types", later},
    {"alert_to_webhook_url", later},
    {"alerting_args", later},
    {"alert_type_config", later},
    {"spend_report_frequency", later},
    {"background_health_checks", later},
    {"health_check_interval", later},
    {"health_check_details", later},
    {"health_check_concurrency", later},
    {"use_shared_health_check", later},
    {"user_header_name", later},
    {"user_header_mappings", later},
    {"enforce_user_param", later},
    {"reject_clientside_metadata_tags", later},
    {"pass_through_endpoints", later},
    {"pass_through_request_timeout", later},
    {"allow_requests_on_db_unavailable", later},
    {"forward_client_headers_to_llm_api", later},
    {"forward_openai_org_id", later},
    {"forward_llm_provider_auth_headers", later},
    {"token_rate_limit_type", later},
    {"always_include_stream_usage", later},
    {"disable_budget_reservation", later},
    {"public_routes", later},
    {"admin_only_routes", later},
    {"allowed_routes", later},
    {"litellm_jwtauth", later},
    {"role_permissions", later},
    {"key_management_settings", later},
    {"custom_key_generate", later},
    {"custom_sso", later},
    {"completion_model", later},
    {"embedding_model", later},
    {"image_generation_model", later},
    {"moderation_model", later},
    {"proxy_config_reload_interval_seconds", later},
    {"enable_drain_endpoint", later},
    {"drain_endpoint_token", later},
    {"service_account_settings", later},
    {"default_team_disabled", later},
    {"ui_access_mode", later},
    {"scope_spend_list_endpoints_to_caller", later},
    {"infer_model_from_keys", later},
    {"block_robots", later},
    {"control_plane_url", later},
};

}  // namespace

void read_general_settings(Reading& reading, const Field& section, Config& config) { read_section<Config>(reading, section, keys, config); }

}  // namespace config
