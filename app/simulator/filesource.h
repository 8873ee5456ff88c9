#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "app/simulator/bar.h"

namespace mnemo::sim {

/// A market's bars out of files, by timeframe. A timeframe that no file has is rolled up from the
/// coarsest one that nests in it, once, and kept. add() before the first read; reading is thread-safe.
class FileSource final : public BarSource {
public:
    /// @p bars sorted and unique. Merged with what is there: of equal times the new bar stays.
    void add(Timeframe frame, std::vector<Bar> bars);
    bool isEmpty() const { return m_loaded.empty(); }

    std::vector<Bar> read(const Grid& grid, TimeRange range, std::size_t limit, Side side) const override;
    std::optional<Bar> running(const Grid& grid, UtcMs open, UtcMs now) const override;
    std::optional<UtcMs> first() const override;
    std::optional<UtcMs> last(const Grid& grid, UtcMs now) const override;

private:
    using Bars = std::vector<Bar>;
    const Bars* exact(const Grid& grid) const;
    /// The loaded frame to roll up from; null when there is none.
    const std::pair<const Timeframe, Bars>* finer(const Grid& grid) const;
    std::shared_ptr<const Bars> series(const Grid& grid) const; ///< loaded or rolled up; null when neither is possible

    std::map<Timeframe, Bars> m_loaded;
    mutable std::mutex m_mutex; ///< guards m_rolled
    mutable std::map<std::pair<Timeframe, std::int64_t>, std::shared_ptr<const Bars>> m_rolled;
};

/// The bars of ascending @p bars that open in @p range, cut to @p limit at @p side.
std::vector<Bar> sliced(const std::vector<Bar>& bars, TimeRange range, std::size_t limit, Side side);

} // namespace mnemo::sim
