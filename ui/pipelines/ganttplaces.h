#pragma once

#include <QRect>
#include <vector>

#include "ui/chart/timescale.h"
#include "ui/pipelines/ganttscene.h"

namespace mnemo {

/// Where lanes, rows and times of a scene are, in pixels of the viewport, and back. The names at the left and the time axis at
/// the top stay. A value.
struct GanttPlaces {
    int names = 160, axis = 24; ///< px, the sticky parts
    int line = 20;              ///< px of a row and of a lane's heading
    int top = 0;                ///< px that are scrolled away
    TimeScale time;             ///< of the plot, beside the names

    QRect lane(const GanttScene& scene, std::size_t lane) const; ///< its heading
    QRect row(const GanttScene& scene, std::size_t row) const;
    /// Of a bar's queue and of its work; at least 3 px wide, cut where it is far outside.
    QRectF queue(const GanttScene::Bar& bar, const QRect& row) const;
    QRectF work(const GanttScene::Bar& bar, const QRect& row) const;
    QRectF wait(const Wait& wait, const QRectF& work) const;
    int height(const GanttScene& scene) const; ///< of all, without the axis
    int rowAt(const GanttScene& scene, int y) const; ///< -1: none
    /// The last one whose queue or work is there; -1: none.
    int barAt(const GanttScene::Row& row, int x) const;
    qreal xOf(UtcMs moment) const { return names + time.toX(moment); }

private:
    QRectF between(UtcMs from, UtcMs to, const QRect& row) const;
};

} // namespace mnemo
