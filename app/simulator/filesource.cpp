#include "app/simulator/filesource.h"

#include <algorithm>

namespace mnemo::sim {

std::vector<Bar> sliced(const std::vector<Bar>& bars, TimeRange range, std::size_t limit, Side side)
{
    auto begin = std::ranges::lower_bound(bars, toMs(range.from), {}, &Bar::openMs);
    auto end = std::ranges::lower_bound(bars, toMs(std::max(range.to, range.from)), {}, &Bar::openMs);
    if (static_cast<std::size_t>(end - begin) > limit) {
        if (side == Side::Oldest)
            end = begin + static_cast<std::ptrdiff_t>(limit);
        else
            begin = end - static_cast<std::ptrdiff_t>(limit);
    }
    return {begin, end};
}

void FileSource::add(Timeframe frame, std::vector<Bar> bars)
{
    Bars& target = m_loaded[frame];
    if (target.empty() || bars.empty() || target.back().openMs < bars.front().openMs) {
        target.insert(target.end(), bars.begin(), bars.end());
        return;
    }
    Bars all;
    all.reserve(target.size() + bars.size());
    std::ranges::merge(target, bars, std::back_inserter(all), {}, &Bar::openMs, &Bar::openMs);
    target.clear();
    for (const Bar& bar : all) { // merge keeps the old bar in front of the new one
        if (!target.empty() && target.back().openMs == bar.openMs)
            target.back() = bar;
        else
            target.push_back(bar);
    }
}

const FileSource::Bars* FileSource::exact(const Grid& grid) const
{
    const auto found = m_loaded.find(grid.timeframe());
    return found != m_loaded.end() && Grid(grid.timeframe()) == grid ? &found->second : nullptr;
}

const std::pair<const Timeframe, FileSource::Bars>* FileSource::finer(const Grid& grid) const
{
    const std::pair<const Timeframe, Bars>* best = nullptr;
    for (const auto& entry : m_loaded) {
        if (entry.first < grid.timeframe() && nests(Grid(entry.first), grid))
            best = &entry;
    }
    return best;
}

std::shared_ptr<const FileSource::Bars> FileSource::series(const Grid& grid) const
{
    if (const Bars* loaded = exact(grid))
        return {std::shared_ptr<const Bars> {}, loaded}; // no owner: it lives as long as this source
    const auto* from = finer(grid);
    if (!from)
        return nullptr;
    const std::lock_guard lock(m_mutex);
    auto& rolled = m_rolled[{grid.timeframe(), grid.anchor().count()}];
    if (!rolled)
        rolled = std::make_shared<const Bars>(rolledUp(from->second, grid));
    return rolled;
}

std::vector<Bar> FileSource::read(const Grid& grid, TimeRange range, std::size_t limit, Side side) const
{
    const auto bars = series(grid);
    return bars ? sliced(*bars, range, limit, side) : Bars {};
}

std::optional<Bar> FileSource::running(const Grid& grid, UtcMs open, UtcMs now) const
{
    const auto* from = exact(grid) ? nullptr : finer(grid);
    if (!from) {
        const Bars bars = read(grid, {open, open + milliseconds {1}}, 1, Side::Oldest);
        return bars.empty() ? std::nullopt : std::optional {partial(bars.front(), now, grid)};
    }
    const Grid fine(from->first);
    Bars parts = sliced(from->second, {open, fine.next(fine.floor(now))}, from->second.size(), Side::Oldest);
    if (parts.empty())
        return std::nullopt;
    if (toMs(fine.next(fromMs(parts.back().openMs))) > toMs(now))
        parts.back() = partial(parts.back(), now, fine);
    return merged(parts.data(), parts.data() + parts.size(), grid);
}

std::optional<UtcMs> FileSource::first() const
{
    std::optional<UtcMs> earliest;
    for (const auto& [frame, bars] : m_loaded) {
        if (!bars.empty() && (!earliest || bars.front().openMs < toMs(*earliest)))
            earliest = fromMs(bars.front().openMs);
    }
    return earliest;
}

std::optional<UtcMs> FileSource::last(const Grid& grid, UtcMs now) const
{
    const auto bars = series(grid);
    if (!bars)
        return std::nullopt;
    const auto after = std::ranges::lower_bound(*bars, toMs(grid.floor(now)), {}, &Bar::openMs);
    return after == bars->begin() ? std::nullopt : std::optional {fromMs(std::prev(after)->openMs)};
}

} // namespace mnemo::sim
