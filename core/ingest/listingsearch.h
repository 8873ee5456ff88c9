#pragma once

#include <optional>
#include <vector>

#include "core/exchange/venue.h"

namespace mnemo {

/// Finds when an instrument was listed in a few requests: one oldest-first request where the venue allows it, else by
/// bisection on the coarsest frame and then frame by frame down to its own. Pure: the caller sends what next() asks.
class ListingSearch {
public:
    struct Question {
        bool isOldest = false; ///< oldestRequest() of the own frame; range has no meaning
        Timeframe frame {};
        TimeRange range; ///< aligned to @p frame's grid
    };

    /// @param rules rules of every frame that the venue has, any order; the own frame is among them
    /// @param before the listing is searched in [epoch, before)
    ListingSearch(Timeframe own, std::vector<PageRules> rules, UtcMs before);

    /// Nothing when the search is over.
    std::optional<Question> next() const { return m_question; }
    /// @param first open time of the oldest row that came back; nothing for an empty answer
    void answered(std::optional<UtcMs> first);
    void failed(); ///< the question could not be asked: the search goes on without it, or ends
    /// Open time of the first bar of the own frame; nothing where it was not found. Meaningful when next() is empty.
    std::optional<UtcMs> listing() const { return m_listing; }

private:
    const PageRules* rulesOf(Timeframe frame) const;
    void bisect();
    void refine(TimeRange within, Timeframe coarse);
    void found(UtcMs listing);

    Timeframe m_own;
    std::vector<PageRules> m_rules; // coarsest first
    std::optional<Question> m_question;
    std::optional<UtcMs> m_listing;
    UtcMs m_low {}, m_high {}; // not asked about yet; the listing lies there, or is the candidate
    std::optional<UtcMs> m_candidate; // the oldest bar seen on the frame that is being asked
};

} // namespace mnemo
