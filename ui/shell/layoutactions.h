#pragma once

#include <QObject>
#include <functional>

#include "ui/shell/namedlayouts.h"

class QAction;
class QActionGroup;
class QMenu;
class QWidget;

namespace mnemo {

/// The menu of layouts: save as, switch, overwrite, rename, delete, reset. The window says how to take and to put a
/// state.
class LayoutActions : public QObject {
    Q_OBJECT
public:
    struct Window {
        std::function<QByteArray()> state;
        std::function<bool(const QByteArray&)> apply; ///< false where it does not fit this version of the window
        std::function<void()> reset;
    };
    LayoutActions(NamedLayouts& layouts, Window window, QMenu& menu, QWidget* dialogParent);

    void switchTo(const QString& name);
    void saveAs(const QString& name);
    QString current() const { return m_current; } ///< empty: none chosen since the start

signals:
    void told(const QString& sentence); ///< what happened, for the status bar

private:
    void rebuild();
    void ask(const QString& title, const QString& label, const QString& text,
        const std::function<void(const QString&)>& then);
    void overwrite();
    void rename(const QString& to);
    void remove();

    NamedLayouts& m_layouts;
    Window m_window;
    QMenu& m_menu;
    QWidget* m_dialogParent;
    QActionGroup* m_group = nullptr;
    QAction* m_end = nullptr; ///< the named ones stand before it
    QAction* m_overwrite = nullptr;
    QAction* m_rename = nullptr;
    QAction* m_remove = nullptr;
    QString m_current;
};

} // namespace mnemo
