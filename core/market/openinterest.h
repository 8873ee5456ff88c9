#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.h"

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

} // namespace mnemo
