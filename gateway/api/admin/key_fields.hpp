// The fields of /key/generate and its kin: one table of what there is, and how a field gets from a body into a record. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key_record.hpp"
#include "gateway/api/admin/json_body.hpp"
#include "gateway/api/admin/replies.hpp"

namespace admin {

/// Where a field lives: in a member of KeyRecord, in `fields`, in the metadata inside `fields` (as LiteLLM keeps it), or nowhere.
enum class FieldHome { record, fields, metadata, nowhere };

struct KeyField {
  std::string_view name;
  FieldKind kind;
  FieldHome home;
  std::string_view unset = "null";  // JSON of the value that stands for "not given" in answers
  bool enforced = true;             // false: stored only, which is said in the log whenever one is set
};

std::span<const KeyField> key_fields();

/// The body's known fields, each of its kind (null where null was sent); unknown ones are ignored. Else form C.
Outcome<nlohmann::json> read_key_fields(const nlohmann::json& body);

/// Rules on single values: non-negative budgets, durations, the form of a chosen key. Else form A, 400.
std::optional<AdminReply> check_key_fields(const nlohmann::json& given, auth::TimePoint now);

/// Takes the given fields over into the record: null clears, an absent field is left alone.
void apply_key_fields(auth::KeyRecord& record, const nlohmann::json& given, auth::TimePoint now);

/// Names of the given fields that nothing acts on yet, comma separated.
std::string unenforced(const nlohmann::json& given);

/// JSON text that we wrote ourselves, as an object.
nlohmann::json stored_object(const std::string& text);

}  // namespace admin
