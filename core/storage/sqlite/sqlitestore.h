#pragma once

#include <filesystem>
#include <memory>

#include "core/config/settings.h"
#include "core/storage/store.h"

namespace mnemo {

/// Opens or makes `mnemo.db` in @p dataDir and brings its schema up to date (ReadWrite) by numbered migrations.
/// Errors: StorageTooNew (file of a newer program), StorageReadOnly, StorageFull, Corrupt, NotFound (ReadOnly, no file).
/// Contract of the tables: design.md section 7. WAL, synchronous=NORMAL, WITHOUT ROWID.
Result<std::unique_ptr<Store>> openSqliteStore(const std::filesystem::path& dataDir, const DatabaseSettings& settings, OpenMode mode);

} // namespace mnemo
