// The table of routes: verb and path to endpoint. The admin API brings its own table (api/admin); everything else is here.
#pragma once

#include <string>
#include <string_view>

#include "gateway/api/context.hpp"
#include "gateway/net/task.hpp"

namespace api {

/// What a route is for: decides where it is served when the admin API has a port of its own, and whether CORS opens it.
enum class Plane { inference, health, admin };

using Endpoint = net::Task<void> (*)(Context&);

struct Route {
  std::string_view verb;
  std::string_view pattern;  // "{model}" stands for one or more segments
  Plane plane;
  Endpoint endpoint;
};

struct RouteMatch {
  const Route* route = nullptr;  // null: see `allowed`
  std::string path_variable;     // percent-decoded
  std::string allowed;           // verbs of the path when the verb was wrong: "GET, HEAD"; empty: no such path
};

/// `path` is without the root path and normalised.
RouteMatch find_route(std::string_view verb, std::string_view path);

/// Removes SERVER_ROOT_PATH and doubled slashes; nothing when the path is not under the root path.
std::optional<std::string> normalised_path(std::string_view path, std::string_view root_path);

}  // namespace api
