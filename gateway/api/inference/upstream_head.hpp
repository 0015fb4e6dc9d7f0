// The head of a request to an upstream: what goes up is an allow-list; the client's credentials never do.
#pragma once

#include <string>

#include "gateway/api/inference/upstream.hpp"

namespace api {

/// Overwrites `out`. False when a setting of the deployment holds a byte that a head cannot carry.
bool write_upstream_head(std::string& out, const Context& context, const Destination& destination, const providers::ModelRequest& request,
                         std::size_t body_bytes, const http::Connection& connection);

}  // namespace api
