// What is live as people get to know it: at most once a second, and only what is other than before.

#include <QTest>

#include "core/engine/feedboard.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

SeriesKey key(const char* symbol)
{
    return {"small", "small", MarketType::Spot, symbol, Kind::Candles, *Timeframe::fromName("1m")};
}

FeedSnapshot feed(const char* id, FeedState state)
{
    FeedSnapshot told;
    told.id = id;
    told.state = state;
    told.topics = 1;
    return told;
}

} // namespace

class TestFeedBoard : public QObject {
    Q_OBJECT

private slots:
    void nothingIsToldAtFirst();
    void changesAreToldOnceASecond();
    void sameIsNotToldAgain();
    void idleConnectionsAreLeftOut();
    void countsDownInSeconds();

private:
    const SteadyTime m_start {1h};
};

void TestFeedBoard::nothingIsToldAtFirst()
{
    FeedBoard board;
    QVERIFY(!board.due());
    QVERIFY(!board.take(m_start));
    QVERIFY(board.told() && board.told()->feeds.empty() && board.told()->series.empty());
}

void TestFeedBoard::changesAreToldOnceASecond()
{
    FeedBoard board;
    board.set({key("B/U"), FollowState::Waiting});
    const auto first = board.take(m_start);
    QVERIFY(first && first->series.size() == 1);
    board.set({key("B/U"), FollowState::Streamed});
    board.set({key("A/U"), FollowState::Polled, 5s});
    QVERIFY(!board.take(m_start + 999ms));
    QCOMPARE(board.due(), std::optional(m_start + 1s));
    const auto second = board.take(m_start + 1s);
    QVERIFY(second && second == board.told());
    QCOMPARE(second->series.size(), std::size_t {2});
    QCOMPARE(second->series[0].series.symbol, std::string("A/U"));
    QCOMPARE(second->series[1].state, FollowState::Streamed);
    QCOMPARE(first->series[0].state, FollowState::Waiting); // what was handed out stays as it was
    board.remove(key("B/U"));
    QCOMPARE(board.take(m_start + 2s)->series.size(), std::size_t {1});
}

void TestFeedBoard::sameIsNotToldAgain()
{
    FeedBoard board;
    board.set({key("B/U"), FollowState::Streamed});
    board.setFeeds({feed("small spot", FeedState::Open)});
    QVERIFY(board.take(m_start));
    board.set({key("B/U"), FollowState::Streamed});
    board.remove(key("A/U"));
    QVERIFY(!board.due());
    board.setFeeds({feed("small spot", FeedState::Waiting)});
    board.setFeeds({feed("small spot", FeedState::Open)}); // there and back within the second
    QVERIFY(!board.take(m_start + 5s));
    QVERIFY(!board.due()); // nobody has to be woken for it
}

void TestFeedBoard::idleConnectionsAreLeftOut()
{
    FeedBoard board;
    board.setFeeds({feed("a spot", FeedState::Idle), feed("b spot", FeedState::Connecting)});
    QCOMPARE(board.take(m_start)->feeds.size(), std::size_t {1});
    FeedSnapshot lingering = feed("b spot", FeedState::Open);
    lingering.topics = 0;
    board.setFeeds({lingering});
    QVERIFY(board.take(m_start + 1s)->feeds.empty());
    lingering.messages = 100; // how it was is still told
    lingering.reconnects = 2;
    lingering.messagesPerSecond = 12;
    board.setFeeds({lingering});
    const auto told = board.take(m_start + 2s);
    QCOMPARE(told->feeds.size(), std::size_t {1});
    QCOMPARE(told->feeds[0].state, FeedState::Idle);
    QCOMPARE(told->feeds[0].reconnects, 2);
    QCOMPARE(told->feeds[0].messagesPerSecond, 0.0);
}

void TestFeedBoard::countsDownInSeconds()
{
    FeedBoard board;
    FeedSnapshot waiting = feed("a spot", FeedState::Waiting);
    waiting.wait = 4'200ms;
    board.setFeeds({waiting});
    QCOMPARE(board.take(m_start)->feeds[0].wait, milliseconds {5s});
    waiting.wait = 4'100ms;
    board.setFeeds({waiting});
    QVERIFY(!board.take(m_start + 1s));
    waiting.wait = 3'900ms;
    board.setFeeds({waiting});
    QCOMPARE(board.take(m_start + 2s)->feeds[0].wait, milliseconds {4s});
}

QTEST_APPLESS_MAIN(TestFeedBoard)
#include "tst_feedboard.moc"
