// A LiteLLM file loads unchanged.
#include "tests/unit/config/support.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace config::test {
namespace {

using namespace std::chrono_literals;

class FullLitellm : public testing::Test {
 protected:
  const std::string path = std::string(SOURCE_DIR) + "/tests/unit/config/full_litellm.yaml";
  const LoadResult result = load_file(path, Environment(Environment::Variables{{"AZURE_KEY", "az-key"},
                                                                                {"REDIS_PASSWORD", "hunter2"},
                                                                                {"REDIS_HOST_NAME", "h"},
                                                                                {"PROXY_MASTER_KEY", "sk-0f8b7a6c5d4e3f2a1b0c"}}));

  void SetUp() override { ASSERT_NE(result.config, nullptr) << text_of(result.problems); }
};

TEST_F(FullLitellm, GivesOneWarningForEachUnsupportedKeyAndNoOther) {
  std::multiset<int> expected;
  std::istringstream lines(read_file(path).text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.ends_with("# later")) expected.insert(number);
  }

  std::multiset<int> warned;
  for (const auto& problem : result.problems) warned.insert(problem.place.line);
  EXPECT_EQ(warned, expected) << text_of(result.problems);
  EXPECT_GT(expected.size(), 200U);
}

TEST_F(FullLitellm, NothingWasTakenForUnknown) {
  for (const auto& problem : result.problems) EXPECT_EQ(problem.message.find("unknown"), std::string::npos) << problem.message;
}

TEST_F(FullLitellm, IsActedOn) {
  const auto& c = *result.config;
  EXPECT_EQ(c.deployments.size(), 6U);  // one has two organizations
  EXPECT_EQ(c.deployments[0].api_key.reveal(), "az-key");
  EXPECT_EQ(c.deployments[0].unavailable, "");
  EXPECT_EQ(c.deployments[3].api_key.reveal(), "sk-from-the-file");
  EXPECT_EQ(c.environment.at("COPIED"), "az-key");
  EXPECT_TRUE(c.drop_params);
  EXPECT_EQ(c.router.num_retries, 4);
  EXPECT_EQ(c.router.strategy, "simple-shuffle");
  EXPECT_EQ(c.router.aliases.at("gpt-4"), "gpt-4o");
  EXPECT_EQ(c.router.aliases.at("secret-gpt"), "openai/gpt-4.1");
  EXPECT_EQ(c.router.hidden_aliases, std::vector<std::string>{"secret-gpt"});
  EXPECT_EQ(c.timers.timeout, 300s);
  EXPECT_EQ(c.timers.stream_timeout, 45s);
  EXPECT_EQ(c.timers.idle, 90s);
  EXPECT_EQ(c.auth.master_key.reveal(), "sk-0f8b7a6c5d4e3f2a1b0c");
  EXPECT_EQ(c.auth.key_header_name, "X-Litellm-Key");
  EXPECT_EQ(c.auth.cache_time, 30s);
  EXPECT_EQ(c.auth.default_key_params.at("models"), R"(["gpt-4o"])");
  EXPECT_EQ(c.auth.upper_key_params.at("max_budget"), "100");
  EXPECT_FALSE(c.cancel_on_disconnect);
  EXPECT_TRUE(c.cancel_on_disconnect_given);
  EXPECT_EQ(c.http.body_bytes, 32 * mib);
  EXPECT_TRUE(c.server.metrics_require_key);
  EXPECT_EQ(c.server.log_format, LogFormat::json);
}

TEST_F(FullLitellm, ShowsNoSecret) {
  const auto text = text_of(result.problems) + to_json(result.problems);
  for (const auto* secret : {"az-key", "hunter2", "sk-from", "sk-0f8b"}) EXPECT_EQ(text.find(secret), std::string::npos) << secret;
}

TEST(Litellm, AcceptedPromisesAreWarnings) {
  const auto result = load(with_model(
      "guardrails: [{guardrail_name: a}]\n"
      "general_settings: {custom_auth: a.b, database_url: 'postgresql://u:hunter2@h/d'}\n"
      "penstock: {accept_unsupported: [guardrails, custom_auth, database_url]}\n"));

  ASSERT_NE(result.config, nullptr);
  EXPECT_EQ(result.config->store.database_url, "");
  ASSERT_EQ(result.problems.size(), 3U);
  for (const auto& problem : result.problems) EXPECT_NE(problem.message.find("NOT PROTECTED"), std::string::npos);
}

TEST(Litellm, MistakesComeInTheOrderOfTheirPlaces) {
  const auto result = load("penstock: {compat: x}\nrouter_settings: {num_retries: x}\nmodel_list: [1]\n");

  std::vector<int> lines;
  for (const auto& problem : result.problems) lines.push_back(problem.place.line);
  EXPECT_EQ(lines, (std::vector<int>{1, 2, 3}));
}

TEST(Litellm, MoreProblemsThanAnyoneReadsAreCounted) {
  std::string yaml = "litellm_settings:\n";
  for (int i = 0; i < 5000; ++i) yaml += "  k" + std::to_string(i) + ": 1\n";

  const auto result = load(yaml + "penstock: {compat: x}\n");

  EXPECT_EQ(result.problems.size(), 1001U);
  EXPECT_EQ(result.config, nullptr);  // the error beyond the list counts
}

TEST(Litellm, ReferencesKeepTheirTypes) {
  const auto result = load(with_model("litellm_settings: {drop_params: os.environ/DROP, num_retries: os.environ/TRIES}\n"),
                           {{"DROP", "True"}, {"TRIES", "7"}});

  EXPECT_TRUE(result.config->drop_params);
  EXPECT_EQ(result.config->router.num_retries, 7);
}

TEST(Litellm, AWrongValueFromTheEnvironmentIsNotShown) {
  const auto result = load(with_model("litellm_settings: {num_retries: os.environ/TRIES}\n"), {{"TRIES", "hunter2"}});

  EXPECT_EQ(text_of(result.problems), "c.yaml:2:33: error: litellm_settings.num_retries must be a whole number from 0 to 100\n");
}

TEST(Litellm, TheExampleOnlyMissesItsKey) {
  const auto path = std::string(SOURCE_DIR) + "/deploy/config.example.yaml";

  const auto bare = load_file(path, Environment{});
  ASSERT_NE(bare.config, nullptr) << text_of(bare.problems);
  EXPECT_FALSE(bare.problems.empty());
  for (const auto& problem : bare.problems) EXPECT_TRUE(problem.message.starts_with("OPENAI_API_KEY is not set")) << problem.message;

  const auto filled = load_file(path, Environment(Environment::Variables{{"OPENAI_API_KEY", "sk-x"}}));
  EXPECT_EQ(text_of(filled.problems), "");
}

TEST(Litellm, TheExampleShowsTheDefaults) {
  const auto result = load_file(std::string(SOURCE_DIR) + "/deploy/config.example.yaml", Environment{});

  ASSERT_NE(result.config, nullptr);
  const Config defaults;
  const auto& c = *result.config;
  EXPECT_EQ(c.compat, defaults.compat);
  EXPECT_EQ(c.security, defaults.security);
  EXPECT_EQ(c.store.data_dir, defaults.store.data_dir);
  EXPECT_EQ(c.timers.connect, defaults.timers.connect);
  EXPECT_EQ(c.timers.timeout, defaults.timers.timeout);
  EXPECT_EQ(c.timers.idle, defaults.timers.idle);
  EXPECT_EQ(c.server.drain_time, defaults.server.drain_time);
  EXPECT_EQ(c.http.body_bytes, defaults.http.body_bytes);
  EXPECT_EQ(c.http.connections, defaults.http.connections);
  EXPECT_EQ(c.router.num_retries, defaults.router.num_retries);
}

TEST(Litellm, WithoutAFileOneModelIsServed) {
  const auto result = without_file("gpt-4o", "http://127.0.0.1:8000/v1", Environment{}, {.port = 0});

  ASSERT_NE(result.config, nullptr) << text_of(result.problems);
  ASSERT_EQ(result.config->deployments.size(), 1U);
  EXPECT_EQ(result.config->deployments[0].model_name, "gpt-4o");
  EXPECT_EQ(result.config->deployments[0].model, "gpt-4o");
  EXPECT_EQ(result.config->deployments[0].api_base, "http://127.0.0.1:8000/v1");
  EXPECT_EQ(result.config->server.port, 0);

  EXPECT_EQ(text_of(without_file("a\"b: {", "nowhere", Environment{}).problems),
            "command line: error: model_list[0].litellm_params.api_base must be an address that begins with http:// or https://\n");
}

}  // namespace
}  // namespace config::test
