#pragma once

#include "core/storage/runs.h"
#include "core/base/result.h"

namespace mnemo {

struct StoredRun {
    RunRecord run;
    std::vector<TaskRecord> tasks;
};

/// What the last process left.
struct StoredRuns {
    std::vector<PipelineRecord> pipelines;
    std::vector<RunRecord> open; ///< runs that are not over
    std::vector<TaskRecord> tasks; ///< of these
    RunId newest = 0;
};

/// Where the scheduler keeps its state. Called from the scheduler's thread, load() from the one that makes it. Errors: those
/// of the store.
class RunStore {
public:
    virtual ~RunStore() = default;
    virtual Result<StoredRuns> load() = 0;
    virtual Result<StoredRun> find(RunId run) = 0; ///< NotFound
    virtual Result<void> save(const RunChanges& changes) = 0; ///< whole or not at all
};

} // namespace mnemo
