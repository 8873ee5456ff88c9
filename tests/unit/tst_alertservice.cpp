// Alerts in the engine: from what is wrong with the data to who is told, over a restart and beside a process that only reads.

#include <QtTest>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include <nlohmann/json.hpp>

#include "core/engine/alertconditions.h"
#include "core/engine/engine.h"
#include "tests/support/loopbackserver.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using namespace mnemo::test;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

const UtcMs start = at("2026-03-01T10:00:00");

/// An engine over a folder, its alerts.yaml as the test writes it.
struct Session {
    QTemporaryDir folder;
    std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>(start);
    std::unique_ptr<Engine> engine;

    void configure(const std::string& yaml)
    {
        std::filesystem::create_directories(path() / "config");
        std::ofstream(path() / "config" / "alerts.yaml") << yaml;
    }
    std::filesystem::path path() const { return folder.path().toStdString(); }
    EngineOptions options(OpenMode mode = OpenMode::ReadWrite) const
    {
        EngineOptions wanted;
        wanted.config.user = path() / "config";
        wanted.config.sets = {"retry.base=5ms", "retry.attempts=2"};
        wanted.dataDir = path() / "data";
        wanted.clock = clock;
        wanted.mode = mode;
        return wanted;
    }
    void open() { engine = must(Engine::open(options())); }
    std::shared_ptr<const AlertSnapshot> look(milliseconds later)
    {
        clock->advance(later);
        return must(engine->checkAlerts());
    }
};

/// A disk is never so large as this asks: the alert is there at once.
std::string diskRule(const std::string& more = {})
{
    return "rules:\n  disk: {when: disk, free_below_mib: 1000000000, repeat: 1h" + more + "}\n";
}

} // namespace

class TestAlertService : public QObject {
    Q_OBJECT

private slots:
    void healthBecomesConditions();
    void anUnreadableStoreIsToldAndNothingElse();
    void firesAndTellsAWebhook();
    void aRestartKnowsWhatWasTold();
    void silencesAndAcknowledgements();
    void aReaderSeesAndMayNot();
    void aChannelIsTested();
    void notificationsGoToTheWindow();
    void looksByItself();
};

void TestAlertService::healthBecomesConditions()
{
    Health health;
    health.checkedAt = start;
    health.freeBytes = 5;
    for (const HealthCause cause : {HealthCause::Lane, HealthCause::Outage, HealthCause::Disk, HealthCause::Stale}) {
        HealthIssue issue;
        issue.cause = cause;
        issue.where = "kraken";
        issue.series = 7;
        health.issues.push_back(issue);
    }
    Conditions conditions = conditionsOf(health);
    QCOMPARE(conditions.troubles.size(), std::size_t {2}); // the disk by its bytes, an outage by a person
    QCOMPARE(conditions.troubles[0].kind, AlertKind::Lane);
    QCOMPARE(conditions.troubles[1].id, health.issues[3].id());
    QCOMPARE(conditions.troubles[1].series, 7);
    QCOMPARE(conditions.freeBytes, std::optional<std::int64_t>(5));
    QVERIFY(conditions.unknown.empty());
    health.areJobsKnown = false;
    health.freeBytes.reset();
    conditions = conditionsOf(health);
    QVERIFY(!conditions.isKnown(AlertKind::FailedJobs) && !conditions.isKnown(AlertKind::Lane) && !conditions.isKnown(AlertKind::Disk));
    QVERIFY(conditions.isKnown(AlertKind::Stale));
}

void TestAlertService::anUnreadableStoreIsToldAndNothingElse()
{
    const Conditions conditions = conditionsOf(Error {ErrorCode::Corrupt, "does not read back"}, start);
    QCOMPARE(conditions.troubles.size(), std::size_t {1});
    QCOMPARE(conditions.troubles.front().kind, AlertKind::Store);
    for (const AlertKind kind : allAlertKinds())
        QCOMPARE(conditions.isKnown(kind), kind == AlertKind::Store);
}

void TestAlertService::firesAndTellsAWebhook()
{
    LoopbackServer server([](const ReceivedRequest&) { return Reply {}; });
    Session session;
    session.configure(diskRule(", for: 5m") + "channels:\n  own: {type: webhook, url: \"" + server.url("/hook") + "\"}\n");
    session.open();
    QCOMPARE(session.engine->alerts()->checkedAt, std::nullopt);
    auto seen = session.look(0min);
    QCOMPARE(seen->count(AlertState::Pending), 1);
    QCOMPARE(seen->rules.front().state, RuleState::Pending);
    seen = session.look(5min);
    QCOMPARE(seen->count(AlertState::Firing), 1);
    QCOMPARE(seen->unseen(), 1);
    QVERIFY(session.engine->waitForDeliveries(5s));
    QCOMPARE(server.received().size(), std::size_t {1});
    const Json body = Json::parse(server.received().front().body);
    QCOMPARE(body["event"].get<std::string>(), std::string("fired"));
    QCOMPARE(body["alert"]["kind"].get<std::string>(), std::string("disk"));
    QCOMPARE(body["alert"]["firedAt"].get<std::int64_t>(), toMs(start + 5min));
    const auto last = session.engine->alerts()->channels.front().last;
    QVERIFY(last);
    QCOMPARE(last->state, DeliveryState::Sent);
    const auto history = must(session.engine->alertHistory({}));
    QCOMPARE(history.alerts.size(), std::size_t {1});
    QCOMPARE(history.events.size(), std::size_t {1});
    QVERIFY(history.events.front().isTold);
}

void TestAlertService::aRestartKnowsWhatWasTold()
{
    Session session;
    session.configure(diskRule() + "channels:\n  app: {type: app}\n");
    session.open();
    const AlertId id = session.look(0min)->open.front().id;
    QVERIFY(session.engine->waitForDeliveries(5s));
    session.engine.reset();
    session.open();
    auto seen = session.look(10min);
    QCOMPARE(seen->open.size(), std::size_t {1});
    QCOMPARE(seen->open.front().id, id);
    QCOMPARE(seen->open.front().told, 1);
    QCOMPARE(seen->channels.front().last->state, DeliveryState::Sent); // of the last session
    seen = session.look(1h);
    QCOMPARE(seen->open.front().told, 2); // repeated
    session.engine.reset();
    session.configure("rules:\n  disk: {when: disk, free_below_mib: 1}\nchannels:\n  app: {type: app}\n");
    session.open();
    seen = session.look(1min);
    QVERIFY(seen->open.empty());
    QVERIFY(session.engine->waitForDeliveries(5s));
    const auto history = must(session.engine->alertHistory({}));
    QCOMPARE(history.alerts.front().state, AlertState::Resolved);
    QCOMPARE(history.alerts.front().why, std::string("it is no longer so"));
    QCOMPARE(history.events.front().kind, AlertEventKind::Resolved);
    QVERIFY(history.events.front().isTold);
}

void TestAlertService::silencesAndAcknowledgements()
{
    Session session;
    session.configure(diskRule());
    session.open();
    Silence silence;
    silence.rule = "disk";
    silence.until = session.clock->now() + 30min;
    silence.why = "moving";
    const Silence made = must(session.engine->silence(silence));
    QVERIFY(!made.who.empty());
    QCOMPARE(made.from, session.clock->now());
    auto seen = session.look(1min);
    QCOMPARE(seen->open.front().told, 0);
    QVERIFY(seen->isSilenced(seen->open.front().id));
    QCOMPARE(seen->unseen(), 0);
    const Silence ended = must(session.engine->unsilence(made.id));
    QVERIFY(ended.endedAt);
    QVERIFY(!session.engine->unsilence(made.id));
    seen = session.look(1min);
    QCOMPARE(seen->open.front().told, 1); // it lasts, so it is told now
    QCOMPARE(must(session.engine->acknowledge(seen->open.front().id, "ann")).acknowledgedBy, std::string("ann"));
    QCOMPARE(session.engine->alerts()->unseen(), 0);
    QCOMPARE(session.look(5h)->open.front().told, 1); // no repetition
    QVERIFY(!session.engine->acknowledge(99));
    silence.until = session.clock->now();
    QVERIFY(!session.engine->silence(silence)); // over before it begins
    const auto events = must(session.engine->alertHistory({})).events;
    QStringList kinds;
    for (const AlertEvent& event : events)
        kinds.prepend(QString::fromStdString(std::string(toText(event.kind))));
    QCOMPARE(kinds.join(u' '), QStringLiteral("silenced fired silence_ended repeated acknowledged"));
}

void TestAlertService::aReaderSeesAndMayNot()
{
    Session session;
    session.configure(diskRule());
    session.open();
    session.look(0min);
    const auto reader = must(Engine::open(session.options(OpenMode::ReadOnly)));
    const auto seen = must(reader->checkAlerts());
    QCOMPARE(seen->count(AlertState::Firing), 1);
    QCOMPARE(seen->checkedAt, std::optional(start));
    Silence silence;
    silence.until = start + 1h;
    QCOMPARE(reader->silence(silence).error().code, ErrorCode::StorageReadOnly);
    QCOMPARE(reader->acknowledge(1).error().code, ErrorCode::StorageReadOnly);
    QCOMPARE(must(reader->alertHistory({})).events.size(), std::size_t {1});
}

void TestAlertService::aChannelIsTested()
{
    LoopbackServer server([](const ReceivedRequest& request) {
        Reply reply;
        reply.status = request.number == 1 ? 200 : 404;
        reply.body = "no_team";
        return reply;
    });
    Session session;
    session.configure("channels:\n  team: {type: slack, on: false, url: \"" + server.url("/hook") + "\"}\n  screen: {type: desktop}\n");
    session.open();
    const AlertDelivery sent = must(session.engine->testChannel("team"));
    QCOMPARE(sent.state, DeliveryState::Sent);
    QVERIFY(server.received().front().body.find("[test]") != std::string::npos);
    const AlertDelivery refused = must(session.engine->testChannel("team"));
    QCOMPARE(refused.state, DeliveryState::Failed);
    QCOMPARE(refused.reason, std::string("HTTP 404: no_team"));
    QCOMPARE(server.received().size(), std::size_t {2}); // a test is not tried again
    QVERIFY(must(session.engine->testChannel("screen")).reason.find("no window") == 0);
    QCOMPARE(session.engine->testChannel("tema").error().code, ErrorCode::NotFound);
    QCOMPARE(must(session.engine->alertHistory({})).deliveries.size(), std::size_t {3});
}

void TestAlertService::notificationsGoToTheWindow()
{
    Session session;
    session.configure(diskRule() + "channels:\n  screen: {type: desktop}\n");
    session.open();
    std::mutex mutex;
    std::vector<AlertMessage> shown;
    auto guard = session.engine->showNotifications([&](const AlertMessage& message) {
        const std::lock_guard lock(mutex);
        shown.push_back(message);
    });
    session.look(0min);
    QVERIFY(session.engine->waitForDeliveries(5s));
    {
        const std::lock_guard lock(mutex);
        QCOMPARE(shown.size(), std::size_t {1});
        QCOMPARE(shown.front().alert.rule, std::string("disk"));
    }
    guard.reset();
    session.look(2h);
    QVERIFY(session.engine->waitForDeliveries(5s));
    QCOMPARE(session.engine->alerts()->channels.front().last->state, DeliveryState::Failed);
}

void TestAlertService::looksByItself()
{
    Session session;
    session.configure(diskRule() + "every: 1h\n");
    EngineOptions options = session.options();
    options.watchesAlerts = true;
    options.clock = std::make_shared<SystemClock>();
    session.engine = must(Engine::open(options));
    std::mutex mutex;
    std::condition_variable changed;
    bool isFiring = false;
    const auto guard = session.engine->subscribe([&](const Event& event) {
        if (!std::holds_alternative<AlertsChanged>(event))
            return;
        const std::lock_guard lock(mutex);
        isFiring = session.engine->alerts()->count(AlertState::Firing) == 1;
        changed.notify_all();
    });
    std::unique_lock lock(mutex);
    QVERIFY(changed.wait_for(lock, 20s, [&] { return isFiring; }));
}

QTEST_APPLESS_MAIN(TestAlertService)
#include "tst_alertservice.moc"
