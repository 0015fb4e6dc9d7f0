// IP addresses: parsing, printing, ranges, and which of them we may connect to. Pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net {

using Address = boost::asio::ip::address;
using Endpoint = boost::asio::ip::tcp::endpoint;

/// "10.0.0.0/8", "::1", ...
class AddressRange {
 public:
  static std::optional<AddressRange> parse(std::string_view text);
  [[nodiscard]] bool contains(const Address& address) const;

 private:
  AddressRange(boost::asio::ip::address_v6 network, int bits) : network_(network), bits_(bits) {}
  boost::asio::ip::address_v6 network_;  // IPv4 as a mapped address
  int bits_;
};

/// Who named the destination: the config or a proxy admin (loopback and private addresses are theirs to name), or somebody whom only
/// public addresses are open to (BEHAVIOUR 9).
enum class NamedBy { operator_, others };

/// The egress gate's verdict on a resolved address. Link-local and metadata addresses are closed to both.
bool may_connect(const Address& address, NamedBy named_by);

/// The address of the client: the rightmost one in X-Forwarded-For that is not a trusted proxy, when the peer is one.
Address client_address(const Address& peer, std::string_view forwarded_for, const std::vector<AddressRange>& trusted_proxies);

}  // namespace net
