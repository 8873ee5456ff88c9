#include "ui/chart/charttablemodel.h"

#include <algorithm>

#include "ui/chart/charttext.h"
#include "ui/chart/difference.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

ChartTableModel::ChartTableModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

std::vector<ChartTableModel::Row> ChartTableModel::rowsOf(const ChartContent& content, TimeRange within)
{
    std::vector<Row> rows;
    const auto addBars = [&](const std::vector<ChartContent::Piece>& pieces, bool isQuarantined) {
        for (const ChartContent::Piece& piece : pieces) {
            for (const ChartBar& bar : piece.bars) {
                if (bar.time + piece.length <= within.from || bar.time >= within.to)
                    continue;
                rows.push_back({Row::Kind::Bar, bar, bar.time + piece.length});
                rows.back().isQuarantined = isQuarantined;
            }
        }
    };
    addBars(content.pieces, false);
    addBars(content.quarantined, true);
    for (const Gap& gap : content.gaps) {
        const TimeRange shown = gap.range.intersected(within);
        if (!shown.isEmpty())
            rows.push_back({Row::Kind::Gap, {shown.from}, shown.to, gap.bars, gap.gapClass});
    }
    for (const TimeRange& range : content.loading) {
        const TimeRange shown = range.intersected(within);
        if (!shown.isEmpty())
            rows.push_back({Row::Kind::Loading, {shown.from}, shown.to});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.bar.time < b.bar.time; });
    double last = 0;
    for (Row& row : rows) {
        if (row.kind != Row::Kind::Bar)
            continue;
        const double reference = last != 0 ? last : row.bar.open;
        row.change = reference != 0 ? (row.bar.close / reference - 1) * 100 : 0;
        if (!row.isQuarantined) // nothing is measured against what is out of question
            last = row.bar.close;
    }
    addNotes(rows, content.notes);
    return rows;
}

void ChartTableModel::addNotes(std::vector<Row>& rows, const std::vector<QualityNote>& notes)
{
    for (const QualityNote& note : notes) {
        auto row = std::partition_point(
            rows.begin(), rows.end(), [&](const Row& one) { return one.bar.time < note.from && one.to <= note.from; });
        for (; row != rows.end() && row->bar.time < note.to; ++row) {
            if (row->to > note.from && (!row->note || note.kind > row->note->kind))
                row->note = note;
        }
    }
}

void ChartTableModel::addCompared(std::vector<Row>& rows, const ChartContent& compared)
{
    const auto at = [&rows](UtcMs time) -> Row* {
        const auto row = std::lower_bound(
            rows.begin(), rows.end(), time, [](const Row& one, UtcMs wanted) { return one.bar.time < wanted; });
        return row != rows.end() && row->bar.time == time ? &*row : nullptr;
    };
    for (const ChartContent::Piece& piece : compared.pieces) {
        for (const ChartBar& bar : piece.bars) {
            if (Row* row = at(bar.time))
                row->other = bar.close;
        }
    }
    for (const DifferenceBar& bar : compared.differences) {
        if (Row* row = at(bar.time))
            row->difference = bar;
    }
}

void ChartTableModel::apply(const ChartContent& content, TimeRange within, int decimals, const ChartZone& zone,
    const ChartContent& compared, const QString& comparedTitle)
{
    const bool looksDifferent = decimals != m_decimals || !(zone == m_zone) || comparedTitle != m_comparedTitle;
    m_comparedTitle = comparedTitle;
    m_decimals = decimals;
    m_zone = zone;
    std::vector<Row> next = rowsOf(content, within);
    addCompared(next, compared);
    const auto sizes = std::min(next.size(), m_rows.size());
    std::size_t head = 0, tail = 0;
    while (head < sizes && next[head] == m_rows[head])
        ++head;
    while (tail < sizes - head && next[next.size() - 1 - tail] == m_rows[m_rows.size() - 1 - tail])
        ++tail;
    const auto from = static_cast<std::ptrdiff_t>(head);
    const std::size_t gone = m_rows.size() - head - tail;
    const std::size_t come = next.size() - head - tail;
    const std::size_t changed = std::min(gone, come);
    std::copy_n(next.begin() + from, changed, m_rows.begin() + from);
    if (changed > 0)
        emit dataChanged(
            index(static_cast<int>(head), 0), index(static_cast<int>(head + changed) - 1, ColumnCount - 1));
    const auto at = static_cast<int>(head + changed);
    if (gone > changed) {
        beginRemoveRows({}, at, at + static_cast<int>(gone - changed) - 1);
        m_rows.erase(m_rows.begin() + at, m_rows.begin() + at + static_cast<std::ptrdiff_t>(gone - changed));
        endRemoveRows();
    } else if (come > changed) {
        beginInsertRows({}, at, at + static_cast<int>(come - changed) - 1);
        m_rows.insert(
            m_rows.begin() + at, next.begin() + at, next.begin() + at + static_cast<std::ptrdiff_t>(come - changed));
        endInsertRows();
    }
    if (looksDifferent && !m_rows.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    if (looksDifferent)
        emit headerDataChanged(Qt::Horizontal, Time, Difference);
}

int ChartTableModel::rowAt(UtcMs time) const
{
    const auto after = std::upper_bound(
        m_rows.begin(), m_rows.end(), time, [](UtcMs at, const Row& row) { return at < row.bar.time; });
    return static_cast<int>(after - m_rows.begin()) - 1;
}

QString ChartTableModel::textOf(const std::vector<int>& rows) const
{
    QString text;
    for (int column = 0; column < ColumnCount; ++column)
        text +=
            headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() + (column + 1 < ColumnCount ? u'\t' : u'\n');
    for (const int row : rows) {
        for (int column = 0; column < ColumnCount; ++column)
            text += this->text(m_rows[static_cast<std::size_t>(row)], static_cast<Column>(column))
                + (column + 1 < ColumnCount ? u'\t' : u'\n');
    }
    return text;
}

int ChartTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ChartTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ChartTableModel::state(const Row& row) const
{
    switch (row.kind) {
    case Row::Kind::Bar:
        return row.isQuarantined ? tr("quarantined") : tr("closed");
    case Row::Kind::Gap:
        return tr("gap: %1, %2 bars, until %3")
            .arg(mnemo::textOf(row.gapClass), countText(row.bars), m_zone.timeText(row.to));
    case Row::Kind::Loading:
        return tr("loading, until %1").arg(m_zone.timeText(row.to));
    }
    return {};
}

QString ChartTableModel::text(const Row& row, Column column) const
{
    if (column == Time)
        return m_zone.timeText(row.bar.time);
    if (column == State)
        return state(row);
    if (column == Findings)
        return row.note ? tr("%1 %2").arg(glyphOf(row.note->kind),
                   mnemo::textOf(row.note->kind, row.note->rule, row.note->findings))
                        : QString();
    if (column == Other)
        return row.other ? priceText(*row.other, m_decimals) : QString();
    if (column == Difference)
        return row.difference ? differenceText(*row.difference) : QString();
    if (row.kind != Row::Kind::Bar)
        return {};
    switch (column) {
    case Open:
        return priceText(row.bar.open, m_decimals);
    case High:
        return priceText(row.bar.high, m_decimals);
    case Low:
        return priceText(row.bar.low, m_decimals);
    case Close:
        return priceText(row.bar.close, m_decimals);
    case Change:
        return signedPercent(row.change);
    case Volume:
        return volumeText(row.bar.volume);
    case Time:
    case State:
    case Findings:
    case Other:
    case Difference:
    case ColumnCount:
        break;
    }
    return {};
}

QVariant ChartTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::DisplayRole)
        return text(row, column);
    const bool isText = column == Time || column == State || column == Findings || column == Difference;
    if (role == Qt::TextAlignmentRole && !isText)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    return {};
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal)
        return {};
    switch (static_cast<Column>(section)) {
    case Time:
        return tr("Open time (%1)").arg(m_zone.shortName());
    case Open:
        return tr("Open");
    case High:
        return tr("High");
    case Low:
        return tr("Low");
    case Close:
        return tr("Close");
    case Change:
        return tr("Change");
    case Volume:
        return tr("Volume");
    case State:
        return tr("State");
    case Findings:
        return tr("Findings");
    case Other:
        return m_comparedTitle;
    case Difference:
        return tr("Difference");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace mnemo
