#pragma once

#include <map>

#include "ui/coverage/coveragesource.h"

namespace mnemo {

// What the coverage card says, as text.

/// Notes and listed outages, a line each; those of the user's own files with a link "note:ID" or "outage:ID" that takes
/// them out. Empty where there are none.
QString remarksHtml(const GapReport& report, const CoverageSource& source);
/// Who asked for what and marked what, newest first, below a title. Empty where nothing was done.
QString actionsText(const GapReport& report);
/// What the jobs of a repair have changed. @param proof of a verification
QString proofText(const GapReport& before, const GapReport& after, const std::map<JobId, JobSnapshot>& jobs,
    const std::optional<RepairProof>& proof);

} // namespace mnemo
