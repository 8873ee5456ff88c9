#pragma once

#include <set>
#include <vector>

#include "core/config/settings.h"
#include "core/ingest/planner.h"

namespace mnemo {

/// Every series that assets.yaml asks for, without range: the product of each entry's lists, each series once. An entry's
/// markets, where given, select the symbols that are of them.
std::vector<BackfillRequest> universeOf(const Settings& settings);
/// The series that are meant; what no exchange has is left out. These are to be kept up to date.
std::set<SeriesKey> universeKeys(const Settings& settings, const Catalogue& catalogue, UtcMs now);

} // namespace mnemo
