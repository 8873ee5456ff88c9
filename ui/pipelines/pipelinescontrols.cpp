// What the page can be asked to do: with pipelines, with runs and tasks, and to take it back.
#include "ui/pipelines/pipelinespage.h"

#include <QAction>
#include <QTabWidget>
#include <QTableView>
#include <algorithm>

#include "ui/pipelines/askall.h"
#include "ui/pipelines/commanddialog.h"
#include "ui/pipelines/gridview.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/pipelines/taskdetails.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

using Action = PipelineCommand::Action;

constexpr std::size_t mostUndone = 100;

using Outcomes = std::vector<CommandOutcome>;

template<class Part>
int countOf(const Outcomes& outcomes, Part CommandOutcome::*part)
{
    std::size_t count = 0;
    for (const CommandOutcome& one : outcomes)
        count += (one.*part).size();
    return static_cast<int>(count);
}

// lupdate 6.4 takes a std:: before tr() in a function for the class of the text: there is none here.
QString doneText(Action action, const Outcomes& outcomes)
{
    const int taskCount = countOf(outcomes, &CommandOutcome::tasks), runCount = countOf(outcomes, &CommandOutcome::runs);
    switch (action) {
    case Action::Trigger:
        return runCount == 1 ? PipelinesPage::tr("Run %1 has begun.").arg(outcomes.front().runs.front()) : PipelinesPage::tr("%n run(s) have begun.", nullptr, runCount);
    case Action::Backfill: return PipelinesPage::tr("%n run(s) wait for their turn.", nullptr, runCount);
    case Action::Pause: return PipelinesPage::tr("Paused: nothing more begins, what is at work ends.");
    case Action::Resume: return PipelinesPage::tr("Resumed.");
    case Action::Cancel: return PipelinesPage::tr("Cancelled. This cannot be undone.");
    case Action::Clear: return PipelinesPage::tr("%n task(s) begin again.", nullptr, taskCount);
    case Action::Mark: return PipelinesPage::tr("%n task(s) are marked.", nullptr, taskCount);
    case Action::Priority: return PipelinesPage::tr("%n task(s) have another priority.", nullptr, taskCount);
    case Action::Undo: return PipelinesPage::tr("Undone.");
    }
    return {};
}

} // namespace

void PipelinesPage::updateActions()
{
    const PipelineSummary* one = m_model.find(m_chosen);
    const auto run = runUnderCursor();
    const auto enable = [](QAction* action, bool isPossible, const QString& reason) {
        action->setEnabled(isPossible);
        setReason(*action, reason);
    };
    for (QAction* action : {m_trigger, m_pause, m_backfill})
        enable(action, one && one->dag, tr("Select a pipeline first"));
    for (QAction* action : {m_retry, m_clear, m_mark})
        enable(action, run.has_value(), tr("Select a run or a task first"));
    const bool hasOpen = !taskCommands(Action::Cancel).empty();
    for (QAction* action : {m_cancel, m_priority, m_hold})
        enable(action, hasOpen, tr("Select a run that is not over, or a task of it"));
    m_undo->setEnabled(!m_done.empty() && !m_isUndoing);
    const bool hasSeries = !chosenSeries().isEmpty();
    for (QAction* action : {m_coverage, m_findings})
        enable(action, hasSeries, tr("Select a task that is about series of one exchange or symbol"));
}

QString PipelinesPage::chosenSeries() const
{
    return m_grid->row() < 0 ? QString() : seriesWords(m_details->chosen().tasks);
}

std::vector<std::string> PipelinesPage::chosenPipelines() const
{
    std::vector<std::string> all;
    const auto add = [&](const PipelineSummary* one) {
        if (one && one->dag && std::ranges::find(all, one->record.id) == all.end())
            all.push_back(one->record.id);
    };
    add(m_model.find(m_chosen));
    for (const QModelIndex& index : m_list->selectionModel()->selectedRows())
        add(m_model.pipelineAt(index.row()));
    return all;
}

PipelinesPage::Commands PipelinesPage::pipelineCommands(Action action) const
{
    Commands commands;
    for (const std::string& pipeline : chosenPipelines()) {
        PipelineCommand command;
        command.action = action;
        command.pipeline = pipeline;
        commands.push_back(std::move(command));
    }
    return commands;
}

/// Of runs that are over those actions alone that bring them to life again.
PipelinesPage::Commands PipelinesPage::taskCommands(Action action) const
{
    const bool mayBeOver = action == Action::Clear || action == Action::Mark;
    Commands commands;
    const RunGrid& grid = m_grid->grid();
    for (const GridChoice& one : m_grid->chosen()) { // by run; the run itself before its tasks
        const int column = grid.columnOf(one.run);
        if (column < 0 || (!mayBeOver && isFinal(stateOf(grid.run(column)))))
            continue;
        if (commands.empty() || commands.back().run != one.run) {
            PipelineCommand command;
            command.action = action;
            command.pipeline = m_chosen;
            command.run = one.run;
            if (!one.task.empty())
                command.tasks = {one.task};
            commands.push_back(std::move(command));
        } else if (!commands.back().tasks.empty()) {
            commands.back().tasks.push_back(one.task);
        }
    }
    return commands;
}

void PipelinesPage::askAboutTasks(Action action, bool isRetry)
{
    Commands commands = taskCommands(action);
    for (PipelineCommand& command : commands) {
        command.failedOnly = command.withDownstream = isRetry;
        if (m_details->chosen().tasks.size() == 1)
            command.priority = m_details->chosen().tasks.front().priority;
    }
    ask(std::move(commands));
}

void PipelinesPage::ask(Commands commands)
{
    if (commands.empty())
        return;
    QStringList parameters;
    for (const PipelineCommand& command : commands) {
        const PipelineSummary* one = m_model.find(command.pipeline);
        if (one && one->dag && (command.action == Action::Trigger || command.action == Action::Backfill))
            parameters << parametersOf(*one->dag);
    }
    parameters.removeDuplicates();
    auto* dialog = new CommandDialog(m_port, m_zone, std::move(commands), parameters, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &CommandDialog::carriedOut, this, &PipelinesPage::carriedOut);
    dialog->open();
}

void PipelinesPage::carriedOut(const Commands& commands, const std::vector<CommandOutcome>& outcomes)
{
    const Action action = commands.front().action;
    Done done {doneText(action, outcomes), {}};
    for (const CommandOutcome& one : outcomes) {
        m_changedRuns.insert(one.runs.begin(), one.runs.end());
        if (one.undo != 0)
            done.numbers.push_back(one.undo);
    }
    emit told(done.numbers.empty() ? done.what : tr("%1 Ctrl+Z undoes it.").arg(done.what));
    if (!done.numbers.empty())
        m_done.push_back(std::move(done));
    if (m_done.size() > mostUndone)
        m_done.erase(m_done.begin());
    updateActions();
    if (action == Action::Trigger && commands.size() == 1 && !outcomes.front().runs.empty()) {
        m_wantedRun = outcomes.front().runs.front();
        m_areRunsStale = true;
        m_tabs->currentWidget()->setFocus();
    }
    readOverview();
}

void PipelinesPage::undo()
{
    if (m_done.empty() || m_isUndoing)
        return;
    const Done last = std::move(m_done.back());
    m_done.pop_back();
    m_isUndoing = true;
    updateActions();
    Commands commands;
    for (auto number = last.numbers.rbegin(); number != last.numbers.rend(); ++number) {
        PipelineCommand command;
        command.action = Action::Undo;
        command.undo = *number;
        commands.push_back(std::move(command));
    }
    askAll(m_port, this, std::move(commands), [this, what = last.what](const CommandAnswers& answers) { undone(what, answers); });
}

void PipelinesPage::undone(const QString& what, const CommandAnswers& answers)
{
    m_isUndoing = false;
    for (const CommandOutcome& one : answers.outcomes)
        m_changedRuns.insert(one.runs.begin(), one.runs.end());
    emit told(answers.error ? tr("It cannot be undone: %1").arg(toQString(answers.error->detail)) : tr("Undone: %1").arg(what));
    readOverview();
    updateActions();
}

void PipelinesPage::askPaused(Commands commands)
{
    askAll(m_port, this, commands, [this, commands](const CommandAnswers& answers) {
        if (!answers.outcomes.empty())
            carriedOut(commands, answers.outcomes);
        if (answers.error)
            emit told(errorTextWithDetail(*answers.error));
    });
}

void PipelinesPage::pausePipeline(const std::string& pipeline, bool isPaused)
{
    PipelineCommand command;
    command.action = isPaused ? Action::Pause : Action::Resume;
    command.pipeline = pipeline;
    askPaused({command});
}

void PipelinesPage::pauseChosen()
{
    const auto run = runUnderCursor();
    if (!run)
        return;
    const auto& tasks = m_details->chosen().tasks;
    const bool isOfTask = m_grid->row() >= 0;
    const bool isPaused = isOfTask ? !tasks.empty() && tasks.front().isPaused : run->isPaused;
    askPaused(taskCommands(isPaused ? Action::Resume : Action::Pause));
}

} // namespace mnemo
