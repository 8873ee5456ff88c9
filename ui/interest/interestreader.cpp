#include "ui/interest/interestreader.h"

#include <algorithm>

namespace mnemo {

Result<std::vector<InterestLine>> readInterest(
    StoreReader& reader, const InterestRequest& request, const std::stop_token& stop)
{
    std::vector<InterestLine> lines;
    for (const SeriesRecord& series : request.series) {
        InterestLine line {series, std::max(request.step, series.key.timeframe.length()), {}};
        std::int64_t bucket = 0;
        const auto read = reader.eachOpenInterest(series.id, request.range, true, [&](const OpenInterest& row) {
            const std::int64_t at = toMs(row.time) / line.step.count();
            if (line.rows.empty() || at != bucket)
                line.rows.push_back(row);
            else
                line.rows.back() = row;
            bucket = at;
            return !stop.stop_requested();
        });
        if (!read)
            return fail(read.error());
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "nobody waits for the open interest any more");
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace mnemo
