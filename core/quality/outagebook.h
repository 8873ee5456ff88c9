#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/config/outages.h"
#include "core/market/coverage.h"
#include "core/market/grid.h"
#include "core/market/serieskey.h"

namespace mnemo {

/// When several series that lack the same bars mean that the venue was silent.
struct OutageRules {
    int leastSeries = 2; ///< so many liquid instruments of one exchange and market lack the same bars ...
    double share = 0.8; ///< ... and they are this part of those that were asked about them
    int liquidDays = 7; ///< an instrument is liquid on a day if of so many days before and as many after it ...
    double liquidShare = 0.8; ///< ... this part has every bar
    bool operator==(const OutageRules&) const = default;
};

/// A silence of a venue that its own series show.
struct InferredOutage {
    std::string source, exchange;
    MarketType market = MarketType::Spot;
    TimeRange range;
    int silent = 0; ///< liquid instruments that lack all bars of the range
    int asked = 0; ///< liquid instruments about which the source has answered there
    std::vector<std::string> symbols; ///< the silent ones, by name
    bool operator==(const InferredOutage&) const = default;

    bool concerns(const SeriesKey& series) const ///< candles of the same source and market, liquid or not
    {
        return series.kind == Kind::Candles && series.source == source && series.exchange == exchange
            && series.market == market;
    }
};

/// What is known about outages. Immutable once filled; reading is thread-safe.
class OutageBook {
public:
    OutageBook() = default;
    OutageBook(std::vector<ListedOutage> listed, std::vector<InferredOutage> inferred);

    std::span<const ListedOutage> listed() const { return m_listed; } ///< by start
    std::span<const InferredOutage> inferred() const { return m_inferred; } ///< by start
    /// Ranges of silence for @p series: sorted, disjoint.
    std::vector<TimeRange> rangesOf(const SeriesKey& series) const;

private:
    std::vector<ListedOutage> m_listed;
    std::vector<InferredOutage> m_inferred;
};

/// Gaps of @p series with outages put in: bars of an Empty or Unknown gap that lie wholly, from open to close, in one
/// of
/// @p silent become Outage. A gap that is Failed stays so: it is our request that has no answer. The result is cut
/// where the class changes; what the evidence concludes from the answers changes with it.
/// @param silent sorted, disjoint. Pure.
std::vector<Gap> withOutages(std::vector<Gap> gaps, std::span<const TimeRange> silent, const Grid& grid);

} // namespace mnemo
