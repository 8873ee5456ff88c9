#pragma once

#include <filesystem>
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

/// The entry as block YAML that readOutages() reads back; the lines of its fields are indented by two blanks more.
std::string entryText(const ListedOutage& outage, std::string_view indent);
std::string entryText(const Annotation& annotation, std::string_view indent);

/// Adds an entry at the end of outages.yaml (annotations.yaml) in @p folder; the rest of the file stays as it is, byte for
/// byte. An empty id becomes one of exchange and start, one that is taken gets a number. The file is replaced as a whole:
/// whoever reads sees the old or the new one. @return the id. Errors: Config where the file cannot be understood or be added
/// to, InvalidArgument for an entry that could not be read back; StorageFailed. Nothing was changed then.
Result<std::string> addToFile(const std::filesystem::path& folder, ListedOutage outage);
Result<std::string> addToFile(const std::filesystem::path& folder, Annotation annotation);

} // namespace mnemo
