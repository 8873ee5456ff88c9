// The scheduler: decisions a second, alone and with a store; loading many pipelines (bench_pipeline loading: that alone); what
// its sleeping thread costs.

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <sys/resource.h>

#include "core/base/timetext.h"
#include "core/pipeline/scheduler.h"
#include "core/storage/sqlite/sqlitestore.h"

using namespace mnemo;

namespace {

using Steady = std::chrono::steady_clock;

double secondsSince(Steady::time_point begin)
{
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// 500 symbols on 20 exchanges: 10,000 series, two tasks each.
std::shared_ptr<const Settings> universe()
{
    auto settings = std::make_shared<Settings>();
    UniverseEntry entry;
    for (int i = 0; i < 20; ++i)
        entry.exchanges.push_back("x" + std::to_string(i));
    for (int i = 0; i < 500; ++i)
        entry.symbols.push_back("C" + std::to_string(i) + "/USDT");
    entry.timeframes = {"1h"};
    settings->universe.push_back(std::move(entry));
    return settings;
}

std::vector<DagDefinition> dagsOf(const std::string& yaml)
{
    auto file = parseYaml(yaml, "dags/bench.yaml");
    if (!file)
        std::abort();
    Node all;
    all.insert("bench", std::move(*file), {});
    Problems problems;
    auto dags = readDags(all, problems);
    if (!problems.empty())
        std::abort();
    return dags;
}

const std::string chain = "chain: {tasks: [{id: fetch, type: incremental}, {id: check, type: validate, depends_on: fetch}]}";

void benchBoard()
{
    Board board({{"default", 64}});
    const UtcMs now = *parseTime("2026-03-01");
    BoardStep step = board.setDags(dagsOf(chain), universe(), now);
    const auto begin = Steady::now();
    if (!board.trigger({"chain", "person", {}, "{}", {}, {}}, now, step))
        std::abort();
    std::vector<TaskOrder> orders = std::move(step.orders);
    std::size_t done = 0;
    while (!orders.empty()) {
        std::vector<TaskOrder> next;
        for (const TaskOrder& order : orders) {
            BoardStep more = board.finished(order.ref, {}, now);
            next.insert(next.end(), std::make_move_iterator(more.orders.begin()), std::make_move_iterator(more.orders.end()));
            ++done;
        }
        orders = std::move(next);
    }
    const double took = secondsSince(begin);
    std::printf("board alone: %zu task instances in %.2f s, %.0f a second (multiplying out included)\n", done, took, static_cast<double>(done) / took);
}

class SqliteRuns final : public RunStore {
public:
    explicit SqliteRuns(const std::filesystem::path& folder)
        : m_store(openSqliteStore(folder, {}, OpenMode::ReadWrite).value())
        , m_writer(m_store->openWriter().value())
    {
    }
    Result<StoredRuns> load() override { return StoredRuns {}; }
    Result<StoredRun> find(RunId) override { return fail(ErrorCode::NotFound, "not here"); }
    Result<void> save(const RunChanges& changes) override { return m_writer->saveRuns(changes); }

private:
    std::unique_ptr<Store> m_store;
    std::unique_ptr<StoreWriter> m_writer;
};

/// Every task is done at once.
class InstantRunner final : public TaskRunner {
public:
    void start(TaskOrder order, Done done) override
    {
        ++started;
        done(order.ref, {});
    }
    void stop(TaskRef) override { }
    void runEnded(const RunRecord&, const std::shared_ptr<const DagDefinition>&) override
    {
        const std::lock_guard lock(m_mutex);
        m_isOver = true;
        m_ended.notify_one();
    }
    void wait()
    {
        std::unique_lock lock(m_mutex);
        m_ended.wait(lock, [this] { return m_isOver; });
    }
    std::size_t started = 0;

private:
    std::mutex m_mutex;
    std::condition_variable m_ended;
    bool m_isOver = false;
};

void benchScheduler(const std::filesystem::path& folder, int slots)
{
    SqliteRuns store(folder / ("slots" + std::to_string(slots)));
    InstantRunner runner;
    const SystemClock clock;
    auto scheduler = Scheduler::open(store, runner, clock, {dagsOf(chain), {{"default", slots}}, universe()}, {}).value();
    const auto begin = Steady::now();
    PipelineCommand command;
    command.pipeline = "chain";
    (void)scheduler->ask(command).get();
    runner.wait();
    const double took = secondsSince(begin);
    std::printf("scheduler with SQLite, %d slots: %zu task instances in %.2f s, %.0f a second, each state stored before it is acted on\n", slots,
        runner.started, took, static_cast<double>(runner.started) / took);
}

double processorSeconds()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void writeDags(const std::filesystem::path& folder, int files, int dagsPerFile, int tasks)
{
    std::filesystem::create_directories(folder / "dags");
    for (int f = 0; f < files; ++f) {
        std::ofstream out(folder / "dags" / ("f" + std::to_string(f) + ".yaml"));
        for (int d = 0; d < dagsPerFile; ++d) {
            out << "d" << f << '_' << d << ":\n  schedule: every 5m\n  tasks:\n";
            for (int t = 0; t < tasks; ++t)
                out << "    - {id: t" << t << ", type: incremental" << (t > 0 ? ", depends_on: t" + std::to_string(t - 1) : "") << "}\n";
        }
    }
}

/// The median of five; processor time counts all threads.
void benchLoading(const std::filesystem::path& folder, int files, int dagsPerFile)
{
    constexpr int tasks = 200;
    constexpr std::size_t runs = 5;
    writeDags(folder, files, dagsPerFile, tasks);
    ConfigSources sources;
    sources.shipped = folder;
    sources.environment = {"A=b"};
    std::array<double, runs> parsing {}, took {}, processor {};
    std::size_t dags = 0, problems = 0;
    for (std::size_t i = 0; i < runs; ++i) {
        const double before = processorSeconds();
        const auto begin = Steady::now();
        LoadedSettings loaded = loadSettingsWithoutExchanges(sources);
        parsing[i] = secondsSince(begin);
        dags = readDags(loaded.settings.dags, loaded.problems).size();
        took[i] = secondsSince(begin);
        processor[i] = processorSeconds() - before;
        problems = loaded.problems.size();
    }
    for (auto* all : {&parsing, &took, &processor})
        std::ranges::nth_element(*all, all->begin() + runs / 2);
    std::printf("loading: %d files, %zu pipelines of %d tasks in %.2f s (files %.2f s), %.2f s of processor time, %zu problems\n", files, dags,
        tasks, took[runs / 2], parsing[runs / 2], processor[runs / 2], problems);
}

void benchIdle(const std::filesystem::path& folder)
{
    std::string yaml;
    for (int i = 0; i < 1000; ++i)
        yaml += "d" + std::to_string(i) + ": {schedule: 0 0 29 2 *, tasks: [{id: a, type: incremental}]}\n";
    SqliteRuns store(folder / "idle");
    InstantRunner runner;
    const SystemClock clock;
    const auto scheduler = Scheduler::open(store, runner, clock, {dagsOf(yaml), {{"default", 8}}, std::make_shared<Settings>()}, {}).value();
    PipelineCommand nothing;
    nothing.pipeline = "d1";
    nothing.isDryRun = true;
    (void)scheduler->ask(nothing).get(); // at rest from here on
    const double before = processorSeconds();
    const auto begin = Steady::now();
    std::this_thread::sleep_for(std::chrono::seconds {10});
    std::printf("idle: %.4f %% of a core with 1,000 pipelines that wait\n", 100.0 * (processorSeconds() - before) / secondsSince(begin));
}

} // namespace

int main(int argc, char** argv)
{
    const auto folder = std::filesystem::temp_directory_path() / ("bench_pipeline." + std::to_string(std::chrono::system_clock::now().time_since_epoch().count()));
    for (const auto& [files, dagsPerFile] : {std::pair {20, 50}, std::pair {1000, 1}})
        benchLoading(folder / ("config" + std::to_string(files)), files, dagsPerFile);
    if (argc > 1 && std::string_view(argv[1]) == "loading") {
        std::filesystem::remove_all(folder);
        return 0;
    }
    benchBoard();
    for (const int slots : {8, 64})
        benchScheduler(folder, slots);
    benchIdle(folder);
    std::filesystem::remove_all(folder);
    return 0;
}
