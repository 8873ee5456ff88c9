#include "core/ingest/fileplanning.h"

#include <algorithm>
#include <cmath>

namespace mnemo {

namespace {

/// Measured: a month of minutes of a busy market has some 2 MB, packed.
constexpr std::int64_t packedBytesPerBar = 45;

FileChoice chosenBy(const Venue& venue, const FetchArgs& args, const PageRules& rules, const VenueFiles& files, const IntervalSet& available,
    const IntervalSet& tooOld, FileUse use, double share)
{
    return chooseFiles(united(available, tooOld), available, files, rules, fileCosts(venue, args, rules, files, share), use,
        publishedBy(files, args.now));
}

/// Of pages over the same bars the newest tells what was read.
std::vector<KnownFile> knownFiles(std::span<const PageRecord> pages)
{
    std::vector<KnownFile> known;
    for (const PageRecord& page : pages) {
        if (page.route != "archive" || page.sha256.empty() || page.range.isEmpty())
            continue;
        const bool isOlder = std::ranges::any_of(known, [&](const KnownFile& file) { return file.rows.hull() == page.range; });
        if (!isOlder)
            known.push_back({IntervalSet(page.range), page.sha256, page.fetchedAt});
    }
    return known;
}

} // namespace

void addFiles(BackfillTask& task, std::span<const PageRecord> pages, const FilesSettings& settings, double share,
    const Clock& clock, std::function<void()> wake, FileScope scope)
{
    const SeriesKey& key = task.series.key;
    const FileUse use = fileUseFromText(settings.use);
    const auto files = use == FileUse::Never ? std::nullopt : task.venue->files(task.instrument, key.kind, key.timeframe);
    if (!files)
        return;
    FetchArgs args;
    args.kind = key.kind;
    args.instrument = task.instrument;
    args.timeframe = key.timeframe;
    args.now = clock.now();
    FileTask work;
    work.askable = scope == FileScope::All ? task.todo : IntervalSet();
    work.todo = chosenBy(*task.venue, args, task.rules, *files, work.askable, task.tooOld, use, share).taken;
    work.known = knownFiles(pages);
    if (work.isEmpty())
        return;
    work.series = task.series;
    work.venue = task.venue;
    work.instrument = task.instrument;
    work.rules = task.rules;
    work.files = *files;
    work.costs = fileCosts(*task.venue, args, task.rules, *files, share);
    work.use = use;
    work.order = task.order;
    work.maxFileBytes = settings.maxFileMiB << 20;
    work.job = task.job;
    task.tooOld = subtracted(task.tooOld, work.todo);
    task.files = std::make_shared<FileJob>(std::move(work), clock, task.priority, std::move(wake));
}

bool areKeptInFiles(const Venue& venue, const SeriesRecord& series, const PageRules& rules, milliseconds kept, FileUse use)
{
    const SeriesKey& key = series.key;
    if (use == FileUse::Never || rules.isSnapshot || rules.isFromTrades)
        return false;
    const auto instrument = venue.instrument(key.market, key.symbol, series.exchangeSymbol);
    const auto files = instrument ? venue.files(*instrument, key.kind, key.timeframe) : std::nullopt;
    if (!files)
        return false;
    const VenueFiles::Period& period = files->periods.back();
    const milliseconds longest = period.length == FilePeriod::Day ? std::chrono::days {1} : std::chrono::days {31};
    return longest + period.publishedAfter < kept; // else there is a time in which neither has them
}

void planFiles(BackfillPlan& plan, const SeriesSpec& spec, const FetchArgs& args, IntervalSet& available, IntervalSet& tooOld,
    FileUse use, double share)
{
    const auto files = use == FileUse::Never ? std::nullopt : spec.venue->files(args.instrument, args.kind, args.timeframe);
    if (!files)
        return;
    FileChoice choice = chosenBy(*spec.venue, args, spec.rules, *files, available, tooOld, use, share);
    if (choice.files.empty())
        return;
    plan.files.host = files->host();
    plan.files.lane = files->laneId;
    plan.files.count = static_cast<std::int64_t>(choice.files.size());
    plan.files.requests = plan.files.count * requestsPerFile + listingsOf(choice);
    plan.files.time = milliseconds {std::llround(fileCosts(*spec.venue, args, spec.rules, *files, share).file / requestsPerFile
        * static_cast<double>(plan.files.requests))};
    for (const ChosenFile& file : choice.files) {
        plan.files.bytes += spec.rules.grid.count(file.covers) * packedBytesPerBar;
        for (const TimeRange& range : file.wanted.ranges())
            plan.bytes += spec.rules.grid.count(range) * BackfillPlan::bytesPerBar;
        plan.list.push_back({file.wanted.hull(), "archive", fileRequest(*files, file.key).url});
    }
    available = subtracted(available, choice.taken);
    tooOld = subtracted(tooOld, choice.taken);
}

} // namespace mnemo
