#pragma once

#include "core/ingest/newestfetch.h"
#include "core/ingest/pagewalk.h"

namespace mnemo {

/// The page that asks for the bars from @p from (on the grid) to the running one at @p now: less where one page does
/// not hold them all, unless they are folded from trades.
TimeRange newestRange(const PageRules& rules, UtcMs from, UtcMs now);

/// The newest bars where the venue tells bars: one request.
class NewestPage final : public NewestFetch {
public:
    /// The question's range is one page at most.
    using NewestFetch::NewestFetch;

    std::optional<LaneRequest> next() override;
    Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) override;

private:
    Question m_asked;
    bool m_isAsked = false;
};

} // namespace mnemo
