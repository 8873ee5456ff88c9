// A million minutes by an exchange's files against the same by its API, from the simulator at the limits that the exchange states.
// bench_archive [--symbol BTC/USDT,...] [--rounds 1] [--latency 0] [--only auto|never] [KEY=VALUE ...]
// A limit is by the minute: what a minute's budget is enough for waits for nothing, so name several symbols (a million each).
// The two ways take turns; the files are made before the clock runs. The latency (ms) is that of every answer, as an exchange
// has one that is not on this machine. Keys are settings of the collecting side. CPU is that of this process: the
// simulator's is not counted, but it shares the machine.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "places.h"

using namespace mnemo;

namespace {

using Steady = std::chrono::steady_clock;

struct Options {
    std::string symbol = "BTC/USDT", latency = "0", only;
    int rounds = 1;
    std::vector<std::string> sets;
};

Options parse(int argc, char** argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i], next = i + 1 < argc ? argv[i + 1] : "";
        if (!word.starts_with("--")) {
            options.sets.push_back(word);
            continue;
        }
        ++i;
        if (word == "--symbol")
            options.symbol = next;
        else if (word == "--latency")
            options.latency = next;
        else if (word == "--only")
            options.only = next;
        else if (word == "--rounds")
            options.rounds = std::atoi(next.c_str());
    }
    return options;
}

/// Ends with this process.
class Simulator {
public:
    explicit Simulator(const std::string& latency)
    {
        const std::string fault = latency == "0" ? "" : " --fault latency=" + latency + "ms";
        m_pipe = popen(("exec " MNEMO_BIN_DIR "/mnemo-exchange-sim --synthetic 3 --exchange binance --now 2025-03-20 --limits real --die-with-parent" + fault).c_str(), "r");
        char line[200] = {};
        if (m_pipe == nullptr || std::fgets(line, sizeof line, m_pipe) == nullptr)
            std::abort();
        const std::string text(line);
        const auto from = text.find("http://");
        m_url = text.substr(from, text.find(' ', from) - from);
    }
    const std::string& url() const { return m_url; }

private:
    std::FILE* m_pipe; ///< closed with this process, with which the simulator ends
    std::string m_url;
};

struct Figures {
    double seconds = 0, cpu = 0;
    std::int64_t rows = 0, requests = 0;
};

double cpuSeconds()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

BackfillRequest requestFor(const std::string& symbol)
{
    BackfillRequest request;
    request.exchange = "binance";
    request.symbol = symbol;
    request.timeframe = *Timeframe::fromName("1m");
    request.range = {*parseTime("2023-03-01"), *parseTime("2025-02-01")};
    return request;
}

Figures measure(const Simulator& simulator, const Options& options, const std::string& use, const std::filesystem::path& folder)
{
    EngineOptions engineOptions;
    engineOptions.config.shipped = MNEMO_SOURCE_DIR "/config";
    engineOptions.config.sets = options.sets;
    for (const char* key : {"base_url", "archive_url"})
        engineOptions.config.sets.push_back("exchanges.binance." + std::string(key) + "=" + simulator.url());
    engineOptions.config.sets.push_back("archive.use=" + use);
    engineOptions.config.environment = {"HOME=/nonexistent"};
    engineOptions.dataDir = folder;
    const auto engine = Engine::open(engineOptions).value();
    const double cpu = cpuSeconds();
    const auto begin = Steady::now();
    std::vector<JobId> jobs;
    std::istringstream symbols(options.symbol);
    for (std::string symbol; std::getline(symbols, symbol, ',');)
        jobs.push_back(engine->backfill(requestFor(symbol)).value());
    Figures figures;
    for (const JobId job : jobs) {
        engine->wait(job);
        const JobSnapshot last = *engine->job(job);
        if (last.state != JobState::Complete)
            std::abort();
        figures.rows += last.rowsTotal;
        figures.requests += last.requests;
    }
    figures.seconds = std::chrono::duration<double>(Steady::now() - begin).count();
    figures.cpu = cpuSeconds() - cpu;
    return figures;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char** argv)
{
    const Options options = parse(argc, argv);
    const auto root = std::filesystem::temp_directory_path() / ("bench_archive." + std::to_string(std::chrono::system_clock::now().time_since_epoch().count()));
    const Simulator simulator(options.latency);
    measure(simulator, options, "always", root / "first"); // makes the files
    std::vector<double> ratios;
    for (int round = 0; round < options.rounds; ++round) {
        std::map<std::string, double> seconds;
        for (const char* use : {"auto", "never"}) {
            if (!options.only.empty() && options.only != use)
                continue;
            const auto folder = root / "run";
            const Figures figures = measure(simulator, options, use, folder);
            std::filesystem::remove_all(folder);
            seconds[use] = figures.seconds;
            std::printf("%s, latency %s ms, archive.use=%s: %lld candles in %.2f s, %.0f a second, CPU %.2f s, %lld requests\n", options.symbol.c_str(),
                options.latency.c_str(), use, static_cast<long long>(figures.rows), figures.seconds, static_cast<double>(figures.rows) / figures.seconds, figures.cpu,
                static_cast<long long>(figures.requests));
            std::fflush(stdout);
        }
        if (seconds.size() == 2)
            ratios.push_back(seconds["never"] / seconds["auto"]);
    }
    if (!ratios.empty())
        std::printf("the API takes %.1f times as long (median of %zu)\n", median(ratios), ratios.size());
    std::filesystem::remove_all(root);
    return 0;
}
