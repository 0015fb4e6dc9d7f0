#include "gateway/store/schema.hpp"

#include <iterator>
#include <stdexcept>
#include <string>

#include "gateway/store/sqlite.hpp"

namespace store {

namespace {

// Step n leads from version n to n + 1. A step that was released is never edited: a change is a new step.
// Times are milliseconds since 1970, lists and objects JSON text.
constexpr const char* steps[] = {
    R"sql(
      CREATE TABLE keys (
        token TEXT NOT NULL PRIMARY KEY,
        key_name TEXT NOT NULL,
        key_alias TEXT,
        models TEXT NOT NULL,
        expires INTEGER,
        blocked INTEGER NOT NULL,
        user_id TEXT,
        team_id TEXT,
        organization_id TEXT,
        key_type TEXT NOT NULL,
        allowed_routes TEXT NOT NULL,
        fields TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        updated_by TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX keys_alias ON keys (key_alias) WHERE key_alias IS NOT NULL;
      CREATE INDEX keys_user ON keys (user_id) WHERE user_id IS NOT NULL;
      CREATE INDEX keys_team ON keys (team_id) WHERE team_id IS NOT NULL;
      CREATE INDEX keys_organization ON keys (organization_id) WHERE organization_id IS NOT NULL;
      CREATE INDEX keys_created ON keys (created_at);

      CREATE TABLE deleted_keys (
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL,
        key_name TEXT NOT NULL,
        key_alias TEXT,
        models TEXT NOT NULL,
        expires INTEGER,
        blocked INTEGER NOT NULL,
        user_id TEXT,
        team_id TEXT,
        organization_id TEXT,
        key_type TEXT NOT NULL,
        allowed_routes TEXT NOT NULL,
        fields TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        updated_by TEXT NOT NULL,
        deleted_at INTEGER NOT NULL,
        deleted_by TEXT NOT NULL,
        deleted_by_api_key TEXT NOT NULL
      ) STRICT;
      CREATE INDEX deleted_keys_token ON deleted_keys (token);
      CREATE INDEX deleted_keys_created ON deleted_keys (created_at);
    )sql",
    // Secrets that were regenerated with a grace period: they lead to the row that replaced them until `works_until`.
    R"sql(
      CREATE TABLE former_secrets (
        token TEXT NOT NULL PRIMARY KEY,
        current_token TEXT NOT NULL REFERENCES keys (token) ON UPDATE CASCADE ON DELETE CASCADE,
        works_until INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX former_secrets_current ON former_secrets (current_token);
    )sql",
};

std::int64_t stored_version(Connection& connection) {
  Statement& exists = connection.prepared("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'");
  const bool known = exists.step();
  exists.rewind();
  if (!known) return 0;
  Statement& read = connection.prepared("SELECT version FROM schema_version");
  const std::int64_t version = read.step() ? read.number(0) : 0;
  read.rewind();
  return version;
}

}  // namespace

std::int64_t current_schema_version() { return std::ssize(steps); }

void migrate(Connection& connection) {
  const std::int64_t found = stored_version(connection);
  if (found > current_schema_version() || found < 0) {
    throw std::runtime_error("the database has schema version " + std::to_string(found) + " and this program knows " +
                             std::to_string(current_schema_version()) + ": it was written by a newer Penstock; start that one, or restore a backup");
  }
  if (found == 0) connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT");
  for (std::int64_t version = found; version < current_schema_version(); ++version) {
    Transaction transaction(connection);
    connection.execute(steps[version]);
    connection.prepared("DELETE FROM schema_version").run();
    connection.prepared("INSERT INTO schema_version (version) VALUES (?)").bind(version + 1).run();
    transaction.commit();
  }
}

}  // namespace store
