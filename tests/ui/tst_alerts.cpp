// The screen Alerts: its lists, its details and its buttons, on what a port tells; and notifications over a real bus.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "fakealertsport.h"
#include "ui/alerts/alertdetails.h"
#include "ui/alerts/alertspage.h"
#include "ui/alerts/alerttext.h"
#include "ui/alerts/silencedialog.h"

using namespace mnemo;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const UtcMs now = fromMs(1'718'020'800'000); // 2024-06-10 12:00

Alert alertOf(AlertId id, AlertKind kind, const char* where, AlertState state = AlertState::Firing)
{
    Alert alert;
    alert.id = id;
    alert.rule = "rule-" + std::to_string(id);
    alert.group = where;
    alert.kind = kind;
    alert.where = where;
    alert.what = "network";
    alert.severity = Severity::Error;
    alert.state = state;
    alert.since = now - 2h;
    alert.series = 100;
    alert.count = 120;
    alert.detail = "detail of it";
    return alert;
}

/// A page with three alerts, two channels and a silence that matches the last alert.
struct Desk {
    FakeAlertsPort port;
    DisplayZone zone;
    std::unique_ptr<AlertsPage> page;
    QStringList told;

    Desk()
    {
        port.at = now;
        AlertSnapshot& alerts = *port.alerts;
        alerts.checkedAt = now;
        alerts.open = {alertOf(1, AlertKind::FailedJobs, "kraken"), alertOf(2, AlertKind::Stale, "okx"), alertOf(3, AlertKind::Disk, "", AlertState::Pending)};
        for (const char* id : {"app", "team"}) {
            AlertChannel channel;
            channel.id = id;
            channel.type = id[0] == 'a' ? ChannelType::App : ChannelType::Slack;
            alerts.settings.channels.push_back(channel);
            alerts.channels.push_back({channel, {}});
        }
        alerts.channels[1].last = AlertDelivery {1, 1, "team", "fired", now, now, DeliveryState::Failed, 8, "cannot connect"};
        AlertRule rule;
        rule.id = "rule-1";
        alerts.settings.rules = {rule};
        alerts.rules = {{"rule-1", RuleState::NoData, 0, 1}};
        alerts.noData = "another process collects";
    }
    void open()
    {
        page = std::make_unique<AlertsPage>(port, zone);
        QObject::connect(page.get(), &AlertsPage::told, page.get(), [this](const QString& sentence) { told << sentence; });
        page->resize(1200, 700);
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
    }
    QAction* action(const QString& begin) const
    {
        for (QAction* one : page->allActions()) {
            if (one && one->text().remove(u'&').startsWith(begin))
                return one;
        }
        return nullptr;
    }
};

QString cell(const QAbstractItemModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class TestAlerts : public QObject {
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support).*"_s)); }
    void rowsComeGoAndMove();
    void looks_data();
    void looks();
    void detailsSayWhatHelps();
    void nothingIsSaidInItsPlace();
    void acknowledgedByKey();
    void silencedForATime_data();
    void silencedForATime();
    void theDialogAsksWhatAndUntil();
    void aSilenceIsEnded();
    void aChannelIsTested();
    void aReaderMayOnlyLook();
    void whatWasRefusedIsTold();
    void listsBelow();
};

void TestAlerts::rowsComeGoAndMove()
{
    DisplayZone zone;
    AlertsModel model(zone);
    QAbstractItemModelTester guard(&model);
    auto alerts = std::make_shared<AlertSnapshot>();
    alerts->open = {alertOf(1, AlertKind::Stale, "a"), alertOf(2, AlertKind::Stale, "b"), alertOf(3, AlertKind::Stale, "c")};
    model.apply(alerts, now);
    QPersistentModelIndex second = model.index(1, 0);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged), reset(&model, &QAbstractItemModel::modelReset);
    alerts = std::make_shared<AlertSnapshot>(*alerts);
    alerts->open[0].series = 7;
    model.apply(alerts, now);
    QCOMPARE(changed.count(), 1); // that row alone
    QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 0);
    alerts = std::make_shared<AlertSnapshot>();
    alerts->open = {alertOf(4, AlertKind::Stale, "d"), alertOf(3, AlertKind::Stale, "c"), alertOf(2, AlertKind::Stale, "b")};
    model.apply(alerts, now);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.alertAt(0).id, 4);
    QCOMPARE(second.row(), 2);
    QCOMPARE(model.alertAt(second.row()).id, 2);
    QCOMPARE(reset.count(), 0);
    model.apply(alerts, now + 5min);
    QCOMPARE(cell(model, 0, AlertsModel::Since), u"2 h 5 min ago"_s);
    model.apply(std::make_shared<AlertSnapshot>(), now);
    QCOMPARE(model.rowCount(), 0);
}

void TestAlerts::looks_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("state");
    QTest::newRow("firing") << u""_s << u"\u25B2 firing"_s;
    QTest::newRow("pending") << u"pending"_s << u"\u2026 pending"_s;
    QTest::newRow("known") << u"known"_s << u"\u2713 acknowledged"_s;
    QTest::newRow("silenced") << u"silenced"_s << u"\u2016 silenced"_s;
}

void TestAlerts::looks()
{
    QFETCH(QString, change);
    QFETCH(QString, state);
    DisplayZone zone;
    AlertsModel model(zone);
    auto alerts = std::make_shared<AlertSnapshot>();
    alerts->open = {alertOf(1, AlertKind::Stale, "a")};
    if (change == u"pending"_s)
        alerts->open[0].state = AlertState::Pending;
    if (change == u"known"_s)
        alerts->open[0].acknowledgedAt = now;
    if (change == u"silenced"_s)
        alerts->silenced = {1};
    model.apply(alerts, now);
    QCOMPARE(cell(model, 0, AlertsModel::State), state);
    QVERIFY(model.index(0, AlertsModel::State).data(Qt::ForegroundRole).isValid());
    QVERIFY(model.index(0, 0).data(Qt::AccessibleTextRole).toString().contains(state.mid(2)));
}

void TestAlerts::detailsSayWhatHelps()
{
    Desk desk;
    desk.open();
    QCOMPARE(desk.page->view()->currentIndex().row(), 0); // the most urgent
    QCOMPARE(desk.page->details()->title(), u"kraken: 120 jobs failed"_s);
    const QString facts = desk.page->details()->facts();
    for (const char* line : {"Cause: network", "Series: 100", "Rule: rule-1", "Told: nobody yet", "Detail: detail of it", "Since: 2024-06-10 10:00 UTC"})
        QVERIFY2(facts.contains(QString::fromLatin1(line)), qPrintable(facts));
    QSignalSpy opened(desk.page.get(), &AlertsPage::causeRequested);
    QCOMPARE(desk.page->details()->openButton()->text(), u"Open jobs"_s);
    QTest::mouseClick(desk.page->details()->openButton(), Qt::LeftButton);
    QTest::keyClick(desk.page->view(), Qt::Key_Down);
    QTest::keyClick(desk.page->view(), Qt::Key_O);
    QCOMPARE(opened.count(), 2);
    QCOMPARE(opened.at(1).at(0).value<Alert>().id, 2);
    desk.page->showAlert(3);
    QVERIFY(desk.page->details()->title().contains(u"120"_s)); // bytes that are free
    desk.port.alerts->open.erase(desk.port.alerts->open.begin(), desk.port.alerts->open.begin() + 2);
    desk.page->refresh();
    QCOMPARE(desk.page->view()->currentIndex().row(), 0); // the selection stayed with its alert
}

void TestAlerts::nothingIsSaidInItsPlace()
{
    Desk desk;
    desk.port.alerts->open.clear();
    desk.open();
    QCOMPARE(desk.page->message(), u"No alert"_s);
    desk.port.alerts->checkedAt.reset();
    desk.page->refresh();
    QCOMPARE(desk.page->message(), u"Not looked yet"_s);
    desk.port.alerts->settings.isOn = false;
    desk.page->refresh();
    QCOMPARE(desk.page->message(), u"Alerts are off"_s);
    desk.port.alerts->open = {alertOf(9, AlertKind::Store, "")};
    desk.page->refresh();
    QCOMPARE(desk.page->message(), QString());
}

void TestAlerts::acknowledgedByKey()
{
    Desk desk;
    desk.open();
    QTest::keyClick(desk.page->view(), Qt::Key_A);
    QCOMPARE(desk.port.acknowledged, std::vector<AlertId> {1});
    QTRY_COMPARE(desk.told, QStringList {u"kraken: 120 jobs failed: acknowledged."_s});
    desk.port.alerts->open[0].acknowledgedAt = now;
    desk.port.alerts->open[0].acknowledgedBy = "ann";
    desk.page->refresh();
    QVERIFY(!desk.action(u"Acknowledge"_s)->isEnabled()); // once is enough
    QVERIFY(desk.page->details()->facts().contains(u"Known to: ann"_s));
    desk.page->showAlert(3);
    QVERIFY(!desk.action(u"Acknowledge"_s)->isEnabled()); // it is pending
}

void TestAlerts::silencedForATime_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<int>("hours");
    QTest::newRow("an hour") << u"Silence for 1 hour"_s << 1;
    QTest::newRow("eight") << u"Silence for 8 hours"_s << 8;
    QTest::newRow("a day") << u"Silence for 1 day"_s << 24;
}

void TestAlerts::silencedForATime()
{
    QFETCH(QString, action);
    QFETCH(int, hours);
    Desk desk;
    desk.open();
    desk.action(action)->trigger();
    QCOMPARE(desk.port.silenced.size(), std::size_t {1});
    const Silence& silence = desk.port.silenced.front();
    QCOMPARE(silence.until, now + std::chrono::hours {hours});
    QVERIFY(silence.matches(desk.port.alerts->open[0]));
    QVERIFY(!silence.matches(desk.port.alerts->open[1]));
    QTRY_VERIFY(!desk.told.isEmpty());
    QVERIFY(desk.page->details()->silenceButton()->menu()->actions().contains(desk.action(action))); // reached by mouse too
}

void TestAlerts::theDialogAsksWhatAndUntil()
{
    DisplayZone zone;
    zone.setId(u"Asia/Tokyo"_s);
    SilenceDialog dialog(alertOf(1, AlertKind::Stale, "okx"), now, zone);
    QVERIFY(dialog.silence().matches(alertOf(1, AlertKind::Stale, "okx")));
    QCOMPARE(dialog.silence().until, now + 1h);
    QCOMPARE(dialog.until()->dateTime().time(), QTime(22, 0)); // as it is in Tokyo
    dialog.until()->setDateTime(dialog.until()->dateTime().addDays(2));
    dialog.why()->setText(u" upkeep "_s);
    QCOMPARE(dialog.silence().until, now + 49h);
    QCOMPARE(dialog.silence().why, std::string("upkeep"));
    const Alert other = alertOf(2, AlertKind::Gaps, "okx");
    QStringList matches;
    for (int i = 0; i < dialog.what()->count(); ++i) {
        dialog.what()->setCurrentIndex(i);
        matches << QString::number(int(dialog.silence().matches(other)));
    }
    QCOMPARE(matches.join(u' '), u"0 1 0 1"_s); // the alert, its exchange, its rule, all
    dialog.until()->setDateTime(dialog.until()->dateTime().addDays(-3));
    QVERIFY(!dialog.findChild<QPushButton*>()->isEnabled()); // it would be over

    Desk desk;
    desk.open();
    desk.page->setAskSilence([](const std::optional<Alert>& alert) { return alert ? std::optional<Silence>() : Silence(); });
    desk.action(u"Silence until"_s)->trigger();
    QVERIFY(desk.port.silenced.empty()); // given up
}

void TestAlerts::aSilenceIsEnded()
{
    Desk desk;
    Silence silence;
    silence.id = 5;
    silence.where = "okx";
    silence.until = now + 1h;
    silence.why = "upkeep";
    desk.port.alerts->silences = {silence};
    desk.open();
    QCOMPARE(desk.page->tabs()->tabText(3).remove(u'&'), u"Silences (1)"_s);
    QVERIFY(!desk.action(u"End the selected"_s)->isEnabled());
    desk.page->tabs()->setCurrentIndex(3);
    desk.page->silencesView()->selectRow(0);
    desk.action(u"End the selected"_s)->trigger();
    QCOMPARE(desk.port.unsilenced, std::vector<SilenceId> {5});
    desk.page->showAlert(2);
    QVERIFY(desk.page->details()->facts().contains(u"Silence: okx, until 2024-06-10 13:00 UTC"_s));
}

void TestAlerts::aChannelIsTested()
{
    Desk desk;
    desk.open();
    desk.page->tabs()->setCurrentIndex(2);
    desk.page->channelsView()->selectRow(1);
    desk.port.outcome.state = DeliveryState::Failed;
    desk.port.outcome.reason = "HTTP 404";
    desk.action(u"Send a test"_s)->trigger();
    QCOMPARE(desk.port.tested, std::vector<std::string> {"team"});
    QTRY_COMPARE(desk.told.size(), 2);
    QVERIFY(desk.told.last().contains(u"HTTP 404"_s));
    desk.port.outcome.state = DeliveryState::Sent;
    desk.action(u"Send a test"_s)->trigger();
    QTRY_COMPARE(desk.told.size(), 4);
    QCOMPARE(desk.told.last(), u"team has taken the test."_s);
    QCOMPARE(desk.page->channelsView()->currentIndex().row(), 1); // the selection stays
}

void TestAlerts::aReaderMayOnlyLook()
{
    Desk desk;
    desk.port.isReader = true;
    desk.open();
    for (const char* text : {"Acknowledge", "Silence for 1 hour", "Silence until"})
        QVERIFY(!desk.action(QString::fromLatin1(text))->isEnabled());
    QVERIFY(desk.action(u"Open where"_s)->isEnabled());
}

void TestAlerts::whatWasRefusedIsTold()
{
    Desk desk;
    desk.port.refusal = Error {ErrorCode::StorageFull, "no space", {}};
    desk.open();
    QTest::keyClick(desk.page->view(), Qt::Key_R);
    QCOMPARE(desk.port.checks, 1);
    QTRY_VERIFY(!desk.told.isEmpty());
    QVERIFY(!desk.told.last().contains(u"looked at"_s));
}

void TestAlerts::listsBelow()
{
    Desk desk;
    Alert over = alertOf(7, AlertKind::Stale, "bybit", AlertState::Resolved);
    desk.port.past.alerts = {over};
    desk.port.past.events = {{2, 7, now, AlertEventKind::Resolved, true, "", "it is no longer so"}, {1, 0, now - 1h, AlertEventKind::Silenced, false, "ann", "upkeep"}};
    desk.open();
    QTRY_COMPARE(desk.page->historyModel()->rowCount(), 2);
    const auto& history = *desk.page->historyModel();
    QCOMPARE(cell(history, 0, AlertHistoryModel::What), u"bybit: not up to date: 100 series"_s);
    QCOMPARE(cell(history, 0, AlertHistoryModel::Event), u"resolved"_s);
    QCOMPARE(cell(history, 1, AlertHistoryModel::What), u"upkeep"_s);
    QCOMPARE(cell(history, 1, AlertHistoryModel::Who), u"ann"_s);
    const auto& channels = *desk.page->channelsModel();
    QCOMPARE(cell(channels, 0, AlertChannelsModel::Last), u"nothing yet"_s);
    QCOMPARE(cell(channels, 1, AlertChannelsModel::Last), u"\u2715 failed"_s);
    QCOMPARE(cell(channels, 1, AlertChannelsModel::Reason), u"cannot connect"_s);
    QVERIFY(desk.page->status().contains(u"no data"_s));
}

QTEST_MAIN(TestAlerts)
#include "tst_alerts.moc"
