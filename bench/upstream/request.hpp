// One request as the fake upstream sees it: enough of HTTP/1.1 to find its end, enough of JSON to read a few members.
// A proxy's request is expected to be well formed; what is not is counted as malformed and refused.
#pragma once

#include <algorithm>
#include <charconv>
#include <cctype>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace upstream {

inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

struct RequestHead {
  std::string_view method, target;   // valid as long as the text that was parsed
  std::optional<std::size_t> length;
  bool chunked = false;
  bool close = false;
  bool expects_continue = false;
};

/// The head up to and with its empty line; nothing when it is malformed.
inline std::optional<RequestHead> parse_head(std::string_view text) {
  RequestHead head;
  auto take_line = [&]() -> std::optional<std::string_view> {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos ? std::optional{line} : std::nullopt;
  };
  const auto request_line = take_line();
  if (!request_line || !request_line->ends_with(" HTTP/1.1")) return std::nullopt;
  const auto space = request_line->find(' ');
  head.method = request_line->substr(0, space);
  if (space + 1 >= request_line->size() - 9) return std::nullopt;
  head.target = request_line->substr(space + 1, request_line->size() - 9 - space - 1);
  if (head.target.empty() || head.target.find(' ') != std::string_view::npos) return std::nullopt;
  int hosts = 0;
  for (;;) {
    const auto line = take_line();
    if (!line) return std::nullopt;
    if (line->empty()) break;
    const auto colon = line->find(':');
    if (colon == 0 || colon == std::string_view::npos || line->find_first_of(" \t") < colon) return std::nullopt;
    const auto name = line->substr(0, colon);
    auto value = line->substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    if (equal_ignoring_case(name, "host")) ++hosts;
    else if (equal_ignoring_case(name, "content-length")) {
      std::size_t length = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
      if (head.length || value.empty() || error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
      head.length = length;
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
      if (head.chunked || !equal_ignoring_case(value, "chunked")) return std::nullopt;
      head.chunked = true;
    } else if (equal_ignoring_case(name, "connection")) head.close = equal_ignoring_case(value, "close");
    else if (equal_ignoring_case(name, "expect")) head.expects_continue = equal_ignoring_case(value, "100-continue");
  }
  if (hosts != 1 || (head.chunked && head.length)) return std::nullopt;
  return head;
}

/// memmem: bodies of 64 KiB are searched for members that are not there.
inline std::size_t find(std::string_view text, std::string_view part, std::size_t from = 0) {
  if (from > text.size()) return std::string_view::npos;
  const void* found = ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

/// The raw value after `"name":`, wherever it first stands in `body`; up to the closing quote for a string. A quoted
/// text inside a string has its quotes escaped, so only member names match.
inline std::string_view member(std::string_view body, std::string_view name) {
  for (auto at = find(body, name); at != std::string_view::npos; at = find(body, name, at + 1)) {
    if (at == 0 || body[at - 1] != '"' || (at > 1 && body[at - 2] == '\\')) continue;
    auto rest = body.substr(at + name.size());
    if (rest.empty() || rest.front() != '"') continue;
    rest.remove_prefix(1);
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\n' || rest.front() == '\t' || rest.front() == '\r')) rest.remove_prefix(1);
    if (rest.empty() || rest.front() != ':') continue;
    rest.remove_prefix(1);
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\n' || rest.front() == '\t' || rest.front() == '\r')) rest.remove_prefix(1);
    if (rest.empty()) return {};
    if (rest.front() == '"') return rest.substr(1, rest.find('"', 1) - 1);
    return rest.substr(0, rest.find_first_of(",}] \r\n"));
  }
  return {};
}

enum class Route { chat, completions, embeddings, moderations, models, stats, reset, unknown };

inline Route route_of(std::string_view method, std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  const bool post = method == "POST";
  if (post && path.ends_with("/chat/completions")) return Route::chat;
  if (post && path.ends_with("/completions")) return Route::completions;
  if (post && path.ends_with("/embeddings")) return Route::embeddings;
  if (post && path.ends_with("/moderations")) return Route::moderations;
  if (method == "GET" && path.ends_with("/models")) return Route::models;
  if (method == "GET" && path == "/__stats") return Route::stats;
  if (post && path == "/__reset") return Route::reset;
  return Route::unknown;
}

/// What of a request decides its reply. Equal questions get the same prebuilt reply.
struct Question {
  Route route = Route::unknown;
  std::string model = {};
  std::string tool = {};        // first function of `tools`, when the request has any
  bool stream = false;
  bool include_usage = false;
  bool json = false;            // a response_format with a schema or json_object
  bool base64 = false;
  int choices = 1;
  int inputs = 1;
  auto operator<=>(const Question&) const = default;
};

/// Entries of the `input` array of an embeddings request: strings, or arrays of tokens.
inline int count_inputs(std::string_view body) {
  auto at = find(body, "\"input\"");
  if (at == std::string_view::npos) return 1;
  at = body.find_first_not_of(": \n", at + 7);
  if (at == std::string_view::npos || body[at] != '[') return 1;
  int depth = 0, strings = 0, arrays = 0;
  bool quoted = false;
  for (; at < body.size(); ++at) {
    const char c = body[at];
    if (quoted) {
      if (c == '\\') ++at;
      else if (c == '"') quoted = false;
    } else if (c == '"') quoted = true, ++strings;
    else if (c == '[') arrays += depth++ > 0 ? 1 : 0;
    else if (c == ']' && --depth == 0) break;
  }
  return std::max(1, arrays > 0 ? arrays : strings);
}

inline Question read_question(Route route, std::string_view body) {
  Question question{.route = route};
  question.model = member(body, "model");
  question.stream = member(body, "stream") == "true";
  if (question.stream) question.include_usage = member(body, "include_usage") == "true";
  if (route == Route::embeddings) {
    question.base64 = member(body, "encoding_format") == "base64";
    question.inputs = count_inputs(body);
    return question;
  }
  const auto choices = member(body, "n");
  std::from_chars(choices.data(), choices.data() + choices.size(), question.choices);
  question.choices = std::clamp(question.choices, 1, 16);
  if (const auto format = find(body, "\"response_format\""); format != std::string_view::npos)
    question.json = member(body.substr(format), "type") != "text";
  if (const auto tools = find(body, "\"tools\""); tools != std::string_view::npos) question.tool = member(body.substr(tools), "name");
  return question;
}

}  // namespace upstream
