// Pipelines: looking at them, and asking the process that schedules for something.

#include "app/cli/commands.h"

#include <condition_variable>
#include <mutex>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/daglists.h"
#include "app/cli/output.h"
#include "app/cli/schedulercall.h"
#include "app/cli/signals.h"
#include "core/base/timetext.h"
#include "core/engine/pipelines.h"
#include "core/engine/remarks.h"

namespace mnemo::cli {

namespace {

using Action = PipelineCommand::Action;

struct DagOptions {
    std::string pipeline, task, state;
    std::optional<RunId> run, backfill;
    std::vector<std::string> tasks, states, parameters;
    RangeOptions range;
    std::string limit = "50", parallel = "1";
    int priority = 1;
    std::int64_t undo = 0;
    bool isUpstream = false, isDownstream = false, isFailedOnly = false, isNewestFirst = false;
    bool isDryRun = false, isWaiting = false, isJson = false;
};

// --- looking ---

/// What the store and the settings say; also beside a process that schedules. Without any data the settings alone are shown.
Result<std::unique_ptr<Engine>> openToLook(Context& context)
{
    auto engine = context.openEngineToRead();
    return !engine && engine.error().code == ErrorCode::NotFound ? context.openEngine(OpenMode::ReadWrite) : std::move(engine);
}

constexpr Pipelines::Options lookingOnly {false, false, false};

template<class Show>
ExitStatus look(Context& context, Show show)
{
    const auto engine = openToLook(context);
    if (!engine)
        return report(engine.error());
    const auto pipelines = Pipelines::open(**engine, lookingOnly);
    if (!pipelines)
        return report(pipelines.error());
    return show(**engine, **pipelines);
}

ExitStatus list(Context& context, const DagOptions& options)
{
    return look(context, [&](Engine&, Pipelines& pipelines) {
        const auto summaries = pipelines.summaries(1);
        if (!summaries)
            return report(summaries.error());
        return printPipelines(*summaries, *pipelines.definitions(), options.isJson);
    });
}

ExitStatus show(Context& context, const DagOptions& options)
{
    return look(context, [&](Engine& engine, Pipelines& pipelines) {
        const auto summaries = pipelines.summaries(10);
        if (!summaries)
            return report(summaries.error());
        for (const PipelineSummary& one : *summaries) {
            if (one.record.id == options.pipeline)
                return printPipeline(one, engine.settings()->settings, options.isJson);
        }
        std::vector<std::string> known;
        for (const PipelineSummary& one : *summaries)
            known.push_back(one.record.id);
        const std::string nearest = nearestOf(options.pipeline, known);
        return report({ErrorCode::NotFound,
            "There is no pipeline " + options.pipeline + (nearest.empty() ? "" : " (did you mean " + nearest + "?)") + "; mnemo-quant-cli dags list lists them.", {}});
    });
}

ExitStatus runs(Context& context, const DagOptions& options)
{
    const auto limit = readCount("--limit", options.limit);
    if (!limit)
        return report(limit.error());
    RunFilter filter;
    if (!options.pipeline.empty())
        filter.pipelines = {options.pipeline};
    for (const std::string& state : options.states) {
        if (!runStateFromText(state))
            return report({ErrorCode::InvalidArgument, "\"" + state + "\" is no state of a run; there are queued, running, success, success_with_gaps, failed and cancelled.", {}});
    }
    filter.states = options.states;
    filter.limit = *limit;
    filter.withDefinition = false;
    return look(context, [&](Engine&, Pipelines& pipelines) {
        const auto records = pipelines.runs(filter);
        return records ? printRuns(*records, options.isJson) : report(records.error());
    });
}

ExitStatus tasks(Context& context, const DagOptions& options)
{
    return look(context, [&](Engine&, Pipelines& pipelines) {
        const auto records = pipelines.tasks(*options.run);
        if (!records)
            return report(records.error());
        RunFilter filter;
        filter.ids = {*options.run};
        if (const auto known = pipelines.runs(filter); !known || known->empty())
            return report(known ? Error {ErrorCode::NotFound, "There is no run " + std::to_string(*options.run) + "; mnemo-quant-cli dags runs lists them.", {}} : known.error());
        return printTasks(*records, options.isJson);
    });
}

ExitStatus showLog(Context& context, const DagOptions& options)
{
    const auto limit = readCount("--limit", options.limit);
    if (!limit)
        return report(limit.error());
    return look(context, [&](Engine&, Pipelines& pipelines) {
        const auto records = pipelines.tasks(*options.run);
        if (!records)
            return report(records.error());
        const auto lines = pipelines.log(*options.run, {}, static_cast<std::size_t>(*limit));
        return lines ? printLog(*lines, *records, options.task, options.isJson) : report(lines.error());
    });
}

ExitStatus check(Context& context, const DagOptions& options)
{
    const auto loaded = context.settings();
    if (!loaded)
        return report(loaded.error());
    Problems problems;
    for (const Problem& problem : (*loaded)->problems) {
        if (problem.path == "dags" || problem.path.starts_with("dags.") || problem.path.starts_with("pipeline"))
            problems.push_back(problem);
    }
    const auto dags = readDags((*loaded)->settings.dags, problems);
    return printCheck(dags, problems, options.isJson);
}

// --- asking ---

/// By the process that schedules; where there is none, here: what is changed is stored, and the next scheduler goes on from it.
Result<CommandOutcome> send(Context& context, const PipelineCommand& command)
{
    if (auto answer = askedScheduler(context, command))
        return *std::move(answer);
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return fail(engine.error());
    const auto pipelines = Pipelines::open(**engine, lookingOnly);
    if (!pipelines)
        return fail(pipelines.error());
    if (command.action == Action::Trigger && !command.isDryRun)
        note("No process schedules now: the run begins with mnemo-quant-cli dags run-scheduler, or when the window opens; --wait runs it here.");
    auto outcome = (*pipelines)->ask(command).get();
    if (outcome)
        outcome->undo = 0; // nobody remembers it when this process is over
    return outcome;
}

Result<std::map<std::string, std::string>> readParameters(const std::vector<std::string>& texts)
{
    std::map<std::string, std::string> parameters;
    for (const std::string& text : texts) {
        const auto equals = text.find('=');
        if (equals == 0 || equals == std::string::npos)
            return fail(ErrorCode::InvalidArgument, "--param takes NAME=VALUE, not \"" + text + "\".");
        parameters[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return parameters;
}

Result<PipelineCommand> commandOf(Action action, const DagOptions& options, UtcMs now)
{
    PipelineCommand command;
    command.action = action;
    command.pipeline = options.pipeline;
    command.run = options.run;
    command.backfill = options.backfill;
    command.tasks = options.tasks;
    command.withUpstream = options.isUpstream;
    command.withDownstream = options.isDownstream;
    command.failedOnly = options.isFailedOnly;
    command.isNewestFirst = options.isNewestFirst;
    command.priority = options.priority;
    command.undo = options.undo;
    command.isDryRun = options.isDryRun;
    command.who = sessionUser();
    if (options.state == "failed")
        command.state = TaskState::Failed;
    auto parameters = readParameters(options.parameters);
    if (!parameters)
        return fail(std::move(parameters.error()));
    command.parameters = std::move(*parameters);
    const auto parallel = readCount("--max-parallel", options.parallel);
    if (!parallel)
        return fail(parallel.error());
    command.parallel = *parallel;
    if (action != Action::Backfill)
        return command;
    const auto range = readRange(options.range, now);
    if (!range)
        return fail(range.error());
    if (!range->from)
        return fail(ErrorCode::InvalidArgument, "Say which due times: --from and --to, or --last.");
    command.range = range->within({*range->from, now});
    return command;
}

ExitStatus ask(Context& context, Action action, const DagOptions& options)
{
    const auto command = commandOf(action, options, context.now());
    if (!command)
        return report(command.error());
    const auto outcome = send(context, *command);
    return outcome ? printOutcome(*command, *outcome, options.isJson) : report(outcome.error());
}

// --- trigger --wait ---

/// Looks until the run is over; nothing where stopped first. @p changed is notified where this process runs it; else it is
/// looked at twice a second.
class RunWatch {
public:
    explicit RunWatch(Pipelines& pipelines)
        : m_pipelines(pipelines)
        , m_guard(pipelines.subscribe([this](const PipelinesChanged&) {
            const std::lock_guard lock(m_mutex);
            m_hasNews = true;
            m_changed.notify_one();
        }))
    {
    }

    Result<std::optional<RunRecord>> wait(RunId run, const std::stop_token& stop)
    {
        constexpr milliseconds betweenLooks {500};
        RunFilter filter;
        filter.ids = {run};
        while (!stop.stop_requested()) {
            auto records = m_pipelines.runs(filter);
            if (!records)
                return fail(std::move(records.error()));
            if (!records->empty() && records->front().finished)
                return std::optional(std::move(records->front()));
            std::unique_lock lock(m_mutex);
            m_changed.wait_for(lock, stop, betweenLooks, [this] { return m_hasNews; });
            m_hasNews = false;
        }
        return std::nullopt;
    }

private:
    Pipelines& m_pipelines;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_hasNews = false;
    std::shared_ptr<void> m_guard; // last
};

ExitStatus statusOf(const RunRecord& run)
{
    if (run.state == toText(RunState::Cancelled))
        return ExitStatus::Cancelled;
    return run.state == toText(RunState::Success) ? ExitStatus::Complete : ExitStatus::Incomplete;
}

ExitStatus waitForRun(Pipelines& pipelines, RunId run, const std::stop_token& stop, bool isJson)
{
    const auto ended = RunWatch(pipelines).wait(run, stop);
    if (!ended)
        return report(ended.error());
    if (!*ended) {
        note("Run " + std::to_string(run) + " is not over; the process that schedules goes on with it.");
        return ExitStatus::Cancelled;
    }
    const auto records = pipelines.tasks(run);
    if (!records)
        return report(records.error());
    return worst(printRun(**ended, *records, isJson), statusOf(**ended));
}

ExitStatus triggerAndWait(Context& context, const DagOptions& options)
{
    const auto command = commandOf(Action::Trigger, options, context.now());
    if (!command)
        return report(command.error());
    const StopOnSignal stop;
    const bool isElsewhere = isSchedulerListening(context.dataDir());
    const auto engine = context.openEngine(isElsewhere ? OpenMode::ReadOnly : OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    const auto pipelines = Pipelines::open(**engine, {false, true, true});
    if (!pipelines)
        return report(pipelines.error());
    const auto outcome = (*pipelines)->ask(*command).get();
    if (!outcome)
        return report(outcome.error());
    note("Run " + std::to_string(outcome->runs.front()) + " has begun" + (isElsewhere ? " in the process that schedules." : " here."));
    return waitForRun(**pipelines, outcome->runs.front(), stop.token(), options.isJson);
}

ExitStatus trigger(Context& context, const DagOptions& options)
{
    return options.isWaiting && !options.isDryRun ? triggerAndWait(context, options) : ask(context, Action::Trigger, options);
}

ExitStatus retry(Context& context, DagOptions options)
{
    options.isFailedOnly = options.isDownstream = true;
    return ask(context, Action::Clear, options);
}

// --- run-scheduler ---

ExitStatus runScheduler(Context& context)
{
    const StopOnSignal stop;
    const auto engine = context.openEngine(OpenMode::ReadWrite, SettingsWatching::On);
    if (!engine)
        return report(engine.error());
    const auto pipelines = Pipelines::open(**engine);
    if (!pipelines)
        return report(pipelines.error());
    for (const Problem& problem : (*pipelines)->definitions()->problems)
        complain("warning: " + problem.text());
    note("Scheduling " + std::to_string((*pipelines)->definitions()->dags.size()) + " pipelines; Ctrl-C ends, and the next start goes on.");
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    ended.wait(lock, stop.token(), [] { return false; });
    return ExitStatus::Complete;
}

// --- the words of the command line ---

using Options = std::shared_ptr<DagOptions>;

CLI::App* add(CLI::App& group, Context& context, const char* name, const char* description, const Options& options,
    std::function<ExitStatus(Context&, const DagOptions&)> run)
{
    auto* command = group.add_subcommand(name, description);
    command->add_flag("--json", options->isJson, "JSON on standard output");
    command->final_callback([&context, options, run] { context.chosen = [&context, options, run] { return run(context, *options); }; });
    return command;
}

std::function<ExitStatus(Context&, const DagOptions&)> asking(Action action)
{
    return [action](Context& context, const DagOptions& options) { return ask(context, action, options); };
}

void addDag(CLI::App& command, const Options& options)
{
    command.add_option("DAG", options->pipeline, "Id of the pipeline, as dags list has it")->required();
}

void addRun(CLI::App& command, const Options& options)
{
    command.add_option("RUN", options->run, "Number of the run, as dags runs has it")->required();
}

void addTasks(CLI::App& command, const Options& options)
{
    command.add_option("TASK", options->tasks, "Tasks of it: fetch (all of these), 'fetch[BTC/USDT]', or the number; all where left out");
}

void addDryRun(CLI::App& command, const Options& options)
{
    command.add_flag("--dry-run", options->isDryRun, "Only list what would be done");
}

void addParameters(CLI::App& command, const Options& options)
{
    command.add_option("--param", options->parameters, "NAME=VALUE, for {params.NAME} in texts of tasks; several times")->type_name("K=V")->allow_extra_args(false);
}

void addLooking(CLI::App& dags, Context& context)
{
    const auto fresh = [] { return std::make_shared<DagOptions>(); };
    add(dags, context, "list", "All pipelines: schedule, next due time, last run", fresh(), &list);
    auto options = fresh();
    addDag(*add(dags, context, "show", "One pipeline: definition, what it is multiplied out to, newest runs", options, &show), options);
    options = fresh();
    auto* command = add(dags, context, "runs", "Runs, newest first", options, &runs);
    command->add_option("DAG", options->pipeline, "Of this pipeline alone");
    addList(*command, "--state", options->states, "Only queued, running, success, success_with_gaps, failed, cancelled")->type_name("STATE,...");
    command->add_option("--limit", options->limit, "At most so many; 50 where left out")->type_name("N");
    options = fresh();
    addRun(*add(dags, context, "tasks", "The tasks of a run: state, attempts, rows, why they failed", options, &tasks), options);
    options = fresh();
    options->limit = "1000";
    command = add(dags, context, "log", "What the tasks of a run said", options, &showLog);
    addRun(*command, options);
    command->add_option("TASK", options->task, "Of this task alone: its name or number");
    command->add_option("--limit", options->limit, "The newest so many lines; 1000 where left out")->type_name("N");
    add(dags, context, "check", "Reads the files of dags/ and says what is wrong, with line and column; exit status 2 then", fresh(), &check);
}

void addTargets(CLI::App& command, const Options& options)
{
    auto* dag = command.add_option("DAG", options->pipeline, "Id of the pipeline: it begins nothing by itself while paused");
    auto* run = command.add_option("--run", options->run, "A run of this number instead")->type_name("RUN")->excludes(dag);
    command.add_option("--task", options->tasks, "Tasks of the run alone; several times")->type_name("TASK")->needs(run)->allow_extra_args(false);
    command.add_option("--backfill", options->backfill, "A backfill instead: all of its runs that are not over")->type_name("RUN")->excludes(dag)->excludes(run);
    command.parse_complete_callback([options] {
        if (options->pipeline.empty() && !options->run && !options->backfill)
            throw CLI::RequiredError("DAG, --run or --backfill");
    });
    addDryRun(command, options);
}

void addAsking(CLI::App& dags, Context& context)
{
    const auto fresh = [] { return std::make_shared<DagOptions>(); };
    auto options = fresh();
    auto* command = add(dags, context, "trigger", "Begin a run now", options, &trigger);
    addDag(*command, options);
    addParameters(*command, options);
    addDryRun(*command, options);
    command->add_flag("--wait", options->isWaiting, "Until the run is over; where no process schedules it is run here");
    command->footer("The parameters from and to are the time that the run works on. Exit status with --wait: 0 success, 1 failed or with gaps,\n"
                    "130 cancelled or stopped.");
    options = fresh();
    addTargets(*add(dags, context, "pause", "Begin nothing more of a pipeline, a run, tasks or a backfill; what is at work ends", options, asking(Action::Pause)), options);
    options = fresh();
    command = add(dags, context, "unpause", "Take back pause", options, asking(Action::Resume));
    command->alias("resume");
    addTargets(*command, options);
    options = fresh();
    command = add(dags, context, "cancel", "End a run, tasks of it or a backfill; what is stored stays", options, asking(Action::Cancel));
    auto* run = command->add_option("RUN", options->run, "Number of the run");
    command->add_option("TASK", options->tasks, "These tasks of it alone");
    command->add_option("--backfill", options->backfill, "All runs of a backfill")->type_name("RUN")->excludes(run);
    addDryRun(*command, options);
    options = fresh();
    command = add(dags, context, "retry", "Begin again what failed in a run, and what never began because of that", options,
        [](Context& where, const DagOptions& typed) { return retry(where, typed); });
    addRun(*command, options);
    addTasks(*command, options);
    addDryRun(*command, options);
    options = fresh();
    command = add(dags, context, "clear", "Begin tasks of a run again, whatever became of them", options, asking(Action::Clear));
    addRun(*command, options);
    addTasks(*command, options);
    command->add_flag("--upstream", options->isUpstream, "And all that they wait for");
    command->add_flag("--downstream", options->isDownstream, "And all that wait for them");
    command->add_flag("--failed-only", options->isFailedOnly, "Of these only what failed, or never began because of that");
    addDryRun(*command, options);
    options = fresh();
    command = add(dags, context, "mark", "Say how tasks of a run ended, without running them", options, asking(Action::Mark));
    addRun(*command, options);
    addTasks(*command, options);
    command->get_option("TASK")->required();
    command->add_option("--state", options->state, "success or failed")->required()->check(CLI::IsMember({"success", "failed"}))->type_name("STATE");
    addDryRun(*command, options);
    options = fresh();
    command = add(dags, context, "priority", "Change who goes first among tasks that wait", options, asking(Action::Priority));
    addRun(*command, options);
    addTasks(*command, options);
    command->add_option("--priority", options->priority, "0 to 1000; greater goes first")->required()->check(CLI::Range(0, 1000))->type_name("N");
    options = fresh();
    command = add(dags, context, "undo", "Take back a pause, unpause, priority, clear or mark, while the process that schedules is the same", options, asking(Action::Undo));
    command->add_option("NUMBER", options->undo, "As the command said that is taken back")->required()->check(CLI::PositiveNumber);
    addDryRun(*command, options);
    options = fresh();
    command = add(dags, context, "backfill", "A run for each due time of a range", options, asking(Action::Backfill));
    addDag(*command, options);
    addRangeOptions(*command, options->range);
    command->add_flag("--newest-first", options->isNewestFirst, "The latest due time first");
    command->add_option("--max-parallel", options->parallel, "So many runs at once; 1 where left out")->type_name("N");
    addParameters(*command, options);
    addDryRun(*command, options);
}

} // namespace

void addDagCommands(CLI::App& app, Context& context)
{
    auto* dags = app.add_subcommand("dags", "Pipelines: what is done by itself, when, and how it went");
    dags->require_subcommand(1);
    addLooking(*dags, context);
    addAsking(*dags, context);
    auto* scheduler = dags->add_subcommand("run-scheduler", "Run what is due, without a window, until Ctrl-C");
    scheduler->final_callback([&context] { context.chosen = [&context] { return runScheduler(context); }; });
}

} // namespace mnemo::cli
