#include "providers/demo_reply.hpp"

#include <nlohmann/json.hpp>

namespace providers {
namespace {

using nlohmann::ordered_json;

using Choice = DemoChoice;
using Reply = DemoReply;

constexpr int words_a_portion = 6;
constexpr std::size_t longest_portion = 64;  // bytes, for text without blanks

bool is_chat(const Reply& reply) { return reply.request.operation == Operation::chat; }

std::string dump(const ordered_json& value) { return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

std::string call_id(const Reply& reply, std::size_t index) { return "call_" + reply.id + "_" + std::to_string(index); }

ordered_json usage_object(const Usage& usage) {
  return {{"prompt_tokens", usage.input},
          {"completion_tokens", usage.output},
          {"total_tokens", usage.total},
          {"prompt_tokens_details", {{"cached_tokens", 0}, {"audio_tokens", 0}}},
          {"completion_tokens_details", {{"reasoning_tokens", 0}, {"audio_tokens", 0}, {"accepted_prediction_tokens", 0}, {"rejected_prediction_tokens", 0}}}};
}

/// id, object, created, model: what a reply and each of its chunks begin with.
ordered_json envelope(const Reply& reply, std::string_view object) {
  return {{"id", (is_chat(reply) ? "chatcmpl-" : "cmpl-") + reply.id}, {"object", object}, {"created", reply.created}, {"model", reply.request.model},
          {"system_fingerprint", "fp_demo"}};
}

ordered_json plain_choice(const Reply& reply, std::size_t index) {
  const Choice& choice = reply.choices[index];
  if (!is_chat(reply)) return {{"index", index}, {"text", choice.text}, {"logprobs", nullptr}, {"finish_reason", choice.finish_reason}};
  ordered_json message = {{"role", "assistant"}, {"content", choice.text}, {"refusal", nullptr}};
  if (choice.call) {
    message["content"] = nullptr;
    message["tool_calls"] = ordered_json::array(
        {{{"id", call_id(reply, index)}, {"type", "function"}, {"function", {{"name", choice.call->name}, {"arguments", choice.call->arguments}}}}});
  }
  return {{"index", index}, {"message", std::move(message)}, {"logprobs", nullptr}, {"finish_reason", choice.finish_reason}};
}

std::string plain_body(const Reply& reply) {
  ordered_json body = envelope(reply, is_chat(reply) ? "chat.completion" : "text_completion");
  body["choices"] = ordered_json::array();
  for (std::size_t index = 0; index < reply.choices.size(); ++index) body["choices"].push_back(plain_choice(reply, index));
  body["usage"] = usage_object(reply.usage);
  return dump(body);
}

/// Some words, with the blank behind them.
std::string_view next_portion(std::string_view text) {
  int words = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ' ' && ++words == words_a_portion) return text.substr(0, at + 1);
    if (at == longest_portion) return cut_at_character(text, at);
  }
  return text;
}

class StreamWriter {
 public:
  explicit StreamWriter(const Reply& reply) : reply_(reply) {}

  std::vector<std::string> write() {
    for (std::size_t index = 0; index < reply_.choices.size() && is_chat(reply_); ++index) open(index);
    // Choices take turns, as they do upstream.
    std::vector<std::string_view> left;
    for (const Choice& choice : reply_.choices) left.push_back(choice.call ? choice.call->arguments : choice.text);
    for (bool more = true; more;) {
      more = false;
      for (std::size_t index = 0; index < left.size(); ++index) {
        if (left[index].empty()) continue;
        const auto portion = next_portion(left[index]);
        content(index, portion);
        left[index].remove_prefix(portion.size());
        more = more || !left[index].empty();
      }
    }
    for (std::size_t index = 0; index < reply_.choices.size(); ++index) finish(index);
    if (reply_.request.include_usage) event(ordered_json::array(), usage_object(reply_.usage));
    events_.push_back("data: [DONE]\n\n");
    return std::move(events_);
  }

 private:
  void open(std::size_t index) {
    ordered_json delta = {{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}};
    const Choice& choice = reply_.choices[index];
    if (choice.call) {
      delta["content"] = nullptr;
      delta["tool_calls"] = ordered_json::array(
          {{{"index", 0}, {"id", call_id(reply_, index)}, {"type", "function"}, {"function", {{"name", choice.call->name}, {"arguments", ""}}}}});
    }
    chunk(index, std::move(delta), nullptr);
  }

  void content(std::size_t index, std::string_view portion) {
    if (!is_chat(reply_)) {
      event(ordered_json::array({{{"index", index}, {"text", portion}, {"logprobs", nullptr}, {"finish_reason", nullptr}}}));
    } else if (reply_.choices[index].call) {
      chunk(index, {{"tool_calls", ordered_json::array({{{"index", 0}, {"function", {{"arguments", portion}}}}})}}, nullptr);
    } else {
      chunk(index, {{"content", portion}}, nullptr);
    }
  }

  void finish(std::size_t index) {
    const std::string& reason = reply_.choices[index].finish_reason;
    if (is_chat(reply_)) {
      chunk(index, ordered_json::object(), reason);
    } else {
      event(ordered_json::array({{{"index", index}, {"text", ""}, {"logprobs", nullptr}, {"finish_reason", reason}}}));
    }
  }

  void chunk(std::size_t index, ordered_json delta, ordered_json finish_reason) {
    ordered_json choice = {{"index", index}, {"delta", std::move(delta)}, {"logprobs", nullptr}, {"finish_reason", std::move(finish_reason)}};
    ordered_json choices = ordered_json::array();
    choices.push_back(std::move(choice));
    event(std::move(choices));
  }

  void event(ordered_json choices, ordered_json usage = nullptr) {
    ordered_json body = envelope(reply_, is_chat(reply_) ? "chat.completion.chunk" : "text_completion");
    body["choices"] = std::move(choices);
    if (reply_.request.include_usage) body["usage"] = std::move(usage);
    events_.push_back("data: " + dump(body) + "\n\n");
  }

  const Reply& reply_;
  std::vector<std::string> events_;
};

}  // namespace

std::string_view cut_at_character(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

LocalReply render(const Reply& reply) {
  LocalReply out{.event_stream = reply.request.stream};
  out.usage = reply.usage;
  if (!reply.request.stream) {
    out.portions.push_back(plain_body(reply));
    return out;
  }
  out.pace = reply.pace;
  out.portions = StreamWriter(reply).write();
  return out;
}

}  // namespace providers
