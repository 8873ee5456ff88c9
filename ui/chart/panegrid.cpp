#include "ui/chart/panegrid.h"

#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace mnemo {

PaneGrid::PaneGrid(QWidget* parent)
    : QWidget(parent)
    , m_rows(new QSplitter(Qt::Vertical))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_rows);
    m_rows->setChildrenCollapsible(false);
}

int PaneGrid::columnsFor(int panes)
{
    return std::max(1, static_cast<int>(std::ceil(std::sqrt(panes))));
}

void PaneGrid::setPanes(const std::vector<QWidget*>& panes)
{
    for (QWidget* pane : m_panes)
        pane->setParent(this);
    while (m_rows->count() > 0)
        delete m_rows->widget(0);
    m_panes = panes;
    if (std::find(panes.begin(), panes.end(), m_maximised) == panes.end())
        m_maximised = nullptr;
    const int columns = columnsFor(static_cast<int>(panes.size()));
    QSplitter* row = nullptr;
    for (std::size_t i = 0; i < panes.size(); ++i) {
        if (i % static_cast<std::size_t>(columns) == 0) {
            row = new QSplitter(Qt::Horizontal);
            row->setChildrenCollapsible(false);
            m_rows->addWidget(row);
        }
        row->addWidget(panes[i]);
    }
    for (int i = 0; i < m_rows->count(); ++i) {
        auto* splitter = static_cast<QSplitter*>(m_rows->widget(i));
        splitter->setSizes(QList<int>(splitter->count(), 1'000));
    }
    m_rows->setSizes(QList<int>(m_rows->count(), 1'000));
    applyVisibility();
}

void PaneGrid::setMaximised(QWidget* pane)
{
    m_maximised = pane;
    applyVisibility();
}

void PaneGrid::applyVisibility()
{
    for (int i = 0; i < m_rows->count(); ++i) {
        auto* row = static_cast<QSplitter*>(m_rows->widget(i));
        bool isAnyShown = false;
        for (int j = 0; j < row->count(); ++j) {
            const bool isShown = !m_maximised || row->widget(j) == m_maximised;
            row->widget(j)->setVisible(isShown);
            isAnyShown = isAnyShown || isShown;
        }
        row->setVisible(isAnyShown);
    }
}

} // namespace mnemo
