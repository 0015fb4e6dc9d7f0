#include "providers/base_url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace providers {
namespace {

constexpr std::size_t max_host_bytes = 253;  // of a DNS name
constexpr std::size_t max_url_bytes = 2048;

Error refuse(std::string_view what, std::string_view url, std::string_view why) {
  return Error{.kind = ErrorKind::unavailable_deployment,
               .message = std::string(what) + " " + std::string(why) + ": '" + std::string(url.substr(0, max_url_bytes)) + "'"};
}

/// For messages about addresses that may hold a password.
Error refuse_unseen(std::string_view what, std::string_view why) {
  return Error{.kind = ErrorKind::unavailable_deployment, .message = std::string(what) + " " + std::string(why)};
}

bool is_host_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_';
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= max_host_bytes && host.front() != '.' && host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(), is_host_byte);
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; });
  return out;
}

bool has_scheme(std::string_view& rest, std::string_view scheme) {
  if (lower(rest.substr(0, scheme.size())) != scheme) return false;
  rest.remove_prefix(scheme.size());
  return true;
}

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view url, std::string_view what) {
  if (url.size() > max_url_bytes) return refuse(what, url, "is longer than 2048 bytes");
  BaseUrl out;
  std::string_view rest = url;
  if (has_scheme(rest, "https://")) {
    out.origin.tls = true;
  } else if (!has_scheme(rest, "http://")) {
    return refuse(what, url, "must start with http:// or https://");
  }
  const bool printable = std::all_of(url.begin(), url.end(), [](char byte) { return byte > ' ' && byte < 0x7f; });
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos) return refuse_unseen(what, "must not hold a user or password: use api_key");
  if (!printable) return refuse(what, url, "holds a blank or a byte that an address cannot have");
  if (url.find('#') != std::string_view::npos) return refuse(what, url, "must not have a fragment");
  if (url.find_first_of("\\\"<>^`{|}") != std::string_view::npos) return refuse(what, url, "holds a character that must be percent-encoded");
  rest.remove_prefix(authority_end);

  const bool literal = authority.starts_with('[');
  const auto host_end = literal ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == std::string_view::npos) return refuse(what, url, "has an IPv6 address without ']'");
  out.origin.host = lower(literal ? authority.substr(1, host_end - 1) : authority.substr(0, host_end));
  if (literal ? !is_ipv6(out.origin.host) : !is_host_name(out.origin.host)) return refuse(what, url, "has no valid host name");
  authority.remove_prefix(host_end + (literal ? 1 : 0));

  const std::uint16_t own_port = out.origin.tls ? 443 : 80;
  out.origin.port = own_port;
  if (!authority.empty()) {
    const auto* begin = authority.data() + 1;
    const auto* end = authority.data() + authority.size();
    const auto [stop, error] = std::from_chars(begin, end, out.origin.port);
    if (authority.front() != ':' || error != std::errc{} || stop != end || out.origin.port == 0) return refuse(what, url, "has no valid port");
  }
  out.host_field = literal ? "[" + out.origin.host + "]" : out.origin.host;
  if (out.origin.port != own_port) out.host_field += ":" + std::to_string(out.origin.port);

  const auto query = rest.find('?');
  if (query != std::string_view::npos) out.query = rest.substr(query + 1);
  out.path = rest.substr(0, query);
  while (out.path.ends_with('/')) out.path.pop_back();
  return out;
}

}  // namespace providers
