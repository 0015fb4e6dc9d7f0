#include "gateway/net/proxy.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

namespace net {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return out;
}

std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::optional<ProxySettings::Proxy> parse(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    if (lower(url.substr(0, scheme)) != "http") return std::nullopt;
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find('/'));
  ProxySettings::Proxy proxy;
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    proxy.authorization = "Basic " + base64(url.substr(0, at));
    url.remove_prefix(at + 1);
  }
  std::string_view port = "80";
  if (!url.empty() && url.front() == '[') {
    const std::size_t close = url.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    proxy.host = url.substr(1, close - 1);
    if (close + 1 < url.size() && url[close + 1] == ':') port = url.substr(close + 2);
  } else {
    const std::size_t colon = url.rfind(':');
    proxy.host = url.substr(0, colon);
    if (colon != std::string_view::npos) port = url.substr(colon + 1);
  }
  const auto [stop, fault] = std::from_chars(port.data(), port.data() + port.size(), proxy.port);
  if (proxy.host.empty() || fault != std::errc{} || stop != port.data() + port.size() || proxy.port == 0) return std::nullopt;
  return proxy;
}

}  // namespace

ProxySettings::ProxySettings(const std::function<std::optional<std::string>(std::string_view)>& environment) {
  const auto either_case = [&environment](std::string_view lower_name, std::string_view upper_name) {
    std::optional<std::string> value = environment(lower_name);
    return value ? value : environment(upper_name);
  };
  if (const auto value = either_case("http_proxy", "HTTP_PROXY")) http_ = parse(*value);
  if (const auto value = either_case("https_proxy", "HTTPS_PROXY")) https_ = parse(*value);
  const std::string direct = lower(either_case("no_proxy", "NO_PROXY").value_or(""));
  std::size_t begin = 0;
  while (begin < direct.size()) {
    std::size_t end = direct.find_first_of(", ", begin);
    if (end == std::string::npos) end = direct.size();
    std::string entry = direct.substr(begin, end - begin);
    begin = end + 1;
    if (entry == "*") all_direct_ = true;
    while (!entry.empty() && (entry.front() == '.' || entry.front() == '*')) entry.erase(entry.begin());
    if (!entry.empty()) direct_.push_back(std::move(entry));
  }
}

const ProxySettings::Proxy* ProxySettings::choose(bool tls, std::string_view host, std::uint16_t port) const {
  const std::optional<Proxy>& proxy = tls ? https_ : http_;
  if (!proxy || all_direct_) return nullptr;
  const std::string name = lower(host);
  for (const std::string& entry : direct_) {
    if (name == entry || name + ":" + std::to_string(port) == entry) return nullptr;
    if (name.size() > entry.size() && name.ends_with(entry) && name[name.size() - entry.size() - 1] == '.') return nullptr;
  }
  return &*proxy;
}

}  // namespace net
