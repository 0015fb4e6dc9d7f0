// auth::Registry over one SQLite file in WAL mode. Owned by the thread that may block; not thread-safe.
#pragma once

#include <string>

#include "auth/registry.hpp"
#include "gateway/store/sqlite.hpp"

namespace store {

class SqliteRegistry final : public auth::Registry {
 public:
  /// Opens or makes the file and brings its schema up to date. Throws std::runtime_error.
  explicit SqliteRegistry(const std::string& file);

  std::optional<auth::KeyRecord> find(std::string_view token) override;
  std::optional<auth::KeyRecord> find_deleted(std::string_view token) override;
  std::optional<auth::KeyRecord> find_by_alias(std::string_view alias) override;
  auth::KeyPage list(const auth::KeyQuery& query) override;
  void put(const auth::KeyRecord& record) override;
  bool erase(std::string_view token, const auth::Deletion& deletion) override;
  void replace(std::string_view old_token, const auth::KeyRecord& record, std::optional<auth::TimePoint> old_works_until) override;
  std::vector<std::string> former_tokens(std::string_view token) override;
  auth::AliasPage aliases(const auth::AliasQuery& query) override;

 private:
  Connection connection_;
};

}  // namespace store
