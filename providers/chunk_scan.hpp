// What one event of a chat or completions stream says, as far as the relay acts on it. Pure; views into the scanned text.
#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>
#include <vector>

namespace providers {

/// Choices are numbered 0 ... 127 by every client; anything else shares the last place.
inline constexpr std::size_t max_choices = 128;
using ChoiceSet = std::bitset<max_choices>;

/// One is reused for all events of a stream: scan_chunk() overwrites it and keeps capacity.
struct Chunk {
  std::vector<std::string_view> models;  // the values of top-level `model`: one, unless the upstream repeats the member
  std::string_view usage;                // the object, wherever it stood; empty: none, or null
  std::string_view error;                // the text that tells of an error: the whole chunk, or Groq's word; empty: all is well
  std::string_view finish_reason;        // of the last choice that ends here, between its quotes
  std::string_view text;                 // between its quotes: the one string that carries all that this event carries; else empty
  std::string_view padding;              // OpenAI's `obfuscation`, between its quotes: random, so different in each event
  ChoiceSet choices;
  ChoiceSet finished;
  std::size_t content_parts = 0;         // members that carry content: BEHAVIOUR 17 commits on the first
  std::size_t text_bytes = 0;            // of text, reasoning, refusals and arguments, as spelt in JSON
  bool empty_choices = false;            // "choices": []
};

/// Scans one JSON object. False when it is not one; the chunk is then undefined.
bool scan_chunk(std::string_view json, Chunk& chunk);

}  // namespace providers
