#pragma once

#include <QObject>
#include <QTimer>
#include <algorithm>

#include "ui/pipelines/pipelinesport.h"

namespace mnemo {

/// Pipelines in memory; answers come through the event loop, as from a thread.
class FakePipelinesPort final : public PipelinesPort {
public:
    std::shared_ptr<PipelinesOverview> all = std::make_shared<PipelinesOverview>();
    std::map<std::string, std::vector<RunRecord>> runsOf; ///< newest first
    std::map<RunId, std::vector<TaskRecord>> tasksOf;
    std::vector<TaskLogLine> lines;
    std::vector<TaskProgress> working;
    std::map<std::string, std::string> files;
    UtcMs at {};
    CommandOutcome outcome;
    std::optional<Error> refusal;
    int refuseAfter = 0; ///< so many answers
    std::vector<PipelineCommand> asked; ///< dry runs included
    std::vector<RunId> tasksRead;
    std::function<void(const PipelinesChanged&)> tell;

    UtcMs now() const override { return at; }
    QString folder() const override { return QStringLiteral("/nowhere/dags"); }
    void overview(QObject* context, Answer<Overview> answer) override
    {
        QTimer::singleShot(0, context, [this, answer] { answer(Overview(std::make_shared<const PipelinesOverview>(*all))); });
    }
    void runs(QObject* context, const std::string& pipeline, Answer<Runs> answer) override
    {
        QTimer::singleShot(0, context, [this, pipeline, answer] { answer(std::make_shared<const std::vector<RunRecord>>(runsOf[pipeline])); });
    }
    void tasks(QObject* context, std::vector<RunId> runs, Answer<Tasks> answer) override
    {
        tasksRead.insert(tasksRead.end(), runs.begin(), runs.end());
        QTimer::singleShot(0, context, [this, runs, answer] {
            auto read = std::make_shared<std::vector<RunTasks>>();
            for (const RunId run : runs)
                read->push_back({run, tasksOf[run]});
            answer(Tasks(read));
        });
    }
    void log(QObject* context, RunId, std::optional<int> task, Answer<Log> answer) override
    {
        QTimer::singleShot(0, context, [this, task, answer] {
            auto wanted = std::make_shared<std::vector<TaskLogLine>>();
            std::ranges::copy_if(lines, std::back_inserter(*wanted), [&](const TaskLogLine& line) { return !task || line.task == *task; });
            answer(Log(wanted));
        });
    }
    void file(QObject* context, const std::string& path, Answer<std::string> answer) override
    {
        QTimer::singleShot(0, context, [this, path, answer] { answer(files[path]); });
    }
    void ask(QObject* context, PipelineCommand command, Answer<CommandOutcome> answer) override
    {
        asked.push_back(command);
        QTimer::singleShot(0, context, [this, answer] { refusal && --refuseAfter < 0 ? answer(fail(*refusal)) : answer(outcome); });
    }
    std::vector<TaskProgress> progress() const override { return working; }
    std::shared_ptr<void> watch(QObject*, std::function<void(const PipelinesChanged&)> changed) override
    {
        tell = std::move(changed);
        return std::make_shared<int>(0);
    }
};

} // namespace mnemo
