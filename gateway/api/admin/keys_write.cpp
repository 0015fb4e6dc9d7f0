#include <algorithm>
#include <nlohmann/json.hpp>

#include "auth/keys.hpp"
#include "auth/time_text.hpp"
#include "gateway/api/admin/durations.hpp"
#include "gateway/api/admin/json_body.hpp"
#include "gateway/api/admin/key_fields.hpp"
#include "gateway/api/admin/key_limits.hpp"
#include "gateway/api/admin/key_row.hpp"
#include "gateway/api/admin/keys.hpp"

namespace admin {

using nlohmann::json;

namespace {

AdminReply not_found() { return refusal(404, "not_found_error", "key", "Key not found."); }

/// A member of the body that must be text; absent and null are the same.
Outcome<std::optional<std::string>> text_member(const json& body, const char* name) {
  std::vector<Finding> findings;
  const json value = read_value(FieldKind::text, body.value(name, json()), {"body", name}, findings);
  if (!findings.empty()) return unprocessable(findings);
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

/// The body's object with its key fields read, filled, bounded and checked: the common start of everything that writes.
Outcome<json> writable_fields(const Work& work, const json& body, Gap gap) {
  auto given = read_key_fields(body);
  if (!given) return given;
  const config::AuthConfig& config = work.config.auth;
  if (gap == Gap::fill) {
    if (auto refused = fill_defaults(config, *given)) return *refused;
  }
  if (auto refused = apply_upper_bounds(config, *given, work.now, gap)) return *refused;
  if (auto refused = check_key_fields(*given, work.now)) return *refused;
  return given;
}

std::optional<AdminReply> check_alias(Work& work, const json& given, std::string_view own_token) {
  const json alias = given.value("key_alias", json());
  if (!alias.is_string() || alias == "") return {};
  const auto holder = work.registry.find_by_alias(alias.get_ref<const std::string&>());
  if (!holder || holder->token == own_token) return {};
  return refusal(400, "bad_request_error", "key_alias",
                 "Key with alias '" + alias.get<std::string>() + "' already exists. Unique key aliases across all keys are required.");
}

bool can_be_sent(std::string_view secret) {
  return std::all_of(secret.begin(), secret.end(), [](char character) { return character > 0x20 && character < 0x7f; });
}

/// A secret that somebody chose.
std::optional<AdminReply> check_secret(const Work& work, std::string_view secret) {
  if (!auth::has_secret_prefix(secret)) {
    return handler_refusal(400, "Invalid key format. LiteLLM Virtual Key must start with 'sk-'. Received: ****");
  }
  if (!can_be_sent(secret) || static_cast<std::int64_t>(secret.size()) > work.config.http.field_bytes / 2) {
    return handler_refusal(400, "Invalid key format. A key goes into a header: visible ASCII characters only, and not longer than a header may be.");
  }
  const std::string_view master = work.config.auth.master_key.reveal();
  if (!master.empty() && auth::hash_secret(secret) == auth::hash_secret(master)) {
    return handler_refusal(400, "Invalid key format. This is the master key, which cannot be a virtual key as well.");
  }
  return {};
}

/// What the operator should know about a key that was written. Only the shown name: aliases are foreign text.
void warn(AdminReply& reply, const auth::KeyRecord& record, const json& given, std::string_view chosen_secret = {}) {
  const std::string key = "key " + record.key_name + " (" + record.token.substr(0, 8) + ")";
  if (const std::string names = unenforced(given); !names.empty()) {
    reply.warnings.push_back(key + ": " + names + " stored, but NOT ENFORCED by this version");
  }
  if (const auto weak = chosen_secret.empty() ? std::nullopt : auth::weakness(chosen_secret)) {
    reply.warnings.push_back(key + ": the chosen secret can be guessed: " + *weak);
  }
  for (const char* name : {"team_id", "user_id", "organization_id"}) {
    if (!given.value(name, json()).is_string()) continue;
    reply.warnings.push_back(key + ": its " + name + " is only a label: this version keeps no such objects");
  }
}

/// Everything that must leave the caches when this record changes.
std::vector<std::string> all_tokens(Work& work, const std::string& token) {
  std::vector<std::string> tokens = work.registry.former_tokens(token);
  tokens.push_back(token);
  return tokens;
}

void stamp(auth::KeyRecord& record, const Work& work) {
  record.updated_at = work.now;
  record.updated_by = work.actor();
  record.superseded_at.reset();  // found by a former secret or not, the row is the current one
}

AdminReply set_blocked(Work& work, bool blocked) {
  const auto body = parse_body(work.request.body);
  if (!body) return body.error();
  const auto key = text_member(*body, "key");
  if (!key) return key.error();
  if (!*key) return missing("key");
  auto record = find_live(work.registry, **key, work.now);
  if (!record) return not_found();

  record->blocked = blocked;
  stamp(*record, work);
  work.registry.put(*record);
  AdminReply reply = answer(key_row(*record));
  reply.changed_tokens = all_tokens(work, record->token);
  return reply;
}

void count_rotation(auth::KeyRecord& record, auth::TimePoint now) {
  json stored = stored_object(record.fields);
  const json count = stored.value("rotation_count", json(0));
  stored["rotation_count"] = count.is_number_integer() ? count.get<std::int64_t>() + 1 : 1;
  stored["last_rotation_at"] = auth::iso_time(now);
  record.fields = dump(stored);
}

void note_settings_change(auth::KeyRecord& record, auth::TimePoint now) {
  json stored = stored_object(record.fields);
  stored["settings_updated_at"] = auth::iso_time(now);
  record.fields = dump(stored);
}

}  // namespace

std::string Work::actor() const { return request.changed_by.empty() ? std::string(request.caller.user_id()) : request.changed_by; }

AdminReply generate_key(Work& work) {
  const auto body = parse_body(work.request.body);
  if (!body) return body.error();
  const auto given = writable_fields(work, *body, Gap::fill);
  if (!given) return given.error();

  const json chosen = given->value("key", json());
  const std::string secret = chosen.is_string() ? chosen.get<std::string>() : auth::make_secret();
  if (auto refused = check_secret(work, secret)) return *refused;

  auth::KeyRecord record{.token = auth::hash_secret(secret), .key_name = auth::key_name(secret), .created_at = work.now, .created_by = work.actor()};
  if (auto refused = check_alias(work, *given, record.token)) return *refused;
  apply_key_fields(record, *given, work.now);
  stamp(record, work);
  work.registry.put(record);  // a secret that exists is overwritten, as LiteLLM does for admins

  AdminReply reply = answer(new_key_answer(record, secret));
  reply.changed_tokens = all_tokens(work, record.token);  // workers may remember it as unknown
  warn(reply, record, *given, chosen.is_string() ? secret : "");
  return reply;
}

AdminReply update_key(Work& work) {
  auto body = parse_body(work.request.body);
  if (!body) return body.error();
  auto given = writable_fields(work, *body, Gap::leave);
  if (!given) return given.error();
  const json key = given->value("key", json());
  const json alias = given->value("key_alias", json());
  given->erase("key");

  std::optional<auth::KeyRecord> record;
  if (key.is_string()) {
    record = find_live(work.registry, key.get_ref<const std::string&>(), work.now);
  } else if (alias.is_string()) {
    record = work.registry.find_by_alias(alias.get_ref<const std::string&>());
  } else {
    return unprocessable({{"value_error", {"body"}, "Value error, Either 'key' or 'key_alias' must be provided"}});
  }
  if (!record) return not_found();
  if (auto refused = check_alias(work, *given, record->token)) return *refused;

  apply_key_fields(*record, *given, work.now);
  note_settings_change(*record, work.now);
  stamp(*record, work);
  work.registry.put(*record);

  json row = key_row(*record);
  row["key"] = key.is_string() ? key : json(record->token);
  AdminReply reply = answer(row);
  reply.changed_tokens = all_tokens(work, record->token);
  warn(reply, *record, *given);
  return reply;
}

AdminReply delete_keys(Work& work) {
  const auto body = parse_body(work.request.body);
  if (!body) return body.error();
  std::vector<Finding> findings;
  const json keys = read_value(FieldKind::texts, body->value("keys", json()), {"body", "keys"}, findings);
  const json aliases = read_value(FieldKind::texts, body->value("key_aliases", json()), {"body", "key_aliases"}, findings);
  if (!findings.empty()) return unprocessable(findings);
  if (keys.is_null() && aliases.is_null()) {
    return unprocessable({{"value_error", {"body"}, "Value error, At least one of 'keys' or 'key_aliases' must be provided"}});
  }

  AdminReply reply;
  json deleted = json::array();
  const auth::Deletion deletion{.at = work.now, .by = work.actor(), .by_api_key = std::string(work.request.caller.key_id())};
  const auto erase = [&](const std::optional<auth::KeyRecord>& record, const json& passed) {
    if (!record) return;
    for (std::string& token : all_tokens(work, record->token)) reply.changed_tokens.push_back(std::move(token));
    if (work.registry.erase(record->token, deletion)) deleted.push_back(passed);
  };
  if (keys.is_array()) {
    for (const json& key : keys) erase(find_live(work.registry, key.get_ref<const std::string&>(), work.now), key);
  }
  if (aliases.is_array()) {
    for (const json& alias : aliases) erase(work.registry.find_by_alias(alias.get_ref<const std::string&>()), alias);
  }
  if (deleted.empty()) return handler_refusal(404, "{'error': 'No keys found'}");
  reply.body = dump({{"deleted_keys", deleted}});
  return reply;
}

AdminReply block_key(Work& work) { return set_blocked(work, true); }
AdminReply unblock_key(Work& work) { return set_blocked(work, false); }

AdminReply regenerate_key(Work& work) {
  const auto body = parse_body(work.request.body);
  if (!body) return body.error();
  for (const char* name : {"key", "new_key", "grace_period", "new_master_key"}) {
    if (const auto text = text_member(*body, name); !text) return text.error();
  }
  const json in_body = body->value("key", json());
  if (body->value("new_master_key", json()).is_string()) {
    return handler_refusal(400, "The master key is set by general_settings.master_key or LITELLM_MASTER_KEY: change it there and reload.");
  }
  if (work.key_in_path.empty() && !in_body.is_string()) return missing("key");
  auto given = writable_fields(work, *body, Gap::leave);
  if (!given) return given.error();
  given->erase("key");

  auto record = find_live(work.registry, work.key_in_path.empty() ? in_body.get<std::string>() : work.key_in_path, work.now);
  if (!record) return not_found();
  const std::string old_token = record->token;

  const json chosen = body->value("new_key", json());
  const std::string secret = chosen.is_string() ? chosen.get<std::string>() : auth::make_secret();
  if (auto refused = check_secret(work, secret)) return *refused;
  const auto holder = find_live(work.registry, secret, work.now);
  if (holder && holder->token != old_token) return handler_refusal(409, "new_key is the secret of another key.");
  if (auto refused = check_alias(work, *given, old_token)) return *refused;

  std::optional<auth::TimePoint> old_works_until;
  if (const json grace = body->value("grace_period", json()); grace.is_string()) {
    old_works_until = after(work.now, grace.get_ref<const std::string&>());
    if (!old_works_until) return handler_refusal(400, "Invalid grace_period format. Use a format like '30m', '24h' or '7d'.");
  }

  apply_key_fields(*record, *given, work.now);
  count_rotation(*record, work.now);
  stamp(*record, work);
  record->token = auth::hash_secret(secret);
  record->key_name = auth::key_name(secret);
  std::vector<std::string> tokens = all_tokens(work, old_token);
  work.registry.replace(old_token, *record, old_works_until);

  AdminReply reply = answer(new_key_answer(*record, secret));
  reply.changed_tokens = std::move(tokens);
  reply.changed_tokens.push_back(record->token);
  warn(reply, *record, *given, chosen.is_string() ? secret : "");
  return reply;
}

}  // namespace admin
