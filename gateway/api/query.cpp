#include "gateway/api/query.hpp"

#include <algorithm>

#include "gateway/http/head.hpp"

namespace api {

namespace {

/// As forms write them: '+' is a blank.
std::optional<std::string> form_decode(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  return http::percent_decode(blanks);
}

}  // namespace

std::optional<Query> Query::parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const std::size_t end = std::min(raw.find('&'), raw.size());
    const std::string_view pair = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = form_decode(pair.substr(0, equals));
    auto value = form_decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return std::nullopt;
    query.parameters_.emplace_back(*std::move(name), *std::move(value));
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  const auto found = std::find_if(parameters_.rbegin(), parameters_.rend(), [name](const auto& parameter) { return parameter.first == name; });
  return found == parameters_.rend() ? std::nullopt : std::optional(found->second);
}

std::string query_value(std::string_view raw, std::string_view name) {
  const std::optional<Query> query = Query::parse(raw);
  return query ? query->find(name).value_or("") : std::string();
}

}  // namespace api
