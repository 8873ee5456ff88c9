#include "core/engine/healthreader.h"

#include <algorithm>
#include <tuple>

#include "core/engine/engine.h"
#include "core/engine/retention.h"
#include "core/ingest/fileplanning.h"
#include "core/ingest/universe.h"

namespace mnemo {

namespace {

constexpr milliseconds recent = std::chrono::hours {24};

/// What a description says about one kind of series.
struct Offer {
    std::string lane;
    milliseconds delay {0};
    std::optional<milliseconds> retention; ///< of what can be asked for
    milliseconds anchor {0};
    std::shared_ptr<const Venue> venue; ///< null where it is no longer described
    std::optional<PageRules> rules;
};

class Offers {
public:
    explicit Offers(const Catalogue& catalogue)
        : m_catalogue(catalogue)
    {
    }

    const Offer& of(const SeriesKey& key)
    {
        const auto [place, isNew] =
            m_known.try_emplace(std::tuple(key.source, key.exchange, key.market, key.kind, key.timeframe));
        if (isNew)
            place->second = read(key);
        return place->second;
    }

private:
    Offer read(const SeriesKey& key) const
    {
        Offer offer;
        const auto venue = m_catalogue.teller(key);
        if (!venue)
            return offer; // no longer described: what is stored stays, and nothing can be asked for
        offer.lane = (*venue)->lane().id;
        offer.venue = *venue;
        if (const auto rules = (*venue)->pageRules(key.market, key.kind, key.timeframe)) {
            offer.rules = *rules;
            offer.delay = rules->delay;
            offer.anchor = rules->grid.anchor();
            if (!rules->isSnapshot) // what was not read is lost already
                offer.retention = retentionOf(*rules, key.timeframe);
        }
        return offer;
    }

    const Catalogue& m_catalogue;
    std::map<std::tuple<std::string, std::string, MarketType, Kind, Timeframe>, Offer> m_known;
};

/// After which nobody has it any more.
std::optional<milliseconds> retentionOf(const Offer& offer, const SeriesRecord& series, FileUse use)
{
    if (offer.retention && areKeptInFiles(*offer.venue, series, *offer.rules, *offer.retention, use))
        return std::nullopt;
    return offer.retention;
}

std::vector<HealthSeries> seriesOf(const HealthPlaces& places)
{
    const auto wanted = universeKeys(places.settings.settings, places.catalogue, places.clock.now());
    const Rule& stale = *findRule("stale");
    const FileUse use = fileUseFromText(places.settings.settings.files.use);
    Offers offers(places.catalogue);
    std::vector<HealthSeries> list;
    auto unstored = wanted;
    for (CoverageHoles& holes : places.coverage.snapshot()->holes()) {
        const SeriesKey key = holes.series.key;
        unstored.erase(key);
        const Offer& offer = offers.of(key);
        HealthSeries series {std::move(holes), offer.lane, wanted.contains(key), {}, offer.delay, {}};
        series.retention = retentionOf(offer, series.holes.series, use);
        if (places.rules.isOn(stale, key))
            series.staleBars = places.rules.of(stale, key).thresholds.front();
        list.push_back(std::move(series));
    }
    for (const SeriesKey& key : unstored) {
        const Offer& offer = offers.of(key);
        if (!isMetric(key.kind))
            continue;
        HealthSeries series;
        series.holes.series.key = key;
        series.retention = retentionOf(offer, series.holes.series, use);
        if (!series.retention)
            continue;
        series.holes.series.anchor = offer.anchor;
        series.lane = offer.lane;
        series.isWanted = true;
        series.delay = offer.delay;
        list.push_back(std::move(series));
    }
    return list;
}

bool isTroubled(JobState state)
{
    return state == JobState::Failed || state == JobState::FinishedWithGaps;
}

/// Jobs that ended badly, but for those whose series a later job brought to a good end, or is at.
HealthJobs jobsOf(const Collector* collector, UtcMs now)
{
    HealthJobs jobs;
    jobs.areKnown = collector != nullptr;
    if (!collector)
        return jobs;
    std::vector<JobSnapshot> troubled; // copies: few of many
    collector->eachJob([&](const JobSnapshot& job, JobState state) {
        jobs.running += state == JobState::Running ? 1 : 0;
        jobs.waiting += state == JobState::Queued || state == JobState::Paused ? 1 : 0;
        if (isTroubled(state) && job.finished >= now - recent)
            troubled.push_back(job);
    });
    if (troubled.empty())
        return jobs;
    std::map<SeriesKey, UtcMs> mended; ///< when the newest job that is not troubled was asked for
    for (const JobSnapshot& job : troubled)
        mended.try_emplace(job.series, UtcMs::min());
    collector->eachJob([&](const JobSnapshot& job, JobState state) {
        if (isTroubled(state) || state == JobState::Cancelled)
            return;
        if (const auto found = mended.find(job.series); found != mended.end())
            found->second = std::max(found->second, job.queued);
    });
    for (JobSnapshot& job : troubled) {
        if (mended[job.series] >= job.finished)
            continue;
        if (job.state == JobState::Failed)
            jobs.failed.push_back(std::move(job));
        else
            ++jobs.withGaps;
    }
    return jobs;
}

} // namespace

Result<Health> HealthReader::read(const HealthPlaces& places)
{
    const std::lock_guard lock(m_mutex);
    HealthInput input;
    if (const auto refreshed = places.coverage.refresh(); !refreshed)
        return fail(refreshed.error());
    if (!m_reader) {
        auto reader = places.store.openReader();
        if (!reader)
            return fail(std::move(reader.error()));
        m_reader = std::move(*reader);
    }
    input.now = places.clock.now();
    input.steady = places.clock.steady();
    input.series = seriesOf(places);
    auto found = findings(input.series);
    if (!found)
        return fail(std::move(found.error()));
    input.findings = std::move(*found);
    input.jobs = jobsOf(places.collector, input.now);
    const auto book = places.coverage.outages();
    input.outages.assign(book->inferred().begin(), book->inferred().end());
    input.listed.assign(book->listed().begin(), book->listed().end());
    input.problems = static_cast<std::int64_t>(places.settings.problems.size());
    std::error_code ec;
    if (const auto space = std::filesystem::space(places.dataDir, ec); !ec)
        input.freeBytes = static_cast<std::int64_t>(space.available);
    if (places.collector)
        input.lanes = places.collector->lanes();
    if (places.collector && places.collector->journal())
        input.storeError = places.collector->journal()->error();
    return assess(input);
}

Result<std::vector<HealthFindings>> HealthReader::findings(const std::vector<HealthSeries>& series)
{
    FindingFilter filter;
    filter.states = {FindingState::Open};
    const auto counts = m_reader->findingCounts(filter);
    if (!counts)
        return fail(counts.error());
    std::map<SeriesId, const SeriesKey*> keys;
    for (const HealthSeries& one : series)
        keys[one.holes.series.id] = &one.holes.series.key;
    std::map<GroupKey, HealthFindings> groups;
    for (const FindingCount& count : *counts) {
        const auto key = keys.find(count.series);
        if (key == keys.end() || count.findings == 0)
            continue;
        HealthFindings& group = groups[{key->second->exchange, count.rule}];
        const Severity severity = severityFromText(count.severity).value_or(Severity::Warn);
        group.severity = group.findings == 0 ? severity : std::max(group.severity, severity);
        group.exchange = key->second->exchange;
        group.rule = count.rule;
        ++group.series;
        group.findings += count.findings;
    }
    std::erase_if(m_groups, [&](const auto& known) { return !groups.contains(known.first); });
    std::vector<HealthFindings> list;
    for (auto& [key, group] : groups) {
        auto begun = since(key, group.findings);
        if (!begun)
            return fail(std::move(begun.error()));
        group.since = *begun;
        list.push_back(std::move(group));
    }
    return list;
}

/// More findings than before are newer ones: the oldest stays what it was.
Result<std::optional<UtcMs>> HealthReader::since(const GroupKey& key, std::int64_t count)
{
    Group& group = m_groups[key];
    const bool isKnown = group.since && count >= group.findings;
    group.findings = count;
    if (isKnown)
        return group.since;
    FindingFilter filter;
    filter.states = {FindingState::Open};
    filter.exchanges = {key.first};
    filter.rules = {key.second};
    const auto ids = m_reader->findingIds(filter, FindingOrder::Oldest);
    if (!ids)
        return fail(ids.error());
    group.since.reset();
    if (ids->empty())
        return group.since;
    const auto oldest = m_reader->findingsById(std::span(*ids).first(1));
    if (!oldest)
        return fail(oldest.error());
    if (!oldest->empty())
        group.since = oldest->front().createdAt;
    return group.since;
}

// --- treatment ---

namespace {

Result<JobId> fill(Engine& engine, const HealthPart& part, UtcMs now)
{
    auto request = BackfillRequest::again(part.series);
    request.range = part.isOpenEnded ? TimeRange {part.range.from, now} : part.range;
    return engine.backfill(request);
}

Result<Treatment> accept(Engine& engine, const HealthIssue& issue, const std::string& reason)
{
    if (reason.find_first_not_of(" \t\n") == std::string::npos)
        return fail(ErrorCode::InvalidArgument, "to accept it takes a reason");
    for (const InferredOutage& outage : issue.outages) {
        ListedOutage listed;
        listed.exchange = outage.exchange;
        listed.market = outage.market;
        listed.range = outage.range;
        listed.reason = reason;
        listed.source = "seen in the bars that " + std::to_string(issue.series) + " series lack at the same time";
        if (const auto marked = engine.markOutage(listed); !marked)
            return fail(marked.error());
    }
    return Treatment {};
}

} // namespace

Result<Treatment> treat(Engine& engine, const HealthIssue& issue, UtcMs now, const std::string& reason)
{
    if (engine.isReadOnly())
        return fail(ErrorCode::StorageReadOnly, "this session only reads: another process collects");
    Treatment done;
    const auto note = [&](JobId id) {
        if (auto job = engine.job(id))
            done.jobs.push_back(std::move(*job));
    };
    switch (issue.step) {
    case HealthStep::Fill:
        for (const HealthPart& part : issue.parts) {
            if (const auto job = fill(engine, part, now))
                note(*job);
            else
                done.refused.push_back(job.error());
        }
        return done;
    case HealthStep::Retry:
        for (const JobId job : issue.jobs) {
            engine.retry(job);
            note(job);
        }
        return done;
    case HealthStep::Accept: return accept(engine, issue, reason);
    case HealthStep::Open: break;
    }
    return fail(ErrorCode::InvalidArgument, "this is to be looked at: nothing can be done about it at once");
}

} // namespace mnemo
