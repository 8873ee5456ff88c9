#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/quality/compare.h"
#include "core/storage/store.h"
#include "ui/coverage/celllook.h"

namespace mnemo {

struct Heatmap;

/// One instrument as two venues tell it.
struct SeriesPair {
    SeriesRecord first, second;
    Timeframe timeframe() const; ///< of the bars that are compared: the longer one
};

/// The bars of a stretch held against each other. A value; adding stretches that do not overlap is exact.
struct DisagreementCell {
    std::int64_t compared = 0; ///< bars that both have
    std::int64_t beyond = 0; ///< of compared: further apart than the limit of the comparison
    std::int64_t onlyFirst = 0, onlySecond = 0; ///< bars that one alone has
    double worstBp = 0; ///< of the closes: the furthest from what is usual between both, in basis points, signed

    std::int64_t bars() const { return compared + onlyFirst + onlySecond; }
    /// Bars that both have within the limit, of all that one has; nothing where none has any.
    std::optional<double> agreement() const;
    DisagreementCell& operator+=(const DisagreementCell& other);
    bool operator==(const DisagreementCell&) const = default;
};

/// What is known so far of a pair.
struct Disagreement {
    SeriesRecord other; ///< the second one
    std::vector<DisagreementCell> cells; ///< by column; those from unread on are read, the newest come first
    std::size_t unread = 0;
    DisagreementCell total; ///< of what is read
    std::optional<Error> error; ///< nothing more is read
};

/// Every series of another venue whose symbol @p venue has in the same market; of several timeframes the same one, or the
/// one that makes the finest comparison.
std::vector<SeriesPair> pairsWith(const Heatmap& heatmap, const std::string& venue);

/// @param bounds ascending; a bar counts where it opens, those outside are left out
std::vector<DisagreementCell> cellsOf(std::span<const BarDifference> bars, std::span<const UtcMs> bounds);

/// Full where both agree; a cross where bars are beyond the limit, else a hatch where one alone has bars.
CellLook lookOf(const DisagreementCell& cell);

/// In sentences: for tool tips, readers of the screen, and beside the matrix.
QString describe(const SeriesPair& pair, const std::optional<TimeRange>& bucket, const DisagreementCell& cell);

} // namespace mnemo
