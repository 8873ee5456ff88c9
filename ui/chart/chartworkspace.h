#pragma once

#include <QTimer>
#include <QWidget>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/engine/events.h"
#include "ui/bridge/storedseries.h"
#include "ui/chart/chartsource.h"
#include "ui/widgets/scope.h"

class QAction;
class QJsonObject;
class QMenu;
class QSettings;

namespace mnemo {

class ChartActions;
class ChartLinks;
class ChartPane;
class ChartView;
class DisplayScope;
class DisplayZone;
class PaneGrid;

/// Up to sixteen charts in a grid, one of them active, with the actions of all charts. What the engine tells is handed
/// in; charts are brought up to date ten times a second at most, whatever pours in.
class ChartWorkspace : public QWidget {
    Q_OBJECT
public:
    static constexpr int mostPanes = 16;

    /// @p source and @p zone outlive it; all charts follow the zone.
    ChartWorkspace(ChartSource& source, DisplayZone& zone, QWidget* parent = nullptr);
    ~ChartWorkspace() override;

    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void rowsChanged(const SeriesKey& series, TimeRange range);
    void barRunning(const BarRunning& bar);
    void feedsChanged(const std::shared_ptr<const FeedReport>& report);
    /// Charts whose newest bar is in view are kept up to date. Off in a window that only reads.
    void setLive(bool isLive);
    bool isLive() const { return m_isLive; }
    void updateFollowing(); ///< the window was minimised, or came back
    /// From now on a chart on its own, or those in a link group, show what the scope asks for. It outlives the charts.
    void followScope(DisplayScope& scope);
    /// In the active chart: now, or as soon as it is stored.
    using QWidget::show;
    void show(const SeriesKey& key);
    std::optional<SeriesKey> activeSeries() const;
    ChartPane* activePane() const { return m_active; }
    ChartView* activeChart() const;
    bool canBackfill() const { return m_source.canBackfill(); }
    const std::vector<ChartPane*>& panes() const { return m_panes; }

    void setPaneCount(int count); ///< 1..mostPanes; the last ones go, new ones show what the active one shows
    void closePane(ChartPane* pane); ///< the last one stays
    void activate(ChartPane* pane);
    void activateNext(int step);
    void setMaximised(bool isMaximised);
    bool isMaximised() const;

    /// Every action of the charts, with its submenus; palette and shortcut sheet list what is in there.
    void fillMenu(QMenu& menu) const;
    const std::vector<QAction*>& toolActions() const; ///< for a tool bar
    ChartActions& actions() { return *m_actions; }
    ChartLinks& links() { return *m_links; }

    /// The grid, what each chart shows and how, links and zone.
    QJsonObject state() const;
    /// Series that are not stored yet appear once they are. False for what state() does not make: then nothing changes.
    bool applyState(const QJsonObject& state);
    void save(QSettings& settings) const;
    bool restore(const QSettings& settings); ///< false where something is saved that cannot be read

signals:
    void activeSeriesChanged();
    void activePaneChanged();
    void panesChanged();
    void backfillRequested(const mnemo::SeriesKey& series, mnemo::TimeRange range);
    void othersRequested(const mnemo::SeriesKey& series); ///< its symbol on other exchanges
    void messageRaised(const QString& text); ///< one sentence for the status bar
    // Wishes about findings, of the card that a chart shows.
    void findingDecided(const mnemo::FindingDecision& decision);
    void fetchAgainRequested(mnemo::FindingId finding);
    void findingOpenRequested(const mnemo::SeriesKey& series, const mnemo::Finding& finding);

private:
    ChartPane* addPane();
    void followZone();
    void applyScope(const Scope& scope);
    void showLiveState(ChartPane& pane) const;
    void arrange();
    void bringUpToDate();

    ChartSource& m_source;
    DisplayZone& m_zone;
    std::shared_ptr<const StoredSeriesList> m_list; ///< null until it has been read
    std::map<SeriesKey, TimeRange> m_changed; ///< not yet told to the charts
    Scope m_scope; ///< as applied
    std::shared_ptr<const FeedReport> m_feeds = std::make_shared<const FeedReport>();
    bool m_isLive = true;
    QTimer m_timer;
    PaneGrid* m_grid = nullptr;
    std::vector<ChartPane*> m_panes;
    ChartPane* m_active = nullptr;
    ChartLinks* m_links = nullptr;
    std::unique_ptr<ChartActions> m_actions;
};

} // namespace mnemo
