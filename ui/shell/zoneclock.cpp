#include "ui/shell/zoneclock.h"

#include <QActionGroup>
#include <QDateTime>
#include <QMenu>

#include "core/base/timetext.h"
#include "ui/shell/zonedialog.h"
#include "ui/widgets/displayzone.h"

using namespace Qt::StringLiterals;

namespace mnemo {

ZoneClock::ZoneClock(DisplayZone& zone, QMenu& menu, QWidget* parent)
    : QToolButton(parent)
    , m_zone(zone)
{
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);
    fill(menu);
    connect(this, &QToolButton::clicked, this,
        [this, &menu] { menu.popup(mapToGlobal(QPoint(0, -menu.sizeHint().height()))); });
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ZoneClock::update);
    connect(&m_zone, &DisplayZone::changed, this, &ZoneClock::update);
    update();
}

void ZoneClock::fill(QMenu& menu)
{
    auto* group = new QActionGroup(this);
    const auto add = [&](const QString& text, const QString& id) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setData(id);
        action->setChecked(id == m_zone.id());
        group->addAction(action);
        connect(action, &QAction::triggered, &m_zone, [this, id] { m_zone.setId(id); });
        return action;
    };
    add(tr("&UTC"), u"UTC"_s);
    add(tr("&This computer's zone"), u"local"_s);
    QAction* chosen = add(QString(), QString());
    chosen->disconnect(&m_zone);
    menu.addSeparator();
    connect(menu.addAction(tr("&Another zone\u2026")), &QAction::triggered, this, &ZoneClock::openList);
    const auto tick = [this, group, chosen] {
        const bool isNamed = m_zone.id() != u"UTC" && m_zone.id() != u"local";
        chosen->setVisible(isNamed);
        chosen->setText(m_zone.id());
        for (QAction* action : group->actions())
            action->setChecked(action == chosen ? isNamed : action->data() == m_zone.id());
    };
    connect(&m_zone, &DisplayZone::changed, group, tick);
    tick();
}

void ZoneClock::openList()
{
    auto* dialog = new ZoneDialog(m_zone.id(), window());
    connect(dialog, &ZoneDialog::chosen, &m_zone, &DisplayZone::setId);
    dialog->open();
}

void ZoneClock::update()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const UtcMs minute = fromMs(now - now % 60'000);
    setText(tr("%1 %2 \u25BE").arg(m_zone.timeText(minute), m_zone.label(minute)));
    setAccessibleName(tr("Time in %1: %2").arg(m_zone.id() == u"local" ? tr("this computer's zone") : m_zone.id(), text()));
    setToolTip(tr("%1 in UTC. All times of the window are shown in the zone that is chosen here.")
                   .arg(QString::fromStdString(formatShort(minute))));
    m_timer.start(static_cast<int>(60'000 - now % 60'000)); // at the next full minute: idle costs nothing
}

} // namespace mnemo
