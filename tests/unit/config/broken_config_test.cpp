// Every kind of mistake is named with its exact place; all of them at once.
#include "tests/unit/config/support.hpp"

namespace config::test {
namespace {

struct Case {
  std::string name;
  std::string yaml;
  std::string expected;  // every line
};

void PrintTo(const Case& broken, std::ostream* out) { *out << broken.name; }

class BrokenConfig : public testing::TestWithParam<Case> {};

TEST_P(BrokenConfig, IsNamedWithItsPlace) {
  const auto result = load(GetParam().yaml);

  EXPECT_EQ(text_of(result.problems), GetParam().expected);
  EXPECT_EQ(result.config == nullptr, has_errors(result.problems));
  EXPECT_EQ(text_of(result.problems).find("secret"), std::string::npos);
}

const Case cases[] = {
    {"UnclosedList",
     R"(a: [1, 2)",
     R"(c.yaml:1:4: error: this list has no closing ]
)"},
    {"WrongIndentation",
     R"(model_list:
  - model_name: x
   litellm_params: 1
)",
     R"(c.yaml:3:4: error: not valid YAML: end of sequence not found
)"},
    {"TabIndentation",
     with_model(R"(litellm_settings:
	drop_params: true
)"),
     R"(c.yaml:3:1: error: a tab indents this line; YAML wants spaces
)"},
    {"SecondDocument",
     with_model(R"(---
a: 1
)"),
     R"(c.yaml:2:1: error: only one YAML document is allowed in a file
)"},
    {"ListAtTheTop",
     R"([1, 2]
)",
     R"(c.yaml:1:1: error: the file must be a mapping of sections such as model_list
)"},
    {"TextAtTheTop",
     R"(hello)",
     R"(c.yaml:1:1: error: the file must be a mapping of sections such as model_list
)"},
    {"Empty",
     R"()",
     R"(c.yaml:1:1: warning: model_list is empty: there is nothing to serve
)"},
    {"NoModels",
     R"(model_list: []
)",
     R"(c.yaml:1:1: warning: model_list is empty: there is nothing to serve
)"},
    {"PasswordThatBeginsWithAStar",
     with_model(R"(x: *sk-secret
)"),
     R"(c.yaml:2:4: error: an alias names no anchor above it; quote a text that begins with *
)"},
    {"AliasInsideItself",
     with_model(R"(x: &a [*a]
)"),
     R"(c.yaml:2:8: error: the alias stands inside the value that it names
)"},
    {"ForeignTag",
     with_model(R"(x: !!python/object:os.system {}
)"),
     R"(c.yaml:2:4: error: YAML tags other than !!str, !!int, !!float, !!bool and !!null are not read
)"},
    {"MappingAsKey",
     with_model(R"(? {a: b}
: c
)"),
     R"(c.yaml:2:3: error: a key must be a plain text
)"},
    {"MergeOfANumber",
     with_model(R"(litellm_settings:
  <<: 5
)"),
     R"(c.yaml:3:7: error: << needs a mapping or a list of mappings
)"},
    {"DuplicateKeyWarns",
     with_model(R"(litellm_settings:
  drop_params: true
  drop_params: false
)"),
     R"(c.yaml:4:3: warning: duplicate key "drop_params", first at line 3, column 3; the last one counts
)"},
    {"DuplicateKeyUnderPenstockIsAnError",
     with_model(R"(penstock:
  compat: openai
  compat: openai
)"),
     R"(c.yaml:4:3: error: duplicate key "compat", first at line 3, column 3
)"},
    {"DuplicatePenstock",
     with_model(R"(penstock: {}
penstock: {}
)"),
     R"(c.yaml:3:1: error: duplicate key "penstock", first at line 2, column 1
)"},
    {"UnknownSection",
     with_model(R"(general_setings: {}
)"),
     R"(c.yaml:2:1: warning: unknown key general_setings (did you mean "general_settings"?)
)"},
    {"UnknownKey",
     with_model(R"(litellm_settings:
  drop_parms: true
  zzz: 1
)"),
     R"(c.yaml:3:3: warning: unknown key litellm_settings.drop_parms (did you mean "drop_params"?)
c.yaml:4:3: warning: unknown key litellm_settings.zzz
)"},
    {"UnknownSectionUnderPenstock",
     with_model(R"(penstock:
  limits:
    htpp: {}
)"),
     R"(c.yaml:4:5: error: unknown key penstock.limits.htpp (did you mean "http"?)
)"},
    {"UnknownKeyUnderPenstock",
     with_model(R"(penstock:
  limits: {http: {head_bites: 1}}
)"),
     R"(c.yaml:3:19: error: unknown key penstock.limits.http.head_bites (did you mean "head_bytes"?)
)"},
    {"DottedKeyUnderPenstock",
     with_model(R"(penstock:
  limits.http.fields: 4
)"),
     R"(c.yaml:3:3: error: unknown key penstock.limits.http.fields
)"},
    {"SizeOutOfRange",
     with_model(R"(penstock:
  limits: {http: {head_bytes: 1}}
)"),
     R"(c.yaml:3:31: error: penstock.limits.http.head_bytes must be a size from 1KiB to 16MiB, as 64MiB, 32KiB or bytes, not "1"
)"},
    {"SizeWithADecimalUnit",
     with_model(R"(penstock:
  limits: {http: {body_bytes: 64MB}}
)"),
     R"(c.yaml:3:31: error: penstock.limits.http.body_bytes must be a size from 1 to 64GiB, as 64MiB, 32KiB or bytes, not "64MB"
)"},
    {"OctalNumber",
     with_model(R"(penstock:
  limits: {http: {fields: 010}}
)"),
     R"(c.yaml:3:27: error: penstock.limits.http.fields must be a whole number from 1 to 10000, not "010"
)"},
    {"DurationsOutOfRange",
     with_model(R"(penstock:
  timers: {connect: 5 minutes, idle: 90d}
)"),
     R"(c.yaml:3:21: error: penstock.timers.connect must be a duration from 1ms to 1h, as 250ms, 5s, 10m or seconds, not "5 minutes"
c.yaml:3:38: error: penstock.timers.idle must be a duration from 1ms to 7d, as 250ms, 5s, 10m or seconds, not "90d"
)"},
    {"WrongWords",
     with_model(R"(penstock:
  compat: openia
  security: paranoid
  relay: yes
)"),
     R"(c.yaml:3:11: error: penstock.compat must be one of litellm-1.106, litellm-2025, openai, not "openia" (did you mean "openai"?)
c.yaml:4:13: error: penstock.security must be one of standard, strict, not "paranoid"
c.yaml:5:10: error: penstock.relay must be a mapping, not a text
)"},
    {"UnknownAcceptance",
     with_model(R"(penstock:
  accept_unsupported: [guardrials]
)"),
     R"(c.yaml:3:24: error: penstock.accept_unsupported[0] must be one of guardrails, custom_auth, allowed_ips, enforced_params, enable_jwt_auth, enforce_rbac, key_management_system, database_url, not "guardrials" (did you mean "guardrails"?)
)"},
    {"ProxiesOriginsAndListeners",
     with_model(R"(penstock:
  trusted_proxies: [10.0.0.0/8, 10.0.0.0/33, sk-secret, ::1]
  cors: [https://a.example, https://a.example/x]
  admin: {listen: nowhere}
)"),
     R"(c.yaml:3:33: error: not an address, nor a range as 10.0.0.0/8
c.yaml:3:46: error: not an address, nor a range as 10.0.0.0/8
c.yaml:4:29: error: not an origin as https://app.example.com (without a path), nor *
c.yaml:5:11: error: penstock.admin.listen must be HOST:PORT
)"},
    {"AdminOnTheMainPort",
     with_model(R"(penstock: {admin: {listen: '127.0.0.1:4000'}}
)"),
     R"(c.yaml:2:20: error: penstock.admin.listen has the address and port of the main listener
)"},
    {"CertificateWithoutKey",
     with_model(R"(penstock:
  tls: {certificate: a.pem}
)"),
     R"(c.yaml:3:9: error: a TLS certificate needs its private key: penstock.tls.key
)"},
    {"KeyWithoutCertificate",
     with_model(R"(penstock:
  tls: {key: a.pem}
)"),
     R"(c.yaml:3:9: error: a TLS private key needs its certificate: penstock.tls.certificate
)"},
    {"FieldLargerThanHead",
     with_model(R"(penstock: {limits: {http: {field_bytes: 1MiB}}}
)"),
     R"(c.yaml:2:28: error: penstock.limits.http.field_bytes is larger than penstock.limits.http.head_bytes
)"},
    {"ModelListOfTheWrongType",
     R"(model_list: {a: b}
)",
     R"(c.yaml:1:13: error: model_list must be a list, not a mapping
)"},
    {"BrokenDeploymentsAllAtOnce",
     R"(model_list:
- litellm_params: {model: a}
- model_name: b
- model_name: c
  litellm_params: {}
- 5
- model_name: d
  litellm_params: [1]
)",
     R"(c.yaml:2:3: error: model_list[0] has no model_name
c.yaml:3:3: error: model_list[1] has no litellm_params
c.yaml:5:3: error: model_list[2].litellm_params has no model
c.yaml:6:3: error: model_list[3] must be a mapping with model_name and litellm_params
c.yaml:8:19: error: model_list[4].litellm_params must be a mapping with at least model
)"},
    {"BrokenParamsAllAtOnce",
     R"(model_list:
- model_name: a
  litellm_params:
    model: openai/a
    api_bse: http://x
    rpm: many
    timeout: -1
    api_key: [sk-secret]
    api_base: sk-secret
    weight: heavy
    extra_body: text
    order: 1.5
)",
     R"(c.yaml:5:5: warning: unknown key model_list[0].litellm_params.api_bse; it is sent upstream as a parameter (did you mean "api_base"?)
c.yaml:6:10: error: model_list[0].litellm_params.rpm must be a whole number from 0 to 1000000000000, not "many"
c.yaml:7:14: error: model_list[0].litellm_params.timeout must be a number from 0 to 604800, not "-1"
c.yaml:8:14: error: model_list[0].litellm_params.api_key must be a text, not a list
c.yaml:9:15: error: model_list[0].litellm_params.api_base must be an address that begins with http:// or https://
c.yaml:10:13: error: model_list[0].litellm_params.weight must be a number from 0 to 1e+09, not "heavy"
c.yaml:11:17: error: model_list[0].litellm_params.extra_body must be a mapping, not a text
c.yaml:12:12: error: model_list[0].litellm_params.order must be a whole number from -1000000 to 1000000, not "1.5"
)"},
    {"BrokenHeaders",
     R"(model_list:
- model_name: a
  litellm_params:
    model: openai/a
    headers: {"bad name": x, good: "sk-secret\r\n"}
)",
     R"(c.yaml:5:15: error: model_list[0].litellm_params.headers.bad name is not the name of an HTTP header
c.yaml:5:36: error: model_list[0].litellm_params.headers.good holds a line break or control character
)"},
    {"DuplicateId",
     R"(model_list:
- model_name: a
  litellm_params: {model: openai/a}
  model_info: {id: one}
- model_name: b
  litellm_params: {model: openai/b}
  model_info:
    id: one
    mod: chat
)",
     R"(c.yaml:8:9: error: model_list[1].model_info.id is also that of the deployment at line 4, column 20
c.yaml:9:5: warning: unknown key model_list[1].model_info.mod (did you mean "mode"?)
)"},
    {"UnknownCredential",
     R"(model_list:
- model_name: a
  litellm_params: {model: openai/a, litellm_credential_name: prode}
credential_list:
- {credential_name: prod, credential_values: {api_key: sk-secret}}
- {credential_name: half}
)",
     R"(c.yaml:3:62: warning: model_list[0].litellm_params.litellm_credential_name is not in credential_list; this deployment answers 503 (did you mean "prod"?)
c.yaml:6:3: error: credential_list[1] needs credential_name and a mapping credential_values
)"},
    {"UnsetVariableOfADeployment",
     R"(model_list:
- model_name: a
  litellm_params: {model: openai/a, api_key: os.environ/NOPE}
)",
     R"(c.yaml:3:46: warning: NOPE is not set (model_list[0].litellm_params.api_key); this deployment answers 503
)"},
    {"UnsetVariableElsewhere",
     with_model(R"(litellm_settings: {drop_params: os.environ/NOPE}
)"),
     R"(c.yaml:2:33: warning: NOPE is not set (litellm_settings.drop_params)
)"},
    {"UnsetVariablesThatStop",
     with_model(R"(general_settings:
  master_key: os.environ/NOPE
  database_url: os.environ/NO_DB
router_settings:
  redis_password: os.environ/NO_REDIS
)"),
     R"(c.yaml:3:15: error: NOPE is not set (general_settings.master_key)
c.yaml:4:17: error: NO_DB is not set (general_settings.database_url)
c.yaml:6:3: warning: not supported yet: router_settings.redis_password
c.yaml:6:19: error: NO_REDIS is not set (router_settings.redis_password)
)"},
    {"RouterSettings",
     with_model(R"(router_settings:
  routing_strategy: simple-shufle
  num_retries: three
)"),
     R"(c.yaml:3:21: error: router_settings.routing_strategy must be one of simple-shuffle, least-busy, latency-based-routing, usage-based-routing, usage-based-routing-v2, cost-based-routing, not "simple-shufle" (did you mean "simple-shuffle"?)
c.yaml:4:16: error: router_settings.num_retries must be a whole number from 0 to 100, not "three"
)"},
    {"AliasesToNowhere",
     with_model(R"(router_settings:
  model_group_alias: {fast: gtp, slow: {modl: gpt}}
)"),
     R"(c.yaml:3:23: error: the alias fast names no model of model_list (did you mean "gpt"?)
c.yaml:3:34: error: router_settings.model_group_alias.slow names no model
c.yaml:3:41: warning: unknown key router_settings.model_group_alias.slow.modl (did you mean "model"?)
)"},
    {"PromisesOfProtection",
     with_model(R"(guardrails: [{guardrail_name: a}]
general_settings:
  custom_auth: my.auth
  allowed_ips: [10.0.0.1]
  enforced_params: [user]
  enable_jwt_auth: true
  enforce_rbac: false
  key_management_system: hashicorp_vault
  database_url: postgresql://u:secret@h/db
)"),
     R"(c.yaml:2:1: error: guardrails promises protection that is not given yet; remove it, or list guardrails in penstock.accept_unsupported to start without it
c.yaml:4:3: error: general_settings.custom_auth promises protection that is not given yet; remove it, or list custom_auth in penstock.accept_unsupported to start without it
c.yaml:5:3: error: general_settings.allowed_ips promises protection that is not given yet; remove it, or list allowed_ips in penstock.accept_unsupported to start without it
c.yaml:6:3: error: general_settings.enforced_params promises protection that is not given yet; remove it, or list enforced_params in penstock.accept_unsupported to start without it
c.yaml:7:3: error: general_settings.enable_jwt_auth promises protection that is not given yet; remove it, or list enable_jwt_auth in penstock.accept_unsupported to start without it
c.yaml:9:3: error: general_settings.key_management_system promises protection that is not given yet; remove it, or list key_management_system in penstock.accept_unsupported to start without it
c.yaml:10:3: error: general_settings.database_url promises protection that is not given yet; remove it, or list database_url in penstock.accept_unsupported to start without it
)"},
    {"GeneralSettingsOfTheWrongType",
     with_model(R"(general_settings: nope
)"),
     R"(c.yaml:2:19: error: general_settings must be a mapping, not a text
)"},
    {"GeneralSettingsValues",
     with_model(R"(general_settings:
  litellm_key_header_name: 'a b'
  user_api_key_cache_ttl: 010
  cancel_on_disconnect: perhaps
  use_x_forwarded_for: true
  max_request_size_mb: 0
)"),
     R"(c.yaml:3:28: error: general_settings.litellm_key_header_name must be the name of an HTTP header
c.yaml:4:27: error: general_settings.user_api_key_cache_ttl must be a number from 0 to 604800
c.yaml:5:25: error: general_settings.cancel_on_disconnect must be true or false, not "perhaps"
c.yaml:6:3: warning: general_settings.use_x_forwarded_for has no effect: anyone can write that header; name your proxies in penstock.trusted_proxies
c.yaml:7:24: error: general_settings.max_request_size_mb must be a number from 0.001 to 65536, not "0"
)"},
    {"EmptyMasterKey",
     with_model(R"(general_settings: {master_key: ''}
)"),
     R"(c.yaml:2:32: error: general_settings.master_key is empty; leave it out to run without keys
)"},
    {"WeakMasterKeyWarns",
     with_model(R"(general_settings: {master_key: sk-1234}
penstock: {tls: {certificate: a, key: b}}
)"),
     R"(c.yaml:2:20: warning: the master key is weak or a well-known one; take `sk-` and at least 32 random characters
)"},
    {"StrictRefusesWhatStandardWarnsOf",
     with_model(R"(general_settings: {master_key: sk-1234}
penstock: {security: strict}
)"),
     R"(c.yaml:2:20: error: the master key is weak or a well-known one; take `sk-` and at least 32 random characters
c.yaml:2:20: error: the admin API listens on 0.0.0.0 without TLS, so that the master key crosses the network in clear; set penstock.tls, or penstock.admin.listen to a loopback address
)"},
    {"StrictNeedsAMasterKey",
     with_model(R"(penstock:
  security: strict
)"),
     R"(c.yaml:3:3: error: penstock.security: strict needs a master key
)"},
    {"IncludeWithoutAFile",
     with_model(R"(include: [other.yaml]
)"),
     R"(c.yaml:2:11: error: include is only possible in a file
)"},
    {"LimitsThatAreNotEnforced",
     with_model(R"(litellm_settings:
  max_budget: 10
  default_key_generate_params: {max_budget: 1, models: [gpt]}
)"),
     R"(c.yaml:3:3: warning: NOT ENFORCED: litellm_settings.max_budget is read, but nothing is limited by it yet
c.yaml:4:33: warning: NOT ENFORCED: litellm_settings.default_key_generate_params.max_budget is read, but nothing is limited by it yet
)"},
};

INSTANTIATE_TEST_SUITE_P(Kinds, BrokenConfig, testing::ValuesIn(cases), [](const auto& instance) { return instance.param.name; });

TEST(BrokenText, IsRefusedBeforeItIsParsed) {
  EXPECT_EQ(text_of(load(std::string("a: b\nc: \xff", 10)).problems), "c.yaml:2:4: error: not UTF-8 text\n");
  EXPECT_EQ(text_of(load(std::string("a: \0", 4)).problems), "c.yaml:1:4: error: not UTF-8 text\n");
  EXPECT_EQ(text_of(load(std::string(5 << 20, '#')).problems), "c.yaml:1:1: error: larger than 4MiB\n");
}

}  // namespace
}  // namespace config::test
