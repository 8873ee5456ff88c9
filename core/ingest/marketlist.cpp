#include "core/ingest/marketlist.h"

#include <algorithm>

#include "core/exchange/symbolmapping.h"
#include "core/net/url.h"

namespace mnemo {

namespace {

constexpr std::size_t mostPages = 1000; // 1,000,000 markets where pages are of 1000

} // namespace

MarketListFetch::MarketListFetch(
    std::shared_ptr<const Venue> venue, UtcMs now, int mostRetries, Done done, std::shared_ptr<WaitLog> waits)
    : m_venue(std::move(venue))
    , m_mostRetries(mostRetries)
    , m_done(std::move(done))
    , m_waits(std::move(waits))
    , m_now(now)
{
    for (VenueRequest& request : m_venue->marketRequests(now))
        m_calls.push_back({m_calls.size(), std::move(request)});
}

void MarketListFetch::cancel()
{
    m_cancelled = true;
}

std::optional<LaneRequest> MarketListFetch::next()
{
    if (m_isDone || m_cancelled || m_isAsked)
        return std::nullopt;
    if (m_calls.empty()) {
        finish(m_venue->decodeMarkets(m_answers));
        return std::nullopt;
    }
    m_isAsked = true;
    return LaneRequest {m_calls.front().request, 0};
}

Result<void> MarketListFetch::accept(std::uint64_t, const HttpResponse& response, LaneServices&)
{
    FetchArgs args;
    args.instrument.exchange = m_venue->id();
    if (auto error = m_venue->errorOf(response.status, response.body, args))
        return fail(std::move(*error));
    const Call call = std::move(m_calls.front());
    m_calls.pop_front();
    m_isAsked = false;
    m_retries = 0;
    m_answers.push_back({call.index, response.body});
    if (auto next = m_venue->nextMarketRequest(m_answers.back(), m_now)) {
        const bool isSame = next->http.url == call.request.http.url && next->http.body == call.request.http.body;
        if (isSame || m_answers.size() >= mostPages) {
            finish(fail(ErrorCode::BadAnswer,
                m_venue->id() + ": the market list names ever more pages, the last one " + redactedUrl(next->http.url)));
            return {};
        }
        m_calls.push_front({call.index, std::move(*next)});
    }
    if (m_calls.empty())
        finish(m_venue->decodeMarkets(m_answers));
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

void MarketListFetch::waits(const std::string& reason)
{
    if (m_waits)
        m_waits->note(waitReason(reason));
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

std::optional<Instrument> chooseInstrument(
    const Venue& venue, std::span<const Instrument> list, const SeriesKey& series, std::string_view ownId)
{
    const SymbolCorrection* const correction = ownId.empty() ? correctionOf(venue, series) : nullptr;
    if (correction != nullptr) {
        auto corrected = correctedInstrument(venue, *correction, list);
        const bool mayBeTold = list.empty() && factsOf(series.kind).hasUnit;
        return corrected && corrected->interestUnit.empty() && mayBeTold ? std::nullopt : corrected;
    }
    const auto isMeant = [&](const Instrument& one) {
        return (!venue.isProvider() || one.exchange == series.exchange) && one.market == series.market
            && (ownId.empty() ? one.symbol == series.symbol : one.id == ownId);
    };
    const auto all = venue.fixedInstruments();
    const auto fixed = venue.isProvider() ? std::ranges::find_if(all, isMeant) : all.end(); // an exchange's own are in its list
    const auto listed = std::ranges::find_if(list, isMeant);
    if (fixed == all.end())
        return listed == list.end() ? std::nullopt : std::optional(*listed);
    Instrument found = *fixed;
    if (!found.interestUnit.empty())
        return found;
    if (list.empty())
        return std::nullopt;
    const auto same = std::ranges::find(list, found.id, &Instrument::id);
    if (same != list.end())
        found.interestUnit = same->interestUnit;
    return found;
}

std::optional<Instrument> chooseInstrument(
    const Venue& venue, std::span<const Instrument> list, const SeriesKey& series, const std::optional<SeriesRecord>& stored)
{
    auto found = chooseInstrument(venue, list, series);
    if (found || correctionOf(venue, series) != nullptr || !stored || stored->exchangeSymbol.empty())
        return found;
    return chooseInstrument(venue, list, series, stored->exchangeSymbol);
}

} // namespace mnemo
