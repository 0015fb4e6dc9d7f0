// What a reply said it used. Units: tokens. Pure data.
#pragma once

#include <cstdint>

namespace providers {

struct Usage {
  std::int64_t input = 0;        // prompt_tokens: everything read, cached and cache-written parts included
  std::int64_t output = 0;       // completion_tokens: everything written, reasoning included
  std::int64_t total = 0;
  std::int64_t cached = 0;       // prompt_tokens_details.cached_tokens, a part of input
  std::int64_t cache_write = 0;  // a part of input
  std::int64_t reasoning = 0;    // a part of output
  std::int64_t audio_input = 0;
  std::int64_t audio_output = 0;
  bool seen = false;             // the upstream reported it, and sanely (not negative, not absurd)

  friend bool operator==(const Usage&, const Usage&) = default;
};

}  // namespace providers
