// links: providers
// Any bytes as an upstream's stream. Whatever they are and however they are cut: the same output, well-formed, and one way of ending.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "providers/json_members.hpp"
#include "providers/plain_reply.hpp"
#include "providers/stream_relay.hpp"

#define HOLDS(condition)                                                            \
  do {                                                                              \
    if (!(condition)) {                                                             \
      std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);  \
      std::abort();                                                                 \
    }                                                                               \
  } while (false)

namespace {

using providers::StreamRelay;

bool is_json_object(std::string_view text) {
  providers::MemberWalk walk{text};
  while (walk.next()) {
  }
  return !walk.failed();
}

/// Only "data: X\n\n", X a JSON object in one line or [DONE], and nothing behind [DONE].
void check_output(std::string_view out, const StreamRelay& relay) {
  bool done = false;
  while (!out.empty()) {
    HOLDS(!done);
    HOLDS(out.starts_with("data: "));
    const std::size_t end = out.find('\n');
    HOLDS(end != std::string_view::npos && out.substr(end).starts_with("\n\n"));
    const std::string_view data = out.substr(6, end - 6);
    HOLDS(data.find('\r') == std::string_view::npos);
    done = data == "[DONE]";
    HOLDS(done || is_json_object(data));
    out.remove_prefix(end + 2);
  }
  HOLDS(done == relay.done());
  HOLDS(relay.done() != relay.failure().has_value());
  HOLDS(!relay.done() || relay.committed());
  HOLDS(relay.content_events() == 0 || relay.committed());
}

}  // namespace

/// Bytes 0 to 3: options, how the body ended, and the sizes of the pieces; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view body{reinterpret_cast<const char*>(data) + 4, size - 4};
  const bool clean = (data[0] & 1) != 0;
  const providers::StreamOptions options{.client_model = (data[0] & 2) != 0 ? std::string_view("team/\"m\"") : std::string_view{},
                                         .hide_usage = (data[0] & 4) != 0,
                                         .event_limit = (data[0] & 8) != 0 ? 256U : 1U << 20};

  StreamRelay whole{options};
  std::string out;
  whole.feed(body, out);
  whole.end_of_body(clean, out);
  check_output(out, whole);

  StreamRelay pieces{options};
  std::string other;
  std::string_view rest = body;
  for (std::size_t turn = 0; !rest.empty(); ++turn) {
    const std::size_t length = std::min<std::size_t>(rest.size(), 1U + data[1 + turn % 3]);
    const std::string piece{rest.substr(0, length)};  // a buffer of its own: a read past its end is seen
    pieces.feed(piece, other);
    rest.remove_prefix(length);
  }
  pieces.end_of_body(clean, other);
  HOLDS(out == other);
  HOLDS(whole.done() == pieces.done() && whole.committed() == pieces.committed() && whole.surplus() == pieces.surplus());
  HOLDS(whole.failure().has_value() == pieces.failure().has_value());
  HOLDS(!whole.failure() || whole.failure()->message == pieces.failure()->message);
  HOLDS(whole.usage() == pieces.usage() && whole.finish_reason() == pieces.finish_reason());
  HOLDS(whole.content_events() == pieces.content_events() && whole.content_bytes() == pieces.content_bytes());

  if (whole.done()) {  // what was relayed can be relayed again, and read as one reply
    StreamRelay again{{}};
    std::string same;
    again.feed(out, same);
    HOLDS(again.done() && same == out);
    const auto reply = providers::plain_from_stream({}, out);
    HOLDS(!reply || is_json_object(*reply));
  }
  return 0;
}
