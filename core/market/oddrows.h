#pragma once

#include "core/market/candle.h"

namespace mnemo {

/// Two rows of one time in one answer or file.
struct RepeatedRow {
    Candle dropped, kept;
    bool operator==(const RepeatedRow&) const = default;
};

/// A row that states another close than the end of its bar.
struct IrregularClose {
    UtcMs openTime {}, closeTime {};
    bool operator==(const IrregularClose&) const = default;
};

} // namespace mnemo
