// LiteLLM's admin API: a request in, a reply out. Owned by the thread that may block, which also owns the registry.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/caller.hpp"
#include "auth/registry.hpp"
#include "config/config.hpp"

namespace admin {

struct AdminRequest {
  std::string method;
  std::string path;        // without the server's root path, not decoded
  std::string query = {};  // behind the '?', not decoded
  std::string body = {};
  auth::Caller caller = {};
  std::string changed_by = {};  // header litellm-changed-by
};

struct AdminReply {
  int status = 200;
  std::string body = {};                          // JSON
  std::vector<std::string> changed_tokens = {};   // every worker forgets these before the reply goes out
  std::vector<std::string> warnings = {};         // for the log; never a secret
};

class AdminApi {
 public:
  using CurrentConfig = std::function<config::Snapshot()>;
  using Clock = std::function<auth::TimePoint()>;

  AdminApi(auth::Registry& registry, CurrentConfig config, Clock clock);
  AdminApi(const AdminApi&) = delete;
  AdminApi& operator=(const AdminApi&) = delete;

  /// Answers everything, also unknown paths (404) and methods (405). Never throws.
  AdminReply handle(const AdminRequest& request);

  /// From any thread: whether a path is of this API, and the `Allow` value of one that is ("GET, POST"; else empty).
  static bool knows(std::string_view path);
  static std::string allowed_methods(std::string_view path);

 private:
  auth::Registry& registry_;
  CurrentConfig config_;
  Clock clock_;
};

}  // namespace admin
