// Another venue's bar in the place of one's own: found by comparison, replaced with a reason, left by later answers,
// undone.

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "places.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

const UtcMs t0 = *parseTime("2024-01-01T00:00Z");
constexpr TimeRange always {UtcMs::min(), UtcMs::max()};

SeriesKey key(const char* exchange)
{
    return {exchange, exchange, MarketType::Spot, "BTC/USDT", Kind::Candles, *Timeframe::fromName("1m")};
}

template <class T>
T must(Result<T> result)
{
    if (!result)
        qFatal("%s", result.error().detail.c_str());
    return std::move(*result);
}

using Spoil = std::function<bool(int minute, double& close)>;

class Fixture {
public:
    Fixture()
    {
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.environment = {"HOME=/nonexistent"};
        options.dataDir = m_folder.path().toStdString() + "/data";
        engine = must(Engine::open(options));
        bring("binance", [](int minute, double& close) {
            close *= minute == 130 ? 1.05 : 1;
            return minute < 200 || minute > 202;
        });
        bring("bybit", {});
    }

    void bring(const char* exchange, const Spoil& spoil)
    {
        const std::string file = m_folder.path().toStdString() + "/" + exchange + ".csv";
        std::ofstream out(file);
        out << "open_time,open,high,low,close,volume\n";
        for (int i = 0; i < 360; ++i) {
            const double open = 100 + (i * 7919 % 101) * 0.01;
            double close = 100 + ((i + 1) * 7919 % 101) * 0.01;
            if (spoil && !spoil(i, close))
                continue;
            out << toMs(t0) + 60'000LL * i << ',' << open << ',' << std::max(open, close) << ','
                << std::min(open, close) << ',' << close << ",5\n";
        }
        out.close();
        ImportRequest request;
        request.files = {file};
        request.target.exchange = exchange;
        request.target.symbol = "BTC/USDT";
        request.target.timeframe = *Timeframe::fromName("1m");
        must(engine->importFiles(request));
    }

    std::unique_ptr<StoreReader> reader() { return must(engine->store().openReader()); }
    std::vector<Candle> rows(bool clean = false)
    {
        const auto open = reader();
        const SeriesRecord record = must(open->find(key("binance"))).value();
        std::vector<Candle> out;
        const auto read = open->eachCandle(record.id, always, clean, [&out](const Candle& bar) {
            out.push_back(bar);
            return true;
        });
        if (!read)
            qFatal("%s", read.error().detail.c_str());
        return out;
    }
    std::vector<Aggregate> aggregates()
    {
        const auto open = reader();
        const SeriesRecord record = must(open->find(key("binance"))).value();
        auto all = must(open->aggregates(record.id, AggregateLevel::Hour, always));
        const auto days = must(open->aggregates(record.id, AggregateLevel::Day, always));
        all.insert(all.end(), days.begin(), days.end());
        return all;
    }
    /// Of binance, those that the comparison raised.
    std::vector<Finding> findings()
    {
        const auto open = reader();
        auto all = must(open->findings(must(open->find(key("binance"))).value().id, always));
        std::erase_if(all, [](const Finding& finding) { return !finding.rule.starts_with("cross_"); });
        return all;
    }
    CompareStoring compare()
    {
        return must(
            engine->compareAndStore({{key("binance"), key("bybit")}, *Timeframe::fromName("1m"), {}, {}, false}));
    }

    std::unique_ptr<Engine> engine;

private:
    QTemporaryDir m_folder;
};

} // namespace

class TestReplace : public QObject {
    Q_OBJECT

private slots:
    void findingsAreKeptOnce()
    {
        Fixture fixture;
        const CompareStoring first = fixture.compare();
        QCOMPARE(first.report.findingCount, 2);
        QCOMPARE(first.stored.added, 2);
        const auto findings = fixture.findings();
        QCOMPARE(findings.size(), std::size_t(2));
        QCOMPARE(findings[0].rule, std::string("cross_close"));
        QVERIFY(findings[0].range == (TimeRange {t0 + minutes {130}, t0 + minutes {131}}));
        QCOMPARE(findings[1].rule, std::string("cross_missing"));
        const CompareStoring second = fixture.compare();
        QCOMPARE(second.stored.added, 0);
        QCOMPARE(second.stored.kept, 2);
        QCOMPARE(second.stored.fixed, 0);
        const auto again = fixture.findings();
        QCOMPARE(again.size(), std::size_t(2));
        QCOMPARE(again[0].id, findings[0].id);
    }

    /// What was put right is told so by the next comparison; one with another series leaves it.
    void healedOnesAreFixed()
    {
        Fixture fixture;
        fixture.compare();
        fixture.bring("okx", {});
        fixture.bring("binance", {}); // the right bars
        must(
            fixture.engine->compareAndStore({{key("binance"), key("okx")}, *Timeframe::fromName("1m"), {}, {}, false}));
        for (const Finding& finding : fixture.findings())
            QCOMPARE(finding.state, std::string("open"));
        QCOMPARE(fixture.compare().stored.fixed, 2);
        for (const Finding& finding : fixture.findings())
            QCOMPARE(finding.state, std::string("fixed"));
    }

    void replaceAndUndo()
    {
        Fixture fixture;
        fixture.compare();
        const auto before = fixture.rows();
        const auto sums = fixture.aggregates();
        const Finding close = fixture.findings().front();
        QCOMPARE(
            fixture.engine->replace(close.id, key("bybit"), "").error().code, ErrorCode::InvalidArgument); // no reason
        const Finding done = must(fixture.engine->replace(close.id, key("bybit"), "a print that nobody else has"));
        QCOMPARE(done.state, std::string("replaced"));

        const auto after = fixture.rows();
        QCOMPARE(after.size(), before.size());
        QCOMPARE(after[130].flags, std::uint32_t {Replaced | Foreign});
        QVERIFY(after[130].close < 102 && before[130].close > 104);
        QVERIFY(fixture.aggregates() != sums);
        QCOMPARE(fixture.rows(true).size(), before.size() - 1); // not the venue's own
        const auto kept = must(fixture.reader()->query(
            "SELECT close FROM revisions WHERE open_time = " + std::to_string(toMs(after[130].openTime))));
        QCOMPARE(kept.rows.size(), std::size_t(1));
        const auto log = must(fixture.reader()->decisions(close.id));
        QCOMPARE(log.back().action, std::string("replace"));
        QCOMPARE(log.back().reason, std::string("a print that nobody else has"));

        // a later answer with the wrong value leaves the decision
        fixture.bring("binance", [](int minute, double& value) {
            value *= minute == 130 ? 1.06 : 1;
            return minute < 200 || minute > 202;
        });
        QVERIFY(fixture.rows() == after);
        fixture.compare();
        QCOMPARE(fixture.findings().front().state, std::string("replaced"));

        must(fixture.engine->decide({{close.id}, DecisionAction::Undo, {}, "it was right after all", {}, {}}));
        QVERIFY(fixture.rows() == before);
        QVERIFY(fixture.aggregates() == sums);
    }

    void barsThatWereMissing()
    {
        Fixture fixture;
        fixture.compare();
        const auto before = fixture.rows();
        const auto sums = fixture.aggregates();
        const Finding hole = fixture.findings().back();
        must(fixture.engine->replace(hole.id, key("bybit"), "the feed was down"));
        const auto after = fixture.rows();
        QCOMPARE(after.size(), before.size() + 3);
        QCOMPARE(after[201].flags, std::uint32_t {Replaced | Foreign});
        QCOMPARE(fixture.rows(true).size(), before.size());
        QCOMPARE(fixture.aggregates().front().rows, 60);
        must(fixture.engine->decide({{hole.id}, DecisionAction::Undo, {}, {}, {}, {}}));
        QVERIFY(fixture.rows() == before);
        QVERIFY(fixture.aggregates() == sums);
        QCOMPARE(must(fixture.engine->rebuildAggregates({})) > 0, true);
        QVERIFY(fixture.aggregates() == sums);
    }

    void barsThatAPersonChose()
    {
        Fixture fixture;
        const auto before = fixture.rows();
        const TimeRange bars {t0 + minutes {10}, t0 + minutes {12}};
        const Finding done = must(fixture.engine->replaceBars(key("binance"), bars, key("bybit"), "test"));
        QCOMPARE(done.rule, std::string("by_hand"));
        QCOMPARE(fixture.rows()[11].flags, std::uint32_t {Replaced | Foreign});
        const Finding other = must(
            fixture.engine->replaceBars(key("binance"), {t0 + minutes {11}, t0 + minutes {13}}, key("bybit"), "test"));
        QVERIFY(other.id != done.id);
        QCOMPARE(must(fixture.engine->replaceBars(key("binance"), bars, key("bybit"), "again")).id, done.id);
    }

    void refused()
    {
        Fixture fixture;
        fixture.compare();
        const FindingId id = fixture.findings().front().id;
        const auto code = [&](Result<Finding> result) { return result ? ErrorCode::Internal : result.error().code; };
        QCOMPARE(code(fixture.engine->replace(id, key("okx"), "x")), ErrorCode::NotFound);
        QCOMPARE(code(fixture.engine->replace(id, key("binance"), "x")), ErrorCode::InvalidArgument);
        QCOMPARE(code(fixture.engine->replace(id + 1000, key("bybit"), "x")), ErrorCode::NotFound);
        const TimeRange half {t0 + milliseconds {500}, t0 + minutes {1}};
        QCOMPARE(
            code(fixture.engine->replaceBars(key("binance"), half, key("bybit"), "x")), ErrorCode::InvalidArgument);
        QVERIFY(fixture.rows(true).size() == fixture.rows().size());
    }
};

QTEST_GUILESS_MAIN(TestReplace)
#include "tst_replace.moc"
