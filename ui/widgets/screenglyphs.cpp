#include "ui/widgets/screenglyphs.h"

#include <cmath>
#include <numbers>

namespace mnemo {

namespace {

void line(QPainterPath& path, double x1, double y1, double x2, double y2)
{
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
}

void candles(QPainterPath& path)
{
    for (const auto& [x, top, bottom] : {std::tuple {6.5, 10., 17.}, {12., 6., 13.}, {17.5, 8., 15.}}) {
        path.addRect(x - 1.8, top, 3.6, bottom - top);
        line(path, x, top - 2.5, x, top);
        line(path, x, bottom, x, bottom + 2.5);
    }
}

void tree(QPainterPath& path)
{
    path.addRect(3.5, 4, 6, 4);
    for (const double y : {12., 19.}) {
        path.addRect(13.5, y - 2, 7, 4);
        path.moveTo(6.5, y == 12 ? 8 : 12);
        path.lineTo(6.5, y);
        path.lineTo(13.5, y);
    }
}

void cells(QPainterPath& path)
{
    for (const double y : {4., 10., 16.}) {
        for (const double x : {3.5, 9.5, 15.5})
            path.addRect(x, y, 4.5, 4);
    }
    line(path, 9.5, 14, 14, 10);
    line(path, 15.5, 20, 20, 16);
}

void tiles(QPainterPath& path)
{
    for (const double y : {4., 13.5}) {
        for (const double x : {3., 13.}) {
            path.addRect(x, y, 8, 7);
            path.moveTo(x + 1.5, y + 5);
            path.lineTo(x + 3.5, y + 2.8);
            path.lineTo(x + 5, y + 4);
            path.lineTo(x + 6.5, y + 2);
        }
    }
}

void download(QPainterPath& path)
{
    line(path, 12, 3.5, 12, 14.5);
    path.moveTo(7.5, 10.5);
    path.lineTo(12, 15);
    path.lineTo(16.5, 10.5);
    path.moveTo(4, 16.5);
    path.lineTo(4, 20.5);
    path.lineTo(20, 20.5);
    path.lineTo(20, 16.5);
}

void bars(QPainterPath& path)
{
    for (const double y : {6., 12., 18.})
        path.addRoundedRect(3.5, y - 1.8, 17, 3.6, 1.8, 1.8);
    line(path, 13, 4.2, 13, 7.8);
    line(path, 8, 10.2, 8, 13.8);
}

void gauge(QPainterPath& path)
{
    path.arcMoveTo(3.5, 5.5, 17, 17, -20);
    path.arcTo(3.5, 5.5, 17, 17, -20, 220);
    line(path, 12, 14, 16, 9);
    path.addEllipse(QPointF(12, 14), 1, 1);
}

void lines(QPainterPath& path)
{
    path.addRoundedRect(4, 3.5, 16, 17, 2, 2);
    for (const auto& [y, to] : {std::pair {8., 16.5}, {12., 13.5}, {16., 15.}})
        line(path, 7.5, y, to, y);
}

void triangle(QPainterPath& path)
{
    path.moveTo(12, 4);
    path.lineTo(21, 20);
    path.lineTo(3, 20);
    path.closeSubpath();
    line(path, 12, 9.5, 12, 14.5);
    line(path, 12, 17, 12, 17.2);
}

void wheel(QPainterPath& path)
{
    path.addEllipse(QPointF(12, 12), 3, 3);
    path.addEllipse(QPointF(12, 12), 6.3, 6.3);
    for (int i = 0; i < 8; ++i) {
        const double angle = i * std::numbers::pi / 4;
        line(path, 12 + 6.3 * std::cos(angle), 12 + 6.3 * std::sin(angle), 12 + 9 * std::cos(angle),
            12 + 9 * std::sin(angle));
    }
}

void shield(QPainterPath& path)
{
    path.moveTo(12, 3.5);
    path.lineTo(19.5, 6);
    path.cubicTo(19.5, 13, 17.5, 18, 12, 20.5);
    path.cubicTo(6.5, 18, 4.5, 13, 4.5, 6);
    path.closeSubpath();
    path.moveTo(8.5, 11.5);
    path.lineTo(11.2, 14.3);
    path.lineTo(15.8, 8.8);
}

void house(QPainterPath& path)
{
    path.moveTo(3.5, 12);
    path.lineTo(12, 4);
    path.lineTo(20.5, 12);
    path.moveTo(6, 10);
    path.lineTo(6, 20);
    path.lineTo(18, 20);
    path.lineTo(18, 10);
    path.moveTo(10, 20);
    path.lineTo(10, 14);
    path.lineTo(14, 14);
    path.lineTo(14, 20);
}

void aim(QPainterPath& path)
{
    path.addEllipse(QPointF(12, 12), 6, 6);
    for (const auto& [x, y] : {std::pair {0., -1.}, {0., 1.}, {-1., 0.}, {1., 0.}})
        line(path, 12 + 3.5 * x, 12 + 3.5 * y, 12 + 9 * x, 12 + 9 * y);
}

void bell(QPainterPath& path)
{
    path.moveTo(4.5, 17);
    path.cubicTo(7.5, 14.5, 6, 5, 12, 5);
    path.cubicTo(18, 5, 16.5, 14.5, 19.5, 17);
    path.closeSubpath();
    path.moveTo(10, 19.5);
    path.cubicTo(11, 21, 13, 21, 14, 19.5);
    line(path, 12, 3, 12, 5);
}

void graph(QPainterPath& path)
{
    for (const auto& [x, y] : {std::pair {3.5, 9.5}, {15.5, 3.5}, {15.5, 15.5}})
        path.addRoundedRect(x, y, 5, 5, 1.2, 1.2);
    for (const double y : {6., 18.}) {
        path.moveTo(8.5, 12);
        path.cubicTo(12.5, 12, 11.5, y, 15.5, y);
    }
}

} // namespace

QPainterPath screenGlyph(Glyph glyph)
{
    QPainterPath path;
    if (glyph == Glyph::Charts)
        candles(path);
    else if (glyph == Glyph::Coverage)
        cells(path);
    else if (glyph == Glyph::Universe)
        tree(path);
    else if (glyph == Glyph::Backfill)
        download(path);
    else if (glyph == Glyph::Jobs)
        bars(path);
    else if (glyph == Glyph::Limits)
        gauge(path);
    else if (glyph == Glyph::Lines)
        lines(path);
    else if (glyph == Glyph::Problem)
        triangle(path);
    else if (glyph == Glyph::Settings)
        wheel(path);
    else if (glyph == Glyph::Validation)
        shield(path);
    else if (glyph == Glyph::Home)
        house(path);
    else if (glyph == Glyph::Scope)
        aim(path);
    else if (glyph == Glyph::Alerts)
        bell(path);
    else if (glyph == Glyph::Pipelines)
        graph(path);
    else if (glyph == Glyph::Wall)
        tiles(path);
    return path;
}

} // namespace mnemo
