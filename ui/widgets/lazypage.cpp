#include "ui/widgets/lazypage.h"

#include <QMenu>
#include <QShowEvent>
#include <QVBoxLayout>
#include <utility>

namespace mnemo {

LazyPage::LazyPage(Make make, QWidget* parent)
    : QWidget(parent)
    , m_make(std::move(make))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
}

QWidget* LazyPage::page()
{
    if (!m_make)
        return m_page;
    m_page = std::exchange(m_make, nullptr)();
    layout()->addWidget(m_page);
    setFocusProxy(m_page);
    m_page->setGeometry(rect()); // the layout alone would place and show it one event later: an empty frame
    m_page->show();
    for (const auto& fill : std::exchange(m_fills, {}))
        fill();
    return m_page;
}

void LazyPage::setMenu(QMenu& menu, std::function<void()> fill)
{
    if (!m_make)
        return fill();
    m_fills.push_back(std::move(fill));
    connect(&menu, &QMenu::aboutToShow, this, [this] { page(); });
}

void LazyPage::makeAll(const QWidget& window)
{
    for (LazyPage* place : window.findChildren<LazyPage*>())
        place->page();
}

void LazyPage::showEvent(QShowEvent* event)
{
    page();
    QWidget::showEvent(event);
}

} // namespace mnemo
