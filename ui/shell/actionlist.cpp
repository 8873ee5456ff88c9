#include "ui/shell/actionlist.h"

#include <QCoreApplication>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <set>

#include "ui/widgets/lazypage.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Actions {
    Q_DECLARE_TR_FUNCTIONS(Actions)
};

struct Collector {
    std::vector<ActionEntry> entries;
    std::set<const QAction*> seen;

    void take(const QString& group, QAction* action)
    {
        if (action->isSeparator() || action->menu() || !action->isVisible() || plainText(*action).isEmpty())
            return;
        if (!seen.insert(action).second)
            return;
        QStringList keys;
        for (const QKeySequence& key : action->shortcuts())
            keys << key.toString(QKeySequence::NativeText);
        entries.push_back({group, plainText(*action), keys.join(u", "_s), action});
    }

    void takeMenu(const QString& group, const QMenu& menu)
    {
        for (QAction* action : menu.actions()) {
            if (action->menu())
                takeMenu(u"%1 \u203a %2"_s.arg(group, plainText(*action)), *action->menu());
            else
                take(group, action);
        }
    }
};

} // namespace

std::vector<ActionEntry> actionsOf(const QMainWindow& window)
{
    LazyPage::makeAll(window);
    Collector collector;
    for (QAction* top : window.menuBar()->actions()) {
        if (top->menu())
            collector.takeMenu(plainText(*top), *top->menu());
    }
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (qobject_cast<QMenu*>(widget))
            continue;
        for (QAction* action : widget->actions())
            collector.take(Actions::tr("More"), action);
    }
    return std::move(collector.entries);
}

QString plainText(const QAction& action)
{
    const QString text = action.text();
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'&' && ++i >= text.size())
            break;
        if (text[i] != u'\u2026')
            plain += text[i];
    }
    return plain.simplified();
}

} // namespace mnemo
