#pragma once

#include <QPointer>
#include <QAction>
#include <QString>
#include <vector>

#include "ui/widgets/actionreason.h"

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
/// text, separators and what opens a menu are left out; each stands once. Makes the screens that are not there yet.
std::vector<ActionEntry> actionsOf(const QMainWindow& window);

QString plainText(const QAction& action); ///< without mnemonics and dots

} // namespace mnemo
