// The load generator: one thread, one epoll loop, N connections that each send a request when the reply before has ended.
// Every reply is judged (bench/load/reply_reader.hpp); the first bad one ends the run with exit status 1.
//
//   load --port N --mode chat|latency|stream|paced|body64k --connections C (--count N | --milliseconds T) [--key K] [--model M] [--tls]
//       prints one JSON object: requests, seconds, rate, latencies, first-event delays, events, delays of stamped events, held_back
//   load --port N --mode idle_streams --connections C
//       opens C streams, prints {"open":C} when each has its first event, and holds them until its standard input ends
#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <memory>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <vector>

#include "bench/load/options.hpp"
#include "bench/load/reply_reader.hpp"
#include "bench/upstream/connection.hpp"

namespace {

using load::Clock;
using load::Mode;
using load::nanoseconds;
using load::ReplyReader;
using upstream::Connection;
using upstream::Io;

struct Caller {
  Caller(int socket, SSL_CTX* tls, const load::Expectation& expected, load::Tally& tally) : connection(socket, tls, Connection::Side::client), reader(expected, tally) {}
  Connection connection;
  ReplyReader reader;
  std::string_view output;      // rest of the request
  std::string input;
  Clock::time_point asked;
  bool busy = false;
};

class Run {
 public:
  explicit Run(const load::Options& options)
      : options_(options), request_(load::request_text(options)), epoll_(::epoll_create1(EPOLL_CLOEXEC)), tls_(options.tls ? SSL_CTX_new(TLS_client_method()) : nullptr) {
    expected_ = {.stream = options.stream, .events = options.events, .stamped = options.stamped, .pace = std::chrono::milliseconds(options.pace)};
    if (tls_ != nullptr) SSL_CTX_set_mode(tls_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }

  void requests() {
    for (int i = 0; i < options_.connections; ++i) open();
    started_ = Clock::now();
    for (auto& caller : callers_)
      if (more()) ask(*caller);
    while (running_ > 0) wait([this](Caller& caller) { answered(caller); });
    report();
  }

  /// At most 64 streams are on their way at a time: a full accept queue is not what is measured.
  void idle_streams() {
    int opened = 0, waiting = 0;
    while (opened < options_.connections || waiting > 0) {
      for (; waiting < 64 && opened < options_.connections; ++opened, ++waiting) ask(open());
      wait([&](Caller& caller) {
        if (!caller.busy || caller.reader.events() == 0) return;
        caller.busy = false;
        --waiting;
      });
    }
    std::printf("{\"open\":%d}\n", opened);
    std::fflush(stdout);
    while (std::getchar() != EOF) continue;
  }

 private:
  Caller& open() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
    callers_.push_back(std::make_unique<Caller>(socket, tls_, expected_, tally_));
    epoll_event event{.events = EPOLLIN, .data = {.ptr = callers_.back().get()}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    return *callers_.back();
  }

  [[nodiscard]] bool more() const {
    return options_.count > 0 ? asked_ < options_.count : Clock::now() - started_ < options_.time;
  }

  void ask(Caller& caller) {
    ++asked_;
    ++running_;
    caller.busy = true;
    caller.asked = Clock::now();
    caller.reader.start(caller.asked);
    caller.output = request_;
    send(caller);
  }

  void send(Caller& caller) const {
    const bool was_blocked = caller.output.size() < request_.size();
    const auto result = caller.connection.write(caller.output);
    if (result == Io::closed) throw std::runtime_error("closed while a request was sent");
    if (result == Io::done && !was_blocked && tls_ == nullptr) return;
    epoll_event event{.events = EPOLLIN | (result == Io::would_block ? EPOLLOUT : 0U), .data = {.ptr = &caller}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, caller.connection.socket(), &event);
  }

  template <class After>
  void wait(const After& after) {
    epoll_event ready[256];
    const int count = ::epoll_wait(epoll_, ready, 256, 10'000);
    if (count == 0) throw std::runtime_error("nothing came for 10 s");
    for (int i = 0; i < count; ++i) {
      auto& caller = *static_cast<Caller*>(ready[i].data.ptr);
      if (!caller.output.empty()) send(caller);
      if (ready[i].events & ~static_cast<std::uint32_t>(EPOLLOUT)) receive(caller);
      after(caller);
    }
  }

  void receive(Caller& caller) {
    caller.input.clear();
    const auto result = caller.connection.read(caller.input);
    if (caller.input.empty() && result == Io::closed) throw std::runtime_error("closed before the reply had ended");
    if (caller.input.empty()) return;
    const auto now = Clock::now();
    const auto state = caller.reader.feed(caller.input, now);
    if (state == ReplyReader::State::broken) throw std::runtime_error("bad reply: " + caller.reader.problem());
    if (state == ReplyReader::State::incomplete) return;
    latencies_.push_back(now - caller.asked);
    if (options_.stream) first_events_.push_back(caller.reader.first_event());
    reply_bytes_ += caller.reader.body_bytes();
    caller.busy = false;
  }

  void answered(Caller& caller) {
    if (caller.busy) return;
    --running_;
    if (more()) ask(caller);
  }

  static double microseconds_at(std::vector<nanoseconds>& values, double quantile) {
    if (values.empty()) return 0;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * quantile);
    std::nth_element(values.begin(), at, values.end());
    return static_cast<double>(at->count()) / 1'000.0;
  }

  void report() {
    const auto seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    const auto requests = static_cast<double>(latencies_.size());
    std::printf("{\"requests\":%zu,\"seconds\":%.4f,\"per_second\":%.1f,\"latency_p50_us\":%.1f,\"latency_p99_us\":%.1f,\"first_event_p50_us\":%.1f,"
                "\"first_event_p99_us\":%.1f,\"events\":%ld,\"event_delay_p50_us\":%.1f,\"event_delay_p99_us\":%.1f,\"held_back\":%ld,\"reply_bytes\":%.0f}\n",
                latencies_.size(), seconds, requests / seconds, microseconds_at(latencies_, 0.5), microseconds_at(latencies_, 0.99),
                microseconds_at(first_events_, 0.5), microseconds_at(first_events_, 0.99), tally_.events, microseconds_at(tally_.event_delays, 0.5),
                microseconds_at(tally_.event_delays, 0.99), tally_.held_back, static_cast<double>(reply_bytes_) / requests);
  }

  const load::Options& options_;
  std::string request_;
  load::Expectation expected_;
  load::Tally tally_;
  int epoll_;
  SSL_CTX* tls_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<nanoseconds> latencies_, first_events_;
  std::size_t reply_bytes_ = 0;
  Clock::time_point started_;
  long asked_ = 0;
  int running_ = 0;
};

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** arguments) try {
  const auto options = load::parse_options({arguments, static_cast<std::size_t>(count)});
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  Run run(options);
  if (options.mode == Mode::idle_streams) run.idle_streams();
  else run.requests();
  return EXIT_SUCCESS;
} catch (const std::exception& error) {
  std::fprintf(stderr, "load: %s\n", error.what());
  return EXIT_FAILURE;
}
