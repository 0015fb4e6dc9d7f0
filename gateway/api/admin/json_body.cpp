#include "gateway/api/admin/json_body.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>

#include "providers/json_members.hpp"

namespace admin {

namespace {

using nlohmann::json;
using Location = std::vector<std::string>;

/// nlohmann reads without recursion but copies and dumps with it: depth is judged before a tree exists.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char character = text[i];
    if (in_string) {
      if (character == '\\') ++i;
      if (character == '"') in_string = false;
    } else if (character == '"') {
      in_string = true;
    } else if (character == '{' || character == '[') {
      if (++depth > providers::max_json_depth) return true;
    } else if (character == '}' || character == ']') {
      --depth;
    }
  }
  return false;
}

AdminReply invalid_json(const std::string& reason) {
  return refusal(400, "invalid_request_error", "request_body", "Invalid JSON payload: " + reason);
}

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);  // also "nan" and "inf", refused later by name
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return HUGE_VAL;
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

json as_number(const json& value, const Location& location, std::vector<Finding>& findings) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) {
    if (const auto number = number_in(value.get_ref<const std::string&>())) return *number;
    findings.push_back({"float_parsing", location, "Input should be a valid number, unable to parse string as a number"});
    return nullptr;
  }
  findings.push_back({"float_type", location, "Input should be a valid number"});
  return nullptr;
}

json as_integer(const json& value, const Location& location, std::vector<Finding>& findings) {
  constexpr double two_to_63 = 9'223'372'036'854'775'808.0;
  const auto too_large = [&] {
    findings.push_back({"int_parsing_size", location, "Unable to parse input as an integer, exceeded maximum size"});
    return json();
  };
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return too_large();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number != std::floor(number)) {
      findings.push_back({"int_from_float", location, "Input should be a valid integer, got a number with a fractional part"});
      return nullptr;
    }
    if (number >= two_to_63 || number < -two_to_63) return too_large();
    return static_cast<std::int64_t>(number);
  }
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) return too_large();
    if (error == std::errc() && end == text.data() + text.size()) return number;
    findings.push_back({"int_parsing", location, "Input should be a valid integer, unable to parse string as an integer"});
    return nullptr;
  }
  findings.push_back({"int_type", location, "Input should be a valid integer"});
  return nullptr;
}

json as_texts(const json& value, const Location& location, std::vector<Finding>& findings) {
  if (!value.is_array()) {
    findings.push_back({"list_type", location, "Input should be a valid list"});
    return nullptr;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i].is_string()) continue;
    Location place = location;
    place.push_back(std::to_string(i));
    findings.push_back({"string_type", std::move(place), "Input should be a valid string"});
  }
  return value;
}

json as_choice(const json& value, std::initializer_list<std::string_view> choices, const char* text, const Location& location,
               std::vector<Finding>& findings) {
  for (const std::string_view choice : choices) {
    if (value == choice) return value;
  }
  findings.push_back({"literal_error", location, text});
  return nullptr;
}

json checked(bool fits, const json& value, const char* type, const char* text, const Location& location, std::vector<Finding>& findings) {
  if (fits) return value;
  findings.push_back({type, location, text});
  return nullptr;
}

}  // namespace

Outcome<json> parse_body(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::object();
  if (too_deep(body)) return invalid_json("it is nested deeper than " + std::to_string(providers::max_json_depth) + " levels");
  try {
    json parsed = json::parse(body);
    if (parsed.is_object()) return parsed;
  } catch (const json::parse_error& error) {
    // Not nlohmann's own text: it quotes the bytes around, which may hold a secret.
    return invalid_json("it is not well-formed at byte " + std::to_string(error.byte));
  } catch (const json::out_of_range&) {
    return invalid_json("it holds a number that is too large");
  }
  return unprocessable({{"model_attributes_type", {"body"}, "Input should be a valid dictionary or object to extract fields from"}});
}

json read_value(FieldKind kind, const json& value, Location location, std::vector<Finding>& findings) {
  if (value.is_null()) return nullptr;
  switch (kind) {
    case FieldKind::text: return checked(value.is_string(), value, "string_type", "Input should be a valid string", location, findings);
    case FieldKind::number: return as_number(value, location, findings);
    case FieldKind::integer: return as_integer(value, location, findings);
    case FieldKind::boolean: return checked(value.is_boolean(), value, "bool_type", "Input should be a valid boolean", location, findings);
    case FieldKind::texts: return as_texts(value, location, findings);
    case FieldKind::list: return checked(value.is_array(), value, "list_type", "Input should be a valid list", location, findings);
    case FieldKind::object: return checked(value.is_object(), value, "dict_type", "Input should be a valid dictionary", location, findings);
    case FieldKind::key_type:
      return as_choice(value, {"llm_api", "management", "read_only", "default"},
                       "Input should be 'llm_api', 'management', 'read_only' or 'default'", location, findings);
    case FieldKind::limit_type:
      return as_choice(value, {"guaranteed_throughput", "best_effort_throughput", "dynamic"},
                       "Input should be 'guaranteed_throughput', 'best_effort_throughput' or 'dynamic'", location, findings);
  }
  return nullptr;
}

}  // namespace admin
