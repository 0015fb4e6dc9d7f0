// Foreign JSON on the admin API: bounded, then read with pydantic's rules, so that what LiteLLM took is taken here. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/api/admin/replies.hpp"

namespace admin {

/// The body's object; an empty body is an empty object.
Outcome<nlohmann::json> parse_body(std::string_view body);

enum class FieldKind { text, number, integer, boolean, texts, list, object, key_type, limit_type };

/// `value` as that kind (numbers may come as text, whole floats as integers); null stays null. What does not fit is noted in `findings`.
nlohmann::json read_value(FieldKind kind, const nlohmann::json& value, std::vector<std::string> location, std::vector<Finding>& findings);

}  // namespace admin
