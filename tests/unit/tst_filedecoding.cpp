// What one of a venue's files is worth before anything is stored of it.

#include "cataloguefixture.h"
#include "core/ingest/filedecoding.h"
#include "zipfixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

/// Minutes of the archive's twelve columns: open, high, low and close tell the minute.
QByteArray minutes(const char* first, int count, int factor = 1)
{
    QByteArray csv;
    for (int i = 0; i < count; ++i) {
        const std::int64_t open = toMs(at(first)) + i * 60'000;
        const QByteArray price = QByteArray::number(100 + i);
        csv += QByteArray::number(static_cast<qint64>(open * factor)) + "," + price + "," + price + "," + price + "," + price + ",1.5,"
            + QByteArray::number(static_cast<qint64>((open + 60'000) * factor - 1)) + ",150,7,0.5,50,0\n";
    }
    return csv;
}

} // namespace

class TestFileDecoding : public QObject {
    Q_OBJECT

    Result<DecodedFile> decode(const QByteArray& csv, const char* symbol = "BTC/USDT", TimeRange wanted = {}, const char* frame = "1m", Kind kind = Kind::Candles, const std::string& name = "F-2025-01-02")
    {
        const auto venue = shipped().venue("binance").value();
        const auto market = parseSymbol(symbol)->market();
        auto args = argsFor(*venue, market, symbol, frame, kind);
        const auto files = venue->files(args.instrument, kind, args.timeframe).value();
        const auto rules = venue->pageRules(market, kind, args.timeframe).value();
        m_zip = zipOf({{name + ".csv", csv.toStdString()}});
        m_name = name + ".zip";
        m_answer = {m_name, m_zip, {at("2025-01-02"), at("2025-01-03")}, IntervalSet(wanted.isEmpty() ? TimeRange {at("2025-01-02"), at("2025-01-03")} : wanted), at("2025-02-01"), std::nullopt, 1 << 24};
        return decodeFile(*venue, files, args, rules, m_answer);
    }

    std::string m_zip, m_name;
    FileAnswer m_answer;

private slots:
    void forms_data()
    {
        QTest::addColumn<QByteArray>("csv");
        const QByteArray header = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n";
        QTest::newRow("milliseconds") << minutes("2025-01-02", 3);
        QTest::newRow("microseconds") << minutes("2025-01-02", 3, 1000);
        QTest::newRow("with a header") << header + minutes("2025-01-02", 3);
        QTest::newRow("with CRLF") << minutes("2025-01-02", 3).replace("\n", "\r\n");
    }
    void forms()
    {
        QFETCH(QByteArray, csv);
        const auto file = decode(csv);
        QVERIFY2(file, file ? "" : file.error().detail.c_str());
        QCOMPARE(file->page.rows.size(), std::size_t {3});
        const Candle& last = file->page.rows.back();
        QCOMPARE(last.openTime, at("2025-01-02T00:02"));
        QCOMPARE(last.close, 102.0);
        QCOMPARE(last.volume, 1.5);
        QCOMPARE(last.quoteVolume, std::optional(150.0));
        QCOMPARE(last.trades, std::optional(std::int64_t {7}));
        QVERIFY(file->page.findings.empty());
        QCOMPARE(file->told, IntervalSet(TimeRange {at("2025-01-02"), at("2025-01-02T00:03")}));
    }

    void inverseVolumeIsTheEighthColumn()
    {
        const auto file = decode(minutes("2025-01-02", 1), "BTC/USD:BTC");
        QVERIFY(file);
        QCOMPARE(file->page.rows.front().volume, 150.0);
        QVERIFY(!file->page.rows.front().quoteVolume);
    }

    void useless_data()
    {
        QTest::addColumn<QByteArray>("csv");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("a header alone") << QByteArray("open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n");
        QTest::newRow("another month") << minutes("2025-03-02", 3);
        QTest::newRow("text") << QByteArray("hello\nworld\n");
        QTest::newRow("seconds off") << minutes("2025-01-02T00:00:10", 3);
    }
    void useless()
    {
        QFETCH(QByteArray, csv);
        const auto file = decode(csv);
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::BadAnswer);
    }

    void whatIsAbsentIsNotAnswered() // the API may know better
    {
        const auto file = decode(minutes("2025-01-02", 2) + minutes("2025-01-02T00:05", 1));
        QVERIFY(file);
        const PageCommit commit = fileCommit(7, m_answer, *file, {});
        QCOMPARE(commit.route, std::string("archive"));
        QCOMPARE(commit.range, (TimeRange {at("2025-01-02"), at("2025-01-03")}));
        QCOMPARE(commit.coverage.size(), std::size_t {2});
        QCOMPARE(commit.coverage[0].range, (TimeRange {at("2025-01-02"), at("2025-01-02T00:02")}));
        QCOMPARE(commit.coverage[1].range, (TimeRange {at("2025-01-02T00:05"), at("2025-01-02T00:06")}));
    }

    void rowsThatNobodyAskedFor()
    {
        const auto file = decode(minutes("2025-01-02", 10), "BTC/USDT", {at("2025-01-02T00:03"), at("2025-01-02T00:05")});
        QVERIFY(file);
        QCOMPARE(file->page.rows.size(), std::size_t {2});
        QCOMPARE(file->page.rows.front().openTime, at("2025-01-02T00:03"));
    }

    void rowsThatCannotBeUsed() // are bars that it does not tell of
    {
        QByteArray csv = minutes("2025-01-02", 3);
        csv.replace(",101,", ",x,");
        const auto file = decode(csv);
        QVERIFY(file);
        QCOMPARE(file->page.rows.size(), std::size_t {2});
        QVERIFY(!file->told.contains(at("2025-01-02T00:01")));
    }

    void openInterest()
    {
        const QByteArray csv = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,"
                               "count_long_short_ratio,sum_taker_long_short_vol_ratio\n"
                               "2025-01-02 00:05:00,BTCUSDT,80000.5,7600000000.25,1,1,1,1\n"
                               "2025-01-02 00:05:00,BTCUSDT,80001,7600000001,1,1,1,1\n" // doubled stamps are known of these files
                               "2025-01-02 00:10:00,BTCUSDT,,,1,1,1,1\n"                  // and blanks
                               "2025-01-02 00:15:00,BTCUSDT,80002,,1,1,1,1\n";
        const auto file = decode(csv, "BTC/USDT:USDT", {}, "5m", Kind::OpenInterest);
        QVERIFY2(file, file ? "" : file.error().detail.c_str());
        QCOMPARE(file->page.metrics.size(), std::size_t {2});
        QCOMPARE(file->page.rows.size(), std::size_t {2});
        QCOMPARE(file->page.metrics[0].time, at("2025-01-02T00:05"));
        QCOMPARE(file->page.metrics[0].numbers[0], std::optional(80000.5));
        QCOMPARE(file->page.metrics[0].numbers[1], std::optional(7600000000.25));
        QVERIFY(!file->page.metrics[1].numbers[1]);
        QVERIFY(!file->told.contains(at("2025-01-02T00:10")));
    }

    /// What was paid, in its hour; the hours between are told of where no more than a pause lies between.
    void funding()
    {
        const QByteArray csv = "calc_time,funding_interval_hours,last_funding_rate\n"
                               "1735776000003,8,0.00010000\n"  // 2025-01-02
                               "1735819200000,4,-0.00003217\n"; // 12:00
        const auto file = decode(csv, "BTC/USDT:USDT", {}, "1h", Kind::Funding);
        QVERIFY2(file, file ? "" : file.error().detail.c_str());
        QCOMPARE(file->page.metrics.size(), std::size_t {2});
        QVERIFY(file->page.metrics[0] == (Metric {at("2025-01-02"), {0.0001, {}, {}, {}, {}, 8.0}, 0}));
        QVERIFY(file->page.metrics[1] == (Metric {at("2025-01-02T12:00"), {-0.00003217, {}, {}, {}, {}, 4.0}, 0}));
        QVERIFY(file->told.contains(at("2025-01-02")) && !file->told.contains(at("2025-01-02T01:00"))); // eleven hours without
        QVERIFY(file->told.contains(at("2025-01-02T12:00")) && !file->told.contains(at("2025-01-02T13:00")));
        const QByteArray whole = "1735776000003,8,0.0001\n1735804800000,8,0.0002\n1735833600000,8,0.0003\n";
        const auto all = decode(whole, "BTC/USDT:USDT", {}, "1h", Kind::Funding);
        QVERIFY(all && all->told == IntervalSet(TimeRange {at("2025-01-02"), at("2025-01-03")}));
    }
};

QTEST_GUILESS_MAIN(TestFileDecoding)
#include "tst_filedecoding.moc"
