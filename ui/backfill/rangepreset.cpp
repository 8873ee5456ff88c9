#include "ui/backfill/rangepreset.h"

#include <QCoreApplication>
#include <array>

namespace mnemo {

namespace {

struct Ranges {
    Q_DECLARE_TR_FUNCTIONS(Ranges)
};

} // namespace

std::span<const RangePreset> rangePresets()
{
    static constexpr std::array all {RangePreset::LastDay, RangePreset::LastWeek, RangePreset::LastMonth,
        RangePreset::LastYear, RangePreset::AllHistory, RangePreset::Custom};
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
    case RangePreset::Custom: return Ranges::tr("From \u2026 to \u2026");
    }
    return {};
}

TimeRange rangeOf(RangePreset preset, UtcMs now)
{
    using namespace std::chrono;
    switch (preset) {
    case RangePreset::LastDay: return {now - hours {24}, now};
    case RangePreset::LastWeek: return {now - days {7}, now};
    case RangePreset::LastMonth: return {now - days {30}, now};
    case RangePreset::LastYear: return {now - days {365}, now};
    case RangePreset::AllHistory: return {sys_days {year {2010} / January / 1}, now};
    case RangePreset::Custom: break;
    }
    return {};
}

} // namespace mnemo
