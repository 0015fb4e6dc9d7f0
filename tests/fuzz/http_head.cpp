// links: gateway
// Request heads: what is accepted survives a rewrite; the verdict agrees with a second opinion and does not depend on how bytes were cut.
#include "gateway/http/head.hpp"

#include <cstdint>

#include "gateway/http/serializer.hpp"
#include "tests/fuzz/http_reference.hpp"

namespace {

using State = http::HeadResult::State;
using reference::Judgement;

const config::HttpLimits limits;

bool is_name(const std::string& host) {
  for (const char c : reference::lower(host))
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')) return false;
  return !host.empty();
}

/// Groups of an IPv6 address; -1 for what is none. One "::" stands for the rest.
int ipv6_groups(const std::string& text, bool last) {
  if (text.empty()) return 0;
  int groups = 0;
  const auto parts = reference::split(text, ":");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].find('.') != std::string::npos) {
      const auto bytes = reference::split(parts[i], ".");
      if (!last || i + 1 != parts.size() || bytes.size() != 4) return -1;
      for (const auto& byte : bytes) {
        const bool digits = !byte.empty() && byte.size() <= 3 && byte.find_first_not_of("0123456789") == std::string::npos;
        if (!digits || std::stoi(byte) > 255 || (byte.size() > 1 && byte[0] == '0')) return -1;
      }
      groups += 2;
      continue;
    }
    if (parts[i].empty() || parts[i].size() > 4 || parts[i].find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return -1;
    ++groups;
  }
  return groups;
}

bool is_ipv6(const std::string& text) {
  const auto halves = reference::split(text, "::");
  if (halves.size() == 1) return ipv6_groups(text, true) == 8;
  if (halves.size() != 2) return false;
  const int front = ipv6_groups(halves[0], false);
  const int back = ipv6_groups(halves[1], true);
  return front >= 0 && back >= 0 && front + back <= 7;
}

bool is_host(const std::string& value) {
  std::string host = value;
  std::string port = "80";
  const auto bracket = value.rfind(']');
  const auto colon = value.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    host = value.substr(0, colon);
    port = value.substr(colon + 1);
  }
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return false;
  if (std::stoi(port) < 1 || std::stoi(port) > 65535) return false;
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') return is_ipv6(host.substr(1, host.size() - 2));
  return is_name(host);
}

void judge_target(const std::string& target, const std::string& host, Judgement& judgement) {
  bool visible = !target.empty();
  std::size_t run = 0;
  for (const char c : target) {
    if (c <= ' ' || c == '\x7f' || c == '#') visible = false;
    if (visible) ++run;
  }
  if (!visible) judgement.faults.insert(400);
  if (run > 8192) judgement.faults.insert(414);
  if (!target.empty() && target[0] == '/') return;
  const auto lower = reference::lower(target);
  std::string rest;
  if (lower.rfind("http://", 0) == 0) rest = lower.substr(7);
  else if (lower.rfind("https://", 0) == 0) rest = lower.substr(8);
  else judgement.faults.insert(400);
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  const auto behind = rest.substr(authority.size());
  if (host.empty() || authority != reference::lower(host) || (!behind.empty() && behind[0] != '/')) judgement.faults.insert(400);
}

/// `text`: from the first byte to the blank line, without it and without a leading CRLF.
Judgement judge(const std::string& text, std::size_t whole_size) {
  Judgement judgement;
  auto lines = reference::split(text, "\r\n");
  const std::string request_line = lines.front();
  lines.erase(lines.begin());
  for (const auto& line : lines) {
    if (line.size() > 8192) judgement.faults.insert(431);
    reference::judge_field_line(line, judgement);
  }
  if (lines.size() > 100 || whole_size > 32768) judgement.faults.insert(431);

  const auto parts = reference::split(request_line, " ");
  if (parts.size() != 3) judgement.faults.insert(400);
  const std::string target = parts.size() > 1 ? parts[1] : "";
  const std::string version = parts.size() > 2 ? parts[2] : "";
  const auto& method = parts[0];
  if (!reference::is_token(method)) judgement.faults.insert(400);
  if (method.size() > 32 && reference::is_token(method.substr(0, 33))) judgement.faults.insert(501);
  if (method == "CONNECT" || method == "TRACE") judgement.faults.insert(405);
  const bool shaped = version.size() >= 8 && version.rfind("HTTP/", 0) == 0 && version[5] >= '0' && version[5] <= '9' && version[6] == '.' &&
                      version[7] >= '0' && version[7] <= '9';
  if (!shaped || version.size() != 8) judgement.faults.insert(400);
  if (shaped && version.rfind("HTTP/1.0", 0) != 0 && version.rfind("HTTP/1.1", 0) != 0) judgement.faults.insert(505);

  const auto hosts = judgement.values("host");
  for (const auto& host : hosts)
    if (!is_host(host)) judgement.faults.insert(400);
  if (hosts.size() > 1 || (hosts.empty() && version != "HTTP/1.0")) judgement.faults.insert(400);
  judge_target(target, hosts.empty() ? "" : hosts.front(), judgement);
  if (judgement.values("authorization").size() > 1) judgement.faults.insert(400);
  for (const auto& expectation : judgement.values("expect"))
    if (reference::lower(expectation) != "100-continue") judgement.faults.insert(417);
  reference::judge_framing(version == "HTTP/1.0", judgement);
  const auto options = reference::connection_options(judgement);
  for (const auto* name : {"authorization", "host", "content-length", "transfer-encoding", "x-api-key", "api-key", "x-goog-api-key", "x-litellm-api-key"})
    if (options.count(name)) judgement.faults.insert(400);
  return judgement;
}

void expect_agreement(const std::string& bytes, const http::HeadResult& result) {
  const std::size_t start = bytes.rfind("\r\n", 0) == 0 ? 2 : 0;
  const auto end = bytes.find("\r\n\r\n", start);
  if (end == std::string::npos) {
    REQUIRE(result.state != State::complete);
    return;
  }
  REQUIRE(result.state != State::incomplete);
  const auto judgement = judge(bytes.substr(start, end - start), end + 4);
  REQUIRE((result.state == State::complete) == judgement.faults.empty());
  if (result.state == State::complete) REQUIRE(result.consumed == end + 4);
  else REQUIRE(judgement.faults.count(result.status) == 1);
}

void expect_same(const http::RequestHead& a, const http::RequestHead& b) {
  REQUIRE(a.method == b.method && a.target == b.target && a.path == b.path && a.query == b.query && a.minor_version == b.minor_version);
  REQUIRE(a.framing == b.framing && a.content_length == b.content_length && a.keep_alive == b.keep_alive && a.expects_continue == b.expects_continue);
  REQUIRE(a.fields.size() == b.fields.size());
  for (std::size_t i = 0; i < a.fields.size(); ++i)
    REQUIRE(a.fields[i].id == b.fields[i].id && a.fields[i].name == b.fields[i].name && a.fields[i].value == b.fields[i].value);
}

void expect_survives_a_rewrite(const http::RequestHead& head) {
  std::string written;
  http::HeadWriter writer{written};
  writer.request_line(head.method, head.target);
  for (const auto& field : head.fields) writer.field(field.name, field.value);
  writer.end();
  REQUIRE(writer.ok());
  if (head.minor_version == 0) written.replace(written.find(" HTTP/1.1\r\n"), 9, " HTTP/1.0");
  const config::HttpLimits wide{.head_bytes = 128 * 1024, .field_bytes = 16 * 1024};  // the blank behind each colon may be new
  http::RequestHead again;
  const auto result = http::parse_request_head(written, wide, again);
  REQUIRE(result.state == State::complete && result.consumed == written.size());
  expect_same(head, again);
}

void expect_cuts_change_nothing(const std::string& bytes, const http::HeadResult& whole) {
  http::RequestHead head;
  const std::size_t stride = bytes.size() < 300 ? 1 : bytes.size() / 61;
  for (std::size_t size = 0; size < bytes.size(); size += stride) {
    const auto cut = http::parse_request_head(std::string_view{bytes}.substr(0, size), limits, head);
    if (cut.state == State::incomplete) continue;
    REQUIRE(cut.state == whole.state && cut.status == whole.status && cut.consumed == whole.consumed && cut.reason == whole.reason);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes{reinterpret_cast<const char*>(data), size};
  http::RequestHead head;
  const auto result = http::parse_request_head(bytes, limits, head);
  expect_agreement(bytes, result);
  expect_cuts_change_nothing(bytes, result);
  if (result.state == State::complete) {
    http::RequestHead whole;
    REQUIRE(http::parse_request_head(bytes, limits, whole).state == State::complete);
    expect_survives_a_rewrite(whole);
  }
  return 0;
}
