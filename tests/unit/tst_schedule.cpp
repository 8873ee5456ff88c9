// When pipelines are due: cron in a zone with summer time, lengths, closes of bars.

#include <QtTest>

#include "core/base/timetext.h"
#include "core/pipeline/schedule.h"

using namespace mnemo;

namespace {

QString text(const std::optional<UtcMs>& time)
{
    return time ? QString::fromStdString(formatIso(*time)).left(16) : QStringLiteral("never");
}

QStringList list(std::initializer_list<const char*> words)
{
    QStringList all;
    for (const char* word : words)
        all << QString::fromLatin1(word);
    return all;
}

Schedule schedule(const char* when, const char* zone)
{
    const auto found = Zone::named(zone);
    if (!found)
        qFatal("%s", found.error().detail.c_str());
    const auto parsed = Schedule::parse(when, *found);
    if (!parsed)
        qFatal("%s", parsed.error().detail.c_str());
    return *parsed;
}

QStringList dueAfter(const Schedule& schedule, const char* from, int count)
{
    QStringList due;
    auto time = parseTime(from);
    for (int i = 0; i < count && time; ++i) {
        time = schedule.next(*time);
        due << text(time);
    }
    return due;
}

} // namespace

class TestSchedule : public QObject {
    Q_OBJECT

private slots:
    void due_data();
    void due();
    void previousAndInterval();
    void refused_data();
    void refused();
    void nextIsNeverMissed_data();
    void nextIsNeverMissed();
    void manualIsNeverDue();
};

void TestSchedule::due_data()
{
    QTest::addColumn<QByteArray>("when");
    QTest::addColumn<QByteArray>("zone");
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QStringList>("expected");

    const auto row = [](const char* name, const char* when, const char* zone, const char* from, std::initializer_list<const char*> expected) {
        QTest::newRow(name) << QByteArray(when) << QByteArray(zone) << QByteArray(from) << list(expected);
    };
    row("every 5m", "every 5m", "UTC", "2026-01-01T00:01Z", {"2026-01-01T00:05", "2026-01-01T00:10"});
    row("every 5m from a due time", "every 5m", "UTC", "2026-01-01T00:05Z", {"2026-01-01T00:10"});
    row("every 90m counts from 1970", "every 90m", "UTC", "1970-01-01T00:00Z", {"1970-01-01T01:30", "1970-01-01T03:00"});
    row("before 1970", "every 1h", "UTC", "1969-12-31T22:30Z", {"1969-12-31T23:00", "1970-01-01T00:00"});
    row("after the hour", "after 1h + 30s", "UTC", "2026-01-01T00:00:10Z", {"2026-01-01T00:00", "2026-01-01T01:00"});
    row("after the week", "after 1w + 2h", "UTC", "2026-01-01", {"2026-01-05T02:00", "2026-01-12T02:00"});
    row("after the month", "after 1M", "UTC", "2026-01-15", {"2026-02-01T00:00", "2026-03-01T00:00"});
    row("hourly", "@hourly", "UTC", "2026-01-01T00:30Z", {"2026-01-01T01:00", "2026-01-01T02:00"});
    row("list and range", "15,45 8-9 * * *", "UTC", "2026-01-01T08:20Z", {"2026-01-01T08:45", "2026-01-01T09:15", "2026-01-01T09:45", "2026-01-02T08:15"});
    row("steps", "*/20 0 * * *", "UTC", "2026-01-01", {"2026-01-01T00:20", "2026-01-01T00:40", "2026-01-02T00:00"});
    row("step from a number", "5/25 0 * * *", "UTC", "2026-01-01", {"2026-01-01T00:05", "2026-01-01T00:30", "2026-01-01T00:55"});
    row("weekdays by name", "0 9 * * mon-fri", "UTC", "2026-01-02T10:00Z", {"2026-01-05T09:00", "2026-01-06T09:00"});
    row("Sunday is 7", "0 9 * * 7", "UTC", "2026-01-01", {"2026-01-04T09:00"});
    row("month by name", "0 0 1 FEB *", "UTC", "2026-03-01", {"2027-02-01T00:00"});
    row("day or weekday", "0 0 13 * fri", "UTC", "2026-01-01", {"2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00", "2026-01-16T00:00"});
    row("29 February", "0 0 29 2 *", "UTC", "2026-01-01", {"2028-02-29T00:00", "2032-02-29T00:00"});
    row("29 February over 2100", "0 0 29 2 *", "UTC", "2096-03-01", {"2104-02-29T00:00"});
    row("30 February", "0 0 30 2 *", "UTC", "2026-01-01", {"never"});
    row("a zone", "0 3 * * *", "Europe/Berlin", "2026-01-01", {"2026-01-01T02:00", "2026-01-02T02:00"});
    row("half hours", "0 3 * * *", "Asia/Kolkata", "2026-01-01", {"2026-01-01T21:30"});
    // Berlin, 2026: at 01:00 UTC on 29 March 02:00 becomes 03:00, on 25 October 03:00 becomes 02:00
    row("summer begins: over it", "0 3 * * *", "Europe/Berlin", "2026-03-28T12:00Z", {"2026-03-29T01:00", "2026-03-30T01:00"});
    row("summer begins: in the hour left out", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", {"2026-03-29T01:00", "2026-03-30T00:30"});
    row("summer begins: twice in the hour left out", "15,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", {"2026-03-29T01:00", "2026-03-30T00:15"});
    row("summer begins: each hour", "0 * * * *", "Europe/Berlin", "2026-03-28T23:30Z", {"2026-03-29T00:00", "2026-03-29T01:00", "2026-03-29T02:00"});
    row("summer ends: in the hour that comes twice", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", {"2026-10-25T00:30", "2026-10-26T01:30"});
    row("summer ends: asked in the second hour", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:05Z", {"2026-10-26T01:30"});
    row("summer ends: after it", "0 3 * * *", "Europe/Berlin", "2026-10-24T12:00Z", {"2026-10-25T02:00", "2026-10-26T02:00"});
    row("summer ends: each hour", "0 * * * *", "Europe/Berlin", "2026-10-24T23:30Z", {"2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00"});
    row("summer ends: each quarter of an hour", "*/15 2 * * *", "Europe/Berlin", "2026-10-25T00:20Z",
        {"2026-10-25T00:30", "2026-10-25T00:45", "2026-10-25T01:00", "2026-10-25T01:15", "2026-10-25T01:30"});
    row("half an hour of summer time", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", {"2026-10-03T15:30", "2026-10-04T15:15"});
    row("a day left out", "0 12 * * *", "Pacific/Apia", "2011-12-29T00:00Z", {"2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00"});
}

void TestSchedule::due()
{
    QFETCH(QByteArray, when);
    QFETCH(QByteArray, zone);
    QFETCH(QByteArray, from);
    QFETCH(QStringList, expected);
    QCOMPARE(dueAfter(schedule(when.constData(), zone.constData()), from.constData(), static_cast<int>(expected.size())), expected);
}

void TestSchedule::previousAndInterval()
{
    const Schedule nightly = schedule("0 3 * * *", "UTC");
    const UtcMs due = *parseTime("2026-01-05T03:00Z");
    QCOMPARE(text(nightly.previous(due)), QStringLiteral("2026-01-04T03:00"));
    QVERIFY(nightly.interval(due) == (TimeRange {*parseTime("2026-01-04T03:00Z"), due}));
    QCOMPARE(text(schedule("0 0 29 2 *", "UTC").previous(due)), QStringLiteral("2024-02-29T00:00"));
    QCOMPARE(text(schedule("every 1s", "UTC").previous(due)), QStringLiteral("2026-01-05T02:59"));
    QVERIFY(Schedule().interval(due).isEmpty());
}

void TestSchedule::refused_data()
{
    QTest::addColumn<QByteArray>("when");
    QTest::addColumn<QByteArray>("names");
    QTest::newRow("four fields") << QByteArray("0 3 * *") << QByteArray("five fields");
    QTest::newRow("minute 60") << QByteArray("60 3 * * *") << QByteArray("minute");
    QTest::newRow("day 0") << QByteArray("0 3 0 * *") << QByteArray("day of the month");
    QTest::newRow("reversed") << QByteArray("0 9-3 * * *") << QByteArray("hour");
    QTest::newRow("step 0") << QByteArray("*/0 * * * *") << QByteArray("minute");
    QTest::newRow("word") << QByteArray("0 0 * foo *") << QByteArray("month");
    QTest::newRow("half a second") << QByteArray("every 0s") << QByteArray("at least a second");
    QTest::newRow("no unit") << QByteArray("every 5") << QByteArray("every 5m");
    QTest::newRow("no frame") << QByteArray("after 7m") << QByteArray("timeframe");
    QTest::newRow("long delay") << QByteArray("after 1m + 2m") << QByteArray("shorter");
    QTest::newRow("a word alone") << QByteArray("nightly") << QByteArray("manual");
    QTest::newRow("unknown at") << QByteArray("@nightly") << QByteArray("@daily");
}

void TestSchedule::refused()
{
    QFETCH(QByteArray, when);
    QFETCH(QByteArray, names);
    const auto parsed = Schedule::parse(when.toStdString());
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(parsed.error().detail.find(names.toStdString()) != std::string::npos, parsed.error().detail.c_str());
}

void TestSchedule::nextIsNeverMissed_data()
{
    QTest::addColumn<QByteArray>("when");
    for (const char* when : {"every 7m", "after 4h + 90s", "*/13 * * * *", "30 2 * * *", "0 0 1,15 * mon"})
        QTest::newRow(when) << QByteArray(when);
}

/// Asked from any moment, the next due time is one of the sequence, and none lies in between.
void TestSchedule::nextIsNeverMissed()
{
    QFETCH(QByteArray, when);
    const Schedule asked = schedule(when.constData(), "America/New_York");
    auto due = asked.next(*parseTime("2026-03-01"));
    for (int i = 0; i < 60; ++i) {
        const auto following = asked.next(*due);
        QVERIFY(following && *following > *due);
        const auto step = (*following - *due) / 7;
        for (int part = 0; part < 7; ++part)
            QCOMPARE(text(asked.next(*due + part * step)), text(following));
        QCOMPARE(text(asked.previous(*following)), text(due));
        due = following;
    }
}

void TestSchedule::manualIsNeverDue()
{
    QVERIFY(schedule("manual", "UTC").isManual());
    QVERIFY(!schedule("", "UTC").next(UtcMs {}));
    const auto zone = Zone::named("Europe/Belrin");
    QVERIFY(!zone);
    QVERIFY2(zone.error().detail.find("Europe/Berlin") != std::string::npos, zone.error().detail.c_str());
}

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
