#include "core/pipeline/definition.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/sha256.h"
#include "core/base/timetext.h"
#include "core/pipeline/taskreader.h"

namespace mnemo {

namespace {

constexpr std::size_t versionLength = 12;

/// Tasks by their id, and the path that leads back to where it began.
class CycleSearch {
public:
    explicit CycleSearch(const std::vector<TaskDefinition>& tasks)
        : m_all(tasks)
    {
        for (const TaskDefinition& task : tasks)
            m_tasks.emplace(task.id, &task);
    }

    /// "a -> b -> a" as it is waited for: a after b after a. Visits each task once, without recursion over long chains.
    std::string find()
    {
        for (const TaskDefinition& task : m_all) {
            if (const std::string cycle = from(&task); !cycle.empty())
                return cycle;
        }
        return {};
    }

    std::vector<const TaskDefinition*> order; ///< what is depended on first

private:
    struct Step {
        const TaskDefinition* task;
        std::size_t next = 0;
    };

    std::string from(const TaskDefinition* first)
    {
        std::vector<Step> path;
        enter(path, first);
        while (!path.empty()) {
            Step& step = path.back();
            if (step.next == step.task->dependsOn.size()) {
                m_open.erase(step.task);
                order.push_back(step.task);
                path.pop_back();
                continue;
            }
            const auto found = m_tasks.find(step.task->dependsOn[step.next++]);
            if (found == m_tasks.end())
                continue;
            if (m_open.contains(found->second))
                return textOf(path, found->second);
            enter(path, found->second);
        }
        return {};
    }

    void enter(std::vector<Step>& path, const TaskDefinition* task)
    {
        if (!m_seen.insert(task).second)
            return;
        m_open.insert(task);
        path.push_back({task});
    }

    static std::string textOf(const std::vector<Step>& path, const TaskDefinition* closing)
    {
        std::string text;
        for (auto step = std::ranges::find(path, closing, &Step::task); step != path.end(); ++step)
            text += step->task->id + " -> ";
        return text + closing->id;
    }

    const std::vector<TaskDefinition>& m_all;
    std::map<std::string_view, const TaskDefinition*> m_tasks;
    std::set<const TaskDefinition*> m_seen, m_open;
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
        for (std::size_t i = 0; i < list.size(); ++i)
            m_dag.tasks.push_back(readTask(list[i], m_reader.path() + ".tasks[" + std::to_string(i) + ']', m_problems));
        if (m_dag.tasks.empty() && m_problems.size() == m_before)
            m_reader.problem("tasks", "is needed: at least one task");
        checkNames();
        if (m_problems.size() == m_before)
            putInOrder();
    }

    void checkNames()
    {
        std::vector<std::string> ids;
        for (const TaskDefinition& task : m_dag.tasks) {
            if (!task.id.empty() && std::ranges::find(ids, task.id) != ids.end())
                add(task, "there are two tasks " + yamlQuoted(task.id));
            ids.push_back(task.id);
        }
        for (const TaskDefinition& task : m_dag.tasks) {
            for (const std::string& other : task.dependsOn) {
                if (std::ranges::find(ids, other) == ids.end())
                    add(task, "depends on " + yamlQuoted(other) + ", which is no task of " + m_dag.id, nearestOf(other, ids));
            }
        }
    }

    void putInOrder()
    {
        CycleSearch search(m_dag.tasks);
        if (const std::string cycle = search.find(); !cycle.empty()) {
            m_reader.problem("tasks", "these tasks wait for each other: " + cycle);
            return;
        }
        std::vector<TaskDefinition> ordered;
        for (const TaskDefinition* task : search.order)
            ordered.push_back(*task);
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

} // namespace

const TaskDefinition* DagDefinition::find(std::string_view task) const
{
    const auto found = std::ranges::find(tasks, task, &TaskDefinition::id);
    return found == tasks.end() ? nullptr : &*found;
}

std::vector<DagDefinition> readDags(const Node& tree, Problems& problems)
{
    std::vector<DagDefinition> dags;
    std::map<std::string, Mark> seen;
    for (const auto& [file, pipelines] : tree.map) {
        if (!pipelines.isNull() && pipelines.type != Node::Type::Map)
            problems.push_back({pipelines.mark, "dags." + file, "expected a map: each pipeline has a name of its own", {}});
        for (const auto& [id, node] : pipelines.map) {
            if (node.isNull())
                continue;
            const std::string path = "dags." + file + '.' + id;
            const auto [first, isNew] = seen.emplace(id, node.mark);
            if (!isNew) {
                problems.push_back({node.mark, path, "there is a pipeline of this name in " + first->second.text(), {}});
                continue;
            }
            if (auto dag = DagReader(id, node, path, problems).read())
                dags.push_back(std::move(*dag));
        }
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
    return CycleSearch(tasks).find();
}

} // namespace mnemo
