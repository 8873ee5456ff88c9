// Gaps of recorded series: bounds against an independent script's list, classes against what is known about the venues.

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "core/engine/engine.h"
#include "core/ingest/candlefile/candlefile.h"
#include "core/quality/gaps.h"
#include "storefixture.h"
#include "places.h"
#include "tests/shareddata.h"

using namespace mnemo;
namespace fs = std::filesystem;

namespace {

using Missing = std::vector<std::pair<TimeRange, std::int64_t>>;

/// gaps.csv by file and series; ends are those of the last missing bar's open.
std::map<std::pair<std::string, std::string>, std::vector<std::pair<TimeRange, std::int64_t>>> knownGaps(
    const fs::path& data)
{
    std::map<std::pair<std::string, std::string>, Missing> known;
    std::ifstream in(data / "gaps.csv");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::stringstream cells(line);
        std::string file, series, from, to, bars;
        for (std::string* cell : {&file, &series, &from, &to, &bars})
            std::getline(cells, *cell, ',');
        known[{file, series}].push_back({{*parseTime(from), *parseTime(to)}, std::stoll(bars)});
    }
    return known;
}

/// "candles/binance_spot_BTCUSDT_1h_2022-..." names its frame.
Timeframe frameOf(const std::string& file)
{
    std::stringstream parts(fs::path(file).filename().string());
    for (std::string part; std::getline(parts, part, '_');) {
        if (const auto frame = Timeframe::fromName(part))
            return *frame;
    }
    return {};
}

Missing boundsOf(const std::vector<Gap>& gaps, const Grid& grid)
{
    Missing bounds;
    for (const Gap& gap : gaps)
        bounds.push_back({{gap.range.from, grid.advance(gap.range.to, -1)}, gap.bars});
    return bounds;
}

/// Rows alone, as an import without coverage leaves them.
SeriesRecord store(StoreFixture& fixture, std::vector<Candle> rows, Timeframe frame, const std::string& symbol)
{
    SeriesRecord record;
    record.key = {"elsewhere", "elsewhere", MarketType::Spot, symbol, Kind::Candles, frame};
    record.anchor = Grid::defaultAnchor(frame);
    record = must(fixture.writer->ensureSeries(record));
    PageCommit page = StoreFixture::page(record, std::move(rows), at("2026-06-01"));
    page.coverage.clear();
    must(fixture.writer->commit({&page, 1}));
    return record;
}

struct Import {
    const char* exchange;
    const char* symbol;
    const char* frame;
    const char* file;
};

} // namespace

class TestGapTruth : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_data = sharedData("gaps.csv");
        if (m_data.empty())
            QSKIP("the shared market data is not there: set MNEMO_SHARED");
        m_known = knownGaps(m_data);
    }

    /// Every recorded series: all gaps of the list with their bounds, and none besides, by the gap engine and the
    /// index.
    void boundsAreExact()
    {
        StoreFixture fixture;
        CoverageIndex index(*fixture.store, {}, {});
        std::int64_t gaps = 0, bars = 0, rows = 0;
        int series = 0;
        std::set<std::pair<std::string, std::string>> seen;
        for (const auto& entry : fs::directory_iterator(m_data / "candles")) {
            const std::string file = "candles/" + entry.path().filename().string();
            std::vector<std::string> members {""};
            if (file.find("seven-venues") != std::string::npos) {
                members.clear();
                for (const char* venue : {"binance", "bybit", "okx", "kraken", "dydx", "hyperliquid", "lighter"}) {
                    for (const char* coin : {"BTC", "ETH"})
                        members.push_back(std::string(venue) + '/' + coin);
                }
            }
            for (const std::string& member : members) {
                CandleFileOptions options;
                if (file.find("newest-first") != std::string::npos)
                    options.columns = {
                        "open_time", "-", "-", "open", "high", "low", "close", "volume", "quote_volume", "trades"};
                if (!member.empty())
                    options.where = {
                        {"venue", member.substr(0, member.find('/'))}, {"coin", member.substr(member.find('/') + 1)}};
                auto read = must(readCandleFile(entry.path(), options));
                rows += static_cast<std::int64_t>(read.rows.size());
                const auto record =
                    store(fixture, std::move(read.rows), frameOf(file), "S" + std::to_string(++series) + "/USDT");
                const auto summary = must(fixture.reader->summary(record.id));
                const Grid grid = record.grid();
                const TimeRange whole {*summary.first, grid.next(*summary.last)};
                const auto found = findGaps(must(fixture.reader->openTimes(record.id, whole)), {}, grid, whole);
                const Missing& expected = m_known[{file, member}];
                QVERIFY2(boundsOf(found, grid) == expected,
                    qPrintable(QStringLiteral("%1 %2: %3 gaps, not %4")
                                   .arg(QString::fromStdString(file), QString::fromStdString(member))
                                   .arg(found.size())
                                   .arg(expected.size())));
                seen.insert({file, member});
                must(index.refresh());
                index.noteAll();
                std::int64_t missing = 0;
                for (const auto& [range, count] : expected)
                    missing += count;
                QCOMPARE(index.snapshot()->row(record.id, {})->total.missing(), missing);
                gaps += static_cast<std::int64_t>(expected.size());
                bars += missing;
            }
        }
        for (const auto& [key, expected] : m_known) {
            if (key.first.starts_with("candles/"))
                QVERIFY2(expected.empty() || seen.contains(key), key.first.c_str());
        }
        qInfo("%d series, %lld rows: all %lld gaps of %lld bars, and no other", series, static_cast<long long>(rows),
            static_cast<long long>(gaps), static_cast<long long>(bars));
        QVERIFY(gaps > 2700);
    }

    /// What the venue's silence is known to be, with and without coverage.
    void haltsOfTheVenueAreOutages_data()
    {
        QTest::addColumn<bool>("coverage");
        QTest::newRow("answered") << true;
        QTest::newRow("without coverage") << false;
    }
    void haltsOfTheVenueAreOutages()
    {
        QFETCH(bool, coverage);
        const auto engine = openEngine();
        const Import files[] = {{"binance", "BTC/USDT", "2h", "binance_spot_BTCUSDT_2h_2017-08-17_2026-04-30.csv.gz"},
            {"binance", "ETH/USDT", "2h", "binance_spot_ETHUSDT_2h_2017-08-17_2026-04-30.csv.gz"},
            {"binance", "BTC/USDT", "1h", "binance_spot_BTCUSDT_1h_2022-01-01_2026-04-30.csv.gz"},
            {"binance", "ETH/USDT", "1h", "binance_spot_ETHUSDT_1h_2022-01-01_2026-04-30.csv.gz"}};
        std::int64_t outages = 0;
        for (const Import& file : files) {
            for (const auto& [gapClass, bars] : import(*engine, file, coverage)) {
                QCOMPARE(toText(gapClass), toText(GapClass::Outage));
                outages += bars;
            }
        }
        QCOMPARE(outages, std::int64_t {53 + 53 + 1 + 1});
        must(engine->coverage().load());
        const auto sum = engine->coverage().snapshot()->summary();
        QCOMPARE(sum.total.of(GapClass::Outage), outages);
        QCOMPARE(sum.total.missing(), std::int64_t {0});
        QCOMPARE(*sum.total.completeness(), 1.0);
    }

    /// One series alone, and minutes that are missing one at a time: nothing traded.
    void quietMinutesAreEmpty()
    {
        const auto engine = openEngine();
        const Import file {"bitfinex", "BTC/USD", "1m", "bitfinex_spot_BTCUSD_1m_2018-01-01_2018-08-01.csv.gz"};
        std::map<GapClass, std::int64_t> bars;
        std::int64_t longest = 0;
        for (const auto& [gapClass, count] : import(*engine, file, true)) {
            bars[gapClass] += count;
            if (gapClass == GapClass::Empty)
                longest = std::max(longest, count);
        }
        QCOMPARE(bars.size(), std::size_t {2});
        QCOMPARE(bars[GapClass::Outage],
            std::int64_t {33 + 24 + 58 + 11 + 55 + 17 + 60 + 16 + 67 + 12}); // of ten minutes and more
        QCOMPARE(bars[GapClass::Empty], std::int64_t {1321 - 353});
        QVERIFY(longest < 10);
    }

    /// Quiet minutes of two instruments are no outage, even where they meet.
    void quietMinutesOfTwoInstrumentsAreEmpty()
    {
        const auto engine = openEngine();
        import(*engine, {"bitfinex", "BTC/USD", "1m", "bitfinex_spot_BTCUSD_1m_2018-01-01_2018-08-01.csv.gz"}, true);
        const auto classes = import(
            *engine, {"bitfinex", "ETH/USD", "1m", "bitfinex_spot_ETHUSD_1m_2018-02-01_2018-03-01.csv.gz"}, true);
        QCOMPARE(classes.size(), std::size_t {29});
        for (const auto& [gapClass, count] : classes)
            QCOMPARE(toText(gapClass), toText(GapClass::Empty));
        must(engine->coverage().load());
        QVERIFY(engine->coverage().outages()->inferred().empty());
    }

    /// A venue whose outage nobody has listed shows it by its own series, when both were asked.
    void anOutageIsInferredFromTwoSeries()
    {
        const auto engine = openEngine();
        const char* file = "seven-venues_perp_BTC-ETH_1h_2025-03_2026-03.csv.gz";
        for (const char* coin : {"BTC", "ETH"}) {
            const auto classes =
                import(*engine, {"hyperliquid", coin, "1h", file}, true, {{"venue", "hyperliquid"}, {"coin", coin}});
            QCOMPARE(classes.size(), std::size_t {1});
        }
        must(engine->coverage().load());
        const auto book = engine->coverage().outages();
        QCOMPARE(book->inferred().size(), std::size_t {1});
        QVERIFY((book->inferred().front().range == TimeRange {at("2025-03-22"), at("2025-03-22T10:00")}));
        QCOMPARE(book->inferred().front().silent, 2);
        QCOMPARE(engine->coverage().snapshot()->summary().total.of(GapClass::Outage), std::int64_t {20});
        const auto reader = must(engine->store().openReader());
        const auto series = must(reader->series()).front();
        const auto gaps = must(engine->gaps(series, book->inferred().front().range));
        QCOMPARE(gaps.size(), std::size_t {1});
        QVERIFY(gaps.front().gapClass == GapClass::Outage);
        const auto evidence = must(engine->evidence(series, gaps)).front();
        QCOMPARE(evidence.venue.asked, 1);
        QCOMPARE(evidence.venue.silent.size(), std::size_t {1});
        QCOMPARE(evidence.before.bars, 10);
        QVERIFY2(
            evidence.text.find("2 of 2 liquid instruments of hyperliquid linear lack the bars") != std::string::npos,
            evidence.text.c_str());
    }

    /// Nobody expects bars from before the listing.
    void theListingIsNoGap()
    {
        StoreFixture fixture;
        auto read =
            must(readCandleFile(m_data / "candles/binance_usdm_BTCUSDT_1m_2019-09-08_2019-09-19_newest-first.csv.gz",
                {{"open_time", "-", "-", "open", "high", "low", "close", "volume", "quote_volume", "trades"}, {}, {}}));
        const UtcMs listing = read.rows.front().openTime;
        const auto series = fixture.series("1m", "BTC/USDT:USDT");
        PageCommit page = StoreFixture::page(series, std::move(read.rows), at("2024-01-01"));
        page.coverage.insert(
            page.coverage.begin(), {{at("2019-01-01"), listing}, CoverageState::Unlisted, 1, at("2024-01-01")});
        must(fixture.writer->commit({&page, 1}));
        CoverageIndex index(*fixture.store, {}, {});
        must(index.load());
        const auto total = index.snapshot()->row(series.id, {})->total;
        QCOMPARE(total.missing(), std::int64_t {0});
        QCOMPARE(total.noTrade(), std::int64_t {1});
        QCOMPARE(total.of(GapClass::Unlisted), (listing - at("2019-01-01")) / std::chrono::minutes {1});
        QCOMPARE(*total.completeness(), 1.0);
    }

private:
    std::unique_ptr<Engine> openEngine()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.environment = {"A=b"};
        options.dataDir = m_folder->path().toStdString();
        return must(Engine::open(std::move(options)));
    }

    /// @return class and bars of each gap of the series
    std::vector<std::pair<GapClass, std::int64_t>> import(
        Engine& engine, const Import& file, bool coverage, std::map<std::string, std::string> where = {})
    {
        ImportRequest request;
        request.files = {m_data / "candles" / file.file};
        request.target.exchange = file.exchange;
        request.target.symbol = std::string(file.symbol).find('/') == std::string::npos
            ? std::string(file.symbol) + "/USDC:USDC"
            : file.symbol;
        request.target.timeframe = *Timeframe::fromName(file.frame);
        request.where = std::move(where);
        request.coverage = coverage;
        const auto outcome = must(engine.importFiles(request));
        const auto reader = must(engine.store().openReader());
        const auto series = *must(reader->find(outcome.series));
        const auto summary = must(reader->summary(series.id));
        std::vector<std::pair<GapClass, std::int64_t>> classes;
        for (const Gap& gap : must(engine.gaps(series, {*summary.first, series.grid().next(*summary.last)})))
            classes.emplace_back(gap.gapClass, gap.bars);
        return classes;
    }

    fs::path m_data;
    std::map<std::pair<std::string, std::string>, Missing> m_known;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestGapTruth)
#include "tst_gaptruth.moc"
