// What is wrong with a configuration: where, how badly, and what was probably meant. Plain values; never holds a secret.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace config {

enum class Severity { error, warning };

struct Problem {
  Severity severity = Severity::error;
  Place place;
  std::string message;
  std::string suggestion;  // the nearest known name; empty: none is near
};

/// `file:line:column: error: message (did you mean "name"?)`; without line and column where the place has none.
[[nodiscard]] std::string to_text(const Problem& problem);

/// A JSON array of {severity, file, line, column, message, suggestion}.
[[nodiscard]] std::string to_json(std::span<const Problem> problems);

[[nodiscard]] bool has_errors(std::span<const Problem> problems);

/// The known name at the smallest edit distance (a swap of neighbours counts as one edit), if it is near enough to be
/// what was meant; else empty. Views into `known`.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// A name from the file as it may appear in a message: cut to a readable length, control bytes masked, and a text that
/// looks like a key (`sk-...`) replaced.
[[nodiscard]] std::string shown(std::string_view name);

/// Whether values under this dotted path stay out of messages: keys, passwords, tokens, headers, URLs with credentials.
[[nodiscard]] bool is_secret_path(std::string_view path);

}  // namespace config
