// One thread, one loop, and all that lives on it: listeners, sessions, upstream connections, caches, counters. Shares nothing with other
// workers but what App hands to all of them; speaks to them by post().
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <unordered_set>
#include <vector>

#include "gateway/api/front.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/services.hpp"
#include "gateway/store/key_desk.hpp"

namespace gateway {

/// What all workers share; thread-safe or immutable, owned by the App.
struct Shared {
  net::ResolverPool& resolver;
  std::shared_ptr<const net::TlsContext> client_tls;
  net::ProxySettings proxies;
  http::SharedCounts& counts;
  http::AddressCounts& addresses;
  ProcessState& process;
  store::KeyOffice& key_office;
};

class Worker {
 public:
  Worker(Shared& shared, LiveSnapshot live);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Takes over a listening descriptor. Before start() only.
  void listen(int fd, api::Serves serves);
  void start();

  // From any thread:
  void publish(LiveSnapshot live);
  /// Stops listening (when asked to) and lets requests end; connections without one are closed.
  void drain();
  /// Cuts what still runs.
  void abort();
  /// Ends the thread once nothing runs any more; abort() first makes sure of that.
  void finish();
  void join();
  /// Calls back on this worker's thread with the number of connections.
  void ask_connections(std::function<void(std::size_t)> tell);

  [[nodiscard]] net::Loop& loop() { return loop_; }
  [[nodiscard]] auth::Authenticator& authenticator() { return authenticator_; }
  [[nodiscard]] const observe::Metrics& metrics() const { return metrics_; }

 private:
  void accept(int fd, const net::Address& peer, api::Front& front);
  net::Task<void> serve(int fd, net::Address peer, api::Front& front);
  net::Task<std::unique_ptr<net::ByteStream>> open_stream(int fd, const std::shared_ptr<const net::TlsContext>& tls);

  net::Loop loop_;
  Shared& shared_;
  net::TaskGroup connections_;
  net::TaskGroup background_;
  net::Resolver resolver_;
  net::Connector connector_;
  http::Pool pool_;
  auth::Authenticator authenticator_;
  store::KeyDesk key_desk_;
  observe::Metrics metrics_;
  observe::AccessLog access_log_;
  std::mt19937_64 random_{std::random_device{}()};
  Services services_;
  std::vector<std::unique_ptr<api::Front>> fronts_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::unordered_set<http::Session*> sessions_;
  bool draining_ = false;
  std::thread thread_;
};

}  // namespace gateway
