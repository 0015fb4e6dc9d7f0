#include "config/syntax.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "config/scalar.hpp"

namespace config {
namespace {

bool is_letter_or_digit(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_visible(char byte) { return static_cast<unsigned char>(byte) > 0x20 && byte != 0x7f; }

/// AF_INET, AF_INET6, or 0.
int address_family(std::string_view text) {
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  if (inet_pton(AF_INET, address.c_str(), binary.data()) == 1) return AF_INET;
  if (inet_pton(AF_INET6, address.c_str(), binary.data()) == 1) return AF_INET6;
  return 0;
}

std::optional<std::int64_t> parse_port(std::string_view text) {
  const auto port = parse_integer(text);
  return port && *port >= 0 && *port <= 65'535 && text.front() != '+' ? port : std::nullopt;
}

}  // namespace

bool is_field_name(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() &&
         std::ranges::all_of(text, [marks](char byte) { return is_letter_or_digit(byte) || marks.find(byte) != std::string_view::npos; });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return byte == '\t' || byte == ' ' || is_visible(byte); });
}

bool is_address_range(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  const auto slash = text.find('/');
  const auto family = address_family(text.substr(0, slash));
  if (family == 0 || slash == std::string_view::npos) return family != 0;
  const auto prefix = parse_integer(text.substr(slash + 1));
  return prefix && *prefix >= 0 && *prefix <= (family == AF_INET ? 32 : 128);
}

bool is_http_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto rest = text.substr(scheme.size());
    return !rest.empty() && rest.front() != '/' && std::ranges::all_of(rest, is_visible);
  }
  return false;
}

bool is_origin(std::string_view text) {
  if (text == "*") return true;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto host = text.substr(colon + 3);
  return !host.empty() && std::ranges::all_of(host, is_visible) && host.find_first_of("/?#*") == std::string_view::npos;
}

std::optional<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (!port || host.empty() || !std::ranges::all_of(host, is_visible)) return std::nullopt;
  if ((host.find(':') != std::string_view::npos) != has_brackets) return std::nullopt;
  return HostPort{.host = std::string(host), .port = static_cast<int>(*port)};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && address_family(host) == AF_INET;
}

bool matches_wildcard(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;  // the last `*` seen, and where its run ends so far
  std::size_t run_end = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      run_end = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++run_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace config
