// The simulator's archive of files, and what can be wrong with it.
#include <QtTest>

#include "app/simulator/archivefiles.h"
#include "core/base/sha256.h"
#include "simulatorworld.h"

using namespace mnemo;
using namespace mnemo::sim;

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

    void badFaultsAreRefused()
    {
        for (const char* text : {"corupt=1", "corrupt=2", "corrupt=x"})
            QVERIFY2(!parseFileFaultPlan(text), text);
    }
};

QTEST_GUILESS_MAIN(TestArchiveFiles)
#include "tst_archivefiles.moc"
