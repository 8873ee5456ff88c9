#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/exchange/catalogue.h"
#include "core/live/liveservice.h"

namespace mnemo::test {

/// Binance's stream of one minute's candles, of as many made-up coins as one likes, and as fast. Of one connection; belongs
/// to the thread that makes it, whose event loop must run.
class KlineExchange {
public:
    /// @param roundsOfBar a bar of each coin ends after so many messages of it
    KlineExchange(int topics, int roundsOfBar);
    ~KlineExchange();

    /// A stored series for each coin, as LiveService wants them; of the exchange as the shipped description has it, but here.
    std::vector<LiveSeries> series(Writer& writer) const;
    bool isAskedForAll() const;
    /// One message of each coin. The volume of a bar is the number of the round, from 1, that it was last told in.
    void sendRound();

    static constexpr UtcMs begin = UtcMs {} + std::chrono::hours {24 * 20'000}; ///< of the first bar
    std::int64_t sent = 0, closed = 0; ///< messages, and those that say that a bar has ended

private:
    struct Private;
    const int m_topics, m_roundsOfBar;
    const std::unique_ptr<Private> d;
    int m_round = 0;
};

} // namespace mnemo::test
