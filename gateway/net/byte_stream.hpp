// Bytes in both directions: a TCP or a TLS connection, or one in memory, of one type to everyone above. Worker-owned.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string_view>

#include "gateway/net/deadline.hpp"
#include "gateway/net/event.hpp"
#include "gateway/net/task.hpp"

namespace net {

struct IoResult {
  enum class State : unsigned char {
    done,         // `bytes` were moved
    would_block,  // none now: wait for readable() or writable()
    end,          // the peer has sent all it will (FIN, TLS close_notify)
    failed,       // the connection is gone: reset, broken pipe, TLS fault
  };
  State state = State::done;
  std::size_t bytes = 0;
  int error = 0;  // failed: errno, 0 for a TLS fault
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Moves what can be moved now; never waits.
  virtual IoResult read_now(std::span<char> into) = 0;
  virtual IoResult write_now(std::span<const iovec> pieces) = 0;

  /// Fired when a read or write is worth trying. Ask anew before each wait.
  virtual Event& readable() = 0;
  virtual Event& writable() = 0;

  /// Says that we have sent all we will; reading goes on.
  virtual void finish_writing() = 0;
  /// Makes the close a reset, so that the peer cannot take what it got for a complete message.
  virtual void abort() = 0;
};

/// Writes everything, or fails: with `end` when the peer took nothing for `idle`. Returns synchronously while the peer keeps up.
Task<IoResult> write_all(ByteStream& stream, std::span<const iovec> pieces, Deadline& idle_deadline, std::chrono::milliseconds idle);

inline iovec piece(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

}  // namespace net
