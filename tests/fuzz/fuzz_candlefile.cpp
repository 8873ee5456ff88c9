#include <cstdint>
#include <cstdlib>

#include "core/ingest/candlefile/candlefile.h"
#include "core/quality/gaps.h"
#include "core/quality/pagerules.h"

/// Any text either fails with a sentence or gives candles that are sorted, unique and finite; what import does with
/// them next must hold as well.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace mnemo;
    CandleFileOptions options;
    if (size > 0 && data[0] % 4 == 1)
        options.columns = {"time", "-", "open", "high", "low", "close", "volume", "trades"};
    if (size > 0 && data[0] % 4 == 2)
        options.where = {{"venue", "okx"}};
    options.timeframe = Timeframe{};
    const auto file = readCandleText({reinterpret_cast<const char*>(data), size}, "fuzz.csv", options);
    if (!file) {
        if (file.error().detail.empty())
            std::abort();
        return 0;
    }
    for (std::size_t i = 1; i < file->rows.size(); ++i) {
        if (file->rows[i].openTime <= file->rows[i - 1].openTime)
            std::abort();
    }
    const Grid grid{*options.timeframe};
    const TimeRange range{file->rows.front().openTime, grid.next(grid.floor(file->rows.back().openTime))};
    const PageCheck page = checkPage(file->rows, grid, range, range.to);
    std::vector<UtcMs> held;
    for (const Candle& candle : page.rows)
        held.push_back(candle.openTime);
    std::int64_t absent = 0;
    for (const Gap& gap : findGaps(held, {}, grid, range))
        absent += gap.bars;
    if (absent + static_cast<std::int64_t>(held.size()) != grid.count(range))
        std::abort();
    return 0;
}
