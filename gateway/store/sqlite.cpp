#include "gateway/store/sqlite.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace store {

namespace {

[[noreturn]] void fail(sqlite3* connection, const std::string& doing) {
  throw std::runtime_error("SQLite: " + doing + ": " + (connection ? sqlite3_errmsg(connection) : "out of memory"));
}

}  // namespace

Statement::Statement(sqlite3* connection, std::string_view sql) : connection_(connection) {
  if (sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK) {
    fail(connection, "cannot prepare \"" + std::string(sql) + "\"");
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::string_view text) {
  check(sqlite3_bind_text64(statement_, next_parameter_++, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  check(sqlite3_bind_int64(statement_, next_parameter_++, number));
  return *this;
}

Statement& Statement::bind_or_null(const std::optional<std::string>& text) {
  if (text) return bind(std::string_view(*text));
  check(sqlite3_bind_null(statement_, next_parameter_++));
  return *this;
}

Statement& Statement::bind_or_null(const std::optional<std::int64_t>& number) {
  if (number) return bind(*number);
  check(sqlite3_bind_null(statement_, next_parameter_++));
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  const std::string problem = sqlite3_errmsg(connection_);
  rewind();  // a statement left in error would hold its locks
  throw std::runtime_error("SQLite: " + problem);
}

void Statement::run() {
  while (step()) {
  }
  rewind();
}

void Statement::rewind() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_parameter_ = 1;
}

std::string Statement::text(int column) const {
  const unsigned char* begin = sqlite3_column_text(statement_, column);
  if (!begin) return {};
  return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

void Statement::check(int result) const {
  if (result != SQLITE_OK) fail(connection_, "cannot bind a value");
}

Connection::Connection(const std::string& file) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(file.c_str(), &connection_, flags, nullptr) != SQLITE_OK) {
    const std::string problem = connection_ ? sqlite3_errmsg(connection_) : "out of memory";
    sqlite3_close(connection_);
    throw std::runtime_error("cannot open " + file + ": " + problem);
  }
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(connection_);
}

void Connection::execute(const char* script) {
  if (sqlite3_exec(connection_, script, nullptr, nullptr, nullptr) != SQLITE_OK) fail(connection_, "cannot execute \"" + std::string(script) + "\"");
}

Statement& Connection::prepared(std::string_view sql) {
  std::unique_ptr<Statement>& statement = statements_[std::string(sql)];
  if (!statement) statement = std::make_unique<Statement>(connection_, sql);
  statement->rewind();
  return *statement;
}

std::int64_t Connection::changed_rows() const { return sqlite3_changes64(connection_); }

// IMMEDIATE takes the write lock at once: a transaction that starts by reading could otherwise fail half way.
Transaction::Transaction(Connection& connection) : connection_(connection) { connection_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (open_) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

std::string like_anywhere(std::string_view text) {
  std::string out = "%";
  for (const char character : text) {
    if (character == '%' || character == '_' || character == '\\') out += '\\';
    out += character;
  }
  return out + '%';
}

}  // namespace store
