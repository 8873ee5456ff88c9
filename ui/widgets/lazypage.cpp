#include "ui/widgets/lazypage.h"

#include <QDockWidget>
#include <QMenu>
#include <QShowEvent>
#include <QVBoxLayout>
#include <utility>

namespace mnemo {

namespace {

/// Docks behind another tab are visible to Qt, but lie outside the window.
bool isSeen(const QWidget& place)
{
    const auto* dock = qobject_cast<const QDockWidget*>(place.parentWidget());
    return !dock || dock->isFloating() || (dock->geometry().right() >= 0 && dock->geometry().bottom() >= 0);
}

} // namespace

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
    m_page->setVisible(isSeen(*this));
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
    QWidget::showEvent(event);
    auto* dock = qobject_cast<QDockWidget*>(parentWidget());
    if (!dock)
        return void(page());
    // Behind a tab the page is neither made nor shown, so that nothing on it works for nobody. The dock tells right after this.
    disconnect(dock, nullptr, this, nullptr);
    connect(dock, &QDockWidget::visibilityChanged, this, [this](bool isVisibleNow) {
        if (isVisibleNow)
            page()->show();
        else if (QWidget* made = madePage())
            made->hide();
    });
}

} // namespace mnemo
