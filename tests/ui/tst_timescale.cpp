#include <QTest>

#include "core/base/timetext.h"
#include "ui/chart/timescale.h"

using namespace mnemo;

class tst_TimeScale : public QObject {
    Q_OBJECT
private slots:
    void mapsToPixelsAndBack();
    void panComesBack();
    void zoomKeepsTheTimeUnderTheCursor();
    void zoomIsBounded();
    void ticksAreRound_data();
    void ticksAreRound();
    void ticksKeepTheirDistance_data();
    void ticksKeepTheirDistance();
    void newDayIsMajor();
};

static UtcMs at(const char* text)
{
    return *parseTime(text);
}

void tst_TimeScale::mapsToPixelsAndBack()
{
    TimeScale scale {double(toMs(at("2024-03-10 00:00"))), 30'000, 1000};
    QCOMPARE(scale.toX(at("2024-03-10 00:00")), 0.0);
    QCOMPARE(scale.toX(at("2024-03-10 00:01")), 2.0);
    for (int x = -50; x < 1050; x += 7)
        QCOMPARE(scale.toX(scale.toTime(x)), double(x));
    QCOMPARE(toMs(scale.visible().from), toMs(at("2024-03-10 00:00")));
    QCOMPARE(toMs(scale.visible().to), toMs(at("2024-03-10 08:20")));
}

void tst_TimeScale::panComesBack()
{
    TimeScale scale {double(toMs(at("2024-03-10"))), 17'333.3, 1000};
    const TimeScale before = scale;
    for (int i = 0; i < 1000; ++i)
        scale.panBy(i % 2 ? 3.5 : -3.5);
    QVERIFY(std::abs(scale.from - before.from) < 1);
}

void tst_TimeScale::zoomKeepsTheTimeUnderTheCursor()
{
    TimeScale scale {double(toMs(at("2024-03-10"))), 60'000, 1000};
    const UtcMs under = scale.toTime(333);
    scale.zoomBy(1.25, 333, 100, 1e9);
    QVERIFY(std::abs(toMs(scale.toTime(333)) - toMs(under)) <= 1);
    QCOMPARE(scale.msPerPixel, 48'000.0);
}

void tst_TimeScale::zoomIsBounded()
{
    TimeScale scale {0, 60'000, 1000};
    scale.zoomBy(1e9, 500, 750, 1e9);
    QCOMPARE(scale.msPerPixel, 750.0);
    scale.zoomBy(1e-12, 500, 750, 1e9);
    QCOMPARE(scale.msPerPixel, 1e9);
}

void tst_TimeScale::ticksAreRound_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<double>("msPerPixel");
    QTest::addColumn<QList<QByteArray>>("first");
    QTest::newRow("minutes") << QByteArray("2024-03-10 09:58") << 6'000.0
                             << QList<QByteArray> {"2024-03-10 10:00", "2024-03-10 10:10", "2024-03-10 10:20"};
    QTest::newRow("hours over midnight") << QByteArray("2024-03-09 22:30") << 60'000.0
                                         << QList<QByteArray> {"2024-03-10 00:00", "2024-03-10 02:00"};
    QTest::newRow("days") << QByteArray("2024-02-27 12:00") << 600'000.0
                          << QList<QByteArray> {
                                 "2024-02-28 00:00", "2024-02-29 00:00", "2024-03-01 00:00", "2024-03-02 00:00"};
    QTest::newRow("five days start again each month")
        << QByteArray("2024-02-20 12:00") << 4'000'000.0
        << QList<QByteArray> {"2024-02-21 00:00", "2024-02-26 00:00", "2024-03-01 00:00", "2024-03-06 00:00"};
    QTest::newRow("months") << QByteArray("2023-11-15") << 26'000'000.0
                            << QList<QByteArray> {
                                   "2023-12-01 00:00", "2024-01-01 00:00", "2024-02-01 00:00", "2024-03-01 00:00"};
    QTest::newRow("years before 1970") << QByteArray("1966-06-01") << 310'000'000.0
                                       << QList<QByteArray> {"1967-01-01 00:00", "1968-01-01 00:00"};
}

void tst_TimeScale::ticksAreRound()
{
    QFETCH(QByteArray, from);
    QFETCH(double, msPerPixel);
    QFETCH(QList<QByteArray>, first);
    const TimeScale scale {double(toMs(at(from.constData()))), msPerPixel, 800};
    const auto ticks = timeTicks(scale, 100);
    QVERIFY(ticks.size() >= size_t(first.size()));
    for (int i = 0; i < first.size(); ++i) {
        QCOMPARE(QByteArray::fromStdString(formatShort(ticks[size_t(i)].time)), first[i]);
        QCOMPARE(ticks[size_t(i)].x, scale.toX(ticks[size_t(i)].time));
    }
}

void tst_TimeScale::ticksKeepTheirDistance_data()
{
    QTest::addColumn<double>("msPerPixel");
    for (double ms = 50; ms < 1e9; ms *= 1.7)
        QTest::addRow("%.0f ms a pixel", ms) << ms;
}

void tst_TimeScale::ticksKeepTheirDistance()
{
    QFETCH(double, msPerPixel);
    const TimeScale scale {double(toMs(at("2023-12-28 07:13"))), msPerPixel, 1600};
    const auto ticks = timeTicks(scale, 80);
    QVERIFY(ticks.size() >= 2);
    QVERIFY(ticks.size() <= 21);
    for (size_t i = 1; i < ticks.size(); ++i) {
        QVERIFY(ticks[i - 1].time < ticks[i].time);
        QVERIFY2(ticks[i].x - ticks[i - 1].x >= 40, qPrintable(ticks[i].label)); // months of 28 days, ends of months
        QVERIFY(!ticks[i].label.isEmpty());
    }
}

void tst_TimeScale::newDayIsMajor()
{
    const TimeScale scale {double(toMs(at("2023-12-31 20:00"))), 30'000, 1000};
    int majors = 0;
    for (const TimeTick& tick : timeTicks(scale, 100)) {
        if (!tick.isMajor)
            continue;
        ++majors;
        QCOMPARE(tick.time, at("2024-01-01"));
        QCOMPARE(tick.label, QStringLiteral("2024"));
    }
    QCOMPARE(majors, 1);
}

QTEST_GUILESS_MAIN(tst_TimeScale)
#include "tst_timescale.moc"
