// A listening socket of one worker (SO_REUSEPORT: the kernel spreads connections, an accepted socket never changes its thread).
#pragma once

#include <functional>
#include <string>

#include "gateway/net/address.hpp"
#include "gateway/net/descriptor.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/task.hpp"

namespace net {

/// Binds and listens; port 0 takes a free one. Returns the descriptor; throws std::system_error.
int listen_on(const Endpoint& endpoint);
Endpoint local_endpoint(int fd);

/// Worker-owned. accept_all() runs until stop().
class Listener {
 public:
  using Accepted = std::function<void(int fd, const Address& peer)>;

  /// Takes over a listening descriptor.
  Listener(Loop& loop, int fd, Accepted accepted);

  /// Hands every connection to `accepted`, which owns the descriptor from then on. Out of descriptors it gives up a reserved one to turn the
  /// waiting connection away, and goes on.
  Task<void> accept_all();
  /// Takes what is still queued (closing an SO_REUSEPORT listener would reset it), then closes.
  void stop();

 private:
  void accept_queued();

  Loop& loop_;
  Descriptor descriptor_;
  Accepted accepted_;
  Event stopped_;
  int reserve_;  // an open descriptor to give up when none is left
};

}  // namespace net
