#include "ui/pipelines/runbarsdelegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/pipelines/pipelinesmodel.h"
#include "ui/pipelines/pipelinetext.h"

namespace mnemo {

namespace {

int stepOf(const QStyleOptionViewItem& option)
{
    return option.fontMetrics.height() * 9 / 10;
}

constexpr int shownRuns = 14;

} // namespace

std::vector<int> barHeights(const std::vector<std::optional<std::chrono::milliseconds>>& took, int high)
{
    constexpr int least = 2;
    double most = 0;
    for (const auto& one : took)
        most = std::max(most, one ? static_cast<double>(one->count()) : 0.0);
    std::vector<int> heights;
    for (const auto& one : took) {
        const double share = one && most > 0 ? std::sqrt(std::max(0.0, static_cast<double>(one->count())) / most) : 0;
        heights.push_back(least + static_cast<int>(std::lround(share * (high - least))));
    }
    return heights;
}

void RunBarsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index); // selection, focus, "no run yet"
    const auto runs = index.data(PipelinesModel::RunsRole).value<std::vector<RunRecord>>();
    if (runs.empty())
        return;
    const Theme theme = Theme::of(option.palette);
    const UtcMs now = SystemClock().now();
    std::vector<std::optional<milliseconds>> took;
    for (const RunRecord& run : runs)
        took.push_back(tookOf(run, now));
    const int line = option.fontMetrics.height();
    const QRect room = option.rect.adjusted(4, 3, -4, -2);
    const std::vector<int> heights = barHeights(took, std::max(4, room.height() - line));
    const int step = stepOf(option);
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected)) // the colours of states were made for this background
        painter->fillRect(QRect(room.left(), room.top() - 1, step * static_cast<int>(runs.size()), room.height() + 2), option.palette.color(QPalette::Base));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const int x = room.left() + static_cast<int>(i) * step;
        const QColor ink = colourOf(stateOf(runs[i]), theme);
        painter->fillRect(x + step / 4, room.bottom() - line - heights[i], step / 2, heights[i], ink);
        painter->setPen(ink);
        painter->drawText(QRect(x, room.bottom() - line + 1, step, line), Qt::AlignCenter, glyphOf(stateOf(runs[i])));
    }
    painter->restore();
}

QSize RunBarsDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {stepOf(option) * shownRuns + 8, option.fontMetrics.height() * 2 + 6};
}

} // namespace mnemo
