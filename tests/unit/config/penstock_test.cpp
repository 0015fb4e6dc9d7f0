// penstock: our own settings.
#include "tests/unit/config/support.hpp"

namespace config::test {
namespace {

using namespace std::chrono_literals;

Config penstock(const std::string& settings) {
  const auto result = load(with_model("penstock:\n" + settings));
  EXPECT_EQ(text_of(result.problems), "");
  return result.config ? *result.config : Config{};
}

TEST(Penstock, EverySectionHasItsNames) {
  const auto c = penstock(R"(
  compat: openai
  security: strict
  data_dir: /var/lib/penstock
  cors: [https://a.example, "https://b.example:8443"]
  trusted_proxies: [10.0.0.0/8, "fd00::/8"]
  admin: {listen: "127.0.0.1:4001"}
  metrics: {require_key: yes}
  relay: {model_name: upstream}
  tls: {certificate: chain.pem, key: key.pem}
  drain: {time: 1m, delay: 250ms}
  log: {format: json, level: debug, access: off}
  keys: {cached: 10, cached_unknown: 20, cache_time: 1.5s}
  timers: {connect: 250ms, timeout: 90, stream_timeout: 20s, idle: 3m}
  accept_unsupported: []
general_settings: {master_key: sk-0f8b7a6c5d4e3f2a1b0c}
)");

  EXPECT_EQ(c.compat, Compat::openai);
  EXPECT_EQ(c.security, Security::strict);
  EXPECT_EQ(c.store.data_dir, "/var/lib/penstock");
  EXPECT_EQ(c.server.cors_origins, (std::vector<std::string>{"https://a.example", "https://b.example:8443"}));
  EXPECT_EQ(c.server.trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "fd00::/8"}));
  EXPECT_EQ(c.server.admin_listen, "127.0.0.1:4001");
  EXPECT_TRUE(c.server.metrics_require_key);
  EXPECT_EQ(c.relay_model_name, ModelName::upstream);
  EXPECT_EQ(c.server.tls.certificate_file, "chain.pem");
  EXPECT_EQ(c.server.tls.private_key_file, "key.pem");
  EXPECT_EQ(c.server.drain_time, 1min);
  EXPECT_EQ(c.server.drain_delay, 250ms);
  EXPECT_EQ(c.server.log_format, LogFormat::json);
  EXPECT_EQ(c.server.log_level, "debug");
  EXPECT_FALSE(c.server.access_log);
  EXPECT_EQ(c.auth.cached_keys, 10);
  EXPECT_EQ(c.auth.cached_unknown_keys, 20);
  EXPECT_EQ(c.auth.cache_time, 2s);
  EXPECT_EQ(c.timers.connect, 250ms);
  EXPECT_EQ(c.timers.timeout, 90s);
  EXPECT_EQ(c.timers.stream_timeout, 20s);
  EXPECT_EQ(c.timers.idle, 3min);
}

TEST(Penstock, EveryHttpLimitHasItsName) {
  const auto http = penstock(R"(
  limits:
    http:
      head_bytes: 33KiB
      target_bytes: 2KiB
      field_bytes: 3KiB
      fields: 4
      body_bytes: 5
      body_bytes_in_flight: 6GiB
      connections: 7
      connections_per_address: 8
      pipelined_requests: 9
      header_time: 10ms
      body_idle_time: 11s
      idle_time: 12
      write_idle_time: 13ms
      linger_time: 14ms
      linger_bytes: 15
)").http;

  EXPECT_EQ(http.head_bytes, 33 * kib);
  EXPECT_EQ(http.target_bytes, 2 * kib);
  EXPECT_EQ(http.field_bytes, 3 * kib);
  EXPECT_EQ(http.fields, 4);
  EXPECT_EQ(http.body_bytes, 5);
  EXPECT_EQ(http.body_bytes_in_flight, 6 * gib);
  EXPECT_EQ(http.connections, 7);
  EXPECT_EQ(http.connections_per_address, 8);
  EXPECT_EQ(http.pipelined_requests, 9);
  EXPECT_EQ(http.header_time, 10ms);
  EXPECT_EQ(http.body_idle_time, 11s);
  EXPECT_EQ(http.idle_time, 12s);
  EXPECT_EQ(http.write_idle_time, 13ms);
  EXPECT_EQ(http.linger_time, 14ms);
  EXPECT_EQ(http.linger_bytes, 15);
}

TEST(Penstock, EveryRelayAndPoolLimitHasItsName) {
  const auto c = penstock(R"(
  limits:
    relay:
      event_bytes: 2KiB
      media_event_bytes: 3KiB
      buffered_reply_bytes: 4KiB
      error_body_bytes: 5KiB
      slow_reader_bytes: 6KiB
      response_head_bytes: 7KiB
      response_fields: 8
      interim_responses: 9
      silence_before_head: 10s
      comment_interval: 11s
      abandoned_call_time: 12s
      abandoned_calls: 13
    pool:
      idle_per_origin: 14
      idle_time: 15s
      dns_time: 16s
)");

  EXPECT_EQ(c.relay.event_bytes, 2 * kib);
  EXPECT_EQ(c.relay.media_event_bytes, 3 * kib);
  EXPECT_EQ(c.relay.buffered_reply_bytes, 4 * kib);
  EXPECT_EQ(c.relay.error_body_bytes, 5 * kib);
  EXPECT_EQ(c.relay.slow_reader_bytes, 6 * kib);
  EXPECT_EQ(c.relay.response_head_bytes, 7 * kib);
  EXPECT_EQ(c.relay.response_fields, 8);
  EXPECT_EQ(c.relay.interim_responses, 9);
  EXPECT_EQ(c.relay.silence_before_head, 10s);
  EXPECT_EQ(c.relay.comment_interval, 11s);
  EXPECT_EQ(c.relay.abandoned_call_time, 12s);
  EXPECT_EQ(c.relay.abandoned_calls, 13);
  EXPECT_EQ(c.pool.idle_per_origin, 14);
  EXPECT_EQ(c.pool.idle_time, 15s);
  EXPECT_EQ(c.pool.dns_time, 16s);
}

TEST(Penstock, DefaultsOfEveryLimitLieInTheirRange) {
  // Written out as they are, the defaults must be accepted.
  const Config d;
  const auto ms = [](milliseconds time) { return std::to_string(time.count()) + "ms"; };
  const auto c = penstock("  limits:\n    http: {head_bytes: " + std::to_string(d.http.head_bytes) +
                          ", body_bytes_in_flight: " + std::to_string(d.http.body_bytes_in_flight) +
                          ", connections: " + std::to_string(d.http.connections) + ", connections_per_address: 0, idle_time: " +
                          ms(d.http.idle_time) + "}\n    relay: {media_event_bytes: " + std::to_string(d.relay.media_event_bytes) +
                          ", abandoned_call_time: " + ms(d.relay.abandoned_call_time) + "}\n  drain: {delay: " + ms(d.server.drain_delay) + "}\n");

  EXPECT_EQ(c.http.head_bytes, d.http.head_bytes);
  EXPECT_EQ(c.relay.media_event_bytes, d.relay.media_event_bytes);
}

TEST(Penstock, NullMeansTheDefault) {
  const auto c = penstock("  compat:\n  limits:\n  timers: {connect: ~}\n  cors: ~\n");

  EXPECT_EQ(c.timers.connect, 5s);
  EXPECT_EQ(c.server.cors_origins, std::vector<std::string>{"*"});
}

}  // namespace
}  // namespace config::test
