#pragma once

#include <QTimer>
#include <QToolButton>

namespace mnemo {

class DisplayZone;

/// The time in the chosen zone, and the menu that chooses: UTC, this computer's, or any of the IANA list. Wakes up once
/// a minute.
class ZoneClock : public QToolButton {
    Q_OBJECT
public:
    ZoneClock(DisplayZone& zone, QMenu& menu, QWidget* parent = nullptr);

private:
    void fill(QMenu& menu);
    void openList();
    void update();

    DisplayZone& m_zone;
    QTimer m_timer;
};

} // namespace mnemo
