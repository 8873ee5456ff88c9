#pragma once

#include <vector>

#include "core/config/settings.h"
#include "core/ingest/planner.h"

namespace mnemo {

/// Every series that assets.yaml asks for, without range: the product of each entry's lists, each series once. An entry's
/// markets, where given, select the symbols that are of them.
std::vector<BackfillRequest> universeOf(const Settings& settings);

} // namespace mnemo
