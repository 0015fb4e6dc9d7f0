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
  std::string user_id, team_id, organization_id, key_hash, key_alias;
  bool substring_matching = false;
  std::string sort_by = "created_at";
  bool descending = true;
  bool deleted = false;
};

struct KeyPage {
  std::vector<KeyRecord> keys;
  std::int64_t total = 0;
};

/// Not thread-safe: owned by the one thread that may block. Throws std::runtime_error when the store itself fails.
class Registry {
 public:
  virtual ~Registry() = default;

  virtual std::optional<KeyRecord> find(std::string_view token) = 0;          // live rows by SHA-256 hex
  virtual std::optional<KeyRecord> find_deleted(std::string_view token) = 0;  // deleted rows stay readable
  virtual std::optional<KeyRecord> find_by_alias(std::string_view alias) = 0;
  virtual KeyPage list(const KeyQuery& query) = 0;
  virtual void put(const KeyRecord& record) = 0;                              // inserts or overwrites, by token
  virtual bool erase(std::string_view token, std::string_view deleted_by) = 0;
  virtual void replace(std::string_view old_token, const KeyRecord& record) = 0;  // regenerate: one transaction
};

}  // namespace auth
