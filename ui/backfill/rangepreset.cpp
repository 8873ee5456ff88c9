#include "ui/backfill/rangepreset.h"

#include <QCoreApplication>
#include <array>

namespace mnemo {

namespace {

using namespace std::chrono;

struct Ranges {
    Q_DECLARE_TR_FUNCTIONS(Ranges)
};

constexpr UtcMs beginning = sys_days {year {2010} / January / 1};

UtcMs barsBefore(UtcMs now, Timeframe frame, int bars)
{
    const Grid grid(frame);
    return std::max(beginning, grid.advance(grid.floor(now), -bars));
}

} // namespace

std::span<const RangePreset> rangePresets()
{
    static constexpr std::array all {RangePreset::LastDay, RangePreset::LastWeek, RangePreset::LastMonth,
        RangePreset::LastYear, RangePreset::AllHistory, RangePreset::OnlyHoles, RangePreset::LastDays,
        RangePreset::LastBars, RangePreset::Custom};
    return all;
}

QString textOf(RangePreset preset)
{
    switch (preset) {
    case RangePreset::LastDay: return Ranges::tr("Last 24 hours");
    case RangePreset::LastWeek: return Ranges::tr("Last 7 days");
    case RangePreset::LastMonth: return Ranges::tr("Last 30 days");
    case RangePreset::LastYear: return Ranges::tr("Last year");
    case RangePreset::AllHistory: return Ranges::tr("All history");
    case RangePreset::OnlyHoles: return Ranges::tr("Only holes in what is stored");
    case RangePreset::LastDays: return Ranges::tr("Last days \u2026");
    case RangePreset::LastBars: return Ranges::tr("Last bars \u2026");
    case RangePreset::Custom: return Ranges::tr("From \u2026 to \u2026");
    }
    return {};
}

TimeRange RangeChoice::range(UtcMs now, Timeframe frame) const
{
    switch (preset) {
    case RangePreset::LastDay: return {now - hours {24}, now};
    case RangePreset::LastWeek: return {now - days {7}, now};
    case RangePreset::LastMonth: return {now - days {30}, now};
    case RangePreset::LastYear: return {now - days {365}, now};
    case RangePreset::AllHistory:
    case RangePreset::OnlyHoles: return {beginning, now};
    case RangePreset::LastDays: return {std::max(beginning, now - days {count}), now};
    case RangePreset::LastBars: return {barsBefore(now, frame, count), now};
    case RangePreset::Custom: return custom;
    }
    return {};
}

QString problemOf(const RangeChoice& choice, UtcMs now)
{
    if (choice.preset != RangePreset::Custom)
        return {};
    if (choice.custom.isEmpty())
        return Ranges::tr("The range is empty: its end must be later than its beginning.");
    if (choice.custom.from >= now)
        return Ranges::tr("The range lies in the future: choose an earlier beginning.");
    return {};
}

} // namespace mnemo
