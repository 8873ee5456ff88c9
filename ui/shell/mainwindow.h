#pragma once

#include <QMainWindow>
#include <functional>
#include <memory>
#include <optional>

#include "ui/alerts/enginealertsport.h"
#include "ui/bridge/enginebridge.h"
#include "ui/chart/enginechartsource.h"
#include "ui/coverage/enginecoveragesource.h"
#include "ui/home/enginehomeport.h"
#include "ui/jobs/jobsmodel.h"
#include "ui/pipelines/enginepipelinesport.h"
#include "ui/bridge/storagewatch.h"
#include "ui/shell/enginebackfillport.h"
#include "ui/shell/enginejobsport.h"
#include "ui/shell/jobsafety.h"
#include "ui/shell/namedlayouts.h"
#include "ui/shell/palettemodel.h"
#include "ui/validation/enginevalidationport.h"
#include "ui/wall/enginewallport.h"
#include "ui/widgets/displayscope.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/lazypage.h"

class QActionGroup;
class QDockWidget;
class QMenu;
class QSettings;
class QStackedWidget;

namespace mnemo {

class ActivityRail;
class AlertsPage;
class BackfillWizard;
class ChartView;
class ChartWorkspace;
class CommandCentre;
class CoverageScreen;
class DesktopNotes;
class FirstStartPage;
class HomePage;
class InfoScreens;
class JobsPanel;
class LayoutActions;
class PipelinesPage;
class ScopeBar;
class ThemeSwitch;
class UniverseLoader;
class UniverseModel;
class UniversePanel;
class ValidationPage;
class WallPage;
class WindowStatus;
enum class Glyph;
enum class HomeArea;

struct WindowOptions {
    QString readOnlyReason; ///< not empty: this window only reads, and this says why
    bool isDemo = false;
    QString settingsFolder {}; ///< the user's, to be shown
    Pipelines* pipelines = nullptr; ///< null: they could not be opened. Outlives the bridge, whose threads ask it
    bool isReadOnly() const { return !readOnlyReason.isEmpty(); }
};

/// The window: the rail of screens at the left edge, series beside it, jobs below, charts in the middle. It puts the parts
/// together; each knows nothing of the others. Paints what the bridge hands out.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    /// @p settings keeps sizes, theme and the last series; all outlive the window.
    MainWindow(EngineBridge& bridge, QSettings& settings, WindowOptions options, QWidget* parent = nullptr);
    ~MainWindow() override;

    ChartView* chart() const; ///< the active one
    ChartWorkspace* charts() const { return m_charts; }
    HomePage* home() const;
    AlertsPage* alerts() const;
    PipelinesPage* pipelines() const;
    CoverageScreen* coverage() const;
    JobsModel* jobs() const { return m_jobs; }
    InfoScreens* info() const { return m_info; }
    ValidationPage* validation() const;
    WallPage* wall() const;
    JobSafety* jobSafety() const { return m_jobSafety; }
    UniversePanel* universe() const { return m_universePanel; }
    BackfillWizard* openBackfillWizard();
    void showLogOf(JobId job); ///< the lines of one job
    void showSeries(const SeriesKey& key); ///< now, or once it is stored
    DisplayZone& zone() { return m_zone; } ///< in which all times are shown
    DisplayScope& scope() { return m_scope; } ///< that linked panels follow
    ScopeBar* scopeBar() const { return m_scopeBar; }
    LayoutActions* layouts() const { return m_layoutActions; }
    ThemeSwitch* themes() const { return m_themes; }
    CommandCentre* commands() const { return m_commands; }

signals:
    void demoRequested();

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void createCentre();
    void createUniverseDock();
    void createJobsDock();
    QDockWidget* createDock(const QString& title, const QString& name, QWidget* widget, Qt::DockWidgetArea area);
    void createActions();
    void createFileMenu();
    void createViewMenu();
    void createScreens(QMenu& menu);
    void createLayoutMenu(QMenu& menu);
    void createScopeBar();
    void createInfoDocks();
    FirstStartPage* makeFirstStart();
    HomePage* makeHome();
    CoverageScreen* makeCoverage();
    ValidationPage* makeValidation();
    WallPage* makeWall();
    void connectFindings();
    void createHomeMenu();
    AlertsPage* makeAlerts();
    void createAlertsMenu();
    PipelinesPage* makePipelines();
    void createPipelinesMenu();
    void connectAlerts();
    void alertsChanged();
    void openAlerts(AlertId selected); ///< 0: none in particular
    void openCause(const Alert& alert);
    void openIssue(const HealthIssue& issue); ///< where it can be looked at
    void openArea(HomeArea area);
    void createChartMenu();
    void createCoverageMenu();
    void createSeriesMenu();
    void createJobsMenu();
    void createValidationMenu();
    void createHelpMenu();
    void createToolBar();
    void createStatusBar();
    QAction* addAction(QMenu* menu, const QString& text, const QKeySequence& key, const std::function<void()>& run);
    QAction* addScreen(QMenu& menu, Qt::Key number, Glyph glyph, const QString& text, const QString& about, const std::function<void()>& run);
    void refresh();
    void showPage(QWidget* page); ///< null: charts, or the first start
    QString screen() const; ///< that is shown, as the settings keep it
    void showScreen(const QString& name); ///< what is none: Home
    void showDock(QDockWidget* dock, QWidget* focus);
    void tell(const QString& sentence); ///< in the status bar, for a while
    void connectBridge();
    void restore();

    void seriesArrived(const std::shared_ptr<const StoredSeriesList>& list);
    void seriesShown();
    void problemsCounted(int count, bool isRefused);
    void choosePage();
    QByteArray docks() const;
    QByteArray saveLayout() const; ///< docks and charts
    bool applyLayout(const QByteArray& layout);
    void restoreDocks(const QByteArray& docks);
    std::vector<PaletteItem> seriesForPalette();
    void showAbout();
    void updateTitle();

    EngineBridge& m_bridge;
    QSettings& m_settings;
    const WindowOptions m_options;
    EngineBackfillPort m_port;
    EngineJobsPort m_jobsPort;
    EngineChartSource m_chartSource;
    EngineValidationPort m_validationPort;
    EngineCoverageSource m_coverageSource;
    EngineHomePort m_homePort;
    EngineAlertsPort m_alertsPort;
    EnginePipelinesPort m_pipelinesPort;
    EngineWallPort m_wallPort;
    DisplayZone m_zone;
    DisplayScope m_scope {m_zone};
    NamedLayouts m_layouts;
    StorageWatch m_storage;
    QByteArray m_defaultDocks;

    JobSafety* m_jobSafety = nullptr;
    JobsModel* m_jobs = nullptr;
    UniverseModel* m_universe = nullptr;
    UniverseLoader* m_loader = nullptr;
    std::shared_ptr<const StoredSeriesList> m_list;
    bool m_isListRead = false;
    bool m_areSettingsTold = false; ///< those that the window began with

    QStackedWidget* m_pages = nullptr;
    LazyPageOf<FirstStartPage>* m_firstStart = nullptr;
    LazyPageOf<HomePage>* m_home = nullptr;
    LazyPageOf<AlertsPage>* m_alerts = nullptr;
    LazyPageOf<PipelinesPage>* m_pipelines = nullptr;
    DesktopNotes* m_notes = nullptr;
    std::shared_ptr<void> m_notifications; ///< alerts come to m_notes until this goes
    ChartWorkspace* m_charts = nullptr;
    LazyPageOf<CoverageScreen>* m_coverage = nullptr;
    UniversePanel* m_universePanel = nullptr;
    JobsPanel* m_jobsPanel = nullptr;
    QDockWidget* m_universeDock = nullptr;
    QDockWidget* m_jobsDock = nullptr;
    QDockWidget* m_logDock = nullptr;
    QDockWidget* m_problemsDock = nullptr;
    InfoScreens* m_info = nullptr;
    LazyPageOf<ValidationPage>* m_validation = nullptr;
    LazyPageOf<WallPage>* m_wall = nullptr;
    QWidget* m_page = nullptr; ///< as showPage()
    std::vector<std::pair<QAction*, QWidget*>> m_pageActions; ///< ticked while their page is shown
    BackfillWizard* m_wizard = nullptr;
    QAction* m_backfill = nullptr;
    QAction* m_refresh = nullptr;
    ThemeSwitch* m_themes = nullptr;
    LayoutActions* m_layoutActions = nullptr;
    CommandCentre* m_commands = nullptr;
    ActivityRail* m_rail = nullptr;
    ScopeBar* m_scopeBar = nullptr;
    WindowStatus* m_status = nullptr;
    QMenu* m_zoneMenu = nullptr;
    std::vector<QAction*> m_toolActions; ///< in their order; null separates
};

} // namespace mnemo
