// A worker's way to the registry's thread: look-ups of keys that its cache does not know, and admin calls. Answers and changes reach a
// worker in the order in which that thread dealt with them. Worker-owned; what it shares is thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "auth/authenticator.hpp"
#include "gateway/api/admin/admin_api.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/task.hpp"
#include "gateway/store/blocking_thread.hpp"

namespace store {

/// Where every worker hears of changed keys. Complete before the first worker runs.
struct KeyAudience {
  struct Member {
    net::Loop* loop;
    auth::Authenticator* authenticator;
  };
  std::vector<Member> members;
};

/// The registry's thread and what runs on it. Thread-safe: everything is posted.
struct KeyOffice {
  BlockingThread& thread;
  auth::Registry& registry;      // touched on the thread only
  admin::AdminApi& admin;        // likewise, but for its route table
  KeyAudience audience;
};

class KeyDesk {
 public:
  KeyDesk(net::Loop& loop, auth::Authenticator& authenticator, KeyOffice& office) : loop_(loop), authenticator_(authenticator), office_(office) {}

  /// Asks the registry and puts the answer, also a negative one, into the authenticator's cache. False when it could not be asked.
  net::Task<bool> fetch(std::string token);

  /// Runs an admin call. It returns only after every worker has dropped the keys that it changed.
  net::Task<admin::AdminReply> call(admin::AdminRequest request);

  [[nodiscard]] const admin::AdminApi& api() const { return office_.admin; }

 private:
  net::Loop& loop_;
  auth::Authenticator& authenticator_;
  KeyOffice& office_;
};

}  // namespace store
