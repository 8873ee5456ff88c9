#include "storefixture.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <atomic>
#include <thread>

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

QByteArray cell(const QueryTable& table, std::size_t row, std::size_t column)
{
    return QByteArray::fromStdString(table.rows.at(row).at(column).value_or("NULL"));
}

Instrument instrument(const char* symbol, MarketType market = MarketType::Spot)
{
    Instrument out;
    out.exchange = "okx";
    out.market = market;
    out.symbol = symbol;
    out.id = "ID";
    out.base = "BTC";
    out.quote = "USDT";
    return out;
}

} // namespace

class TestSqliteStore : public QObject {
    Q_OBJECT
private slots:
    void schemaIsTheContract_data()
    {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QByteArray>("columns");
        const auto row = [](const char* table, const char* columns) {
            QTest::newRow(table) << QByteArray(table) << QByteArray(columns);
        };
        row("series", "id,source,exchange,market,symbol,kind,timeframe,exchange_symbol,anchor_ms,unit,time_kind,contract_size");
        row("candles", "series_id,open_time,open,high,low,close,volume,quote_volume,trades,flags");
        row("open_interest", "series_id,time,amount,value,raw_amount,raw_value,flags");
        row("coverage", "series_id,from_time,to_time,state,checks,checked_at");
        row("pages", "id,series_id,from_time,to_time,fetched_at,rows,route,status,archive_key,sha256,description_version");
        row("revisions", "series_id,open_time,replaced_at,open,high,low,close,volume,quote_volume,trades,page_id");
        row("aggregates", "series_id,level,time,open,high,low,close,volume,rows,expected,flagged");
        row("findings", "id,series_id,rule,severity,from_time,to_time,details,created_at,state");
        row("decisions", "finding_id,at,who,action,reason");
        row("alerts",
            "id,rule,grouping,kind,place,what,severity,state,since,seen_at,fired_at,resolved_at,causes,series,count,until,detail,cause,"
            "acknowledged_by,acknowledged_at,told_at,told,why");
        row("alert_events", "id,alert_id,at,event,is_told,who,text");
        row("alert_deliveries", "id,alert_id,channel,event,queued_at,finished_at,state,attempts,reason");
        row("silences", "id,rule,place,grouping,from_time,until_time,why,who,ended_at");
    }
    void schemaIsTheContract()
    {
        QFETCH(QByteArray, table);
        QFETCH(QByteArray, columns);
        StoreFixture fixture;
        const auto names = must(fixture.reader->query("SELECT group_concat(name) FROM pragma_table_info('" + table.toStdString() + "')"));
        QCOMPARE(cell(names, 0, 0), columns);
    }

    void infoTellsWhatItIs()
    {
        StoreFixture fixture;
        const StoreInfo info = must(fixture.store->info());
        QVERIFY(info.engine.starts_with("SQLite 3."));
        QCOMPARE(info.location, (fixture.path() / "mnemo.db").string());
        QCOMPARE(info.schemaVersion, info.newestVersion);
        QVERIFY(info.bytes > 0);
    }

    void seriesIsFoundOrMade()
    {
        StoreFixture fixture;
        QVERIFY(!must(fixture.reader->find({"binance", "binance", MarketType::Spot, "BTC/USDT", Kind::Candles, {}})));
        const SeriesRecord made = fixture.series();
        QCOMPARE(fixture.series().id, made.id);
        SeriesRecord wanted = made;
        wanted.exchangeSymbol = "XBTUSDT";
        wanted.contractSize = 0.001;
        QCOMPARE(must(fixture.writer->ensureSeries(wanted)).id, made.id);
        QVERIFY(must(fixture.reader->find(made.key)) == wanted);
        wanted.exchangeSymbol.clear(); // not known is no news
        QCOMPARE(must(fixture.writer->ensureSeries(wanted)).exchangeSymbol, std::string("XBTUSDT"));
        wanted.anchor = milliseconds {1000};
        const auto refused = fixture.writer->ensureSeries(wanted);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(fixture.writer->ensureSeries({}).error().code, ErrorCode::InvalidArgument);
    }

    void seriesAreFiltered()
    {
        StoreFixture fixture;
        fixture.series("1m", "ETH/USDT");
        fixture.series("1h", "BTC/USDT");
        fixture.series("1m", "BTC/USDT");
        const auto all = must(fixture.reader->series());
        QCOMPARE(all.size(), 3U);
        QVERIFY(std::ranges::is_sorted(all, {}, &SeriesRecord::key));
        SeriesFilter filter;
        filter.symbols = {"BTC/USDT"};
        QCOMPARE(must(fixture.reader->series(filter)).size(), 2U);
        filter.timeframes = {*Timeframe::fromName("1h")};
        QCOMPARE(must(fixture.reader->series(filter)).size(), 1U);
        filter.markets = {MarketType::Linear};
        QCOMPARE(must(fixture.reader->series(filter)).size(), 0U);
    }

    void rowsComeBackAsTheyWere()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto rows = bars(at("2024-01-01"), 500);
        rows[3].quoteVolume.reset();
        rows[4].trades.reset();
        rows[5].flags = Foreign | ApproximateVolume;
        rows[6].close = 0.0000000012;
        rows[7].volume = 1e15 + 1;
        rows[8].volume = 0.1 + 0.2;
        const auto outcome = fixture.commit(series, rows, at("2024-02-01"));
        QCOMPARE(outcome.pages.at(0).added, 500);
        QVERIFY(outcome.findings.empty());
        QVERIFY(must(fixture.reader->candles(series.id, always)) == rows);
        const TimeRange part {rows[10].openTime, rows[20].openTime};
        QCOMPARE(must(fixture.reader->candles(series.id, part)).size(), 10U);
        const auto times = must(fixture.reader->openTimes(series.id, part));
        QCOMPARE(times.size(), 10U);
        QCOMPARE(toMs(times.front()), toMs(rows[10].openTime));
        int seen = 0;
        must(fixture.reader->eachCandle(series.id, always, false, [&seen](const Candle&) { return ++seen < 7; }));
        QCOMPARE(seen, 7);
        const auto summary = must(fixture.reader->summary(series.id));
        QCOMPARE(summary.rows, 500);
        QVERIFY(summary.first == rows.front().openTime && summary.last == rows.back().openTime);
        QCOMPARE(must(fixture.reader->summary(999)).rows, 0);
    }

    void summaryCountsFramesWithoutDays()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series("1d");
        fixture.commit(series, bars(at("2024-01-01"), 40, "1d"), at("2024-03-01"));
        QCOMPARE(must(fixture.reader->summary(series.id)).rows, 40);
    }

    void cleanLeavesQuarantineOut()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto rows = bars(at("2024-01-01"), 10);
        rows[4].flags = Quarantined;
        fixture.commit(series, rows, at("2024-02-01"));
        QCOMPARE(must(fixture.reader->candles(series.id, always, true)).size(), 9U);
        QCOMPARE(must(fixture.reader->candles(series.id, always, false)).size(), 10U);
    }

    void theSameAgainWritesNothing()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto rows = bars(at("2024-01-01"), 100);
        fixture.commit(series, rows, at("2024-02-01"));
        const auto again = fixture.commit(series, rows, at("2024-02-02"));
        QCOMPARE(again.pages.at(0).same, 100);
        QCOMPARE(again.pages.at(0).added, 0);
        QCOMPARE(again.pages.at(0).changed, 0);
        QCOMPARE(cell(must(fixture.reader->query("SELECT count(*) FROM revisions")), 0, 0), QByteArray("0"));
        QCOMPARE(must(fixture.reader->candles(series.id, always)).size(), 100U);
    }

    void aRevisionKeepsTheOldValue()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto rows = bars(at("2024-01-01"), 100);
        fixture.commit(series, rows, at("2024-02-01"));
        auto changed = bars(at("2024-01-01T00:50"), 100); // half of it is new
        changed[0].volume += 1;
        for (std::size_t i : {10U, 11U, 12U, 30U})
            changed[i] = rows[50 + i];
        for (std::size_t i = 0; i < 50; ++i)
            changed[i].volume = rows[50 + i].volume, changed[i].quoteVolume = rows[50 + i].quoteVolume, changed[i].trades = rows[50 + i].trades;
        for (std::size_t i : {10U, 11U, 12U, 30U})
            changed[i].close += 0.5;
        const auto outcome = fixture.commit(series, changed, at("2024-02-02"));
        QCOMPARE(outcome.pages.at(0).added, 50);
        QCOMPARE(outcome.pages.at(0).changed, 4);
        QCOMPARE(outcome.pages.at(0).same, 46);
        QCOMPARE(outcome.findings.size(), 2U); // neighbours are one finding
        QCOMPARE(outcome.findings[0].rule, std::string("revision"));
        QVERIFY(outcome.findings[0].id > 0);
        QVERIFY(outcome.findings[0].range == (TimeRange {changed[10].openTime, changed[13].openTime}));
        const auto details = QJsonDocument::fromJson(QByteArray::fromStdString(outcome.findings[0].details));
        QCOMPARE(details["bars"_L1].toInt(), 3);
        QCOMPARE(details["page"_L1].toInt(), static_cast<int>(outcome.pages[0].pageId));
        QCOMPARE(details["changes"_L1][1]["old"_L1]["close"_L1].toDouble(), rows[61].close);
        QCOMPARE(details["changes"_L1][1]["new"_L1]["close"_L1].toDouble(), rows[61].close + 0.5);
        const auto kept = must(fixture.reader->query("SELECT open_time, close, replaced_at, page_id FROM revisions ORDER BY open_time"));
        QCOMPARE(kept.rows.size(), 4U);
        QCOMPARE(cell(kept, 3, 0), QByteArray::number(toMs(rows[80].openTime)));
        QCOMPARE(cell(kept, 3, 1).toDouble(), rows[80].close);
        QCOMPARE(cell(kept, 3, 2), QByteArray::number(toMs(at("2024-02-02"))));
        QCOMPARE(cell(kept, 3, 3), QByteArray::number(outcome.pages[0].pageId));
        const auto stored = must(fixture.reader->candles(series.id, always));
        QCOMPARE(stored.size(), 150U);
        QCOMPARE(stored[60].close, rows[60].close + 0.5);
        QCOMPARE(must(fixture.reader->findings(series.id, {changed[30].openTime, changed[31].openTime})).size(), 1U);
        QCOMPARE(must(fixture.reader->findings(series.id, always)).size(), 2U);
    }

    void aReplayLeavesWhatIsNewer()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto old = bars(at("2024-01-01"), 30);
        PageCommit first = StoreFixture::page(series, old, at("2024-02-01"));
        must(fixture.writer->commit({&first, 1}));
        fixture.commit(series, bars(at("2024-01-01T00:10"), 10, "1m", 5), at("2024-02-03")); // in the middle, newer
        const auto wanted = must(fixture.reader->candles(series.id, always));
        first.isReplay = true;
        const auto again = must(fixture.writer->commit({&first, 1}));
        QCOMPARE(again.pages.at(0).changed, 0);
        QVERIFY(must(fixture.reader->candles(series.id, always)) == wanted);
        first.isReplay = false; // an answer that was just given counts, whatever the clock says
        QCOMPARE(must(fixture.writer->commit({&first, 1})).pages.at(0).changed, 10);
    }

    void aDecisionIsNotOverwritten()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto rows = bars(at("2024-01-01"), 3);
        rows[1].flags = Replaced;
        fixture.commit(series, rows, at("2024-02-01"));
        auto other = rows;
        other[1].flags = 0;
        other[1].close = 1;
        const auto outcome = fixture.commit(series, other, at("2024-02-02"));
        QCOMPARE(outcome.pages.at(0).same, 3);
        QVERIFY(outcome.findings.empty());
        QVERIFY(must(fixture.reader->candles(series.id, always)) == rows);
    }

    void pagesAreProvenance()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const auto first = fixture.commit(series, bars(at("2024-01-01"), 100), at("2024-02-01"));
        const auto second = fixture.commit(series, bars(at("2024-01-01T01:00"), 100), at("2024-02-02"));
        const UtcMs time = at("2024-01-01T01:30");
        const auto over = must(fixture.reader->pages(series.id, {time, time + milliseconds {1}}));
        QCOMPARE(over.size(), 2U);
        QCOMPARE(over[0].id, second.pages[0].pageId);
        QCOMPARE(over[1].id, first.pages[0].pageId);
        QCOMPARE(over[0].archiveKey, std::string("seg-0001.zst@17"));
        QCOMPARE(over[0].sha256, std::string("ab12"));
        QCOMPARE(over[0].rows, 100);
        QCOMPARE(over[0].status, 200);
        QCOMPARE(over[0].route, std::string("rest"));
        QCOMPARE(over[0].descriptionVersion, 3);
        QVERIFY(must(fixture.reader->pages(series.id, {at("2024-01-02"), at("2024-01-03")})).empty());
    }

    void findingsOfAPageAreStoredOnce()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto page = StoreFixture::page(series, bars(at("2024-01-01"), 10), at("2024-02-01"));
        Finding finding;
        finding.rule = "duplicate";
        finding.range = {page.rows[2].openTime, page.rows[3].openTime};
        finding.details = R"({"rows":2})";
        page.findings = {finding};
        const auto first = must(fixture.writer->commit({&page, 1}));
        QCOMPARE(first.findings.at(0).series, series.id);
        QCOMPARE(toMs(first.findings.at(0).createdAt), toMs(at("2024-02-01")));
        page.fetchedAt = at("2024-02-05");
        const auto again = must(fixture.writer->commit({&page, 1}));
        QCOMPARE(again.findings.at(0).id, first.findings.at(0).id);
        QCOMPARE(must(fixture.reader->findings(series.id, always)).size(), 1U);
    }

    void aBadPageStoresNothingOfTheCommit_data()
    {
        QTest::addColumn<int>("fault");
        QTest::newRow("out of order") << 0;
        QTest::newRow("doubled") << 1;
        QTest::newRow("off the grid") << 2;
        QTest::newRow("not a number") << 3;
        QTest::newRow("coverage reversed") << 4;
        QTest::newRow("coverage off the grid") << 5;
        QTest::newRow("coverage overlaps") << 6;
        QTest::newRow("unknown series") << 7;
    }
    void aBadPageStoresNothingOfTheCommit()
    {
        QFETCH(int, fault);
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        std::vector<PageCommit> pages {StoreFixture::page(series, bars(at("2024-01-01"), 10), at("2024-02-01")),
            StoreFixture::page(series, bars(at("2024-01-02"), 10), at("2024-02-01"))};
        PageCommit& bad = pages[1];
        switch (fault) {
        case 0: std::swap(bad.rows[2], bad.rows[3]); break;
        case 1: bad.rows[2] = bad.rows[3]; break;
        case 2: bad.rows[2].openTime += milliseconds {1}; break;
        case 3: bad.rows[2].close = std::numeric_limits<double>::quiet_NaN(); break;
        case 4: std::swap(bad.coverage[0].range.from, bad.coverage[0].range.to); break;
        case 5: bad.coverage[0].range.to += milliseconds {1}; break;
        case 6: bad.coverage.push_back(bad.coverage[0]); break;
        default: bad.series = 77; break;
        }
        const auto refused = fixture.writer->commit(pages);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, fault == 7 ? ErrorCode::NotFound : ErrorCode::InvalidArgument);
        QVERIFY(must(fixture.reader->candles(series.id, always)).empty());
        QVERIFY(must(fixture.reader->coverage(series.id, always)).empty());
        pages.pop_back();
        QVERIFY(fixture.writer->commit(pages));
    }

    void candlesDoNotGoIntoOpenInterest()
    {
        StoreFixture fixture;
        SeriesRecord record = fixture.series();
        record.key.kind = Kind::OpenInterest;
        const SeriesRecord series = must(fixture.writer->ensureSeries(record));
        auto page = StoreFixture::page(series, bars(at("2024-01-01"), 3), at("2024-02-01"));
        QCOMPARE(fixture.writer->commit({&page, 1}).error().code, ErrorCode::InvalidArgument);
        page.rows.clear();
        QVERIFY(fixture.writer->commit({&page, 1})); // what is known of it can be
        QCOMPARE(must(fixture.reader->coverage(series.id, always)).size(), 1U);
    }

    void openInterestIsStoredAndRevised()
    {
        StoreFixture fixture;
        SeriesRecord record = fixture.series();
        record.key.kind = Kind::OpenInterest;
        const SeriesRecord series = must(fixture.writer->ensureSeries(record));
        auto page = StoreFixture::page(series, bars(at("2024-01-01"), 3), at("2024-02-01"));
        for (Candle& row : page.rows) {
            page.metrics.push_back({row.openTime, {5.5, std::nullopt, 11.0}, 0});
            row = {};
            row.openTime = page.metrics.back().time;
        }
        const auto outcome = must(fixture.writer->commit({&page, 1}));
        QCOMPARE(outcome.pages[0].added, 3);
        std::vector<Metric> rows;
        const auto read = [&] {
            rows.clear();
            QVERIFY(fixture.reader->eachMetric(series.id, always, false, [&](const Metric& row) {
                rows.push_back(row);
                return true;
            }));
        };
        read();
        QVERIFY(rows == page.metrics);
        QCOMPARE(must(fixture.reader->openTimes(series.id, always)).size(), 3U);
        const SeriesSummary summary = must(fixture.reader->summary(series.id));
        QCOMPARE(summary.rows, 3);
        QVERIFY(summary.first == rows.front().time && summary.last == rows.back().time);
        QVERIFY(must(fixture.reader->ends(series.id)).last == rows.back().time);

        page.fetchedAt += std::chrono::hours {1};
        page.metrics[1].numbers[0] = 6;
        const auto again = must(fixture.writer->commit({&page, 1}));
        QCOMPARE(again.pages[0].changed, 1);
        QCOMPARE(again.pages[0].same, 2);
        QCOMPARE(again.findings.size(), 1U);
        QCOMPARE(again.findings[0].rule, std::string("revision"));
        read();
        QCOMPARE(rows[1].numbers[0], std::optional(6.0));
        page.isReplay = true; // what an older answer said does not come back
        page.metrics[1].numbers[0] = 5;
        QVERIFY(fixture.writer->commit({&page, 1}));
        read();
        QCOMPARE(rows[1].numbers[0], std::optional(6.0));
    }

    void metricsAreStoredAndRevised()
    {
        const UtcMs day = at("2025-03-01");
        constexpr std::chrono::hours hour {1};
        StoreFixture fixture;
        SeriesRecord record = fixture.series();
        record.key = {"coinalyze", "binance", MarketType::Linear, "BTC/USDT:USDT", Kind::Funding, *Timeframe::fromName("1h")};
        record.anchor = Grid::defaultAnchor(record.key.timeframe);
        const SeriesRecord series = must(fixture.writer->ensureSeries(record));
        auto page = StoreFixture::page(series, {}, at("2025-03-03"));
        for (int i = 0; i < 3; ++i) {
            page.metrics.push_back({day + i * hour, {0.0001, {}, {}, 0.0002 + i, {}, 8.0}, 0});
            page.rows.emplace_back().openTime = page.metrics.back().time;
        }
        page.range = {day, day + 3 * hour};
        QCOMPARE(must(fixture.writer->commit({&page, 1})).pages[0].added, 3);
        const auto read = [&](bool clean) {
            std::vector<Metric> rows;
            must(fixture.reader->eachMetric(series.id, always, clean, [&](const Metric& each) {
                rows.push_back(each);
                return true;
            }));
            return rows;
        };
        QVERIFY(read(false) == page.metrics);
        QCOMPARE(must(fixture.reader->openTimes(series.id, always)).size(), 3U);
        QCOMPARE(must(fixture.reader->summary(series.id)).rows, 3);
        const auto table = must(fixture.reader->query("SELECT time, rate, rate_close, interval_hours FROM funding ORDER BY time DESC LIMIT 1"));
        QCOMPARE(table.rows.at(0).at(1).value_or(""), std::string("0.0001"));
        QCOMPARE(table.rows.at(0).at(2).value_or(""), std::string("2.0002"));
        QCOMPARE(table.rows.at(0).at(3).value_or(""), std::string("8"));
        QVERIFY(must(fixture.reader->query("SELECT * FROM liquidations")).rows.empty());

        page.fetchedAt += hour;
        page.metrics[1].numbers[0] = 0.0003;
        const auto again = must(fixture.writer->commit({&page, 1}));
        QCOMPARE(again.pages[0].changed, 1);
        QCOMPARE(again.findings.at(0).rule, std::string("revision"));
        QVERIFY2(again.findings[0].details.find(R"("rate":0.0001)") != std::string::npos, again.findings[0].details.c_str());
        FindingDecision decision;
        decision.action = DecisionAction::Quarantine;
        decision.findings = {again.findings[0].id};
        decision.who = "test";
        decision.reason = "it was doubted";
        must(fixture.writer->decide(decision));
        QCOMPARE(read(true).size(), 2U);
        QCOMPARE(read(false).size(), 3U);
        page.metrics.pop_back(); // a row without its numbers is refused
        QCOMPARE(fixture.writer->commit({&page, 1}).error().code, ErrorCode::InvalidArgument);
    }

    void queryOnlyReads_data()
    {
        QTest::addColumn<QByteArray>("sql");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char* sql, bool allowed) { QTest::newRow(sql) << QByteArray(sql) << allowed; };
        row("SELECT count(*) FROM candles", true);
        row("SELECT 1;  -- that was it", true);
        row("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n", true);
        row("EXPLAIN QUERY PLAN SELECT * FROM candles", true);
        row("PRAGMA table_info(candles)", true);
        row("VALUES(1, 2)", true);
        row("", false);
        row("-- nothing", false);
        row("SELECT 1; SELECT 2", false);
        row("SELECT 1; DELETE FROM candles", false);
        row("DELETE FROM candles", false);
        row("WITH x AS (SELECT 1) INSERT INTO candles SELECT 1,2,3,4,5,6,7,8,9,10", false);
        row("DROP TABLE candles", false);
        row("PRAGMA query_only = 0", false);
        row("PRAGMA journal_mode = DELETE", false);
        row("ATTACH 'other.db' AS other", false);
        row("BEGIN", false);
        row("VACUUM", false);
        row("SELECT nothing FROM nowhere", false);
        row("SELEKT 1", false);
    }
    void queryOnlyReads()
    {
        QFETCH(QByteArray, sql);
        QFETCH(bool, allowed);
        StoreFixture fixture;
        const auto table = fixture.reader->query(sql.toStdString());
        QCOMPARE(table.has_value(), allowed);
        if (!allowed)
            QCOMPARE(table.error().code, ErrorCode::InvalidArgument);
        QVERIFY(fixture.reader->query("SELECT 1")); // and goes on
    }

    void queryGivesText()
    {
        StoreFixture fixture;
        const auto table = must(fixture.reader->query("SELECT 1 AS one, 0.0000000012 AS small, NULL AS missing, 'a' AS word, x'00ff' AS bytes"));
        QVERIFY(table.columns == (std::vector<std::string> {"one", "small", "missing", "word", "bytes"}));
        QVERIFY(table.rows == (std::vector<std::vector<std::optional<std::string>>> {{"1", "0.0000000012", std::nullopt, "a", "00ff"}}));
    }

    void interruptEndsALongQuery()
    {
        StoreFixture fixture;
        std::atomic<bool> done = false;
        std::jthread other([&] {
            while (!done) { // the call may not have begun yet
                std::this_thread::sleep_for(milliseconds {10});
                fixture.reader->interrupt();
            }
        });
        const auto endless = fixture.reader->query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
        done = true;
        other.join();
        QVERIFY(!endless);
        QCOMPARE(endless.error().code, ErrorCode::Cancelled);
        QVERIFY(fixture.reader->query("SELECT 1"));
    }

    void instrumentsAreSavedWhole()
    {
        StoreFixture fixture;
        QVERIFY(must(fixture.store->instruments("okx")).empty());
        Instrument full = instrument("BTC/USDT:USDT", MarketType::Linear);
        full.settle = "USDT";
        full.contractSize = 0.01;
        full.tickSize = 0.1;
        full.priceScale = 4;
        full.valueScale = 8;
        full.listed = at("2020-01-01");
        full.delisted = at("2025-01-01");
        full.active = false;
        const std::vector<Instrument> saved {full, instrument("BTC/USDT"), instrument("ETH/USDT")};
        must(fixture.writer->saveInstruments("okx", saved, at("2024-01-01")));
        const auto loaded = must(fixture.store->instruments("okx"));
        QCOMPARE(loaded.size(), 3U);
        for (const Instrument& one : saved)
            QVERIFY(std::ranges::find(loaded, one) != loaded.end());
        must(fixture.writer->saveInstruments("okx", {&saved[1], 1}, at("2024-01-02")));
        QVERIFY(must(fixture.store->instruments("okx")) == std::vector {saved[1]});
        QVERIFY(must(fixture.store->instruments("kraken")).empty());
    }

    /// One list of several exchanges; their own lists stay.
    void providersListOthersMarkets()
    {
        StoreFixture fixture;
        Instrument own = instrument("BTC/USDT:USDT", MarketType::Linear);
        own.exchange = "okx";
        must(fixture.writer->saveInstruments("okx", {&own, 1}, at("2024-01-01")));
        std::vector<Instrument> told {own, own};
        told[0].id = "A.1";
        told[0].interestUnit = "base";
        told[1].exchange = "binance";
        told[1].id = "A.2";
        told[1].interestUnit = "quote";
        must(fixture.writer->saveInstruments("teller", told, at("2024-01-01")));
        QCOMPARE(must(fixture.store->instruments("okx")), std::vector {own});
        QCOMPARE(must(fixture.store->instruments("teller")), (std::vector {told[1], told[0]}));
        must(fixture.writer->saveInstruments("okx", {}, at("2024-01-02")));
        QCOMPARE(must(fixture.store->instruments("teller")).size(), 2U);
    }

    /// Nobody had the file open before; the reader must notice the writer all the same.
    void readerOfAQuietFileSeesLaterCommits()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        must(openSqliteStore(path, {}, OpenMode::ReadWrite));
        const auto reader = must(must(openSqliteStore(path, {}, OpenMode::ReadOnly))->openReader());
        QVERIFY(must(reader->series()).empty());
        const auto store = must(openSqliteStore(path, {}, OpenMode::ReadWrite));
        const auto writer = must(store->openWriter());
        SeriesRecord record;
        record.key = {"okx", "okx", MarketType::Spot, "BTC/USDT", Kind::Candles, {}};
        const auto page = StoreFixture::page(must(writer->ensureSeries(record)), bars(at("2024-01-01"), 10), at("2024-02-01"));
        must(writer->commit({&page, 1}));
        QCOMPARE(must(reader->candles(page.series, always)).size(), 10U);
    }

    /// A reader sees whole commits alone, while they are made.
    void readsWhileWriting()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        constexpr int pageRows = 250;
        constexpr int pages = 200;
        std::atomic<bool> done = false;
        std::atomic<int> reads = 0;
        std::atomic<bool> torn = false;
        std::jthread watching([&] {
            const auto reader = must(fixture.store->openReader());
            std::size_t before = 0;
            while (!done) {
                const auto rows = must(reader->openTimes(series.id, always));
                torn = torn || rows.size() % pageRows != 0 || rows.size() < before;
                before = rows.size();
                const auto summary = must(reader->summary(series.id));
                torn = torn || summary.rows % pageRows != 0;
                ++reads;
            }
        });
        for (int i = 0; i < pages; ++i)
            fixture.commit(series, bars(at("2024-01-01") + std::chrono::minutes {i * pageRows}, pageRows), at("2024-06-01"));
        while (reads < 3)
            std::this_thread::yield();
        done = true;
        watching.join();
        QVERIFY(!torn);
        QCOMPARE(must(fixture.reader->summary(series.id)).rows, pages * pageRows);
    }
};

QTEST_APPLESS_MAIN(TestSqliteStore)
#include "tst_sqlitestore.moc"
