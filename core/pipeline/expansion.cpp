#include "core/pipeline/expansion.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/ingest/universe.h"

namespace mnemo {

namespace {

using By = TaskExpansion::By;

bool admits(const std::vector<std::string>& wanted, std::string_view name)
{
    return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

bool admits(const TaskExpansion& expand, const SeriesKey& key)
{
    return admits(expand.exchanges, key.exchange) && admits(expand.sources, key.source) && admits(expand.markets, toText(key.market)) && admits(expand.symbols, key.symbol)
        && admits(expand.kinds, toText(key.kind)) && admits(expand.timeframes, key.timeframe.name());
}

std::set<SeriesKey> seriesOf(const Settings& settings)
{
    std::set<SeriesKey> keys;
    for (const BackfillRequest& request : universeOf(settings)) {
        const auto parts = parseSymbol(request.symbol);
        if (parts)
            keys.insert({request.source.empty() ? request.exchange : request.source, request.exchange, parts->market(), request.symbol, request.kind, request.timeframe});
    }
    return keys;
}

/// What a backfill asks for; nothing where a task takes any kind.
std::optional<Kind> kindOf(const TaskDefinition& task)
{
    const auto* backfill = std::get_if<BackfillWork>(&task.work);
    return backfill ? std::optional(backfill->kind) : std::nullopt;
}

/// The product of the lists, read as an entry of the universe.
std::set<SeriesKey> listedSeries(const TaskDefinition& task)
{
    const TaskExpansion& expand = task.expand;
    const auto kind = kindOf(task);
    Settings lists;
    lists.universe.push_back({expand.exchanges, expand.markets, expand.symbols, expand.timeframes,
        kind ? std::vector {std::string(toText(*kind))} : expand.kinds, expand.sources});
    return seriesOf(lists);
}

std::string labelOf(By by, const SeriesKey& key)
{
    switch (by) {
    case By::Series:
        return key.text();
    case By::Exchange:
        return key.exchange;
    case By::Market:
        return key.exchange + ' ' + std::string(toText(key.market));
    case By::Symbol:
        return key.symbol;
    case By::Timeframe:
        return std::string(key.timeframe.name());
    case By::All:
        return {};
    }
    return {};
}

class Expander {
public:
    Expander(const DagDefinition& dag, const Settings& settings)
        : m_dag(dag)
        , m_universe(seriesOf(settings))
    {
    }

    std::vector<TaskInstance> expand()
    {
        for (const TaskDefinition& task : m_dag.tasks)
            add(task);
        return std::move(m_instances);
    }

private:
    void add(const TaskDefinition& task)
    {
        std::vector<TaskInstance> made;
        std::map<std::string, std::size_t> places;
        const auto kind = kindOf(task);
        for (const SeriesKey& key : task.expand.isList ? listedSeries(task) : m_universe) {
            if (!admits(task.expand, key) || (kind && key.kind != *kind))
                continue;
            const std::string label = labelOf(task.expand.by, key);
            const auto [place, isNew] = places.emplace(label, made.size());
            if (isNew)
                made.push_back({task.id, label, {}, {}});
            made[place->second].series.push_back(key);
        }
        if (made.empty() && task.expand.by == By::All)
            made.push_back({task.id, {}, {}, {}});
        const int first = static_cast<int>(m_instances.size());
        for (TaskInstance& instance : made) {
            connect(task, instance);
            m_instances.push_back(std::move(instance));
        }
        index(task.id, first);
    }

    void index(const std::string& task, int first)
    {
        Made& made = m_made[task];
        for (int i = first; i < static_cast<int>(m_instances.size()); ++i) {
            made.all.push_back(i);
            for (const SeriesKey& key : m_instances[static_cast<std::size_t>(i)].series)
                made.bySeries[key].push_back(i);
        }
    }

    void connect(const TaskDefinition& task, TaskInstance& instance) const
    {
        std::set<int> upstream;
        for (const std::string& id : task.dependsOn) {
            const auto found = m_made.find(id);
            if (found == m_made.end())
                continue;
            std::set<int> shared;
            for (const SeriesKey& key : instance.series) {
                if (const auto same = found->second.bySeries.find(key); same != found->second.bySeries.end())
                    shared.insert(same->second.begin(), same->second.end());
            }
            if (shared.empty())
                shared.insert(found->second.all.begin(), found->second.all.end());
            upstream.merge(shared);
        }
        instance.upstream.assign(upstream.begin(), upstream.end());
    }

    struct Made {
        std::vector<int> all;
        std::map<SeriesKey, std::vector<int>> bySeries;
    };

    const DagDefinition& m_dag;
    std::set<SeriesKey> m_universe;
    std::vector<TaskInstance> m_instances;
    std::map<std::string, Made> m_made;
};

} // namespace

std::vector<TaskInstance> expand(const DagDefinition& dag, const Settings& settings)
{
    return Expander(dag, settings).expand();
}

} // namespace mnemo
