// A string that must never be shown. Prints as "***" wherever it is formatted; reading it is an explicit, greppable call.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace config {

/// Immutable value; safe to copy and to share between threads.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] std::string_view reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret& secret) { return out << (secret.empty() ? "" : "***"); }

 private:
  std::string value_;
};

}  // namespace config
