#include "core/pipeline/schedule.h"

#include "core/base/timetext.h"
#include "core/config/node.h"

namespace mnemo {

namespace {

constexpr milliseconds shortest {1000};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

/// What follows @p word and a blank; nothing where the text does not begin so.
std::optional<std::string_view> after(std::string_view text, std::string_view word)
{
    if (!text.starts_with(word) || text.size() <= word.size() || text[word.size()] != ' ')
        return std::nullopt;
    return trimmed(text.substr(word.size()));
}

std::string timeframeNames()
{
    std::string names;
    for (const Timeframe frame : Timeframe::all())
        names += (names.empty() ? "" : " ") + std::string(frame.name());
    return names;
}

} // namespace

Result<Schedule> Schedule::parse(std::string_view text, Zone zone)
{
    text = trimmed(text);
    Schedule schedule;
    schedule.m_zone = std::move(zone);
    if (text.empty() || text == "manual")
        return schedule;
    schedule.m_text = text;
    if (const auto length = after(text, "every")) {
        const auto every = parseDuration(*length);
        if (!every || *every < shortest)
            return fail(ErrorCode::InvalidArgument, "expected a length of at least a second, as every 5m, found " + yamlQuoted(text));
        schedule.m_when = Every {*every};
        return schedule;
    }
    if (const auto rest = after(text, "after")) {
        const auto plus = rest->find('+');
        const auto frame = Timeframe::fromName(trimmed(rest->substr(0, plus)));
        if (!frame) {
            return fail(ErrorCode::InvalidArgument,
                "expected a timeframe and perhaps a delay, as after 1h + 30s; timeframes are " + timeframeNames() + "; found " + yamlQuoted(text));
        }
        const auto delay = plus == std::string_view::npos ? milliseconds {0} : parseDuration(trimmed(rest->substr(plus + 1))).value_or(milliseconds {-1});
        if (delay < milliseconds {0} || delay >= frame->length())
            return fail(ErrorCode::InvalidArgument, "the delay must be shorter than the timeframe, as after 1h + 30s, found " + yamlQuoted(text));
        schedule.m_when = AfterClose {Grid(*frame), delay};
        return schedule;
    }
    auto cron = Cron::parse(text);
    if (!cron) {
        const bool looksLikeCron = text.front() == '@' || text.find(' ') != std::string_view::npos;
        if (looksLikeCron)
            return fail(cron.error());
        return fail(ErrorCode::InvalidArgument,
            "expected manual, every 5m, after 1h + 30s or a cron schedule as 0 3 * * *, found " + yamlQuoted(text));
    }
    schedule.m_when = *cron;
    return schedule;
}

std::optional<UtcMs> Schedule::next(UtcMs after) const
{
    if (const auto* every = std::get_if<Every>(&m_when)) {
        const auto since = after.time_since_epoch();
        const auto steps = since.count() >= 0 ? since / every->length : (since - every->length + milliseconds {1}) / every->length;
        return UtcMs {(steps + 1) * every->length};
    }
    if (const auto* close = std::get_if<AfterClose>(&m_when))
        return close->grid.next(close->grid.floor(after - close->delay)) + close->delay;
    if (const auto* cron = std::get_if<Cron>(&m_when))
        return cron->next(after, m_zone);
    return std::nullopt;
}

std::optional<UtcMs> Schedule::previous(UtcMs before) const
{
    using std::chrono::hours;
    // Looked for from ever further back: most schedules are due within the hour or the day.
    for (const hours back : {hours {1}, hours {25}, hours {24 * 32}, hours {24 * 367}, hours {24 * 366 * 12}}) {
        std::optional<UtcMs> last;
        for (auto due = next(before - back); due && *due < before; due = next(*due))
            last = due;
        if (last || isManual())
            return last;
    }
    return std::nullopt;
}

TimeRange Schedule::interval(UtcMs due) const
{
    return {previous(due).value_or(due), due};
}

} // namespace mnemo
