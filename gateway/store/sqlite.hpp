// SQLite as owned values: a connection and its prepared statements. For the one thread that may block; not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace store {

/// A prepared statement in use: bind, then step. Parameters and columns count from 0 in the order written.
/// Every failure throws std::runtime_error with SQLite's text.
class Statement {
 public:
  Statement(sqlite3* connection, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  Statement& bind_or_null(const std::optional<std::string>& text);
  Statement& bind_or_null(const std::optional<std::int64_t>& number);

  bool step();        // true: a row is there
  void run();         // for statements without rows
  void rewind();      // ready for new parameters; drops the row

  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  void check(int result) const;

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
  int next_parameter_ = 1;
};

class Connection {
 public:
  /// Opens or makes the file.
  explicit Connection(const std::string& file);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void execute(const char* script);            // pragmas and schema: fixed text only
  Statement& prepared(std::string_view sql);   // prepared once, rewound, valid until the next call with the same text
  [[nodiscard]] std::int64_t changed_rows() const;
  [[nodiscard]] sqlite3* handle() const { return connection_; }

 private:
  sqlite3* connection_ = nullptr;
  std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
};

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// `text` anywhere in a LIKE ... ESCAPE '\' operand, with its own wildcards taken literally.
std::string like_anywhere(std::string_view text);

}  // namespace store
