// The table of vendors: one row for each server that speaks OpenAI's dialect, and how a configured deployment becomes a target.
// Adding such a vendor is adding a row in vendors.cpp. Pure; the table is constant.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "providers/request.hpp"

namespace providers {

/// How a vendor wants its credential.
enum class Authentication { none, bearer, api_key_header };  // Authorization: Bearer K | nothing | api-key: K

/// Where a vendor keeps its paths.
enum class PathStyle { openai, azure, demo };  // BASE/chat/completions | Azure's two forms | served inside the process

/// One row. Every difference between OpenAI-speaking vendors that we act on is a column here.
struct Vendor {
  std::string_view name;                        // the prefix in litellm_params.model
  std::string_view base_url;                    // "" : the deployment must name api_base
  std::span<const std::string_view> base_url_variables;  // environment, in order
  std::span<const std::string_view> key_variables;
  Authentication authentication = Authentication::bearer;
  PathStyle paths = PathStyle::openai;
  bool takes_include_usage = true;              // stream_options.include_usage
  bool takes_max_completion_tokens = true;      // else it is renamed to max_tokens
  bool bills_abandoned_calls = true;            // BEHAVIOUR 19: an abandoned plain call is read to its end
  std::string_view model_prefix = {};           // put before a model name that holds no '/' (Fireworks)
  std::string_view path_of_bare_base = {};      // put behind an api_base without a path, as LiteLLM's users write it: "/v1"
};

std::span<const Vendor> vendors();
const Vendor* find_vendor(std::string_view name);

/// Where bytes go. Host and port exactly as connected to and as sent in Host and SNI.
struct Origin {
  bool tls = false;
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// A deployment made ready to be called: built once per configuration snapshot, immutable, shared by all threads.
struct Target {
  const config::Deployment* deployment = nullptr;  // lives in the same snapshot
  const Vendor* vendor = nullptr;
  std::string upstream_model = {};      // after the prefix; for a wildcard deployment it holds '*', see with_wildcard()
  bool takes_include_usage = true; // the vendor's, less what an old Azure api_version lacks
  Origin origin = {};
  std::string base_path = {};           // "/v1", without trailing '/'
  std::string query = {};               // "api-version=..." or ""
  std::string credential = {};          // value of the credential header, e.g. "Bearer sk-..."; "" when none
  std::string host_field = {};          // host, with the port when it is not the scheme's own
  std::vector<std::string> secrets = {};  // texts that must never reach a client or a log
};

using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// Deployment -> target. Fails with a text for the operator: unknown vendor, bad api_base, api_base missing.
Result<Target> resolve(const config::Deployment& deployment, const Environment& environment);

/// The request target (path and query) of an operation, e.g. "/v1/chat/completions".
std::string request_path(const Target& target, Operation operation, std::string_view upstream_model);

/// The model to send for a call to `asked`: target.upstream_model, its stars replaced by what the deployment's pattern matched.
std::string with_wildcard(const Target& target, std::string_view asked);

/// "openai/*" asked as "openai/gpt-4o" with upstream model "*": the matched tail replaces the star. With
/// several stars each takes its segment in order ("fo::*:static::*"); nothing when the pattern does not match.
std::optional<std::string> match_wildcard(std::string_view pattern, std::string_view name, std::string_view upstream_model);

}  // namespace providers
