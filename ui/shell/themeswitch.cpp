#include "ui/shell/themeswitch.h"

#include <QActionGroup>
#include <QApplication>
#include <QMenu>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace mnemo {

ThemeSwitch::ThemeSwitch(QSettings& settings, QMenu& menu, QObject* parent)
    : QObject(parent)
    , m_settings(settings)
    , m_desktop(lookOf(QApplication::palette()))
    , m_actions(new QActionGroup(this))
{
    for (const auto& [choice, text] :
        {std::pair {ThemeChoice::System, tr("As the &system")}, std::pair {ThemeChoice::Light, tr("&Light")},
            std::pair {ThemeChoice::Dark, tr("&Dark")}, std::pair {ThemeChoice::HighContrast, tr("&High contrast")}}) {
        QAction* action = m_actions->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(choice));
        menu.addAction(action);
    }
    connect(m_actions, &QActionGroup::triggered, this,
        [this](const QAction* action) { choose(themeChoiceOf(action->data().toInt())); });
    connect(&m_desktop, &DesktopLook::changed, this, [this] {
        if (m_choice == ThemeChoice::System)
            apply();
    });
    m_choice = themeChoiceOf(m_settings.value(u"theme"_s, 0).toInt());
    tick();
    apply();
}

void ThemeSwitch::choose(ThemeChoice choice)
{
    m_choice = choice;
    if (m_settings.value(u"theme"_s).toString() != QString::number(static_cast<int>(choice))) // a change is a write to disk from the UI thread
        m_settings.setValue(u"theme"_s, static_cast<int>(choice));
    tick();
    apply();
}

void ThemeSwitch::tick()
{
    for (QAction* action : m_actions->actions())
        action->setChecked(action->data().toInt() == static_cast<int>(m_choice));
}

void ThemeSwitch::apply()
{
    QApplication::setPalette(paletteOf(m_choice, m_desktop.look()));
}

} // namespace mnemo
