#pragma once

#include <QPointer>
#include <algorithm>
#include <set>

#include "core/base/timetext.h"
#include "core/quality/gaps.h"
#include "ui/chart/chartsource.h"

namespace mnemo {

/// Minute bars in memory for chart tests; answers at the next turn of the event loop. Prices walk up and down by
/// the minute; holes are left out and told with their class.
class FakeChartSource final : public ChartSource {
public:
    struct Hole {
        TimeRange range;
        GapClass gapClass;
    };
    TimeRange extent {*parseTime("2024-03-10"), *parseTime("2024-03-17")};
    std::vector<Hole> holes;
    bool isReadOnly = false;
    int tilesRead = 0;
    std::multiset<SeriesKey> followed;
    QString exportedTo;
    TimeRange exported;

    static double priceAt(UtcMs time) { return 100 + static_cast<double>(toMs(time) / 60'000 % 50); }

    bool canBackfill() const override { return !isReadOnly; }
    std::shared_ptr<void> follow(const SeriesKey& series) override
    {
        if (isReadOnly)
            return nullptr;
        followed.insert(series);
        return {this, [this, series](void*) { followed.erase(followed.find(series)); }};
    }
    void readTile(QObject* context, const TileCache::Request& request, Answer<ChartTile> answer) override
    {
        ++tilesRead;
        later(context, [answer = std::move(answer), tile = tile(request)] { answer(tile); });
    }
    void findGap(QObject* context, const SeriesRecord& series, TimeRange within, GapQuery query,
        Answer<std::optional<Gap>> answer) override
    {
        const FindGaps find = [this](const SeriesRecord&, TimeRange range) {
            return Result<std::vector<Gap>>(gaps(range));
        };
        later(context, [answer = std::move(answer), gap = searchGap(find, series, within, query)] { answer(gap); });
    }
    void exportCsv(QObject* context, const SeriesRecord&, TimeRange range, const QString& file,
        Answer<std::int64_t> answer) override
    {
        exportedTo = file;
        exported = range;
        later(context, [answer = std::move(answer)] { answer(7); });
    }
    std::vector<Gap> gaps(TimeRange within) const
    {
        std::vector<Gap> found;
        for (const Hole& hole : holes) {
            const TimeRange part = hole.range.intersected(within);
            if (!part.isEmpty())
                found.push_back({part, part.length() / std::chrono::minutes {1}, hole.gapClass, "asked once"});
        }
        return found;
    }

private:
    template <class Run>
    static void later(QObject* context, Run run)
    {
        QMetaObject::invokeMethod(context, run, Qt::QueuedConnection);
    }
    ChartTile tile(const TileCache::Request& request) const
    {
        ChartTile tile {request.range, {}, gaps(request.range)};
        for (UtcMs time = request.range.from; time < request.range.to; time += request.level.length) {
            const bool isAbsent =
                std::any_of(holes.begin(), holes.end(), [&](const Hole& hole) { return hole.range.contains(time); });
            const double price = priceAt(time);
            if (extent.contains(time) && !isAbsent)
                tile.bars.push_back({time, price, price + 2, price - 2, price + 1, 1});
        }
        return tile;
    }
};

inline SeriesKey chartKey(const char* symbol, const char* timeframe = "1m")
{
    SeriesKey key;
    key.exchange = key.source = "binance";
    key.symbol = symbol;
    key.timeframe = *Timeframe::fromName(timeframe);
    return key;
}

} // namespace mnemo
