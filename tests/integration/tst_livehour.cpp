// An hour of six exchanges' streams, whose shapes have nothing in common, with connections that break and stall, messages
// that get lost, come twice, late or cut: what is stored equals, bar by bar, what the exchanges say by REST.
// MNEMO_LIVE_HOUR=full takes the hour, two minutes; else ten minutes of it.

#include <QTest>

#include "app/simulator/fastclock.h"
#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "core/live/qt/qtsocketloop.h"
#include "support/programs.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr int speed = 30; ///< a minute is two seconds
const UtcMs begin = parseTime("2025-06-01T00:00:20Z").value();
const char* const venues = "binance,bybit,okx,kraken,bitfinex,coinbaseexchange";
const char* const faults = "drop=0.004,close=0.004,stall=0.001,lost=0.03,twice=0.05,late=0.05,garbage=0.01";

SeriesKey key(const char* exchange, MarketType market, const char* symbol)
{
    return {exchange, exchange, market, symbol, Kind::Candles, *Timeframe::fromName("1m")};
}

std::vector<SeriesKey> allSeries()
{
    using enum MarketType;
    return {key("binance", Spot, "BTC/USDT"), key("binance", Spot, "ETH/USDT"), key("binance", Linear, "BTC/USDT:USDT"),
        key("bybit", Spot, "BTC/USDT"), key("bybit", Linear, "ETH/USDT:USDT"), key("bybit", Inverse, "BTC/USD:BTC"),
        key("okx", Spot, "BTC/USDT"), key("okx", Linear, "BTC/USDT:USDT"), key("kraken", Spot, "BTC/USD"),
        key("bitfinex", Spot, "BTC/USD"), key("bitfinex", Spot, "ETH/USD"), key("coinbaseexchange", Spot, "BTC/USD"),
        key("coinbaseexchange", Spot, "ETH/USD")}; // the last tells trades alone
}

std::vector<Candle> stored(Engine& engine, const SeriesKey& of, TimeRange range)
{
    const auto reader = *engine.store().openReader();
    const auto record = reader->find(of);
    return record && *record ? reader->candles((*record)->id, range).value_or(std::vector<Candle> {}) : std::vector<Candle> {};
}

QByteArray asked(Engine& engine, const char* sql)
{
    const auto table = (*engine.store().openReader())->query(sql);
    return table && !table->rows.empty() && table->rows[0][0] ? QByteArray::fromStdString(*table->rows[0][0]) : QByteArray("none");
}

bool backfill(Engine& engine, const SeriesKey& of, TimeRange range)
{
    BackfillRequest request = BackfillRequest::of(of);
    request.range = range;
    const auto job = engine.backfill(request);
    return job && engine.wait(*job) && engine.job(*job)->state != JobState::Failed;
}

QString textOf(const SeriesKey& of, const Candle& bar)
{
    QStringList numbers;
    for (const double number : {bar.open, bar.high, bar.low, bar.close, bar.volume, bar.quoteVolume.value_or(-1)})
        numbers << QString::number(number, 'g', 17);
    return QString::fromStdString(of.text() + ' ' + formatIso(bar.openTime)) + QLatin1Char(' ') + numbers.join(QLatin1Char(' '))
        + QStringLiteral(" flags %1").arg(bar.flags);
}

/// What the connections went through, as the reports tell it.
struct Trouble {
    std::map<std::string, FeedSnapshot> feeds;
    std::map<SeriesKey, std::set<FollowState>> states;
    int reports = 0;
};

} // namespace

class TestLiveHour : public QObject {
    Q_OBJECT

private slots:
    void storedIsWhatTheExchangesSay();

private:
    std::unique_ptr<Engine> open(const Sim& sim, const char* name, std::shared_ptr<SocketLoop> sockets) const
    {
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.user = m_folder.filePath(QStringLiteral("config")).toStdString();
        const std::string url = sim.url().toStdString();
        options.config.sets = {"retry.base=50ms"};
        for (const QByteArray& venue : QByteArray(venues).split(',')) {
            const std::string id = venue.toStdString(), of = "exchanges." + id;
            options.config.sets.push_back(of + ".base_url=" + url + '/' + id);
            options.config.sets.push_back(of + ".ws_url=ws" + url.substr(4) + '/' + id);
            options.config.sets.push_back(of + ".streams.silence=2s");
        }
        options.config.environment = {"HOME=/nonexistent"};
        options.dataDir = m_folder.filePath(QLatin1String(name)).toStdString();
        options.clock = m_clock;
        options.sockets = std::move(sockets);
        return std::move(*Engine::open(options));
    }

    QTemporaryDir m_folder;
    std::shared_ptr<sim::FastClock> m_clock;
};

void TestLiveHour::storedIsWhatTheExchangesSay()
{
    const milliseconds length = qEnvironmentVariable("MNEMO_LIVE_HOUR") == QStringLiteral("full") ? milliseconds {1h} : milliseconds {10min};
    const Sim sim({QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QLatin1String(venues),
        QStringLiteral("--now"), QString::number(toMs(begin)), QStringLiteral("--speed"), QString::number(speed),
        QStringLiteral("--stream-fault"), QLatin1String(faults), QStringLiteral("--seed"), QStringLiteral("5")});
    m_clock = std::make_shared<sim::FastClock>(begin, speed);
    const auto engine = open(sim, "data", std::make_shared<QtSocketLoop>());
    std::mutex mutex;
    Trouble trouble;
    const auto subscription = engine->subscribe([&](const Event& event) {
        const auto* changed = std::get_if<FeedsChanged>(&event);
        if (changed == nullptr)
            return;
        const std::lock_guard lock(mutex);
        ++trouble.reports;
        for (const FeedSnapshot& feed : changed->report->feeds)
            trouble.feeds[feed.id] = feed;
        for (const FollowedSeries& series : changed->report->series)
            trouble.states[series.series].insert(series.state);
    });
    const std::vector<SeriesKey> series = allSeries();
    for (const SeriesKey& one : series)
        QVERIFY2(backfill(*engine, one, {m_clock->now() - 20min, m_clock->now()}), one.text().c_str());
    const TimeRange wanted {begin - 10min, m_clock->now() + length};
    QElapsedTimer timer;
    timer.start();
    std::vector<std::shared_ptr<void>> guards;
    for (const SeriesKey& one : series)
        guards.push_back(engine->follow(one));
    const auto isThere = [&](const SeriesKey& one) {
        const auto last = stored(*engine, one, {wanted.to - 5min, UtcMs::max()});
        return !last.empty() && last.back().openTime + 1min >= wanted.to;
    };
    for (const SeriesKey& one : series)
        QTRY_VERIFY2_WITH_TIMEOUT(isThere(one), one.text().c_str(), static_cast<int>(3 * (length.count() / speed) + 120'000));
    const qint64 took = timer.elapsed();
    const int reports = [&] {
        const std::lock_guard lock(mutex);
        return trouble.reports;
    }();
    guards.clear();

    const auto truth = open(sim, "truth", nullptr);
    std::int64_t bars = 0;
    for (const SeriesKey& one : series) {
        QVERIFY(backfill(*truth, one, wanted));
        const auto served = stored(*truth, one, wanted);
        const auto ours = stored(*engine, one, wanted);
        QVERIFY2(served.size() * 1min + 2min > wanted.to - wanted.from, one.text().c_str());
        QVERIFY2(ours.size() == served.size(), one.text().c_str());
        for (std::size_t i = 0; i < served.size(); ++i)
            QVERIFY2(ours[i] == served[i], qPrintable(textOf(one, ours[i]) + QStringLiteral(" is not ") + textOf(one, served[i])));
        bars += static_cast<std::int64_t>(ours.size());
    }
    QCOMPARE(asked(*engine, "SELECT count(*) FROM revisions"), QByteArray("0"));
    const int streamed = asked(*engine, "SELECT count(*) FROM pages WHERE route = 'stream'").toInt();
    QVERIFY(streamed > 0);
    const std::lock_guard lock(mutex);
    int reconnects = 0;
    std::int64_t messages = 0, unreadable = 0;
    for (const auto& [id, feed] : trouble.feeds) {
        reconnects += feed.reconnects;
        messages += feed.messages;
        unreadable += feed.unreadable;
    }
    QCOMPARE(trouble.feeds.size(), std::size_t {10}); // one of each market type
    QVERIFY(reconnects > 0 && unreadable > 0);
    for (const SeriesKey& one : series)
        QVERIFY2(trouble.states[one].contains(FollowState::Streamed), one.text().c_str());
    QVERIFY2(reports > 0 && reports <= took / 1'000 + 1, qPrintable(QString::number(reports))); // at most once a second
    qInfo("%lld bars of %zu series, %d of them by streams; %lld messages, %lld of them cut, %d reconnects, %d reports, %lld s",
        static_cast<long long>(bars), series.size(), streamed, static_cast<long long>(messages),
        static_cast<long long>(unreadable), reconnects, reports, static_cast<long long>(took / 1'000));
}

QTEST_GUILESS_MAIN(TestLiveHour)
#include "tst_livehour.moc"
