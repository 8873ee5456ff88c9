#include "ui/pipelines/enginepipelinesport.h"

#include <fstream>
#include <mutex>
#include <utility>

namespace mnemo {

namespace {

constexpr std::size_t shownRuns = 14; ///< of each pipeline in the list
constexpr std::size_t mostText = 1 << 20; ///< bytes of a file that is shown
constexpr std::size_t logLines = 5'000;

Result<PipelinesPort::Overview> readOverview(Pipelines& pipelines)
{
    auto overview = std::make_shared<PipelinesOverview>();
    auto summaries = pipelines.summaries(shownRuns);
    if (!summaries)
        return fail(std::move(summaries.error()));
    auto pools = pipelines.pools();
    if (!pools)
        return fail(std::move(pools.error()));
    overview->pipelines = std::move(*summaries);
    overview->pools = std::move(*pools);
    overview->problems = pipelines.definitions()->problems;
    overview->storeError = pipelines.storeError();
    overview->isScheduling = pipelines.isScheduling();
    return overview;
}

Result<std::string> readText(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text(mostText, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.gcount() == 0 && !file.eof())
        return fail(ErrorCode::NotFound, path + " cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

/// What changed since the last delivery, written by the scheduler's thread.
struct Changes {
    std::mutex mutex; // held to put one change in or to take all out
    PipelinesChanged waiting;
    bool isOnItsWay = false;

    bool put(const PipelinesChanged& change) ///< @return whether a delivery must be posted
    {
        const std::lock_guard lock(mutex);
        waiting.pipelines.insert(waiting.pipelines.end(), change.pipelines.begin(), change.pipelines.end());
        waiting.runs.insert(waiting.runs.end(), change.runs.begin(), change.runs.end());
        waiting.isSetup = waiting.isSetup || change.isSetup;
        return !std::exchange(isOnItsWay, true);
    }
    PipelinesChanged take()
    {
        const std::lock_guard lock(mutex);
        isOnItsWay = false;
        return std::exchange(waiting, {});
    }
};

} // namespace

EnginePipelinesPort::EnginePipelinesPort(EngineBridge& bridge, Pipelines* pipelines, QString folder)
    : m_bridge(bridge)
    , m_pipelines(pipelines)
    , m_folder(std::move(folder))
{
}

template <class T, class Read>
void EnginePipelinesPort::run(EngineBridge::Channel channel, QObject* context, Answer<T> answer, Read read)
{
    m_bridge.run(channel, context,
        [pipelines = m_pipelines, answer = std::move(answer), read = std::move(read)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            Result<T> result = pipelines ? Result<T>(read(*pipelines))
                                         : Result<T>(fail(ErrorCode::StorageFailed, "the state of pipelines could not be read at the start"));
            return [answer, result = std::move(result)] { answer(result); };
        });
}

void EnginePipelinesPort::overview(QObject* context, Answer<Overview> answer)
{
    run<Overview>(EngineBridge::Channel::Lists, context, std::move(answer), [](Pipelines& pipelines) { return readOverview(pipelines); });
}

void EnginePipelinesPort::runs(QObject* context, const std::string& pipeline, Answer<Runs> answer)
{
    run<Runs>(EngineBridge::Channel::Lists, context, std::move(answer), [pipeline](Pipelines& pipelines) -> Result<Runs> {
        RunFilter filter;
        filter.pipelines = {pipeline};
        filter.limit = mostRuns;
        filter.withDefinition = false;
        auto runs = pipelines.runs(filter);
        if (!runs)
            return fail(std::move(runs.error()));
        return std::make_shared<const std::vector<RunRecord>>(std::move(*runs));
    });
}

void EnginePipelinesPort::tasks(QObject* context, std::vector<RunId> runs, Answer<Tasks> answer)
{
    run<Tasks>(EngineBridge::Channel::Lists, context, std::move(answer), [runs = std::move(runs)](Pipelines& pipelines) -> Result<Tasks> {
        auto all = std::make_shared<std::vector<RunTasks>>();
        for (const RunId id : runs) {
            auto tasks = pipelines.tasks(id);
            if (!tasks)
                return fail(std::move(tasks.error()));
            all->push_back({id, std::move(*tasks)});
        }
        return all;
    });
}

void EnginePipelinesPort::log(QObject* context, RunId id, std::optional<int> task, Answer<Log> answer)
{
    run<Log>(EngineBridge::Channel::Lists, context, std::move(answer), [id, task](Pipelines& pipelines) -> Result<Log> {
        auto lines = pipelines.log(id, task, logLines);
        if (!lines)
            return fail(std::move(lines.error()));
        return std::make_shared<const std::vector<TaskLogLine>>(std::move(*lines));
    });
}

void EnginePipelinesPort::file(QObject* context, const std::string& path, Answer<std::string> answer)
{
    run<std::string>(EngineBridge::Channel::Lists, context, std::move(answer), [path](Pipelines&) { return readText(path); });
}

void EnginePipelinesPort::ask(QObject* context, PipelineCommand command, Answer<CommandOutcome> answer)
{
    run<CommandOutcome>(EngineBridge::Channel::Commands, context, std::move(answer),
        [command = std::move(command)](Pipelines& pipelines) { return pipelines.ask(command).get(); });
}

std::vector<TaskProgress> EnginePipelinesPort::progress() const
{
    return m_pipelines ? m_pipelines->progress() : std::vector<TaskProgress> {};
}

std::shared_ptr<void> EnginePipelinesPort::watch(QObject* context, std::function<void(const PipelinesChanged&)> changed)
{
    if (!m_pipelines)
        return nullptr;
    return m_pipelines->subscribe([context, changed = std::move(changed), changes = std::make_shared<Changes>()](const PipelinesChanged& change) {
        if (changes->put(change))
            QMetaObject::invokeMethod(context, [changed, changes] { changed(changes->take()); }, Qt::QueuedConnection);
    });
}

} // namespace mnemo
