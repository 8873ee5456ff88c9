#include "core/pipeline/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <date/tz.h>

#include "core/config/node.h"

namespace mnemo {

namespace {

constexpr std::int64_t minutesOfDay = 24 * 60;
constexpr std::int64_t searchedDays = 12 * 366;

struct Field {
    const char* name;
    int min, max;
    std::vector<std::string> words {}; ///< of min, min + 1, ...
};

const std::array<Field, 5> fields {Field {"minute", 0, 59}, Field {"hour", 0, 23}, Field {"day of the month", 1, 31},
    Field {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
    Field {"day of the week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}};

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(separator, from), text.size());
        parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

std::optional<int> number(std::string_view text)
{
    int value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    return ec == std::errc {} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<int> valueOf(const Field& field, std::string_view text)
{
    const auto word = std::ranges::find(field.words, lowered(text));
    const auto value = word != field.words.end() ? std::optional(field.min + static_cast<int>(word - field.words.begin())) : number(text);
    return value && *value >= field.min && *value <= field.max ? value : std::nullopt;
}

struct Span {
    int first = 0, last = 0, step = 1;
};

/// "*", "3", "3-7", each with "/2".
std::optional<Span> spanOf(const Field& field, std::string_view text)
{
    Span span {field.min, field.max};
    if (const auto slash = text.find('/'); slash != std::string_view::npos) {
        const auto step = number(text.substr(slash + 1));
        if (!step || *step < 1)
            return std::nullopt;
        span.step = *step;
        text = text.substr(0, slash);
    }
    if (text == "*")
        return span;
    const auto dash = text.find('-');
    const auto first = valueOf(field, text.substr(0, dash));
    if (!first)
        return std::nullopt;
    span.first = *first;
    if (dash == std::string_view::npos) {
        if (span.step == 1)
            span.last = *first; // "5/15" goes on to the end, as everywhere
        return span;
    }
    const auto last = valueOf(field, text.substr(dash + 1));
    if (!last || *last < *first)
        return std::nullopt;
    span.last = *last;
    return span;
}

template<std::size_t size>
Result<void> readField(const Field& field, std::string_view text, std::bitset<size>& target)
{
    for (const std::string_view part : split(text, ',')) {
        const auto span = spanOf(field, part);
        if (!span) {
            return fail(ErrorCode::InvalidArgument,
                std::string("the ") + field.name + " of a cron schedule is " + std::to_string(field.min) + " to "
                    + std::to_string(field.max) + ", as 5, 1-5, */15 or 0,30; found " + yamlQuoted(part));
        }
        for (int value = span->first; value <= span->last; value += span->step)
            target.set(static_cast<std::size_t>(value) % (size == 7 ? 7 : size)); // Sunday is 0 and 7
    }
    return {};
}

std::string_view spelledOut(std::string_view text)
{
    static constexpr std::pair<std::string_view, std::string_view> words[] {{"@hourly", "0 * * * *"}, {"@daily", "0 0 * * *"},
        {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"}, {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
        {"@annually", "0 0 1 1 *"}};
    for (const auto& [word, meaning] : words) {
        if (text == word)
            return meaning;
    }
    return text;
}

/// Before and after what the database knows: seconds would not fit into milliseconds there.
UtcMs clamped(date::sys_seconds time)
{
    static const date::sys_seconds first {std::chrono::seconds {toMs(UtcMs::min()) / 1000 + 1}};
    static const date::sys_seconds last {std::chrono::seconds {toMs(UtcMs::max()) / 1000 - 1}};
    return std::clamp(time, first, last);
}

} // namespace

Result<Zone> Zone::named(const std::string& name)
{
    Zone zone;
    if (name.empty() || name == "UTC")
        return zone;
    try {
        zone.m_zone = date::locate_zone(name);
        zone.m_name = name;
        return zone;
    } catch (const std::exception&) {
        std::vector<std::string> known;
        try {
            for (const auto& one : date::get_tzdb().zones)
                known.push_back(one.name());
        } catch (const std::exception&) {
            return fail(ErrorCode::NotFound, "there are no time zones on this machine but UTC: install tzdata");
        }
        const std::string nearest = nearestOf(name, known);
        return fail(ErrorCode::NotFound,
            "there is no time zone " + yamlQuoted(name) + (nearest.empty() ? std::string(": a name is Europe/Berlin or UTC") : " (did you mean " + nearest + "?)"));
    }
}

Zone::Segment Zone::at(UtcMs time) const
{
    if (!m_zone)
        return {UtcMs::min(), UtcMs::max(), milliseconds {0}};
    const auto info = m_zone->get_info(std::chrono::floor<std::chrono::seconds>(time));
    return {clamped(info.begin), clamped(info.end), info.offset};
}

Result<Cron> Cron::parse(std::string_view text)
{
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(spelledOut(text), ' ')) {
        if (!part.empty())
            parts.push_back(part);
    }
    if (parts.size() != fields.size()) {
        return fail(ErrorCode::InvalidArgument,
            "a cron schedule has five fields, minute hour day month weekday, or is @hourly, @daily, @weekly, @monthly, @yearly; found " + yamlQuoted(text));
    }
    Cron cron;
    Result<void> read = readField(fields[0], parts[0], cron.m_minutes);
    if (read)
        read = readField(fields[1], parts[1], cron.m_hours);
    if (read)
        read = readField(fields[2], parts[2], cron.m_days);
    if (read)
        read = readField(fields[3], parts[3], cron.m_months);
    if (read)
        read = readField(fields[4], parts[4], cron.m_weekdays);
    if (!read)
        return fail(read.error());
    cron.m_anyDay = parts[2].starts_with('*');
    cron.m_anyWeekday = parts[4].starts_with('*');
    cron.m_followsTime = parts[0].starts_with('*') || parts[1].starts_with('*');
    return cron;
}

bool Cron::matchesDay(std::int64_t day) const
{
    const date::sys_days sysDay {date::days {day}};
    const date::year_month_day ymd {sysDay};
    if (!m_months.test(static_cast<unsigned>(ymd.month())))
        return false;
    const bool isDay = m_days.test(static_cast<unsigned>(ymd.day()));
    const bool isWeekday = m_weekdays.test(date::weekday {sysDay}.c_encoding());
    return m_anyDay || m_anyWeekday ? isDay && isWeekday : isDay || isWeekday;
}

std::optional<Cron::LocalMinute> Cron::firstIn(LocalMinute from, LocalMinute to) const
{
    const auto dayOf = [](LocalMinute minute) { return (minute >= 0 ? minute : minute - minutesOfDay + 1) / minutesOfDay; };
    for (std::int64_t day = dayOf(from); day * minutesOfDay < to && day <= dayOf(from) + searchedDays; ++day) {
        if (!matchesDay(day))
            continue;
        for (std::int64_t hour = 0; hour < 24; ++hour) {
            if (!m_hours.test(static_cast<std::size_t>(hour)))
                continue;
            for (std::int64_t minute = 0; minute < 60; ++minute) {
                const LocalMinute found = day * minutesOfDay + hour * 60 + minute;
                if (found >= to)
                    return std::nullopt;
                if (found >= from && m_minutes.test(static_cast<std::size_t>(minute)))
                    return found;
            }
        }
    }
    return std::nullopt;
}

std::optional<UtcMs> Cron::next(UtcMs after, const Zone& zone) const
{
    using std::chrono::minutes;
    const auto minuteOf = [](UtcMs time) { return std::chrono::ceil<minutes>(time).time_since_epoch().count(); };
    const auto limit = after + date::days {searchedDays};
    UtcMs time = std::chrono::floor<minutes>(after) + minutes {1};
    while (time < limit) {
        const Zone::Segment here = zone.at(time);
        const auto offset = std::chrono::duration_cast<minutes>(here.offset).count();
        LocalMinute from = minuteOf(time) + offset;
        if (!m_followsTime && here.begin > UtcMs {} && time - here.begin < std::chrono::hours {48}) {
            const auto before = std::chrono::duration_cast<minutes>(zone.at(here.begin - milliseconds {1}).offset).count();
            const LocalMinute change = minuteOf(here.begin);
            if (time <= here.begin && firstIn(change + before, change + offset))
                return here.begin; // in the hour that is left out
            from = std::max(from, change + before); // the hour that comes twice has been
        }
        const UtcMs end = std::min<UtcMs>(here.end, limit);
        if (const auto found = firstIn(from, minuteOf(end) + offset))
            return UtcMs {minutes {*found - offset}};
        time = end;
    }
    return std::nullopt;
}

} // namespace mnemo
