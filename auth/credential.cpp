#include "auth/credential.hpp"

#include <algorithm>
#include <utility>

namespace auth {

namespace {

using providers::Error;
using providers::ErrorKind;

char lower(char character) { return character >= 'A' && character <= 'Z' ? static_cast<char>(character + ('a' - 'A')) : character; }

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Scheme and rest; the scheme is empty when there is only one word.
std::pair<std::string_view, std::string_view> split_scheme(std::string_view value) {
  const std::size_t blank = value.find_first_of(" \t");
  if (blank != std::string_view::npos) return {value.substr(0, blank), trimmed(value.substr(blank))};
  return same_name(value, "Bearer") ? std::pair{value, std::string_view()} : std::pair{std::string_view(), value};
}

Error no_key() {
  return {.kind = ErrorKind::unauthenticated, .message = "Authentication Error, No api key passed in.", .type = "auth_error", .param = "None"};
}

Error malformed() {
  return {.kind = ErrorKind::unauthenticated,
          .message = "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix.",
          .type = "auth_error",
          .param = "None"};
}

providers::Result<std::string_view> from_authorization(std::string_view value) {
  const auto [scheme, rest] = split_scheme(trimmed(value));
  if (scheme.empty() || !same_name(scheme, "Bearer")) return malformed();
  if (rest.empty()) return no_key();
  return rest;
}

/// The other headers carry the bare key; clients that put "Bearer " before it are understood.
std::string_view bare_key(const std::optional<std::string_view>& value) {
  const std::string_view text = trimmed(value.value_or(""));
  const auto [scheme, rest] = split_scheme(text);
  return scheme.empty() || same_name(scheme, "Bearer") ? rest : text;
}

const std::optional<std::string_view>* own_field(const CredentialFields& fields, DialectHeader dialect) {
  static constexpr std::optional<std::string_view> none;
  switch (dialect) {
    case DialectHeader::x_api_key: return &fields.x_api_key;
    case DialectHeader::x_goog_api_key: return &fields.x_goog_api_key;
    case DialectHeader::api_key: return &fields.api_key;
    case DialectHeader::authorization: break;
  }
  return &none;
}

}  // namespace

void CredentialFields::take(std::string_view name, std::string_view value, std::string_view custom_name) {
  if (!custom_name.empty() && same_name(name, custom_name) && !custom) custom = value;
  if (same_name(name, "authorization")) {
    repeated_authorization = authorization.has_value();
    authorization = value;
    return;
  }
  const std::pair<std::string_view, std::optional<std::string_view>*> known[] = {
      {"x-litellm-api-key", &litellm_api_key}, {"api-key", &api_key},
      {"x-api-key", &x_api_key},               {"x-goog-api-key", &x_goog_api_key},
      {"ocp-apim-subscription-key", &subscription_key},
  };
  for (const auto& [known_name, field] : known) {
    if (!*field && same_name(name, known_name)) *field = value;
  }
}

providers::Result<std::string_view> credential(const CredentialFields& fields, DialectHeader dialect) {
  if (fields.repeated_authorization) {
    return Error{.kind = ErrorKind::invalid_request,
                 .message = "The request has two Authorization headers. Send one.",
                 .type = "invalid_request_error"};
  }
  for (const auto* field : {&fields.litellm_api_key, &fields.custom, own_field(fields, dialect)}) {
    if (const std::string_view key = bare_key(*field); !key.empty()) return key;
  }
  if (fields.authorization && !trimmed(*fields.authorization).empty()) return from_authorization(*fields.authorization);
  for (const auto* field : {&fields.api_key, &fields.x_api_key, &fields.x_goog_api_key, &fields.subscription_key}) {
    if (const std::string_view key = bare_key(*field); !key.empty()) return key;
  }
  return no_key();
}

}  // namespace auth
