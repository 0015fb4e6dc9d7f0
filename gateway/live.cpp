#include "gateway/live.hpp"

namespace gateway {

Live::Live(config::Snapshot snapshot, const providers::Environment& environment) : config(std::move(snapshot)), table(config, environment) {
  for (const std::string& range : config->server.trusted_proxies) {
    if (const auto parsed = net::AddressRange::parse(range)) trusted_proxies.push_back(*parsed);
  }
  const config::TlsConfig& tls = config->server.tls;
  if (tls.enabled()) server_tls = net::TlsContext::server(tls.certificate_file, tls.private_key_file);
}

}  // namespace gateway
