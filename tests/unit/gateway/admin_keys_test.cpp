#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "auth/authenticator.hpp"
#include "auth/keys.hpp"
#include "auth/time_text.hpp"
#include "gateway/api/admin/admin_api.hpp"
#include "gateway/api/admin/durations.hpp"
#include "gateway/api/query.hpp"
#include "gateway/store/sqlite_registry.hpp"
#include "tests/unit/gateway/temporary_directory.hpp"

namespace admin {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

struct Answer {
  int status;
  json body;
  std::vector<std::string> changed_tokens, warnings;

  [[nodiscard]] std::string message() const { return body.at("error").at("message"); }
  [[nodiscard]] std::string type() const { return body.at("error").at("type"); }
  [[nodiscard]] json param() const { return body.at("error").at("param"); }
  [[nodiscard]] bool changed(const std::string& token) const {
    return std::find(changed_tokens.begin(), changed_tokens.end(), token) != changed_tokens.end();
  }
};

class AdminKeys : public ::testing::Test {
 protected:
  AdminKeys() {
    config->auth.master_key = config::Secret("sk-master");
    now = *auth::parse_time("2026-11-21T10:20:30.400Z");  // a Saturday
  }

  Answer call(std::string method, std::string path, std::string query, std::string body, auth::Caller caller = auth::Caller::master()) {
    const AdminReply reply = api.handle({.method = std::move(method), .path = std::move(path), .query = std::move(query), .body = std::move(body),
                                         .caller = std::move(caller), .changed_by = changed_by});
    return {reply.status, json::parse(reply.body), reply.changed_tokens, reply.warnings};
  }
  Answer post(std::string path, const json& body = json::object()) { return call("POST", std::move(path), "", body.dump()); }
  Answer get(std::string path, std::string query = "") { return call("GET", std::move(path), std::move(query), ""); }

  std::string made(const json& body = json::object()) {
    const Answer answer = post("/key/generate", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 ? answer.body.at("key").get<std::string>() : std::string();
  }
  json info(const std::string& key) { return get("/key/info", "key=" + key).body.at("info"); }

  auth::Caller caller_with(const std::string& secret) {
    return auth::Caller::of(std::make_shared<const auth::KeyRecord>(*registry.find(auth::hash_secret(secret))));
  }

  /// What a worker would say to this secret now.
  bool works(const std::string& secret) {
    const auto record = registry.find(auth::hash_secret(secret));
    return record && !auth::judge(*record, secret, now);
  }

  TemporaryDirectory directory;
  store::SqliteRegistry registry{directory.file("penstock.db")};
  std::shared_ptr<config::Config> config = std::make_shared<config::Config>();
  auth::TimePoint now;
  std::string changed_by;
  AdminApi api{registry, [this] { return config; }, [this] { return now; }};
};

// ---- /key/generate

TEST_F(AdminKeys, GenerateWithNothing) {
  const Answer answer = call("POST", "/key/generate", "", "");
  ASSERT_EQ(answer.status, 200);
  const json& body = answer.body;
  const std::string secret = body.at("key");
  EXPECT_TRUE(secret.starts_with("sk-"));
  EXPECT_EQ(body.at("token"), auth::hash_secret(secret));
  EXPECT_EQ(body.at("token_id"), body.at("token"));
  EXPECT_EQ(body.at("key_name"), auth::key_name(secret));
  EXPECT_EQ(body.at("key_type"), "default");
  EXPECT_EQ(body.at("models"), json::array());
  EXPECT_EQ(body.at("metadata"), json::object());
  EXPECT_EQ(body.at("spend"), 0.0);
  EXPECT_EQ(body.at("created_by"), "default_user_id");
  EXPECT_EQ(body.at("created_at"), "2026-11-21T10:20:30.400000Z");
  for (const char* unset : {"expires", "user_id", "team_id", "organization_id", "project_id", "litellm_budget_table", "max_budget", "key_alias", "tpm_limit",
                            "tags", "guardrails", "budget_limits", "duration"}) {
    ASSERT_TRUE(body.contains(unset)) << unset;
    EXPECT_TRUE(body.at(unset).is_null()) << unset;
  }
  ASSERT_TRUE(body.at("router_settings").is_object());
  for (const auto& [name, value] : body.at("router_settings").items()) EXPECT_TRUE(value.is_null()) << name;
  EXPECT_TRUE(answer.changed(auth::hash_secret(secret))) << "a worker may remember it as unknown";
  EXPECT_TRUE(answer.warnings.empty());
  EXPECT_TRUE(works(secret));
}

TEST_F(AdminKeys, GenerateEchoesEveryField) {
  const json fields = json::parse(R"({
    "key_alias": "a", "models": ["gpt-4o", "openai/*"], "spend": 1.5, "max_budget": 10.0, "soft_budget": 5.0, "budget_duration": "30d",
    "budget_limits": [{"budget_duration": "1d", "max_budget": 2.0}], "user_id": "u", "team_id": "t", "organization_id": "o", "project_id": "p",
    "agent_id": "g", "max_parallel_requests": 3, "tpm_limit": 100, "rpm_limit": 10, "tpd_limit": 1000, "rpm_limit_type": "dynamic",
    "tpm_limit_type": "best_effort_throughput", "model_max_budget": {"m": {"budget_limit": 1}}, "model_rpm_limit": {"m": 1},
    "model_tpm_limit": {"m": 2}, "mcp_rpm_limit": {"s": 1}, "tag_rpm_limit": {"x": 1}, "budget_fallbacks": {"m": ["n"]},
    "throttle_on_budget_exceeded": true, "metadata": {"cost_centre": 7}, "tags": ["x"], "aliases": {"m": "n"}, "config": {"c": 1},
    "permissions": {"p": true}, "allowed_cache_controls": ["no-cache"], "allowed_routes": ["/v1/models"], "allowed_passthrough_routes": ["/x"],
    "denied_passthrough_routes": ["/y"], "allowed_vector_store_indexes": [{"i": 1}], "blocked": true, "enforced_params": ["user"],
    "guardrails": ["g"], "policies": ["p"], "prompts": ["q"], "object_permission": {"mcp_servers": []}, "access_group_ids": ["ag"],
    "key_type": "default", "auto_rotate": true, "rotation_interval": "30d", "end_user_budget_id": "b"})");
  const Answer answer = post("/key/generate", fields);
  ASSERT_EQ(answer.status, 200) << answer.body;
  for (const auto& [name, value] : fields.items()) {
    if (name == "metadata") continue;
    EXPECT_EQ(answer.body.at(name), value) << name;
  }
  EXPECT_EQ(answer.body.at("metadata").at("cost_centre"), 7);
  EXPECT_EQ(answer.body.at("metadata").at("tags"), json::array({"x"})) << "where LiteLLM keeps them";
  ASSERT_EQ(answer.warnings.size(), 4U);
  for (const char* name : {"max_budget", "rpm_limit", "model_rpm_limit", "guardrails", "enforced_params"}) {
    EXPECT_NE(answer.warnings[0].find(name), std::string::npos) << name;
  }
}

TEST_F(AdminKeys, NumbersComeAsPydanticTakesThem) {
  const Answer answer = post("/key/generate", {{"max_budget", "12.5"}, {"tpm_limit", "7"}, {"rpm_limit", 3.0}, {"soft_budget", 4}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body.at("max_budget"), 12.5);
  EXPECT_EQ(answer.body.at("tpm_limit"), 7);
  EXPECT_TRUE(answer.body.at("rpm_limit").is_number_integer());
  EXPECT_TRUE(answer.body.at("soft_budget").is_number_float());
}

TEST_F(AdminKeys, UnknownFieldsAreIgnored) { EXPECT_EQ(post("/key/generate", {{"no_such_field", {{"deep", 1}}}}).status, 200); }

struct BadField {
  const char* body;
  int status;
  const char* expected;  // form A: the message; form C: type of the first finding
};

TEST_F(AdminKeys, GenerateRefusesBadFields) {
  const BadField cases[] = {
      {R"({"duration":"soon"})", 400, "Invalid duration format"},
      {R"({"duration":"10"})", 400, "Invalid duration format"},
      {R"({"duration":""})", 400, "Invalid duration format"},
      {R"({"duration":"99999999999d"})", 400, "Invalid duration format"},
      {R"({"duration":"9999999999d"})", 400, "Invalid duration format"},
      {R"({"budget_duration":"zz"})", 400, "Invalid budget_duration 'zz'. Use a format like '1h', '24h', '7d', or '30d'."},
      {R"({"max_budget":-1})", 400, "max_budget must be a non-negative finite number. Received: -1.0"},
      {R"({"max_budget":-0.5})", 400, "max_budget must be a non-negative finite number. Received: -0.5"},
      {R"({"max_budget":"nan"})", 400, "max_budget must be a non-negative finite number. Received: nan"},
      {R"({"max_budget":"inf"})", 400, "max_budget must be a non-negative finite number. Received: inf"},
      {R"({"max_budget":"1e999"})", 400, "max_budget must be a non-negative finite number. Received: inf"},
      {R"({"max_budget":-1e22})", 400, "max_budget must be a non-negative finite number. Received: -1e+22"},
      {R"({"budget_limits":[{"budget_duration":"1d","max_budget":-1}]})", 400, "max_budget must be a non-negative finite number. Received: -1.0"},
      {R"({"key":"my-key"})", 400, "Invalid key format. LiteLLM Virtual Key must start with 'sk-'. Received: ****"},
      {R"({"key":"sk-a b"})", 400, "Invalid key format. A key goes into a header: visible ASCII characters only, and not longer than a header may be."},
      {R"({"key":"sk-master"})", 400, "Invalid key format. This is the master key, which cannot be a virtual key as well."},
      {R"({"budget_id":"b1"})", 404, "Budget id=b1 does not exist."},
      {R"({"max_budget":"lots"})", 422, "float_parsing"},
      {R"({"max_budget":[]})", 422, "float_type"},
      {R"({"max_budget":true})", 422, "float_type"},
      {R"({"tpm_limit":1.5})", 422, "int_from_float"},
      {R"({"tpm_limit":"x"})", 422, "int_parsing"},
      {R"({"tpm_limit":1e300})", 422, "int_parsing_size"},
      {R"({"tpm_limit":9223372036854775808})", 422, "int_parsing_size"},
      {R"({"tpm_limit":{}})", 422, "int_type"},
      {R"({"models":"gpt-4o"})", 422, "list_type"},
      {R"({"models":[1]})", 422, "string_type"},
      {R"({"metadata":"x"})", 422, "dict_type"},
      {R"({"blocked":"maybe"})", 422, "bool_type"},
      {R"({"key_alias":7})", 422, "string_type"},
      {R"({"key_type":"other"})", 422, "literal_error"},
      {R"({"budget_limits":[{}]})", 422, "missing"},
      {R"([])", 422, "model_attributes_type"},
      {R"("text")", 422, "model_attributes_type"},
  };
  for (const BadField& bad : cases) {
    const Answer answer = call("POST", "/key/generate", "", bad.body);
    ASSERT_EQ(answer.status, bad.status) << bad.body << answer.body;
    if (bad.status == 422) {
      EXPECT_EQ(answer.body.at("detail").at(0).at("type"), bad.expected) << bad.body;
      EXPECT_EQ(answer.body.at("detail").at(0).at("loc").at(0), "body") << bad.body;
    } else {
      EXPECT_EQ(answer.message(), bad.expected) << bad.body;
      EXPECT_EQ(answer.body.at("error").at("code"), std::to_string(bad.status));
      EXPECT_EQ(answer.type(), "internal_server_error");
    }
    EXPECT_TRUE(answer.changed_tokens.empty());
  }
  EXPECT_EQ(registry.list({}).total, 0) << "a refusal stores nothing";
}

TEST_F(AdminKeys, FindingsNameTheirPlace) {
  const Answer answer = call("POST", "/key/generate", "", R"({"models":["a",1],"budget_limits":[{"budget_duration":"1d"}],"tpm_limit":"x"})");
  ASSERT_EQ(answer.status, 422);
  std::set<std::string> places;
  for (const json& finding : answer.body.at("detail")) places.insert(finding.at("loc").dump());
  EXPECT_EQ(places, (std::set<std::string>{R"(["body","models",1])", R"(["body","budget_limits",0,"max_budget"])", R"(["body","tpm_limit"])"}));
}

TEST_F(AdminKeys, ABodyThatIsNoJsonIs400) {
  const std::string deep = R"({"metadata":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  for (const std::string& body : {std::string("{"), std::string("not json"), std::string(R"({"max_budget":NaN})"), std::string(R"({"max_budget":1e999})"),
                                  std::string("{\"key_alias\":\"\xff\"}"), deep}) {
    const Answer answer = call("POST", "/key/generate", "", body);
    ASSERT_EQ(answer.status, 400) << body.substr(0, 40);
    EXPECT_EQ(answer.type(), "invalid_request_error");
    EXPECT_EQ(answer.param(), "request_body");
    EXPECT_TRUE(answer.message().starts_with("Invalid JSON payload: ")) << answer.message();
  }
}

TEST_F(AdminKeys, NegativeLimitsAndUnknownModelsAreNotChecked) {
  EXPECT_EQ(post("/key/generate", {{"tpm_limit", -5}, {"models", {"no-such-model"}}, {"team_id", "nobody"}}).status, 200);
}

TEST_F(AdminKeys, AliasesAreUnique) {
  made({{"key_alias", "a"}});
  const Answer answer = post("/key/generate", {{"key_alias", "a"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.type(), "bad_request_error");
  EXPECT_EQ(answer.param(), "key_alias");
  EXPECT_EQ(answer.message(), "Key with alias 'a' already exists. Unique key aliases across all keys are required.");
}

TEST_F(AdminKeys, AChosenKeyOverwritesAndAWeakOneIsWarnedOf) {
  const std::string secret = "sk-G7q0m_PkX2vLr9TzWc4NbA-chosen";
  EXPECT_EQ(made({{"key", secret}, {"key_alias", "first"}}), secret);
  const Answer again = post("/key/generate", {{"key", secret}, {"key_alias", "second"}});
  EXPECT_EQ(again.status, 200);
  EXPECT_TRUE(again.warnings.empty());
  EXPECT_EQ(info(secret).at("key_alias"), "second");
  EXPECT_EQ(registry.list({}).total, 1);

  const Answer weak = post("/key/generate", {{"key", "sk-1234-weak"}});
  EXPECT_EQ(weak.status, 200);
  ASSERT_EQ(weak.warnings.size(), 1U);
  EXPECT_EQ(weak.warnings[0].find("sk-1234-weak"), std::string::npos) << "a log line never holds the secret";
}

TEST_F(AdminKeys, DurationSetsTheExpiry) {
  const std::string secret = made({{"duration", "30s"}});
  EXPECT_EQ(info(secret).at("expires"), "2026-11-21T10:21:00.400000Z");
  EXPECT_TRUE(works(secret));
  now += 30s;
  EXPECT_FALSE(works(secret));
}

TEST_F(AdminKeys, BudgetWindowsSnap) {
  EXPECT_EQ(info(made({{"budget_duration", "1d"}})).at("budget_reset_at"), "2026-11-22T00:00:00.000000Z");
  EXPECT_EQ(info(made({{"budget_duration", "7d"}})).at("budget_reset_at"), "2026-11-23T00:00:00.000000Z");
  EXPECT_EQ(info(made({{"budget_duration", "30d"}})).at("budget_reset_at"), "2026-12-01T00:00:00.000000Z");
  EXPECT_EQ(info(made({{"budget_duration", "1mo"}})).at("budget_reset_at"), "2026-12-01T00:00:00.000000Z");
  EXPECT_EQ(info(made({{"budget_duration", "2h"}})).at("budget_reset_at"), "2026-11-21T12:20:30.400000Z");
}

TEST_F(AdminKeys, KeyTypesBecomeRoutes) {
  const Answer answer = post("/key/generate", {{"key_type", "llm_api"}});
  EXPECT_EQ(answer.body.at("allowed_routes"), json::array({"llm_api_routes"}));
  const Answer changed = post("/key/update", {{"key", answer.body.at("key")}, {"key_type", "default"}});
  EXPECT_EQ(changed.body.at("allowed_routes"), json::array());
}

TEST_F(AdminKeys, ConfigFillsGaps) {
  config->auth.default_key_params = {{"models", R"(["gpt-4o"])"}, {"max_budget", "1.5"}, {"duration", R"("1h")"}, {"metadata", R"({"by":"default"})"}};
  const json plain = info(made());
  EXPECT_EQ(plain.at("models"), json::array({"gpt-4o"}));
  EXPECT_EQ(plain.at("max_budget"), 1.5);
  EXPECT_EQ(plain.at("expires"), "2026-11-21T11:20:30.400000Z");
  EXPECT_EQ(plain.at("metadata").at("by"), "default");
  EXPECT_EQ(info(made({{"models", {"own"}}})).at("models"), json::array({"own"}));
}

TEST_F(AdminKeys, ConfigBoundsFields) {
  config->auth.upper_key_params = {{"max_budget", "100"}, {"duration", R"("30d")"}, {"tpm_limit", "1000"}};
  const json bounded = info(made());
  EXPECT_EQ(bounded.at("max_budget"), 100.0);
  EXPECT_EQ(bounded.at("tpm_limit"), 1000);
  EXPECT_EQ(bounded.at("expires"), "2026-12-21T10:20:30.400000Z");
  EXPECT_EQ(post("/key/generate", {{"max_budget", 100}, {"duration", "30d"}}).status, 200);
  for (const json& over : {json{{"max_budget", 100.5}}, json{{"duration", "31d"}}, json{{"duration", "-1"}}, json{{"tpm_limit", 1001}}}) {
    const Answer answer = post("/key/generate", over);
    EXPECT_EQ(answer.status, 400) << over;
    EXPECT_NE(answer.message().find(" is over max limit set in config - user_value="), std::string::npos) << answer.message();
  }
  const std::string secret = made();
  EXPECT_EQ(post("/key/update", {{"key", secret}, {"max_budget", nullptr}}).status, 400) << "clearing would lift the bound";
  EXPECT_EQ(post("/key/update", {{"key", secret}, {"key_alias", "x"}}).status, 200) << "an update does not fill";
}

// ---- /key/info

TEST_F(AdminKeys, InfoShowsTheWholeRow) {
  const std::string secret = made({{"key_alias", "a"}, {"max_budget", 5}});
  const Answer by_secret = get("/key/info", "key=" + secret);
  ASSERT_EQ(by_secret.status, 200);
  EXPECT_EQ(by_secret.body.at("key"), secret);
  const json& row = by_secret.body.at("info");
  EXPECT_FALSE(row.contains("token"));
  EXPECT_EQ(row.at("status"), "active");
  EXPECT_EQ(row.at("max_budget"), 5.0);
  for (const char* name :
       {"key_name", "key_alias", "spend", "total_spend", "soft_budget_cooldown", "expires", "models", "aliases", "config", "router_settings", "user_id",
        "team_id", "agent_id", "project_id", "organization_id", "permissions", "max_parallel_requests", "metadata", "blocked", "tpm_limit", "rpm_limit",
        "tpd_limit", "max_budget", "budget_duration", "budget_reset_at", "budget_limits", "allowed_cache_controls", "allowed_routes", "key_type",
        "policies", "access_group_ids", "model_spend", "model_max_budget", "budget_fallbacks", "budget_id", "litellm_budget_table",
        "object_permission_id", "object_permission", "created_at", "created_by", "updated_at", "updated_by", "settings_updated_at", "last_active",
        "rotation_count", "auto_rotate", "rotation_interval", "last_rotation_at", "key_rotation_at"}) {
    EXPECT_TRUE(row.contains(name)) << name;
  }
  const Answer by_hash = get("/key/info", "key=" + auth::hash_secret(secret));
  EXPECT_EQ(by_hash.body.at("info"), row);
  EXPECT_EQ(by_hash.body.dump().find(secret), std::string::npos);
}

TEST_F(AdminKeys, InfoOfUnknownAndDeletedKeys) {
  const Answer unknown = get("/key/info", "key=sk-nobody");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.type(), "not_found_error");
  EXPECT_EQ(unknown.param(), "key");
  EXPECT_EQ(unknown.message(), "Key not found in database");

  const std::string secret = made();
  changed_by = "alice";
  post("/key/delete", {{"keys", {secret}}});
  const json row = info(secret);
  EXPECT_EQ(row.at("status"), "deleted");
  EXPECT_EQ(row.at("deleted_at"), "2026-11-21T10:20:30.400000Z");
  EXPECT_EQ(row.at("deleted_by"), "alice");
  EXPECT_EQ(row.at("deleted_by_api_key"), "litellm_proxy_master_key");
}

TEST_F(AdminKeys, APlainKeyReadsItselfOnly) {
  const std::string mine = made();
  const std::string other = made();
  const auth::Caller caller = caller_with(mine);
  const Answer own = call("GET", "/key/info", "", "", caller);
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(own.body.at("key"), auth::hash_secret(mine));
  EXPECT_EQ(call("GET", "/key/info", "key=" + mine, "", caller).status, 200);

  const Answer foreign = call("GET", "/key/info", "key=" + other, "", caller);
  EXPECT_EQ(foreign.status, 403);
  EXPECT_TRUE(foreign.message().starts_with("You are not allowed to access this key's info. Your role="));

  EXPECT_EQ(call("POST", "/v2/key/info", "", json{{"keys", {mine, other}}}.dump(), caller).body.at("info").size(), 1U);
  EXPECT_EQ(call("GET", "/key/list", "", "", caller).body.at("keys"), json::array({auth::hash_secret(mine)}));
  EXPECT_EQ(call("GET", "/key/list", "key_hash=" + auth::hash_secret(other), "", caller).body.at("total_count"), 0);
  EXPECT_EQ(call("POST", "/key/health", "", "", caller).body, (json{{"key", "healthy"}, {"logging_callbacks", nullptr}}));
}

TEST_F(AdminKeys, SeveralInfosAtOnce) {
  const std::string a = made({{"key_alias", "a"}});
  const Answer answer = post("/v2/key/info", {{"keys", {a, "sk-nobody"}}});
  EXPECT_EQ(answer.body.at("key"), json::array({a, "sk-nobody"}));
  ASSERT_EQ(answer.body.at("info").size(), 1U);
  EXPECT_EQ(answer.body.at("info").at(0).at("key_alias"), "a");
  EXPECT_EQ(post("/v2/key/info").body.at("detail").at(0).at("loc"), json::array({"body", "keys"}));
}

// ---- /key/update

TEST_F(AdminKeys, UpdateChangesWhatIsGivenAndNullClears) {
  const std::string secret = made({{"key_alias", "a"}, {"models", {"m"}}, {"max_budget", 5}, {"budget_duration", "1d"}, {"duration", "1h"}, {"tags", {"x"}}});
  now += 1s;
  const Answer first = post("/key/update", {{"key", secret}, {"max_budget", 7}});
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.body.at("key"), secret);
  EXPECT_EQ(first.body.at("token"), auth::hash_secret(secret));
  EXPECT_EQ(first.body.at("max_budget"), 7.0);
  EXPECT_EQ(first.body.at("models"), json::array({"m"}));
  EXPECT_EQ(first.body.at("updated_at"), "2026-11-21T10:20:31.400000Z");
  EXPECT_EQ(first.body.at("settings_updated_at"), first.body.at("updated_at"));
  EXPECT_TRUE(first.changed(auth::hash_secret(secret)));

  const Answer cleared = post("/key/update", {{"key", secret}, {"max_budget", nullptr}, {"models", nullptr}, {"budget_duration", nullptr},
                                              {"duration", "-1"}, {"key_alias", nullptr}, {"metadata", {{"a", 1}}}});
  ASSERT_EQ(cleared.status, 200) << cleared.body;
  for (const char* name : {"max_budget", "budget_duration", "budget_reset_at", "expires", "key_alias"}) EXPECT_TRUE(cleared.body.at(name).is_null()) << name;
  EXPECT_EQ(cleared.body.at("models"), json::array());
  EXPECT_EQ(cleared.body.at("metadata"), (json{{"a", 1}})) << "metadata is replaced whole";
  EXPECT_EQ(info(secret).at("metadata"), (json{{"a", 1}}));
}

TEST_F(AdminKeys, UpdateFindsByAliasAndSaysWhatItMisses) {
  const std::string secret = made({{"key_alias", "a"}});
  made({{"key_alias", "b"}});
  EXPECT_EQ(post("/key/update", {{"key_alias", "a"}, {"models", {"m"}}}).status, 200);
  EXPECT_EQ(info(secret).at("models"), json::array({"m"}));
  EXPECT_EQ(post("/key/update", {{"key", secret}, {"key_alias", "a"}}).status, 200) << "its own alias";
  EXPECT_EQ(post("/key/update", {{"key", secret}, {"key_alias", "b"}}).status, 400);

  const Answer unknown = post("/key/update", {{"key", "sk-nobody"}});
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.type(), "not_found_error");
  EXPECT_EQ(unknown.message(), "Key not found.");
  EXPECT_EQ(post("/key/update", {{"max_budget", 1}}).status, 422);
}

TEST_F(AdminKeys, UpdateRecordsWhoChangedIt) {
  const std::string secret = made();
  changed_by = "bob";
  post("/key/update", {{"key", secret}, {"tpm_limit", 1}});
  EXPECT_EQ(info(secret).at("updated_by"), "bob");
  EXPECT_EQ(info(secret).at("created_by"), "default_user_id");
}

// ---- /key/delete, /key/block

TEST_F(AdminKeys, DeleteBySecretHashAndAlias) {
  const std::string a = made(), b = made(), c = made({{"key_alias", "c"}});
  const Answer first = post("/key/delete", {{"keys", {a, auth::hash_secret(b)}}});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, (json{{"deleted_keys", {a, auth::hash_secret(b)}}}));
  EXPECT_TRUE(first.changed(auth::hash_secret(a)) && first.changed(auth::hash_secret(b)));
  EXPECT_EQ(post("/key/delete", {{"key_aliases", {"c"}}}).body, (json{{"deleted_keys", {"c"}}}));
  EXPECT_FALSE(works(a) || works(b) || works(c));

  const Answer none = post("/key/delete", {{"keys", {a}}});
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.message(), "{'error': 'No keys found'}");
  EXPECT_EQ(post("/key/delete").status, 422);
  EXPECT_EQ(post("/key/delete", {{"keys", "sk-1"}}).status, 422);
}

TEST_F(AdminKeys, BlockAndUnblock) {
  const std::string secret = made();
  const Answer blocked = post("/key/block", {{"key", secret}});
  EXPECT_EQ(blocked.status, 200);
  EXPECT_EQ(blocked.body.at("blocked"), true);
  EXPECT_TRUE(blocked.changed(auth::hash_secret(secret)));
  EXPECT_FALSE(works(secret));
  EXPECT_EQ(post("/key/unblock", {{"key", auth::hash_secret(secret)}}).body.at("blocked"), false);
  EXPECT_TRUE(works(secret));
  EXPECT_EQ(post("/key/block", {{"key", "sk-nobody"}}).message(), "Key not found.");
  EXPECT_EQ(post("/key/block").body, json::parse(R"({"detail":[{"type":"missing","loc":["body","key"],"msg":"Field required"}]})"));
}

// ---- /key/regenerate

TEST_F(AdminKeys, RegenerateStopsTheOldSecretAtOnce) {
  const std::string old = made({{"key_alias", "a"}, {"max_budget", 5}, {"spend", 2}});
  const Answer answer = post("/key/regenerate", {{"key", old}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string fresh = answer.body.at("key");
  EXPECT_NE(fresh, old);
  EXPECT_EQ(answer.body.at("key_alias"), "a");
  EXPECT_EQ(answer.body.at("max_budget"), 5.0);
  EXPECT_EQ(answer.body.at("spend"), 2.0);
  EXPECT_FALSE(works(old));
  EXPECT_TRUE(works(fresh));
  EXPECT_TRUE(answer.changed(auth::hash_secret(old)) && answer.changed(auth::hash_secret(fresh)));
  EXPECT_EQ(info(fresh).at("rotation_count"), 1);
  EXPECT_EQ(info(fresh).at("last_rotation_at"), "2026-11-21T10:20:30.400000Z");
}

TEST_F(AdminKeys, RegenerateWithGrace) {
  const std::string old = made();
  const Answer answer = call("POST", "/key/" + auth::hash_secret(old) + "/regenerate", "", R"({"grace_period":"1h","max_budget":9})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string fresh = answer.body.at("key");
  EXPECT_EQ(answer.body.at("max_budget"), 9.0);
  EXPECT_TRUE(works(old) && works(fresh));

  const Answer blocked = post("/key/block", {{"key", fresh}});
  EXPECT_TRUE(blocked.changed(auth::hash_secret(old))) << "a worker may have cached the old secret";
  EXPECT_FALSE(works(old) || works(fresh));
  post("/key/unblock", {{"key", fresh}});

  now += 1h;
  EXPECT_FALSE(works(old));
  EXPECT_TRUE(works(fresh));
  EXPECT_EQ(post("/key/update", {{"key", old}, {"tpm_limit", 1}}).status, 404);
}

TEST_F(AdminKeys, RegenerateWithAChosenSecret) {
  const std::string old = made(), other = made();
  EXPECT_EQ(post("/key/regenerate", {{"key", old}, {"new_key", "bad"}}).status, 400);
  EXPECT_EQ(post("/key/regenerate", {{"key", old}, {"new_key", other}}).status, 409);
  EXPECT_EQ(post("/key/regenerate", {{"key", old}, {"grace_period", "soon"}}).status, 400);
  EXPECT_EQ(post("/key/regenerate", {{"key", old}, {"new_master_key", "sk-x"}}).status, 400);
  EXPECT_EQ(post("/key/regenerate", {{"key", "sk-nobody"}}).status, 404);
  EXPECT_EQ(post("/key/regenerate").status, 422);
  EXPECT_TRUE(works(old) && works(other)) << "no refusal changed anything";

  const std::string chosen = "sk-G7q0m_PkX2vLr9TzWc4NbA-next";
  EXPECT_EQ(post("/key/regenerate", {{"key", old}, {"new_key", chosen}}).body.at("key"), chosen);
  EXPECT_TRUE(works(chosen));
}

// ---- lists

TEST_F(AdminKeys, ListPages) {
  for (int i = 0; i < 12; ++i) made({{"key_alias", "k" + std::to_string(i)}, {"organization_id", "o"}});
  const Answer first = get("/key/list");
  EXPECT_EQ(first.body.at("keys").size(), 10U);
  EXPECT_EQ(first.body.at("keys").at(0).get<std::string>().size(), 64U);
  EXPECT_EQ(first.body.at("total_count"), 12);
  EXPECT_EQ(first.body.at("current_page"), 1);
  EXPECT_EQ(first.body.at("total_pages"), 2);
  EXPECT_EQ(get("/key/list", "page=2&size=5").body.at("keys").size(), 5U);

  const json full = get("/key/list", "return_full_object=true&key_alias=k3").body.at("keys");
  ASSERT_EQ(full.size(), 1U);
  EXPECT_EQ(full.at(0).at("org_id"), "o");
  EXPECT_FALSE(full.at(0).contains("organization_id"));
  EXPECT_TRUE(full.at(0).contains("token"));
  EXPECT_EQ(get("/key/list", "key_alias=k1&substring_matching=1").body.at("total_count"), 3);
  EXPECT_EQ(get("/key/list", "organization_id=none").body.at("total_pages"), 0);
}

TEST_F(AdminKeys, ListRefusesBadParameters) {
  for (const auto& [query, type] : {std::pair{"page=0", "greater_than_equal"}, {"size=101", "less_than_equal"}, {"size=0", "greater_than_equal"},
                                    {"page=x", "int_parsing"}, {"page=", "int_parsing"}, {"page=99999999999", "less_than_equal"},
                                    {"page=-99999999999", "greater_than_equal"}, {"return_full_object=maybe", "bool_parsing"}}) {
    const Answer answer = get("/key/list", query);
    ASSERT_EQ(answer.status, 422) << query;
    EXPECT_EQ(answer.body.at("detail").at(0).at("type"), type) << query;
    EXPECT_EQ(answer.body.at("detail").at(0).at("loc").at(0), "query");
  }
  const Answer sort = get("/key/list", "sort_by=secret");
  EXPECT_EQ(sort.status, 400);
  EXPECT_TRUE(sort.message().starts_with("Invalid sort column. Must be one of: "));
  EXPECT_EQ(get("/key/list", "sort_order=up").status, 400);
  EXPECT_EQ(get("/key/list", "status=gone").status, 400);
  EXPECT_EQ(get("/key/list", "user_id=%zz").status, 400);
}

TEST_F(AdminKeys, ListOfDeletedKeys) {
  const std::string secret = made();
  post("/key/delete", {{"keys", {secret}}});
  EXPECT_EQ(get("/key/list").body.at("total_count"), 0);
  const json deleted = get("/key/list", "status=deleted&return_full_object=true").body.at("keys");
  ASSERT_EQ(deleted.size(), 1U);
  EXPECT_EQ(deleted.at(0).at("deleted_by"), "default_user_id");
}

TEST_F(AdminKeys, Aliases) {
  for (const char* alias : {"b", "a", "team one"}) made({{"key_alias", alias}});
  made();
  EXPECT_EQ(get("/key/aliases").body, json::parse(R"({"aliases":["a","b","team one"],"total_count":3,"current_page":1,"total_pages":1,"size":50})"));
  EXPECT_EQ(get("/key/aliases", "search=team+o").body.at("aliases"), json::array({"team one"}));
  EXPECT_EQ(get("/key/aliases", "page=2&size=2").body.at("aliases"), json::array({"team one"}));
  EXPECT_EQ(get("/key/aliases", "page=0").status, 422);
}

// ---- who may come in

TEST_F(AdminKeys, OnlyAProxyAdminManages) {
  const auth::Caller plain = caller_with(made());
  auth::Caller viewer = plain;
  viewer.role = auth::Role::proxy_admin_viewer;
  for (const char* path : {"/key/generate", "/key/update", "/key/delete", "/key/block", "/key/unblock", "/key/regenerate", "/key/x/regenerate"}) {
    const Answer refused = call("POST", path, "", "{}", plain);
    EXPECT_EQ(refused.status, 401) << path;
    EXPECT_EQ(refused.type(), "auth_error");
    EXPECT_EQ(refused.param(), "None");
    EXPECT_EQ(refused.message(), "Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. Route=" +
                                     std::string(path) + ". Your role=unknown. Your user_id=***");
    const Answer viewed = call("POST", path, "", "{}", viewer);
    EXPECT_EQ(viewed.status, 403) << path;
    EXPECT_EQ(viewed.message(), "user not allowed to access this route, role= proxy_admin_viewer. Trying to access: " + std::string(path));
  }
  EXPECT_EQ(call("GET", "/key/aliases", "", "", plain).status, 401);
  EXPECT_EQ(call("GET", "/key/aliases", "", "", viewer).status, 200);
  EXPECT_EQ(call("GET", "/key/list", "", "", viewer).status, 200);
}

TEST_F(AdminKeys, AnOpenServerHasNoAdminApi) {
  for (const auto& [method, path] : {std::pair{"POST", "/key/generate"}, {"GET", "/key/info"}, {"GET", "/key/list"}}) {
    const Answer answer = call(method, path, "", "{}", auth::Caller::open_server());
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_EQ(answer.type(), "auth_error");
  }
}

TEST_F(AdminKeys, AllowedRoutesCountHereToo) {
  const auth::Caller caller = caller_with(made({{"key_type", "llm_api"}}));
  EXPECT_EQ(call("GET", "/key/info", "", "", caller).status, 403);
}

TEST_F(AdminKeys, PathsAndMethods) {
  EXPECT_TRUE(AdminApi::knows("/key/generate"));
  EXPECT_TRUE(AdminApi::knows("/key/sk-abc/regenerate"));
  EXPECT_FALSE(AdminApi::knows("/key//regenerate"));
  EXPECT_FALSE(AdminApi::knows("/key/a/b/regenerate"));
  EXPECT_FALSE(AdminApi::knows("/key/generate/"));
  EXPECT_FALSE(AdminApi::knows("/key"));
  EXPECT_EQ(AdminApi::allowed_methods("/v2/key/info"), "GET, POST");
  EXPECT_EQ(AdminApi::allowed_methods("/key/list"), "GET");
  EXPECT_EQ(AdminApi::allowed_methods("/nowhere"), "");
  EXPECT_EQ(get("/key/generate").body, (json{{"detail", "Method Not Allowed"}}));
  const Answer unknown = get("/key/nothing");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body.at("detail"), "Not Found");
  EXPECT_TRUE(unknown.body.contains("error"));
}

TEST_F(AdminKeys, AFailingStoreIsA500WithoutDetails) {
  store::Connection other(directory.file("penstock.db"));
  other.execute("DROP TABLE former_secrets; DROP TABLE keys");
  const Answer answer = post("/key/generate");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.message().find("SQL"), std::string::npos);
  ASSERT_EQ(answer.warnings.size(), 1U);
  EXPECT_NE(answer.warnings[0].find("no such table"), std::string::npos) << answer.warnings[0];
}

// ---- the parts

TEST(Durations, FollowTheCalendar) {
  const auto time = [](const char* text) { return *auth::parse_time(text); };
  EXPECT_EQ(after(time("2026-01-31T10:00:00Z"), "1mo"), time("2026-02-28T10:00:00Z"));
  EXPECT_EQ(after(time("2026-11-21"), "2mo"), time("2027-01-21"));
  EXPECT_EQ(after(time("2026-11-21"), "1w"), time("2026-11-28"));
  EXPECT_EQ(after(time("2026-11-21"), "0s"), time("2026-11-21"));
  for (const char* bad : {"", "d", "1", "-1d", "1 d", "1y", "1dd", "d1", "99999999mo", "9999999999w"}) EXPECT_FALSE(after(time("2026-11-21"), bad)) << bad;
  EXPECT_EQ(window_end(time("2026-11-23"), "7d"), time("2026-11-30")) << "a window that starts on Monday is a whole week";
  EXPECT_EQ(window_end(time("2026-12-31T23:59:00Z"), "1mo"), time("2027-01-01"));
  EXPECT_EQ(window_end(time("2026-11-21T10:00:00Z"), "3d"), time("2026-11-24"));
  EXPECT_FALSE(window_end(time("2026-11-21"), "0d"));
}

TEST(Query, DecodesOnceAndTakesTheLast) {
  const auto query = api::Query::parse("a=1&b=x%20y+z&a=2&&c&d=%26%3D");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("a"), "2");
  EXPECT_EQ(query->find("b"), "x y z");
  EXPECT_EQ(query->find("c"), "");
  EXPECT_EQ(query->find("d"), "&=");
  EXPECT_FALSE(query->find("e"));
  for (const char* bad : {"a=%", "a=%4", "a=%zz", "a=%00", "a=%0a", "%1f=1"}) EXPECT_FALSE(api::Query::parse(bad)) << bad;
  EXPECT_TRUE(api::Query::parse(""));
}

}  // namespace
}  // namespace admin
