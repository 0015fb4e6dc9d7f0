#include "gateway/api/admin/key_limits.hpp"

#include <nlohmann/json.hpp>

#include "gateway/api/admin/durations.hpp"
#include "gateway/api/admin/key_fields.hpp"

namespace admin {

using nlohmann::json;

namespace {

bool is_empty(const json& value) { return value.is_null() || (value.is_structured() && value.empty()); }

/// The config's JSON texts as fields of their kinds. A value that does not fit is the operator's mistake, and said to be.
Outcome<json> typed(const std::map<std::string, std::string>& params, const char* section) {
  json body = json::object();
  for (const auto& [name, text] : params) body[name] = json::parse(text, nullptr, false);
  auto read = read_key_fields(body);
  if (!read) return handler_refusal(500, std::string("The server's ") + section + " holds a value of the wrong type.");
  return read;
}

std::string shown(const json& value) { return value.is_string() ? value.get<std::string>() : value.is_null() ? "None" : dump(value); }

/// Whether `value` is more than `bound` allows; a time without an end is more than any other.
bool exceeds(const json& value, const json& bound, auth::TimePoint now) {
  if (bound.is_number()) return value.is_number() && value.get<double>() > bound.get<double>();
  if (!bound.is_string()) return false;
  const auto latest = after(now, bound.get_ref<const std::string&>());
  if (!latest) return false;
  if (value.is_null() || value == "-1") return true;
  const auto asked = after(now, value.get_ref<const std::string&>());
  return asked && *asked > *latest;
}

}  // namespace

std::optional<AdminReply> fill_defaults(const config::AuthConfig& config, json& given) {
  if (config.default_key_params.empty()) return {};
  const auto defaults = typed(config.default_key_params, "default_key_generate_params");
  if (!defaults) return defaults.error();
  for (const auto& [name, value] : defaults->items()) {
    if (name != "key" && is_empty(given.value(name, json()))) given[name] = value;
  }
  return {};
}

std::optional<AdminReply> apply_upper_bounds(const config::AuthConfig& config, json& given, auth::TimePoint now, Gap gap) {
  if (config.upper_key_params.empty()) return {};
  const auto bounds = typed(config.upper_key_params, "upperbound_key_generate_params");
  if (!bounds) return bounds.error();
  for (const auto& [name, bound] : bounds->items()) {
    if (!bound.is_number() && name != "duration" && name != "budget_duration") continue;
    const auto found = given.find(name);
    const bool unset = found == given.end() || found->is_null();
    if (unset && gap == Gap::fill) {
      given[name] = bound;
    } else if (found != given.end() && (unset || exceeds(*found, bound, now))) {  // clearing a bounded field would lift the bound
      return handler_refusal(400, name + " is over max limit set in config - user_value=" + shown(*found) + "; max_value=" + shown(bound));
    }
  }
  return {};
}

}  // namespace admin
