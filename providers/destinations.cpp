#include "providers/destinations.hpp"

#include <algorithm>
#include <array>

namespace providers {
namespace {

bool names_destination(std::string_view name) {
  static constexpr std::array<std::string_view, 14> names = {
      "api_base",   "base_url",       "api_key",        "extra_headers",           "headers",            "user_config",     "custom_llm_provider",
      "model_list", "azure_endpoint", "azure_ad_token", "azure_ad_token_provider", "vertex_credentials", "default_headers", "client"};
  return std::find(names.begin(), names.end(), name) != names.end() || name.starts_with("aws_");
}

std::optional<std::string> find_in_object(std::string_view object, std::string_view place) {
  MemberWalk walk{object};
  while (const auto member = walk.next()) {
    std::string buffer;
    const std::string_view name = plain_name(*member, buffer);
    if (names_destination(name)) return std::string(place) + "." + std::string(name);
  }
  return std::nullopt;
}

/// An entry of a fallback list is a model's name, an object of parameters, or {"group": [entries]}.
std::optional<std::string> find_in_entries(std::string_view entries, const std::string& place, bool groups) {
  ElementWalk walk{entries};
  for (std::size_t index = 0; const auto entry = walk.next(); ++index) {
    if (entry->kind != JsonKind::object) continue;
    const std::string here = place + "[" + std::to_string(index) + "]";
    if (auto found = find_in_object(entry->value, here)) return found;
    if (!groups) continue;
    MemberWalk members{entry->value};
    while (const auto member = members.next()) {
      if (member->kind != JsonKind::array) continue;
      if (auto found = find_in_entries(member->value, here + "." + std::string(member->name), false)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_destination(const Member& member) {
  std::string buffer;
  const std::string_view name = plain_name(member, buffer);
  if (names_destination(name)) return std::string(name);
  if (member.kind == JsonKind::object && (name == "metadata" || name.starts_with("litellm_"))) return find_in_object(member.value, name);
  if (member.kind == JsonKind::array && name.ends_with("fallbacks")) return find_in_entries(member.value, std::string(name), true);
  return std::nullopt;
}

}  // namespace providers
