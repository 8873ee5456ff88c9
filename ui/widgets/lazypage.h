#pragma once

#include <QWidget>
#include <functional>
#include <vector>

class QMenu;

namespace mnemo {

/// The place of a screen or panel that is made when somebody first wants it: it comes into view, its menu opens, the
/// palette lists its actions, or code asks for it. Until then it costs next to nothing, so a window starts as fast with
/// ten screens as with one. Its maker hands the page what it missed, since no signal reaches what is not there.
class LazyPage : public QWidget {
    Q_OBJECT
public:
    using Make = std::function<QWidget*()>;

    /// @p make returns a page that fills this place from then on
    explicit LazyPage(Make make, QWidget* parent = nullptr);

    QWidget* page(); ///< made now where it is not yet
    QWidget* madePage() const { return m_page; } ///< null until then
    /// Opening @p menu makes the page, and @p fill then puts its actions there. Shortcuts of such actions are heard within
    /// the page alone; what the whole window hears is an action of the window.
    void setMenu(QMenu& menu, std::function<void()> fill);

    /// Of everything in @p window, for who lists its actions.
    static void makeAll(const QWidget& window);

protected:
    void showEvent(QShowEvent* event) override;

private:
    Make m_make;
    QWidget* m_page = nullptr;
    std::vector<std::function<void()>> m_fills;
};

/// A LazyPage that knows what is on it.
template <class Page>
class LazyPageOf final : public LazyPage {
public:
    explicit LazyPageOf(std::function<Page*()> make, QWidget* parent = nullptr)
        : LazyPage(std::move(make), parent)
    {
    }
    Page* page() { return static_cast<Page*>(LazyPage::page()); }
    Page* madePage() const { return static_cast<Page*>(LazyPage::madePage()); }
};

} // namespace mnemo
