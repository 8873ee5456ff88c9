// Days, hours and labels on the clocks of zones that change them.
#include <QTest>

#include "core/base/timetext.h"
#include "ui/chart/timescale.h"

using namespace mnemo;

class tst_ChartZone : public QObject {
    Q_OBJECT
private slots:
    void utcIsItself();
    void idsComeBack_data();
    void idsComeBack();
    void offsetFollowsSummerTime();
    void dayStartsWhereTheZoneSays_data();
    void dayStartsWhereTheZoneSays();
    void dayTicksFollowTheZone_data();
    void dayTicksFollowTheZone();
    void hourTicksOverAChange_data();
    void hourTicksOverAChange();
    void ticksAscendEverywhere_data();
    void ticksAscendEverywhere();
    void typedTimesAreTheZones_data();
    void typedTimesAreTheZones();
};

static UtcMs at(const QByteArray& text)
{
    return *parseTime(text.toStdString());
}

static ChartZone zone(const char* id)
{
    return *ChartZone::fromId(id);
}

void tst_ChartZone::utcIsItself()
{
    const ChartZone utc;
    QVERIFY(utc.isUtc());
    QCOMPARE(utc.timeText(at("2024-03-10 09:08")), QStringLiteral("2024-03-10 09:08"));
    QCOMPARE(utc.nameAt(at("2024-03-10")), QStringLiteral("UTC"));
    QVERIFY(utc.isDayStart(at("2024-03-10")));
    QVERIFY(!utc.isDayStart(at("2024-03-10 01:00")));
}

void tst_ChartZone::idsComeBack_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<bool>("isKnown");
    QTest::newRow("UTC") << QByteArray("UTC") << true;
    QTest::newRow("local") << QByteArray("local") << true;
    QTest::newRow("a city") << QByteArray("Asia/Kolkata") << true;
    QTest::newRow("nowhere") << QByteArray("Mars/Base") << false;
    QTest::newRow("nothing") << QByteArray() << false;
}

void tst_ChartZone::idsComeBack()
{
    QFETCH(QByteArray, id);
    QFETCH(bool, isKnown);
    const auto found = ChartZone::fromId(id);
    QCOMPARE(found.has_value(), isKnown);
    if (found)
        QCOMPARE(found->id(), id);
}

void tst_ChartZone::offsetFollowsSummerTime()
{
    const ChartZone berlin = zone("Europe/Berlin");
    QCOMPARE(berlin.offsetAt(at("2024-01-15")), std::chrono::hours {1});
    QCOMPARE(berlin.offsetAt(at("2024-07-15")), std::chrono::hours {2});
    QCOMPARE(berlin.timeText(at("2024-07-15 10:00")), QStringLiteral("2024-07-15 12:00"));
    QCOMPARE(berlin.nameAt(at("2024-07-15")), QStringLiteral("CEST, UTC+02:00"));
    QCOMPARE(zone("America/New_York").nameAt(at("2024-01-15")), QStringLiteral("EST, UTC\u221205:00"));
    QCOMPARE(zone("America/New_York").shortName(), QStringLiteral("New York"));
}

void tst_ChartZone::dayStartsWhereTheZoneSays_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("day");
    QTest::addColumn<QByteArray>("start");
    QTest::newRow("half an hour") << QByteArray("Asia/Kolkata") << QByteArray("2024-03-10")
                                  << QByteArray("2024-03-09 18:30");
    QTest::newRow("summer") << QByteArray("Europe/Berlin") << QByteArray("2024-07-10")
                            << QByteArray("2024-07-09 22:00");
    QTest::newRow("the day of the change")
        << QByteArray("Europe/Berlin") << QByteArray("2024-03-31") << QByteArray("2024-03-30 23:00");
    QTest::newRow("the day after it") << QByteArray("Europe/Berlin") << QByteArray("2024-04-01")
                                      << QByteArray("2024-03-31 22:00");
    QTest::newRow("midnight is left out")
        << QByteArray("Asia/Beirut") << QByteArray("2024-03-31") << QByteArray("2024-03-30 22:00");
}

void tst_ChartZone::dayStartsWhereTheZoneSays()
{
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, day);
    QFETCH(QByteArray, start);
    const ChartZone there = zone(id.constData());
    const UtcMs begins = there.startOf(std::chrono::floor<std::chrono::days>(at(day)));
    QCOMPARE(QByteArray::fromStdString(formatShort(begins)), start);
    QVERIFY(there.isDayStart(begins));
    QVERIFY(!there.isDayStart(begins + std::chrono::hours {1}));
    QVERIFY(!there.isDayStart(begins - std::chrono::hours {1}));
}

void tst_ChartZone::dayTicksFollowTheZone_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QList<int>>("hours"); ///< between neighbouring days
    QTest::newRow("UTC in spring") << QByteArray("UTC") << QByteArray("2024-03-29") << QList<int> {24, 24, 24};
    QTest::newRow("spring: a day of 23 hours")
        << QByteArray("Europe/Berlin") << QByteArray("2024-03-29 12:00") << QList<int> {24, 23, 24};
    QTest::newRow("autumn: a day of 25 hours")
        << QByteArray("Europe/Berlin") << QByteArray("2024-10-25 12:00") << QList<int> {24, 25, 24};
    QTest::newRow("New York in autumn") << QByteArray("America/New_York") << QByteArray("2024-11-01 12:00")
                                        << QList<int> {24, 25, 24};
    QTest::newRow("Lord Howe: half an hour")
        << QByteArray("Australia/Lord_Howe") << QByteArray("2024-04-05 00:00") << QList<int> {24, 24, 24};
}

void tst_ChartZone::dayTicksFollowTheZone()
{
    QFETCH(QByteArray, id);
    QFETCH(QByteArray, from);
    QFETCH(QList<int>, hours);
    const TimeScale scale {double(toMs(at(from))), 600'000, 800};
    const auto ticks = timeTicks(scale, 120, zone(id.constData()));
    QVERIFY(ticks.size() > size_t(hours.size()));
    for (int i = 0; i < hours.size(); ++i) {
        const auto step = ticks[size_t(i) + 1].time - ticks[size_t(i)].time;
        const int expected = id.startsWith("Australia") && step != std::chrono::hours {24} ? 0 : hours[i];
        if (expected != 0)
            QCOMPARE(step, milliseconds(std::chrono::hours {expected}));
        else
            QCOMPARE(step, milliseconds(std::chrono::minutes {24 * 60 + 30}));
        QVERIFY(zone(id.constData()).isDayStart(ticks[size_t(i)].time));
        QCOMPARE(ticks[size_t(i)].x, scale.toX(ticks[size_t(i)].time));
    }
}

void tst_ChartZone::hourTicksOverAChange_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<double>("spacing"); ///< hours at least between ticks
    QTest::addColumn<QStringList>("labels");
    QTest::newRow("spring, every hour: two o'clock is left out")
        << QByteArray("2024-03-30 22:30") << 0.9
        << QStringList {
               QStringLiteral("31 Mar"), QStringLiteral("01:00"), QStringLiteral("03:00"), QStringLiteral("04:00")};
    QTest::newRow("spring, every second hour")
        << QByteArray("2024-03-30 22:30") << 1.9
        << QStringList {QStringLiteral("31 Mar"), QStringLiteral("04:00"), QStringLiteral("06:00")};
    QTest::newRow("autumn, every hour: two o'clock comes twice")
        << QByteArray("2024-10-26 21:30") << 0.9
        << QStringList {QStringLiteral("27 Oct"), QStringLiteral("01:00"), QStringLiteral("02:00"),
               QStringLiteral("02:00"), QStringLiteral("03:00")};
    QTest::newRow("autumn, every sixth hour")
        << QByteArray("2024-10-26 21:30") << 5.9
        << QStringList {QStringLiteral("27 Oct"), QStringLiteral("06:00"), QStringLiteral("12:00")};
}

void tst_ChartZone::hourTicksOverAChange()
{
    QFETCH(QByteArray, from);
    QFETCH(double, spacing);
    QFETCH(QStringList, labels);
    QLocale::setDefault(QLocale::c());
    const TimeScale scale {double(toMs(at(from))), 60'000, 2000};
    const auto ticks = timeTicks(scale, spacing * 60, zone("Europe/Berlin"));
    QStringList seen;
    for (const TimeTick& tick : ticks)
        seen << tick.label;
    QCOMPARE(seen.mid(0, labels.size()), labels);
}

void tst_ChartZone::ticksAscendEverywhere_data()
{
    QTest::addColumn<QByteArray>("id");
    for (const char* id : {"Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia",
             "Asia/Kathmandu", "America/St_Johns"})
        QTest::newRow(id) << QByteArray(id);
}

void tst_ChartZone::ticksAscendEverywhere()
{
    QFETCH(QByteArray, id);
    const ChartZone there = zone(id.constData());
    for (const char* from : {"2011-12-28 05:00", "2018-11-03 01:00", "2024-03-30 10:00", "2024-10-26 10:00"}) {
        for (double ms = 300; ms < 1e8; ms *= 3.3) {
            const TimeScale scale {double(toMs(at(from))), ms, 1200};
            const auto ticks = timeTicks(scale, 90, there);
            QVERIFY(ticks.size() <= 16);
            QVERIFY(ticks.size() >= 1);
            for (size_t i = 1; i < ticks.size(); ++i)
                QVERIFY(ticks[i - 1].time < ticks[i].time);
        }
    }
}

void tst_ChartZone::typedTimesAreTheZones_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QByteArray>("meant"); ///< UTC; empty: refused
    QTest::newRow("a time") << QStringLiteral("2024-07-10 14:00") << QByteArray("2024-07-10 12:00");
    QTest::newRow("a date") << QStringLiteral(" 2024-01-10 ") << QByteArray("2024-01-09 23:00");
    QTest::newRow("its own zone") << QStringLiteral("2024-07-10T14:00Z") << QByteArray("2024-07-10 14:00");
    QTest::newRow("its own offset") << QStringLiteral("2024-07-10T14:00+05:00") << QByteArray("2024-07-10 09:00");
    QTest::newRow("milliseconds") << QStringLiteral("1704067200000") << QByteArray("2024-01-01 00:00");
    QTest::newRow("no such day") << QStringLiteral("2024-02-30") << QByteArray();
    QTest::newRow("words") << QStringLiteral("tomorrow") << QByteArray();
}

void tst_ChartZone::typedTimesAreTheZones()
{
    QFETCH(QString, typed);
    QFETCH(QByteArray, meant);
    const auto read = zone("Europe/Berlin").parse(typed);
    QCOMPARE(read.has_value(), !meant.isEmpty());
    if (read)
        QCOMPARE(QByteArray::fromStdString(formatShort(*read)), meant);
}

QTEST_GUILESS_MAIN(tst_ChartZone)
#include "tst_chartzone.moc"
