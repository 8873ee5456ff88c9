#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/exchange/catalogue.h"
#include "core/ingest/backfilljob.h"
#include "core/ingest/venuefiles/filechoice.h"
#include "core/market/coverage.h"
#include "core/market/intervalset.h"
#include "core/market/serieskey.h"

namespace mnemo {

/// Holes: only between the first and the last stored bar of the series.
enum class RangeScope { Whole, Holes };

struct BackfillRequest {
    std::string exchange;
    std::string symbol;
    Timeframe timeframe {};
    std::optional<MarketType> market; ///< nothing: from the symbol
    Kind kind = Kind::Candles;
    std::string source;         ///< empty: the exchange
    std::string exchangeSymbol; ///< empty: from the market list, else the symbol template
    TimeRange range;            ///< to beyond the newest closed bar is cut to it
    RangeScope scope = RangeScope::Whole;
    WalkOrder order = WalkOrder::OldestFirst;
    bool operator==(const BackfillRequest&) const = default;

    static BackfillRequest of(const SeriesKey& series); ///< without a range
    static BackfillRequest again(const SeriesRecord& series); ///< by the exchange's own id by which it was collected
};

/// What a backfill would do; nothing is sent to make it.
struct BackfillPlan {
    SeriesKey series;
    TimeRange wanted;  ///< aligned and cut
    std::int64_t barsWanted = 0, barsAnswered = 0; ///< answered: already known
    std::int64_t pages = 0;
    std::int64_t requests = 0; ///< least number, without those for files
    double weight = 0;         ///< of the tightest budget
    milliseconds eta {0};      ///< by the budgets alone; files are fetched meanwhile
    std::int64_t bytes = 0;    ///< estimated growth of the store
    struct BudgetUse {
        std::string budget;
        double weight = 0;
        milliseconds time {0}; ///< that so much weight takes at our share of the limit
    };
    std::string lane;
    std::vector<BudgetUse> uses; ///< every budget that is charged
    /// What comes from the venue's own files, beside the pages; by the calendar, nobody has looked whether they are there.
    struct Files {
        std::string host, lane;
        std::int64_t count = 0;
        std::int64_t requests = 0;
        std::int64_t bytes = 0; ///< estimated, packed
        milliseconds time {0};  ///< by their lane's budget
        bool operator==(const Files&) const = default;
    } files;
    static constexpr std::int64_t bytesPerBar = 80; ///< measured: candles with their index about 75 B, pages, coverage and aggregates some 5 B more
    struct Page {
        TimeRange range;
        std::string route = "rest";
        std::string url;
    };
    std::vector<Page> list; ///< empty for PlanDetail::Totals
    std::vector<std::string> warnings; ///< retention, unknown listing time, ...
};

/// A request that has been checked against the catalogue and the clock.
struct SeriesSpec {
    SeriesKey key;
    std::shared_ptr<const Venue> venue;
    PageRules rules;
    TimeRange wanted; ///< on the grid, no bar that is not closed; may be empty where no bar has closed yet
    WalkOrder order = WalkOrder::OldestFirst;
};

/// Errors: NotFound (exchange), Unsupported (market, kind, timeframe), InvalidArgument (symbol, market, range), UnknownSymbol
/// (of which somebody wrote that the provider has none).
Result<SeriesSpec> specify(const BackfillRequest& request, const Catalogue& catalogue, UtcMs now);

std::string timeKindOf(const PageRules& rules); ///< of SeriesRecord

/// What to know about a series of snapshots: one sentence.
std::string snapshotWarning(const SeriesKey& key);

/// The request that means @p spec again, whatever is stored by then.
BackfillRequest requestOf(const SeriesSpec& spec, const std::string& exchangeSymbol);

/// The part of @p wanted about which the source has not answered; failed spans are asked again.
IntervalSet unanswered(TimeRange wanted, std::span<const CoverageSpan> coverage);

/// Ranges of which one request brings several are joined, with what lies between them; aligned to the grid.
IntervalSet joinedByPage(const IntervalSet& ranges, const PageRules& rules);

/// What is asked for beside, or instead of, what is not answered.
enum class TodoScope { UnansweredAndRecheck, RecheckAlone };

/// The task of a job. @p series and @p instrument are of spec.key; @p coverage is that of the whole series. @p recheck is
/// asked for though answered, as far as its bars have closed; it may reach back before spec.wanted.
BackfillTask makeTask(const SeriesSpec& spec, SeriesRecord series, Instrument instrument,
    std::span<const CoverageSpan> coverage, std::optional<UtcMs> firstStored, const IntervalSet& recheck, TodoScope scope,
    UtcMs now);

/// Pages: each one with its URL; Totals: numbers alone, O(1) in the length of the range.
enum class PlanDetail { Pages, Totals };

/// @param share part of the venue's limits that we allow ourselves
BackfillPlan makePlan(const SeriesSpec& spec, const Instrument& instrument, std::span<const CoverageSpan> coverage,
    double share, UtcMs now, PlanDetail detail = PlanDetail::Pages, FileUse use = FileUse::Never);

/// Many plans together: lanes work side by side, the series of one lane share its budgets.
struct PlanTotals {
    std::int64_t series = 0, barsWanted = 0, barsAnswered = 0, pages = 0, requests = 0, bytes = 0;
    BackfillPlan::Files files; ///< of all; host is that of the first that has any
    milliseconds eta {0}; ///< of the slowest lane
    struct Lane {
        std::string id;
        std::int64_t series = 0, requests = 0;
        std::vector<BackfillPlan::BudgetUse> uses;
        milliseconds eta {0}; ///< of its tightest budget
    };
    std::vector<Lane> lanes; ///< by id
    void add(const BackfillPlan& plan);

private:
    void addFiles(const BackfillPlan::Files& more);
    Lane& laneOf(const std::string& id);
};

} // namespace mnemo
