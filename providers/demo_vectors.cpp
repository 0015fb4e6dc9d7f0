#include "providers/demo_vectors.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <vector>

namespace providers {
namespace {

constexpr std::size_t max_inputs = 2048;  // OpenAI's own bound
constexpr std::int64_t default_dimensions = 1536;
constexpr std::int64_t max_dimensions = 3072;

Error refuse(Operation operation, std::string text, std::string param) {
  return Error{.kind = ErrorKind::invalid_request, .message = std::string(operation_path(operation)) + ": " + std::move(text), .param = std::move(param)};
}

std::uint64_t hash(std::string_view text) {  // FNV-1a
  std::uint64_t value = 14695981039346656037u;
  for (const char byte : text) value = (value ^ static_cast<unsigned char>(byte)) * 1099511628211u;
  return value;
}

std::uint64_t next_random(std::uint64_t& state) {  // splitmix64
  std::uint64_t value = state += 0x9e3779b97f4a7c15u;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
  value = (value ^ value >> 27) * 0x94d049bb133111ebu;
  return value ^ value >> 31;
}

/// A direction that only the text decides, of length one.
std::vector<float> unit_vector(std::string_view text, std::size_t dimensions) {
  std::uint64_t state = hash(text);
  std::vector<float> vector(dimensions);
  double squares = 0;
  for (float& value : vector) {
    value = static_cast<float>(static_cast<double>(next_random(state) >> 11) / 4503599627370496.0 - 1.0);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const double length = squares > 0 ? std::sqrt(squares) : 1;
  for (float& value : vector) value = static_cast<float>(static_cast<double>(value) / length);
  return vector;
}

void append_float_array(std::string& out, const std::vector<float>& vector) {
  out += '[';
  for (std::size_t index = 0; index < vector.size(); ++index) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), vector[index]).ptr;
    if (index > 0) out += ',';
    out.append(digits.data(), end);
  }
  out += ']';
}

/// Little-endian float32 in base64, as OpenAI sends it.
void append_base64(std::string& out, const std::vector<float>& vector) {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<unsigned char> bytes;
  bytes.reserve(vector.size() * 4);
  for (const float value : vector) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<unsigned char>(bits >> shift & 0xff));
  }
  out += '"';
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    const unsigned group = static_cast<unsigned>(bytes[at]) << 16 | (left > 1 ? static_cast<unsigned>(bytes[at + 1]) << 8 : 0u) | (left > 2 ? bytes[at + 2] : 0u);
    out += {alphabet[group >> 18 & 63], alphabet[group >> 12 & 63], left > 1 ? alphabet[group >> 6 & 63] : '=', left > 2 ? alphabet[group & 63] : '='};
  }
  out += '"';
}

std::optional<Member> member_of(const ModelRequest& request, std::string_view name) {
  for (const Member& member : request.members) {
    if (member.name == name && member.kind != JsonKind::null) return member;
  }
  return std::nullopt;
}

/// The inputs as JSON texts: one string, a list of strings, one list of token numbers, or a list of those.
Result<std::vector<Element>> read_inputs(const ModelRequest& request) {
  const auto input = member_of(request, "input");
  std::vector<Element> inputs;
  if (!input) return inputs;
  if (input->kind == JsonKind::string) {
    inputs.push_back({input->value, input->kind});
    return inputs;
  }
  ElementWalk walk{input->value};
  while (const auto element = walk.next()) {
    if (element->kind == JsonKind::number) return std::vector<Element>{{input->value, JsonKind::array}};
    if (inputs.size() == max_inputs) return refuse(request.operation, "'input' has more than " + std::to_string(max_inputs) + " entries.", "input");
    inputs.push_back(*element);
  }
  if (inputs.empty()) return refuse(request.operation, "'input' must not be an empty array.", "input");
  return inputs;
}

std::int64_t count_tokens(const Element& input) {
  if (input.kind == JsonKind::string) return demo_tokens(decode_string(input.value).value_or(""));
  if (input.kind != JsonKind::array) return demo_tokens(input.value);
  std::int64_t numbers = 0;
  for (ElementWalk walk{input.value}; walk.next();) ++numbers;
  return numbers;
}

Result<std::size_t> read_dimensions(const ModelRequest& request) {
  const auto member = member_of(request, "dimensions");
  const auto wanted = member ? decode_integer(member->value) : default_dimensions;
  if (!wanted || *wanted < 1 || *wanted > max_dimensions) {
    return refuse(request.operation, "'dimensions' must be an integer from 1 to " + std::to_string(max_dimensions) + ".", "dimensions");
  }
  return static_cast<std::size_t>(*wanted);
}

}  // namespace

std::int64_t demo_tokens(std::string_view text) { return static_cast<std::int64_t>((text.size() + 3) / 4); }

Result<std::string> demo_embeddings(const ModelRequest& request, Usage& usage) {
  const auto inputs = read_inputs(request);
  if (!inputs) return inputs.error();
  const auto dimensions = read_dimensions(request);
  if (!dimensions) return dimensions.error();

  std::string out = R"({"object":"list","data":[)";
  for (std::size_t index = 0; index < inputs->size(); ++index) {
    const Element& input = (*inputs)[index];
    const auto vector = unit_vector(input.value, *dimensions);
    out += index == 0 ? R"({"object":"embedding","index":)" : R"(,{"object":"embedding","index":)";
    out += std::to_string(index) + R"(,"embedding":)";
    if (request.wants_base64) {
      append_base64(out, vector);
    } else {
      append_float_array(out, vector);
    }
    out += '}';
    usage.input += count_tokens(input);
  }
  usage.total = usage.input;
  usage.seen = true;
  out += R"(],"model":)";
  append_quoted(out, request.model);
  out += R"(,"usage":{"prompt_tokens":)" + std::to_string(usage.input) + R"(,"total_tokens":)" + std::to_string(usage.total) + "}}";
  return out;
}

Result<std::string> demo_moderations(const ModelRequest& request, std::string_view id) {
  static constexpr std::array<std::string_view, 13> categories = {
      "harassment", "harassment/threatening", "hate",   "hate/threatening", "illicit",  "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions",
      "sexual",     "sexual/minors",          "violence", "violence/graphic"};
  const auto inputs = read_inputs(request);
  if (!inputs) return inputs.error();
  const auto each = [](std::string_view value) {
    std::string out = "{";
    for (const std::string_view category : categories) out.append(out.size() > 1 ? "," : "").append("\"").append(category).append("\":").append(value);
    return out + "}";
  };
  const std::string verdict = R"({"flagged":false,"categories":)" + each("false") + R"(,"category_scores":)" + each("0.0") +
                              R"(,"category_applied_input_types":)" + each(R"(["text"])") + "}";
  std::string out = R"({"id":)";
  append_quoted(out, "modr-" + std::string(id));
  out += R"(,"model":)";
  append_quoted(out, request.model);
  out += R"(,"results":[)";
  // A list of parts is one thing to judge, a list of texts is one each.
  const bool parts = inputs->front().kind == JsonKind::object;
  for (std::size_t count = parts ? 1 : inputs->size(); count > 0; --count) out.append(verdict).append(count > 1 ? "," : "");
  return out + "]}";
}

}  // namespace providers
