#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/archive/rawplace.h"
#include "core/storage/store.h"

namespace mnemo {

/// What a source answered, as it came.
struct RawAnswer {
    PageRecord page;
    Manifest manifest; ///< how it was asked: URL, status, time
    std::string body;
    std::optional<RawPlace> place; ///< of the bar in it, where that can be determined
};

/// Where a finding comes from.
struct Provenance {
    Finding finding;
    SeriesRecord series;
    std::vector<Candle> bars; ///< stored ones of its range; the first 1,000
    std::vector<PageRecord> pages; ///< about its first bar, newest first
    std::vector<Decision> decisions; ///< oldest first
    std::optional<RawAnswer> answer; ///< of the newest page that has one in the archive
    std::string problem; ///< why there is no answer, in a sentence; empty where there is one
};

/// Waits for the store and the archive. Errors: NotFound (no such finding); those of the store.
/// @param archive may be null
Result<Provenance> provenanceOf(StoreReader& reader, Archive* archive, FindingId finding);

/// The answer that a page came from, with the place of the bar of @p open. Errors: NotFound (not archived), Corrupt.
Result<RawAnswer> rawAnswerOf(StoreReader& reader, Archive* archive, const PageRecord& page, UtcMs open);

} // namespace mnemo
