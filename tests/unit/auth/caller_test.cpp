#include "auth/caller.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

Caller with_models(std::vector<std::string> models) {
  return Caller::of(std::make_shared<const KeyRecord>(KeyRecord{.token = "t", .models = std::move(models)}));
}

Caller with_routes(std::vector<std::string> routes, std::string key_type = "default") {
  return Caller::of(std::make_shared<const KeyRecord>(KeyRecord{.token = "t", .key_type = std::move(key_type), .allowed_routes = std::move(routes)}));
}

TEST(Caller, MasterAndOpenServerUseEverything) {
  EXPECT_TRUE(Caller::master().may_use_model("anything"));
  EXPECT_TRUE(Caller::open_server().may_use_model("anything"));
  EXPECT_TRUE(Caller::master().may_use_route("/key/generate"));
  EXPECT_EQ(Caller::master().role, Role::proxy_admin);
  EXPECT_EQ(Caller::open_server().role, Role::key);
}

TEST(Caller, AllowListsOfModels) {
  EXPECT_TRUE(with_models({}).may_use_model("gpt-4o"));
  EXPECT_TRUE(with_models({"gpt-4o"}).may_use_model("gpt-4o"));
  EXPECT_FALSE(with_models({"gpt-4o"}).may_use_model("gpt-4o-mini"));
  EXPECT_FALSE(with_models({"gpt-4o"}).may_use_model("GPT-4o"));
  EXPECT_TRUE(with_models({"*"}).may_use_model("gpt-4o"));
  EXPECT_TRUE(with_models({"all-proxy-models"}).may_use_model("gpt-4o"));
  EXPECT_TRUE(with_models({"openai/*"}).may_use_model("openai/gpt-4o"));
  EXPECT_FALSE(with_models({"openai/*"}).may_use_model("azure/gpt-4o"));
  EXPECT_FALSE(with_models({"openai/*"}).may_use_model("openai"));
  EXPECT_FALSE(with_models({"no-default-models"}).may_use_model("gpt-4o"));
  EXPECT_TRUE(with_models({"no-default-models", "gpt-4o"}).may_use_model("gpt-4o"));
}

TEST(Caller, AccessGroupsOpenTheirModels) {
  const InAccessGroup in_group = [](std::string_view group, std::string_view model) { return group == "beta" && model == "o9"; };
  EXPECT_TRUE(with_models({"beta"}).may_use_model("o9", in_group));
  EXPECT_FALSE(with_models({"beta"}).may_use_model("o8", in_group));
  EXPECT_FALSE(with_models({"beta"}).may_use_model("o9"));
}

TEST(Caller, RefusesAModelInLiteLlmsWords) {
  const auto refusal = with_models({"a"}).model_refusal("b");
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, providers::ErrorKind::model_not_allowed);
  EXPECT_EQ(refusal->param, "model");
  EXPECT_TRUE(refusal->message.starts_with("The requested model 'b' is not available for this API key, or the model name is invalid."));
  EXPECT_FALSE(with_models({"a"}).model_refusal("a"));
}

TEST(Wildcard, StandsForAnyRun) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("a*c", "abbbc"));
  EXPECT_TRUE(matches_wildcard("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(matches_wildcard("*.claude-*", "anthropic.claude-3"));
  EXPECT_FALSE(matches_wildcard("a*c", "abbb"));
  EXPECT_FALSE(matches_wildcard("a.c", "abc"));
  EXPECT_FALSE(matches_wildcard("", "a"));
  EXPECT_FALSE(matches_wildcard("a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Caller, RoutesExactPrefixStarAndGroups) {
  EXPECT_TRUE(with_routes({}).may_use_route("/key/info"));
  EXPECT_TRUE(with_routes({"/v1/models"}).may_use_route("/v1/models"));
  EXPECT_TRUE(with_routes({"/v1/models"}).may_use_route("/v1/models/gpt-4o"));
  EXPECT_FALSE(with_routes({"/v1/models"}).may_use_route("/v1/models-of-others"));
  EXPECT_TRUE(with_routes({"/v1/*"}).may_use_route("/v1/embeddings"));
  EXPECT_FALSE(with_routes({"/v1/*"}).may_use_route("/key/info"));
  EXPECT_TRUE(with_routes({"llm_api_routes"}).may_use_route("/v1/chat/completions"));
  EXPECT_TRUE(with_routes({"llm_api_routes"}).may_use_route("/openai/deployments/x/chat/completions"));
  EXPECT_FALSE(with_routes({"llm_api_routes"}).may_use_route("/key/info"));
  EXPECT_TRUE(with_routes({"info_routes"}).may_use_route("/key/info"));
  EXPECT_FALSE(with_routes({"info_routes"}).may_use_route("/key/generate"));
  EXPECT_TRUE(with_routes({"management_routes", "/v1/models"}).may_use_route("/key/generate"));
}

TEST(Caller, KeyTypeSpeaksWhenNoRoutesAreWritten) {
  EXPECT_TRUE(with_routes({}, "llm_api").may_use_route("/chat/completions"));
  EXPECT_FALSE(with_routes({}, "llm_api").may_use_route("/key/info"));
  EXPECT_FALSE(with_routes({}, "management").may_use_route("/v1/chat/completions"));
  EXPECT_TRUE(with_routes({}, "read_only").may_use_route("/key/info"));
  EXPECT_TRUE(with_routes({}, "default").may_use_route("/v1/chat/completions"));
}

TEST(Caller, RefusesARouteWithTheListThatCounts) {
  const auto refusal = with_routes({}, "read_only").route_refusal("/v1/chat/completions");
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->kind, providers::ErrorKind::forbidden);
  EXPECT_EQ(refusal->message,
            "Virtual key is not allowed to call this route. Only allowed to call routes: ['info_routes']. Tried to call route: /v1/chat/completions");
}

TEST(Caller, NamesWhoActs) {
  EXPECT_EQ(Caller::master().user_id(), "default_user_id");
  EXPECT_EQ(Caller::master().key_id(), "litellm_proxy_master_key");
  EXPECT_EQ(with_models({}).key_id(), "t");
  EXPECT_EQ(Caller::open_server().key_id(), "");
}

}  // namespace
}  // namespace auth
