// The registry port: virtual keys on record. Implemented by gateway/store; called only on a thread that may block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key_record.hpp"

namespace auth {

/// What /key/list asks for. `page` counts from 1.
struct KeyQuery {
  int page = 1;
  int size = 10;
  std::string user_id = {}, team_id = {}, organization_id = {};             // empty: not filtered by it
  std::string project_id = {}, agent_id = {}, access_group_id = {};
  std::string key_hash = {}, key_alias = {};
  bool substring_matching = false;  // of user_id and key_alias
  std::string search = {};          // part of the alias, the shown name or the hash
  std::string sort_by = "created_at";
  bool descending = true;
  bool deleted = false;
};

struct KeyPage {
  std::vector<KeyRecord> keys;
  std::int64_t total = 0;
};

/// What /key/aliases asks for.
struct AliasQuery {
  int page = 1;
  int size = 50;
  std::string search = {}, team_id = {};
};

struct AliasPage {
  std::vector<std::string> aliases;
  std::int64_t total = 0;
};

/// Not thread-safe: owned by the one thread that may block. Throws std::runtime_error when the store itself fails.
class Registry {
 public:
  virtual ~Registry() = default;

  /// Live rows by SHA-256 hex. A regenerated secret still within its grace period finds the row that replaced it, with superseded_at set.
  virtual std::optional<KeyRecord> find(std::string_view token) = 0;
  virtual std::optional<KeyRecord> find_deleted(std::string_view token) = 0;  // deleted rows stay readable
  virtual std::optional<KeyRecord> find_by_alias(std::string_view alias) = 0;
  virtual KeyPage list(const KeyQuery& query) = 0;
  virtual void put(const KeyRecord& record) = 0;                              // inserts or overwrites, by token
  virtual bool erase(std::string_view token, const Deletion& deletion) = 0;   // moves the row to the deleted ones

  /// Regenerate, in one transaction: `record` takes the place of `old_token`, whose secret goes on working until `old_works_until`.
  /// Without that time it, and every earlier secret of this key, stops at once.
  virtual void replace(std::string_view old_token, const KeyRecord& record, std::optional<TimePoint> old_works_until) = 0;

  /// Hashes of regenerated secrets that still lead to this row: they must leave the caches together with it.
  virtual std::vector<std::string> former_tokens(std::string_view token) = 0;

  virtual AliasPage aliases(const AliasQuery& query) = 0;
};

}  // namespace auth
