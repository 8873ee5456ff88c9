#include "ui/sources/limitsmodel.h"

#include <QGuiApplication>
#include <algorithm>
#include <cmath>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

bool isNumber(LimitsModel::Column column)
{
    return column == LimitsModel::InFlight || column == LimitsModel::Queued || column == LimitsModel::Limit;
}

QString offsetText(const LaneSnapshot& lane)
{
    if (!lane.clockOffset)
        return {};
    const QString warning = clockWarningOf(lane);
    return warning.isEmpty() ? LimitsModel::tr("\u2713 agrees") : u"\u26A0 "_s + warning;
}

} // namespace

std::vector<BudgetState> LimitsModel::Row::budgets() const
{
    if (isInUse)
        return now.budgets;
    std::vector<BudgetState> states;
    for (const BudgetSpec& spec : stated.budgets)
        states.push_back({spec.name, 0, spec.capacity, spec.window, {}});
    return states;
}

LimitsModel::LimitsModel(QObject* parent)
    : QAbstractItemModel(parent)
{
}

void LimitsModel::setLanes(std::vector<StatedLane> lanes)
{
    beginResetModel();
    m_rows.clear();
    for (StatedLane& lane : lanes) {
        const auto known = m_snapshots.find(lane.id);
        const bool isInUse = known != m_snapshots.end();
        m_rows.push_back({std::move(lane), isInUse, isInUse ? known->second : LaneSnapshot {}});
    }
    sort();
    endResetModel();
}

void LimitsModel::sort()
{
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row& a, const Row& b) {
        return a.isInUse != b.isInUse ? a.isInUse : a.stated.id < b.stated.id;
    });
}

void LimitsModel::apply(const LaneSnapshot& lane)
{
    m_snapshots[lane.id] = lane;
    const auto place =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.stated.id == lane.id; });
    if (place == m_rows.end() || !place->isInUse || place->now.budgets.size() != lane.budgets.size()) {
        beginResetModel(); // a lane comes into use once in a session
        if (place == m_rows.end())
            m_rows.push_back({{lane.id, {}, {}}, true, lane});
        else
            place->isInUse = true, place->now = lane;
        sort();
        endResetModel();
        return;
    }
    place->now = lane;
    const int row = static_cast<int>(place - m_rows.begin());
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    const QModelIndex top = index(row, 0);
    if (const int budgets = rowCount(top); budgets > 0)
        emit dataChanged(index(0, 0, top), index(budgets - 1, ColumnCount - 1, top));
}

// Internal id: 0 for a lane, else its row + 1.
QModelIndex LimitsModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr {0});
}

QModelIndex LimitsModel::parent(const QModelIndex& child) const
{
    if (!child.isValid() || child.internalId() == 0)
        return {};
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, quintptr {0});
}

int LimitsModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_rows.size());
    if (parent.column() > 0 || parent.internalId() != 0)
        return 0;
    const Row& row = m_rows[static_cast<std::size_t>(parent.row())];
    return static_cast<int>(row.isInUse ? row.now.budgets.size() : row.stated.budgets.size());
}

int LimitsModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QVariant LimitsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::TextAlignmentRole)
        return isNumber(column) ? QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    if (index.internalId() == 0)
        return laneData(m_rows[static_cast<std::size_t>(index.row())], column, role);
    const Row& row = m_rows[static_cast<std::size_t>(index.internalId() - 1)];
    return budgetData(row, row.budgets()[static_cast<std::size_t>(index.row())], column, role);
}

QVariant LimitsModel::laneData(const Row& row, Column column, int role) const
{
    if (role == Qt::ForegroundRole && column == State)
        return row.isInUse ? colourOf(row.now, Theme::of(QGuiApplication::palette()))
                           : QGuiApplication::palette().color(QPalette::PlaceholderText);
    if (role == Qt::ToolTipRole && column == Problem)
        return toQString(row.now.lastError);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: {
        QStringList others;
        for (const std::string& venue : row.stated.venues) {
            if (venue != row.stated.id)
                others << toQString(venue);
        }
        return others.isEmpty() ? toQString(row.stated.id)
                                : tr("%1 (also %2)").arg(toQString(row.stated.id), others.join(u", "_s));
    }
    case State: return row.isInUse ? QString(glyphOf(row.now) + u' ' + textOf(row.now)) : tr("not in use");
    case InFlight: return row.isInUse ? countText(std::int64_t {row.now.inFlight}) : QString();
    case Queued: return row.isInUse ? countText(std::int64_t {row.now.queued}) : QString();
    case Clock: return offsetText(row.now);
    case Problem: return toQString(row.now.lastError);
    case Used:
    case Limit:
    case ColumnCount: break;
    }
    return {};
}

QVariant LimitsModel::budgetData(const Row& row, const BudgetState& budget, Column column, int role) const
{
    const double share = budget.capacity > 0 ? std::clamp(budget.used / budget.capacity, 0.0, 1.0) : 0;
    if (role == ShareRole)
        return row.isInUse && column == Used ? QVariant(share) : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return toQString(budget.name);
    case State:
        return budget.blockedUntil && *budget.blockedUntil > std::chrono::steady_clock::now()
            ? tr("\u2715 blocked by the exchange")
            : QString();
    case Used: return row.isInUse ? tr("%1 used").arg(countText(std::llround(budget.used))) : QString();
    case Limit: return tr("%1 in %2").arg(countText(std::llround(budget.capacity)), lengthText(budget.window));
    case InFlight:
    case Queued:
    case Clock:
    case Problem:
    case ColumnCount: break;
    }
    return {};
}

QVariant LimitsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return tr("Exchange, limit");
    case State: return tr("State");
    case Used: return tr("Used");
    case Limit: return tr("Limit");
    case InFlight: return tr("Under way");
    case Queued: return tr("Queued");
    case Clock: return tr("Clock");
    case Problem: return tr("Last problem");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
