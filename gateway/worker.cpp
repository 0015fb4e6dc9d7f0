#include "gateway/worker.hpp"

#include <spdlog/spdlog.h>

#include "gateway/net/tcp_stream.hpp"

namespace gateway {

Worker::Worker(Shared& shared, LiveSnapshot live)
    : shared_(shared),
      resolver_(loop_, shared.resolver),
      connector_(loop_, resolver_, shared.client_tls, shared.proxies, live->config->pool.dns_time),
      pool_(live->config->pool),
      authenticator_(live->config->auth),
      key_desk_(loop_, authenticator_, shared.key_office),
      access_log_(live->config->server.log_format, live->config->server.access_log),
      services_{.loop = loop_,
                .live = std::move(live),
                .authenticator = authenticator_,
                .keys = key_desk_,
                .pool = pool_,
                .connector = connector_,
                .metrics = metrics_,
                .access_log = access_log_,
                .process = shared.process,
                .background = background_,
                .random = [this](std::uint64_t bound) { return random_() % bound; }} {
  loop_.on_tick([this](net::Instant now) {
    pool_.sweep(now);
    access_log_.flush();
  });
}

Worker::~Worker() { join(); }

void Worker::listen(int fd, api::Serves serves) {
  api::Front& front = *fronts_.emplace_back(std::make_unique<api::Front>(services_, serves));
  auto accepted = [this, &front](int client, const net::Address& peer) { accept(client, peer, front); };
  listeners_.push_back(std::make_unique<net::Listener>(loop_, fd, std::move(accepted)));
}

void Worker::start() {
  thread_ = std::thread([this] {
    for (auto& listener : listeners_) background_.spawn(listener->accept_all());
    loop_.run();
    access_log_.flush();
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

// --- connections -----------------------------------------------------------------------------------------------------------------

void Worker::accept(int fd, const net::Address& peer, api::Front& front) {
  metrics_.connections_accepted.add(1);
  connections_.spawn(serve(fd, peer, front));
}

namespace {

/// A connection in the counts, for as long as it is there.
class Counted {
 public:
  Counted(http::SharedCounts& counts, observe::Metrics& metrics) : counts_(counts), metrics_(metrics) {
    counts_.connections.fetch_add(1, std::memory_order_relaxed);
    metrics_.connections_open.add(1);
  }
  ~Counted() {
    counts_.connections.fetch_sub(1, std::memory_order_relaxed);
    metrics_.connections_open.add(-1);
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  http::SharedCounts& counts_;
  observe::Metrics& metrics_;
};

/// The same for its address, while a limit on those is set.
class CountedAddress {
 public:
  CountedAddress(http::AddressCounts& counts, const net::Address& peer, int limit) : counts_(counts) {
    if (limit <= 0) return;
    address_ = peer.to_string();
    over_limit_ = counts_.add(address_) > limit;
  }
  ~CountedAddress() {
    if (!address_.empty()) counts_.remove(address_);
  }
  CountedAddress(const CountedAddress&) = delete;
  CountedAddress& operator=(const CountedAddress&) = delete;
  [[nodiscard]] bool over_limit() const { return over_limit_; }

 private:
  http::AddressCounts& counts_;
  std::string address_;
  bool over_limit_ = false;
};

class Member {
 public:
  Member(std::unordered_set<http::Session*>& sessions, http::Session& session) : sessions_(sessions), session_(session) { sessions_.insert(&session_); }
  ~Member() { sessions_.erase(&session_); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

 private:
  std::unordered_set<http::Session*>& sessions_;
  http::Session& session_;
};

}  // namespace

net::Task<std::unique_ptr<net::ByteStream>> Worker::open_stream(int fd, const std::shared_ptr<const net::TlsContext>& tls) {
  if (!tls) co_return std::make_unique<net::TcpStream>(loop_, fd);
  auto stream = std::make_unique<net::TlsStream>(loop_, fd, tls);
  net::Deadline deadline(loop_.deadlines());
  deadline.set_in(services_.live->config->http.header_time);
  const std::string problem = co_await stream->accept(deadline);
  if (!problem.empty()) {
    spdlog::debug("TLS handshake with a client failed: {}", problem);
    co_return nullptr;
  }
  co_return std::move(stream);
}

net::Task<void> Worker::serve(int fd, net::Address peer, api::Front& front) {
  const Counted counted(shared_.counts, metrics_);
  const LiveSnapshot live = services_.live;
  const CountedAddress counted_address(shared_.addresses, peer, live->config->http.connections_per_address);
  const bool too_many = shared_.counts.connections.load(std::memory_order_relaxed) > live->config->http.connections;

  std::unique_ptr<net::ByteStream> stream = co_await open_stream(fd, live->server_tls);
  if (!stream) co_return;
  http::Session session(std::move(stream), peer,
                        {.loop = loop_,
                         .handler = front,
                         .counts = shared_.counts,
                         .config = live->config,
                         .tls = live->server_tls != nullptr,
                         .refuse_all = too_many || counted_address.over_limit()});
  const Member member(sessions_, session);
  if (draining_) session.drain();
  co_await session.run();
}

// --- from other threads ----------------------------------------------------------------------------------------------------------

void Worker::publish(LiveSnapshot live) {
  loop_.post([this, live = std::move(live)] {
    authenticator_.configure(live->config->auth);
    pool_.set_limits(live->config->pool);
    access_log_.configure(live->config->server.log_format, live->config->server.access_log);
    services_.live = live;
  });
}

void Worker::drain() {
  loop_.post([this] {
    draining_ = true;
    for (auto& listener : listeners_) listener->stop();
    const std::vector<http::Session*> sessions(sessions_.begin(), sessions_.end());
    for (http::Session* session : sessions) {
      if (sessions_.contains(session)) session->drain();
    }
  });
}

void Worker::abort() {
  loop_.post([this] {
    const std::vector<http::Session*> sessions(sessions_.begin(), sessions_.end());
    for (http::Session* session : sessions) {
      if (sessions_.contains(session)) session->abort();
    }
  });
}

void Worker::finish() {
  loop_.post([this] {
    pool_.close_all();
    loop_.stop();
  });
}

void Worker::ask_connections(std::function<void(std::size_t)> tell) {
  loop_.post([this, tell = std::move(tell)] { tell(connections_.running() + background_.running()); });
}

}  // namespace gateway
