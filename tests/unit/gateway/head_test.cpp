#include "gateway/http/head.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace {

using http::FieldId;
using http::Framing;
using http::HeadResult;
using State = HeadResult::State;
using namespace std::string_literals;

const config::HttpLimits defaults;

/// Heads are views: what they look at lives as long as the tests.
const std::string& kept(const std::string& bytes) {
  static std::deque<std::string> all;
  return all.emplace_back(bytes);
}

struct Refused {
  std::string bytes;
  int status;
};

/// A head that is right but for one line (or more, each with its CRLF).
std::string get_with(const std::string& lines) { return "GET /v1/models HTTP/1.1\r\nHost: gw\r\n" + lines + "\r\n"; }
std::string post_with(const std::string& lines) { return "POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\n" + lines + "\r\n"; }
std::string with_host(const std::string& value) { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n"; }

/// Whole, cut at every byte, and with other bytes behind: one verdict.
void expect_refused(const Refused& row) {
  SCOPED_TRACE(testing::PrintToString(row.bytes.substr(0, 200)));
  http::RequestHead head;
  bool refused = false;
  for (std::size_t size = 0; size <= row.bytes.size(); ++size) {
    if (row.bytes.size() > 2000 && size + 1500 < row.bytes.size() && size % 97 != 0) continue;  // long rows: not each cut
    const auto result = http::parse_request_head(std::string_view{row.bytes}.substr(0, size), defaults, head);
    ASSERT_NE(result.state, State::complete) << "at " << size;
    ASSERT_TRUE(!refused || result.state == State::refused) << "taken back at " << size;
    if (result.state != State::refused) continue;
    refused = true;
    ASSERT_EQ(result.status, row.status) << "at " << size << ": " << result.reason;
    ASSERT_FALSE(result.reason.empty());
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(http::parse_request_head(row.bytes + "GET / HTTP/1.1\r\n\r\n", defaults, head).status, row.status);
}

void expect_all_refused(const std::vector<Refused>& rows) {
  for (const auto& row : rows) expect_refused(row);
}

/// Complete, and not before its last byte.
http::RequestHead accepted(const std::string& text) {
  const auto& bytes = kept(text);
  http::RequestHead head;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(http::parse_request_head(std::string_view{bytes}.substr(0, size), defaults, head).state, State::incomplete) << bytes << " at " << size;
  const auto result = http::parse_request_head(bytes, defaults, head);
  EXPECT_EQ(result.state, State::complete) << bytes << ": " << result.reason;
  EXPECT_EQ(result.consumed, bytes.size());
  return head;
}

TEST(RequestHead, ReadsWhatAnSdkSends) {
  const auto bytes = "POST /v1/chat/completions?beta=true HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nAuthorization: Bearer sk-1\r\n"
                     "content-length: 17\r\nX-Stainless-Lang:python\r\nAccept: \t */* \t \r\n\r\n"s;
  const auto head = accepted(bytes);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/chat/completions?beta=true");
  EXPECT_EQ(head.path, "/v1/chat/completions");
  EXPECT_EQ(head.query, "beta=true");
  EXPECT_EQ(head.minor_version, 1);
  ASSERT_EQ(head.fields.size(), 5u);
  EXPECT_EQ(head.fields[2].name, "content-length");
  EXPECT_EQ(head.fields[2].id, FieldId::content_length);
  EXPECT_EQ(head.fields[3].id, FieldId::unknown);
  EXPECT_EQ(head.find(FieldId::authorization), "Bearer sk-1");
  EXPECT_EQ(head.find("x-stainless-LANG"), "python");
  EXPECT_EQ(head.find(FieldId::accept), "*/*");
  EXPECT_EQ(head.find("x-none"), std::nullopt);
  EXPECT_EQ(head.framing, Framing::length);
  EXPECT_EQ(head.content_length, 17u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expects_continue);
}

TEST(RequestHead, LeavesWhatComesBehindIt) {
  const auto first = get_with("");
  http::RequestHead head;
  const auto result = http::parse_request_head(first + "POST / HTTP", defaults, head);
  EXPECT_EQ(result.state, State::complete);
  EXPECT_EQ(result.consumed, first.size());
}

TEST(RequestHead, ForgetsTheRequestBefore) {
  http::RequestHead head;
  http::parse_request_head(post_with("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"), defaults, head);
  EXPECT_TRUE(head.expects_continue);
  const auto* const storage = head.fields.data();
  http::parse_request_head(get_with(""), defaults, head);
  EXPECT_EQ(head.fields.data(), storage) << "nothing is allocated for the next request";
  EXPECT_FALSE(head.expects_continue);
  EXPECT_EQ(head.framing, Framing::none);
  EXPECT_EQ(head.content_length, 0u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.fields.size(), 1u);
}

TEST(RequestHead, AcceptsHeadsOfRealClients) {
  for (const std::string bytes : std::initializer_list<const char*>{
           // curl
           "GET /v1/models HTTP/1.1\r\nHost: localhost:4000\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
           "POST /v1/files HTTP/1.1\r\nHost: localhost:4000\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\nContent-Length: 2000000\r\n"
           "Content-Type: multipart/form-data; boundary=------------------------d74496d66958873e\r\nExpect: 100-continue\r\n\r\n",
           // Python
           "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n"
           "Accept: application/json\r\nContent-Type: application/json\r\nUser-Agent: OpenAI/Python 3.3.1\r\nX-Stainless-Lang: python\r\n"
           "X-Stainless-Async: false\r\nAuthorization: Bearer sk-no-key-required\r\nx-stainless-retry-count: 0\r\nContent-Length: 92\r\n\r\n",
           // Node
           "POST /v1/chat/completions HTTP/1.1\r\nhost: gw.example:443\r\nconnection: keep-alive\r\naccept: application/json\r\n"
           "content-type: application/json\r\nuser-agent: OpenAI/JS 7.5.0\r\naccept-language: *\r\nsec-fetch-mode: cors\r\n"
           "accept-encoding: br, gzip, deflate, zstd\r\nauthorization: Bearer k\r\ntransfer-encoding: chunked\r\n\r\n",
           // Go
           "GET /v1/models HTTP/1.1\r\nHost: [::1]:4000\r\nUser-Agent: OpenAI/Go 3.52.0\r\nAccept-Encoding: gzip\r\n\r\n",
           // Java
           "POST /v1/chat/completions HTTP/1.1\r\nX-Stainless-Kotlin-Version: 1.9\r\nContent-Length: 0\r\nHost: gw\r\n"
           "Connection: Keep-Alive\r\nAccept-Encoding: gzip\r\nUser-Agent: OpenAI/Java 4\r\n\r\n",
           // a browser, behind a proxy
           "OPTIONS /v1/models HTTP/1.1\r\nHost: gw_1.internal.\r\nConnection: keep-alive, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
           "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nCookie: a=\"b c\"; d={e}\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n\r\n",
           // oddities that are right
           "\r\nGET / HTTP/1.1\r\nHost: gw\r\n\r\n",
           "GET http://GW:80/v1/models?a=b HTTP/1.1\r\nHost: gw:80\r\n\r\n",
           "GET HTTPS://gw HTTP/1.1\r\nHost: gw\r\n\r\n",
           "GET /h?a=/b?c{d}|\\^`\"<>%zz HTTP/1.1\r\nHost: gw\r\n\r\n",
           "GET / HTTP/1.0\r\n\r\n",
           "HEAD / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n",
           "patch / HTTP/1.1\r\nHost: a\r\n\r\n",
           "M-SEARCH_~!#$%&'*+.^`| / HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-Blank: \r\nX-Name: J\xc3\xb8rn \xff\r\n!#$%&'*+-.^_`|~: 1\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:  CHUNKED \r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:007  \r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-CONTINUE\r\nExpect: 100-continue\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\ncontent_type: x\r\nConnection: ,, close ,\r\n\r\n",
       })
    accepted(bytes);
}

TEST(RequestHead, CutsAbsoluteFormDownToOriginForm) {
  const auto full = accepted("GET http://Gw:80/v1/models?a=b HTTP/1.1\r\nHost: gw:80\r\n\r\n");
  EXPECT_EQ(full.target, "/v1/models?a=b");
  EXPECT_EQ(full.path, "/v1/models");
  EXPECT_EQ(full.query, "a=b");
  const auto bare = accepted("GET http://gw HTTP/1.1\r\nHost: gw\r\n\r\n");
  EXPECT_EQ(bare.target, "/");
  EXPECT_EQ(bare.path, "/");
}

TEST(RequestHead, RefusesMalformedRequestLines) {
  std::vector<Refused> rows = {
      {"\n", 400},
      {" GET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"\tGET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"\r\n\r\nGET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"\nGET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"\rGET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"\0GET / HTTP/1.1\r\nHost: gw\r\n\r\n"s, 400},
      {"\xef\xbb\xbfGET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"G\tET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GE(T / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GE:T / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"\"GET\" / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET{} / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"G\x7fT / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"G\xc9T / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET\n\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET /\n", 400},
      {"GET / \r\nHost: gw\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /  HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET\t/ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /\tHTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET\x0b/ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\t\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1 x\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\rHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\rHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\0\r\nHost: gw\r\n\r\n"s, 400},
      {"GET /a b HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /\0 HTTP/1.1\r\nHost: gw\r\n\r\n"s, 400},
      {"GET /\x01 HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /\r HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /\x1f HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /\x7f HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /\x80 HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /\xc3\xa4 HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /" + std::string(40, 'a') + "\xff HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /#top HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET /?a#top HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"OPTIONS * HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET v1/models HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET hello HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET ?a HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET \\ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET gw:80 HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET ftp://gw/ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET http:/gw/ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET http:///x HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET http://other/ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET http://gw:80/ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET http://u@gw/ HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET http://gw?a=b HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET http://gw/ HTTP/1.0\r\n\r\n", 400},
      {"CONNECT gw:443 HTTP/1.1\r\nHost: gw:443\r\n\r\n", 405},
      {"CONNECT / HTTP/1.1\r\nHost: gw\r\n\r\n", 405},
      {"TRACE / HTTP/1.1\r\nHost: gw\r\n\r\n", 405},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
      {"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"HTTP/1.1 200 OK\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: gw\r\n\r\n", 505},
      {"GET / HTTP/3.0\r\nHost: gw\r\n\r\n", 505},
      {"GET / HTTP/0.9\r\nHost: gw\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: gw\r\n\r\n", 505},
      {"GET / HTTP/9.9\r\nHost: gw\r\n\r\n", 505},
      {"GET / HTTP/1.10\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/11.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1,1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/+1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.a\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP /1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTP/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTPS/1.1\r\nHost: gw\r\n\r\n", 400},
      {"GET / ICE/1.0\r\nHost: gw\r\n\r\n", 400},
      {"GET / FOO\r\nHost: gw\r\n\r\n", 400},
      {std::string(33, 'A') + " / HTTP/1.1\r\nHost: gw\r\n\r\n", 501},
      {"GET /" + std::string(8 * 1024, 'a') + " HTTP/1.1\r\nHost: gw\r\n\r\n", 414},
      {"GET /" + std::string(40 * 1024, 'a'), 414},
  };
  expect_all_refused(rows);
}

TEST(RequestHead, RefusesHostsThatAreNoHost) {
  std::vector<Refused> rows = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nX-Host: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: gw\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: gw\r\nhost: other\r\n\r\n", 400},
      {"GET / HTTP/1.0\r\nHost: gw\r\nHost: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : gw\r\n\r\n", 400},
  };
  for (const auto* value : {"", " ", "a b", "a\tb", "a,b", "a, b", "a/b", "gw/", "http://gw", "u@gw", "u:p@gw", "gw:", "gw:x", "gw:80x", "gw:-1", "gw:+80",
                            "gw:0", "gw:65536", "gw:100000", "gw: 80", "gw:80:80", ":80", "[", "[]", "[::1", "::1", "[::1]x", "[::1]:", "[::g]", "[1.2.3.4]",
                            "[::1%25eth0]", "[fe80::1%eth0]", "[v1.x]", "gw?x", "gw#x", "gw\\x", "gw;x", "gw%2e", "\"gw\"", "g\x80w", "*", "a'b", "a=b", "a\x01"})
    rows.push_back({with_host(value), 400});
  expect_all_refused(rows);
  for (const auto* value : {"gw", "GW.example.", "127.0.0.1", "gw:1", "gw:65535", "gw:00080", "[::1]", "[2001:db8::1]:443", "[::ffff:1.2.3.4]", "xn--bcher-kva", "a_b~c-d"})
    EXPECT_EQ(accepted(with_host(value)).find(FieldId::host), value);
}

TEST(RequestHead, RefusesMalformedFields) {
  std::vector<Refused> rows = {
      {"GET / HTTP/1.1\r\n Host: gw\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\tHost: gw\r\n\r\n", 400},
      {get_with("X-A : b\r\n"), 400},
      {get_with("X-A\t: b\r\n"), 400},
      {get_with("X-A: b\r\n c\r\n"), 400},
      {get_with("X-A: b\r\n\tc\r\n"), 400},
      {get_with("X-A:\r\n b\r\n"), 400},
      {get_with(" \r\n"), 400},
      {get_with("X-A\r\n"), 400},
      {get_with("X-A b\r\n"), 400},
      {get_with(": b\r\n"), 400},
      {get_with(":\r\n"), 400},
      {get_with("X A: b\r\n"), 400},
      {get_with("X(A): b\r\n"), 400},
      {get_with("X/A: b\r\n"), 400},
      {get_with("X@A: b\r\n"), 400},
      {get_with("X;A: b\r\n"), 400},
      {get_with("X=A: b\r\n"), 400},
      {get_with("\"X\": b\r\n"), 400},
      {get_with("{X}: b\r\n"), 400},
      {get_with("X\xc3\xa4: b\r\n"), 400},
      {get_with("X\x7f: b\r\n"), 400},
      {get_with("X\0: b\r\n"s), 400},
      {get_with("X\x0b: b\r\n"), 400},
      {get_with("X-A: b\0c\r\n"s), 400},
      {get_with("X-A: \0\r\n"s), 400},
      {get_with("X-A: b\rc\r\n"), 400},
      {get_with("X-A: b\nc\r\n"), 400},
      {get_with("X-A: b\n"), 400},
      {get_with("X-A: b\r"), 400},
      {get_with("X-A: b\r\r\n"), 400},
      {get_with("X-A: b\nTransfer-Encoding: chunked\r\n"), 400},
      {get_with("X-A: b\rTransfer-Encoding: chunked\r\n"), 400},
      {get_with("X-A: b\x01\r\n"), 400},
      {get_with("X-A: b\x08\r\n"), 400},
      {get_with("X-A: b\x0b\r\n"), 400},
      {get_with("X-A: b\x0c\r\n"), 400},
      {get_with("X-A: b\x1b[31m\r\n"), 400},
      {get_with("X-A: b\x7f\r\n"), 400},
      {get_with("X-A: 0123456789abcdef\x1f" "0123456789\r\n"), 400},
      {"GET / HTTP/1.1\r\nHost: gw\r\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: gw\r\n\rx", 400},
      {"GET / HTTP/1.1\r\nHost: gw\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: gw\r\n\r\r\n", 400},
      {get_with("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
      {get_with("Authorization: Bearer a\r\nX-B: c\r\nAUTHORIZATION: Bearer a\r\n"), 400},
      {get_with("Authorization:\r\nAuthorization: Bearer a\r\n"), 400},
      {get_with("Connection: Authorization\r\n"), 400},
      {get_with("Connection: close, authorization\r\n"), 400},
      {get_with("Connection: keep-alive\r\nConnection: x,\tAUTHORIZATION\r\n"), 400},
      {get_with("Connection: Host\r\n"), 400},
      {get_with("Connection: Content-Length\r\n"), 400},
      {get_with("Connection: close,Transfer-Encoding\r\n"), 400},
      {get_with("Connection: x-api-key\r\n"), 400},
      {get_with("Content_Length: 5\r\n"), 400},
      {get_with("content_length: 0\r\n"), 400},
      {get_with("TRANSFER_ENCODING: chunked\r\n"), 400},
      {get_with("Transfer_Encoding: identity\r\n"), 400},
      {get_with("Expect: 200-ok\r\n"), 417},
      {get_with("Expect:\r\n"), 417},
      {get_with("Expect: 100-continue, x\r\n"), 417},
      {get_with("Expect: 100-continue\r\nExpect: 101-continue\r\n"), 417},
      {get_with("Expect: \"100-continue\"\r\n"), 417},
      {get_with("X-A: " + std::string(8 * 1024, 'b') + "\r\n"), 431},
      {get_with(std::string(8 * 1024, 'b') + ": 1\r\n"), 431},
      {get_with("X-A: " + std::string(9 * 1024, ' ') + "\r\n"), 431},
  };
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";  // and Host: one too many
  rows.push_back({get_with(many), 431});
  std::string large;
  for (int i = 0; i < 9; ++i) large += "X-" + std::to_string(i) + ": " + std::string(4000, 'v') + "\r\n";
  rows.push_back({get_with(large), 431});
  expect_all_refused(rows);
}

TEST(RequestHead, RefusesContentLengthsInDoubt) {
  std::vector<Refused> rows = {
      {post_with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {post_with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {post_with("Content-Length: 0\r\nX: y\r\ncontent-length: 0\r\n"), 400},
      {post_with("Content-Length : 5\r\n"), 400},
      {post_with("Content-Length\t: 5\r\n"), 400},
      {post_with("Content-Length\x0b: 5\r\n"), 400},
      {post_with(" Content-Length: 5\r\n"), 400},
      {post_with("Content-Length:\r\n 5\r\n"), 400},
  };
  for (const auto* value : {"", "+5", "-5", "-0", "0x5", "5h", "0b1", "5, 5", "5,5", "5,", ",5", "5 5", "5\t5", "5;x", "5.0", "5.", ".5", "5e1", "1_000", "1,000", "1'000",
                            "\"5\"", "five", "NaN", "5\x0b", "\x0c" "5", "\t5", "5\t", " \t 5", "\xc2\xb2", "\xd9\xa5", "18446744073709551616", "18446744073709551621",
                            "9223372036854775808", "99999999999999999999", "00000000000000000005", "5\xff", "(5)", "5/1"})
    rows.push_back({post_with("Content-Length: " + std::string{value} + "\r\n"), 400});
  expect_all_refused(rows);
}

TEST(RequestHead, RefusesTransferCodingsInDoubt) {
  std::vector<Refused> rows = {
      {post_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
      {post_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post_with("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), 400},
      {post_with("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"), 501},
      {post_with("Transfer-Encoding : chunked\r\n"), 400},
      {post_with("Transfer-Encoding\t: chunked\r\n"), 400},
      {post_with(" Transfer-Encoding: chunked\r\n"), 400},
      {post_with("Transfer-Encoding:\r\n chunked\r\n"), 400},
      {post_with("Transfer-Encoding: chunked\r\n \r\n"), 400},
      {post_with("X: y\r\n\tTransfer-Encoding: chunked\r\n"), 400},
      {post_with("Transfer-Encoding: chu\rnked\r\n"), 400},
      {post_with("Transfer\rEncoding: chunked\r\n"), 400},
      {post_with("Transfer Encoding: chunked\r\n"), 400},
      {"POST / HTTP/1.0\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n", 400},
  };
  for (const auto* value : {"identity", "gzip", "xchunked", "chunkedx", "cow", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,chunked", "identity, chunked",
                            "chunked;q=1", "chunked; a=b", "chunked;a=\"b,c\"", "chunked ; a=\"\\\"\"", "chunk", "deflate;level=1, chunked", "c-hunked"})
    rows.push_back({post_with("Transfer-Encoding: " + std::string{value} + "\r\n"), 501});
  for (const auto* value : {"", ",", ",chunked", "chunked,", "chunked,,gzip", ", ,", "\"chunked\"", "chunked;", "chunked;q", "chunked;=1", "chunked;q=", "chunked;q=\"",
                            "chunked;q=\"\\\"", "chunked gzip", "chunked chunked", "(chunked)", "\tchunked", "chunked\t", "\x0b" "chunked", "chunked\x0c", "chunked\x7f",
                            "\xa0" "chunked", "chunked/1", "{chunked}", "chunked; q=1;", "[chunked]"}) {
    rows.push_back({post_with("Transfer-Encoding: " + std::string{value} + "\r\n"), 400});
  }
  rows.push_back({post_with("Transfer-Encoding: 'chunked'\r\n"), 501});  // an apostrophe is a token byte: a coding of that name
  rows.push_back({post_with("Transfer-Encoding: chunked\0\r\n"s), 400});
  expect_all_refused(rows);
}

TEST(RequestHead, KnowsWhenTheConnectionLivesOn) {
  const auto keep_alive = [](const std::string& version, const std::string& lines) {
    return accepted("GET / HTTP/" + version + "\r\nHost: gw\r\n" + lines + "\r\n").keep_alive;
  };
  EXPECT_TRUE(keep_alive("1.1", ""));
  EXPECT_TRUE(keep_alive("1.1", "Connection: keep-alive\r\n"));
  EXPECT_TRUE(keep_alive("1.1", "Connection: upgrade\r\nUpgrade: websocket\r\n"));
  EXPECT_FALSE(keep_alive("1.1", "Connection: Close\r\n"));
  EXPECT_FALSE(keep_alive("1.1", "Connection: TE,\tclose\r\n"));
  EXPECT_FALSE(keep_alive("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_TRUE(keep_alive("1.1", "Connection: closed\r\n"));
  EXPECT_FALSE(keep_alive("1.0", ""));
  EXPECT_TRUE(keep_alive("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keep_alive("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(RequestHead, WaitsToContinueOnlyForABody) {
  EXPECT_TRUE(accepted(post_with("Expect: 100-continue\r\nContent-Length: 1\r\n")).expects_continue);
  EXPECT_TRUE(accepted(post_with("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n")).expects_continue);
  EXPECT_FALSE(accepted(post_with("Expect: 100-continue\r\nContent-Length: 0\r\n")).expects_continue);
  EXPECT_FALSE(accepted(post_with("Expect: 100-continue\r\n")).expects_continue);
  EXPECT_FALSE(accepted("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n").expects_continue);
}

TEST(RequestHead, FramesBodiesOfEveryMethod) {
  EXPECT_EQ(accepted(get_with("Content-Length: 3\r\n")).framing, Framing::length);
  EXPECT_EQ(accepted(get_with("Transfer-Encoding: chunked\r\n")).framing, Framing::chunked);
  EXPECT_EQ(accepted(post_with("")).framing, Framing::none);
}

TEST(RequestHead, RefusesWithoutWaitingForTheEnd) {
  http::RequestHead head;
  EXPECT_EQ(http::parse_request_head("\x16", defaults, head).status, 400);
  EXPECT_EQ(http::parse_request_head("PRI *", defaults, head).status, 400);
  EXPECT_EQ(http::parse_request_head("GET /" + std::string(8 * 1024, 'a'), defaults, head).status, 414);
  EXPECT_EQ(http::parse_request_head("GET / HTTP/2.0", defaults, head).status, 505);
  EXPECT_EQ(http::parse_request_head("GET / HTTP/1.1\r\nHost: gw\r\nHost: gw\r\n", defaults, head).status, 400);
  EXPECT_EQ(http::parse_request_head("GET / HTTP/1.1\r\nX: " + std::string(8 * 1024, 'a'), defaults, head).status, 431);
}

TEST(RequestHead, HoldsItsLimitsExactly) {
  const config::HttpLimits limits{.head_bytes = 200, .target_bytes = 20, .field_bytes = 40, .fields = 4};
  http::RequestHead head;
  const auto status = [&](const std::string& bytes) { return http::parse_request_head(bytes, limits, head).status; };
  EXPECT_EQ(status("GET /" + std::string(19, 'a') + " HTTP/1.1\r\nHost: gw\r\n\r\n"), 0);
  EXPECT_EQ(status("GET /" + std::string(20, 'a') + " HTTP/1.1\r\nHost: gw\r\n\r\n"), 414);
  EXPECT_EQ(status(get_with("X: ").substr(0, 36)), 0);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: gw\r\nX: " + std::string(37, 'a') + "\r\n\r\n"), 0);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: gw\r\nX: " + std::string(38, 'a') + "\r\n\r\n"), 431);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: gw\r\n" + std::string(39, 'a') + ":\r\n\r\n"), 0);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: gw\r\n" + std::string(40, 'a') + ":\r\n\r\n"), 431);
  EXPECT_EQ(status(get_with("A: 1\r\nB: 1\r\nC: 1\r\n")), 0);
  EXPECT_EQ(status(get_with("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n")), 431);
  const auto of_size = [](std::size_t size) {
    const auto fixed = "GET / HTTP/1.1\r\nHost: gw\r\nA: " + std::string(36, 'a') + "\r\nB: " + std::string(36, 'a') + "\r\nC: \r\n\r\n";
    return "GET / HTTP/1.1\r\nHost: gw\r\nA: " + std::string(36, 'a') + "\r\nB: " + std::string(36, 'a') + "\r\nC: " + std::string(size - fixed.size(), 'a') + "\r\n\r\n";
  };
  EXPECT_EQ(http::parse_request_head(of_size(140), {.head_bytes = 140}, head).state, State::complete);
  EXPECT_EQ(http::parse_request_head(of_size(141), {.head_bytes = 140}, head).status, 431);
  EXPECT_EQ(http::parse_request_head(of_size(141).substr(0, 140), {.head_bytes = 140}, head).status, 431);
}

// Every length at 2^k-1, 2^k, 2^k+1: the verdict changes at the limit and nowhere else.
TEST(RequestHead, SweepsTheBoundariesOfEveryLength) {
  http::RequestHead head;
  const auto status = [&](const std::string& bytes) { return http::parse_request_head(bytes, defaults, head).status; };
  for (int k = 7; k <= 20; ++k) {
    for (const std::size_t length : {(1u << k) - 1, 1u << k, (1u << k) + 1}) {
      SCOPED_TRACE(length);
      const std::string run(length, 'a');
      EXPECT_EQ(status(run + " / HTTP/1.1\r\nHost: gw\r\n\r\n"), 501);
      EXPECT_EQ(status("GET /" + run + " HTTP/1.1\r\nHost: gw\r\n\r\n"), length + 1 <= 8192 ? 0 : 414);
      EXPECT_EQ(status("GET /?" + run + " HTTP/1.1\r\nHost: gw\r\n\r\n"), length + 2 <= 8192 ? 0 : 414);
      EXPECT_EQ(status("GET http://gw/" + run + " HTTP/1.1\r\nHost: gw\r\n\r\n"), length + 10 <= 8192 ? 0 : 414);
      EXPECT_EQ(status("GET / HTTP/1." + std::string(length, '1') + "\r\nHost: gw\r\n\r\n"), 400);
      EXPECT_EQ(status(with_host(run)), length + 6 <= 8192 ? 0 : 431);
      EXPECT_EQ(status(with_host("gw:" + std::string(length, '1'))), length + 9 <= 8192 ? 400 : 431);
      EXPECT_EQ(status(get_with(run + ": 1\r\n")), length + 3 <= 8192 ? 0 : 431);
      EXPECT_EQ(status(get_with("X: " + run + "\r\n")), length + 3 <= 8192 ? 0 : 431);
      EXPECT_EQ(status(get_with("Cookie: " + run + "\r\n")), length + 8 <= 8192 ? 0 : 431);
      EXPECT_EQ(status(get_with("X:" + std::string(length, ' ') + "\r\n")), length + 2 <= 8192 ? 0 : 431);
      EXPECT_EQ(status(get_with("Connection: " + run + "\r\n")), length + 12 <= 8192 ? 0 : 431);
      EXPECT_EQ(status(get_with("Expect: " + run + "\r\n")), length + 8 <= 8192 ? 417 : 431);
      EXPECT_EQ(status(post_with("Content-Length: " + std::string(length, '1') + "\r\n")), length + 16 <= 8192 ? 400 : 431);
      EXPECT_EQ(status(post_with("Transfer-Encoding: " + run + "\r\n")), length + 19 <= 8192 ? 501 : 431);
      EXPECT_EQ(status(post_with("Content-Type: multipart/form-data; boundary=" + run + "\r\n")), length + 44 <= 8192 ? 0 : 431);
      EXPECT_EQ(status(std::string(length, '\n')), 400);
      std::string fields;
      for (std::size_t i = 0; i < std::min<std::size_t>(length, 2000); ++i) fields += "A:\r\n";
      EXPECT_EQ(status(get_with(fields)), length + 1 <= 100 ? 0 : 431);
    }
  }
}

TEST(WorthParsing, BoundsTheWorkForByteByByteClients) {
  const auto bytes = get_with("X: " + std::string(5000, 'a') + "\r\n");
  int parses = 0;
  std::size_t seen = 0;
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    if (!http::worth_parsing(std::string_view{bytes}.substr(0, size), seen)) continue;
    ++parses;
    seen = size;
  }
  EXPECT_EQ(seen, bytes.size());
  EXPECT_LE(parses, 12);
  EXPECT_TRUE(http::worth_parsing("G", 0));
  EXPECT_FALSE(http::worth_parsing("GE", 1));
  EXPECT_TRUE(http::worth_parsing("GET\n", 3));
}

TEST(PercentDecode, RefusesWhatIsMalformedOrControls) {
  EXPECT_EQ(http::percent_decode("openai%2Fgpt-4o+x%C3%A4"), "openai/gpt-4o+x\xc3\xa4");
  EXPECT_EQ(http::percent_decode(""), "");
  for (const auto* text : {"%", "a%", "%2", "%zz", "%2g", "%g2", "%00", "%0a", "%0D", "%1f", "%7f", "a\x01", "% 2f"}) EXPECT_EQ(http::percent_decode(text), std::nullopt) << text;
}

// ---- responses

http::ResponseHead answer(const std::string& text, bool to_head_request = false) {
  const auto& bytes = kept(text);
  http::ResponseHead head;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(http::parse_response_head(std::string_view{bytes}.substr(0, size), 65536, 256, to_head_request, head).state, State::incomplete) << bytes << " at " << size;
  const auto result = http::parse_response_head(bytes, 65536, 256, to_head_request, head);
  EXPECT_EQ(result.state, State::complete) << bytes << ": " << result.reason;
  EXPECT_EQ(result.consumed, bytes.size());
  return head;
}

std::string ok_with(const std::string& lines) { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n"; }

TEST(ResponseHead, KnowsWhereTheBodyEnds) {
  EXPECT_EQ(answer(ok_with("Content-Length: 5\r\n")).framing, Framing::length);
  EXPECT_EQ(answer(ok_with("Content-Length: 5\r\n")).content_length, 5u);
  EXPECT_EQ(answer(ok_with("transfer-encoding: Chunked\r\n")).framing, Framing::chunked);
  EXPECT_EQ(answer(ok_with("")).framing, Framing::until_close);
  EXPECT_FALSE(answer(ok_with("")).keep_alive);
  EXPECT_EQ(answer("HTTP/1.1 204 No Content\r\n\r\n").framing, Framing::none);
  EXPECT_EQ(answer("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n").framing, Framing::none);
  EXPECT_EQ(answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n").framing, Framing::none);
  EXPECT_EQ(answer("HTTP/1.1 100 Continue\r\n\r\n").framing, Framing::none);
  EXPECT_EQ(answer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").framing, Framing::none);
  EXPECT_EQ(answer(ok_with("Content-Length: 5\r\n"), true).framing, Framing::none);
  EXPECT_EQ(answer(ok_with(""), true).framing, Framing::none);
  EXPECT_TRUE(answer(ok_with(""), true).keep_alive);
}

TEST(ResponseHead, ToleratesWhatServersReallySend) {
  EXPECT_EQ(answer("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n").status, 200);
  EXPECT_EQ(answer("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n").status, 200);
  EXPECT_EQ(answer("HTTP/1.1 529 Site is \xc3\xbc" "berlastet\tnow\r\nContent-Length: 0\r\n\r\n").status, 529);
  EXPECT_EQ(answer("HTTP/1.1 599 \r\nCONTENT-LENGTH: 0\r\n\r\n").status, 599);
  EXPECT_EQ(answer(ok_with("Connection: Keep-Alive, timeout=5\r\nContent-Length: 0\r\n")).keep_alive, true);
  EXPECT_EQ(answer(ok_with("Connection: close\r\nContent-Length: 0\r\n")).keep_alive, false);
  const auto old = answer("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(old.minor_version, 0);
  EXPECT_FALSE(old.keep_alive);
  EXPECT_TRUE(answer("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n").keep_alive);
  const auto named = answer(ok_with("Content-Type: text/event-stream\r\nx-request-id:  r \r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"));
  EXPECT_EQ(named.find(FieldId::content_type), "text/event-stream");
  EXPECT_EQ(named.find("X-Request-Id"), "r");
  EXPECT_EQ(named.fields.size(), 4u);
}

TEST(ResponseHead, RefusesHostileAnswers) {
  std::vector<std::string> rows = {
      "\r\nHTTP/1.1 200 OK\r\n\r\n", " HTTP/1.1 200 OK\r\n\r\n", "\n", "{\"error\": 1}", "<html>", "\x15\x03\x01\x00\x02\x02\x46"s, "SSH-2.0-x\r\n",
      "GET / HTTP/1.1\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/0.9 200 OK\r\n\r\n", "HTTP/1.10 200 OK\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n", "HTTP/1.1200 OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1 000 X\r\n\r\n",
      "HTTP/1.1 600 X\r\n\r\n", "HTTP/1.1 999 X\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n",
      "HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 \r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 200\tOK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
      "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 O\nK\r\n\r\n", "HTTP/1.1 200 O\rK\r\n\r\n", "HTTP/1.1 200 O\0K\r\n\r\n"s, "HTTP/1.1 200 O\x7fK\r\n\r\n",
      "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 100 Continue\r\nContent-Length: 1\r\n\r\n",
      "HTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\n\n",
      "HTTP/1.1 200 OK\r\n A: b\r\n\r\n", "HTTP/1.1 200 OK\r\n\rA"};
  for (const auto* lines :
       {"Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5, 5\r\n", "Content-Length: -1\r\n", "Content-Length:\r\n",
        "Content-Length: 18446744073709551616\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding:\tchunked\r\n", "Transfer_Encoding: chunked\r\n", "Content_Length: 5\r\n", "A: b\r\n c\r\n", "A : b\r\n",
        "A\r\n", ": b\r\n", "A: \x01\r\n", "A b: c\r\n", "A: b\rc\r\n", "A: b\nc: d\r\n", "\xff: b\r\n"})
    rows.push_back(ok_with(lines));
  rows.push_back(ok_with("A: " + std::string(70'000, 'b') + "\r\n"));
  std::string many;
  for (int i = 0; i < 257; ++i) many += "A: b\r\n";
  rows.push_back(ok_with(many));

  http::ResponseHead head;
  for (const auto& bytes : rows) {
    SCOPED_TRACE(testing::PrintToString(bytes.substr(0, 100)));
    bool refused = false;
    for (std::size_t size = 0; size <= bytes.size(); size += bytes.size() > 2000 ? 997 : 1) {
      const auto result = http::parse_response_head(std::string_view{bytes}.substr(0, size), 65536, 256, false, head);
      ASSERT_NE(result.state, State::complete);
      ASSERT_TRUE(!refused || result.state == State::refused) << "taken back at " << size;
      refused = result.state == State::refused;
      ASSERT_EQ(result.status, refused ? 502 : 0);
    }
    EXPECT_TRUE(http::parse_response_head(bytes, 65536, 256, false, head).state == State::refused);
    EXPECT_TRUE(http::parse_response_head(bytes, 65536, 256, true, head).state == State::refused);
  }
}

}  // namespace
