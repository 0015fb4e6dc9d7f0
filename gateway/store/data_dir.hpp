// The directory that holds everything this process keeps: made private, and locked against a second process.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace store {

/// Holds the lock as long as it lives. Immutable after construction; safe to share.
class DataDir {
 public:
  /// Makes the directory (0700) where it is missing and locks it. Throws std::runtime_error with what to do about it, also when
  /// another process holds it.
  explicit DataDir(std::filesystem::path path);
  ~DataDir();
  DataDir(const DataDir&) = delete;
  DataDir& operator=(const DataDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// The path of a file in it, which exists with mode 0600 afterwards. (SQLite gives its -wal and -shm the mode of the database.)
  [[nodiscard]] std::string private_file(std::string_view name) const;

  /// What was put right on the way in, for the log.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::filesystem::path path_;
  std::vector<std::string> warnings_;
  int lock_ = -1;
};

}  // namespace store
