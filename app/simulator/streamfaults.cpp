#include "app/simulator/streamfaults.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "app/simulator/faults.h"
#include "app/simulator/noise.h"

namespace mnemo::sim {

namespace {

constexpr std::array<std::string_view, streamFaultCount> names {
    "drop", "close", "stall", "lost", "twice", "late", "garbage"};

} // namespace

Result<StreamFaultPlan> parseStreamFaultPlan(std::string_view text)
{
    StreamFaultPlan plan;
    for (const FaultItem& item : faultItems(text)) {
        const auto found = std::ranges::find(names, item.name);
        if (found == names.end())
            return fail(ErrorCode::InvalidArgument,
                "--stream-fault: '" + std::string(item.name) + "' is unknown; there are drop, close, stall, lost, twice, late and garbage");
        const auto probability = probabilityOf(item, "--stream-fault");
        if (!probability)
            return fail(probability.error());
        plan.probability[static_cast<std::size_t>(found - names.begin())] = *probability;
    }
    if (std::accumulate(plan.probability.begin(), plan.probability.end(), 0.0) > 1)
        return fail(ErrorCode::InvalidArgument, "--stream-fault: the sum of all is above 1");
    return plan;
}

std::optional<StreamFault> StreamFaultDice::next()
{
    double left = unit(mix(m_seed ^ 0x57EA, m_count++));
    for (std::size_t i = 0; i < streamFaultCount; ++i) {
        if (left < m_plan.probability[i])
            return static_cast<StreamFault>(i);
        left -= m_plan.probability[i];
    }
    return std::nullopt;
}

} // namespace mnemo::sim
