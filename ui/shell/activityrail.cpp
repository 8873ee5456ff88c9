#include "ui/shell/activityrail.h"

#include <QAction>
#include <QKeyEvent>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace mnemo {

ActivityRail::ActivityRail(QWidget* parent)
    : QToolBar(tr("Screens"), parent)
{
    setObjectName(u"ActivityRail"_s);
    setOrientation(Qt::Vertical);
    setMovable(false);
    setFloatable(false);
    setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    const int side = fontMetrics().height() * 3 / 2;
    setIconSize(QSize(side, side));
    setAccessibleName(tr("Screens"));
    setAccessibleDescription(tr("One button for each screen; Up and Down walk, Return opens"));
}

void ActivityRail::addScreen(QAction* action)
{
    const QString name = action->text().remove(u'&');
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(tr("%1 (%2)\n%3").arg(name, keys, action->statusTip()));
    addAction(action);
    auto* button = qobject_cast<QToolButton*>(widgetForAction(action));
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(name);
    button->setAccessibleDescription(action->statusTip());
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    QFont small = button->font();
    small.setPointSizeF(small.pointSizeF() * 0.88);
    button->setFont(small);
    button->installEventFilter(this);
}

bool ActivityRail::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        auto* button = qobject_cast<QToolButton*>(watched);
        switch (key->key()) {
        case Qt::Key_Up: step(button, -1); return true;
        case Qt::Key_Down: step(button, 1); return true;
        case Qt::Key_Return:
        case Qt::Key_Enter: button->click(); return true;
        default: break;
        }
    }
    return QToolBar::eventFilter(watched, event);
}

void ActivityRail::step(const QWidget* from, int by)
{
    const auto all = actions();
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (widgetForAction(all[i]) != from)
            continue;
        const qsizetype next = (i + by + all.size()) % all.size();
        widgetForAction(all[next])->setFocus(Qt::TabFocusReason);
        return;
    }
}

} // namespace mnemo
