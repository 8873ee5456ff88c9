// The window's own parts without an engine: layouts, themes, lights, the rail.
#include <QAction>
#include <QApplication>
#include <QInputDialog>
#include <QMenu>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "ui/bridge/storagewatch.h"
#include "ui/shell/activityrail.h"
#include "ui/shell/desktoplook.h"
#include "ui/shell/layoutactions.h"
#include "ui/shell/namedlayouts.h"
#include "ui/shell/statuslight.h"
#include "ui/shell/themeswitch.h"
#include "ui/shell/windowstatus.h"
#include "ui/shell/zoneclock.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/windowsettings.h"

using namespace mnemo;

class tst_Shell : public QObject {
    Q_OBJECT
private slots:
    void layoutsAreKept();
    void layoutsRefuseGarbage();
    void layoutMenu();
    void settingsAreWrittenElsewhere();
    void desktopLookIsFollowed();
    void chosenThemeStays();
    void lightsSayEverythingInWords_data();
    void lightsSayEverythingInWords();
    void liveLight_data();
    void liveLight();
    void railByKeyboard();
    void clockFollowsTheZone();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> settings(const char* name)
    {
        return std::make_unique<QSettings>(m_folder.filePath(QLatin1String(name)), QSettings::IniFormat);
    }
};

void tst_Shell::layoutsAreKept()
{
    const auto file = settings("kept.ini");
    NamedLayouts layouts(*file);
    QVERIFY(layouts.names().isEmpty());
    QVERIFY(layouts.save(QStringLiteral("two/screens"), "AB"));
    QVERIFY(layouts.save(QStringLiteral("  Alone "), "CD"));
    QVERIFY(!layouts.save(QStringLiteral("  "), "EF"));
    QCOMPARE(layouts.names(), (QStringList {QStringLiteral("Alone"), QStringLiteral("two/screens")}));
    QCOMPARE(layouts.state(QStringLiteral("two/screens")), QByteArray("AB"));
    QVERIFY(layouts.save(QStringLiteral("Alone"), "XY"));
    QCOMPARE(layouts.state(QStringLiteral("Alone")), QByteArray("XY"));
    QVERIFY(!layouts.rename(QStringLiteral("Alone"), QStringLiteral("two/screens")));
    QVERIFY(layouts.rename(QStringLiteral("Alone"), QStringLiteral("Solo")));
    layouts.remove(QStringLiteral("two/screens"));
    file->sync();
    QSettings again(file->fileName(), QSettings::IniFormat);
    QCOMPARE(NamedLayouts(again).names(), QStringList {QStringLiteral("Solo")});
    QCOMPARE(NamedLayouts(again).state(QStringLiteral("Solo")), QByteArray("XY"));
}

void tst_Shell::layoutsRefuseGarbage()
{
    const auto file = settings("garbage.ini");
    file->setValue(QStringLiteral("layouts/size"), 2'000'000'000);
    file->setValue(QStringLiteral("layouts/1/name"), QStringLiteral("bad"));
    file->setValue(QStringLiteral("layouts/1/state"), QByteArray("no checksum at all"));
    file->setValue(QStringLiteral("layouts/2/state"), 17);
    const NamedLayouts layouts(*file);
    QCOMPARE(layouts.names(), QStringList {QStringLiteral("bad")});
    QVERIFY(!layouts.state(QStringLiteral("bad")));
    QVERIFY(!layouts.state(QStringLiteral("none")));
    QByteArray sealed = NamedLayouts::sealed("state");
    QCOMPARE(NamedLayouts::opened(sealed), QByteArray("state"));
    for (qsizetype i = 0; i < sealed.size(); ++i) {
        QByteArray changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 4);
        QVERIFY(!NamedLayouts::opened(changed));
        QVERIFY(!NamedLayouts::opened(sealed.left(i)));
    }
}

void tst_Shell::layoutMenu()
{
    const auto file = settings("menu.ini");
    NamedLayouts layouts(*file);
    QByteArray state = "first";
    QWidget window;
    QMenu menu;
    LayoutActions actions(layouts,
        {[&state] { return state; },
            [&state](const QByteArray& bytes) {
                state = bytes;
                return true;
            },
            [&state] { state = "default"; }},
        menu, &window);
    const auto named = [&menu](const QString& text) {
        for (QAction* action : menu.actions()) {
            if (action->text().remove(u'&').startsWith(text))
                return action;
        }
        return static_cast<QAction*>(nullptr);
    };
    QVERIFY(!named(QStringLiteral("Rename"))->isEnabled());
    named(QStringLiteral("Save layout"))->trigger();
    auto* dialog = window.findChild<QInputDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    dialog->setTextValue(QStringLiteral("Work"));
    dialog->accept();
    QCOMPARE(actions.current(), QStringLiteral("Work"));
    QVERIFY(named(QStringLiteral("Work"))->isChecked());
    state = "second";
    actions.saveAs(QStringLiteral("Other"));
    named(QStringLiteral("Work"))->trigger();
    QCOMPARE(state, QByteArray("first"));
    named(QStringLiteral("Reset"))->trigger();
    QCOMPARE(state, QByteArray("default"));
    QVERIFY(actions.current().isEmpty());
    actions.switchTo(QStringLiteral("Other"));
    named(QStringLiteral("Delete"))->trigger();
    QCOMPARE(layouts.names(), QStringList {QStringLiteral("Work")});
    QVERIFY(!named(QStringLiteral("Other")));
    QSignalSpy told(&actions, &LayoutActions::told);
    file->setValue(QStringLiteral("layouts/1/state"), QByteArray("garbage"));
    actions.switchTo(QStringLiteral("Work"));
    QCOMPARE(told.count(), 1);
    QCOMPARE(state, QByteArray("default"));
    state = "third";
    named(QStringLiteral("Overwrite"))->trigger();
    QCOMPARE(layouts.names(), QStringList {QStringLiteral("Work")});
    state = "default";
    actions.switchTo(QStringLiteral("Work"));
    QCOMPARE(state, QByteArray("third"));
}

void tst_Shell::settingsAreWrittenElsewhere()
{
    const QString file = m_folder.filePath(QStringLiteral("elsewhere.ini"));
    {
        WindowSettings settings(file);
        settings.setValue(QStringLiteral("a"), 1);
        QVERIFY(!QFile::exists(file));
        QTest::qWait(50);
        QVERIFY(!QFile::exists(file)); // the event loop did not write
        QTRY_VERIFY(QFile::exists(file));
        QTRY_VERIFY(!settings.isWriting());
        QTest::qWait(20);
        settings.setValue(QStringLiteral("a"), 2); // and again, later
        const auto written = [&] {
            QFile read(file);
            return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
        };
        QTRY_VERIFY(written().contains("a=2"));
        QCOMPARE(settings.value(QStringLiteral("a")).toInt(), 2);
        settings.setValue(QStringLiteral("b"), 3);
    }
    const QSettings again(file, QSettings::IniFormat);
    QCOMPARE(again.value(QStringLiteral("b")).toInt(), 3); // what was left at the end
}

void tst_Shell::desktopLookIsFollowed()
{
    DesktopLook look(SystemLook::Light);
    QSignalSpy changed(&look, &DesktopLook::changed);
    const QString area = QStringLiteral("org.freedesktop.appearance");
    const auto say = [&](const char* key, uint value) {
        look.settingChanged(area, QLatin1String(key), QDBusVariant(value));
    };
    QCOMPARE(look.look(), SystemLook::Light);
    say("color-scheme", 1);
    QCOMPARE(look.look(), SystemLook::Dark);
    say("contrast", 1);
    QCOMPARE(look.look(), SystemLook::HighContrast);
    say("contrast", 0);
    say("color-scheme", 2);
    QCOMPARE(look.look(), SystemLook::Light);
    QCOMPARE(changed.count(), 4);
    say("color-scheme", 0); // no preference: what it was at the start
    say("accent-color", 7);
    look.settingChanged(QStringLiteral("other"), QStringLiteral("color-scheme"), QDBusVariant(1U));
    look.settingChanged(area, QStringLiteral("color-scheme"), QDBusVariant(QStringLiteral("dark")));
    QCOMPARE(look.look(), SystemLook::Light);
    QCOMPARE(changed.count(), 4);
}

void tst_Shell::chosenThemeStays()
{
    const auto file = settings("theme.ini");
    file->setValue(QStringLiteral("theme"), QStringLiteral("garbage"));
    QMenu menu;
    ThemeSwitch themes(*file, menu);
    QCOMPARE(themes.choice(), ThemeChoice::System);
    const QString area = QStringLiteral("org.freedesktop.appearance");
    themes.desktop().settingChanged(area, QStringLiteral("color-scheme"), QDBusVariant(1U));
    QVERIFY(Theme::of(QApplication::palette()).isDark);
    menu.actions().at(3)->trigger();
    QVERIFY(Theme::of(QApplication::palette()).isHighContrast);
    themes.desktop().settingChanged(area, QStringLiteral("color-scheme"), QDBusVariant(2U));
    QVERIFY(Theme::of(QApplication::palette()).isHighContrast); // chosen: the desktop no longer decides
    QCOMPARE(file->value(QStringLiteral("theme")).toInt(), 3);
    themes.choose(ThemeChoice::System);
    QVERIFY(!Theme::of(QApplication::palette()).isDark);
}

void tst_Shell::lightsSayEverythingInWords_data()
{
    QTest::addColumn<int>("which");
    QTest::addColumn<QString>("store");
    QTest::addColumn<QString>("archive");
    QTest::newRow("fine") << 0 << QStringLiteral("store 4") << QStringLiteral("archive 1");
    QTest::newRow("failed") << 1 << QStringLiteral("store: error") << QStringLiteral("archive: error");
    QTest::newRow("read only") << 2 << QStringLiteral("store: read only") << QStringLiteral("archive off");
}

void tst_Shell::lightsSayEverythingInWords()
{
    QFETCH(int, which);
    QFETCH(QString, store);
    QFETCH(QString, archive);
    DisplayZone zone;
    QMenu menu;
    WindowStatus status(zone, menu, which == 2 ? QStringLiteral("Another program collects.") : QString());
    StorageState state;
    state.store = StoreInfo {"SQLite 3", "/data/mnemo.db", 1, 1, 4096};
    state.hasArchive = which != 2;
    state.archiveBytes = 1024;
    if (which == 1) {
        state.storeError = Error {ErrorCode::StorageFailed, "disk I/O error"};
        state.archiveError = Error {ErrorCode::StorageFailed, "no such folder"};
    }
    status.applyStorage(state);
    status.countJobs(3, 0, 2);
    LaneSnapshot lane;
    lane.id = "binance";
    lane.queued = 12;
    status.applyLane(lane);
    QStringList names, details;
    for (const StatusLight* light : status.findChildren<StatusLight*>()) {
        QVERIFY(!light->accessibleName().isEmpty());
        names << light->text();
        details << light->toolTip();
    }
    const QString all = names.join(u'|');
    QVERIFY2(all.contains(store) && all.contains(archive), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("queue 12")) && all.contains(QStringLiteral("running: 3")) && all.contains(QStringLiteral("paused: 2"))
            && !all.contains(QStringLiteral("waiting")), qPrintable(all));
    QVERIFY(details.join(u'|').contains(QStringLiteral("/data/mnemo.db")));
    QCOMPARE(details.join(u'|').contains(QStringLiteral("disk I/O error")), which == 1);
}

void tst_Shell::liveLight_data()
{
    QTest::addColumn<QList<FollowState>>("series");
    QTest::addColumn<int>("feed");
    QTest::addColumn<bool>("isSilent");
    QTest::addColumn<QString>("text");
    QTest::addColumn<StatusLight::Mood>("mood");
    const auto row = [](const char* name, const QList<FollowState>& series, FeedState feed, bool isSilent, const char* text,
                         StatusLight::Mood mood) { QTest::newRow(name) << series << static_cast<int>(feed) << isSilent << QString::fromLatin1(text) << mood; };
    using enum FollowState;
    using Mood = StatusLight::Mood;
    row("nothing", {}, FeedState::Idle, false, "nothing live", Mood::Quiet);
    row("asked for", {Waiting}, FeedState::Connecting, false, "connecting", Mood::Busy);
    row("streamed", {Streamed, Streamed}, FeedState::Open, false, "live: 2", Mood::Good);
    row("both ways", {Streamed, Polled}, FeedState::Open, false, "live: 1, polled: 1", Mood::Good);
    row("stale", {Polled, Stale}, FeedState::Idle, false, "polled: 1, stale: 1", Mood::Warning);
    row("broken", {Polled}, FeedState::Waiting, false, "reconnecting, polled: 1", Mood::Warning);
    row("stalled", {Streamed}, FeedState::Open, true, "stream stalled, live: 1", Mood::Bad);
}

void tst_Shell::liveLight()
{
    QFETCH(QList<FollowState>, series);
    QFETCH(int, feed);
    QFETCH(bool, isSilent);
    QFETCH(QString, text);
    QFETCH(StatusLight::Mood, mood);
    DisplayZone zone;
    QMenu menu;
    WindowStatus status(zone, menu, {});
    FeedReport report;
    for (const FollowState state : series) {
        FollowedSeries followed;
        followed.series.symbol = "S" + std::to_string(report.series.size());
        followed.state = state;
        report.series.push_back(followed);
    }
    FeedSnapshot connection;
    connection.id = "venue spot";
    connection.state = static_cast<FeedState>(feed);
    connection.isSilent = isSilent;
    connection.alive = 1;
    if (connection.state != FeedState::Idle)
        report.feeds = {connection};
    status.applyFeeds(report);
    const StatusLight* live = nullptr;
    for (const StatusLight* light : status.findChildren<StatusLight*>()) {
        if (light->accessibleName().startsWith(QStringLiteral("Live:")))
            live = light;
    }
    QVERIFY(live);
    QCOMPARE(live->text(), text);
    QCOMPARE(live->mood(), mood);
    QCOMPARE(live->toolTip().contains(QStringLiteral("venue spot")), !report.feeds.empty());
    QSignalSpy clicked(&status, &WindowStatus::liveRequested);
    const_cast<StatusLight*>(live)->click();
    QCOMPARE(clicked.count(), 1);
}

void tst_Shell::railByKeyboard()
{
    ActivityRail rail;
    int opened = 0;
    QAction charts(QStringLiteral("&Charts")), jobs(QStringLiteral("&Jobs"));
    charts.setShortcut(QKeySequence(QStringLiteral("Ctrl+1")));
    connect(&jobs, &QAction::triggered, this, [&opened] { ++opened; });
    rail.addScreen(&charts);
    rail.addScreen(&jobs);
    rail.show();
    rail.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&rail));
    auto* first = qobject_cast<QToolButton*>(rail.widgetForAction(&charts));
    auto* second = qobject_cast<QToolButton*>(rail.widgetForAction(&jobs));
    QVERIFY(first->toolTip().contains(QStringLiteral("Ctrl+1")));
    QCOMPARE(second->accessibleName(), QStringLiteral("Jobs"));
    first->setFocus();
    QTest::keyClick(first, Qt::Key_Down);
    QVERIFY(second->hasFocus());
    QTest::keyClick(second, Qt::Key_Return);
    QCOMPARE(opened, 1);
    QTest::keyClick(second, Qt::Key_Down);
    QVERIFY(first->hasFocus());
}

void tst_Shell::clockFollowsTheZone()
{
    DisplayZone zone;
    QMenu menu;
    ZoneClock clock(zone, menu);
    QVERIFY(clock.text().contains(QStringLiteral("UTC")));
    menu.actions().at(1)->trigger();
    QCOMPARE(zone.id(), QStringLiteral("local"));
    if (zone.setId(QStringLiteral("Asia/Dubai"))) {
        QVERIFY2(clock.text().contains(QStringLiteral("UTC+04")), qPrintable(clock.text()));
        QVERIFY(menu.actions().at(2)->isVisible() && menu.actions().at(2)->isChecked());
        QVERIFY(!menu.actions().at(1)->isChecked());
    }
    QVERIFY(clock.accessibleName().contains(clock.text()));
}

QTEST_MAIN(tst_Shell)
#include "tst_shell.moc"
