#include "ui/chart/chartlinks.h"

#include <QScopedValueRollback>
#include <algorithm>

#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"

namespace mnemo {

std::vector<ChartPane*> ChartLinks::others(const ChartPane& pane) const
{
    std::vector<ChartPane*> found;
    std::copy_if(m_panes.begin(), m_panes.end(), std::back_inserter(found), [&](const ChartPane* other) {
        return other != &pane && pane.linkGroup() > 0 && other->linkGroup() == pane.linkGroup();
    });
    return found;
}

void ChartLinks::add(ChartPane& pane)
{
    connect(pane.view(), &ChartView::viewChanged, this, [this, &pane] {
        if (m_isCarrying || !m_isRangeLinked)
            return;
        const QScopedValueRollback guard(m_isCarrying, true);
        for (ChartPane* other : others(pane))
            other->view()->showRange(pane.view()->visibleRange());
    });
    connect(pane.view(), &ChartView::crosshairMoved, this, [this, &pane](std::optional<UtcMs> time) {
        if (!m_isCrosshairLinked)
            return;
        for (ChartPane* other : others(pane))
            other->view()->pointAt(time);
    });
    connect(&pane, &ChartPane::stateChanged, this, [this, &pane] { joined(pane); });
    connect(&pane, &ChartPane::seriesChanged, this, [this, &pane] {
        joined(pane);
        carrySymbol(pane);
    });
}

void ChartLinks::carrySymbol(const ChartPane& pane)
{
    const auto key = pane.seriesKey();
    if (m_isCarrying || !m_isSymbolLinked || !key)
        return;
    const QScopedValueRollback guard(m_isCarrying, true);
    for (ChartPane* other : others(pane)) {
        other->showInstrumentOf(*key);
        if (m_isRangeLinked && pane.view()->series())
            other->view()->showRange(pane.view()->visibleRange());
    }
}

void ChartLinks::joined(ChartPane& pane)
{
    const auto group = others(pane);
    if (m_isCarrying || !m_isRangeLinked || group.empty() || !group.front()->view()->series())
        return;
    const QScopedValueRollback guard(m_isCarrying, true);
    pane.view()->showRange(group.front()->view()->visibleRange());
}

void ChartLinks::setCrosshairLinked(bool isOn)
{
    m_isCrosshairLinked = isOn;
    for (ChartPane* pane : m_panes) {
        if (!isOn)
            pane->view()->pointAt(std::nullopt);
    }
}

} // namespace mnemo
