// router_settings: strategy, retries, time-outs, aliases.
#include <algorithm>
#include <string>

#include "config/keys.hpp"
#include "config/sections.hpp"

namespace config {
namespace {

using enum Standing;

constexpr std::string_view strategies[] = {"simple-shuffle",         "least-busy",          "latency-based-routing",
                                           "usage-based-routing",    "usage-based-routing-v2", "cost-based-routing"};

void read_strategy(Reading& reading, const Field& field, Config&) {
  const auto name = reading.choice(field, strategies);
  if (name && *name != strategies[0]) reading.warn(field.value.place, "not supported yet: " + field.path + " " + *name + "; simple-shuffle is used");
}

void read_num_retries(Reading& reading, const Field& field, Config& config) {
  if (const auto count = reading.integer(field, {0, 100})) config.router.num_retries = static_cast<int>(*count);
}

void read_timeout(Reading& reading, const Field& field, Config& config) {
  config.timers.timeout = reading.lapse(field).value_or(config.timers.timeout);
}

void read_stream_timeout(Reading& reading, const Field& field, Config& config) {
  if (const auto lapse = reading.lapse(field)) config.timers.stream_timeout = *lapse;
}

void read_stream_idle_timeout(Reading& reading, const Field& field, Config& config) {
  config.timers.idle = reading.lapse(field).value_or(config.timers.idle);
}

struct Alias {
  std::string model;
  bool hidden = false;
};

constexpr Key<Alias> alias_keys[] = {
    {"model", acted, [](Reading& reading, const Field& field, Alias& alias) { alias.model = reading.text(field).value_or(""); }},
    {"hidden", acted, [](Reading& reading, const Field& field, Alias& alias) { alias.hidden = reading.boolean(field).value_or(false); }},
};

void read_aliases(Reading& reading, const Field& section, Config& config) {
  if (!reading.is_mapping(section)) return;
  for (const auto& member : section.value.members) {
    const auto field = section.member(member);
    reading.remember(field);
    Alias alias;
    if (member.value->is_mapping()) {
      read_section<Alias>(reading, field, alias_keys, alias);
    } else {
      alias.model = reading.text(field).value_or("");
    }
    if (alias.model.empty()) {
      reading.error(field.place, field.path + " names no model");
      continue;
    }
    config.router.aliases.insert_or_assign(member.key, std::move(alias.model));
    if (alias.hidden) config.router.hidden_aliases.push_back(member.key);
  }
}

constexpr Key<Config> keys[] = {
    {"routing_strategy", acted, read_strategy},
    {"num_retries", acted, read_num_retries},
    {"timeout", acted, read_timeout},
    {"stream_timeout", acted, read_stream_timeout},
    {"stream_idle_timeout", acted, read_stream_idle_timeout},
    {"model_group_alias", acted, read_aliases},

    {"provider_budget_config", unlimited},
    {"default_max_parallel_requests", unlimited},
    {"optional_pre_call_checks", unlimited},

    {"redis_host", redis},
    {"redis_port", redis},
    {"redis_password", redis},
    {"redis_db", redis},
    {"redis_url", redis},
    {"cache_kwargs", redis},

    {"routing_strategy_args", later},
    {"retry_after", later},
    {"retry_policy", later},
    {"model_group_retry_policy", later},
    {"fallbacks", later},
    {"context_window_fallbacks", later},
    {"content_policy_fallbacks", later},
    {"default_fallbacks", later},
    {"max_fallbacks", later},
    {"allowed_fails", later},
    {"allowed_fails_policy", later},
    {"cooldown_time", later},
    {"disable_cooldowns", later},
    {"ttft_timeout", later},
    {"enable_pre_call_checks", later},
    {"enable_tag_filtering", later},
    {"tag_filtering_match_any", later},
    {"default_litellm_params", later},
    {"client_ttl", later},
    {"caching_groups", later},
    {"cache_responses", later},
    {"polling_interval", later},
    {"default_priority", later},
    {"enable_weighted_failover", later},
    {"routing_groups", later},
    {"enable_health_check_routing", later},
    {"health_check_staleness_threshold", later},
    {"health_check_ignore_transient_errors", later},
    {"ignore_invalid_deployments", later},
    {"set_verbose", later},
    {"debug_level", later},
};

}  // namespace

void read_router_settings(Reading& reading, const Field& section, Config& config) { read_section<Config>(reading, section, keys, config); }

}  // namespace config
