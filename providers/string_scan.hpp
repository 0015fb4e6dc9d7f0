// Finds the end of a JSON string, sixteen bytes at a time. Inline: the relay of streamed events spends most of its time here. Pure.
#pragma once

#include <bit>
#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace providers {

/// The first byte from `at` that ends a run of plain string bytes: a quote, a backslash or a control byte; else `end`.
inline const char* find_string_special(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i special = _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (found != 0) return at + std::countr_zero(found);
  }
#endif
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

/// `text` starts behind an opening quote: how many bytes stand before the closing one; npos when the string does not end within `text`,
/// or holds what JSON forbids (control bytes, unknown escapes).
inline std::size_t string_length(std::string_view text) {
  const char* const end = text.data() + text.size();
  const auto is_hex = [](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
  };
  for (const char* at = text.data();;) {
    at = find_string_special(at, end);
    if (at == end) return std::string_view::npos;
    if (*at == '"') return static_cast<std::size_t>(at - text.data());
    if (*at != '\\' || end - at < 2) return std::string_view::npos;
    if (at[1] == 'u') {
      if (end - at < 6 || !is_hex(at[2]) || !is_hex(at[3]) || !is_hex(at[4]) || !is_hex(at[5])) return std::string_view::npos;
      at += 6;
    } else {
      if (std::string_view("\"\\/bfnrt").find(at[1]) == std::string_view::npos) return std::string_view::npos;
      at += 2;
    }
  }
}

}  // namespace providers
