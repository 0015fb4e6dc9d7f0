// Which deployments of a group one request tries, in which order. A pure decision: the caller does the trying. Worker-owned.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "providers/error.hpp"
#include "routing/table.hpp"

namespace routing {

/// A number in [0, bound).
using Random = std::function<std::uint64_t(std::uint64_t bound)>;

/// One request's way through a group: each deployment at most once, lower `order` first, among equals by weight (LiteLLM's
/// simple-shuffle: the first of weight, rpm, tpm that any deployment of the group has; without any all weigh the same).
class Plan {
 public:
  Plan(const Group& group, Random random);

  /// The next deployment to try; null when none is left. `tried` before it have failed in a way that is_retryable().
  const providers::Target* next();

  /// Why no deployment could be tried at all (all of them lack something): for a first next() that gives null.
  [[nodiscard]] providers::Error nothing_to_try() const;

  [[nodiscard]] int attempts() const { return attempts_; }

 private:
  const Group& group_;
  Random random_;
  std::vector<const providers::Target*> untried_;
  std::int64_t (*weight_)(const config::Deployment&);
  int attempts_ = 0;
};

}  // namespace routing
