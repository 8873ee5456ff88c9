#pragma once

#include "core/base/result.h"
#include "core/storage/sqlite/connection.h"

namespace mnemo {

/// The schema that this program makes; the tables are a public contract (design.md section 7).
int newestSchemaVersion();

/// The version of a file; 0 for an empty one. Errors: Corrupt for an SQLite file of another program.
Result<int> schemaVersion(Connection& connection);

/// Errors: StorageTooNew where @p version is above what this program knows.
Result<void> checkVersion(int version, const std::filesystem::path& file);

/// There is nothing for migrate() to do. @param version of the file
Result<bool> isUpToDate(Connection& connection, int version);

/// Runs the migrations that are missing, each in a transaction of its own, and makes the views of the kinds. Two processes may try at the same time.
Result<void> migrate(Connection& connection, UtcMs now);

} // namespace mnemo
