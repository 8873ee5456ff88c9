#pragma once

#include <QPointer>
#include <algorithm>
#include <set>

#include "core/base/timetext.h"
#include "core/quality/gaps.h"
#include "ui/chart/chartsource.h"
#include "ui/chart/difference.h"
#include "ui/chart/differencereader.h"

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
    std::vector<Finding> findings; ///< those that are not fixed; by time
    std::vector<TimeRange> quarantined; ///< bars
    CompareLimits pairLimits;
    PairReport report; ///< what examine() answers
    /// First less second, in basis points, of a compared bar.
    std::function<double(UtcMs)> difference = [](UtcMs) { return 2.0; };
    int differencesRead = 0;

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
    void findFindings(QObject* context, const SeriesRecord&, FindingQuery query,
        Answer<std::vector<Finding>> answer) override
    {
        const UtcMs from = query.bars.from;
        std::optional<UtcMs> bar;
        for (const Finding& one : findings) {
            const bool isOpen = one.state == "open";
            if (query.where == FindingQuery::Where::After && isOpen && one.range.from > from && !bar)
                bar = one.range.from;
            if (query.where == FindingQuery::Where::Before && isOpen && one.range.from < from)
                bar = one.range.from;
        }
        if (query.where != FindingQuery::Where::Over)
            query.bars = bar ? TimeRange {*bar, *bar + std::chrono::minutes {1}} : TimeRange {};
        std::vector<Finding> found;
        std::copy_if(findings.begin(), findings.end(), std::back_inserter(found),
            [&](const Finding& one) { return one.range.overlaps(query.bars) && one.state != "fixed"; });
        later(context, [answer = std::move(answer), found] { answer(found); });
    }
    void readMetrics(
        QObject* context, const MetricRequest& request, Answer<std::vector<MetricLine>> answer) override
    {
        std::vector<MetricLine> lines;
        for (const SeriesRecord& series : request.series)
            lines.push_back({series, std::max(request.step, series.key.timeframe.length()), {}});
        later(context, [answer = std::move(answer), lines] { answer(lines); });
    }
    CompareLimits limits(const ComparedPair&) const override { return pairLimits; }
    void readDifferences(QObject* context, const ComparedPair& pair, const TileCache::Request& request,
        Answer<ChartTile> answer) override
    {
        ++differencesRead;
        ChartTile tile;
        tile.range = request.range;
        tile.differences = differenceBars(differences(request.range), request.level, pair.second.grid());
        later(context, [answer = std::move(answer), tile] { answer(tile); });
    }
    void examine(QObject* context, const ComparedPair&, TimeRange, Answer<PairReport> answer) override
    {
        later(context, [answer = std::move(answer), report = report] { answer(report); });
    }
    void findBreach(QObject* context, const ComparedPair& pair, TimeRange within, UtcMs from, bool isLater,
        Answer<std::optional<BarDifference>> answer) override
    {
        const FindDifferences find = [this](TimeRange range) -> Result<std::vector<BarDifference>> {
            return differences(range);
        };
        later(context, [answer = std::move(answer), breach = searchBreach(find, pair, within, from, isLater)] {
            answer(breach);
        });
    }
    void exportDifferences(QObject* context, const ComparedPair&, TimeRange range, const QString& file,
        Answer<std::int64_t> answer) override
    {
        exportedTo = file;
        exported = range;
        later(context, [answer = std::move(answer)] { answer(5); });
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

    std::vector<BarDifference> differences(TimeRange within) const
    {
        std::vector<BarDifference> bars;
        const TimeRange range = within.intersected(extent);
        for (UtcMs time = std::chrono::ceil<std::chrono::minutes>(range.from); time < range.to; time += std::chrono::minutes {1}) {
            BarDifference bar;
            bar.openTime = time;
            bar.closeBp = difference(time);
            bar.limitBp = pairLimits.closeBp;
            bar.isBeyond = std::abs(bar.closeBp) > bar.limitBp;
            bars.push_back(bar);
        }
        return bars;
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
            const bool isApart = std::any_of(
                quarantined.begin(), quarantined.end(), [&](const TimeRange& bars) { return bars.contains(time); });
            if (extent.contains(time) && !isAbsent)
                (isApart ? tile.quarantined : tile.bars).push_back({time, price, price + 2, price - 2, price + 1, 1});
        }
        NoteCollector notes(request.level, request.series.grid(), request.range);
        for (const Finding& one : findings) {
            if (one.range.overlaps(request.range))
                notes.add(one);
        }
        tile.notes = notes.take();
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
