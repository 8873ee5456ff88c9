#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/simulator/fixed.h"
#include "core/market/grid.h"

namespace mnemo::sim {

/// One bar as a market holds it. Volume in base units; the venues turn it into what they state.
struct Bar {
    std::int64_t openMs = 0;
    std::int64_t lastMs = 0; ///< the last millisecond inside the bar, as Binance's close time; earlier for a cut-short bar
    Fixed open, high, low, close;
    Fixed volume, quoteVolume;
    Fixed takerVolume, takerQuoteVolume; ///< the buyers' part of both
    std::int64_t trades = 0;
    bool operator==(const Bar&) const = default;
};

/// Which end of a range is served when the limit is smaller than the range.
enum class Side { Oldest, Newest };

/// Where a market's bars come from. Thread-safe: many connections read at once.
class BarSource {
public:
    virtual ~BarSource() = default;
    /// Complete bars that open in @p range, ascending, at most @p limit of them from @p side.
    virtual std::vector<Bar> read(const Grid& grid, TimeRange range, std::size_t limit, Side side) const = 0;
    /// The bar that opens at @p open as it looks at @p now, before it closes; nothing while it has no trade.
    virtual std::optional<Bar> running(const Grid& grid, UtcMs open, UtcMs now) const = 0;
    virtual std::optional<UtcMs> first() const = 0; ///< open of the oldest bar
    /// Open of the newest complete bar of @p grid before @p now.
    virtual std::optional<UtcMs> last(const Grid& grid, UtcMs now) const = 0;
};

/// One bar out of many consecutive ones: the first's open, the last's close, sums. @p bars must not be empty.
Bar merged(const Bar* begin, const Bar* end, const Grid& grid);
/// Ascending bars of a finer grid, one bar out for every bar of @p grid that has any.
std::vector<Bar> rolledUp(const std::vector<Bar>& bars, const Grid& grid);
/// The bar as it looked at @p now while it was still open: part of its volume, a part of its way.
Bar partial(const Bar& bar, UtcMs now, const Grid& grid);
/// True when every bar of @p coarse consists of whole bars of @p fine.
bool nests(const Grid& fine, const Grid& coarse);

} // namespace mnemo::sim
