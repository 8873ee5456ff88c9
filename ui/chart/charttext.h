#pragma once

#include <QString>
#include <optional>

#include "ui/chart/candlescene.h"
#include "ui/chart/chartzone.h"

namespace mnemo {

// The sentences of a chart: values in, text out.

/// The bar that has not closed yet, as a stream tells it.
struct FormingBar {
    ChartBar bar;
    UtcMs closes {};
    bool operator==(const FormingBar&) const = default;
};

/// "O 1  H 2  L 1  C 2   +1.2 %   V 3 k"; the change is to @p previous' close.
QString valuesText(const ChartBar& bar, const ChartBar* previous, int decimals);
/// The same with time and state around it: "2024-01-31 10:20 UTC   O 1 ... closed".
QString legendText(
    const CandleMark& mark, const QString& state, const ChartBar* previous, int decimals, const ChartZone& zone);
/// "closed", "12 bars in one mark", "quarantined"; with what the rules say, where they say something.
QString stateText(std::int64_t bars, bool isQuarantined, const QualityNote* note);
/// The same for the bar under way at @p now, with the time that is left.
QString legendText(const FormingBar& forming, const ChartBar* previous, int decimals, const ChartZone& zone, UtcMs now);
/// "EXCHANGE Spot BTC/USDT 1m   C 1.5   +2.0 %"; the change is to @p reference where that is above 0.
QString overlayLegend(const QString& title, const ChartBar& bar, double reference, int decimals);

struct Measured {
    UtcMs from {}, to {};
    double fromPrice = 0, toPrice = 0;
};
/// "12 bars, 12 min 0 s; +1.5, +1.20 %".
QString measureText(const Measured& measured, milliseconds barLength, int decimals);

/// "4:05", "1:02:03", "2 d 3 h"; "0:00" when it is over.
QString countdownText(milliseconds left);
QString signedPercent(double percent);

/// What a reader of the screen is told: range, extremes, last bar, and the holes by class.
QString describeScene(const QString& title, const CandleScene& scene, const ChartZone& zone);

} // namespace mnemo
