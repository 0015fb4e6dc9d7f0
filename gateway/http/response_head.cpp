#include "gateway/http/grammar.hpp"
#include "gateway/http/head.hpp"
#include "gateway/http/head_reader.hpp"
#include "gateway/http/head_rules.hpp"

namespace http {

using head_reader::Cursor;
using head_reader::FieldLimits;
using head_reader::FieldLine;
using head_reader::Step;

namespace {

Step read_status(Cursor& cursor, ResponseHead& head) {
  constexpr std::string_view reason = "The status line is malformed.";
  if (const auto step = head_reader::read_version(cursor, head.minor_version, 502, 502); step != Step::done) return step;
  if (const auto step = cursor.expect(' ', 502, reason); step != Step::done) return step;
  head.status = 0;
  for (int digit = 0; digit < 3; ++digit) {
    if (cursor.at_end()) return cursor.need_more();
    if (!grammar::is_digit(cursor.peek())) return cursor.refuse(502, reason);
    head.status = head.status * 10 + (cursor.peek() - '0');
    cursor.advance();
  }
  if (head.status < 100 || head.status > 599) return cursor.refuse(502, "The status is not between 100 and 599.");
  if (cursor.at_end()) return cursor.need_more();
  if (cursor.peek() == ' ') cursor.move_to(grammar::skip_value(cursor.position(), cursor.end()));  // servers leave out the phrase and its blank
  return cursor.expect("\r\n", 502, reason);
}

Refusal conclude_response(ResponseHead& head, const FramingRules& framing, bool to_head_request) {
  head.keep_alive = framing.keep_alive(head.minor_version);
  head.content_length = framing.length();
  const bool never_has_body = head.status < 200 || head.status == 204;
  if (never_has_body && (framing.chunked() || framing.length() > 0)) return {502, "An answer that cannot have a body announces one."};
  if (never_has_body || head.status == 304 || to_head_request) head.framing = Framing::none;
  else if (framing.chunked()) head.framing = Framing::chunked;
  else if (framing.has_length()) head.framing = Framing::length;
  else head.framing = Framing::until_close;
  if (head.framing == Framing::until_close) head.keep_alive = false;
  return {};
}

Step read_response(Cursor& cursor, const FieldLimits& limits, bool to_head_request, ResponseHead& head) {
  if (const auto step = read_status(cursor, head); step != Step::done) return step;
  FramingRules framing;
  const auto note = [&](const FieldLine& line) {
    auto refusal = framing.note(line.field, line.padded_value, head.minor_version);
    if (refusal) refusal.status = 502;
    return refusal;
  };
  if (const auto step = head_reader::read_fields(cursor, limits, head.fields, note); step != Step::done) return step;
  if (const Refusal refusal = conclude_response(head, framing, to_head_request)) return cursor.refuse(refusal.status, refusal.reason);
  return Step::done;
}

}  // namespace

std::optional<std::string_view> ResponseHead::find(FieldId id) const { return head_reader::find(fields, id); }
std::optional<std::string_view> ResponseHead::find(std::string_view name) const { return head_reader::find(fields, name); }

HeadResult parse_response_head(std::string_view bytes, std::size_t head_limit, int field_limit, bool to_head_request, ResponseHead& out) {
  Cursor cursor{bytes, head_limit, 502};
  const FieldLimits limits{.line_bytes = head_limit, .count = static_cast<std::size_t>(field_limit), .malformed = 502, .too_large = 502};
  const auto step = read_response(cursor, limits, to_head_request, out);
  return cursor.result(step);
}

}  // namespace http
