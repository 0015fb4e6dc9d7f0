// Upstream connections of one worker, kept open between requests, by origin. Worker-owned.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "gateway/net/byte_stream.hpp"
#include "gateway/net/connect.hpp"
#include "providers/vendor.hpp"

namespace http {

/// One connection to an origin (or to it through a proxy).
struct Connection {
  std::unique_ptr<net::ByteStream> stream;
  std::string target_prefix;        // see net::Connected
  std::string proxy_authorization;
  std::string head;                 // bytes of the current response head: views of the reply point into it
  bool reused = false;              // has carried a request before
  net::Instant idle_since{};
};

struct OriginHash {
  std::size_t operator()(const providers::Origin& origin) const noexcept {
    return std::hash<std::string>{}(origin.host) ^ (std::size_t{origin.port} << 1) ^ std::size_t{origin.tls};
  }
};

class Pool {
 public:
  explicit Pool(config::PoolLimits limits) : limits_(limits) {}

  void set_limits(const config::PoolLimits& limits) { limits_ = limits; }

  /// The connection that was used last, if one is there whose peer has neither closed it nor sent anything since.
  std::unique_ptr<Connection> take(const providers::Origin& origin);
  /// Keeps a connection whose last exchange ended cleanly; watches it from here on.
  void put(const providers::Origin& origin, std::unique_ptr<Connection> connection);
  /// Closes what has been idle for too long.
  void sweep(net::Instant now);
  void close_all() { idle_.clear(); }

  [[nodiscard]] std::size_t idle() const;

 private:
  config::PoolLimits limits_;
  std::unordered_map<providers::Origin, std::vector<std::unique_ptr<Connection>>, OriginHash> idle_;
};

}  // namespace http
