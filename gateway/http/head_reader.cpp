#include "gateway/http/head_reader.hpp"

namespace http::head_reader {

std::optional<std::string_view> find(const std::vector<Field>& fields, FieldId id) {
  for (const auto& field : fields)
    if (field.id == id) return field.value;
  return std::nullopt;
}

std::optional<std::string_view> find(const std::vector<Field>& fields, std::string_view name) {
  for (const auto& field : fields)
    if (grammar::equals_ignoring_case(field.name, name)) return field.value;
  return std::nullopt;
}

Step read_version(Cursor& cursor, int& minor_version, int malformed, int unsupported) {
  constexpr std::string_view reason = "The HTTP version is malformed.";
  if (const auto step = cursor.expect("HTTP/", malformed, reason); step != Step::done) return step;
  const char* const digits = cursor.position();
  for (const bool dot : {false, true, false}) {
    if (cursor.at_end()) return cursor.need_more();
    if (dot ? cursor.peek() != '.' : !grammar::is_digit(cursor.peek())) return cursor.refuse(malformed, reason);
    cursor.advance();
  }
  minor_version = digits[2] - '0';
  if (digits[0] != '1' || minor_version > 1) return cursor.refuse(unsupported, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  return Step::done;
}

Step read_field(Cursor& cursor, const FieldLimits& limits, FieldLine& out) {
  const char* const line = cursor.position();
  if (grammar::is_blank(*line)) return cursor.refuse(limits.malformed, "Folded header lines are not accepted.");
  const bool limit_is_near = static_cast<std::size_t>(cursor.end() - line) > limits.line_bytes;
  const char* const stop = limit_is_near ? line + limits.line_bytes + 1 : cursor.end();  // one further than a good line may go
  const auto ran_out = [&] { return limit_is_near ? cursor.refuse(limits.too_large, "A header line is too long.") : cursor.need_more(); };

  const char* const colon = grammar::skip_token(line, stop);
  if (colon == stop) return ran_out();
  if (*colon != ':' || colon == line) return cursor.refuse(limits.malformed, "A header line does not begin with a name and a colon.");
  const char* const value_end = grammar::skip_value(colon + 1, stop);
  if (value_end == stop) return ran_out();
  if (*value_end != '\r') return cursor.refuse(limits.malformed, "A header value holds a forbidden byte.");

  out.padded_value = between(colon + 1, value_end);
  out.field.name = between(line, colon);
  out.field.value = grammar::trim_blanks(out.padded_value);
  out.field.id = boost::beast::http::string_to_field({out.field.name.data(), out.field.name.size()});
  cursor.move_to(value_end + 1);
  return cursor.expect('\n', limits.malformed, "A header line does not end in CRLF.");
}

}  // namespace http::head_reader
