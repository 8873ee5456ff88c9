#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/simulator/archivefiles.h"
#include "app/simulator/defects.h"
#include "app/simulator/faults.h"
#include "app/simulator/limits.h"
#include "app/simulator/marketstore.h"
#include "app/simulator/server.h"

namespace mnemo::sim {

struct Options {
    std::vector<DataSpec> data;
    std::optional<std::uint64_t> synthetic; ///< seed
    std::vector<std::string> exchanges;     ///< of the synthetic world
    std::optional<UtcMs> now;               ///< the clock stands still there, or begins there where it is fast
    int speed = 1;                          ///< of the clock
    std::int64_t beatMs = 0;                ///< of streams; 0: a second, or where the clock is fast a twentieth
    std::uint64_t seed = 1;                 ///< of the faults and defects
    std::vector<DefectSpec> defects;        ///< each of another market or timeframe
    std::string defectsLog; ///< file; empty: none is written
    LimitMode limits;
    FaultPlan faults;
    FileFaultPlan fileFaults; ///< of Binance's archive
    ServerSettings server;
    std::string record;
    bool diesWithParent = false;
    bool showsHelp = false, showsVersion = false;
};

/// "--name value" and "--name=value". The error is one sentence: what is wrong and what would be right.
Result<Options> parseOptions(std::span<const std::string_view> arguments);
Result<DataSpec> parseDataSpec(std::string_view text);
std::string_view helpText();

} // namespace mnemo::sim
