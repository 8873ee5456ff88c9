#include "ui/wall/wallmodel.h"

#include <algorithm>

#include "ui/widgets/feedtext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr auto turn = 16ms;
constexpr int mostToldAtOnce = 10;

QString wordsOf(const WallTile& tile)
{
    QStringList parts {titleOf(tile.record.key)};
    if (const auto last = tile.last())
        parts << WallModel::tr("last %1").arg(priceText(*last, decimalsOfPrice(*last)));
    if (const auto change = tile.change())
        parts << WallModel::tr("%1 % in %2").arg(QLocale().toString(*change * 100, 'f', 2), tile.changeSpan());
    if (tile.followed)
        parts << textOf(tile.followed->state);
    if (!tile.age.isEmpty())
        parts << tile.age;
    return parts.join(u", "_s);
}

} // namespace

WallModel::WallModel(QObject* parent)
    : QAbstractListModel(parent)
{
    m_turn.setSingleShot(true);
    m_turn.setInterval(turn);
    connect(&m_turn, &QTimer::timeout, this, &WallModel::tell);
}

void WallModel::setSeries(const std::vector<const StoredSeries*>& series)
{
    std::vector<WallTile> fresh;
    for (const StoredSeries* each : series) {
        if (fresh.size() == mostTiles)
            break;
        const int row = rowOf(each->record.key);
        WallTile tile = row < 0 ? WallTile {} : m_tiles[static_cast<std::size_t>(row)];
        tile.record = each->record;
        if (each->last)
            tile.stored = each->record.grid().next(*each->last);
        fresh.push_back(std::move(tile));
    }
    const bool isSame = std::ranges::equal(
        fresh, m_tiles, [](const WallTile& a, const WallTile& b) { return a.record == b.record; });
    if (isSame) {
        m_tiles = std::move(fresh); // what the store has more of is read, and told then
        return;
    }
    beginResetModel();
    m_tiles = std::move(fresh);
    m_changed.clear();
    endResetModel();
}

int WallModel::rowOf(const SeriesKey& series) const
{
    const auto found = std::ranges::find_if(m_tiles, [&](const WallTile& tile) { return tile.record.key == series; });
    return found == m_tiles.end() ? -1 : static_cast<int>(found - m_tiles.begin());
}

void WallModel::changed(int row)
{
    m_changed.insert(row);
    if (!m_turn.isActive())
        m_turn.start();
}

void WallModel::tell()
{
    auto row = m_changed.lower_bound(m_next);
    for (int told = 0; told < mostToldAtOnce && !m_changed.empty(); ++told) {
        if (row == m_changed.end())
            row = m_changed.begin();
        const QModelIndex at = index(*row);
        m_next = *row + 1;
        row = m_changed.erase(row);
        emit dataChanged(at, at);
    }
    if (!m_changed.empty())
        m_turn.start();
}

void WallModel::setBars(const SeriesKey& series, const std::vector<Candle>& bars)
{
    const int row = rowOf(series);
    if (row < 0)
        return;
    m_tiles[static_cast<std::size_t>(row)].setBars(bars);
    changed(row);
}

void WallModel::setRunning(const BarRunning& bar, UtcMs now)
{
    const int row = rowOf(bar.series);
    if (row < 0)
        return;
    WallTile& tile = m_tiles[static_cast<std::size_t>(row)];
    const bool isSame = tile.running == bar.bar;
    tile.running = bar.bar;
    tile.heard = now;
    if (tile.setAge(now) || !isSame)
        changed(row);
}

void WallModel::setFeeds(const FeedReport& report, UtcMs now)
{
    for (std::size_t i = 0; i < m_tiles.size(); ++i) {
        WallTile& tile = m_tiles[i];
        const auto found = std::ranges::find(report.series, tile.record.key, &FollowedSeries::series);
        const auto followed = found == report.series.end() ? std::nullopt : std::optional(*found);
        if (tile.followed == followed)
            continue;
        tile.followed = followed;
        tile.setAge(now);
        changed(static_cast<int>(i));
    }
}

void WallModel::setNow(UtcMs now)
{
    for (std::size_t i = 0; i < m_tiles.size(); ++i) {
        if (m_tiles[i].setAge(now))
            changed(static_cast<int>(i));
    }
}

int WallModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_tiles.size());
}

QVariant WallModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const WallTile& of = tile(index.row());
    if (role == Qt::DisplayRole)
        return titleOf(of.record.key);
    if (role == TextRole || role == Qt::AccessibleTextRole)
        return wordsOf(of);
    if (role == Qt::ToolTipRole)
        return of.followed ? QString(wordsOf(of) + u'\n' + sentenceOf(*of.followed)) : wordsOf(of);
    return {};
}

} // namespace mnemo
