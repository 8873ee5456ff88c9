// The simulator's archive of files, and what can be wrong with it.
#include <QtTest>

#include <zip.h>

#include "app/simulator/archivefiles.h"
#include "core/base/sha256.h"
#include "core/base/timetext.h"
#include "simulatorworld.h"

using namespace mnemo;
using namespace mnemo::sim;

namespace {

/// Made-up markets, which have open interest and pay funding.
struct Crowd {
    explicit Crowd(const char* faults = "")
    {
        if (!store.addSynthetic(3, {"binance"}))
            qFatal("no such exchange");
        simulator = std::make_unique<Simulator>(store, feed, FaultPlan {}, LimitMode {}, 1, parseFileFaultPlan(faults).value());
    }
    Answer get(const std::string& target) { return simulator->reply("GET", target, {}).answer; }
    nlohmann::json rest(const std::string& target) { return nlohmann::json::parse(get(target).body); }

    FakeClock clock {parseTime("2025-03-20").value()};
    MarketStore store;
    Feed feed {clock, {}};
    std::unique_ptr<Simulator> simulator;
};

/// The lines of the one file in a zip, split at commas.
QList<QByteArrayList> linesOf(const std::string& zip)
{
    zip_error_t error;
    zip_source_t* const source = zip_source_buffer_create(zip.data(), zip.size(), 0, &error);
    zip_t* const archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (!archive)
        return {};
    QByteArray text(1 << 20, '\0');
    zip_file_t* const file = zip_fopen_index(archive, 0, 0);
    text.resize(file ? static_cast<qsizetype>(zip_fread(file, text.data(), static_cast<zip_uint64_t>(text.size()))) : 0);
    zip_fclose(file);
    zip_close(archive);
    QList<QByteArrayList> lines;
    for (const QByteArray& line : text.trimmed().split('\n'))
        lines << line.split(',');
    return lines;
}

const std::string interestFile = "/data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2025-03-18.zip";
const std::string fundingFile = "/data/futures/um/monthly/fundingRate/SOLUSDT/SOLUSDT-fundingRate-2025-02.zip";

} // namespace

class TestArchiveFiles : public QObject {
    Q_OBJECT

private slots:
    void daysThatAreOverAreThere()
    {
        World world;
        const std::string folder = "data/spot/daily/klines/BTCUSDT/1m/";
        const auto keys = [&](const std::string& marker) {
            const std::string xml = world.get("/binance/data.binance.vision?delimiter=/&prefix=" + folder + "&marker=" + marker).answer.body;
            QStringList names;
            for (std::size_t at = xml.find("<Key>"); at != std::string::npos; at = xml.find("<Key>", at + 1))
                names << QString::fromStdString(xml.substr(at + 5 + folder.size(), xml.find("</Key>", at) - at - 5 - folder.size()));
            return names.join(u' ');
        };
        // the bars begin on the 14th; files of the 16th come on the 17th at 3 o'clock
        QCOMPARE(keys(""), QStringLiteral("BTCUSDT-1m-2023-11-14.zip BTCUSDT-1m-2023-11-14.zip.CHECKSUM BTCUSDT-1m-2023-11-15.zip BTCUSDT-1m-2023-11-15.zip.CHECKSUM"));
        QCOMPARE(keys(folder + "BTCUSDT-1m-2023-11-14.zip.CHECKSUM"), QStringLiteral("BTCUSDT-1m-2023-11-15.zip BTCUSDT-1m-2023-11-15.zip.CHECKSUM"));
        QCOMPARE(world.get("/binance/" + folder + "BTCUSDT-1m-2023-11-16.zip").answer.status, 404);
        world.clock.set(world.clock.now() + std::chrono::hours {3});
        QCOMPARE(world.get("/binance/" + folder + "BTCUSDT-1m-2023-11-16.zip").answer.status, 200);
        QCOMPARE(world.get("/bybit/" + folder + "BTCUSDT-1m-2023-11-16.zip").answer.status, 404);
    }

    void faultsShow_data()
    {
        QTest::addColumn<QByteArray>("faults");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("fits"); // the checksum
        QTest::newRow("none") << QByteArray() << 200 << true;
        QTest::newRow("damaged") << QByteArray("corrupt=1") << 200 << true;
        QTest::newRow("another checksum") << QByteArray("checksum=1") << 200 << false;
        QTest::newRow("absent") << QByteArray("missing=1") << 404 << false;
        QTest::newRow("to be replaced") << QByteArray("amended=1") << 200 << true;
    }
    void faultsShow()
    {
        QFETCH(QByteArray, faults);
        QFETCH(int, status);
        QFETCH(bool, fits);
        World world;
        const std::string path = "/binance/data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2023-11-15.zip";
        const std::string sound = world.get(path).answer.body;
        world.simulator = std::make_unique<Simulator>(
            world.store, world.feed, FaultPlan {}, LimitMode {}, 1, parseFileFaultPlan(faults.toStdString()).value());
        const Answer file = world.get(path).answer;
        QCOMPARE(file.status, status);
        QCOMPARE(file.body == sound, faults.isEmpty() || faults.startsWith("checksum"));
        QCOMPARE(world.get(path + ".CHECKSUM").answer.body == sha256Hex(file.body) + "  BTCUSDT-1m-2023-11-15.zip\n", fits);
        world.clock.set(world.clock.now() + std::chrono::days {10});
        QCOMPARE(world.get(path).answer.body == sound, faults.isEmpty() || faults.startsWith("checksum") || faults.startsWith("amended"));
    }

    /// Digit for digit what REST tells of the same moments.
    void openInterestIsThatOfRest()
    {
        Crowd crowd;
        const auto lines = linesOf(crowd.get(interestFile).body);
        QCOMPARE(lines.size(), 1 + 288);
        QCOMPARE(lines[0].join(','), QByteArray("create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,"
                                                "sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio"));
        const auto rows = crowd.rest("/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&limit=288&startTime=" + std::to_string(toMs(*parseTime("2025-03-18"))));
        QCOMPARE(rows.size(), std::size_t {288});
        for (int i = 0; i < 288; ++i) {
            const auto& row = rows[static_cast<std::size_t>(i)];
            const QByteArrayList& line = lines[1 + i];
            QCOMPARE(line.size(), 8);
            QCOMPARE(toMs(*parseTime(line[0].toStdString())), row["timestamp"].get<std::int64_t>());
            QCOMPARE(line[1], QByteArray("BTCUSDT"));
            QCOMPARE(line[2], QByteArray::fromStdString(row["sumOpenInterest"]));
            QCOMPARE(line[3], QByteArray::fromStdString(row["sumOpenInterestValue"]));
            QVERIFY(line[6].toDouble() > 0.5 && line[6].toDouble() < 3);
        }
        QCOMPARE(lines[1][0], QByteArray("2025-03-18 00:00:00"));
    }

    void fundingIsThatOfRest()
    {
        Crowd crowd;
        const auto lines = linesOf(crowd.get(fundingFile).body);
        QCOMPARE(lines.size(), 1 + 28 * 6); // each four hours
        QCOMPARE(lines[0].join(','), QByteArray("calc_time,funding_interval_hours,last_funding_rate"));
        const auto rows = crowd.rest("/fapi/v1/fundingRate?symbol=SOLUSDT&limit=168&startTime=" + std::to_string(toMs(*parseTime("2025-02-01"))));
        QCOMPARE(rows.size(), std::size_t {168});
        for (int i = 0; i < 168; ++i) {
            const auto& row = rows[static_cast<std::size_t>(i)];
            QCOMPARE(lines[1 + i].join(','), QByteArray::number(row["fundingTime"].get<qint64>()) + ",4," + QByteArray::fromStdString(row["fundingRate"]));
        }
    }

    void metricsAreWhereTheExchangeHasThem_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<int>("status");
        QTest::newRow("the first day") << QByteArray("futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2021-12-01") << 200;
        QTest::newRow("the day before it") << QByteArray("futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2021-11-30") << 404;
        QTest::newRow("of the day that runs") << QByteArray("futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2025-03-19") << 404;
        QTest::newRow("by the month") << QByteArray("futures/um/monthly/metrics/BTCUSDT/BTCUSDT-metrics-2025-02") << 404;
        QTest::newRow("of spot") << QByteArray("spot/daily/metrics/BTCUSDT/BTCUSDT-metrics-2025-03-18") << 404;
        QTest::newRow("of coins") << QByteArray("futures/cm/daily/metrics/BTCUSD_PERP/BTCUSD_PERP-metrics-2025-03-18") << 404;
        QTest::newRow("nobody's") << QByteArray("futures/um/daily/metrics/FOOUSDT/FOOUSDT-metrics-2025-03-18") << 404;
        QTest::newRow("funding") << QByteArray("futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2025-02") << 200;
        QTest::newRow("funding of the month that runs") << QByteArray("futures/um/monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2025-03") << 404;
        QTest::newRow("funding by the day") << QByteArray("futures/um/daily/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2025-03-18") << 404;
    }
    void metricsAreWhereTheExchangeHasThem()
    {
        QFETCH(QByteArray, key);
        QFETCH(int, status);
        Crowd crowd;
        QCOMPARE(crowd.get("/data/" + key.toStdString() + ".zip").status, status);
        const std::string prefix = "data/" + key.toStdString().substr(0, key.lastIndexOf('/') + 1);
        const std::string before = key.startsWith("futures/um/daily/metrics/BTC") ? prefix + "BTCUSDT-metrics-2025-03-01.zip" : "";
        const std::string xml = crowd.get("/data.binance.vision?delimiter=/&prefix=" + prefix + "&marker=" + before).body;
        QCOMPARE(xml.find("<Key>data/" + key.toStdString() + ".zip</Key>") != std::string::npos, status == 200 && before.empty());
        QCOMPARE(xml.find("metrics-2025-03-18.zip.CHECKSUM</Key>") != std::string::npos, !before.empty());
    }

    void marketsOfFilesTellNoMetrics()
    {
        World world;
        QCOMPARE(world.get("/binance/data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2023-11-15.zip").answer.status, 404);
    }

    void faultsShowInMetrics_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("faults");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("fits");
        QTest::addColumn<int>("differing"); // rows; -1: cannot be read
        for (const auto& [name, path, wrong] : {std::tuple("open interest", interestFile, 3), std::tuple("funding", fundingFile, 6)}) {
            const QByteArray file = QByteArray::fromStdString(path);
            QTest::addRow("%s damaged", name) << file << QByteArray("corrupt=1") << 200 << true << -1;
            QTest::addRow("%s with another checksum", name) << file << QByteArray("checksum=1") << 200 << false << 0;
            QTest::addRow("%s absent", name) << file << QByteArray("missing=1") << 404 << false << -1;
            QTest::addRow("%s to be replaced", name) << file << QByteArray("amended=1") << 200 << true << wrong;
        }
    }
    void faultsShowInMetrics()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, faults);
        QFETCH(int, status);
        QFETCH(bool, fits);
        QFETCH(int, differing);
        Crowd sound, crowd(faults.constData());
        for (Crowd* each : {&sound, &crowd})
            each->clock.set(parseTime(path.contains("metrics") ? "2025-03-20" : "2025-03-05").value()); // soon after it was published
        const Answer file = crowd.get(path.toStdString());
        QCOMPARE(file.status, status);
        const std::string name = path.toStdString().substr(static_cast<std::size_t>(path.lastIndexOf('/')) + 1);
        QCOMPARE(crowd.get(path.toStdString() + ".CHECKSUM").body == sha256Hex(file.body) + "  " + name + "\n", fits);
        const auto right = linesOf(sound.get(path.toStdString()).body);
        QVERIFY(right.size() > 100);
        const auto rows = faults.startsWith("corrupt") || status != 200 ? QList<QByteArrayList>() : linesOf(file.body);
        int count = differing < 0 ? -1 : 0;
        for (qsizetype i = 0; i < rows.size(); ++i)
            count += rows[i] == right[i] ? 0 : 1;
        QCOMPARE(count, differing);
        QCOMPARE(file.body == sound.get(path.toStdString()).body, faults.startsWith("checksum"));
        for (Crowd* each : {&sound, &crowd})
            each->clock.set(each->clock.now() + std::chrono::days {15});
        QCOMPARE(crowd.get(path.toStdString()).body == sound.get(path.toStdString()).body, faults.startsWith("checksum") || faults.startsWith("amended"));
    }

    void badFaultsAreRefused()
    {
        for (const char* text : {"corupt=1", "corrupt=2", "corrupt=x"})
            QVERIFY2(!parseFileFaultPlan(text), text);
    }
};

QTEST_GUILESS_MAIN(TestArchiveFiles)
#include "tst_archivefiles.moc"
