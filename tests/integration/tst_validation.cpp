#include <QTest>

#include <fstream>

#include "core/engine/engine.h"
#include "tests/unit/storefixture.h"
#include "places.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

const UtcMs t0 = at("2024-03-01T00:00Z");

/// An engine over a folder of its own, filled through the store.
class Fixture {
public:
    Fixture()
    {
        EngineOptions options;
        options.config.shipped = std::filesystem::path(MNEMO_SOURCE_DIR) / "config";
        options.config.user = std::filesystem::path(folder.path().toStdString()) / "config";
        options.dataDir = folder.path().toStdString();
        std::filesystem::create_directory(options.config.user);
        engine = must(Engine::open(options));
    }

    /// Rows as a file that is imported, so that the engine's own writer stores them.
    void import(const std::vector<Candle>& rows, const char* frame, const char* symbol = "BTC/USDT")
    {
        const auto file = std::filesystem::path(folder.path().toStdString()) / (std::string(frame) + ".csv");
        {
            std::ofstream csv(file);
            csv << "open_time,open,high,low,close,volume\n";
            csv.precision(12);
            for (const Candle& row : rows)
                csv << toMs(row.openTime) << ',' << row.open << ',' << row.high << ',' << row.low << ',' << row.close
                    << ',' << row.volume << '\n';
        }
        ImportRequest request;
        request.files = {file};
        request.target.exchange = "binance";
        request.target.symbol = symbol;
        request.target.timeframe = *Timeframe::fromName(frame);
        must(engine->importFiles(request));
    }

    std::vector<Finding> findings(const FindingFilter& filter = {})
    {
        const auto reader = must(engine->store().openReader());
        return must(reader->findingsById(must(reader->findingIds(filter, FindingOrder::Time))));
    }

    QTemporaryDir folder;
    std::unique_ptr<Engine> engine;
};

std::vector<Candle> quietMinutes(int count)
{
    std::vector<Candle> rows;
    for (int i = 0; i < count; ++i) {
        const double price = 100 + (i * 37 % 11) * 0.01;
        rows.push_back({t0 + minutes {i}, price, price + 0.05, price - 0.05, price, 5, {}, {}, 0});
    }
    return rows;
}

std::int64_t barsOf(const ValidationOutcome& outcome, const char* rule)
{
    std::int64_t bars = 0;
    for (const RuleResult& result : outcome.results)
        bars += result.rule == rule ? result.bars : 0;
    return bars;
}

} // namespace

class TestValidation : public QObject {
    Q_OBJECT
private slots:
    void runsOnAThreadAndTellsTheEnd()
    {
        Fixture fixture;
        auto rows = quietMinutes(3000);
        rows[1500].close = rows[1500].high = 160;
        fixture.import(rows, "1m");
        int told = 0;
        std::mutex mutex;
        const auto guard = fixture.engine->subscribe([&](const Event& event) {
            const std::lock_guard lock(mutex);
            told += std::holds_alternative<FindingsChanged>(event) ? 1 : 0;
        });
        const auto run = fixture.engine->startValidation({});
        const auto outcome = must(run->wait());
        QVERIFY(run->isDone());
        QCOMPARE(outcome.rows, 3000);
        QCOMPARE(barsOf(outcome, "price_jump"), 1);
        QCOMPARE(run->progress().series, 1);
        QCOMPARE(run->progress().rows, run->progress().totalRows);
        const std::lock_guard lock(mutex);
        QVERIFY(told > 0);
        for (const RuleResult& result : outcome.results)
            QCOMPARE(result.verdict == RuleVerdict::Pass, result.findings == 0);
    }

    /// The shipped universe wants the hours of this market, and not its minutes.
    void whatTheUniverseWantsIsHeldAgainstTheClock()
    {
        Fixture fixture;
        fixture.import(quietMinutes(300), "1m");
        auto hours = quietMinutes(48);
        for (std::size_t i = 0; i < hours.size(); ++i)
            hours[i].openTime = t0 + std::chrono::hours {i};
        fixture.import(hours, "1h");
        must(fixture.engine->validate({}));
        FindingFilter filter;
        filter.rules = {"stale"};
        const auto found = fixture.findings(filter);
        QCOMPARE(found.size(), std::size_t {1});
        QCOMPARE(found.front().range.from, t0 + std::chrono::hours {48});
        const Health health = must(fixture.engine->health());
        QCOMPARE(health.series, 2);
        QCOMPARE(health.kept, 1);
        QCOMPARE(health.fresh, 0);
        QVERIFY(health.find("stale/binance/"));
        QVERIFY(!health.find("findings/binance/stale")); // told once
        QCOMPARE(health.find("stale/binance/")->parts.front().series.key.timeframe.name(), std::string_view("1h"));
    }

    void anInferredOutageIsAcceptedWithAReason()
    {
        Fixture fixture;
        auto hours = quietMinutes(20 * 24);
        for (std::size_t i = 0; i < hours.size(); ++i)
            hours[i].openTime = t0 + std::chrono::hours {i};
        hours.erase(hours.begin() + 245, hours.begin() + 249);
        for (const char* symbol : {"XRP/USDT", "SOL/USDT", "ADA/USDT"}) // none that the universe wants
            fixture.import(hours, "1h", symbol);
        const Health before = must(fixture.engine->health());
        const HealthIssue* silent = before.find("outage/binance/spot");
        QVERIFY(silent);
        QCOMPARE(before.issues.size(), std::size_t {1});
        QCOMPARE(silent->range, (TimeRange {t0 + std::chrono::hours {245}, t0 + std::chrono::hours {249}}));
        QCOMPARE(silent->series, 3);
        QCOMPARE(fixture.engine->treat(*silent, " ").error().code, ErrorCode::InvalidArgument);
        QVERIFY(must(fixture.engine->treat(*silent, "down for work, said the exchange")).jobs.empty());
        QVERIFY(must(fixture.engine->health()).isClear());
        QVERIFY(std::ranges::any_of(fixture.engine->settings()->settings.outages,
            [](const ListedOutage& one) { return one.reason == "down for work, said the exchange"; }));
    }

    void partsOfARangeAgreeWithTheWhole()
    {
        Fixture fixture;
        auto rows = quietMinutes(3000);
        for (std::size_t i = 1480; i < 1520; ++i)
            rows[i].volume = 0; // a run across the border of the parts
        rows[700].close = rows[700].high = 160;
        rows[2500].high = rows[2500].close - 1;
        rows[2500].low = rows[2500].high - 1;
        fixture.import(rows, "1m");
        ValidationRequest whole;
        must(fixture.engine->validate(whole));
        const auto before = fixture.findings();
        for (const TimeRange part :
            {TimeRange {t0, t0 + minutes {1500}}, TimeRange {t0 + minutes {1500}, t0 + minutes {3000}},
                TimeRange {t0 + minutes {1490}, t0 + minutes {1495}}}) {
            ValidationRequest some;
            some.range = part;
            const auto outcome = must(fixture.engine->validate(some));
            QCOMPARE(outcome.stored.added + outcome.stored.fixed + outcome.stored.reopened, 0);
        }
        const auto after = fixture.findings();
        QCOMPARE(after.size(), before.size());
        for (std::size_t i = 0; i < after.size(); ++i)
            QVERIFY(
                after[i].range == before[i].range && after[i].state == "open" && after[i].details == before[i].details);
    }

    void hoursAreHeldAgainstTheirMinutes()
    {
        Fixture fixture;
        const auto rows = quietMinutes(600);
        fixture.import(rows, "1m");
        std::vector<Candle> hours;
        for (std::size_t h = 0; h < 10; ++h) {
            Candle hour = rows[h * 60];
            hour.volume = 0;
            for (std::size_t i = h * 60; i < h * 60 + 60; ++i) {
                hour.high = std::max(hour.high, rows[i].high);
                hour.low = std::min(hour.low, rows[i].low);
                hour.volume += rows[i].volume;
                hour.close = rows[i].close;
            }
            hours.push_back(hour);
        }
        hours[4].volume *= 1.01;
        hours[7].high += 0.02;
        fixture.import(hours, "1h");
        ValidationRequest request;
        request.rules = {"aggregate_mismatch"};
        const auto outcome = must(fixture.engine->validate(request));
        QCOMPARE(barsOf(outcome, "aggregate_mismatch"), 2);
        const auto found = fixture.findings();
        QCOMPARE(found.size(), std::size_t {2});
        QCOMPARE(found[0].range.from, hours[4].openTime);
        QCOMPARE(found[1].range.from, hours[7].openTime);
    }

    void previewsCountAndStoreNothing()
    {
        Fixture fixture;
        auto rows = quietMinutes(2000);
        for (std::size_t i = 500; i < 2000; i += 500)
            rows[i].close = rows[i].high = 106.0 + static_cast<double>(i) / 100;
        fixture.import(rows, "1m");
        ValidationRequest request;
        request.rules = {"price_jump"};
        request.isPreview = true;
        QCOMPARE(barsOf(must(fixture.engine->validate(request)), "price_jump"), 3);
        request.changes = {{"price_jump", "min_change", 13}};
        QCOMPARE(barsOf(must(fixture.engine->validate(request)), "price_jump"), 2);
        QVERIFY(fixture.findings().empty());
        request.isPreview = false;
        QCOMPARE(fixture.engine->validate(request).error().code, ErrorCode::InvalidArgument);
    }

    void aCancelledRunEndsSoon()
    {
        Fixture fixture;
        fixture.import(quietMinutes(100'000), "1m");
        const auto run = fixture.engine->startValidation({});
        run->cancel();
        const auto outcome = run->wait();
        if (!outcome)
            QCOMPARE(outcome.error().code, ErrorCode::Cancelled);
        const auto second = fixture.engine->startValidation({}); // the engine's end does not wait for all of it
        fixture.engine.reset();
        QVERIFY(second->isDone());
    }

    void decisionsGoThroughTheEngine()
    {
        Fixture fixture;
        auto rows = quietMinutes(1000);
        rows[600].close = rows[600].high = 160;
        fixture.import(rows, "1m");
        must(fixture.engine->validate({}));
        const auto found = fixture.findings();
        QCOMPARE(found.size(), std::size_t {1});
        FindingDecision decision;
        decision.findings = {found[0].id};
        decision.action = DecisionAction::Quarantine;
        must(fixture.engine->decide(decision));
        const auto reader = must(fixture.engine->store().openReader());
        QCOMPARE(must(reader->candles(found[0].series, always, true)).size(), std::size_t {999});
        must(fixture.engine->validate({})); // still wrong, still quarantined, and the bar after it is no jump
        QCOMPARE(fixture.findings().size(), std::size_t {1});
        QCOMPARE(fixture.findings()[0].state, std::string("quarantined"));
        const Provenance provenance = must(fixture.engine->provenance(found[0].id));
        QCOMPARE(provenance.decisions.size(), std::size_t {1});
        QVERIFY(!provenance.decisions[0].who.empty());
        QCOMPARE(provenance.bars.size(), std::size_t {1});
        QCOMPARE(provenance.pages.front().route, std::string("import"));
        QVERIFY(!provenance.answer);
        QVERIFY(provenance.problem.find("imported") != std::string::npos);
        QCOMPARE(fixture.engine->provenance(4711).error().code, ErrorCode::NotFound);
    }

    void aFindingLeadsToTheAnswerItCameFrom()
    {
        StoreFixture fixture;
        const auto archive = must(openArchive(fixture.path(), {}));
        const SeriesRecord series = fixture.series();
        const auto rows = bars(t0, 3);
        std::string body = "[";
        for (const Candle& row : rows)
            body += (body.size() > 1 ? "," : "") + std::string("[") + std::to_string(toMs(row.openTime)) + ",\""
                + std::to_string(row.open) + "\",\"1\"]";
        body += "]";
        Manifest manifest;
        manifest.series = series.key;
        manifest.range = {t0, t0 + minutes {3}};
        manifest.url = "https://example.org/klines";
        manifest.status = 200;
        manifest.fetchedAt = t0 + minutes {5};
        PageCommit page = StoreFixture::page(series, rows, manifest.fetchedAt);
        {
            const auto writer = must(archive->openWriter(series.key.source, Kind::Candles));
            page.archiveKey = must(writer->append(manifest, body));
        }
        Finding finding;
        finding.rule = "price_jump";
        finding.range = {t0 + minutes {1}, t0 + minutes {2}};
        page.findings = {finding};
        const auto outcome = must(fixture.writer->commit({&page, 1}));
        const Provenance provenance = must(provenanceOf(*fixture.reader, archive.get(), outcome.findings[0].id));
        QVERIFY2(provenance.answer.has_value(), provenance.problem.c_str());
        QCOMPARE(provenance.answer->manifest.url, manifest.url);
        QCOMPARE(provenance.answer->body, body);
        QVERIFY(provenance.answer->place.has_value());
        const TextSpan row = provenance.answer->place->row;
        QVERIFY(body.substr(row.offset, row.length).starts_with("[" + std::to_string(toMs(rows[1].openTime))));
        QCOMPARE(provenance.answer->place->fields.size(), std::size_t {2}); // the time and the open
    }
};

QTEST_GUILESS_MAIN(TestValidation)
#include "tst_validation.moc"
