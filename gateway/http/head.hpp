// Strict HTTP/1.1 heads: requests from clients, responses from upstreams (reference: RFC 9110, RFC 9112; every malformed family is
// refused, never repaired). Pure: bytes in, views out; no allocation once `fields` has its capacity.
#pragma once

#include <boost/beast/http/field.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace http {

/// The field vocabulary is Beast's: field::unknown for names it does not know.
using FieldId = boost::beast::http::field;

struct Field {
  FieldId id = FieldId::unknown;
  std::string_view name;   // as spelt
  std::string_view value;  // without surrounding blanks
};

/// How the end of a body is known.
enum class Framing { none, length, chunked, until_close };

/// Views into the parsed bytes. Reused for every request of a connection.
struct RequestHead {
  std::string_view method;
  std::string_view target;      // origin form, as sent
  std::string_view path;        // target up to '?'
  std::string_view query;       // behind '?'
  int minor_version = 1;        // HTTP/1.x
  std::vector<Field> fields;
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;  // only where there is a body to wait for

  /// The value of the first field of that name, if any.
  [[nodiscard]] std::optional<std::string_view> find(FieldId id) const;
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;  // case-insensitive
};

struct ResponseHead {
  int status = 0;
  int minor_version = 1;
  std::vector<Field> fields;
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;

  [[nodiscard]] std::optional<std::string_view> find(FieldId id) const;
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
};

/// What came of looking at the bytes read so far.
struct HeadResult {
  enum class State { incomplete, complete, refused };
  State state = State::incomplete;
  std::size_t consumed = 0;       // complete: bytes of the head, blank line included
  int status = 0;                 // refused: 400, 405 (CONNECT, TRACE), 414, 417, 431, 501, 505 (requests); 502 (responses)
  std::string_view reason = {};   // refused: fixed text for the error's message
};

/// Leading: at most one CRLF before the request line is skipped. Refuses at the first byte that cannot be part of a valid head, so a
/// refusal may come before the head is complete. Method and path are not judged here (405, 404 are the router's) beyond their grammar;
/// CONNECT, TRACE and targets that are not in origin form are refused here (absolute form is accepted only when its authority equals
/// Host, and then cut to origin form).
HeadResult parse_request_head(std::string_view bytes, const config::HttpLimits& limits, RequestHead& out);

/// `to_head_request`: the answer to HEAD has no body whatever it says.
HeadResult parse_response_head(std::string_view bytes, std::size_t head_limit, int field_limit, bool to_head_request, ResponseHead& out);

/// Parsing starts from the front each time, so a reader asks this first: `seen` bytes were parsed before and more was needed. Says yes
/// for new line ends and once a KiB, which bounds the work for a client that sends byte by byte and still refuses overlong lines early.
bool worth_parsing(std::string_view bytes, std::size_t seen);

/// Percent-decodes a path segment or query value; nothing when it is malformed or holds a control byte.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace http
