// Milliseconds for one frame of the candle chart, against QCandlestickSeries in the same run, sides alternated.
//
//   QT_QPA_PLATFORM=offscreen bench_chart        1600 x 900; axes, volume and crosshair on
//
// A frame is a drag by a few pixels in x and y that goes through the event loop until the widget has painted. Candles
// are always drawn whole on both sides. Bars come from memory, so that painting is measured and not a disk.
#include <QApplication>
#include <QCandlestickSeries>
#include <QCandlestickSet>
#include <QChart>
#include <QChartView>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QValueAxis>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "core/base/timetext.h"
#include "ui/chart/chartview.h"

using namespace mnemo;

namespace {

constexpr QSize size {1600, 900};
constexpr milliseconds minute {60'000};
constexpr int rounds = 5;
const UtcMs t0 = fromMs(1'577'836'800'000); // 2020-01-01

ChartBar barAt(std::int64_t index)
{
    // As in a walk, what happens within one pixel column is small against the whole, at every zoom.
    const auto at = [](std::int64_t i) {
        const auto x = double(i);
        return 30'000 + 4'000 * std::sin(x / 900'000) + 900 * std::sin(x / 60'000) + 300 * std::sin(x / 4'000)
            + 120 * std::sin(x / 250) + 40 * std::sin(x / 11) + 15 * std::sin(x * 1.7);
    };
    const double open = at(index), close = at(index + 1);
    return {t0 + index * minute, open, std::max(open, close) + 25, std::min(open, close) - 25, close,
        5 + 4 * std::sin(double(index) / 13)};
}

struct Frames {
    double median = 0, p99 = 0;
};

Frames summed(std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

class PaintCounter final : public QObject {
public:
    int painted = 0;
    bool eventFilter(QObject*, QEvent* event) override
    {
        painted += event->type() == QEvent::Paint;
        return false;
    }
};

/// Calls @p move, then runs the event loop until @p target has painted; milliseconds for each of @p count frames.
std::vector<double> measure(QWidget& target, int count, const std::function<void(int)>& move)
{
    PaintCounter counter;
    target.installEventFilter(&counter);
    std::vector<double> times;
    for (int frame = 0; frame < count; ++frame) {
        const int before = counter.painted;
        QElapsedTimer timer;
        timer.start();
        move(frame);
        do
            QCoreApplication::processEvents();
        while (counter.painted == before);
        times.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    target.removeEventFilter(&counter);
    return times;
}

/// There and back again, so that the view stays over the data.
int step(int frame)
{
    return frame % 60 < 30 ? 4 : -4;
}

class OurChart {
public:
    explicit OurChart(std::int64_t count)
        : m_extent {t0, t0 + count * minute}
        , m_view([this](const TileCache::Request& request) {
            QMetaObject::invokeMethod(
                &m_view, [this, request] { m_view.deliver(request.key, read(request)); }, Qt::QueuedConnection);
        })
    {
        SeriesRecord series;
        series.id = 1;
        series.key.exchange = series.key.source = "bench";
        series.key.symbol = "BTC/USDT";
        m_view.resize(size);
        m_view.show();
        m_view.setSeries(series, m_extent);
        QCoreApplication::processEvents();
        m_view.setAutoFit(false);
    }
    void show(std::int64_t visible)
    {
        m_view.showRange({m_extent.to - visible * minute, m_extent.to});
        m_view.setAutoFit(true);
        settle();
        m_view.setAutoFit(false);
        settle();
    }
    std::vector<double> pan(int count)
    {
        drag(QEvent::MouseButtonPress, Qt::LeftButton);
        auto times = measure(m_view, count, [this](int frame) {
            m_at += QPointF(step(frame), step(frame) / 4.0);
            drag(QEvent::MouseMove, Qt::NoButton);
        });
        drag(QEvent::MouseButtonRelease, Qt::LeftButton);
        return times;
    }
    std::vector<double> crosshair(int count)
    {
        return measure(m_view, count, [this](int frame) {
            m_at += QPointF(step(frame), step(frame) / 2.0);
            QMouseEvent event(
                QEvent::MouseMove, m_at, m_view.mapToGlobal(m_at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&m_view, &event);
        });
    }
    ChartView& view() { return m_view; }

private:
    void settle()
    {
        do {
            m_view.repaint();
            QCoreApplication::processEvents();
        } while (m_view.tiles().pending() > 0 || !m_view.scene().loading.empty());
    }
    void drag(QEvent::Type type, Qt::MouseButton button)
    {
        QMouseEvent event(type, m_at, m_view.mapToGlobal(m_at), button, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&m_view, &event);
    }
    ChartTile read(const TileCache::Request& request) const
    {
        ChartTile tile {request.range, {}, {}};
        const auto length = request.level.length / minute;
        for (UtcMs time = request.range.from; time < request.range.to; time += request.level.length) {
            if (!m_extent.contains(time))
                continue;
            const std::int64_t index = (time - t0) / minute;
            ChartBar bar = barAt(index);
            for (const std::int64_t more : {length / 3, length / 2, length - 1})
                append(bar, barAt(index + more));
            tile.bars.push_back(bar);
        }
        return tile;
    }

    TimeRange m_extent;
    ChartView m_view;
    QPointF m_at {700, 400};
};

class QtChart {
public:
    explicit QtChart(int count)
    {
        auto* series = new QCandlestickSeries;
        series->setIncreasingColor(QColor(0x00, 0x72, 0xb2));
        series->setDecreasingColor(QColor(0xd5, 0x5e, 0x00));
        QList<QCandlestickSet*> sets;
        for (int i = 0; i < count; ++i) {
            const ChartBar bar = barAt(i);
            sets << new QCandlestickSet(bar.open, bar.high, bar.low, bar.close, double(toMs(bar.time)));
        }
        series->append(sets);
        auto* chart = new QChart;
        chart->addSeries(series);
        chart->legend()->hide();
        auto* times = new QDateTimeAxis;
        auto* prices = new QValueAxis;
        chart->addAxis(times, Qt::AlignBottom);
        chart->addAxis(prices, Qt::AlignRight);
        series->attachAxis(times);
        series->attachAxis(prices);
        times->setRange(QDateTime::fromMSecsSinceEpoch(toMs(t0), Qt::UTC),
            QDateTime::fromMSecsSinceEpoch(toMs(t0 + count * minute), Qt::UTC));
        prices->setRange(25'000, 35'000);
        m_view.setChart(chart);
        m_view.resize(size);
        m_view.show();
        QCoreApplication::processEvents();
    }
    std::vector<double> pan(int count)
    {
        return measure(
            *m_view.viewport(), count, [this](int frame) { m_view.chart()->scroll(-step(frame), step(frame) / 4.0); });
    }

private:
    QChartView m_view;
};

void against(int visible, int frames, int qtFrames)
{
    OurChart ours(visible);
    ours.show(visible);
    QtChart theirs(visible);
    std::vector<double> our, their;
    for (int round = 0; round < rounds; ++round) {
        const auto a = ours.pan(frames);
        const auto b = theirs.pan(qtFrames);
        our.insert(our.end(), a.begin(), a.end());
        their.insert(their.end(), b.begin(), b.end());
    }
    const Frames one = summed(our), other = summed(their);
    std::printf("%6d visible   ours %6.2f ms (p99 %6.2f)   QCandlestickSeries %7.2f ms (p99 %7.2f)   %5.1fx\n", visible,
        one.median, one.p99, other.median, other.p99, other.median / one.median);
    std::fflush(stdout);
}

void levels(std::int64_t count)
{
    OurChart ours(count);
    for (const std::int64_t visible : {std::int64_t {500}, std::int64_t {5'000}, std::int64_t {100'000}, count}) {
        ours.show(visible);
        std::vector<double> pan, cross;
        for (int round = 0; round < rounds; ++round) {
            const auto a = ours.pan(60);
            const auto b = ours.crosshair(60);
            pan.insert(pan.end(), a.begin(), a.end());
            cross.insert(cross.end(), b.begin(), b.end());
        }
        const Frames frame = summed(pan), over = summed(cross);
        std::printf("%9lld stored %9lld visible   pan %5.2f ms (p99 %5.2f)   crosshair %5.2f ms (p99 %5.2f)   tiles "
                    "%5.1f MiB\n",
            static_cast<long long>(count), static_cast<long long>(visible), frame.median, frame.p99, over.median,
            over.p99, double(ours.view().tiles().bytes()) / (1 << 20));
    }
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    std::printf("%s, %d x %d, x+y pan through the event loop, medians of %d alternated rounds\n",
        qPrintable(QGuiApplication::platformName()), size.width(), size.height(), rounds);
    against(500, 60, 30);
    against(2'000, 60, 20);
    against(20'000, 60, 6);
    levels(1'000'000);
    levels(10'000'000);
    return 0;
}
