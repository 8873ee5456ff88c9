// Alerts, their events, deliveries and silences in the store: what is written is read back, whole or not at all.

#include <QtTest>

#include "core/base/timetext.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;

namespace {

const UtcMs start = *parseTime("2026-03-01");

Alert alertOf(AlertId id, AlertState state)
{
    Alert alert;
    alert.id = id;
    alert.rule = "stale";
    alert.group = "kraken";
    alert.kind = AlertKind::Stale;
    alert.where = "kraken";
    alert.what = "why 'not'";
    alert.severity = Severity::Error;
    alert.state = state;
    alert.since = start;
    alert.seenAt = start + std::chrono::minutes {id};
    alert.firedAt = start + std::chrono::minutes {1};
    if (state == AlertState::Resolved) {
        alert.resolvedAt = alert.seenAt;
        alert.why = "it is no longer so";
    }
    alert.causes = 2;
    alert.series = 100;
    alert.count = 12'345;
    alert.until = start + std::chrono::hours {5};
    alert.detail = "detail";
    alert.cause = "stale/kraken/";
    alert.acknowledgedBy = "ann";
    alert.acknowledgedAt = start;
    alert.toldAt = start;
    alert.told = 3;
    return alert;
}

} // namespace

class TestAlertStorage : public QObject {
    Q_OBJECT

private slots:
    void comesBackAsItWas();
    void laterRecordsReplaceEarlierOnes();
    void filters();
    void whatIsOldIsForgotten();
};

void TestAlertStorage::comesBackAsItWas()
{
    StoreFixture fixture;
    const Silence one {1, "stale", "kraken", "", true, start, start + std::chrono::hours {1}, "why", "ann", {}};
    const Silence all {2, "", "", "", false, start, start + std::chrono::hours {1}, "", "bob", start};
    const AlertDelivery sent {4, 1, "mail", "fired", start, start, DeliveryState::Sent, 2, ""};
    const AlertDelivery waiting {5, 0, "team", "test", start, {}, DeliveryState::Retrying, 1, "HTTP 503"};
    AlertChanges changes;
    changes.alerts = {alertOf(1, AlertState::Firing)};
    changes.events = {{0, 1, start, AlertEventKind::Worsened, true, "", "text"}, {0, 1, start, AlertEventKind::Acknowledged, false, "ann", ""}};
    changes.silences = {one, all};
    changes.deliveries = {sent, waiting};
    QVERIFY(fixture.writer->saveAlerts(changes));
    QCOMPARE(must(fixture.reader->alerts({})), changes.alerts);
    QCOMPARE(must(fixture.reader->silences()), (std::vector {one, all}));
    QCOMPARE(must(fixture.reader->alertDeliveries(10)), (std::vector {waiting, sent}));
    const auto events = must(fixture.reader->alertEvents({}));
    QCOMPARE(events.size(), std::size_t {2});
    QCOMPARE(events[0].kind, AlertEventKind::Acknowledged); // the newest first
    QCOMPARE(events[1].kind, AlertEventKind::Worsened);
    QVERIFY(events[1].isTold && !events[0].isTold);
    QCOMPARE(events[0].who, std::string("ann"));
}

void TestAlertStorage::laterRecordsReplaceEarlierOnes()
{
    StoreFixture fixture;
    AlertChanges changes;
    changes.alerts = {alertOf(1, AlertState::Firing), alertOf(2, AlertState::Pending)};
    QVERIFY(fixture.writer->saveAlerts(changes));
    changes.alerts = {alertOf(1, AlertState::Resolved)};
    changes.dropped = {2};
    QVERIFY(fixture.writer->saveAlerts(changes));
    QCOMPARE(must(fixture.reader->alerts({})), changes.alerts);
}

void TestAlertStorage::filters()
{
    StoreFixture fixture;
    AlertChanges changes;
    changes.alerts = {alertOf(1, AlertState::Resolved), alertOf(2, AlertState::Firing), alertOf(3, AlertState::Pending)};
    for (const AlertId id : {1, 2, 3})
        changes.events.push_back({0, id, start + std::chrono::minutes {id}, AlertEventKind::Fired, true, "", ""});
    QVERIFY(fixture.writer->saveAlerts(changes));
    const auto idsOf = [](const std::vector<Alert>& alerts) {
        std::vector<AlertId> ids;
        for (const Alert& alert : alerts)
            ids.push_back(alert.id);
        return ids;
    };
    AlertFilter filter;
    QCOMPARE(idsOf(must(fixture.reader->alerts(filter))), (std::vector<AlertId> {3, 2, 1}));
    filter.limit = 1;
    QCOMPARE(idsOf(must(fixture.reader->alerts(filter))), (std::vector<AlertId> {3}));
    filter.states = {AlertState::Firing};
    QCOMPARE(idsOf(must(fixture.reader->alerts(filter))), (std::vector<AlertId> {2}));
    filter = {};
    filter.since = start + std::chrono::minutes {2}; // those that are not over yet stay
    QCOMPARE(idsOf(must(fixture.reader->alerts(filter))), (std::vector<AlertId> {3, 2}));
    QCOMPARE(must(fixture.reader->alertEvents(filter)).size(), std::size_t {2});
    filter = {};
    filter.alert = 2;
    QCOMPARE(idsOf(must(fixture.reader->alerts(filter))), (std::vector<AlertId> {2}));
    QCOMPARE(must(fixture.reader->alertEvents(filter)).size(), std::size_t {1});
}

void TestAlertStorage::whatIsOldIsForgotten()
{
    StoreFixture fixture;
    AlertChanges changes;
    changes.alerts = {alertOf(1, AlertState::Resolved), alertOf(2, AlertState::Firing), alertOf(5, AlertState::Resolved)};
    for (const AlertId id : {1, 2, 5})
        changes.events.push_back({0, id, start, AlertEventKind::Fired, true, "", ""});
    changes.deliveries = {{1, 1, "a", "fired", start, start, DeliveryState::Sent, 1, ""}, {2, 2, "a", "fired", start, {}, DeliveryState::Waiting, 0, ""}};
    changes.silences = {{1, "", "", "", false, start, start, "", "", start}, {2, "", "", "", false, start, start, "", "", {}}};
    QVERIFY(fixture.writer->saveAlerts(changes));
    AlertChanges forgetting;
    forgetting.forgetBefore = start + std::chrono::minutes {3};
    QVERIFY(fixture.writer->saveAlerts(forgetting));
    QCOMPARE(must(fixture.reader->alerts({})).size(), std::size_t {2});
    QCOMPARE(must(fixture.reader->alertEvents({})).size(), std::size_t {2}); // those of alerts that are kept
    QCOMPARE(must(fixture.reader->alertDeliveries(10)).size(), std::size_t {1});
    QCOMPARE(must(fixture.reader->silences()).size(), std::size_t {1});
}

QTEST_APPLESS_MAIN(TestAlertStorage)
#include "tst_alertstorage.moc"
