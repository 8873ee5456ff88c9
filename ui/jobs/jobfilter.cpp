#include "ui/jobs/jobfilter.h"

#include <algorithm>

namespace mnemo {

JobFilter JobFilter::of(const QString& text, const std::set<JobState>& states)
{
    JobFilter filter;
    filter.words = text.toLower().split(u' ', Qt::SkipEmptyParts);
    filter.states = states;
    return filter;
}

bool JobFilter::accepts(const JobRow& row) const
{
    if (!states.empty() && !states.contains(row.job.state))
        return false;
    if (!scope.accepts(row.job.series) || !row.job.range.overlaps(within))
        return false;
    return std::all_of(words.begin(), words.end(), [&](const QString& word) { return row.searchText.contains(word); });
}

} // namespace mnemo
