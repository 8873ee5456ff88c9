#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "core/base/result.h"

namespace mnemo {

/// Takes the bytes of one text, piece by piece. @p name is the member's, empty outside zip files. The last piece of a
/// text is empty.
using ByteSink = std::function<Result<void>(std::string_view name, std::string_view bytes)>;

/// Hands the text of a file to @p sink: plain, gzip (several members are one text) or each *.csv of a zip by name. What
/// it is shows in its first bytes, not in its name. Memory: one piece of 256 KiB. Errors: NotFound, StorageFailed,
/// Corrupt (a damaged or cut compressed file), InvalidArgument (a zip without *.csv), and whatever @p sink returns.
Result<void> readText(const std::filesystem::path& file, const ByteSink& sink);

} // namespace mnemo
