// The byte classes of RFC 9110 and RFC 9112, and fast scans over them: what the head parsers, the chunk decoder and the head writer share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace http::grammar {

using ByteClass = std::array<bool, 256>;

inline constexpr ByteClass token_bytes = [] {
  ByteClass set{};
  for (unsigned char byte = '0'; byte <= '9'; ++byte) set[byte] = true;
  for (unsigned char byte = 'a'; byte <= 'z'; ++byte) set[byte] = set[byte - 'a' + 'A'] = true;
  for (const char mark : std::string_view{"!#$%&'*+-.^_`|~"}) set[static_cast<unsigned char>(mark)] = true;
  return set;
}();

constexpr bool is_token_byte(char c) { return token_bytes[static_cast<unsigned char>(c)]; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Field values, reason phrases: visible ASCII, blanks and obs-text (0x80 and above); never a control.
constexpr bool is_value_byte(char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t'; }
/// Request targets: visible ASCII; a fragment is never sent.
constexpr bool is_target_byte(char c) { return c > 0x20 && c < 0x7f && c != '#'; }

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = to_lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

constexpr bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (to_lower(left[i]) != to_lower(right[i])) return false;
  return true;
}

constexpr std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Calls `visit(element)` for each element of a comma-separated list, trimmed; empty ones too.
template <class Visit>
constexpr void for_each_element(std::string_view list, Visit visit) {
  for (;;) {
    const auto comma = list.find(',');
    visit(trim_blanks(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

inline const char* skip_token(const char* at, const char* end) {
  while (at != end && is_token_byte(*at)) ++at;
  return at;
}

#ifdef __SSE2__
namespace detail {
/// The first byte for which `outside` (a 16-byte mask of offenders) or `member` (one byte at a time, for the rest) says stop.
template <class Outside, class Member>
const char* skip_while(const char* at, const char* end, Outside outside, Member member) {
  for (; end - at >= 16; at += 16) {
    const auto block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    if (const int mask = _mm_movemask_epi8(outside(block))) return at + __builtin_ctz(static_cast<unsigned>(mask));
  }
  while (at != end && member(*at)) ++at;
  return at;
}
}  // namespace detail
#endif

inline const char* skip_value(const char* at, const char* end) {
#ifdef __SSE2__
  const auto outside = [](__m128i block) {
    const auto control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
    const auto tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
    const auto del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
    return _mm_or_si128(_mm_andnot_si128(tab, control), del);
  };
  return detail::skip_while(at, end, outside, is_value_byte);
#else
  while (at != end && is_value_byte(*at)) ++at;
  return at;
#endif
}

inline const char* skip_target(const char* at, const char* end) {
#ifdef __SSE2__
  const auto outside = [](__m128i block) {  // bytes from 0x80 on are negative, so "not above blank" covers them
    const auto visible = _mm_cmpgt_epi8(block, _mm_set1_epi8(0x20));
    const auto del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
    const auto fragment = _mm_cmpeq_epi8(block, _mm_set1_epi8('#'));
    return _mm_or_si128(_mm_xor_si128(visible, _mm_set1_epi8(-1)), _mm_or_si128(del, fragment));
  };
  return detail::skip_while(at, end, outside, is_target_byte);
#else
  while (at != end && is_target_byte(*at)) ++at;
  return at;
#endif
}

}  // namespace http::grammar
