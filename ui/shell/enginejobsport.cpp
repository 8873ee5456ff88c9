#include "ui/shell/enginejobsport.h"

#include <utility>

namespace mnemo {

EngineJobsPort::EngineJobsPort(EngineBridge& bridge, Show show)
    : m_bridge(bridge)
    , m_show(std::move(show))
{
}

// Jobs that wait are taken before those that work: a place that becomes free would otherwise go to one that is next.
void EngineJobsPort::command(std::vector<JobId> jobs, JobCommand command)
{
    m_bridge.run(EngineBridge::Channel::Commands, &m_bridge,
        [&engine = m_bridge.engine(), jobs = std::move(jobs), command](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            const bool isStop = command == JobCommand::Cancel || command == JobCommand::Pause;
            for (std::size_t i = 0; i < jobs.size(); ++i)
                engine.command(isStop ? jobs[jobs.size() - 1 - i] : jobs[i], command);
            return {};
        });
}

void EngineJobsPort::forget(std::vector<JobId> jobs)
{
    m_bridge.run(EngineBridge::Channel::Commands, &m_bridge,
        [&engine = m_bridge.engine(), jobs = std::move(jobs)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            engine.forget(jobs);
            return {};
        });
}

void EngineJobsPort::details(JobId job, QObject* context, DetailsAnswer answer)
{
    m_bridge.run(EngineBridge::Channel::Commands, context,
        [&engine = m_bridge.engine(), job, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            return [answer, details = engine.details(job)] { answer(details); };
        });
}

} // namespace mnemo
