// The built-in demo model (`litellm_params.model: demo/...`) and LiteLLM's `mock_response`: answers made inside the process, in OpenAI's
// form, so that a newcomer sees the whole product before owning a key, and tests need no upstream. Pure; the same request gives the same
// text. Its replies take the same way to the client as an upstream's bytes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "providers/request.hpp"
#include "providers/usage.hpp"

namespace providers {

/// One reply: the status, whether it is an event stream, and its bytes in the portions in which they arrive.
struct LocalReply {
  int status = 200;
  bool event_stream = false;
  std::vector<std::string> portions = {};  // a plain reply has one
  std::chrono::milliseconds pace{0};      // pause before each portion after the first
  Usage usage = {};                       // counted whether or not the client asked to see it
};

/// What the deployment answers: its mock_response, else the demo model's text (chat, completions), vectors (embeddings) or verdicts
/// (moderations), with usage counted. `created` is Unix time in seconds; `id` makes "chatcmpl-<id>".
/// mock_response "litellm.RateLimitError", "litellm.InternalServerError" and their kin answer with those errors, as in LiteLLM.
LocalReply answer_locally(const ModelRequest& request, const config::Deployment& deployment, std::int64_t created, std::string_view id);

}  // namespace providers
