#pragma once

#include <QAbstractItemModel>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/engine/events.h"
#include "ui/universe/seriesstate.h"
#include "ui/universe/universeindex.h"
#include "ui/widgets/scope.h"

namespace mnemo {

/// The universe as a tree: exchange, market, symbol, series. There is no object per row: a row is a number in the index,
/// so that 100,000 instruments cost nothing but the list of those that fit the filter. Numbers that change are told row
/// by row; another index or filter is a reset.
class UniverseModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Name, State, Rows, Coverage, First, Last, ColumnCount };
    enum class Level { Venue, Market, Symbol, Series };

    explicit UniverseModel(QObject* parent = nullptr);

    void setIndex(std::shared_ptr<const UniverseIndex> index, const StoredSeriesList& stored);
    /// The index must hold() the list.
    void setStored(const StoredSeriesList& stored);
    void setFilter(const QString& text);
    void setStoredOnly(bool isOn);
    void setScope(const Scope& scope); ///< whatever its time
    void applyJobs(const std::vector<JobSnapshot>& changed);
    void setFetching(const std::string& venue, bool isOn);

    const UniverseIndex& universe() const { return *m_index; }
    std::size_t hitCount() const { return m_hits.size(); } ///< instruments that are shown
    bool isFiltered() const { return !m_filter.isEmpty(); }
    bool isNarrowed() const { return isFiltered() || !m_scope.isAny(); } ///< by filter or scope
    const QString& filter() const { return m_filter; }

    Level levelOf(const QModelIndex& index) const;
    std::optional<SeriesKey> keyAt(const QModelIndex& index) const;      ///< of a series' row
    const StoredSeries* storedAt(const QModelIndex& index) const;       ///< null: nothing stored
    const UniverseIndex::Entry* entryAt(const QModelIndex& index) const; ///< of a symbol's or series' row
    const UniverseVenue* venueAt(const QModelIndex& index) const;
    QModelIndex find(const SeriesKey& key) const; ///< invalid where it is not there or filtered away
    /// What stays the same from index to index: "ID", "ID/spot", ...
    QString pathOf(const QModelIndex& index) const;
    QModelIndex atPath(const QString& path) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override { return rowCount(parent) > 0; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct MarketRow {
        MarketType market;
        std::uint32_t begin, end; ///< within m_hits
    };
    struct VenueRow {
        std::uint16_t venue;
        std::vector<MarketRow> markets;
    };
    struct Place { ///< where a row is; -1 where its level has none
        int venue = -1, market = -1, symbol = -1, leaf = -1;
    };
    Place placeOf(const QModelIndex& index) const;
    QModelIndex indexOf(const Place& place, int column) const;
    std::uint32_t entryOf(const Place& place) const;
    void search(bool isNarrower);
    void group();
    void tellRow(const SeriesKey& key);
    SeriesState symbolState(std::uint32_t entry, std::int64_t* rows = nullptr) const;
    QString nameOf(const QModelIndex& index, Level level) const;
    QString leafName(const UniverseIndex::Leaf& leaf) const;
    QVariant groupText(const QModelIndex& index, Level level, Column column) const;
    QVariant seriesText(const StoredSeries* series, SeriesState state, Column column) const;
    QVariant toolTip(const QModelIndex& index, Level level) const;

    std::shared_ptr<const UniverseIndex> m_index;
    std::map<SeriesKey, StoredSeries> m_stored;
    SeriesState stateNow(const SeriesKey& key, const StoredSeries* series) const;

    std::map<JobId, SeriesState> m_working; ///< Running or Paused, of jobs that are not over
    struct JobCounts {
        int running = 0, paused = 0;
        int& of(SeriesState state) { return state == SeriesState::Paused ? paused : running; }
    };
    std::map<SeriesKey, JobCounts> m_jobCounts; ///< of series with such jobs
    std::set<std::string> m_fetching;
    QString m_filter;
    Scope m_scope;
    bool m_isStoredOnly = false;
    std::vector<std::uint32_t> m_hits;
    std::vector<VenueRow> m_rows;
};

} // namespace mnemo
