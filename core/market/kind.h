#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mnemo {

enum class Kind {
    Candles,
    OpenInterest,
    Trades, ///< asked for and read, but no series of them is kept
    Funding,
    Liquidations,
    LongShortRatio,
    PredictedFunding, ///< as a source expected it of the next payment
};
std::string_view toText(Kind kind); ///< "candles", "open_interest", "trades", "funding", ...
std::optional<Kind> kindFromText(std::string_view text);

/// One of the numbers of a row that is neither candle nor trade.
struct MetricColumn {
    std::string_view name; ///< in descriptions, files and SQL
    std::string_view unit; ///< plain English
    bool isTold = true;    ///< answers and files have it; else it is kept beside what was told
};

/// What a kind is. Rows of kinds with columns are metrics: some numbers at a time (metric.h).
struct KindFacts {
    Kind kind = Kind::Candles;
    std::string_view name;
    std::span<const MetricColumn> columns; ///< at most mostMetricColumns; empty for candles and trades
    bool isOfContracts = false; ///< spot markets have none
    bool hasUnit = false;       ///< the first number is in base units, or in what a market list says (Instrument::interestUnit)
    bool isCount = false;       ///< of what happened in a bar: one that an answer leaves out had none
};
std::span<const KindFacts> allKinds(); ///< a further kind is a row here and blocks in descriptions
const KindFacts& factsOf(Kind kind);

inline bool isMetric(Kind kind) { return !factsOf(kind).columns.empty(); }
/// The names of kinds of which series are kept, candles first.
std::vector<std::string> seriesKindNames();

} // namespace mnemo
