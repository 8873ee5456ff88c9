#include "core/pipeline/runprogress.h"

#include <algorithm>

namespace mnemo {

RunProgress::RunProgress(std::span<const TaskInstance> instances, std::vector<TriggerRule> triggers)
    : m_nodes(instances.size())
    , m_open(instances.size())
{
    for (std::size_t i = 0; i < instances.size(); ++i) {
        m_nodes[i].trigger = triggers[i];
        m_nodes[i].up = instances[i].upstream;
        m_nodes[i].open = static_cast<int>(m_nodes[i].up.size());
        for (const int other : m_nodes[i].up)
            at(other).down.push_back(static_cast<int>(i));
    }
}

void RunProgress::count(int instance, int by)
{
    const Node& node = at(instance);
    for (const int next : node.down) {
        Node& waiting = at(next);
        if (!isFinal(node.state))
            waiting.open += by;
        else if (isSuccess(node.state))
            waiting.succeeded += by;
        else if (isFailure(node.state))
            waiting.failed += by;
        else
            waiting.skipped += by;
    }
}

void RunProgress::change(int instance, TaskState state, std::vector<int>& changed)
{
    Node& node = at(instance);
    if (isFinal(state) && !isFinal(node.state))
        --m_open;
    else if (!isFinal(state) && isFinal(node.state))
        ++m_open;
    count(instance, -1);
    node.state = state;
    count(instance, 1);
    changed.push_back(instance);
}

TaskState RunProgress::verdict(const Node& node)
{
    using enum TaskState;
    switch (node.trigger) {
    case TriggerRule::AllSuccess:
        if (node.failed > 0)
            return UpstreamFailed;
        if (node.skipped > 0)
            return Skipped;
        return node.open == 0 ? Scheduled : None;
    case TriggerRule::AllDone:
        return node.open == 0 ? Scheduled : None;
    case TriggerRule::OneSuccess:
        if (node.succeeded > 0 || node.up.empty())
            return Scheduled;
        if (node.open > 0)
            return None;
        return node.failed > 0 ? UpstreamFailed : Skipped;
    case TriggerRule::NoneFailed:
        if (node.failed > 0)
            return UpstreamFailed;
        return node.open == 0 ? Scheduled : None;
    }
    return None;
}

void RunProgress::spread(std::vector<int>& changed, std::size_t from)
{
    for (std::size_t i = from; i < changed.size(); ++i) {
        for (const int next : at(changed[i]).down) {
            if (at(next).state != TaskState::None)
                continue;
            const TaskState now = verdict(at(next));
            if (now != TaskState::None)
                change(next, now, changed);
        }
    }
}

std::vector<int> RunProgress::set(int instance, TaskState state)
{
    std::vector<int> changed;
    if (state == TaskState::None || !mayFollow(at(instance).state, state))
        return changed;
    change(instance, state, changed);
    spread(changed, 0);
    return changed;
}

std::vector<int> RunProgress::begin()
{
    return settle();
}

std::vector<int> RunProgress::clear(std::span<const int> instances)
{
    std::vector<int> changed;
    for (const int instance : instances) {
        if (!isActive(state(instance)) && state(instance) != TaskState::None)
            change(instance, TaskState::None, changed);
    }
    for (const int more : settle()) {
        if (std::ranges::find(changed, more) == changed.end())
            changed.push_back(more);
    }
    return changed;
}

void RunProgress::restore(int instance, TaskState state)
{
    std::vector<int> changed;
    change(instance, state, changed);
}

std::vector<int> RunProgress::settle()
{
    std::vector<int> changed;
    for (std::size_t i = 0; i < m_nodes.size(); ++i) { // upstream comes first: one pass is enough
        if (m_nodes[i].state != TaskState::None)
            continue;
        const TaskState now = verdict(m_nodes[i]);
        if (now != TaskState::None)
            change(static_cast<int>(i), now, changed);
    }
    return changed;
}

std::vector<int> RunProgress::reach(int instance, std::vector<int> Node::*edges) const
{
    std::vector<bool> seen(m_nodes.size());
    std::vector<int> found {instance};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (const int next : at(found[i]).*edges) {
            if (!seen[static_cast<std::size_t>(next)]) {
                seen[static_cast<std::size_t>(next)] = true;
                found.push_back(next);
            }
        }
    }
    found.erase(found.begin());
    std::ranges::sort(found);
    return found;
}

std::vector<int> RunProgress::downstream(int instance) const
{
    return reach(instance, &Node::down);
}

std::vector<int> RunProgress::upstream(int instance) const
{
    return reach(instance, &Node::up);
}

RunState RunProgress::runState() const
{
    if (!isOver())
        return RunState::Running;
    const auto any = [this](auto matches) { return std::ranges::any_of(m_nodes, matches, &Node::state); };
    if (any([](TaskState state) { return state == TaskState::Failed || state == TaskState::UpstreamFailed; }))
        return RunState::Failed;
    if (any([](TaskState state) { return state == TaskState::Cancelled; }))
        return RunState::Cancelled;
    return any([](TaskState state) { return state == TaskState::SuccessWithGaps; }) ? RunState::SuccessWithGaps : RunState::Success;
}

} // namespace mnemo
