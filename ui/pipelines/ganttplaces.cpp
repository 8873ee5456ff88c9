#include "ui/pipelines/ganttplaces.h"

#include <algorithm>

namespace mnemo {

namespace {

constexpr qreal leastBar = 3; ///< px
constexpr qreal beyond = 20;  ///< px that a bar is drawn outside of the plot

} // namespace

QRect GanttPlaces::lane(const GanttScene& scene, std::size_t lane) const
{
    const int above = static_cast<int>(scene.lanes[lane].first + lane);
    return {0, axis + above * line - top, names + static_cast<int>(time.width), line};
}

QRect GanttPlaces::row(const GanttScene& scene, std::size_t row) const
{
    const int above = static_cast<int>(row) + scene.laneOf(row) + 1;
    return {0, axis + above * line - top, names + static_cast<int>(time.width), line};
}

QRectF GanttPlaces::between(UtcMs from, UtcMs to, const QRect& row) const
{
    const qreal least = names - beyond, most = names + time.width + beyond;
    const qreal left = std::clamp(xOf(from), least, most);
    const qreal right = std::clamp(xOf(to), least, most);
    return {left, qreal(row.top()), std::max(right - left, left > least && left < most ? leastBar : 0.0), qreal(row.height())};
}

QRectF GanttPlaces::queue(const GanttScene::Bar& bar, const QRect& row) const
{
    const UtcMs end = bar.started.value_or(bar.ended);
    if (end <= bar.queued)
        return {};
    const QRectF all = between(bar.queued, end, row);
    return all.adjusted(0, row.height() * 0.36, 0, -row.height() * 0.36);
}

QRectF GanttPlaces::work(const GanttScene::Bar& bar, const QRect& row) const
{
    if (!bar.started)
        return {};
    return between(*bar.started, bar.ended, row).adjusted(0, row.height() * 0.14, 0, -row.height() * 0.14);
}

QRectF GanttPlaces::wait(const Wait& wait, const QRectF& work) const
{
    const qreal left = std::clamp(xOf(wait.from), work.left(), work.right());
    const qreal right = std::clamp(xOf(wait.to), work.left(), work.right());
    return {left, work.top(), right - left, work.height()};
}

int GanttPlaces::height(const GanttScene& scene) const
{
    return static_cast<int>(scene.rows.size() + scene.lanes.size()) * line;
}

int GanttPlaces::rowAt(const GanttScene& scene, int y) const
{
    if (y < axis)
        return -1;
    const int position = (y - axis + top) / line;
    for (std::size_t lane = 0; lane < scene.lanes.size(); ++lane) {
        const int inLane = position - static_cast<int>(scene.lanes[lane].first + lane) - 1;
        if (inLane >= 0 && inLane < static_cast<int>(scene.lanes[lane].count))
            return static_cast<int>(scene.lanes[lane].first) + inLane;
    }
    return -1;
}

int GanttPlaces::barAt(const GanttScene::Row& row, int x) const
{
    const QRect any(0, 0, 1, line);
    for (std::size_t i = row.bars.size(); i-- > 0;) {
        for (const QRectF& part : {work(row.bars[i], any), queue(row.bars[i], any)}) {
            if (!part.isNull() && x >= part.left() - 1 && x <= part.right() + 1)
                return static_cast<int>(i);
        }
    }
    return -1;
}

} // namespace mnemo
