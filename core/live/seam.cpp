#include "core/live/seam.h"

#include <algorithm>
#include <utility>

namespace mnemo {

void Seam::know(UtcMs end)
{
    m_known = m_known ? std::max(*m_known, end) : end;
    m_held.erase(m_held.begin(), m_held.lower_bound(*m_known));
}

void Seam::forget()
{
    m_known.reset();
    m_held.clear();
    m_last.reset();
}

Seam::Verdict Seam::closed(HeldBar bar)
{
    const UtcMs open = bar.bar.openTime;
    if (m_known && open < *m_known) {
        if (!m_last || m_last->openTime != open)
            return Verdict::Late;
        return *m_last == bar.bar ? Verdict::Repeated : Verdict::Otherwise;
    }
    m_held.insert_or_assign(open, std::move(bar));
    if (m_held.size() > mostHeld)
        m_held.erase(m_held.begin());
    return Verdict::Taken;
}

std::vector<HeldBar> Seam::ready()
{
    std::vector<HeldBar> bars;
    while (m_known && !m_held.empty() && m_held.begin()->first == *m_known) {
        bars.push_back(std::move(m_held.begin()->second));
        m_held.erase(m_held.begin());
        m_last = bars.back().bar;
        m_known = m_grid.next(*m_known);
    }
    return bars;
}

std::optional<TimeRange> Seam::holeBefore(UtcMs open) const
{
    return m_known && *m_known < open ? std::optional(TimeRange {*m_known, open}) : std::nullopt;
}

} // namespace mnemo
