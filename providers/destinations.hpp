// A request never chooses where it goes, with which credential or which headers: such members are refused (BEHAVIOUR 8). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/json_members.hpp"

namespace providers {

/// Where a top-level member of a body names a destination: "api_base", "metadata.api_key", "fallbacks[1].base_url"; nothing when it
/// does not. Looked at are the member itself, the entries of `metadata`, of `litellm_*` objects and of `*fallbacks` lists. What is
/// deeper, or in messages and tool schemas, is content.
std::optional<std::string> find_destination(const Member& member);

}  // namespace providers
