#pragma once

#include <map>
#include <memory>

#include "core/engine/feedreport.h"

namespace mnemo {

/// Puts together what is live, and says when somebody is to be told: at most once a second, and only what is other than
/// what was told last. Pure: no clock, no threads.
class FeedBoard {
public:
    static constexpr milliseconds tellEvery {1'000};

    void setFeeds(std::vector<FeedSnapshot> feeds); ///< those that nobody needs are Idle; left out where they have never told anything
    void set(FollowedSeries series);
    void remove(const SeriesKey& series);

    /// The report where it is due and other than the last one; else null.
    std::shared_ptr<const FeedReport> take(SteadyTime now);
    /// When take() may have something.
    std::optional<SteadyTime> due() const;
    std::shared_ptr<const FeedReport> told() const { return m_told; } ///< the last one; never null

private:
    std::vector<FeedSnapshot> m_feeds;
    std::map<SeriesKey, FollowedSeries> m_series;
    std::shared_ptr<const FeedReport> m_told = std::make_shared<const FeedReport>();
    SteadyTime m_toldAt {};
    bool m_isTouched = false;
};

} // namespace mnemo
