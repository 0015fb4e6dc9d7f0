// Reads one HTTP/1.1 reply as it comes and judges it, so that a broken proxy cannot look fast. Pure: bytes and times in.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace load {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

/// What every reply of a run must be.
struct Expectation {
  bool stream = false;
  long events = 0;               // content events of a stream; with them come role, finish, (usage) and [DONE]
  bool stamped = false;          // each content event says when it was sent
  nanoseconds pace{0};           // between content events: one that comes this late came only with the next one
};

/// Sums over all replies of a run.
struct Tally {
  long events = 0;
  long held_back = 0;
  std::vector<nanoseconds> event_delays;  // of stamped events: from the upstream's send to our read
};

class ReplyReader {
 public:
  enum class State { incomplete, complete, broken };

  ReplyReader(const Expectation& expected, Tally& tally) : expected_(expected), tally_(tally) {}

  void start(Clock::time_point asked) {
    asked_ = asked;
    head_.clear();
    tail_.clear();
    in_head_ = true;
    chunked_ = last_was_done_ = false;
    left_ = body_bytes_ = 0;
    events_ = 0;
    first_event_ = nanoseconds{0};
    chunk_ = Chunk::size;
    size_line_.clear();
    problem_.clear();
  }

  State feed(std::string_view bytes, Clock::time_point now) {
    if (in_head_) {
      head_ += bytes;
      const auto end = head_.find("\r\n\r\n");
      if (end == std::string::npos) return State::incomplete;
      const std::string rest = head_.substr(end + 4);
      head_.resize(end + 2);
      in_head_ = false;
      if (!read_head()) return State::broken;
      return feed_body(rest, now);
    }
    return feed_body(bytes, now);
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }
  [[nodiscard]] nanoseconds first_event() const { return first_event_; }
  [[nodiscard]] long events() const { return events_; }

 private:
  enum class Chunk { size, data, data_end, last };

  bool read_head() {
    if (!head_.starts_with("HTTP/1.1 200")) return fail("status line: " + head_.substr(0, head_.find('\r')));
    for (auto& c : head_)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (const auto at = head_.find("\r\ncontent-length:"); at != std::string::npos) {
      const auto digits = head_.find_first_of("0123456789", at);
      std::from_chars(head_.data() + digits, head_.data() + head_.size(), left_);
    } else if (head_.find("\r\ntransfer-encoding: chunked") != std::string::npos) {
      chunked_ = true;
    } else {
      return fail("neither a length nor chunks");
    }
    if (head_.find(expected_.stream ? "text/event-stream" : "application/json") == std::string::npos) return fail("wrong content type");
    return true;
  }

  State feed_body(std::string_view bytes, Clock::time_point now) {
    if (!chunked_) {
      if (bytes.size() > left_) return fail("bytes after the body"), State::broken;
      left_ -= bytes.size();
      content(bytes, now);
      return left_ > 0 ? State::incomplete : judge();
    }
    while (!bytes.empty()) {
      switch (chunk_) {
        case Chunk::size:
        case Chunk::last: {
          const auto end = bytes.find('\n');
          size_line_ += bytes.substr(0, end);
          if (end == std::string_view::npos) return State::incomplete;
          bytes.remove_prefix(end + 1);
          if (chunk_ == Chunk::last) {
            if (!bytes.empty()) return fail("bytes after the last chunk"), State::broken;
            return judge();
          }
          left_ = 0;
          std::from_chars(size_line_.data(), size_line_.data() + size_line_.size(), left_, 16);
          size_line_.clear();
          chunk_ = left_ > 0 ? Chunk::data : Chunk::last;
          break;
        }
        case Chunk::data: {
          const auto part = bytes.substr(0, left_);
          content(part, now);
          left_ -= part.size();
          bytes.remove_prefix(part.size());
          if (left_ == 0) chunk_ = Chunk::data_end, left_ = 2;
          break;
        }
        case Chunk::data_end: {
          const auto part = bytes.substr(0, left_);
          left_ -= part.size();
          bytes.remove_prefix(part.size());
          if (left_ == 0) chunk_ = Chunk::size;
          break;
        }
      }
    }
    return State::incomplete;
  }

  void content(std::string_view bytes, Clock::time_point now) {
    body_bytes_ += bytes.size();
    if (!expected_.stream) {
      keep_tail(bytes);
      return;
    }
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      tail_ += bytes.substr(0, end);
      if (end == std::string_view::npos) return;
      bytes.remove_prefix(end + 1);
      if (!tail_.empty()) line(now);
    }
  }

  /// A whole line of the stream, in tail_; the last one stays there for judge().
  void line(Clock::time_point now) {
    if (tail_.starts_with("data: {")) {
      if (tail_.find("\"finish_reason\":null") != std::string::npos && tail_.find("\"role\"") == std::string::npos) {
        if (events_++ == 0) first_event_ = now - asked_;
        if (expected_.stamped) stamped(now);
      }
      last_was_done_ = false;
    } else if (tail_ == "data: [DONE]") {
      last_was_done_ = true;
    }
    tail_.clear();
  }

  void stamped(Clock::time_point now) {
    const auto at = tail_.find("\"@");
    std::int64_t sent = 0;
    if (at == std::string::npos) return;
    std::from_chars(tail_.data() + at + 2, tail_.data() + at + 22, sent);
    const auto delay = now.time_since_epoch() - nanoseconds(sent);
    tally_.event_delays.push_back(delay);
    if (expected_.pace.count() > 0 && delay >= expected_.pace) ++tally_.held_back;
  }

  State judge() {
    if (expected_.stream) {
      tally_.events += events_;
      if (!last_was_done_) return fail("no [DONE]"), State::broken;
      if (events_ != expected_.events) return fail("events: " + std::to_string(events_)), State::broken;
      last_was_done_ = false;
      return State::complete;
    }
    if (tail_.find("\"system_fingerprint\"") == std::string::npos || !tail_.ends_with('}')) return fail("the end of the document is missing"), State::broken;
    return State::complete;
  }

  void keep_tail(std::string_view bytes) {
    tail_ += bytes;
    if (tail_.size() > 256) tail_.erase(0, tail_.size() - 256);
  }

  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  const Expectation& expected_;
  Tally& tally_;
  Clock::time_point asked_;
  std::string head_, tail_, size_line_, problem_;
  bool in_head_ = true, chunked_ = false, last_was_done_ = false;
  std::size_t left_ = 0, body_bytes_ = 0;
  long events_ = 0;
  nanoseconds first_event_{0};
  Chunk chunk_ = Chunk::size;
};

}  // namespace load
