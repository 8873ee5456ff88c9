#include "ui/sources/limitsmodel.h"

#include <QGuiApplication>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/widgets/errortext.h"
#include "ui/widgets/feedtext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

bool isNumber(LimitsModel::Column column)
{
    static constexpr std::array numbers {LimitsModel::Messages, LimitsModel::Latency, LimitsModel::Reconnects,
        LimitsModel::Limit, LimitsModel::InFlight, LimitsModel::Queued};
    return std::ranges::find(numbers, column) != numbers.end();
}

QString latencyText(const std::optional<milliseconds>& latency)
{
    return latency ? LimitsModel::tr("%1 ms").arg(countText(std::int64_t {latency->count()})) : QString();
}

QString problemText(const FeedSnapshot& feed)
{
    return feed.lastErrorAt ? LimitsModel::tr("%1 UTC: %2").arg(timeText(*feed.lastErrorAt), toQString(feed.lastError)) : QString();
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

int LimitsModel::Row::childCount() const
{
    return static_cast<int>((isInUse ? now.budgets.size() : stated.budgets.size()) + feeds.size());
}

std::string LimitsModel::Row::exchange() const
{
    if (stated.venues.empty() || std::ranges::find(stated.venues, stated.id) != stated.venues.end())
        return stated.id;
    return stated.venues.front();
}

std::optional<FeedCondition> LimitsModel::Row::worst() const
{
    std::optional<FeedCondition> worst;
    for (const FeedCondition bad : {FeedCondition::Stalled, FeedCondition::Reconnecting, FeedCondition::Connecting, FeedCondition::Live}) {
        const bool hasIt = std::ranges::any_of(feeds, [&](const FeedSnapshot& feed) { return mnemo::isInUse(feed) && conditionOf(feed) == bad; });
        if (!worst && hasIt)
            worst = bad;
    }
    return worst;
}

/// The last one of its requests; where there is none, that of its streams.
QString LimitsModel::Row::problem() const
{
    if (!now.lastError.empty())
        return toQString(now.lastError);
    const auto newest = std::ranges::max_element(feeds, {}, &FeedSnapshot::lastErrorAt);
    return newest == feeds.end() ? QString() : problemText(*newest);
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
        Row row {std::move(lane), isInUse, isInUse ? known->second : LaneSnapshot {}, {}, 0, {}, {}};
        assignFeeds(row);
        m_rows.push_back(std::move(row));
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
            m_rows.push_back({{lane.id, {}, {}}, true, lane, {}, 0, {}, {}});
        else
            place->isInUse = true, place->now = lane;
        sort();
        endResetModel();
        return;
    }
    place->now = lane;
    rowChanged(static_cast<int>(place - m_rows.begin()));
}

/// It and what stands below it.
void LimitsModel::rowChanged(int row)
{
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    const QModelIndex top = index(row, 0);
    if (const int children = rowCount(top); children > 0)
        emit dataChanged(index(0, 0, top), index(children - 1, ColumnCount - 1, top));
}

void LimitsModel::assignFeeds(Row& row) const
{
    const auto isOfRow = [&](const std::string& exchange) {
        return exchange == row.stated.id || std::ranges::find(row.stated.venues, exchange) != row.stated.venues.end();
    };
    row.feeds.clear();
    for (const FeedSnapshot& feed : m_report.feeds) {
        if (isOfRow(feed.exchange))
            row.feeds.push_back(feed);
    }
    row.polled = static_cast<int>(std::ranges::count_if(m_report.series, [&](const FollowedSeries& series) {
        return series.state == FollowState::Polled && isOfRow(series.series.exchange);
    }));
}

void LimitsModel::applyFeeds(const FeedReport& report)
{
    m_report = report;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        Row fresh = m_rows[i];
        assignFeeds(fresh);
        Row& row = m_rows[i];
        if (fresh.feeds == row.feeds && fresh.polled == row.polled)
            continue;
        const QModelIndex top = index(static_cast<int>(i), 0);
        const int before = row.childCount(), after = fresh.childCount();
        const int common = std::min(before, after);
        if (after > before)
            beginInsertRows(top, common, after - 1);
        else if (after < before)
            beginRemoveRows(top, common, before - 1);
        row = std::move(fresh);
        if (after > before)
            endInsertRows();
        else if (after < before)
            endRemoveRows();
        rowChanged(static_cast<int>(i));
    }
}

LimitsModel::Row* LimitsModel::rowOf(const std::string& exchange)
{
    const auto row = std::ranges::find_if(m_rows, [&](const Row& each) { return each.exchange() == exchange; });
    return row == m_rows.end() ? nullptr : &*row;
}

std::string LimitsModel::exchangeOf(const QModelIndex& index) const
{
    return index.isValid() ? laneOf(index).exchange() : std::string();
}

std::string LimitsModel::providerOf(const QModelIndex& index) const
{
    return index.isValid() ? laneOf(index).stated.provider : std::string();
}

const LimitsModel::Row& LimitsModel::laneOf(const QModelIndex& index) const
{
    return m_rows[index.internalId() == 0 ? static_cast<std::size_t>(index.row()) : static_cast<std::size_t>(index.internalId() - 1)];
}

void LimitsModel::showTest(const std::string& exchange, const QString& text, const QString& detail)
{
    Row* row = rowOf(exchange);
    if (row == nullptr)
        return;
    row->test = text;
    row->testDetail = detail;
    const QModelIndex cell = index(static_cast<int>(row - m_rows.data()), Test);
    emit dataChanged(cell, cell);
}

QString LimitsModel::testText(const std::string& exchange) const
{
    const auto row = std::ranges::find_if(m_rows, [&](const Row& each) { return each.exchange() == exchange; });
    return row == m_rows.end() ? QString() : row->test;
}

void LimitsModel::setTesting(const std::string& exchange)
{
    showTest(exchange, tr("\u2026 asking"), {});
}

void LimitsModel::setTested(const std::string& exchange, const SourceTest& test)
{
    const QString took = tr("%1 ms").arg(countText(std::int64_t {test.took.count()}));
    if (test.instruments)
        showTest(exchange, u"\u2713 "_s + tr("%1, %Ln instrument(s)", nullptr, static_cast<int>(*test.instruments)).arg(took),
            tr("Its market list came in %1, waiting for its turn included.").arg(took));
    else
        showTest(exchange, tr("\u2715 failed after %1: %2").arg(took, errorReason(test.instruments.error())), errorTextWithDetail(test.instruments.error()));
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
    return row.childCount();
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
    const auto budgets = row.budgets();
    const auto child = static_cast<std::size_t>(index.row());
    return child < budgets.size() ? budgetData(row, budgets[child], column, role)
                                  : feedData(row.feeds[child - budgets.size()], column, role);
}

QVariant LimitsModel::feedData(const FeedSnapshot& feed, Column column, int role) const
{
    if (role == Qt::ForegroundRole && column == Feed)
        return colourOf(feed, Theme::of(QGuiApplication::palette()));
    if (role == Qt::ToolTipRole)
        return sentenceOf(feed);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return tr("Stream %1").arg(toQString(feed.id));
    case Feed:
        return isInUse(feed) ? tr("%1 %2, %Ln series", nullptr, feed.topics).arg(glyphOf(feed), textOf(feed)) : QString(glyphOf(feed) + u' ' + textOf(feed));
    case Messages: return isInUse(feed) ? rateText(feed.messagesPerSecond) : QString();
    case Latency: return latencyText(feed.latency);
    case Reconnects: return countText(std::int64_t {feed.reconnects});
    case Problem: return problemText(feed);
    case State:
    case Used:
    case Limit:
    case InFlight:
    case Queued:
    case Clock:
    case Test:
    case ColumnCount: break;
    }
    return {};
}

/// What a lane's row tells of all its streams together.
QVariant LimitsModel::feedCell(const Row& row, Column column, int role) const
{
    const auto worst = row.worst();
    if (role == Qt::ForegroundRole && column == Feed && worst)
        return colourOf(*worst, Theme::of(QGuiApplication::palette()));
    if (role != Qt::DisplayRole)
        return {};
    QStringList parts;
    if (column == Feed) {
        for (const FeedSnapshot& feed : row.feeds) {
            if (isInUse(feed) && conditionOf(feed) == worst && parts.isEmpty())
                parts << glyphOf(*worst) + u' ' + textOf(feed);
        }
        if (!worst && !row.feeds.empty())
            parts << glyphOf(row.feeds.front()) + u' ' + textOf(row.feeds.front());
        if (row.polled > 0)
            parts << tr("%1 %Ln polled", nullptr, row.polled).arg(glyphOf(FollowState::Polled));
        return parts.join(u", "_s);
    }
    if (row.feeds.empty())
        return {};
    if (column == Messages) {
        double sum = 0;
        for (const FeedSnapshot& feed : row.feeds)
            sum += feed.messagesPerSecond;
        return worst ? rateText(sum) : QString();
    }
    if (column == Latency) {
        std::optional<milliseconds> longest;
        for (const FeedSnapshot& feed : row.feeds)
            longest = std::max(longest, feed.latency);
        return latencyText(longest);
    }
    int reconnects = 0;
    for (const FeedSnapshot& feed : row.feeds)
        reconnects += feed.reconnects;
    return column == Reconnects ? QVariant(countText(std::int64_t {reconnects})) : QVariant();
}

QVariant LimitsModel::laneData(const Row& row, Column column, int role) const
{
    if (role == Qt::ForegroundRole && column == State)
        return row.isInUse ? colourOf(row.now, Theme::of(QGuiApplication::palette()))
                           : QGuiApplication::palette().color(QPalette::PlaceholderText);
    if (column == Feed || column == Messages || column == Latency || column == Reconnects)
        return feedCell(row, column, role);
    if (role == Qt::ToolTipRole && column == Problem)
        return row.problem();
    if (role == Qt::ToolTipRole && column == Test)
        return row.testDetail;
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
    case Test: return row.test;
    case Problem: return row.problem();
    case Feed:
    case Messages:
    case Latency:
    case Reconnects:
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
    case Feed:
    case Messages:
    case Latency:
    case Reconnects:
    case InFlight:
    case Queued:
    case Clock:
    case Test:
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
    if (role == Qt::ToolTipRole && column == Latency)
        return tr("From the exchange's own time stamp to the arrival here, by this machine's clock: the median of the newest messages.");
    if (role == Qt::ToolTipRole && column == Test)
        return tr("What came of asking it for its market list, with the \"Test\" button below.");
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return tr("Exchange, limit");
    case State: return tr("State");
    case Feed: return tr("Live");
    case Messages: return tr("Messages");
    case Latency: return tr("Latency");
    case Reconnects: return tr("Reconnects");
    case Used: return tr("Used");
    case Limit: return tr("Limit");
    case InFlight: return tr("Under way");
    case Queued: return tr("Queued");
    case Clock: return tr("Clock");
    case Test: return tr("Test");
    case Problem: return tr("Last problem");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
