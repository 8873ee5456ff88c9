#include "core/ingest/newestpage.h"

#include <algorithm>
#include <utility>

#include "core/ingest/pagedecoding.h"

namespace mnemo {

TimeRange newestRange(const PageRules& rules, UtcMs from, UtcMs now)
{
    const TimeRange range {std::min(from, rules.grid.floor(now)), rules.grid.next(rules.grid.floor(now))};
    return rules.isFromTrades ? range : TimeRange {range.from, std::min(range.to, pageEnd(rules, range.from))};
}

std::optional<LaneRequest> NewestPage::next()
{
    if (isFinished() || std::exchange(m_isAsked, true))
        return std::nullopt;
    auto request = m_question.venue->pageRequest(args(), m_question.range);
    if (!request) {
        end(fail(std::move(request.error())));
        return std::nullopt;
    }
    m_asked = {request->http.method, request->http.url, request->http.body};
    return LaneRequest {std::move(*request), 0};
}

Result<void> NewestPage::accept(std::uint64_t, const HttpResponse& response, LaneServices& services)
{
    const UtcMs now = m_clock.now();
    Page page {m_question.range};
    auto decoded = decodePage(*m_question.venue, args(), m_question.rules, page, response, now);
    if (!decoded)
        return fail(std::move(decoded.error()));
    std::optional<Candle> running;
    if (!decoded->unclosed.empty())
        running = decoded->unclosed.back();
    // The bars that could have closed are one page, and a bar after them says that nothing was cut off.
    page.range.to = std::clamp(m_question.rules.grid.floor(decoded->now), page.range.from, page.range.to);
    if (running && !m_question.rules.isBackward)
        decoded->spokeBeyond = true;
    if (!page.range.isEmpty()) {
        PageCommit commit = pageCommit(m_question.series.id, page, m_question.rules, std::move(*decoded), now);
        Manifest manifest;
        manifest.range = page.range;
        if (!commit.rows.empty() || !commit.coverage.empty()) {
            auto kept = keep(std::move(manifest), std::move(commit), m_asked, response, now, services);
            if (!kept)
                return kept;
        }
    }
    end(running);
    return {};
}

} // namespace mnemo
