#include "core/ingest/pagedecoding.h"

#include <algorithm>

#include "core/base/timetext.h"

namespace mnemo {

Finding toFinding(const PageFinding& found, UtcMs at)
{
    Finding finding;
    finding.rule = found.rule;
    finding.severity = found.severity;
    finding.range = found.range;
    finding.details = found.details;
    finding.createdAt = at;
    return finding;
}

namespace {

void addCoverage(PageCommit& commit, const IntervalSet& ranges, CoverageState state)
{
    for (const TimeRange& range : ranges.ranges())
        commit.coverage.push_back({range, state, 1, commit.fetchedAt});
}

Error wrongTime(const Venue& venue, const FetchArgs& args, const Page& page, UtcMs first, UtcMs last)
{
    return {ErrorCode::BadAnswer, venue.id() + " answered for " + args.instrument.symbol + " with rows of " + formatShort(first)
            + " to " + formatShort(last) + " UTC, but was asked for " + formatShort(page.range.from) + " to "
            + formatShort(page.range.to)};
}

/// Bars cut otherwise than the description says: their places would look as if nothing had traded there.
Error wrongGrid(const FetchArgs& args, std::int64_t offGrid, std::size_t kept)
{
    const std::string frame(args.timeframe.name());
    return {ErrorCode::BadAnswer, args.instrument.exchange + " answered for " + args.instrument.symbol + " with " + std::to_string(offGrid)
            + " bars that open where no bar of " + frame + " should, and " + std::to_string(kept)
            + " that fit: `anchors` in its description must say when its bars of " + frame + " open"};
}

/// What the answer alone shows of bars that are stored of it.
void addAnswerFindings(const Venue& venue, const FetchArgs& args, DecodedCandles& decoded, PageCheck& checked, const Grid& grid)
{
    if (decoded.repeated.empty() && decoded.cutShort.empty())
        return;
    const auto isUnused = [&](UtcMs open) {
        const auto row = std::ranges::lower_bound(checked.rows, open, {}, &Candle::openTime);
        return row == checked.rows.end() || row->openTime != open;
    };
    std::erase_if(decoded.repeated, [&](const RepeatedRow& pair) { return isUnused(pair.kept.openTime); });
    std::erase_if(decoded.cutShort, [&](const IrregularClose& bar) { return isUnused(bar.openTime); });
    for (RepeatedRow& pair : decoded.repeated) {
        venue.toBaseVolume({&pair.dropped, 1}, args.instrument);
        venue.toBaseVolume({&pair.kept, 1}, args.instrument);
    }
    addAnswerFindings(decoded.repeated, decoded.cutShort, grid, checked.findings);
}

/// The first row of each slot of the grid that lies in @p range: histories have one, some venues many at times of
/// their own.
void keepOnePerSlot(std::vector<Metric>& rows, const Grid& grid, TimeRange range)
{
    std::vector<Metric> kept;
    for (Metric& row : rows) {
        row.time = grid.floor(row.time);
        if (range.contains(row.time) && (kept.empty() || kept.back().time < row.time) && !row.isEmpty())
            kept.push_back(row);
    }
    rows = std::move(kept);
}

/// What has a bar's numbers is as of its end; readings and events are as of their own time.
bool mayBeRunning(Kind kind, const PageRules& rules)
{
    return kind != Kind::OpenInterest && rules.longestPause.count() == 0;
}

/// Rows of another time would be stored as if they were of this one.
bool isElsewhere(const std::vector<Metric>& rows, TimeRange range)
{
    return !rows.empty() && (rows.back().time < range.from || rows.front().time >= range.to);
}

Result<DecodedPage> decodeMetrics(const Venue& venue, const FetchArgs& args, const PageRules& rules, const Page& page,
    const HttpResponse& response, UtcMs localNow)
{
    auto decoded = venue.decodeMetrics(args, response.body);
    if (!decoded)
        return fail(std::move(decoded.error()));
    DecodedPage out;
    out.now = closedBefore(localNow, response.date()) - rules.delay;
    out.decodedRows = decoded->size();
    TimeRange range = page.range;
    if (rules.isSnapshot) { // how it is now, whenever the question was put and whatever clock the venue goes by
        range = {rules.grid.floor(out.now), rules.grid.next(rules.grid.floor(out.now))};
        for (Metric& row : *decoded)
            row.time = range.from;
    } else if (isElsewhere(*decoded, range) && !rules.isOpenEnded && !rules.isLatestOnly()) {
        return fail(wrongTime(venue, args, page, decoded->front().time, decoded->back().time));
    }
    if (!decoded->empty() && !rules.isSnapshot)
        out.spokeBeyond = rules.isBackward ? decoded->front().time < range.from : decoded->back().time >= range.to;
    for (const Metric& row : *decoded)
        out.metrics.push_back(venue.metric(args, row));
    keepOnePerSlot(out.metrics, rules.grid, range);
    if (mayBeRunning(args.kind, rules))
        std::erase_if(out.metrics, [&](const Metric& row) { return rules.grid.next(row.time) > out.now; });
    for (const Metric& row : out.metrics)
        out.rows.emplace_back().openTime = row.time;
    return out;
}

} // namespace

Result<std::vector<UtcMs>> decodeTimes(const Venue& venue, const FetchArgs& args, const HttpResponse& response)
{
    if (auto error = venue.errorOf(response.status, response.body, args))
        return fail(std::move(*error));
    std::vector<UtcMs> times;
    if (isMetric(args.kind)) {
        const auto decoded = venue.decodeMetrics(args, response.body);
        if (!decoded)
            return fail(decoded.error());
        std::ranges::transform(*decoded, std::back_inserter(times), &Metric::time);
        return times;
    }
    const auto decoded = venue.decodeCandles(args, response.body);
    if (!decoded)
        return fail(decoded.error());
    std::ranges::transform(decoded->rows, std::back_inserter(times), &Candle::openTime);
    return times;
}

Result<DecodedPage> decodePage(const Venue& venue, const FetchArgs& args, const PageRules& rules, const Page& page,
    const HttpResponse& response, UtcMs localNow)
{
    if (auto error = venue.errorOf(response.status, response.body, args))
        return fail(std::move(*error));
    if (isMetric(args.kind))
        return decodeMetrics(venue, args, rules, page, response, localNow);
    auto decoded = venue.decodeCandles(args, response.body);
    if (!decoded)
        return fail(std::move(decoded.error()));
    std::vector<Candle>& rows = decoded->rows;
    venue.toBaseVolume(rows, args.instrument);

    DecodedPage out;
    out.now = closedBefore(localNow, response.date()) - rules.delay;
    out.decodedRows = rows.size();
    const UtcMs first = rows.empty() ? UtcMs {} : rows.front().openTime;
    const UtcMs last = rows.empty() ? UtcMs {} : rows.back().openTime;
    const bool isBeyond = !rows.empty() && (rules.isBackward ? first < page.range.from : last >= page.range.to);
    PageCheck checked = checkPage(std::move(rows), rules.grid, page.range, out.now);
    const bool isElsewhere = checked.rows.empty() && checked.unclosed.empty() && checked.outside > 0;
    if (isElsewhere && !rules.isOpenEnded && !rules.isLatestOnly())
        return fail(wrongTime(venue, args, page, first, last));
    if (checked.offGrid > static_cast<std::int64_t>(checked.rows.size() + checked.unclosed.size()))
        return fail(wrongGrid(args, checked.offGrid, checked.rows.size() + checked.unclosed.size()));
    out.spokeBeyond = isBeyond && (!checked.rows.empty() || rules.isOpenEnded);
    addAnswerFindings(venue, args, *decoded, checked, rules.grid);
    out.rows = std::move(checked.rows);
    out.unclosed = std::move(checked.unclosed);
    for (const PageFinding& finding : checked.findings)
        out.findings.push_back(toFinding(finding, out.now));
    return out;
}

PageVerdict judge(const Page& page, const PageRules& rules, const DecodedPage& decoded)
{
    PageVerdict verdict = judge(page, rules, PageAnswer {decoded.rows, decoded.decodedRows, decoded.spokeBeyond, decoded.now});
    if (!rules.isAbsenceTold) {
        const bool isSilent = decoded.rows.empty();
        const TimeRange told {isSilent ? UtcMs {} : decoded.rows.front().openTime, isSilent ? UtcMs {} : rules.grid.next(decoded.rows.back().openTime)};
        verdict.answered = intersected(verdict.answered, IntervalSet(told));
    }
    return verdict;
}

PageCommit pageCommit(SeriesId series, const Page& page, const PageVerdict& verdict, DecodedPage decoded, UtcMs fetchedAt)
{
    PageCommit commit;
    commit.series = series;
    commit.range = page.range;
    commit.isConfirmation = page.isConfirmation;
    commit.fetchedAt = fetchedAt;
    commit.rows = std::move(decoded.rows);
    commit.metrics = std::move(decoded.metrics);
    commit.findings = std::move(decoded.findings);
    for (Finding& finding : commit.findings)
        finding.series = series;
    addCoverage(commit, verdict.answered, CoverageState::Answered);
    addCoverage(commit, verdict.tooOld, CoverageState::BeyondRetention);
    std::ranges::sort(commit.coverage, {}, [](const CoverageSpan& span) { return span.range.from; });
    return commit;
}

PageCommit pageCommit(SeriesId series, const Page& page, const PageRules& rules, DecodedPage decoded, UtcMs fetchedAt)
{
    const PageVerdict verdict = judge(page, rules, decoded);
    return pageCommit(series, page, verdict, std::move(decoded), fetchedAt);
}

Result<PageCommit> streamCommit(SeriesId series, const Grid& grid, const Candle& bar, UtcMs receivedAt)
{
    const TimeRange range {bar.openTime, grid.next(bar.openTime)};
    // The venue says that it has ended: our clock may be a little behind.
    PageCheck checked = checkPage({bar}, grid, range, std::max(receivedAt, range.to));
    if (checked.rows.size() != 1)
        return fail(ErrorCode::BadAnswer, "what a stream told of the bar at " + formatIso(bar.openTime) + " is no bar");
    PageCommit commit;
    commit.series = series;
    commit.range = range;
    commit.fetchedAt = receivedAt;
    commit.route = "stream";
    commit.rows = std::move(checked.rows);
    commit.coverage.push_back({range, CoverageState::Answered, 1, receivedAt});
    for (const PageFinding& finding : checked.findings)
        commit.findings.push_back(toFinding(finding, receivedAt));
    for (Finding& finding : commit.findings)
        finding.series = series;
    return commit;
}

Result<DecodedTrades> decodeTrades(const Venue& venue, const FetchArgs& args, const HttpResponse& response)
{
    if (auto error = venue.errorOf(response.status, response.body, args))
        return fail(std::move(*error));
    return venue.decodeTrades(args, response.body);
}

std::optional<PageCommit> tradesCommit(SeriesId series, const PageRules& rules, TradeVerdict verdict, UtcMs fetchedAt)
{
    PageCommit commit;
    commit.series = series;
    commit.fetchedAt = fetchedAt;
    addCoverage(commit, verdict.answered, CoverageState::Answered);
    addCoverage(commit, verdict.tooOld, CoverageState::BeyondRetention);
    addCoverage(commit, verdict.unlisted, CoverageState::Unlisted);
    if (commit.coverage.empty())
        return std::nullopt;
    std::ranges::sort(commit.coverage, {}, [](const CoverageSpan& span) { return span.range.from; });
    commit.range = {commit.coverage.front().range.from, commit.coverage.back().range.to};
    if (!verdict.rows.empty()) // the page is where its rows come from
        commit.range = {verdict.rows.front().openTime, rules.grid.next(verdict.rows.back().openTime)};
    commit.rows = std::move(verdict.rows);
    return commit;
}

PageCommit coverageCommit(SeriesId series, const IntervalSet& ranges, CoverageState state, UtcMs at)
{
    PageCommit commit;
    commit.series = series;
    commit.range = ranges.hull();
    commit.fetchedAt = at;
    addCoverage(commit, ranges, state);
    return commit;
}

} // namespace mnemo
