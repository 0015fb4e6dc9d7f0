// penstock: our own settings. Everything has a default; unknown and duplicate keys are errors.
#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "config/keys.hpp"
#include "config/sections.hpp"

namespace config {
namespace {

/// One setting by its dotted path below `penstock`. Ranges are bytes, milliseconds or counts, as the reader says.
struct Setting {
  std::string_view path;
  void (*read)(Reading&, const Field&, Range, Config&);
  Range range = {};
};

template <auto Section, auto Member>
void bytes(Reading& reading, const Field& field, Range range, Config& config) {
  auto& target = config.*Section.*Member;
  target = reading.size(field, range).value_or(target);
}

template <auto Section, auto Member>
void count(Reading& reading, const Field& field, Range range, Config& config) {
  if (const auto value = reading.integer(field, range)) config.*Section.*Member = static_cast<int>(*value);
}

template <auto Section, auto Member>
void lapse(Reading& reading, const Field& field, Range range, Config& config) {
  auto& target = config.*Section.*Member;
  using Target = std::remove_reference_t<decltype(target)>;
  const auto value = reading.duration(field, range);
  if (!value) return;
  if constexpr (std::is_same_v<Target, seconds>) {
    target = std::chrono::ceil<seconds>(*value);
  } else {
    target = *value;
  }
}

template <auto Section, auto Member>
void flag(Reading& reading, const Field& field, Range, Config& config) {
  auto& target = config.*Section.*Member;
  target = reading.boolean(field).value_or(target);
}

template <auto Section, auto Member>
void text(Reading& reading, const Field& field, Range, Config& config) {
  if (auto value = reading.text(field)) config.*Section.*Member = std::move(*value);
}

template <auto Section, auto Member>
void texts(Reading& reading, const Field& field, Range, Config& config) {
  if (!field.value.is_null()) config.*Section.*Member = reading.texts(field);
}

/// One of several words, each standing for a value.
template <class Value, std::size_t Count>
void word(Reading& reading, const Field& field, const std::pair<std::string_view, Value> (&words)[Count], Value& target) {
  std::string_view names[Count];
  std::ranges::transform(words, names, [](const auto& entry) { return entry.first; });
  const auto name = reading.choice(field, names);
  for (const auto& [known, value] : words) {
    if (name && *name == known) target = value;
  }
}

void read_compat(Reading& reading, const Field& field, Range, Config& config) {
  word(reading, field, {{"litellm-1.106", Compat::litellm_1_106}, {"litellm-2025", Compat::litellm_2025}, {"openai", Compat::openai}}, config.compat);
}

void read_security(Reading& reading, const Field& field, Range, Config& config) {
  word(reading, field, {{"standard", Security::standard}, {"strict", Security::strict}}, config.security);
}

void read_model_name(Reading& reading, const Field& field, Range, Config& config) {
  word(reading, field, {{"client", ModelName::client}, {"upstream", ModelName::upstream}}, config.relay_model_name);
}

void read_log_format(Reading& reading, const Field& field, Range, Config& config) {
  word(reading, field, {{"text", LogFormat::text}, {"json", LogFormat::json}}, config.server.log_format);
}

void read_log_level(Reading& reading, const Field& field, Range, Config& config) {
  static constexpr std::string_view levels[] = {"trace", "debug", "info", "warn", "error", "off"};
  if (auto level = reading.choice(field, levels)) config.server.log_level = std::move(*level);
}

constexpr std::string_view acceptable[] = {"guardrails",      "custom_auth",  "allowed_ips",           "enforced_params",
                                           "enable_jwt_auth", "enforce_rbac", "key_management_system", "database_url"};

void check_accepted(Reading& reading, const Field& field, Range, Config&) {
  if (field.value.is_scalar()) {
    reading.choice(field, acceptable);
  } else if (reading.is_sequence(field)) {
    for (std::size_t i = 0; i < field.value.items.size(); ++i) reading.choice(field.item(i), acceptable);
  }
}

// Ranges: what the machine can hold and a sane operator may want; a value beyond is more often a slip than a wish.
constexpr std::int64_t second = 1'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr Range waits = {1, hour};
constexpr Range calls = {1, 7 * day};
constexpr Range heads = {1 * kib, 16 * mib};
constexpr Range buffers = {1 * kib, 1 * gib};
constexpr Range many = {1, 10'000'000};

using C = Config;
using H = HttpLimits;
using R = RelayLimits;
using T = UpstreamTimers;
using P = PoolLimits;
using S = ServerConfig;

constexpr Setting settings[] = {
    {"compat", read_compat},
    {"security", read_security},
    {"accept_unsupported", check_accepted},
    {"data_dir", text<&C::store, &StoreConfig::data_dir>},
    {"cors", texts<&C::server, &S::cors_origins>},
    {"trusted_proxies", texts<&C::server, &S::trusted_proxies>},
    {"admin.listen", text<&C::server, &S::admin_listen>},
    {"metrics.require_key", flag<&C::server, &S::metrics_require_key>},
    {"relay.model_name", read_model_name},
    {"tls.certificate", [](Reading& r, const Field& f, Range, C& c) { c.server.tls.certificate_file = r.text(f).value_or(""); }},
    {"tls.key", [](Reading& r, const Field& f, Range, C& c) { c.server.tls.private_key_file = r.text(f).value_or(""); }},
    {"drain.time", lapse<&C::server, &S::drain_time>, {0, day}},
    {"drain.delay", lapse<&C::server, &S::drain_delay>, {0, hour}},
    {"log.format", read_log_format},
    {"log.level", read_log_level},
    {"log.access", flag<&C::server, &S::access_log>},
    {"keys.cached", count<&C::auth, &AuthConfig::cached_keys>, many},
    {"keys.cached_unknown", count<&C::auth, &AuthConfig::cached_unknown_keys>, many},
    {"keys.cache_time", lapse<&C::auth, &AuthConfig::cache_time>, {second, day}},

    {"timers.connect", lapse<&C::timers, &T::connect>, waits},
    {"timers.timeout", lapse<&C::timers, &T::timeout>, calls},
    {"timers.stream_timeout", lapse<&C::timers, &T::stream_timeout>, calls},
    {"timers.idle", lapse<&C::timers, &T::idle>, calls},

    {"limits.http.head_bytes", bytes<&C::http, &H::head_bytes>, heads},
    {"limits.http.target_bytes", bytes<&C::http, &H::target_bytes>, heads},
    {"limits.http.field_bytes", bytes<&C::http, &H::field_bytes>, heads},
    {"limits.http.fields", count<&C::http, &H::fields>, {1, 10'000}},
    {"limits.http.body_bytes", bytes<&C::http, &H::body_bytes>, {1, 64 * gib}},
    {"limits.http.body_bytes_in_flight", bytes<&C::http, &H::body_bytes_in_flight>, {1, 1024 * gib}},
    {"limits.http.connections", count<&C::http, &H::connections>, many},
    {"limits.http.connections_per_address", count<&C::http, &H::connections_per_address>, {0, many.most}},
    {"limits.http.pipelined_requests", count<&C::http, &H::pipelined_requests>, {1, 10'000}},
    {"limits.http.header_time", lapse<&C::http, &H::header_time>, waits},
    {"limits.http.body_idle_time", lapse<&C::http, &H::body_idle_time>, waits},
    {"limits.http.idle_time", lapse<&C::http, &H::idle_time>, {1, day}},
    {"limits.http.write_idle_time", lapse<&C::http, &H::write_idle_time>, waits},
    {"limits.http.linger_time", lapse<&C::http, &H::linger_time>, {0, minute}},
    {"limits.http.linger_bytes", bytes<&C::http, &H::linger_bytes>, {0, 1 * gib}},

    {"limits.relay.event_bytes", bytes<&C::relay, &R::event_bytes>, buffers},
    {"limits.relay.media_event_bytes", bytes<&C::relay, &R::media_event_bytes>, buffers},
    {"limits.relay.buffered_reply_bytes", bytes<&C::relay, &R::buffered_reply_bytes>, {0, 1 * gib}},
    {"limits.relay.error_body_bytes", bytes<&C::relay, &R::error_body_bytes>, {1 * kib, 64 * mib}},
    {"limits.relay.slow_reader_bytes", bytes<&C::relay, &R::slow_reader_bytes>, buffers},
    {"limits.relay.response_head_bytes", bytes<&C::relay, &R::response_head_bytes>, heads},
    {"limits.relay.response_fields", count<&C::relay, &R::response_fields>, {1, 10'000}},
    {"limits.relay.interim_responses", count<&C::relay, &R::interim_responses>, {0, 1'000}},
    {"limits.relay.silence_before_head", lapse<&C::relay, &R::silence_before_head>, waits},
    {"limits.relay.comment_interval", lapse<&C::relay, &R::comment_interval>, {100, hour}},
    {"limits.relay.abandoned_call_time", lapse<&C::relay, &R::abandoned_call_time>, {0, hour}},
    {"limits.relay.abandoned_calls", count<&C::relay, &R::abandoned_calls>, {0, 100'000}},

    {"limits.pool.idle_per_origin", count<&C::pool, &P::idle_per_origin>, {0, 100'000}},
    {"limits.pool.idle_time", lapse<&C::pool, &P::idle_time>, {1, day}},
    {"limits.pool.dns_time", lapse<&C::pool, &P::dns_time>, {second, day}},
};

/// The names that may follow `prefix` ("" or "limits." ...).
std::vector<std::string_view> names_below(std::string_view prefix) {
  std::vector<std::string_view> names;
  for (const auto& setting : settings) {
    if (!setting.path.starts_with(prefix)) continue;
    const auto rest = setting.path.substr(prefix.size());
    const auto name = rest.substr(0, rest.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

void read_below(Reading& reading, const Field& section, const std::string& prefix, Config& config) {
  if (!reading.is_mapping(section)) return;
  const auto known = names_below(prefix);
  for (const auto& member : section.value.members) {
    const auto field = section.member(member);
    if (std::ranges::find(known, member.key) == known.end()) {
      note_unknown(reading, Severity::error, field, member.key, known);
      continue;
    }
    const auto path = prefix + member.key;
    const auto* setting = std::ranges::find(settings, path, &Setting::path);
    if (setting == std::ranges::end(settings)) {
      read_below(reading, field, path + '.', config);
    } else {
      reading.remember(field);
      setting->read(reading, field, setting->range, config);
    }
  }
}

}  // namespace

void read_accepted_unsupported(Reading& reading, const Field& section) {
  const auto* member = section.value.find("accept_unsupported");
  if (member == nullptr) return;
  auto& accepted = reading.accepted_unsupported();
  if (member->value->is_scalar()) accepted.insert(member->value->text);
  for (const auto& item : member->value->items) {
    if (item->is_scalar()) accepted.insert(item->text);
  }
}

void read_penstock(Reading& reading, const Field& section, Config& config) { read_below(reading, section, "", config); }

}  // namespace config
