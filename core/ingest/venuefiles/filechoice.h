#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/exchange/venue.h"
#include "core/market/intervalset.h"

namespace mnemo {

/// `archive.use` of the settings.
enum class FileUse { Auto, Always, Never };
FileUse fileUseFromText(std::string_view text); ///< Auto for what is none of the words

/// One file to be fetched.
struct ChosenFile {
    FilePeriod length = FilePeriod::Month;
    TimeRange covers; ///< the whole month or day
    IntervalSet wanted; ///< of it
    std::string key;
    bool operator==(const ChosenFile&) const = default;
};

struct FileChoice {
    std::vector<ChosenFile> files; ///< by time
    IntervalSet taken;             ///< all that is wanted of them
};

/// What a choice is made by: time that both ways take at the pace of their budgets, in ms.
struct FileCosts {
    double page = 0; ///< of the API
    double file = 0; ///< the file and its checksum
};
/// @param share part of the venue's limits that we allow ourselves. What states no limit costs as ten requests a second
FileCosts fileCosts(const Venue& venue, const FetchArgs& args, const PageRules& rules, const VenueFiles& files, double share);

/// Requests of a file: itself and its checksum.
constexpr int requestsPerFile = 2;
/// Least number of requests that the listings of a choice take.
int listingsOf(const FileChoice& choice);

/// Tells whether the file of the period that begins then is there.
using FileExists = std::function<bool(FilePeriod, UtcMs)>;
/// By the calendar alone, before any listing was read.
FileExists publishedBy(const VenueFiles& files, UtcMs now);

/// Chooses files for @p todo: months of which at least half is wanted, then such days. Auto: as far as they cost less than
/// pages. @param askable what the API can be asked for; files are the only way to the rest, however little of one it is.
FileChoice chooseFiles(const IntervalSet& todo, const IntervalSet& askable, const VenueFiles& files, const PageRules& rules,
    FileCosts costs, FileUse use, const FileExists& exists);

} // namespace mnemo
