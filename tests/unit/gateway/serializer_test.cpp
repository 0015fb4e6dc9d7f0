#include "gateway/http/serializer.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "gateway/http/head.hpp"

namespace {

using http::HeadWriter;
using namespace std::string_literals;

TEST(HeadWriter, WritesARequestHead) {
  std::string out;
  HeadWriter head{out};
  head.request_line("POST", "/v1/chat/completions?a=b");
  head.field("Host", "api.example:443");
  head.field("Content-Length", std::uint64_t{18446744073709551615u});
  head.field("X-Empty", "");
  head.end();
  EXPECT_TRUE(head.ok());
  EXPECT_EQ(out, "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: api.example:443\r\nContent-Length: 18446744073709551615\r\nX-Empty: \r\n\r\n");
}

TEST(HeadWriter, WritesStatusLinesWithTheirPhrase) {
  const auto line = [](int status) {
    std::string out;
    HeadWriter head{out};
    head.status_line(status);
    EXPECT_TRUE(head.ok());
    return out;
  };
  EXPECT_EQ(line(200), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(line(100), "HTTP/1.1 100 Continue\r\n");
  EXPECT_EQ(line(408), "HTTP/1.1 408 Request Timeout\r\n");
  EXPECT_EQ(line(417), "HTTP/1.1 417 Expectation Failed\r\n");
  EXPECT_EQ(line(422), "HTTP/1.1 422 Unprocessable Content\r\n");
  EXPECT_EQ(line(429), "HTTP/1.1 429 Too Many Requests\r\n");
  EXPECT_EQ(line(431), "HTTP/1.1 431 Request Header Fields Too Large\r\n");
  EXPECT_EQ(line(529), "HTTP/1.1 529 Overloaded\r\n");
  EXPECT_EQ(line(599), "HTTP/1.1 599 \r\n");
  for (int status = 100; status <= 599; ++status) {
    http::ResponseHead head;
    const auto parsed = http::parse_response_head(line(status) + "\r\n", 1000, 10, false, head);
    EXPECT_EQ(parsed.state, http::HeadResult::State::complete);
    EXPECT_EQ(head.status, status);
  }
  for (const int status : {-1, 0, 99, 600, 2000}) {
    std::string out;
    HeadWriter head{out};
    head.status_line(status);
    EXPECT_FALSE(head.ok());
    EXPECT_EQ(out, "");
  }
}

TEST(HeadWriter, LeavesOutWhatCouldEndALineAndSaysSo) {
  for (const auto& value : {"v\r\nX-Evil: 1"s, "v\n"s, "v\r"s, "v\0"s, "\x7f"s, "\x1b[0m"s, std::string(40, 'a') + "\n"}) {
    std::string out;
    HeadWriter head{out};
    head.field("X-A", value);
    EXPECT_FALSE(head.ok());
    EXPECT_EQ(out, "");
    head.field("X-B", "fine");
    EXPECT_FALSE(head.ok()) << "a refusal is remembered";
  }
  for (const auto& name : {""s, "X A"s, "X:"s, "X\r\nY"s, "X\0"s, "X\xc3\xa4"s}) {
    std::string out;
    HeadWriter head{out};
    head.field(name, "v");
    EXPECT_FALSE(head.ok());
    EXPECT_EQ(out, "");
  }
  for (const auto& target : {""s, "/a HTTP/1.1\r\nX: y"s, "/a b"s, "/a\t"s, "/\0"s, "/\x7f"s, "/\xc3\xa4"s, "/a#b"s, "/" + std::string(40, 'a') + "\x80"}) {
    std::string out;
    HeadWriter head{out};
    head.request_line("GET", target);
    EXPECT_FALSE(head.ok());
    EXPECT_EQ(out, "");
  }
  std::string out;
  HeadWriter head{out};
  head.request_line("GET /", "/");
  EXPECT_FALSE(head.ok());
}

TEST(HeadWriter, AppendsToWhatIsThere) {
  std::string out = "before ";
  HeadWriter head{out};
  head.field("A", "\tJ\xc3\xb8rn");
  EXPECT_TRUE(head.ok());
  EXPECT_EQ(out, "before A: \tJ\xc3\xb8rn\r\n");
}

TEST(HeadWriter, DatesAsTheCalendarDoes) {
  const auto before = std::time(nullptr);
  std::string out;
  HeadWriter head{out};
  head.date();
  head.date();
  ASSERT_EQ(out.size(), 2 * 37u);
  std::tm parsed{};
  ASSERT_NE(strptime(out.c_str(), "Date: %a, %d %b %Y %H:%M:%S GMT", &parsed), nullptr) << out;
  const auto weekday = parsed.tm_wday;
  const auto written = timegm(&parsed);
  EXPECT_GE(written, before);
  EXPECT_LE(written, std::time(nullptr));
  EXPECT_EQ(parsed.tm_wday, weekday);
}

TEST(Grammar, ChecksEveryByteOfAName) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(20, static_cast<char>(byte));  // long enough for the wide scan
    const bool letter_or_digit = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    const bool mark = byte != 0 && std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(byte)) != std::string_view::npos;
    EXPECT_EQ(http::is_field_name(text), letter_or_digit || mark) << byte;
    EXPECT_EQ(http::is_field_value(text), byte == '\t' || (byte >= 0x20 && byte != 0x7f)) << byte;
    EXPECT_EQ(http::is_target(text), byte > 0x20 && byte < 0x7f && byte != '#') << byte;
    for (std::size_t at = 0; at < 20; ++at) {
      std::string one(20, 'a');
      one[at] = static_cast<char>(byte);
      EXPECT_EQ(http::is_field_value(one), http::is_field_value(text)) << byte << " at " << at;
      EXPECT_EQ(http::is_target(one), http::is_target(text)) << byte << " at " << at;
    }
  }
}

}  // namespace
