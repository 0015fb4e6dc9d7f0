// A stored key as the admin API shows it. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "auth/key_record.hpp"

namespace admin {

/// All fields of the row, unset ones null; `token` included. /key/list calls the organization `org_id`.
nlohmann::json key_row(const auth::KeyRecord& record, std::string_view organization_member = "organization_id");

/// What /key/generate and /key/regenerate answer: every request field, and the secret this one time.
nlohmann::json new_key_answer(const auth::KeyRecord& record, std::string_view secret);

}  // namespace admin
