#include "core/pipeline/definition.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "core/base/parallel.h"
#include "core/base/sha256.h"
#include "core/base/timetext.h"
#include "core/pipeline/taskreader.h"

namespace mnemo {

namespace {

constexpr std::size_t versionLength = 12;

using TaskIndex = std::unordered_map<std::string_view, std::size_t>;

/// Of tasks of one name the first.
TaskIndex indexOf(const std::vector<TaskDefinition>& tasks)
{
    TaskIndex index(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
        index.emplace(tasks[i].id, i);
    return index;
}

/// The path that leads back to where it began.
class CycleSearch {
public:
    CycleSearch(const std::vector<TaskDefinition>& tasks, const TaskIndex& index)
        : m_tasks(tasks)
        , m_index(index)
        , m_state(tasks.size(), State::Unseen)
    {
    }

    /// "a -> b -> a" as it is waited for: a after b after a. Visits each task once, without recursion over long chains.
    std::string find()
    {
        for (std::size_t i = 0; i < m_tasks.size(); ++i) {
            if (const std::string cycle = from(i); !cycle.empty())
                return cycle;
        }
        return {};
    }

    std::vector<std::size_t> order; ///< of the tasks; what is depended on first

private:
    enum class State : char { Unseen, Open, Done };
    struct Step {
        std::size_t task;
        std::size_t next = 0;
    };

    std::string from(std::size_t first)
    {
        std::vector<Step> path;
        enter(path, first);
        while (!path.empty()) {
            Step& step = path.back();
            const std::vector<std::string>& dependsOn = m_tasks[step.task].dependsOn;
            if (step.next == dependsOn.size()) {
                m_state[step.task] = State::Done;
                order.push_back(step.task);
                path.pop_back();
                continue;
            }
            const auto found = m_index.find(dependsOn[step.next++]);
            if (found == m_index.end())
                continue;
            if (m_state[found->second] == State::Open)
                return textOf(path, found->second);
            enter(path, found->second);
        }
        return {};
    }

    void enter(std::vector<Step>& path, std::size_t task)
    {
        if (m_state[task] != State::Unseen)
            return;
        m_state[task] = State::Open;
        path.push_back({task});
    }

    std::string textOf(const std::vector<Step>& path, std::size_t closing) const
    {
        std::string text;
        for (auto step = std::ranges::find(path, closing, &Step::task); step != path.end(); ++step)
            text += m_tasks[step->task].id + " -> ";
        return text + m_tasks[closing].id;
    }

    const std::vector<TaskDefinition>& m_tasks;
    const TaskIndex& m_index;
    std::vector<State> m_state;
};

class DagReader {
public:
    DagReader(const std::string& id, const Node& node, const std::string& path, Problems& problems)
        : m_problems(problems)
        , m_before(problems.size())
        , m_reader(&node, path, problems)
    {
        m_dag.id = id;
        m_dag.mark = node.mark;
        m_dag.yaml = toYaml(node);
        m_dag.version = sha256Hex(m_dag.yaml).substr(0, versionLength);
    }

    std::optional<DagDefinition> read()
    {
        readId();
        m_reader.read("description", m_dag.description);
        readSchedule();
        m_reader.read("catchup", m_dag.catchup);
        m_reader.read("max_active_runs", m_dag.maxActiveRuns, 1, 1000);
        m_reader.read("paused", m_dag.isPaused);
        m_reader.read("tags", m_dag.tags);
        m_reader.read("on_failure", m_dag.onFailure);
        readTasks();
        m_reader.finish();
        if (m_problems.size() != m_before)
            return std::nullopt;
        return std::move(m_dag);
    }

private:
    void readId()
    {
        std::string id = m_dag.id;
        m_reader.read("id", id);
        if (id != m_dag.id)
            m_reader.problem("id", "must be the name under which the pipeline stands, " + m_dag.id);
        if (m_dag.id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != std::string::npos)
            m_reader.problem({}, "the id of a pipeline has only letters, digits, _ and -");
    }

    void readSchedule()
    {
        std::string schedule = "manual", start;
        m_reader.read("schedule", schedule);
        m_reader.read("timezone", m_dag.timezone);
        const auto zone = Zone::named(m_dag.timezone);
        if (!zone)
            m_reader.problem("timezone", zone.error().detail);
        auto parsed = Schedule::parse(schedule, zone.value_or(Zone {}));
        if (parsed)
            m_dag.schedule = std::move(*parsed);
        else
            m_reader.problem("schedule", parsed.error().detail);
        m_reader.read("start", start);
        if (start.empty())
            return;
        m_dag.start = parseTime(start);
        if (!m_dag.start)
            m_reader.problem("start", "expected a time such as 2024-01-31, UTC, found " + yamlQuoted(start));
    }

    void readTasks()
    {
        const auto& list = m_reader.readList("tasks", "a list of tasks");
        m_dag.tasks.reserve(list.size());
        for (std::size_t i = 0; i < list.size(); ++i)
            m_dag.tasks.push_back(readTask(list[i], m_reader, i));
        if (m_dag.tasks.empty() && m_problems.size() == m_before)
            m_reader.problem("tasks", "is needed: at least one task");
        const TaskIndex index = indexOf(m_dag.tasks);
        checkNames(index);
        if (m_problems.size() == m_before)
            putInOrder(index);
    }

    void checkNames(const TaskIndex& index)
    {
        for (std::size_t i = 0; i < m_dag.tasks.size(); ++i) {
            const TaskDefinition& task = m_dag.tasks[i];
            if (index.at(task.id) != i && !task.id.empty())
                add(task, "there are two tasks " + yamlQuoted(task.id));
        }
        for (const TaskDefinition& task : m_dag.tasks) {
            for (const std::string& other : task.dependsOn) {
                if (!index.contains(other))
                    add(task, "depends on " + yamlQuoted(other) + ", which is no task of " + m_dag.id, nearestOf(other, namesIn(index)));
            }
        }
    }

    static std::vector<std::string> namesIn(const TaskIndex& index)
    {
        std::vector<std::string> names;
        for (const auto& entry : index)
            names.emplace_back(entry.first);
        return names;
    }

    void putInOrder(const TaskIndex& index)
    {
        CycleSearch search(m_dag.tasks, index);
        if (const std::string cycle = search.find(); !cycle.empty()) {
            m_reader.problem("tasks", "these tasks wait for each other: " + cycle);
            return;
        }
        if (std::ranges::is_sorted(search.order))
            return;
        std::vector<TaskDefinition> ordered;
        ordered.reserve(m_dag.tasks.size());
        for (const std::size_t task : search.order)
            ordered.push_back(std::move(m_dag.tasks[task]));
        m_dag.tasks = std::move(ordered);
    }

    void add(const TaskDefinition& task, std::string message, std::string nearest = {})
    {
        m_problems.push_back({task.mark, m_reader.path() + ".tasks." + task.id, std::move(message), std::move(nearest)});
    }

    Problems& m_problems;
    const std::size_t m_before;
    MapReader m_reader;
    DagDefinition m_dag;
};

/// What may be a pipeline, and what was read of it.
struct Candidate {
    const std::string* id = nullptr;
    const Node* node = nullptr; ///< null: only its problem counts
    std::string path;
    Problems problems {};
    std::optional<DagDefinition> dag {};
};

std::vector<Candidate> candidatesOf(const Node& tree)
{
    std::vector<Candidate> all;
    std::unordered_map<std::string_view, Mark> seen;
    for (const auto& [file, pipelines] : tree.map) {
        const std::string path = "dags." + file;
        if (!pipelines.isNull() && pipelines.type != Node::Type::Map)
            all.push_back({nullptr, nullptr, path, {{pipelines.mark, path, "expected a map: each pipeline has a name of its own", {}}}});
        for (const auto& [id, node] : pipelines.map) {
            if (node.isNull())
                continue;
            Candidate candidate {&id, &node, path + '.' + id};
            const auto [first, isNew] = seen.emplace(id, node.mark);
            if (!isNew) {
                candidate.node = nullptr;
                candidate.problems.push_back({node.mark, candidate.path, "there is a pipeline of this name in " + first->second.text(), {}});
            }
            all.push_back(std::move(candidate));
        }
    }
    return all;
}

} // namespace

const TaskDefinition* DagDefinition::find(std::string_view task) const
{
    const auto found = std::ranges::find(tasks, task, &TaskDefinition::id);
    return found == tasks.end() ? nullptr : &*found;
}

std::vector<DagDefinition> readDags(const Node& tree, Problems& problems)
{
    std::vector<Candidate> candidates = candidatesOf(tree);
    constexpr std::size_t leastPerThread = 32;
    forEachIndex(candidates.size(), leastPerThread, [&](std::size_t i) {
        Candidate& candidate = candidates[i];
        if (candidate.node)
            candidate.dag = DagReader(*candidate.id, *candidate.node, candidate.path, candidate.problems).read();
    });
    std::vector<DagDefinition> dags;
    dags.reserve(candidates.size());
    for (Candidate& candidate : candidates) {
        std::ranges::move(candidate.problems, std::back_inserter(problems));
        if (candidate.dag)
            dags.push_back(std::move(*candidate.dag));
    }
    return dags;
}

Result<DagDefinition> readDagText(const std::string& id, const std::string& yaml)
{
    const auto node = parseYaml(yaml, id);
    if (!node)
        return fail(node.error());
    Problems problems;
    auto dag = DagReader(id, *node, id, problems).read();
    if (!dag)
        return fail(ErrorCode::Config, problems.front().text());
    return std::move(*dag);
}

std::string cycleOf(const std::vector<TaskDefinition>& tasks)
{
    const TaskIndex index = indexOf(tasks);
    return CycleSearch(tasks, index).find();
}

} // namespace mnemo
