// Which of a request's headers names the caller (BEHAVIOUR 1). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "providers/error.hpp"

namespace auth {

/// Header values as received; views into the request's head.
struct CredentialFields {
  std::optional<std::string_view> litellm_api_key = {};   // x-litellm-api-key
  std::optional<std::string_view> custom = {};            // the name in general_settings.litellm_key_header_name
  std::optional<std::string_view> authorization = {};
  std::optional<std::string_view> api_key = {};           // api-key
  std::optional<std::string_view> x_api_key = {};         // x-api-key
  std::optional<std::string_view> x_goog_api_key = {};    // x-goog-api-key
  std::optional<std::string_view> subscription_key = {};  // Ocp-Apim-Subscription-Key
  bool repeated_authorization = false;               // two Authorization fields: nobody can say which one a peer would take

  /// Takes a header when it is one of these. `custom_name` may be empty.
  void take(std::string_view name, std::string_view value, std::string_view custom_name);
};

/// The header that a route's dialect puts its key into; it goes before Authorization there.
enum class DialectHeader { authorization, x_api_key, x_goog_api_key, api_key };

/// The key text, a view into the fields; else LiteLLM's refusal. A blank value counts as absent.
providers::Result<std::string_view> credential(const CredentialFields& fields, DialectHeader dialect);

}  // namespace auth
