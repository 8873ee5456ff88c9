#include "ui/chart/paneshares.h"

#include <algorithm>
#include <cmath>

namespace mnemo {

namespace {

constexpr qreal least = 0.03;

std::size_t at(PaneKind pane)
{
    return static_cast<std::size_t>(pane);
}

} // namespace

void PaneShares::setShare(PaneKind pane, qreal share)
{
    if (pane == PaneKind::Price)
        return;
    qreal others = 0;
    for (const PaneKind other : allPanes) {
        if (other != pane && other != PaneKind::Price && isOffered[at(other)])
            others += shares[at(other)];
    }
    shares[at(pane)] = share < least ? 0 : std::min(share, std::max(least, most - others));
}

bool PaneShares::isShown(PaneKind pane) const
{
    if (!isOffered[at(pane)])
        return false;
    if (maximised && isOffered[at(*maximised)])
        return *maximised == pane;
    return pane == PaneKind::Price || shares[at(pane)] > 0;
}

PaneShares::Heights PaneShares::heights(qreal height) const
{
    Heights out {};
    if (maximised && isOffered[at(*maximised)]) {
        out[at(*maximised)] = height;
        return out;
    }
    qreal left = height;
    for (const PaneKind pane : allPanes) {
        if (pane == PaneKind::Price || !isShown(pane))
            continue;
        out[at(pane)] = std::min(left, std::floor(height * shares[at(pane)]));
        left -= out[at(pane)];
    }
    out[at(PaneKind::Price)] = left;
    return out;
}

} // namespace mnemo
