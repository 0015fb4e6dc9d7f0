// What the fields of a head mean for the message itself: where its body ends, whether the connection lives on, who is asked (RFC 9112
// sections 3.2, 6, 7 and 9). Anything two readers could understand differently is refused. Pure; used by the head parsers only.
#pragma once

#include <string_view>

#include "gateway/http/head.hpp"

namespace http {

struct Refusal {
  int status = 0;                 // 0: none
  std::string_view reason = {};
  explicit operator bool() const { return status != 0; }
};

/// Collects what framing fields say while a head is read, one field after the other, and rules on the whole at its end.
class FramingRules {
 public:
  /// Content-Length, Transfer-Encoding, Connection and names that alias them; every other field is nothing to it.
  /// `padded_value` is the value with the blanks around it.
  Refusal note(const Field& field, std::string_view padded_value, int minor_version);

  [[nodiscard]] bool has_length() const { return has_length_; }
  [[nodiscard]] bool chunked() const { return chunked_; }
  [[nodiscard]] std::uint64_t length() const { return length_; }
  [[nodiscard]] bool keep_alive(int minor_version) const { return !close_ && (minor_version == 1 || keep_alive_); }
  /// Connection names a field that must not be taken away: a key, Host or framing.
  [[nodiscard]] bool names_protected() const { return names_protected_; }

 private:
  Refusal note_length(std::string_view value);
  Refusal note_coding(std::string_view value, int minor_version);
  void note_connection(std::string_view value);

  bool has_length_ = false;
  bool chunked_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool names_protected_ = false;
  std::uint64_t length_ = 0;
};

/// uri-host [":" port]: a name of letters, digits, '-', '.', '_' and '~', an IPv4 address or an IPv6 literal in brackets.
bool is_host(std::string_view value);

}  // namespace http
