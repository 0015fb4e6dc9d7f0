// The shape that the content events of one stream share: everything but the text they carry (and OpenAI's random padding) is the same
// from event to event. Learnt from one event that was read in full, it lets the next ones pass at the price of a compare and a copy. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "providers/chunk_scan.hpp"

namespace providers {

/// An event of the shape at the front of the input; `length` 0: there is none.
struct ShapeMatch {
  std::size_t length = 0;      // in the input, blank line included
  std::size_t text_bytes = 0;  // of the text it carries
};

/// Wire bytes between the strings that vary, and what the client gets in their place. A match proves that the event is the learnt one
/// with other strings in it: nothing is guessed.
class EventShape {
 public:
  /// `wire` is the event as it came, blank line included, in one `data` line; `json` the object in it, which `chunk` describes.
  /// `model` is what stands for the values of `model` (quotes included; empty: they stay). Returns false when the event is no pattern
  /// for others: it carries more than one text, ends a choice, or reports usage.
  bool learn(std::string_view wire, std::string_view json, const Chunk& chunk, std::string_view model);

  /// The varying strings of the last match are kept for append().
  [[nodiscard]] ShapeMatch match(std::string_view input);

  /// Appends the last match as the client gets it.
  void append(std::string& out) const;

  /// The client gets the very bytes of the upstream: runs of such events may be copied at once.
  [[nodiscard]] bool is_verbatim() const { return verbatim_; }

 private:
  static constexpr std::size_t max_holes = 2;  // text and padding
  struct Literal {
    std::string wire;
    std::string client;
  };
  std::array<Literal, max_holes + 1> literals_;
  std::array<std::string_view, max_holes> strings_;
  std::size_t holes_ = 0;  // 0: nothing learnt
  std::size_t text_hole_ = 0;
  bool verbatim_ = false;
};

/// Appends the part of an event's JSON that is `range` (a view into the scanned text), with `model` in place of each of `models`.
void append_restamped(std::string& out, std::string_view range, const std::vector<std::string_view>& models, std::string_view model);

}  // namespace providers
