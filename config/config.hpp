// What the operator said: plain data with every default visible. Built by config/litellm.cpp from one YAML file,
// validated whole, then published as an immutable snapshot: any thread may read it, nobody writes it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/secret.hpp"

namespace config {

using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

inline constexpr std::int64_t kib = 1024;
inline constexpr std::int64_t mib = 1024 * kib;
inline constexpr std::int64_t gib = 1024 * mib;

/// Which statuses, `type` strings and texts clients see. A profile never changes what is decided.
enum class Compat { litellm_1_106, litellm_2025, openai };

/// `strict` refuses what the default only warns of (weak master keys, a public admin API without TLS, ...).
enum class Security { standard, strict };

/// Which name the `model` member of a reply carries: the one that the client asked for, or the upstream's own.
enum class ModelName { client, upstream };

enum class LogFormat { text, json };

/// Where a setting stands in its file, for messages. Line and column count from 1; 0 means "not from a file".
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

/// Header name and value that a deployment adds to each upstream request. Values may hold credentials.
using Headers = std::vector<std::pair<std::string, Secret>>;

/// One entry of `model_list`: one upstream that can serve a model group.
struct Deployment {
  std::string model_name;      // the group: what clients ask for; may hold `*` wildcards
  std::string id;              // model_info.id, else a hash of litellm_params (as LiteLLM shows in x-litellm-model-id)
  std::string model;           // litellm_params.model as written: "openai/gpt-4o", "azure/my-deployment", "demo/story"
  std::string provider;        // custom_llm_provider when written, else empty: the vendor table resolves `model`'s prefix
  std::string api_base;        // empty: the vendor's default, or its environment variable
  std::string api_version;     // Azure
  std::string organization;    // OpenAI-Organization
  Secret api_key;              // empty: the vendor's environment variable, or none
  std::int64_t weight = 0;     // relative pick weight; 0 when not written (then rpm, then tpm, else 1)
  bool weight_given = false;   // tells a written 0 (picked only when all others of its group are out) from none
  std::int64_t rpm = 0;        // 0: not written
  std::int64_t tpm = 0;
  int order = 0;               // lower first
  std::optional<milliseconds> timeout;
  std::optional<milliseconds> stream_timeout;
  Headers extra_headers;       // extra_headers and headers
  std::string extra_body;      // JSON object text, members added to the request body; empty: none
  std::string default_params;  // JSON object text: any OpenAI parameter written in litellm_params, used unless the client sent it
  std::vector<std::string> drop_params;  // additional_drop_params: top-level members that are cut
  std::string mock_response;   // answered inside the process instead of an upstream
  bool has_mock_response = false;
  std::string model_info;      // JSON object text of model_info as written, for /model/info
  std::string mode = "chat";   // model_info.mode: chat, completion, embedding, moderation, ...
  std::vector<std::string> access_groups;
  bool blocked = false;
  std::string unavailable;     // not empty: why it cannot serve (an unset os.environ/NAME); it then answers 503 with this text
  Place place;
};

struct TlsConfig {
  std::string certificate_file;  // PEM chain
  std::string private_key_file;
  [[nodiscard]] bool enabled() const { return !certificate_file.empty(); }
};

/// Bounds of the HTTP edge. Section `penstock.limits.http`; a name here is the YAML key there.
struct HttpLimits {
  std::int64_t head_bytes = 32 * kib;          // request line and fields together: 431
  std::int64_t target_bytes = 8 * kib;         // 414
  std::int64_t field_bytes = 8 * kib;          // one field line: 431
  int fields = 100;                            // 431
  std::int64_t body_bytes = 64 * mib;          // JSON body: 413
  std::int64_t body_bytes_in_flight = 1 * gib; // over all connections: 503
  int connections = 20'000;                    // in all; one over is answered 503 and closed
  int connections_per_address = 0;             // 0: unlimited
  int pipelined_requests = 64;                 // buffered behind a running one
  milliseconds header_time = 10s;              // from the first byte of a head to its end: 408
  milliseconds body_idle_time = 30s;           // between two reads of a body: 408
  milliseconds idle_time = 120s;               // keep-alive connection without a request: closed
  milliseconds write_idle_time = 30s;          // a reader that takes nothing: dropped
  milliseconds linger_time = 2s;               // after an early answer: read on so that the client can see it
  std::int64_t linger_bytes = 1 * mib;
};

/// Bounds of a relayed reply. Section `penstock.limits.relay`.
struct RelayLimits {
  std::int64_t event_bytes = 1 * mib;          // one incomplete event may wait
  std::int64_t media_event_bytes = 16 * mib;   // ... for images and audio
  std::int64_t buffered_reply_bytes = 1 * mib; // a plain reply up to this is read whole, a longer one relayed
  std::int64_t error_body_bytes = 64 * kib;    // of an upstream error
  std::int64_t slow_reader_bytes = 64 * kib;   // held for a client that reads slowly
  std::int64_t response_head_bytes = 64 * kib; // upstream's head: 502
  int response_fields = 256;
  int interim_responses = 16;                  // 1xx before the real one: 502
  milliseconds silence_before_head = 10s;      // then head and a comment go out, so that the client sees life
  milliseconds comment_interval = 15s;
  milliseconds abandoned_call_time = 120s;     // an abandoned plain call that is billed all the same is read to its end
  int abandoned_calls = 64;                    // per worker
};

/// Timers of one upstream attempt (BEHAVIOUR 20).
struct UpstreamTimers {
  milliseconds connect = 5s;
  milliseconds timeout = 600s;                 // first byte and first content; total of plain calls
  std::optional<milliseconds> stream_timeout;  // first byte and first content of streams
  milliseconds idle = 120s;                    // between events after the first content
};

/// Upstream connection pool, per worker and origin. Section `penstock.limits.pool`.
struct PoolLimits {
  int idle_per_origin = 256;
  milliseconds idle_time = 55s;                // below the 60 s at which common servers close
  seconds dns_time = 30s;                      // an answer is used this long, then refreshed while the old one serves
};

struct ServerConfig {
  std::string host;                            // empty: 0.0.0.0 with a master key, 127.0.0.1 without
  bool host_given = false;
  int port = 4000;                             // 0: a free one
  int workers = 0;                             // 0: one a core
  TlsConfig tls;
  std::string admin_listen;                    // penstock.admin.listen "HOST:PORT"; empty: on the main port
  std::string root_path;                       // SERVER_ROOT_PATH, "" or "/prefix"
  std::vector<std::string> trusted_proxies;    // CIDRs whose X-Forwarded-For counts
  std::vector<std::string> cors_origins = {"*"};
  milliseconds drain_time = 30s;               // after SIGTERM
  milliseconds drain_delay = 0ms;              // readiness turns to 503 this long before the listeners close
  bool metrics_require_key = false;
  LogFormat log_format = LogFormat::text;
  std::string log_level = "info";
  bool access_log = true;
};

struct RouterConfig {
  std::string strategy = "simple-shuffle";
  int num_retries = 2;
  std::map<std::string, std::string> aliases;  // model_group_alias: name -> group
  std::vector<std::string> hidden_aliases;     // ... not listed by /v1/models
};

struct AuthConfig {
  Secret master_key;                           // empty: the server is open and the admin API answers 401
  Secret salt_key;
  std::string key_header_name;                 // general_settings.litellm_key_header_name
  std::map<std::string, std::string> default_key_params;  // default_key_generate_params: field -> JSON text
  std::map<std::string, std::string> upper_key_params;    // upperbound_key_generate_params: field -> JSON text
  int cached_keys = 65'536;                    // per worker
  int cached_unknown_keys = 65'536;            // the negative side
  seconds cache_time = 60s;                    // user_api_key_cache_ttl
};

struct StoreConfig {
  std::string data_dir = "./penstock-data";
  std::string database_url;                    // postgresql://...: not before it works (BEHAVIOUR 13)
};

struct Config {
  ServerConfig server;
  HttpLimits http;
  RelayLimits relay;
  UpstreamTimers timers;
  PoolLimits pool;
  RouterConfig router;
  AuthConfig auth;
  StoreConfig store;
  Compat compat = Compat::litellm_1_106;
  Security security = Security::standard;
  ModelName relay_model_name = ModelName::client;
  bool cancel_on_disconnect = true;            // BEHAVIOUR 14, 19
  bool cancel_on_disconnect_given = false;
  bool drop_params = false;
  std::vector<Deployment> deployments;         // in file order
  std::map<std::string, std::string> environment;  // environment_variables, for readers of vendor keys
};

/// Published once, then never written.
using Snapshot = std::shared_ptr<const Config>;

}  // namespace config
