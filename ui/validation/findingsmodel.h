#pragma once

#include <QAbstractTableModel>
#include <QTimer>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "ui/bridge/storedseries.h"
#include "ui/validation/validationport.h"
#include "ui/widgets/displayzone.h"

namespace mnemo {

enum class FindingColumn { Severity, Rule, Series, Time, Bars, Why, State, Raised };

/// All findings that a filter lets through, without a limit: their numbers are held (8 bytes each), the rows come from
/// the store a piece at a time as they are scrolled into view, and a few thousand are kept. UI thread.
class FindingsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int columns = static_cast<int>(FindingColumn::Raised) + 1;

    FindingsModel(ValidationPort& port, DisplayZone& zone, QObject* parent = nullptr);

    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void setFilter(const FindingFilter& filter); ///< reads at once
    const FindingFilter& filter() const { return m_filter; }
    void refresh(); ///< the stored findings have changed: reads again and keeps what stays
    bool isLoading() const { return m_isReading; }
    bool isKnown() const { return m_isKnown; } ///< an answer to the present filter has come
    const std::optional<Error>& error() const { return m_error; }

    FindingId idAt(int row) const { return (*m_ids)[static_cast<std::size_t>(row)]; }
    std::optional<int> rowOf(FindingId id) const; ///< O(rows)
    const Finding* find(int row) const; ///< null while it is on its way
    const SeriesRecord* seriesOf(const Finding& finding) const;
    QString seriesTitle(SeriesId id) const;
    void apply(const std::vector<Finding>& changed); ///< newer states of rows that are shown

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override; ///< by severity, time or when it was raised; else ignored
    static bool canSort(FindingColumn column);

signals:
    void stateChanged(); ///< loading, error, how many

private:
    struct Entry {
        Finding finding;
        int version = 0; ///< of the list when it was read
    };
    void read();
    void arrived(int query, Result<ValidationPort::Ids> ids);
    void replaceIds(const ValidationPort::Ids& ids);
    const Finding* want(int row) const; // data() is const, and what it lacks is asked for
    void ask();
    void rowsArrived(int piece, int version, const std::vector<FindingId>& asked, Result<std::vector<Finding>> rows);
    void keep(Finding finding);
    QString text(const Finding& finding, FindingColumn column) const;
    QString tip(const Finding& finding) const;

    ValidationPort& m_port;
    DisplayZone& m_zone;
    FindingFilter m_filter;
    FindingOrder m_order = FindingOrder::Newest;
    ValidationPort::Ids m_ids;
    std::unordered_map<SeriesId, SeriesRecord> m_series;
    std::unordered_map<FindingId, Entry> m_rows;
    std::deque<FindingId> m_kept; ///< of m_rows, oldest first
    mutable std::deque<int> m_wanted; ///< pieces, newest last
    std::set<int> m_asked; ///< pieces on their way
    mutable QTimer m_askTimer;
    int m_query = 0; ///< counts filters
    int m_version = 0; ///< counts lists
    bool m_isReading = false, m_isAgain = false, m_isKnown = false;
    std::optional<Error> m_error;
};

} // namespace mnemo
