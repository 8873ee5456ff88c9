#pragma once

#include <QFrame>
#include <memory>
#include <optional>

#include "ui/bridge/storedseries.h"
#include "ui/chart/chartsource.h"

class QSettings;
class QToolButton;

namespace mnemo {

class ChartView;

/// One chart with its header: which series it shows, and what is known about that series.
class ChartPane : public QFrame {
    Q_OBJECT
public:
    explicit ChartPane(ChartSource& source, QWidget* parent = nullptr);

    /// Shows it now, or as soon as the list has it.
    void show(const SeriesKey& key);
    std::optional<SeriesKey> seriesKey() const { return m_key; }
    /// The stored series; the one that is shown is brought up to date.
    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void rowsChanged(const SeriesKey& series, TimeRange range);
    ChartView* view() const { return m_view; }
    void setActive(bool isActive, bool isAlone);
    void save(QSettings& settings) const; ///< how it shows its series; into the group that is open
    void restore(const QSettings& settings);

signals:
    void activated();
    void seriesChanged();
    void backfillRequested(const mnemo::SeriesKey& series, mnemo::TimeRange range);

private:
    void createHeader();
    void updateHeader();

    ChartSource& m_source;
    std::optional<SeriesKey> m_key;
    bool m_isShown = false; ///< the view has the series; false while it is not stored
    std::shared_ptr<const StoredSeriesList> m_list;
    ChartView* m_view = nullptr;
    QWidget* m_header = nullptr;
    QToolButton* m_title = nullptr;
};

} // namespace mnemo
