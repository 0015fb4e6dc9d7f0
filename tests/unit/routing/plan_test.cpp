#include "routing/plan.hpp"

#include <gtest/gtest.h>

#include <map>

namespace {

using config::Deployment;
using routing::Plan;
using routing::Table;

Deployment deployment(std::string group, std::string id) {
  Deployment made;
  made.model_name = std::move(group);
  made.id = std::move(id);
  made.model = "openai/upstream";
  made.api_base = "http://127.0.0.1:9/v1";
  return made;
}

Table table_of(std::vector<Deployment> deployments, std::map<std::string, std::string> aliases = {}) {
  auto made = std::make_shared<config::Config>();
  made->deployments = std::move(deployments);
  made->router.aliases = std::move(aliases);
  return Table(made, [](std::string_view) { return std::nullopt; });
}

routing::Random always(std::uint64_t value) {
  return [value](std::uint64_t bound) { return std::min(value, bound - 1); };
}

std::vector<std::string> order_of(Plan plan) {
  std::vector<std::string> ids;
  while (const providers::Target* target = plan.next()) ids.push_back(target->deployment->id);
  return ids;
}

TEST(Plan, TriesEachDeploymentOnce) {
  const Table table = table_of({deployment("gpt", "a"), deployment("gpt", "b"), deployment("gpt", "c")});
  EXPECT_EQ(order_of(Plan(*table.find("gpt")->group, always(0))), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(order_of(Plan(*table.find("gpt")->group, always(9))), (std::vector<std::string>{"c", "b", "a"}));
}

TEST(Plan, LowerOrderGoesFirstWhateverItsWeight) {
  Deployment spare = deployment("gpt", "spare");
  spare.order = 2;
  spare.weight = 100;
  Deployment first = deployment("gpt", "first");
  first.order = 1;
  const Table table = table_of({spare, first});
  EXPECT_EQ(order_of(Plan(*table.find("gpt")->group, always(99))), (std::vector<std::string>{"first", "spare"}));
}

TEST(Plan, WeightsShareTheLoad) {
  Deployment heavy = deployment("gpt", "heavy");
  heavy.weight = 3;
  Deployment light = deployment("gpt", "light");
  light.weight = 1;
  const Table table = table_of({heavy, light});
  std::map<std::string, int> chosen;
  for (std::uint64_t ticket = 0; ticket < 4; ++ticket) ++chosen[order_of(Plan(*table.find("gpt")->group, always(ticket))).front()];
  EXPECT_EQ(chosen["heavy"], 3);
  EXPECT_EQ(chosen["light"], 1);
}

TEST(Plan, RpmCountsWhereNoWeightIsSet) {
  Deployment fast = deployment("gpt", "fast");
  fast.rpm = 900;
  Deployment slow = deployment("gpt", "slow");
  slow.rpm = 100;
  slow.tpm = 1'000'000;
  const Table table = table_of({fast, slow});
  EXPECT_EQ(order_of(Plan(*table.find("gpt")->group, always(899))).front(), "fast");
  EXPECT_EQ(order_of(Plan(*table.find("gpt")->group, always(900))).front(), "slow");
}

TEST(Plan, SkipsWhatCannotServeAndSaysWhy) {
  Deployment lacking = deployment("gpt", "lacking");
  lacking.unavailable = "OPENAI_API_KEY is not set";
  const Table table = table_of({lacking});
  Plan plan(*table.find("gpt")->group, always(0));
  EXPECT_EQ(plan.next(), nullptr);
  EXPECT_EQ(plan.nothing_to_try().kind, providers::ErrorKind::unavailable_deployment);
  EXPECT_NE(plan.nothing_to_try().message.find("OPENAI_API_KEY"), std::string::npos);
}

TEST(Table, FindsNamesIdsAliasesAndTheMostSpecificPattern) {
  const Table table = table_of({deployment("gpt-4o", "d1"), deployment("*", "any"), deployment("openai/*", "openai"), deployment("openai/gpt-*", "gpts")},
                               {{"gpt-4", "gpt-4o"}, {"new", "openai/gpt-9"}});
  EXPECT_EQ(table.find("gpt-4o")->group->name, "gpt-4o");
  EXPECT_EQ(table.find("d1")->group->targets.front()->deployment->id, "d1");
  EXPECT_EQ(table.find("gpt-4")->group->name, "gpt-4o");
  EXPECT_EQ(table.find("openai/gpt-4o")->group->name, "openai/gpt-*");
  EXPECT_EQ(table.find("openai/o3")->group->name, "openai/*");
  EXPECT_EQ(table.find("whatever")->group->name, "*");
  EXPECT_EQ(table.find("new")->group->name, "openai/gpt-*");
  EXPECT_EQ(table.find("new")->name, "openai/gpt-9");
}

TEST(Table, UnknownModelIsNotFound) {
  const Table table = table_of({deployment("gpt-4o", "d1")});
  EXPECT_FALSE(table.find("gpt-4").has_value());
}

TEST(Table, ABrokenDeploymentIsReportedAndTheRestServes) {
  Deployment broken = deployment("bad", "b");
  broken.model = "bedrock/x";
  broken.api_base.clear();
  const Table table = table_of({broken, deployment("good", "g")});
  ASSERT_EQ(table.problems().size(), 1u);
  Plan plan(*table.find("bad")->group, always(0));
  EXPECT_EQ(plan.next(), nullptr);
  EXPECT_TRUE(table.find("good"));
}

TEST(Table, AccessGroupsHoldModels) {
  Deployment grouped = deployment("gpt-4o", "d1");
  grouped.access_groups = {"beta"};
  const Table table = table_of({grouped, deployment("other", "d2")});
  EXPECT_TRUE(table.in_access_group("beta", "gpt-4o"));
  EXPECT_FALSE(table.in_access_group("beta", "other"));
}

}  // namespace
