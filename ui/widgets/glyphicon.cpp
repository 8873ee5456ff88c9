#include "ui/widgets/glyphicon.h"

#include <QApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>
#include <functional>
#include <utility>

#include "ui/widgets/screenglyphs.h"

namespace mnemo {

namespace {

// All paths live in a square of 24 units.
void arc(QPainterPath& path)
{
    path.arcMoveTo(5, 5, 14, 14, 40);
    path.arcTo(5, 5, 14, 14, 40, 285);
    path.moveTo(18.5, 3.5);
    path.lineTo(18.2, 8.6);
    path.lineTo(13.2, 8.0);
}

void lens(QPainterPath& path)
{
    path.addEllipse(QPointF(10.5, 10.5), 6.5, 6.5);
    path.moveTo(15.3, 15.3);
    path.lineTo(20.5, 20.5);
    path.moveTo(7.7, 10.5);
    path.lineTo(13.3, 10.5);
}

QPainterPath pathOf(Glyph glyph)
{
    QPainterPath path;
    switch (glyph) {
    case Glyph::Add:
        path.moveTo(12, 4.5);
        path.lineTo(12, 19.5);
        path.moveTo(4.5, 12);
        path.lineTo(19.5, 12);
        break;
    case Glyph::Refresh:
    case Glyph::Retry: arc(path); break;
    case Glyph::ZoomIn:
        lens(path);
        path.moveTo(10.5, 7.7);
        path.lineTo(10.5, 13.3);
        break;
    case Glyph::ZoomOut: lens(path); break;
    case Glyph::Fit:
        for (const auto& [x, y, dx, dy] :
            {std::tuple {4.5, 4.5, 5., 5.}, {19.5, 4.5, -5., 5.}, {4.5, 19.5, 5., -5.}, {19.5, 19.5, -5., -5.}}) {
            path.moveTo(x + dx, y);
            path.lineTo(x, y);
            path.lineTo(x, y + dy);
        }
        break;
    case Glyph::Latest:
        path.moveTo(5, 5.5);
        path.lineTo(14, 12);
        path.lineTo(5, 18.5);
        path.moveTo(18.5, 5);
        path.lineTo(18.5, 19);
        break;
    case Glyph::Log:
        path.moveTo(4.5, 4);
        path.lineTo(4.5, 19.5);
        path.lineTo(20, 19.5);
        path.moveTo(7, 17);
        path.cubicTo(8, 9, 13, 7, 20, 6);
        break;
    case Glyph::Pause:
        path.moveTo(8.5, 5.5);
        path.lineTo(8.5, 18.5);
        path.moveTo(15.5, 5.5);
        path.lineTo(15.5, 18.5);
        break;
    case Glyph::Play:
        path.moveTo(7.5, 5);
        path.lineTo(18.5, 12);
        path.lineTo(7.5, 19);
        path.closeSubpath();
        break;
    case Glyph::Stop: path.addRect(6.5, 6.5, 11, 11); break;
    case Glyph::Close:
        path.moveTo(6, 6);
        path.lineTo(18, 18);
        path.moveTo(18, 6);
        path.lineTo(6, 18);
        break;
    case Glyph::Float:
        path.addRect(4.5, 8.5, 11, 11);
        path.moveTo(9, 8.5);
        path.lineTo(9, 4.5);
        path.lineTo(19.5, 4.5);
        path.lineTo(19.5, 15);
        path.lineTo(15.5, 15);
        break;
    case Glyph::Charts:
    case Glyph::Coverage:
    case Glyph::Universe:
    case Glyph::Backfill:
    case Glyph::Jobs:
    case Glyph::Limits:
    case Glyph::Lines:
    case Glyph::Problem:
    case Glyph::Settings:
    case Glyph::Validation:
    case Glyph::Home:
    case Glyph::Alerts:
    case Glyph::Pipelines:
    case Glyph::Wall:
    case Glyph::Scope: return screenGlyph(glyph);
    case Glyph::Keyboard:
        path.addRoundedRect(3, 6.5, 18, 11, 2, 2);
        path.moveTo(8, 14.5);
        path.lineTo(16, 14.5);
        for (const double x : {6.5, 10., 14., 17.5}) {
            path.moveTo(x - 0.3, 10);
            path.lineTo(x + 0.3, 10);
        }
        break;
    }
    return path;
}

void paintApplication(QPainter& painter)
{
    painter.setPen(QPen(QColor(0x00, 0x72, 0xb2), 2));
    painter.setBrush(Qt::white);
    painter.drawRoundedRect(QRectF(1, 1, 22, 22), 4, 4);
    painter.drawLine(QPointF(8, 4.5), QPointF(8, 19.5));
    painter.drawRect(QRectF(5.5, 8, 5, 8));
    painter.setPen(QPen(QColor(0xd5, 0x5e, 0x00), 2));
    painter.setBrush(QColor(0xd5, 0x5e, 0x00));
    painter.drawLine(QPointF(16, 4.5), QPointF(16, 18));
    painter.drawRect(QRectF(13.5, 7, 5, 8));
}

class PaintedIcon final : public QIconEngine {
public:
    using Paint = std::function<void(QPainter&, QIcon::Mode)>;
    explicit PaintedIcon(Paint paint)
        : m_paint(std::move(paint))
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.topLeft());
        painter->scale(rect.width() / 24.0, rect.height() / 24.0);
        m_paint(*painter, mode);
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap result(size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return result;
    }
    QIconEngine* clone() const override { return new PaintedIcon(*this); }

private:
    Paint m_paint;
};

} // namespace

QIcon glyphIcon(Glyph glyph)
{
    return QIcon(new PaintedIcon([path = pathOf(glyph)](QPainter& painter, QIcon::Mode mode) {
        const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
        painter.setPen(QPen(QApplication::palette().color(group, QPalette::ButtonText), 1.7, Qt::SolidLine,
            Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(path);
    }));
}

QIcon applicationIcon()
{
    return QIcon(new PaintedIcon([](QPainter& painter, QIcon::Mode) { paintApplication(painter); }));
}

} // namespace mnemo
