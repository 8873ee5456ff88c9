#include "core/pipeline/duetimes.h"

#include <algorithm>

namespace mnemo {

namespace {

constexpr milliseconds clockWasWrong {std::chrono::hours {24}};
constexpr std::int64_t mostCounted = 100'000; ///< of missed due times; a count above it is of no use to anybody

/// Due times up to here are over: those later are still to come.
UtcMs doneUntil(const PipelineRecord& record, const DagDefinition& dag)
{
    if (record.lastDue)
        return *record.lastDue;
    return dag.start ? *dag.start - milliseconds {1} : record.firstSeen;
}

std::optional<UtcMs> newestUntil(const Schedule& schedule, UtcMs now)
{
    return schedule.previous(now + milliseconds {1});
}

} // namespace

std::optional<UtcMs> nextDue(const PipelineRecord& record, const DagDefinition& dag)
{
    return dag.schedule.next(doneUntil(record, dag));
}

std::optional<UtcMs> takeDue(PipelineRecord& record, const DagDefinition& dag, UtcMs now)
{
    if (record.lastDue && *record.lastDue > now + clockWasWrong)
        record.lastDue = newestUntil(dag.schedule, now);
    const auto first = nextDue(record, dag);
    if (!first || *first > now)
        return std::nullopt;
    UtcMs due = *first;
    record.missed = 0;
    record.missedRange = {};
    if (!dag.catchup) {
        due = newestUntil(dag.schedule, now).value_or(due);
        for (auto missed = first; missed && *missed < due && record.missed < mostCounted; missed = dag.schedule.next(*missed))
            ++record.missed;
        if (record.missed > 0)
            record.missedRange = {*first, due};
    }
    record.lastDue = due;
    return due;
}

} // namespace mnemo
