#include <QTest>

#include "core/net/circuitbreaker.h"

using namespace mnemo;
using namespace std::chrono_literals;

class TestCircuitBreaker : public QObject {
    Q_OBJECT
private slots:
    /// Each step is one character: f failed, s succeeded, > sent, a abandoned, digits 1..9 let so many seconds pass;
    /// breaks after 3 failures for 2 s, at most for 5 s.
    void follows_data()
    {
        QTest::addColumn<QByteArray>("steps");
        QTest::addColumn<QByteArray>("state");
        QTest::addColumn<bool>("isAllowed");
        QTest::addColumn<int>("probeIn"); // seconds from now; -1: does not matter
        const QByteArray closed("closed"), open("open"), half("half");
        QTest::newRow("new") << QByteArray() << closed << true << -1;
        QTest::newRow("two failures") << QByteArray("ff") << closed << true << -1;
        QTest::newRow("three failures") << QByteArray("fff") << open << false << 2;
        QTest::newRow("a success between them") << QByteArray("ffsff") << closed << true << -1;
        QTest::newRow("pause not over") << QByteArray("fff1") << open << false << 1;
        QTest::newRow("pause over") << QByteArray("fff2") << half << true << 0;
        QTest::newRow("one probe only") << QByteArray("fff2>") << half << false << -1;
        QTest::newRow("probe runs on") << QByteArray("fff2>9") << half << false << -1;
        QTest::newRow("probe succeeds") << QByteArray("fff2>s") << closed << true << -1;
        QTest::newRow("counts from nothing after that") << QByteArray("fff2>sff") << closed << true << -1;
        QTest::newRow("breaks again, for the first pause") << QByteArray("fff2>sfff") << open << false << 2;
        QTest::newRow("probe fails: double pause") << QByteArray("fff2>f") << open << false << 4;
        QTest::newRow("pause has a limit") << QByteArray("fff2>f4>f") << open << false << 5;
        QTest::newRow("and keeps it") << QByteArray("fff2>f4>f5>f") << open << false << 5;
        QTest::newRow("first pause again after a success") << QByteArray("fff2>f4>sfff") << open << false << 2;
        QTest::newRow("probe cancelled: another may go") << QByteArray("fff2>a") << half << true << 0;
        QTest::newRow("late failures do not lengthen the pause") << QByteArray("fff1fff") << open << false << 1;
        QTest::newRow("late success does not close") << QByteArray("fff1s") << open << false << 1;
        QTest::newRow("late failure before the probe") << QByteArray("fff2f") << half << true << 0;
        QTest::newRow("cancelled while closed") << QByteArray(">a") << closed << true << -1;
    }
    void follows()
    {
        QFETCH(QByteArray, steps);
        QFETCH(QByteArray, state);
        QFETCH(bool, isAllowed);
        QFETCH(int, probeIn);
        CircuitBreaker breaker({3, 2s, 5s});
        SteadyTime now{std::chrono::hours{1}};
        for (const char step : steps) {
            if (step == 'f')
                breaker.failed(now);
            else if (step == 's')
                breaker.succeeded();
            else if (step == '>')
                breaker.sent(now);
            else if (step == 'a')
                breaker.abandoned();
            else
                now += std::chrono::seconds{step - '0'};
        }
        const BreakerState seen = breaker.state(now);
        QCOMPARE(QByteArray(seen == BreakerState::Closed ? "closed"
                         : seen == BreakerState::Open    ? "open"
                                                         : "half"),
            state);
        QCOMPARE(breaker.allows(now), isAllowed);
        if (probeIn >= 0)
            QVERIFY(breaker.nextProbe() == now + std::chrono::seconds{probeIn});
    }

    void absurdSettingsStillBreak()
    {
        CircuitBreaker breaker({0, 2s, 1s}); // no failure allowed, shortest pause above the longest
        const SteadyTime now{1h};
        QVERIFY(breaker.allows(now));
        breaker.failed(now);
        QVERIFY(!breaker.allows(now));
        breaker.sent(now + 2s);
        breaker.failed(now + 2s);
        QVERIFY(breaker.nextProbe() == now + 4s);
    }
};

QTEST_APPLESS_MAIN(TestCircuitBreaker)
#include "tst_circuitbreaker.moc"
