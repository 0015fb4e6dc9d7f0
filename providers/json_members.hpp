// Walks the members of one JSON object without building a tree and without allocating. The hot path's only JSON reader (DESIGN D11).
// Pure; linear time; depth bounded by max_json_depth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "providers/error.hpp"

namespace providers {

inline constexpr int max_json_depth = 64;

enum class JsonKind : std::uint8_t { object, array, string, number, boolean, null };

/// Views into the walked text, valid as long as it is.
struct Member {
  std::string_view name;      // between the quotes, as spelt
  std::string_view value;     // the value's text, strings with their quotes
  std::size_t begin = 0;      // offset of the name's opening quote in the walked text
  JsonKind kind = JsonKind::null;
  bool escaped_name = false;  // the name is spelt with a backslash
};

/// One pass over the members of the object that `text` is (leading and trailing blanks allowed, anything else behind it is a fault).
/// Usage: MemberWalk walk{text}; while (auto member = walk.next()) ...; if (walk.failed()) ...
/// The whole text is validated as JSON on the way (strings, escapes, control bytes, UTF-8 is not judged), so that what
/// follows a successful walk is well-formed. The object itself counts as the first level of depth.
class MemberWalk {
 public:
  explicit MemberWalk(std::string_view object);

  /// The next member; nothing at the end or on a fault.
  std::optional<Member> next();

  [[nodiscard]] bool failed() const { return fault_ != nullptr; }
  [[nodiscard]] std::string_view fault() const { return fault_ ? fault_ : ""; }  // what is wrong, for the message
  [[nodiscard]] std::size_t position() const { return position_; }              // where, as an offset
  [[nodiscard]] std::size_t end() const { return position_; }                   // after a full walk: just behind the closing brace

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  const char* fault_ = nullptr;
  bool started_ = false;
  bool finished_ = false;

  std::optional<Member> fail(const char* fault);
};

/// One element of an array; views into the walked text.
struct Element {
  std::string_view value;
  JsonKind kind = JsonKind::null;
};

/// The same for the elements of one array: validates as it goes, ends at the closing bracket.
class ElementWalk {
 public:
  explicit ElementWalk(std::string_view array);

  /// The next element; nothing at the end or on a fault.
  std::optional<Element> next();

  [[nodiscard]] bool failed() const { return fault_ != nullptr; }
  [[nodiscard]] std::string_view fault() const { return fault_ ? fault_ : ""; }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  const char* fault_ = nullptr;
  bool started_ = false;
  bool finished_ = false;

  std::optional<Element> fail(const char* fault);
};

/// The first member of that name, however spelt; nothing when absent or the text is not an object up to there.
std::optional<Member> find_member(std::string_view object, std::string_view name);

/// The member's name with escapes decoded: as spelt where there are none, else in `buffer`.
std::string_view plain_name(const Member& member, std::string& buffer);

/// Whether a member carries this name, escapes decoded. Allocates only for a name that is spelt with escapes.
bool is_named(const Member& member, std::string_view name);

/// A JSON string's text (quotes included) as UTF-8; nothing when the text is not a JSON string. Half a surrogate pair is U+FFFD.
std::optional<std::string> decode_string(std::string_view quoted);

/// Whole numbers, also spelt 1.0 or 1e3; nothing for fractions, overflow or other kinds.
std::optional<std::int64_t> decode_integer(std::string_view number);

/// Appends `text` as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view text);

}  // namespace providers
