#include "gateway/api/inference/answer_head.hpp"

#include <spdlog/fmt/fmt.h>

#include <array>

namespace api {
namespace {

using http::FieldId;

/// Upstream fields that clients may see, as llm_provider-<name>; those marked `plain` also under their own name.
struct PassedField {
  std::string_view name;
  bool plain;
};
constexpr std::array passed{
    PassedField{"x-request-id", false},
    PassedField{"request-id", false},
    PassedField{"apim-request-id", false},
    PassedField{"x-ms-region", false},
    PassedField{"openai-processing-ms", true},
    PassedField{"openai-version", true},
    PassedField{"x-ratelimit-limit-requests", true},
    PassedField{"x-ratelimit-limit-tokens", true},
    PassedField{"x-ratelimit-remaining-requests", true},
    PassedField{"x-ratelimit-remaining-tokens", true},
    PassedField{"x-ratelimit-reset-requests", true},
    PassedField{"x-ratelimit-reset-tokens", true},
};

const PassedField* find_passed(std::string_view name) {
  // lengths differ enough that most fields are told apart without comparing
  for (const PassedField& field : passed) {
    if (field.name.size() != name.size()) continue;
    bool same = true;
    for (std::size_t i = 0; same && i < name.size(); ++i) {
      const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] + 32) : name[i];
      same = c == field.name[i];
    }
    if (same) return &field;
  }
  return nullptr;
}

std::string_view milliseconds(std::array<char, 32>& room, std::chrono::nanoseconds time) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  const auto end = fmt::format_to_n(room.data(), room.size(), "{}.{:03}", micros / 1000, micros % 1000);
  return {room.data(), end.size};
}

}  // namespace

void add_answer_fields(Context& context, const Upstream& upstream, const AnswerFacts& facts) {
  http::Exchange& exchange = context.exchange;
  const config::Deployment& deployment = *upstream.target->deployment;
  add_common_fields(context);
  exchange.add_field("x-litellm-model-id", deployment.id);
  exchange.add_field("x-litellm-model-group", facts.group);
  const bool admin = facts.caller != nullptr && facts.caller->role == auth::Role::proxy_admin;
  if (admin && !upstream.target->host_field.empty()) {
    exchange.add_field("x-litellm-model-api-base", upstream.target->host_field);
    exchange.add_field("x-litellm-model-name", deployment.model);
  }
  std::array<char, 32> room;
  const std::chrono::nanoseconds total = net::Clock::now() - exchange.arrived();
  exchange.add_field("x-litellm-response-duration-ms", milliseconds(room, total));
  exchange.add_field("x-litellm-overhead-duration-ms", milliseconds(room, total - facts.upstream_time));
  exchange.add_field("x-litellm-attempted-retries", std::to_string(facts.retries));
  exchange.add_field("x-litellm-attempted-fallbacks", "0");
  if (upstream.head() == nullptr) return;
  std::string name;
  for (const http::Field& field : upstream.head()->fields) {
    const PassedField* pass = find_passed(field.name);
    if (pass == nullptr) continue;
    if (pass->plain) exchange.add_field(pass->name, field.value);
    name.assign("llm_provider-").append(pass->name);
    exchange.add_field(name, field.value);
  }
}

}  // namespace api
