#include "gateway/api/admin/admin_api.hpp"

#include <exception>
#include <nlohmann/json.hpp>

#include "gateway/api/admin/keys.hpp"
#include "gateway/api/admin/replies.hpp"
#include "gateway/http/head.hpp"

namespace admin {

namespace {

using nlohmann::json;

/// Who may come in at all. What a caller sees of a list is the handler's.
enum class Access { admins, admins_and_viewers, every_key };

struct Route {
  std::string_view method;
  std::string_view path;  // "{key}" stands for one segment
  Access access;
  AdminReply (*handler)(Work&);
};

constexpr Route routes[] = {
    {"POST", "/key/generate", Access::admins, generate_key},
    {"GET", "/key/info", Access::every_key, key_info},
    {"GET", "/v2/key/info", Access::every_key, keys_info},
    {"POST", "/v2/key/info", Access::every_key, keys_info},
    {"GET", "/key/list", Access::every_key, list_keys},
    {"GET", "/key/aliases", Access::admins_and_viewers, list_aliases},
    {"POST", "/key/update", Access::admins, update_key},
    {"POST", "/key/delete", Access::admins, delete_keys},
    {"POST", "/key/block", Access::admins, block_key},
    {"POST", "/key/unblock", Access::admins, unblock_key},
    {"POST", "/key/regenerate", Access::admins, regenerate_key},
    {"POST", "/key/{key}/regenerate", Access::admins, regenerate_key},
    {"POST", "/key/health", Access::every_key, key_health},
};

/// Whether the path fits; a "{key}" segment goes to `segment`.
bool matches(std::string_view pattern, std::string_view path, std::string_view& segment) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == path;
  const std::string_view tail = pattern.substr(pattern.find('}') + 1);
  if (!path.starts_with(pattern.substr(0, open)) || path.size() <= open + tail.size() || !path.ends_with(tail)) return false;
  segment = path.substr(open, path.size() - open - tail.size());
  return segment.find('/') == std::string_view::npos;
}

AdminReply auth_refusal(int status, const std::string& message) { return refusal(status, "auth_error", "None", message); }

std::optional<AdminReply> access_refusal(const Route& route, const AdminRequest& request) {
  const auth::Caller& caller = request.caller;
  if (caller.kind == auth::CallerKind::open_server) {
    return auth_refusal(401, "Authentication Error, the admin API needs a master key: set general_settings.master_key or LITELLM_MASTER_KEY.");
  }
  if (const auto refused = caller.route_refusal(request.path)) return auth_refusal(403, refused->message);
  if (caller.role == auth::Role::proxy_admin || route.access == Access::every_key) return std::nullopt;
  if (caller.role == auth::Role::proxy_admin_viewer) {
    if (route.access == Access::admins_and_viewers) return std::nullopt;
    return auth_refusal(403, "user not allowed to access this route, role= proxy_admin_viewer. Trying to access: " + request.path);
  }
  return auth_refusal(401, "Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. Route=" +
                               request.path + ". Your role=" + std::string(auth::role_name(caller.role)) + ". Your user_id=***");
}

AdminReply unknown_path() {
  const json error = {{"message", "Not Found"}, {"type", "not_found_error"}, {"param", nullptr}, {"code", "404"}};
  return {.status = 404, .body = dump({{"error", error}, {"detail", "Not Found"}})};
}

}  // namespace

AdminApi::AdminApi(auth::Registry& registry, CurrentConfig config, Clock clock)
    : registry_(registry), config_(std::move(config)), clock_(std::move(clock)) {}

AdminReply AdminApi::handle(const AdminRequest& request) try {
  bool known_path = false;
  for (const Route& route : routes) {
    std::string_view segment;
    if (!matches(route.path, request.path, segment)) continue;
    known_path = true;
    if (route.method != request.method) continue;
    if (const auto refused = access_refusal(route, request)) return *refused;

    const auto key = http::percent_decode(segment);
    if (!key) return refusal(400, "invalid_request_error", "", "The path is not well-formed: percent-encode the key.");
    const config::Snapshot config = config_();
    Work work{.registry = registry_, .config = *config, .request = request, .key_in_path = *key, .now = clock_()};
    return route.handler(work);
  }
  return known_path ? detail(405, "Method Not Allowed") : unknown_path();
} catch (const std::exception& error) {
  AdminReply reply = handler_refusal(500, "The key database did not do as it was told; the server's log says why. Nothing was changed.");
  reply.warnings.push_back(request.method + " " + request.path + " failed: " + error.what());
  return reply;
}

bool AdminApi::knows(std::string_view path) { return !allowed_methods(path).empty(); }

std::string AdminApi::allowed_methods(std::string_view path) {
  std::string methods;
  std::string_view segment;
  for (const Route& route : routes) {
    if (matches(route.path, path, segment)) methods += (methods.empty() ? "" : ", ") + std::string(route.method);
  }
  return methods;
}

}  // namespace admin
