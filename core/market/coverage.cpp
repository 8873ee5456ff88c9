#include "core/market/coverage.h"

namespace mnemo {

std::string_view toText(CoverageState state)
{
    switch (state) {
    case CoverageState::Answered:
        return "answered";
    case CoverageState::Failed:
        return "failed";
    case CoverageState::Unlisted:
        return "unlisted";
    case CoverageState::Delisted:
        return "delisted";
    case CoverageState::BeyondRetention:
        return "beyond_retention";
    }
    return "failed";
}

std::optional<CoverageState> coverageStateFromText(std::string_view text)
{
    for (const auto state : {CoverageState::Answered, CoverageState::Failed, CoverageState::Unlisted,
             CoverageState::Delisted, CoverageState::BeyondRetention}) {
        if (toText(state) == text)
            return state;
    }
    return std::nullopt;
}

std::string_view toText(GapClass gapClass)
{
    switch (gapClass) {
    case GapClass::Empty:
        return "empty";
    case GapClass::Outage:
        return "outage";
    case GapClass::Failed:
        return "failed";
    case GapClass::Unlisted:
        return "unlisted";
    case GapClass::Delisted:
        return "delisted";
    case GapClass::BeyondRetention:
        return "beyond_retention";
    case GapClass::Unknown:
        return "unknown";
    }
    return "unknown";
}

} // namespace mnemo
