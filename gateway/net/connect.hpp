// The one way out: every upstream connection is made here, and here its resolved address passes the egress gate (DESIGN D15).
#pragma once

#include <memory>
#include <string>

#include "gateway/net/address.hpp"
#include "gateway/net/byte_stream.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/proxy.hpp"
#include "gateway/net/resolver.hpp"
#include "gateway/net/tls.hpp"
#include "providers/vendor.hpp"

namespace net {

/// A connection to an origin, or why there is none.
struct Connected {
  std::unique_ptr<ByteStream> stream;  // null: `error` says why
  std::string error;
  bool timed_out = false;
  /// Plain http through a proxy: the request target needs this in front ("http://host:port"), and the proxy its own credential.
  std::string target_prefix;
  std::string proxy_authorization;
};

/// Worker-owned.
class Connector {
 public:
  Connector(Loop& loop, Resolver& resolver, std::shared_ptr<const TlsContext> tls, ProxySettings proxies, std::chrono::seconds keep_names)
      : loop_(loop), resolver_(resolver), tls_(std::move(tls)), proxies_(std::move(proxies)), keep_names_(keep_names) {}

  /// Tries the addresses in turn, in the resolver's order, until `timeout` has passed in all. For https the peer is verified before a
  /// byte of the request can be written.
  Task<Connected> connect(providers::Origin origin, NamedBy named_by, std::chrono::milliseconds timeout);

 private:
  struct Socket {
    int fd = -1;
    std::string error;
  };
  Task<Socket> open_socket(std::string host, std::uint16_t port, NamedBy named_by, Deadline& deadline);
  Task<std::string> open_tunnel(int fd, const ProxySettings::Proxy& proxy, const providers::Origin& origin, Deadline& deadline);

  Loop& loop_;
  Resolver& resolver_;
  std::shared_ptr<const TlsContext> tls_;
  ProxySettings proxies_;
  std::chrono::seconds keep_names_;
};

}  // namespace net
