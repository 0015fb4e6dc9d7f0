#include "auth/caller.hpp"

#include <algorithm>

#include "auth/route_groups.hpp"

namespace auth {

namespace {

bool opens_model(std::string_view allowed, std::string_view model, const InAccessGroup& in_group) {
  // A key that defers to its team: teams carry no model list of their own yet, and LiteLLM reads an absent list as all models.
  if (allowed == "all-proxy-models" || allowed == "all-team-models") return true;
  if (allowed == "no-default-models") return false;
  if (allowed == model) return true;
  if (allowed.find('*') != std::string_view::npos && matches_wildcard(allowed, model)) return true;
  return in_group && in_group(allowed, model);
}

bool opens_route(std::string_view allowed, std::string_view path) {
  if (is_route_group(allowed)) return in_route_group(allowed, path);
  if (allowed.ends_with("/*")) return path.starts_with(allowed.substr(0, allowed.size() - 1));
  if (!path.starts_with(allowed)) return false;
  return path.size() == allowed.size() || allowed.ends_with('/') || path[allowed.size()] == '/';  // whole segments only
}

std::string python_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? ", '" : "'") + value + "'";
  return out + "]";
}

/// What the key may call; key_type speaks when no list was written.
std::vector<std::string> routes_of(const KeyRecord& key) {
  if (!key.allowed_routes.empty()) return key.allowed_routes;
  const std::string_view group = route_group_of_key_type(key.key_type);
  return group.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string(group)};
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::proxy_admin: return "proxy_admin";
    case Role::proxy_admin_viewer: return "proxy_admin_viewer";
    case Role::internal_user: return "internal_user";
    case Role::internal_user_viewer: return "internal_user_viewer";
    case Role::key: return "unknown";
  }
  return "unknown";
}

std::string_view Caller::user_id() const {
  if (kind == CallerKind::master_key) return "default_user_id";
  return key && key->user_id ? std::string_view(*key->user_id) : std::string_view();
}

std::string_view Caller::key_id() const {
  if (kind == CallerKind::master_key) return "litellm_proxy_master_key";
  return key ? std::string_view(key->token) : std::string_view();
}

bool Caller::may_use_model(std::string_view model, const InAccessGroup& in_group) const {
  if (!key || key->models.empty()) return true;
  return std::any_of(key->models.begin(), key->models.end(), [&](const std::string& allowed) { return opens_model(allowed, model, in_group); });
}

bool Caller::may_use_route(std::string_view path) const {
  if (!key) return true;
  if (key->allowed_routes.empty()) {  // the common case, without a copy
    const std::string_view group = route_group_of_key_type(key->key_type);
    return group.empty() || in_route_group(group, path);
  }
  return std::any_of(key->allowed_routes.begin(), key->allowed_routes.end(), [&](const std::string& allowed) { return opens_route(allowed, path); });
}

std::optional<providers::Error> Caller::model_refusal(std::string_view model, const InAccessGroup& in_group) const {
  if (may_use_model(model, in_group)) return std::nullopt;
  return providers::Error{.kind = providers::ErrorKind::model_not_allowed,
                          .message = "The requested model '" + std::string(model) +
                                     "' is not available for this API key, or the model name is invalid. "
                                     "Call `/v1/models` to view the models available for your key.",
                          .param = "model"};
}

std::optional<providers::Error> Caller::route_refusal(std::string_view path) const {
  if (may_use_route(path)) return std::nullopt;
  return providers::Error{.kind = providers::ErrorKind::forbidden,
                          .message = "Virtual key is not allowed to call this route. Only allowed to call routes: " + python_list(routes_of(*key)) +
                                     ". Tried to call route: " + std::string(path),
                          .type = "auth_error",
                          .param = "None"};
}

// Greedy with one point to return to: linear for one star, length x length at worst.
bool matches_wildcard(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t here = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (here < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = here;
    } else if (at < pattern.size() && pattern[at] == text[here]) {
      ++at;
      ++here;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      here = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace auth
