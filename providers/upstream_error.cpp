// What an upstream meant by its error answer. Every server has a form of its own: the words are collected first, whatever their
// form, then one function decides what they mean.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>

#include "providers/error.hpp"
#include "providers/json_members.hpp"

namespace providers {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t message_limit = 2048;
constexpr std::size_t word_limit = 128;                             // type, code and param
constexpr auto longest_retry_after = std::chrono::hours{24};        // what is beyond is a mistake of the upstream

struct UpstreamWords {
  std::string message, type, code, param;
  std::string retry_delay;  // Google's details[].retryDelay
  bool moderated = false;   // OpenRouter's metadata.reasons
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& byte : out) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
  }
  return out;
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char byte) { return static_cast<unsigned char>(byte) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Control bytes out (line ends stay), cut at a character's border.
std::string clean(std::string_view text, std::size_t limit) {
  text = trim(text);
  if (text.size() > limit) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
    text = text.substr(0, limit);
  }
  std::string out(text);
  for (char& byte : out) {
    if ((static_cast<unsigned char>(byte) < 0x20 && byte != '\n') || byte == 0x7f) byte = ' ';
  }
  return out;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [text](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

/// A scalar member as text; "" for null, containers, and members that are not there.
std::string text_of(std::string_view object, std::string_view name) {
  const auto member = find_member(object, name);
  if (!member) return {};
  if (member->kind == JsonKind::string) return decode_string(member->value).value_or("");
  if (member->kind == JsonKind::number) return std::string(member->value);
  return {};
}

std::string_view object_of(std::string_view object, std::string_view name) {
  const auto member = find_member(object, name);
  return member && member->kind == JsonKind::object ? member->value : std::string_view();
}

std::string joined_location(std::string_view location) {
  std::string out;
  ElementWalk walk{location};
  while (const auto part = walk.next()) {
    if (!out.empty()) out += '.';
    out += part->kind == JsonKind::string ? decode_string(part->value).value_or("") : std::string(part->value);
  }
  return out;
}

/// FastAPI's list of {"loc","msg","type"}: "body.messages: Field required; ...". The first place is the param.
void read_validation_list(std::string_view list, UpstreamWords& out) {
  ElementWalk walk{list};
  while (const auto entry = walk.next()) {
    if (out.message.size() > message_limit) return;
    if (entry->kind != JsonKind::object) continue;
    const auto location = find_member(entry->value, "loc");
    const std::string place = location && location->kind == JsonKind::array ? joined_location(location->value) : std::string();
    if (out.param.empty()) out.param = place;
    if (!out.message.empty()) out.message += "; ";
    if (!place.empty()) out.message += place + ": ";
    out.message += text_of(entry->value, "msg");
  }
}

void read_detail(const Member& detail, UpstreamWords& out) {
  if (detail.kind == JsonKind::string) out.message = decode_string(detail.value).value_or("");
  if (detail.kind == JsonKind::array) read_validation_list(detail.value, out);
  if (detail.kind != JsonKind::object) return;
  for (const std::string_view name : {"message", "error", "msg"}) {
    if (out.message.empty()) out.message = text_of(detail.value, name);
  }
}

void read_retry_delay(std::string_view error, UpstreamWords& out) {
  const auto details = find_member(error, "details");
  if (!details || details->kind != JsonKind::array) return;
  ElementWalk walk{details->value};
  while (const auto entry = walk.next()) {
    if (entry->kind == JsonKind::object && out.retry_delay.empty()) out.retry_delay = text_of(entry->value, "retryDelay");
  }
}

/// The members of an error object, and of the flat forms that have the same names without it.
void read_members(std::string_view object, UpstreamWords& out) {
  out.message = text_of(object, "message");
  out.type = text_of(object, "type");
  out.code = text_of(object, "code");
  out.param = text_of(object, "param");
  if (const auto status = find_member(object, "status"); out.type.empty() && status && status->kind == JsonKind::string) {
    out.type = lower(text_of(object, "status"));  // Google's RESOURCE_EXHAUSTED
  }
  read_retry_delay(object, out);
  for (const std::string_view name : {"innererror", "inner_error"}) {
    const auto inner = object_of(object, name);
    if (!inner.empty() && lower(text_of(inner, "code")) == "responsibleaipolicyviolation") out.code = "content_policy_violation";
  }
  if (const auto metadata = object_of(object, "metadata"); !metadata.empty()) {
    out.moderated = find_member(metadata, "reasons").has_value();
    if (const auto raw = text_of(metadata, "raw"); !raw.empty()) out.message += (out.message.empty() ? "" : ": ") + raw;
  }
  if (const auto nested = find_member(object, "message"); nested && nested->kind == JsonKind::object) {  // Mistral: {"message":{"detail":[...]}}
    if (const auto detail = find_member(nested->value, "detail")) read_detail(*detail, out);
  }
}

UpstreamWords read_object(std::string_view body) {
  UpstreamWords out;
  const auto error = find_member(body, "error");
  if (error && error->kind == JsonKind::object) {
    read_members(error->value, out);
    return out;
  }
  read_members(body, out);
  if (error && error->kind == JsonKind::string) {  // Ollama, TGI, xAI, OAuth
    out.message = decode_string(error->value).value_or("");
    if (const auto kind = text_of(body, "error_type"); !kind.empty()) out.type = kind;
    if (const auto description = text_of(body, "error_description"); !description.empty()) out.message += ": " + description;
  }
  if (const auto detail = find_member(body, "detail"); detail && out.message.empty()) read_detail(*detail, out);
  if (out.type.starts_with("http:") || out.type.starts_with("https:") || out.type == "about:blank") out.type.clear();  // problem+json
  for (const std::string_view name : {"title", "msg", "error_message"}) {
    if (out.message.empty()) out.message = text_of(body, name);
  }
  if (const auto fault = object_of(body, "fault"); out.message.empty() && !fault.empty()) out.message = text_of(fault, "faultstring");
  return out;
}

/// The title of an HTML page is what a human would read of it.
std::string html_title(std::string_view body) {
  const std::string page = lower(body.substr(0, 16 * 1024));
  const auto opening = page.find("<title");
  const auto begin = opening == std::string::npos ? opening : page.find('>', opening);
  const auto end = begin == std::string::npos ? begin : page.find("</title", begin);
  if (end == std::string::npos) return {};
  return std::string(trim(body.substr(begin + 1, end - begin - 1)));
}

UpstreamWords read_body(int status, std::string_view body) {
  body = trim(body);
  UpstreamWords out;
  if (body.starts_with('[')) {
    ElementWalk walk{body};
    if (const auto first = walk.next(); first && first->kind == JsonKind::object) out = read_object(first->value);
  } else if (body.starts_with('{')) {
    out = read_object(body);
  } else if (body.starts_with('<')) {
    const std::string title = html_title(body);
    out.message = "The upstream answered " + std::to_string(status) + " with an HTML page" + (title.empty() ? "." : ": " + title);
  } else if (body.starts_with('"')) {
    out.message = decode_string(body).value_or("");
  }
  if (trim(out.message).empty() && !body.empty()) out.message = body;
  out.message = clean(out.message, message_limit);
  if (out.message.empty()) out.message = "The upstream answered " + std::to_string(status) + " without a body.";
  out.type = clean(out.type, word_limit);
  out.code = clean(out.code, word_limit);
  out.param = clean(out.param, word_limit);
  return out;
}

std::optional<double> read_decimal(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

std::optional<milliseconds> bounded(double wait_ms) {
  return std::min(milliseconds{longest_retry_after},
                  milliseconds{static_cast<std::int64_t>(std::ceil(std::min(wait_ms, 1e12)))});
}

std::optional<int> read_digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty() || text.front() == '-') return std::nullopt;
  return value;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT": the one form that RFC 9110 lets senders use.
std::optional<std::chrono::sys_seconds> read_http_date(std::string_view text) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  text = trim(text);
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" || text[19] != ':' || text[22] != ':') return std::nullopt;
  const auto month = months.find(text.substr(8, 3));
  const auto day = read_digits(text.substr(5, 2)), year = read_digits(text.substr(12, 4));
  const auto hour = read_digits(text.substr(17, 2)), minute = read_digits(text.substr(20, 2)), second = read_digits(text.substr(23, 2));
  if (month == std::string_view::npos || month % 3 != 0 || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(month / 3 + 1)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

/// Go's duration text: "644ms", "9.816s", "1m12s", "2h". Reads as far as it goes; nothing when it does not begin with one.
std::optional<milliseconds> read_duration(std::string_view text) {
  double total_ms = 0;
  bool any = false;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto value = read_decimal(text.substr(0, digits));
    if (!value) break;
    std::string_view unit = text.substr(digits);
    if (unit.starts_with(' ')) unit.remove_prefix(1);
    double scale = 0;
    std::size_t length = 1;
    if (unit.starts_with("ms")) {
      scale = 1;
      length = 2;
    } else if (unit.starts_with('s')) {
      scale = 1000;
    } else if (unit.starts_with('m')) {
      scale = 60'000;
    } else if (unit.starts_with('h')) {
      scale = 3'600'000;
    } else {
      break;
    }
    total_ms += *value * scale;
    any = true;
    text = unit.substr(length);
  }
  return any ? bounded(total_ms) : std::nullopt;
}

std::optional<milliseconds> duration_in_text(std::string_view message) {
  for (const std::string_view phrase : {"try again in ", "retry after ", "retry in "}) {
    if (const auto at = message.find(phrase); at != std::string_view::npos) return read_duration(message.substr(at + phrase.size()));
  }
  return std::nullopt;
}

std::optional<milliseconds> retry_hint(const UpstreamWords& said, std::string_view message, std::string_view retry_after,
                                       std::string_view retry_after_ms, std::optional<std::chrono::sys_seconds> now) {
  if (const auto wait = read_decimal(retry_after_ms)) return bounded(*wait);
  if (const auto wait = read_decimal(retry_after)) return bounded(*wait * 1000);
  if (const auto date = read_http_date(retry_after); date && now) {
    return std::clamp<milliseconds>(*date - *now, milliseconds{0}, longest_retry_after);
  }
  if (const auto wait = read_duration(said.retry_delay)) return wait;
  return duration_in_text(message);
}

/// The list that LiteLLM's library matches on, and the forms of vendors it does not know (errors.md, section 7).
bool speaks_of_context_length(const UpstreamWords& said, std::string_view message) {
  if (said.code == "context_length_exceeded" || said.type == "exceed_context_size_error") return true;
  if (contains_any(message, {"string_above_max_length"}) || said.code == "string_above_max_length") return false;
  return contains_any(message, {"maximum context length", "exceed context limit", "maximum context limit", "model's context length",
                                "context_length_exceeded", "input tokens exceed the configured limit", "available context size",
                                "exceeds the maximum number of tokens allowed", "maximum input length is", "prompt is too long",
                                "context window", "`max_new_tokens` must be <="}) ||
         (contains_any(message, {"current length is"}) && contains_any(message, {"while limit is"}));
}

bool speaks_of_quota(const UpstreamWords& said, std::string_view message) {
  static constexpr std::array<std::string_view, 8> codes = {
      "insufficient_quota",           "credit_balance_exhausted",          "billing_hard_limit_reached",       "billing_error",
      "project_spend_limit_exceeded", "organization_spend_limit_exceeded", "organization_usage_limit_exceeded", "billing_not_active"};
  const auto is = [&said](std::string_view code) { return said.code == code || said.type == code; };
  return std::any_of(codes.begin(), codes.end(), is) ||
         contains_any(message, {"exceeded your current quota", "insufficient balance", "insufficient credits", "credit balance is too low"});
}

bool speaks_of_credentials(const UpstreamWords& said, std::string_view message) {
  return said.code == "invalid_api_key" || said.code == "wrong_api_key" || said.type == "authentication_error" ||
         contains_any(message, {"incorrect api key provided", "api key not valid", "invalid api key"});
}

bool speaks_of_policy(const UpstreamWords& said, std::string_view message) {
  return said.moderated || said.code == "content_filter" || said.code == "content_policy_violation" ||
         contains_any(message, {"violates usage guidelines", "content management policy", "safety system"});
}

/// The status of an error object that came inside a 200 (errors.md, section 6).
int status_from_words(const UpstreamWords& said, std::string_view message) {
  if (const auto number = read_digits(said.code); number && *number >= 400 && *number <= 599) return *number;
  const std::string all = lower(said.type) + ' ' + lower(said.code);
  if (speaks_of_quota(said, message) || contains_any(all, {"rate_limit", "ratelimit", "resource_exhausted", "too_many_requests"})) return 429;
  if (contains_any(all, {"authentication", "unauthorized", "unauthenticated", "invalid_api_key"})) return 401;
  if (contains_any(all, {"permission", "forbidden"})) return 403;
  if (contains_any(all, {"not_found", "notfound"})) return 404;
  if (contains_any(all, {"invalid", "badrequest", "bad request", "bad_request", "context_length", "context_size", "validation"})) return 400;
  if (contains_any(all, {"overloaded", "unavailable"}) || contains_any(message, {"currently unavailable"})) return 503;
  if (contains_any(all, {"timeout", "deadline_exceeded"})) return 504;
  return speaks_of_context_length(said, message) ? 400 : 502;
}

ErrorKind kind_of(int status, const UpstreamWords& said, std::string_view message) {
  if (status == 402) return ErrorKind::upstream_quota;
  if ((status == 429 || status == 400 || status == 403) && speaks_of_quota(said, message)) return ErrorKind::upstream_quota;
  if (status == 429 || status == 498) return ErrorKind::upstream_rate_limited;                     // 498: Groq's flex tier is full
  if (status == 413 && said.code == "rate_limit_exceeded") return ErrorKind::upstream_rate_limited;  // Groq's tokens a minute
  if (status == 401) return ErrorKind::upstream_auth;
  if (status == 403) {
    // Together answers a full context so, xAI and OpenRouter a refused text: about the request, not about our credential.
    const bool about_request = speaks_of_context_length(said, message) || speaks_of_policy(said, message);
    return about_request ? ErrorKind::upstream_refused : ErrorKind::upstream_auth;
  }
  if (status == 400 && speaks_of_credentials(said, message)) return ErrorKind::upstream_auth;  // xAI, Google
  switch (status) {
    case 400: case 404: case 409: case 410: case 413: case 414: case 415: case 416: case 422: case 431: case 451:
      return ErrorKind::upstream_refused;
    case 408:
      return ErrorKind::timed_out;
    default:
      return status >= 400 && status <= 599 ? ErrorKind::upstream_failed : ErrorKind::bad_upstream_response;
  }
}

/// A number there is the status once more (vLLM, llama.cpp, OpenRouter, Azure's front); Mistral's "3051" and words are codes.
std::string code_word(std::string_view code) {
  return code.size() == 3 && read_digits(code) ? std::string() : std::string(code);
}

}  // namespace

Error explain_upstream_error(int status, std::string_view body, std::string_view retry_after, std::string_view retry_after_ms,
                             std::optional<std::chrono::sys_seconds> now) {
  UpstreamWords said = read_body(status, body);
  const std::string message = lower(said.message);
  if (status >= 200 && status <= 299) status = status_from_words(said, message);

  Error error{.kind = kind_of(status, said, message), .message = said.message, .upstream_status = status};
  error.retry_after = retry_hint(said, message, retry_after, retry_after_ms, now);
  switch (error.kind) {
    case ErrorKind::upstream_auth:
      // The text may hold the key, and "incorrect API key" would send the caller after their own.
      error.message = "The upstream refused the gateway's credential (status " + std::to_string(status) +
                      "). The operator of this gateway has to check the deployment's api_key.";
      return error;
    case ErrorKind::upstream_quota:
      error.code = "insufficient_quota";
      return error;
    case ErrorKind::bad_upstream_response:
      error.message = "The upstream answered with status " + std::to_string(status) + ", which is no answer to this call.";
      return error;
    case ErrorKind::upstream_refused:
      if (!speaks_of_context_length(said, message)) break;
      // Clients compact their history on this code, or on this phrase.
      if (!contains_any(message, {"maximum context length"})) error.message = "This model's maximum context length is exceeded: " + said.message;
      error.type = "invalid_request_error";
      error.code = "context_length_exceeded";
      error.param = said.param;
      return error;
    case ErrorKind::upstream_rate_limited:
      error.permanent = message.starts_with("request too large");
      break;
    default:
      break;
  }
  error.type = said.type;
  error.param = said.param;
  error.code = code_word(said.code);
  return error;
}

}  // namespace providers
