// links: gateway
// Response heads of hostile upstreams: a second opinion, cuts that change nothing, and what is accepted survives a rewrite.
#include "gateway/http/head.hpp"

#include <cstdint>

#include "gateway/http/serializer.hpp"
#include "tests/fuzz/http_reference.hpp"

namespace {

using State = http::HeadResult::State;

constexpr std::size_t head_limit = 16 * 1024;
constexpr int field_limit = 64;

http::HeadResult parse(std::string_view bytes, bool to_head_request, http::ResponseHead& head) {
  return http::parse_response_head(bytes, head_limit, field_limit, to_head_request, head);
}

bool is_status_line(const std::string& line) {
  if (line.rfind("HTTP/1.0 ", 0) != 0 && line.rfind("HTTP/1.1 ", 0) != 0) return false;
  if (line.size() < 12 || line[9] < '1' || line[9] > '5' || line.substr(10, 2).find_first_not_of("0123456789") != std::string::npos) return false;
  return !reference::has_control(line) && (line.size() == 12 || line[12] == ' ');
}

struct Expected {
  bool accepted = false;
  http::Framing framing = http::Framing::none;
  bool keep_alive = false;
};

Expected judge(const std::string& text, std::size_t whole_size, bool to_head_request) {
  auto lines = reference::split(text, "\r\n");
  const std::string status_line = lines.front();
  lines.erase(lines.begin());
  reference::Judgement judgement;
  for (const auto& line : lines) reference::judge_field_line(line, judgement);
  const bool old = status_line.rfind("HTTP/1.0", 0) == 0;
  reference::judge_framing(old, judgement);
  if (!is_status_line(status_line) || !judgement.faults.empty() || lines.size() > field_limit || whole_size > head_limit) return {};

  const auto lengths = judgement.values("content-length");
  const bool chunked = !judgement.values("transfer-encoding").empty();
  const bool body = chunked || (!lengths.empty() && lengths[0].find_first_not_of('0') != std::string::npos);
  const int status = std::stoi(status_line.substr(9, 3));
  const bool bodiless = status < 200 || status == 204;
  if (bodiless && body) return {};
  Expected expected{.accepted = true};
  const auto options = reference::connection_options(judgement);
  expected.keep_alive = options.count("close") == 0 && (!old || options.count("keep-alive") == 1);
  if (bodiless || status == 304 || to_head_request) return expected;
  expected.framing = chunked ? http::Framing::chunked : lengths.empty() ? http::Framing::until_close : http::Framing::length;
  if (expected.framing == http::Framing::until_close) expected.keep_alive = false;
  return expected;
}

void expect_survives_a_rewrite(const http::ResponseHead& head, bool to_head_request) {
  std::string written;
  http::HeadWriter writer{written};
  writer.status_line(head.status);
  for (const auto& field : head.fields) writer.field(field.name, field.value);
  writer.end();
  REQUIRE(writer.ok());
  if (head.minor_version == 0) written.replace(0, 8, "HTTP/1.0");
  http::ResponseHead again;
  const auto result = http::parse_response_head(written, 4 * head_limit, field_limit, to_head_request, again);
  REQUIRE(result.state == State::complete && result.consumed == written.size());
  REQUIRE(again.status == head.status && again.framing == head.framing && again.content_length == head.content_length);
  REQUIRE(again.keep_alive == head.keep_alive && again.fields.size() == head.fields.size());
  for (std::size_t i = 0; i < head.fields.size(); ++i)
    REQUIRE(again.fields[i].id == head.fields[i].id && again.fields[i].name == head.fields[i].name && again.fields[i].value == head.fields[i].value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes{reinterpret_cast<const char*>(data), size};
  for (const bool to_head_request : {false, true}) {
    http::ResponseHead head;
    const auto result = parse(bytes, to_head_request, head);
    const auto end = bytes.find("\r\n\r\n");
    REQUIRE(result.state != State::refused || result.status == 502);
    if (end == std::string::npos) {
      REQUIRE(result.state != State::complete);
    } else {
      const auto expected = judge(bytes.substr(0, end), end + 4, to_head_request);
      REQUIRE(result.state == (expected.accepted ? State::complete : State::refused));
      if (expected.accepted) {
        REQUIRE(result.consumed == end + 4);
        REQUIRE(head.framing == expected.framing && head.keep_alive == expected.keep_alive);
        expect_survives_a_rewrite(head, to_head_request);
      }
    }
    const std::size_t stride = size < 300 ? 1 : size / 61;
    for (std::size_t cut_size = 0; cut_size < size; cut_size += stride) {
      http::ResponseHead cut_head;
      const auto cut = parse(std::string_view{bytes}.substr(0, cut_size), to_head_request, cut_head);
      if (cut.state == State::incomplete) continue;
      REQUIRE(cut.state == result.state && cut.consumed == result.consumed && cut.reason == result.reason);
    }
  }
  return 0;
}
