#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace date {
class time_zone;
}

namespace mnemo {

/// A time zone of the system's database, by its IANA name. A value; UTC needs no database. Any thread.
class Zone {
public:
    /// Errors: NotFound, with the nearest name where one looks alike.
    static Result<Zone> named(const std::string& name);
    Zone() = default; ///< UTC
    const std::string& name() const { return m_name; }

    /// A stretch of time with one offset, half-open.
    struct Segment {
        UtcMs begin {}, end {};
        milliseconds offset {0}; ///< local less UTC
    };
    Segment at(UtcMs time) const;

private:
    std::string m_name = "UTC";
    const date::time_zone* m_zone = nullptr; // lives as long as the process; null is UTC
};

/// Times of day and days as crontab(5) writes them: "MINUTE HOUR DAY MONTH WEEKDAY" with lists, ranges, steps and names, or
/// @hourly @daily @weekly @monthly @yearly. Where both DAY and WEEKDAY are restricted, either will do. Minutes are the
/// finest. A value.
class Cron {
public:
    /// Errors: InvalidArgument, naming the field and what may stand there.
    static Result<Cron> parse(std::string_view text);

    /// The first due time later than @p after; nothing where there is none within twelve years (30 February).
    /// Days with a change of the clock: what falls into the hour that is left out is due once, at the change; what falls into
    /// the hour that comes twice is due once, the first time. Schedules whose minute or hour begins with `*` follow the
    /// time that passes instead: every hour that there is. Cost: microseconds; a rare day milliseconds.
    std::optional<UtcMs> next(UtcMs after, const Zone& zone) const;

    bool operator==(const Cron&) const = default;

private:
    using LocalMinute = std::int64_t; ///< minutes since 1970 by the clock on the wall
    /// The first match in [from, to).
    std::optional<LocalMinute> firstIn(LocalMinute from, LocalMinute to) const;
    bool matchesDay(std::int64_t day) const;

    std::bitset<60> m_minutes;
    std::bitset<24> m_hours;
    std::bitset<32> m_days;
    std::bitset<13> m_months;
    std::bitset<7> m_weekdays; ///< 0 is Sunday
    bool m_anyDay = false, m_anyWeekday = false; ///< begin with *
    bool m_followsTime = false; ///< minute or hour begins with *
};

} // namespace mnemo
