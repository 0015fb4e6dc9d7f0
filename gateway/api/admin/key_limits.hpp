// What the operator's config says about keys that are made: default_key_generate_params and upperbound_key_generate_params. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "config/config.hpp"
#include "gateway/api/admin/replies.hpp"

namespace admin {

/// Fills fields that were not given, or given as null or empty, from default_key_generate_params.
std::optional<AdminReply> fill_defaults(const config::AuthConfig& config, nlohmann::json& given);

enum class Gap { fill, leave };

/// Refuses what exceeds upperbound_key_generate_params (400); a new key without a value gets the bound itself.
std::optional<AdminReply> apply_upper_bounds(const config::AuthConfig& config, nlohmann::json& given, auth::TimePoint now, Gap gap);

}  // namespace admin
