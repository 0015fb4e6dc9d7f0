#include "auth/authenticator.hpp"

#include <algorithm>
#include <utility>

#include "auth/time_text.hpp"

namespace auth {

namespace {

using providers::Error;
using providers::ErrorKind;

std::size_t capacity(int configured) { return static_cast<std::size_t>(std::max(configured, 1)); }

Error refused(std::string message, std::string type, std::string param) {
  return {.kind = ErrorKind::unauthenticated, .message = std::move(message), .type = std::move(type), .param = std::move(param)};
}

Error not_a_virtual_key(std::string_view secret) {
  return refused("Authentication Error, LiteLLM Virtual Key expected. Received=" + std::string(secret.substr(0, secret.size() > 8 ? 2 : 0)) +
                     "****, expected to start with 'sk-'.",
                 "auth_error", "None");
}

}  // namespace

Authenticator::Authenticator(const config::AuthConfig& config)
    : cache_time_(config.cache_time), known_(capacity(config.cached_keys)), unknown_(capacity(config.cached_unknown_keys)) {
  configure(config);
}

void Authenticator::configure(const config::AuthConfig& config) {
  master_ = config.master_key.empty() ? std::nullopt : std::optional(sha256_(config.master_key.reveal()));
  cache_time_ = config.cache_time;
  if (known_.capacity() != capacity(config.cached_keys)) known_ = KeyCache(capacity(config.cached_keys));
  if (unknown_.capacity() != capacity(config.cached_unknown_keys)) unknown_ = KeyCache(capacity(config.cached_unknown_keys));
}

Lookup Authenticator::identify(const CredentialFields& fields, DialectHeader dialect, TimePoint now) {
  if (open()) return Caller::open_server();
  const auto secret = credential(fields, dialect);
  if (!secret) return secret.error();
  return find(*secret, now);
}

Lookup Authenticator::find(std::string_view secret, TimePoint now) {
  if (open()) return Caller::open_server();
  const Digest digest = sha256_(secret);
  if (same(digest, *master_)) return Caller::master();
  if (!has_secret_prefix(secret)) return not_a_virtual_key(secret);

  if (const KeyCache::Entry* entry = known_.find(digest); entry && fresh(*entry, now)) {
    if (auto refusal = judge(*entry->record, secret, now)) return *std::move(refusal);
    return Caller::of(entry->record);
  }
  if (const KeyCache::Entry* entry = unknown_.find(digest); entry && fresh(*entry, now)) return unknown_key(secret, to_hex(digest));
  return NeedsFetch{to_hex(digest)};
}

void Authenticator::insert(std::string_view token, std::optional<KeyRecord> record, TimePoint now) {
  const auto digest = from_hex(token);
  if (!digest) return;
  forget(token);
  if (record) {
    known_.put(*digest, std::make_shared<const KeyRecord>(*std::move(record)), now);
  } else {
    unknown_.put(*digest, nullptr, now);
  }
}

void Authenticator::forget(std::string_view token) {
  const auto digest = from_hex(token);
  if (!digest) return;
  known_.erase(*digest);
  unknown_.erase(*digest);
}

// An entry from the future means that the clock was set back: its age is not known, so it is asked for again.
bool Authenticator::fresh(const KeyCache::Entry& entry, TimePoint now) const { return entry.taken <= now && now - entry.taken < cache_time_; }

std::optional<Error> judge(const KeyRecord& record, std::string_view secret, TimePoint now) {
  if (record.superseded_at && now >= *record.superseded_at) return unknown_key(secret, hash_secret(secret));
  if (record.blocked) {
    return refused("Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.", "auth_error", "None");
  }
  if (record.expires && now >= *record.expires) {
    return refused("Authentication Error - Expired Key. Key Expiry time " + python_time(*record.expires) + " and current time " + python_time(now),
                   "expired_key", record.key_name);
  }
  return std::nullopt;
}

Error unknown_key(std::string_view secret, std::string_view token) {
  return refused("Authentication Error, Invalid proxy server token passed. Received API Key = " + key_name(secret) + ", Key Hash (Token) =" +
                     std::string(token) + ". Unable to find token in cache or `LiteLLM_VerificationTokenTable`",
                 "token_not_found_in_db", "key");
}

}  // namespace auth
