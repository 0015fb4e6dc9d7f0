// A client's connection: reads heads strictly, hands each request to the handler in order, and sees to it that the connection is
// either reusable or closed cleanly afterwards. Worker-owned.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "config/config.hpp"
#include "gateway/http/exchange.hpp"
#include "gateway/net/loop.hpp"

namespace http {

/// What a session serves. Worker-owned.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Answers the request. An exchange that is still unanswered afterwards, or a thrown exception, becomes a 500.
  virtual net::Task<void> handle(Exchange& exchange) = 0;
  /// Answers what cannot be handed on: a malformed head, a time-out, an exception. The connection closes afterwards.
  virtual net::Task<void> refuse(Exchange& exchange, int status, std::string_view reason) = 0;
};

/// Counts over all workers; thread-safe.
struct SharedCounts {
  std::atomic<std::int64_t> body_bytes{0};
  std::atomic<int> connections{0};
};

/// Connections per client address, over all workers; only kept while a limit is set. Thread-safe.
class AddressCounts {
 public:
  int add(const std::string& address) {
    const std::lock_guard lock(mutex_);
    return ++counts_[address];
  }
  void remove(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto entry = counts_.find(address);
    if (entry != counts_.end() && --entry->second == 0) counts_.erase(entry);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, int> counts_;
};

class Session {
 public:
  struct Options {
    net::Loop& loop;
    Handler& handler;
    SharedCounts& counts;
    config::Snapshot config;   // the limits of the whole connection
    bool tls = false;
    bool refuse_all = false;   // over the connection limit: every request is answered 503 and the connection closed
  };

  Session(std::unique_ptr<net::ByteStream> stream, const net::Address& peer, Options options);

  /// Serves the connection to its end.
  net::Task<void> run();

  /// No new request is taken; a running one ends by itself.
  void drain();
  /// A running request is cut short.
  void abort();
  /// Whether a request is being served.
  [[nodiscard]] bool busy() const noexcept { return busy_; }

 private:
  friend class Exchange;

  /// Whether a complete head stands in exchange_; false ends the connection.
  net::Task<bool> next_head();
  net::Task<bool> receive_head_bytes(bool first);
  net::Task<void> serve();
  net::Task<void> finish_refused(int status, std::string_view reason);
  /// The answer went out before the request was read: shut down our side and read on, so that the client can see it.
  net::Task<void> linger();

  static constexpr std::size_t first_read_bytes = 16 * 1024;
  static constexpr std::size_t kept_input_bytes = 4 * 1024;  // an idle connection keeps no more

  Options options_;
  const config::HttpLimits& limits_;
  std::unique_ptr<net::ByteStream> stream_;
  net::Address peer_;
  Bytes input_;       // the running request, and what came in the same read behind it
  Bytes pipelined_;   // what came while it ran: apart, because views into input_ are in use
  net::Deadline deadline_;
  net::Deadline write_deadline_;
  net::Event wake_;  // drain or abort while waiting for a request
  bool draining_ = false;
  bool busy_ = false;
  bool ended_by_peer_ = false;
  Exchange exchange_;
};

}  // namespace http
