#pragma once

#include <QTimer>
#include <QWidget>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ui/coverage/coverageform.h"
#include "ui/coverage/coveragesource.h"
#include "ui/widgets/scope.h"

class QAction;
class QActionGroup;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QMenu;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace mnemo {

class CoverageCard;
class CoverageCompare;
class CoverageLegend;
class CoverageNotice;
class CoverageTableModel;
class DisagreementCard;
class DisplayScope;
class HeatmapView;
class SeriesCellsView;

/// How close the cells are: all series, the days of one, the bars of a day.
enum class CoverageLevel { Matrix, Calendar, Strip };

/// The screen "Coverage & gaps": all series over time, or one series closer, and beside them what is known of the
/// chosen cells. Reads while it is shown, and again soon after something was stored.
class CoverageScreen : public QWidget {
    Q_OBJECT
public:
    /// @p source outlives it
    explicit CoverageScreen(CoverageSource& source, QWidget* parent = nullptr);
    ~CoverageScreen() override;

    HeatmapView* matrix() const { return m_matrix; }
    SeriesCellsView* calendar() const { return m_calendar; }
    SeriesCellsView* strip() const { return m_strip; }
    QTableView* table() const { return m_table; }
    CoverageLevel level() const { return m_level; }
    CoverageSelection selection() const; ///< on the level that is shown
    /// The days of one series with the cursor at @p time: now, or once they are read.
    void showSeries(const SeriesRecord& series, UtcMs time);
    void showMatching(const QString& words); ///< all series, filtered
    /// Cells tell how far other venues' series agree with those of @p venue instead of coverage; empty ends it.
    void compareWith(const std::string& venue);
    CoverageCompare* comparison() const { return m_compare; }
    DisagreementCard* disagreementCard() const { return m_disagreementCard; }
    void goUp();
    void showTable(bool isTable);
    CoverageCard* card() const { return m_card; }
    CoverageNotice* notice() const { return m_notice; }
    QLineEdit* filter() const { return m_filter; }
    const std::vector<QAction*>& allActions() const { return m_actions; } ///< in their order; null separates
    /// Something of a series was stored or found out: what is shown is read again soon.
    void storeChanged();
    void applyJobs(const std::vector<JobSnapshot>& jobs);
    void followScope(DisplayScope& scope); ///< from now on; it outlives the screen

signals:
    void chartRequested(const mnemo::SeriesKey& series, mnemo::TimeRange range);
    /// Two series over each other.
    void comparisonRequested(const mnemo::SeriesKey& first, const mnemo::SeriesKey& second, mnemo::TimeRange range);
    void backfillRequested();
    void told(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QAction* addAction(const QString& text, const QList<QKeySequence>& keys, const std::function<void()>& run);
    void createActions();
    QWidget* createBar();
    void fillCompareMenu();
    void comparisonChanged();
    void read();
    void arrived(Result<std::shared_ptr<const Heatmap>> heatmap);
    void choosePage();
    void noticePressed();
    void applyScope(const Scope& scope);
    QString sumText() const;
    void selectionChanged();
    void openCalendar(const SeriesRecord& series, UtcMs time);
    void openStrip(UtcMs time, int toEdge);
    void readStrip();
    void setLevel(CoverageLevel level);
    void showPath();
    void goToGap(int direction);
    void fillTable();
    void openChart();
    void exportCells();
    void exportCandles();
    void writeCells(const CoverageSelection& chosen, const QString& file);
    void announceWritten(const QString& where, const Result<std::int64_t>& lines);
    void updateActions();
    void openMenu(QPoint global);

    CoverageSource& m_source;
    QStackedWidget* m_pages = nullptr;
    CoverageNotice* m_notice = nullptr;
    HeatmapView* m_matrix = nullptr;
    SeriesCellsView* m_calendar = nullptr;
    SeriesCellsView* m_strip = nullptr;
    QTableView* m_table = nullptr;
    CoverageTableModel* m_tableModel = nullptr;
    CoverageCard* m_card = nullptr;
    std::shared_ptr<const Heatmap> m_heatmap; ///< of the coverage, whatever the matrix shows; never null
    CoverageCompare* m_compare = nullptr;
    DisagreementCard* m_disagreementCard = nullptr;
    CoverageLegend* m_legend = nullptr;
    QMenu* m_compareMenu = nullptr;
    QActionGroup* m_venues = nullptr; ///< in that menu
    QToolButton* m_compareButton = nullptr;
    QLabel* m_path = nullptr;
    CoverageLevel m_level = CoverageLevel::Matrix;
    SeriesRecord m_series; ///< of the levels below the matrix
    std::optional<std::pair<SeriesRecord, UtcMs>> m_wanted; ///< to be shown once it is read
    UtcMs m_stripTime {}; ///< within the shown strip
    int m_stripEdge = 0; ///< below zero: the cursor goes to the last cell once they are there, above: to the first
    QLineEdit* m_filter = nullptr;
    QHBoxLayout* m_bar = nullptr;
    Scope m_scope;
    QLabel* m_sum = nullptr;
    std::vector<QAction*> m_actions;
    std::map<CoverageCommand, QAction*> m_commands;
    QAction* m_undo = nullptr;
    QAction* m_redo = nullptr;
    QAction* m_openChart = nullptr;
    QAction* m_export = nullptr;
    QAction* m_exportCandles = nullptr;
    QAction* m_up = nullptr;
    QAction* m_asTable = nullptr;
    std::optional<Error> m_error;
    QTimer m_timer; ///< until the next read
    bool m_isReading = false;
    bool m_isOld = true; ///< what is shown is not what is stored
    bool m_hasRead = false;
};

} // namespace mnemo
