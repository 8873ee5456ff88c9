#include "core/exchange/timeunit.h"

#include <charconv>
#include <cmath>

#include "core/base/decimal.h"
#include "core/base/timetext.h"

namespace mnemo::description {

namespace {

constexpr std::int64_t lastMs = 253'402'300'799'999; // the end of the year 9999

std::int64_t floorDiv(std::int64_t a, std::int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

std::optional<std::int64_t> plausible(std::int64_t ms)
{
    return ms >= 0 && ms <= lastMs ? std::optional(ms) : std::nullopt;
}

std::optional<std::int64_t> fromWhole(std::int64_t value, TimeUnit unit)
{
    switch (unit) {
    case TimeUnit::Milliseconds:
        return plausible(value);
    case TimeUnit::Seconds:
        return value >= 0 && value <= lastMs / 1000 ? std::optional(value * 1000) : std::nullopt;
    case TimeUnit::Microseconds:
        return plausible(floorDiv(value, 1'000));
    case TimeUnit::Nanoseconds:
        return plausible(floorDiv(value, 1'000'000));
    case TimeUnit::Magnitude:
        return value >= 0 ? plausible(toMs(fromMagnitude(value))) : std::nullopt;
    case TimeUnit::Iso:
    case TimeUnit::IsoSeconds:
    case TimeUnit::YmdHms:
    case TimeUnit::Yyyymmdd:
    case TimeUnit::Yyyy:
        break;
    }
    return std::nullopt;
}

} // namespace

const std::vector<std::pair<std::string, TimeUnit>>& timeUnitWords()
{
    static const std::vector<std::pair<std::string, TimeUnit>> words{{"ms", TimeUnit::Milliseconds},
        {"s", TimeUnit::Seconds}, {"us", TimeUnit::Microseconds}, {"ns", TimeUnit::Nanoseconds}, {"iso", TimeUnit::Iso},
        {"iso_s", TimeUnit::IsoSeconds}, {"ymd_hms", TimeUnit::YmdHms}, {"yyyymmdd", TimeUnit::Yyyymmdd},
        {"yyyy", TimeUnit::Yyyy}, {"magnitude", TimeUnit::Magnitude}};
    return words;
}

bool isNumeric(TimeUnit unit)
{
    switch (unit) {
    case TimeUnit::Milliseconds:
    case TimeUnit::Seconds:
    case TimeUnit::Microseconds:
    case TimeUnit::Nanoseconds:
    case TimeUnit::Magnitude:
        return true;
    case TimeUnit::Iso:
    case TimeUnit::IsoSeconds:
    case TimeUnit::YmdHms:
    case TimeUnit::Yyyymmdd:
    case TimeUnit::Yyyy:
        break;
    }
    return false;
}

milliseconds granularity(TimeUnit unit)
{
    return unit == TimeUnit::Seconds || unit == TimeUnit::IsoSeconds || unit == TimeUnit::YmdHms ? milliseconds{1000}
                                                                                                 : milliseconds{1};
}

std::string timeText(std::int64_t ms, TimeUnit unit)
{
    const auto iso = [ms] { return formatIso(fromMs(ms)); };
    switch (unit) {
    case TimeUnit::Seconds:
        return std::to_string(floorDiv(ms, 1000));
    case TimeUnit::Microseconds:
        return std::to_string(ms) + "000";
    case TimeUnit::Nanoseconds:
        return std::to_string(ms) + "000000";
    case TimeUnit::Iso:
        return iso();
    case TimeUnit::IsoSeconds:
        return iso().substr(0, 19) + "Z";
    case TimeUnit::YmdHms:
        return iso().substr(0, 10) + " " + iso().substr(11, 8);
    case TimeUnit::Yyyymmdd:
        return iso().substr(0, 4) + iso().substr(5, 2) + iso().substr(8, 2);
    case TimeUnit::Yyyy:
        return iso().substr(0, 4);
    case TimeUnit::Milliseconds:
    case TimeUnit::Magnitude:
        break;
    }
    return std::to_string(ms);
}

std::optional<std::int64_t> readTime(std::string_view text, TimeUnit unit)
{
    if (isNumeric(unit)) {
        std::int64_t value = 0;
        const char* last = text.data() + text.size();
        const auto [end, ec] = std::from_chars(text.data(), last, value);
        if (ec == std::errc{} && end == last)
            return fromWhole(value, unit);
        const auto decimal = parseDecimal(text); // "1700000000.0", 1.7e9
        if (!decimal || std::abs(*decimal) > 9e18)
            return std::nullopt;
        if (unit == TimeUnit::Seconds && *decimal >= 0 && *decimal < 1e12)
            return plausible(std::llround(*decimal * 1000));
        return fromWhole(std::llround(*decimal), unit);
    }
    if (unit == TimeUnit::Yyyymmdd && text.size() == 8) {
        const auto day = parseTime(
            std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" + std::string(text.substr(6, 2)));
        return day ? plausible(toMs(*day)) : std::nullopt;
    }
    if (text.size() < 10 || text[4] != '-') // parseTime also reads plain numbers
        return std::nullopt;
    const auto time = parseTime(text);
    return time ? plausible(toMs(*time)) : std::nullopt;
}

} // namespace mnemo::description
