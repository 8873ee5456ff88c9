#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/pipeline/definition.h"

namespace mnemo {

/// Where the tasks of a pipeline stand: layers from left to right, each task one layer after the last that it waits for
/// (longest path), and in each layer an order that crosses few edges (barycenters, swept to and fro). In units of nodes.
struct GraphLayout {
    struct Place {
        int layer = 0;
        double position = 0; ///< from the top, in nodes; layers are centred on each other
        bool operator==(const Place&) const = default;
    };
    std::vector<Place> places; ///< by task, in the order of the definition
    std::vector<std::pair<int, int>> edges; ///< from, to
    int layers = 0;
    int widest = 0; ///< most nodes of one layer
    bool operator==(const GraphLayout&) const = default;
};

/// @p tasks each after those that it depends on. Pure; O(edges) for each of a few sweeps: a thousand tasks take milliseconds.
GraphLayout layOut(const std::vector<TaskDefinition>& tasks);
int crossings(const GraphLayout& layout); ///< of edges between neighbouring layers; O(edges^2), for tests

} // namespace mnemo
