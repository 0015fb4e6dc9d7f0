// What the fake upstream has seen, as GET /__stats shows it. Thread-safe: all serving threads share one.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace upstream {

class Stats {
 public:
  static constexpr std::size_t kept_body_bytes = 65'536;

  std::atomic<long> requests{0};         // complete requests of inference routes
  std::atomic<long> connections{0};      // accepted
  std::atomic<long> open_connections{0};
  std::atomic<long> aborted{0};          // closed by the peer before the reply had ended
  std::atomic<long> malformed{0};        // refused heads and chunks
  std::atomic<long> events{0};           // writes of replies

  void remember(std::string_view head, std::string_view body) {
    const std::lock_guard lock(mutex_);
    last_head_ = head;
    last_body_ = body.substr(0, kept_body_bytes);
    last_body_bytes_ = body.size();
  }

  void remember_malformed(std::string_view head) {
    ++malformed;
    const std::lock_guard lock(mutex_);
    last_malformed_ = head.substr(0, 4096);
  }

  void clear() {
    requests = connections = aborted = malformed = events = 0;
    const std::lock_guard lock(mutex_);
    last_head_.clear();
    last_body_.clear();
    last_malformed_.clear();
    last_body_bytes_ = 0;
  }

  [[nodiscard]] std::string json() const {
    const std::lock_guard lock(mutex_);
    auto number = [](std::string_view name, long value) { return "\"" + std::string(name) + "\":" + std::to_string(value) + ","; };
    return "{" + number("requests", requests) + number("connections", connections) + number("open_connections", open_connections) + number("aborted", aborted) +
           number("malformed", malformed) + number("events", events) + number("last_request_body_bytes", static_cast<long>(last_body_bytes_)) +
           "\"last_request_headers\":" + latin1(last_head_) + ",\"last_request_body\":" + latin1(last_body_) + ",\"last_malformed\":" + latin1(last_malformed_) + "}";
  }

 private:
  /// Every byte as one code point, so that any input can be shown: readers encode as latin-1 to have the bytes back.
  static std::string latin1(std::string_view bytes) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') out += c;
      else (out += "\\u00") += {hex[byte >> 4], hex[byte & 15U]};
    }
    return out += '"';
  }

  mutable std::mutex mutex_;
  std::string last_head_, last_body_, last_malformed_;
  std::size_t last_body_bytes_ = 0;
};

}  // namespace upstream
