#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/cli/exitstatus.h"
#include "app/cli/output.h"
#include "core/engine/events.h"

namespace mnemo::cli {

// What a job that is over is told as. Strict: any absent bar counts.

ExitStatus statusOf(const JobSnapshot& job, bool isStrict);
/// The word for all jobs together: the worst of theirs.
std::string_view wordOf(const std::vector<JobSnapshot>& jobs);
Json jobJson(const JobSnapshot& job);
/// For people, to standard error: how it ended, warnings, gaps that matter, the error.
void describe(const JobSnapshot& job, bool isStrict);

} // namespace mnemo::cli
