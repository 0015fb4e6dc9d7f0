#include "auth/authenticator.hpp"

#include <gtest/gtest.h>

#include "auth/time_text.hpp"

namespace auth {
namespace {

using namespace std::chrono_literals;

const TimePoint noon = *parse_time("2026-11-21T12:00:00Z");
const std::string secret = "sk-0123456789abcdef";

config::AuthConfig with_master() {
  config::AuthConfig config;
  config.master_key = config::Secret("sk-the-master");
  return config;
}

KeyRecord record_of(std::string_view text) { return {.token = hash_secret(text), .key_name = key_name(text)}; }

bool admitted(const Lookup& lookup) { return std::holds_alternative<Caller>(lookup); }
bool needs_fetch(const Lookup& lookup) { return std::holds_alternative<NeedsFetch>(lookup); }
const providers::Error& refusal(const Lookup& lookup) { return std::get<providers::Error>(lookup); }

TEST(Authenticator, KnowsTheMasterKeyWithoutAsking) {
  Authenticator authenticator(with_master());
  const Lookup lookup = authenticator.find("sk-the-master", noon);
  ASSERT_TRUE(admitted(lookup));
  EXPECT_EQ(std::get<Caller>(lookup).kind, CallerKind::master_key);
}

TEST(Authenticator, AMasterKeyNeedsNoPrefix) {
  config::AuthConfig config;
  config.master_key = config::Secret("anything");
  Authenticator authenticator(config);
  EXPECT_TRUE(admitted(authenticator.find("anything", noon)));
}

TEST(Authenticator, WithoutAMasterKeyEverybodyIsTheOpenServer) {
  Authenticator authenticator{config::AuthConfig()};
  EXPECT_TRUE(authenticator.open());
  const Lookup lookup = authenticator.identify(CredentialFields{}, DialectHeader::authorization, noon);
  ASSERT_TRUE(admitted(lookup));
  EXPECT_EQ(std::get<Caller>(lookup).kind, CallerKind::open_server);
}

TEST(Authenticator, AsksOnceThenRemembers) {
  Authenticator authenticator(with_master());
  const Lookup first = authenticator.find(secret, noon);
  ASSERT_TRUE(needs_fetch(first));
  EXPECT_EQ(std::get<NeedsFetch>(first).token, hash_secret(secret));

  authenticator.insert(hash_secret(secret), record_of(secret), noon);
  const Lookup second = authenticator.find(secret, noon + 59s);
  ASSERT_TRUE(admitted(second));
  EXPECT_EQ(std::get<Caller>(second).key->token, hash_secret(secret));
  EXPECT_TRUE(needs_fetch(authenticator.find(secret, noon + 60s)));
  EXPECT_TRUE(needs_fetch(authenticator.find(secret, noon - 1s))) << "the clock was set back";
}

TEST(Authenticator, RemembersThatAKeyIsUnknown) {
  Authenticator authenticator(with_master());
  authenticator.insert(hash_secret(secret), std::nullopt, noon);
  const Lookup lookup = authenticator.find(secret, noon);
  EXPECT_EQ(refusal(lookup).type, "token_not_found_in_db");
  EXPECT_EQ(refusal(lookup).param, "key");
  EXPECT_EQ(refusal(lookup).message, "Authentication Error, Invalid proxy server token passed. Received API Key = sk-...cdef, Key Hash (Token) =" +
                                         hash_secret(secret) + ". Unable to find token in cache or `LiteLLM_VerificationTokenTable`");

  authenticator.insert(hash_secret(secret), record_of(secret), noon);  // it was made meanwhile
  EXPECT_TRUE(admitted(authenticator.find(secret, noon)));
}

TEST(Authenticator, ForgetsBothSides) {
  Authenticator authenticator(with_master());
  authenticator.insert(hash_secret(secret), record_of(secret), noon);
  authenticator.forget(hash_secret(secret));
  EXPECT_TRUE(needs_fetch(authenticator.find(secret, noon)));
  authenticator.insert(hash_secret(secret), std::nullopt, noon);
  authenticator.forget(hash_secret(secret));
  EXPECT_TRUE(needs_fetch(authenticator.find(secret, noon)));
  authenticator.forget("no token at all");
}

TEST(Authenticator, TextsWithoutThePrefixNeverReachTheRegistry) {
  Authenticator authenticator(with_master());
  const Lookup lookup = authenticator.find("hunter2-and-more", noon);
  EXPECT_EQ(refusal(lookup).type, "auth_error");
  EXPECT_EQ(refusal(lookup).message, "Authentication Error, LiteLLM Virtual Key expected. Received=hu****, expected to start with 'sk-'.");
}

TEST(Authenticator, JudgesBlockedExpiredAndSuperseded) {
  KeyRecord record = record_of(secret);
  EXPECT_FALSE(judge(record, secret, noon));

  record.expires = noon;
  EXPECT_FALSE(judge(record, secret, noon - 1ms));
  auto expired = judge(record, secret, noon);
  ASSERT_TRUE(expired);
  EXPECT_EQ(expired->kind, providers::ErrorKind::unauthenticated);
  EXPECT_EQ(expired->type, "expired_key");
  EXPECT_EQ(expired->param, "sk-...cdef");
  EXPECT_EQ(expired->message,
            "Authentication Error - Expired Key. Key Expiry time 2026-11-21 12:00:00.000000+00:00 and current time 2026-11-21 12:00:00.000000+00:00");

  record.blocked = true;
  auto blocked = judge(record, secret, noon);
  ASSERT_TRUE(blocked);
  EXPECT_EQ(blocked->type, "auth_error");
  EXPECT_EQ(blocked->message, "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.");

  KeyRecord replaced = record_of(secret);
  replaced.superseded_at = noon;
  EXPECT_FALSE(judge(replaced, secret, noon - 1ms));
  EXPECT_EQ(judge(replaced, secret, noon)->type, "token_not_found_in_db");
}

TEST(Authenticator, ExpiryCountsInsideTheCacheToo) {
  Authenticator authenticator(with_master());
  KeyRecord record = record_of(secret);
  record.expires = noon + 10s;
  authenticator.insert(record.token, record, noon);
  EXPECT_TRUE(admitted(authenticator.find(secret, noon + 9s)));
  EXPECT_EQ(refusal(authenticator.find(secret, noon + 10s)).type, "expired_key");
}

TEST(Authenticator, AFloodOfUnknownKeysDoesNotPushOutKnownOnes) {
  config::AuthConfig config = with_master();
  config.cached_unknown_keys = 4;
  Authenticator authenticator(config);
  authenticator.insert(hash_secret(secret), record_of(secret), noon);
  for (int i = 0; i < 1000; ++i) authenticator.insert(hash_secret("sk-guess-" + std::to_string(i)), std::nullopt, noon);
  EXPECT_TRUE(admitted(authenticator.find(secret, noon)));
}

TEST(Authenticator, AReloadChangesTheMasterKey) {
  Authenticator authenticator(with_master());
  authenticator.insert(hash_secret(secret), record_of(secret), noon);
  config::AuthConfig config = with_master();
  config.master_key = config::Secret("sk-another");
  authenticator.configure(config);
  EXPECT_TRUE(needs_fetch(authenticator.find("sk-the-master", noon)));
  EXPECT_TRUE(admitted(authenticator.find("sk-another", noon)));
  EXPECT_TRUE(admitted(authenticator.find(secret, noon))) << "cached keys survive a reload";
}

TEST(KeyCache, HoldsNoMoreThanItsCapacityAndKeepsWhatIsUsed) {
  KeyCache cache(8);
  Sha256 sha256;
  const auto record = std::make_shared<const KeyRecord>();
  const Digest hot = sha256("hot");
  cache.put(hot, record, noon);
  for (int i = 0; i < 200; ++i) {
    ASSERT_NE(cache.find(hot), nullptr) << i;
    cache.put(sha256(std::to_string(i)), record, noon);
    ASSERT_LE(cache.size(), 8U);
  }
  EXPECT_EQ(cache.find(sha256("0")), nullptr);
  EXPECT_NE(cache.find(sha256("199")), nullptr);
}

TEST(KeyCache, ReusesPlacesThatWereErased) {
  KeyCache cache(2);
  Sha256 sha256;
  for (int i = 0; i < 50; ++i) {
    cache.put(sha256(std::to_string(i)), nullptr, noon);
    if (i % 3 == 0) cache.erase(sha256(std::to_string(i)));
    ASSERT_LE(cache.size(), 2U);
  }
  cache.clear();
  EXPECT_EQ(cache.size(), 0U);
  cache.put(sha256("a"), nullptr, noon);
  EXPECT_NE(cache.find(sha256("a")), nullptr);
}

}  // namespace
}  // namespace auth
