#include "gateway/store/key_desk.hpp"

#include <spdlog/spdlog.h>

#include <atomic>

namespace store {
namespace {

auth::TimePoint wall_clock() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

/// Shared by the waiting coroutine, which may be gone before the answer comes, and the answer.
struct Pending {
  net::Event answered;
  bool ok = false;
  admin::AdminReply reply;
};

}  // namespace

net::Task<bool> KeyDesk::fetch(std::string token) {
  auto pending = std::make_shared<Pending>();
  const bool posted = office_.thread.post([pending, token, &loop = loop_, &authenticator = authenticator_, &registry = office_.registry] {
    std::optional<auth::KeyRecord> record;
    bool ok = true;
    try {
      record = registry.find(token);
    } catch (const std::exception& fault) {
      spdlog::error("the key registry failed: {}", fault.what());
      ok = false;
    }
    loop.post([pending, token, ok, record = std::move(record), &authenticator] {
      if (ok) authenticator.insert(token, record, wall_clock());
      pending->ok = ok;
      pending->answered.fire();
    });
  });
  if (!posted) co_return false;
  co_await net::any_of(pending->answered);
  co_return pending->ok;
}

net::Task<admin::AdminReply> KeyDesk::call(admin::AdminRequest request) {
  auto pending = std::make_shared<Pending>();
  const bool posted = office_.thread.post([pending, request = std::move(request), &loop = loop_, &office = office_] {
    pending->reply = office.admin.handle(request);
    const auto left = std::make_shared<std::atomic<std::size_t>>(office.audience.members.size());
    const auto changed = std::make_shared<const std::vector<std::string>>(pending->reply.changed_tokens);
    for (const KeyAudience::Member& member : office.audience.members) {
      member.loop->post([pending, changed, left, &loop, authenticator = member.authenticator] {
        for (const std::string& token : *changed) authenticator->forget(token);
        if (left->fetch_sub(1) == 1) loop.post([pending] { pending->answered.fire(); });
      });
    }
  });
  if (!posted) co_return admin::AdminReply{.status = 503, .body = R"({"error":{"message":"too many admin calls are waiting, try again","type":"internal_server_error","param":null,"code":"503"}})"};
  co_await net::any_of(pending->answered);
  co_return std::move(pending->reply);
}

}  // namespace store
