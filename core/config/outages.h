#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"
#include "core/market/serieskey.h"
#include "core/market/timerange.h"

namespace mnemo {

/// A time in which a venue traded nothing, as somebody has written down: an entry of outages.yaml.
struct ListedOutage {
    std::string id; ///< key of the entry
    std::string exchange;
    std::optional<MarketType> market; ///< nothing: all of the exchange's
    std::vector<std::string> symbols; ///< empty: all
    TimeRange range; ///< from the last trade before to the first one after
    std::string reason; ///< for people
    std::string source; ///< who says so
    std::string file; ///< in which it stands; empty: from the environment or the command line
    bool operator==(const ListedOutage&) const = default;

    bool concerns(const SeriesKey& series) const;
};

/// A remark of a person about a stretch of time: an entry of annotations.yaml.
struct Annotation {
    std::string id;
    std::string exchange;
    std::optional<MarketType> market;
    std::vector<std::string> symbols, timeframes; ///< empty: all
    TimeRange range;
    std::string text;
    std::string file;
    bool operator==(const Annotation&) const = default;

    bool concerns(const SeriesKey& series) const;
};

/// Entries of the merged trees `outages` and `annotations`. A wrong one is left out alone, with a problem at its place.
/// Sorted by start.
std::vector<ListedOutage> readOutages(const Node& tree, Problems& problems);
std::vector<Annotation> readAnnotations(const Node& tree, Problems& problems);

} // namespace mnemo
