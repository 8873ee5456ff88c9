#pragma once

#include <QMainWindow>
#include <QTimer>
#include <memory>
#include <optional>

#include "ui/bridge/enginebridge.h"
#include "ui/chart/enginechartsource.h"
#include "ui/jobs/jobsmodel.h"
#include "ui/shell/enginebackfillport.h"
#include "ui/shell/seriesmodel.h"
#include "ui/widgets/theme.h"

class QActionGroup;
class QDockWidget;
class QLabel;
class QMenu;
class QSettings;
class QStackedWidget;

namespace mnemo {

class BackfillForm;
class ChartView;
class ChartWorkspace;
class FirstStartPage;
class JobsPanel;
class LaneLights;
class SeriesPanel;

struct WindowOptions {
    QString readOnlyReason; ///< not empty: this window only reads, and this says why
    bool isDemo = false;
    bool isReadOnly() const { return !readOnlyReason.isEmpty(); }
};

/// The window: series on the left, jobs below, the chart in the middle. Paints what the bridge hands out.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    /// @p settings keeps sizes, theme and the last series; all outlive the window.
    MainWindow(EngineBridge& bridge, QSettings& settings, WindowOptions options, QWidget* parent = nullptr);
    ~MainWindow() override;

    ChartView* chart() const; ///< the active one
    ChartWorkspace* charts() const { return m_charts; }
    JobsModel* jobs() const { return m_jobs; }
    SeriesPanel* seriesPanel() const { return m_seriesPanel; }
    BackfillForm* openBackfillForm();
    void showSeries(const SeriesKey& key); ///< now, or once it is stored

signals:
    void demoRequested();

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void createCentre();
    void createSeriesDock();
    void createJobsDock();
    void createActions();
    void createFileMenu();
    void createViewMenu();
    void createChartMenu();
    void createJobsMenu();
    void createHelpMenu();
    void createToolBar();
    void createStatusBar();
    QAction* addAction(QMenu* menu, const QString& text, const QKeySequence& key, const std::function<void()>& run);
    void connectBridge();
    void restore();

    void seriesArrived(const std::shared_ptr<const StoredSeriesList>& list);
    void seriesShown();
    void retry(const JobSnapshot& job);
    void choosePage();
    void setTheme(ThemeChoice choice);
    void showShortcuts();
    void showAbout();
    void updateTitle();
    void updateClock();
    void jobsCounted(int running);

    EngineBridge& m_bridge;
    QSettings& m_settings;
    const WindowOptions m_options;
    EngineBackfillPort m_port;
    EngineChartSource m_chartSource;
    QPalette m_systemPalette;

    JobsModel* m_jobs = nullptr;
    SeriesModel* m_series = nullptr;
    std::shared_ptr<const StoredSeriesList> m_list;

    QStackedWidget* m_pages = nullptr;
    FirstStartPage* m_firstStart = nullptr;
    ChartWorkspace* m_charts = nullptr;
    SeriesPanel* m_seriesPanel = nullptr;
    JobsPanel* m_jobsPanel = nullptr;
    QDockWidget* m_seriesDock = nullptr;
    QDockWidget* m_jobsDock = nullptr;
    BackfillForm* m_form = nullptr;
    QAction* m_backfill = nullptr;
    QAction* m_refresh = nullptr;
    QActionGroup* m_themes = nullptr;
    std::vector<QAction*> m_toolActions;             ///< in their order; null separates
    std::vector<std::pair<QString, QMenu*>> m_menus; ///< for the shortcut sheet
    LaneLights* m_lanes = nullptr;
    QLabel* m_running = nullptr;
    QLabel* m_clock = nullptr;
    QTimer m_clockTimer;
};

} // namespace mnemo
