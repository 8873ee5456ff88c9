#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/exitstatus.h"
#include "core/storage/store.h"

namespace mnemo::cli {

// Which findings a command is about.

struct FindingOptions {
    FilterOptions filters;
    std::vector<std::string> rules, severities, states;
    std::vector<std::string> ids;
    std::string reason, with, withSource, most;
    bool isEvent = false, isJson = false;
};

void addFindingFilters(CLI::App& command, FindingOptions& options);

/// @param states where none were asked for
Result<FindingFilter> readFilter(const FindingOptions& options, UtcMs now, std::vector<FindingState> states);
bool isFiltered(const FindingOptions& options);

Result<std::map<SeriesId, SeriesKey>> keysOf(StoreReader& reader);
ExitStatus printFindings(StoreReader& reader, std::span<const FindingId> ids, bool isJson);

} // namespace mnemo::cli
