#include "core/engine/pipelines.h"

#include <algorithm>
#include <limits>
#include <list>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "core/base/log.h"
#include "core/engine/controlsocket.h"
#include "core/engine/enginetaskrunner.h"
#include "core/engine/runjanitor.h"
#include "core/pipeline/duetimes.h"

namespace mnemo {

namespace {

constexpr std::int64_t newestRuns = 5'000; ///< of all pipelines, read at once for a list

/// The scheduler's state in the engine's store.
class EngineRunStore final : public RunStore {
public:
    explicit EngineRunStore(Engine& engine)
        : m_engine(engine)
    {
    }

    Result<StoredRuns> load() override
    {
        auto reader = m_engine.store().openReader();
        if (!reader)
            return fail(std::move(reader.error()));
        StoredRuns stored;
        RunFilter open;
        open.states = openRunStates();
        open.limit = std::numeric_limits<std::int64_t>::max();
        auto pipelines = (*reader)->pipelines();
        auto runs = (*reader)->runs(open);
        const auto newest = (*reader)->newestRun();
        if (!pipelines || !runs)
            return fail(pipelines ? runs.error() : pipelines.error());
        if (!newest)
            return fail(newest.error());
        stored.pipelines = std::move(*pipelines);
        stored.open = std::move(*runs);
        stored.newest = *newest;
        for (const RunRecord& run : stored.open) {
            auto tasks = (*reader)->tasks(run.id);
            if (!tasks)
                return fail(std::move(tasks.error()));
            std::ranges::move(*tasks, std::back_inserter(stored.tasks));
        }
        return stored;
    }

    Result<StoredRun> find(RunId run) override
    {
        auto reader = m_engine.store().openReader();
        if (!reader)
            return fail(std::move(reader.error()));
        RunFilter filter;
        filter.ids = {run};
        auto runs = (*reader)->runs(filter);
        if (!runs)
            return fail(std::move(runs.error()));
        if (runs->empty())
            return fail(ErrorCode::NotFound, "there is no run " + std::to_string(run));
        auto tasks = (*reader)->tasks(run);
        if (!tasks)
            return fail(std::move(tasks.error()));
        return StoredRun {std::move(runs->front()), std::move(*tasks)};
    }

    Result<void> save(const RunChanges& changes) override { return m_engine.saveRuns(changes); }

private:
    Engine& m_engine;
};

std::shared_ptr<const PipelineDefinitions> definitionsOf(const LoadedSettings& loaded)
{
    auto definitions = std::make_shared<PipelineDefinitions>();
    for (const Problem& problem : loaded.problems) { // files that cannot be read
        if (problem.path == "dags" || problem.path.starts_with("dags."))
            definitions->problems.push_back(problem);
    }
    for (DagDefinition& dag : readDags(loaded.settings.dags, definitions->problems))
        definitions->dags.push_back(std::make_shared<const DagDefinition>(std::move(dag)));
    return definitions;
}

PipelineSetup setupOf(const PipelineDefinitions& definitions, const std::shared_ptr<const LoadedSettings>& loaded, bool isRunning)
{
    PipelineSetup setup;
    for (const auto& dag : definitions.dags)
        setup.dags.push_back(*dag);
    setup.universe = {loaded, &loaded->settings};
    setup.pools = loaded->settings.pipeline.pools;
    if (!isRunning) { // no slots: what may begin waits
        std::set<std::string> names {"default"};
        for (const auto& [name, slots] : setup.pools)
            names.insert(name);
        for (const std::string& name : names)
            setup.pools[name] = 0;
    }
    return setup;
}

std::string whatIsAsked(const PipelineCommand& command)
{
    std::string text = (command.who.empty() ? "somebody" : command.who) + " asks: " + std::string(toText(command.action));
    if (!command.pipeline.empty())
        text += ' ' + command.pipeline;
    if (command.run)
        text += " run " + std::to_string(*command.run);
    if (command.backfill)
        text += " backfill " + std::to_string(*command.backfill);
    for (const std::string& task : command.tasks)
        text += ' ' + task;
    return text;
}

} // namespace

struct Pipelines::Private {
    Private(Engine& itsEngine, Options itsOptions)
        : engine(itsEngine)
        , options(itsOptions)
        , store(itsEngine)
        , runner(itsEngine)
        , definitions(definitionsOf(*itsEngine.settings()))
    {
    }

    Engine& engine;
    const Options options;
    EngineRunStore store;
    EngineTaskRunner runner; ///< goes after the scheduler: tasks end when nobody counts them any more

    struct Subscribers {
        std::shared_mutex mutex;
        std::list<std::function<void(const PipelinesChanged&)>> handlers;
        void publish(const PipelinesChanged& change)
        {
            const std::shared_lock lock(mutex);
            for (const auto& handler : handlers)
                handler(change);
        }
    };
    std::shared_ptr<Subscribers> subscribers = std::make_shared<Subscribers>();

    mutable std::mutex mutex; // the definitions
    std::shared_ptr<const PipelineDefinitions> definitions;

    std::unique_ptr<Scheduler> scheduler; ///< null where another process collects
    std::unique_ptr<ControlSocket> socket;
    std::unique_ptr<RunJanitor> janitor; ///< likewise
    std::shared_ptr<void> settingsGuard; // last: its events use the rest

    Result<void> open()
    {
        if (!engine.isReadOnly()) {
            Scheduler::Options wanted;
            wanted.isScheduling = options.isScheduling;
            wanted.changed = [this](const RunChanges& changes) { tell(changes); };
            auto opened = Scheduler::open(store, runner, engine.clock(), setupOf(*definitions, engine.settings(), options.isRunning), std::move(wanted));
            if (!opened)
                return fail(std::move(opened.error()));
            scheduler = std::move(*opened);
            if (options.isScheduling)
                janitor = std::make_unique<RunJanitor>(engine, runner.log());
            listen();
        }
        settingsGuard = engine.subscribe([this](const Event& event) {
            if (std::holds_alternative<SettingsChanged>(event))
                reload();
        });
        return {};
    }

    /// Work goes on where nobody can be listened to: the window has its own way.
    void listen()
    {
        if (!options.isListening)
            return;
        ControlSocket::Answers answers;
        answers.pipelines = [this](const PipelineCommand& command) {
            log::info("pipeline", whatIsAsked(command));
            return scheduler->ask(command).get();
        };
        answers.alerts = [this](const AlertCommand& command) {
            log::info("alert", std::string(toText(command.action)) + " is asked for by another process");
            return carryOut(engine, command);
        };
        auto opened = ControlSocket::open(engine.dataDir(), std::move(answers));
        if (opened)
            socket = std::move(*opened);
        else
            log::error("pipeline", "commands of other processes do not arrive: " + opened.error().detail);
    }

    void reload()
    {
        const auto loaded = engine.settings();
        auto fresh = definitionsOf(*loaded);
        for (const Problem& problem : fresh->problems)
            log::warning("pipeline", problem.text());
        if (scheduler)
            scheduler->apply(setupOf(*fresh, loaded, options.isRunning));
        if (janitor)
            janitor->wake();
        {
            const std::lock_guard lock(mutex);
            definitions = std::move(fresh);
        }
        subscribers->publish({{}, {}, true});
    }

    void tell(const RunChanges& changes)
    {
        PipelinesChanged change;
        for (const PipelineRecord& record : changes.pipelines)
            change.pipelines.push_back(record.id);
        std::set<RunId> runs;
        for (const RunRecord& record : changes.runs)
            runs.insert(record.id);
        for (const TaskRecord& record : changes.tasks)
            runs.insert(record.run);
        change.runs.assign(runs.begin(), runs.end());
        subscribers->publish(change);
    }

    std::shared_ptr<const PipelineDefinitions> read() const
    {
        const std::lock_guard lock(mutex);
        return definitions;
    }
};

Pipelines::Pipelines(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

Pipelines::~Pipelines()
{
    d->settingsGuard.reset();
    d->socket.reset(); // before the scheduler: its thread waits for answers, which still come
    d->janitor.reset();
    d->scheduler.reset();
}

Result<std::unique_ptr<Pipelines>> Pipelines::open(Engine& engine, Options options)
{
    auto p = std::make_unique<Private>(engine, options);
    auto* raw = p.get();
    std::unique_ptr<Pipelines> pipelines(new Pipelines(std::move(p)));
    if (const auto opened = raw->open(); !opened)
        return fail(opened.error());
    return pipelines;
}

bool Pipelines::isScheduling() const
{
    return d->scheduler && d->options.isScheduling;
}

std::future<Result<CommandOutcome>> Pipelines::ask(PipelineCommand command)
{
    if (d->scheduler) {
        log::info("pipeline", whatIsAsked(command));
        return d->scheduler->ask(std::move(command));
    }
    return std::async(std::launch::async,
        [folder = d->engine.dataDir(), command = std::move(command)] { return askScheduler(folder, command); });
}

void Pipelines::wake()
{
    if (d->scheduler)
        d->scheduler->wake();
}

std::shared_ptr<void> Pipelines::subscribe(std::function<void(const PipelinesChanged&)> handler)
{
    const auto subscribers = d->subscribers;
    const std::unique_lock lock(subscribers->mutex);
    const auto place = subscribers->handlers.insert(subscribers->handlers.end(), std::move(handler));
    return {&*place, [subscribers, place](void*) {
                const std::unique_lock ending(subscribers->mutex);
                subscribers->handlers.erase(place);
            }};
}

// --- reading ---

std::shared_ptr<const PipelineDefinitions> Pipelines::definitions() const
{
    return d->read();
}

Result<std::vector<PipelineSummary>> Pipelines::summaries(std::size_t most)
{
    auto reader = d->engine.store().openReader();
    if (!reader)
        return fail(std::move(reader.error()));
    const auto records = (*reader)->pipelines();
    RunFilter newest;
    newest.limit = newestRuns;
    newest.withDefinition = false;
    const auto all = (*reader)->runs(newest);
    if (!records || !all)
        return fail(records ? all.error() : records.error());
    std::vector<PipelineSummary> summaries;
    std::map<std::string, std::size_t> places;
    const UtcMs now = d->engine.clock().now();
    for (const auto& dag : d->read()->dags) {
        places[dag->id] = summaries.size();
        summaries.push_back({{dag->id, dag->isPaused, now, {}, 0, {}}, dag, {}, {}});
    }
    for (const PipelineRecord& record : *records) {
        const auto [place, isNew] = places.emplace(record.id, summaries.size());
        if (isNew)
            summaries.emplace_back();
        summaries[place->second].record = record;
    }
    for (const RunRecord& run : *all) {
        const auto place = places.find(run.pipeline);
        if (place != places.end() && summaries[place->second].runs.size() < most)
            summaries[place->second].runs.push_back(run);
    }
    for (PipelineSummary& one : summaries) {
        if (one.dag && !one.record.isPaused)
            one.next = nextDue(one.record, *one.dag);
        if (!one.runs.empty() || std::ssize(*all) < newestRuns)
            continue;
        RunFilter older = newest;
        older.pipelines = {one.record.id};
        older.limit = static_cast<std::int64_t>(most);
        auto runs = (*reader)->runs(older);
        if (!runs)
            return fail(std::move(runs.error()));
        one.runs = std::move(*runs);
    }
    return summaries;
}

Result<std::vector<RunRecord>> Pipelines::runs(const RunFilter& filter)
{
    auto reader = d->engine.store().openReader();
    return reader ? (*reader)->runs(filter) : fail(std::move(reader.error()));
}

Result<std::vector<TaskRecord>> Pipelines::tasks(RunId run)
{
    auto reader = d->engine.store().openReader();
    return reader ? (*reader)->tasks(run) : fail(std::move(reader.error()));
}

Result<std::vector<TaskLogLine>> Pipelines::log(RunId run, std::optional<int> task, std::size_t most)
{
    return d->runner.log().read(run, task, most);
}

Result<std::map<std::string, PoolQueue::PoolState>> Pipelines::pools()
{
    if (d->scheduler)
        return d->scheduler->snapshot()->pools;
    const auto stored = d->store.load();
    if (!stored)
        return fail(stored.error());
    std::map<std::string, PoolQueue::PoolState> pools;
    for (const auto& [name, slots] : d->engine.settings()->settings.pipeline.pools)
        pools[name].size = slots;
    std::map<RunId, DagDefinition> dags;
    for (const RunRecord& run : stored->open) {
        if (auto dag = readDagText(run.pipeline, run.definition))
            dags.emplace(run.id, std::move(*dag));
    }
    for (const TaskRecord& task : stored->tasks) {
        const auto dag = dags.find(task.run);
        const TaskDefinition* definition = dag == dags.end() ? nullptr : dag->second.find(task.node);
        const auto state = taskStateFromText(task.state);
        if (!definition || !state)
            continue;
        PoolQueue::PoolState& pool = pools[definition->pool];
        pool.used += isActive(*state) ? 1 : 0;
        pool.waiting += *state == TaskState::Scheduled ? 1 : 0;
    }
    return pools;
}

std::vector<TaskProgress> Pipelines::progress() const
{
    return d->runner.progress();
}

std::optional<Error> Pipelines::storeError() const
{
    return d->scheduler ? d->scheduler->snapshot()->storeError : std::nullopt;
}

std::string nameOf(const TaskRecord& task)
{
    return task.label.empty() ? task.node : task.node + '[' + task.label + ']';
}

} // namespace mnemo
