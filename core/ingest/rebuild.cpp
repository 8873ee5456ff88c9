#include "core/ingest/rebuild.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>

#include "core/exchange/stream.h"
#include "core/ingest/filedecoding.h"
#include "core/ingest/pagedecoding.h"
#include "core/ingest/planner.h"

namespace mnemo {

namespace {

class Rebuild {
public:
    Rebuild(const Catalogue& catalogue, Writer& writer)
        : m_catalogue(catalogue)
        , m_writer(writer)
    {
    }

    /// Errors end the replay.
    Result<void> use(const ArchivedAnswer& answer, std::stop_token stop)
    {
        ++m_outcome.answers;
        const Manifest& manifest = answer.manifest;
        auto venue = m_catalogue.teller(manifest.series);
        auto rules = venue ? (*venue)->pageRules(manifest.series.market, manifest.series.kind, manifest.series.timeframe)
                           : Result<PageRules>(tl::unexpected<Error>(venue.error()));
        if (!rules) {
            ++m_outcome.skipped;
            return {};
        }
        auto series = seriesOf(manifest, *rules);
        if (!series)
            return fail(std::move(series.error()));
        FetchArgs args;
        args.kind = manifest.series.kind;
        args.instrument = instrumentOf(**venue, manifest);
        args.timeframe = manifest.series.timeframe;
        args.now = manifest.fetchedAt;
        if (manifest.route == "stream")
            return useStream(answer, **venue, series->id, args, std::move(stop));
        HttpResponse response;
        response.status = manifest.status;
        response.headers["date"] = manifest.date;
        response.body = answer.body;
        if (manifest.route == "archive")
            return useFile(answer, **venue, *rules, series->id, args, response, std::move(stop));
        if (rules->isFromTrades)
            return useTrades(answer, **venue, *rules, series->id, args, response, std::move(stop));
        const Page page {manifest.range, manifest.isConfirmation};
        auto decoded = decodePage(**venue, args, *rules, page, response, manifest.fetchedAt);
        if (!decoded) {
            ++m_outcome.skipped;
            return {};
        }
        return send(pageCommit(series->id, page, *rules, std::move(*decoded), manifest.fetchedAt), answer, **venue, std::move(stop));
    }

    /// After everything queued is committed.
    Result<RebuildOutcome> finish()
    {
        m_writer.call([](StoreWriter&) { return 0; });
        const std::lock_guard lock(m_mutex);
        if (m_error)
            return tl::unexpected<Error>(*m_error);
        return m_outcome;
    }

private:
    Result<SeriesRecord> seriesOf(const Manifest& manifest, const PageRules& rules)
    {
        if (const auto known = m_series.find(manifest.series); known != m_series.end())
            return known->second;
        SeriesRecord wanted;
        wanted.key = manifest.series;
        wanted.exchangeSymbol = manifest.exchangeSymbol;
        wanted.anchor = manifest.anchor;
        wanted.contractSize = manifest.contractSize;
        wanted.unit = manifest.unit;
        wanted.timeKind = timeKindOf(rules);
        auto record = m_writer.call([&](StoreWriter& store) { return store.ensureSeries(wanted); });
        if (record)
            m_series.emplace(manifest.series, *record);
        return record;
    }

    /// A message may hold more bars than the one that was stored from it.
    Result<void> useStream(const ArchivedAnswer& answer, const Venue& venue, SeriesId series, const FetchArgs& args,
        std::stop_token stop)
    {
        const auto protocol = venue.streams(args.instrument.market);
        const auto topic = protocol ? protocol->topic(args.instrument, args.timeframe)
                                    : Result<StreamTopic>(fail(ErrorCode::Unsupported, "no streams"));
        const auto bars = topic ? protocol->bars(*topic, answer.body)
                                : Result<std::vector<StreamBar>>(tl::unexpected<Error>(topic.error()));
        for (const StreamBar& bar : bars.value_or(std::vector<StreamBar> {})) {
            if (bar.bar.openTime != answer.manifest.range.from || !bar.isClosed)
                continue;
            if (auto commit = streamCommit(series, topic->grid, bar.bar, answer.manifest.fetchedAt))
                return send(std::move(*commit), answer, venue, std::move(stop));
        }
        ++m_outcome.skipped;
        return {};
    }

    /// One of the venue's own files. What it lacked was asked of the API, whose answers are kept, too.
    Result<void> useFile(const ArchivedAnswer& answer, const Venue& venue, const PageRules& rules, SeriesId series, const FetchArgs& args,
        const HttpResponse& response, std::stop_token stop)
    {
        const auto files = venue.files(args.instrument, args.kind, args.timeframe);
        FileAnswer file {fileName(answer.manifest.url), answer.body, answer.manifest.range, IntervalSet(answer.manifest.range),
            answer.manifest.fetchedAt, response.date(), mostUnpackedBytes};
        auto decoded = files ? decodeFile(venue, *files, args, rules, file) : Result<DecodedFile>(fail(ErrorCode::Unsupported, "no files"));
        if (!decoded) {
            ++m_outcome.skipped;
            return {};
        }
        return send(fileCommit(series, file, std::move(*decoded), {}), answer, venue, std::move(stop));
    }

    /// Trades of one walk belong together: a bar may need several answers.
    Result<void> useTrades(const ArchivedAnswer& answer, const Venue& venue, const PageRules& rules, SeriesId series, const FetchArgs& args,
        const HttpResponse& response, std::stop_token stop)
    {
        const Manifest& manifest = answer.manifest;
        auto trades = decodeTrades(venue, args, response);
        if (!trades) {
            ++m_outcome.skipped;
            return {};
        }
        TradeFold& fold = foldOf(manifest, rules);
        fold.want(IntervalSet(TimeRange {rules.grid.floor(manifest.range.from), rules.grid.ceil(manifest.range.to)}));
        auto verdict = fold.add({manifest.range, manifest.cursor, manifest.isConfirmation}, std::move(*trades),
            closedBefore(manifest.fetchedAt, response.date()));
        auto commit = tradesCommit(series, rules, std::move(verdict), manifest.fetchedAt);
        return commit ? send(std::move(*commit), answer, venue, std::move(stop)) : Result<void>();
    }

    /// A backfill's walk and those of somebody who looks at its chart meanwhile lie between each other.
    TradeFold& foldOf(const Manifest& manifest, const PageRules& rules)
    {
        auto& walks = m_walks[manifest.series];
        const auto known = std::ranges::find(walks, manifest.walk, &Walks::value_type::first);
        if (known != walks.end())
            return known->second;
        if (walks.size() == mostWalks)
            walks.pop_front();
        return walks.emplace_back(manifest.walk, TradeFold(rules)).second;
    }

    Result<void> send(PageCommit commit, const ArchivedAnswer& answer, const Venue& venue, std::stop_token stop)
    {
        const Manifest& manifest = answer.manifest;
        commit.status = manifest.status;
        commit.route = manifest.route;
        commit.archiveKey = answer.key;
        commit.sha256 = manifest.sha256;
        commit.descriptionVersion = venue.version();
        commit.isReplay = true;
        m_writer.commit(std::move(commit), [this](const auto& outcome, auto) { committed(outcome); }, std::move(stop));
        const std::lock_guard lock(m_mutex);
        return m_error ? Result<void>(tl::unexpected<Error>(*m_error)) : Result<void>();
    }

    static Instrument instrumentOf(const Venue& venue, const Manifest& manifest)
    {
        auto instrument = venue.instrument(manifest.series.market, manifest.series.symbol, manifest.exchangeSymbol).value_or(Instrument {});
        instrument.contractSize = manifest.contractSize;
        instrument.interestUnit = manifest.unit;
        return instrument;
    }

    void committed(const Result<CommitOutcome::Page>& outcome)
    {
        const std::lock_guard lock(m_mutex);
        if (outcome)
            m_outcome.rows += outcome->added + outcome->changed;
        else
            m_error = outcome.error();
    }

    const Catalogue& m_catalogue;
    Writer& m_writer;
    std::map<SeriesKey, SeriesRecord> m_series;
    using Walks = std::list<std::pair<UtcMs, TradeFold>>;
    static constexpr std::size_t mostWalks = 4;
    static constexpr std::int64_t mostUnpackedBytes = std::int64_t {4} << 30; // of files that were read once already
    std::map<SeriesKey, Walks> m_walks; // the last ones of each series
    std::mutex m_mutex; // outcome.rows and error come from the writer's thread
    RebuildOutcome m_outcome;
    std::optional<Error> m_error;
};

} // namespace

Result<RebuildOutcome> rebuildRows(Archive& archive, const Catalogue& catalogue, Writer& writer, const SeriesFilter& filter,
    std::stop_token stop, const std::function<void(std::int64_t answers)>& progress)
{
    Rebuild rebuild(catalogue, writer);
    Result<void> used;
    std::int64_t answers = 0;
    auto replayed = archive.replay([&](const ArchivedAnswer& answer) {
        if (stop.stop_requested())
            return false;
        if (!filter.matches(answer.manifest.series))
            return true;
        used = rebuild.use(answer, stop);
        if (progress)
            progress(++answers);
        return used.has_value();
    });
    auto outcome = rebuild.finish();
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "stopped: run rebuild again for the rest");
    if (!used)
        return fail(std::move(used.error()));
    if (!replayed)
        return fail(std::move(replayed.error()));
    return outcome;
}

} // namespace mnemo
