#pragma once

#include "app/cli/context.h"
#include "app/cli/findingfilter.h"

namespace mnemo::cli {

// The reading commands of `findings`.

ExitStatus listFindings(Context& context, const FindingOptions& options); ///< list
ExitStatus showFindings(Context& context, const FindingOptions& options); ///< show ID...
ExitStatus logDecisions(Context& context, const FindingOptions& options); ///< log

} // namespace mnemo::cli
