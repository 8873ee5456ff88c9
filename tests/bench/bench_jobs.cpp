// The jobs table with 50,000 jobs: what a change of a thousand, a sort, a filter and a page of scrolling cost the UI thread.
//   bench_jobs [JOBS]     under Xvfb or QT_QPA_PLATFORM=offscreen
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTableView>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "ui/jobs/jobspanel.h"

using namespace mnemo;

namespace {

class NoPort final : public JobsPort {
public:
    void command(std::vector<JobId>, JobCommand) override { }
    void forget(std::vector<JobId>) override { }
    void show(const JobSnapshot&) override { }
    void details(JobId, QObject*, DetailsAnswer) override { }
};

JobSnapshot job(JobId id)
{
    static constexpr std::array states {JobState::Queued, JobState::Running, JobState::Complete, JobState::Failed, JobState::FinishedWithGaps};
    JobSnapshot snapshot;
    snapshot.id = id;
    snapshot.series.exchange = snapshot.series.source = id % 3 ? "binance" : "kraken";
    snapshot.series.symbol = "C" + std::to_string(id * 7919 % 20'011) + "/USDT";
    snapshot.range = {fromMs(1'700'000'000'000), fromMs(1'710'000'000'000)};
    snapshot.state = states[id % states.size()];
    snapshot.total = 100'000;
    snapshot.done = static_cast<std::int64_t>(id * 31 % 100'000);
    snapshot.rowsStored = snapshot.done;
    snapshot.requests = snapshot.done / 1000;
    return snapshot;
}

double timeOf(const std::function<void()>& work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

void report(const char* name, std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) { return times[std::min(times.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.size())))]; };
    std::printf("%-52s median %7.2f ms   p99 %7.2f ms   n %zu\n", name, at(0.5), at(0.99), times.size());
}

/// A thousand running jobs that went on a little.
std::vector<JobSnapshot> changes(int round, JobId count)
{
    std::vector<JobSnapshot> changed;
    for (JobId i = 0; i < 1000; ++i) {
        JobSnapshot snapshot = job(1 + (i * 49 + static_cast<JobId>(round)) % count);
        snapshot.rowsStored += 1000 * round;
        snapshot.done = std::min(snapshot.total, snapshot.done + 1000 * round);
        changed.push_back(std::move(snapshot));
    }
    return changed;
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const JobId count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50'000;
    JobsModel model;
    NoPort port;
    JobsPanel panel(model, port, false);
    panel.resize(1280, 420);
    panel.show();
    std::vector<JobSnapshot> all;
    for (JobId id = 1; id <= count; ++id)
        all.push_back(job(id));
    const auto start = std::chrono::steady_clock::now();
    std::printf("%-52s        %7.2f ms\n", "apply all", timeOf([&] { model.apply(all, start); }));
    const auto paint = [] { QApplication::processEvents(); };
    const auto applyRounds = [&](const char* name) {
        std::vector<double> apply, settle, painted;
        for (int round = 1; round <= 50; ++round) {
            const auto changed = changes(round, count);
            apply.push_back(timeOf([&] { model.apply(changed, start + std::chrono::milliseconds {33 * round}); }));
            settle.push_back(timeOf([&] { model.settle(); }));
            painted.push_back(timeOf(paint));
        }
        report(qPrintable(QStringLiteral("apply 1,000 changed, %1").arg(QLatin1String(name))), apply);
        report(qPrintable(QStringLiteral("put in order, %1").arg(QLatin1String(name))), settle);
        report(qPrintable(QStringLiteral("events and paint, %1").arg(QLatin1String(name))), painted);
    };
    applyRounds("newest first");
    panel.table()->sortByColumn(static_cast<int>(JobColumn::Rows), Qt::DescendingOrder);
    applyRounds("sorted by rows");
    std::vector<double> numbers, texts, filters, scrolls;
    for (int round = 0; round < 10; ++round) {
        numbers.push_back(timeOf([&] { model.sort(static_cast<int>(round % 2 ? JobColumn::Rows : JobColumn::Requests), Qt::AscendingOrder); }));
        texts.push_back(timeOf([&] { model.sort(static_cast<int>(JobColumn::Series), round % 2 ? Qt::AscendingOrder : Qt::DescendingOrder); }));
        filters.push_back(timeOf([&] { model.setFilter(JobFilter::of(QStringLiteral("kraken c1%1").arg(round), {JobState::Running})); }));
        filters.push_back(timeOf([&] { model.setFilter({}); }));
    }
    report("sort by a number", numbers);
    report("sort by series", texts);
    report("filter by text and state, and back", filters);
    QScrollBar* bar = panel.table()->verticalScrollBar();
    for (int step = 0; step < 300; ++step) {
        bar->setValue(step * bar->maximum() / 300);
        scrolls.push_back(timeOf(paint));
    }
    report("scroll and paint a page", scrolls);
    panel.table()->selectAll();
    applyRounds("everything selected");
    return 0;
}
