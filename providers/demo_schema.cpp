#include "providers/demo_schema.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace providers {
namespace {

using nlohmann::ordered_json;

constexpr int deepest_instance = 16;       // a schema may refer to itself
constexpr int shallow = 4;                 // from here on recursion is ended where the schema lets us
constexpr int most_values = 2000;          // references can multiply without depth
constexpr std::size_t most_items = 8;
constexpr std::size_t longest_string = 4096;

class Generator {
 public:
  explicit Generator(const ordered_json& root) : root_(root) {}

  ordered_json instance(const ordered_json& schema, int depth) {
    if (++values_ > most_values || depth > deepest_instance) return nullptr;
    if (!schema.is_object()) return "demo";  // `true`: anything
    if (const auto* referred = member(schema, "$ref")) return instance(resolve(*referred), depth + 1);
    if (const auto* value = member(schema, "const")) return *value;
    if (const auto* values = array(schema, "enum")) return values->front();
    for (const char* choice : {"anyOf", "oneOf"}) {
      if (const auto* branches = array(schema, choice)) return instance(pick_branch(*branches, depth), depth + 1);
    }
    if (const auto* parts = array(schema, "allOf")) return merged(*parts, depth);
    const std::string type = type_of(schema, depth);
    if (type == "object") return object(schema, depth);
    if (type == "array") return items(schema, depth);
    if (type == "string") return text(schema);
    if (type == "integer") return static_cast<std::int64_t>(number(schema, 1));
    if (type == "number") return number(schema, 0.5);
    if (type == "boolean") return true;
    return nullptr;
  }

 private:
  static const ordered_json* member(const ordered_json& schema, const char* name) {
    const auto found = schema.find(name);
    return found == schema.end() ? nullptr : &*found;
  }

  static const ordered_json* array(const ordered_json& schema, const char* name) {
    const auto* found = member(schema, name);
    return found != nullptr && found->is_array() && !found->empty() ? found : nullptr;
  }

  /// "#", "#/$defs/name", any pointer into this schema.
  const ordered_json& resolve(const ordered_json& reference) const {
    static const ordered_json nothing = {{"type", "null"}};
    if (!reference.is_string()) return nothing;
    const auto& text = reference.get_ref<const std::string&>();
    if (!text.starts_with('#')) return nothing;
    try {
      const ordered_json::json_pointer pointer(text.substr(1));
      return root_.contains(pointer) ? root_.at(pointer) : nothing;
    } catch (const ordered_json::exception&) {  // no pointer at all
      return nothing;
    }
  }

  static bool is_null(const ordered_json& schema) { return schema.is_object() && schema.value("type", ordered_json()) == "null"; }

  /// What says something, until depth makes null the better choice.
  static const ordered_json& pick_branch(const ordered_json& branches, int depth) {
    for (const auto& branch : branches) {
      if (is_null(branch) == (depth > shallow)) return branch;
    }
    return branches.front();
  }

  ordered_json merged(const ordered_json& parts, int depth) {
    ordered_json out = nullptr;
    for (const auto& part : parts) {
      auto value = instance(part, depth + 1);
      if (out.is_object() && value.is_object()) {
        out.update(value);
      } else if (out.is_null()) {
        out = std::move(value);
      }
    }
    return out;
  }

  static std::string type_of(const ordered_json& schema, int depth) {
    const auto* type = member(schema, "type");
    if (type != nullptr && type->is_string()) return *type;
    if (type != nullptr && type->is_array()) {
      for (const auto& one : *type) {
        if (one.is_string() && (one == "null") == (depth > shallow)) return one;
      }
      return !type->empty() && type->front().is_string() ? type->front().get<std::string>() : "null";
    }
    if (schema.contains("properties")) return "object";
    if (schema.contains("items") || schema.contains("prefixItems")) return "array";
    return "string";
  }

  static bool is_required(const ordered_json& schema, const std::string& name) {
    const auto* required = member(schema, "required");
    return required != nullptr && required->is_array() && std::find(required->begin(), required->end(), name) != required->end();
  }

  ordered_json object(const ordered_json& schema, int depth) {
    ordered_json out = ordered_json::object();
    const auto* properties = member(schema, "properties");
    if (properties == nullptr || !properties->is_object()) return out;
    for (const auto& [name, property] : properties->items()) {
      if (depth <= shallow || is_required(schema, name)) out[name] = instance(property, depth + 1);
    }
    return out;
  }

  static double decimal(const ordered_json& schema, const char* name, double otherwise) {
    const auto* found = member(schema, name);
    return found != nullptr && found->is_number() ? found->get<double>() : otherwise;
  }

  /// A count that a schema asks for, within what we are ready to produce.
  static std::size_t count(const ordered_json& schema, const char* name, std::size_t otherwise, std::size_t most) {
    const double value = decimal(schema, name, static_cast<double>(otherwise));
    return static_cast<std::size_t>(std::clamp(value, 0.0, static_cast<double>(most)));
  }

  ordered_json items(const ordered_json& schema, int depth) {
    ordered_json out = ordered_json::array();
    const auto* first = array(schema, "prefixItems");
    const auto* others = member(schema, "items");
    const std::size_t prefix = first == nullptr ? 0 : std::min(first->size(), most_items);
    const std::size_t least = count(schema, "minItems", depth > shallow ? 0 : 1, most_items);
    const std::size_t wanted = std::min(std::max(prefix, least), count(schema, "maxItems", most_items, most_items));
    for (std::size_t index = 0; index < wanted; ++index) {
      if (index < prefix) {
        out.push_back(instance((*first)[index], depth + 1));
      } else {
        out.push_back(others == nullptr ? ordered_json("demo") : instance(*others, depth + 1));
      }
    }
    return out;
  }

  static ordered_json text(const ordered_json& schema) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> formats = {{{"date-time", "2026-01-01T12:00:00Z"},
                                                                                             {"date", "2026-01-01"},
                                                                                             {"time", "12:00:00Z"},
                                                                                             {"duration", "PT1H"},
                                                                                             {"email", "demo@example.com"},
                                                                                             {"uri", "https://example.com/"},
                                                                                             {"hostname", "example.com"},
                                                                                             {"ipv4", "192.0.2.1"},
                                                                                             {"uuid", "00000000-0000-4000-8000-000000000000"}}};
    if (const auto* format = member(schema, "format"); format != nullptr && format->is_string()) {
      for (const auto& [name, value] : formats) {
        if (*format == name) return value;
      }
    }
    std::string out = "demo";
    const std::size_t least = count(schema, "minLength", 0, longest_string);
    const std::size_t most = count(schema, "maxLength", longest_string, longest_string);
    if (out.size() < least) out.resize(least, '.');
    if (out.size() > most) out.resize(most);
    return out;
  }

  static double number(const ordered_json& schema, double usual) {
    const double step = std::abs(decimal(schema, "multipleOf", 0));
    const double unit = step > 0 ? step : usual;
    double least = decimal(schema, "minimum", -HUGE_VAL);
    if (const double above = decimal(schema, "exclusiveMinimum", -HUGE_VAL); above > -HUGE_VAL) least = std::max(least, above + unit);
    double most = decimal(schema, "maximum", HUGE_VAL);
    if (const double below = decimal(schema, "exclusiveMaximum", HUGE_VAL); below < HUGE_VAL) most = std::min(most, below - unit);
    double value = std::min(std::max(unit, least), most);
    if (step > 0) value = (value >= least && most < HUGE_VAL && value == most ? std::floor(value / step) : std::ceil(value / step)) * step;
    constexpr double exact = 9007199254740991.0;  // 2^53 - 1: beyond it a double is no integer to rely on
    return std::isfinite(value) ? std::clamp(value, -exact, exact) : unit;
  }

  const ordered_json& root_;
  int values_ = 0;
};

}  // namespace

std::string instance_of_schema(std::string_view schema) {
  const auto root = ordered_json::parse(schema, nullptr, false);
  if (root.is_discarded()) return "null";
  return Generator(root).instance(root, 0).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace providers
