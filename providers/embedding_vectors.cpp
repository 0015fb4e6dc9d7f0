#include "providers/embedding_vectors.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "providers/json_members.hpp"

namespace providers {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<float> read_float(std::string_view number) {
  // As a double first: a float's own conversion refuses values too small for it, which simply are 0.
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  if (std::fabs(value) > static_cast<double>(std::numeric_limits<float>::max())) return std::nullopt;
  return static_cast<float>(value);
}

}  // namespace

bool append_base64_vector(std::string& out, std::string_view array) {
  std::string bytes;
  ElementWalk walk{array};
  while (const auto element = walk.next()) {
    const auto value = element->kind == JsonKind::number ? read_float(element->value) : std::nullopt;
    if (!value) return false;
    const auto bits = std::bit_cast<std::uint32_t>(*value);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(bits >> shift & 0xff));
  }
  if (walk.failed()) return false;
  out.push_back('"');
  append_base64(out, bytes);
  out.push_back('"');
  return true;
}

void append_base64(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t index = 0; index < 3; ++index) {
      group = group << 8 | (at + index < bytes.size() ? static_cast<unsigned char>(bytes[at + index]) : 0U);
    }
    const std::size_t known = std::min<std::size_t>(bytes.size() - at, 3) + 1;
    for (std::size_t index = 0; index < 4; ++index) {
      out.push_back(index < known ? alphabet[group >> (18 - 6 * index) & 63] : '=');
    }
  }
}

bool decode_base64(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const std::size_t value = alphabet.find(letter);
    if (value == std::string_view::npos) {
      out.resize(begin);
      return false;
    }
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(group >> bits & 0xff));
    }
  }
  return true;
}

}  // namespace providers
