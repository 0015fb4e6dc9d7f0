#include "config/keys.hpp"

#include <algorithm>

#include "config/scalar.hpp"

namespace config {
namespace {

/// `enforce_rbac: false` or `guardrails: []` promises nothing.
bool is_off(const Node& node) {
  if (node.is_null()) return true;
  if (node.is_scalar()) return node.text.empty() || parse_boolean(node.text) == false;
  return node.items.empty() && node.members.empty();
}

}  // namespace

void note_standing(Reading& reading, const Field& field, std::string_view name, Standing standing) {
  switch (standing) {
    case Standing::acted:
      return;
    case Standing::redis:
      reading.require_environment(field);
      [[fallthrough]];
    case Standing::later:
      return reading.warn(field.place, "not supported yet: " + field.path);
    case Standing::unlimited:
      return reading.warn(field.place, "NOT ENFORCED: " + field.path + " is read, but nothing is limited by it yet");
    case Standing::protection:
      if (is_off(field.value)) return;
      if (reading.accepted_unsupported().contains(name)) {
        return reading.warn(field.place, "NOT PROTECTED: " + field.path + " has no effect (accepted in penstock.accept_unsupported)");
      }
      return reading.error(field.place, field.path + " promises protection that is not given yet; remove it, or list " + std::string(name) +
                                            " in penstock.accept_unsupported to start without it");
  }
}

void note_unknown(Reading& reading, Severity severity, const Field& field, std::string_view key, std::span<const std::string_view> known) {
  const auto suggestion = reading.has_room() ? nearest(key, known) : std::string_view{};
  if (severity == Severity::error) {
    reading.error(field.place, "unknown key " + field.path, suggestion);
  } else {
    reading.warn(field.place, "unknown key " + field.path, suggestion);
  }
}

}  // namespace config
