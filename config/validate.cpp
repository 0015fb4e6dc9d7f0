#include "config/validate.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "config/syntax.hpp"

namespace config {
namespace {

bool is_every_address(std::string_view host) { return host == "0.0.0.0" || host == "::"; }

bool overlap(std::string_view one, std::string_view other) { return one == other || is_every_address(one) || is_every_address(other); }

/// Applies all rules to one Config. Lives for one call of validate().
class Rules {
 public:
  Rules(const Config& config, const Places& places) : config_(config), places_(places) {}

  std::vector<Problem> apply() && {
    check_ports();
    check_tls();
    check_master_key();
    check_admin_address();
    check_addresses();
    check_aliases();
    check_limits();
    return std::move(problems_);
  }

 private:
  [[nodiscard]] Place place_of(std::string_view path, std::string_view otherwise) const {
    const auto found = places_.find(path);
    return found == places_.end() ? Place{.file = std::string(otherwise), .line = 0, .column = 0} : found->second;
  }

  void error(Place place, std::string message, std::string_view suggestion = {}) {
    problems_.push_back({.severity = Severity::error,
                         .place = std::move(place),
                         .message = std::move(message),
                         .suggestion = std::string(suggestion)});
  }

  /// What the standard profile warns of and the strict one refuses (BEHAVIOUR 4).
  void risk(Place place, std::string message) {
    const auto severity = config_.security == Security::strict ? Severity::error : Severity::warning;
    problems_.push_back({.severity = severity, .place = std::move(place), .message = std::move(message), .suggestion = {}});
  }

  void check_ports() {
    constexpr int most_workers = 1'024;
    const auto& server = config_.server;
    if (server.port < 0 || server.port > 65'535) error(place_of("port", "command line"), "the port must be from 0 to 65535");
    if (server.workers < 0 || server.workers > most_workers) {
      error(place_of("workers", "command line"), "the number of workers must be from 0 to " + std::to_string(most_workers));
    }
    if (server.admin_listen.empty()) return;
    const auto admin = parse_host_port(server.admin_listen);
    const auto place = place_of("penstock.admin.listen", "penstock");
    if (!admin) {
      error(place, "penstock.admin.listen must be HOST:PORT");
    } else if (admin->port != 0 && admin->port == server.port && overlap(admin->host, listening_host(config_))) {
      error(place, "penstock.admin.listen has the address and port of the main listener");
    }
  }

  void check_tls() {
    const auto& tls = config_.server.tls;
    if (!tls.certificate_file.empty() && tls.private_key_file.empty()) {
      error(place_of("penstock.tls.certificate", "command line"), "a TLS certificate needs its private key: penstock.tls.key");
    }
    if (tls.certificate_file.empty() && !tls.private_key_file.empty()) {
      error(place_of("penstock.tls.key", "command line"), "a TLS private key needs its certificate: penstock.tls.certificate");
    }
  }

  void check_master_key() {
    const auto key = config_.auth.master_key.reveal();
    const auto place = place_of("general_settings.master_key", "environment");
    const bool is_strict = config_.security == Security::strict;
    if (key.empty()) {
      if (is_strict) error(place_of("penstock.security", "penstock"), "penstock.security: strict needs a master key");
    } else if (!is_field_value(key)) {
      error(place, "the master key holds a line break or control character: no client can send it");
    } else if (is_weak_master_key(key)) {
      risk(place, "the master key is weak or a well-known one; take `sk-` and at least 32 random characters");
    } else if (!key.starts_with("sk-")) {
      risk(place, "the master key should begin with sk-, as LiteLLM asks");
    }
  }

  void check_admin_address() {
    const auto& server = config_.server;
    if (config_.auth.master_key.empty() || server.tls.enabled()) return;  // without a master key the admin API answers 401
    const auto admin = parse_host_port(server.admin_listen);
    const auto host = admin ? admin->host : listening_host(config_);
    if (is_loopback(host)) return;
    risk(place_of(admin ? "penstock.admin.listen" : "general_settings.master_key", "environment"),
         "the admin API listens on " + host + " without TLS, so that the master key crosses the network in clear; "
         "set penstock.tls, or penstock.admin.listen to a loopback address");
  }

  void check_addresses() {
    const auto& server = config_.server;
    for (std::size_t i = 0; i < server.trusted_proxies.size(); ++i) {
      if (is_address_range(server.trusted_proxies[i])) continue;
      error(place_of_item("penstock.trusted_proxies", i), "not an address, nor a range as 10.0.0.0/8");
    }
    for (std::size_t i = 0; i < server.cors_origins.size(); ++i) {
      if (is_origin(server.cors_origins[i])) continue;
      error(place_of_item("penstock.cors", i), "not an origin as https://app.example.com (without a path), nor *");
    }
  }

  [[nodiscard]] Place place_of_item(const std::string& list, std::size_t index) const {
    const auto item = list + '[' + std::to_string(index) + ']';
    return places_.contains(item) ? place_of(item, "penstock") : place_of(list, "penstock");
  }

  void check_aliases() {
    std::set<std::string_view> groups;
    std::vector<std::string_view> wildcards;
    for (const auto& deployment : config_.deployments) {
      groups.insert(deployment.model_name);
      if (deployment.model_name.find('*') != std::string::npos) wildcards.push_back(deployment.model_name);
    }
    const std::vector<std::string_view> known(groups.begin(), groups.end());
    for (const auto& [alias, target] : config_.router.aliases) {
      const bool is_served = groups.contains(target) ||
                             std::ranges::any_of(wildcards, [&](std::string_view pattern) { return matches_wildcard(pattern, target); });
      if (is_served) continue;
      const auto suggestion = problems_.size() < most_suggestions ? nearest(target, known) : std::string_view{};
      error(place_of("router_settings.model_group_alias." + shown(alias), "router_settings"),
            "the alias " + shown(alias) + " names no model of model_list", suggestion);
    }
  }

  void check_limits() {
    const auto& http = config_.http;
    const auto fits = [this](std::int64_t part, std::int64_t whole, const std::string& part_path, const std::string& whole_path) {
      if (part <= whole) return;
      const auto& written = places_.contains(part_path) ? part_path : whole_path;
      error(place_of(written, "penstock"), part_path + " is larger than " + whole_path);
    };
    const std::string limits = "penstock.limits.http.";
    fits(http.field_bytes, http.head_bytes, limits + "field_bytes", limits + "head_bytes");
    fits(http.target_bytes, http.head_bytes, limits + "target_bytes", limits + "head_bytes");
    fits(http.body_bytes, http.body_bytes_in_flight, limits + "body_bytes", limits + "body_bytes_in_flight");
  }

  static constexpr std::size_t most_suggestions = 100;

  const Config& config_;
  const Places& places_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> validate(const Config& config, const Places& places) { return Rules(config, places).apply(); }

std::string listening_host(const Config& config) {
  if (!config.server.host.empty()) return config.server.host;
  return config.auth.master_key.empty() ? "127.0.0.1" : "0.0.0.0";
}

bool is_weak_master_key(std::string_view key) {
  constexpr std::size_t shortest = 16;
  constexpr std::size_t fewest_different = 6;
  if (key.size() < shortest || key.starts_with("sk-1234")) return true;
  return std::set<char>(key.begin(), key.end()).size() < fewest_different;
}

}  // namespace config
