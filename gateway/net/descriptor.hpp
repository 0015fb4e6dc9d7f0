// A non-blocking descriptor whose readiness coroutines can wait for, registered with Asio's epoll reactor.
//
// Asio's own async_read tries a receive before it waits, and async_wait re-arms with epoll_ctl: one system call too many on every event of a
// paced stream (DESIGN section 7: a third of its cost). The reactor itself knows better: it remembers, per descriptor, an edge that came while
// nobody waited, and trusts an operation that says it took everything ("done_and_exhausted"). So the operation here performs nothing but
// that answer; the stream above calls recv and send itself, once per edge. This is the only file that uses boost::asio::detail.
#pragma once

#include <memory>

#include "gateway/net/event.hpp"

namespace net {

class Loop;

/// Owns the descriptor. Worker-owned.
class Descriptor {
 public:
  /// Takes over `fd`, which must be non-blocking and of a kind that epoll knows.
  Descriptor(Loop& loop, int fd);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;

  [[nodiscard]] int fd() const noexcept;
  Loop& loop() noexcept;

  /// Fires at the next edge (at once if one came since the last). Call before each wait; calling it again while armed is free.
  Event& readable();
  Event& writable();
  /// The same events, without arming anything.
  Event& readable_event() noexcept;
  Event& writable_event() noexcept;

  /// Stops watching and closes. The object may only be destroyed afterwards.
  void close();

 private:
  struct State;
  State* state_;  // outlives this object while an operation is in flight
};

}  // namespace net
