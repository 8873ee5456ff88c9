#pragma once

#include <QString>
#include <functional>

#include "ui/bridge/storedseries.h"
#include "ui/chart/chartprompt.h"
#include "ui/chart/chartzone.h"

namespace mnemo {

// What a chart's prompt answers to what is typed. Pure, but for the choices that are handed in.

/// Stored candles whose title has every word; those whose symbol begins with the text come first.
/// @p except is not offered: a series says nothing beside itself.
PromptReply offerSeries(const StoredSeriesList& list, const QString& text,
    const std::function<void(const SeriesKey&)>& choose, const std::optional<SeriesKey>& except = {});
/// The typed timeframe of @p shown: chosen where it is stored; else it is offered made of finer bars where it can be, and @p backfill.
PromptReply offerTimeframe(const StoredSeriesList& list, const SeriesKey& shown, const QString& text,
    const std::function<void(const SeriesKey&)>& choose, const std::function<void(const SeriesKey&)>& backfill);
PromptReply offerDate(
    const ChartZone& zone, TimeRange extent, const QString& text, const std::function<void(UtcMs)>& choose);
PromptReply offerZones(const QString& text, const std::function<void(const ChartZone&)>& choose);

} // namespace mnemo
