#include "config/problem.hpp"

#include <gtest/gtest.h>

#include "config/syntax.hpp"
#include "config/validate.hpp"

namespace config {
namespace {

TEST(Problem, ReadsAsACompilerSays) {
  Problem problem{.severity = Severity::error, .place = {"c.yaml", 3, 7}, .message = "unknown key x", .suggestion = "y"};
  EXPECT_EQ(to_text(problem), "c.yaml:3:7: error: unknown key x (did you mean \"y\"?)");
  problem = {.severity = Severity::warning, .place = {"environment", 0, 0}, .message = "m", .suggestion = {}};
  EXPECT_EQ(to_text(problem), "environment: warning: m");
}

TEST(Problem, IsAlsoJson) {
  const std::vector<Problem> problems = {{.severity = Severity::warning, .place = {"c\".yaml", 3, 7}, .message = "m", .suggestion = {}}};
  EXPECT_EQ(to_json(problems),
            "[\n  {\n    \"severity\": \"warning\",\n    \"file\": \"c\\\".yaml\",\n    \"line\": 3,\n    \"column\": 7,\n"
            "    \"message\": \"m\",\n    \"suggestion\": \"\"\n  }\n]");
  EXPECT_EQ(to_json({}), "[]");
}

TEST(Nearest, FindsWhatWasMeantAndNothingFarAway) {
  const std::vector<std::string_view> known = {"model_list", "litellm_settings", "id", "mode", "timeout", "stream_timeout"};
  EXPECT_EQ(nearest("model_lst", known), "model_list");
  EXPECT_EQ(nearest("modle_list", known), "model_list");
  EXPECT_EQ(nearest("timeot", known), "timeout");
  EXPECT_EQ(nearest("di", known), "id");
  EXPECT_EQ(nearest("xy", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("something_else", known), "");
  EXPECT_EQ(nearest(std::string(5000, 'x'), known), "");
}

TEST(Shown, HidesKeysAndControlBytes) {
  EXPECT_EQ(shown("model_list"), "model_list");
  EXPECT_EQ(shown("sk-1234567890"), "sk-***");
  EXPECT_EQ(shown("a\nb"), "a?b");
  EXPECT_EQ(shown(std::string(100, 'a')), std::string(64, 'a') + "...");
  EXPECT_EQ(shown(std::string(63, 'a') + "\xc3\xbc" + "b"), std::string(63, 'a') + "...");
}

TEST(SecretPath, CoversCredentials) {
  for (const auto* path : {"general_settings.master_key", "a.api_key", "x.redis_password", "m.extra_headers.x", "database_url", "environment_variables.X"}) {
    EXPECT_TRUE(is_secret_path(path)) << path;
  }
  for (const auto* path : {"penstock.compat", "router_settings.num_retries", "model_list[0].litellm_params.rpm"}) EXPECT_FALSE(is_secret_path(path)) << path;
}

TEST(Syntax, AddressRanges) {
  for (const auto* text : {"10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8", "0.0.0.0/0", "::/128"}) EXPECT_TRUE(is_address_range(text)) << text;
  for (const auto* text : {"", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/-1", "localhost", "10.0.0.0/08"}) {
    EXPECT_FALSE(is_address_range(text)) << text;
  }
}

TEST(Syntax, HostAndPort) {
  EXPECT_EQ(parse_host_port("127.0.0.1:4001")->port, 4001);
  EXPECT_EQ(parse_host_port("[::1]:0")->host, "::1");
  for (const auto* text : {"", ":80", "a:", "a:70000", "a:-1", "a:+1", "::1:80", "[a]:80", "a b:80"}) EXPECT_FALSE(parse_host_port(text)) << text;
}

TEST(Syntax, OriginsAndUrls) {
  for (const auto* text : {"*", "https://a.example", "http://localhost:3000", "app://x"}) EXPECT_TRUE(is_origin(text)) << text;
  for (const auto* text : {"", "a.example", "https://a/", "https://*.a", "://a", "https://"}) EXPECT_FALSE(is_origin(text)) << text;
  for (const auto* text : {"http://h", "https://h/v1"}) EXPECT_TRUE(is_http_url(text)) << text;
  for (const auto* text : {"", "h", "ftp://h", "http://", "http:///x", "http://h h"}) EXPECT_FALSE(is_http_url(text)) << text;
}

TEST(Syntax, Wildcards) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("openai/*", "openai/gpt-4o"));
  EXPECT_TRUE(matches_wildcard("fo::*:static::*", "fo::a:static::b"));
  EXPECT_TRUE(matches_wildcard("a*b*c", "aXbYbc"));
  EXPECT_FALSE(matches_wildcard("openai/*", "azure/gpt-4o"));
  EXPECT_FALSE(matches_wildcard("a*b", "a"));
}

TEST(MasterKey, WeakOnes) {
  for (const auto* key : {"sk-1234", "sk-12345678901234567890", "short", "sk-aaaaaaaaaaaaaaaaaaaaaaa"}) EXPECT_TRUE(is_weak_master_key(key)) << key;
  EXPECT_FALSE(is_weak_master_key("sk-0f8b7a6c5d4e3f2a1b0c"));
}

TEST(Validate, PublicAdminAddressWithoutTlsIsARisk) {
  Config config;
  config.auth.master_key = Secret("sk-0f8b7a6c5d4e3f2a1b0c");
  ASSERT_EQ(validate(config, {}).size(), 1U);
  EXPECT_EQ(validate(config, {})[0].severity, Severity::warning);

  config.security = Security::strict;
  EXPECT_EQ(validate(config, {})[0].severity, Severity::error);
  config.server.admin_listen = "127.0.0.1:4001";
  EXPECT_TRUE(validate(config, {}).empty());
  config.server.admin_listen = "0.0.0.0:4001";
  EXPECT_EQ(validate(config, {}).size(), 1U);
  config.server.tls = {.certificate_file = "c", .private_key_file = "k"};
  EXPECT_TRUE(validate(config, {}).empty());
}

TEST(Validate, PortsAndWorkers) {
  Config config;
  config.server.port = 70'000;
  config.server.workers = -1;
  const auto problems = validate(config, {});
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(to_text(problems[0]), "command line: error: the port must be from 0 to 65535");
  EXPECT_EQ(to_text(problems[1]), "command line: error: the number of workers must be from 0 to 1024");
}

TEST(Validate, TheAdminListenerNeedsAnAddressOfItsOwn) {
  Config config;
  config.server.host = "10.0.0.1";
  config.server.admin_listen = "127.0.0.1:4000";
  EXPECT_TRUE(validate(config, {}).empty());
  config.server.host = "0.0.0.0";
  EXPECT_EQ(validate(config, {}).size(), 1U);
}

TEST(Validate, AliasesMayPointAtWildcards) {
  Config config;
  config.deployments.emplace_back().model_name = "openai/*";
  config.router.aliases = {{"fast", "openai/gpt-4o"}, {"slow", "openia/gpt"}};
  const auto problems = validate(config, {});
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].message.find("slow"), std::string::npos);
}

}  // namespace
}  // namespace config
