// The scalar half of json_members.hpp: JSON strings and whole numbers to C++ values, and text to a JSON string.
#include <algorithm>
#include <array>

#include "providers/json_members.hpp"

namespace providers {
namespace {

constexpr std::uint32_t replacement = 0xfffd;

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

/// Four hex digits at the front of `text`.
std::optional<std::uint32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char byte : text.substr(0, 4)) {
    const int digit = byte >= '0' && byte <= '9' ? byte - '0' : (byte | 0x20) >= 'a' && (byte | 0x20) <= 'f' ? (byte | 0x20) - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return value;
}

bool is_high_surrogate(std::uint32_t code) { return code >= 0xd800 && code < 0xdc00; }
bool is_low_surrogate(std::uint32_t code) { return code >= 0xdc00 && code < 0xe000; }

/// The escape at the front of `rest` (behind its "\u"), joined with a low surrogate that follows. Returns the bytes consumed; 0: not hex.
std::size_t append_unicode_escape(std::string& out, std::string_view rest) {
  const auto code = hex4(rest);
  if (!code) return 0;
  if (is_high_surrogate(*code) && rest.substr(4, 2) == "\\u") {
    const auto low = hex4(rest.substr(6));
    if (low && is_low_surrogate(*low)) {
      append_utf8(out, 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00));
      return 10;
    }
  }
  append_utf8(out, is_high_surrogate(*code) || is_low_surrogate(*code) ? replacement : *code);
  return 4;
}

/// Length of the well-formed UTF-8 sequence at the front of `text`; 0 when there is none (overlong, surrogate, cut, stray).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto follows = [&](std::size_t index, unsigned low = 0x80, unsigned high = 0xbf) {
    return index < text.size() && byte(index) >= low && byte(index) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    return follows(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    return follows(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

/// A number in its parts, as text: -DIGITS.FRACTION e EXPONENT.
struct NumberText {
  bool negative = false;
  std::string_view digits, fraction;
  std::int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

/// Beyond any exponent that could still give a whole number of a text that fits in memory.
constexpr std::int64_t absurd_exponent = std::int64_t{1} << 40;

std::optional<NumberText> read_number(std::string_view text) {
  NumberText number;
  const auto take = [&text](std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return '\0';
    const char taken = text.front();
    text.remove_prefix(1);
    return taken;
  };
  number.negative = take("-") != 0;
  number.digits = take_digits(text);
  if (number.digits.empty() || (number.digits.size() > 1 && number.digits.front() == '0')) return std::nullopt;
  if (take(".") != 0) {
    number.fraction = take_digits(text);
    if (number.fraction.empty()) return std::nullopt;
  }
  if (take("eE") != 0) {
    const bool negative = take("+-") == '-';
    const auto exponent = take_digits(text);
    if (exponent.empty()) return std::nullopt;
    for (const char digit : exponent) number.exponent = std::min(number.exponent * 10 + (digit - '0'), absurd_exponent);
    if (negative) number.exponent = -number.exponent;
  }
  if (!text.empty()) return std::nullopt;
  return number;
}

/// `value` times ten plus a digit, built downwards so that the least integer fits; false on overflow.
bool append_digit(std::int64_t& value, int digit) {
  return !__builtin_mul_overflow(value, std::int64_t{10}, &value) && !__builtin_sub_overflow(value, std::int64_t{digit}, &value);
}

}  // namespace

std::optional<std::string> decode_string(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return std::nullopt;
  std::string_view rest = quoted.substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    const char byte = rest.front();
    rest.remove_prefix(1);
    if (byte == '"' || static_cast<unsigned char>(byte) < 0x20) return std::nullopt;
    if (byte != '\\') {
      out.push_back(byte);
      continue;
    }
    if (rest.empty()) return std::nullopt;
    const char escape = rest.front();
    rest.remove_prefix(1);
    if (escape == 'u') {
      const std::size_t consumed = append_unicode_escape(out, rest);
      if (consumed == 0) return std::nullopt;
      rest.remove_prefix(consumed);
      continue;
    }
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const auto letter = letters.find(escape);
    if (letter == std::string_view::npos) return std::nullopt;
    out.push_back(meanings[letter]);
  }
  return out;
}

std::optional<std::int64_t> decode_integer(std::string_view text) {
  const auto number = read_number(text);
  if (!number) return std::nullopt;

  // The digits that count, as they stand left and right of the point, and the power of ten behind the last of them.
  std::string_view left = number->digits, right = number->fraction;
  while (!right.empty() && right.back() == '0') right.remove_suffix(1);
  std::int64_t power = number->exponent - static_cast<std::int64_t>(right.size());
  if (right.empty()) {
    while (!left.empty() && left.back() == '0') {
      left.remove_suffix(1);
      ++power;
    }
  }
  if (left.find_first_not_of('0') == std::string_view::npos && right.empty()) return 0;
  if (power < 0) return std::nullopt;

  std::int64_t value = 0;
  for (const std::string_view digits : std::array{left, right}) {
    for (const char digit : digits) {
      if (!append_digit(value, digit - '0')) return std::nullopt;
    }
  }
  for (; power > 0; --power) {
    if (!append_digit(value, 0)) return std::nullopt;
  }
  if (number->negative) return value;
  std::int64_t positive = 0;
  if (__builtin_sub_overflow(std::int64_t{0}, value, &positive)) return std::nullopt;
  return positive;
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  out.push_back('"');
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        if (byte < 0x20) {
          out += "\\u00";
          out.push_back(hex[byte >> 4]);
          out.push_back(hex[byte & 15]);
        } else if (const std::size_t known = utf8_length(text); known != 0) {
          length = known;
          out.append(text.substr(0, length));
        } else {
          append_utf8(out, replacement);
        }
    }
    text.remove_prefix(length);
  }
  out.push_back('"');
}

}  // namespace providers
