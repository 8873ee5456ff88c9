#pragma once

#include <deque>
#include <optional>

#include "core/base/result.h"
#include "core/ingest/tradefold.h"

namespace mnemo {

/// Asks for trades until all wanted bars are complete: one page after the other, each overlapping the one before, so that
/// a seam shows. By time forwards or backwards, by cursor from the newest trade (or, where ids count, from one near the
/// wanted time) backwards, or once where the venue has its latest trades only. Pure: the caller sends what next() asks.
class TradeWalk {
public:
    TradeWalk(const PageRules& rules, IntervalSet todo);

    const std::optional<TradePage>& next() const { return m_next; } ///< nothing: the walk is over
    /// @param page what next() said. Errors: BadAnswer where the answer does not follow on the walk, or where one moment
    /// holds more trades than a page: then next() is as before.
    Result<TradeVerdict> answered(const TradePage& page, const DecodedTrades& answer, UtcMs now);
    std::optional<Candle> running() const { return m_fold.running(); } ///< of the trades that have been walked over
    /// The page could not be had: the walk goes on behind the range that it belongs to. @return its bars that stay open
    IntervalSet gaveUp();

private:
    void begin(); ///< the next range, if any
    void goOnByTime(const TradePage& page, const TradeVerdict& verdict, bool isFull);
    void goOnOlder(const TradePage& page, const DecodedTrades& answer, bool isNew);
    void seek(const TradePage& page, const DecodedTrades& answer);
    std::int64_t guess(const DecodedTrades& answer) const;
    TimeRange piece(UtcMs from) const;
    bool isHoleFilled() const { return m_hole.isEmpty() || m_fold.known().contains(m_hole); }

    /// A place in the history of a venue whose ids count.
    struct Mark {
        std::int64_t id = 0;
        UtcMs time {};
    };

    PageRules m_rules;
    TimeRange m_hull;
    TradeFold m_fold;
    std::deque<TimeRange> m_holes; ///< in walking order
    TimeRange m_hole;              ///< in work
    std::optional<TradePage> m_next;
    std::optional<Mark> m_above, m_below; ///< of the time where the hole ends
    int m_seeks = 0;
    bool m_isSeeking = false;
};

} // namespace mnemo
