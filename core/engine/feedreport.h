#pragma once

#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/live/feedsession.h"
#include "core/market/serieskey.h"

namespace mnemo {

/// How the newest bars of a followed series come.
enum class FollowState {
    Waiting,  ///< asked for, nothing has been told yet
    Streamed, ///< told by the venue's stream
    Polled,   ///< asked for by REST, again and again
    Stale,    ///< not up to date: FollowedSeries::cause says why
};

/// Why a followed series is not brought up to date.
enum class StaleCause {
    None,
    Off,      ///< the settings say so
    Unknown,  ///< its exchange cannot be asked for it, or nothing of it is stored
    Behind,   ///< more is missing than following brings: a backfill does
    Stopped,  ///< the exchange's circuit breaker is open
    Failed,   ///< FollowedSeries::error tells
};

struct FollowedSeries {
    SeriesKey series;
    FollowState state = FollowState::Waiting;
    milliseconds every {0}; ///< Polled: the time between two questions, at most
    StaleCause cause = StaleCause::None;
    std::optional<ErrorCode> error {}; ///< of Failed
    bool operator==(const FollowedSeries&) const = default;
};

/// What is live now.
struct FeedReport {
    std::vector<FeedSnapshot> feeds; ///< connections in use, by id
    std::vector<FollowedSeries> series; ///< by key
    bool operator==(const FeedReport&) const = default;
};

} // namespace mnemo
