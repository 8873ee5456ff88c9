#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/storage/runs.h"

namespace mnemo {

// The column `tasks.tries`, and what `dags tasks --json` tells:
// [{"attempt", "pool", "scheduled", "started", "finished", "state", "error", "waits": [{"from", "to", "why", "held"}]}];
// times in UTC ms, null where it has not come to it; held: ms of the wait that nothing was sent in.

std::string toText(const std::vector<TaskTry>& tries);
/// Empty for what is damaged: history is no reason to do without a run.
std::vector<TaskTry> triesFromText(std::string_view text);

} // namespace mnemo
