// links: providers
// Any bytes as a whole reply: what is passed on is the same JSON but for the model and converted vectors; as a stream it is one that our
// own relay passes unchanged.
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

constexpr std::string_view client_model = "team/m";

std::size_t members_of(std::string_view object) {
  std::size_t count = 0;
  providers::MemberWalk walk{object};
  while (walk.next()) ++count;
  HOLDS(!walk.failed());
  return count;
}

void check_passed_on(const providers::PlainReply& reply, std::string_view body) {
  std::string out;
  for (const std::string_view piece : reply.body.pieces) out += piece;
  HOLDS(out.size() == reply.body.length);
  HOLDS(members_of(out) == members_of(body));
  providers::MemberWalk walk{out};
  while (const auto member = walk.next()) HOLDS(!is_named(*member, "model") || member->value == "\"team/m\"");
}

}  // namespace

/// Byte 0: the operation and its options; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string body{reinterpret_cast<const char*>(data) + 1, size - 1};
  providers::ModelRequest request;
  request.operation = static_cast<providers::Operation>(data[0] & 3);
  request.wants_base64 = (data[0] & 4) != 0;
  request.include_usage = (data[0] & 8) != 0;

  providers::PlainReply reply;
  const bool readable = read_plain_reply(request, client_model, body, reply).has_value();
  if (readable) check_passed_on(reply, body);
  HOLDS(!providers::usage_from_tail(body).seen || body.find("\"usage\"") != std::string::npos);

  providers::Usage usage;
  const auto stream = providers::stream_from_plain(request, client_model, body, usage);
  if (!stream) return 0;
  HOLDS(readable);
  HOLDS(usage == reply.usage);
  providers::StreamRelay relay{{}};
  std::string out;
  relay.feed(*stream, out);
  HOLDS(relay.done() && out == *stream);
  const auto back = providers::plain_from_stream(request, *stream);
  HOLDS(back);
  members_of(*back);
  return 0;
}
