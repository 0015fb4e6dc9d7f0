#include "auth/credential.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

using Fields = CredentialFields;

std::string taken(const Fields& fields, DialectHeader dialect = DialectHeader::authorization) {
  const auto key = credential(fields, dialect);
  return key ? std::string(*key) : "refused: " + key.error().message;
}

const std::string no_key = "refused: Authentication Error, No api key passed in.";
const std::string malformed = "refused: Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix.";

TEST(Credential, OrderOfTheHeaders) {
  const Fields all{.litellm_api_key = "l", .custom = "c", .authorization = "Bearer a", .api_key = "k", .x_api_key = "x", .x_goog_api_key = "g",
                   .subscription_key = "s"};
  Fields some = all;
  EXPECT_EQ(taken(some), "l");
  some.litellm_api_key.reset();
  EXPECT_EQ(taken(some), "c");
  some.custom.reset();
  EXPECT_EQ(taken(some), "a");
  EXPECT_EQ(taken(some, DialectHeader::x_api_key), "x");
  EXPECT_EQ(taken(some, DialectHeader::x_goog_api_key), "g");
  EXPECT_EQ(taken(some, DialectHeader::api_key), "k");
  some.authorization.reset();
  EXPECT_EQ(taken(some), "k");
  some.api_key.reset();
  EXPECT_EQ(taken(some), "x");
  some.x_api_key.reset();
  EXPECT_EQ(taken(some), "g");
  some.x_goog_api_key.reset();
  EXPECT_EQ(taken(some), "s");
  some.subscription_key.reset();
  EXPECT_EQ(taken(some), no_key);
}

TEST(Credential, AuthorizationForms) {
  const std::pair<const char*, std::string> forms[] = {
      {"Bearer sk-1", "sk-1"},        {"bearer sk-1", "sk-1"},      {"BEARER   sk-1  ", "sk-1"},   {"Bearer\tsk-1", "sk-1"},
      {"Bearer", no_key},             {"Bearer   ", no_key},        {"", no_key},                  {"  ", no_key},
      {"Basic dXNlcjpwYXNz", malformed}, {"sk-1", malformed},       {"Bearersk-1", malformed},     {"Digest a=b", malformed},
  };
  for (const auto& [value, expected] : forms) EXPECT_EQ(taken(Fields{.authorization = value}), expected) << '"' << value << '"';
}

TEST(Credential, OtherHeadersTakeTheBareKeyAndForgiveBearer) {
  EXPECT_EQ(taken(Fields{.litellm_api_key = "Bearer sk-1"}), "sk-1");
  EXPECT_EQ(taken(Fields{.litellm_api_key = " sk-1 "}), "sk-1");
  EXPECT_EQ(taken(Fields{.litellm_api_key = "Bearer"}), no_key);
  EXPECT_EQ(taken(Fields{.litellm_api_key = "", .authorization = "Bearer sk-2"}), "sk-2");
  EXPECT_EQ(taken(Fields{.x_api_key = "sk-1"}), "sk-1");
}

TEST(Credential, TheRefusalIsLiteLlms) {
  const auto refusal = credential(Fields{}, DialectHeader::authorization);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().kind, providers::ErrorKind::unauthenticated);
  EXPECT_EQ(refusal.error().type, "auth_error");
  EXPECT_EQ(refusal.error().param, "None");
}

TEST(Credential, TwoAuthorizationFieldsAreABadRequest) {
  Fields fields;
  fields.take("Authorization", "Bearer sk-1", "");
  EXPECT_EQ(taken(fields), "sk-1");
  fields.take("authorization", "Bearer sk-1", "");
  const auto refusal = credential(fields, DialectHeader::authorization);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().kind, providers::ErrorKind::invalid_request);
}

TEST(Credential, TakesItsHeadersByNameInAnyCase) {
  Fields fields;
  for (const auto& [name, value] : {std::pair{"X-LiteLLM-API-Key", "l"}, {"API-key", "k"}, {"x-Api-Key", "x"}, {"X-Goog-Api-Key", "g"},
                                    {"ocp-apim-subscription-KEY", "s"}, {"X-Company-Key", "c"}, {"content-type", "t"}}) {
    fields.take(name, value, "x-company-key");
  }
  EXPECT_EQ(fields.litellm_api_key, "l");
  EXPECT_EQ(fields.api_key, "k");
  EXPECT_EQ(fields.x_api_key, "x");
  EXPECT_EQ(fields.x_goog_api_key, "g");
  EXPECT_EQ(fields.subscription_key, "s");
  EXPECT_EQ(fields.custom, "c");
}

}  // namespace
}  // namespace auth
