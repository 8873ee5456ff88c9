#include "core/ingest/newestpage.h"

#include <algorithm>
#include <utility>

#include "core/ingest/pagedecoding.h"

namespace mnemo {

TimeRange newestRange(const PageRules& rules, UtcMs from, UtcMs now)
{
    const UtcMs to = rules.grid.next(rules.grid.floor(now));
    return {std::min(from, rules.grid.floor(now)), std::min(to, pageEnd(rules, std::min(from, rules.grid.floor(now))))};
}

NewestPage::NewestPage(NewestQuestion question, Writer& writer, const Clock& clock, Handlers handlers)
    : m_question(std::move(question))
    , m_writer(writer)
    , m_clock(clock)
    , m_seriesText(m_question.series.key.text())
    , m_handlers(std::move(handlers))
{
}

FetchArgs NewestPage::args() const
{
    const SeriesRecord& series = m_question.series;
    FetchArgs args;
    args.kind = series.key.kind;
    args.timeframe = series.key.timeframe;
    args.now = m_clock.now();
    // As the series was collected: its venue need not list it any more, and no list has to be fetched for this.
    if (auto instrument = m_question.venue->instrument(series.key.market, series.key.symbol, series.exchangeSymbol))
        args.instrument = std::move(*instrument);
    args.instrument.contractSize = series.contractSize;
    return args;
}

std::optional<LaneRequest> NewestPage::next()
{
    if (m_hasEnded || std::exchange(m_isAsked, true))
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
        auto stored = store(page, pageCommit(m_question.series.id, page, m_question.rules, std::move(*decoded), now),
            response, services);
        if (!stored)
            return stored;
    }
    end(running);
    return {};
}

Result<void> NewestPage::store(
    const Page& page, PageCommit commit, const HttpResponse& response, LaneServices& services)
{
    if (commit.rows.empty() && commit.coverage.empty())
        return {};
    Manifest manifest;
    manifest.range = page.range;
    const int version = m_question.venue->version();
    auto archived =
        archiveAnswer(std::move(manifest), m_question.series, version, m_asked, response, commit.fetchedAt, services);
    if (!archived)
        return fail(std::move(archived.error()));
    commit.status = response.status;
    commit.archiveKey = std::move(archived->key);
    commit.sha256 = std::move(archived->sha256);
    commit.descriptionVersion = version;
    PageCommit summary; // what it says is needed again after its rows have gone to the store
    summary.series = commit.series;
    if (!commit.rows.empty())
        summary.range = {commit.rows.front().openTime, m_question.rules.grid.next(commit.rows.back().openTime)};
    summary.coverage = commit.coverage;
    m_writer.commit(
        std::move(commit),
        [self = shared_from_this(), summary = std::move(summary)](
            const Result<CommitOutcome::Page>& outcome, std::span<const Finding> findings) {
            if (outcome)
                self->m_handlers.stored(summary, *outcome, findings);
        },
        services.stopToken());
    return {};
}

/// The lane would try again later; by then somebody asks for newer bars.
void NewestPage::retried(std::uint64_t, const Error& error)
{
    end(tl::unexpected<Error>(error));
}

void NewestPage::gaveUp(std::uint64_t, const Error& error)
{
    end(tl::unexpected<Error>(error));
}

void NewestPage::letGo()
{
    end(fail(ErrorCode::Cancelled, "the newest bars of " + m_seriesText + " were not fetched: stopped"));
}

void NewestPage::end(Result<std::optional<Candle>> running)
{
    if (!std::exchange(m_hasEnded, true))
        m_handlers.ended(std::move(running));
}

} // namespace mnemo
