// A million minutes by an exchange's files against the same by its API, from the simulator at the limits that the exchange states.
// bench_archive [SYMBOL]: BTC/USDT where it is left out. The files are made before the clock runs.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "places.h"

using namespace mnemo;

namespace {

using Steady = std::chrono::steady_clock;

/// Ends with this process.
class Simulator {
public:
    Simulator()
        : m_pipe(popen("exec " MNEMO_BIN_DIR "/mnemo-exchange-sim --synthetic 3 --exchange binance --now 2025-03-20 --limits real --die-with-parent", "r"))
    {
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
    double seconds = 0;
    std::int64_t rows = 0, requests = 0;
};

Figures measure(const Simulator& simulator, const std::string& symbol, const std::string& use, const std::filesystem::path& folder)
{
    EngineOptions options;
    options.config.shipped = MNEMO_SOURCE_DIR "/config";
    options.config.sets = {"exchanges.binance.base_url=" + simulator.url(), "exchanges.binance.archive_url=" + simulator.url(), "archive.use=" + use};
    options.config.environment = {"HOME=/nonexistent"};
    options.dataDir = folder / use;
    const auto engine = Engine::open(options).value();
    BackfillRequest request;
    request.exchange = "binance";
    request.symbol = symbol;
    request.timeframe = *Timeframe::fromName("1m");
    request.range = {*parseTime("2023-03-01"), *parseTime("2025-02-01")};
    const auto begin = Steady::now();
    const JobId job = engine->backfill(request).value();
    engine->wait(job);
    const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
    const JobSnapshot last = *engine->job(job);
    if (last.state != JobState::Complete)
        std::abort();
    return {seconds, last.rowsTotal, last.requests};
}

} // namespace

int main(int argc, char** argv)
{
    const std::string symbol = argc > 1 ? argv[1] : "BTC/USDT";
    const auto folder = std::filesystem::temp_directory_path() / ("bench_archive." + std::to_string(std::chrono::system_clock::now().time_since_epoch().count()));
    const Simulator simulator;
    measure(simulator, symbol, "always", folder); // makes the files
    for (const char* use : {"auto", "never"}) {
        const Figures figures = measure(simulator, symbol, use, folder);
        std::printf("%s, archive.use=%s: %lld candles in %.1f s, %.0f a second, %lld requests\n", symbol.c_str(), use,
            static_cast<long long>(figures.rows), figures.seconds, static_cast<double>(figures.rows) / figures.seconds, static_cast<long long>(figures.requests));
        std::fflush(stdout);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
