// The live wall with 50 tiles in sight: processor time of the whole program while nothing is told, and while every tile gets
// a new price twice or four times a second; and how many tiles are painted for it. The real screen, 1600 x 1000; say
// QT_QPA_PLATFORM=xcb for a real window.
#include <QApplication>
#include <QTimer>
#include <cstdio>
#include <ctime>

#include "ui/wall/tiledelegate.h"
#include "ui/wall/wallpage.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr int tiles = 50;
constexpr auto measured = 10s;

/// Answers from memory.
class Port final : public WallPort {
public:
    UtcMs now() const override { return SystemClock().now(); }
    std::shared_ptr<void> follow(const SeriesKey&) override
    {
        ++followed;
        return std::make_shared<int>(0);
    }
    void readCandles(QObject* context, const SeriesRecord& series, TimeRange range, Answer answer) override
    {
        std::vector<Candle> bars;
        for (UtcMs at = series.grid().floor(range.from); at < now() - 1min; at += 1min) {
            const double price = 100 + static_cast<double>(toMs(at) / 60'000 % 97);
            bars.push_back({at, price, price, price, price, 1});
        }
        QMetaObject::invokeMethod(context, [answer, bars] { answer(bars); }, Qt::QueuedConnection);
    }
    int followed = 0;
};

double processorSeconds()
{
    timespec time {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void wait(milliseconds length)
{
    QEventLoop loop;
    QTimer::singleShot(length, &loop, &QEventLoop::quit);
    loop.exec();
}

void measure(const char* what, const WallPage& page)
{
    const int before = page.delegate()->painted();
    const double began = processorSeconds();
    wait(measured);
    std::printf("%-24s %5.1f %% of a core, %d tiles painted in %lld s\n", what,
        (processorSeconds() - began) / static_cast<double>(measured.count()) * 100, page.delegate()->painted() - before,
        static_cast<long long>(measured.count()));
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    Port port;
    auto list = std::make_shared<StoredSeriesList>();
    auto report = std::make_shared<FeedReport>();
    for (int n = 0; n < tiles; ++n) {
        StoredSeries series;
        series.record.key = {"venue", "venue", MarketType::Spot, "S" + std::to_string(100 + n) + "/USDT", Kind::Candles, *Timeframe::fromName("1m")};
        series.last = series.record.grid().floor(port.now()) - 1min;
        list->push_back(series);
        report->series.push_back({series.record.key, FollowState::Streamed});
    }
    WallPage page(port);
    page.resize(1600, 1000);
    page.setSeriesList(list);
    page.feedsChanged(report);
    page.show();
    wait(2s);
    std::printf("%d tiles in sight\n", port.followed);
    measure("nothing is told", page);
    int turn = 0;
    QTimer feed;
    QObject::connect(&feed, &QTimer::timeout, [&] {
        const double price = 100 + ++turn % 50;
        for (const StoredSeries& series : *list) {
            const UtcMs open = series.record.grid().floor(port.now());
            page.barRunning({series.record.key, {open, price, price, price, price, 1}, open + 1min});
        }
    });
    for (const auto& [what, every] : {std::pair {"2 prices a second each", 500ms}, std::pair {"4 prices a second each", 250ms}}) {
        feed.start(every);
        measure(what, page);
    }
    return 0;
}
