// The registry's tables, and how an older database becomes a newer one.
#pragma once

#include <cstdint>

namespace store {

class Connection;

/// The version that this program writes.
std::int64_t current_schema_version();

/// Runs the missing steps, each in a transaction of its own with the version it leads to. Throws std::runtime_error, and touches
/// nothing, when the database was written by a newer program.
void migrate(Connection& connection);

}  // namespace store
