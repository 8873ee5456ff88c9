#include "ui/jobs/jobfilter.h"

#include <algorithm>

namespace mnemo {

JobFilter JobFilter::of(const QString& text, const std::set<JobState>& states)
{
    return {text.toLower().split(u' ', Qt::SkipEmptyParts), states};
}

bool JobFilter::accepts(const JobRow& row) const
{
    if (!states.empty() && !states.contains(row.job.state))
        return false;
    return std::all_of(words.begin(), words.end(), [&](const QString& word) { return row.searchText.contains(word); });
}

} // namespace mnemo
