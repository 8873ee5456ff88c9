// A connection to a venue's streams as a state machine: what it asks of the world, and when.

#include <QRegularExpression>
#include <QTest>

#include <random>
#include <set>

#include "cataloguefixture.h"
#include "core/live/feedsession.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const char* const streams = R"(
spot:
  streams:
    url: wss://small.example/ws
    subscribe: { sub: ["{symbol}@{frame}"] }
    unsubscribe: { unsub: ["{symbol}@{frame}"] }
    batch: 3
    topics: 7
    sends: { limit: 2, per: 10s }
    silence: 30s
    lifetime: 1h
    ping: { send: ping, every: 20s }
    pong: { at: ping, send: { pong: "{ping:int}" } }
    match: { s: "{symbol}", i: "{frame}" }
    sent: [at, ms]
    rows: { path: k, kind: objects }
    fields: { time: [t, ms], open: o, high: h, low: l, close: c, volume: v, closed: { at: x, is: "1" } }
    refused: { when: { error: "~" }, text: error }
)";

/// Writes down what the session does.
class World final : public FeedOutlet {
public:
    void askAddress() override { did << "ask"; }
    void connect(const std::string& url) override
    {
        did << "connect " + QByteArray::fromStdString(url);
        isConnected = true;
        requests.clear();
    }
    void send(const std::string& text) override
    {
        did << QByteArray::fromStdString(text);
        if (!isOpen)
            qWarning("sent without connection");
        if (!text.starts_with("{\"sub") && !text.starts_with("{\"unsub"))
            return;
        requests.push_back(now.steady);
        if (requests.size() > 2 && requests.back() - requests[requests.size() - 3] < 10s)
            qWarning("sent more than the venue takes");
    }
    void pingFrame() override { did << "frame"; }
    void disconnect() override
    {
        did << "disconnect";
        isConnected = isOpen = false;
    }
    void bars(TopicId topic, std::span<const StreamBar> bars, std::string_view) override
    {
        did << "bars " + QByteArray::number(topic) + (bars.front().isClosed ? " closed" : "");
        alive.insert(topic);
    }
    void trades(TopicId topic, std::span<const Trade> trades) override
    {
        did << "trades " + QByteArray::number(topic) + ' ' + QByteArray::number(qsizetype(trades.size()));
        alive.insert(topic);
    }
    void lost(TopicId topic, const std::string&) override
    {
        did << "lost " + QByteArray::number(topic);
        if (alive.erase(topic) == 0)
            qWarning("lost what was not alive");
    }
    QByteArray took()
    {
        const QByteArray all = did.join(" | ");
        did.clear();
        return all;
    }

    FeedTime now {SteadyTime {1h}, at("2025-01-01")};
    QByteArrayList did;
    bool isConnected = false, isOpen = false;
    std::set<TopicId> alive;
    std::vector<SteadyTime> requests; ///< on this connection
};

/// @param over laid over the streams
/// @param fields in the place of theirs, where not empty
std::shared_ptr<const StreamProtocol> protocolWith(const std::string& over, const std::string& fields)
{
    Node small = description::overlaid(yaml(smallVenue), yaml(streams));
    if (!over.empty())
        small.set("spot.streams", description::overlaid(*small.at("spot.streams"), yaml(over)));
    if (!fields.empty())
        small.set("spot.streams.fields", yaml(fields));
    Problems problems;
    const auto catalogue = Catalogue::load({{"small", small}}, problems);
    for (const Problem& problem : problems)
        qWarning("%s", problem.text().c_str());
    return (*catalogue.venue("small"))->streams(MarketType::Spot);
}

struct Fixture {
    explicit Fixture(const std::string& over = {}, FeedPolicy policy = {}, const std::string& fields = {})
        : protocol(protocolWith(over, fields))
        , session("small spot", protocol, world, policy, 1)
    {
    }
    StreamTopic topic(int n) const
    {
        Instrument instrument;
        instrument.id = "S" + std::to_string(n);
        instrument.market = MarketType::Spot;
        return protocol->topic(instrument, *Timeframe::fromName("1m")).value();
    }
    void add(int n) { QVERIFY(session.add(static_cast<TopicId>(n), topic(n), world.now)); }
    void open()
    {
        world.isOpen = true;
        session.opened(world.now);
        session.advance(world.now);
    }
    void pass(milliseconds by)
    {
        world.now.steady += by;
        world.now.wall += by;
        session.advance(world.now);
    }
    void hear(const std::string& text) { session.received(text, world.now); }
    void hearBar(int n, bool isClosed = false)
    {
        hear(R"({"s":"S)" + std::to_string(n) + R"(","i":"1","at":1735689599000,"k":{"t":1735689600000,"o":1,"h":1,"l":1,"c":1,"v":1,"x":)"
            + (isClosed ? "1" : "0") + "}}");
    }
    void end(int code = 0)
    {
        world.isConnected = world.isOpen = false;
        session.closed(code, "gone", world.now);
    }
    FeedSnapshot told() const { return session.snapshot(world.now); }

    World world;
    std::shared_ptr<const StreamProtocol> protocol;
    FeedSession session;
};

} // namespace

class TestFeedSession : public QObject {
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void connectsWithTheFirstTopic();
    void subscribesWithinTheBudget();
    void barsOfKnownTopicsAlone();
    void answersQuestions();
    void pingsAndFrames();
    void silenceEndsTheConnection();
    void signsOfLifeKeepIt_data();
    void signsOfLifeKeepIt();
    void pausesGrowAndStartAnew();
    void refusalsWaitLonger_data();
    void refusalsWaitLonger();
    void connectingTakesNotForever();
    void replacedBeforeTheVenueEndsIt();
    void unreadableMessagesEndIt();
    void leavingTopics();
    void timeframesOfTradesShareASubscription();
    void lastTopicEndsTheConnection();
    void handshake();
    void tellsHowItIs();
    void latencyIsTheMedian();
    void conditionsInTurn();
    void anyOrderOfEvents();
};

void TestFeedSession::connectsWithTheFirstTopic()
{
    Fixture f;
    QCOMPARE(f.told().state, FeedState::Idle);
    f.add(1);
    QCOMPARE(f.world.took(), QByteArray("connect wss://small.example/ws"));
    f.add(2);
    QCOMPARE(f.world.took(), QByteArray());
    f.open();
    QCOMPARE(f.world.took(), QByteArray(R"({"sub":["S1@1","S2@1"]})"));
    QVERIFY(!f.session.add(3, f.topic(1), f.world.now)); // is there already
}

void TestFeedSession::subscribesWithinTheBudget()
{
    Fixture f;
    for (int n = 1; n <= 7; ++n)
        f.add(n);
    QVERIFY(!f.session.hasRoom());
    f.world.took();
    f.open();
    QCOMPARE(f.world.took(), QByteArray(R"({"sub":["S1@1","S2@1","S3@1"]} | {"sub":["S4@1","S5@1","S6@1"]})"));
    f.pass(9'999ms);
    QVERIFY(!f.world.took().contains("S7@1"));
    f.pass(1ms);
    QVERIFY(f.world.took().contains(R"({"sub":["S7@1"]})"));
}

void TestFeedSession::barsOfKnownTopicsAlone()
{
    Fixture f;
    f.add(1);
    f.open();
    f.world.took();
    f.hearBar(1);
    f.hearBar(1, true);
    f.hearBar(2);
    f.hear("{}");
    QCOMPARE(f.world.took(), QByteArray("bars 1 | bars 1 closed"));
}

void TestFeedSession::answersQuestions()
{
    Fixture f;
    f.add(1);
    f.open();
    f.world.took();
    f.hear(R"({"ping":77})");
    QCOMPARE(f.world.took(), QByteArray(R"({"pong":77})"));
}

void TestFeedSession::pingsAndFrames()
{
    Fixture f;
    f.add(1);
    f.open();
    f.world.took();
    f.pass(10s); // a third of the silence
    QCOMPARE(f.world.took(), QByteArray("frame"));
    f.pass(10s);
    QCOMPARE(f.world.took(), QByteArray("ping | frame"));
}

void TestFeedSession::silenceEndsTheConnection()
{
    Fixture f;
    f.add(1);
    f.open();
    f.hearBar(1);
    f.pass(29'999ms);
    QCOMPARE(f.told().state, FeedState::Open);
    f.world.took();
    f.pass(1ms);
    QCOMPARE(f.world.took(), QByteArray("disconnect | lost 1"));
    QCOMPARE(f.told().state, FeedState::Waiting);
    QCOMPARE(f.told().lastError, std::string("silent for 30 s"));
}

void TestFeedSession::signsOfLifeKeepIt_data()
{
    QTest::addColumn<QByteArray>("sign");
    QTest::newRow("a bar") << QByteArray("bar");
    QTest::newRow("any message") << QByteArray("pong");
    QTest::newRow("the answer to a frame") << QByteArray();
}

void TestFeedSession::signsOfLifeKeepIt()
{
    QFETCH(QByteArray, sign);
    Fixture f;
    f.add(1);
    f.open();
    for (int i = 0; i < 10; ++i) {
        f.pass(29s);
        if (sign == "bar")
            f.hearBar(1);
        else if (sign.isEmpty())
            f.session.ponged(f.world.now);
        else
            f.hear(sign.toStdString());
    }
    QCOMPARE(f.told().state, FeedState::Open);
    QCOMPARE(f.told().reconnects, 0);
}

void TestFeedSession::pausesGrowAndStartAnew()
{
    Fixture f;
    f.add(1);
    milliseconds before {0};
    for (int i = 0; i < 12; ++i) {
        f.end();
        const milliseconds pause = f.told().wait;
        const milliseconds whole = std::min<milliseconds>(1s * (1 << i), 300s);
        QVERIFY2(pause >= whole / 2 && pause <= whole, qPrintable(QString::number(pause.count())));
        before = pause;
        f.pass(pause - 1ms);
        QCOMPARE(f.told().state, FeedState::Waiting);
        f.pass(1ms);
        QCOMPARE(f.told().state, FeedState::Connecting);
    }
    QVERIFY(before >= 150s);
    f.open();
    for (int i = 0; i < 3; ++i) {
        f.pass(20s);
        f.hearBar(1);
    }
    f.end(); // after a minute that went well
    QVERIFY(f.told().wait <= 1s);
}

void TestFeedSession::refusalsWaitLonger_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("isLong");
    QTest::newRow("broken") << 0 << false;
    QTest::newRow("going away") << 1001 << false;
    QTest::newRow("policy") << 1008 << true;
    QTest::newRow("try again later") << 1013 << true;
    QTest::newRow("unauthorized") << 3000 << true;
}

void TestFeedSession::refusalsWaitLonger()
{
    QFETCH(int, code);
    QFETCH(bool, isLong);
    Fixture f;
    f.add(1);
    f.open();
    f.end(code);
    QCOMPARE(f.told().wait >= 30s, isLong);
    QVERIFY(f.told().lastError.find("gone") != std::string::npos);
}

void TestFeedSession::connectingTakesNotForever()
{
    Fixture f;
    f.add(1);
    f.world.took();
    f.pass(15s);
    QCOMPARE(f.world.took(), QByteArray("disconnect"));
    QCOMPARE(f.told().state, FeedState::Waiting);
}

void TestFeedSession::replacedBeforeTheVenueEndsIt()
{
    Fixture f;
    f.add(1);
    f.open();
    for (int i = 0; i < 122; ++i) { // 58 min 58 s
        f.pass(29s);
        f.hearBar(1);
    }
    QCOMPARE(f.told().state, FeedState::Open);
    f.world.took();
    f.pass(2s);
    QVERIFY(f.world.took().endsWith("disconnect | lost 1"));
    QVERIFY(f.told().wait <= 1s);
}

void TestFeedSession::unreadableMessagesEndIt()
{
    Fixture f;
    f.add(1);
    f.open();
    for (int i = 0; i < 9; ++i)
        f.hear("{");
    f.hearBar(1); // others can be read
    for (int i = 0; i < 9; ++i)
        f.hear("{");
    QCOMPARE(f.told().state, FeedState::Open);
    f.hear("{");
    QCOMPARE(f.told().state, FeedState::Waiting);
    QCOMPARE(f.told().unreadable, std::int64_t {19});
    QVERIFY(f.told().wait >= 30s);
    QVERIFY(f.world.took().endsWith("disconnect | lost 1"));
}

void TestFeedSession::leavingTopics()
{
    Fixture f;
    f.add(1);
    f.add(2);
    f.open();
    f.world.took();
    f.session.remove(1, f.world.now);
    f.hearBar(1); // still on the way
    f.pass(100ms);
    QCOMPARE(f.world.took(), QByteArray(R"({"unsub":["S1@1"]})"));
    f.session.remove(2, f.world.now);
    f.add(2); // comes back before it was told
    f.pass(20s);
    QVERIFY(!f.world.took().contains("unsub"));
}

void TestFeedSession::timeframesOfTradesShareASubscription()
{
    Fixture f(R"({ tells: trades, subscribe: { sub: ["{symbol}"] }, unsubscribe: { unsub: ["{symbol}"] }, match: { s: "{symbol}", i: null } })", {},
        "{ time: [t, ms], price: p, amount: a, id: n }");
    const auto topic = [&](const char* frame) {
        Instrument instrument;
        instrument.id = "S1";
        instrument.market = MarketType::Spot;
        return f.protocol->topic(instrument, *Timeframe::fromName(frame)).value();
    };
    const auto hear = [&] { f.hear(R"({"s":"S1","k":{"t":1735689600000,"p":1,"a":1,"n":1}})"); };
    QVERIFY(f.session.add(1, topic("1m"), f.world.now));
    QVERIFY(f.session.add(2, topic("1h"), f.world.now));
    QVERIFY(!f.session.add(3, topic("1h"), f.world.now));
    f.open();
    QCOMPARE(f.world.took(), QByteArray(R"(connect wss://small.example/ws | {"sub":["S1"]})"));
    hear();
    QCOMPARE(QByteArrayList(f.world.did).size(), 2); // of both
    f.world.took();
    f.session.remove(1, f.world.now);
    f.pass(20ms);
    QCOMPARE(f.world.took(), QByteArray()); // the other still needs it
    hear();
    QCOMPARE(f.world.took(), QByteArray("trades 2 1"));
    QVERIFY(f.session.add(4, topic("1m"), f.world.now));
    f.pass(20ms);
    QCOMPARE(f.world.took(), QByteArray()); // it is asked for already
    f.session.remove(2, f.world.now);
    f.session.remove(4, f.world.now);
    f.pass(20ms);
    QCOMPARE(f.world.took(), QByteArray(R"({"unsub":["S1"]})"));
}

void TestFeedSession::lastTopicEndsTheConnection()
{
    Fixture f;
    f.add(1);
    f.open();
    f.hearBar(1);
    f.session.remove(1, f.world.now);
    f.pass(9s);
    QCOMPARE(f.told().state, FeedState::Open);
    f.pass(1s);
    QCOMPARE(f.told().state, FeedState::Idle);
    QVERIFY(f.world.took().endsWith("disconnect"));
    f.add(1);
    QCOMPARE(f.world.took(), QByteArray("connect wss://small.example/ws"));
}

void TestFeedSession::handshake()
{
    Fixture f(R"(
handshake: { method: POST, url: "https://small.example/token", token: t, ping_every: p }
url: "wss://small.example/ws?t={token}"
)");
    f.add(1);
    QCOMPARE(f.world.took(), QByteArray("ask"));
    f.session.addressed(fail(ErrorCode::Network, "no way"), f.world.now);
    QCOMPARE(f.told().state, FeedState::Waiting);
    f.pass(1s);
    QCOMPARE(f.world.took(), QByteArray("ask"));
    f.session.addressed(std::string(R"({"t":"abc","p":5000})"), f.world.now);
    QCOMPARE(f.world.took(), QByteArray("connect wss://small.example/ws?t=abc"));
    f.open();
    f.world.took();
    f.pass(5s);
    QCOMPARE(f.world.took(), QByteArray("ping"));
    f.end();
    f.pass(2s);
    QCOMPARE(f.world.took(), QByteArray("ask")); // tokens are good for one connection
}

void TestFeedSession::tellsHowItIs()
{
    Fixture f;
    f.add(1);
    f.add(2);
    f.open();
    f.hearBar(1);
    f.hear(R"({"error":"no such symbol"})");
    f.pass(1s);
    const FeedSnapshot told = f.told();
    QCOMPARE(told.id, std::string("small spot"));
    QCOMPARE(told.topics, 2);
    QCOMPARE(told.alive, 1);
    QCOMPARE(told.messages, std::int64_t {2});
    QCOMPARE(told.lastError, std::string("refused: no such symbol"));
    QCOMPARE(told.latency, std::optional<milliseconds>(1s));
}

/// Whatever comes in which order: nothing is sent without a connection or above the budget, what is lost was alive, and
/// in the end it is subscribed to all that is wanted.
void TestFeedSession::latencyIsTheMedian()
{
    Fixture f;
    f.add(1);
    f.open();
    const UtcMs sent = fromMs(1735689599000);
    for (const milliseconds late : {10ms, 70ms, 30ms, 9'000ms, 20ms}) {
        f.world.now.wall = sent + late;
        f.hearBar(1);
    }
    f.pass(1s);
    QCOMPARE(f.told().latency, std::optional(30ms));
    f.world.now.wall = sent + 500ms;
    for (int n = 0; n < 101; ++n) // the old ones are forgotten
        f.hearBar(1);
    f.pass(1s);
    QCOMPARE(f.told().latency, std::optional(500ms));
}

void TestFeedSession::conditionsInTurn()
{
    Fixture f;
    f.add(1);
    QCOMPARE(conditionOf(f.told()), FeedCondition::Connecting);
    f.open();
    QCOMPARE(conditionOf(f.told()), FeedCondition::Connecting); // nothing has been told yet
    f.hearBar(1);
    QCOMPARE(conditionOf(f.told()), FeedCondition::Live);
    f.pass(14s);
    QCOMPARE(conditionOf(f.told()), FeedCondition::Live);
    f.pass(1s); // half of what counts as dead, and pings are not answered
    QCOMPARE(conditionOf(f.told()), FeedCondition::Stalled);
    f.session.ponged(f.world.now);
    QCOMPARE(conditionOf(f.told()), FeedCondition::Live);
    QVERIFY(!f.told().lastErrorAt);
    f.end(1006);
    QCOMPARE(conditionOf(f.told()), FeedCondition::Reconnecting);
    QCOMPARE(f.told().lastErrorAt, std::optional(f.world.now.wall));
    QVERIFY(f.told().wait > 0ms);
}

void TestFeedSession::anyOrderOfEvents()
{
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        Fixture f;
        std::set<int> wanted;
        for (int step = 0; step < 200; ++step) {
            const int n = 1 + static_cast<int>(random() % 7);
            switch (random() % 8) {
            case 0:
                if (wanted.insert(n).second)
                    f.add(n);
                break;
            case 1:
                if (wanted.erase(n) > 0) {
                    f.session.remove(static_cast<TopicId>(n), f.world.now);
                    f.world.alive.erase(static_cast<TopicId>(n));
                }
                break;
            case 2:
                if (f.told().state == FeedState::Connecting)
                    f.open();
                break;
            case 3:
                if (f.world.isConnected && random() % 4 == 0)
                    f.end(random() % 2 == 0 ? 0 : 1008);
                break;
            case 4:
                if (f.world.isOpen)
                    f.hear("{");
                break;
            case 5:
            case 6:
                if (f.world.isOpen)
                    f.hearBar(n);
                break;
            default:
                f.pass(milliseconds(random() % 12'000));
            }
        }
        for (int i = 0; i < 1'000 && !wanted.empty() && f.told().alive < static_cast<int>(wanted.size()); ++i) {
            f.pass(1s);
            if (f.told().state == FeedState::Connecting)
                f.open();
            for (const int n : wanted)
                if (f.world.isOpen)
                    f.hearBar(n);
        }
        QCOMPARE(f.told().alive, static_cast<int>(wanted.size()));
    }
}

QTEST_APPLESS_MAIN(TestFeedSession)
#include "tst_feedsession.moc"
