// links: gateway
// Chunked bodies: the first byte chooses how the rest is cut into reads. The outcome must not depend on it, and must be what a decoder that
// sees the whole body at once, line by line, comes to.
#include "gateway/http/chunks.hpp"

#include <algorithm>
#include <cstdint>
#include <regex>

#include "tests/fuzz/http_reference.hpp"

namespace {

struct Outcome {
  std::string payload;
  std::size_t consumed = 0;
  bool finished = false;
  bool failed = false;
  bool undecided = false;  // the reference only: the last line has not ended, so a fault in it may or may not have been seen
};

Outcome decode(const std::string& body, std::uint8_t seed) {
  http::ChunkDecoder decoder;
  Outcome outcome;
  std::uint32_t random = seed;
  while (outcome.consumed < body.size() && !decoder.finished() && !decoder.failed()) {
    random = random * 1664525 + 1013904223;
    const std::size_t piece = seed == 0 ? body.size() : seed < 64 ? seed : 1 + random % (seed < 128 ? 16u : 4096u);
    auto read = body.substr(outcome.consumed, piece);
    const auto original = read;
    const auto step = decoder.decode(read.data(), read.size());
    REQUIRE(step.consumed <= read.size() && step.produced <= step.consumed);
    REQUIRE(step.consumed == read.size() || decoder.finished() || decoder.failed());
    REQUIRE(read.substr(step.consumed) == original.substr(step.consumed));  // what follows the body is left as it came
    outcome.payload += read.substr(0, step.produced);
    outcome.consumed += step.consumed;
  }
  outcome.finished = decoder.finished();
  outcome.failed = decoder.failed();
  REQUIRE(outcome.failed == !decoder.fault().empty());
  return outcome;
}

bool is_chunk_line(const std::string& line) {
  static const std::string token = "[-!#$%&'*+.^_`|~0-9A-Za-z]+";
  static const std::string extension = ";[ \t]*" + token + "(?:[ \t]*=[ \t]*(?:" + token + "|\"(?:[^\"\\\\]|\\\\.)*\"))?";
  static const std::regex grammar{"[0-9A-Fa-f]{1,16}(?:" + extension + "(?:[ \t]*" + extension + ")*)?"};
  return line.size() <= 256 && !reference::has_control(line) && std::regex_match(line, grammar);
}

bool is_trailer(const std::string& line) {
  const auto colon = line.find(':');
  return colon != std::string::npos && reference::is_token(line.substr(0, colon)) && !reference::has_control(line.substr(colon + 1));
}

Outcome reference_decode(const std::string& body) {
  Outcome outcome;
  std::size_t at = 0;
  std::size_t extension_bytes = 0;
  const auto failed = [&] {
    outcome.failed = true;
    return outcome;
  };
  const auto undecided = [&] {
    outcome.undecided = true;
    return outcome;
  };
  for (;;) {
    const auto line_end = body.find("\r\n", at);
    if (line_end == std::string::npos) return undecided();
    const auto line = body.substr(at, line_end - at);
    if (!is_chunk_line(line)) return failed();
    const auto digits = std::min(line.find(';'), line.size());
    extension_bytes += line.size() - digits;
    if (extension_bytes > 16 * 1024) return failed();
    const auto size = std::stoull(line.substr(0, digits), nullptr, 16);
    if (size > 0x7fff'ffff'ffff'ffffu) return failed();
    at = line_end + 2;
    if (size == 0) break;
    const auto piece = std::min<std::uint64_t>(size, body.size() - at);
    outcome.payload += body.substr(at, piece);
    at += piece;
    if (body.size() - at < 2) return undecided();
    if (body.compare(at, 2, "\r\n") != 0) return failed();
    at += 2;
  }
  std::size_t trailer_bytes = 0;
  for (int fields = 0;; ++fields) {
    const auto line_end = body.find("\r\n", at);
    if (line_end == std::string::npos) return undecided();
    const auto line = body.substr(at, line_end - at);
    at = line_end + 2;
    if (line.empty()) break;
    trailer_bytes += line.size();
    if (!is_trailer(line) || fields == 32 || trailer_bytes > 8 * 1024) return failed();
  }
  outcome.finished = true;
  outcome.consumed = at;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string body{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto whole = decode(body, 0);
  const auto cut = decode(body, std::max<std::uint8_t>(data[0], 1));
  REQUIRE(whole.payload == cut.payload && whole.consumed == cut.consumed && whole.finished == cut.finished && whole.failed == cut.failed);

  const auto expected = reference_decode(body);
  REQUIRE(whole.payload == expected.payload);
  REQUIRE(whole.finished == expected.finished);
  if (!expected.undecided) REQUIRE(whole.failed == expected.failed);
  if (expected.finished) REQUIRE(whole.consumed == expected.consumed);
  return 0;
}
