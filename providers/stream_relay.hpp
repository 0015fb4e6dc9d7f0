// Turns an upstream's SSE stream into the client's: framing normalised, model name restamped, the usage event that only we asked for
// hidden, `[DONE]` restored, truncation never clean (BEHAVIOUR 16 to 18, streams.md). Meters what goes by. Pure: bytes in, bytes out;
// the result does not depend on how the bytes were cut.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "providers/error.hpp"
#include "providers/request.hpp"
#include "providers/usage.hpp"

namespace providers {

struct StreamOptions {
  Operation operation = Operation::chat;      // chat or completions
  std::string_view client_model;              // restamped into `model`; empty: the upstream's own stays. Outlives the relay
  bool hide_usage = false;                    // the client did not ask for the usage event
  std::size_t event_limit = 1 << 20;          // bytes of one incomplete event
};

/// One per reply. Worker-owned.
///
/// The hot path: the events of one stream share a constant prefix and suffix around the text they carry; an event of the learnt shape
/// costs a compare and a copy. Anything else is walked member by member.
class StreamRelay {
 public:
  explicit StreamRelay(const StreamOptions& options);

  /// Takes the next decoded body bytes and appends what the client shall get to `out`. After done() or failure() it ignores input.
  void feed(std::string_view bytes, std::string& out);

  /// The upstream's body has ended (cleanly or cut: `clean`). Appends a restored [DONE] or sets failure().
  void end_of_body(bool clean, std::string& out);

  /// A content, finish or terminal event has been appended: from here on every event goes out at once and nothing is retried.
  [[nodiscard]] bool committed() const { return committed_; }
  /// The terminal event has been appended: the stream is over for the client; `surplus()` says whether more bytes came behind it.
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool surplus() const { return surplus_; }
  /// Why the stream cannot go on: an error event of the upstream, a broken event, a truncation. The caller sends the error event.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  [[nodiscard]] const Usage& usage() const { return usage_; }
  [[nodiscard]] std::string_view finish_reason() const { return finish_reason_; }  // of the last choice that ended
  [[nodiscard]] std::size_t content_events() const { return content_events_; }
  [[nodiscard]] std::size_t held_bytes() const { return partial_.size(); }         // of an incomplete event

 private:
  StreamOptions options_;
  std::string partial_;
  bool committed_ = false;
  bool done_ = false;
  bool surplus_ = false;
  std::optional<Error> failure_;
  Usage usage_;
  std::string finish_reason_;
  std::size_t content_events_ = 0;
};

}  // namespace providers
