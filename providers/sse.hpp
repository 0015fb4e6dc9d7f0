// Server-sent events: where one ends in a stream of bytes, and what its lines say. Lines may end in LF, CRLF or CR, also mixed. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace providers {

/// What was cut off the front of the input.
struct SseCut {
  std::size_t consumed = 0;  // 0: the input ends before the unit does
  std::size_t length = 0;    // of the event or comment, so far as the input has it: what a bound is held against
  std::string_view lines = {};  // an event's lines with their ends, the blank line left out; empty: nothing (blank lines, a comment, the BOM)
};

/// Cuts a byte stream into events. It remembers how far it has searched, so that a long event that drips in is read once.
class SseFraming {
 public:
  /// `input` is everything not yet consumed: what the last call left, and what came since. Not empty.
  /// A carriage return at the end of the input ends its line at once; a line feed behind it counts as an empty line between events.
  SseCut next(std::string_view input);

  /// The caller took the event that has begun by itself: what was searched of it is forgotten.
  void restart() { line_ = searched_ = 0; }

 private:
  bool begun_ = false;         // the byte order mark has been judged
  std::size_t line_ = 0;       // where the first incomplete line begins
  std::size_t searched_ = 0;   // no line end stands before this

  [[nodiscard]] SseCut cut(std::size_t consumed, std::size_t length, std::string_view lines = {});
};

/// One event's fields. Views into its lines or into the scratch text that was given.
struct SseEvent {
  std::string_view name;     // `event`
  std::string_view data;     // all `data` lines, joined with LF
  std::string_view error;    // `error`, a field of older llama.cpp servers
};

/// Reads an event's lines; `scratch` is overwritten when several `data` lines must be joined. Other fields and comments are dropped.
SseEvent read_sse_event(std::string_view lines, std::string& scratch);

}  // namespace providers
