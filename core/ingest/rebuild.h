#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "core/archive/archive.h"
#include "core/exchange/catalogue.h"
#include "core/ingest/writer.h"

namespace mnemo {

struct RebuildOutcome {
    std::int64_t answers = 0; ///< read from the archive and selected
    std::int64_t rows = 0;    ///< added or changed in the store
    std::int64_t skipped = 0; ///< answers that hold no rows for us: errors, unreadable bodies, unknown venues
};

/// Makes rows again from the raw answers, by the descriptions of today and without the network. Answers are judged in
/// the order in which they were fetched, by the same rules as then; a row that comes out otherwise than stored is a revision.
/// Waits until all is committed. Errors: Corrupt (what could be read is stored), Cancelled, Storage*.
Result<RebuildOutcome> rebuildRows(Archive& archive, const Catalogue& catalogue, Writer& writer, const SeriesFilter& filter,
    std::stop_token stop, const std::function<void(std::int64_t answers)>& progress);

} // namespace mnemo
