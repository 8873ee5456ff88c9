#pragma once

#include <QToolBar>

namespace mnemo {

/// The bar at the left edge: one button per screen, icon over name. Tab reaches it, Up and Down walk, Return opens.
class ActivityRail : public QToolBar {
    Q_OBJECT
public:
    explicit ActivityRail(QWidget* parent = nullptr);
    /// The action's text is the button's, its status tip what the tool tip adds to name and shortcut.
    void addScreen(QAction* action);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void step(const QWidget* from, int by);
};

} // namespace mnemo
