#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "core/quality/rules/checks.h"

namespace mnemo::checks {

// Places of numbers in rows, as in the columns of their kinds.
namespace funding {
    enum Column : std::size_t { rate, high, low, close, markPrice, intervalHours };
}
namespace liquidations {
    enum Column : std::size_t { longs, shorts, longsUsd, shortsUsd };
}
namespace ratio {
    enum Column : std::size_t { ratio, longShare, shortShare };
}

inline bool isQuarantined(const Metric& row)
{
    return (row.flags & Quarantined) != 0;
}

/// Adds every row of which @p whatIsWrong tells something; it says what is wrong with the first of a run.
template <class WhatIsWrong>
void eachRow(Kind kind, const MetricInput& input, Violations& out, const WhatIsWrong& whatIsWrong)
{
    for (const Metric& row : input.rows.subspan(input.first)) {
        if (std::string why = whatIsWrong(row); !why.empty() && out.add(row.time))
            out.say(std::move(why), words::first(kind, row));
    }
}

} // namespace mnemo::checks
