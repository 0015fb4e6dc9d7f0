#include "gateway/app.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "config/validate.hpp"

namespace gateway {
namespace {

constexpr std::size_t waiting_registry_jobs = 10'000;
constexpr std::chrono::milliseconds poll_interval{20};
constexpr std::chrono::milliseconds time_to_cut{1500};  // after the grace: for the error events to leave
constexpr std::chrono::milliseconds time_to_stop{200};  // on a second signal

std::optional<std::string> process_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

auth::TimePoint wall_clock() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

net::Endpoint endpoint(const std::string& host, int port) {
  boost::system::error_code error;
  const net::Address address = boost::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) throw std::runtime_error("cannot listen on '" + host + "': it is not an address");
  return {address, static_cast<std::uint16_t>(port)};
}

/// "HOST:PORT" or "PORT".
net::Endpoint admin_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::string host = colon == std::string::npos ? "127.0.0.1" : text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return endpoint(host, std::atoi(text.c_str() + (colon == std::string::npos ? 0 : colon + 1)));
}

std::string url(bool tls, const net::Endpoint& at) {
  const std::string host = at.address().to_string();
  return std::string(tls ? "https" : "http") + "://" + (at.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(at.port());
}

int worker_count(const config::ServerConfig& server) {
  if (server.workers > 0) return server.workers;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

App::App(config::Snapshot config, Reload reload)
    : config_(std::move(config)),
      reload_(std::move(reload)),
      data_dir_(config_->store.data_dir),
      registry_(data_dir_.private_file("penstock.db")),
      admin_(registry_, [this] { return current(); }, wall_clock),
      registry_thread_(waiting_registry_jobs, [](std::string_view what) { spdlog::error("the registry's thread: {}", what); }),
      key_office_{registry_thread_, registry_, admin_, {}},
      shared_{resolver_, net::TlsContext::client(), net::ProxySettings(process_environment), counts_, addresses_, process_, key_office_} {
  for (const std::string& warning : data_dir_.warnings()) spdlog::warn("{}", warning);
  const LiveSnapshot live = make_live(config_);
  for (int i = 0; i < worker_count(config_->server); ++i) {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>(shared_, live));
    process_.metrics.push_back(&worker.metrics());
    key_office_.audience.members.push_back({&worker.loop(), &worker.authenticator()});
  }
}

App::~App() {
  registry_thread_.stop();
  for (auto& worker : workers_) {
    worker->finish();
    worker->join();
  }
}

config::Snapshot App::current() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

LiveSnapshot App::make_live(const config::Snapshot& config) const {
  const providers::Environment environment = [config](std::string_view name) -> std::optional<std::string> {
    const auto own = config->environment.find(std::string(name));
    return own != config->environment.end() ? std::optional<std::string>(own->second) : process_environment(name);
  };
  auto live = std::make_shared<const Live>(config, environment);
  for (const std::string& problem : live->table.problems()) spdlog::warn("{}", problem);
  return live;
}

void App::listen() {
  const config::ServerConfig& server = config_->server;
  const bool own_admin_port = !server.admin_listen.empty();
  net::Endpoint main = endpoint(config::listening_host(*config_), server.port);
  net::Endpoint admin = own_admin_port ? admin_endpoint(server.admin_listen) : net::Endpoint();
  for (auto& worker : workers_) {
    const int fd = net::listen_on(main);
    main.port(net::local_endpoint(fd).port());  // port 0: the first worker chooses for all
    worker->listen(fd, own_admin_port ? api::Serves::all_but_admin : api::Serves::everything);
    if (!own_admin_port) continue;
    const int admin_fd = net::listen_on(admin);
    admin.port(net::local_endpoint(admin_fd).port());
    worker->listen(admin_fd, api::Serves::admin_only);
  }
  for (auto& worker : workers_) worker->start();
  process_.ready = true;

  const bool tls = server.tls.enabled();
  if (own_admin_port) spdlog::info("the admin API listens on {}", url(tls, admin));
  std::printf("penstock listening on %s\n", url(tls, main).c_str());
  std::fflush(stdout);
}

int App::run() {
  std::signal(SIGPIPE, SIG_IGN);
  boost::asio::signal_set signals(control_, SIGTERM, SIGINT, SIGHUP);
  signals.add(SIGQUIT);
  std::function<void()> wait = [&] {
    signals.async_wait([&](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        reload();
      } else if (signal == SIGQUIT || draining_) {
        stop_now();
      } else {
        drain();
      }
      wait();
    });
  };
  wait();
  listen();
  control_.run();
  for (auto& worker : workers_) worker->join();
  return 0;
}

void App::reload() {
  if (!reload_) {
    spdlog::warn("there is no configuration file to reload");
    return;
  }
  const config::Snapshot next = reload_();
  if (!next) {
    spdlog::error("the configuration was not reloaded: the old one goes on");
    return;
  }
  try {
    const LiveSnapshot live = make_live(next);
    {
      const std::lock_guard lock(mutex_);
      config_ = next;
    }
    for (auto& worker : workers_) worker->publish(live);
    spdlog::info("the configuration was reloaded");
  } catch (const std::exception& fault) {
    spdlog::error("the configuration was not reloaded, the old one goes on: {}", fault.what());
  }
}

void App::drain() {
  draining_ = true;
  process_.ready = false;
  const config::Snapshot config = current();
  spdlog::info("draining: requests have {} ms to end", config->server.drain_time.count());
  auto delay = std::make_shared<boost::asio::steady_timer>(control_, config->server.drain_delay);
  delay->async_wait([this, delay, grace = config->server.drain_time](const boost::system::error_code& error) {
    if (error) return;
    for (auto& worker : workers_) worker->drain();
    wait_for_workers(grace, [this] {
      for (auto& worker : workers_) worker->abort();
      wait_for_workers(time_to_cut, [this] {
        for (auto& worker : workers_) worker->finish();
        control_.stop();
      });
    });
  });
}

/// Calls `afterwards` as soon as no worker has a connection left, or when the time is up.
void App::wait_for_workers(std::chrono::milliseconds time, const std::function<void()>& afterwards) {
  struct Poll {
    boost::asio::steady_timer timer;
    net::Instant until;
    std::size_t connections = 0;
    std::size_t answers = 0;
  };
  auto poll = std::make_shared<Poll>(Poll{boost::asio::steady_timer(control_), net::Clock::now() + time});
  auto step = std::make_shared<std::function<void()>>();
  *step = [this, poll, afterwards, weak = std::weak_ptr(step)] {
    const auto again = weak.lock();
    poll->connections = poll->answers = 0;
    for (auto& worker : workers_) {
      worker->ask_connections([this, poll, afterwards, again](std::size_t connections) {
        boost::asio::post(control_, [this, poll, afterwards, again, connections] {
          poll->connections += connections;
          if (++poll->answers < workers_.size()) return;
          if (poll->connections == 0 || net::Clock::now() >= poll->until) return afterwards();
          poll->timer.expires_after(poll_interval);
          poll->timer.async_wait([again](const boost::system::error_code& error) {
            if (!error) (*again)();
          });
        });
      });
    }
  };
  (*step)();
}

void App::stop_now() {
  spdlog::warn("stopping at once");
  for (auto& worker : workers_) {
    worker->drain();
    worker->abort();
  }
  wait_for_workers(time_to_stop, [this] {
    for (auto& worker : workers_) worker->finish();
    control_.stop();
  });
}

}  // namespace gateway
