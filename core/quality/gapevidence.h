#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/quality/outagebook.h"
#include "core/storage/store.h"

namespace mnemo {

/// Everything that speaks for the class of a gap.
struct GapEvidence {
    /// The bars next to the gap on one side.
    struct Neighbours {
        int bars = 0; ///< stored ones, of the ten next to the gap
        double medianVolume = 0;
        std::optional<double> medianTrades; ///< where the source counts them
    };
    /// The same instrument elsewhere at the same time.
    struct Elsewhere {
        SeriesKey series;
        std::int64_t bars = 0; ///< of that series' grid within the gap
        std::int64_t rows = 0; ///< of them stored
    };
    /// Other instruments of the same source, exchange and market.
    struct Venue {
        int others = 0; ///< that are stored
        int asked = 0; ///< of them: the source has answered about the whole gap
        std::vector<std::string> silent; ///< of the asked ones: symbols that have no bar in it
    };

    int fewestChecks = 0, mostChecks = 0; ///< answers at different times; 0 where nobody asked
    std::int64_t requests = 0; ///< answers that reached into the gap
    std::vector<PageRecord> pages; ///< the newest of them, newest first
    Neighbours before, after;
    std::vector<Elsewhere> elsewhere; ///< by key
    Venue venue;
    std::vector<ListedOutage> listed; ///< that touch the gap
    std::vector<InferredOutage> inferred;
    std::vector<Annotation> annotations;
    std::string text; ///< English sentences for people
};

/// Gathers the evidence of gaps of one series. Reads the store when asked; one thread. What it knows of other series is
/// read once, so that a thousand gaps cost little more than their own rows.
class GapExplainer {
public:
    /// @param reader, @p book and @p annotations outlive it
    /// @param all every stored series
    GapExplainer(StoreReader& reader, SeriesRecord series, std::span<const SeriesRecord> all, const OutageBook& book,
        std::span<const Annotation> annotations);

    /// Errors: those of the store.
    Result<GapEvidence> explain(const Gap& gap);

private:
    /// Another series, with what is known about it.
    struct Other {
        SeriesRecord record;
        std::vector<CoverageSpan> coverage;
        bool isRead = false;
    };
    Result<bool> isAsked(Other& other, TimeRange range);
    Result<std::int64_t> rowsIn(const SeriesRecord& record, TimeRange range);
    Result<GapEvidence::Neighbours> neighbours(TimeRange range);
    Result<void> addChecks(const Gap& gap, GapEvidence& evidence);
    Result<void> addVenue(const Gap& gap, GapEvidence& evidence);

    StoreReader& m_reader;
    const SeriesRecord m_series;
    const OutageBook& m_book;
    const std::span<const Annotation> m_annotations;
    std::vector<CoverageSpan> m_coverage;
    bool m_isCoverageRead = false;
    std::vector<Other> m_elsewhere;
    std::map<std::string, std::vector<Other>> m_venue; ///< by symbol, nearest frame first
};

} // namespace mnemo
