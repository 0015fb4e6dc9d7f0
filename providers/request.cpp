#include "providers/request.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "providers/destinations.hpp"

namespace providers {
namespace {

using Fault = std::optional<Error>;  // nothing: all is well

constexpr std::string_view default_moderation_model = "omni-moderation-latest";
constexpr std::int64_t max_choices = 128;
constexpr double max_timeout_seconds = 1e9;

std::string_view kind_name(JsonKind kind) {
  switch (kind) {
    case JsonKind::object: return "an object";
    case JsonKind::array: return "an array";
    case JsonKind::string: return "a string";
    case JsonKind::number: return "a number";
    case JsonKind::boolean: return "a boolean";
    case JsonKind::null: return "null";
  }
  return "";
}

std::string quoted_name(std::string_view name) { return "'" + std::string(name) + "'"; }

/// A refusal whose text starts with the route, as LiteLLM's do.
Error refuse(Operation operation, std::string text, std::string_view param, std::string_view code = {}) {
  return Error{.kind = ErrorKind::invalid_request,
               .message = std::string(operation_path(operation)) + ": " + std::move(text),
               .param = std::string(param),
               .code = std::string(code)};
}

Error missing(Operation operation, std::string_view name) {
  return refuse(operation, "Missing required parameter: " + quoted_name(name) + ".", name, "missing_required_parameter");
}

Error wrong_type(Operation operation, std::string_view name, std::string_view expected, std::string_view got) {
  return refuse(operation, "Invalid type for " + quoted_name(name) + ": expected " + std::string(expected) + ", but got " + std::string(got) + " instead.",
                name, "invalid_type");
}

Error wrong_type(Operation operation, const Member& member, std::string_view expected) {
  return wrong_type(operation, member.name, expected, kind_name(member.kind));
}

/// Text of a JSON string into a buffer that keeps its capacity. The walk has proved that it is one.
void assign_text(std::string& out, std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) {
    out.assign(quoted.substr(1, quoted.size() - 2));
  } else {
    out = decode_string(quoted).value_or(std::string());
  }
}

// Readers of single members. None of them is called for null, which means "absent".

Fault read_model(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::string) return wrong_type(out.operation, member, "a string");
  assign_text(out.model, member.value);
  if (out.model.empty()) return wrong_type(out.operation, "model", "a non-empty string", "an empty string");
  if (out.model.size() > max_model_bytes) {
    return refuse(out.operation, "Invalid 'model': string too long. Expected a string with maximum length " + std::to_string(max_model_bytes) + ".",
                  "model", "string_above_max_length");
  }
  return {};
}

Fault read_stream(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::boolean) return wrong_type(out.operation, member, "a boolean");
  out.stream = member.value == "true";
  return {};
}

Fault read_stream_options(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::object) return wrong_type(out.operation, member, "an object");
  bool seen = false;
  MemberWalk walk{member.value};
  while (const auto option = walk.next()) {
    if (!is_named(*option, "include_usage")) continue;
    if (seen || option->escaped_name) {
      return refuse(out.operation, "The member 'stream_options.include_usage' must occur once and be spelt without escapes.", "stream_options.include_usage");
    }
    seen = true;
    if (option->kind == JsonKind::null) continue;
    if (option->kind != JsonKind::boolean) return wrong_type(out.operation, "stream_options.include_usage", "a boolean", kind_name(option->kind));
    out.include_usage = option->value == "true";
  }
  return {};
}

Fault read_integer(const Member& member, Operation operation, std::int64_t least, std::int64_t& out) {
  const auto value = member.kind == JsonKind::number ? decode_integer(member.value) : std::nullopt;
  if (!value) return wrong_type(operation, member, "an integer");
  if (*value < least) {
    return refuse(operation, "Invalid " + quoted_name(member.name) + ": integer below minimum value. Expected a value >= " + std::to_string(least) +
                                 ", but got " + std::to_string(*value) + " instead.",
                  member.name, "integer_below_min_value");
  }
  out = *value;
  return {};
}

Fault read_choices(const Member& member, ModelRequest& out) {
  if (auto fault = read_integer(member, out.operation, 1, out.n)) return fault;
  if (out.n <= max_choices) return {};
  return refuse(out.operation, "Invalid 'n': integer above maximum value. Expected a value <= " + std::to_string(max_choices) + ", but got " +
                                   std::to_string(out.n) + " instead.",
                "n", "integer_above_max_value");
}

Fault read_output_cap(const Member& member, ModelRequest& out) {
  std::int64_t cap = 0;
  if (auto fault = read_integer(member, out.operation, 0, cap)) return fault;
  // max_completion_tokens wins where both are sent, in either order.
  const bool newer_sent = std::any_of(out.members.begin(), out.members.end(), [](const Member& other) {
    return other.name == "max_completion_tokens" && other.kind != JsonKind::null;
  });
  if (member.name == "max_completion_tokens" || !newer_sent) out.max_tokens = cap;
  return {};
}

Fault read_store(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::boolean) return wrong_type(out.operation, member, "a boolean");
  out.store = member.value == "true";
  return {};
}

Fault read_user(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::string) return wrong_type(out.operation, member, "a string");
  assign_text(out.end_user, member.value);
  return {};
}

Fault read_timeout(const Member& member, ModelRequest& out) {
  double seconds = 0;
  if (member.kind == JsonKind::number) std::from_chars(member.value.data(), member.value.data() + member.value.size(), seconds);
  if (!(seconds > 0) || !(seconds <= max_timeout_seconds)) return wrong_type(out.operation, "timeout", "a positive number of seconds", member.value.substr(0, 40));
  out.timeout_ms = std::max<std::int64_t>(1, std::llround(seconds * 1000));
  return {};
}

Fault read_encoding_format(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::string) return wrong_type(out.operation, member, "a string");
  out.wants_base64 = decode_string(member.value) == "base64";
  return {};
}

Fault read_metadata(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::object) return wrong_type(out.operation, member, "an object");
  out.plain_metadata = true;
  MemberWalk walk{member.value};
  while (const auto entry = walk.next()) {
    if (entry->kind != JsonKind::string) out.plain_metadata = false;
  }
  return {};
}

Fault read_messages(const Member& member, ModelRequest& out) {
  if (member.kind != JsonKind::array) return wrong_type(out.operation, member, "an array of objects");
  ElementWalk walk{member.value};
  if (walk.next()) return {};
  return refuse(out.operation, "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages",
                "empty_array");
}

Fault read_text_or_array(const Member& member, ModelRequest& out) {
  if (member.kind == JsonKind::string || member.kind == JsonKind::array) return {};
  return wrong_type(out.operation, member, "a string or an array");
}

using Operations = unsigned;
constexpr Operations bit(Operation operation) { return 1u << static_cast<unsigned>(operation); }
constexpr Operations generation = bit(Operation::chat) | bit(Operation::completions);
constexpr Operations every = generation | bit(Operation::embeddings) | bit(Operation::moderations);

struct ReadMember {
  std::string_view name;
  Operations where;  // elsewhere the member means nothing to us and passes
  Fault (*read)(const Member&, ModelRequest&);
};

/// The members that we act on, beside LiteLLM's own.
constexpr std::array<ReadMember, 14> read_members = {{
    {"model", every, read_model},
    {"messages", bit(Operation::chat), read_messages},
    {"prompt", bit(Operation::completions), read_text_or_array},
    {"input", bit(Operation::embeddings) | bit(Operation::moderations), read_text_or_array},
    {"stream", generation, read_stream},
    {"stream_options", generation, read_stream_options},
    {"max_tokens", generation, read_output_cap},
    {"max_completion_tokens", bit(Operation::chat), read_output_cap},
    {"n", generation, read_choices},
    {"store", bit(Operation::chat), read_store},
    {"user", every, read_user},
    {"metadata", every, read_metadata},
    {"timeout", every, read_timeout},
    {"encoding_format", bit(Operation::embeddings), read_encoding_format},
}};

const ReadMember* find_reader(std::string_view name, Operation operation) {
  for (const ReadMember& known : read_members) {
    if (known.name == name) return (known.where & bit(operation)) != 0 ? &known : nullptr;
  }
  return nullptr;
}

/// One member of the body: no destination; if we act on it, unique, plainly spelt and of the right type.
Fault take_member(std::size_t index, ModelRequest& out) {
  const Member& member = out.members[index];
  if (const auto place = find_destination(member)) {
    return refuse(out.operation, "The parameter " + quoted_name(*place) +
                                     " is not allowed in a request: destinations and credentials come from the gateway's configuration only.",
                  *place, "unsupported_parameter");
  }
  std::string buffer;
  const std::string_view name = plain_name(member, buffer);
  const ReadMember* known = find_reader(name, out.operation);
  if (known == nullptr && !is_gateway_member(name)) return {};
  if (member.escaped_name) {
    return refuse(out.operation, "The member " + quoted_name(name) + " is spelt with escapes (\"" + std::string(member.name) + "\"): send its plain name.",
                  name);
  }
  for (std::size_t earlier = 0; earlier < index; ++earlier) {
    if (out.members[earlier].name == member.name) return refuse(out.operation, "The member " + quoted_name(name) + " occurs twice: send it once.", name);
  }
  if (known == nullptr || member.kind == JsonKind::null) return {};
  return known->read(member, out);
}

bool is_present(const ModelRequest& request, std::string_view name) {
  return std::any_of(request.members.begin(), request.members.end(),
                     [name](const Member& member) { return member.name == name && member.kind != JsonKind::null; });
}

Fault judge_required(const ModelRequest& request) {
  switch (request.operation) {
    case Operation::chat:
      if (is_present(request, "messages")) return {};
      if (!is_present(request, "input")) return missing(request.operation, "messages");
      return refuse(request.operation,
                    "Missing required parameter: 'messages'. The body has 'input', which is the form of /v1/responses: send it there, or send 'messages'.",
                    "messages", "missing_required_parameter");
    case Operation::completions:
      if (!is_present(request, "prompt")) return missing(request.operation, "prompt");
      return {};
    case Operation::embeddings:
    case Operation::moderations:
      if (!is_present(request, "input")) return missing(request.operation, "input");
      return {};
  }
  return {};
}

Fault settle_model(std::string_view path_model, ModelRequest& out) {
  if (!path_model.empty() && !out.model.empty() && out.model != path_model) {
    return refuse(out.operation, "The path names the model " + quoted_name(path_model) + " but the body names " + quoted_name(out.model) +
                                     ": send one name in both, or leave it out of the body.",
                  "model");
  }
  if (out.model.empty()) out.model = path_model;
  if (out.model.empty() && out.operation == Operation::moderations) out.model = default_moderation_model;
  if (out.model.empty()) return missing(out.operation, "model");
  return {};
}

/// "... line 1 column 48 (char 47)": characters, not bytes, as Python counts them.
std::string describe_position(std::string_view body, std::size_t position) {
  std::size_t line = 1, column = 1, characters = 0;
  for (const char byte : body.substr(0, position)) {
    if ((static_cast<unsigned char>(byte) & 0xc0) == 0x80) continue;
    ++characters;
    ++column;
    if (byte == '\n') {
      ++line;
      column = 1;
    }
  }
  return "line " + std::to_string(line) + " column " + std::to_string(column) + " (char " + std::to_string(characters) + ")";
}

Error not_json(std::string_view body, const MemberWalk& walk) {
  const auto start = body.find_first_not_of(" \t\r\n");
  const bool other_value = start != std::string_view::npos && body[start] != '{' && walk.position() == start;
  const std::string what = other_value ? "a JSON object was expected" : std::string(walk.fault());
  return Error{.kind = ErrorKind::invalid_request,
               .message = "Invalid JSON payload: " + what + ": " + describe_position(body, walk.position()),
               .param = "request_body"};
}

void reset(Operation operation, std::string_view body, ModelRequest& out) {
  out.operation = operation;
  out.body = body;
  out.members.clear();
  out.model.clear();
  out.end_user.clear();
  out.stream = out.include_usage = out.store = out.wants_base64 = out.plain_metadata = false;
  out.max_tokens = out.timeout_ms = 0;
  out.n = 1;
}

}  // namespace

std::string_view operation_path(Operation operation) {
  switch (operation) {
    case Operation::chat: return "/chat/completions";
    case Operation::completions: return "/completions";
    case Operation::embeddings: return "/embeddings";
    case Operation::moderations: return "/moderations";
  }
  return "";
}

bool is_gateway_member(std::string_view name) {
  static constexpr std::array<std::string_view, 14> names = {
      "tags",     "cache",          "caching",           "fallbacks",         "context_window_fallbacks", "content_policy_fallbacks", "num_retries",
      "timeout",  "guardrails",     "drop_params",       "disable_fallbacks", "additional_drop_params",   "allowed_openai_params",    "no-log"};
  return std::find(names.begin(), names.end(), name) != names.end() || name.starts_with("mock_") || name.starts_with("litellm_");
}

Result<void> parse_request(Operation operation, std::string_view body, std::string_view path_model, ModelRequest& out) {
  reset(operation, body, out);
  // Well-formedness first: no member is judged in a body that ends in a fault.
  MemberWalk walk{body};
  while (const auto member = walk.next()) {
    if (out.members.size() == max_request_members) {
      return refuse(operation, "The body has more than " + std::to_string(max_request_members) + " members.", "request_body");
    }
    out.members.push_back(*member);
  }
  if (walk.failed()) return not_json(body, walk);

  for (std::size_t count = out.members.size(), index = 0; index < count; ++index) {
    if (auto fault = take_member(index, out)) return *std::move(fault);
  }
  if (auto fault = settle_model(path_model, out)) return *std::move(fault);
  if (auto fault = judge_required(out)) return *std::move(fault);
  return {};
}

}  // namespace providers
