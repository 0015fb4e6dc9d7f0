// An upstream that streams although nobody asked it to (streams.md S20): its events as one reply.
#include <algorithm>
#include <charconv>
#include <vector>

#include "providers/json_merge.hpp"
#include "providers/plain_reply.hpp"
#include "providers/reply_error.hpp"
#include "providers/sse.hpp"

namespace providers {
namespace {

constexpr std::string_view terminal = "[DONE]";

void append_name(std::string& out, std::string_view name) {
  if (!out.ends_with('{')) out += ',';
  out.append("\"").append(name).append("\":");
}

/// A member that clients need, null when the stream never had it.
void append_required(std::string& out, const MergedValue& object, std::string_view name) {
  if (object.find(name) != nullptr) return;
  append_name(out, name);
  out += "null";
}

bool carries(const MergedValue& object, std::string_view name) {
  const MergedValue* const member = object.find(name);
  return member != nullptr && !(member->text.empty() && member->children.empty());
}

void append_tool_calls(std::string& out, const MergedValue& calls) {
  out += '[';
  for (const MergedValue& call : calls.children) {
    if (&call != &calls.children.front()) out += ',';
    if (call.kind != JsonKind::object) {  // it had no index: a whole call, kept as it came
      append_json(out, call);
      continue;
    }
    out += '{';
    for (const MergedValue& member : call.children) {
      if (member.name == "index") continue;
      append_name(out, member.name);
      append_json(out, member);
    }
    out += '}';
  }
  out += ']';
}

void append_message(std::string& out, const MergedValue& delta) {
  out += '{';
  if (delta.find("role") == nullptr) {
    append_name(out, "role");
    out += "\"assistant\"";
  }
  const bool says_otherwise = carries(delta, "tool_calls") || carries(delta, "function_call") || carries(delta, "refusal") || carries(delta, "audio");
  for (const MergedValue& member : delta.children) {
    const bool is_calls = member.name == "tool_calls";
    if (is_calls && !carries(delta, "tool_calls")) continue;
    append_name(out, member.name);
    if (is_calls) {
      append_tool_calls(out, member);
    } else if (member.name == "content" && !carries(delta, "content") && says_otherwise) {
      out += "null";  // an opening delta's "" is no text beside calls or a refusal
    } else {
      append_json(out, member);
    }
  }
  append_required(out, delta, "content");
  append_required(out, delta, "refusal");
  out += '}';
}

void append_choice(std::string& out, const MergedValue& choice, bool chat) {
  static const MergedValue no_delta{.name = "delta", .kind = JsonKind::object};
  out += '{';
  for (const MergedValue& member : choice.children) {
    if (chat && (member.name == "message" || member.name == "delta" || member.name == "text")) continue;  // repeated beside the delta
    append_name(out, member.name);
    append_json(out, member);
  }
  append_required(out, choice, "logprobs");
  append_required(out, choice, "finish_reason");
  if (chat) {
    const MergedValue* const delta = choice.find("delta");
    append_name(out, "message");
    append_message(out, delta != nullptr && delta->kind == JsonKind::object ? *delta : no_delta);
  }
  out += '}';
}

std::int64_t index_of(const MergedValue& choice) {
  std::int64_t index = 0;
  std::from_chars(choice.name.data(), choice.name.data() + choice.name.size(), index);
  return index;
}

void append_choices(std::string& out, const MergedValue& choices, bool chat) {
  std::vector<const MergedValue*> ordered;
  for (const MergedValue& choice : choices.children) {
    if (choice.kind == JsonKind::object) ordered.push_back(&choice);
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* one, const auto* other) { return index_of(*one) < index_of(*other); });
  out += '[';
  for (const MergedValue* choice : ordered) {
    if (choice != ordered.front()) out += ',';
    append_choice(out, *choice, chat);
  }
  out += ']';
}

std::string written(const MergedValue& reply, bool chat) {
  std::string out = "{";
  for (const MergedValue& member : reply.children) {
    if (member.name == "obfuscation") continue;
    append_name(out, member.name);
    if (member.name == "object") {
      out += chat ? "\"chat.completion\"" : "\"text_completion\"";
    } else if (member.name == "choices" && member.kind == JsonKind::array) {
      append_choices(out, member, chat);
    } else {
      append_json(out, member);
    }
  }
  return out + '}';
}

}  // namespace

Result<std::string> plain_from_stream(const ModelRequest& request, std::string_view events) {
  MergedValue reply;
  SseFraming framing;
  std::string joined;
  bool ended = false;
  while (!events.empty() && !ended) {
    const SseCut cut = framing.next(events);
    if (cut.consumed == 0) break;
    const SseEvent event = read_sse_event(cut.lines, joined);
    ended = event.data.starts_with(terminal);
    if (!ended && !event.data.empty()) merge_chunk(reply, event.data);
    events.remove_prefix(cut.consumed);
  }
  if (!ended) return incomplete_stream();
  const MergedValue* const choices = reply.find("choices");
  if (choices == nullptr || choices->children.empty()) return bad_reply("its stream has no choices");
  return written(reply, request.operation != Operation::completions);
}

}  // namespace providers
