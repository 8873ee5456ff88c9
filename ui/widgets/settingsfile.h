#pragma once

#include <QString>
#include <functional>
#include <string>

#include "core/base/result.h"

namespace mnemo {

/// Changes a file of the user's settings: @p change gets its text (empty where there is none yet) and gives the new one, and the file
/// is replaced whole. Waits for the disk: belongs on a worker thread.
/// @param name below @p folder: "quality.yaml", "exchanges/ID.yaml"
/// @return the path. Errors: those of @p change; Config, with the path, where the file cannot be read or written, or there is no folder.
Result<QString> changeSettingsFile(
    const QString& folder, const QString& name, const std::function<Result<std::string>(const std::string&)>& change);

} // namespace mnemo
