#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/market/grid.h"
#include "core/market/timerange.h"
#include "core/pipeline/cron.h"

namespace mnemo {

/// When a pipeline is due:
///     manual           never by itself
///     every 5m         at each multiple of the length since 1970 in UTC
///     after 1h + 30s   when a bar of the timeframe has closed, and so much later; the delay may be left out
///     0 3 * * *        cron, in the pipeline's zone
/// A value. A run works on the interval from the due time before its own to its own.
class Schedule {
public:
    /// Errors: InvalidArgument, saying what is wrong.
    static Result<Schedule> parse(std::string_view text, Zone zone = {});
    Schedule() = default; ///< manual

    const std::string& text() const { return m_text; }
    bool isManual() const { return std::holds_alternative<std::monostate>(m_when); }
    std::optional<UtcMs> next(UtcMs after) const;      ///< the first due time later than @p after
    std::optional<UtcMs> previous(UtcMs before) const; ///< the last one earlier than @p before, of the last twelve years
    /// The interval of the run that is due at @p due; empty and at @p due where nothing was due before.
    TimeRange interval(UtcMs due) const;

private:
    struct Every {
        milliseconds length {0};
    };
    struct AfterClose {
        Grid grid;
        milliseconds delay {0};
    };

    std::string m_text = "manual";
    std::variant<std::monostate, Every, AfterClose, Cron> m_when;
    Zone m_zone;
};

} // namespace mnemo
