#include "providers/chunk_scan.hpp"

#include <algorithm>

#include "providers/json_members.hpp"

namespace providers {
namespace {

std::string_view unquoted(std::string_view quoted) { return quoted.substr(1, quoted.size() - 2); }

/// null, "", [] and {}: a member that carries nothing.
bool is_empty(const Member& member) {
  switch (member.kind) {
    case JsonKind::null: return true;
    case JsonKind::string: return member.value.size() == 2;
    case JsonKind::array:
    case JsonKind::object: return unquoted(member.value).find_first_not_of(" \t\n\r") == std::string_view::npos;
    default: return false;
  }
}

/// As Python sees it: `"error": null`, false, 0 and "" stand on healthy chunks of some servers.
bool is_truthy(const Member& member) { return !is_empty(member) && member.value != "false" && member.value != "0"; }

bool is_text(const Member& member) { return member.kind == JsonKind::string && member.value.size() > 2; }

void carry(Chunk& chunk, std::string_view text = {}) {
  ++chunk.content_parts;
  chunk.text = chunk.content_parts == 1 ? text : std::string_view{};
  chunk.text_bytes += text.size();
}

std::string_view arguments_of(std::string_view function) {
  const auto arguments = find_member(function, "arguments");
  return arguments && is_text(*arguments) ? unquoted(arguments->value) : std::string_view{};
}

/// Each call is a part of its own, so that only an event with one call has a sole text.
void scan_tool_calls(std::string_view calls, Chunk& chunk) {
  ElementWalk walk{calls};
  while (const auto call = walk.next()) {
    const auto function = call->kind == JsonKind::object ? find_member(call->value, "function") : std::nullopt;
    carry(chunk, function && function->kind == JsonKind::object ? arguments_of(function->value) : std::string_view{});
  }
}

/// Everything in a delta is content, but for the role, and counters and extras that some servers put there.
void scan_delta(std::string_view delta, ChoiceSet choice, Chunk& chunk) {
  MemberWalk walk{delta};
  while (const auto member = walk.next()) {
    if (is_empty(*member) || member->name == "role" || member->name == "provider_specific_fields") continue;
    if (member->kind == JsonKind::string) {
      carry(chunk, unquoted(member->value));
    } else if (member->name == "tool_calls" && member->kind == JsonKind::array) {
      scan_tool_calls(member->value, chunk);
    } else if (member->name == "function_call" && member->kind == JsonKind::object) {
      carry(chunk, arguments_of(member->value));
    } else if (member->kind == JsonKind::object || member->kind == JsonKind::array) {
      carry(chunk);
      // Audio may end with its expiry and without a finish reason.
      if (member->name == "audio" && find_member(member->value, "expires_at")) chunk.finished |= choice;
    }
  }
}

bool holds_logprobs(std::string_view logprobs) {
  MemberWalk walk{logprobs};
  while (const auto member = walk.next()) {
    if (member->kind == JsonKind::array && !is_empty(*member)) return true;
  }
  return false;
}

ChoiceSet choice_of(std::string_view choice) {
  const auto index = find_member(choice, "index");
  const auto number = index ? decode_integer(index->value).value_or(0) : 0;
  const auto place = number < 0 || number >= static_cast<std::int64_t>(max_choices) ? max_choices - 1 : static_cast<std::size_t>(number);
  return ChoiceSet{}.set(place);
}

void scan_choice(std::string_view json, Chunk& chunk) {
  const ChoiceSet choice = choice_of(json);
  chunk.choices |= choice;
  MemberWalk walk{json};
  while (const auto member = walk.next()) {
    if (member->name == "delta" && member->kind == JsonKind::object) {
      scan_delta(member->value, choice, chunk);
    } else if (member->name == "text" && is_text(*member)) {
      carry(chunk, unquoted(member->value));
    } else if (member->name == "logprobs" && member->kind == JsonKind::object) {
      if (holds_logprobs(member->value)) carry(chunk);
    } else if (member->name == "finish_reason" && is_text(*member)) {
      chunk.finish_reason = unquoted(member->value);
      chunk.finished |= choice;
    } else if (member->name == "usage" && member->kind == JsonKind::object) {  // Moonshot's place for it
      chunk.usage = member->value;
    }
  }
}

void scan_choices(std::string_view choices, Chunk& chunk) {
  ElementWalk walk{choices};
  while (const auto choice = walk.next()) {
    if (choice->kind == JsonKind::object) scan_choice(choice->value, chunk);
  }
}

/// Groq's own member: usage in older streams, and a word of error that ends the stream early.
void scan_groq(std::string_view object, Chunk& chunk) {
  MemberWalk walk{object};
  while (const auto member = walk.next()) {
    if (member->name == "usage" && member->kind == JsonKind::object && chunk.usage.empty()) chunk.usage = member->value;
    if (member->name == "error" && is_truthy(*member)) chunk.error = member->value;
  }
}

}  // namespace

bool scan_chunk(std::string_view json, Chunk& chunk) {
  chunk.models.clear();
  chunk.usage = chunk.error = chunk.finish_reason = chunk.text = chunk.padding = {};
  chunk.choices.reset();
  chunk.finished.reset();
  chunk.content_parts = chunk.text_bytes = 0;
  chunk.empty_choices = false;

  bool has_choices = false, has_code = false, has_message = false, is_error = false;
  MemberWalk walk{json};
  while (const auto member = walk.next()) {
    if (is_named(*member, "choices")) {
      has_choices = true;
      chunk.empty_choices = member->kind == JsonKind::array && is_empty(*member);
      if (member->kind == JsonKind::array) scan_choices(member->value, chunk);
    } else if (is_named(*member, "model")) {
      chunk.models.push_back(member->value);
    } else if (is_named(*member, "usage")) {
      if (member->kind == JsonKind::object) chunk.usage = member->value;
    } else if (is_named(*member, "error")) {
      if (is_truthy(*member)) chunk.error = json;
    } else if (member->name == "obfuscation") {
      if (member->kind == JsonKind::string) chunk.padding = unquoted(member->value);
    } else if (member->name == "x_groq") {
      if (member->kind == JsonKind::object) scan_groq(member->value, chunk);
    } else if (member->name == "finish_reason") {  // Together, on the chunk in place of the choice
      if (is_text(*member)) chunk.finish_reason = unquoted(member->value);
    } else if (member->name == "object") {
      is_error |= member->value == "\"error\"";
    } else {
      has_code |= member->name == "code" && is_truthy(*member);
      has_message |= member->name == "message" && is_text(*member);
    }
  }
  if (walk.failed()) return false;
  if (!chunk.finish_reason.empty() && chunk.finished.none()) chunk.finished = chunk.choices;
  // SGLang's {"object":"error","message"...} and DashScope's {"code","message","request_id"}.
  if (chunk.error.empty() && (is_error || (!has_choices && has_code && has_message))) chunk.error = json;
  return true;
}

}  // namespace providers
