// The outgoing proxy that the environment names: http_proxy, https_proxy, no_proxy (either case; curl's rules). Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net {

class ProxySettings {
 public:
  struct Proxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization;  // "Basic ..." when the URL had user info
  };

  ProxySettings() = default;
  /// Reads the variables. A value that is not http://[user:password@]host[:port] is ignored.
  explicit ProxySettings(const std::function<std::optional<std::string>(std::string_view)>& environment);

  /// The proxy for a destination, or none.
  [[nodiscard]] const Proxy* choose(bool tls, std::string_view host, std::uint16_t port) const;

 private:
  std::optional<Proxy> http_;
  std::optional<Proxy> https_;
  std::vector<std::string> direct_;  // no_proxy entries, lower case, without leading dots
  bool all_direct_ = false;
};

}  // namespace net
