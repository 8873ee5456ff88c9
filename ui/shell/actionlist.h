#pragma once

#include <QPointer>
#include <QAction>
#include <QString>
#include <vector>

class QMainWindow;

namespace mnemo {

/// An action as palette and shortcut sheet list it.
struct ActionEntry {
    QString group; ///< the menu: "View", "View \u203a Theme"
    QString text;  ///< without mnemonics and dots
    QString keys;  ///< all its shortcuts
    QPointer<QAction> action;
    QString id() const { return group + u'/' + text; }
};

/// Every action of the window: those of its menus in their order, then those that only widgets know. Actions without
/// text, separators and what opens a menu are left out; each stands once.
std::vector<ActionEntry> actionsOf(const QMainWindow& window);

QString plainText(const QAction& action); ///< without mnemonics and dots
/// Why an action is disabled where it is, for who looks for it. A whole phrase: "Select a job in the table first".
void setReason(QAction& action, const QString& reason);
QString reasonOf(const QAction& action);

} // namespace mnemo
