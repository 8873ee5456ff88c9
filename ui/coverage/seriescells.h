#pragma once

#include <QRect>
#include <QSize>
#include <memory>
#include <vector>

#include "ui/coverage/celllook.h"
#include "ui/coverage/gapreport.h"
#include "ui/coverage/heatmap.h"

namespace mnemo {

/// The cells of one series in the order of time: days of whole years (level 2), or bars (level 3). Immutable.
struct SeriesCells {
    enum class Shape { Calendar, Strip };
    Shape shape = Shape::Calendar;
    SeriesRecord series;
    std::vector<UtcMs> bounds; ///< cell i is [bounds[i], bounds[i + 1])
    std::vector<CellLook> looks;
    int perLine = 1; ///< of a strip: cells of one hour, or of all
    std::shared_ptr<const CoverageSnapshot> coverage; ///< of a calendar
    std::vector<Gap> gaps; ///< of a strip, ascending
    std::shared_ptr<const Heatmap::Notes> notes = std::make_shared<const Heatmap::Notes>(); ///< never null

    int count() const { return static_cast<int>(looks.size()); }
    TimeRange range(int first, int last) const
    {
        return {bounds[static_cast<std::size_t>(first)], bounds[static_cast<std::size_t>(last) + 1]};
    }
    int indexOf(UtcMs time) const; ///< clamped; -1 where there is no cell
    QString describe(int index) const; ///< for tool tips and readers of the screen
};

/// All years that are known of a series; null where it is not there. Costs about a millisecond for ten years.
std::shared_ptr<const SeriesCells> calendarOf(const Heatmap& heatmap, SeriesId series);
/// The stretch whose bars are shown together with the one at @p time: its day; its year for bars of a day and longer.
TimeRange stripRangeAt(const SeriesRecord& series, UtcMs time);
/// @param range as stripRangeAt(); @p gaps within it. Bars from @p now on are outside.
std::shared_ptr<const SeriesCells> stripOf(const SeriesRecord& series, TimeRange range, std::vector<Gap> gaps,
    TimeRange known, UtcMs now, std::shared_ptr<const Heatmap::Notes> notes);

/// Where cells lie. Calendar: a block for each year, a column for each week, Mondays on top. Strip: a line for each
/// hour. In logical pixels, not scrolled. A value.
struct SeriesCellsLayout {
    SeriesCells::Shape shape = SeriesCells::Shape::Calendar;
    int side = 14; ///< of a cell, space included
    int perLine = 1;
    int left = 60, top = 8; ///< of the first cell's block; labels stand there
    int blockHeight = 0; ///< of a year
    QSize size; ///< of all

    static SeriesCellsLayout of(const SeriesCells& cells, int width, int textHeight);
    QRect cellRect(const SeriesCells& cells, int index) const;
    int cellAt(const SeriesCells& cells, QPoint point) const; ///< -1 where there is none
    int stepDown() const { return shape == SeriesCells::Shape::Calendar ? 1 : perLine; }
    int stepRight() const { return shape == SeriesCells::Shape::Calendar ? 7 : 1; }
};

} // namespace mnemo
