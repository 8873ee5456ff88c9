#include "core/live/tradebar.h"

#include <algorithm>

namespace mnemo {

namespace {

/// What comes twice comes soon again.
constexpr std::size_t mostIds = 256;

} // namespace

bool TradeBar::isRepeated(const std::string& id)
{
    if (id.empty())
        return false;
    if (std::ranges::find(m_ids, id) != m_ids.end())
        return true;
    m_ids.push_back(id);
    if (m_ids.size() > mostIds)
        m_ids.pop_front();
    return false;
}

bool TradeBar::add(const Trade& trade)
{
    const UtcMs open = m_grid.floor(trade.time);
    if (isRepeated(trade.id) || trade.amount == 0 || (m_bar && open < m_bar->openTime))
        return false;
    if (!m_bar || open > m_bar->openTime) {
        m_start = m_bar ? Start::Seen : Start::Unknown; // what there was before the first trade nobody knows
        m_bar = Candle {open, trade.price, trade.price, trade.price, trade.price, 0, 0.0, 0};
        m_first.reset();
        m_last.reset();
    }
    include(trade);
    return true;
}

void TradeBar::include(const Trade& trade)
{
    Candle& bar = *m_bar;
    if (m_start != Start::Told && m_first && trade.time < *m_first)
        bar.open = trade.price;
    if (!m_last || trade.time >= *m_last)
        bar.close = trade.price;
    m_first = std::min(m_first.value_or(trade.time), trade.time);
    m_last = std::max(m_last.value_or(trade.time), trade.time);
    bar.high = std::max(bar.high, trade.price);
    bar.low = std::min(bar.low, trade.price);
    bar.volume += trade.amount;
    if (bar.quoteVolume)
        *bar.quoteVolume += trade.amount * trade.price;
    if (bar.trades)
        ++*bar.trades;
}

void TradeBar::begin(const Candle& running)
{
    if (m_bar && (running.openTime < m_bar->openTime || (running.openTime == m_bar->openTime && m_start != Start::Unknown)))
        return;
    const bool isSame = m_bar && running.openTime == m_bar->openTime;
    const double close = isSame ? m_bar->close : running.close;
    if (!isSame) {
        m_first.reset();
        m_last.reset();
    }
    m_bar = running;
    m_bar->close = close; // the newest trade is newer than the answer
    m_bar->high = std::max(running.high, close);
    m_bar->low = std::min(running.low, close);
    m_start = Start::Told;
}

void TradeBar::forget()
{
    m_bar.reset();
    m_start = Start::Unknown;
}

} // namespace mnemo
