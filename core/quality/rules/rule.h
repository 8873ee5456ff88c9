#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/market/candle.h"
#include "core/market/grid.h"
#include "core/market/metric.h"
#include "core/market/openinterest.h"
#include "core/market/serieskey.h"
#include "core/market/timerange.h"

namespace mnemo {

class Violations;
struct BlockFacts;

enum class Severity { Info, Warn, Error };
std::string_view toText(Severity severity); ///< "info", "warn", "error"
std::optional<Severity> severityFromText(std::string_view text);

/// What a rule has to see.
enum class RuleScope {
    Bar, ///< one row by itself
    Neighbours, ///< a row and those before it
    Series, ///< the clock or other series
    Answer, ///< what a source sent, before it became rows: judged when it comes, never again
};
std::string_view toText(RuleScope scope); ///< "bar", "neighbours", "series", "answer"

/// A number that decides; configuration may change it for some series.
struct Threshold {
    std::string key;
    double value = 0; ///< where nothing else is configured
    double min = 0, max = 0;
    std::string unit; ///< "%", "bars", "times"
    std::string meaning; ///< one sentence in plain English
};

/// What people are told about a rule, in plain English.
struct RuleInfo {
    std::string id; ///< stored with each finding: never changes
    std::string title;
    Severity severity = Severity::Warn;
    RuleScope scope = RuleScope::Bar;
    Kind kind = Kind::Candles;
    std::string explanation; ///< one paragraph: what it says, why it matters, what to do
    std::vector<Threshold> thresholds {};
    bool isOn = true; ///< where nothing else is configured
};

/// What is known besides the rows. Spans may reach beyond the rows; ascending. What is not known is left empty, and
/// rules that need it find nothing.
struct RuleContext {
    Grid grid {Timeframe {}};
    UtcMs now = UtcMs::max(); ///< a bar that closes later is not closed
    std::optional<double> tickSize {};
    double contractSize = 1;
    std::optional<UtcMs>
        freshUntil {}; ///< a bar that closed by then should be stored; nothing where nobody keeps the series fresh
    std::optional<UtcMs> lastClose {}; ///< of the newest stored bar
    std::span<const Candle> rollUps {}; ///< the same bars made of shorter ones, where those are all there
    std::span<const OpenInterest> peers {}; ///< the same instrument as other sources tell it
    std::span<const Candle> prices {}; ///< candles of the instrument, for open interest
    std::span<const TimeRange> answered {}; ///< of series of events: where the source has spoken
};

/// Rows to be judged: those from @p first on. The ones before were judged already and are there to be looked back at.
template <class Row>
struct RuleInput {
    std::span<const Row> rows; ///< by time; what breaks that is for the rules to say
    std::size_t first = 0;
    const RuleContext& context;
    std::span<const double> thresholds; ///< in the order of RuleInfo::thresholds
    /// Of candles: about each BlockFacts::rows rows from @p first on. May be empty: then nothing was measured.
    std::span<const BlockFacts> blocks {};
};
using CandleInput = RuleInput<Candle>;
using OpenInterestInput = RuleInput<OpenInterest>;
using MetricInput = RuleInput<Metric>;

/// One rule: pure functions, no clock, no I/O, any thread. Rows come in pieces of any size; whatever the pieces are,
/// the findings are the same, provided that lookback() bars of time (and the row before them) stand in front of each
/// piece. Quarantined rows are judged like others, but nothing is measured against them.
struct Rule {
    RuleInfo info;
    void (*checkCandles)(const CandleInput& input, Violations& out) = nullptr;
    void (*checkOpenInterest)(const OpenInterestInput& input, Violations& out) = nullptr;
    void (*checkMetrics)(const MetricInput& input, Violations& out) = nullptr; ///< rows of another kind: that of the info
    /// Once a run, after all rows.
    void (*checkSeries)(const RuleContext& context, std::span<const double> thresholds, Violations& out) = nullptr;
    int (*lookback)(std::span<const double> thresholds) = nullptr; ///< in bars; null: none

    bool readsRows(Kind kind) const; ///< of series of that kind
};

} // namespace mnemo
