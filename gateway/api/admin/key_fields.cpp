#include "gateway/api/admin/key_fields.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "auth/route_groups.hpp"
#include "auth/time_text.hpp"
#include "gateway/api/admin/durations.hpp"

namespace admin {

using nlohmann::json;

namespace {

constexpr bool stored_only = false;
using enum FieldKind;
using enum FieldHome;

constexpr KeyField table[] = {
    {"key", text, nowhere},
    {"key_alias", text, record},
    {"duration", text, record},
    {"models", texts, record, "[]"},
    {"user_id", text, record},
    {"team_id", text, record},
    {"organization_id", text, record},
    {"key_type", key_type, record, "\"default\""},
    {"allowed_routes", texts, record, "[]"},
    {"blocked", boolean, record},

    {"spend", number, fields, "0.0"},
    {"max_budget", number, fields, "null", stored_only},
    {"soft_budget", number, fields, "null", stored_only},
    {"budget_duration", text, fields},
    {"budget_limits", list, fields, "null", stored_only},
    {"budget_id", text, fields},
    {"end_user_budget_id", text, fields, "null", stored_only},
    {"project_id", text, fields},
    {"agent_id", text, fields},
    {"max_parallel_requests", integer, fields, "null", stored_only},
    {"tpm_limit", integer, fields, "null", stored_only},
    {"rpm_limit", integer, fields, "null", stored_only},
    {"tpd_limit", integer, fields, "null", stored_only},
    {"model_max_budget", object, fields, "{}", stored_only},
    {"budget_fallbacks", object, fields, "null", stored_only},
    {"metadata", object, fields, "{}"},
    {"aliases", object, fields, "{}", stored_only},
    {"config", object, fields, "{}", stored_only},
    {"permissions", object, fields, "{}", stored_only},
    {"allowed_cache_controls", list, fields, "[]", stored_only},
    {"policies", texts, fields, "null", stored_only},
    {"object_permission", object, fields, "null", stored_only},
    {"access_group_ids", texts, fields, "null", stored_only},
    {"router_settings", object, fields, "null", stored_only},
    {"auto_rotate", boolean, fields, "false", stored_only},
    {"rotation_interval", text, fields},

    {"rpm_limit_type", limit_type, metadata, "null", stored_only},
    {"tpm_limit_type", limit_type, metadata, "null", stored_only},
    {"model_rpm_limit", object, metadata, "null", stored_only},
    {"model_tpm_limit", object, metadata, "null", stored_only},
    {"mcp_rpm_limit", object, metadata, "null", stored_only},
    {"tag_rpm_limit", object, metadata, "null", stored_only},
    {"throttle_on_budget_exceeded", boolean, metadata, "null", stored_only},
    {"tags", texts, metadata},
    {"allowed_passthrough_routes", list, metadata, "null", stored_only},
    {"denied_passthrough_routes", list, metadata, "null", stored_only},
    {"allowed_vector_store_indexes", list, metadata, "null", stored_only},
    {"enforced_params", texts, metadata, "null", stored_only},
    {"guardrails", texts, metadata, "null", stored_only},
    {"disable_global_guardrails", boolean, metadata, "null", stored_only},
    {"prompts", texts, metadata, "null", stored_only},
    {"temp_budget_increase", number, metadata, "null", stored_only},
    {"temp_budget_expiry", text, metadata},

    {"send_invite_email", boolean, nowhere, "null", stored_only},
};

/// As Python prints a float: shortest form that reads back, always recognisable as a float.
std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double size = std::fabs(value);
  const bool plain = value == 0 || (size >= 1e-4 && size < 1e16);
  char out[64];
  const auto end = std::to_chars(out, out + sizeof out, value, plain ? std::chars_format::fixed : std::chars_format::scientific).ptr;
  std::string printed(out, end);
  if (plain && printed.find('.') == std::string::npos) printed += ".0";
  return printed;
}

std::optional<AdminReply> check_budget(std::string_view name, const json& value) {
  if (!value.is_number()) return {};
  const double amount = value.get<double>();
  if (std::isfinite(amount) && amount >= 0) return {};
  return handler_refusal(400, std::string(name) + " must be a non-negative finite number. Received: " + python_float(amount));
}

std::optional<AdminReply> check_window(const json& value, auth::TimePoint now) {
  if (!value.is_string() || window_end(now, value.get_ref<const std::string&>())) return {};
  return handler_refusal(400, "Invalid budget_duration '" + value.get<std::string>() + "'. Use a format like '1h', '24h', '7d', or '30d'.");
}

bool never(const json& duration) { return duration.is_null() || duration == "-1"; }

/// Absent, or not null: the field sets something.
bool sets(const json& given, std::string_view name) {
  const auto found = given.find(name);
  return found != given.end() && !found->is_null();
}

void read_budget_limits(json& value, std::vector<Finding>& findings) {
  for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
    const std::vector<std::string> place = {"body", "budget_limits", std::to_string(i)};
    if (!value[i].is_object()) {
      findings.push_back({"model_attributes_type", place, "Input should be a valid dictionary or object to extract fields from"});
      continue;
    }
    for (const auto& [name, kind] : {std::pair{"budget_duration", text}, std::pair{"max_budget", number}}) {
      std::vector<std::string> inner = place;
      inner.emplace_back(name);
      if (!sets(value[i], name)) {
        findings.push_back({"missing", inner, "Field required"});
      } else {
        value[i][name] = read_value(kind, value[i][name], inner, findings);
      }
    }
  }
}

void set_member(json& object, std::string_view name, const json& value) {
  if (value.is_null()) {
    object.erase(std::string(name));
  } else {
    object[std::string(name)] = value;
  }
}

std::optional<std::string> text_or_none(const json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty() ? std::optional(value.get<std::string>()) : std::nullopt;
}

std::vector<std::string> texts_of(const json& value) { return value.is_array() ? value.get<std::vector<std::string>>() : std::vector<std::string>(); }

void apply_to_record(auth::KeyRecord& record, std::string_view name, const json& value, auth::TimePoint now) {
  if (name == "key_alias") record.key_alias = text_or_none(value);
  if (name == "user_id") record.user_id = text_or_none(value);
  if (name == "team_id") record.team_id = text_or_none(value);
  if (name == "organization_id") record.organization_id = text_or_none(value);
  if (name == "models") record.models = texts_of(value);
  if (name == "allowed_routes") record.allowed_routes = texts_of(value);
  if (name == "key_type") record.key_type = value.is_string() ? value.get<std::string>() : "default";
  if (name == "blocked") record.blocked = value == true;
  if (name == "duration") record.expires = never(value) ? std::nullopt : after(now, value.get_ref<const std::string&>());
}

/// As LiteLLM: the type of a key is written out as the routes it stands for. Routes that somebody wrote stay.
void write_out_key_type(auth::KeyRecord& record, std::string_view old_key_type) {
  const std::vector<std::string> routes_of_old_type = {std::string(auth::route_group_of_key_type(old_key_type))};
  if (!record.allowed_routes.empty() && record.allowed_routes != routes_of_old_type) return;
  record.allowed_routes.clear();
  if (const auto group = auth::route_group_of_key_type(record.key_type); !group.empty()) record.allowed_routes.emplace_back(group);
}

/// A value that limits nobody, whether it is acted on or not.
bool asks_nothing(const json& value) { return value.is_null() || value == false || (value.is_structured() && value.empty()); }

}  // namespace

std::span<const KeyField> key_fields() { return table; }

Outcome<json> read_key_fields(const json& body) {
  json given = json::object();
  std::vector<Finding> findings;
  for (const KeyField& field : table) {
    const auto found = body.find(field.name);
    if (found == body.end()) continue;
    given[std::string(field.name)] = read_value(field.kind, *found, {"body", std::string(field.name)}, findings);
  }
  if (sets(given, "budget_limits")) read_budget_limits(given["budget_limits"], findings);
  if (!findings.empty()) return unprocessable(findings);
  return given;
}

std::optional<AdminReply> check_key_fields(const json& given, auth::TimePoint now) {
  for (const std::string_view name : {"max_budget", "soft_budget", "spend", "temp_budget_increase"}) {
    if (auto refused = check_budget(name, given.value(name, json()))) return refused;
  }
  if (auto refused = check_window(given.value("budget_duration", json()), now)) return refused;
  const json limits = given.value("budget_limits", json());
  for (const json& limit : limits.is_array() ? limits : json::array()) {
    if (auto refused = check_window(limit.at("budget_duration"), now)) return refused;
    if (auto refused = check_budget("max_budget", limit.at("max_budget"))) return refused;
  }
  const json duration = given.value("duration", json());
  if (!never(duration) && !after(now, duration.get_ref<const std::string&>())) return handler_refusal(400, "Invalid duration format");
  const json interval = given.value("rotation_interval", json());
  if (interval.is_string() && !after(now, interval.get_ref<const std::string&>())) return handler_refusal(400, "Invalid rotation_interval format");
  const json until = given.value("temp_budget_expiry", json());
  if (until.is_string() && !auth::parse_time(until.get_ref<const std::string&>())) return handler_refusal(400, "Invalid temp_budget_expiry format");
  // No budget objects exist yet, so none can be meant; a key that silently lost its budget would be worse than a refusal.
  if (sets(given, "budget_id")) return handler_refusal(404, "Budget id=" + given["budget_id"].get<std::string>() + " does not exist.");
  return {};
}

void apply_key_fields(auth::KeyRecord& record, const json& given, auth::TimePoint now) {
  const std::string old_key_type = record.key_type;
  json stored = stored_object(record.fields);
  if (given.contains("metadata")) set_member(stored, "metadata", given["metadata"]);  // first: the others may add to it
  json extras = stored.value("metadata", json::object());
  for (const KeyField& field : table) {
    const auto found = given.find(field.name);
    if (found == given.end() || field.name == "metadata") continue;
    if (field.home == FieldHome::record) apply_to_record(record, field.name, *found, now);
    if (field.home == FieldHome::fields) set_member(stored, field.name, *found);
    if (field.home == FieldHome::metadata) set_member(extras, field.name, *found);
  }
  set_member(stored, "metadata", extras.empty() ? json() : extras);
  if (given.contains("budget_duration")) {
    const json& window = given["budget_duration"];
    set_member(stored, "budget_reset_at", window.is_null() ? json() : json(auth::iso_time(*window_end(now, window.get_ref<const std::string&>()))));
  }
  if (given.contains("key_type") && !sets(given, "allowed_routes")) write_out_key_type(record, old_key_type);
  record.fields = dump(stored);
}

std::string unenforced(const json& given) {
  std::string names;
  for (const KeyField& field : table) {
    const auto found = given.find(field.name);
    if (field.enforced || found == given.end() || asks_nothing(*found)) continue;
    names += (names.empty() ? "" : ", ") + std::string(field.name);
  }
  return names;
}

json stored_object(const std::string& text) {
  json parsed = json::parse(text, nullptr, false);
  return parsed.is_object() ? parsed : json::object();
}

}  // namespace admin
