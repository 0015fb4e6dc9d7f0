// One request to an upstream and its reply. Worker-owned.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "gateway/http/chunks.hpp"
#include "gateway/http/head.hpp"
#include "gateway/http/pool.hpp"

namespace http {

/// What ends a wait early. The deadline is the caller's and is moved on by it; `cancelled` is the exchange's.
struct Patience {
  net::Deadline& deadline;
  net::Event& cancelled;
};

/// What went wrong below HTTP's meaning.
enum class Trouble {
  none,
  timed_out,   // the deadline fired
  cancelled,   // the exchange was
  closed,      // the peer closed or reset before the end
  malformed,   // not HTTP, or broken framing
};

class Call {
 public:
  /// Takes over a connection.
  Call(std::unique_ptr<Connection> connection, net::Loop& loop, const config::RelayLimits& limits)
      : connection_(std::move(connection)), loop_(loop), limits_(limits) {}

  /// Sends head and body and reads the reply's head. An upstream that answers before it has read everything is heard. The pieces must stay
  /// valid until it returns.
  net::Task<Trouble> exchange(std::span<const std::string_view> pieces, Patience patience);

  /// Valid as long as the call.
  [[nodiscard]] const ResponseHead& head() const noexcept { return head_; }

  /// The head's fields are not needed any more: a long stream does not hold them.
  void release_head() {
    std::vector<Field>().swap(head_.fields);
    std::string().swap(connection_->head);
  }

  struct Read {
    enum class State { bytes, would_block, end, failed };
    State state = State::bytes;
    std::string_view bytes = {};  // decoded; in the loop's scratch: valid until the next wait
    Trouble trouble = Trouble::none;
  };
  /// The next bytes of the reply's body. To be called at once after exchange() returned, without a wait in between; after would_block wait
  /// for readable(). `end` comes once, alone or after the last bytes.
  Read read_now();
  net::Event& readable() { return connection_->stream->readable(); }

  /// Whether anything of the reply came back: if not, and the connection was a reused one, it may have been closed while idle.
  [[nodiscard]] bool stale() const noexcept { return connection_->reused && !heard_; }
  /// Whether any byte of the request was handed to the system.
  [[nodiscard]] bool sent_anything() const noexcept { return sent_ > 0; }

  /// The connection, when the exchange ended so that another may follow; null otherwise (it is then closed).
  std::unique_ptr<Connection> take_reusable();
  /// Whether waiting a moment for the end of the body could still make the connection reusable.
  [[nodiscard]] bool may_end_soon() const noexcept {
    return connection_ != nullptr && !finished_ && !chunks_.failed() && request_complete_ && head_.keep_alive && head_.framing == Framing::chunked;
  }
  /// The rest is not wanted: the connection is closed with a reset, so that the upstream notices at once.
  void abort();

 private:
  net::Task<Trouble> send(std::span<const std::string_view> pieces, Patience patience);
  net::Task<Trouble> receive_head(Patience patience);
  Read decode(std::span<char> bytes);

  std::unique_ptr<Connection> connection_;
  net::Loop& loop_;
  const config::RelayLimits& limits_;
  ResponseHead head_;
  ChunkDecoder chunks_;
  std::uint64_t remaining_ = 0;     // of a body with a length
  std::span<char> behind_head_;     // body bytes that came with the head, still in the scratch
  std::size_t sent_ = 0;
  bool request_complete_ = false;
  bool heard_ = false;
  bool finished_ = false;
  bool surplus_ = false;
};

}  // namespace http
