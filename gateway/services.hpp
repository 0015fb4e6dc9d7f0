// What a worker's endpoints work with. Everything here is owned by the worker or the app and outlives every request. Worker-owned.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "auth/authenticator.hpp"
#include "gateway/http/pool.hpp"
#include "gateway/http/session.hpp"
#include "gateway/live.hpp"
#include "gateway/net/connect.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/task_group.hpp"
#include "gateway/observe/access_log.hpp"
#include "gateway/observe/metrics.hpp"
#include "providers/plain_reply.hpp"
#include "routing/plan.hpp"

namespace store {
class KeyDesk;
}

namespace gateway {

/// Facts about the process that every worker may read. Thread-safe.
struct ProcessState {
  std::atomic<bool> ready{false};       // /health/readiness
  std::atomic<bool> store_ok{true};     // the registry answers
  std::vector<const observe::Metrics*> metrics;  // of all workers; complete before the first one runs
};

/// Containers that a request fills and the next one reuses: no allocation once they have their capacity.
struct Workspace {
  providers::ModelRequest request;
  providers::SplicedBody upstream_body;
  providers::PlainReply plain_reply;
  std::string upstream_head;
  std::vector<std::string_view> pieces;
};

/// Gives out workspaces and takes them back.
class Workspaces {
 public:
  struct Return {
    Workspaces* owner;
    void operator()(Workspace* workspace) const { owner->free_.emplace_back(workspace); }
  };
  using Lease = std::unique_ptr<Workspace, Return>;

  Lease take() {
    if (free_.empty()) free_.push_back(std::make_unique<Workspace>());
    Lease lease(free_.back().release(), Return{this});
    free_.pop_back();
    return lease;
  }

 private:
  std::vector<std::unique_ptr<Workspace>> free_;
};

struct Services {
  net::Loop& loop;
  LiveSnapshot live;                 // replaced by a reload; a request keeps the one it started with
  auth::Authenticator& authenticator;
  store::KeyDesk& keys;
  http::Pool& pool;
  net::Connector& connector;
  observe::Metrics& metrics;
  observe::AccessLog& access_log;
  ProcessState& process;
  net::TaskGroup& background;
  routing::Random random;
  Workspaces workspaces = {};
  std::unordered_map<std::string, std::string> last_problem = {};  // deployment id -> what its last call met, "" for success
  int abandoned_calls = 0;           // plain calls read to their end though nobody waits (BEHAVIOUR 19)
};

}  // namespace gateway
