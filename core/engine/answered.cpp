#include "core/engine/answered.h"

namespace mnemo {

Result<IntervalSet> answeredIn(StoreReader& reader, SeriesId series, TimeRange range)
{
    const auto spans = reader.coverage(series, range);
    if (!spans)
        return fail(spans.error());
    IntervalSet answered;
    for (const CoverageSpan& span : *spans) {
        if (span.state == CoverageState::Answered)
            answered.add(span.range);
    }
    return answered;
}

} // namespace mnemo
