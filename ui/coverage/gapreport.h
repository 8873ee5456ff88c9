#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "core/engine/actionlog.h"
#include "core/quality/gapevidence.h"
#include "ui/coverage/coverageselection.h"

namespace mnemo {

/// What is known about one stretch of one series: what the gap card tells. A value.
struct GapReport {
    SeriesRecord series;
    TimeRange range; ///< as asked
    std::int64_t bars = 0; ///< of the grid in the range
    std::vector<Gap> gaps; ///< in the range, clipped to it; the worst first
    std::vector<GapEvidence> evidence; ///< of the first gaps, in their order
    std::vector<Annotation> notes; ///< that concern the series and touch the range, by start
    std::vector<ListedOutage> outages; ///< likewise
    std::vector<ActionRecord> actions; ///< what was asked for and marked there, newest first; the last few
    std::int64_t absent() const;
    std::int64_t missing() const; ///< never asked, or failed
    std::int64_t of(GapClass gapClass) const;
};

/// Failed before unknown before outage before the others; of one class the longest first.
void sortByWeight(std::vector<Gap>& gaps);

/// "1,440 bars absent: 1,400 never asked, 40 failed", or that none is.
QString sumOf(const GapReport& report);

} // namespace mnemo
