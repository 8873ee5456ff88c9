#pragma once

#include "core/config/mapreader.h"
#include "core/pipeline/definition.h"

namespace mnemo {

/// Reads task number @p index of the pipeline that @p dag reads; what is wrong is added to its problems. Inside core/pipeline only.
TaskDefinition readTask(const Node& node, const MapReader& dag, std::size_t index);

} // namespace mnemo
