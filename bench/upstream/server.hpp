// One thread of the fake upstream: an epoll loop that reads requests and plays prebuilt replies. Thread-owned, but for Stats.
#pragma once

#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <queue>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unordered_map>
#include <vector>

#include "bench/upstream/connection.hpp"
#include "bench/upstream/reply.hpp"
#include "bench/upstream/stats.hpp"

namespace upstream {

using Clock = std::chrono::steady_clock;

class Server {
 public:
  Server(int listener, SSL_CTX* tls, const Script& defaults, Stats& stats)
      : listener_(listener), tls_(tls), defaults_(defaults), stats_(stats), epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (epoll_ < 0 || timer_ < 0) throw std::runtime_error("no epoll or timer");
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
    watch(timer_, EPOLLIN, EPOLL_CTL_ADD);
  }

  [[noreturn]] void run() {
    epoll_event ready[512];
    for (;;) {
      const int count = ::epoll_wait(epoll_, ready, 512, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = ready[i].data.fd;
        if (fd == listener_) accept_all();
        else if (fd == timer_) ring();
        else if (const auto found = peers_.find(fd); found != peers_.end()) serve(*found->second, ready[i].events);
      }
    }
  }

 private:
  /// A connection with the request it reads and the reply it plays.
  struct Peer {
    Peer(int socket, SSL_CTX* tls, long number) : connection(socket, tls, Connection::Side::server), id(number) {}
    Connection connection;
    long id;
    std::string input;
    std::string chunked_body;         // decoded so far
    std::size_t head_bytes = 0;       // 0: the head is not complete
    std::size_t body_read = 0;        // where the chunk decoder stands in `input`
    RequestHead head;                 // its views are only valid while the head is parsed
    Route route = Route::unknown;
    std::size_t unread_body = 0;      // of a request that was answered early
    std::shared_ptr<const Reply> reply;
    std::size_t step = 0;
    std::string_view output;          // rest of the running step
    std::string stamped;
    bool waiting = false;             // `due` is when the next step goes out
    bool stalled = false;
    bool wants_output = false;
    bool close_after_reply = false;
    long served = 0;
    Clock::time_point due;            // each step's is reckoned from the one before: paces do not drift
  };

  struct Alarm {
    Clock::time_point when;
    int socket;
    long id;
    bool operator>(const Alarm& other) const { return when > other.when; }
  };

  void watch(int fd, std::uint32_t events, int operation) const {
    epoll_event event{.events = events, .data = {.fd = fd}};
    ::epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept_all() {
    for (int i = 0; i < 256; ++i) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) return;
      ++stats_.connections;
      ++stats_.open_connections;
      peers_[socket] = std::make_unique<Peer>(socket, tls_, ++last_id_);
      watch(socket, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
    }
  }

  void drop(Peer& peer, bool by_peer) {
    if (by_peer && peer.reply) ++stats_.aborted;
    --stats_.open_connections;
    peers_.erase(peer.connection.socket());  // destroys peer and closes
  }

  void serve(Peer& peer, std::uint32_t events) {
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
      if (peer.connection.read(peer.input) == Io::closed) return drop(peer, true);
    }
    if (peer.reply ? play(peer) : true) take_requests(peer);
  }

  // ---- requests. Every function that may end the peer returns false when it did, or when the reply still runs.

  void take_requests(Peer& peer) {
    while (!peer.reply) {
      if (peer.unread_body > 0) {
        const auto taken = std::min(peer.unread_body, peer.input.size());
        peer.input.erase(0, taken);
        peer.unread_body -= taken;
      }
      if (peer.input.empty() || !take_request(peer)) return;
    }
  }

  /// One step further: true when there may be more to take.
  bool take_request(Peer& peer) {
    if (peer.head_bytes == 0 && !take_head(peer)) return false;
    if (peer.head.chunked) {
      const auto complete = decode_chunks(peer);
      if (!complete) return refuse(peer);
      if (!*complete) return false;
      return answer(peer, peer.chunked_body, peer.body_read);
    }
    const auto length = peer.head.length.value_or(0);
    const std::string_view body = std::string_view{peer.input}.substr(peer.head_bytes, length);
    if (body.size() < length) return answer_early(peer, body, length);
    return answer(peer, body, peer.head_bytes + length);
  }

  bool take_head(Peer& peer) {
    const auto end = find(peer.input, "\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto head = parse_head(std::string_view{peer.input}.substr(0, end + 4));
    if (!head) return refuse(peer);
    peer.head = *head;
    peer.head_bytes = peer.body_read = end + 4;
    peer.route = route_of(head->method, head->target);
    peer.chunked_body.clear();
    if (head->expects_continue) {
      std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
      peer.connection.write(interim);
    }
    return true;
  }

  /// True: complete; false: more to come; nothing: malformed.
  static std::optional<bool> decode_chunks(Peer& peer) {
    for (;;) {
      const auto rest = std::string_view{peer.input}.substr(peer.body_read);
      const auto line = rest.find("\r\n");
      if (line == std::string_view::npos) return rest.size() > 256 ? std::nullopt : std::optional{false};
      std::size_t size = 0;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + line, size, 16);
      if (line == 0 || error != std::errc{} || end != rest.data() + line || size > (1U << 30U)) return std::nullopt;
      if (rest.size() < line + 2 + size + 2) return false;
      if (rest.substr(line + 2 + size, 2) != "\r\n") return std::nullopt;
      peer.body_read += line + 2 + size + 2;
      if (size == 0) return true;
      peer.chunked_body += rest.substr(line + 2, size);
    }
  }

  bool refuse(Peer& peer) {
    stats_.remember_malformed(peer.input);
    std::string_view answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    peer.connection.write(answer);
    drop(peer, false);
    return false;
  }

  bool answer_early(Peer& peer, std::string_view body, std::size_t length) {
    if (member(body, "model").find("early") == std::string_view::npos && !defaults_.has("early")) return false;
    auto reply = reply_to(read_question(peer.route, body));
    if (!reply->early) return false;
    ++stats_.requests;
    stats_.remember(std::string_view{peer.input}.substr(0, peer.head_bytes), body);
    peer.unread_body = length - body.size();
    return start(peer, std::move(reply), peer.input.size());
  }

  bool answer(Peer& peer, std::string_view body, std::size_t request_bytes) {
    if (peer.route == Route::stats) return start(peer, document(200, stats_.json()), request_bytes);
    if (peer.route == Route::reset) {
      stats_.clear();
      return start(peer, document(200, "{}"), request_bytes);
    }
    ++stats_.requests;
    stats_.remember(std::string_view{peer.input}.substr(0, peer.head_bytes), body);
    if (peer.route == Route::unknown) return start(peer, document(404, R"({"detail":"Not Found"})"), request_bytes);
    return start(peer, reply_to(read_question(peer.route, body)), request_bytes);
  }

  std::shared_ptr<const Reply> reply_to(const Question& question) {
    auto& reply = replies_[question];
    if (!reply) {
      const auto script = Script::parse(question.model, defaults_);
      reply = std::make_shared<const Reply>(ReplyBuilder(question, script).build());
    }
    return reply;
  }

  static std::shared_ptr<const Reply> document(int status, const std::string& json) {
    Reply reply;
    reply.steps.push_back({.bytes = "HTTP/1.1 " + std::to_string(status) + " OK\r\nContent-Type: application/json\r\nContent-Length: " +
                                    std::to_string(json.size()) + "\r\n\r\n" + json});
    return std::make_shared<const Reply>(std::move(reply));
  }

  // ---- replies

  bool start(Peer& peer, std::shared_ptr<const Reply> reply, std::size_t request_bytes) {
    peer.close_after_reply = peer.head.close;
    peer.input.erase(0, request_bytes);
    peer.head_bytes = 0;
    if (reply->drop_after > 0 && peer.served >= reply->drop_after) {
      peer.connection.reset();
      drop(peer, false);
      return false;
    }
    peer.reply = std::move(reply);
    peer.step = 0;
    peer.output = {};
    peer.waiting = false;
    peer.due = Clock::now();
    return play(peer);
  }

  /// Writes what is due. True when the reply has ended and the connection lives.
  bool play(Peer& peer) {
    if (peer.stalled) return false;
    for (;;) {
      if (!peer.output.empty()) {
        const auto result = peer.connection.write(peer.output);
        if (result == Io::closed) return drop(peer, true), false;
        want_output(peer, result == Io::would_block);
        if (result == Io::would_block) return false;
      }
      if (peer.step == peer.reply->steps.size()) return end(peer);
      const auto& step = peer.reply->steps[peer.step];
      if (step.wait.count() > 0) {
        if (!peer.waiting) peer.due += step.wait;
        if (peer.due > Clock::now()) return set_alarm(peer), false;
        peer.waiting = false;
      }
      ++peer.step;
      ++stats_.events;
      peer.output = step.stamp_at == no_stamp ? std::string_view{step.bytes} : stamped(peer, step);
    }
  }

  static std::string_view stamped(Peer& peer, const Step& step) {
    peer.stamped = step.bytes;
    auto left = static_cast<unsigned long long>(Clock::now().time_since_epoch().count());
    for (std::size_t i = stamp_digits; i-- > 0; left /= 10) peer.stamped[step.stamp_at + i] = static_cast<char>('0' + left % 10);
    return peer.stamped;
  }

  bool end(Peer& peer) {
    ++peer.served;
    switch (peer.reply->ending) {
      case Ending::stall: peer.stalled = true; return false;
      case Ending::reset: peer.connection.reset(); drop(peer, false); return false;
      case Ending::fin: peer.connection.say_goodbye(); drop(peer, false); return false;
      case Ending::keep: break;
    }
    const auto limit = peer.reply->close_after;
    if (peer.close_after_reply || (limit > 0 && peer.served >= limit)) return drop(peer, false), false;
    peer.reply.reset();
    return true;
  }

  void want_output(Peer& peer, bool wanted) const {
    if (wanted == peer.wants_output) return;
    peer.wants_output = wanted;
    watch(peer.connection.socket(), EPOLLIN | EPOLLRDHUP | (wanted ? EPOLLOUT : 0U), EPOLL_CTL_MOD);
  }

  // ---- time

  void set_alarm(Peer& peer) {
    if (peer.waiting) return;
    peer.waiting = true;
    const bool first = alarms_.empty() || peer.due < alarms_.top().when;
    alarms_.push({peer.due, peer.connection.socket(), peer.id});
    if (first) arm_timer();
  }

  void ring() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(timer_, &count, sizeof count);
    const auto now = Clock::now();
    while (!alarms_.empty() && alarms_.top().when <= now) {
      const auto alarm = alarms_.top();
      alarms_.pop();
      const auto found = peers_.find(alarm.socket);
      if (found == peers_.end() || found->second->id != alarm.id || !found->second->reply) continue;
      if (play(*found->second)) take_requests(*found->second);
    }
    if (!alarms_.empty()) arm_timer();
  }

  void arm_timer() const {
    const auto when = alarms_.top().when.time_since_epoch().count();
    itimerspec spec{};
    spec.it_value.tv_sec = when / 1'000'000'000;
    spec.it_value.tv_nsec = when % 1'000'000'000;
    ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &spec, nullptr);
  }

  int listener_;
  SSL_CTX* tls_;
  const Script& defaults_;
  Stats& stats_;
  int epoll_;
  int timer_;
  long last_id_ = 0;
  std::unordered_map<int, std::unique_ptr<Peer>> peers_;
  std::map<Question, std::shared_ptr<const Reply>> replies_;
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
};

}  // namespace upstream
