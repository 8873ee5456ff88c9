#include "core/ingest/newestfetch.h"

#include <utility>

namespace mnemo {

NewestFetch::NewestFetch(NewestQuestion question, Writer& writer, const Clock& clock, Handlers handlers)
    : m_question(std::move(question))
    , m_writer(writer)
    , m_clock(clock)
    , m_seriesText(m_question.series.key.text())
    , m_handlers(std::move(handlers))
{
}

FetchArgs NewestFetch::args() const
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

Result<void> NewestFetch::keep(Manifest manifest, std::optional<PageCommit> commit, const Question& asked,
    const HttpResponse& response, UtcMs fetchedAt, LaneServices& services)
{
    const int version = m_question.venue->version();
    auto archived =
        archiveAnswer(std::move(manifest), m_question.series, version, asked, response, fetchedAt, services);
    if (!archived)
        return fail(std::move(archived.error()));
    if (!commit)
        return {};
    commit->status = response.status;
    commit->archiveKey = std::move(archived->key);
    commit->sha256 = std::move(archived->sha256);
    commit->descriptionVersion = version;
    PageCommit summary; // what it says is needed again after its rows have gone to the store
    summary.series = commit->series;
    if (!commit->rows.empty())
        summary.range = {commit->rows.front().openTime, m_question.rules.grid.next(commit->rows.back().openTime)};
    summary.coverage = commit->coverage;
    m_writer.commit(
        std::move(*commit),
        [self = shared_from_this(), summary = std::move(summary)](
            const Result<CommitOutcome::Page>& outcome, std::span<const Finding> findings) {
            if (outcome)
                self->m_handlers.stored(summary, *outcome, findings);
        },
        services.stopToken());
    return {};
}

/// The lane would try again later; by then somebody asks for newer bars.
void NewestFetch::retried(std::uint64_t, const Error& error)
{
    end(tl::unexpected<Error>(error));
}

void NewestFetch::gaveUp(std::uint64_t, const Error& error)
{
    end(tl::unexpected<Error>(error));
}

void NewestFetch::letGo()
{
    end(fail(ErrorCode::Cancelled, "the newest bars of " + m_seriesText + " were not fetched: stopped"));
}

void NewestFetch::end(Result<std::optional<Candle>> running)
{
    if (!std::exchange(m_hasEnded, true))
        m_handlers.ended(std::move(running));
}

} // namespace mnemo
