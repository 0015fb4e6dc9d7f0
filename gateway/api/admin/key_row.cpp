#include "gateway/api/admin/key_row.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "auth/time_text.hpp"
#include "gateway/api/admin/key_fields.hpp"

namespace admin {

using nlohmann::json;

namespace {

// Members of the row that live in KeyRecord::fields, and what they are when nothing was stored.
constexpr std::pair<const char*, const char*> stored_members[] = {
    {"spend", "0.0"},          {"total_spend", "0.0"},          {"soft_budget_cooldown", "false"},
    {"aliases", "{}"},         {"config", "{}"},                {"router_settings", "null"},
    {"agent_id", "null"},      {"project_id", "null"},          {"permissions", "{}"},
    {"metadata", "{}"},        {"max_parallel_requests", "null"}, {"tpm_limit", "null"},
    {"rpm_limit", "null"},     {"tpd_limit", "null"},           {"max_budget", "null"},
    {"soft_budget", "null"},   {"budget_duration", "null"},     {"budget_reset_at", "null"},
    {"budget_limits", "null"}, {"allowed_cache_controls", "[]"}, {"policies", "[]"},
    {"model_spend", "{}"},     {"access_group_ids", "[]"},      {"model_max_budget", "{}"},
    {"budget_id", "null"},     {"budget_fallbacks", "null"},    {"litellm_budget_table", "null"},
    {"object_permission", "null"}, {"object_permission_id", "null"}, {"end_user_budget_id", "null"},
    {"last_active", "null"},   {"settings_updated_at", "null"}, {"rotation_count", "0"},
    {"auto_rotate", "false"},  {"rotation_interval", "null"},   {"last_rotation_at", "null"},
    {"key_rotation_at", "null"},
};

// LiteLLM answers /key/generate with this object whatever was sent; what was sent is laid over it.
constexpr const char* router_settings_members[] = {
    "routing_strategy_args", "routing_strategy", "model_group_retry_policy", "allowed_fails", "cooldown_time",      "num_retries",
    "timeout",               "max_retries",      "retry_after",              "fallbacks",     "context_window_fallbacks", "model_group_alias",
};

json text_or_null(const std::optional<std::string>& text) { return text ? json(*text) : json(); }

}  // namespace

json key_row(const auth::KeyRecord& record, std::string_view organization_member) {
  const json stored = stored_object(record.fields);
  json row = json::object();
  for (const auto& [name, unset] : stored_members) {
    const auto found = stored.find(name);
    row[name] = found == stored.end() ? json::parse(unset) : *found;
  }
  row["token"] = record.token;
  row["key_name"] = record.key_name;
  row["key_alias"] = text_or_null(record.key_alias);
  row["models"] = record.models;
  row["expires"] = record.expires ? json(auth::iso_time(*record.expires)) : json();
  row["blocked"] = record.blocked;
  row["user_id"] = text_or_null(record.user_id);
  row["team_id"] = text_or_null(record.team_id);
  row[std::string(organization_member)] = text_or_null(record.organization_id);
  row["key_type"] = record.key_type;
  row["allowed_routes"] = record.allowed_routes;
  row["created_at"] = auth::iso_time(record.created_at);
  row["updated_at"] = auth::iso_time(record.updated_at);
  row["created_by"] = record.created_by;
  row["updated_by"] = record.updated_by;
  if (record.deletion) {
    row["deleted_at"] = auth::iso_time(record.deletion->at);
    row["deleted_by"] = record.deletion->by;
    row["deleted_by_api_key"] = record.deletion->by_api_key;
  }
  return row;
}

json new_key_answer(const auth::KeyRecord& record, std::string_view secret) {
  const json row = key_row(record);
  const json& metadata = row.at("metadata");
  json reply = json::object();
  for (const KeyField& field : key_fields()) {
    const std::string name(field.name);
    const json& home = field.home == FieldHome::metadata ? metadata : row;
    const auto found = home.find(name);
    reply[name] = found == home.end() || found->is_null() ? json::parse(field.unset) : *found;
  }
  for (const char* name : {"token", "key_name", "expires", "litellm_budget_table", "budget_reset_at", "created_at", "updated_at", "created_by",
                           "updated_by"}) {
    reply[name] = row.at(name);
  }
  reply["token_id"] = record.token;
  reply["key"] = secret;

  json router_settings = json::object();
  for (const char* name : router_settings_members) router_settings[name] = nullptr;
  if (row.at("router_settings").is_object()) router_settings.update(row.at("router_settings"));
  reply["router_settings"] = router_settings;
  return reply;
}

}  // namespace admin
