#pragma once

#include <vector>

#include "core/ingest/newestfetch.h"
#include "core/ingest/tradewalk.h"

namespace mnemo {

/// The newest bars where they are folded from trades: page after page until what is known is reached. Nothing is kept of
/// a walk that does not get there in mostPages requests, else looking at a chart would leave holes behind.
class NewestTrades final : public NewestFetch {
public:
    static constexpr std::size_t mostPages = 20;

    NewestTrades(NewestQuestion question, Writer& writer, const Clock& clock, Handlers handlers);

    std::optional<LaneRequest> next() override;
    Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) override;

private:
    struct Answer {
        TradePage page;
        Question asked;
        HttpResponse response;
        UtcMs at {};
        std::optional<PageCommit> commit; ///< what it has settled
    };
    Result<void> keepAll(LaneServices& services);

    const UtcMs m_began;
    TradeWalk m_walk;
    std::vector<Answer> m_answers;
    Question m_asked;
    bool m_isAsking = false;
};

} // namespace mnemo
