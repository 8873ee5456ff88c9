// Tasks that ask exchanges: markets, incremental, backfill, open_interest, repair.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/engine/taskcontext.h"
#include "core/quality/gaps.h"

namespace mnemo {

namespace {

using nlohmann::json;

/// What all jobs of one task come to.
struct Sum {
    std::int64_t rows = 0, requests = 0, bars = 0, gaps = 0, jobs = 0, failed = 0;
    std::optional<Error> error; ///< of the first that failed; one that may pass is preferred: then trying again helps
    bool isCancelled = false;

    void add(const JobSnapshot& job)
    {
        ++jobs;
        rows += job.rowsStored;
        requests += job.requests;
        bars += job.total;
        for (const Gap& gap : job.gaps)
            gaps += gap.gapClass == GapClass::Empty || gap.gapClass == GapClass::Unlisted || gap.gapClass == GapClass::Delisted ? 0 : gap.bars;
        if (job.state == JobState::Failed)
            fail(job.error.value_or(Error {ErrorCode::Internal, "failed without a reason", {}}), job.series);
        isCancelled = isCancelled || job.state == JobState::Cancelled;
    }

    void fail(Error why, const SeriesKey& series)
    {
        ++failed;
        if (error && (isTransient(error->code) || !isTransient(why.code)))
            return;
        why.detail = series.text() + ": " + why.detail;
        error = std::move(why);
    }

    TaskOutcome outcome() const
    {
        const json result {{"rows", rows}, {"requests", requests}, {"bars", bars}, {"gaps", gaps}, {"jobs", jobs}, {"failed", failed}};
        if (isCancelled)
            return failedOutcome({ErrorCode::Cancelled, "stopped", {}}, result.dump());
        if (error)
            return failedOutcome(*error, result.dump());
        return doneOutcome(result, gaps > 0 ? TaskState::SuccessWithGaps : TaskState::Success);
    }
};

std::string sentenceOf(const JobSnapshot& job)
{
    std::string text = job.series.text() + ": " + std::string(toText(job.state)) + ", " + std::to_string(job.rowsStored) + " rows, "
        + std::to_string(job.requests) + " requests";
    return job.error && job.state == JobState::Failed ? text + ": " + job.error->detail : text;
}

/// Waits for all; a stop cancels them. They are no longer listed then: what they did stands with the task.
void follow(TaskContext& context, const std::vector<JobId>& jobs, Sum& sum)
{
    context.work(jobs);
    Engine& engine = context.engine();
    for (const JobId id : jobs) {
        if (!engine.wait(id, context.stop())) {
            for (const JobId other : jobs)
                engine.cancel(other);
            (void)engine.wait(id);
        }
        if (const auto job = engine.job(id)) {
            sum.add(*job);
            context.say(sentenceOf(*job), job->state == JobState::Failed ? log::Level::Warning : log::Level::Info);
        }
    }
    context.work({});
    engine.forget(jobs);
}

/// One job for each series; a series that cannot be asked for fails alone.
template<class Start>
TaskOutcome collect(TaskContext& context, const std::vector<SeriesKey>& series, Start start)
{
    Sum sum;
    std::vector<JobId> jobs;
    for (const SeriesKey& key : series) {
        if (context.stop().stop_requested())
            break;
        const auto job = start(key);
        if (job) {
            jobs.push_back(*job);
            continue;
        }
        sum.fail(job.error(), key);
        context.say(key.text() + ": " + job.error().detail, log::Level::Warning);
    }
    follow(context, jobs, sum);
    return sum.outcome();
}

/// The bar at hand of a series of readings has one already.
Result<bool> hasReading(StoreReader& reader, const SeriesKey& key, const Grid& grid, UtcMs now)
{
    const auto record = reader.find(key);
    if (!record)
        return fail(record.error());
    if (!*record)
        return false;
    const auto ends = reader.ends((*record)->id);
    if (!ends)
        return fail(ends.error());
    return ends->last && *ends->last >= grid.floor(now);
}

/// What of the expansion is meant. Series that the exchange does not have are left to tasks of all, which say so.
Result<std::vector<SeriesKey>> seriesOf(TaskContext& context, IncrementalWork::Of of)
{
    using Of = IncrementalWork::Of;
    if (of == Of::All)
        return context.series();
    Engine& engine = context.engine();
    const auto reader = engine.store().openReader();
    if (!reader)
        return fail(reader.error());
    std::vector<SeriesKey> meant;
    for (const SeriesKey& key : context.series()) {
        const auto venue = engine.catalogue()->teller(key);
        if (!venue)
            continue;
        const auto rules = (*venue)->pageRules(key.market, key.kind, key.timeframe);
        if (!rules || rules->isSnapshot != (of == Of::Readings))
            continue;
        if (of == Of::Readings) {
            const auto isRead = hasReading(**reader, key, rules->grid, engine.clock().now());
            if (!isRead)
                return fail(isRead.error());
            if (*isRead)
                continue;
        }
        meant.push_back(key);
    }
    return meant;
}

std::optional<GapClass> gapClassFromText(const std::string& text)
{
    for (const GapClass one : {GapClass::Empty, GapClass::Outage, GapClass::Failed, GapClass::Unknown}) {
        if (toText(one) == text)
            return one;
    }
    return std::nullopt;
}

/// The gaps of the wanted classes between the first and the last stored bar.
Result<std::vector<TimeRange>> holesOf(TaskContext& context, StoreReader& reader, const SeriesRecord& record, const RepairWork& work)
{
    const auto ends = reader.ends(record.id);
    if (!ends)
        return fail(ends.error());
    std::vector<TimeRange> holes;
    if (!ends->first)
        return holes;
    const Grid grid = record.grid();
    const TimeRange within = grid.aligned(context.range(work.range).intersected({*ends->first, grid.next(*ends->last)}));
    if (within.isEmpty())
        return holes;
    const auto gaps = context.engine().gaps(record, within);
    if (!gaps)
        return fail(gaps.error());
    for (const Gap& gap : *gaps) {
        const bool isWanted = std::ranges::any_of(work.classes, [&gap](const std::string& name) { return gapClassFromText(name) == gap.gapClass; });
        if (isWanted)
            holes.push_back(gap.range);
    }
    return holes;
}

} // namespace

TaskOutcome carryOut(TaskContext& context, const MarketsWork& /*work*/)
{
    std::vector<std::string> sources;
    for (const SeriesKey& key : context.series()) {
        if (std::ranges::find(sources, key.source) == sources.end())
            sources.push_back(key.source);
    }
    std::int64_t markets = 0;
    for (const std::string& source : sources) {
        const auto list = context.engine().fetchMarkets(source, context.stop(), context.waitLog());
        if (!list)
            return failedOutcome({list.error().code, source + ": " + list.error().detail, {}});
        context.say(source + ": " + std::to_string(list->size()) + " markets");
        markets += std::ssize(*list);
    }
    return doneOutcome({{"rows", markets}});
}

TaskOutcome carryOut(TaskContext& context, const IncrementalWork& work)
{
    const auto series = seriesOf(context, work.of);
    if (!series)
        return failedOutcome(series.error());
    if (series->empty() && work.of == IncrementalWork::Of::Readings)
        return {TaskState::Skipped, "{}", "no reading is due", true};
    return collect(context, *series, [&](const SeriesKey& key) { return context.engine().incremental(BackfillRequest::of(key), JobKeeping::ThisStart); });
}

TaskOutcome carryOut(TaskContext& context, const BackfillWork& work)
{
    const TimeRange range = context.range(work.range);
    return collect(context, context.series(), [&](const SeriesKey& key) {
        BackfillRequest request = BackfillRequest::of(key);
        request.range = range;
        request.order = work.newestFirst ? WalkOrder::NewestFirst : WalkOrder::OldestFirst;
        return context.engine().backfill(request, JobKeeping::ThisStart);
    });
}

TaskOutcome carryOut(TaskContext& context, const RepairWork& work)
{
    const auto reader = context.engine().store().openReader();
    if (!reader)
        return failedOutcome(reader.error());
    Sum sum;
    std::vector<JobId> jobs;
    for (const SeriesKey& key : context.series()) {
        const auto record = (*reader)->find(key);
        if (!record)
            return failedOutcome(record.error());
        if (!*record)
            continue; // nothing was collected yet
        const auto holes = holesOf(context, **reader, **record, work);
        if (!holes)
            return failedOutcome(holes.error());
        if (holes->empty() || context.stop().stop_requested())
            continue;
        context.say(key.text() + ": asks again about " + std::to_string(holes->size()) + " holes");
        const auto job = context.engine().repair({key, *holes, {}, true});
        if (job)
            jobs.push_back(*job);
        else if (job.error().code == ErrorCode::Unsupported) // old bars cannot be asked for
            context.say(key.text() + ": " + job.error().detail, log::Level::Warning);
        else
            sum.fail(job.error(), key);
    }
    follow(context, jobs, sum);
    return sum.outcome();
}

} // namespace mnemo
