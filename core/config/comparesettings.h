#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mnemo {

/// How far two series of one instrument may differ before a comparison objects. Basis points are those of the second
/// series' price.
struct CompareLimits {
    double closeBp = 30; ///< closes, beside the basis: the usual difference of these bars
    double ohlBp = 60; ///< open, high and low, likewise
    double rangeShare = 0.5; ///< both grow by this part of the narrower bar's high less low: fast minutes differ more
    double basisBp = 150; ///< the basis itself
    double volumeFactor = 8; ///< a stretch whose volume ratio is this far from the usual one
    int missingBars = 1; ///< shorter stretches that one side lacks are counted alone
    double interestPercent = 0; ///< of open interest, of the second series'; 0: not judged, as venues hold what they hold
    bool operator==(const CompareLimits&) const = default;
};

/// What is different for some pairs; what is not stated stays.
struct ComparePair {
    std::vector<std::string> between; ///< exchanges: one of the two sides for one name, both sides for more; empty: any
    std::vector<std::string> markets, symbols; ///< of either side; empty: any
    std::optional<double> closeBp, ohlBp, rangeShare, basisBp, volumeFactor;
    std::optional<int> missingBars;
    std::optional<double> interestPercent {};
    bool operator==(const ComparePair&) const = default;
};

struct CompareSettings {
    int window = 120; ///< bars that are judged together: basis, usual volume ratio
    int shiftBars = 30; ///< the shortest shift of the time that is looked for; part of the window
    int maxLag = 3; ///< bars either way
    int thinStretches = 6; ///< a side that lacks bars in more places of a window, or usually in a quarter as many,
                           ///< trades too little to be missed
    CompareLimits venues; ///< two venues
    CompareLimits sources {0.5, 0.5, 0, 1, 1.05, 1, 2}; ///< two sources that tell of one venue
    std::vector<ComparePair> pairs; ///< each that fits overrides what stands before it
    bool operator==(const CompareSettings&) const = default;
};

} // namespace mnemo
