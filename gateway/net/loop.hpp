// What one worker thread runs on: an io_context, the deadlines, and buffers that are only used between two waits. Worker-owned.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "gateway/net/deadline.hpp"

namespace net {

class Loop {
 public:
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop(). An exception that escapes a handler ends that handler's work only.
  void run();
  /// Thread-safe.
  void stop();
  /// Runs `work` on this loop's thread. Thread-safe.
  void post(std::function<void()> work);
  /// Called on every tick of the deadlines.
  void on_tick(std::function<void(Instant)> callback) { on_tick_ = std::move(callback); }

  boost::asio::io_context& context() noexcept { return context_; }
  Deadlines& deadlines() noexcept { return deadlines_; }

  /// Where sockets are read into. Its bytes are valid until the next co_await: what must live longer is copied. One buffer for all
  /// connections keeps an idle one small.
  std::span<char> scratch() noexcept { return {scratch_.get(), scratch_bytes}; }
  /// Where output is put together before it is written, with the same lifetime.
  std::string& output() noexcept {
    output_.clear();
    return output_;
  }

  static constexpr std::size_t scratch_bytes = 64 * 1024;

 private:
  void tick();

  boost::asio::io_context context_;
  boost::asio::steady_timer timer_;
  Deadlines deadlines_;
  std::function<void(Instant)> on_tick_;
  std::unique_ptr<char[]> scratch_;
  std::string output_;
};

}  // namespace net
