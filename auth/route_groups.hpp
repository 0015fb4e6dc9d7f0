// LiteLLM's named groups of routes, as allowed_routes and key_type of a key use them. Pure.
#pragma once

#include <string_view>

namespace auth {

inline constexpr std::string_view llm_api_routes = "llm_api_routes";
inline constexpr std::string_view management_routes = "management_routes";
inline constexpr std::string_view info_routes = "info_routes";

bool is_route_group(std::string_view name);
bool in_route_group(std::string_view group, std::string_view path);

/// default: empty, that is every route.
std::string_view route_group_of_key_type(std::string_view key_type);

}  // namespace auth
