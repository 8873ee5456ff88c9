#include "ui/coverage/seriescells.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/chart/gapcard.h"
#include "ui/coverage/heatmap.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct CellsText {
    Q_DECLARE_TR_FUNCTIONS(SeriesCells)
};

std::chrono::year yearOf(UtcMs time)
{
    return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year();
}

UtcMs startOfYear(std::chrono::year year)
{
    return std::chrono::sys_days(year / 1 / 1);
}

/// Monday is 0.
int weekdayOf(UtcMs time)
{
    return static_cast<int>(std::chrono::weekday(std::chrono::floor<std::chrono::days>(time)).iso_encoding()) - 1;
}

void markNotes(SeriesCells& cells)
{
    for (int i = 0; !cells.notes->empty() && i < cells.count(); ++i)
        cells.looks[static_cast<std::size_t>(i)].hasNote = hasNote(*cells.notes, cells.series.key, cells.range(i, i));
}

const Gap* gapAt(const std::vector<Gap>& gaps, UtcMs time)
{
    const auto after = std::ranges::upper_bound(gaps, time, {}, [](const Gap& gap) { return gap.range.from; });
    if (after == gaps.begin() || !std::prev(after)->range.contains(time))
        return nullptr;
    return &*std::prev(after);
}

} // namespace

int SeriesCells::indexOf(UtcMs time) const
{
    const auto after = std::ranges::upper_bound(bounds, time);
    return count() == 0 ? -1 : std::clamp(static_cast<int>(after - bounds.begin()) - 1, 0, count() - 1);
}

QString SeriesCells::describe(int index) const
{
    if (index < 0 || index >= count())
        return {};
    const TimeRange bucket = range(index, index);
    if (coverage) {
        const auto row = coverage->row(series.id, {bucket.from, bucket.to});
        if (!row || row->cells.empty())
            return {};
        return mnemo::describe(series, bucket, row->cells.front(),
            row->first && row->last ? std::optional(TimeRange {*row->first, *row->last}) : std::nullopt, *notes);
    }
    QStringList lines {titleOf(series.key), CellsText::tr("%1 UTC").arg(timeText(bucket.from))};
    const CellLook& look = looks[static_cast<std::size_t>(index)];
    if (look.mark == CellMark::None)
        lines << CellsText::tr("Stored");
    else if (look.mark == CellMark::Outside)
        lines << CellsText::tr("Nobody has asked the source about this time.");
    else if (const Gap* gap = gapAt(gaps, bucket.from))
        lines << textOf(gap->gapClass, series.key.kind) << meaningOf(gap->gapClass, series.key.kind);
    return (lines << noteLines(*notes, series.key, bucket)).join(u'\n');
}

std::shared_ptr<const SeriesCells> calendarOf(const Heatmap& heatmap, SeriesId series)
{
    const auto& coverage = heatmap.coverage;
    const auto outline = coverage->row(series, {});
    if (!outline)
        return nullptr;
    auto cells = std::make_shared<SeriesCells>();
    cells->series = outline->series;
    cells->notes = heatmap.notes;
    if (!outline->known.isEmpty()) {
        const auto last = yearOf(outline->known.to - milliseconds {1});
        cells->bounds =
            dayBounds({startOfYear(yearOf(outline->known.from)), startOfYear(last + std::chrono::years {1})});
        const auto row = coverage->row(series, cells->bounds);
        for (const CoverageCell& cell : row->cells)
            cells->looks.push_back(lookOf(cell));
        markNotes(*cells);
    }
    cells->coverage = coverage;
    return cells;
}

TimeRange stripRangeAt(const SeriesRecord& series, UtcMs time)
{
    if (series.key.timeframe.length() >= std::chrono::days {1})
        return {startOfYear(yearOf(time)), startOfYear(yearOf(time) + std::chrono::years {1})};
    const UtcMs day = std::chrono::floor<std::chrono::days>(time);
    return {day, day + std::chrono::days {1}};
}

std::shared_ptr<const SeriesCells> stripOf(const SeriesRecord& series, TimeRange range, std::vector<Gap> gaps,
    TimeRange known, UtcMs now, std::shared_ptr<const Heatmap::Notes> notes)
{
    auto cells = std::make_shared<SeriesCells>();
    cells->shape = SeriesCells::Shape::Strip;
    cells->series = series;
    const Grid grid = series.grid();
    const milliseconds length = series.key.timeframe.length();
    using std::chrono::days, std::chrono::hours;
    cells->perLine = length < hours {1} ? static_cast<int>(hours {1} / length) : length < days {1} ? 24 : 31;
    for (UtcMs open = grid.ceil(range.from); open < range.to; open = grid.next(open)) {
        cells->bounds.push_back(open);
        const Gap* gap = gapAt(gaps, open);
        const bool isKnown = known.contains(open) && grid.next(open) <= now;
        cells->looks.push_back(isKnown ? lookOf(gap ? std::optional(gap->gapClass) : std::nullopt) : CellLook {});
    }
    if (!cells->bounds.empty())
        cells->bounds.push_back(grid.next(cells->bounds.back()));
    cells->gaps = std::move(gaps);
    cells->notes = std::move(notes);
    markNotes(*cells);
    return cells;
}

SeriesCellsLayout SeriesCellsLayout::of(const SeriesCells& cells, int width, int textHeight)
{
    SeriesCellsLayout layout;
    layout.shape = cells.shape;
    layout.perLine = cells.perLine;
    layout.left = textHeight * 4;
    const int room = std::max(0, width - layout.left - 12);
    if (cells.shape == SeriesCells::Shape::Calendar) {
        layout.side = std::clamp(room / 54, 6, 22);
        layout.top = textHeight + 10;
        layout.blockHeight = layout.side * 7 + textHeight + 20;
        const int years = cells.count() == 0 ? 0
                                             : int(yearOf(cells.bounds[static_cast<std::size_t>(cells.count()) - 1]))
                - int(yearOf(cells.bounds.front())) + 1;
        layout.size = {layout.left + 54 * layout.side, years * layout.blockHeight};
        return layout;
    }
    layout.side = std::clamp(room / std::max(1, cells.perLine), 8, 30);
    layout.top = textHeight + 10;
    const int lines = (cells.count() + cells.perLine - 1) / std::max(1, cells.perLine);
    layout.size = {layout.left + cells.perLine * layout.side, layout.top + lines * layout.side + 8};
    return layout;
}

QRect SeriesCellsLayout::cellRect(const SeriesCells& cells, int index) const
{
    if (shape == SeriesCells::Shape::Strip)
        return {left + index % perLine * side, top + index / perLine * side, side, side};
    const UtcMs day = cells.bounds[static_cast<std::size_t>(index)];
    const UtcMs first = startOfYear(yearOf(day));
    const auto number = static_cast<int>(std::chrono::floor<std::chrono::days>(day - first).count());
    const int block = int(yearOf(day)) - int(yearOf(cells.bounds.front()));
    const int column = (number + weekdayOf(first)) / 7;
    return {left + column * side, top + block * blockHeight + weekdayOf(day) * side, side, side};
}

int SeriesCellsLayout::cellAt(const SeriesCells& cells, QPoint point) const
{
    for (int i = 0; i < cells.count(); ++i) { // some thousand at most
        if (cellRect(cells, i).contains(point))
            return i;
    }
    return -1;
}

} // namespace mnemo
