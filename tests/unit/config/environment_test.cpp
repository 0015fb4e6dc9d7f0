// What the environment and the command line say, and who wins.
#include <cstdlib>

#include "config/validate.hpp"
#include "tests/unit/config/support.hpp"

namespace config::test {
namespace {

using namespace std::chrono_literals;

TEST(EnvironmentVariables, OfTheProcessAreCopied) {
  ASSERT_EQ(setenv("PENSTOCK_TEST_VARIABLE", "a=b", 1), 0);
  const auto environment = Environment::of_process();
  unsetenv("PENSTOCK_TEST_VARIABLE");

  EXPECT_EQ(environment.find("PENSTOCK_TEST_VARIABLE"), "a=b");
  EXPECT_EQ(environment.find("PENSTOCK_TEST_NOTHING"), std::nullopt);
}

TEST(EnvironmentVariables, OfLitellmAreRead) {
  const auto result = load(with_model(""), {{"LITELLM_MASTER_KEY", "sk-0f8b7a6c5d4e3f2a1b0c"},
                                            {"LITELLM_SALT_KEY", "salt"},
                                            {"PORT", "8080"},
                                            {"NUM_WORKERS", "3"},
                                            {"SERVER_ROOT_PATH", "/llm/"},
                                            {"GRACEFUL_SHUTDOWN_TIMEOUT", "12"},
                                            {"LITELLM_LOG", "WARNING"}});

  ASSERT_NE(result.config, nullptr);
  const auto& c = *result.config;
  EXPECT_EQ(c.auth.master_key.reveal(), "sk-0f8b7a6c5d4e3f2a1b0c");
  EXPECT_EQ(c.auth.salt_key.reveal(), "salt");
  EXPECT_EQ(c.server.port, 8080);
  EXPECT_EQ(c.server.workers, 3);
  EXPECT_EQ(c.server.root_path, "/llm");
  EXPECT_EQ(c.server.drain_time, 12s);
  EXPECT_EQ(c.server.log_level, "warn");
}

TEST(EnvironmentVariables, GiveWayToTheFileAndThatToTheCommandLine) {
  const auto yaml = with_model(
      "general_settings: {master_key: sk-written-in-the-file-1}\n"
      "penstock: {drain: {time: 5s}, data_dir: /file, log: {level: error}}\n");
  const Environment environment({{"LITELLM_MASTER_KEY", "sk-0f8b7a6c5d4e3f2a1b0c"}, {"GRACEFUL_SHUTDOWN_TIMEOUT", "12"}, {"PORT", "1"}});

  const auto result = load_text(yaml, "c.yaml", environment, {.host = "::1", .port = 2, .data_dir = "/line"});

  EXPECT_EQ(result.config->auth.master_key.reveal(), "sk-written-in-the-file-1");
  EXPECT_EQ(result.config->server.drain_time, 5s);
  EXPECT_EQ(result.config->server.port, 2);
  EXPECT_EQ(result.config->server.host, "::1");
  EXPECT_TRUE(result.config->server.host_given);
  EXPECT_EQ(result.config->store.data_dir, "/line");
  EXPECT_EQ(result.config->server.log_level, "error");
}

TEST(EnvironmentVariables, OfTheFileCountForTheRestOfIt) {
  const auto result = load(
      "model_list: [{model_name: a, litellm_params: {model: openai/a, api_key: os.environ/FROM_FILE}}]\n"
      "environment_variables: {FROM_FILE: os.environ/OUTSIDE, LITELLM_SALT_KEY: salted, NUMBER: 7}\n",
      {{"OUTSIDE", "sk-outside"}, {"FROM_FILE", "sk-overridden"}});

  EXPECT_EQ(result.config->deployments[0].api_key.reveal(), "sk-outside");
  EXPECT_EQ(result.config->auth.salt_key.reveal(), "salted");
  EXPECT_EQ(result.config->environment.at("NUMBER"), "7");
}

TEST(EnvironmentVariables, WithMistakesAreNamed) {
  EXPECT_EQ(text_of(load(with_model(""), {{"PORT", "http"}, {"SERVER_ROOT_PATH", "llm"}, {"LITELLM_LOG", "loud"}}).problems),
            "environment: error: PORT must be a whole number from 0 to 65535, not \"http\"\n"
            "environment: error: SERVER_ROOT_PATH must be a path as /prefix\n"
            "environment: warning: LITELLM_LOG must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL; info is used\n");
}

TEST(EnvironmentVariables, PostgresStopsTheStartUnlessAccepted) {
  const Environment::Variables postgres = {{"DATABASE_URL", "postgresql://u:hunter2@h/d"}};
  const auto refused = load(with_model(""), postgres);
  const auto accepted = load(with_model("penstock: {accept_unsupported: [database_url]}\n"), postgres);
  const auto in_parts = load(with_model(""), {{"DATABASE_HOST", "h"}, {"DATABASE_USERNAME", "u"}, {"DATABASE_PASSWORD", "p"}, {"DATABASE_NAME", "n"}});

  EXPECT_EQ(refused.config, nullptr);
  EXPECT_TRUE(text_of(refused.problems).starts_with("environment: error: DATABASE_URL promises protection"));
  EXPECT_EQ(text_of(refused.problems).find("hunter2"), std::string::npos);
  EXPECT_NE(accepted.config, nullptr);
  EXPECT_EQ(in_parts.config, nullptr);
}

TEST(EnvironmentVariables, NamedForKeysAndSharedStateStopTheStart) {
  const auto result = load(with_model("environment_variables: {LITELLM_SALT_KEY: os.environ/NOPE, REDIS_HOST: os.environ/NO_REDIS, OTHER: os.environ/X}\n"));

  EXPECT_EQ(text_of(result.problems),
            "c.yaml:2:43: error: NOPE is not set (environment_variables.LITELLM_SALT_KEY)\n"
            "c.yaml:2:72: error: NO_REDIS is not set (environment_variables.REDIS_HOST)\n"
            "c.yaml:2:100: warning: X is not set (environment_variables.OTHER)\n");
}

TEST(EnvironmentVariables, RedisIsSaidToHaveNoEffect) {
  EXPECT_EQ(text_of(load(with_model(""), {{"REDIS_HOST", "h"}}).problems), "environment: warning: not supported yet: REDIS_HOST\n");
}

TEST(ListeningHost, IsLoopbackWithoutAMasterKey) {
  Config config;
  EXPECT_EQ(listening_host(config), "127.0.0.1");
  config.auth.master_key = Secret("sk-x");
  EXPECT_EQ(listening_host(config), "0.0.0.0");
  config.server.host = "::";
  EXPECT_EQ(listening_host(config), "::");
}

}  // namespace
}  // namespace config::test
