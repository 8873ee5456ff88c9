// What something waited for: joined where it is the same wait, bounded, and of several at once what held all of them.

#include <QtTest>

#include "core/base/waitlog.h"

using namespace mnemo;
using std::chrono::seconds;

Q_DECLARE_METATYPE(std::vector<mnemo::WorkSpell>)
Q_DECLARE_METATYPE(std::vector<mnemo::Wait>)

namespace {

constexpr UtcMs at(std::int64_t ms)
{
    return fromMs(1'000'000 + ms);
}

Wait wait(std::int64_t from, std::int64_t to, const char* why, std::int64_t held = -1)
{
    return {at(from), at(to), why, milliseconds {held < 0 ? to - from : held}};
}

} // namespace

class TestWaitLog : public QObject {
    Q_OBJECT

private slots:
    void waitsAsTheyGo();
    void shortOnesAreOne();
    void staysSmall();
    void reasonsWithoutLengths_data();
    void reasonsWithoutLengths();
    void commonToAll_data();
    void commonToAll();
};

void TestWaitLog::waitsAsTheyGo()
{
    FakeClock clock(at(0));
    WaitLog log(clock);
    log.note("its turn");
    clock.advance(seconds {2});
    log.note("rate limit");
    clock.advance(seconds {1});
    log.note("rate limit"); // still
    QVERIFY(log.waits() == (std::vector {wait(0, 2'000, "its turn"), wait(2'000, 3'000, "rate limit")}));
    clock.advance(seconds {1});
    log.note({});
    clock.advance(seconds {5});
    QVERIFY(log.waits() == (std::vector {wait(0, 2'000, "its turn"), wait(2'000, 4'000, "rate limit")}));
}

void TestWaitLog::shortOnesAreOne()
{
    FakeClock clock(at(0));
    WaitLog log(clock);
    for (int i = 0; i < 10; ++i) { // 80 ms of each 100
        log.note("rate limit");
        clock.advance(milliseconds {80});
        log.note({});
        clock.advance(milliseconds {20});
    }
    log.note("retry"); // ends when it begins
    log.note({});
    QVERIFY(log.waits() == (std::vector {wait(0, 980, "rate limit", 800)}));
}

void TestWaitLog::staysSmall()
{
    FakeClock clock(at(0));
    WaitLog log(clock);
    milliseconds held {0};
    for (int i = 0; i < 1'000; ++i) {
        log.note(i % 50 == 0 ? "retry" : "rate limit");
        clock.advance(seconds {1});
        log.note({});
        clock.advance(seconds {1 + i % 7});
    }
    for (const Wait& one : log.waits())
        held += one.held;
    QCOMPARE(log.waits().size(), WaitLog::capacity);
    QCOMPARE(held.count(), 1'000'000);
    QVERIFY(std::ranges::count(log.waits(), std::string("retry"), &Wait::why) > 10); // the same are joined first
    QVERIFY(std::ranges::is_sorted(log.waits(), {}, &Wait::from));
}

void TestWaitLog::reasonsWithoutLengths_data()
{
    QTest::addColumn<QByteArray>("told");
    QTest::addColumn<QByteArray>("reason");
    for (const char* told : {"rate limit", "rate limit, 4 s"})
        QTest::newRow(told) << QByteArray(told) << QByteArray("rate limit");
    QTest::newRow("retry") << QByteArray("retry in 3 s") << QByteArray("retry");
    QTest::newRow("breaker") << QByteArray("circuit breaker of api.test") << QByteArray("circuit breaker of api.test");
    QTest::newRow("nothing") << QByteArray() << QByteArray();
}

void TestWaitLog::reasonsWithoutLengths()
{
    QFETCH(const QByteArray, told);
    QFETCH(const QByteArray, reason);
    QCOMPARE(waitReason(told.toStdString()), reason.toStdString());
}

void TestWaitLog::commonToAll_data()
{
    QTest::addColumn<std::vector<WorkSpell>>("spells");
    QTest::addColumn<std::vector<Wait>>("common");
    using Spells = std::vector<WorkSpell>;
    using Waits = std::vector<Wait>;
    QTest::newRow("nobody") << Spells {} << Waits {};
    QTest::newRow("one") << Spells {{at(0), at(9), {wait(2, 5, "retry")}}} << Waits {wait(2, 5, "retry")};
    QTest::newRow("the other sends") << Spells {{at(0), at(9), {wait(2, 5, "retry")}}, {at(0), at(9), {}}} << Waits {};
    QTest::newRow("the other has ended") << Spells {{at(0), at(900), {wait(300, 800, "retry")}}, {at(0), at(500), {}}} << Waits {wait(500, 800, "retry")};
    QTest::newRow("a limit counts more than a turn")
        << Spells {{at(0), at(900), {wait(0, 900, "its turn")}}, {at(0), at(900), {wait(400, 700, "rate limit")}}} << Waits {wait(400, 700, "rate limit")};
    QTest::newRow("one after the other")
        << Spells {{at(0), at(900), {wait(0, 300, "its turn"), wait(300, 900, "rate limit")}}} << Waits {wait(0, 300, "its turn"), wait(300, 900, "rate limit")};
    QTest::newRow("joined ones held less") << Spells {{at(0), at(900), {wait(0, 800, "rate limit", 400)}}, {at(0), at(900), {wait(400, 900, "retry")}}}
                                           << Waits {wait(400, 800, "rate limit", 200)};
    QTest::newRow("a wait of no length") << Spells {{at(0), at(9), {wait(20, 30, "retry")}}} << Waits {};
}

void TestWaitLog::commonToAll()
{
    QFETCH(const std::vector<WorkSpell>, spells);
    QFETCH(const std::vector<Wait>, common);
    QVERIFY(commonWaits(spells) == common);
}

QTEST_APPLESS_MAIN(TestWaitLog)
#include "tst_waitlog.moc"
