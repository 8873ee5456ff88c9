#include "core/engine/health.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "core/market/intervalset.h"
#include "core/quality/rules/rules.h"
#include "core/quality/rules/violations.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds longestNotice = std::chrono::days {7}; ///< before a source forgets
constexpr milliseconds shortBlock {30'000}; ///< a lane that waits no longer than this is well

std::string placeOf(const SeriesKey& key)
{
    return key.source == key.exchange ? key.exchange : key.source + " " + key.exchange;
}

UtcMs earlier(std::optional<UtcMs> a, UtcMs b)
{
    return a ? std::min(*a, b) : b;
}

void widen(TimeRange& hull, TimeRange range)
{
    hull = hull.isEmpty() ? range : TimeRange {std::min(hull.from, range.from), std::max(hull.to, range.to)};
}

/// What is concluded of one series.
class Judged {
public:
    Judged(const HealthSeries& series, UtcMs now)
        : m_series(series)
        , m_grid(series.holes.series.grid())
        , m_now(now)
        , m_closed(m_grid.floor(now - series.delay))
        , m_freshUntil(freshUntil())
        , m_isKept(series.staleBars && !isDelisted() && (series.isWanted || reachedNow()))
        , m_isStale(m_isKept && isLate())
    {
        if (m_series.retention)
            findRisk();
    }

    const HealthSeries& series() const { return m_series; }
    UtcMs freshUntilTime() const { return m_freshUntil; }
    bool isKept() const { return m_isKept; }
    bool isStale() const { return m_isStale; }
    TimeRange atRisk() const { return m_atRisk.hull(); } ///< of the missing bars that the source still has; empty: no risk
    UtcMs deadline() const { return atRisk().from + *m_series.retention; } ///< of the oldest bar at risk

    std::int64_t barsAtRisk() const
    {
        const auto ranges = m_atRisk.ranges();
        return std::accumulate(ranges.begin(), ranges.end(), std::int64_t {0},
            [this](std::int64_t sum, const TimeRange& range) { return sum + m_grid.count(range); });
    }

    /// Bars are missing besides those at risk.
    bool hasOtherGaps() const
    {
        return std::ranges::any_of(
            m_series.holes.missing, [this](TimeRange gap) { return !atRisk().contains(gap); });
    }

private:
    UtcMs freshUntil() const
    {
        UtcMs until = m_series.holes.last ? m_grid.next(m_grid.floor(*m_series.holes.last)) : UtcMs {};
        if (const auto& newest = m_series.holes.newest; newest && newest->state != CoverageState::Failed)
            until = std::max(until, newest->range.to);
        return until;
    }

    bool isDelisted() const
    {
        return m_series.holes.newest && m_series.holes.newest->state == CoverageState::Delisted;
    }

    /// Absence is no answer before it is as old as this; design.md tells when.
    bool reachedNow() const
    {
        const auto& newest = m_series.holes.newest;
        if (!newest)
            return false;
        const milliseconds step = m_grid.timeframe().length();
        return newest->checkedAt - newest->range.to <= std::max<milliseconds>(2 * step, 5min) + step + m_series.delay;
    }

    bool isLate() const
    {
        static const Rule& rule = *findRule("stale");
        RuleContext context;
        context.grid = m_grid;
        context.now = m_now;
        context.freshUntil = m_now - m_series.delay;
        context.lastClose = m_freshUntil;
        const std::array thresholds {*m_series.staleBars};
        Violations late(rule.info, rule.info.severity, m_grid);
        rule.checkSeries(context, thresholds, late);
        return !late.take().empty();
    }

    void findRisk()
    {
        const milliseconds retention = *m_series.retention;
        const milliseconds notice = std::min(longestNotice, retention / 4);
        const TimeRange offered {m_grid.ceil(m_now - retention), m_closed};
        std::vector<TimeRange> missing(m_series.holes.missing.begin(), m_series.holes.missing.end());
        missing.push_back(unasked());
        if (m_isStale)
            missing.push_back({m_freshUntil, m_closed});
        IntervalSet atRisk = intersected(IntervalSet(std::move(missing)), IntervalSet(offered));
        if (!atRisk.isEmpty() && atRisk.hull().from + retention - m_now <= notice)
            m_atRisk = std::move(atRisk);
    }

    /// Of open interest that is wanted: before all that is known.
    TimeRange unasked() const
    {
        const CoverageHoles& holes = m_series.holes;
        if (!m_series.isWanted || !isMetric(holes.series.key.kind))
            return {};
        return {UtcMs::min(), holes.known.isEmpty() ? UtcMs::max() : holes.known.from};
    }

    const HealthSeries& m_series;
    const Grid m_grid;
    const UtcMs m_now, m_closed;
    const UtcMs m_freshUntil;
    const bool m_isKept, m_isStale;
    IntervalSet m_atRisk;
};

class Assessment {
public:
    explicit Assessment(const HealthInput& input)
        : m_input(input)
    {
        m_health.checkedAt = input.now;
        m_health.freeBytes = input.freeBytes;
    }

    Health run()
    {
        lookAtProgram();
        lookAtLanes();
        for (const HealthSeries& series : m_input.series)
            lookAt(Judged(series, m_input.now));
        lookAtJobs();
        lookAtFindings();
        lookAtOutages();
        for (auto& [key, issue] : m_issues)
            m_health.issues.push_back(std::move(issue));
        std::ranges::stable_sort(m_health.issues, [](const HealthIssue& a, const HealthIssue& b) {
            return std::tuple(-static_cast<int>(a.severity), a.cause, -a.series, -a.count)
                < std::tuple(-static_cast<int>(b.severity), b.cause, -b.series, -b.count);
        });
        return std::move(m_health);
    }

private:
    HealthIssue& issue(HealthCause cause, HealthStep step, Severity severity, const std::string& where = {},
        const std::string& what = {})
    {
        HealthIssue& one = m_issues[{cause, where, what}];
        one.cause = cause;
        one.step = step;
        one.severity = severity;
        one.where = where;
        one.what = what;
        return one;
    }

    void lookAtProgram()
    {
        if (m_input.storeError) {
            HealthIssue& store = issue(HealthCause::Store, HealthStep::Open, Severity::Error);
            store.error = m_input.storeError;
            store.detail = m_input.storeError->detail;
        }
        if (m_input.freeBytes && *m_input.freeBytes < littleDisk)
            issue(HealthCause::Disk, HealthStep::Open, Severity::Error).count = *m_input.freeBytes;
        if (m_input.problems > 0)
            issue(HealthCause::Settings, HealthStep::Open, Severity::Warn).count = m_input.problems;
    }

    void lookAtLanes()
    {
        for (const LaneSnapshot& lane : m_input.lanes) {
            SteadyTime until = m_input.steady + (lane.breaker == BreakerState::Open ? lane.breakerWait : 0ms);
            bool isRefused = false;
            for (const BudgetState& budget : lane.budgets) {
                if (budget.blockedUntil && *budget.blockedUntil > m_input.steady + shortBlock) {
                    isRefused = true;
                    until = std::max(until, *budget.blockedUntil);
                }
            }
            if (!isRefused && lane.breaker == BreakerState::Closed)
                continue;
            HealthIssue& stopped = issue(HealthCause::Lane, HealthStep::Open, Severity::Error, lane.id,
                isRefused ? "refused" : "failing");
            stopped.detail = lane.lastError;
            stopped.until = m_input.now + std::chrono::duration_cast<milliseconds>(until - m_input.steady);
            m_stopped[lane.id] = &stopped;
        }
    }

    HealthIssue* stoppedLane(const std::string& lane) const
    {
        const auto found = m_stopped.find(lane);
        return found == m_stopped.end() ? nullptr : found->second;
    }

    void lookAt(const Judged& judged)
    {
        const CoverageHoles& holes = judged.series().holes;
        if (holes.series.id == 0) {
            if (!judged.atRisk().isEmpty())
                noteRisk(judged);
            return;
        }
        ++m_health.series;
        m_health.kept += judged.isKept() ? 1 : 0;
        m_health.fresh += judged.isKept() && !judged.isStale() ? 1 : 0;
        if (const std::int64_t missing = holes.total.missing(); missing > 0) {
            ++m_health.withGaps;
            m_health.missingBars += missing;
        }
        if (!judged.atRisk().isEmpty())
            noteRisk(judged);
        else if (judged.isStale())
            noteStale(judged);
        if (holes.total.missing() > 0 && judged.hasOtherGaps())
            noteGaps(holes);
    }

    void noteRisk(const Judged& judged)
    {
        ++m_health.atRisk;
        const SeriesRecord& series = judged.series().holes.series;
        HealthIssue& risk = issue(HealthCause::Retention, HealthStep::Fill, Severity::Error, placeOf(series.key));
        ++risk.series;
        risk.count += judged.barsAtRisk();
        widen(risk.range, judged.atRisk());
        risk.since = risk.range.from;
        risk.until = earlier(risk.until, judged.deadline());
        risk.parts.push_back({series, judged.atRisk(), judged.isStale() || series.id == 0});
    }

    void noteStale(const Judged& judged)
    {
        if (HealthIssue* lane = stoppedLane(judged.series().lane)) {
            ++lane->series;
            lane->since = earlier(lane->since, judged.freshUntilTime());
            return;
        }
        const SeriesRecord& series = judged.series().holes.series;
        HealthIssue& stale = issue(HealthCause::Stale, HealthStep::Fill, Severity::Warn, placeOf(series.key));
        const TimeRange tail {judged.freshUntilTime(), m_input.now};
        ++stale.series;
        stale.count += series.grid().count(tail);
        widen(stale.range, tail);
        stale.since = stale.range.from;
        stale.parts.push_back({series, tail, true});
    }

    /// A series with a bar that was asked for in vain is one of those, whatever else it lacks.
    void noteGaps(const CoverageHoles& holes)
    {
        const bool hasFailed = holes.total.of(GapClass::Failed) > 0;
        HealthIssue& gaps = issue(HealthCause::Gaps, HealthStep::Fill, Severity::Warn, placeOf(holes.series.key),
            std::string(toText(hasFailed ? GapClass::Failed : GapClass::Unknown)));
        const TimeRange hull {holes.missing.front().from, holes.missing.back().to};
        ++gaps.series;
        gaps.count += holes.total.missing();
        widen(gaps.range, hull);
        gaps.since = gaps.range.from;
        gaps.parts.push_back({holes.series, hull, false});
    }

    void lookAtJobs()
    {
        const HealthJobs& jobs = m_input.jobs;
        m_health.areJobsKnown = jobs.areKnown;
        m_health.running = jobs.running;
        m_health.waiting = jobs.waiting;
        m_health.withGapsEnded = jobs.withGaps;
        m_health.failed = static_cast<std::int64_t>(jobs.failed.size());
        for (const JobSnapshot& job : jobs.failed) {
            if (HealthIssue* lane = stoppedLane(job.lane)) {
                lane->jobs.push_back(job.id);
                lane->count = static_cast<std::int64_t>(lane->jobs.size());
                lane->since = earlier(lane->since, job.finished);
                continue;
            }
            const std::string code = job.error ? std::string(toText(job.error->code)) : std::string("internal");
            HealthIssue& failed =
                issue(HealthCause::FailedJobs, HealthStep::Retry, Severity::Error, placeOf(job.series), code);
            failed.jobs.push_back(job.id);
            failed.count = static_cast<std::int64_t>(failed.jobs.size());
            failed.since = earlier(failed.since, job.finished);
            widen(failed.range, job.range);
            if (m_seriesOfJobs[&failed].insert(job.series).second)
                ++failed.series;
            failed.error = job.error;
            failed.detail = job.error ? job.error->detail : std::string();
        }
    }

    void lookAtFindings()
    {
        for (const HealthFindings& group : m_input.findings) {
            if (group.severity == Severity::Info || group.rule == "stale") // that is told above, as it is now
                continue;
            HealthIssue& found =
                issue(HealthCause::Findings, HealthStep::Open, group.severity, group.exchange, group.rule);
            found.series = group.series;
            found.count = group.findings;
            found.since = group.since;
            m_health.findings += group.findings;
        }
    }

    void lookAtOutages()
    {
        for (const InferredOutage& outage : m_input.outages) {
            const bool isListed = std::ranges::any_of(m_input.listed, [&](const ListedOutage& listed) {
                return listed.exchange == outage.exchange && (!listed.market || listed.market == outage.market)
                    && listed.symbols.empty() && listed.range.contains(outage.range);
            });
            if (isListed)
                continue;
            HealthIssue& silent = issue(HealthCause::Outage, HealthStep::Accept, Severity::Info, outage.exchange,
                std::string(toText(outage.market)));
            ++silent.count;
            silent.series = std::max<std::int64_t>(silent.series, outage.silent);
            widen(silent.range, outage.range);
            silent.since = silent.range.from;
            silent.outages.push_back(outage);
        }
    }

    const HealthInput& m_input;
    Health m_health;
    std::map<std::tuple<HealthCause, std::string, std::string>, HealthIssue> m_issues; ///< places keep still
    std::map<std::string, HealthIssue*> m_stopped; ///< by lane
    std::map<const HealthIssue*, std::set<SeriesKey>> m_seriesOfJobs;
};

} // namespace

std::string_view toText(HealthCause cause)
{
    switch (cause) {
    case HealthCause::Store: return "store";
    case HealthCause::Disk: return "disk";
    case HealthCause::Lane: return "lane";
    case HealthCause::Retention: return "retention";
    case HealthCause::FailedJobs: return "failed_jobs";
    case HealthCause::Stale: return "stale";
    case HealthCause::Gaps: return "gaps";
    case HealthCause::Findings: return "findings";
    case HealthCause::Settings: return "settings";
    case HealthCause::Outage: return "outage";
    }
    return "store";
}

std::string_view toText(HealthStep step)
{
    switch (step) {
    case HealthStep::Fill: return "fill";
    case HealthStep::Retry: return "retry";
    case HealthStep::Accept: return "accept";
    case HealthStep::Open: return "open";
    }
    return "open";
}

std::string HealthIssue::id() const
{
    return std::string(toText(cause)) + "/" + where + "/" + what;
}

const HealthIssue* Health::find(std::string_view id) const
{
    const auto found = std::ranges::find_if(issues, [id](const HealthIssue& issue) { return issue.id() == id; });
    return found == issues.end() ? nullptr : &*found;
}

Health assess(const HealthInput& input)
{
    return Assessment(input).run();
}

} // namespace mnemo
