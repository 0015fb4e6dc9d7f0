// An api_base as operators write it, taken apart strictly. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/vendor.hpp"

namespace providers {

struct BaseUrl {
  Origin origin;
  std::string path;        // without trailing '/'; "" for none
  std::string query;       // without '?'
  std::string host_field;  // for the Host header: IPv6 in brackets, the port when it is not the scheme's own
};

/// http or https, a host name, IPv4 address or [IPv6 address], a port, a path, a query. Anything else (a user, a fragment, blanks) is
/// an error whose text names `what`, such as "api_base".
Result<BaseUrl> parse_base_url(std::string_view url, std::string_view what);

}  // namespace providers
