#include "core/quality/rules/blockfacts.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

namespace mnemo {

namespace {

// Two values at once, as every processor of the last twenty years has them; GCC and clang write them alike.
using Pair [[gnu::vector_size(2 * sizeof(double))]] = double;
using Truth [[gnu::vector_size(2 * sizeof(double))]] = long long; ///< of a comparison: all bits or none

static_assert(offsetof(Candle, high) == offsetof(Candle, open) + sizeof(double));
static_assert(offsetof(Candle, close) == offsetof(Candle, low) + sizeof(double));
static_assert(offsetof(Candle, volume) == offsetof(Candle, close) + sizeof(double));

Pair pairAt(const double& first)
{
    Pair pair;
    std::memcpy(&pair, &first, sizeof pair);
    return pair;
}

bool areBoth(const Truth& truth)
{
    return (truth[0] & truth[1]) != 0;
}

/// Sums of conditions instead of branches: rows are nearly always good, and there are millions.
class Measuring {
public:
    explicit Measuring(milliseconds step)
        : m_step(step.count())
    {
    }

    void values(const Candle& row)
    {
        const Pair openHigh = pairAt(row.open), lowClose = pairAt(row.low), closeVolume = pairAt(row.close);
        const Pair lowOpen = __builtin_shufflevector(lowClose, openHigh, 0, 2);
        const Pair closeHigh = __builtin_shufflevector(lowClose, openHigh, 1, 3);
        m_ordered &= lowClose <= openHigh;
        m_ordered2 &= lowOpen <= closeHigh; // apart: GCC 12 takes the sum of two comparisons through other registers
        m_numbers &= closeVolume == closeVolume;
        m_lowest = lowOpen < m_lowest ? lowOpen : m_lowest;
        m_highest = closeHigh > m_highest ? closeHigh : m_highest;
        m_least = closeVolume < m_least ? closeVolume : m_least;
        m_largest = closeVolume > m_largest ? closeVolume : m_largest;
        if (row.trades) {
            m_leastTrades = std::min(m_leastTrades, *row.trades);
            m_mostTrades = std::max(m_mostTrades, *row.trades);
        }
        m_flags |= row.flags;
    }
    void rest(const Candle& row)
    {
        m_isMoving &= static_cast<unsigned>(row.high > row.low);
        if (!row.quoteVolume)
            return;
        const double turnover = *row.quoteVolume;
        m_fits &= (Pair {row.volume * row.low, turnover} <= Pair {turnover, row.volume * row.high});
    }
    void stepTo(UtcMs before, UtcMs open) { m_unsteady |= (open - before).count() ^ m_step; }

    BlockFacts facts(UtcMs first, UtcMs last) const
    {
        const bool hasVolumes = m_numbers[1] != 0;
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        return {first, last, areBoth(m_ordered & m_ordered2), m_lowest[0], m_highest[1], hasVolumes ? m_least[1] : nan,
            hasVolumes ? m_largest[1] : nan, m_leastTrades, m_mostTrades, m_unsteady == 0, m_isMoving != 0,
            areBoth(m_fits), (m_flags & Quarantined) != 0};
    }

private:
    static constexpr double inf = std::numeric_limits<double>::infinity();

    const milliseconds::rep m_step;
    milliseconds::rep m_unsteady = 0;
    Truth m_ordered {-1, -1}, m_ordered2 {-1, -1}, m_numbers {-1, -1}, m_fits {-1, -1};
    Pair m_lowest {inf, inf}, m_highest {-inf, -inf}, m_least {inf, inf}, m_largest {-inf, -inf};
    unsigned m_isMoving = 1;
    std::uint32_t m_flags = 0;
    std::int64_t m_leastTrades = std::numeric_limits<std::int64_t>::max();
    std::int64_t m_mostTrades = std::numeric_limits<std::int64_t>::min();
};

} // namespace

void measureBlocks(std::span<const Candle> rows, std::size_t begin, milliseconds step, std::vector<BlockFacts>& facts)
{
    facts.clear();
    for (std::size_t from = begin; from < rows.size(); from += BlockFacts::rows) {
        const auto block = rows.subspan(from, std::min(BlockFacts::rows, rows.size() - from));
        Measuring measuring(step);
        UtcMs before = block.front().openTime - step;
        if (from > 0) {
            before = rows[from - 1].openTime;
            measuring.values(rows[from - 1]);
        }
        for (const Candle& row : block) {
            measuring.stepTo(before, row.openTime);
            before = row.openTime;
            measuring.values(row);
            measuring.rest(row);
        }
        facts.push_back(measuring.facts(block.front().openTime, block.back().openTime));
    }
}

} // namespace mnemo
