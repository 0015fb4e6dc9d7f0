// The fields that tell a client about the attempt behind its answer: LiteLLM's names, and the upstream's own by an allow-list.
#pragma once

#include "auth/caller.hpp"
#include "gateway/api/inference/upstream.hpp"

namespace api {

/// What is known of the way to the answer when its head goes out.
struct AnswerFacts {
  const auth::Caller* caller = nullptr;
  std::string_view group;     // model group
  int retries = 0;            // attempts before this one
  std::chrono::nanoseconds upstream_time{};
};

void add_answer_fields(Context& context, const Upstream& upstream, const AnswerFacts& facts);

}  // namespace api
