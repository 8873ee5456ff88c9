#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/market/candle.h"
#include "core/market/grid.h"

namespace mnemo {

/// A bar that a stream told as closed, and the message that did.
struct HeldBar {
    Candle bar;
    std::string text;
};

/// Where a stream is joined to what is stored: a closed bar is stored only right behind what is known; what comes later
/// waits until the hole before it has been asked for. Pure; not thread-safe.
class Seam {
public:
    explicit Seam(Grid grid)
        : m_grid(grid)
    {
    }

    /// All before @p end has been answered or stored; never takes back.
    void know(UtcMs end);
    /// Nothing is known any more, and what waits is forgotten: REST brings it again.
    void forget();
    std::optional<UtcMs> known() const { return m_known; }

    enum class Verdict {
        Taken, ///< ready() has it, or will have it
        Repeated, ///< known, and the same as it was
        Otherwise, ///< known, and it was another
        Late, ///< known, and how it was is forgotten
    };
    Verdict closed(HeldBar bar);
    /// Bars that follow what is known, in turn; they count as known from then on.
    std::vector<HeldBar> ready();
    /// What is missing before the bar that opens at @p open; nothing where that one is next or known.
    std::optional<TimeRange> holeBefore(UtcMs open) const;

private:
    static constexpr std::size_t mostHeld = 1'000; ///< older ones go: REST brings them

    Grid m_grid;
    std::optional<UtcMs> m_known;
    std::map<UtcMs, HeldBar> m_held;
    std::optional<Candle> m_last; ///< the newest that ready() gave
};

} // namespace mnemo
