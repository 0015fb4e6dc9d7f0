#include "auth/keys.hpp"

#include <gtest/gtest.h>

#include <set>

namespace auth {
namespace {

TEST(Keys, ASecretIsFreshAndInTheAlphabetOfUrls) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string secret = make_secret();
    EXPECT_EQ(secret.size(), 3U + 43U);
    EXPECT_TRUE(has_secret_prefix(secret));
    EXPECT_EQ(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos);
    EXPECT_TRUE(seen.insert(secret).second);
    EXPECT_FALSE(weakness(secret)) << secret;
  }
}

TEST(Keys, TheTokenIsThePlainSha256OfTheSecret) {
  EXPECT_EQ(hash_secret("sk-1234"), "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b");
  EXPECT_EQ(hash_secret(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Keys, OneSha256HashesManyTexts) {
  Sha256 sha256;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(to_hex(sha256("sk-1234")), hash_secret("sk-1234"));
    EXPECT_EQ(to_hex(sha256("sk-1235")), hash_secret("sk-1235"));
  }
}

TEST(Keys, HexGoesBothWays) {
  const std::string token = hash_secret("sk-a");
  const auto digest = from_hex(token);
  ASSERT_TRUE(digest);
  EXPECT_EQ(to_hex(*digest), token);
  EXPECT_FALSE(from_hex(token.substr(1)));
  EXPECT_FALSE(from_hex("G" + token.substr(1)));
  EXPECT_FALSE(from_hex(std::string(64, 'A')));  // LiteLLM writes lower case, and one identity has one spelling
  EXPECT_FALSE(from_hex(""));
}

TEST(Keys, AdminsMayPassASecretOrItsHash) {
  EXPECT_EQ(token_of("sk-1234"), hash_secret("sk-1234"));
  EXPECT_EQ(token_of(hash_secret("sk-1234")), hash_secret("sk-1234"));
}

TEST(Keys, TheNameShowsTheLastFourUnlessThatIsMostOfIt) {
  EXPECT_EQ(key_name("sk-0123456789abcdef"), "sk-...cdef");
  EXPECT_EQ(key_name("sk-1234"), "sk-...");
  EXPECT_EQ(key_name(""), "sk-...");
}

TEST(Keys, ComparesWholeDigests) {
  const Digest left = *from_hex(hash_secret("a"));
  Digest right = left;
  EXPECT_TRUE(same(left, right));
  right.back() ^= 1;
  EXPECT_FALSE(same(left, right));
}

TEST(Keys, WarnsOfSecretsThatCanBeGuessed) {
  EXPECT_TRUE(weakness("sk-1234"));
  EXPECT_TRUE(weakness("sk-my-team-key"));
  EXPECT_TRUE(weakness("sk-" + std::string(60, 'a')));
  EXPECT_FALSE(weakness("sk-G7q0m_PkX2vLr9TzWc4NbA"));
}

}  // namespace
}  // namespace auth
