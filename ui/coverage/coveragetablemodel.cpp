#include "ui/coverage/coveragetablemodel.h"

#include <algorithm>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QString wordsOf(CellLook look)
{
    const QString share = look.fill == CellLook::noFill ? QString() : u"%1 %"_s.arg(int(look.fill));
    if (look.mark == CellMark::None)
        return share;
    const QString word = textOf(look.mark);
    return share.isEmpty() ? word : CoverageTableModel::tr("%1, %2").arg(share, word);
}

} // namespace

CoverageTableModel::CoverageTableModel(QObject* parent)
    : QAbstractTableModel(parent)
    , m_heatmap(std::make_shared<const Heatmap>())
{
}

void CoverageTableModel::setHeatmap(
    std::shared_ptr<const Heatmap> heatmap, const QString& filter, const Scope& scope)
{
    auto lines = linesOf(*heatmap, filter, SystemClock().now(), scope);
    std::erase_if(lines, [](const HeatmapLine& line) { return line.row < 0; });
    const bool isSame = heatmap->bounds == m_heatmap->bounds
        && std::ranges::equal(lines, m_lines, [&](const HeatmapLine& one, const HeatmapLine& other) {
               return heatmap->rows[static_cast<std::size_t>(one.row)]->series.id
                   == m_heatmap->rows[static_cast<std::size_t>(other.row)]->series.id;
           });
    if (!isSame) {
        beginResetModel();
        m_heatmap = std::move(heatmap);
        m_lines = std::move(lines);
        endResetModel();
        return;
    }
    const auto before = std::exchange(m_heatmap, std::move(heatmap));
    const auto old = std::exchange(m_lines, std::move(lines));
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const bool isUnchanged = m_heatmap->rows[static_cast<std::size_t>(m_lines[i].row)]
            == before->rows[static_cast<std::size_t>(old[i].row)];
        const int row = static_cast<int>(i);
        if (!isUnchanged)
            emit dataChanged(index(row, 0), index(row, columnCount() - 1));
        else if (m_lines[i].freshness != old[i].freshness)
            emit dataChanged(index(row, Freshness), index(row, Freshness));
    }
}

int CoverageTableModel::bucketOf(int column) const
{
    return column < FirstBucket ? -1 : m_heatmap->columns() - 1 - (column - FirstBucket);
}

int CoverageTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int CoverageTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : FirstBucket + m_heatmap->columns();
}

QVariant CoverageTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const HeatmapLine& line = m_lines[static_cast<std::size_t>(index.row())];
    const HeatmapRow& row = *m_heatmap->rows[static_cast<std::size_t>(line.row)];
    const int bucket = bucketOf(index.column());
    if (role == Qt::ToolTipRole && bucket >= 0)
        return describeCell(*m_heatmap, line.row, bucket);
    if (role == Qt::TextAlignmentRole && index.column() == Completeness)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return titleOf(row.series.key);
    case Completeness:
        return line.completeness;
    case Freshness:
        return line.freshness;
    default:
        return wordsOf(row.looks[static_cast<std::size_t>(bucket)]);
    }
}

QVariant CoverageTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    switch (section) {
    case Name:
        return tr("Series");
    case Completeness:
        return tr("Complete");
    case Freshness:
        return tr("Newest bar");
    default:
        return dateText(m_heatmap->bucket(bucketOf(section)).from);
    }
}

} // namespace mnemo
