#pragma once

#include "core/config/mapreader.h"
#include "core/pipeline/definition.h"

namespace mnemo {

/// Reads one task of a pipeline; what is wrong is added to @p problems. Inside core/pipeline only.
TaskDefinition readTask(const Node& node, const std::string& path, Problems& problems);

} // namespace mnemo
