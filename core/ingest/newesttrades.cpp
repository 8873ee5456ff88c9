#include "core/ingest/newesttrades.h"

#include <algorithm>
#include <utility>

#include "core/ingest/pagedecoding.h"
#include "core/quality/pagerules.h"

namespace mnemo {

NewestTrades::NewestTrades(NewestQuestion question, Writer& writer, const Clock& clock, Handlers handlers)
    : NewestFetch(std::move(question), writer, clock, std::move(handlers))
    , m_began(clock.now())
    , m_walk(m_question.rules, IntervalSet(m_question.range))
{
}

std::optional<LaneRequest> NewestTrades::next()
{
    if (isFinished() || m_isAsking || !m_walk.next())
        return std::nullopt;
    auto request = m_question.venue->pageRequest(args(), m_walk.next()->range, m_walk.next()->cursor);
    if (!request) {
        end(fail(std::move(request.error())));
        return std::nullopt;
    }
    m_isAsking = true;
    m_asked = {request->http.method, request->http.url, request->http.body};
    return LaneRequest {std::move(*request), 0};
}

Result<void> NewestTrades::accept(std::uint64_t, const HttpResponse& response, LaneServices& services)
{
    const UtcMs now = m_clock.now();
    const auto decoded = decodeTrades(*m_question.venue, args(), response);
    if (!decoded)
        return fail(decoded.error());
    const TradePage page = *m_walk.next();
    auto verdict = m_walk.answered(page, *decoded, closedBefore(now, response.date()));
    if (!verdict)
        return fail(std::move(verdict.error()));
    m_answers.push_back({page, m_asked, response, now,
        tradesCommit(m_question.series.id, m_question.rules, std::move(*verdict), now)});
    m_isAsking = false;
    if (m_walk.next() && m_answers.size() < mostPages)
        return {};
    if (m_walk.next()) {
        end(fail(ErrorCode::Unsupported, "the newest bars of " + std::string(series()) + " take more than "
                + std::to_string(mostPages) + " requests for trades"));
        return {};
    }
    if (auto kept = keepAll(services); !kept)
        return kept;
    end(m_walk.running());
    return {};
}

/// All answers or none: a bar may need several, when rows are made again from the archive, too.
Result<void> NewestTrades::keepAll(LaneServices& services)
{
    if (std::ranges::none_of(m_answers, [](const Answer& answer) { return answer.commit.has_value(); }))
        return {};
    for (Answer& answer : m_answers) {
        Manifest manifest;
        manifest.range = answer.page.range;
        manifest.cursor = answer.page.cursor;
        manifest.walk = m_began;
        manifest.isConfirmation = answer.page.isConfirmation;
        auto kept = keep(std::move(manifest), std::move(answer.commit), answer.asked, answer.response, answer.at, services);
        if (!kept)
            return kept;
    }
    return {};
}

} // namespace mnemo
