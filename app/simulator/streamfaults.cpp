#include "app/simulator/streamfaults.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "app/simulator/noise.h"
#include "core/base/decimal.h"

namespace mnemo::sim {

namespace {

constexpr std::array<std::string_view, streamFaultCount> names {
    "drop", "close", "stall", "lost", "twice", "late", "garbage"};

} // namespace

Result<StreamFaultPlan> parseStreamFaultPlan(std::string_view text)
{
    StreamFaultPlan plan;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const auto equals = item.find('=');
        const std::string name(item.substr(0, equals));
        const auto found = std::ranges::find(names, name);
        if (found == names.end())
            return fail(ErrorCode::InvalidArgument,
                "--stream-fault: '" + name + "' is unknown; there are drop, close, stall, lost, twice, late and garbage");
        const std::string value(equals == std::string_view::npos ? std::string_view {} : item.substr(equals + 1));
        const auto probability = parseDecimal(value);
        if (!probability || *probability < 0 || *probability > 1)
            return fail(ErrorCode::InvalidArgument,
                "--stream-fault " + name + ": '" + value + "' is not a probability from 0 to 1");
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
