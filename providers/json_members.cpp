#include "providers/json_members.hpp"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace providers {
namespace {

constexpr const char* unexpected_end = "unexpected end of data";
constexpr const char* unexpected_character = "unexpected character";
constexpr const char* too_deep = "nested more than 64 levels deep";
constexpr const char* bad_escape = "invalid escape in string";
constexpr const char* control_byte = "control character in string";
constexpr const char* bad_number = "invalid number";
constexpr const char* bad_literal = "invalid literal";
constexpr const char* name_expected = "member name expected";
constexpr const char* colon_expected = "':' expected behind a member name";
constexpr const char* comma_or_brace = "',' or '}' expected";
constexpr const char* comma_or_bracket = "',' or ']' expected";
constexpr const char* extra_data = "unexpected content behind the document";

/// A cursor over the text. `fault` is set once; `at` then stands on the offending byte.
struct Cursor {
  const char* at;
  const char* end;
  const char* fault = nullptr;

  bool fail(const char* what) {
    fault = what;
    return false;
  }
};

bool is_blank(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }
bool is_digit(char byte) { return static_cast<unsigned char>(byte - '0') < 10; }
bool is_hex(char byte) { return is_digit(byte) || static_cast<unsigned char>((byte | 0x20) - 'a') < 6; }

void skip_blanks(Cursor& cursor) {
  while (cursor.at != cursor.end && is_blank(*cursor.at)) ++cursor.at;
}

/// The first byte from `at` that ends a run of plain string bytes: a quote, a backslash or a control byte; else `end`.
const char* find_special(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  const auto load = [](const char* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); };
  const auto specials = [&](__m128i bytes) {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    return _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
  };
  const auto first = [](__m128i found) { return std::countr_zero(static_cast<unsigned>(_mm_movemask_epi8(found))); };

  // The first block alone: most strings are shorter than it. Long ones go on four blocks at a time.
  if (end - at >= 16) {
    const __m128i found = specials(load(at));
    if (_mm_movemask_epi8(found) != 0) return at + first(found);
    at += 16;
  }
  for (; end - at >= 64; at += 64) {
    const __m128i a = specials(load(at)), b = specials(load(at + 16)), c = specials(load(at + 32)), d = specials(load(at + 48));
    if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) != 0) break;
  }
  for (; end - at >= 16; at += 16) {
    const __m128i found = specials(load(at));
    if (_mm_movemask_epi8(found) != 0) return at + first(found);
  }
#endif
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

/// `at` stands on the backslash; moves behind the escape.
bool skip_escape(Cursor& cursor) {
  if (cursor.end - cursor.at < 2) {
    cursor.at = cursor.end;
    return cursor.fail(unexpected_end);
  }
  switch (cursor.at[1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
      cursor.at += 2;
      return true;
    case 'u':
      for (int digit = 2; digit < 6; ++digit) {
        if (cursor.end - cursor.at <= digit) {
          cursor.at = cursor.end;
          return cursor.fail(unexpected_end);
        }
        if (!is_hex(cursor.at[digit])) return cursor.fail(bad_escape);
      }
      cursor.at += 6;
      return true;
    default:
      return cursor.fail(bad_escape);
  }
}

/// `at` stands on the opening quote; moves behind the closing one. `escaped` tells whether a backslash was met.
bool skip_string(Cursor& cursor, bool& escaped) {
  escaped = false;
  ++cursor.at;
  for (;;) {
    cursor.at = find_special(cursor.at, cursor.end);
    if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
    if (*cursor.at == '"') {
      ++cursor.at;
      return true;
    }
    if (*cursor.at != '\\') return cursor.fail(control_byte);
    escaped = true;
    if (!skip_escape(cursor)) return false;
  }
}

bool skip_digits(Cursor& cursor) {
  if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
  if (!is_digit(*cursor.at)) return cursor.fail(bad_number);
  while (cursor.at != cursor.end && is_digit(*cursor.at)) ++cursor.at;
  return true;
}

bool skip_number(Cursor& cursor) {
  if (*cursor.at == '-') ++cursor.at;
  if (cursor.at != cursor.end && *cursor.at == '0') {
    ++cursor.at;  // no digit may follow; whoever comes next refuses it
  } else if (!skip_digits(cursor)) {
    return false;
  }
  if (cursor.at != cursor.end && *cursor.at == '.') {
    ++cursor.at;
    if (!skip_digits(cursor)) return false;
  }
  if (cursor.at != cursor.end && (*cursor.at | 0x20) == 'e') {
    ++cursor.at;
    if (cursor.at != cursor.end && (*cursor.at == '+' || *cursor.at == '-')) ++cursor.at;
    if (!skip_digits(cursor)) return false;
  }
  return true;
}

bool skip_literal(Cursor& cursor, std::string_view literal) {
  for (const char expected : literal) {
    if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
    if (*cursor.at != expected) return cursor.fail(bad_literal);
    ++cursor.at;
  }
  return true;
}

/// A value that is not a container; `at` stands on its first byte.
bool skip_scalar(Cursor& cursor, JsonKind& kind) {
  bool escaped = false;
  switch (*cursor.at) {
    case '"':
      kind = JsonKind::string;
      return skip_string(cursor, escaped);
    case 't':
      kind = JsonKind::boolean;
      return skip_literal(cursor, "true");
    case 'f':
      kind = JsonKind::boolean;
      return skip_literal(cursor, "false");
    case 'n':
      kind = JsonKind::null;
      return skip_literal(cursor, "null");
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      kind = JsonKind::number;
      return skip_number(cursor);
    default:
      return cursor.fail(unexpected_character);
  }
}

/// A member's name and its colon; leaves `at` on the first byte of the value.
bool skip_name(Cursor& cursor, bool& escaped) {
  if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
  if (*cursor.at != '"') return cursor.fail(name_expected);
  if (!skip_string(cursor, escaped)) return false;
  return true;
}

bool skip_colon(Cursor& cursor) {
  skip_blanks(cursor);
  if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
  if (*cursor.at != ':') return cursor.fail(colon_expected);
  ++cursor.at;
  skip_blanks(cursor);
  return true;
}

/// The containers that are open, innermost in the lowest bit: 1 an object, 0 an array.
class BracketStack {
 public:
  explicit BracketStack(int outer_depth) : depth_(outer_depth), floor_(outer_depth) {}
  bool push(bool object) {
    if (depth_ == max_json_depth) return false;
    bits_ = bits_ << 1 | static_cast<std::uint64_t>(object);
    ++depth_;
    return true;
  }
  void pop() {
    bits_ >>= 1;
    --depth_;
  }
  [[nodiscard]] bool empty() const { return depth_ == floor_; }
  [[nodiscard]] bool in_object() const { return (bits_ & 1) != 0; }

 private:
  std::uint64_t bits_ = 0;
  int depth_;
  int floor_;
  static_assert(max_json_depth <= 64);
};

/// A container opened inside `outer_depth` others; `at` stands on its bracket and ends behind the matching one.
/// One loop and a bit stack in place of recursion: depth costs no machine stack.
bool skip_container(Cursor& cursor, int outer_depth) {
  BracketStack open{outer_depth};
  bool escaped = false;
  for (;;) {
    // `at` stands on the first byte of a value.
    if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
    if (*cursor.at == '{' || *cursor.at == '[') {
      if (!open.push(*cursor.at == '{')) return cursor.fail(too_deep);
      const char closing = open.in_object() ? '}' : ']';
      ++cursor.at;
      skip_blanks(cursor);
      if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
      if (*cursor.at != closing) {
        if (open.in_object() && !(skip_name(cursor, escaped) && skip_colon(cursor))) return false;
        continue;
      }
      ++cursor.at;
      open.pop();
    } else {
      JsonKind kind{};
      if (!skip_scalar(cursor, kind)) return false;
    }
    // Behind a value: close what ends here, then go on with the next member or element.
    for (;;) {
      if (open.empty()) return true;
      skip_blanks(cursor);
      if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
      const char byte = *cursor.at;
      if (byte == (open.in_object() ? '}' : ']')) {
        ++cursor.at;
        open.pop();
        continue;
      }
      if (byte != ',') return cursor.fail(open.in_object() ? comma_or_brace : comma_or_bracket);
      ++cursor.at;
      skip_blanks(cursor);
      if (open.in_object() && !(skip_name(cursor, escaped) && skip_colon(cursor))) return false;
      break;
    }
  }
}

/// Any value inside one container; `at` stands on its first byte.
bool skip_value(Cursor& cursor, JsonKind& kind) {
  if (cursor.at == cursor.end) return cursor.fail(unexpected_end);
  if (*cursor.at != '{' && *cursor.at != '[') return skip_scalar(cursor, kind);
  kind = *cursor.at == '{' ? JsonKind::object : JsonKind::array;
  return skip_container(cursor, 1);
}

enum class Step { value, end, fault };

/// What both walks do between two values: the opening bracket first, then a comma or the closing one.
Step step(Cursor& cursor, bool first, char opening, char closing, const char* comma_expected) {
  skip_blanks(cursor);
  if (cursor.at == cursor.end) return cursor.fail(unexpected_end), Step::fault;
  if (first) {
    if (*cursor.at != opening) return cursor.fail(unexpected_character), Step::fault;
    ++cursor.at;
    skip_blanks(cursor);
    if (cursor.at == cursor.end) return cursor.fail(unexpected_end), Step::fault;
    if (*cursor.at != closing) return Step::value;
  } else if (*cursor.at == ',') {
    ++cursor.at;
    skip_blanks(cursor);
    return Step::value;
  } else if (*cursor.at != closing) {
    return cursor.fail(comma_expected), Step::fault;
  }
  const char* behind = ++cursor.at;
  skip_blanks(cursor);
  if (cursor.at != cursor.end) return cursor.fail(extra_data), Step::fault;
  cursor.at = behind;
  return Step::end;
}

}  // namespace

MemberWalk::MemberWalk(std::string_view object) : text_(object) {}

std::optional<Member> MemberWalk::next() {
  if (finished_) return std::nullopt;
  Cursor cursor{text_.data() + position_, text_.data() + text_.size()};
  const auto offset = [this](const char* at) { return static_cast<std::size_t>(at - text_.data()); };
  const Step next_step = step(cursor, !started_, '{', '}', comma_or_brace);
  started_ = true;

  Member member;
  if (next_step == Step::value) {
    const char* name = cursor.at;
    if (skip_name(cursor, member.escaped_name)) {
      member.begin = offset(name);
      member.name = std::string_view(name + 1, static_cast<std::size_t>(cursor.at - name) - 2);
      if (skip_colon(cursor)) {
        const char* value = cursor.at;
        if (skip_value(cursor, member.kind)) member.value = std::string_view(value, static_cast<std::size_t>(cursor.at - value));
      }
    }
  }
  position_ = offset(cursor.at);
  if (cursor.fault != nullptr) return fail(cursor.fault);
  if (next_step == Step::end) {
    finished_ = true;
    return std::nullopt;
  }
  return member;
}

std::optional<Member> MemberWalk::fail(const char* fault) {
  fault_ = fault;
  finished_ = true;
  return std::nullopt;
}

ElementWalk::ElementWalk(std::string_view array) : text_(array) {}

std::optional<Element> ElementWalk::next() {
  if (finished_) return std::nullopt;
  Cursor cursor{text_.data() + position_, text_.data() + text_.size()};
  const Step next_step = step(cursor, !started_, '[', ']', comma_or_bracket);
  started_ = true;

  Element element;
  if (next_step == Step::value) {
    const char* value = cursor.at;
    if (skip_value(cursor, element.kind)) element.value = std::string_view(value, static_cast<std::size_t>(cursor.at - value));
  }
  position_ = static_cast<std::size_t>(cursor.at - text_.data());
  if (cursor.fault != nullptr) return fail(cursor.fault);
  if (next_step == Step::end) {
    finished_ = true;
    return std::nullopt;
  }
  return element;
}

std::optional<Element> ElementWalk::fail(const char* fault) {
  fault_ = fault;
  finished_ = true;
  return std::nullopt;
}

std::string_view plain_name(const Member& member, std::string& buffer) {
  if (!member.escaped_name) return member.name;
  const std::string_view quoted{member.name.data() - 1, member.name.size() + 2};
  buffer = decode_string(quoted).value_or(std::string());
  return buffer;
}

bool is_named(const Member& member, std::string_view name) {
  if (!member.escaped_name) return member.name == name;
  std::string buffer;
  return plain_name(member, buffer) == name;
}

std::optional<Member> find_member(std::string_view object, std::string_view name) {
  MemberWalk walk{object};
  while (auto member = walk.next()) {
    if (is_named(*member, name)) return member;
  }
  return std::nullopt;
}

}  // namespace providers
