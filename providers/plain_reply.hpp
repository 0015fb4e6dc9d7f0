// A whole JSON reply of an upstream: judged, metered, and spliced for the client; and the two conversions between plain and streamed
// replies for upstreams that answer in the other form (streams.md S19, S20). Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/error.hpp"
#include "providers/request.hpp"
#include "providers/usage.hpp"

namespace providers {

struct PlainReply {
  SplicedBody body;           // what the client gets; views into the upstream's body
  Usage usage;
  std::string finish_reason;  // of the first choice
};

/// Reads a 200 reply. An `error` object in it, or anything that is not a JSON object, is an error (502 or as the error says).
/// `client_model` is restamped into `model` (empty: kept). Float embeddings answered to a base64 request are converted.
/// `out` is reused; `body` must outlive it.
Result<void> read_plain_reply(const ModelRequest& request, std::string_view client_model, std::string_view body, PlainReply& out);

/// What a relayed (too large to be read whole) reply still tells: nothing is spliced, only `usage` is looked for in the last bytes.
Usage usage_from_tail(std::string_view tail);

/// A whole reply as a well-formed SSE stream with [DONE]; the usage event only when `include_usage`.
Result<std::string> stream_from_plain(const ModelRequest& request, std::string_view client_model, std::string_view body, Usage& usage);

/// A whole SSE stream (as StreamRelay normalises it) as one reply.
Result<std::string> plain_from_stream(const ModelRequest& request, std::string_view events);

}  // namespace providers
