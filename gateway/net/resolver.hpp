// Host names to addresses: a small pool of threads asks the system's resolver, so that one dead name stalls nobody else; each worker keeps
// answers and goes on with an old one while a new one is fetched.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "gateway/net/address.hpp"
#include "gateway/net/event.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/task.hpp"

namespace net {

/// Thread-safe: shared by all workers.
class ResolverPool {
 public:
  explicit ResolverPool(int threads = 4) : pool_(static_cast<std::size_t>(threads)) {}
  ~ResolverPool() { pool_.stop(); }

  struct Answer {
    std::vector<Address> addresses;
    std::string error;  // "" when there are addresses
  };
  /// Calls `done` on a thread of the pool.
  void resolve(std::string host, std::function<void(Answer)> done);

 private:
  boost::asio::thread_pool pool_;
};

/// One worker's cache. Worker-owned.
class Resolver {
 public:
  Resolver(Loop& loop, ResolverPool& pool) : loop_(loop), pool_(pool) {}

  /// The addresses of `host` (an address is its own answer), or an error text. Waits until `deadline` at most.
  Task<ResolverPool::Answer> resolve(std::string host, std::chrono::seconds keep, Deadline& deadline);

 private:
  /// Kept alive by whoever waits, so that a late answer finds it.
  struct Entry {
    ResolverPool::Answer answer;
    Instant fetched{};
    bool known = false;
    bool running = false;
    std::vector<Event*> waiting;
  };
  void start(const std::string& host, const std::shared_ptr<Entry>& entry);

  static constexpr std::size_t max_entries = 4096;

  Loop& loop_;
  ResolverPool& pool_;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;
};

}  // namespace net
