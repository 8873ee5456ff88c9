#include "ui/metrics/linestyle.h"

#include <QPainter>
#include <QPixmap>
#include <array>

#include "ui/widgets/okabeito.h"

namespace mnemo {

namespace {

constexpr std::array hues {
    OkabeIto::blue, OkabeIto::vermillion, OkabeIto::green, OkabeIto::purple, OkabeIto::orange, OkabeIto::sky};
constexpr std::array dashes {Qt::SolidLine, Qt::DashLine, Qt::DashDotLine, Qt::DotLine, Qt::DashDotDotLine};
constexpr double leastContrast = 3;

QColor readable(QColor colour, const Theme& theme)
{
    for (int i = 0; i < 20 && contrast(colour, theme.background) < leastContrast; ++i)
        colour = theme.isDark ? colour.lighter(110) : colour.darker(110);
    return colour;
}

} // namespace

QPen linePen(int index, const Theme& theme)
{
    const auto place = static_cast<std::size_t>(index);
    QPen pen(readable(hues[place % hues.size()], theme), theme.isHighContrast ? 2.5 : 1.5, dashes[place % dashes.size()]);
    pen.setCosmetic(true);
    return pen;
}

QIcon lineIcon(int index, const Theme& theme)
{
    constexpr QSize size {28, 12};
    QPixmap pixmap(size * 2);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setPen(linePen(index, theme));
    painter.drawLine(QPointF(0, size.height() / 2.0), QPointF(size.width(), size.height() / 2.0));
    return pixmap;
}

} // namespace mnemo
