// Reading a head from left to right: the part that request and response heads share. A verdict depends only on bytes at or before the place
// where it is given, so it is the same however the bytes were cut into reads: cutting can only make it come earlier or later.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/http/grammar.hpp"
#include "gateway/http/head.hpp"
#include "gateway/http/head_rules.hpp"

namespace http::head_reader {

enum class Step { done, more, refused };

/// Where the reader stands, and the verdict once there is one.
class Cursor {
 public:
  Cursor(std::string_view bytes, std::size_t head_limit, int too_large_status)
      : begin_(bytes.data()),
        at_(begin_),
        end_(begin_ + std::min(bytes.size(), head_limit)),
        full_(bytes.size() >= head_limit),
        too_large_status_(too_large_status) {}

  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] char peek() const { return *at_; }  // only when not at_end()
  [[nodiscard]] const char* position() const { return at_; }
  [[nodiscard]] const char* end() const { return end_; }
  void move_to(const char* position) { at_ = position; }
  void advance() { ++at_; }

  Step refuse(int status, std::string_view reason) {
    verdict_ = {.state = HeadResult::State::refused, .status = status, .reason = reason};
    return Step::refused;
  }

  /// The bytes have run out: more may come, unless the head has already had all that it may have.
  Step need_more() { return full_ ? refuse(too_large_status_, "The request line and headers are too large.") : Step::more; }

  Step expect(char wanted, int status, std::string_view reason) {
    if (at_end()) return need_more();
    if (*at_ != wanted) return refuse(status, reason);
    ++at_;
    return Step::done;
  }

  Step expect(std::string_view wanted, int status, std::string_view reason) {
    for (const char c : wanted)
      if (const auto step = expect(c, status, reason); step != Step::done) return step;
    return Step::done;
  }

  [[nodiscard]] HeadResult result(Step step) const {
    if (step == Step::refused) return verdict_;
    if (step == Step::more) return {};
    return {.state = HeadResult::State::complete, .consumed = static_cast<std::size_t>(at_ - begin_)};
  }

 private:
  const char* begin_;
  const char* at_;
  const char* end_;
  bool full_;
  int too_large_status_;
  HeadResult verdict_;
};

inline std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

struct FieldLimits {
  std::size_t line_bytes;
  std::size_t count;
  int malformed;  // status for a line that breaks the grammar
  int too_large;  // ... for one that is too long, or one too many
};

/// A field and, for rules that care, its value with the blanks around it.
struct FieldLine {
  Field field;
  std::string_view padded_value;
};

/// The value of the first field of that name, if any.
std::optional<std::string_view> find(const std::vector<Field>& fields, FieldId id);
std::optional<std::string_view> find(const std::vector<Field>& fields, std::string_view name);

/// "HTTP/1.0" or "HTTP/1.1".
Step read_version(Cursor& cursor, int& minor_version, int malformed, int unsupported);

/// At the first byte of a field line.
Step read_field(Cursor& cursor, const FieldLimits& limits, FieldLine& line);

/// Reads field lines and the blank line behind them; `note(line)` judges each as soon as its line is complete.
template <class Note>
Step read_fields(Cursor& cursor, const FieldLimits& limits, std::vector<Field>& fields, Note note) {
  fields.clear();
  for (;;) {
    if (cursor.at_end()) return cursor.need_more();
    if (cursor.peek() == '\r') {
      cursor.advance();
      return cursor.expect('\n', limits.malformed, "The blank line behind the headers is malformed.");
    }
    if (fields.size() >= limits.count) return cursor.refuse(limits.too_large, "There are too many headers.");
    FieldLine line;
    if (const auto step = read_field(cursor, limits, line); step != Step::done) return step;
    if (const Refusal refusal = note(line)) return cursor.refuse(refusal.status, refusal.reason);
    fields.push_back(line.field);
  }
}

}  // namespace http::head_reader
