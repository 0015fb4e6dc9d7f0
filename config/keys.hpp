// How a section of the file is described: one table of the keys that it may have, and what we make of each.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/reading.hpp"

namespace config {

enum class Standing {
  acted,       // read into Config
  later,       // LiteLLM's, not acted on yet: one warning
  unlimited,   // a limit or budget that is not enforced yet: one loud warning
  protection,  // promises protection that we do not give: an error unless listed in penstock.accept_unsupported
  redis,       // as later, and an unset os.environ/NAME in it stops the start
};

template <class Target>
struct Key {
  std::string_view name;
  Standing standing = Standing::acted;
  void (*read)(Reading&, const Field&, Target&) = nullptr;  // of acted keys
};

/// Says what is not acted on, once, at its place.
void note_standing(Reading& reading, const Field& field, std::string_view name, Standing standing);

/// Says that a key is unknown, with the nearest known one.
void note_unknown(Reading& reading, Severity severity, const Field& field, std::string_view key, std::span<const std::string_view> known);

template <class Target>
[[nodiscard]] std::vector<std::string_view> names_of(std::span<const Key<Target>> keys) {
  std::vector<std::string_view> names;
  for (const auto& key : keys) names.push_back(key.name);
  return names;
}

template <class Target>
[[nodiscard]] const Key<Target>* find_key(std::span<const Key<Target>> keys, std::string_view name) {
  for (const auto& key : keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

template <class Target>
void read_key(Reading& reading, const Field& field, const Key<Target>& key, Target& target) {
  reading.remember(field);
  if (key.standing == Standing::acted) {
    key.read(reading, field, target);
  } else {
    note_standing(reading, field, key.name, key.standing);
  }
}

/// Reads every member of a section of LiteLLM's; unknown keys are warnings.
template <class Target>
void read_section(Reading& reading, const Field& section, std::span<const Key<Target>> keys, Target& target) {
  if (!reading.is_mapping(section)) return;
  const auto known = names_of(keys);
  for (const auto& member : section.value.members) {
    const auto field = section.member(member);
    if (const auto* key = find_key(keys, member.key)) {
      read_key(reading, field, *key, target);
    } else {
      note_unknown(reading, Severity::warning, field, member.key, known);
    }
  }
}

}  // namespace config
