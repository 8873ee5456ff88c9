// The running bar of a stream of trades: what comes twice, late or after a gap makes no wrong bar.

#include <QTest>

#include "core/live/tradebar.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const Grid grid(*Timeframe::fromName("1m"));
const UtcMs begin = UtcMs {} + 1'000'000min;

Trade trade(milliseconds at, double price, double amount, const char* id)
{
    return {begin + at, price, amount, id};
}

QByteArray textOf(const TradeBar& bar)
{
    const auto shown = bar.bar();
    if (!shown)
        return "none";
    QByteArrayList parts {QByteArray::number(static_cast<int>((shown->openTime - begin) / 1min))};
    for (const double number : {shown->open, shown->high, shown->low, shown->close, shown->volume})
        parts << QByteArray::number(number);
    return parts.join(' ');
}

} // namespace

class TestTradeBar : public QObject {
    Q_OBJECT

private slots:
    void foldsAsAListOfTradesWould();
    void firstBarIsNotKnown();
    void restTellsHowItBegan();
    void whatComesTwiceCountsOnce();
    void lateTrades();
    void whatWasMissedIsForgotten();
};

void TestTradeBar::foldsAsAListOfTradesWould()
{
    TradeBar bar(grid);
    bar.add(trade(-10s, 9, 1, "0"));
    const std::vector<Trade> trades {trade(1s, 10, 1, "1"), trade(20s, 12, 2, "2"), trade(30s, 8, 0.5, "3"), trade(59s, 11, 4, "4")};
    for (const Trade& each : trades)
        QVERIFY(bar.add(each));
    QCOMPARE(*bar.bar(), foldTrades(trades, grid).front());
}

void TestTradeBar::firstBarIsNotKnown()
{
    TradeBar bar(grid);
    QVERIFY(!bar.open());
    bar.add(trade(30s, 10, 1, "1"));
    QCOMPARE(textOf(bar), QByteArray("none"));
    QCOMPARE(*bar.open(), begin);
    bar.add(trade(3min, 11, 2, "2"));
    QCOMPARE(textOf(bar), QByteArray("3 11 11 11 11 2"));
}

void TestTradeBar::restTellsHowItBegan()
{
    const Candle told {begin, 7, 9, 6, 8, 100, {}, {}, 0};
    TradeBar bar(grid);
    bar.add(trade(30s, 10, 1, "1"));
    bar.begin(told);
    QCOMPARE(textOf(bar), QByteArray("0 7 10 6 10 100")); // the trade is newer than the answer, which counts it
    bar.add(trade(31s, 5, 2, "2"));
    QCOMPARE(textOf(bar), QByteArray("0 7 10 5 5 102"));
    bar.begin(told); // an answer that is older than what the stream has told
    QCOMPARE(textOf(bar), QByteArray("0 7 10 5 5 102"));
    bar.add(trade(1min, 6, 1, "3"));
    bar.begin(told);
    QCOMPARE(textOf(bar), QByteArray("1 6 6 6 6 1"));
    bar.begin({begin + 2min, 3, 3, 3, 3, 1, {}, {}, 0}); // nothing was streamed of it yet
    QCOMPARE(textOf(bar), QByteArray("2 3 3 3 3 1"));
    bar.add(trade(2min + 5s, 2, 1, "4"));
    QCOMPARE(textOf(bar), QByteArray("2 3 3 2 2 2"));
}

void TestTradeBar::whatComesTwiceCountsOnce()
{
    TradeBar bar(grid);
    bar.add(trade(-1s, 9, 1, "0"));
    QVERIFY(bar.add(trade(1s, 10, 1, "1")));
    QVERIFY(bar.add(trade(2s, 11, 1, "2")));
    QVERIFY(!bar.add(trade(1s, 10, 1, "1")));
    QVERIFY(bar.add(trade(2s, 11, 1, ""))); // without ids nobody can know
    QCOMPARE(textOf(bar), QByteArray("0 10 11 10 11 3"));
}

void TestTradeBar::lateTrades()
{
    TradeBar bar(grid);
    bar.add(trade(-1min, 9, 1, "0"));
    bar.add(trade(10s, 10, 1, "2"));
    QVERIFY(bar.add(trade(5s, 20, 1, "1"))); // the first of the bar after all
    QCOMPARE(textOf(bar), QByteArray("0 20 20 10 10 2"));
    QVERIFY(!bar.add(trade(-5s, 1, 1, "3"))); // of a bar that REST tells
    QCOMPARE(textOf(bar), QByteArray("0 20 20 10 10 2"));
}

void TestTradeBar::whatWasMissedIsForgotten()
{
    TradeBar bar(grid);
    bar.add(trade(-1min, 9, 1, "0"));
    bar.add(trade(5s, 20, 1, "1"));
    bar.forget();
    QCOMPARE(textOf(bar), QByteArray("none"));
    bar.add(trade(40s, 21, 1, "9"));
    QCOMPARE(textOf(bar), QByteArray("none"));
}

QTEST_APPLESS_MAIN(TestTradeBar)
#include "tst_tradebar.moc"
