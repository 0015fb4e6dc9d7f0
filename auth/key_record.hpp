// A virtual key as it is stored: everything but the secret itself, of which only the SHA-256 is kept (LiteLLM's form, so that its keys
// can be imported). A plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace auth {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Who deleted a key, and when.
struct Deletion {
  TimePoint at = {};
  std::string by = {};          // user id
  std::string by_api_key = {};  // hash of the key that asked, or the master key's name
};

struct KeyRecord {
  std::string token = {};               // SHA-256 of the secret, 64 lower-case hex digits; the row's identity
  std::string key_name = {};            // "sk-...abcd"
  std::optional<std::string> key_alias = {};
  std::vector<std::string> models = {}; // allowed; empty: all
  std::optional<TimePoint> expires = {};
  bool blocked = false;
  std::optional<std::string> user_id = {}, team_id = {}, organization_id = {};
  std::string key_type = "default";     // default, llm_api, management, read_only
  std::vector<std::string> allowed_routes = {};
  std::string fields = "{}";            // JSON object: every other field of the row as the admin API shows it (metadata, aliases, limits, ...)
  TimePoint created_at = {}, updated_at = {};
  std::string created_by = {}, updated_by = {};
  std::optional<TimePoint> superseded_at = {};  // set when it was found by a regenerated secret: from then on that secret is unknown
  std::optional<Deletion> deletion = {};        // set on deleted rows only
};

}  // namespace auth
