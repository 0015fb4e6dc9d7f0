#include "routing/plan.hpp"

#include <algorithm>

namespace routing {
namespace {

using config::Deployment;
using providers::Target;

std::int64_t by_weight(const Deployment& deployment) { return deployment.weight; }
std::int64_t by_rpm(const Deployment& deployment) { return deployment.rpm; }
std::int64_t by_tpm(const Deployment& deployment) { return deployment.tpm; }
std::int64_t equally(const Deployment&) { return 1; }

}  // namespace

Plan::Plan(const Group& group, Random random) : group_(group), random_(std::move(random)), weight_(equally) {
  for (const Target* target : group.targets) {
    if (target->deployment->unavailable.empty() && !target->deployment->blocked) untried_.push_back(target);
  }
  for (auto* candidate : {by_weight, by_rpm, by_tpm}) {
    const auto has_one = [&](const Target* target) { return candidate(*target->deployment) > 0; };
    if (std::any_of(untried_.begin(), untried_.end(), has_one)) {
      weight_ = candidate;
      break;
    }
  }
}

const Target* Plan::next() {
  if (untried_.empty()) return nullptr;
  ++attempts_;

  int lowest = untried_.front()->deployment->order;
  for (const Target* target : untried_) lowest = std::min(lowest, target->deployment->order);
  std::uint64_t total = 0;
  for (const Target* target : untried_) {
    if (target->deployment->order == lowest) total += static_cast<std::uint64_t>(std::max<std::int64_t>(weight_(*target->deployment), 0));
  }

  // without any weight left (all zero) the first of the lowest order is as good as another
  std::uint64_t ticket = total > 1 ? random_(total) : 0;
  auto chosen = untried_.end();
  for (auto target = untried_.begin(); target != untried_.end(); ++target) {
    if ((*target)->deployment->order != lowest) continue;
    if (chosen == untried_.end()) chosen = target;
    const auto weight = static_cast<std::uint64_t>(std::max<std::int64_t>(weight_(*(*target)->deployment), 0));
    if (ticket < weight) {
      chosen = target;
      break;
    }
    ticket -= weight;
  }
  const Target* target = *chosen;
  untried_.erase(chosen);
  return target;
}

providers::Error Plan::nothing_to_try() const {
  std::string reason = "no deployment of model " + group_.name + " can serve requests";
  for (const Target* target : group_.targets) {
    reason += ": " + (target->deployment->unavailable.empty() ? std::string("it is blocked") : target->deployment->unavailable);
    break;
  }
  return {.kind = providers::ErrorKind::unavailable_deployment, .message = std::move(reason)};
}

}  // namespace routing
