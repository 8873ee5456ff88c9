#include "core/ingest/marketlist.h"

namespace mnemo {

MarketListFetch::MarketListFetch(std::shared_ptr<const Venue> venue, UtcMs now, int mostRetries, Done done)
    : m_venue(std::move(venue))
    , m_mostRetries(mostRetries)
    , m_done(std::move(done))
    , m_requests(m_venue->marketRequests(now))
{
}

void MarketListFetch::cancel()
{
    m_cancelled = true;
}

std::optional<LaneRequest> MarketListFetch::next()
{
    if (m_isDone || m_cancelled || m_asked > m_bodies.size())
        return std::nullopt;
    if (m_bodies.size() == m_requests.size()) {
        finish(m_venue->decodeMarkets(m_bodies));
        return std::nullopt;
    }
    return LaneRequest {m_requests[m_asked++], 0};
}

Result<void> MarketListFetch::accept(std::uint64_t, const HttpResponse& response, LaneServices&)
{
    FetchArgs args;
    args.instrument.exchange = m_venue->id();
    if (auto error = m_venue->errorOf(response.status, response.body, args))
        return fail(std::move(*error));
    m_bodies.push_back(response.body);
    m_retries = 0;
    if (m_bodies.size() == m_requests.size())
        finish(m_venue->decodeMarkets(m_bodies));
    return {};
}

void MarketListFetch::retried(std::uint64_t, const Error& error)
{
    if (++m_retries > m_mostRetries)
        finish(tl::unexpected<Error>(error));
}

void MarketListFetch::gaveUp(std::uint64_t, const Error& error)
{
    finish(tl::unexpected<Error>(error));
}

void MarketListFetch::letGo()
{
    finish(fail(ErrorCode::Cancelled, "the market list of " + m_venue->id() + " was not fetched: stopped"));
}

void MarketListFetch::finish(Result<std::vector<Instrument>> result)
{
    m_isDone = true;
    if (const Done done = std::exchange(m_done, nullptr))
        done(std::move(result));
}

} // namespace mnemo
