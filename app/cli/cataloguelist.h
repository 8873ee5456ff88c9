#pragma once

#include <span>

#include "app/cli/output.h"
#include "core/exchange/venue.h"

namespace mnemo::cli {

/// Every venue or provider and what it can do, as a JSON array: for programs.
Json catalogueJson(std::span<const std::shared_ptr<const Venue>> venues);
/// The same in columns, for people: a line for each venue, market type and kind, more where timeframes differ.
Table catalogueTable(std::span<const std::shared_ptr<const Venue>> venues);

} // namespace mnemo::cli
