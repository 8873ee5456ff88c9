#include "ui/pipelines/graphlayout.h"

#include <algorithm>
#include <map>

namespace mnemo {

namespace {

constexpr int sweeps = 4;

using Layers = std::vector<std::vector<int>>; ///< tasks of each, from the top

std::size_t at(int number)
{
    return static_cast<std::size_t>(number);
}

void number(const Layers& layers, std::vector<double>& order)
{
    for (const auto& layer : layers) {
        for (std::size_t i = 0; i < layer.size(); ++i)
            order[at(layer[i])] = static_cast<double>(i) - (static_cast<double>(layer.size()) - 1) / 2;
    }
}

/// Each task to the middle of its @p neighbours; who has none stays where it is.
void sort(std::vector<int>& layer, const std::vector<std::vector<int>>& neighbours, const std::vector<double>& order)
{
    std::map<int, double> middle;
    for (const int task : layer) {
        double sum = 0;
        for (const int other : neighbours[at(task)])
            sum += order[at(other)];
        middle[task] = neighbours[at(task)].empty() ? order[at(task)] : sum / static_cast<double>(neighbours[at(task)].size());
    }
    std::ranges::stable_sort(layer, {}, [&](int task) { return middle[task]; });
}

} // namespace

GraphLayout layOut(const std::vector<TaskDefinition>& tasks)
{
    GraphLayout layout;
    layout.places.resize(tasks.size());
    std::map<std::string, int> numbers;
    std::vector<std::vector<int>> up(tasks.size()), down(tasks.size());
    Layers layers;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const int task = static_cast<int>(i);
        numbers[tasks[i].id] = task;
        int layer = 0;
        for (const std::string& name : tasks[i].dependsOn) {
            const auto before = numbers.find(name);
            if (before == numbers.end())
                continue;
            up[i].push_back(before->second);
            down[at(before->second)].push_back(task);
            layout.edges.emplace_back(before->second, task);
            layer = std::max(layer, layout.places[at(before->second)].layer + 1);
        }
        layout.places[i].layer = layer;
        layers.resize(std::max(layers.size(), at(layer) + 1));
        layers[at(layer)].push_back(task);
    }
    std::vector<double> order(tasks.size());
    number(layers, order);
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        const bool isForward = sweep % 2 == 0;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            std::vector<int>& layer = layers[isForward ? i : layers.size() - 1 - i];
            sort(layer, isForward ? up : down, order);
            number(layers, order);
        }
    }
    layout.layers = static_cast<int>(layers.size());
    for (const auto& layer : layers)
        layout.widest = std::max(layout.widest, static_cast<int>(layer.size()));
    for (std::size_t i = 0; i < tasks.size(); ++i)
        layout.places[i].position = order[i] + (layout.widest - 1) / 2.0;
    return layout;
}

int crossings(const GraphLayout& layout)
{
    int count = 0;
    for (const auto& [a, b] : layout.edges) {
        for (const auto& [c, d] : layout.edges) {
            const auto &from = layout.places[at(a)], &to = layout.places[at(b)];
            const auto &otherFrom = layout.places[at(c)], &otherTo = layout.places[at(d)];
            if (from.layer == otherFrom.layer && to.layer == otherTo.layer && from.position < otherFrom.position && to.position > otherTo.position)
                ++count;
        }
    }
    return count;
}

} // namespace mnemo
