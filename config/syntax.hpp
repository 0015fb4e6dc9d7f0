// Small grammars that settings must meet. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace config {

/// An HTTP field name (RFC 9110 token).
[[nodiscard]] bool is_field_name(std::string_view text);

/// An HTTP field value that cannot end its line: no CR, LF, NUL or other control byte but tab.
[[nodiscard]] bool is_field_value(std::string_view text);

/// An IPv4 or IPv6 address, alone or with `/prefix`.
[[nodiscard]] bool is_address_range(std::string_view text);

/// `http://host...` or `https://host...` without spaces and control bytes.
[[nodiscard]] bool is_http_url(std::string_view text);

/// `*`, or scheme://host[:port] without a path: what an Origin header can equal.
[[nodiscard]] bool is_origin(std::string_view text);

struct HostPort {
  std::string host;
  int port = 0;
};

/// `HOST:PORT` or `[v6]:PORT`.
[[nodiscard]] std::optional<HostPort> parse_host_port(std::string_view text);

/// 127.0.0.0/8, ::1 and localhost.
[[nodiscard]] bool is_loopback(std::string_view host);

/// Whether `name` is what `pattern` stands for; `*` in it matches any run of bytes.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view name);

}  // namespace config
