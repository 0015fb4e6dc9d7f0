#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "auth/keys.hpp"
#include "gateway/api/admin/json_body.hpp"
#include "gateway/api/admin/key_row.hpp"
#include "gateway/api/admin/keys.hpp"
#include "gateway/api/query.hpp"

namespace admin {

using nlohmann::json;

namespace {

bool reads_all(const auth::Caller& caller) { return caller.role == auth::Role::proxy_admin || caller.role == auth::Role::proxy_admin_viewer; }

/// Everybody else sees the key they came with.
bool may_read(const auth::Caller& caller, const auth::KeyRecord& record) {
  return reads_all(caller) || (caller.key && caller.key->token == record.token);
}

AdminReply not_found() { return refusal(404, "not_found_error", "key", "Key not found in database"); }

/// Typed query parameters; what does not fit is collected for one answer of form C.
class Parameters {
 public:
  explicit Parameters(const api::Query& query) : query_(query) {}

  std::string text(std::string_view name) const { return query_.find(name).value_or(""); }

  int number(std::string_view name, int unset, int least, int most) {
    const auto given = query_.find(name);
    if (!given) return unset;
    int value = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), value);
    const std::vector<std::string> place = {"query", std::string(name)};
    if (error == std::errc::invalid_argument || end != given->data() + given->size()) {
      findings.push_back({"int_parsing", place, "Input should be a valid integer, unable to parse string as an integer"});
    } else if (error == std::errc::result_out_of_range ? given->starts_with('-') : value < least) {
      findings.push_back({"greater_than_equal", place, "Input should be greater than or equal to " + std::to_string(least)});
    } else if (error == std::errc::result_out_of_range || value > most) {
      findings.push_back({"less_than_equal", place, "Input should be less than or equal to " + std::to_string(most)});
    } else {
      return value;
    }
    return unset;
  }

  bool flag(std::string_view name) {
    const auto given = query_.find(name);
    if (!given) return false;
    std::string word = *given;
    for (char& character : word) character = character >= 'A' && character <= 'Z' ? static_cast<char>(character + ('a' - 'A')) : character;
    for (const char* yes : {"true", "1", "yes", "on", "t", "y"}) {
      if (word == yes) return true;
    }
    for (const char* no : {"false", "0", "no", "off", "f", "n"}) {
      if (word == no) return false;
    }
    findings.push_back({"bool_parsing", {"query", std::string(name)}, "Input should be a valid boolean, unable to interpret input"});
    return false;
  }

  std::vector<Finding> findings;

 private:
  const api::Query& query_;
};

constexpr int any_page = std::numeric_limits<int>::max();

std::int64_t pages(std::int64_t total, int size) { return (total + size - 1) / size; }

Outcome<auth::KeyQuery> read_key_query(const api::Query& query, bool& full) {
  Parameters parameters(query);
  auth::KeyQuery out;
  out.page = parameters.number("page", 1, 1, any_page);
  out.size = parameters.number("size", 10, 1, 100);
  out.user_id = parameters.text("user_id");
  out.team_id = parameters.text("team_id");
  out.organization_id = parameters.text("organization_id");
  out.project_id = parameters.text("project_id");
  out.agent_id = parameters.text("agent_id");
  out.access_group_id = parameters.text("access_group_id");
  out.key_hash = auth::token_of(parameters.text("key_hash"));
  out.key_alias = parameters.text("key_alias");
  out.search = parameters.text("search");
  out.substring_matching = parameters.flag("substring_matching");
  full = parameters.flag("return_full_object") || !parameters.text("expand").empty();
  parameters.flag("include_team_keys");        // both concern callers that see less than all
  parameters.flag("include_created_by_keys");
  if (!parameters.findings.empty()) return unprocessable(parameters.findings);

  if (const auto sort_by = query.find("sort_by")) {
    constexpr std::string_view columns[] = {"spend", "max_budget", "created_at", "updated_at", "token", "key_alias"};
    if (std::find(std::begin(columns), std::end(columns), *sort_by) == std::end(columns)) {
      return handler_refusal(400, "Invalid sort column. Must be one of: ['spend', 'max_budget', 'created_at', 'updated_at', 'token', 'key_alias']");
    }
    out.sort_by = *sort_by;
  }
  const std::string order = query.find("sort_order").value_or("desc");
  if (order != "asc" && order != "desc") return handler_refusal(400, "Invalid sort order. Must be 'asc' or 'desc'");
  out.descending = order == "desc";

  const std::string status = parameters.text("status");
  if (!status.empty() && status != "deleted") return handler_refusal(400, "Invalid status value. Currently only 'deleted' is supported");
  out.deleted = status == "deleted";
  return out;
}

Outcome<api::Query> read_query(const Work& work) {
  auto query = api::Query::parse(work.request.query);
  if (!query) return refusal(400, "invalid_request_error", "", "The query string is not well-formed: percent-encode its values.");
  return *std::move(query);
}

}  // namespace

std::optional<auth::KeyRecord> find_live(auth::Registry& registry, std::string_view secret_or_token, auth::TimePoint now) {
  auto record = registry.find(auth::token_of(secret_or_token));
  if (record && record->superseded_at && now >= *record->superseded_at) return std::nullopt;
  return record;
}

AdminReply key_info(Work& work) {
  const auto query = read_query(work);
  if (!query) return query.error();
  const std::string asked = query->find("key").value_or("");
  const std::string key = asked.empty() ? std::string(work.request.caller.key_id()) : asked;

  auto record = find_live(work.registry, key, work.now);
  if (!record) record = work.registry.find_deleted(auth::token_of(key));
  if (!record) return not_found();
  if (!may_read(work.request.caller, *record)) {
    return handler_refusal(403, "You are not allowed to access this key's info. Your role=" + std::string(auth::role_name(work.request.caller.role)));
  }
  json row = key_row(*record);
  row.erase("token");
  row["status"] = record->deletion ? "deleted" : "active";
  return answer({{"key", key}, {"info", row}});
}

AdminReply keys_info(Work& work) {
  const auto body = parse_body(work.request.body);
  if (!body) return body.error();
  std::vector<Finding> findings;
  const json keys = read_value(FieldKind::texts, body->value("keys", json()), {"body", "keys"}, findings);
  if (!findings.empty()) return unprocessable(findings);
  if (keys.is_null()) return missing("keys");

  json rows = json::array();
  for (const json& key : keys) {
    const auto record = find_live(work.registry, key.get_ref<const std::string&>(), work.now);
    if (!record || !may_read(work.request.caller, *record)) continue;
    json row = key_row(*record);
    row["status"] = "active";
    rows.push_back(std::move(row));
  }
  return answer({{"key", keys}, {"info", rows}});
}

AdminReply list_keys(Work& work) {
  const auto raw = read_query(work);
  if (!raw) return raw.error();
  bool full = false;
  auto query = read_key_query(*raw, full);
  if (!query) return query.error();
  const auth::Caller& caller = work.request.caller;
  if (!reads_all(caller)) {
    if (!query->key_hash.empty() && query->key_hash != caller.key_id()) {
      return answer({{"keys", json::array()}, {"total_count", 0}, {"current_page", query->page}, {"total_pages", 0}});
    }
    query->key_hash = std::string(caller.key_id());
  }

  const auth::KeyPage page = work.registry.list(*query);
  json keys = json::array();
  for (const auth::KeyRecord& record : page.keys) keys.push_back(full ? key_row(record, "org_id") : json(record.token));
  return answer({{"keys", keys}, {"total_count", page.total}, {"current_page", query->page}, {"total_pages", pages(page.total, query->size)}});
}

AdminReply list_aliases(Work& work) {
  const auto query = read_query(work);
  if (!query) return query.error();
  Parameters parameters(*query);
  auth::AliasQuery asked;
  asked.page = parameters.number("page", 1, 1, any_page);
  asked.size = parameters.number("size", 50, 1, 100);
  asked.search = parameters.text("search");
  asked.team_id = parameters.text("team_id");
  if (!parameters.findings.empty()) return unprocessable(parameters.findings);

  const auth::AliasPage page = work.registry.aliases(asked);
  return answer({{"aliases", page.aliases},
                 {"total_count", page.total},
                 {"current_page", asked.page},
                 {"total_pages", pages(page.total, asked.size)},
                 {"size", asked.size}});
}

// Callbacks do not exist here; the key itself was judged on the way in.
AdminReply key_health(Work&) { return answer({{"key", "healthy"}, {"logging_callbacks", nullptr}}); }

}  // namespace admin
