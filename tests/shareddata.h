#pragma once

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "places.h"

namespace mnemo {

/// The folder `data` of recorded market data that has @p name; empty where it is missing, and the test is skipped.
/// $MNEMO_SHARED is looked at first, then a folder `shared` beside the sources.
inline std::filesystem::path sharedData(const char* name)
{
    const std::filesystem::path source = MNEMO_SOURCE_DIR;
    std::vector<std::filesystem::path> places {source / "../shared", source / "../../shared"};
    if (const char* set = std::getenv("MNEMO_SHARED"))
        places.insert(places.begin(), set);
    for (const auto& place : places) {
        if (std::filesystem::exists(place / "data" / name))
            return place / "data";
    }
    return {};
}

} // namespace mnemo
