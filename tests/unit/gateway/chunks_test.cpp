#include "gateway/http/chunks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using http::ChunkDecoder;
using namespace std::string_literals;

struct Outcome {
  std::string payload;
  std::size_t consumed = 0;
  bool finished = false;
  bool failed = false;
};

bool operator==(const Outcome& a, const Outcome& b) {
  return a.payload == b.payload && a.consumed == b.consumed && a.finished == b.finished && a.failed == b.failed;
}
std::ostream& operator<<(std::ostream& out, const Outcome& o) {
  return out << '"' << o.payload.substr(0, 60) << "\" after " << o.consumed << (o.finished ? ", finished" : "") << (o.failed ? ", failed" : "");
}

/// Feeds the body in reads of at most `piece` bytes, the first of `first` bytes.
Outcome decode(const std::string& body, std::size_t first, std::size_t piece) {
  ChunkDecoder decoder;
  Outcome outcome;
  std::size_t at = 0;
  for (std::size_t take = first; at < body.size() && !decoder.finished() && !decoder.failed(); take = piece) {
    auto read = body.substr(at, std::max<std::size_t>(take, 1));
    const auto step = decoder.decode(read.data(), read.size());
    EXPECT_LE(step.produced, step.consumed);
    if (!decoder.finished() && !decoder.failed()) {
      EXPECT_EQ(step.consumed, read.size());
    }
    outcome.payload.append(read, 0, step.produced);
    at += step.consumed;
  }
  outcome.consumed = at;
  outcome.finished = decoder.finished();
  outcome.failed = decoder.failed();
  EXPECT_EQ(decoder.fault().empty(), !decoder.failed());
  return outcome;
}

/// The outcome, which must not depend on how the bytes were cut.
Outcome decode(const std::string& body) {
  const auto whole = decode(body, body.size(), body.size());
  EXPECT_EQ(decode(body, 1, 1), whole);
  if (body.size() >= 400) return whole;
  for (std::size_t cut = 1; cut < body.size(); ++cut) EXPECT_EQ(decode(body, cut, body.size()), whole) << "cut at " << cut;
  return whole;
}

TEST(ChunkDecoder, JoinsChunksInPlace) {
  const auto body = "4\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n"s;
  const auto outcome = decode(body + "GET / HTTP/1.1");
  EXPECT_EQ(outcome.payload, "Wikipedia in \r\n\r\nchunks.");
  EXPECT_EQ(outcome.consumed, body.size());
  EXPECT_TRUE(outcome.finished);
}

TEST(ChunkDecoder, AcceptsWhatTheGrammarAllows) {
  for (const std::string body : std::initializer_list<const char*>{
           "0\r\n\r\n", "000\r\n\r\n", "0000000000000000\r\n\r\n", "1\r\nx\r\n00\r\n\r\n", "000000000000000A\r\n0123456789\r\n0\r\n\r\n", "a\r\n0123456789\r\n0\r\n\r\n",
           "5;a\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0;z\r\n\r\n", "5;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\nhello\r\n0\r\n\r\n",
           "5; a = b ; c=\"d;\\\"\xc3\xa4\"\r\nhello\r\n0\r\n\r\n", "5;a=\"\"\r\nhello\r\n0\r\n\r\n", "5;a=\"b\" ;c\r\nhello\r\n0\r\n\r\n",
           "0\r\nX-Checksum: 1\r\n\r\n", "0\r\nA:\r\nB: \tc\xff\r\n\r\n", "0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer x\r\nHost: y\r\n\r\n",
       }) {
    const auto outcome = decode(body);
    EXPECT_TRUE(outcome.finished) << body;
    EXPECT_EQ(outcome.consumed, body.size()) << body;
  }
}

TEST(ChunkDecoder, WaitsForTheRest) {
  for (const std::string body : std::initializer_list<const char*>{"", "5", "5\r", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n", "5\r\nhello\r\n0", "0\r\n", "0\r\n\r", "0\r\nA", "0\r\nA: b\r\n"}) {
    const auto outcome = decode(body);
    EXPECT_FALSE(outcome.finished || outcome.failed) << body;
  }
}

TEST(ChunkDecoder, RefusesMalformedBodies) {
  const std::vector<std::string> bodies = {
           // sizes
           "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "-0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "0X5\r\nhello\r\n", "x5\r\nhello\r\n", " 5\r\nhello\r\n0\r\n\r\n",
           "5 \r\nhello\r\n0\r\n\r\n", "5\t\r\nhello\r\n", "\t5\r\nhello\r\n", "1_0\r\n0123456789abcdef\r\n", "5_\r\nhello\r\n", "\r\nhello\r\n", "\r\n\r\n", "g\r\n", "5h\r\nhello\r\n",
           "five\r\n", "5.0\r\nhello\r\n", "5,5\r\nhello\r\n", "\"5\"\r\nhello\r\n", "\0\r\n"s, "5\0\r\nhello\r\n"s, "\xd9\xa5\r\n", "8000000000000000\r\n", "FFFFFFFFFFFFFFFF\r\n",
           "10000000000000005\r\nhello\r\n", "00000000000000005\r\nhello\r\n", "fffffffffffffffffffff\r\n", "0 \r\n\r\n",
           // line ends
           "5\nhello\r\n0\r\n\r\n", "5\rhello\r\n", "5\r\rhello", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello\r\r\n0\r\n\r\n",
           "5\r\nhello\r\n\r\n0\r\n\r\n", "5\r\nhello\r\n0\n\n", "0\r\n\n", "0\n\r\n", "0\r\r\n\r\n", "0\r\n\rX", "5\n\rhello\r\n", "5\n\nhello\r\n",
           // data longer or shorter than its size
           "4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n", "3\r\nhello\r\n0\r\n\r\n", "0\r\nhello\r\n\r\n", "1\r\n\r\n0\r\n\r\n",
           // extensions
           "5;\r\nhello\r\n", "5;;\r\nhello\r\n", "5;a;\r\nhello\r\n", "5;=b\r\nhello\r\n", "5;a=\r\nhello\r\n", "5;a=b=c\r\nhello\r\n", "5;a b\r\nhello\r\n", "5;a=b c\r\nhello\r\n",
           "5;a=\"b\r\nhello\r\n", "5;a=\"b\\\r\nhello\r\n", "5;a=\"b\"c\r\nhello\r\n", "5;a=\"b\" \r\nhello\r\n", "5;a=b \r\nhello\r\n", "5;a \r\nhello\r\n", "5 ;a\r\nhello\r\n", "5,a\r\nhello\r\n",
           "5;a\n\r\nhello\r\n", "5;a\nb\r\nhello\r\n", "5;a\rb\r\nhello\r\n", "5;a\0\r\nhello\r\n"s, "5;a=\"\0\"\r\nhello\r\n"s, "5;a\x01\r\nhello\r\n", "5;a=\"\x7f\"\r\nhello\r\n",
           "5;a=\"\n\"\r\nhello\r\n", "5;\xc3\xa4\r\nhello\r\n", "5;a/b\r\nhello\r\n",
           // trailers
           "0\r\n A: b\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n", "0\r\nA\r\n\r\n", "0\r\nA b: c\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\n: b\r\n\r\n", "0\r\nA: b\n\r\n", "0\r\nA: b\rc\r\n\r\n",
           "0\r\nA: \0\r\n\r\n"s, "0\r\nA: \x1b\r\n\r\n", "0\r\nA\xff: b\r\n\r\n", "0\r\nA: b\r\n\n", "0\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
       };
  for (const auto& body : bodies) {
    const auto outcome = decode(body);
    EXPECT_TRUE(outcome.failed) << testing::PrintToString(body);
    EXPECT_FALSE(outcome.finished);
  }
}

TEST(ChunkDecoder, StaysFailed) {
  ChunkDecoder decoder;
  std::string bad = "x", good = "0\r\n\r\n";
  EXPECT_EQ(decoder.decode(bad.data(), bad.size()).consumed, 0u);
  EXPECT_EQ(decoder.decode(good.data(), good.size()).consumed, 0u);
  EXPECT_TRUE(decoder.failed());
  decoder.reset();
  EXPECT_EQ(decoder.decode(good.data(), good.size()).consumed, good.size());
  EXPECT_TRUE(decoder.finished());
}

TEST(ChunkDecoder, TellsWhatAChunkHasAnnounced) {
  ChunkDecoder decoder;
  std::string body = "7fffffffffffffff\r\nabc";
  EXPECT_EQ(decoder.announced(), 0u);
  decoder.decode(body.data(), body.size());
  EXPECT_EQ(decoder.announced(), 0x7fff'ffff'ffff'ffffu - 3);
}

TEST(ChunkDecoder, BoundsWhatIsNotPayload) {
  const auto chunk = [](std::size_t line) { return "1;" + std::string(line - 2, 'a') + "\r\nx\r\n"; };
  EXPECT_TRUE(decode(chunk(256) + "0\r\n\r\n").finished);
  EXPECT_TRUE(decode(chunk(257) + "0\r\n\r\n").failed);

  std::string extensions;
  for (int i = 0; i < 64; ++i) extensions += "1;" + std::string(255 - 1, 'a') + "\r\nx\r\n";  // 64 x 255 bytes of extension
  EXPECT_TRUE(decode(extensions + "1;" + std::string(63, 'a') + "\r\nx\r\n0\r\n\r\n").finished);  // 16,384 in all
  EXPECT_TRUE(decode(extensions + "1;" + std::string(64, 'a') + "\r\nx\r\n0\r\n\r\n").failed);

  EXPECT_TRUE(decode("0\r\nA:" + std::string(8190, 'b') + "\r\n\r\n").finished);
  EXPECT_TRUE(decode("0\r\nA:" + std::string(8191, 'b') + "\r\n\r\n").failed);
  std::string trailers;
  for (int i = 0; i < 32; ++i) trailers += "A: b\r\n";
  EXPECT_TRUE(decode("0\r\n" + trailers + "\r\n").finished);
  EXPECT_TRUE(decode("0\r\n" + trailers + "A: b\r\n\r\n").failed);
}

// Every length at 2^k-1, 2^k, 2^k+1.
TEST(ChunkDecoder, SweepsTheBoundariesOfEveryLength) {
  for (int k = 7; k <= 20; ++k) {
    for (const std::size_t length : {(1u << k) - 1, 1u << k, (1u << k) + 1}) {
      SCOPED_TRACE(length);
      const std::string run(length, 'a');
      const auto outcome = [](const std::string& body) { return decode(body, body.size(), body.size()); };
      std::string head(18, '\0');
      head.resize(http::write_chunk_head(head.data(), length));
      EXPECT_EQ(outcome(head + run + "\r\n0\r\n\r\n").payload, run);
      EXPECT_TRUE(outcome(head + run + "x\r\n0\r\n\r\n").failed);
      EXPECT_TRUE(outcome(std::string(length, '0') + "\r\n\r\n").failed);
      EXPECT_EQ(outcome("1;" + run + "\r\nx\r\n0\r\n\r\n").finished, length + 2 <= 256);
      EXPECT_EQ(outcome("1;a=\"" + run + "\"\r\nx\r\n0\r\n\r\n").finished, length + 6 <= 256);
      EXPECT_EQ(outcome("0\r\n" + run + ":\r\n\r\n").finished, length + 1 <= 8192);
      EXPECT_EQ(outcome("0\r\nA:" + run + "\r\n\r\n").finished, length + 2 <= 8192);
    }
  }
}

TEST(ChunkHead, IsWrittenInHex) {
  const auto head = [](std::uint64_t size) {
    std::string out(18, '\0');
    out.resize(http::write_chunk_head(out.data(), size));
    return out;
  };
  EXPECT_EQ(head(0), "0\r\n");
  EXPECT_EQ(head(15), "f\r\n");
  EXPECT_EQ(head(16), "10\r\n");
  EXPECT_EQ(head(0x1234abcd), "1234abcd\r\n");
  EXPECT_EQ(head(~std::uint64_t{0}), "ffffffffffffffff\r\n");
}

}  // namespace
