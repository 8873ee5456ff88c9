#include "ui/widgets/showwindow.h"

#include <QBackingStore>
#include <QPainter>
#include <QWidget>

namespace mnemo {

void showWindow(QWidget& window)
{
    window.show();
    window.raise();
    window.activateWindow();
    QBackingStore* const picture = window.backingStore();
    if (!picture)
        return;
    picture->resize(window.size());
    picture->beginPaint(window.rect());
    QPainter(picture->paintDevice()).fillRect(window.rect(), window.palette().window());
    picture->endPaint();
}

} // namespace mnemo
