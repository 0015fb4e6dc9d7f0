// The process: builds what all workers share, starts them, and turns signals into reloads and an orderly end.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/store/data_dir.hpp"
#include "gateway/store/sqlite_registry.hpp"
#include "gateway/worker.hpp"

namespace gateway {

class App {
 public:
  /// Loads the configuration anew, for a reload; null when it has errors (they are logged by it).
  using Reload = std::function<config::Snapshot()>;

  /// Throws std::exception with what the operator must know.
  App(config::Snapshot config, Reload reload);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Serves until a signal ends it. The exit code.
  int run();

 private:
  void listen();
  void reload();
  void drain();
  void wait_for_workers(std::chrono::milliseconds time, const std::function<void()>& afterwards);
  void stop_now();
  [[nodiscard]] config::Snapshot current() const;
  [[nodiscard]] LiveSnapshot make_live(const config::Snapshot& config) const;

  mutable std::mutex mutex_;           // guards config_, which the registry's thread reads
  config::Snapshot config_;
  Reload reload_;

  store::DataDir data_dir_;
  store::SqliteRegistry registry_;
  admin::AdminApi admin_;
  store::BlockingThread registry_thread_;
  store::KeyOffice key_office_;

  net::ResolverPool resolver_;
  http::SharedCounts counts_;
  http::AddressCounts addresses_;
  ProcessState process_;
  Shared shared_;
  std::vector<std::unique_ptr<Worker>> workers_;

  boost::asio::io_context control_;    // the main thread's: signals and the steps of a drain
  bool draining_ = false;
};

}  // namespace gateway
