#include <QTest>

#include <nlohmann/json.hpp>

#include "core/archive/rawplace.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

const UtcMs t0 = at("2024-03-01T00:00Z");
const UtcMs later = at("2024-04-01T00:00Z");

Finding found(const char* rule, int from, int to, const char* severity = "warn")
{
    Finding one;
    one.rule = rule;
    one.severity = severity;
    one.range = {t0 + minutes {from}, t0 + minutes {to}};
    one.details = "{\"bars\":" + std::to_string(to - from) + "}";
    return one;
}

FindingSync sync(const SeriesRecord& series, const char* rule, std::vector<Finding> all, UtcMs when = later)
{
    return {series.id, {{rule, always}}, std::move(all), when};
}

FindingDecision decision(FindingId id, DecisionAction action, const char* reason = "looked at it")
{
    return {{id}, action, "ann", reason, later, {}};
}

std::vector<std::uint32_t> flagsOf(StoreFixture& fixture, const SeriesRecord& series)
{
    std::vector<std::uint32_t> flags;
    for (const Candle& row : must(fixture.reader->candles(series.id, always)))
        flags.push_back(row.flags);
    return flags;
}

Finding only(StoreFixture& fixture, const SeriesRecord& series)
{
    const auto all = must(fixture.reader->findings(series.id, always));
    return all.size() == 1 ? all.front() : Finding {};
}

} // namespace

class TestFindings : public QObject {
    Q_OBJECT
private slots:
    void syncingTwiceChangesNothing()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        fixture.commit(series, bars(t0, 20), t0);
        const FindingSync all = sync(series, "price_jump", {found("price_jump", 2, 5), found("price_jump", 9, 10)});
        QCOMPARE(must(fixture.writer->syncFindings(all)).added, 2);
        const auto again = must(fixture.writer->syncFindings(all));
        QCOMPARE(again.added + again.fixed + again.reopened, 0);
        QCOMPARE(again.kept, 2);
        // the first is gone, the second longer
        const auto less = must(fixture.writer->syncFindings(sync(series, "price_jump", {found("price_jump", 9, 12)})));
        QCOMPARE(less.fixed, 1);
        QCOMPARE(less.added, 0);
        const auto rows = must(fixture.reader->findings(series.id, always));
        QCOMPARE(rows.size(), std::size_t {2});
        QCOMPARE(rows[0].state, std::string("fixed"));
        QCOMPARE(rows[1].range.to, t0 + minutes {12});
        // and back
        QCOMPARE(must(fixture.writer->syncFindings(all)).reopened, 1);
        QCOMPARE(must(fixture.reader->findings(series.id, always))[0].state, std::string("open"));
        const auto log = must(fixture.reader->decisions(rows[0].id));
        QCOMPARE(log.size(), std::size_t {2});
        QCOMPARE(log[0].action + "," + log[1].action, std::string("fixed,reopened"));
    }

    void otherRulesAndRangesAreLeftAlone()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        fixture.commit(series, bars(t0, 20), t0);
        must(fixture.writer->syncFindings(
            sync(series, "price_jump", {found("price_jump", 2, 3), found("price_jump", 15, 16)})));
        must(fixture.writer->syncFindings(sync(series, "price_gap", {})));
        must(fixture.writer->syncFindings({series.id, {{"price_jump", {t0, t0 + minutes {10}}}}, {}, later}));
        const auto rows = must(fixture.reader->findings(series.id, always));
        QCOMPARE(rows[0].state + rows[1].state, std::string("fixedopen"));
    }

    void quarantineMarksBarsAndUndoTakesItBack()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        fixture.commit(series, bars(t0, 10), t0);
        const auto before = must(fixture.reader->aggregates(series.id, AggregateLevel::Day, always));
        must(fixture.writer->syncFindings(
            sync(series, "price_jump", {found("price_jump", 2, 4), found("price_jump", 8, 9)})));
        must(fixture.writer->syncFindings(sync(series, "wick_spike", {found("wick_spike", 3, 5)})));
        const auto rows = must(fixture.reader->findings(series.id, always));
        const FindingId jump = rows[0].id, wick = rows[1].id;
        must(fixture.writer->decide(decision(jump, DecisionAction::Quarantine, "")));
        must(fixture.writer->decide(decision(wick, DecisionAction::Quarantine, "")));
        QCOMPARE(flagsOf(fixture, series), (std::vector<std::uint32_t> {0, 0, 1, 1, 1, 0, 0, 0, 0, 0}));
        QCOMPARE(must(fixture.reader->candles(series.id, always, true)).size(), std::size_t {7});
        const auto day = must(fixture.reader->aggregates(series.id, AggregateLevel::Day, always));
        QCOMPARE(day[0].flagged, 3);
        QVERIFY(day[0].volume < before[0].volume);
        // a bar that another quarantine covers stays out
        QCOMPARE(must(fixture.writer->decide(decision(jump, DecisionAction::Undo)))[0].state, std::string("open"));
        QCOMPARE(flagsOf(fixture, series), (std::vector<std::uint32_t> {0, 0, 0, 1, 1, 0, 0, 0, 0, 0}));
        must(fixture.writer->decide(decision(wick, DecisionAction::Undo)));
        QCOMPARE(must(fixture.reader->aggregates(series.id, AggregateLevel::Day, always)), before);
        // the log keeps all of it
        QCOMPARE(must(fixture.reader->decisions(wick)).size(), std::size_t {2});
        // still breaking the rule does not reopen, being good does
        must(fixture.writer->decide(decision(jump, DecisionAction::Quarantine, "")));
        must(fixture.writer->syncFindings(
            sync(series, "price_jump", {found("price_jump", 2, 4), found("price_jump", 8, 9)})));
        QCOMPARE(must(fixture.reader->findingsById({&jump, 1}))[0].state, std::string("quarantined"));
        must(fixture.writer->syncFindings(sync(series, "price_jump", {})));
        QCOMPARE(must(fixture.reader->findingsById({&jump, 1}))[0].state, std::string("fixed"));
        QCOMPARE(flagsOf(fixture, series), std::vector<std::uint32_t>(10, 0));
    }

    void replacedBarsKeepTheOldValue()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto stored = bars(t0, 10);
        fixture.commit(series, stored, t0);
        const auto before = must(fixture.reader->aggregates(series.id, AggregateLevel::Day, always));
        must(fixture.writer->syncFindings(sync(series, "price_jump", {found("price_jump", 2, 3)})));
        const FindingId id = only(fixture, series).id;
        FindingDecision replace = decision(id, DecisionAction::Replace);
        QCOMPARE(fixture.writer->decide(replace).error().code, ErrorCode::InvalidArgument); // by what?
        replace.rows = {stored[2]};
        replace.rows[0].high = 500;
        must(fixture.writer->decide(replace));
        const auto now = must(fixture.reader->candles(series.id, always));
        QCOMPARE(now[2].high, 500.0);
        QCOMPARE(now[2].flags, std::uint32_t {Replaced | Foreign});
        must(fixture.writer->syncFindings(sync(series, "price_jump", {}))); // the rule is kept now, the decision stands
        QCOMPARE(only(fixture, series).state, std::string("replaced"));
        must(fixture.writer->decide(decision(id, DecisionAction::Undo)));
        QVERIFY(must(fixture.reader->candles(series.id, always)) == stored);
        QCOMPARE(must(fixture.reader->aggregates(series.id, AggregateLevel::Day, always)), before);
        replace.rows = {stored[5]};
        QCOMPARE(fixture.writer->decide(replace).error().code, ErrorCode::InvalidArgument); // not the finding's
        QCOMPARE(only(fixture, series).state, std::string("open"));
    }

    void decisionsNeedWhatTheyNeed()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        fixture.commit(series, bars(t0, 10), t0);
        must(fixture.writer->syncFindings(sync(series, "price_jump", {found("price_jump", 2, 3)})));
        const FindingId id = only(fixture, series).id;
        QCOMPARE(fixture.writer->decide(decision(id, DecisionAction::Acknowledge, " ")).error().code,
            ErrorCode::InvalidArgument);
        QCOMPARE(fixture.writer->decide(decision(id, DecisionAction::Undo)).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(
            fixture.writer->decide(decision(id + 1, DecisionAction::Quarantine)).error().code, ErrorCode::NotFound);
        must(fixture.writer->decide(decision(id, DecisionAction::Acknowledge)));
        QCOMPARE(must(fixture.reader->decisions(id)),
            (std::vector<Decision> {{id, later, "ann", "acknowledge", "looked at it"}}));
        must(fixture.writer->decide(decision(id, DecisionAction::Reopen, "")));
        QCOMPARE(only(fixture, series).state, std::string("open"));
        must(fixture.writer->decide(decision(id, DecisionAction::Undo, "")));
        QCOMPARE(only(fixture, series).state, std::string("acknowledged"));
    }

    void anAnswerThatPutsABarRightClosesItsFinding()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto good = bars(t0, 10);
        auto bad = good;
        bad[4].high = bad[4].low - 1;
        PageCommit page = StoreFixture::page(series, bad, t0);
        page.findings = {found("high_not_highest", 4, 5, "error")};
        must(fixture.writer->commit({&page, 1}));
        const FindingId id = only(fixture, series).id;
        must(fixture.writer->decide(decision(id, DecisionAction::Quarantine)));
        fixture.commit(series, bad, t0 + minutes {60}); // the same again heals nothing
        QCOMPARE(only(fixture, series).state, std::string("quarantined"));
        const CommitOutcome outcome = fixture.commit(series, good, later);
        QCOMPARE(outcome.healed.size(), std::size_t {1});
        QCOMPARE(must(fixture.reader->findingsById({&id, 1}))[0].state, std::string("fixed"));
        QCOMPARE(flagsOf(fixture, series), std::vector<std::uint32_t>(10, 0));
        QCOMPARE(must(fixture.reader->decisions(id)).back().who, std::string("re-fetch"));
    }

    void aRevisionThatIsTakenBackIsFixed()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto first = bars(t0, 10);
        auto other = first;
        other[4].close += 0.5;
        fixture.commit(series, first, t0);
        fixture.commit(series, other, t0 + minutes {60});
        const FindingId id = only(fixture, series).id;
        fixture.commit(series, other, t0 + minutes {90}); // said again: still revised
        QCOMPARE(only(fixture, series).state, std::string("open"));
        fixture.commit(series, first, later);
        QCOMPARE(must(fixture.reader->findingsById({&id, 1}))[0].state, std::string("fixed"));
    }

    void findingsOnAnswersWaitForABetterOne()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto rows = bars(t0, 10);
        PageCommit page = StoreFixture::page(series, rows, t0);
        page.findings = {found("duplicate", 4, 5), found("truncated", 6, 7)};
        must(fixture.writer->commit({&page, 1}));
        page.fetchedAt += minutes {10};
        must(fixture.writer->commit({&page, 1})); // raised again
        QCOMPARE(must(fixture.reader->findings(series.id, always))[0].state, std::string("open"));
        fixture.commit(series, rows, later);
        const auto all = must(fixture.reader->findings(series.id, always));
        QCOMPARE(all[0].state, std::string("fixed"));
        QCOMPARE(all[1].state, std::string("open")); // the same values do not make the bar whole
        page.fetchedAt = later + minutes {1};
        must(fixture.writer->commit({&page, 1}));
        QCOMPARE(must(fixture.reader->findings(series.id, always))[0].state, std::string("open"));
    }

    void aDroppedRowIsNotPutRightByItsAbsence()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto rows = bars(t0, 10);
        const Candle missing = rows[4];
        rows.erase(rows.begin() + 4);
        PageCommit page = StoreFixture::page(series, rows, t0);
        page.findings = {found("not_finite", 4, 5, "error")};
        must(fixture.writer->commit({&page, 1}));
        must(fixture.writer->syncFindings(sync(series, "not_finite", {})));
        QCOMPARE(only(fixture, series).state, std::string("open"));
        fixture.commit(series, {missing}, later);
        QCOMPARE(only(fixture, series).state, std::string("fixed"));
    }

    void filtersAndCounts()
    {
        StoreFixture fixture;
        const SeriesRecord minute = fixture.series(), hour = fixture.series("1h");
        fixture.commit(minute, bars(t0, 30), t0);
        fixture.commit(hour, bars(t0, 3, "1h"), t0);
        must(fixture.writer->syncFindings(
            sync(minute, "price_jump", {found("price_jump", 2, 3), found("price_jump", 20, 21)})));
        must(fixture.writer->syncFindings(sync(minute, "turnover", {found("turnover", 5, 6, "error")})));
        must(fixture.writer->syncFindings(sync(hour, "price_jump", {found("price_jump", 0, 60)})));
        const FindingId first = must(fixture.reader->findingIds({}, FindingOrder::Oldest)).front();
        must(fixture.writer->decide(decision(first, DecisionAction::Quarantine)));
        const auto count = [&](const FindingFilter& filter) {
            std::int64_t sum = 0;
            for (const FindingCount& one : must(fixture.reader->findingCounts(filter)))
                sum += one.findings;
            return std::pair {static_cast<std::int64_t>(must(fixture.reader->findingIds(filter)).size()), sum};
        };
        const auto both = [](std::int64_t n) { return std::pair {n, n}; };
        FindingFilter filter;
        QCOMPARE(count(filter), both(4));
        filter.rules = {"price_jump"};
        QCOMPARE(count(filter), both(3));
        filter.states = {FindingState::Quarantined};
        QCOMPARE(count(filter), both(1));
        filter = {};
        filter.severities = {"error"};
        QCOMPARE(count(filter), both(1));
        filter = {};
        filter.timeframes = {*Timeframe::fromName("1h")};
        QCOMPARE(count(filter), both(1));
        filter.exchanges = {"kraken"};
        QCOMPARE(count(filter), both(0));
        filter = {};
        filter.series = {minute.id};
        filter.within = {t0 + minutes {3}, t0 + minutes {20}};
        QCOMPARE(count(filter), both(1));
        filter = {};
        const auto severe = must(fixture.reader->findingIds(filter, FindingOrder::Severity));
        QCOMPARE(must(fixture.reader->findingsById({severe.data(), 1}))[0].rule, std::string("turnover"));
        const auto byTime =
            must(fixture.reader->findingsById(must(fixture.reader->findingIds(filter, FindingOrder::Time))));
        QVERIFY(std::ranges::is_sorted(byTime, {}, [](const Finding& one) { return one.range.from; }));
        const auto newest = must(fixture.reader->findingIds(filter, FindingOrder::Newest));
        QVERIFY(std::ranges::is_sorted(newest, std::ranges::greater {}));
    }

    void theLogOfDecisionsIsOneList()
    {
        StoreFixture fixture;
        const SeriesRecord minute = fixture.series(), hour = fixture.series("1h");
        fixture.commit(minute, bars(t0, 30), t0);
        fixture.commit(hour, bars(t0, 3, "1h"), t0);
        must(fixture.writer->syncFindings(sync(minute, "price_jump", {found("price_jump", 2, 3)})));
        must(fixture.writer->syncFindings(sync(hour, "turnover", {found("turnover", 0, 60)})));
        const FindingId jump = must(fixture.reader->findings(minute.id, always))[0].id;
        const FindingId turnover = must(fixture.reader->findings(hour.id, always))[0].id;
        must(fixture.writer->decide(decision(jump, DecisionAction::Quarantine, "a")));
        must(fixture.writer->decide(decision(turnover, DecisionAction::Acknowledge, "b")));
        must(fixture.writer->decide(decision(jump, DecisionAction::Undo, "c")));
        const auto reasons = [&](const FindingFilter& filter, std::size_t most) {
            std::string text;
            for (const Decision& one : must(fixture.reader->decisionLog(filter, most)))
                text += std::to_string(one.finding == jump) + one.reason;
            return text;
        };
        QCOMPARE(reasons({}, 10), std::string("1c0b1a"));
        QCOMPARE(reasons({}, 2), std::string("1c0b"));
        FindingFilter filter;
        filter.rules = {"price_jump"};
        QCOMPARE(reasons(filter, 10), std::string("1c1a"));
        filter.states = {FindingState::Quarantined}; // it is open again
        QCOMPARE(reasons(filter, 10), std::string());
        filter = {};
        filter.timeframes = {*Timeframe::fromName("1h")};
        QCOMPARE(reasons(filter, 10), std::string("0b"));
    }

    void everyRuleHasAHistoryByDay()
    {
        StoreFixture fixture;
        const SeriesRecord minute = fixture.series(), hour = fixture.series("1h");
        fixture.commit(minute, bars(t0, 30), t0);
        fixture.commit(hour, bars(t0, 3, "1h"), t0);
        const auto day = [](int ago) { return at("2024-04-10T13:00Z") - std::chrono::days {ago}; };
        const Finding first = found("price_jump", 2, 3), second = found("price_jump", 20, 21);
        must(fixture.writer->syncFindings(sync(minute, "price_jump", {first}, day(2))));
        must(fixture.writer->syncFindings(sync(minute, "price_jump", {first, second}, day(0)))); // one of them is new
        must(fixture.writer->syncFindings(sync(hour, "price_jump", {found("price_jump", 0, 60)}, day(0))));
        must(fixture.writer->syncFindings(sync(minute, "turnover", {found("turnover", 5, 6, "error")}, day(9))));
        using Histories = std::vector<RuleHistory>;
        QCOMPARE(must(fixture.reader->ruleHistory(day(0), 4)), (Histories {{"price_jump", {0, 1, 0, 2}}}));
        QCOMPARE(must(fixture.reader->ruleHistory(day(0), 10)),
            (Histories {{"price_jump", {0, 0, 0, 0, 0, 0, 0, 1, 0, 2}}, {"turnover", {1, 0, 0, 0, 0, 0, 0, 0, 0, 0}}}));
        FindingFilter filter;
        filter.timeframes = {*Timeframe::fromName("1h")};
        QCOMPARE(must(fixture.reader->ruleHistory(day(0), 2, filter)), (Histories {{"price_jump", {0, 1}}}));
        filter.exchanges = {"kraken"};
        QCOMPARE(must(fixture.reader->ruleHistory(day(0), 2, filter)), Histories {});
        // what is decided later is no new finding, and what was fixed was raised all the same
        must(fixture.writer->syncFindings(sync(minute, "price_jump", {}, day(-1))));
        QCOMPARE(must(fixture.reader->ruleHistory(day(-1), 2)), (Histories {{"price_jump", {2, 0}}}));
        // midnight, and a span of no days
        QCOMPARE(must(fixture.reader->ruleHistory(at("2024-04-11T00:00Z"), 2)), (Histories {{"price_jump", {2, 0}}}));
        QCOMPARE(must(fixture.reader->ruleHistory(day(0), 0)), Histories {});
    }

    void rowsAreFoundInAnswers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("row");
        QTest::addColumn<QByteArray>("close"); // text of the field
        const QByteArray list = "[1709251200000,\"100\",\"101.5\",\"98.75\",\"100.125\",\"10.1\"]";
        QTest::newRow("list") << "[[1709251140000,\"1\",\"1\",\"1\",\"1\",\"1\"]," + list + "]" << list
                              << QByteArray("100.125");
        const QByteArray map = "{\"t\":1709251200,\"c\":100.125,\"o\":100.0,\"h\":101.5,\"l\":98.75}";
        QTest::newRow("map, seconds") << "{\"data\":[" + map + ",{\"t\":1709251260}]}" << map << QByteArray("100.125");
        QTest::newRow("csv") << QByteArray(
            "time,open\n2024-03-01 00:00:00,100,101.5,98.75,100.125\n2024-03-01 00:01:00,1\n")
                             << QByteArray("2024-03-01 00:00:00,100,101.5,98.75,100.125") << QByteArray("100.125");
        QTest::newRow("absent") << QByteArray("[[1709251260000,\"100\"]]") << QByteArray() << QByteArray();
        QTest::newRow("twice") << QByteArray("[[1709251200000,1],[1709251200000,2]]") << QByteArray() << QByteArray();
        QTest::newRow("part of a number") << QByteArray("[[11709251200000,1]]") << QByteArray() << QByteArray();
    }
    void rowsAreFoundInAnswers()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, row);
        QFETCH(QByteArray, close);
        const Candle bar {t0, 100, 101.5, 98.75, 100.125, 10.1, {}, {}, 0};
        const auto place = findRawPlace({body.constData(), static_cast<std::size_t>(body.size())}, bar);
        QCOMPARE(place.has_value(), !row.isEmpty());
        if (!place)
            return;
        const auto text = [&](TextSpan span) {
            return body.mid(static_cast<int>(span.offset), static_cast<int>(span.length));
        };
        QCOMPARE(text(place->row), row);
        const auto field = std::ranges::find(place->fields, std::string("close"), &RawPlace::Field::name);
        QVERIFY(field != place->fields.end());
        QCOMPARE(text(field->text), close);
    }
};

QTEST_APPLESS_MAIN(TestFindings)
#include "tst_findings.moc"
