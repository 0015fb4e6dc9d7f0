#include "gateway/net/loop.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

namespace net {

// UNSAFE_IO: one thread runs this context, so its reactor needs no locks; post() from other threads stays safe.
Loop::Loop() : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), timer_(context_), scratch_(std::make_unique<char[]>(scratch_bytes)) {}

void Loop::run() {
  tick();
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& fault) {
      spdlog::error("a handler failed: {}", fault.what());
    }
  }
}

void Loop::stop() { context_.stop(); }

void Loop::post(std::function<void()> work) { boost::asio::post(context_, std::move(work)); }

void Loop::tick() {
  timer_.expires_after(Deadlines::tick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    tick();  // first, so that nothing below can stop the clock
    const Instant now = Clock::now();
    deadlines_.sweep(now);
    if (on_tick_) on_tick_(now);
  });
}

}  // namespace net
