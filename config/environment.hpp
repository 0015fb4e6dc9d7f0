// Environment variables as a value, so that tests choose them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace config {

/// A copy of some environment. Values may hold credentials.
class Environment {
 public:
  using Variables = std::map<std::string, std::string, std::less<>>;

  Environment() = default;
  explicit Environment(Variables variables) : variables_(std::move(variables)) {}

  /// That of this process, as it is now.
  [[nodiscard]] static Environment of_process();

  /// The value, or nothing when it is not set. Valid until the next set().
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

  /// find(), where empty counts as not set: `NAME=` is how shells and compose files leave something out.
  [[nodiscard]] std::optional<std::string_view> find_filled(std::string_view name) const;

  void set(std::string name, std::string value) { variables_.insert_or_assign(std::move(name), std::move(value)); }

 private:
  Variables variables_;
};

}  // namespace config
