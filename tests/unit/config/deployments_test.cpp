// model_list: what an entry becomes.
#include <algorithm>
#include <set>

#include "tests/unit/config/support.hpp"

namespace config::test {
namespace {

using namespace std::chrono_literals;

std::vector<Deployment> deployments(std::string_view yaml, Environment::Variables variables = {}) {
  const auto result = load(yaml, std::move(variables));
  EXPECT_NE(result.config, nullptr) << text_of(result.problems);
  return result.config ? result.config->deployments : std::vector<Deployment>{};
}

TEST(Deployments, EveryFieldIsRead) {
  const auto list = deployments(R"(
model_list:
  - model_name: azure-gpt
    litellm_params:
      model: azure/prod
      api_base: https://x.openai.azure.com
      api_key: os.environ/AZURE_KEY
      api_version: 2024-02-01
      custom_llm_provider: azure
      organization: 12345
      weight: 3
      rpm: 1_000
      tpm: 200000
      order: 2
      timeout: 1.5
      stream_timeout: 30
      extra_headers: {x-team: a}
      headers: {x-more: 7}
      extra_body: {guided: {depth: 2}, flag: yes}
      additional_drop_params: [seed, logit_bias]
    model_info:
      id: azure-1
      mode: completion
      access_groups: [beta]
      blocked: true
      note: ours
)", {{"AZURE_KEY", "hunter2"}});

  ASSERT_EQ(list.size(), 1U);
  const auto& one = list[0];
  EXPECT_EQ(one.model_name, "azure-gpt");
  EXPECT_EQ(one.id, "azure-1");
  EXPECT_EQ(one.model, "azure/prod");
  EXPECT_EQ(one.provider, "azure");
  EXPECT_EQ(one.api_base, "https://x.openai.azure.com");
  EXPECT_EQ(one.api_version, "2024-02-01");
  EXPECT_EQ(one.organization, "12345");
  EXPECT_EQ(one.api_key.reveal(), "hunter2");
  EXPECT_EQ(one.weight, 3);
  EXPECT_TRUE(one.weight_given);
  EXPECT_EQ(one.rpm, 1000);
  EXPECT_EQ(one.tpm, 200'000);
  EXPECT_EQ(one.order, 2);
  EXPECT_EQ(one.timeout, 1500ms);
  EXPECT_EQ(one.stream_timeout, 30s);
  ASSERT_EQ(one.extra_headers.size(), 2U);
  EXPECT_EQ(one.extra_headers[0].first, "x-team");
  EXPECT_EQ(one.extra_headers[1].second.reveal(), "7");
  EXPECT_EQ(one.extra_body, R"({"guided":{"depth":2},"flag":true})");
  EXPECT_EQ(one.drop_params, (std::vector<std::string>{"seed", "logit_bias"}));
  EXPECT_EQ(one.mode, "completion");
  EXPECT_EQ(one.access_groups, std::vector<std::string>{"beta"});
  EXPECT_TRUE(one.blocked);
  EXPECT_EQ(one.model_info, R"({"id":"azure-1","mode":"completion","access_groups":["beta"],"blocked":true,"note":"ours"})");
  EXPECT_EQ(one.place.line, 3);
  EXPECT_EQ(one.place.column, 5);
}

TEST(Deployments, ParametersKeepTheirTypes) {
  const auto list = deployments(R"(
model_list:
  - model_name: a
    litellm_params:
      model: openai/a
      temperature: 0.7
      max_tokens: 256
      stop: ["a", 'b"c', 1, "1", true, ~]
      logit_bias: {"50256": -100}
      reasoning_effort: high
      parallel_tool_calls: off
      seed: "7"
      user: os.environ/WHO
)", {{"WHO", "me"}});

  EXPECT_EQ(list[0].default_params,
            R"({"temperature":0.7,"max_tokens":256,"stop":["a","b\"c",1,"1",true,null],"logit_bias":{"50256":-100},)"
            R"("reasoning_effort":"high","parallel_tool_calls":false,"seed":"7","user":"me"})");
}

TEST(Deployments, UnknownParametersGoUpAndAreSaid) {
  const auto result = load("model_list:\n- model_name: a\n  litellm_params: {model: openai/a, brand_new: 1, temprature: 2}\n");

  EXPECT_EQ(result.config->deployments[0].default_params, R"({"brand_new":1,"temprature":2})");
  EXPECT_EQ(text_of(result.problems),
            "c.yaml:3:37: warning: unknown key model_list[0].litellm_params.brand_new; it is sent upstream as a parameter\n"
            "c.yaml:3:51: warning: unknown key model_list[0].litellm_params.temprature; it is sent upstream as a parameter"
            " (did you mean \"temperature\"?)\n");
}

TEST(Deployments, CapacityMayStandOneLevelUp) {
  const auto list = deployments("model_list:\n- {model_name: a, rpm: 5, tpm: 6, weight: 7, litellm_params: {model: openai/a, tpm: 8}}\n");

  EXPECT_EQ(list[0].rpm, 5);
  EXPECT_EQ(list[0].tpm, 8);
  EXPECT_EQ(list[0].weight, 7);
}

TEST(Deployments, FractionalWeightsScaleTheirGroup) {
  const auto list = deployments(
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: openai/a, weight: 0.9}}\n"
      "- {model_name: a, litellm_params: {model: openai/b, weight: 1}}\n"
      "- {model_name: a, litellm_params: {model: openai/c, weight: 0}}\n"
      "- {model_name: a, litellm_params: {model: openai/d}}\n"
      "- {model_name: b, litellm_params: {model: openai/a, weight: 3}}\n");

  EXPECT_EQ(list[0].weight, 900);
  EXPECT_EQ(list[1].weight, 1000);
  EXPECT_EQ(list[2].weight, 0);
  EXPECT_TRUE(list[2].weight_given);
  EXPECT_FALSE(list[3].weight_given);
  EXPECT_EQ(list[4].weight, 3);
}

TEST(Deployments, AListOfOrganizationsMakesOneEach) {
  const auto list = deployments(
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: openai/a, organization: [one, two]}}\n"
      "- {model_name: b, litellm_params: {model: openai/b, organization: [one, two]}, model_info: {id: b}}\n");

  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0].organization, "one");
  EXPECT_EQ(list[1].organization, "two");
  EXPECT_NE(list[0].id, list[1].id);
  EXPECT_EQ(list[2].id, "b");
  EXPECT_EQ(list[3].id, "b-2");
}

TEST(Deployments, IdsAreStableDistinctAndFreeOfCredentials) {
  const auto id = [](const std::string& params) {
    return deployments("model_list: [{model_name: a, litellm_params: {" + params + "}}]")[0].id;
  };
  EXPECT_EQ(id("model: openai/a, api_key: sk-one").size(), 32U);
  EXPECT_EQ(id("model: openai/a, api_key: sk-one"), id("api_key: sk-two, model: openai/a"));
  EXPECT_NE(id("model: openai/a"), id("model: openai/b"));
  EXPECT_NE(id("model: openai/a, max_tokens: 5"), id("model: openai/a, max_tokens: 6"));

  const auto twins = deployments(
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: openai/a, api_key: sk-one}}\n"
      "- {model_name: a, litellm_params: {model: openai/a, api_key: sk-two}}\n"
      "- {model_name: a, litellm_params: {model: openai/a, api_key: sk-three}}\n");
  EXPECT_EQ((std::set<std::string>{twins[0].id, twins[1].id, twins[2].id}).size(), 3U);
}

TEST(Deployments, AnUnsetVariableMakesOnlyItsDeploymentUnavailable) {
  const auto result = load(
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: openai/a, api_key: os.environ/NOPE}}\n"
      "- {model_name: b, litellm_params: {model: openai/b, api_key: os.environ/SET}}\n",
      {{"SET", "sk-1"}});

  ASSERT_NE(result.config, nullptr);
  EXPECT_EQ(result.config->deployments[0].unavailable, "NOPE is not set (model_list[0].litellm_params.api_key)");
  EXPECT_EQ(result.config->deployments[1].unavailable, "");
}

TEST(Deployments, CredentialsFillWhatIsNotWritten) {
  const auto list = deployments(
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: openai/a, litellm_credential_name: prod, api_base: 'http://own'}}\n"
      "credential_list:\n"
      "- credential_name: prod\n"
      "  credential_values: {api_key: sk-cred, api_base: 'http://theirs'}\n"
      "  credential_info: {description: x}\n");

  EXPECT_EQ(list[0].api_key.reveal(), "sk-cred");
  EXPECT_EQ(list[0].api_base, "http://own");
  EXPECT_EQ(list[0].default_params, "");
}

TEST(Deployments, MockResponsesMayBeEmpty) {
  const auto list = deployments(
      "model_list:\n"
      "- {model_name: a, litellm_params: {model: openai/a, mock_response: ''}}\n"
      "- {model_name: b, litellm_params: {model: openai/a, mock_response: hi}}\n"
      "- {model_name: '*', litellm_params: {model: 'openai/*'}}\n");

  EXPECT_TRUE(list[0].has_mock_response);
  EXPECT_EQ(list[1].mock_response, "hi");
  EXPECT_FALSE(list[2].has_mock_response);
  EXPECT_EQ(list[2].model_name, "*");
}

TEST(Deployments, AnchorsAndMergeKeysShareParams) {
  const auto list = deployments(
      "x-openai: &openai {api_key: sk-shared, timeout: 10}\n"
      "model_list:\n"
      "- {model_name: a, litellm_params: {<<: *openai, model: openai/a}}\n"
      "- {model_name: b, litellm_params: {<<: *openai, model: openai/b, timeout: 20}}\n");

  EXPECT_EQ(list[0].api_key.reveal(), "sk-shared");
  EXPECT_EQ(list[0].timeout, 10s);
  EXPECT_EQ(list[1].timeout, 20s);
}

}  // namespace
}  // namespace config::test
