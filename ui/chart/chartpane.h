#pragma once

#include <QFrame>
#include <QTimer>
#include <array>
#include <map>
#include <memory>
#include <optional>

#include "core/engine/feedreport.h"
#include "ui/bridge/storedseries.h"
#include "ui/chart/chartsource.h"
#include "ui/chart/charttext.h"
#include "ui/chart/chartzone.h"
#include "ui/chart/comparedseries.h"

class QHBoxLayout;
class QLabel;
class QSplitter;
class QJsonObject;
class QStackedWidget;
class QToolButton;

namespace mnemo {

class ChartExport;
class ChartPrompt;
class ChartTable;
class ChartView;
class FindingCard;
class GapCard;
class MetricPane;

/// One chart with its header, its prompt, its card of a gap and its table: which series it shows, and with what.
class ChartPane : public QFrame {
    Q_OBJECT
public:
    static constexpr int linkGroups = 6;

    explicit ChartPane(ChartSource& source, QWidget* parent = nullptr);

    /// Shows it now, or as soon as the list has it.
    using QWidget::show;
    void show(const SeriesKey& key);
    void showInstrumentOf(const SeriesKey& key); ///< in its own timeframe where that is stored, else in that of @p key
    std::optional<SeriesKey> seriesKey() const { return m_key; }
    void compare(const std::optional<SeriesKey>& key); ///< a second series over the candles; none takes it away
    std::optional<SeriesKey> comparedKey() const { return m_comparedKey; }
    void setCompareScale(CompareScale scale);
    CompareScale compareScale() const { return m_compareScale; }
    /// The stored series; those that are shown are brought up to date.
    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void rowsChanged(const SeriesKey& series, TimeRange range);
    /// The newest bar of a series, not closed yet; nothing where it shows another one.
    void setForming(const SeriesKey& series, const FormingBar& bar);
    /// What it shows is kept up to date while its newest bar is in view.
    void setLive(bool isLive);
    void updateFollowing(); ///< when what is in view may have changed
    void setLiveState(const std::optional<FollowedSeries>& state); ///< of its series; none: nobody follows it
    QLabel* liveBadge() const { return m_live; }
    bool isFollowing() const { return m_follows[0] != nullptr; }

    ChartView* view() const { return m_view; }
    ChartTable* table() const { return m_table; }
    ChartPrompt* prompt() const { return m_prompt; }
    GapCard* gapCard() const { return m_card; }
    FindingCard* findingCard() const { return m_findingCard; }
    ChartExport& exporter() const { return *m_export; }
    void setActive(bool isActive, bool isAlone);
    void setTableShown(bool isShown);
    bool isTableShown() const;
    void setMetricShown(Kind kind, bool isShown); ///< of picturedKinds(): in a pane of its own below
    bool isMetricShown(Kind kind) const;
    MetricPane* metric(Kind kind) const; ///< null until it was shown first
    int linkGroup() const { return m_linkGroup; }
    void setLinkGroup(int group); ///< 0 none, 1..linkGroups

    void askSeries(const QString& typed = {});
    void askCompared();
    void askTimeframe(const QString& typed = {});
    void askDate();
    void askZone();
    void goToGap(int direction); ///< above zero the next one, below the previous one
    void showGapAt(UtcMs within);
    void goToFinding(int direction); ///< as goToGap(), to a bar with an open finding
    void showFindings(TimeRange bars);
    void goToBreach(int direction); ///< a bar too far from the compared series
    std::optional<ComparedPair> pair() const; ///< while two series are shown
    void requestBackfill(); ///< of the range in view

    QJsonObject state() const; ///< which series it shows, and how
    void applyState(const QJsonObject& state); ///< what is not there, or makes no sense, is as in a new chart

signals:
    void activated();
    void seriesChanged();
    void stateChanged(); ///< table, link, comparison
    void backfillRequested(const mnemo::SeriesKey& series, mnemo::TimeRange range);
    void zoneChosen(const mnemo::ChartZone& zone);
    void closeRequested();
    void maximiseRequested();
    void menuRequested(const QPoint& globalPosition);
    void messageRaised(const QString& text);
    // Wishes of the card of findings.
    void findingDecided(const mnemo::FindingDecision& decision);
    void fetchAgainRequested(mnemo::FindingId finding);
    void findingOpenRequested(const mnemo::SeriesKey& series, const mnemo::Finding& finding);

private:
    void createHeader();
    QToolButton* headerButton(const QString& text, const QString& hint, const std::function<void()>& run);
    void updateHeader();
    QString frameText() const;
    void fitHeader();
    int titleRoom() const;
    void updateLive();
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void connectView();
    MetricPane* createMetric(Kind kind);
    void shareHeight(); ///< between candles and the panes below them
    void updateMetrics();
    void updateMetric(Kind kind);
    void followMetrics(bool isWatched);
    void showMetricView();
    void requestMetric(Kind kind); ///< its backfill
    QJsonObject metricsState() const;
    void applyMetricsState(const QJsonObject& state);
    const StoredSeries* find(const std::optional<SeriesKey>& key) const;
    bool isShowing(const SeriesKey& series) const; ///< its rows, or bars made of them
    void takeSeries(); ///< shows what is wanted and stored
    void sayIfMissing();
    void updateCompared();
    std::optional<TimeRange> selectedIn(TimeRange seen) const;
    void askFindings(FindingQuery query, std::function<void(Result<std::vector<Finding>>)> take);
    void findingsFound(const Result<std::vector<Finding>>& findings, const QString& none);
    void renewFindings(TimeRange changed);
    void forgetDoubts(); ///< they are about another pair
    void examine(); ///< whether the compared series is late, or counts otherwise, in view
    void gapFound(const Result<std::optional<Gap>>& gap, const QString& none);

    ChartSource& m_source;
    std::optional<SeriesKey> m_key;
    bool m_isShown = false; ///< the view has the series; false while it is not stored
    std::optional<SeriesKey> m_madeOf; ///< what its bars are made of, where it is not stored itself
    std::optional<SeriesKey> m_comparedKey;
    CompareScale m_compareScale = CompareScale::Percent;
    std::shared_ptr<const StoredSeriesList> m_list;
    bool m_hasList = false; ///< false at the start: nobody knows yet what is stored
    int m_linkGroup = 0;
    bool m_isLive = false;
    std::array<std::optional<SeriesKey>, 2> m_followed; ///< the series, and the one it is compared with
    std::array<std::shared_ptr<void>, 2> m_follows; ///< null where that is not followed
    std::map<SeriesKey, std::shared_ptr<void>> m_metricFollows; ///< what the panes below show, by the exchanges themselves
    bool m_isActive = false;
    QTimer m_examine;
    std::optional<TimeRange> m_examined;
    int m_search = 0; ///< answers to older questions about gaps or findings are dropped
    ChartView* m_view = nullptr;
    ChartTable* m_table = nullptr;
    QSplitter* m_body = nullptr;
    QStackedWidget* m_sides = nullptr;
    std::map<Kind, MetricPane*> m_metrics; ///< those that were shown once
    ChartPrompt* m_prompt = nullptr;
    GapCard* m_card = nullptr;
    FindingCard* m_findingCard = nullptr;
    ChartExport* m_export = nullptr;
    QWidget* m_header = nullptr;
    QHBoxLayout* m_headerLayout = nullptr;
    QToolButton* m_title = nullptr;
    QToolButton* m_frame = nullptr;
    QLabel* m_scale = nullptr;
    QLabel* m_live = nullptr; ///< how its newest bar comes
    std::optional<FollowedSeries> m_liveState;
    QToolButton* m_link = nullptr;
    QToolButton* m_tableButton = nullptr;
    QToolButton* m_maximise = nullptr;
    QToolButton* m_close = nullptr;
    bool m_isAlone = true;
};

/// The colours of link groups: Okabe and Ito's, always together with the number.
QColor linkColour(int group);
QIcon linkIcon(int group); ///< empty for 0

} // namespace mnemo
