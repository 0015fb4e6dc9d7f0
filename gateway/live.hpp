// One configuration, made ready to serve with: published by the App, read by all threads, replaced as a whole. Immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "gateway/net/address.hpp"
#include "gateway/net/tls.hpp"
#include "routing/table.hpp"

namespace gateway {

struct Live {
  /// Throws std::runtime_error when the certificate cannot be loaded.
  Live(config::Snapshot snapshot, const providers::Environment& environment);

  config::Snapshot config;
  routing::Table table;
  std::vector<net::AddressRange> trusted_proxies;
  std::shared_ptr<const net::TlsContext> server_tls;  // null: plain
};

using LiveSnapshot = std::shared_ptr<const Live>;

}  // namespace gateway
