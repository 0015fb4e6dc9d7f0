// The query string of a request, decoded. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace api {

class Query {
 public:
  /// `raw` is what stood behind the '?'. Nothing when a name or value is not well-formed.
  static std::optional<Query> parse(std::string_view raw);

  /// The last value of that name, as LiteLLM reads repeated ones; empty values count as given.
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

/// One value of a raw query; empty when it is absent or the query is malformed: then nothing is filtered by it.
std::string query_value(std::string_view raw, std::string_view name);

}  // namespace api
