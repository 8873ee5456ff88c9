#pragma once

#include "core/base/result.h"

namespace mnemo::cli {

/// What the process ends with; scripts rely on the numbers.
enum class ExitStatus {
    Complete = 0,   ///< every wanted bar is stored, or its absence is known: the source has none, or it was not listed
    Incomplete = 1, ///< something unknown, failed, in an outage or beyond retention remains; or the venue said no
    Usage = 2,      ///< usage or configuration
    Storage = 3,
    Cancelled = 130,
};

ExitStatus exitStatusOf(ErrorCode code);
/// Of several parts of one command: cancelled, then storage, then usage, then incomplete.
ExitStatus worst(ExitStatus a, ExitStatus b);

} // namespace mnemo::cli
