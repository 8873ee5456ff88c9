#include <QTest>

#include "core/base/timetext.h"
#include "core/market/grid.h"

using namespace mnemo;

class TestGrid : public QObject {
    Q_OBJECT
private slots:
    void floorAndNext_data()
    {
        QTest::addColumn<QByteArray>("frame");
        QTest::addColumn<qint64>("anchor");
        QTest::addColumn<QByteArray>("time");
        QTest::addColumn<QByteArray>("open");
        QTest::addColumn<QByteArray>("close");
        QTest::newRow("minute") << QByteArray("1m") << qint64(0) << QByteArray("2024-01-01T10:20:30Z") << QByteArray("2024-01-01T10:20:00.000Z") << QByteArray("2024-01-01T10:21:00.000Z");
        QTest::newRow("week opens on Monday") << QByteArray("1w") << qint64(4 * 86'400'000) << QByteArray("2024-01-04") << QByteArray("2024-01-01T00:00:00.000Z") << QByteArray("2024-01-08T00:00:00.000Z");
        QTest::newRow("week from Thursday") << QByteArray("1w") << qint64(0) << QByteArray("2024-01-03") << QByteArray("2023-12-28T00:00:00.000Z") << QByteArray("2024-01-04T00:00:00.000Z");
        QTest::newRow("leap February") << QByteArray("1M") << qint64(0) << QByteArray("2024-02-29T23:59Z") << QByteArray("2024-02-01T00:00:00.000Z") << QByteArray("2024-03-01T00:00:00.000Z");
        QTest::newRow("December") << QByteArray("1M") << qint64(0) << QByteArray("2023-12-31T23:59Z") << QByteArray("2023-12-01T00:00:00.000Z") << QByteArray("2024-01-01T00:00:00.000Z");
        QTest::newRow("day at UTC+8") << QByteArray("1d") << qint64(-8 * 3'600'000) << QByteArray("2024-01-01T17:00Z") << QByteArray("2024-01-01T16:00:00.000Z") << QByteArray("2024-01-02T16:00:00.000Z");
        QTest::newRow("before 1970") << QByteArray("1h") << qint64(0) << QByteArray("1969-12-31T23:30:00Z") << QByteArray("1969-12-31T23:00:00.000Z") << QByteArray("1970-01-01T00:00:00.000Z");
    }
    void floorAndNext()
    {
        QFETCH(QByteArray, frame);
        QFETCH(qint64, anchor);
        QFETCH(QByteArray, time);
        QFETCH(QByteArray, open);
        QFETCH(QByteArray, close);
        const Grid grid(*Timeframe::fromName(frame.toStdString()), milliseconds {anchor});
        const UtcMs at = *parseTime(time.toStdString());
        QCOMPARE(QByteArray::fromStdString(formatIso(grid.floor(at))), open);
        QCOMPARE(QByteArray::fromStdString(formatIso(grid.next(grid.floor(at)))), close);
        QCOMPARE(grid.count({grid.floor(at), grid.advance(grid.floor(at), 17)}), 17);
        QVERIFY(grid.isOpen(grid.ceil(at)));
        QVERIFY(grid.ceil(at) >= at);
    }
};

QTEST_APPLESS_MAIN(TestGrid)
#include "tst_grid.moc"
