#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/exchange/catalogue.h"
#include "core/ingest/backfilljob.h"
#include "core/market/coverage.h"
#include "core/market/intervalset.h"
#include "core/market/serieskey.h"

namespace mnemo {

struct BackfillRequest {
    std::string exchange;
    std::string symbol;
    Timeframe timeframe {};
    std::optional<MarketType> market; ///< nothing: from the symbol
    Kind kind = Kind::Candles;
    std::string source;         ///< empty: the exchange
    std::string exchangeSymbol; ///< empty: from the market list, else the symbol template
    TimeRange range;            ///< to beyond the newest closed bar is cut to it
};

/// What a backfill would do; nothing is sent to make it.
struct BackfillPlan {
    SeriesKey series;
    TimeRange wanted;  ///< aligned and cut
    std::int64_t barsWanted = 0, barsAnswered = 0; ///< answered: already known
    std::int64_t pages = 0;
    std::int64_t requests = 0; ///< least number
    double weight = 0;         ///< of the tightest budget
    milliseconds eta {0};      ///< by the budgets alone
    std::int64_t bytes = 0;    ///< estimated growth of the store
    struct Page {
        TimeRange range;
        std::string route = "rest";
        std::string url;
    };
    std::vector<Page> list;
    std::vector<std::string> warnings; ///< retention, unknown listing time, ...
};

/// A request that has been checked against the catalogue and the clock.
struct SeriesSpec {
    SeriesKey key;
    std::shared_ptr<const Venue> venue;
    PageRules rules;
    TimeRange wanted; ///< on the grid, no bar that is not closed; may be empty where no bar has closed yet
};

/// Errors: NotFound (exchange), Unsupported (market, kind, timeframe), InvalidArgument (symbol, market, range).
Result<SeriesSpec> specify(const BackfillRequest& request, const Catalogue& catalogue, UtcMs now);

/// The part of @p wanted about which the source has not answered; failed spans are asked again.
IntervalSet unanswered(TimeRange wanted, std::span<const CoverageSpan> coverage);

/// The task of a job. @p series and @p instrument are of spec.key; @p coverage is that of the whole series.
BackfillTask makeTask(const SeriesSpec& spec, SeriesRecord series, Instrument instrument,
    std::span<const CoverageSpan> coverage, std::optional<UtcMs> firstStored, TimeRange recheck, UtcMs now);

/// @param share part of the venue's limits that we allow ourselves
BackfillPlan makePlan(const SeriesSpec& spec, const Instrument& instrument, std::span<const CoverageSpan> coverage,
    double share, UtcMs now);

} // namespace mnemo
