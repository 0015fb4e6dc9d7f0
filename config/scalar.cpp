#include "config/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace config {
namespace {

using std::chrono::milliseconds;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool is_one_of(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  std::string capitalised(lower);
  capitalised[0] = static_cast<char>(capitalised[0] - 'a' + 'A');
  std::string capitals(lower);
  for (char& byte : capitals) byte = static_cast<char>(byte - 'a' + 'A');
  return text == lower || text == capitalised || text == capitals;
}

std::string_view without_sign(std::string_view text) {
  return text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
}

/// Digits with single underscores between them; no leading zero unless it is the only digit.
bool is_integer(std::string_view text) {
  const auto digits = without_sign(text);
  if (digits.empty() || !is_digit(digits.front()) || !is_digit(digits.back())) return false;
  if (digits.size() > 1 && digits.front() == '0') return false;
  for (std::size_t i = 1; i < digits.size(); ++i) {
    if (!is_digit(digits[i]) && !(digits[i] == '_' && digits[i - 1] != '_')) return false;
  }
  return true;
}

/// digits [. digits] [e sign digits], at least one digit before the exponent; "1e5" too, which PyYAML leaves text but
/// nobody means as text.
bool is_number(std::string_view text) {
  auto rest = without_sign(text);
  const auto take_digits = [&rest] {
    const auto count = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_digit) - rest.begin());
    rest.remove_prefix(count);
    return count;
  };
  if (rest.size() > 1 && rest[0] == '0' && is_digit(rest[1])) return false;
  const auto whole = take_digits();
  const bool has_point = rest.starts_with('.');
  std::size_t fraction = 0;
  if (has_point) {
    rest.remove_prefix(1);
    fraction = take_digits();
  }
  if (whole + fraction == 0) return false;
  if (rest.empty()) return true;
  if (rest[0] != 'e' && rest[0] != 'E') return false;
  rest.remove_prefix(1);
  rest = without_sign(rest);
  return take_digits() > 0 && rest.empty();
}

std::string without_underscores(std::string_view text) {
  std::string digits;
  for (const char byte : text.substr(text.starts_with('+') ? 1 : 0)) {
    if (byte != '_') digits += byte;
  }
  return digits;
}

template <class Unit>
std::pair<std::string_view, std::optional<Unit>> split_unit(std::string_view text,
                                                            std::initializer_list<std::pair<std::string_view, Unit>> units) {
  const auto digits_end = text.find_last_of("0123456789.");
  const auto number = text.substr(0, digits_end == std::string_view::npos ? 0 : digits_end + 1);
  auto suffix = text.substr(number.size());
  if (suffix.starts_with(' ')) suffix.remove_prefix(1);
  for (const auto& [name, unit] : units) {
    if (suffix == name) return {number, unit};
  }
  return {number, std::nullopt};
}

}  // namespace

ScalarType scalar_type(std::string_view text) {
  if (text.empty() || text == "~" || is_one_of(text, "null")) return ScalarType::null;
  if (parse_boolean(text)) return ScalarType::boolean;
  if (is_integer(text)) return ScalarType::integer;
  if (parse_number(text)) return ScalarType::number;
  return ScalarType::text;
}

std::optional<bool> parse_boolean(std::string_view text) {
  for (const auto word : {"true", "yes", "on"}) {
    if (is_one_of(text, word)) return true;
  }
  for (const auto word : {"false", "no", "off"}) {
    if (is_one_of(text, word)) return false;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!is_integer(text)) return std::nullopt;
  const auto digits = without_underscores(text);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  if (!is_number(text) && !is_integer(text)) return std::nullopt;
  const auto digits = without_underscores(text);
  double value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  constexpr double longest = 1e15;  // milliseconds; keeps the conversion exact and far from overflow
  const auto [number, unit] =
      split_unit<double>(text, {{"", 1e3}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}});
  const auto count = parse_number(number);
  if (!unit || !count || *count < 0 || *count * *unit > longest) return std::nullopt;
  return milliseconds{static_cast<std::int64_t>(std::llround(*count * *unit))};
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  constexpr std::int64_t largest = std::int64_t{1} << 50;
  const auto [number, unit] = split_unit<std::int64_t>(
      text, {{"", 1}, {"B", 1}, {"KiB", std::int64_t{1} << 10}, {"MiB", std::int64_t{1} << 20}, {"GiB", std::int64_t{1} << 30}});
  const auto count = parse_integer(number);
  if (!unit || !count || *count < 0 || *count > largest / *unit) return std::nullopt;
  return *count * *unit;
}

std::string duration_text(milliseconds duration) {
  const auto count = duration.count();
  if (count == 0) return "0s";
  if (count % 86'400'000 == 0) return std::to_string(count / 86'400'000) + "d";
  if (count % 3'600'000 == 0) return std::to_string(count / 3'600'000) + "h";
  if (count % 60'000 == 0) return std::to_string(count / 60'000) + "m";
  if (count % 1'000 == 0) return std::to_string(count / 1'000) + "s";
  return std::to_string(count) + "ms";
}

std::string size_text(std::int64_t bytes) {
  for (const auto& [unit, shift] : {std::pair{"GiB", 30}, std::pair{"MiB", 20}, std::pair{"KiB", 10}}) {
    const auto size = std::int64_t{1} << shift;
    if (bytes != 0 && bytes % size == 0) return std::to_string(bytes / size) + unit;
  }
  return std::to_string(bytes);
}

std::string json_number(std::string_view text, ScalarType type) {
  if (type == ScalarType::integer) {  // digits as written: JSON has no largest integer
    auto digits = without_underscores(text);
    return digits == "-0" ? "0" : digits;
  }
  std::array<char, 32> buffer{};
  const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), parse_number(text).value_or(0));
  std::string literal(buffer.data(), failure == std::errc{} ? end : buffer.data());
  if (literal.find_first_of(".e") == std::string::npos) literal += ".0";  // 1.0 stays a float, as Python sends it
  return literal;
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::size_t first_bad_byte(std::string_view text) {
  const auto at = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&at](std::size_t i) { return (at(i) & 0xc0U) == 0x80U; };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = at(i);
    if (lead == 0) return i;
    if (lead < 0x80) {
      i += 1;
    } else if (lead >= 0xc2 && lead <= 0xdf && follows(i + 1)) {
      i += 2;
    } else if (lead >= 0xe0 && lead <= 0xef && follows(i + 1) && follows(i + 2) && !(lead == 0xe0 && at(i + 1) < 0xa0) &&
               !(lead == 0xed && at(i + 1) > 0x9f)) {
      i += 3;
    } else if (lead >= 0xf0 && lead <= 0xf4 && follows(i + 1) && follows(i + 2) && follows(i + 3) &&
               !(lead == 0xf0 && at(i + 1) < 0x90) && !(lead == 0xf4 && at(i + 1) > 0x8f)) {
      i += 4;
    } else {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace config
