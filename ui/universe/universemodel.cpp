#include "ui/universe/universemodel.h"

#include <QGuiApplication>
#include <algorithm>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

// The internal id of a row holds its parents: level, venue + 1, market + 1, symbol + 1.
constexpr int symbolBits = 24, marketBits = 4, venueBits = 20;

QString symbolsText(int count)
{
    return count == 1 ? UniverseModel::tr("1 symbol") : UniverseModel::tr("%1 symbols").arg(countText(std::int64_t {count}));
}

quintptr idOf(int venue, int market, int symbol)
{
    return (static_cast<quintptr>(venue + 1) << (symbolBits + marketBits))
        | (static_cast<quintptr>(market + 1) << symbolBits) | static_cast<quintptr>(symbol + 1);
}

} // namespace

UniverseModel::UniverseModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_index(std::make_shared<const UniverseIndex>())
{
    static_assert(sizeof(quintptr) * 8 >= symbolBits + marketBits + venueBits);
}

void UniverseModel::setIndex(std::shared_ptr<const UniverseIndex> index, const StoredSeriesList& stored)
{
    beginResetModel();
    m_index = std::move(index);
    m_stored.clear();
    for (const StoredSeries& series : stored)
        m_stored.emplace(series.record.key, series);
    search(false);
    endResetModel();
}

void UniverseModel::setStored(const StoredSeriesList& stored)
{
    for (const StoredSeries& series : stored) {
        auto& known = m_stored[series.record.key];
        if (known == series)
            continue;
        known = series;
        tellRow(series.record.key);
    }
}

void UniverseModel::setFilter(const QString& text)
{
    const QString trimmed = text.simplified();
    if (trimmed == m_filter)
        return;
    beginResetModel();
    // Going on typing within the last word only narrows; a finished timeframe name may bring others.
    const bool isNarrower = !m_filter.isEmpty() && trimmed.startsWith(m_filter)
        && !Timeframe::fromName(m_filter.section(u' ', -1).toStdString())
        && !Timeframe::fromName(trimmed.section(u' ', -1).toStdString());
    m_filter = trimmed;
    search(isNarrower);
    endResetModel();
}

void UniverseModel::setStoredOnly(bool isOn)
{
    if (isOn == m_isStoredOnly)
        return;
    beginResetModel();
    m_isStoredOnly = isOn;
    search(false);
    endResetModel();
}

void UniverseModel::setScope(const Scope& scope)
{
    if (scope == m_scope)
        return;
    beginResetModel();
    m_scope = scope;
    search(false);
    endResetModel();
}

void UniverseModel::search(bool isNarrower)
{
    m_hits = m_index->search(m_filter.toStdString(), isNarrower ? &m_hits : nullptr);
    if (m_isStoredOnly)
        std::erase_if(m_hits, [this](std::uint32_t entry) { return !m_index->entries()[entry].isStored; });
    if (!m_scope.isAny())
        std::erase_if(m_hits, [this](std::uint32_t entry) { return !m_index->isIn(m_scope, entry); });
    group();
}

void UniverseModel::group()
{
    m_rows.clear();
    const auto& entries = m_index->entries();
    const auto addVenue = [this](std::uint16_t venue) { m_rows.push_back({venue, {}}); };
    std::uint16_t next = 0; // venues without a hit are shown too, where they fit: their list can be fetched
    const auto addEmptyUpTo = [&](std::size_t venue) {
        for (; next < venue; ++next) {
            const bool isOutside = !m_scope.exchange.empty() && m_scope.exchange != m_index->venues()[next].id;
            if (!m_isStoredOnly && !isOutside && m_index->venueMatches(next, m_filter.toStdString()))
                addVenue(next);
        }
    };
    for (std::uint32_t i = 0; i < m_hits.size(); ++i) {
        const UniverseIndex::Entry& entry = entries[m_hits[i]];
        if (next <= entry.venue) {
            addEmptyUpTo(entry.venue);
            addVenue(entry.venue);
            next = static_cast<std::uint16_t>(entry.venue + 1);
        }
        auto& markets = m_rows.back().markets;
        if (markets.empty() || markets.back().market != entry.market)
            markets.push_back({entry.market, i, i});
        markets.back().end = i + 1;
    }
    addEmptyUpTo(m_index->venues().size());
}

void UniverseModel::applyJobs(const std::vector<JobSnapshot>& changed)
{
    for (const JobSnapshot& job : changed) {
        const SeriesState is = isFinal(job.state) ? SeriesState::None
            : job.state == JobState::Paused       ? SeriesState::Paused
                                                  : SeriesState::Running;
        const auto known = m_working.find(job.id);
        const SeriesState was = known == m_working.end() ? SeriesState::None : known->second;
        if (is == was)
            continue;
        JobCounts& counts = m_jobCounts[job.series];
        if (was != SeriesState::None)
            --counts.of(was);
        if (is != SeriesState::None) {
            ++counts.of(is);
            m_working[job.id] = is;
        } else {
            m_working.erase(known);
        }
        if (counts.running == 0 && counts.paused == 0)
            m_jobCounts.erase(job.series);
        tellRow(job.series);
    }
}

void UniverseModel::setFetching(const std::string& venue, bool isOn)
{
    if (isOn)
        m_fetching.insert(venue);
    else
        m_fetching.erase(venue);
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        if (m_index->venues()[m_rows[static_cast<std::size_t>(row)].venue].id == venue)
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
}

void UniverseModel::tellRow(const SeriesKey& key)
{
    const QModelIndex leaf = find(key);
    if (!leaf.isValid())
        return;
    emit dataChanged(leaf, leaf.siblingAtColumn(ColumnCount - 1));
    emit dataChanged(leaf.parent(), leaf.parent().siblingAtColumn(ColumnCount - 1));
}

UniverseModel::Place UniverseModel::placeOf(const QModelIndex& index) const
{
    Place place;
    if (!index.isValid())
        return place;
    const quintptr id = index.internalId();
    const int venue = static_cast<int>(id >> (symbolBits + marketBits)) - 1;
    const int market = static_cast<int>(id >> symbolBits & ((1U << marketBits) - 1)) - 1;
    const int symbol = static_cast<int>(id & ((1U << symbolBits) - 1)) - 1;
    if (venue < 0)
        return {index.row(), -1, -1, -1};
    if (market < 0)
        return {venue, index.row(), -1, -1};
    if (symbol < 0)
        return {venue, market, index.row(), -1};
    return {venue, market, symbol, index.row()};
}

QModelIndex UniverseModel::indexOf(const Place& place, int column) const
{
    if (place.leaf >= 0)
        return createIndex(place.leaf, column, idOf(place.venue, place.market, place.symbol));
    if (place.symbol >= 0)
        return createIndex(place.symbol, column, idOf(place.venue, place.market, -1));
    if (place.market >= 0)
        return createIndex(place.market, column, idOf(place.venue, -1, -1));
    return place.venue >= 0 ? createIndex(place.venue, column, idOf(-1, -1, -1)) : QModelIndex();
}

std::uint32_t UniverseModel::entryOf(const Place& place) const
{
    const MarketRow& market =
        m_rows[static_cast<std::size_t>(place.venue)].markets[static_cast<std::size_t>(place.market)];
    return m_hits[market.begin + static_cast<std::uint32_t>(place.symbol)];
}

QModelIndex UniverseModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    Place place = placeOf(parent);
    if (place.venue < 0)
        place.venue = row;
    else if (place.market < 0)
        place.market = row;
    else if (place.symbol < 0)
        place.symbol = row;
    else
        place.leaf = row;
    return indexOf(place, column);
}

QModelIndex UniverseModel::parent(const QModelIndex& child) const
{
    Place place = placeOf(child);
    if (place.leaf >= 0)
        place.leaf = -1;
    else if (place.symbol >= 0)
        place.symbol = -1;
    else if (place.market >= 0)
        place.market = -1;
    else
        return {};
    return indexOf(place, 0);
}

int UniverseModel::rowCount(const QModelIndex& parent) const
{
    if (parent.column() > 0)
        return 0;
    const Place place = placeOf(parent);
    if (place.venue < 0)
        return static_cast<int>(m_rows.size());
    const VenueRow& venue = m_rows[static_cast<std::size_t>(place.venue)];
    if (place.market < 0)
        return static_cast<int>(venue.markets.size());
    const MarketRow& market = venue.markets[static_cast<std::size_t>(place.market)];
    if (place.symbol < 0)
        return static_cast<int>(market.end - market.begin);
    if (place.leaf >= 0)
        return 0;
    const std::uint32_t entry = entryOf(place);
    return static_cast<int>(m_isStoredOnly ? m_index->storedLeafCount(entry) : m_index->leafCount(entry));
}

int UniverseModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

UniverseModel::Level UniverseModel::levelOf(const QModelIndex& index) const
{
    const Place place = placeOf(index);
    if (place.leaf >= 0)
        return Level::Series;
    if (place.symbol >= 0)
        return Level::Symbol;
    return place.market >= 0 ? Level::Market : Level::Venue;
}

const UniverseIndex::Entry* UniverseModel::entryAt(const QModelIndex& index) const
{
    const Place place = placeOf(index);
    return place.symbol < 0 ? nullptr : &m_index->entries()[entryOf(place)];
}

const UniverseVenue* UniverseModel::venueAt(const QModelIndex& index) const
{
    const Place place = placeOf(index);
    return place.venue < 0 ? nullptr : &m_index->venues()[m_rows[static_cast<std::size_t>(place.venue)].venue];
}

std::optional<SeriesKey> UniverseModel::keyAt(const QModelIndex& index) const
{
    const Place place = placeOf(index);
    if (place.leaf < 0)
        return std::nullopt;
    const std::uint32_t entry = entryOf(place);
    return m_index->keyOf(entry, m_index->leaves(entry)[static_cast<std::size_t>(place.leaf)]);
}

const StoredSeries* UniverseModel::storedAt(const QModelIndex& index) const
{
    const auto key = keyAt(index);
    const auto known = key ? m_stored.find(*key) : m_stored.end();
    return known == m_stored.end() ? nullptr : &known->second;
}

QModelIndex UniverseModel::find(const SeriesKey& key) const
{
    const auto entry = m_index->find(key.exchange, key.market, key.symbol);
    if (!entry)
        return {};
    const auto hit = std::lower_bound(m_hits.begin(), m_hits.end(), *entry);
    if (hit == m_hits.end() || *hit != *entry)
        return {};
    const auto position = static_cast<std::uint32_t>(hit - m_hits.begin());
    const std::uint16_t venue = m_index->entries()[*entry].venue;
    const auto row = std::lower_bound(
        m_rows.begin(), m_rows.end(), venue, [](const VenueRow& a, std::uint16_t number) { return a.venue < number; });
    Place place;
    place.venue = static_cast<int>(row - m_rows.begin());
    for (std::size_t i = 0; i < row->markets.size(); ++i) {
        if (position >= row->markets[i].begin && position < row->markets[i].end) {
            place.market = static_cast<int>(i);
            place.symbol = static_cast<int>(position - row->markets[i].begin);
        }
    }
    const auto leaves = m_index->leaves(*entry);
    const UniverseIndex::Leaf wanted {
        key.kind, key.timeframe, key.source == key.exchange ? std::string() : key.source};
    const auto leaf = std::find(leaves.begin(), leaves.end(), wanted);
    if (leaf == leaves.end() || place.symbol < 0)
        return {};
    const int leafRow = static_cast<int>(leaf - leaves.begin());
    if (leafRow >= rowCount(indexOf(place, 0)))
        return {};
    place.leaf = leafRow;
    return indexOf(place, 0);
}

QString UniverseModel::leafName(const UniverseIndex::Leaf& leaf) const
{
    QString name = toQString(leaf.timeframe.name());
    if (leaf.kind != Kind::Candles)
        name += u' ' + textOf(leaf.kind);
    return leaf.source.empty() ? name : tr("%1 by %2").arg(name, toQString(leaf.source));
}

QString UniverseModel::nameOf(const QModelIndex& index, Level level) const
{
    const Place place = placeOf(index);
    switch (level) {
    case Level::Venue: return toQString(venueAt(index)->name);
    case Level::Market:
        return textOf(m_rows[static_cast<std::size_t>(place.venue)].markets[static_cast<std::size_t>(place.market)].market);
    case Level::Symbol: return toQString(entryAt(index)->symbol);
    case Level::Series: return leafName(m_index->leaves(entryOf(place))[static_cast<std::size_t>(place.leaf)]);
    }
    return {};
}

QString UniverseModel::pathOf(const QModelIndex& index) const
{
    QStringList parts;
    for (QModelIndex at = index.siblingAtColumn(0); at.isValid(); at = at.parent()) {
        const Level level = levelOf(at);
        parts.prepend(level == Level::Venue ? toQString(venueAt(at)->id) : nameOf(at, level));
    }
    return parts.join(u'\n');
}

QModelIndex UniverseModel::atPath(const QString& path) const
{
    QModelIndex at;
    for (const QString& part : path.split(u'\n')) {
        QModelIndex next;
        for (int row = 0; row < rowCount(at) && !next.isValid(); ++row) {
            const QModelIndex child = index(row, 0, at);
            const Level level = levelOf(child);
            if ((level == Level::Venue ? toQString(venueAt(child)->id) : nameOf(child, level)) == part)
                next = child;
        }
        if (!next.isValid())
            return {};
        at = next;
    }
    return at;
}

SeriesState UniverseModel::stateNow(const SeriesKey& key, const StoredSeries* series) const
{
    const auto jobs = m_jobCounts.find(key);
    if (jobs == m_jobCounts.end())
        return stateOf(series);
    return jobs->second.running > 0 ? SeriesState::Running : SeriesState::Paused;
}

SeriesState UniverseModel::symbolState(std::uint32_t entry, std::int64_t* rows) const
{
    SeriesState worst = SeriesState::None;
    if (!m_index->entries()[entry].isStored && m_jobCounts.empty())
        return worst;
    for (const UniverseIndex::Leaf& leaf : m_index->leaves(entry)) {
        const SeriesKey key = m_index->keyOf(entry, leaf);
        const auto known = m_stored.find(key);
        const StoredSeries* series = known == m_stored.end() ? nullptr : &known->second;
        worst = std::max(worst, stateNow(key, series));
        if (rows && series)
            *rows += series->rows;
    }
    return worst;
}

QVariant UniverseModel::groupText(const QModelIndex& index, Level level, Column column) const
{
    if (level == Level::Symbol) {
        std::int64_t rows = 0;
        const SeriesState state = symbolState(entryOf(placeOf(index)), &rows);
        if (column == Rows)
            return rows > 0 ? countText(rows) : QString();
        if (column == State && state != SeriesState::None)
            return QString(glyphOf(state) + u' ' + textOf(state));
        if (column == State && !entryAt(index)->isActive)
            return tr("no longer traded");
        return {};
    }
    if (column != State)
        return {};
    if (level == Level::Market)
        return symbolsText(rowCount(index.siblingAtColumn(0)));
    const UniverseVenue& venue = *venueAt(index);
    if (m_fetching.contains(venue.id))
        return tr("\u25B6 fetching the market list\u2026");
    if (!venue.hasList)
        return tr("no market list yet");
    int symbols = 0;
    for (const MarketRow& market : m_rows[static_cast<std::size_t>(placeOf(index).venue)].markets)
        symbols += static_cast<int>(market.end - market.begin);
    return symbolsText(symbols);
}

QVariant UniverseModel::seriesText(const StoredSeries* series, SeriesState state, Column column) const
{
    if (column == State)
        return state == SeriesState::None ? QString() : QString(glyphOf(state) + u' ' + textOf(state));
    if (!series)
        return {};
    switch (column) {
    case Rows: return countText(series->rows);
    case Coverage: return series->expected > 0 ? percentText(series->coverage()) : QString();
    case First: return series->first ? dateText(*series->first) : QString();
    case Last: return series->last ? dateText(*series->last) : QString();
    case Name:
    case State:
    case ColumnCount: break;
    }
    return {};
}

QVariant UniverseModel::toolTip(const QModelIndex& index, Level level) const
{
    if (level == Level::Venue && !venueAt(index)->hasList)
        return tr("%1: its instruments are not known yet. Return or the menu fetches the market list; it needs the network.")
            .arg(toQString(venueAt(index)->name));
    const StoredSeries* series = storedAt(index);
    if (!series)
        return level == Level::Series ? tr("Nothing stored yet. Return opens the backfill.") : QVariant();
    return tr("%1\n%2 rows stored, %3 of %4 bars known\n%5 UTC")
        .arg(titleOf(series->record.key), countText(series->rows), countText(series->answered),
            countText(series->expected), series->first ? rangeText({*series->first, *series->last}) : QString());
}

QVariant UniverseModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Level level = levelOf(index);
    const auto column = static_cast<Column>(index.column());
    const auto stateAt = [&] {
        if (level == Level::Symbol)
            return symbolState(entryOf(placeOf(index)));
        return level == Level::Series ? stateNow(*keyAt(index), storedAt(index)) : SeriesState::None;
    };
    switch (role) {
    case Qt::DisplayRole:
        if (column == Name)
            return nameOf(index, level);
        return level == Level::Series ? seriesText(storedAt(index), stateAt(), column) : groupText(index, level, column);
    case Qt::TextAlignmentRole:
        return column >= Rows ? QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    case Qt::ForegroundRole:
        if (column == State && stateAt() != SeriesState::None)
            return colourOf(stateAt(), Theme::of(QGuiApplication::palette()));
        if (level == Level::Series ? storedAt(index) == nullptr : column == State)
            return QGuiApplication::palette().color(QPalette::PlaceholderText);
        return {};
    case Qt::AccessibleTextRole:
        if (column != Name)
            return data(index, Qt::DisplayRole);
        return level == Level::Series ? tr("%1, %2").arg(titleOf(*keyAt(index)), textOf(stateAt())) : nameOf(index, level);
    case Qt::ToolTipRole: return toolTip(index, level);
    default: return {};
    }
}

QVariant UniverseModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((column >= Rows ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && column == Coverage)
        return tr("Share of the bars between the first and the last about which the exchange has answered");
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return tr("Symbol");
    case State: return tr("State");
    case Rows: return tr("Rows");
    case Coverage: return tr("Known");
    case First: return tr("First");
    case Last: return tr("Last");
    case ColumnCount: break;
    }
    return {};
}

} // namespace mnemo
