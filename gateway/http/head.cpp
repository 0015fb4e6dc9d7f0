#include "gateway/http/head.hpp"

#include "gateway/http/grammar.hpp"
#include "gateway/http/head_reader.hpp"
#include "gateway/http/head_rules.hpp"

namespace http {

using grammar::equals_ignoring_case;
using head_reader::Cursor;
using head_reader::FieldLimits;
using head_reader::FieldLine;
using head_reader::Step;
using head_reader::between;
using head_reader::read_fields;
using head_reader::read_version;

namespace {

constexpr std::size_t max_method_bytes = 32;    // longer than any method there is
constexpr std::size_t reparse_interval = 1024;  // see worth_parsing

Step read_method(Cursor& cursor, std::string_view& method) {
  const char* const start = cursor.position();
  const bool limit_is_near = static_cast<std::size_t>(cursor.end() - start) > max_method_bytes;
  const char* const stop = limit_is_near ? start + max_method_bytes + 1 : cursor.end();
  const char* const end = grammar::skip_token(start, stop);
  if (end == stop) return limit_is_near ? cursor.refuse(501, "No such method is implemented.") : cursor.need_more();
  if (*end != ' ' || end == start) return cursor.refuse(400, "The request line does not begin with a method and a blank.");
  method = between(start, end);
  if (method == "CONNECT" || method == "TRACE") return cursor.refuse(405, "CONNECT and TRACE are not offered.");
  cursor.move_to(end + 1);
  return Step::done;
}

/// The target as sent, with the blank behind it. Its form is judged when Host is known; what cannot be one is refused at its first byte.
Step read_target(Cursor& cursor, std::size_t limit, std::string_view& target) {
  if (cursor.at_end()) return cursor.need_more();
  const char first = grammar::to_lower(cursor.peek());
  if (first != '/' && first != 'h') return cursor.refuse(400, "The request target is not a path.");
  const char* const start = cursor.position();
  const bool limit_is_near = static_cast<std::size_t>(cursor.end() - start) > limit;
  const char* const stop = limit_is_near ? start + limit + 1 : cursor.end();
  const char* const end = grammar::skip_target(start, stop);
  if (end == stop) return limit_is_near ? cursor.refuse(414, "The request target is too long.") : cursor.need_more();
  if (*end != ' ') return cursor.refuse(400, "The request target holds a forbidden byte.");
  target = between(start, end);
  cursor.move_to(end + 1);
  return Step::done;
}

/// Splits an origin-form target; cuts an absolute one, whose authority must be what Host says, down to that form.
bool split_target(RequestHead& head, std::string_view host) {
  if (!head.target.starts_with('/')) {
    const auto scheme_end = head.target.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const auto scheme = head.target.substr(0, scheme_end);
    if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) return false;
    const auto rest = head.target.substr(scheme_end + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    if (host.empty() || !equals_ignoring_case(authority, host)) return false;
    head.target = rest.substr(authority.size());
    if (head.target.empty()) head.target = "/";
    if (head.target.front() != '/') return false;  // a query without a path has no origin form that is part of these bytes
  }
  const auto mark = head.target.find('?');
  head.path = head.target.substr(0, mark);
  head.query = mark == std::string_view::npos ? std::string_view{} : head.target.substr(mark + 1);
  return true;
}

/// What only requests have: Host, one set of credentials, Expect.
class RequestRules {
 public:
  explicit RequestRules(RequestHead& head) : head_(head) {}

  Refusal note(const FieldLine& line) {
    const Field& field = line.field;
    switch (field.id) {
      case FieldId::host:
        if (!host_.empty()) return {400, "Host occurs more than once."};
        if (!is_host(field.value)) return {400, "The Host header is malformed."};
        host_ = field.value;
        return {};
      case FieldId::authorization:
        if (authorized_) return {400, "Authorization occurs more than once."};
        authorized_ = true;
        return {};
      case FieldId::expect:
        if (!equals_ignoring_case(field.value, "100-continue")) return {417, "No expectation but 100-continue is known."};
        head_.expects_continue = true;
        return {};
      default:
        return framing_.note(field, line.padded_value, head_.minor_version);
    }
  }

  Refusal conclude() {
    if (host_.empty() && head_.minor_version == 1) return {400, "The Host header is missing."};
    if (framing_.names_protected()) return {400, "Connection names a header that every hop needs."};
    if (!split_target(head_, host_)) return {400, "The request target is not a path of this host."};
    head_.keep_alive = framing_.keep_alive(head_.minor_version);
    head_.framing = framing_.chunked() ? Framing::chunked : framing_.has_length() ? Framing::length : Framing::none;
    head_.content_length = framing_.length();
    // Only a body can be waited for, and HTTP/1.0 knows no interim answers.
    head_.expects_continue &= head_.minor_version == 1 && (framing_.chunked() || framing_.length() > 0);
    return {};
  }

 private:
  RequestHead& head_;
  FramingRules framing_;
  std::string_view host_;
  bool authorized_ = false;
};

Step read_request(Cursor& cursor, const config::HttpLimits& limits, RequestHead& head) {
  if (!cursor.at_end() && cursor.peek() == '\r') {  // clients of old leave one CRLF behind a body (RFC 9112 section 2.2)
    if (const auto step = cursor.expect("\r\n", 400, "A bare CR stands before the request line."); step != Step::done) return step;
  }
  if (const auto step = read_method(cursor, head.method); step != Step::done) return step;
  if (const auto step = read_target(cursor, static_cast<std::size_t>(limits.target_bytes), head.target); step != Step::done) return step;
  if (const auto step = read_version(cursor, head.minor_version, 400, 505); step != Step::done) return step;
  if (const auto step = cursor.expect("\r\n", 400, "The request line does not end in CRLF."); step != Step::done) return step;

  const FieldLimits field_limits{.line_bytes = static_cast<std::size_t>(limits.field_bytes),
                                 .count = static_cast<std::size_t>(limits.fields),
                                 .malformed = 400,
                                 .too_large = 431};
  RequestRules rules{head};
  const auto note = [&rules](const FieldLine& line) { return rules.note(line); };
  if (const auto step = read_fields(cursor, field_limits, head.fields, note); step != Step::done) return step;
  if (const Refusal refusal = rules.conclude()) return cursor.refuse(refusal.status, refusal.reason);
  return Step::done;
}

}  // namespace

std::optional<std::string_view> RequestHead::find(FieldId id) const { return head_reader::find(fields, id); }
std::optional<std::string_view> RequestHead::find(std::string_view name) const { return head_reader::find(fields, name); }

HeadResult parse_request_head(std::string_view bytes, const config::HttpLimits& limits, RequestHead& out) {
  out.expects_continue = false;
  Cursor cursor{bytes, static_cast<std::size_t>(limits.head_bytes), 431};
  const auto step = read_request(cursor, limits, out);
  return cursor.result(step);
}

bool worth_parsing(std::string_view bytes, std::size_t seen) {
  if (seen == 0 || seen / reparse_interval != bytes.size() / reparse_interval) return true;
  return bytes.substr(seen).find('\n') != std::string_view::npos;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '%') {
      const int high = i + 2 < text.size() ? grammar::hex_digit(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : grammar::hex_digit(text[i + 2]);
      if (low < 0) return std::nullopt;
      byte = static_cast<unsigned char>(high * 16 + low);
      i += 2;
    }
    if (byte < 0x20 || byte == 0x7f) return std::nullopt;
    decoded.push_back(static_cast<char>(byte));
  }
  return decoded;
}

}  // namespace http
