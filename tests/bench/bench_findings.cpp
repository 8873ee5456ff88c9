// A store with many findings: counts by kind, all ids of a filter, and the details of one screen of rows. Arguments:
// findings (1,000,000).

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <unistd.h>

#include "core/storage/sqlite/sqlitestore.h"

using namespace mnemo;

namespace {

template <class T>
T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().detail.c_str());
        std::exit(1);
    }
    return std::move(*result);
}

double tookMs(const std::function<void()>& work)
{
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

SeriesRecord seriesNumber(StoreWriter& writer, int n)
{
    SeriesRecord record;
    record.key = {"x", "x", MarketType::Spot, "C" + std::to_string(n) + "/USDT", Kind::Candles, Timeframe {}};
    return must(writer.ensureSeries(record));
}

FindingSync findingsOf(SeriesId series, std::int64_t count)
{
    static constexpr const char* rules[] {"price_jump", "price_gap", "volume_spike", "turnover", "revision"};
    FindingSync sync {series, {}, {}, fromMs(1'700'000'000'000)};
    for (const char* rule : rules)
        sync.windows.push_back({rule, {UtcMs::min(), UtcMs::max()}});
    for (std::int64_t i = 0; i < count; ++i) {
        const UtcMs open = fromMs(1'600'000'000'000 / 60'000 * 60'000 + i * 120'000);
        sync.found.push_back({0, series, rules[i % 5], i % 7 == 0 ? "error" : "warn",
            {open, open + std::chrono::minutes {1}},
            R"({"bars":1,"first":{"time":1600000000000,"open":100,"high":101,"low":99,"close":100,"volume":5},"why":"close 100 to 120: +20 %"})",
            {}, "open"});
    }
    return sync;
}

} // namespace

int main(int argc, char** argv)
{
    const std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
    const auto folder = std::filesystem::temp_directory_path() / ("mnemo-bench-findings-" + std::to_string(::getpid()));
    {
        auto store = must(openSqliteStore(folder, {}, OpenMode::ReadWrite));
        auto writer = must(store->openWriter());
        constexpr int series = 100;
        std::vector<SeriesId> all;
        const double written = tookMs([&] {
            for (int i = 0; i < series; ++i) {
                all.push_back(seriesNumber(*writer, i).id);
                must(writer->syncFindings(findingsOf(all.back(), count / series)));
            }
        });
        const double again = tookMs([&] { must(writer->syncFindings(findingsOf(all.front(), count / series))); });
        auto reader = must(store->openReader());
        std::printf("%lld findings of %d series stored in %.0f ms; the %lld of one series held against the stored "
                    "ones: %.0f ms\n",
            static_cast<long long>(count), series, written, static_cast<long long>(count / series), again);
        for (int round = 0; round < 3; ++round) {
            std::vector<FindingId> ids, some;
            FindingFilter filter;
            filter.rules = {"price_jump"};
            filter.severities = {"error"};
            std::printf("counts by series, rule, severity and state %7.2f ms\n",
                tookMs([&] { must(reader->findingCounts()); }));
            std::printf("history of all rules over 30 days           %7.2f ms\n",
                tookMs([&] { must(reader->ruleHistory(fromMs(1'700'000'000'000), 30)); }));
            std::printf("all ids, newest first                      %7.1f ms\n",
                tookMs([&] { ids = must(reader->findingIds({})); }));
            std::printf("all ids, by time                           %7.1f ms\n",
                tookMs([&] { must(reader->findingIds({}, FindingOrder::Time)); }));
            const double filtered = tookMs([&] { some = must(reader->findingIds(filter)); });
            std::printf("ids of one rule and severity (%zu) %7.1f ms\n", some.size(), filtered);
            std::printf("details of 50 rows in the middle           %7.2f ms\n",
                tookMs([&] { must(reader->findingsById(std::span(ids).subspan(ids.size() / 2, 50))); }));
        }
    }
    std::filesystem::remove_all(folder);
    return 0;
}
