// Milliseconds for one frame of the candle chart, against QCandlestickSeries and a bare painted widget in the same run,
// sides alternated.
//
//   QT_QPA_PLATFORM=offscreen bench_chart [FOLDER]        1600 x 900; axes, volume, lane and crosshair on
//
// A frame is a drag by a few pixels in x and y, or a turn of the wheel, that goes through the event loop until the
// widget has painted. Candles are always drawn whole on all sides. Against the others the bars come from memory; the
// long series are read from a real SQLite file, which is made in FOLDER and kept there, or made anew and removed.
#include <QApplication>
#include <QChartView>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

#include <QPainter>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <filesystem>
#include <memory>

#include "core/base/timetext.h"
#include "core/quality/gaps.h"
#include "core/storage/sqlite/sqlitestore.h"
#include "tests/bench/chartstore.h"
#include "tests/bench/qtchart.h"
#include "ui/bridge/storethread.h"
#include "ui/chart/chartview.h"
#include "ui/chart/tilereader.h"

using namespace mnemo;
using namespace mnemo::bench;

namespace {

constexpr QSize size {1600, 900};
constexpr int rounds = 5;

struct Frames {
    double median = 0, p99 = 0;
    double cpu = 0, cpu99 = 0; ///< of the UI thread's own time: what remains where the machine does other work too
};

struct Frame {
    double wall = 0, cpu = 0; ///< ms
};

double threadMs()
{
    timespec now {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

Frames summed(const std::vector<Frame>& frames)
{
    std::vector<double> wall, cpu;
    for (const Frame& frame : frames) {
        wall.push_back(frame.wall);
        cpu.push_back(frame.cpu);
    }
    std::sort(wall.begin(), wall.end());
    std::sort(cpu.begin(), cpu.end());
    return {wall[wall.size() / 2], wall[wall.size() * 99 / 100], cpu[cpu.size() / 2], cpu[cpu.size() * 99 / 100]};
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
std::vector<Frame> measure(QWidget& target, int count, const std::function<void(int)>& move)
{
    QCoreApplication::processEvents(); // what the other side has left to do is not this one's
    PaintCounter counter;
    target.installEventFilter(&counter);
    std::vector<Frame> times;
    for (int frame = 0; frame < count; ++frame) {
        const int before = counter.painted;
        QElapsedTimer timer;
        timer.start();
        const double cpu = threadMs();
        move(frame);
        do
            QCoreApplication::processEvents();
        while (counter.painted == before);
        times.push_back({double(timer.nsecsElapsed()) / 1e6, threadMs() - cpu});
    }
    target.removeEventFilter(&counter);
    return times;
}

/// There and back again, so that the view stays over the data.
int step(int frame)
{
    return frame % 60 < 30 ? 4 : -4;
}

/// Where a chart's bars come from; calls back on the UI thread, later.
using Bars = std::function<void(ChartView& view, const TileCache::Request& request)>;

ChartTile memoryTile(const TileCache::Request& request, TimeRange extent)
{
    ChartTile tile {request.range, {}, {}};
    const auto length = request.level.length / minute;
    for (UtcMs time = request.range.from; time < request.range.to; time += request.level.length) {
        if (!extent.contains(time))
            continue;
        const std::int64_t index = (time - t0) / minute;
        ChartBar bar = barAt(index);
        for (const std::int64_t more : {length / 3, length / 2, length - 1})
            append(bar, barAt(index + more));
        tile.bars.push_back(bar);
    }
    return tile;
}

Bars fromMemory(std::int64_t count)
{
    return [extent = TimeRange {t0, t0 + count * minute}](ChartView& view, const TileCache::Request& request) {
        QMetaObject::invokeMethod(
            &view, [&view, request, extent] { view.deliver(request.key, memoryTile(request, extent)); },
            Qt::QueuedConnection);
    };
}

/// As the program does: a thread of its own with a read connection.
Bars fromStore(StoreThread& thread)
{
    return [&thread](ChartView& view, const TileCache::Request& request) {
        thread.post([&view, request](const Result<StoreReader*>& reader, const std::stop_token&) {
            const FindGaps find = [&](const SeriesRecord& series, TimeRange range) -> Result<std::vector<Gap>> {
                const auto held = (*reader)->openTimes(series.id, range);
                const auto coverage = (*reader)->coverage(series.id, range);
                if (!held || !coverage)
                    return fail(!held ? held.error() : coverage.error());
                return findGaps(*held, *coverage, series.grid(), range);
            };
            auto tile = std::make_shared<Result<ChartTile>>(
                reader ? readTile(**reader, find, request.series, request.level, request.range) : fail(reader.error()));
            QMetaObject::invokeMethod(
                &view, [&view, key = request.key, tile] { view.deliver(key, std::move(*tile)); }, Qt::QueuedConnection);
        });
    };
}

class OurChart {
public:
    OurChart(std::int64_t count, Bars bars, SeriesId series = 1)
        : m_extent {t0, t0 + count * minute}
        , m_bars(std::move(bars))
        , m_view([this](const TileCache::Request& request) { m_bars(m_view, request); })
    {
        SeriesRecord record;
        record.id = series;
        record.key.exchange = record.key.source = "bench";
        record.key.symbol = "BTC/USDT";
        m_view.resize(size);
        m_view.show();
        m_view.setSeries(record, m_extent);
        QCoreApplication::processEvents();
        m_view.setAutoFit(false);
    }
    void show(std::int64_t visible) { show(visible, m_extent.to); }
    void show(std::int64_t visible, UtcMs end)
    {
        m_view.showRange({end - visible * minute, end});
        m_view.setAutoFit(true);
        settle();
        m_view.setAutoFit(false);
        settle();
    }
    std::vector<Frame> pan(int count)
    {
        drag(QEvent::MouseButtonPress, Qt::LeftButton);
        auto times = measure(m_view, count, [this](int frame) {
            m_at += QPointF(step(frame), step(frame) / 4.0);
            drag(QEvent::MouseMove, Qt::NoButton);
        });
        drag(QEvent::MouseButtonRelease, Qt::LeftButton);
        return times;
    }
    std::vector<Frame> zoom(int count)
    {
        return measure(m_view, count, [this](int frame) {
            QWheelEvent event(m_at, m_view.mapToGlobal(m_at), {}, {0, frame % 8 < 4 ? 30 : -30}, Qt::NoButton,
                Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(&m_view, &event);
        });
    }
    std::vector<Frame> crosshair(int count)
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
    TimeRange m_extent;
    Bars m_bars;
    ChartView m_view;
    QPointF m_at {700, 400};
};

class QtChart {
public:
    explicit QtChart(int count)
    {
        m_view.setChart(candlestickChart(count));
        m_view.resize(size);
        m_view.show();
        QCoreApplication::processEvents();
    }
    std::vector<Frame> pan(int count)
    {
        return measure(
            *m_view.viewport(), count, [this](int frame) { m_view.chart()->scroll(-step(frame), step(frame) / 4.0); });
    }

private:
    QChartView m_view;
};

/// The least that draws as many candles: a widget without axes, volume, text or scales.
class BareWidget final : public QWidget {
public:
    explicit BareWidget(int count)
        : m_count(count)
    {
        resize(::size);
        setAttribute(Qt::WA_OpaquePaintEvent);
        for (int i = 0; i < count; ++i)
            m_bars.push_back(barAt(i));
        show();
        QCoreApplication::processEvents();
    }
    std::vector<Frame> pan(int count)
    {
        return measure(*this, count, [this](int frame) {
            m_shift += QPointF(step(frame), step(frame) / 4.0);
            update();
        });
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), Qt::white);
        painter.setPen(Qt::NoPen);
        const double slot = double(width()) / m_count;
        const auto y = [&](double price) { return int((35'000 - price) / 10'000 * height() + m_shift.y()); };
        for (const bool isUp : {true, false}) {
            painter.setBrush(isUp ? QColor(0x00, 0x72, 0xb2) : QColor(0xd5, 0x5e, 0x00));
            m_rects.clear();
            for (int i = 0; i < m_count; ++i) {
                const ChartBar& bar = m_bars[size_t(i)];
                if ((bar.close >= bar.open) != isUp)
                    continue;
                const int x = int(i * slot + m_shift.x());
                const int top = y(std::max(bar.open, bar.close));
                m_rects << QRect(x, y(bar.high), 1, y(bar.low) - y(bar.high) + 1)
                        << QRect(x, top, std::max(1, int(slot * 0.75)), y(std::min(bar.open, bar.close)) - top + 1);
            }
            painter.drawRects(m_rects.constData(), int(m_rects.size()));
        }
    }

private:
    int m_count;
    QPointF m_shift;
    std::vector<ChartBar> m_bars;
    QList<QRect> m_rects;
};

void against(int visible, int frames, int qtFrames)
{
    OurChart ours(visible, fromMemory(visible));
    ours.show(visible);
    QtChart theirs(visible);
    BareWidget bare(visible);
    std::vector<Frame> our, their, least;
    for (int round = 0; round < rounds; ++round) {
        const auto a = ours.pan(frames);
        const auto b = theirs.pan(qtFrames);
        const auto c = bare.pan(frames);
        our.insert(our.end(), a.begin(), a.end());
        their.insert(their.end(), b.begin(), b.end());
        least.insert(least.end(), c.begin(), c.end());
    }
    const Frames one = summed(our), other = summed(their), floor = summed(least);
    std::printf(
        "%6d visible   wall ms: ours %.2f (p99 %.2f)  QCandlestickSeries %.2f (p99 %.2f) = %.1fx  bare widget %.2f   "
        "cpu ms: ours %.2f  QCandlestickSeries %.2f = %.1fx  bare widget %.2f, ours is %.2fx of it\n",
        visible, one.median, one.p99, other.median, other.p99, other.median / one.median, floor.median, one.cpu,
        other.cpu, other.cpu / one.cpu, floor.cpu, one.cpu / floor.cpu);
    std::fflush(stdout);
}

/// 1M and 10M stored, in turns, the same bars in view where both have as many: what is stored beside them costs nothing.
void levels(StoreThread& thread, const ChartStore& store)
{
    OurChart million(1'000'000, fromStore(thread), store.million), tens(10'000'000, fromStore(thread), store.tens);
    for (const std::int64_t visible : {500, 5'000, 100'000, 1'000'000, 10'000'000}) {
        const std::int64_t common = std::min<std::int64_t>(visible, 1'000'000);
        million.show(common);
        tens.show(visible, t0 + std::max<std::int64_t>(visible, 1'000'000) * minute);
        std::array<std::vector<Frame>, 2> pan, zoom, cross;
        for (int round = 0; round < rounds; ++round) {
            int side = 0;
            for (OurChart* chart : {&million, &tens}) {
                for (auto [into, times] :
                    {std::pair {&pan, chart->pan(60)}, {&zoom, chart->zoom(40)}, {&cross, chart->crosshair(40)}})
                    (*into)[size_t(side)].insert((*into)[size_t(side)].end(), times.begin(), times.end());
                ++side;
            }
        }
        for (int side = 0; side < 2; ++side) {
            const Frames p = summed(pan[size_t(side)]), z = summed(zoom[size_t(side)]), c = summed(cross[size_t(side)]);
            std::printf("%9d stored %9lld visible   pan %.2f ms (p99 %.2f; cpu %.2f, p99 %.2f)   zoom %.2f (p99 %.2f; "
                        "cpu %.2f, p99 %.2f)   "
                        "crosshair %.2f (p99 %.2f, cpu %.2f)   tiles %.1f MiB\n",
                side == 0 ? 1'000'000 : 10'000'000, static_cast<long long>(side == 0 ? common : visible), p.median,
                p.p99, p.cpu, p.cpu99, z.median, z.p99, z.cpu, z.cpu99, c.median, c.p99, c.cpu,
                double((side == 0 ? million : tens).view().tiles().bytes()) / (1 << 20));
        }
        std::printf("          10M frame / 1M frame: wall %.2f  cpu %.2f\n",
            summed(pan[1]).median / summed(pan[0]).median, summed(pan[1]).cpu / summed(pan[0]).cpu);
        std::fflush(stdout);
    }
}

/// A finding in every 500th bar, errors among them, and a quarantined one in every 5,000th.
void raiseFindings(const ChartStore& made, std::int64_t bars)
{
    FindingSync sync {made.tens, {{"price_jump", {t0, t0 + bars * minute}}}, {}, t0};
    for (std::int64_t i = 0; i < bars; i += 500) {
        Finding one;
        one.rule = "price_jump";
        one.severity = i % 1'500 == 0 ? "error" : "warn";
        one.range = {t0 + i * minute, t0 + (i + 1) * minute};
        one.details = R"({"why":"The close moved by 12.4 %, 41 times what is usual."})";
        sync.found.push_back(one);
    }
    const auto writer = must(made.store->openWriter());
    must(writer->syncFindings(sync));
    const auto reader = must(made.store->openReader());
    FindingDecision decision {{}, DecisionAction::Quarantine, "bench", "looked at", t0, {}};
    for (const Finding& one : must(reader->findings(made.tens, {t0, t0 + 2'000'000 * minute}))) {
        if ((one.range.from - t0) / minute % 5'000 == 0)
            decision.findings.push_back(one.id);
    }
    must(writer->decide(decision));
}

Bars withoutFindings(const ChartStore& made, StoreThread& thread)
{
    return [&made, &thread](ChartView& view, const TileCache::Request& request) {
        thread.post([&view, &made, request](const Result<StoreReader*>& reader, const std::stop_token&) {
            const FindGaps none = [](const SeriesRecord&, TimeRange) { return Result<std::vector<Gap>>(); };
            auto tile = std::make_shared<Result<ChartTile>>(
                reader ? readTile(**reader, none, request.series, request.level, request.range) : fail(reader.error()));
            if (*tile)
                (*tile)->notes.clear(), (*tile)->quarantined.clear();
            QMetaObject::invokeMethod(
                &view, [&view, key = request.key, tile] { view.deliver(key, std::move(*tile)); }, Qt::QueuedConnection);
        });
    };
}

/// Differences made up in memory, one bar in fifty beyond the limit.
void compareInMemory(ChartView& view)
{
    view.setDifferenceFetch([&view](const TileCache::Request& request) {
        auto tile = std::make_shared<ChartTile>();
        tile->range = request.range;
        for (UtcMs time = request.range.from; time < request.range.to; time += request.level.length) {
            const auto index = (time - t0) / minute;
            const bool isFar = index / (request.level.length / minute) % 50 == 0;
            const double bp = 3 * std::sin(double(index) / 7) + (isFar ? 45 : 0);
            tile->differences.push_back(
                {time, request.level.length, bp - 1, bp + 1, bp, 0.5, 30, 1, bp > 30 ? 1 : 0, 0, 0});
        }
        QMetaObject::invokeMethod(
            &view, [&view, key = request.key, tile] { view.deliver(key, std::move(*tile)); }, Qt::QueuedConnection);
    });
}

/// What the lane of findings, and a comparison with its pane, add to a frame: the same 10M bars, in turns.
void lanes(StoreThread& thread, const ChartStore& made)
{
    raiseFindings(made, 10'000'000);
    OurChart bare(10'000'000, withoutFindings(made, thread), made.tens);
    OurChart noted(10'000'000, fromStore(thread), made.tens), compared(10'000'000, fromStore(thread), made.tens);
    compareInMemory(compared.view());
    SeriesRecord other;
    other.id = made.million;
    other.key.exchange = other.key.source = "other";
    other.key.symbol = "BTC/USDT";
    compared.view().setCompared(other, {t0, t0 + 1'000'000 * minute}, CompareScale::Own);
    for (const std::int64_t visible : {500, 5'000, 100'000, 1'000'000, 10'000'000}) {
        std::array<std::vector<Frame>, 3> pan;
        for (OurChart* chart : {&bare, &noted, &compared})
            chart->show(visible);
        for (int round = 0; round < rounds; ++round) {
            std::size_t side = 0;
            for (OurChart* chart : {&bare, &noted, &compared}) {
                const auto times = chart->pan(60);
                pan[side].insert(pan[side].end(), times.begin(), times.end());
                ++side;
            }
        }
        const Frames a = summed(pan[0]), b = summed(pan[1]), c = summed(pan[2]);
        std::printf("%9lld visible   without findings %.2f ms (p99 %.2f; cpu %.2f)   with %.2f (p99 %.2f; cpu %.2f, "
                    "p99 %.2f) = %.2fx   compared too %.2f (p99 %.2f; cpu %.2f, p99 %.2f) = %.2fx   shapes %zu\n",
            static_cast<long long>(visible), a.median, a.p99, a.cpu, b.median, b.p99, b.cpu, b.cpu99, b.cpu / a.cpu,
            c.median, c.p99, c.cpu, c.cpu99, c.cpu / a.cpu, noted.view().scene().notes.size());
        std::fflush(stdout);
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
    const QTemporaryDir temporary;
    const ChartStore made = makeChartStore(
        argc > 1 ? std::filesystem::path(argv[1]) : std::filesystem::path(temporary.path().toStdString()));
    const auto before = residentMiB();
    StoreThread thread(*made.store);
    levels(thread, made);
    std::printf("memory of both charts, their reader and its cache: %.0f MiB\n", residentMiB() - before);
    lanes(thread, made);
    return 0;
}
