// The window on a real engine, collecting from the exchange simulator: what an analyst does by hand.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>
#include <algorithm>

#include "core/base/timetext.h"
#include "ui/backfill/backfillwizard.h"
#include "ui/backfill/rangepicker.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/coverage/coveragescreen.h"
#include "ui/jobs/jobspanel.h"
#include "ui/jobs/leftoverbanner.h"
#include "ui/jobs/quitdialog.h"
#include "ui/log/logpanel.h"
#include "ui/shell/actionlist.h"
#include "ui/shell/firststartpage.h"
#include "ui/shell/infoscreens.h"
#include "ui/shell/jobsafety.h"
#include "ui/shell/layoutactions.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/scopebar.h"
#include "ui/universe/universepanel.h"
#include "ui/validation/validationpage.h"
#include "ui/widgets/checklist.h"

#include "windowfixture.h"
#include "places.h"

using namespace mnemo;

namespace {

/// What a window is made to do: its paints and its layouts.
class EventCount final : public QObject {
public:
    explicit EventCount(QWidget& window) : m_window(window) { qApp->installEventFilter(this); }

    struct Seen {
        int paints = 0;
        int layouts = 0;
    };
    Seen during(int milliseconds)
    {
        m_seen = {};
        QTest::qWait(milliseconds);
        return m_seen;
    }

private:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (watched == &m_window && event->type() == QEvent::UpdateRequest)
            ++m_seen.paints;
        if (event->type() == QEvent::LayoutRequest)
            ++m_seen.layouts;
        return false;
    }

    QWidget& m_window;
    Seen m_seen;
};

} // namespace

class tst_MainWindow : public QObject {
    Q_OBJECT
private slots:
    void init();
    void emptyStoreShowsTwoWaysToBegin();
    void screensAreMadeWhenTheyAreWanted();
    void backfillByHandBringsCandles();
    void everyScreenFitsAWindowOf1280();
    void sameSymbolOnOtherExchanges();
    void chartCommandsShowTheCharts();
    void cancelAndRetryByKeyboard();
    void pauseHoldsAndResumeGoesOn();
    void closingDuringWorkIsQuickAndResumable();
    void closingAsksOnlyWhileJobsWork();
    void leftOverJobsAreOffered();
    void failedJobSaysWhy();
    void secondWindowReadsAndSaysSo();
    void layoutAndThemeComeBack();
    void idleCostsNothing();
};

void tst_MainWindow::init()
{
    if (!QFile::exists(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim")))
        QSKIP("mnemo-exchange-sim is not built");
}

void tst_MainWindow::emptyStoreShowsTwoWaysToBegin()
{
    Fixture f;
    QVERIFY(f.open());
    auto* page = f.window->findChild<FirstStartPage*>();
    QVERIFY(page->isVisible());
    QVERIFY(!f.window->chart()->isVisible());
    QCOMPARE(page->findChildren<QPushButton*>().size(), 2);
    bool asked = false;
    connect(f.window.get(), &MainWindow::demoRequested, this, [&asked] { asked = true; });
    QTest::mouseClick(page->findChildren<QPushButton*>().at(1), Qt::LeftButton);
    QVERIFY(asked);
}

void tst_MainWindow::screensAreMadeWhenTheyAreWanted()
{
    Fixture f;
    QVERIFY(f.open());
    const auto menuOf = [&f](const QString& title) {
        for (const QAction* top : f.window->menuBar()->actions()) {
            if (top->text() == title)
                return top->menu();
        }
        return static_cast<QMenu*>(nullptr);
    };
    const auto isThere = [&f](const char* name) {
        const auto widgets = f.window->findChildren<QWidget*>();
        return std::any_of(widgets.begin(), widgets.end(),
            [name](const QWidget* widget) { return qstrcmp(widget->metaObject()->className(), name) == 0; });
    };
    const std::vector<const char*> late {"mnemo::CoverageScreen", "mnemo::ValidationPage", "mnemo::LimitsPage",
        "mnemo::DoctorPage", "mnemo::LogPanel", "mnemo::ProblemsPanel"};
    for (const char* name : late)
        QVERIFY2(!isThere(name), name);
    QMenu* menu = menuOf(QStringLiteral("Validation"));
    menu->popup({0, 0});
    QVERIFY(isThere("mnemo::ValidationPage"));
    QCOMPARE(menu->actions().size(), f.window->validation()->actions().size());
    QVERIFY(!f.window->validation()->isVisible());
    menu->close();
    QTest::keyClick(f.window.get(), Qt::Key_3, Qt::ControlModifier);
    QVERIFY(f.window->coverage()->isVisible());
    QVERIFY(f.window->coverage()->isAncestorOf(QApplication::focusWidget()));
    // Whoever searches an action finds those of every screen.
    const auto actions = actionsOf(*f.window);
    for (const char* id : {"Coverage/Next gap", "Validation/Quarantine", "View \u203a Log and problems/Follow the log",
             "View \u203a Log and problems/Copy all problems"})
        QVERIFY2(std::any_of(actions.begin(), actions.end(),
                     [id](const ActionEntry& entry) { return entry.id() == QString::fromUtf8(id); }),
            id);
    for (const char* name : late)
        QVERIFY2(isThere(name), name);
}

void tst_MainWindow::backfillByHandBringsCandles()
{
    Fixture f;
    QVERIFY(f.open());
    QTest::mouseClick(f.window->findChild<FirstStartPage*>()->findChildren<QPushButton*>().at(0), Qt::LeftButton);
    auto* form = f.window->findChild<BackfillWizard*>();
    QVERIFY(form);
    QTRY_VERIFY(form->isVisible());
    form->exchanges()->model().setChecked({QStringLiteral("binance")});
    form->timeframes()->model().setChecked({QStringLiteral("5m")});
    form->range()->setPreset(RangePreset::LastWeek);
    auto* start = form->startButton();
    QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), 10'000);
    const QPointer<BackfillWizard> guard(form);
    QTest::mouseClick(start, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!guard || !guard->isVisible() || !guard->problem().isEmpty(), 10'000);
    QVERIFY(!guard || guard->problem().isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(f.window->jobs()->rowCount(), 1, 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(f.window->chart()->isVisible() && !f.window->chart()->scene().marks.empty(), 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(f.state()), 20'000);
    QCOMPARE(f.state(), JobState::Complete);
    QTRY_VERIFY(f.window->universe()->selected()
        && f.window->universe()->selected()->rows == f.window->jobs()->jobAt(0).rowsStored);
    QVERIFY(f.window->jobs()->jobAt(0).rowsStored > 2000);
    QVERIFY(f.window->chart()->isAtLatest());
    QVERIFY(f.window->windowTitle().contains(QStringLiteral("BTC/USDT")));
}

void tst_MainWindow::everyScreenFitsAWindowOf1280()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(f.engine->backfill(minutes(1)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && isFinal(f.state()), 20'000);
    Scope scope;
    scope.exchange = "binance";
    f.window->scope().set(scope); // its bar takes room, and every panel has a button for it
    QVERIFY(f.window->scopeBar()->isVisible());
    f.window->resize(1280, 800);
    for (const Qt::Key key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_5, Qt::Key_6, Qt::Key_7, Qt::Key_8, Qt::Key_9, Qt::Key_0}) {
        QTest::keyClick(f.window.get(), key, Qt::ControlModifier);
        QTest::qWait(1); // layouts settle
        const QByteArray told = QByteArray("screen ") + char(key) + ": " + QByteArray::number(f.window->minimumSizeHint().width());
        QVERIFY2(f.window->minimumSizeHint().width() <= 1280, told);
        QVERIFY2(f.window->width() == 1280, told);
    }
}

void tst_MainWindow::sameSymbolOnOtherExchanges()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(f.engine->fetchMarkets("bybit").has_value()); // what could be asked for there
    QVERIFY(f.engine->backfill(minutes(1)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && isFinal(f.state()), 20'000);
    QTRY_VERIFY(f.window->charts()->activeSeries() && f.window->universe()->isStoredOnly());
    f.window->findChild<QDockWidget*>(QStringLiteral("UniverseDock"))->hide();
    QTest::keyClick(f.window->chart(), Qt::Key_O, Qt::AltModifier | Qt::ShiftModifier);
    UniversePanel* panel = f.window->universe();
    QTRY_VERIFY(panel->isVisible());
    QTRY_VERIFY(panel->view()->hasFocus());
    QVERIFY(!panel->isStoredOnly());
    QStringList venues;
    const auto listed = [&] {
        venues.clear();
        const QAbstractItemModel& model = *panel->view()->model();
        for (int row = 0; row < model.rowCount(); ++row)
            venues << model.index(row, 0).data().toString();
        return venues;
    };
    QTRY_VERIFY2(listed().contains(QStringLiteral("Binance")) && listed().contains(QStringLiteral("Bybit")),
        qPrintable(venues.join(u',')));
    QVERIFY(f.window->charts()->activeSeries()); // the chart stays
}

void tst_MainWindow::chartCommandsShowTheCharts()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(f.engine->backfill(minutes(1)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && isFinal(f.state()), 20'000);
    QTRY_VERIFY(f.window->charts()->activeSeries());
    QTest::keyClick(f.window.get(), Qt::Key_3, Qt::ControlModifier);
    QVERIFY(!f.window->chart()->isVisible());
    QTest::keyClick(f.window.get(), Qt::Key_G, Qt::AltModifier); // go to a date: asked on the chart
    QVERIFY(f.window->chart()->isVisible());
    QVERIFY(f.window->charts()->isAncestorOf(QApplication::focusWidget()));
}

void tst_MainWindow::cancelAndRetryByKeyboard()
{
    Fixture f;
    QVERIFY(f.open({QStringLiteral("--limits"), QStringLiteral("5/s")}));
    QVERIFY(f.engine->backfill(minutes(30)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && f.window->jobs()->jobAt(0).rowsStored > 0, 20'000);
    f.window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    f.table()->setFocus();
    f.table()->selectRow(0);
    QTest::keyClick(f.table(), Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(f.state(), JobState::Cancelled, 5'000);
    const auto done = f.window->jobs()->jobAt(0).done;
    QTest::keyClick(f.table(), Qt::Key_R);
    QTRY_COMPARE_WITH_TIMEOUT(f.window->jobs()->jobAt(0).attempts, 2, 5'000); // the same job again
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->jobAt(0).done >= done, 5'000); // it goes on where it was
    QCOMPARE(f.window->jobs()->rowCount(), 1);
    f.engine->cancelAll();
}

void tst_MainWindow::pauseHoldsAndResumeGoesOn()
{
    Fixture f;
    QVERIFY(f.open({QStringLiteral("--limits"), QStringLiteral("10/s")}));
    QVERIFY(f.engine->backfill(minutes(30)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && f.window->jobs()->jobAt(0).rowsStored > 0, 20'000);
    f.window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    f.table()->setFocus();
    f.table()->selectRow(0);
    QTest::keyClick(f.table(), Qt::Key_Space);
    QTRY_COMPARE_WITH_TIMEOUT(f.state(), JobState::Paused, 5'000);
    QTest::keyClick(f.table(), Qt::Key_Space);
    QTRY_COMPARE_WITH_TIMEOUT(f.state(), JobState::Running, 5'000);
    f.engine->cancelAll();
}

void tst_MainWindow::closingDuringWorkIsQuickAndResumable()
{
    Fixture f;
    QVERIFY(f.open({QStringLiteral("--limits"), QStringLiteral("10/s")}));
    const BackfillRequest request = minutes(60);
    QVERIFY(f.engine->backfill(request).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && f.window->jobs()->jobAt(0).rowsStored > 3000, 30'000);
    f.settings->setValue(QStringLiteral("quitWithJobs"), static_cast<int>(QuitChoice::Keep));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!f.window->close()); // first what is on its way is stored
    QTRY_VERIFY(!f.window->isVisible());
    f.window.reset();
    f.bridge.reset();
    f.engine.reset();
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    auto again = openEngine(f.folder, f.market, OpenMode::ReadWrite);
    QVERIFY(again.has_value());
    const auto plan = (*again)->plan(request);
    QVERIFY(plan.has_value());
    QVERIFY(plan->barsAnswered > 2900);
    QCOMPARE((*again)->leftOver().size(), std::size_t {1});
    const TimeRange rest = (*again)->leftOver()[0].request.range;
    QVERIFY(rest == rest.intersected(request.range));
}

void tst_MainWindow::closingAsksOnlyWhileJobsWork()
{
    Fixture f;
    QVERIFY(f.open({QStringLiteral("--limits"), QStringLiteral("10/s")}));
    QVERIFY(f.engine->backfill(minutes(60)).has_value());
    QTRY_COMPARE_WITH_TIMEOUT(f.window->jobs()->runningCount(), 1, 20'000);
    QVERIFY(!f.window->close());
    auto* dialog = f.window->findChild<QuitDialog*>();
    QTRY_VERIFY(dialog && dialog->isVisible());
    QVERIFY(!f.window->close()); // asked once
    QCOMPARE(f.window->findChildren<QuitDialog*>().size(), 1);
    QTest::keyClick(dialog, Qt::Key_Escape); // do not quit
    QTRY_VERIFY(!f.window->findChild<QuitDialog*>());
    QVERIFY(f.window->isVisible() && f.window->isEnabled());
    QCOMPARE(f.window->jobs()->runningCount(), 1);
    QVERIFY(!f.window->close());
    dialog = f.window->findChild<QuitDialog*>();
    dialog->remember()->setChecked(true);
    QTest::keyClick(dialog->cancelJobsButton(), Qt::Key_Space);
    QTRY_VERIFY(!f.window->isVisible());
    QCOMPARE(f.settings->value(QStringLiteral("quitWithJobs")).toInt(), static_cast<int>(QuitChoice::Cancel));
    QVERIFY(!f.window->jobSafety()->askAction()->isChecked());
    f.window.reset();
    f.bridge.reset();
    f.engine.reset();
    const auto again = openEngine(f.folder, f.market, OpenMode::ReadWrite);
    QVERIFY((*again)->leftOver().empty()); // cancelled is cancelled
}

void tst_MainWindow::leftOverJobsAreOffered()
{
    Fixture f;
    QVERIFY(f.open({QStringLiteral("--limits"), QStringLiteral("20/s")}));
    QVERIFY(!f.window->jobSafety()->banner()->isVisible());
    QVERIFY(f.engine->backfill(minutes(60)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && f.window->jobs()->jobAt(0).rowsStored > 0, 30'000);
    f.window.reset(); // as a kill: nobody is asked
    f.bridge.reset();
    f.engine.reset();
    QVERIFY(f.reopen());
    QTRY_VERIFY(f.window->jobSafety()->banner()->isVisible());
    QCOMPARE(f.window->jobs()->rowCount(), 0); // offered, not forced
    QTest::keyClick(f.window->jobSafety()->banner()->resumeButton(), Qt::Key_Space);
    QTRY_COMPARE(f.window->jobs()->rowCount(), 1);
    QVERIFY(!f.window->jobSafety()->banner()->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(f.state()), 60'000);
    QCOMPARE(f.state(), JobState::Complete);
    f.window.reset();
    f.bridge.reset();
    f.engine.reset();
    QVERIFY(f.reopen());
    QTest::qWait(300);
    QVERIFY(!f.window->jobSafety()->banner()->isVisible());
}

void tst_MainWindow::failedJobSaysWhy()
{
    Fixture f;
    QVERIFY(f.open());
    BackfillRequest request = minutes(1);
    request.symbol = "NOSUCH/USDT";
    QVERIFY(f.engine->backfill(request).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && isFinal(f.state()), 20'000);
    QCOMPARE(f.state(), JobState::Failed);
    const QString problem = f.window->jobs()->index(0, static_cast<int>(JobColumn::Problem)).data().toString();
    QVERIFY2(problem.contains(QStringLiteral("does not know this symbol")), qPrintable(problem));
    // L leads to its lines in the log.
    f.window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    f.table()->setFocus();
    f.table()->selectRow(0);
    QTest::keyClick(f.table(), Qt::Key_L);
    LogPanel* log = f.window->info()->log()->page();
    QTRY_VERIFY(log->isVisible());
    QCOMPARE(log->filter()->text(), QStringLiteral("task=%1").arg(f.window->jobs()->jobAt(0).id));
}

void tst_MainWindow::secondWindowReadsAndSaysSo()
{
    Fixture f;
    QVERIFY(f.open());
    const auto locked = openEngine(f.folder, f.market, OpenMode::ReadWrite);
    QVERIFY(!locked.has_value());
    QCOMPARE(locked.error().code, ErrorCode::StorageLocked);
    auto reader = openEngine(f.folder, f.market, OpenMode::ReadOnly);
    QVERIFY2(reader.has_value(), reader ? "" : reader.error().detail.c_str());
    EngineBridge bridge(**reader, true);
    QSettings settings(f.folder.filePath(QStringLiteral("second.ini")), QSettings::IniFormat);
    settings.setValue(QStringLiteral("screen"), QStringLiteral("charts")); // not Home, where a first start begins
    MainWindow second(bridge, settings, {QStringLiteral("Read only: process 1 collects."), false});
    second.show();
    bool isSaid = false;
    for (const QLabel* label : second.centralWidget()->findChildren<QLabel*>())
        isSaid = isSaid || (label->isVisible() && label->text().contains(QStringLiteral("process 1")));
    QVERIFY(isSaid);
    QVERIFY(f.engine->backfill(minutes(1)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(!second.chart()->scene().marks.empty(), 20'000); // what the first one stores
}

void tst_MainWindow::layoutAndThemeComeBack()
{
    Fixture f;
    QVERIFY(f.open());
    const QColor before = QApplication::palette().color(QPalette::Base);
    f.window->resize(1111, 666);
    f.settings->setValue(QStringLiteral("theme"), int(ThemeChoice::Dark));
    f.window->close();
    f.window = std::make_unique<MainWindow>(*f.bridge, *f.settings, WindowOptions {});
    QCOMPARE(f.window->size(), QSize(1111, 666));
    QVERIFY(Theme::of(QApplication::palette()).isDark);
    // Arrangements under a name come back, garbage in the file does not hurt.
    auto* docks = f.window->findChild<QDockWidget*>(QStringLiteral("JobsDock"));
    docks->setFloating(true);
    f.window->charts()->setPaneCount(4);
    f.window->chart()->setPriceMode(PriceMode::Percent);
    f.window->charts()->activePane()->setLinkGroup(2);
    f.window->zone().setId(QStringLiteral("Europe/Berlin"));
    f.window->layouts()->saveAs(QStringLiteral("Torn off"));
    docks->setFloating(false);
    f.window->charts()->setPaneCount(1);
    f.window->chart()->setPriceMode(PriceMode::Linear);
    f.window->charts()->activePane()->setLinkGroup(0);
    f.window->zone().setId(QStringLiteral("UTC"));
    f.window->layouts()->switchTo(QStringLiteral("Torn off"));
    QVERIFY(docks->isFloating());
    QCOMPARE(f.window->charts()->panes().size(), size_t(4));
    QCOMPARE(f.window->chart()->priceMode(), PriceMode::Percent);
    QCOMPARE(f.window->charts()->activePane()->linkGroup(), 2);
    QCOMPARE(f.window->zone().id(), QStringLiteral("Europe/Berlin"));
    f.window->close();
    f.window = std::make_unique<MainWindow>(*f.bridge, *f.settings, WindowOptions {});
    QVERIFY(f.window->findChild<QDockWidget*>(QStringLiteral("JobsDock"))->isFloating());
    f.window.reset();
    for (const char* key :
        {"docks", "charts/state", "geometry", "zone", "theme", "palette/recent", "layouts/size", "layouts/1/state"})
        f.settings->setValue(QLatin1String(key), QByteArray("\x00\xff garbage", 10));
    f.window = std::make_unique<MainWindow>(*f.bridge, *f.settings, WindowOptions {});
    QVERIFY(!f.window->findChild<QDockWidget*>(QStringLiteral("JobsDock"))->isFloating());
    QCOMPARE(f.window->charts()->panes().size(), size_t(1));
    QVERIFY(f.window->statusBar()->toolTip().contains(QStringLiteral("could not be read")));
    QCOMPARE(f.window->zone().id(), QStringLiteral("UTC"));
    QApplication::setPalette(paletteOf(ThemeChoice::Light, QPalette(before)));
}

void tst_MainWindow::idleCostsNothing()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(f.engine->backfill(minutes(1)).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->rowCount() == 1 && isFinal(f.state()), 20'000);
    QApplication::setCursorFlashTime(0); // a text field that has the focus may blink
    EventCount events(*f.window);
    EventCount::Seen seen = events.during(3000);
    for (int i = 0; i < 10 && seen.paints > 0; ++i) // what a start goes on reading ends
        seen = events.during(3000);
    qInfo("idle: %d paints, %d layouts in three seconds", seen.paints, seen.layouts);
    QCOMPARE(seen.paints, 0); // the clock's minute and a look at the store's size fall between
    QCOMPARE(seen.layouts, 0);
}

QTEST_MAIN(tst_MainWindow)
#include "tst_mainwindow.moc"
