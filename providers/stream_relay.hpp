// Turns an upstream's SSE stream into the client's: framing normalised, model name restamped, the usage event that only we asked for
// hidden, `[DONE]` restored, truncation never clean (BEHAVIOUR 16 to 18, streams.md). Meters what goes by. Pure: bytes in, bytes out;
// the result does not depend on how the bytes were cut.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "providers/chunk_scan.hpp"
#include "providers/error.hpp"
#include "providers/event_shape.hpp"
#include "providers/request.hpp"
#include "providers/sse.hpp"
#include "providers/usage.hpp"

namespace providers {

struct StreamOptions {
  Operation operation = Operation::chat;      // chat or completions
  std::string_view client_model = {};         // restamped into `model`; empty: the upstream's own stays. Outlives the relay
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
  /// Of text, reasoning, refusals and tool arguments, as spelt in JSON: what an aborted stream is estimated by.
  [[nodiscard]] std::size_t content_bytes() const { return content_bytes_; }
  [[nodiscard]] std::size_t held_bytes() const { return partial_.size(); }         // of an incomplete event

 private:
  static constexpr std::size_t learnt_shapes = 4;  // e.g. two choices, each with text and tool arguments

  StreamOptions options_;
  std::string model_;               // client_model as a JSON string; empty: nothing is restamped
  SseFraming framing_;
  std::string partial_;             // an event that has not ended yet
  std::string joined_;              // scratch for events of several data lines
  Chunk chunk_;                     // scratch: what the last event said
  std::array<EventShape, learnt_shapes> shapes_;
  std::size_t recent_shape_ = 0;    // matched last, so tried first
  std::size_t oldest_shape_ = 0;    // replaced by the next one learnt

  ChoiceSet choices_;               // that have appeared
  ChoiceSet finished_;
  std::size_t reported_choices_ = 0;  // finished when the last event came that held nothing but usage
  bool committed_ = false;
  bool done_ = false;
  bool surplus_ = false;
  std::optional<Error> failure_;
  Usage usage_;
  std::string finish_reason_;
  std::size_t content_events_ = 0;
  std::size_t content_bytes_ = 0;

  [[nodiscard]] bool over() const { return done_ || failure_.has_value(); }
  std::size_t take_whole_events(std::string_view input, std::string& out);
  std::string_view complete_partial(std::string_view bytes, std::string& out);
  std::size_t take_learnt_events(std::string_view input, std::string& out);
  std::size_t take_next(std::string_view input, std::string& out);
  void take_event(std::string_view lines, std::string_view wire, std::string& out);
  void take_chunk(std::string_view json, std::string_view wire, std::string& out);
  void meter(const Chunk& chunk);
  void meter_usage(const Chunk& chunk);
  [[nodiscard]] bool is_hidden(const Chunk& chunk) const;
  void learn(std::string_view wire, std::string_view json);
  void finish(std::string& out);
};

}  // namespace providers
