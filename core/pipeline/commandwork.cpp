#include "core/pipeline/commandwork.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"
#include "core/config/node.h"

namespace mnemo {

namespace {

tl::unexpected<Error> wrong(std::string sentence)
{
    return fail(ErrorCode::InvalidArgument, std::move(sentence));
}

std::string jsonOf(const std::map<std::string, std::string>& parameters)
{
    return nlohmann::json(parameters).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// `from` and `to` among the parameters; nothing where neither is.
Result<std::optional<TimeRange>> intervalOf(const std::map<std::string, std::string>& parameters, UtcMs now)
{
    const auto from = parameters.find("from"), to = parameters.find("to");
    if (from == parameters.end() && to == parameters.end())
        return std::nullopt;
    if (from == parameters.end())
        return wrong("the parameter to needs from beside it");
    const auto begin = parseTime(from->second);
    const auto end = to == parameters.end() ? std::optional(now) : parseTime(to->second);
    if (!begin || !end)
        return wrong("the parameters from and to take a time such as 2024-01-31 or 2024-01-31T10:20Z");
    if (*begin >= *end)
        return wrong("the parameter to must be later than from");
    return TimeRange {*begin, *end};
}

/// Until the first that fails.
template<class Items, class Work>
Result<void> forEach(const Items& items, Work work)
{
    for (const auto& item : items) {
        if (const auto done = work(item); !done)
            return done;
    }
    return {};
}

bool isNamed(const TaskRecord& task, const std::string& fullName, const std::string& name)
{
    return name == fullName || name == task.node || name == std::to_string(task.index);
}

} // namespace

CommandWork::CommandWork(Board& board, RunStore& store, const Settings& universe, UndoMemory& undo, UtcMs now, BoardStep& step)
    : m_board(board)
    , m_store(store)
    , m_universe(universe)
    , m_undo(undo)
    , m_now(now)
    , m_step(step)
{
}

Result<CommandOutcome> CommandWork::carryOut(const PipelineCommand& command)
{
    using enum PipelineCommand::Action;
    if (command.run && (command.action == Clear || command.action == Mark)) {
        if (const auto known = know(*command.run); !known)
            return fail(known.error());
    }
    Outcome outcome = [&]() -> Outcome {
        switch (command.action) {
        case Trigger:
            return trigger(command);
        case Backfill:
            return backfill(command);
        case Pause:
            return pause(command, true);
        case Resume:
            return pause(command, false);
        case Cancel:
            return cancel(command);
        case Clear:
            return clear(command);
        case Mark:
            return mark(command);
        case Priority:
            return prioritize(command);
        case Undo:
            return undo(command);
        }
        return wrong("there is no such command");
    }();
    if (command.run)
        m_board.release(*command.run); // where it was read only to be looked at
    return outcome;
}

Result<CommandOutcome> CommandWork::trigger(const PipelineCommand& command)
{
    const auto interval = intervalOf(command.parameters, m_now);
    if (!interval)
        return fail(interval.error());
    CommandOutcome outcome;
    if (command.isDryRun) {
        const auto dag = m_board.dag(command.pipeline);
        if (!dag) // says which one may be meant
            return fail(m_board.backfillTimes({command.pipeline, {}, {}, {m_now - milliseconds {1}, m_now}, false, 1}).error());
        outcome.interval = interval->value_or(TimeRange {dag->schedule.previous(m_now).value_or(m_now), m_now});
        int index = 0;
        for (const TaskInstance& instance : expand(*dag, m_universe))
            outcome.tasks.push_back({0, index++, instance.name(), std::string(toText(TaskState::None))});
        return outcome;
    }
    const auto run = m_board.trigger(
        {command.pipeline, "person", command.who, jsonOf(command.parameters), {}, *interval}, m_now, m_step);
    if (!run)
        return fail(run.error());
    outcome.runs = {*run};
    if (const RunRecord* record = m_board.run(*run))
        outcome.interval = record->interval;
    for (const TaskRecord& task : m_board.tasks(*run))
        outcome.tasks.push_back({*run, task.index, m_board.nameOf({*run, task.index}), task.state});
    return outcome;
}

Result<CommandOutcome> CommandWork::backfill(const PipelineCommand& command)
{
    const Board::Backfill wanted {
        command.pipeline, command.who, jsonOf(command.parameters), command.range, command.isNewestFirst, command.parallel};
    CommandOutcome outcome;
    auto times = m_board.backfillTimes(wanted);
    if (!times)
        return fail(std::move(times.error()));
    outcome.dues = std::move(*times);
    if (command.isDryRun)
        return outcome;
    auto runs = m_board.backfill(wanted, m_now, m_step);
    if (!runs)
        return fail(std::move(runs.error()));
    outcome.runs = std::move(*runs);
    return outcome;
}

Result<CommandOutcome> CommandWork::pause(const PipelineCommand& command, bool isPaused)
{
    CommandOutcome outcome;
    if (!command.run && !command.backfill) {
        if (!command.isDryRun) {
            const auto before = m_board.pipeline(command.pipeline);
            if (const auto done = m_board.pausePipeline(command.pipeline, isPaused, m_step); !done)
                return fail(done.error());
            if (before && before->isPaused != isPaused)
                return kept(std::move(outcome), {}, [id = command.pipeline, isPaused](Board& board, UtcMs, BoardStep& step) {
                    return board.pausePipeline(id, !isPaused, step);
                });
        }
        return outcome;
    }
    if (command.run && !command.tasks.empty()) {
        const auto tasks = tasksOf(command);
        if (!tasks)
            return fail(tasks.error());
        outcome = outcomeOf(*command.run, *tasks);
        std::vector<TaskRef> changed;
        for (const int index : *tasks) {
            if (command.isDryRun)
                return outcome;
            if (m_board.tasks(*command.run)[static_cast<std::size_t>(index)].isPaused != isPaused)
                changed.push_back({*command.run, index});
            if (const auto done = m_board.pauseTask({*command.run, index}, isPaused, m_step); !done)
                return fail(done.error());
        }
        return kept(std::move(outcome), {}, [changed, isPaused](Board& board, UtcMs, BoardStep& step) {
            return forEach(changed, [&](TaskRef task) { return board.pauseTask(task, !isPaused, step); });
        });
    }
    const auto runs = runsOf(command);
    if (!runs)
        return fail(runs.error());
    outcome.runs = *runs;
    std::vector<RunId> changed;
    for (const RunId run : *runs) {
        if (command.isDryRun)
            return outcome;
        if (m_board.run(run)->isPaused != isPaused)
            changed.push_back(run);
        if (const auto done = m_board.pauseRun(run, isPaused, m_step); !done)
            return fail(done.error());
    }
    return kept(std::move(outcome), {}, [changed, isPaused](Board& board, UtcMs, BoardStep& step) {
        return forEach(changed, [&](RunId run) { return board.pauseRun(run, !isPaused, step); });
    });
}

Result<CommandOutcome> CommandWork::cancel(const PipelineCommand& command)
{
    const auto runs = runsOf(command);
    if (!runs)
        return fail(runs.error());
    CommandOutcome outcome;
    if (command.run && !command.tasks.empty()) {
        const auto tasks = tasksOf(command);
        if (!tasks)
            return fail(tasks.error());
        std::vector<int> open;
        std::ranges::copy_if(*tasks, std::back_inserter(open), [&](int index) {
            return !isFinal(*taskStateFromText(m_board.tasks(*command.run)[static_cast<std::size_t>(index)].state));
        });
        outcome = outcomeOf(*command.run, open);
        for (const int index : open) {
            if (command.isDryRun || !m_board.run(*command.run))
                break;
            if (const auto done = m_board.cancelTask({*command.run, index}, m_now, m_step); !done && done.error().code != ErrorCode::InvalidArgument)
                return fail(done.error()); // one may have ended because another was cancelled
        }
        return outcome;
    }
    outcome.runs = *runs;
    for (auto run = runs->rbegin(); run != runs->rend() && !command.isDryRun; ++run) { // the last first: else the next would begin
        if (const auto done = m_board.cancelRun(*run, m_now, m_step); !done)
            return fail(done.error());
    }
    return outcome;
}

Result<CommandOutcome> CommandWork::clear(const PipelineCommand& command)
{
    const auto runs = runsOf(command);
    if (!runs)
        return fail(runs.error());
    TaskSelection selection {{}, command.withUpstream, command.withDownstream, command.failedOnly};
    if (!command.tasks.empty()) {
        auto tasks = tasksOf(command);
        if (!tasks)
            return fail(std::move(tasks.error()));
        selection.tasks = std::move(*tasks);
    }
    const auto chosen = m_board.selected(runs->front(), selection);
    if (!chosen)
        return fail(chosen.error());
    CommandOutcome outcome = outcomeOf(runs->front(), *chosen);
    if (command.isDryRun)
        return outcome;
    return undoably(runs->front(), std::move(outcome), [&] { return m_board.clear(runs->front(), selection, m_now, m_step); });
}

Result<CommandOutcome> CommandWork::mark(const PipelineCommand& command)
{
    const auto tasks = tasksOf(command);
    if (!tasks)
        return fail(tasks.error());
    CommandOutcome outcome = outcomeOf(*command.run, *tasks);
    if (command.isDryRun)
        return outcome;
    return undoably(*command.run, std::move(outcome), [&] { return m_board.mark(*command.run, *tasks, command.state, m_now, m_step); });
}

Result<CommandOutcome> CommandWork::prioritize(const PipelineCommand& command)
{
    const auto tasks = tasksOf(command);
    if (!tasks)
        return fail(tasks.error());
    CommandOutcome outcome = outcomeOf(*command.run, *tasks);
    std::vector<std::pair<TaskRef, int>> before;
    for (const int index : *tasks) {
        if (command.isDryRun)
            return outcome;
        before.emplace_back(TaskRef {*command.run, index}, m_board.tasks(*command.run)[static_cast<std::size_t>(index)].priority);
        if (const auto done = m_board.setPriority(before.back().first, command.priority, m_step); !done)
            return fail(done.error());
    }
    return kept(std::move(outcome), {}, [before](Board& board, UtcMs, BoardStep& step) {
        return forEach(before, [&](const auto& one) { return board.setPriority(one.first, one.second, step); });
    });
}

// --- taking back ---

CommandOutcome CommandWork::kept(CommandOutcome outcome, std::optional<RunId> run, TakeBack takeBack)
{
    outcome.undo = m_undo.keep({outcome, run, std::move(takeBack)});
    return outcome;
}

Result<CommandOutcome> CommandWork::undoably(RunId id, CommandOutcome outcome, const std::function<Result<void>()>& work)
{
    const RunRecord run = *m_board.run(id);
    const auto all = m_board.tasks(id);
    const std::vector<TaskRecord> before(all.begin(), all.end());
    if (const auto done = work(); !done)
        return fail(done.error());
    std::map<int, TaskRecord> after;
    for (const TaskRecord& task : m_step.changes.tasks) {
        if (task.run == id)
            after.insert_or_assign(task.index, task);
    }
    std::vector<Board::Former> changed;
    for (auto& [index, task] : after)
        changed.push_back({before[static_cast<std::size_t>(index)], std::move(task)});
    if (changed.empty())
        return outcome;
    return kept(std::move(outcome), id,
        [run, changed](Board& board, UtcMs now, BoardStep& step) { return board.takeBack(run, changed, now, step); });
}

Result<CommandOutcome> CommandWork::undo(const PipelineCommand& command)
{
    const UndoMemory::Step* step = m_undo.find(command.undo);
    if (!step)
        return fail(ErrorCode::NotFound, "this cannot be taken back any more");
    CommandOutcome outcome = step->outcome;
    if (command.isDryRun)
        return outcome;
    if (step->run) {
        if (const auto known = know(*step->run); !known)
            return fail(known.error());
    }
    const std::optional<RunId> run = step->run;
    const auto done = step->takeBack(m_board, m_now, m_step);
    if (run)
        m_board.release(*run);
    if (!done)
        return fail(done.error());
    m_undo.forget(command.undo);
    return outcome;
}

Result<void> CommandWork::know(RunId run)
{
    if (m_board.run(run))
        return {};
    auto stored = m_store.find(run);
    if (!stored)
        return fail(std::move(stored.error()));
    return m_board.adopt(std::move(stored->run), std::move(stored->tasks));
}

Result<std::vector<RunId>> CommandWork::runsOf(const PipelineCommand& command) const
{
    if (command.run) {
        if (!m_board.run(*command.run))
            return fail(ErrorCode::NotFound, "run " + std::to_string(*command.run) + " is over, or there is none of this number");
        return std::vector {*command.run};
    }
    if (!command.backfill)
        return wrong("say which run is meant");
    auto runs = m_board.backfillRuns(*command.backfill);
    if (runs.empty())
        return fail(ErrorCode::NotFound, "no backfill " + std::to_string(*command.backfill) + " is under way");
    return runs;
}

Result<std::vector<int>> CommandWork::tasksOf(const PipelineCommand& command) const
{
    const auto runs = command.run ? runsOf(command) : Result<std::vector<RunId>>(wrong("say which run is meant"));
    if (!runs)
        return fail(runs.error());
    const auto all = m_board.tasks(*command.run);
    if (all.empty())
        return wrong("run " + std::to_string(*command.run) + " has not begun: it has no tasks yet");
    std::vector<int> chosen;
    std::vector<bool> isUsed(command.tasks.size());
    for (const TaskRecord& task : all) {
        const std::string fullName = m_board.nameOf({task.run, task.index});
        bool isChosen = command.tasks.empty();
        for (std::size_t i = 0; i < command.tasks.size(); ++i) {
            if (isNamed(task, fullName, command.tasks[i]))
                isChosen = isUsed[i] = true;
        }
        if (isChosen)
            chosen.push_back(task.index);
    }
    for (std::size_t i = 0; i < isUsed.size(); ++i) {
        if (isUsed[i])
            continue;
        std::vector<std::string> known;
        for (const TaskRecord& task : all)
            known.push_back(task.node);
        const std::string nearest = nearestOf(command.tasks[i], known);
        return fail(ErrorCode::NotFound, "run " + std::to_string(*command.run) + " has no task " + command.tasks[i]
                + (nearest.empty() ? std::string() : " (did you mean " + nearest + "?)"));
    }
    return chosen;
}

CommandOutcome CommandWork::outcomeOf(RunId run, const std::vector<int>& tasks) const
{
    CommandOutcome outcome;
    outcome.runs = {run};
    const auto all = m_board.tasks(run);
    for (const int index : tasks)
        outcome.tasks.push_back({run, index, m_board.nameOf({run, index}), all[static_cast<std::size_t>(index)].state});
    return outcome;
}

} // namespace mnemo
