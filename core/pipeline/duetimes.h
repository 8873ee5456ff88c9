#pragma once

#include "core/pipeline/definition.h"
#include "core/storage/runs.h"

namespace mnemo {

/// Brings @p record up to @p now. @return the due time to run next, where one has come; its record says so already. Ask again
/// until nothing comes, as long as there is room for another run: what is not asked for stays due.
/// With catchup each due time is run, the oldest first. Without it only the newest that has come is, and those before it are
/// left out, counted in the record. A pipeline that is seen for the first time is due from then on, or from its start.
/// A clock that goes back runs nothing twice; one that was far ahead (more than a day) is put right.
/// Pure.
std::optional<UtcMs> takeDue(PipelineRecord& record, const DagDefinition& dag, UtcMs now);

/// When takeDue() has something to say next; nothing for manual pipelines.
std::optional<UtcMs> nextDue(const PipelineRecord& record, const DagDefinition& dag);

} // namespace mnemo
