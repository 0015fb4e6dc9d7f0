// An upstream that ignored `stream: true` (streams.md S19): its whole reply as the events of a stream. Values are moved as JSON text,
// so that nothing in them changes.
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "providers/chunk_scan.hpp"
#include "providers/json_members.hpp"
#include "providers/plain_reply.hpp"
#include "providers/reply_error.hpp"
#include "providers/usage_reader.hpp"

namespace providers {
namespace {

/// Readers with line limits break above 64 KiB; long texts are cut well below it.
constexpr std::size_t longest_text = 32 * 1024;

bool is_blank_value(const Member& member) {
  return member.kind == JsonKind::null || member.value == "\"\"" || member.value == "[]" || member.value == "{}";
}

std::string_view member_text(std::string_view object, std::string_view name, std::string_view otherwise) {
  const auto member = find_member(object, name);
  return member && member->kind != JsonKind::null ? member->value : otherwise;
}

/// Length of the character that JSON string text begins with: an escape (a surrogate pair is one), or UTF-8.
std::size_t character_length(std::string_view text) {
  const auto is_surrogate = [&](std::size_t at, std::string_view second_digits) {
    return text.size() >= at + 6 && text[at] == '\\' && text[at + 1] == 'u' && (text[at + 2] | 0x20) == 'd' &&
           second_digits.find(text[at + 3]) != std::string_view::npos;
  };
  if (is_surrogate(0, "89abAB") && is_surrogate(6, "cdefCDEF")) return 12;  // high, low
  if (text[0] == '\\') return text[1] == 'u' ? 6 : 2;
  std::size_t length = 1;
  while (length < 4 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
  return length;
}

/// The next piece of a JSON string's text, cut at a character.
std::string_view take_piece(std::string_view& text) {
  std::size_t length = 0;
  if (text.size() <= longest_text) length = text.size();
  while (length < text.size() && length < longest_text) length += character_length(text.substr(length));
  const std::string_view piece = text.substr(0, length);
  text.remove_prefix(piece.size());
  return piece;
}

/// Writes the events of one reply. All values are JSON text.
class StreamWriter {
 public:
  StreamWriter(Operation operation, std::string_view client_model, std::string_view reply) : chat_(operation != Operation::completions) {
    head_ = "data: {\"id\":";
    head_ += member_text(reply, "id", chat_ ? "\"chatcmpl-0\"" : "\"cmpl-0\"");
    head_ += chat_ ? R"(,"object":"chat.completion.chunk","created":)" : R"(,"object":"text_completion","created":)";
    head_ += member_text(reply, "created", "0");
    head_ += ",\"model\":";
    if (client_model.empty()) {
      head_ += member_text(reply, "model", "\"\"");
    } else {
      append_quoted(head_, client_model);
    }
    for (const std::string_view name : {"system_fingerprint", "service_tier"}) {
      if (const auto member = find_member(reply, name)) append_member(head_, name, member->value);
    }
  }

  /// `payload` is the inside of the delta (chat) or the value of `text` (completions).
  void event(std::string_view index, std::string_view payload, std::string_view logprobs, std::string_view finish_reason = "null") {
    out_.append(head_).append(R"(,"choices":[{"index":)").append(index);
    out_.append(chat_ ? ",\"delta\":{" : ",\"text\":").append(payload).append(chat_ ? "}" : "");
    append_member(out_, "logprobs", logprobs);
    append_member(out_, "finish_reason", finish_reason);
    out_.append("}]").append(extras_).append("}\n\n");
  }

  /// A text of any length as one or more events, `before` and `behind` around the string in each of them.
  void texts(std::string_view index, std::string_view before, std::string_view quoted, std::string_view behind, std::string_view logprobs) {
    std::string_view rest = quoted.substr(1, quoted.size() - 2);
    std::string payload;
    while (!rest.empty()) {
      payload.assign(before).append("\"").append(take_piece(rest)).append("\"").append(behind);
      event(index, payload, logprobs);
      logprobs = "null";
    }
  }

  void usage(std::string_view usage) { out_.append(head_).append(",\"choices\":[],\"usage\":").append(usage).append("}\n\n"); }

  /// A member of the reply that has no place of its own in a stream: it goes with the events that follow.
  void add_extra(std::string_view name, std::string_view value) { append_member(extras_, name, value); }

  std::string finish() && { return std::move(out_.append("data: [DONE]\n\n")); }

 private:
  bool chat_;
  std::string head_;
  std::string extras_;
  std::string out_;

  static void append_member(std::string& out, std::string_view name, std::string_view value) {
    out.append(",\"").append(name).append("\":").append(value);
  }
};

struct Choice {
  std::string index;
  std::string_view payload = {};        // message object (chat) or text (completions)
  std::string_view logprobs = "null";
  std::string_view finish_reason = {};  // empty: none
};

Choice read_choice(std::string_view json, std::size_t position, bool chat) {
  const auto index = decode_integer(member_text(json, "index", ""));
  Choice choice{.index = std::to_string(index.value_or(static_cast<std::int64_t>(position)))};
  MemberWalk walk{json};
  while (const auto member = walk.next()) {
    if (member->name == (chat ? "message" : "text") && member->kind == (chat ? JsonKind::object : JsonKind::string)) choice.payload = member->value;
    if (member->name == "logprobs") choice.logprobs = member->value;
    if (member->name == "finish_reason" && member->kind == JsonKind::string && !is_blank_value(*member)) choice.finish_reason = member->value;
  }
  return choice;
}

std::string named(std::string_view name, std::string_view value) { return '"' + std::string(name) + "\":" + std::string(value); }

/// The opening event of a call has its id, type and name, the next ones its arguments (accumulators of clients add them up).
void write_tool_call(StreamWriter& writer, const Choice& choice, std::string_view call, std::size_t position) {
  const std::string place = std::to_string(position);
  const auto function = find_member(call, "function");
  std::string opening = R"("tool_calls":[{"index":)" + place;
  std::string_view arguments;
  MemberWalk walk{call};
  bool has_id = false, has_type = false;
  while (const auto member = walk.next()) {
    if (member->name == "index" || member->name == "function" || is_blank_value(*member)) continue;
    has_id |= member->name == "id";
    has_type |= member->name == "type";
    opening += ',' + named(member->name, member->value);
  }
  if (!has_id) opening += R"(,"id":"call_)" + choice.index + '_' + place + '"';
  if (!has_type) opening += R"(,"type":"function")";
  if (function && function->kind == JsonKind::object) {
    opening += R"(,"function":{"name":)" + std::string(member_text(function->value, "name", "\"\"")) + R"(,"arguments":""})";
    arguments = member_text(function->value, "arguments", "");
  }
  writer.event(choice.index, opening + "}]", "null");

  std::string serialised;  // some servers send the arguments as an object, not as text
  if (!arguments.empty() && !arguments.starts_with('"')) {
    append_quoted(serialised, arguments);
    arguments = serialised;
  }
  if (!arguments.empty()) {
    writer.texts(choice.index, R"("tool_calls":[{"index":)" + place + R"(,"function":{"arguments":)", arguments, "}}]", "null");
  }
}

void write_message(StreamWriter& writer, const Choice& choice) {
  std::string_view logprobs = choice.logprobs;
  MemberWalk walk{choice.payload};
  while (const auto member = walk.next()) {
    if (member->name == "role" || is_blank_value(*member)) continue;
    if (member->name == "tool_calls" && member->kind == JsonKind::array) {
      ElementWalk calls{member->value};
      for (std::size_t position = 0; const auto call = calls.next(); ++position) {
        if (call->kind == JsonKind::object) write_tool_call(writer, choice, call->value, position);
      }
      continue;
    }
    const bool is_content = member->name == "content" || member->name == "refusal";
    const std::string_view with = is_content ? std::exchange(logprobs, "null") : "null";
    if (member->kind == JsonKind::string) {
      writer.texts(choice.index, named(member->name, ""), member->value, "", with);
    } else {
      writer.event(choice.index, named(member->name, member->value), with);
    }
  }
  if (logprobs != "null") writer.event(choice.index, "", logprobs);
}

std::vector<Choice> read_choices(std::string_view reply, bool chat) {
  std::vector<Choice> choices;
  const auto member = find_member(reply, "choices");
  if (!member || member->kind != JsonKind::array) return choices;
  ElementWalk walk{member->value};
  while (const auto choice = walk.next()) {
    if (choice->kind == JsonKind::object) choices.push_back(read_choice(choice->value, choices.size(), chat));
  }
  return choices;
}

/// Perplexity's citations, filter results, and what else a vendor tells of the whole reply.
void add_extras(StreamWriter& writer, std::string_view reply) {
  static constexpr std::string_view placed[] = {"id",    "object", "created", "model", "system_fingerprint", "service_tier", "choices",
                                                "usage", "error"};
  MemberWalk walk{reply};
  while (const auto member = walk.next()) {
    if (std::find(std::begin(placed), std::end(placed), member->name) == std::end(placed)) writer.add_extra(member->name, member->value);
  }
}

}  // namespace

Result<std::string> stream_from_plain(const ModelRequest& request, std::string_view client_model, std::string_view body, Usage& usage) {
  Chunk chunk;
  if (!scan_chunk(body, chunk)) return unreadable_reply(body);
  if (!chunk.error.empty()) return embedded_error(chunk.error);
  if (!chunk.usage.empty()) usage = read_usage(chunk.usage);

  // An event is one line. In valid JSON, line ends stand between tokens only, where a space says the same.
  std::string reply{body};
  std::replace_if(reply.begin(), reply.end(), [](char byte) { return byte == '\n' || byte == '\r'; }, ' ');

  const bool chat = request.operation != Operation::completions;
  const std::vector<Choice> choices = read_choices(reply, chat);
  if (choices.empty()) return bad_reply("it has no choices");
  if (std::all_of(choices.begin(), choices.end(), [](const Choice& one) { return one.finish_reason.empty(); })) return incomplete_stream();

  StreamWriter writer{request.operation, client_model, reply};
  if (chat) {  // every choice is opened before one ends
    for (const Choice& choice : choices) writer.event(choice.index, R"("role":"assistant","content":"")", "null");
  }
  for (const Choice& choice : choices) {
    if (chat) {
      write_message(writer, choice);
    } else if (!choice.payload.empty()) {
      writer.texts(choice.index, "", choice.payload, "", choice.logprobs);
    }
  }
  add_extras(writer, reply);
  for (const Choice& choice : choices) {
    if (!choice.finish_reason.empty()) writer.event(choice.index, chat ? "" : "\"\"", "null", choice.finish_reason);
  }
  const auto reported = find_member(reply, "usage");
  if (request.include_usage && reported && reported->kind == JsonKind::object) writer.usage(reported->value);
  return std::move(writer).finish();
}

}  // namespace providers
