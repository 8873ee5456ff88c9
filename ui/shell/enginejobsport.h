#pragma once

#include <functional>

#include "ui/bridge/enginebridge.h"
#include "ui/jobs/jobsport.h"

namespace mnemo {

/// The jobs panel's wishes, put to the engine on the bridge's threads.
class EngineJobsPort final : public JobsPort {
public:
    using Show = std::function<void(const JobSnapshot&)>;
    EngineJobsPort(EngineBridge& bridge, Show show);
    void command(std::vector<JobId> jobs, JobCommand command) override;
    void forget(std::vector<JobId> jobs) override;
    void show(const JobSnapshot& job) override { m_show(job); }
    void details(JobId job, QObject* context, DetailsAnswer answer) override;

private:
    EngineBridge& m_bridge;
    Show m_show;
};

} // namespace mnemo
