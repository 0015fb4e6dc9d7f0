// The demo model's words in OpenAI's forms: a whole reply, or the events of a stream. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/demo.hpp"
#include "providers/request.hpp"
#include "providers/usage.hpp"

namespace providers {

struct DemoToolCall {
  std::string name, arguments;
};

/// What one choice says: words, or a call of a tool.
struct DemoChoice {
  std::string text;
  std::optional<DemoToolCall> call = {};
  std::string finish_reason = "stop";
};

/// What all choices of a chat or completions reply share. `request` outlives it.
struct DemoReply {
  const ModelRequest& request;
  std::string id;
  std::int64_t created = 0;
  std::vector<DemoChoice> choices = {};
  Usage usage = {};
  std::chrono::milliseconds pace{0};
};

LocalReply render(const DemoReply& reply);

/// The longest beginning of at most `limit` bytes that ends between characters.
std::string_view cut_at_character(std::string_view text, std::size_t limit);

}  // namespace providers
