#include "gateway/net/address.hpp"

#include <array>
#include <charconv>

namespace net {
namespace {

namespace ip = boost::asio::ip;

ip::address_v6 as_v6(const Address& address) {
  return address.is_v6() ? address.to_v6() : ip::make_address_v6(ip::v4_mapped, address.to_v4());
}

/// IPv4 inside an IPv6 form (mapped, NAT64, 6to4) counts as the IPv4 address it reaches.
Address unwrapped(const Address& address) {
  if (address.is_v4()) return address;
  const ip::address_v6 v6 = address.to_v6();
  const auto bytes = v6.to_bytes();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
  const std::array<unsigned char, 12> nat64{0x00, 0x64, 0xff, 0x9b};
  if (std::equal(nat64.begin(), nat64.end(), bytes.begin())) {
    return ip::address_v4(ip::address_v4::bytes_type{bytes[12], bytes[13], bytes[14], bytes[15]});
  }
  if (bytes[0] == 0x20 && bytes[1] == 0x02) {
    return ip::address_v4(ip::address_v4::bytes_type{bytes[2], bytes[3], bytes[4], bytes[5]});
  }
  return address;
}

bool in_any(const Address& address, const std::vector<AddressRange>& ranges) {
  for (const AddressRange& range : ranges) {
    if (range.contains(address)) return true;
  }
  return false;
}

std::vector<AddressRange> parse_all(std::initializer_list<const char*> texts) {
  std::vector<AddressRange> ranges;
  for (const char* text : texts) ranges.push_back(*AddressRange::parse(text));
  return ranges;
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  boost::system::error_code error;
  const Address address = ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return std::nullopt;
  const int longest = address.is_v4() ? 32 : 128;
  int bits = longest;
  if (slash != std::string_view::npos) {
    const char* begin = text.data() + slash + 1;
    const char* end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(begin, end, bits);
    if (fault != std::errc{} || stop != end || bits < 0 || bits > longest) return std::nullopt;
  }
  return AddressRange(as_v6(address), address.is_v4() ? bits + 96 : bits);
}

bool AddressRange::contains(const Address& address) const {
  const auto left = network_.to_bytes();
  const auto right = as_v6(address).to_bytes();
  for (int bit = 0; bit < bits_; bit += 8) {
    const auto index = static_cast<std::size_t>(bit / 8);
    const int rest = bits_ - bit;
    const auto mask = static_cast<unsigned char>(rest >= 8 ? 0xff : 0xff << (8 - rest));
    if ((left[index] & mask) != (right[index] & mask)) return false;
  }
  return true;
}

bool may_connect(const Address& given, NamedBy named_by) {
  // link-local (cloud metadata lives there), multicast, broadcast: nobody's upstream
  static const std::vector<AddressRange> never = parse_all(
      {"169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "100.100.100.200", "224.0.0.0/4", "ff00::/8", "240.0.0.0/4"});
  static const std::vector<AddressRange> not_public = parse_all(
      {"0.0.0.0/8", "::", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
       "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::1", "fc00::/7", "2001:db8::/32", "2001::/32"});
  const Address address = unwrapped(given);
  if (in_any(address, never)) return false;
  return named_by == NamedBy::operator_ || !in_any(address, not_public);
}

Address client_address(const Address& peer, std::string_view forwarded_for, const std::vector<AddressRange>& trusted_proxies) {
  Address client = peer;
  while (!forwarded_for.empty() && in_any(client, trusted_proxies)) {
    const std::size_t comma = forwarded_for.rfind(',');
    std::string_view last = comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
    forwarded_for = comma == std::string_view::npos ? std::string_view{} : forwarded_for.substr(0, comma);
    while (!last.empty() && (last.front() == ' ' || last.front() == '\t')) last.remove_prefix(1);
    while (!last.empty() && (last.back() == ' ' || last.back() == '\t')) last.remove_suffix(1);
    boost::system::error_code error;
    const Address named = ip::make_address(std::string(last), error);
    if (error) break;
    client = named;
  }
  return client;
}

}  // namespace net
