#pragma once

#include <QString>
#include <array>
#include <cstdint>
#include <optional>

#include "core/engine/events.h"

namespace mnemo {

/// Shares of a job's bars, each 0..1; what is left is pending.
struct JobShares {
    double stored = 0, empty = 0, failed = 0;
    bool operator==(const JobShares&) const = default;
};
JobShares sharesOf(const JobSnapshot& job);

/// A job as the table keeps it: the newest snapshot and how fast it goes.
struct JobRow {
    JobSnapshot job;
    std::string sortText; ///< of the series
    std::array<std::uint64_t, 4> sortKey {}; ///< its first 32 bytes: compares as they do, without a look elsewhere
    QString searchText;   ///< in lower case
    // Smoothed over a few seconds: pages arrive in bursts.
    double rowsPerSecond = 0, barsPerSecond = 0;
    std::int64_t measuredRows = 0, measuredBars = 0;
    SteadyTime measuredAt {};

    static JobRow of(const JobSnapshot& job, SteadyTime now);
    void update(const JobSnapshot& newer, SteadyTime now);
    std::optional<milliseconds> eta() const; ///< nothing while it is not known
    /// From its first request to its end, or to @p now; nothing where it has not begun.
    std::optional<milliseconds> elapsed(UtcMs now) const;

private:
    void measure(const JobSnapshot& newer, SteadyTime now);
};

/// What is running, waiting or paused: not final.
bool isActive(JobState state);
/// Those that need somebody's eye come first.
int stateOrder(JobState state);

} // namespace mnemo
