#pragma once

#include "ui/bridge/enginebridge.h"
#include "ui/pipelines/pipelinesport.h"

namespace mnemo {

/// The screen's questions, put to the pipelines on the bridge's threads.
class EnginePipelinesPort final : public PipelinesPort {
public:
    /// @p pipelines null where they could not be opened: every answer is an error then. Both outlive it, the pipelines also
    /// the bridge, whose threads ask them.
    EnginePipelinesPort(EngineBridge& bridge, Pipelines* pipelines, QString folder);

    UtcMs now() const override { return SystemClock().now(); }
    QString folder() const override { return m_folder; }
    void overview(QObject* context, Answer<Overview> answer) override;
    void runs(QObject* context, const std::string& pipeline, Answer<Runs> answer) override;
    void tasks(QObject* context, std::vector<RunId> runs, Answer<Tasks> answer) override;
    void log(QObject* context, RunId run, std::optional<int> task, Answer<Log> answer) override;
    void file(QObject* context, const std::string& path, Answer<std::string> answer) override;
    void ask(QObject* context, PipelineCommand command, Answer<CommandOutcome> answer) override;
    std::vector<TaskProgress> progress() const override;
    std::shared_ptr<void> watch(QObject* context, std::function<void(const PipelinesChanged&)> changed) override;

private:
    /// @p read takes the pipelines on the channel's thread and returns a Result<T>.
    template <class T, class Read>
    void run(EngineBridge::Channel channel, QObject* context, Answer<T> answer, Read read);

    EngineBridge& m_bridge;
    Pipelines* m_pipelines;
    const QString m_folder;
};

} // namespace mnemo
