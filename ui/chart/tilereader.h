#pragma once

#include <functional>

#include "core/storage/store.h"
#include "ui/chart/chartlevel.h"

namespace mnemo {

/// The gap engine: classes and evidence of what is absent within a range.
using FindGaps = std::function<Result<std::vector<Gap>>(const SeriesRecord&, TimeRange)>;

/// Reads one tile. Waits for the store: worker threads only. Where bars are long and many of them have holes, gaps
/// are looked for only where a whole bar is absent: a shorter one is narrower than a pixel. A series that is rolled up while
/// it is read has the gaps and findings of the one that it is made of.
Result<ChartTile> readTile(StoreReader& reader, const FindGaps& findGaps, const SeriesRecord& series,
    const ChartLevel& level, TimeRange range);

} // namespace mnemo
