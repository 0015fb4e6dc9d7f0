// From a key text to a Caller. Worker-owned; no locks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "auth/caller.hpp"
#include "auth/credential.hpp"
#include "auth/key_cache.hpp"
#include "auth/keys.hpp"
#include "config/config.hpp"
#include "providers/error.hpp"

namespace auth {

/// The registry has to be asked for this token; then insert() and ask again.
struct NeedsFetch {
  std::string token;
};

using Lookup = std::variant<Caller, providers::Error, NeedsFetch>;

/// Knows the master key and caches what the registry said of others, also that it knows nothing (AuthConfig: cached_keys,
/// cached_unknown_keys, cache_time).
///
/// The answer of a fetch and the forget() of a change must arrive in the order in which the registry's thread dealt with them: then
/// nothing that was blocked or deleted is let in after its change has been answered.
class Authenticator {
 public:
  explicit Authenticator(const config::AuthConfig& config);
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;

  /// Takes a reloaded config. Cached keys stay unless the cache's sizes changed.
  void configure(const config::AuthConfig& config);

  /// No master key is set: everybody may use the models, nobody the admin API.
  [[nodiscard]] bool open() const { return !master_; }

  /// The whole check of a request: which header counts, then find(). On an open server no key is needed.
  Lookup identify(const CredentialFields& fields, DialectHeader dialect, TimePoint now);

  Lookup find(std::string_view secret, TimePoint now);

  /// `record` absent: the registry does not know the token.
  void insert(std::string_view token, std::optional<KeyRecord> record, TimePoint now);

  /// The key was changed, deleted or made: what was cached of it is void.
  void forget(std::string_view token);

 private:
  [[nodiscard]] bool fresh(const KeyCache::Entry& entry, TimePoint now) const;

  Sha256 sha256_;
  std::optional<Digest> master_;
  std::chrono::milliseconds cache_time_;
  KeyCache known_;
  KeyCache unknown_;
};

/// Why this record's secret does not let anybody in now, in LiteLLM's words; nothing when it does. `secret` as presented.
std::optional<providers::Error> judge(const KeyRecord& record, std::string_view secret, TimePoint now);

/// The refusal of a key that nobody has heard of.
providers::Error unknown_key(std::string_view secret, std::string_view token);

}  // namespace auth
