#pragma once

#include <span>
#include <string_view>

#include "core/market/candle.h"
#include "core/market/grid.h"
#include "core/storage/findings.h"

namespace mnemo {

/// What a page brought about the time of a finding.
struct PageNews {
    std::span<const Candle> rows; ///< stored now, of the finding's time; ascending
    bool stated = false; ///< the page has a row for each of its bars
    bool statedAny = false; ///< ... for at least one
    bool changed = false; ///< ... and stored values changed by it
    bool isReplay = false; ///< read again from the archive: says nothing new about what was wrong with answers
};

/// Whether a page alone can tell that findings of this rule no longer hold.
bool canHeal(std::string_view rule);

/// Whether the finding no longer holds after a page that did not raise it again. Judged are the rules that look at one
/// row and need nothing else, and those on answers; the others wait for the next validation. Pure.
bool isHealed(const Finding& finding, const Grid& grid, const PageNews& news);

} // namespace mnemo
