#include "core/base/timetext.h"

#include <charconv>
#include <cstdio>

namespace mnemo {

namespace {

using namespace std::chrono;

/// Takes digits off the front; nothing unless exactly @p count of them are there.
std::optional<int> takeNumber(std::string_view& text, std::size_t count)
{
    if (text.size() < count)
        return std::nullopt;
    int value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + count, value);
    if (ec != std::errc {} || end != text.data() + count || text.front() == '-')
        return std::nullopt;
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c)
{
    if (text.empty() || text.front() != c)
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<sys_days> takeDate(std::string_view& text)
{
    const auto y = takeNumber(text, 4);
    if (!y || !take(text, '-'))
        return std::nullopt;
    const auto m = takeNumber(text, 2);
    if (!m || !take(text, '-'))
        return std::nullopt;
    const auto d = takeNumber(text, 2);
    if (!d)
        return std::nullopt;
    const year_month_day date {year {*y}, month {static_cast<unsigned>(*m)}, day {static_cast<unsigned>(*d)}};
    if (!date.ok())
        return std::nullopt;
    return sys_days {date};
}

std::optional<milliseconds> takeFraction(std::string_view& text)
{
    int ms = 0;
    int digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
        if (digits < 3)
            ms = ms * 10 + (text.front() - '0');
    }
    if (digits == 0)
        return std::nullopt;
    for (int i = digits; i < 3; ++i)
        ms *= 10;
    return milliseconds {ms};
}

std::optional<milliseconds> takeClock(std::string_view& text)
{
    const auto h = takeNumber(text, 2);
    if (!h || !take(text, ':'))
        return std::nullopt;
    const auto m = takeNumber(text, 2);
    if (!m || *h > 24 || *m > 59)
        return std::nullopt;
    milliseconds sum = hours {*h} + minutes {*m};
    if (take(text, ':')) {
        const auto s = takeNumber(text, 2);
        if (!s || *s > 59)
            return std::nullopt;
        sum += seconds {*s};
        if (take(text, '.')) {
            const auto fraction = takeFraction(text);
            if (!fraction)
                return std::nullopt;
            sum += *fraction;
        }
    }
    return sum <= hours {24} ? std::optional {sum} : std::nullopt;
}

std::optional<milliseconds> takeZone(std::string_view& text)
{
    if (text.empty() || take(text, 'Z') || take(text, 'z'))
        return milliseconds {0};
    const int sign = text.front() == '-' ? -1 : 1;
    if (!take(text, '+') && !take(text, '-'))
        return std::nullopt;
    const auto h = takeNumber(text, 2);
    if (!h)
        return std::nullopt;
    const bool hasColon = take(text, ':');
    const auto m = text.empty() && !hasColon ? std::optional {0} : takeNumber(text, 2);
    if (!m || *h > 15 || *m > 59)
        return std::nullopt;
    return sign * milliseconds {hours {*h} + minutes {*m}};
}

std::optional<UtcMs> parseCalendar(std::string_view text)
{
    const auto date = takeDate(text);
    if (!date)
        return std::nullopt;
    if (text.empty())
        return UtcMs {*date};
    if (!take(text, 'T') && !take(text, ' '))
        return std::nullopt;
    const auto clock = takeClock(text);
    if (!clock)
        return std::nullopt;
    const auto zone = takeZone(text);
    if (!zone || !text.empty())
        return std::nullopt;
    return UtcMs {*date} + *clock - *zone;
}

} // namespace

UtcMs fromMagnitude(std::int64_t value)
{
    const std::uint64_t size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    if (size < 100'000'000'000)
        return fromMs(value * 1000);
    if (size < 100'000'000'000'000)
        return fromMs(value);
    if (size < 100'000'000'000'000'000)
        return floor<milliseconds>(sys_time<microseconds> {microseconds {value}});
    return floor<milliseconds>(sys_time<nanoseconds> {nanoseconds {value}});
}

std::optional<UtcMs> parseTime(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec == std::errc {} && end == text.data() + text.size() && !text.empty())
        return fromMagnitude(number);
    return parseCalendar(text);
}

std::optional<milliseconds> parseDuration(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc {} || number <= 0 || number > 100'000'000 || text.data() + text.size() - end != 1)
        return std::nullopt;
    switch (*end) {
    case 's':
        return seconds {number};
    case 'm':
        return minutes {number};
    case 'h':
        return hours {number};
    case 'd':
        return days {number};
    case 'w':
        return weeks {number};
    default:
        return std::nullopt;
    }
}

std::string formatIso(UtcMs time)
{
    const auto day = floor<days>(time);
    const year_month_day date {day};
    const hh_mm_ss clock {time - day};
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count()));
    return buffer;
}

std::string formatShort(UtcMs time)
{
    std::string text = formatIso(time);
    text[10] = ' ';
    const bool wholeMinute = time == floor<minutes>(time);
    text.resize(wholeMinute ? 16 : 19);
    return text;
}

std::string formatDate(UtcMs time)
{
    return formatIso(time).substr(0, 10);
}

} // namespace mnemo
