#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/storage/store.h"

namespace mnemo::cli {

// Text of the command line to values. All errors are InvalidArgument: a sentence that names the option and what it takes.

/// Milliseconds since 1970 (any integer), ISO 8601 or a date, UTC without zone.
Result<UtcMs> readTime(std::string_view option, const std::string& text);
Result<Timeframe> readTimeframe(const std::string& text);
Result<MarketType> readMarket(const std::string& text);
Result<Kind> readKind(const std::string& text); ///< '-' counts as '_'
Result<int> readCount(std::string_view option, const std::string& text); ///< 1 and more
/// The market of a unified symbol where @p market is empty.
Result<MarketType> readMarketOf(const std::string& symbol, const std::string& market);

/// --from, --to, --last as they were typed.
struct RangeOptions {
    std::string from, to, last;
};
void addRangeOptions(CLI::App& command, RangeOptions& options);

struct OpenRange {
    std::optional<UtcMs> from, to;
    /// Missing ends taken from @p whole.
    TimeRange within(TimeRange whole) const { return {from.value_or(whole.from), to.value_or(whole.to)}; }
};
Result<OpenRange> readRange(const RangeOptions& options, UtcMs now);

/// FILTERS of the commands that read: each optional, comma lists.
struct FilterOptions {
    std::vector<std::string> exchanges, sources, markets, symbols, kinds, timeframes;
    RangeOptions range;
};
std::string kindList(std::string_view separator); ///< of which series are kept
void addFilterOptions(CLI::App& command, FilterOptions& options);

struct Selection {
    SeriesFilter filter;
    OpenRange range;
};
Result<Selection> readSelection(const FilterOptions& options, UtcMs now);

/// Adds an option that may be given several times and takes comma lists, but never swallows a following word.
CLI::Option* addList(CLI::App& command, const std::string& name, std::vector<std::string>& target, const std::string& description);

} // namespace mnemo::cli
