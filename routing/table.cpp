#include "routing/table.hpp"

#include <algorithm>

namespace routing {
namespace {

/// How much of a pattern is fixed text: the more, the more specific.
std::size_t fixed_length(const std::string& pattern) {
  return pattern.size() - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*'));
}

}  // namespace

Table::Table(config::Snapshot config, const providers::Environment& environment) : config_(std::move(config)) {
  for (const config::Deployment& deployment : config_->deployments) {
    providers::Result<providers::Target> resolved = providers::resolve(deployment, environment);
    if (resolved) {
      targets_.push_back(std::move(*resolved));
    } else {
      const std::string reason = deployment.model_name + " (" + deployment.model + "): " + resolved.error().message;
      problems_.push_back(deployment.place.file + ":" + std::to_string(deployment.place.line) + ": " + reason);
      unavailable_.push_back(deployment);
      unavailable_.back().unavailable = resolved.error().message;
      providers::Target& target = targets_.emplace_back();
      target.deployment = &unavailable_.back();
    }
    const providers::Target* target = &targets_.back();
    Group& group = groups_[deployment.model_name];
    if (group.targets.empty()) {
      group.name = deployment.model_name;
      group.wildcard = deployment.model_name.find('*') != std::string::npos;
      listed_.push_back(group.name);
    }
    group.targets.push_back(target);
    if (!deployment.id.empty()) by_id_[deployment.id] = Group{.name = deployment.model_name, .targets = {target}};
  }

  for (const auto& [name, group] : groups_) {
    if (group.wildcard) patterns_.push_back(&group);
  }
  std::sort(patterns_.begin(), patterns_.end(), [](const Group* left, const Group* right) {
    return std::pair(fixed_length(left->name), right->name) > std::pair(fixed_length(right->name), left->name);
  });

  const std::vector<std::string>& hidden = config_->router.hidden_aliases;
  for (const auto& [alias, group] : config_->router.aliases) {
    if (std::find(hidden.begin(), hidden.end(), alias) == hidden.end()) listed_.push_back(alias);
  }
}

std::optional<Match> Table::find(std::string_view model) const {
  if (const auto found = groups_.find(model); found != groups_.end()) return Match{&found->second, found->first};
  if (const auto found = by_id_.find(model); found != by_id_.end()) return Match{&found->second, found->second.name};
  if (const auto alias = config_->router.aliases.find(std::string(model)); alias != config_->router.aliases.end()) {
    if (const auto found = groups_.find(alias->second); found != groups_.end()) return Match{&found->second, found->first};
    model = alias->second;  // an alias may name what only a pattern serves
  }
  for (const Group* group : patterns_) {
    if (providers::match_wildcard(group->name, model, "*")) return Match{group, model};
  }
  return std::nullopt;
}

bool Table::in_access_group(std::string_view access_group, std::string_view model) const {
  const std::optional<Match> match = find(model);
  if (!match) return false;
  return std::any_of(match->group->targets.begin(), match->group->targets.end(), [&](const providers::Target* target) {
    const std::vector<std::string>& groups = target->deployment->access_groups;
    return std::find(groups.begin(), groups.end(), access_group) != groups.end();
  });
}

}  // namespace routing
