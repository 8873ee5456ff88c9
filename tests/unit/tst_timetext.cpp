#include <limits>
#include <random>

#include <QTest>

#include "core/base/timetext.h"

using namespace mnemo;

class TestTimeText : public QObject {
    Q_OBJECT
private slots:
    void parses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected"); // empty: refused
        const auto row = [](const char* text, const char* expected) { QTest::newRow(text) << QByteArray(text) << QByteArray(expected); };
        row("2024-01-31", "2024-01-31T00:00:00.000Z");
        row("2024-01-31T10:20", "2024-01-31T10:20:00.000Z");
        row("2024-01-31 10:20:30", "2024-01-31T10:20:30.000Z");
        row("2024-01-31T10:20:30.5Z", "2024-01-31T10:20:30.500Z");
        row("2024-01-31T10:20:30.123456z", "2024-01-31T10:20:30.123Z");
        row("2024-01-31T10:20:30+02:00", "2024-01-31T08:20:30.000Z");
        row("2024-01-31T10:20:30-0530", "2024-01-31T15:50:30.000Z");
        row("2024-01-31T10:20+08", "2024-01-31T02:20:00.000Z");
        row("2024-01-31T24:00", "2024-02-01T00:00:00.000Z");
        row("2024-02-29", "2024-02-29T00:00:00.000Z");
        row("0", "1970-01-01T00:00:00.000Z");
        row("1706696430", "2024-01-31T10:20:30.000Z");
        row("1706696430123", "2024-01-31T10:20:30.123Z");
        row("1706696430123456", "2024-01-31T10:20:30.123Z");
        row("1706696430123456789", "2024-01-31T10:20:30.123Z");
        row("-1", "1969-12-31T23:59:59.000Z");
        row("", "");
        row("now", "");
        row("2024", "1970-01-01T00:33:44.000Z"); // an integer is a time, not a year
        row("2023-02-29", "");
        row("2024-13-01", "");
        row("2024-00-10", "");
        row("2024-1-31", "");
        row("2024-01-31T", "");
        row("2024-01-31T10", "");
        row("2024-01-31T25:00", "");
        row("2024-01-31T24:01", "");
        row("2024-01-31T10:60", "");
        row("2024-01-31T10:20:60", "");
        row("2024-01-31T10:20:30.", "");
        row("2024-01-31T10:20:30+2", "");
        row("2024-01-31T10:20:30+02:", "");
        row("2024-01-31T10:20:30+16:00", "");
        row("2024-01-31T10:20:30ZZ", "");
        row("2024-01-31x", "");
        row(" 2024-01-31", "");
        row("99999999999999999999", "");
    }
    void parses()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const auto time = parseTime(text.toStdString());
        QCOMPARE(time ? QByteArray::fromStdString(formatIso(*time)) : QByteArray(), expected);
    }

    void magnitudeOfExtremes()
    {
        QCOMPARE(toMs(fromMagnitude(std::numeric_limits<std::int64_t>::min())), std::int64_t(-9'223'372'036'855));
        QCOMPARE(toMs(fromMagnitude(std::numeric_limits<std::int64_t>::max())), std::int64_t(9'223'372'036'854));
        QCOMPARE(toMs(fromMagnitude(99'999'999'999)), std::int64_t(99'999'999'999'000));
        QCOMPARE(toMs(fromMagnitude(100'000'000'000)), std::int64_t(100'000'000'000));
    }

    void comesBack()
    {
        std::mt19937_64 random(7);
        std::uniform_int_distribution<std::int64_t> ms(-62'135'596'800'000, 253'402'300'799'999); // years 1 to 9999
        for (int i = 0; i < 50'000; ++i) {
            const UtcMs time = fromMs(ms(random));
            const std::string text = formatIso(time);
            QCOMPARE(text.size(), std::size_t(24));
            QVERIFY2(parseTime(text) == time, text.c_str());
        }
    }

    void durations_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("ms"); // 0: refused
        const auto row = [](const char* text, qint64 ms) { QTest::newRow(text) << QByteArray(text) << ms; };
        row("45s", 45'000);
        row("90m", 5'400'000);
        row("12h", 43'200'000);
        row("30d", 2'592'000'000);
        row("2w", 1'209'600'000);
        row("100000000w", 100'000'000LL * 604'800'000);
        row("", 0);
        row("0d", 0);
        row("-1d", 0);
        row("1", 0);
        row("d", 0);
        row("1dd", 0);
        row("1.5h", 0);
        row("1 d", 0);
        row("1y", 0);
        row("100000001w", 0);
    }
    void durations()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, ms);
        QCOMPARE(qint64(parseDuration(text.toStdString()).value_or(milliseconds {0}).count()), ms);
    }

    void forPeople()
    {
        const UtcMs minute = *parseTime("2024-01-31T10:20");
        QCOMPARE(formatShort(minute), std::string("2024-01-31 10:20"));
        QCOMPARE(formatShort(minute + std::chrono::seconds {5}), std::string("2024-01-31 10:20:05"));
        QCOMPARE(formatDate(minute), std::string("2024-01-31"));
    }
};

QTEST_APPLESS_MAIN(TestTimeText)
#include "tst_timetext.moc"
