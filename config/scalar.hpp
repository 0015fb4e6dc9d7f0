// What a plain YAML scalar means. Pure functions over its text; YAML 1.1 as PyYAML reads it, less its surprises
// (octal `010`, sexagesimal `1:30`, dates: those stay text).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace config {

enum class ScalarType { null, boolean, integer, number, text };

/// The type of an unquoted scalar.
[[nodiscard]] ScalarType scalar_type(std::string_view text);

/// true/false, yes/no, on/off: in small letters, capitalised or in capitals.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// Decimal digits with a sign and `_` between digits. A leading zero is refused: YAML 1.1 would read it as octal.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// A finite decimal number, with or without fraction and exponent.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// `250ms`, `5s`, `10m`, `2h`, `1d` or plain seconds; fractions allowed; none is negative.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `64MiB`, `32KiB`, `1GiB`, `512B` or plain bytes.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);

/// The shortest text that parse_duration and parse_size read back: for messages about ranges.
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);
[[nodiscard]] std::string size_text(std::int64_t bytes);

/// An integer or number scalar as a JSON literal. The text must have that type.
[[nodiscard]] std::string json_number(std::string_view text, ScalarType type);

/// A JSON string literal; bytes that are not UTF-8 (an environment variable may hold them) are replaced.
[[nodiscard]] std::string json_string(std::string_view text);

/// The offset of the first byte that cannot be in a UTF-8 text of a configuration (NUL counts), or npos.
[[nodiscard]] std::size_t first_bad_byte(std::string_view text);

}  // namespace config
