// A stable name for a deployment that was given none.
#pragma once

#include <string>
#include <string_view>

#include "config/yaml.hpp"

namespace config {

/// 32 hex digits: FNV-1a (128 bit) over the group's name and litellm_params as written, keys sorted. Credentials written
/// in the file are left out, so that a new key does not make a new deployment; `distinction` tells twins apart.
[[nodiscard]] std::string deployment_id(std::string_view model_name, const Node& litellm_params, std::string_view distinction);

}  // namespace config
