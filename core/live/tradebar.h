#pragma once

#include <deque>
#include <optional>
#include <string>

#include "core/market/candle.h"
#include "core/market/grid.h"
#include "core/market/trade.h"

namespace mnemo {

/// The running bar of a stream that tells trades, for the eye: what is stored is what REST says once the bar is over.
/// A bar is known when its beginning was seen, or when REST has told it so far. Trades may come twice or late; one of a
/// bar that is over changes nothing. A value; no clock.
class TradeBar {
public:
    explicit TradeBar(Grid grid)
        : m_grid(grid)
    {
    }

    /// True where it changes the bar.
    bool add(const Trade& trade);
    /// REST has told @p running, which holds what was told so far: trades add to it from now on.
    void begin(const Candle& running);
    void forget(); ///< the stream broke: what it tells next does not follow
    /// Volume in base, quote volume in quote currency.
    std::optional<Candle> bar() const { return m_start == Start::Unknown ? std::nullopt : m_bar; }
    /// The bar that the newest trade is of; nothing before the first.
    std::optional<UtcMs> open() const { return m_bar ? std::optional(m_bar->openTime) : std::nullopt; }

private:
    enum class Start { Unknown, Seen, Told }; ///< of the bar

    bool isRepeated(const std::string& id);
    void include(const Trade& trade);

    Grid m_grid;
    std::optional<Candle> m_bar;
    Start m_start = Start::Unknown;
    std::optional<UtcMs> m_first, m_last; ///< of the bar's trades, as far as they were told here
    std::deque<std::string> m_ids; ///< of the newest trades
};

} // namespace mnemo
