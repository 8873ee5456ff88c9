#include <QTest>

#include "core/net/retry.h"

using namespace mnemo;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(mnemo::ErrorCode)

class TestRetry : public QObject {
    Q_OBJECT
private slots:
    void decides_data()
    {
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<int>("retryAfterMs"); // -1: not told
        QTest::addColumn<int>("attempt");
        QTest::addColumn<int>("sinceMs");
        QTest::addColumn<int>("least"); // -1: given up
        QTest::addColumn<int>("most");
        // 4 attempts, base 500 ms, cap 3 s, total 60 s
        QTest::newRow("first try") << ErrorCode::Network << -1 << 1 << 0 << 0 << 500;
        QTest::newRow("second try") << ErrorCode::Timeout << -1 << 2 << 0 << 0 << 1000;
        QTest::newRow("third try") << ErrorCode::ServerError << -1 << 3 << 0 << 0 << 2000;
        QTest::newRow("fourth was the last") << ErrorCode::ServerError << -1 << 4 << 0 << -1 << -1;
        QTest::newRow("unreadable answer") << ErrorCode::BadAnswer << -1 << 1 << 0 << 0 << 500;
        QTest::newRow("Retry-After is the least") << ErrorCode::ServerError << 7000 << 1 << 0 << 7000 << 7000;
        QTest::newRow("short Retry-After") << ErrorCode::Maintenance << 100 << 1 << 0 << 100 << 500;
        QTest::newRow("negative Retry-After") << ErrorCode::Maintenance << -5000 << 1 << 0 << 0 << 500;
        QTest::newRow("time is over") << ErrorCode::Network << -1 << 1 << 60'001 << -1 << -1;
        QTest::newRow("Retry-After beyond the time") << ErrorCode::ServerError << 50'000 << 1 << 10'001 << -1 << -1;
        QTest::newRow("Retry-After just in time")
            << ErrorCode::ServerError << 50'000 << 1 << 10'000 << 50'000 << 50'000;
        QTest::newRow("rate limits use no attempts") << ErrorCode::RateLimited << 2000 << 100 << 0 << 2000 << 3000;
        QTest::newRow("rate limit without Retry-After") << ErrorCode::RateLimited << -1 << 1 << 0 << 500 << 500;
        QTest::newRow("rate limits use time") << ErrorCode::RateLimited << 2000 << 1 << 58'500 << -1 << -1;
        QTest::newRow("ban") << ErrorCode::Banned << 30'000 << 9 << 0 << 30'000 << 30'000;
        QTest::newRow("ban without Retry-After") << ErrorCode::Banned << -1 << 1 << 0 << 3000 << 3000;
        QTest::newRow("open circuit") << ErrorCode::CircuitOpen << 5000 << 50 << 0 << 5000 << 5000;
        QTest::newRow("refused") << ErrorCode::Rejected << -1 << 1 << 0 << -1 << -1;
        QTest::newRow("certificate") << ErrorCode::Tls << -1 << 1 << 0 << -1 << -1;
        QTest::newRow("too large") << ErrorCode::TooLarge << -1 << 1 << 0 << -1 << -1;
        QTest::newRow("unknown symbol") << ErrorCode::UnknownSymbol << 1000 << 1 << 0 << -1 << -1;
        QTest::newRow("cancelled") << ErrorCode::Cancelled << -1 << 1 << 0 << -1 << -1;
    }
    void decides()
    {
        QFETCH(ErrorCode, code);
        QFETCH(int, retryAfterMs);
        QFETCH(int, attempt);
        QFETCH(int, sinceMs);
        QFETCH(int, least);
        QFETCH(int, most);
        Error error{code, "", std::nullopt};
        if (retryAfterMs != -1)
            error.retryAfter = milliseconds{retryAfterMs};
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            RetryPolicy policy({4, 500ms, 3000ms, 60s}, seed);
            const auto wait = policy.delay(error, attempt, milliseconds{sinceMs});
            QCOMPARE(wait.has_value(), least != -1);
            QVERIFY(!wait || (wait->count() >= least && wait->count() <= most));
        }
    }

    void jitterUsesItsWholeRangeAndStopsAtTheCap_data()
    {
        QTest::addColumn<int>("attempt");
        QTest::addColumn<int>("most");
        QTest::newRow("1") << 1 << 500;
        QTest::newRow("3") << 3 << 2000;
        QTest::newRow("7") << 7 << 30'000;
        QTest::newRow("huge") << 2'000'000'000 << 30'000;
    }
    void jitterUsesItsWholeRangeAndStopsAtTheCap()
    {
        QFETCH(int, attempt);
        QFETCH(int, most);
        RetryPolicy policy({2'000'000'001, 500ms, 30s, 600s}, 1);
        qint64 low = most, high = 0, sum = 0;
        for (int i = 0; i < 2000; ++i) {
            const qint64 wait = policy.delay({ErrorCode::Network, "", {}}, attempt, 0ms)->count();
            low = std::min(low, wait);
            high = std::max(high, wait);
            sum += wait;
        }
        QVERIFY(low < most / 100 + 2 && high > most - most / 100 && high <= most);
        QVERIFY(std::abs(sum / 2000 - most / 2) < most / 20);
    }

    void oneSeedGivesOneSequence()
    {
        RetryPolicy one({8, 500ms, 30s, 600s}, 42);
        RetryPolicy other({8, 500ms, 30s, 600s}, 42);
        for (int attempt = 1; attempt < 8; ++attempt)
            QCOMPARE(one.delay({ErrorCode::Network, "", {}}, attempt, 0ms),
                other.delay({ErrorCode::Network, "", {}}, attempt, 0ms));
    }
};

QTEST_APPLESS_MAIN(TestRetry)
#include "tst_retry.moc"
