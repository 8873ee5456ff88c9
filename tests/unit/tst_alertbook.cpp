// The state machine of alerts: pure, with every time given. Rows for what somebody would tell of it, and a machine that does
// whatever comes to its mind for what nobody would.

#include <QtTest>

#include <random>
#include <set>

#include "core/alert/alertbook.h"
#include "core/base/timetext.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const UtcMs start = *parseTime("2026-03-01");

Condition trouble(AlertKind kind, const char* where, const char* what = "", std::int64_t series = 1, std::int64_t count = 1)
{
    const std::string id = std::string(toText(kind)) + '/' + where + '/' + what;
    return {kind, where, what, Severity::Warn, series, count, {}, "detail", id};
}

AlertRule ruleOf(const char* id, AlertKind kind)
{
    AlertRule rule;
    rule.id = id;
    rule.kind = kind;
    return rule;
}

/// A book with its rules and a clock.
struct Desk {
    AlertSettings settings;
    AlertBook book;
    UtcMs now = start;

    explicit Desk(std::vector<AlertRule> rules)
    {
        settings.rules = std::move(rules);
        settings.repeat = 24h;
    }
    AlertBook::Look look(std::vector<Condition> troubles, milliseconds later = 0ms, std::vector<AlertKind> unknown = {})
    {
        now += later;
        Conditions conditions;
        conditions.at = now;
        conditions.troubles = std::move(troubles);
        conditions.unknown = std::move(unknown);
        return book.look(settings, conditions);
    }
};

/// "fired told, resolved" of a look.
QString textOf(const AlertBook::Look& look)
{
    QStringList words;
    for (const AlertStep& step : look.steps) {
        const std::string_view word = toText(step.kind);
        words << QString::fromUtf8(word.data(), qsizetype(word.size())) + (step.isTold ? QStringLiteral(" told") : QString());
    }
    return words.join(QStringLiteral(", "));
}

RuleState stateOf(const Desk& desk)
{
    return desk.book.rules(desk.settings).front().state;
}


} // namespace

class TestAlertBook : public QObject {
    Q_OBJECT

private slots:
    void aStoryIsToldAsItHappens_data();
    void aStoryIsToldAsItHappens();
    void aHundredSeriesAreOneAlert_data();
    void aHundredSeriesAreOneAlert();
    void thresholdsDecide_data();
    void thresholdsDecide();
    void aSilenceHoldsBackAndEnds();
    void silencesMatch_data();
    void silencesMatch();
    void acknowledgedIsNotRepeatedUntilItWorsens();
    void aRuleThatIsOffEndsItsAlerts();
    void aRestartGoesOn();
    void aClockThatIsSetBackHurtsNobody();
    void whateverHappensTheRulesHold_data();
    void whateverHappensTheRulesHold();
};

void TestAlertBook::aStoryIsToldAsItHappens_data()
{
    QTest::addColumn<QString>("minutes");
    QTest::addColumn<QString>("told");
    const auto row = [](const char* name, const char* minutes, const char* told) {
        QTest::newRow(name) << QString::fromLatin1(minutes) << QString::fromLatin1(told);
    };
    // the rule waits 2 minutes before it fires and 2 before it is over; told again after 5
    row("nothing happens", "......", "");
    row("too short to tell", "xx....", "");
    row("twice too short", "xx.xx.", "");
    row("fires after two minutes", "xxx", "2 fired");
    row("is over after two minutes", "xxx...", "2 fired, 4 resolved");
    row("comes back before it is over", "xxx.xxxx", "2 fired, 7 repeated");
    row("repeats every five minutes", "xxxxxxxxxxxxx", "2 fired, 7 repeated, 12 repeated");
    row("worsens", "xxxxsss", "2 fired, 4 worsened");
    row("grows milder without a word", "sssxx", "2 fired");
    row("nothing is concluded without data", "xxx????????", "2 fired");
    row("goes on after a time without data", "xxx??x", "2 fired");
    row("is over when seen to be over", "xxx????..", "2 fired, 7 resolved");
    row("no data does not fire", "x????x", "5 fired"); // seen at both ends
    row("fires twice", "xxx...xxx...", "2 fired, 4 resolved, 8 fired, 10 resolved");
}

void TestAlertBook::aStoryIsToldAsItHappens()
{
    QFETCH(QString, minutes);
    QFETCH(QString, told);
    AlertRule rule = ruleOf("stale", AlertKind::Stale);
    rule.pendingFor = 2min;
    rule.clearFor = 2min;
    rule.repeat = 5min;
    Desk desk({rule});
    QStringList seen;
    for (qsizetype i = 0; i < minutes.size(); ++i) {
        std::vector<Condition> troubles;
        if (minutes[i] == u'x' || minutes[i] == u's')
            troubles = {trouble(AlertKind::Stale, "kraken")};
        if (minutes[i] == u's')
            troubles.front().severity = Severity::Error;
        const auto look = desk.look(troubles, i == 0 ? 0min : 1min,
            minutes[i] == u'?' ? std::vector {AlertKind::Stale} : std::vector<AlertKind> {});
        QCOMPARE(stateOf(desk) == RuleState::NoData, minutes[i] == u'?');
        for (const AlertStep& step : look.steps) {
            const std::string_view word = toText(step.kind);
            QVERIFY(step.isTold);
            seen << QString::number(i) + u' ' + QString::fromUtf8(word.data(), qsizetype(word.size()));
        }
    }
    QCOMPARE(seen.join(QStringLiteral(", ")), told);
}

void TestAlertBook::aHundredSeriesAreOneAlert_data()
{
    QTest::addColumn<int>("grouping");
    QTest::addColumn<int>("alerts");
    QTest::addColumn<int>("series"); // of the largest
    QTest::newRow("each cause") << int(AlertGrouping::Cause) << 3 << 100;
    QTest::newRow("each exchange") << int(AlertGrouping::Exchange) << 2 << 107;
    QTest::newRow("all") << int(AlertGrouping::All) << 1 << 108;
}

void TestAlertBook::aHundredSeriesAreOneAlert()
{
    QFETCH(int, grouping);
    QFETCH(int, alerts);
    QFETCH(int, series);
    AlertRule rule = ruleOf("failed", AlertKind::FailedJobs);
    rule.grouping = AlertGrouping(grouping);
    Desk desk({rule});
    const auto look = desk.look({trouble(AlertKind::FailedJobs, "kraken", "rate_limited", 100, 120),
        trouble(AlertKind::FailedJobs, "kraken", "network", 7, 7), trouble(AlertKind::FailedJobs, "okx", "network", 1, 1)});
    QCOMPARE(int(look.steps.size()), alerts);
    const auto largest = std::ranges::max_element(look.steps, {}, [](const AlertStep& step) { return step.alert.series; });
    QCOMPARE(int(largest->alert.series), series);
    QCOMPARE(largest->alert.where, std::string("kraken"));
    QCOMPARE(largest->alert.what, std::string("rate_limited")); // the worst
    QCOMPARE(std::int64_t(desk.book.open().size()), std::int64_t(alerts));
    QVERIFY(desk.look({trouble(AlertKind::FailedJobs, "kraken", "rate_limited", 3, 3)}, 1min).steps.size() <= 2); // only ends
}

void TestAlertBook::thresholdsDecide_data()
{
    QTest::addColumn<AlertRule>("rule");
    QTest::addColumn<Condition>("seen");
    QTest::addColumn<bool>("isTold");
    AlertRule rule = ruleOf("r", AlertKind::Stale);
    rule.atLeast = 5;
    QTest::newRow("4 series") << rule << trouble(AlertKind::Stale, "a", "", 4, 900) << false;
    QTest::newRow("5 series") << rule << trouble(AlertKind::Stale, "a", "", 5, 5) << true;
    rule = ruleOf("r", AlertKind::FailedJobs);
    rule.atLeast = 5;
    QTest::newRow("5 jobs of one series") << rule << trouble(AlertKind::FailedJobs, "a", "", 1, 5) << true;
    QTest::newRow("4 jobs") << rule << trouble(AlertKind::FailedJobs, "a", "", 9, 4) << false;
    rule = ruleOf("r", AlertKind::Findings);
    rule.worseThan = Severity::Error;
    Condition finding = trouble(AlertKind::Findings, "a", "price_jump");
    QTest::newRow("a warning") << rule << finding << false;
    finding.severity = Severity::Error;
    QTest::newRow("an error") << rule << finding << true;
    rule = ruleOf("r", AlertKind::Retention);
    rule.notice = 24h;
    Condition risk = trouble(AlertKind::Retention, "a");
    risk.until = start + 25h;
    QTest::newRow("25 hours are left") << rule << risk << false;
    risk.until = start + 24h;
    QTest::newRow("24 hours are left") << rule << risk << true;
    rule = ruleOf("r", AlertKind::Lane);
    rule.exchanges = {"okx"};
    QTest::newRow("another exchange") << rule << trouble(AlertKind::Lane, "kraken", "failing") << false;
    QTest::newRow("the exchange") << rule << trouble(AlertKind::Lane, "okx", "failing") << true;
    QTest::newRow("another kind") << rule << trouble(AlertKind::Stale, "okx") << false;
}

void TestAlertBook::thresholdsDecide()
{
    QFETCH(AlertRule, rule);
    QFETCH(Condition, seen);
    QFETCH(bool, isTold);
    Desk desk({rule});
    QCOMPARE(!desk.look({seen}).steps.empty(), isTold);
}

void TestAlertBook::aSilenceHoldsBackAndEnds()
{
    Desk desk({ruleOf("stale", AlertKind::Stale)});
    Silence silence;
    silence.where = "kraken";
    silence.from = desk.now;
    silence.until = desk.now + 1h;
    silence.why = "maintenance";
    const auto made = desk.book.silence(silence);
    QVERIFY(made);
    const auto both = [] { return std::vector {trouble(AlertKind::Stale, "kraken"), trouble(AlertKind::Stale, "okx")}; };
    QCOMPARE(textOf(desk.look(both())), QStringLiteral("fired, fired told"));
    QCOMPARE(textOf(desk.look(both(), 59min)), QString());
    const auto after = desk.look(both(), 1min); // it lasts: now somebody is to know
    QCOMPARE(textOf(after), QStringLiteral("repeated told"));
    QCOMPARE(after.ended.size(), std::size_t {1});
    QCOMPARE(after.ended.front().endedAt, std::optional(desk.now));
    QCOMPARE(textOf(desk.look({trouble(AlertKind::Stale, "okx")}, 1min)), QStringLiteral("resolved told"));

    silence.from = desk.now;
    silence.until = desk.now;
    QVERIFY(!desk.book.silence(silence)); // ends when it begins
    QVERIFY(!desk.book.unsilence(made->id, desk.now)); // ended by itself
    silence.until = desk.now + 1h;
    silence.where = "okx";
    const auto second = desk.book.silence(silence);
    QVERIFY(second && second->id != made->id);
    QCOMPARE(textOf(desk.look({}, 1min)), QStringLiteral("resolved")); // nobody is told of the end either
    QVERIFY(desk.book.unsilence(second->id, desk.now));
    QVERIFY(desk.book.silences().empty());
}

void TestAlertBook::silencesMatch_data()
{
    QTest::addColumn<Silence>("silence");
    QTest::addColumn<bool>("isMatch");
    Silence silence;
    QTest::newRow("everything") << silence << true;
    silence.rule = "stale";
    QTest::newRow("the rule") << silence << true;
    silence.where = "okx";
    QTest::newRow("the rule elsewhere") << silence << false;
    silence = {};
    silence.where = "kraken";
    QTest::newRow("the exchange") << silence << true;
    silence = {};
    silence.isOfGroup = true;
    QTest::newRow("the group of all") << silence << false;
    silence.group = "stale/kraken/";
    QTest::newRow("the group") << silence << true;
}

void TestAlertBook::silencesMatch()
{
    QFETCH(Silence, silence);
    QFETCH(bool, isMatch);
    Desk desk({ruleOf("stale", AlertKind::Stale)});
    silence.from = start;
    silence.until = start + 1h;
    QVERIFY(desk.book.silence(silence));
    QCOMPARE(textOf(desk.look({trouble(AlertKind::Stale, "kraken")})),
        isMatch ? QStringLiteral("fired") : QStringLiteral("fired told"));
}

void TestAlertBook::acknowledgedIsNotRepeatedUntilItWorsens()
{
    AlertRule rule = ruleOf("stale", AlertKind::Stale);
    rule.repeat = 1h;
    Desk desk({rule});
    Condition seen = trouble(AlertKind::Stale, "kraken");
    const AlertId id = desk.look({seen}).steps.front().alert.id;
    QCOMPARE(desk.book.acknowledge(id, "ann", desk.now)->acknowledgedBy, std::string("ann"));
    QCOMPARE(textOf(desk.look({seen}, 5h)), QString());
    seen.severity = Severity::Error;
    const auto worse = desk.look({seen}, 1h);
    QCOMPARE(textOf(worse), QStringLiteral("worsened told"));
    QVERIFY(!worse.steps.front().alert.acknowledgedAt);
    QVERIFY(!desk.book.acknowledge(id + 1, "ann", desk.now));
    QCOMPARE(textOf(desk.look({}, 1min)), QStringLiteral("resolved told"));
    QVERIFY(!desk.book.acknowledge(id, "ann", desk.now)); // it is over
}

void TestAlertBook::aRuleThatIsOffEndsItsAlerts()
{
    AlertRule waiting = ruleOf("waiting", AlertKind::Stale);
    waiting.pendingFor = 1h;
    Desk desk({ruleOf("stale", AlertKind::Stale), waiting});
    desk.look({trouble(AlertKind::Stale, "kraken")});
    QCOMPARE(desk.book.open().size(), std::size_t {2});
    desk.settings.rules.front().isOn = false;
    desk.settings.rules.pop_back();
    const auto look = desk.look({trouble(AlertKind::Stale, "kraken")}, 1min);
    QCOMPARE(textOf(look), QStringLiteral("resolved")); // nobody needs to be told of what he did
    QCOMPARE(look.dropped.size(), std::size_t {1});
    QVERIFY(desk.book.open().empty());
    QCOMPARE(stateOf(desk), RuleState::Off);
}

void TestAlertBook::aRestartGoesOn()
{
    AlertRule rule = ruleOf("stale", AlertKind::Stale);
    rule.pendingFor = 10min;
    Desk before({rule});
    const auto first = before.look({trouble(AlertKind::Stale, "kraken"), trouble(AlertKind::Stale, "okx")});
    QCOMPARE(first.changed.size(), std::size_t {2});
    before.look({trouble(AlertKind::Stale, "kraken")}, 5min);

    Desk after({rule});
    after.now = before.now;
    after.book = AlertBook(first.changed, {}, 7);
    const auto look = after.look({trouble(AlertKind::Stale, "kraken"), trouble(AlertKind::Stale, "bybit")}, 5min);
    QCOMPARE(textOf(look), QStringLiteral("fired told")); // ten minutes since it was first seen
    QCOMPARE(look.dropped, std::vector<AlertId> {first.changed.back().id});
    QVERIFY(std::ranges::all_of(look.changed, [](const Alert& alert) { return alert.where == "kraken" || alert.id >= 7; }));
}

void TestAlertBook::aClockThatIsSetBackHurtsNobody()
{
    AlertRule rule = ruleOf("stale", AlertKind::Stale);
    rule.pendingFor = 2min;
    rule.clearFor = 1min;
    Desk desk({rule});
    desk.look({trouble(AlertKind::Stale, "kraken")});
    QCOMPARE(textOf(desk.look({trouble(AlertKind::Stale, "kraken")}, -24h)), QString());
    QCOMPARE(textOf(desk.look({trouble(AlertKind::Stale, "kraken")}, 2min)), QStringLiteral("fired told"));
    QCOMPARE(textOf(desk.look({}, 1min)), QStringLiteral("resolved told"));
}

void TestAlertBook::whateverHappensTheRulesHold_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 25; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

/// Random troubles, silences, acknowledgements, changed rules and restarts against what must hold whatever they are.
void TestAlertBook::whateverHappensTheRulesHold()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto upTo = [&random](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
    AlertRule stale = ruleOf("stale", AlertKind::Stale), failed = ruleOf("failed", AlertKind::FailedJobs);
    stale.pendingFor = 3min;
    stale.clearFor = 2min;
    stale.repeat = 10min;
    failed.grouping = AlertGrouping::Exchange;
    failed.repeat = 0ms;
    Desk desk({stale, failed});

    struct Life {
        UtcMs firstSeen {};
        std::optional<UtcMs> told;
        bool hasEnded = false;
    };
    std::map<AlertId, Life> lives;
    const std::array places {"kraken", "okx", "bybit"};
    for (int i = 0; i < 600; ++i) {
        std::vector<Condition> troubles;
        for (const char* place : places) {
            if (upTo(2) > 0)
                troubles.push_back(trouble(AlertKind::Stale, place));
            for (const char* code : {"network", "timeout"}) {
                if (upTo(2) == 0)
                    troubles.push_back(trouble(AlertKind::FailedJobs, place, code));
            }
        }
        for (Condition& one : troubles)
            one.severity = upTo(4) == 0 ? Severity::Error : Severity::Warn;
        const bool isBlind = upTo(9) == 0;
        if (upTo(30) == 0)
            desk.settings.rules[std::size_t(upTo(1))].isOn = upTo(2) > 0;
        if (upTo(20) == 0) {
            Silence silence;
            silence.where = places[std::size_t(upTo(2))];
            silence.from = desk.now;
            silence.until = desk.now + std::chrono::minutes(1 + upTo(20));
            QVERIFY(desk.book.silence(silence));
        }
        if (upTo(15) == 0 && !desk.book.silences().empty())
            QVERIFY(desk.book.unsilence(desk.book.silences().front().id, desk.now));
        const auto before = desk.book.open();
        const auto look = desk.look(troubles, 1min, isBlind ? std::vector {AlertKind::Stale} : std::vector<AlertKind> {});

        std::set<AlertId> ids;
        for (const auto& [key, alert] : desk.book.open()) {
            QVERIFY2(ids.insert(alert.id).second, "two open alerts have one id");
            QVERIFY2(alert.state != AlertState::Resolved, "an open alert is resolved");
            QCOMPARE(key, std::pair(alert.rule, alert.group));
            lives.try_emplace(alert.id, Life {desk.now, {}, false});
            QVERIFY2(!lives[alert.id].hasEnded, "an alert came back to life");
        }
        for (const AlertId id : look.dropped)
            lives[id].hasEnded = true;
        for (const AlertStep& step : look.steps) {
            const Alert& alert = step.alert;
            Life& life = lives.try_emplace(alert.id, Life {desk.now, {}, false}).first->second;
            const AlertRule& rule = *desk.settings.rule(alert.rule);
            QVERIFY2(!isBlind || alert.rule != "stale" || !rule.isOn, "something was concluded from nothing");
            QVERIFY2(!step.isTold || !desk.book.isSilenced(alert, desk.now), "a silence was broken");
            switch (step.kind) {
            case AlertEventKind::Fired: QVERIFY(desk.now - life.firstSeen >= rule.pendingFor); break;
            case AlertEventKind::Repeated:
                QVERIFY(step.isTold);
                QVERIFY(!life.told || (rule.repeat->count() > 0 && desk.now - *life.told >= *rule.repeat));
                break;
            case AlertEventKind::Resolved:
                QVERIFY2(!step.isTold || life.told, "the end of what nobody knew was told");
                life.hasEnded = true;
                break;
            case AlertEventKind::Worsened: break;
            case AlertEventKind::Acknowledged:
            case AlertEventKind::Silenced:
            case AlertEventKind::SilenceEnded: QFAIL("a look does not do that");
            }
            if (step.isTold)
                life.told = desk.now;
            QVERIFY2(std::ranges::find(look.changed, alert.id, &Alert::id) != look.changed.end(), "a step is not stored");
        }
        if (upTo(40) == 0) { // a restart, from what was stored of it all
            std::vector<Alert> stored;
            for (const auto& [key, alert] : desk.book.open())
                stored.push_back(alert);
            desk.book = AlertBook(stored, desk.book.silences(), AlertId(lives.size()) + 1);
        }
        if (!desk.book.open().empty() && upTo(10) == 0)
            (void)desk.book.acknowledge(desk.book.open().begin()->second.id, "ann", desk.now);
    }
    QVERIFY(lives.size() > 20);
}


QTEST_APPLESS_MAIN(TestAlertBook)
#include "tst_alertbook.moc"
