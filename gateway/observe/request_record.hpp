// What is to be said of one request when it is over: filled while it runs, read by the access log and the metrics. A plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "providers/usage.hpp"

namespace observe {

using Duration = std::chrono::nanoseconds;

struct RequestRecord {
  std::string_view route;           // the route's pattern, of the table: a bounded set
  std::string model;                // as asked for
  std::string key_id;               // hash of the key; never the secret
  std::string_view deployment_id;   // of the deployment that answered, or was tried last; lives in the request's snapshot
  std::string_view provider;
  std::string client;               // address
  int status = 0;
  std::string_view outcome = "ok";  // ok, client_gone, incomplete, error, ...
  std::string error;                // what the client was told
  bool stream = false;
  int attempts = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::optional<Duration> first_byte;     // of the upstream's reply, from the request's arrival
  std::optional<Duration> first_content;
  Duration upstream{};                    // spent waiting for upstreams
  Duration total{};
  providers::Usage usage;
  std::string finish_reason;
};

}  // namespace observe
