#include "ui/chart/differencereader.h"

#include <QSaveFile>
#include <algorithm>
#include <string>

#include "core/base/decimal.h"
#include "ui/chart/difference.h"
#include "ui/chart/tilereader.h"

namespace mnemo {

namespace {

constexpr std::int64_t mostBars = 200'000; // of a tile, judged one by one: about a tenth of a second
constexpr std::int64_t firstWindow = 4'096, widest = 65'536; // bars
constexpr std::int64_t barsAtOnce = 65'536; // of a file

/// No bars in common: nothing, not an error.
Result<std::vector<BarDifference>> orNothing(Result<std::vector<BarDifference>> found)
{
    if (!found && found.error().code == ErrorCode::NotFound)
        return std::vector<BarDifference> {};
    return found;
}

/// The bars of @p series that are as long as those of @p level; none where it has no such level.
Result<std::vector<ChartBar>> barsAt(
    StoreReader& reader, const SeriesRecord& series, const ChartLevel& level, TimeRange range)
{
    const auto levels = chartLevels(series.grid());
    const auto same = std::ranges::find(levels, level.length, &ChartLevel::length);
    if (same == levels.end())
        return std::vector<ChartBar> {};
    const FindGaps none = [](const SeriesRecord&, TimeRange) { return Result<std::vector<Gap>>(); };
    auto tile = readTile(reader, none, series, *same, range);
    return tile ? Result<std::vector<ChartBar>>(std::move(tile->bars)) : fail(tile.error());
}

std::string lineOf(const BarDifference& bar)
{
    std::string line = std::to_string(toMs(bar.openTime));
    const bool isBoth = bar.presence == BarDifference::Presence::Both;
    for (const double value : {bar.closeBp, bar.openBp, bar.highBp, bar.lowBp, bar.volumeRatio, bar.basisBp,
             bar.limitBp, bar.ohlLimitBp})
        line += ',' + (isBoth ? formatDecimal(value) : std::string());
    line += isBoth ? (bar.isBeyond ? ",1," : ",0,") : ",,";
    line += isBoth ? "" : bar.presence == BarDifference::Presence::OnlyA ? "first" : "second";
    return line + '\n';
}

} // namespace

Timeframe comparedFrame(const ComparedPair& pair)
{
    return std::max(pair.first.key.timeframe, pair.second.key.timeframe);
}

Result<ChartTile> readDifferenceTile(StoreReader& reader, const FindDifferences& differences, const ComparedPair& pair,
    const TileCache::Request& request)
{
    ChartTile tile;
    tile.range = request.range;
    const Grid grid = (comparedFrame(pair) == pair.second.key.timeframe ? pair.second : pair.first).grid();
    if (request.range.length() / drawnLength(grid) <= mostBars) {
        // Bars of the pair that begin in the tile, also where they are longer than those of its level.
        const UtcMs first = grid.floor(request.range.from), last = grid.floor(request.range.to - milliseconds {1});
        auto bars = orNothing(differences({first, grid.next(last)}));
        if (!bars)
            return fail(bars.error());
        std::erase_if(*bars, [&](const BarDifference& bar) { return !request.range.contains(bar.openTime); });
        tile.differences = differenceBars(*bars, request.level, grid);
        return tile;
    }
    const auto first = barsAt(reader, pair.first, request.level, request.range);
    const auto second = barsAt(reader, pair.second, request.level, request.range);
    if (!first || !second)
        return fail(!first ? first.error() : second.error());
    tile.differences = closeDifferences(*first, *second, request.level.length);
    return tile;
}

Result<std::optional<BarDifference>> searchBreach(
    const FindDifferences& differences, const ComparedPair& pair, TimeRange extent, UtcMs from, bool isLater)
{
    const milliseconds length = drawnLength(Grid(comparedFrame(pair)));
    UtcMs edge = std::clamp(isLater ? from + milliseconds {1} : from, extent.from, extent.to);
    for (std::int64_t bars = firstWindow; isLater ? edge < extent.to : edge > extent.from;
         bars = std::min(bars * 2, widest)) {
        const TimeRange window = isLater ? TimeRange {edge, std::min(extent.to, edge + length * bars)}
                                         : TimeRange {std::max(extent.from, edge - length * bars), edge};
        auto found = orNothing(differences(window));
        if (!found)
            return fail(found.error());
        if (!isLater)
            std::ranges::reverse(*found);
        const auto breach = std::ranges::find_if(*found, [&](const BarDifference& bar) {
            return bar.isBeyond && (isLater ? bar.openTime > from : bar.openTime < from);
        });
        if (breach != found->end())
            return std::optional(*breach);
        edge = isLater ? window.to : window.from;
    }
    return std::optional<BarDifference> {};
}

Result<std::int64_t> writeDifferences(
    const FindDifferences& differences, const ComparedPair& pair, TimeRange range, const QString& name)
{
    const auto refused = [&](const QSaveFile& file) {
        return fail(ErrorCode::StorageFailed, (name + QStringLiteral(": ") + file.errorString()).toStdString());
    };
    QSaveFile file(name);
    if (!file.open(QIODevice::WriteOnly))
        return refused(file);
    file.write("open_time,close_bp,open_bp,high_bp,low_bp,volume_ratio,basis_bp,limit_bp,ohl_limit_bp,beyond,only_in"
               "\n");
    std::int64_t lines = 0;
    const milliseconds step = drawnLength(Grid(comparedFrame(pair))) * barsAtOnce;
    for (UtcMs from = range.from; from < range.to; from += step) {
        const auto bars = orNothing(differences({from, std::min(range.to, from + step)}));
        if (!bars)
            return fail(bars.error());
        for (const BarDifference& bar : *bars)
            file.write(QByteArray::fromStdString(lineOf(bar)));
        lines += std::ssize(*bars);
    }
    return file.commit() ? Result<std::int64_t>(lines) : refused(file);
}

} // namespace mnemo
