#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/engine/events.h"

class QObject;

namespace mnemo {

/// What the jobs panel may ask of the program. Nothing here waits.
class JobsPort {
public:
    using DetailsAnswer = std::function<void(const std::optional<JobDetails>&)>;

    virtual ~JobsPort() = default;
    virtual void command(std::vector<JobId> jobs, JobCommand command) = 0;
    virtual void forget(std::vector<JobId> jobs) = 0; ///< those that are over
    virtual void show(const JobSnapshot& job) = 0;    ///< in the chart
    /// The answer comes later on the UI thread, as long as @p context lives.
    virtual void details(JobId job, QObject* context, DetailsAnswer answer) = 0;
};

} // namespace mnemo
