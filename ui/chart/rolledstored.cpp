#include "ui/chart/rolledstored.h"

#include <algorithm>

#include "core/engine/rolledreading.h"

namespace mnemo {

std::optional<RolledStored> rolledOf(const StoredSeriesList& list, const SeriesKey& wanted)
{
    std::vector<HeldSeries> candidates;
    for (const StoredSeries& stored : list) {
        if (stored.record.key == wanted)
            return std::nullopt;
        if (canBeMadeOf(wanted, stored.record))
            candidates.push_back({stored.record, stored.first ? TimeRange {*stored.first, stored.record.grid().next(*stored.last)} : TimeRange {}});
    }
    const SeriesRecord* const finer = bestFiner(candidates);
    if (!finer)
        return std::nullopt;
    RolledStored rolled {*std::ranges::find(list, finer->key, [](const StoredSeries& stored) { return stored.record.key; }), finer->key};
    rolled.series.record = rolledSeries(*finer, wanted.timeframe);
    return rolled;
}

} // namespace mnemo
