#include "gateway/store/sqlite_registry.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "auth/keys.hpp"
#include "gateway/store/data_dir.hpp"
#include "gateway/store/schema.hpp"
#include "tests/unit/gateway/temporary_directory.hpp"

namespace store {
namespace {

using auth::KeyRecord;
using auth::TimePoint;
using std::chrono::milliseconds;

TimePoint at(std::int64_t value) { return TimePoint(milliseconds(value)); }

KeyRecord key_called(const std::string& name, std::int64_t created = 1000) {
  return {.token = auth::hash_secret("sk-" + name), .key_name = "sk-..." + name, .key_alias = name, .created_at = at(created), .updated_at = at(created)};
}

class Registry : public ::testing::Test {
 protected:
  TemporaryDirectory directory;
  SqliteRegistry registry{directory.file("penstock.db")};

  std::vector<std::string> names(const auth::KeyQuery& query) {
    std::vector<std::string> out;
    for (const KeyRecord& record : registry.list(query).keys) out.push_back(record.key_alias.value_or("-"));
    return out;
  }
};

using Names = std::vector<std::string>;

TEST_F(Registry, GivesBackEveryMember) {
  KeyRecord full = key_called("full");
  full.models = {"gpt-4o", "o'neil \"x\"", "*"};
  full.expires = at(1'800'000'000'123);
  full.blocked = true;
  full.user_id = "u1";
  full.team_id = "t1";
  full.organization_id = "o1";
  full.key_type = "llm_api";
  full.allowed_routes = {"llm_api_routes"};
  full.fields = R"({"max_budget":1.5,"metadata":{"a":[1,2]}})";
  full.updated_at = at(2000);
  full.created_by = "maker";
  full.updated_by = "changer";
  registry.put(full);

  const auto found = registry.find(full.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->token, full.token);
  EXPECT_EQ(found->key_name, full.key_name);
  EXPECT_EQ(found->key_alias, full.key_alias);
  EXPECT_EQ(found->models, full.models);
  EXPECT_EQ(found->expires, full.expires);
  EXPECT_EQ(found->blocked, full.blocked);
  EXPECT_EQ(found->user_id, full.user_id);
  EXPECT_EQ(found->team_id, full.team_id);
  EXPECT_EQ(found->organization_id, full.organization_id);
  EXPECT_EQ(found->key_type, full.key_type);
  EXPECT_EQ(found->allowed_routes, full.allowed_routes);
  EXPECT_EQ(found->fields, full.fields);
  EXPECT_EQ(found->created_at, full.created_at);
  EXPECT_EQ(found->updated_at, full.updated_at);
  EXPECT_EQ(found->created_by, full.created_by);
  EXPECT_EQ(found->updated_by, full.updated_by);
  EXPECT_FALSE(found->superseded_at);
  EXPECT_FALSE(found->deletion);
}

TEST_F(Registry, UnsetMembersStayUnset) {
  KeyRecord bare{.token = auth::hash_secret("sk-bare"), .key_name = "sk-...bare"};
  registry.put(bare);
  const auto found = registry.find(bare.token);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->key_alias);
  EXPECT_FALSE(found->expires);
  EXPECT_FALSE(found->user_id);
  EXPECT_TRUE(found->models.empty());
  EXPECT_EQ(found->fields, "{}");
}

TEST_F(Registry, PutOverwritesByToken) {
  KeyRecord key = key_called("a");
  registry.put(key);
  key.blocked = true;
  key.key_alias = "b";
  registry.put(key);
  EXPECT_TRUE(registry.find(key.token)->blocked);
  EXPECT_FALSE(registry.find_by_alias("a"));
  EXPECT_TRUE(registry.find_by_alias("b"));
  EXPECT_EQ(registry.list({}).total, 1);
}

TEST_F(Registry, TwoKeysCannotShareAnAlias) {
  registry.put(key_called("a"));
  KeyRecord other = key_called("b");
  other.key_alias = "a";
  EXPECT_THROW(registry.put(other), std::runtime_error);
  EXPECT_FALSE(registry.find(other.token));
  registry.put(key_called("b"));  // the failed transaction left nothing behind
  EXPECT_TRUE(registry.find(other.token));
}

TEST_F(Registry, SurvivesAnotherOpening) {
  registry.put(key_called("a"));
  SqliteRegistry again(directory.file("penstock.db"));
  EXPECT_TRUE(again.find_by_alias("a"));
}

TEST_F(Registry, DeletedKeysStayReadable) {
  const KeyRecord key = key_called("a");
  registry.put(key);
  EXPECT_TRUE(registry.erase(key.token, {.at = at(5000), .by = "admin", .by_api_key = "hash"}));
  EXPECT_FALSE(registry.erase(key.token, {.at = at(6000)}));
  EXPECT_FALSE(registry.find(key.token));
  EXPECT_FALSE(registry.find_by_alias("a"));

  const auto deleted = registry.find_deleted(key.token);
  ASSERT_TRUE(deleted && deleted->deletion);
  EXPECT_EQ(deleted->key_alias, "a");
  EXPECT_EQ(deleted->deletion->at, at(5000));
  EXPECT_EQ(deleted->deletion->by, "admin");
  EXPECT_EQ(deleted->deletion->by_api_key, "hash");
  EXPECT_EQ(names({.deleted = true}), Names{"a"});
  EXPECT_EQ(names({}), Names{});

  registry.put(key);  // the same chosen secret, a second life and a second end
  registry.erase(key.token, {.at = at(7000), .by = "other"});
  EXPECT_EQ(registry.find_deleted(key.token)->deletion->by, "other");
  EXPECT_EQ(registry.list({.deleted = true}).total, 2);
}

TEST_F(Registry, PagesAreCompleteAndInOrder) {
  for (int i = 0; i < 25; ++i) registry.put(key_called("k" + std::to_string(i), 1000));  // one time for all: the order must still hold
  Names seen;
  for (int page = 1; page <= 3; ++page) {
    const auth::KeyPage keys = registry.list({.page = page, .size = 10});
    EXPECT_EQ(keys.total, 25);
    for (const KeyRecord& record : keys.keys) seen.push_back(*record.key_alias);
  }
  ASSERT_EQ(seen.size(), 25U);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], "k" + std::to_string(24 - i));
  EXPECT_TRUE(registry.list({.page = 4, .size = 10}).keys.empty());
  EXPECT_TRUE(registry.list({.page = 2'147'483'647, .size = 100}).keys.empty());
}

TEST_F(Registry, SortsByEveryColumn) {
  KeyRecord a = key_called("a", 3000);
  a.fields = R"({"spend":2.5,"max_budget":1})";
  KeyRecord b = key_called("b", 1000);
  b.fields = R"({"spend":10,"max_budget":30})";
  KeyRecord c = key_called("c", 2000);
  c.updated_at = at(9000);
  for (const KeyRecord& key : {a, b, c}) registry.put(key);
  EXPECT_EQ(names({.sort_by = "created_at"}), (Names{"a", "c", "b"}));
  EXPECT_EQ(names({.sort_by = "created_at", .descending = false}), (Names{"b", "c", "a"}));
  EXPECT_EQ(names({.sort_by = "updated_at"}), (Names{"c", "a", "b"}));
  EXPECT_EQ(names({.sort_by = "key_alias"}), (Names{"c", "b", "a"}));
  EXPECT_EQ(names({.sort_by = "spend"}), (Names{"b", "a", "c"}));
  EXPECT_EQ(names({.sort_by = "max_budget"}), (Names{"b", "a", "c"}));
}

TEST_F(Registry, FiltersAndTakesWildcardsLiterally) {
  for (const char* name : {"prod_one", "prodXone", "100%", "100x", "back\\slash"}) registry.put(key_called(name));
  KeyRecord mine = key_called("mine");
  mine.user_id = "u1";
  mine.team_id = "t1";
  mine.organization_id = "o1";
  mine.fields = R"({"project_id":"p1","agent_id":"g1","access_group_ids":["x","y"]})";
  registry.put(mine);
  EXPECT_EQ(names({.key_alias = "prod_one"}), Names{"prod_one"});
  EXPECT_EQ(names({.key_alias = "prod"}), Names{});
  EXPECT_EQ(names({.key_alias = "d_o", .substring_matching = true}), Names{"prod_one"});
  EXPECT_EQ(names({.key_alias = "0%", .substring_matching = true}), Names{"100%"});
  EXPECT_EQ(names({.key_alias = "k\\s", .substring_matching = true}), Names{"back\\slash"});
  EXPECT_EQ(names({.search = "mine"}), Names{"mine"});
  EXPECT_EQ(names({.user_id = "u1"}), Names{"mine"});
  EXPECT_EQ(names({.team_id = "t1"}), Names{"mine"});
  EXPECT_EQ(names({.organization_id = "o1"}), Names{"mine"});
  EXPECT_EQ(names({.project_id = "p1"}), Names{"mine"});
  EXPECT_EQ(names({.agent_id = "g1"}), Names{"mine"});
  EXPECT_EQ(names({.access_group_id = "y"}), Names{"mine"});
  EXPECT_EQ(names({.access_group_id = "z"}), Names{});
  EXPECT_EQ(names({.key_hash = mine.token}), Names{"mine"});
  EXPECT_EQ(names({.user_id = "' OR 1=1 --"}), Names{});
}

TEST_F(Registry, RegenerateEndsTheOldSecretAtOnce) {
  const KeyRecord old = key_called("old");
  registry.put(old);
  KeyRecord fresh = key_called("fresh");
  fresh.key_alias = old.key_alias;
  registry.replace(old.token, fresh, std::nullopt);
  EXPECT_FALSE(registry.find(old.token));
  EXPECT_EQ(registry.find(fresh.token)->key_alias, "old");
  EXPECT_TRUE(registry.former_tokens(fresh.token).empty());
  EXPECT_EQ(registry.list({}).total, 1);
}

TEST_F(Registry, RegenerateWithGraceLetsTheOldSecretLeadToTheNewRow) {
  const KeyRecord first = key_called("a");
  KeyRecord second = key_called("b");
  KeyRecord third = key_called("c");
  registry.put(first);
  registry.replace(first.token, second, at(5000));
  auto found = registry.find(first.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->token, second.token);
  EXPECT_EQ(found->superseded_at, at(5000));

  registry.replace(second.token, third, at(6000));
  EXPECT_EQ(registry.find(first.token)->token, third.token);
  EXPECT_EQ(registry.find(first.token)->superseded_at, at(5000)) << "the promise of the first rotation is not prolonged";
  EXPECT_EQ(registry.former_tokens(third.token).size(), 2U);

  KeyRecord fourth = key_called("d");
  registry.replace(third.token, fourth, std::nullopt);
  EXPECT_FALSE(registry.find(first.token)) << "without grace every earlier secret stops";
  EXPECT_FALSE(registry.find(second.token));
  EXPECT_FALSE(registry.find(third.token));
}

TEST_F(Registry, DeletingAKeyEndsItsFormerSecrets) {
  const KeyRecord first = key_called("a");
  const KeyRecord second = key_called("b");
  registry.put(first);
  registry.replace(first.token, second, at(5000));
  registry.erase(second.token, {.at = at(2000), .by = "admin"});
  EXPECT_FALSE(registry.find(first.token));
}

TEST_F(Registry, RotationsForgetGraceThatHasPassed) {
  const KeyRecord first = key_called("a");
  KeyRecord second = key_called("b");
  registry.put(first);
  registry.replace(first.token, second, at(5000));
  KeyRecord third = key_called("c");
  third.updated_at = at(5001);
  registry.replace(second.token, third, at(9000));
  EXPECT_EQ(registry.former_tokens(third.token), std::vector<std::string>{second.token});
}

TEST_F(Registry, ListsAliases) {
  for (const char* name : {"c", "a", "b_x", "bXx"}) registry.put(key_called(name));
  KeyRecord nameless = key_called("z");
  nameless.key_alias.reset();
  registry.put(nameless);
  EXPECT_EQ(registry.aliases({}).aliases, (Names{"a", "bXx", "b_x", "c"}));
  EXPECT_EQ(registry.aliases({.page = 2, .size = 3}).aliases, Names{"c"});
  EXPECT_EQ(registry.aliases({.page = 2, .size = 3}).total, 4);
  EXPECT_EQ(registry.aliases({.search = "b_"}).aliases, Names{"b_x"});
}

TEST(Schema, BringsAnEmptyDatabaseUpToDateAndIsIdempotent) {
  const TemporaryDirectory directory;
  Connection connection(directory.file("db"));
  migrate(connection);
  migrate(connection);
  Statement& version = connection.prepared("SELECT version FROM schema_version");
  ASSERT_TRUE(version.step());
  EXPECT_EQ(version.number(0), current_schema_version());
  EXPECT_FALSE(version.step()) << "one row";
}

TEST(Schema, ANewerDatabaseIsRefusedAndLeftAlone) {
  const TemporaryDirectory directory;
  { const SqliteRegistry made(directory.file("db")); }
  Connection connection(directory.file("db"));
  connection.execute("UPDATE schema_version SET version = 1000");
  try {
    const SqliteRegistry refused(directory.file("db"));
    FAIL() << "opened";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("schema version 1000"), std::string::npos) << error.what();
  }
}

TEST(Schema, KeysOfTheFirstVersionSurviveTheNextSteps) {
  const TemporaryDirectory directory;
  const KeyRecord key = key_called("kept");
  {
    SqliteRegistry registry(directory.file("db"));
    registry.put(key);
  }
  {
    Connection connection(directory.file("db"));  // as version 1 left it
    connection.execute("DROP TABLE former_secrets; UPDATE schema_version SET version = 1");
  }
  SqliteRegistry registry(directory.file("db"));
  EXPECT_TRUE(registry.find(key.token));
  EXPECT_TRUE(registry.former_tokens(key.token).empty());
}

TEST(Schema, AFileThatIsNoDatabaseIsRefused) {
  const TemporaryDirectory directory;
  FILE* file = std::fopen(directory.file("db").c_str(), "w");
  for (int i = 0; i < 1000; ++i) std::fputs("not a database ", file);
  std::fclose(file);
  EXPECT_THROW(SqliteRegistry(directory.file("db")), std::runtime_error);
}

TEST(Schema, TheFilesOfADatabaseArePrivate) {
  const TemporaryDirectory directory;
  const DataDir data_dir(directory.path() / "data");
  SqliteRegistry registry(data_dir.private_file("penstock.db"));
  registry.put(key_called("a"));
  for (const char* name : {"penstock.db", "penstock.db-wal", "penstock.db-shm", "lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat((data_dir.path() / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
}

}  // namespace
}  // namespace store
