#include "gateway/http/head_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "gateway/http/grammar.hpp"

namespace http {

using grammar::equals_ignoring_case;

namespace {

// 19 digits always fit 63 bits but for the largest; a longer number is refused whatever its leading zeros.
constexpr std::size_t max_length_digits = 19;
constexpr std::uint64_t max_length = 0x7fff'ffff'ffff'ffff;

// A hop that obeys Connection would take these away, and the next one would see another request.
constexpr std::array<std::string_view, 8> protected_names = {"authorization", "host",    "content-length", "transfer-encoding",
                                                             "x-api-key",     "api-key", "x-goog-api-key", "x-litellm-api-key"};

/// A quoted-string at the front of `text`: its length, or 0.
std::size_t quoted_length(std::string_view text) {
  if (text.empty() || text.front() != '"') return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\' && ++i == text.size()) return 0;
  }
  return 0;
}

std::string_view take_token(std::string_view& text) {
  const auto* const end = grammar::skip_token(text.data(), text.data() + text.size());
  const auto token = text.substr(0, static_cast<std::size_t>(end - text.data()));
  text.remove_prefix(token.size());
  return token;
}

/// transfer-coding *( OWS ";" OWS token "=" ( token / quoted-string ) ), separated by commas, no element empty.
bool is_coding_list(std::string_view text) {
  for (;;) {
    text = grammar::trim_blanks(text);
    if (take_token(text).empty()) return false;
    for (text = grammar::trim_blanks(text); text.starts_with(';'); text = grammar::trim_blanks(text)) {
      text = grammar::trim_blanks(text.substr(1));
      if (take_token(text).empty() || !text.starts_with('=')) return false;
      text.remove_prefix(1);
      if (const auto quoted = quoted_length(text)) text.remove_prefix(quoted);
      else if (take_token(text).empty()) return false;
    }
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
  }
}

/// Servers behind us that map '_' to '-' (CGI and its kin) would read a framing field in it.
bool aliases_framing(std::string_view name) {
  constexpr std::string_view length = "content-length";
  constexpr std::string_view coding = "transfer-encoding";
  if (name.size() != length.size() && name.size() != coding.size()) return false;
  const auto same = [](char written, char wanted) { return (written == '_' ? '-' : grammar::to_lower(written)) == wanted; };
  const auto& wanted = name.size() == length.size() ? length : coding;
  return std::equal(name.begin(), name.end(), wanted.begin(), same);
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), grammar::is_digit)) return false;
  int port = 0;
  for (const char digit : text) port = port * 10 + (digit - '0');
  return port >= 1 && port <= 65535;
}

bool is_ipv6(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.size() >= copy.size()) return false;
  std::copy(text.begin(), text.end(), copy.begin());
  in6_addr address{};
  return inet_pton(AF_INET6, copy.data(), &address) == 1;
}

constexpr bool is_name_byte(char c) {
  const char lower = grammar::to_lower(c);
  return (lower >= 'a' && lower <= 'z') || grammar::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

Refusal FramingRules::note(const Field& field, std::string_view padded_value, int minor_version) {
  const auto has_tab = [padded_value] { return padded_value.find('\t') != std::string_view::npos; };  // only smugglers write one here
  switch (field.id) {
    case FieldId::content_length:
      if (has_tab()) return {400, "The Content-Length field is malformed."};
      return note_length(field.value);
    case FieldId::transfer_encoding:
      if (has_tab()) return {400, "The Transfer-Encoding field is malformed."};
      return note_coding(field.value, minor_version);
    case FieldId::connection:
      note_connection(field.value);
      return {};
    case FieldId::unknown:
      if (aliases_framing(field.name)) return {400, "A header name imitates Content-Length or Transfer-Encoding."};
      return {};
    default:
      return {};
  }
}

Refusal FramingRules::note_length(std::string_view value) {
  if (has_length_) return {400, "Content-Length occurs more than once."};
  if (chunked_) return {400, "Content-Length and Transfer-Encoding exclude each other."};
  if (value.empty() || value.size() > max_length_digits || !std::all_of(value.begin(), value.end(), grammar::is_digit))
    return {400, "Content-Length is not a plain decimal number."};
  for (const char digit : value) length_ = length_ * 10 + static_cast<std::uint64_t>(digit - '0');
  if (length_ > max_length) return {400, "Content-Length is too large a number."};
  has_length_ = true;
  return {};
}

Refusal FramingRules::note_coding(std::string_view value, int minor_version) {
  if (minor_version == 0) return {400, "Transfer-Encoding does not exist in HTTP/1.0."};
  if (has_length_) return {400, "Content-Length and Transfer-Encoding exclude each other."};
  if (chunked_) return {400, "Transfer-Encoding occurs more than once."};
  if (!equals_ignoring_case(value, "chunked")) {
    if (!is_coding_list(value)) return {400, "The Transfer-Encoding field is malformed."};
    return {501, "No transfer coding but a single chunked is implemented."};
  }
  chunked_ = true;
  return {};
}

void FramingRules::note_connection(std::string_view value) {
  grammar::for_each_element(value, [this](std::string_view option) {
    const auto is_option = [option](std::string_view name) { return equals_ignoring_case(option, name); };
    if (is_option("keep-alive")) keep_alive_ = true;
    else if (is_option("close")) close_ = true;
    else if (std::any_of(protected_names.begin(), protected_names.end(), is_option)) names_protected_ = true;
  });
}

bool is_host(std::string_view value) {
  if (value.starts_with('[')) {
    const auto bracket = value.find(']');
    if (bracket == std::string_view::npos || !is_ipv6(value.substr(1, bracket - 1))) return false;
    const auto rest = value.substr(bracket + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const auto colon = value.find(':');
  const auto name = value.substr(0, colon);
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_byte)) return false;
  return colon == std::string_view::npos || is_port(value.substr(colon + 1));
}

}  // namespace http
