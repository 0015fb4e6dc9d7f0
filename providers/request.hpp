// An inference request as we see it: the client's bytes, and where in them the few members stand that we act on.
// Nothing is rebuilt: the upstream body is the client's body with values cut out and spliced in (DESIGN D4). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "providers/error.hpp"
#include "providers/json_members.hpp"

namespace providers {

enum class Operation { chat, completions, embeddings, moderations };

inline constexpr std::size_t max_request_members = 256;  // top-level members of a body; OpenAI's own has under forty
inline constexpr std::size_t max_model_bytes = 1024;     // a model's name goes into logs, metrics and messages

/// The path of an operation behind a base URL, which also names the route in messages: "/chat/completions".
std::string_view operation_path(Operation operation);

/// LiteLLM's own body members (BEHAVIOUR 7): ours to act on, never sent upstream. `metadata` has rules of its own and is not among them.
bool is_gateway_member(std::string_view name);

/// Views into `body`, which the exchange owns until it ends. One object is reused for every request of a connection:
/// parse_request() overwrites it and keeps the capacity of its containers.
struct ModelRequest {
  Operation operation = Operation::chat;
  std::string_view body;
  std::vector<Member> members;     // top level, in order
  std::string model;               // decoded; what the client asked for
  bool stream = false;
  bool include_usage = false;      // the client asked for the usage event itself
  bool store = false;              // creates state upstream: never sent twice (BEHAVIOUR 21)
  bool wants_base64 = false;       // embeddings: encoding_format is base64
  bool plain_metadata = false;     // `metadata` is what OpenAI defines: an object of strings
  std::int64_t max_tokens = 0;     // max_completion_tokens, else max_tokens; 0: no cap
  std::int64_t n = 1;
  std::string end_user;            // `user`
  std::int64_t timeout_ms = 0;     // LiteLLM's `timeout` member in the body (seconds there); 0: none
};

/// Reads and judges a body: one JSON object, depth <= 64, no member we act on twice or spelt with escapes, types right,
/// no member that would choose a destination (BEHAVIOUR 8). `path_model` is the model named by the path ("" if none); it wins
/// only where the body has none, and must not contradict it otherwise. Messages start with the route, as LiteLLM's do.
Result<void> parse_request(Operation operation, std::string_view body, std::string_view path_model, ModelRequest& out);

/// An upstream body as a gather list. `pieces` are views into the client's body and into `storage`.
struct SplicedBody {
  std::vector<std::string_view> pieces;
  std::size_t length = 0;
  std::string storage;
};

struct Target;  // providers/vendor.hpp

/// The client's body with the values that must change for this target: model name; stream_options.include_usage when the client did
/// not ask and the vendor knows it; default parameters and extra_body of the deployment; LiteLLM's own members cut (BEHAVIOUR 7);
/// what the vendor's row renames or drops. Everything else is kept byte for byte, in order. `upstream_model` is the name to send where it
/// is not with_wildcard(target, request.model), as behind an alias. Views also into the target and its deployment, which must outlive `out`.
void splice_body(const ModelRequest& request, const Target& target, SplicedBody& out);
void splice_body(const ModelRequest& request, const Target& target, std::string_view upstream_model, SplicedBody& out);

}  // namespace providers
