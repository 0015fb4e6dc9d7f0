#include "gateway/store/sqlite_registry.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "gateway/store/schema.hpp"

namespace store {

namespace {

using auth::KeyRecord;
using auth::TimePoint;

// The columns of both tables, in the order of bind_row() and read_row().
#define KEY_COLUMNS \
  "token, key_name, key_alias, models, expires, blocked, user_id, team_id, organization_id, key_type, allowed_routes, fields, " \
  "created_at, updated_at, created_by, updated_by"
constexpr int key_columns = 16;

constexpr const char* upsert =
    "INSERT INTO keys (" KEY_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token) DO UPDATE SET "
    "key_name = excluded.key_name, key_alias = excluded.key_alias, models = excluded.models, expires = excluded.expires, "
    "blocked = excluded.blocked, user_id = excluded.user_id, team_id = excluded.team_id, organization_id = excluded.organization_id, "
    "key_type = excluded.key_type, allowed_routes = excluded.allowed_routes, fields = excluded.fields, created_at = excluded.created_at, "
    "updated_at = excluded.updated_at, created_by = excluded.created_by, updated_by = excluded.updated_by";

std::int64_t millis(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint time_of(std::int64_t value) { return TimePoint(std::chrono::milliseconds(value)); }

std::string list_text(const std::vector<std::string>& values) {
  return nlohmann::json(values).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> values;
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_array()) throw std::runtime_error("the key database holds a list that is none: " + text.substr(0, 80));
  for (const auto& value : parsed) {
    if (value.is_string()) values.push_back(value.get<std::string>());
  }
  return values;
}

void bind_row(Statement& statement, const KeyRecord& record) {
  const std::optional<std::int64_t> expires = record.expires ? std::optional(millis(*record.expires)) : std::nullopt;
  statement.bind(record.token).bind(record.key_name).bind_or_null(record.key_alias).bind(list_text(record.models)).bind_or_null(expires);
  statement.bind(std::int64_t{record.blocked}).bind_or_null(record.user_id).bind_or_null(record.team_id).bind_or_null(record.organization_id);
  statement.bind(record.key_type).bind(list_text(record.allowed_routes)).bind(record.fields);
  statement.bind(millis(record.created_at)).bind(millis(record.updated_at)).bind(record.created_by).bind(record.updated_by);
}

std::optional<std::string> text_or_null(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.text(column));
}

KeyRecord read_row(const Statement& row) {
  KeyRecord record;
  record.token = row.text(0);
  record.key_name = row.text(1);
  record.key_alias = text_or_null(row, 2);
  record.models = list_of(row.text(3));
  if (!row.is_null(4)) record.expires = time_of(row.number(4));
  record.blocked = row.number(5) != 0;
  record.user_id = text_or_null(row, 6);
  record.team_id = text_or_null(row, 7);
  record.organization_id = text_or_null(row, 8);
  record.key_type = row.text(9);
  record.allowed_routes = list_of(row.text(10));
  record.fields = row.text(11);
  record.created_at = time_of(row.number(12));
  record.updated_at = time_of(row.number(13));
  record.created_by = row.text(14);
  record.updated_by = row.text(15);
  return record;
}

KeyRecord read_deleted_row(const Statement& row) {
  KeyRecord record = read_row(row);
  record.deletion = auth::Deletion{.at = time_of(row.number(key_columns)), .by = row.text(key_columns + 1), .by_api_key = row.text(key_columns + 2)};
  return record;
}

std::optional<KeyRecord> one_row(Statement& statement, KeyRecord (*read)(const Statement&)) {
  std::optional<KeyRecord> record;
  if (statement.step()) record = read(statement);
  statement.rewind();
  return record;
}

/// Conditions are fixed text; values are only ever bound.
struct Filter {
  std::string where;
  std::vector<std::string> values;

  void add(const char* condition, std::string value, int times = 1) {
    where += where.empty() ? " WHERE " : " AND ";
    where += condition;
    values.insert(values.end(), static_cast<std::size_t>(times), value);
  }

  void bind_to(Statement& statement) const {
    for (const std::string& value : values) statement.bind(value);
  }
};

Filter filter_of(const auth::KeyQuery& query) {
  Filter filter;
  const auto text_filter = [&](const std::string& value, const char* equal, const char* like) {
    if (value.empty()) return;
    if (query.substring_matching) {
      filter.add(like, like_anywhere(value));
    } else {
      filter.add(equal, value);
    }
  };
  text_filter(query.user_id, "user_id = ?", "user_id LIKE ? ESCAPE '\\'");
  text_filter(query.key_alias, "key_alias = ?", "key_alias LIKE ? ESCAPE '\\'");
  if (!query.team_id.empty()) filter.add("team_id = ?", query.team_id);
  if (!query.organization_id.empty()) filter.add("organization_id = ?", query.organization_id);
  if (!query.project_id.empty()) filter.add("json_extract(fields, '$.project_id') = ?", query.project_id);
  if (!query.agent_id.empty()) filter.add("json_extract(fields, '$.agent_id') = ?", query.agent_id);
  if (!query.access_group_id.empty()) {
    filter.add("EXISTS (SELECT 1 FROM json_each(fields, '$.access_group_ids') WHERE value = ?)", query.access_group_id);
  }
  if (!query.key_hash.empty()) filter.add("token = ?", query.key_hash);
  if (!query.search.empty()) {
    filter.add("(key_alias LIKE ? ESCAPE '\\' OR key_name LIKE ? ESCAPE '\\' OR token LIKE ? ESCAPE '\\')", like_anywhere(query.search), 3);
  }
  return filter;
}

/// Column names cannot be bound, so they come from here and nowhere else.
const char* sort_expression(std::string_view name) {
  if (name == "spend") return "COALESCE(json_extract(fields, '$.spend'), 0)";
  if (name == "max_budget") return "json_extract(fields, '$.max_budget')";
  if (name == "updated_at") return "updated_at";
  if (name == "token") return "token";
  if (name == "key_alias") return "key_alias";
  return "created_at";
}

std::int64_t offset_of(int page, int size) { return (std::int64_t{std::max(page, 1)} - 1) * size; }

std::int64_t single_number(Statement& statement) {
  const std::int64_t value = statement.step() ? statement.number(0) : 0;
  statement.rewind();
  return value;
}

}  // namespace

SqliteRegistry::SqliteRegistry(const std::string& file) : connection_(file) {
  connection_.execute(
      "PRAGMA busy_timeout = 5000;"  // a backup may hold the file for a moment
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = NORMAL;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA trusted_schema = OFF;");
  migrate(connection_);
}

std::optional<KeyRecord> SqliteRegistry::find(std::string_view token) {
  if (auto record = one_row(connection_.prepared("SELECT " KEY_COLUMNS " FROM keys WHERE token = ?").bind(token), read_row)) return record;

  Statement& former = connection_.prepared("SELECT current_token, works_until FROM former_secrets WHERE token = ?").bind(token);
  if (!former.step()) return std::nullopt;
  const std::string current = former.text(0);
  const TimePoint works_until = time_of(former.number(1));
  former.rewind();
  auto record = one_row(connection_.prepared("SELECT " KEY_COLUMNS " FROM keys WHERE token = ?").bind(current), read_row);
  if (record) record->superseded_at = works_until;
  return record;
}

std::optional<KeyRecord> SqliteRegistry::find_deleted(std::string_view token) {
  // A chosen secret may have been deleted several times: the last one counts.
  return one_row(connection_.prepared("SELECT " KEY_COLUMNS ", deleted_at, deleted_by, deleted_by_api_key FROM deleted_keys "
                                      "WHERE token = ? ORDER BY id DESC LIMIT 1").bind(token),
                 read_deleted_row);
}

std::optional<KeyRecord> SqliteRegistry::find_by_alias(std::string_view alias) {
  return one_row(connection_.prepared("SELECT " KEY_COLUMNS " FROM keys WHERE key_alias = ?").bind(alias), read_row);
}

auth::KeyPage SqliteRegistry::list(const auth::KeyQuery& query) {
  const Filter filter = filter_of(query);
  const std::string from = std::string(query.deleted ? " FROM deleted_keys" : " FROM keys") + filter.where;
  const char* direction = query.descending ? " DESC" : " ASC";

  auth::KeyPage page;
  Statement& count = connection_.prepared("SELECT COUNT(*)" + from);
  filter.bind_to(count);
  page.total = single_number(count);

  // Equal values keep one order over all pages: the row id decides.
  const std::string columns = query.deleted ? KEY_COLUMNS ", deleted_at, deleted_by, deleted_by_api_key" : KEY_COLUMNS;
  const std::string order = std::string(sort_expression(query.sort_by)) + direction + ", rowid" + direction;
  Statement& rows = connection_.prepared("SELECT " + columns + from + " ORDER BY " + order + " LIMIT ? OFFSET ?");
  filter.bind_to(rows);
  rows.bind(std::int64_t{query.size}).bind(offset_of(query.page, query.size));
  while (rows.step()) page.keys.push_back(query.deleted ? read_deleted_row(rows) : read_row(rows));
  rows.rewind();
  return page;
}

void SqliteRegistry::put(const KeyRecord& record) {
  Transaction transaction(connection_);
  // A live key is found first by its own secret; a former secret of that text would only wait in the shadow.
  connection_.prepared("DELETE FROM former_secrets WHERE token = ?").bind(record.token).run();
  Statement& statement = connection_.prepared(upsert);
  bind_row(statement, record);
  statement.run();
  transaction.commit();
}

bool SqliteRegistry::erase(std::string_view token, const auth::Deletion& deletion) {
  Transaction transaction(connection_);
  connection_.prepared("INSERT INTO deleted_keys (" KEY_COLUMNS ", deleted_at, deleted_by, deleted_by_api_key) "
                       "SELECT " KEY_COLUMNS ", ?, ?, ? FROM keys WHERE token = ?")
      .bind(millis(deletion.at))
      .bind(deletion.by)
      .bind(deletion.by_api_key)
      .bind(token)
      .run();
  connection_.prepared("DELETE FROM keys WHERE token = ?").bind(token).run();
  const bool erased = connection_.changed_rows() > 0;
  transaction.commit();
  return erased;
}

void SqliteRegistry::replace(std::string_view old_token, const KeyRecord& record, std::optional<TimePoint> old_works_until) {
  Transaction transaction(connection_);
  connection_.prepared("DELETE FROM former_secrets WHERE works_until <= ?").bind(millis(record.updated_at)).run();
  if (!old_works_until) connection_.prepared("DELETE FROM former_secrets WHERE current_token = ?").bind(old_token).run();
  connection_.prepared("DELETE FROM former_secrets WHERE token = ?").bind(record.token).run();
  connection_.prepared("UPDATE keys SET token = ? WHERE token = ?").bind(record.token).bind(old_token).run();  // earlier secrets follow
  Statement& statement = connection_.prepared(upsert);
  bind_row(statement, record);
  statement.run();
  if (old_works_until && old_token != record.token) {
    connection_.prepared("INSERT OR REPLACE INTO former_secrets (token, current_token, works_until) VALUES (?, ?, ?)")
        .bind(old_token)
        .bind(record.token)
        .bind(millis(*old_works_until))
        .run();
  }
  transaction.commit();
}

std::vector<std::string> SqliteRegistry::former_tokens(std::string_view token) {
  std::vector<std::string> tokens;
  Statement& rows = connection_.prepared("SELECT token FROM former_secrets WHERE current_token = ?").bind(token);
  while (rows.step()) tokens.push_back(rows.text(0));
  rows.rewind();
  return tokens;
}

auth::AliasPage SqliteRegistry::aliases(const auth::AliasQuery& query) {
  Filter filter;
  filter.where = " WHERE key_alias IS NOT NULL";
  if (!query.search.empty()) filter.add("key_alias LIKE ? ESCAPE '\\'", like_anywhere(query.search));
  if (!query.team_id.empty()) filter.add("team_id = ?", query.team_id);

  auth::AliasPage page;
  Statement& count = connection_.prepared("SELECT COUNT(*) FROM keys" + filter.where);
  filter.bind_to(count);
  page.total = single_number(count);

  Statement& rows = connection_.prepared("SELECT key_alias FROM keys" + filter.where + " ORDER BY key_alias LIMIT ? OFFSET ?");
  filter.bind_to(rows);
  rows.bind(std::int64_t{query.size}).bind(offset_of(query.page, query.size));
  while (rows.step()) page.aliases.push_back(rows.text(0));
  rows.rewind();
  return page;
}

}  // namespace store
