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

std::vector<QSplitter*> PaneGrid::splitters() const
{
    std::vector<QSplitter*> all {m_rows};
    for (int i = 0; i < m_rows->count(); ++i)
        all.push_back(static_cast<QSplitter*>(m_rows->widget(i)));
    return all;
}

QVariantList PaneGrid::shares() const
{
    QVariantList shares;
    for (const QSplitter* splitter : splitters()) {
        QVariantList sizes;
        for (const int size : splitter->sizes())
            sizes << size;
        shares << QVariant(sizes);
    }
    return shares;
}

void PaneGrid::setShares(const QVariantList& shares)
{
    const auto all = splitters();
    if (shares.size() != static_cast<qsizetype>(all.size()))
        return;
    for (std::size_t i = 0; i < all.size(); ++i) {
        QList<int> sizes;
        for (const QVariant& size : shares[static_cast<qsizetype>(i)].toList())
            sizes << std::clamp(size.toInt(), 0, 100'000);
        if (sizes.size() != all[i]->count()
            || std::all_of(sizes.begin(), sizes.end(), [](int size) { return size == 0; }))
            continue;
        all[i]->setSizes(sizes);
    }
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
