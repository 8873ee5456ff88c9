// The live wall over 200 streams of 50 messages a second each: the simulator in a process of its own, the real engine and
// screen in this one, offscreen, 1600 x 1000. Prints processor time by thread, what a message waits from the socket to
// the end of the paint that shows it (of tiles of Binance's spot market, each content once), frames, memory over time,
// and whether anything was lost on the way to the store.  bench_livewall [SECONDS]

#include <QApplication>
#include <QElapsedTimer>
#include <QListView>
#include <QMutex>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <dirent.h>
#include <fstream>
#include <map>
#include <sstream>
#include <unistd.h>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "core/live/qt/qtsocketloop.h"
#include "places.h"
#include "ui/wall/enginewallport.h"
#include "ui/wall/tiledelegate.h"
#include "ui/wall/wallpage.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t streams = 200;
constexpr const char* venues = "binance,bybit,okx,kraken,bitfinex,coinbaseexchange";

double msBetween(Steady::time_point from, Steady::time_point to)
{
    return std::chrono::duration<double, std::milli>(to - from).count();
}

double quantile(std::vector<double> values, double part)
{
    if (values.empty())
        return 0;
    std::ranges::sort(values);
    return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

/// What a tile shows of a bar.
struct Content {
    double close = 0, volume = 0;
    bool operator==(const Content&) const = default;
};

/// When messages of Binance's spot market were received, by symbol; of each symbol the newest.
class Receipts {
public:
    void received(std::string_view text)
    {
        const auto at = Steady::now();
        const auto symbol = valueOf(text, "\"s\":\""), close = valueOf(text, "\"c\":\""), volume = valueOf(text, "\"v\":\"");
        const auto c = parseDecimal(close), v = parseDecimal(volume);
        if (!c || !v || valueOf(text, "\"i\":\"") != "1m")
            return;
        const QMutexLocker lock(&m_mutex);
        auto& [known, newest] = m_known[std::string(symbol)];
        const Content content {*c, *v};
        if (std::exchange(newest, content) == content)
            return;
        known.push_back({content, at});
        if (known.size() > mostKnown)
            known.pop_front();
    }
    /// When that was received first; nothing where it came otherwise, or was asked for before.
    std::optional<Steady::time_point> take(const std::string& symbol, const Content& content)
    {
        const QMutexLocker lock(&m_mutex);
        auto& known = m_known[symbol].waiting;
        const auto found = std::ranges::find(known, content, &Receipt::content);
        if (found == known.end())
            return std::nullopt;
        const auto at = found->at;
        known.erase(known.begin(), found + 1);
        return at;
    }

private:
    struct Receipt {
        Content content;
        Steady::time_point at;
    };
    struct Symbol {
        std::deque<Receipt> waiting; ///< to be painted
        Content newest;
    };
    static constexpr std::size_t mostKnown = 256;
    static std::string_view valueOf(std::string_view text, std::string_view key)
    {
        const auto from = text.find(key);
        if (from == std::string_view::npos)
            return {};
        text.remove_prefix(from + key.size());
        return text.substr(0, text.find('"'));
    }
    QMutex m_mutex;
    std::map<std::string, Symbol> m_known;
};

/// Notes what comes in on the connections of Binance's spot market: they alone go to "localhost".
class NotingLoop final : public SocketLoop {
public:
    explicit NotingLoop(Receipts& receipts)
        : m_receipts(receipts)
    {
    }
    void run(std::function<void()> task) override { m_loop.run(std::move(task)); }
    bool isOwnThread() const override { return m_loop.isOwnThread(); }
    std::unique_ptr<Socket> connect(const std::string& url, SocketHandlers handlers) override
    {
        thread = gettid();
        if (url.find("//localhost") != std::string::npos)
            handlers.received = [this, inner = std::move(handlers.received)](std::string_view bytes) {
                m_receipts.received(bytes);
                inner(bytes);
            };
        return m_loop.connect(url, std::move(handlers));
    }
    std::shared_ptr<void> every(milliseconds interval, std::function<void()> beat) override { return m_loop.every(interval, std::move(beat)); }

    std::atomic<int> thread = 0;

private:
    Receipts& m_receipts;
    QtSocketLoop m_loop;
};

/// What was painted since it was asked last.
class NotingDelegate final : public TileDelegate {
public:
    explicit NotingDelegate(const WallModel& model)
        : m_model(model)
    {
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        TileDelegate::paint(painter, option, index);
        const WallTile& tile = m_model.tile(index.row());
        if (tile.running && tile.record.key.exchange == "binance" && tile.record.key.market == MarketType::Spot)
            m_shown.emplace_back(tile.record.exchangeSymbol, Content {tile.running->close, tile.running->volume});
    }
    auto take() const { return std::exchange(m_shown, {}); }

private:
    const WallModel& m_model;
    mutable std::vector<std::pair<std::string, Content>> m_shown;
};

double threadMs()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// Times frames: an update request of a window, painting and what leads to it included.
class Application final : public QApplication {
public:
    using QApplication::QApplication;
    std::function<void(double ms, double cpuMs, Steady::time_point end)> frame;
    bool notify(QObject* receiver, QEvent* event) override
    {
        if (event->type() != QEvent::UpdateRequest || !frame)
            return QApplication::notify(receiver, event);
        const auto begin = Steady::now();
        const double cpu = threadMs();
        const bool isDone = QApplication::notify(receiver, event);
        const auto end = Steady::now();
        frame(msBetween(begin, end), threadMs() - cpu, end);
        return isDone;
    }
};

/// Ends with this process. Exchanges are elsewhere in life: it takes what nobody else wants of the processors.
class Simulator {
public:
    Simulator()
        : m_pipe(popen((std::string("exec nice -n 19 " MNEMO_BIN_DIR "/mnemo-exchange-sim --synthetic 3 --beat 20 --die-with-parent --exchange ") + venues).c_str(), "r"))
    {
        char line[200] = {};
        if (m_pipe == nullptr || std::fgets(line, sizeof line, m_pipe) == nullptr)
            std::abort();
        const std::string text(line);
        const auto from = text.find("http://127.0.0.1:") + 17;
        port = text.substr(from, text.find(' ', from) - from);
    }
    std::string port;

private:
    std::FILE* m_pipe; ///< closed with this process, with which the simulator ends
};

std::map<int, double> cpuByThread()
{
    std::map<int, double> seconds;
    DIR* folder = opendir("/proc/self/task");
    while (const dirent* entry = readdir(folder)) {
        const int id = std::atoi(entry->d_name);
        std::ifstream file("/proc/self/task/" + std::to_string(id) + "/stat");
        std::string text((std::istreambuf_iterator<char>(file)), {});
        if (id == 0 || text.empty())
            continue;
        std::istringstream rest(text.substr(text.rfind(')') + 2));
        std::string word;
        double user = 0, system = 0;
        for (int i = 0; i < 11; ++i)
            rest >> word;
        rest >> user >> system;
        seconds[id] = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    closedir(folder);
    return seconds;
}

double residentMiB()
{
    std::ifstream file("/proc/self/statm");
    double size = 0, resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1048576;
}

/// Least squares, MiB a minute.
double slopeOf(const std::vector<std::pair<double, double>>& samples)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const auto& [minute, mib] : samples) {
        n += 1;
        x += minute;
        y += mib;
        xx += minute * minute;
        xy += minute * mib;
    }
    const double divisor = n * xx - x * x;
    return divisor == 0 ? 0 : (n * xy - x * y) / divisor;
}

std::unique_ptr<Engine> openEngine(const Simulator& simulator, const QTemporaryDir& folder, std::shared_ptr<SocketLoop> sockets)
{
    EngineOptions options;
    options.config.shipped = MNEMO_SOURCE_DIR "/config";
    options.config.environment = {"HOME=/nonexistent"};
    std::istringstream list {std::string(venues)};
    for (std::string id; std::getline(list, id, ',');) {
        options.config.sets.push_back("exchanges." + id + ".base_url=http://127.0.0.1:" + simulator.port + '/' + id);
        const std::string url = ":" + simulator.port + '/' + id;
        options.config.sets.push_back(id == "binance" ? "exchanges.binance.ws_url={spot: 'ws://localhost" + url + "', linear: 'ws://127.0.0.1" + url + "', inverse: 'ws://127.0.0.1" + url + "'}"
                                                      : "exchanges." + id + ".ws_url=ws://127.0.0.1" + url);
    }
    options.dataDir = folder.path().toStdString();
    options.sockets = std::move(sockets);
    return Engine::open(options).value();
}

/// All markets of the simulator that are streamed, the first of them at a second timeframe, until there are enough.
std::vector<SeriesKey> seriesOf(Engine& engine)
{
    std::vector<SeriesKey> minutes, others;
    for (const auto& venue : engine.catalogue()->venues()) {
        if (std::string(venues).find(venue->id()) == std::string::npos)
            continue;
        const auto markets = engine.fetchMarkets(venue->id());
        if (!markets)
            continue;
        for (const Instrument& instrument : *markets) {
            if (!venue->streams(instrument.market))
                continue;
            SeriesKey key {venue->id(), venue->id(), instrument.market, instrument.symbol, Kind::Candles, *Timeframe::fromName("1m")};
            minutes.push_back(key);
            key.timeframe = *Timeframe::fromName("5m");
            if (venue->streams(instrument.market)->has(key.timeframe))
                others.push_back(key);
        }
    }
    const auto thin = static_cast<std::size_t>(std::ranges::count(minutes, "coinbaseexchange", &SeriesKey::exchange)); // tells trades alone
    minutes.insert(minutes.end(), others.begin(), others.end());
    minutes.resize(std::min(minutes.size(), streams + thin));
    return minutes;
}

void wait(milliseconds length)
{
    QEventLoop loop;
    QTimer::singleShot(length, &loop, &QEventLoop::quit);
    loop.exec();
}

std::int64_t numberOf(Engine& engine, const std::string& sql)
{
    const auto table = (*engine.store().openReader())->query(sql);
    return table && !table->rows.empty() && table->rows[0][0] ? std::atoll(table->rows[0][0]->c_str()) : 0;
}

void backfill(Engine& engine, const std::vector<SeriesKey>& all, TimeRange range)
{
    std::vector<JobId> jobs;
    for (const SeriesKey& key : all) {
        BackfillRequest request = BackfillRequest::of(key);
        request.range = range;
        jobs.push_back(engine.backfill(request).value());
    }
    for (const JobId job : jobs)
        engine.wait(job);
}

std::int64_t messagesOf(Engine& engine)
{
    std::int64_t messages = 0;
    for (const FeedSnapshot& feed : engine.feeds())
        messages += feed.messages;
    return messages;
}

} // namespace

int main(int argc, char** argv)
{
    Application application(argc, argv);
    const auto length = std::chrono::seconds {argc > 1 ? std::atoi(argv[1]) : 120};
    const QTemporaryDir folder;
    const Simulator simulator;
    Receipts receipts;
    const auto sockets = std::make_shared<NotingLoop>(receipts);
    const auto engine = openEngine(simulator, folder, sockets);
    const std::vector<SeriesKey> all = seriesOf(*engine);
    const UtcMs before = engine->clock().now();
    backfill(*engine, all, {before - 1h, before});
    EngineBridge bridge(*engine, false);
    EngineWallPort port(bridge);
    WallPage page(port);
    NotingDelegate delegate(*page.model());
    page.view()->setItemDelegate(&delegate);
    QObject::connect(&bridge, &EngineBridge::seriesChanged, &page, &WallPage::setSeriesList);
    QObject::connect(&bridge, &EngineBridge::rowsChanged, &page, [&](const SeriesKey& key, TimeRange) { page.rowsChanged(key); });
    QObject::connect(&bridge, &EngineBridge::barRunning, &page, &WallPage::barRunning);
    QObject::connect(&bridge, &EngineBridge::feedsChanged, &page, &WallPage::feedsChanged);
    std::vector<double> frames, frameCpu, delays;
    application.frame = [&](double ms, double cpuMs, Steady::time_point end) {
        frames.push_back(ms);
        frameCpu.push_back(cpuMs);
        for (const auto& [symbol, content] : delegate.take()) {
            if (const auto at = receipts.take(symbol, content))
                delays.push_back(msBetween(*at, end));
        }
    };
    for (auto* values : {&frames, &frameCpu, &delays})
        values->reserve(1'000'000);
    bridge.begin();
    page.resize(1600, 1000);
    page.show();
    std::vector<std::shared_ptr<void>> guards;
    for (const SeriesKey& key : all)
        guards.push_back(engine->follow(key));
    wait(20s);
    std::printf("%zu series followed, %zu tiles in sight, %zu connections\n", all.size(), page.followed().size(), engine->feeds().size());
    std::fflush(stdout);

    for (auto* values : {&frames, &frameCpu, &delays})
        values->clear();
    std::vector<std::pair<double, double>> memory;
    QElapsedTimer took;
    took.start();
    QTimer sampler;
    QObject::connect(&sampler, &QTimer::timeout, [&] { memory.emplace_back(static_cast<double>(took.elapsed()) / 60'000, residentMiB()); });
    sampler.start(2s);
    const auto cpuBefore = cpuByThread();
    const std::int64_t messagesBefore = messagesOf(*engine);
    const UtcMs began = engine->clock().now();
    wait(length);
    const double seconds = static_cast<double>(took.elapsed()) / 1000;
    const auto cpuAfter = cpuByThread();
    const std::int64_t messages = messagesOf(*engine) - messagesBefore;
    const UtcMs ended = engine->clock().now();
    application.frame = {};
    wait(15s); // what closed last is stored

    std::printf("%.0f s: %.0f messages a second, %.0f frames a second\n", seconds, static_cast<double>(messages) / seconds, static_cast<double>(frames.size()) / seconds);
    double total = 0;
    for (const auto& [id, cpu] : cpuAfter) {
        const auto known = cpuBefore.find(id);
        const double share = (cpu - (known == cpuBefore.end() ? 0 : known->second)) / seconds * 100;
        total += share;
        if (share >= 0.1)
            std::printf("  %-10s %5.1f %% of a core\n", id == getpid() ? "window" : id == sockets->thread ? "sockets" : "other", share);
    }
    std::printf("  together   %5.1f %%\n", total);
    for (const auto& [what, values] : {std::pair {"frame", &frames}, std::pair {"frame, processor time", &frameCpu}})
        std::printf("%s: median %.2f ms, p99 %.2f ms, longest %.2f ms\n", what, quantile(*values, 0.5), quantile(*values, 0.99), quantile(*values, 1));
    std::printf("socket to pixel: median %.1f ms, p99 %.1f ms, longest %.1f ms, of %zu\n", quantile(delays, 0.5), quantile(delays, 0.99), quantile(delays, 1), delays.size());
    const std::vector<std::pair<double, double>> settled(memory.begin() + static_cast<std::ptrdiff_t>(memory.size() / 3), memory.end());
    std::printf("memory: %.0f MiB, %.2f MiB a minute over the last two thirds\n", memory.back().second, slopeOf(settled));
    std::fflush(stdout); // what follows waits for the exchanges' limits
    // bars that opened and closed meanwhile
    const std::string range = " open_time >= " + std::to_string(toMs(std::chrono::ceil<std::chrono::minutes>(began))) + " AND open_time < "
        + std::to_string(toMs(std::chrono::floor<std::chrono::minutes>(ended)));
    const std::string minutes = "SELECT count(*) FROM candles JOIN series ON id = series_id WHERE timeframe = '1m' AND" + range;
    const std::int64_t stored = numberOf(*engine, minutes);
    const std::int64_t streamed = numberOf(*engine, "SELECT count(*) FROM pages WHERE route = 'stream' AND fetched_at >= " + std::to_string(toMs(began)));
    guards.clear();
    // Of a thin market many minutes have no trade, which counts as known only after a while: REST tells which were lost.
    const TimeRange checked {std::chrono::ceil<std::chrono::minutes>(began), std::chrono::floor<std::chrono::minutes>(ended)};
    std::vector<SeriesKey> ofMinutes;
    std::ranges::copy_if(all, std::back_inserter(ofMinutes), [](const SeriesKey& key) { return key.timeframe == *Timeframe::fromName("1m"); });
    if (!checked.isEmpty()) // a run of less than a minute
        backfill(*engine, ofMinutes, checked);
    const std::int64_t lost = numberOf(*engine, minutes) - stored;
    std::printf("stored: %lld minutes, %lld bars of them and of longer ones by streams; %lld minutes were lost\n", static_cast<long long>(stored),
        static_cast<long long>(streamed), static_cast<long long>(lost));
    return lost == 0 ? 0 : 1;
}
