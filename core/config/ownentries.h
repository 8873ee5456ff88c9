#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace mnemo {

/// Takes the lines of an entry out of outages.yaml (annotations.yaml) in @p folder; every other byte stays.
/// Errors: NotFound where the file has no such entry, Config where its lines cannot be told from others; StorageFailed.
/// Nothing was changed then.
Result<void> removeOutage(const std::filesystem::path& folder, const std::string& id);
Result<void> removeAnnotation(const std::filesystem::path& folder, const std::string& id);

} // namespace mnemo
