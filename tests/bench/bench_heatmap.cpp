// The coverage matrix over 500 series and 2,000 days: making the picture, first paint, a frame while panning, one row
// that changes, and memory. Offscreen, 1600 x 900.
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <algorithm>
#include <cstdio>
#include <random>

#include "tests/ui/coveragefixture.h"
#include "ui/coverage/heatmapview.h"

using namespace mnemo;
using namespace mnemo::test;

namespace {

constexpr int seriesCount = 500;
constexpr int dayCount = 2000;

std::vector<DayCounts> randomDays(std::mt19937& random)
{
    std::vector<DayCounts> days(dayCount, fullDay());
    for (DayCounts& day : days) {
        if (random() % 8 == 0)
            day = dayWithout(static_cast<GapClass>(random() % gapClassCount), 1 + static_cast<int>(random() % 1440));
    }
    return days;
}

std::vector<std::shared_ptr<const IndexedSeries>> manySeries()
{
    std::mt19937 random(7);
    std::vector<std::shared_ptr<const IndexedSeries>> all;
    for (int i = 0; i < seriesCount; ++i) {
        const std::string symbol = "C" + std::to_string(1000 + i) + "/USDT";
        all.push_back(indexed(seriesNamed(i + 1, i < 250 ? "alpha" : "beta", symbol), randomDays(random)));
    }
    return all;
}

double msOf(const QElapsedTimer& timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

void report(const char* what, std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    std::printf(
        "%-34s median %7.2f ms, worst %7.2f ms (n=%zu)\n", what, times[times.size() / 2], times.back(), times.size());
}

} // namespace

int main(int argc, char** argv)
{
    if (qgetenv("QT_QPA_PLATFORM").isEmpty())
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    auto series = manySeries();
    const auto coverage = snapshotOf(series);
    QElapsedTimer timer;
    timer.start();
    const auto heatmap = makeHeatmap(coverage, BucketUnit::Day, nullptr);
    std::printf("%zu series x %d days: picture made in %.1f ms off the UI thread, %.1f MiB; index %.1f MiB\n",
        heatmap->rows.size(), heatmap->columns(), msOf(timer), static_cast<double>(heatmap->bytes()) / 1048576,
        static_cast<double>(coverage->bytes()) / 1048576);

    HeatmapView view;
    view.resize(1600, 900);
    timer.restart();
    view.setHeatmap(heatmap);
    view.show();
    QImage frame(view.size(), QImage::Format_RGB32);
    view.render(&frame);
    std::printf("%-34s %.1f ms\n", "first paint", msOf(timer));

    for (const int steps : {0, -3, 4}) { // 8, 2 and 12 pixels a day
        view.zoom(steps, 1600);
        view.render(&frame);
        std::vector<double> across, down;
        for (int i = 0; i < 60; ++i) {
            timer.restart();
            view.horizontalScrollBar()->setValue(view.horizontalScrollBar()->value() - 7);
            view.viewport()->render(&frame);
            across.push_back(msOf(timer));
            timer.restart();
            view.verticalScrollBar()->setValue(view.verticalScrollBar()->value() + 5);
            view.viewport()->render(&frame);
            down.push_back(msOf(timer));
        }
        std::printf("%d pixels a day:\n", view.layoutOfCells().columnWidth);
        report("  frame while panning in time", across);
        report("  frame while panning over series", down);
    }
    std::vector<double> changes;
    std::shared_ptr<const Heatmap> now = heatmap;
    for (int i = 0; i < 30; ++i) {
        std::mt19937 random(static_cast<unsigned>(i));
        series[250] = indexed(series[250]->record, randomDays(random), static_cast<std::uint64_t>(i + 2));
        now = makeHeatmap(snapshotOf(series), BucketUnit::Day, now.get());
        timer.restart();
        view.setHeatmap(now);
        view.viewport()->render(&frame);
        changes.push_back(msOf(timer));
    }
    report("one series changed, UI thread", changes);
    return 0;
}
