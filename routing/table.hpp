// The routing table of one configuration snapshot: which deployments serve a model name. Immutable, shared by all threads.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "providers/vendor.hpp"

namespace routing {

/// Deployments under one `model_name`, in file order.
struct Group {
  std::string name;
  std::vector<const providers::Target*> targets;
  bool wildcard = false;   // the name is a pattern
};

/// A group, and the name behind an alias or a pattern.
struct Match {
  const Group* group = nullptr;
  std::string_view name;   // the model name that the group was found by; a view into the table or the argument
};

class Table {
 public:
  /// A deployment that cannot be made a target (unknown vendor, bad address) is reported and answers 503 with the reason.
  Table(config::Snapshot config, const providers::Environment& environment);

  /// Exact names, then deployment ids, then aliases, then the most specific pattern.
  [[nodiscard]] std::optional<Match> find(std::string_view model) const;

  /// Group names and visible aliases, in file order, for /v1/models; patterns as they stand.
  [[nodiscard]] const std::vector<std::string>& listed() const { return listed_; }
  /// Whether `group_or_access_group` names an access group that holds this model.
  [[nodiscard]] bool in_access_group(std::string_view access_group, std::string_view model) const;

  [[nodiscard]] const std::deque<providers::Target>& targets() const { return targets_; }
  /// What is wrong with single deployments, for the log.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  using Groups = std::unordered_map<std::string, Group, TextHash, std::equal_to<>>;

  config::Snapshot config_;                    // targets point into it
  std::deque<config::Deployment> unavailable_; // copies of deployments that could not be resolved
  std::deque<providers::Target> targets_;
  Groups groups_;
  Groups by_id_;
  std::vector<const Group*> patterns_;         // most specific first
  std::vector<std::string> listed_;
  std::vector<std::string> problems_;
};

}  // namespace routing
