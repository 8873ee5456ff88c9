#include "core/engine/feedboard.h"

#include <utility>

namespace mnemo {

void FeedBoard::setFeeds(std::vector<FeedSnapshot> feeds)
{
    for (FeedSnapshot& feed : feeds) {
        feed.wait = std::chrono::ceil<std::chrono::seconds>(feed.wait); // who counts down counts seconds
        if (feed.topics > 0 && feed.state != FeedState::Idle)
            continue;
        feed.state = FeedState::Idle; // how it was stays to be seen: latency, reconnects, the last problem
        feed.topics = feed.alive = 0;
        feed.messagesPerSecond = 0;
        feed.wait = {};
    }
    std::erase_if(feeds, [](const FeedSnapshot& feed) { return feed.state == FeedState::Idle && feed.messages == 0 && !feed.lastErrorAt; });
    m_feeds = std::move(feeds);
    m_isTouched = true;
}

void FeedBoard::set(FollowedSeries series)
{
    FollowedSeries& known = m_series[series.series];
    if (known == series)
        return;
    known = std::move(series);
    m_isTouched = true;
}

void FeedBoard::remove(const SeriesKey& series)
{
    if (m_series.erase(series) > 0)
        m_isTouched = true;
}

std::shared_ptr<const FeedReport> FeedBoard::take(SteadyTime now)
{
    if (!m_isTouched || now < m_toldAt + tellEvery)
        return nullptr;
    m_isTouched = false;
    FeedReport report {m_feeds, {}};
    for (const auto& [key, series] : m_series)
        report.series.push_back(series);
    if (report == *m_told)
        return nullptr;
    m_toldAt = now;
    m_told = std::make_shared<const FeedReport>(std::move(report));
    return m_told;
}

std::optional<SteadyTime> FeedBoard::due() const
{
    return m_isTouched ? std::optional(m_toldAt + tellEvery) : std::nullopt;
}

} // namespace mnemo
