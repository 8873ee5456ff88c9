#pragma once

#include <optional>

#include "ui/bridge/storedseries.h"

namespace mnemo {

/// What stands for a series that is not stored, whose bars are made of a stored one's while they are read.
struct RolledStored {
    StoredSeries series; ///< as rolledSeries(); known as far as the other is
    SeriesKey madeOf;
};

/// As finerOf(), of a list. Nothing where @p wanted is stored or cannot be made.
std::optional<RolledStored> rolledOf(const StoredSeriesList& list, const SeriesKey& wanted);

} // namespace mnemo
