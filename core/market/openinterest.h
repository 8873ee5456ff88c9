#pragma once

#include "core/market/metric.h"

namespace mnemo {

/// Open interest at one moment, one-sided; at least one of amount and value should be there. Flags as CandleFlag.
struct OpenInterest {
    UtcMs time {};
    std::optional<double> amount {}; ///< base units
    std::optional<double> value {}; ///< USD
    std::optional<double> rawAmount {}, rawValue {}; ///< as the source states them
    std::uint32_t flags = 0;
    bool operator==(const OpenInterest&) const = default;
};

inline Metric toMetric(const OpenInterest& row)
{
    return {row.time, {row.amount, row.value, row.rawAmount, row.rawValue, {}, {}}, row.flags};
}

inline OpenInterest toOpenInterest(const Metric& row)
{
    return {row.time, row.numbers[0], row.numbers[1], row.numbers[2], row.numbers[3], row.flags};
}

} // namespace mnemo
