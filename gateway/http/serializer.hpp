// The only writer of heads, towards clients and upstreams. It refuses CR, LF, NUL and other bytes that could end a field early, so nothing
// that was put into a name, a value or a target can become a line of its own. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace http {

/// Appends to a string that the owner reuses. A refused part is left out and ok() turns false: the caller must not send the head.
class HeadWriter {
 public:
  explicit HeadWriter(std::string& out) : out_(out) {}

  void status_line(int status);                                        // HTTP/1.1 200 OK
  void request_line(std::string_view method, std::string_view target); // GET /x HTTP/1.1
  void field(std::string_view name, std::string_view value);
  void field(std::string_view name, std::uint64_t value);
  void date();                                                         // Date: of this second, formatted once a second a thread
  void end();                                                          // the blank line

  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string& out_;
  bool ok_ = true;
};

bool is_field_name(std::string_view name);    // an RFC 9110 token
bool is_field_value(std::string_view value);  // no CR, LF, NUL or other controls but tab
bool is_target(std::string_view target);      // visible ASCII, no fragment

}  // namespace http
