#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/exchange/venue.h"
#include "core/market/intervalset.h"
#include "core/market/trade.h"

namespace mnemo {

/// One request for trades.
struct TradePage {
    TimeRange range;    ///< any times; for walks that cannot ask by time, all that is wanted
    std::string cursor; ///< of Walk::Cursor: trades older than the one of this id; empty: the newest
    bool isConfirmation = false; ///< an earlier answer brought nothing new: if this one does not either, there is nothing
    bool operator==(const TradePage&) const = default;
};

/// What an answer adds to what is known.
struct TradeVerdict {
    std::vector<Candle> rows; ///< bars that are complete now
    IntervalSet answered;     ///< bars: complete, absent ones where absence can be trusted
    IntervalSet tooOld;       ///< bars that the source holds no longer
    IntervalSet unlisted;     ///< bars older than the first trade there ever was
    TimeRange known;          ///< times about which this answer, with those before, tells all
    bool isWhole = false;     ///< there is nothing more in the range that was asked for
    bool joins = false;       ///< of a walk by cursor: it goes on where an earlier answer ended, nothing can lie between
    bool isNew = false;       ///< ... and brings trades older than those
};

/// Puts answers together to candles. A bar is complete once all the trades between its open and its close are known: by
/// one answer, or by several that follow on each other without a seam. A trade counts once however often it comes. A value
/// without clock or network: the same answers in the same order give the same bars, in a live walk and from the archive.
class TradeFold {
public:
    explicit TradeFold(PageRules rules, IntervalSet wanted = {});

    void want(const IntervalSet& bars); ///< aligned; only wanted bars come out
    /// @param now min(local clock, the answer's Date)
    TradeVerdict add(const TradePage& page, DecodedTrades answer, UtcMs now);

    const IntervalSet& known() const { return m_known; }
    IntervalSet open() const { return subtracted(m_wanted, m_done); } ///< wanted bars that are not complete yet
    /// The bar under way where what is known ends, of the trades so far; nothing where its open is not known, or without a
    /// trade.
    std::optional<Candle> running() const;
    /// The oldest trade of the last answer of a walk by cursor: where it goes on.
    const Trade* edge() const { return m_edges.empty() ? nullptr : &m_edges.back(); }

private:
    TimeRange claim(const TradePage& page, const DecodedTrades& answer, UtcMs now, TradeVerdict& verdict);
    TimeRange claimRecent(const DecodedTrades& answer, UtcMs now) const;
    TimeRange claimOlder(const TradePage& page, const DecodedTrades& answer, UtcMs now, TradeVerdict& verdict);
    TimeRange claimRange(const TradePage& page, const DecodedTrades& answer, UtcMs now, TradeVerdict& verdict) const;
    void keep(std::vector<Trade> trades, TimeRange claim);
    void complete(TradeVerdict& verdict, UtcMs now);

    PageRules m_rules;
    IntervalSet m_wanted;
    IntervalSet m_known; ///< times whose trades have all been seen
    IntervalSet m_done;  ///< bars that are complete, wanted or not
    std::vector<Trade> m_open; ///< trades of bars that are not complete, ascending
    std::vector<Trade> m_edges; ///< oldest trades of the runs that walks by cursor have made; the last one is in work
    std::optional<UtcMs> m_beginning; ///< of the source's history, once it was reached
};

} // namespace mnemo
