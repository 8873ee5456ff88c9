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

std::vector<FaultItem> faultItems(std::string_view text)
{
    std::vector<FaultItem> items;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view item = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const auto equals = item.find('=');
        items.push_back({item.substr(0, equals),
            equals == std::string_view::npos ? std::nullopt : std::optional(item.substr(equals + 1))});
    }
    return items;
}

Result<double> probabilityOf(const FaultItem& item, std::string_view option)
{
    if (item.value && item.value->empty())
        return 0.0;
    const std::string value(item.value.value_or(std::string_view {}));
    const auto probability = parseDecimal(value);
    if (!probability || *probability < 0 || *probability > 1)
        return fail(ErrorCode::InvalidArgument,
            std::string(option) + ' ' + std::string(item.name) + ": '" + value + "' is not a probability from 0 to 1");
    return *probability;
}

Result<FaultPlan> parseFaultPlan(std::string_view text)
{
    FaultPlan plan;
    for (const auto& [name, value] : faultItems(text)) {
        if (name == "latency") {
            const auto latency = parseLatency(value.value_or(std::string_view {}));
            if (!latency)
                return fail(ErrorCode::InvalidArgument,
                    "--fault latency: '" + std::string(value.value_or(std::string_view {})) + "' is not a time of up to an hour, such as 50ms");
            plan.latency = *latency;
            continue;
        }
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) {
            return fail(ErrorCode::InvalidArgument, "--fault: '" + std::string(name)
                    + "' is unknown; there are 5xx, reset, 429, 418, truncate, corrupt, stall, html, short, duplicate, revise, hole and latency");
        }
        const auto probability = probabilityOf({name, value}, "--fault");
        if (!probability)
            return fail(probability.error());
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
