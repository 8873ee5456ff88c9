#pragma once

#include <QString>
#include <cstdint>

#include "core/base/clock.h"
#include "core/market/timerange.h"

namespace mnemo {

// Numbers and times as people read them, by QLocale. Times are UTC; the caller names the zone once per column or label.

QString timeText(UtcMs time);       ///< 2024-01-31 10:20, with seconds where they are not zero
QString dateText(UtcMs time);       ///< 2024-01-31
QString rangeText(TimeRange range); ///< dates alone where both ends are midnights
QString countText(std::int64_t count);
QString countText(double count, int decimals);
QString percentText(double share); ///< 0..1; never "100 %" for what is not whole, never "0 %" for what is not nothing
QString bytesText(std::int64_t bytes);
QString lengthText(milliseconds length); ///< the two largest units: "3 h 20 min"
QString priceText(double price, int decimals);
QString volumeText(double volume); ///< three or four digits with k, M, G
QString toQString(std::string_view text);

/// Decimals that show every step of @p step: 0.05 needs 2.
int decimalsFor(double step);
/// Decimals for prices about @p price when nothing else is known: five significant digits.
int decimalsOfPrice(double price);

} // namespace mnemo
