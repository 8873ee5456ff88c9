#include "app/simulator/faults.h"

#include <algorithm>

#include "app/simulator/noise.h"
#include "core/base/decimal.h"

namespace mnemo::sim {

namespace {

constexpr std::array<std::string_view, faultCount> names {
    "5xx", "reset", "429", "418", "truncate", "corrupt", "stall", "html", "short", "duplicate", "revise", "hole"};

std::optional<std::chrono::milliseconds> parseLatency(std::string_view text)
{
    double factor = 1;
    if (text.ends_with("ms")) {
        text.remove_suffix(2);
    } else if (text.ends_with("s")) {
        text.remove_suffix(1);
        factor = 1000;
    }
    const auto value = parseDecimal(text);
    if (!value || *value < 0 || *value * factor > 3.6e6)
        return std::nullopt;
    return std::chrono::milliseconds {static_cast<std::int64_t>(*value * factor)};
}

} // namespace

std::string_view toText(Fault fault)
{
    return names[static_cast<std::size_t>(fault)];
}

Result<FaultPlan> parseFaultPlan(std::string_view text)
{
    FaultPlan plan;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const auto equals = item.find('=');
        const std::string_view name = item.substr(0, equals);
        const std::string_view value = equals == std::string_view::npos ? std::string_view {} : item.substr(equals + 1);
        if (name == "latency") {
            const auto latency = parseLatency(value);
            if (!latency)
                return fail(ErrorCode::InvalidArgument,
                    "--fault latency: '" + std::string(value) + "' is not a time of up to an hour, such as 50ms");
            plan.latency = *latency;
            continue;
        }
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) {
            return fail(ErrorCode::InvalidArgument, "--fault: '" + std::string(name)
                    + "' is unknown; there are 5xx, reset, 429, 418, truncate, corrupt, stall, html, short, duplicate, revise, hole and latency");
        }
        const bool isNone = value.empty() && equals != std::string_view::npos; // "418="
        const auto probability = isNone ? std::optional(0.0) : parseDecimal(value);
        if (!probability || *probability < 0 || *probability > 1)
            return fail(ErrorCode::InvalidArgument, "--fault " + std::string(name) + ": '" + std::string(value)
                    + "' is not a probability from 0 to 1");
        plan.probability[static_cast<std::size_t>(found - names.begin())] = *probability;
    }
    double failures = 0;
    for (std::size_t i = 0; i < firstRowFault; ++i)
        failures += plan.probability[i];
    if (failures > 1)
        return fail(ErrorCode::InvalidArgument,
            "--fault: 5xx, reset, 429, 418, truncate, corrupt, stall and html exclude each other, and their sum is above 1");
    return plan;
}

FaultDraw FaultDice::draw(std::uint64_t request) const
{
    FaultDraw result;
    const std::uint64_t hash = mix(m_seed, request);
    result.noise = mix(hash ^ 0xFA17);
    double left = unit(hash);
    for (std::size_t i = 0; i < firstRowFault; ++i) {
        if (left < m_plan.probability[i]) {
            result.failure = static_cast<Fault>(i);
            return result;
        }
        left -= m_plan.probability[i];
    }
    for (std::size_t i = firstRowFault; i < faultCount; ++i)
        result.rows[i] = unit(mix(hash, i)) < m_plan.probability[i];
    return result;
}

} // namespace mnemo::sim
