#pragma once

#include <QObject>

#include "ui/shell/desktoplook.h"
#include "ui/widgets/theme.h"

class QActionGroup;
class QMenu;
class QSettings;

namespace mnemo {

/// The choice of a theme: its menu, the settings, and following the desktop where that is the choice.
class ThemeSwitch : public QObject {
    Q_OBJECT
public:
    /// @p settings keeps "theme"; what is no theme there means the system's.
    ThemeSwitch(QSettings& settings, QMenu& menu, QObject* parent = nullptr);
    ThemeChoice choice() const { return m_choice; }
    void choose(ThemeChoice choice);
    void followDesktop() { m_desktop.start(); }
    DesktopLook& desktop() { return m_desktop; }

private:
    void tick();
    void apply();

    QSettings& m_settings;
    DesktopLook m_desktop;
    QActionGroup* m_actions;
    ThemeChoice m_choice = ThemeChoice::System;
};

} // namespace mnemo
