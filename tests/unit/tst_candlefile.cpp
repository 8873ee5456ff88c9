#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fstream>
#include <limits>
#include <map>
#include <random>

#include <sys/resource.h>

#include <nlohmann/json.hpp>
#include <zip.h>
#include <zlib.h>

#include "core/base/timetext.h"
#include "core/ingest/candlefile/candlefile.h"
#include "core/ingest/candlefile/candlewriter.h"
#include "core/quality/gaps.h"
#include "core/quality/pagerules.h"
#include "tests/shareddata.h"

using namespace mnemo;
namespace fs = std::filesystem;

namespace {

std::vector<std::map<std::string, std::string>> readTable(const fs::path& file)
{
    std::vector<std::map<std::string, std::string>> rows;
    std::ifstream in(file);
    std::string line;
    std::vector<std::string> names;
    while (std::getline(in, line)) {
        std::vector<std::string> values;
        std::stringstream parts(line);
        for (std::string value; std::getline(parts, value, ',');)
            values.push_back(value);
        if (names.empty()) {
            names = values;
            continue;
        }
        std::map<std::string, std::string> row;
        for (std::size_t i = 0; i < names.size() && i < values.size(); ++i)
            row[names[i]] = values[i];
        rows.push_back(row);
    }
    return rows;
}

const std::vector<std::string> cddColumns {"unix", "-", "symbol", "open", "high", "low", "close", "volume", "quote_volume", "trades"};

Timeframe frameOf(const std::string& file)
{
    for (const Timeframe frame : Timeframe::all()) {
        if (file.find("_" + std::string(frame.name()) + "_") != std::string::npos)
            return frame;
    }
    return {};
}

void writeGzip(const fs::path& file, std::string_view text)
{
    gzFile out = gzopen(file.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
}

void writeZip(const fs::path& file, const std::vector<std::pair<std::string, std::string>>& members)
{
    int error = 0;
    zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    for (const auto& [name, text] : members)
        zip_file_add(archive, name.c_str(), zip_source_buffer(archive, text.data(), text.size(), 0), ZIP_FL_ENC_UTF_8);
    zip_close(archive);
}

void writeFile(const fs::path& file, std::string_view text)
{
    std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

std::string contents(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string failure(const Result<CandleFile>& file)
{
    return file ? "no error" : std::string(toText(file.error().code)) + ": " + file.error().detail;
}

} // namespace

class TestCandleFile : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

private slots:
    void saysWhereUnreadableRowsStood()
    {
        const auto read = readCandleText("time,open,high,low,close,volume\n1748736060000,1,1,1,1,1\n1748736120000,x,1,1,1,1\n1748736180000,1,1,1,1,1\n"
                                         "noon,1,1,1,1,1\n1748736300000,1,1,1,1,1\n", "a.csv");
        QVERIFY(read.has_value());
        QCOMPARE(read->rejected, 2);
        const std::vector<TimeRange> expected {{fromMs(1'748'736'120'000), fromMs(1'748'736'120'001)}, {fromMs(1'748'736'180'000), fromMs(1'748'736'300'000)}};
        QVERIFY(read->doubtful == expected);
    }
    void realFilesReadAsTheirManifestSays_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<qint64>("rows");
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("last");
        QTest::addColumn<qint64>("duplicates");
        QTest::addColumn<qint64>("conflicts");
        const fs::path data = sharedData("manifest.csv");
        if (data.empty())
            QSKIP("the shared market data is not there: set MNEMO_SHARED");
        int files = 0;
        for (auto& row : readTable(data / "manifest.csv")) {
            if (!row["file"].starts_with("candles/") || row["series"] != "1")
                continue;
            ++files;
            QTest::newRow(row["file"].c_str()) << QByteArray::fromStdString((data / row["file"]).string()) << qint64(std::stoll(row["rows"]))
                                               << QByteArray::fromStdString(row["first"]) << QByteArray::fromStdString(row["last"])
                                               << qint64(std::stoll(row["duplicate_rows"])) << qint64(std::stoll(row["conflicting_duplicates"]));
        }
        QVERIFY(files >= 26);
    }
    void realFilesReadAsTheirManifestSays()
    {
        QFETCH(QByteArray, file);
        QFETCH(qint64, rows);
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, last);
        QFETCH(qint64, duplicates);
        QFETCH(qint64, conflicts);
        const std::string name = file.toStdString();
        CandleFileOptions options;
        options.timeframe = frameOf(name);
        const bool newestFirst = name.find("newest-first") != std::string::npos;
        if (newestFirst)
            options.columns = cddColumns;
        const auto read = readCandleFile(name, options);
        QVERIFY2(read, failure(read).c_str());
        QCOMPARE(read->read, rows);
        QCOMPARE(read->duplicates, duplicates);
        QCOMPARE(read->conflicts, conflicts);
        QCOMPARE(static_cast<qint64>(read->rows.size()), rows - duplicates);
        QCOMPARE(read->rows.front().openTime, *parseTime(first.toStdString()));
        QCOMPARE(read->rows.back().openTime, *parseTime(last.toStdString()));
        QCOMPARE(read->rejected + read->skipped, 0);
        QCOMPARE(read->ascending, !newestFirst);
        QCOMPARE(read->header, !newestFirst);
        QVERIFY(read->warnings.empty());
        // Real bars keep all rules: a column taken for another would break them.
        const Grid grid(*options.timeframe);
        const PageCheck page = checkPage(read->rows, grid, {fromMs(0), fromMs(4'000'000'000'000)}, fromMs(4'000'000'000'000));
        QVERIFY2(page.findings.empty(), page.findings.empty() ? "" : (page.findings[0].rule + page.findings[0].details).c_str());
        QVERIFY(page.rows == read->rows);
    }

    void realGapsAreFound_data()
    {
        QTest::addColumn<QByteArray>("file");
        const fs::path data = sharedData("manifest.csv");
        if (data.empty())
            QSKIP("the shared market data is not there: set MNEMO_SHARED");
        for (auto& row : readTable(data / "manifest.csv")) {
            if (row["file"].starts_with("candles/") && row["series"] == "1")
                QTest::newRow(row["file"].c_str()) << QByteArray::fromStdString(row["file"]);
        }
    }
    void realGapsAreFound()
    {
        QFETCH(QByteArray, file);
        const fs::path data = sharedData("manifest.csv");
        const std::string name = file.toStdString();
        static const auto table = readTable(data / "gaps.csv");
        const Grid grid(frameOf(name));
        std::vector<std::tuple<UtcMs, UtcMs, std::int64_t>> expected, found;
        for (auto row : table) {
            if (row["file"] == name)
                expected.emplace_back(*parseTime(row["missing_from"]), grid.next(*parseTime(row["missing_to"])), std::stoll(row["missing_rows"]));
        }
        CandleFileOptions options;
        if (name.find("newest-first") != std::string::npos)
            options.columns = cddColumns;
        const auto read = readCandleFile(data / name, options);
        QVERIFY2(read, failure(read).c_str());
        std::vector<UtcMs> held;
        for (const Candle& candle : read->rows)
            held.push_back(candle.openTime);
        const TimeRange wanted {held.front(), grid.next(held.back())};
        for (const Gap& gap : findGaps(held, {}, grid, wanted))
            found.emplace_back(gap.range.from, gap.range.to, gap.bars);
        QCOMPARE(found.size(), expected.size());
        QVERIFY(found == expected);
    }

    void severalSeriesNeedAChoice()
    {
        const fs::path data = sharedData("manifest.csv");
        if (data.empty())
            QSKIP("the shared market data is not there: set MNEMO_SHARED");
        const fs::path file = data / "candles/seven-venues_perp_BTC-ETH_1h_2025-03_2026-03.csv.gz";
        const auto refused = readCandleFile(file);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        const std::string text = refused.error().detail;
        QVERIFY2(text.find("several series (venue is binance, bybit") != std::string::npos && text.find("coin is BTC, ETH") != std::string::npos
                && text.find("venue=binance and coin=BTC") != std::string::npos,
            text.c_str());
        CandleFileOptions options;
        options.where = {{"venue", "okx"}};
        QVERIFY(readCandleFile(file, options).error().detail.find("several series (coin is BTC, ETH)") != std::string::npos);
        std::size_t rows = 0;
        for (const char* venue : {"binance", "bybit", "okx", "kraken", "dydx", "hyperliquid", "lighter"}) {
            for (const char* coin : {"BTC", "eth"}) {
                options.where = {{"Venue", venue}, {"coin", coin}};
                const auto read = readCandleFile(file, options);
                QVERIFY2(read, failure(read).c_str());
                QCOMPARE(read->duplicates, 0);
                rows += read->rows.size();
            }
        }
        QCOMPARE(rows, std::size_t {49'264});
        options.where = {{"venue", "nobody"}, {"coin", "BTC"}};
        QVERIFY(readCandleFile(file, options).error().detail.find("venue=okx") != std::string::npos);
        options.where = {{"planet", "mars"}};
        QVERIFY(readCandleFile(file, options).error().detail.find("no column 'planet'") != std::string::npos);
    }

    void openInterestIsRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected"); // amount/value of each row, or the error
        QTest::newRow("both") << QByteArray("create_time,symbol,sum_open_interest,sum_open_interest_value\n2024-01-01,X,5.5,100\n2024-01-02,X,6,\n")
                              << "5.5/100 6/-";
        QTest::newRow("value alone") << QByteArray("timestamp,oi_usd\n1704067200000,100\n") << "-/100";
        QTest::newRow("nothing told") << QByteArray("time,amount\n2024-01-01,\n2024-01-02,3\n") << "3/- (1 rejected)";
        QTest::newRow("no number") << QByteArray("time,amount\n2024-01-01,many\n2024-01-02,3\n") << "3/- (1 rejected)";
        QTest::newRow("candles") << QByteArray("time,open,high,low,close,volume\n2024-01-01,1,1,1,1,1\n")
                                 << "no columns for the time and for the open interest";
    }
    void openInterestIsRead()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        CandleFileOptions options;
        options.kind = Kind::OpenInterest;
        const auto read = readCandleText(text.toStdString(), "a.csv", options);
        if (!read) {
            QVERIFY2(QString::fromStdString(read.error().detail).contains(expected), read.error().detail.c_str());
            return;
        }
        QStringList rows;
        for (const Candle& row : read->rows) {
            const QString amount = std::isnan(row.volume) ? QStringLiteral("-") : QString::number(row.volume);
            rows << amount + u'/' + (row.quoteVolume ? QString::number(*row.quoteVolume) : QStringLiteral("-"));
        }
        if (read->rejected > 0)
            rows << QStringLiteral("(%1 rejected)").arg(read->rejected);
        QCOMPARE(rows.join(u' '), expected);
    }

    void columnsAreFound_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("columns"); // given by the user
        QTest::addColumn<bool>("optional");      // quote volume 60 and 7 trades are there
        const QByteArray none;
        QTest::newRow("our own") << QByteArray("open_time,open,high,low,close,volume,quote_volume,trades\n1700000000000,10,12,9,11,5,60,7\n") << none << true;
        QTest::newRow("letters") << QByteArray("t,o,h,l,c,v\n1700000000,10,12,9,11,5\n") << none << false;
        QTest::newRow("capitals and blanks") << QByteArray("Open Time, Open ,HIGH,Low,Close,Volume\n1700000000000, 10 ,12,9,11,5\n") << none << false;
        QTest::newRow("quoted") << QByteArray("\"unix\",\"open\",\"high\",\"low\",\"close\",\"volume\"\n\"1700000000\",\"10\",\"12\",\"9\",\"11\",\"5\"\n") << none << false;
        QTest::newRow("quoted separator") << QByteArray("note,unix,open,high,low,close,volume\n\"a, \"\"b\"\"\",1700000000,10,12,9,11,5\n") << none << false;
        QTest::newRow("close before high") << QByteArray("open_time_ms,open,close,high,low,volume\n1700000000000,10,11,12,9,5\n") << none << false;
        QTest::newRow("download site") << QByteArray("Unix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount\n1700000000000,2023-11-14 22:13:20,BTC/USDT,10,12,9,11,5,60,7\n") << none << true;
        QTest::newRow("long names") << QByteArray("Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades\n1700000000000,10,12,9,11,5,1,60,7\n") << none << true;
        QTest::newRow("date beside time") << QByteArray("date,timestamp,open,high,low,close,volume\n1999-01-01,1700000000,10,12,9,11,5\n") << none << false;
        QTest::newRow("6 without header") << QByteArray("1700000000000,10,12,9,11,5\n") << none << false;
        QTest::newRow("12 without header") << QByteArray("1700000000000,10,12,9,11,5,1700000059999,60,7,1,2,0\n") << none << true;
        QTest::newRow("given") << QByteArray("x,5,11,9,12,10,1700000000000\n") << QByteArray("-,volume,close,low,high,open,time") << false;
        QTest::newRow("given beats the header") << QByteArray("time,high,open,low,close,volume\n1700000000000,10,12,9,11,5\n") << QByteArray("time,open,high,low,close,volume") << false;
        QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbftime,open,high,low,close,volume\n1700000000,10,12,9,11,5\n") << none << false;
        QTest::newRow("CRLF, empty lines, no last newline") << QByteArray("\r\n\r\ntime,open,high,low,close,volume\r\n\r\n  \r\n1700000000,10,12,9,11,5") << none << false;
        QTest::newRow("semicolons") << QByteArray("time;open;high;low;close;volume\n1700000000;10;12;9;11;5\n") << none << false;
        QTest::newRow("tabs") << QByteArray("time\topen\thigh\tlow\tclose\tvolume\n1700000000\t10\t12\t9\t11\t5\n") << none << false;
        QTest::newRow("optional values are empty") << QByteArray("time,open,high,low,close,volume,quote_volume,trades\n1700000000,10,12,9,11,5,,\n") << none << false;
        QTest::newRow("optional values are nan") << QByteArray("time,open,high,low,close,volume,quote_volume,trades\n1700000000,10,12,9,11,5,NaN,null\n") << none << false;
        QTest::newRow("optional values are cut off") << QByteArray("time,open,high,low,close,volume,quote_volume,trades\n1700000000,10,12,9,11,5\n") << none << false;
        QTest::newRow("whole numbers with a point") << QByteArray("time,open,high,low,close,volume,quote_volume,trades\n1700000000.0,10.0,12.0,9.0,11.0,5.0,60.0,7.0\n") << none << true;
    }
    void columnsAreFound()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, columns);
        QFETCH(bool, optional);
        CandleFileOptions options;
        if (!columns.isEmpty()) {
            for (const QByteArray& name : columns.split(','))
                options.columns.push_back(name.toStdString());
        }
        const auto read = readCandleText(text.toStdString(), "a.csv", options);
        QVERIFY2(read, failure(read).c_str());
        Candle expected {fromMs(1'700'000'000'000), 10, 12, 9, 11, 5};
        if (optional) {
            expected.quoteVolume = 60;
            expected.trades = 7;
        }
        QCOMPARE(read->rows.size(), std::size_t {1});
        QVERIFY(read->rows.front() == expected);
        QCOMPARE(read->rejected, 0);
    }

    void timesAreUnderstood_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("ms");
        const qint64 t = 1'700'000'000'000;
        QTest::newRow("seconds") << QByteArray("1700000000") << t;
        QTest::newRow("milliseconds") << QByteArray("1700000000000") << t;
        QTest::newRow("microseconds") << QByteArray("1700000000000000") << t;
        QTest::newRow("nanoseconds") << QByteArray("1700000000000000000") << t;
        QTest::newRow("exponent") << QByteArray("1.7e9") << t;
        QTest::newRow("fraction of a second") << QByteArray("1700000000.25") << t + 250;
        QTest::newRow("milliseconds with a point") << QByteArray("1700000000000.0") << t;
        QTest::newRow("ISO") << QByteArray("2023-11-14T22:13:20Z") << t;
        QTest::newRow("blank, zone") << QByteArray("2023-11-14 22:13:20+00:00") << t;
        QTest::newRow("another zone") << QByteArray("2023-11-15T06:13:20+08:00") << t;
        QTest::newRow("no zone") << QByteArray("2023-11-14 22:13:20") << t;
        QTest::newRow("date") << QByteArray("2023-11-14") << qint64(1'699'920'000'000);
        QTest::newRow("epoch") << QByteArray("0") << qint64(0);
        for (const char* bad : {"", "-1", "-9223372036854775808", "9223372036854775807", "1e18", "1e300", "nan", "inf", "2023-02-30", "yesterday", "12:00"})
            QTest::newRow((std::string("no time: ") + bad).c_str()) << QByteArray(bad) << qint64(-1);
    }
    void timesAreUnderstood()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, ms);
        const std::string file = "time,open,high,low,close,volume\n" + text.toStdString() + ",1,1,1,1,1\n1600000000,1,1,1,1,1\n";
        const auto read = readCandleText(file, "a.csv");
        QVERIFY2(read, failure(read).c_str());
        if (text == "9223372036854775807") { // nanoseconds of the year 2262
            QCOMPARE(read->rejected, 0);
            return;
        }
        if (text == "1e18") { // the same in nanoseconds
            QCOMPARE(read->rejected, 0);
            return;
        }
        QCOMPARE(read->rejected, ms < 0 ? 1 : 0);
        if (ms >= 0)
            QVERIFY(toMs(read->rows.front().openTime) == ms || toMs(read->rows.back().openTime) == ms);
        else
            QVERIFY(read->rejects.front().reason.starts_with("open_time is no time: '"));
    }

    void badRowsAreRejectedOneByOne()
    {
        const auto read = readCandleText("time,open,high,low,close,volume,quote_volume,trades\n" // 1
                                         "1700000000,10,12,9,11,5,1,1\n"
                                         "1700000060,10,12,9\n"
                                         "\n"
                                         "1700000120,ten,12,9,11,5,1,1\n" // 5
                                         "1700000180,10,,9,11,5,1,1\n"
                                         "later,10,12,9,11,5,1,1\n"
                                         "1700000240,10,12,nan,11,5,1,1\n"
                                         "1700000300,10,12,9,inf,5,1,1\n"
                                         "1700000360,10,12,9,11,5x,1,1\n" // 10
                                         "1700000420,10,12,9,11,5,much,1\n"
                                         "1700000480,10,12,9,11,5,1,1.5\n"
                                         "1700000540,1e999,12,9,11,5,1,1\n"
                                         "1700000600,10,12,9,11,5,1,1,left,over\n",
            "a.csv");
        QVERIFY2(read, failure(read).c_str());
        QCOMPARE(read->rows.size(), std::size_t {2});
        QCOMPARE(read->rejected, 10);
        const std::vector<std::pair<std::int64_t, std::string>> expected {{3, "the row has 4 columns, 6 are needed"}, {5, "open is no number: 'ten'"},
            {6, "high is empty"}, {7, "open_time is no time: 'later'"}, {8, "low is no number: 'nan'"}, {9, "close is no number: 'inf'"},
            {10, "volume is no number: '5x'"}, {11, "quote_volume is no number: 'much'"}, {12, "trades is no whole number: '1.5'"}, {13, "open is no number: '1e999'"}};
        QCOMPARE(read->rejects.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(read->rejects[i].line, expected[i].first);
            QCOMPARE(QByteArray::fromStdString(read->rejects[i].reason), QByteArray::fromStdString(expected[i].second));
        }
    }

    void onlyTheFirstRejectsAreListed()
    {
        std::string text = "time,open,high,low,close,volume\n1700000000,1,1,1,1,1\n";
        for (int i = 0; i < 1000; ++i)
            text += "bad,1,1,1,1,1\n";
        const auto read = readCandleText(text, "a.csv");
        QCOMPARE(read->rejected, 1000);
        QCOMPARE(read->rejects.size(), std::size_t {20});
        QCOMPARE(read->rejects.back().line, 22);
    }

    void theLaterRowOfAPairWins_data()
    {
        QTest::addColumn<QByteArray>("order");
        QTest::newRow("ascending") << QByteArray("1a 2a 2b 3a 3a 4a");
        QTest::newRow("newest first") << QByteArray("4a 3a 3a 2a 2b 1a");
        QTest::newRow("back and forth") << QByteArray("2a 4a 3a 1a 2b 3a");
    }
    void theLaterRowOfAPairWins()
    {
        QFETCH(QByteArray, order);
        std::string text = "time,open,high,low,close,volume\n";
        for (const QByteArray& row : order.split(' '))
            text += "17000000" + std::string(1, row[0]) + "0,1,1,1,1," + (row[1] == 'a' ? "1" : "2") + "\n";
        const auto read = readCandleText(text, "a.csv");
        QVERIFY(read);
        QCOMPARE(read->rows.size(), std::size_t {4});
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(toMs(read->rows[i].openTime), 1'700'000'010'000 + static_cast<std::int64_t>(i) * 10'000);
            QCOMPARE(read->rows[i].volume, i == 1 ? 2.0 : 1.0);
        }
        QCOMPARE(read->duplicates, 2);
        QCOMPARE(read->conflicts, 1);
        QCOMPARE(read->ascending, order.startsWith('1'));
        QCOMPARE(read->step->count(), 10'000);
    }

    void whatIsNoCandleFileIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("empty") << QByteArray() << QByteArray("a.csv holds no rows");
        QTest::newRow("header alone") << QByteArray("time,open,high,low,close,volume\n") << QByteArray("a.csv holds no rows");
        QTest::newRow("a column is missing") << QByteArray("time,open,high,low,close\n1,1,1,1,1\n") << QByteArray("no column for volume among: time, open, high, low, close");
        QTest::newRow("nothing is known") << QByteArray("foo,bar\n1,2\n") << QByteArray("no column for open_time, open, high, low, close, volume");
        QTest::newRow("7 without header") << QByteArray("1,2,3,4,5,6,7\n") << QByteArray("7 columns are neither 6 nor 12");
        QTest::newRow("all rows are bad") << QByteArray("time,open,high,low,close,volume\nx,1,1,1,1,1\n") << QByteArray("no row of a.csv could be read; line 2: open_time is no time: 'x'");
        QTest::newRow("web page") << QByteArray("<html>\n<body>404</body>\n") << QByteArray("a.csv is a web page");
        QTest::newRow("JSON") << QByteArray("[[1700000000000,1,1,1,1,1],[1700000060000,1,1,1,1,1]]") << QByteArray("a.csv is JSON");
        QTest::newRow("UTF-16") << QByteArray("\xff\xfet\0i\0", 6) << QByteArray("UTF-16");
        QTest::newRow("binary") << QByteArray("\x7f\x45LF\0\0\n1", 8) << QByteArray("is no text");
        QTest::newRow("endless line") << QByteArray(300'000, 'x') << QByteArray("line 1 does not end");
        QTest::newRow("too many columns") << QByteArray(100, ',') << QByteArray("101 columns");
    }
    void whatIsNoCandleFileIsRefused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, says);
        const auto read = readCandleText(text.toStdString(), "a.csv");
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(read.error().detail.find(says.toStdString()) != std::string::npos, read.error().detail.c_str());
    }

    void compressionIsSeenInTheBytes()
    {
        const std::string text = "time,open,high,low,close,volume\n1700000000,1,1,1,1,1\n";
        writeFile(path("plain.gz"), text); // the name lies
        writeGzip(path("packed.csv"), text);
        writeZip(path("zipped.csv"), {{"x.csv", text}});
        for (const char* name : {"plain.gz", "packed.csv", "zipped.csv"}) {
            const auto read = readCandleFile(path(name));
            QVERIFY2(read, failure(read).c_str());
            QCOMPARE(read->rows.size(), std::size_t {1});
        }
        writeFile(path("two.gz"), contents(path("packed.csv")) + contents(path("packed.csv"))); // members are one text
        const auto two = readCandleFile(path("two.gz"));
        QVERIFY2(two, failure(two).c_str());
        QCOMPARE(two->rejected, 1); // the second header
        QCOMPARE(two->duplicates, 1);
    }

    void allTablesOfAZipAreRead()
    {
        writeZip(path("year.zip"),
            {{"b/2024-02.csv", "1706745600000,2,2,2,2,2\nbad,1,1,1,1,1\n"}, {"a/2024-01.CSV", "open_time,open,close,high,low,volume\n1704067200000,1,3,4,1,1\n1706745600000,9,9,9,9,9\n"},
                {"readme.txt", "x"}, {"__MACOSX/a/2024-01.csv", "y"}, {"empty.csv", ""}});
        const auto read = readCandleFile(path("year.zip"));
        QVERIFY2(read, failure(read).c_str());
        QCOMPARE(read->rows.size(), std::size_t {2});
        QCOMPARE(read->rows[0].high, 4.0);
        QCOMPARE(read->rows[1].high, 2.0); // by name b comes after a
        QCOMPARE(read->conflicts, 1);
        QCOMPARE(read->rejects.front(), (RejectedRow {"b/2024-02.csv", 2, "open_time is no time: 'bad'"}));
        writeZip(path("none.zip"), {{"readme.txt", "x"}});
        QVERIFY(readCandleFile(path("none.zip")).error().detail.find("without a .csv") != std::string::npos);
    }

    void damagedAndMissingFilesAreSaid()
    {
        std::string text = "time,open,high,low,close,volume\n";
        std::mt19937 random(3);
        for (int i = 0; i < 20'000; ++i)
            text += std::to_string(1'700'000'000 + i * 60) + "," + std::to_string(random()) + ",1,1,1,1\n";
        writeGzip(path("whole.gz"), text);
        writeZip(path("whole.zip"), {{"a.csv", text}});
        QCOMPARE(readCandleFile(path("whole.gz"))->rows.size(), std::size_t {20'000}); // lines across pieces
        for (const char* name : {"whole.gz", "whole.zip"}) {
            const std::string bytes = contents(path(name));
            writeFile(path("cut"), std::string_view(bytes).substr(0, bytes.size() * 2 / 3));
            QCOMPARE(readCandleFile(path("cut")).error().code, ErrorCode::Corrupt);
            std::string flipped = bytes;
            flipped[bytes.size() / 2] = static_cast<char>(flipped[bytes.size() / 2] ^ 0x10);
            writeFile(path("flipped"), flipped);
            QCOMPARE(readCandleFile(path("flipped")).error().code, ErrorCode::Corrupt);
        }
        QCOMPARE(readCandleFile(path("nowhere.csv")).error().code, ErrorCode::NotFound);
        QCOMPARE(readCandleFile(m_dir.path().toStdString()).error().code, ErrorCode::InvalidArgument);
        std::stop_source source;
        source.request_stop();
        QCOMPARE(readCandleFile(path("whole.gz"), {}, source.get_token()).error().code, ErrorCode::Cancelled);
    }

    void aWrongTimeframeIsWarnedOf()
    {
        std::string text = "time,open,high,low,close,volume\n";
        for (int i = 0; i < 50; ++i)
            text += std::to_string(1'700'000'100 + i * 300) + ",1,1,1,1,1\n";
        CandleFileOptions options;
        options.timeframe = Timeframe::fromName("1m");
        QCOMPARE(readCandleText(text, "a.csv", options)->warnings.size(), std::size_t {1});
        QVERIFY(readCandleText(text, "a.csv", options)->warnings.front().find("is its timeframe 5m?") != std::string::npos);
        options.timeframe = Timeframe::fromName("5m");
        QVERIFY(readCandleText(text, "a.csv", options)->warnings.empty());
    }

    void whatIsWrittenReadsBack()
    {
        std::mt19937_64 random(11);
        std::vector<Candle> candles;
        for (int i = 0; i < 5000; ++i) {
            const auto any = [&] { return std::ldexp(static_cast<double>(random() >> 11U), static_cast<int>(random() % 120) - 110); };
            Candle candle {fromMs(1'700'000'000'000 + i * 60'000), any(), any(), any(), any(), any()};
            if (i % 3)
                candle.quoteVolume = any();
            if (i % 2)
                candle.trades = static_cast<std::int64_t>(random() % 1'000'000);
            candles.push_back(candle);
        }
        candles[0] = {fromMs(1'700'000'000'000), 1.2e-9, 1e15, 0.1, 1, 0};
        auto csv = CandleWriter::toFile(path("out.csv"), CandleFormat::Csv);
        QVERIFY(csv && (*csv)->write(candles) && !fs::exists(path("out.csv")) && (*csv)->finish());
        QVERIFY(contents(path("out.csv")).starts_with("open_time,open,high,low,close,volume,quote_volume,trades\n1700000000000,0.0000000012,1000000000000000,0.1,1,0,,\n"));
        const auto back = readCandleFile(path("out.csv"));
        QVERIFY2(back, failure(back).c_str());
        QVERIFY(back->rows == candles);

        auto json = CandleWriter::toFile(path("out.json"), CandleFormat::Json);
        QVERIFY(json && (*json)->write(candles) && (*json)->finish());
        const auto array = nlohmann::json::parse(contents(path("out.json")));
        QCOMPARE(array.size(), candles.size());
        for (std::size_t i = 0; i < candles.size(); ++i) {
            QCOMPARE(array[i]["open_time"].get<std::int64_t>(), toMs(candles[i].openTime));
            QVERIFY(array[i]["high"].get<double>() == candles[i].high && array[i]["volume"].get<double>() == candles[i].volume);
            QCOMPARE(array[i]["quote_volume"].is_null(), !candles[i].quoteVolume);
            QCOMPARE(array[i]["trades"].is_null(), !candles[i].trades);
        }
    }

    void anEmptyExportIsValid()
    {
        for (const auto& [format, text] : {std::pair {CandleFormat::Csv, "open_time,open,high,low,close,volume,quote_volume,trades\n"}, std::pair {CandleFormat::Json, "[]\n"}}) {
            std::FILE* stream = std::tmpfile();
            QVERIFY(CandleWriter::toStream(stream, format)->finish());
            std::rewind(stream);
            char buffer[100] = {};
            QVERIFY(std::fread(buffer, 1, sizeof buffer - 1, stream) > 0);
            QCOMPARE(std::string(buffer), std::string(text));
            std::fclose(stream);
        }
        auto json = CandleWriter::toFile(path("nan.json"), CandleFormat::Json);
        QVERIFY((*json)->write(Candle {fromMs(0), std::numeric_limits<double>::quiet_NaN()}) && (*json)->finish());
        QVERIFY(nlohmann::json::parse(contents(path("nan.json")))[0]["open"].is_null());
    }

    void anUnfinishedExportLeavesTheOldFile()
    {
        writeFile(path("kept.csv"), "old");
        {
            auto writer = CandleWriter::toFile(path("kept.csv"), CandleFormat::Csv);
            QVERIFY(writer && (*writer)->write(Candle {}));
        }
        QCOMPARE(contents(path("kept.csv")), std::string("old"));
        for (const auto& entry : fs::directory_iterator(m_dir.path().toStdString()))
            QVERIFY(entry.path().string().find(".part") == std::string::npos);
        QCOMPARE(CandleWriter::toFile(path("no/such/folder.csv"), CandleFormat::Csv).error().code, ErrorCode::StorageFailed);
        QCOMPARE(CandleWriter::toFile(m_dir.path().toStdString(), CandleFormat::Csv).error().code, ErrorCode::InvalidArgument);
    }

    void aFullDiskIsSaid()
    {
        std::FILE* full = std::fopen("/dev/full", "w");
        if (!full)
            QSKIP("there is no /dev/full");
        std::setvbuf(full, nullptr, _IONBF, 0);
        const auto writer = CandleWriter::toStream(full, CandleFormat::Csv, "the export");
        const auto finished = writer->finish();
        std::fclose(full);
        QVERIFY(!finished);
        QCOMPARE(finished.error().code, ErrorCode::StorageFull);
        QVERIFY(finished.error().detail.starts_with("the export cannot be written"));
    }
};

QTEST_APPLESS_MAIN(TestCandleFile)
#include "tst_candlefile.moc"
