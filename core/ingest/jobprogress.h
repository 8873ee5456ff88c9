#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/net/budget.h"

namespace mnemo {

/// How far a backfill is; bars count by the grid of its series.
struct JobProgress {
    std::int64_t done = 0;   ///< bars about which the source has answered since the start, as committed
    std::int64_t empty = 0;  ///< of done: absent
    std::int64_t failed = 0; ///< bars of pages that failed for good
    std::int64_t tooOld = 0; ///< bars beyond the venue's retention
    std::int64_t rowsStored = 0; ///< added or changed
    std::int64_t requests = 0;
    std::int64_t retries = 0;
    std::string waitingFor;
    std::vector<Charge> charges; ///< of the newest request
    std::vector<std::string> remarks; ///< for people: what went otherwise than planned, and what was done instead
    std::optional<Error> error; ///< why the job failed, or the last page that did
    bool isFailed = false;      ///< error ended the job
    bool isCancelled = false;
    bool isPaused = false;
};

} // namespace mnemo
