#include "gateway/api/query.hpp"

#include <algorithm>

namespace api {

namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text, char plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char character = text[i] == '+' ? plus : text[i];
    if (text[i] == '%') {
      if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
      character = static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    }
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) return std::nullopt;
    out += character;
  }
  return out;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) { return decoded(text, '+'); }

std::optional<Query> Query::parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const std::size_t end = std::min(raw.find('&'), raw.size());
    const std::string_view pair = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals), ' ');
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), ' ');
    if (!name || !value) return std::nullopt;
    query.parameters_.emplace_back(*std::move(name), *std::move(value));
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  const auto found = std::find_if(parameters_.rbegin(), parameters_.rend(), [name](const auto& parameter) { return parameter.first == name; });
  return found == parameters_.rend() ? std::nullopt : std::optional(found->second);
}

}  // namespace api
