#include "ui/chart/chartpaint.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QImage>
#include <QVarLengthArray>
#include <algorithm>
#include <cmath>

#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Chart)
};

// Boxes of one colour, drawn with one call: no pen, brush or path changes inside the loop. One-pixel lines are boxes
// too.
using Batch = QVarLengthArray<QRect, 4096>;

void flush(QPainter& painter, const Batch& boxes, const QColor& colour)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRects(boxes.constData(), static_cast<int>(boxes.size()));
    painter.setBrush(Qt::NoBrush);
}

// The frame of a box as four filled strips, so that its inside stays what it was.
void addFrame(Batch& batch, int left, int top, int width, int height, int line)
{
    batch.append(QRect(left, top, width, line));
    batch.append(QRect(left, top + height - line, width, line));
    if (height <= 2 * line)
        return;
    batch.append(QRect(left, top + line, line, height - 2 * line));
    batch.append(QRect(left + width - line, top + line, line, height - 2 * line));
}

void addCandle(Batch& batch, const CandleMark& mark, const PriceMap& map, bool isUp, int line)
{
    const auto [high, low] =
        std::minmax({map.toY(mark.bar.high), map.toY(mark.bar.low)}); // inverted: the other way round
    const auto [top, bottom] = std::minmax({map.toY(mark.bar.open), map.toY(mark.bar.close)});
    const int height = std::max(line, bottom - top);
    if (mark.width < 3 * line) { // too narrow for a body of its own: body and wick are one bar
        batch.append(QRect(mark.x, high, 1, std::max(low, top + height - 1) - high + 1));
        return;
    }
    const int left = mark.x - mark.width / 2;
    if (isUp)
        addFrame(batch, left, top, mark.width, height, line);
    else
        batch.append(QRect(left, top, mark.width, height));
    const int stem = mark.x - (line - 1) / 2;
    if (high < top)
        batch.append(QRect(stem, high, line, top - high));
    if (low > top + height)
        batch.append(QRect(stem, top + height, line, low - top - height));
}

class DevicePixels {
public:
    DevicePixels(QPainter& painter, qreal ratio)
        : m_painter(painter)
    {
        m_painter.save();
        m_painter.setRenderHint(QPainter::Antialiasing, false);
        m_painter.scale(1 / ratio, 1 / ratio);
    }
    ~DevicePixels() { m_painter.restore(); }
    DevicePixels(const DevicePixels&) = delete;
    DevicePixels& operator=(const DevicePixels&) = delete;

private:
    QPainter& m_painter;
};

/// Lines of one device pixel, as boxes: the raster engine would stroke them pixel by pixel.
class Hairlines {
public:
    explicit Hairlines(const QPainter& painter)
        : m_ratio(painter.device()->devicePixelRatioF())
    {
    }
    void addVertical(qreal x, qreal from, qreal to) { add(QPointF(x, from), QSizeF(0, to - from)); }
    void addHorizontal(qreal y, qreal from, qreal to) { add(QPointF(from, y), QSizeF(to - from, 0)); }
    void paint(QPainter& painter, const QColor& colour) const
    {
        const DevicePixels pixels(painter, m_ratio);
        flush(painter, m_boxes, colour);
    }

private:
    void add(QPointF from, QSizeF length)
    {
        const QSize size = (length * m_ratio).toSize().expandedTo(QSize(1, 1));
        m_boxes.append(QRect((from * m_ratio).toPoint(), size));
    }
    qreal m_ratio;
    Batch m_boxes;
};

QColor faded(const QColor& colour, const Theme& theme)
{
    const qreal share = theme.isHighContrast ? 0.55 : 0.38;
    const auto mix = [share](qreal a, qreal b) { return static_cast<float>(a * share + b * (1 - share)); };
    return QColor::fromRgbF(mix(colour.redF(), theme.background.redF()),
        mix(colour.greenF(), theme.background.greenF()), mix(colour.blueF(), theme.background.blueF()));
}

void paintBandLabel(QPainter& painter, const QRectF& band, const QString& text, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    const qreal width = metrics.horizontalAdvance(text) + 8;
    const qreal height = metrics.height() + 2;
    const bool isUpright = band.width() < width;
    if ((isUpright ? band.width() < height : false) || (isUpright ? band.height() < width + 8 : band.height() < height))
        return;
    painter.save();
    painter.translate(band.center());
    if (isUpright)
        painter.rotate(-90);
    const QRectF box(-width / 2, -height / 2, width, height);
    painter.fillRect(box, theme.gapBack);
    painter.setPen(theme.mutedText);
    painter.drawText(box, Qt::AlignCenter, text);
    painter.restore();
}

/// The shape of a kind, drawn once for all of its marks.
/// Device pixels of a mark's volume.
struct VolumeHeight {
    double perUnit = 0;
    int operator()(const CandleMark& mark) const
    {
        return mark.bar.volume > 0 ? std::max(1, static_cast<int>(mark.bar.volume * perUnit + 0.5)) : 0;
    }
};

void paintVolumeBoxes(
    QPainter& painter, const CandleScene& scene, VolumeHeight heightOf, int bottom, const Theme& theme)
{
    Batch up, down;
    for (const CandleMark& mark : scene.marks) {
        auto& batch = mark.bar.close >= mark.bar.open ? up : down;
        if (const int height = heightOf(mark); height > 0)
            batch.append(QRect(mark.x - mark.width / 2, bottom - height, mark.width, height));
    }
    flush(painter, up, theme.volumeUp);
    flush(painter, down, theme.volumeDown);
}

/// Bars of one column, row by row: as boxes, each of their pixels would be a call of its own. From the first mark's column
/// on, @p bottom pixels high.
QImage narrowVolume(const CandleScene& scene, VolumeHeight heightOf, int bottom, const Theme& theme)
{
    const int first = scene.marks.front().x;
    const int width = scene.marks.back().x - first + 1;
    std::vector<int> tops(static_cast<std::size_t>(width), bottom);
    std::vector<QRgb> colours(static_cast<std::size_t>(width), 0);
    const QRgb up = qPremultiply(theme.volumeUp.rgba()), down = qPremultiply(theme.volumeDown.rgba());
    for (const CandleMark& mark : scene.marks) {
        const auto column = static_cast<std::size_t>(mark.x - first);
        tops[column] = bottom - heightOf(mark);
        colours[column] = mark.bar.close >= mark.bar.open ? up : down;
    }
    QImage image(width, bottom, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < bottom; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (std::size_t x = 0; x < tops.size(); ++x)
            line[x] = y < tops[x] ? 0 : colours[x];
    }
    return image;
}

QImage noteStamp(NoteKind kind, qreal side, qreal ratio, const Theme& theme)
{
    const int pixels = static_cast<int>(std::ceil((side + 3) * ratio)) | 1; // its centre is a pixel
    QImage stamp(pixels, pixels, QImage::Format_ARGB32_Premultiplied);
    stamp.setDevicePixelRatio(ratio);
    stamp.fill(Qt::transparent);
    const QColor colour = colourOf(kind, theme);
    QPainter painter(&stamp);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(pixels / 2.0 / ratio, pixels / 2.0 / ratio);
    painter.setPen(isFilled(kind) ? Qt::NoPen : QPen(colour, theme.isHighContrast ? 2 : 1.5));
    painter.setBrush(isFilled(kind) ? QBrush(colour) : QBrush());
    painter.drawPath(QTransform::fromScale(side, side).map(shapeOf(kind)));
    return stamp;
}

} // namespace

ChartLayout ChartLayout::of(QSizeF size, qreal axisWidth, qreal axisHeight, const PaneShares& panes, qreal gapLane,
    qreal noteLane)
{
    const qreal width = std::max(0.0, std::floor(size.width() - axisWidth));
    const qreal bottom = std::max(0.0, std::floor(size.height() - axisHeight));
    const qreal height = std::max(0.0, bottom - gapLane - noteLane);
    const PaneShares::Heights heights = panes.heights(height);
    ChartLayout layout;
    qreal y = 0;
    for (const auto& [rect, kind] : {std::pair {&layout.price, PaneKind::Price}, {&layout.volume, PaneKind::Volume},
             {&layout.difference, PaneKind::Difference}}) {
        *rect = QRectF(0, y, width, heights[static_cast<std::size_t>(kind)]);
        y += rect->height();
    }
    layout.quality = QRectF(0, height, width, std::min(gapLane, bottom - height));
    layout.notes = QRectF(0, layout.quality.bottom(), width, bottom - layout.quality.bottom());
    layout.priceAxis = QRectF(width, 0, size.width() - width, bottom);
    layout.timeAxis = QRectF(0, bottom, width, size.height() - bottom);
    layout.corner = QRectF(width, bottom, size.width() - width, size.height() - bottom);
    return layout;
}

const QRectF& ChartLayout::pane(PaneKind kind) const
{
    switch (kind) {
    case PaneKind::Price:
        return price;
    case PaneKind::Volume:
        return volume;
    case PaneKind::Difference:
        return difference;
    }
    return price;
}

std::optional<PaneKind> ChartLayout::paneAt(QPointF position) const
{
    for (const PaneKind kind : allPanes) {
        if (pane(kind).contains(position))
            return kind;
    }
    return std::nullopt;
}

void paintCandles(QPainter& painter, const CandleScene& scene, const PriceScale& scale, const Theme& theme)
{
    const DevicePixels pixels(painter, scene.ratio);
    const PriceMap map(scale, scene.ratio);
    const int line = std::max(1, static_cast<int>(scene.ratio));
    const auto paint = [&](const std::vector<CandleMark>& marks, const QColor& upColour, const QColor& downColour) {
        Batch up, down;
        for (const CandleMark& mark : marks) {
            const bool isUp = mark.bar.close >= mark.bar.open;
            addCandle(isUp ? up : down, mark, map, isUp, line);
        }
        flush(painter, up, upColour);
        flush(painter, down, downColour);
    };
    if (!scene.quarantined.empty())
        paint(scene.quarantined, faded(theme.up, theme), faded(theme.down, theme));
    paint(scene.marks, theme.up, theme.down);
}

void paintVolume(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme)
{
    if (!(scene.maxVolume > 0) || pane.height() <= 0)
        return;
    painter.save();
    painter.translate(pane.topLeft());
    {
        const DevicePixels pixels(painter, scene.ratio);
        const VolumeHeight height {pane.height() * scene.ratio * 7 / 8 / scene.maxVolume};
        const auto bottom = static_cast<int>(pane.height() * scene.ratio);
        if (scene.marks.front().width == 1)
            painter.drawImage(scene.marks.front().x, 0, narrowVolume(scene, height, bottom, theme));
        else
            paintVolumeBoxes(painter, scene, height, bottom, theme);
    }
    painter.restore();
}

void paintVolumeLabel(QPainter& painter, const CandleScene& scene, const ChartLayout& layout, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    if (!(scene.maxVolume > 0) || layout.volume.height() < 2.5 * metrics.height())
        return;
    const qreal top = layout.volume.top() + std::max(layout.volume.height() / 8 - metrics.height() / 2, 1.0);
    const QRectF box(layout.priceAxis.left() + 6, top, layout.priceAxis.width() - 6, metrics.height());
    painter.setPen(theme.mutedText);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, volumeText(scene.maxVolume));
}

Qt::BrushStyle patternOf(GapClass gapClass)
{
    switch (gapClass) {
    case GapClass::Empty:
        return Qt::Dense6Pattern;
    case GapClass::Outage:
        return Qt::BDiagPattern;
    case GapClass::Failed:
        return Qt::DiagCrossPattern;
    case GapClass::Unlisted:
        return Qt::NoBrush;
    case GapClass::Delisted:
        return Qt::NoBrush;
    case GapClass::BeyondRetention:
        return Qt::CrossPattern;
    case GapClass::Unknown:
        return Qt::FDiagPattern;
    }
    return Qt::NoBrush;
}

void paintGaps(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme)
{
    for (const GapBand& band : scene.gaps) {
        const QRectF rect(pane.left() + band.from, pane.top(), band.to - band.from, pane.height());
        painter.fillRect(rect, theme.gapBack);
        painter.fillRect(rect, QBrush(theme.gapLine, patternOf(band.gap.gapClass)));
        paintBandLabel(painter, rect, textOf(band.gap.gapClass), theme);
    }
}

QColor colourOf(GapClass gapClass, const Theme& theme)
{
    switch (gapClass) {
    case GapClass::Failed:
        return theme.bad;
    case GapClass::Unknown:
        return theme.warning;
    case GapClass::Outage:
        return theme.running;
    case GapClass::Empty:
    case GapClass::Unlisted:
    case GapClass::Delisted:
    case GapClass::BeyondRetention:
        return theme.neutral;
    }
    return theme.neutral;
}

QColor overlayColour(const Theme& theme)
{
    return theme.isDark ? QColor(0xcc, 0x79, 0xa7) : QColor(0xa8, 0x4a, 0x80); // Okabe and Ito's purple, 4:1 on white
}

void paintQuality(QPainter& painter, const CandleScene& scene, const QRectF& lane, const Theme& theme)
{
    if (lane.height() <= 0)
        return;
    painter.fillRect(lane, theme.gapBack);
    if (!scene.marks.empty()) {
        const qreal from = std::max(0.0, scene.marks.front().x / scene.ratio);
        const qreal to = std::min(lane.width(), (scene.marks.back().x + 1) / scene.ratio);
        painter.fillRect(QRectF(lane.left() + from, lane.center().y() - 0.5, to - from, 1), theme.good);
    }
    painter.save();
    painter.translate(lane.topLeft());
    {
        const DevicePixels pixels(painter, scene.ratio);
        const auto top = static_cast<int>(std::ceil(scene.ratio));
        const auto height = static_cast<int>((lane.height() - 1) * scene.ratio);
        for (const QualityMark& mark : scene.quality) {
            const QRect box(mark.x, top, mark.width, height);
            const QColor colour = colourOf(mark.gapClass, theme);
            painter.fillRect(box, theme.gapBack);
            // A pattern needs room; a narrow mark is filled, and its class is told when it is pointed at.
            const bool isNarrow = mark.width < 6 && colour != theme.neutral;
            painter.fillRect(box, QBrush(colour, isNarrow ? Qt::SolidPattern : patternOf(mark.gapClass)));
            painter.setPen(colour);
            if (mark.width >= 4)
                painter.drawRect(box.adjusted(0, 0, -1, -1));
        }
    }
    painter.restore();
}

void paintNotes(QPainter& painter, const CandleScene& scene, const QRectF& lane, const Theme& theme)
{
    if (lane.height() <= 0)
        return;
    painter.fillRect(lane, theme.gapBack);
    if (scene.notes.empty())
        return;
    painter.save();
    painter.setClipRect(lane);
    const qreal side = std::min(CandleScene::noteRoom, lane.height()) - 1;
    for (std::size_t i = 0; i < noteKinds; ++i) {
        const auto kind = static_cast<NoteKind>(i);
        const QColor colour = colourOf(kind, theme);
        QImage stamp;
        for (const NoteMark& mark : scene.notes) {
            if (mark.kind != kind)
                continue;
            if (stamp.isNull())
                stamp = noteStamp(kind, side, scene.ratio, theme);
            const QSizeF room = stamp.deviceIndependentSize();
            const QPointF centre(lane.left() + (mark.x + 0.5) / scene.ratio, lane.center().y());
            painter.drawImage(centre - QPointF(room.width(), room.height()) / 2, stamp);
            const QRectF under(lane.left() + mark.from / scene.ratio, lane.bottom() - 2,
                (mark.to - mark.from) / scene.ratio, 1.5);
            if (under.width() > CandleScene::noteRoom)
                painter.fillRect(under, colour);
        }
    }
    painter.restore();
}

void paintLine(
    QPainter& painter, const CandleScene& scene, const PriceScale& scale, qreal longest, const QColor& colour)
{
    painter.setPen(QPen(colour, scene.marks.size() > 600 ? 1 : 1.5));
    QVarLengthArray<QPointF, 4096> points;
    const auto flushLine = [&] {
        if (points.size() == 1)
            painter.drawPoint(points[0]);
        else if (!points.isEmpty())
            painter.drawPolyline(points.constData(), static_cast<int>(points.size()));
        points.clear();
    };
    for (const CandleMark& mark : scene.marks) {
        const QPointF point((mark.x + 0.5) / scene.ratio, scale.toY(mark.bar.close));
        if (!points.isEmpty() && point.x() - points.back().x() > longest)
            flushLine();
        points.append(point);
    }
    flushLine();
}

void paintLoading(QPainter& painter, const CandleScene& scene, const QRectF& pane, const Theme& theme)
{
    for (const auto& [from, to] : scene.loading) {
        const QRectF rect(pane.left() + from, pane.top(), to - from, pane.height());
        painter.fillRect(rect, theme.gapBack);
        paintBandLabel(painter, rect, Text::tr("Loading\u2026"), theme);
    }
}

void paintGrid(QPainter& painter, const ChartLayout& layout, std::span<const TimeTick> times, const PriceTicks& prices,
    const Theme& theme)
{
    Hairlines lines(painter);
    const QRectF plots = layout.plots();
    for (const TimeTick& tick : times)
        lines.addVertical(std::floor(tick.x), plots.top(), plots.bottom());
    for (const PriceTick& tick : prices.ticks) {
        if (const qreal y = std::floor(tick.y); y < layout.price.bottom())
            lines.addHorizontal(y, plots.left(), plots.right());
    }
    lines.paint(painter, theme.gridLine);
}

void paintAxes(QPainter& painter, const ChartLayout& layout, std::span<const TimeTick> times, const PriceTicks& prices,
    const PriceScale& scale, const Theme& theme)
{
    Hairlines lines(painter);
    lines.addVertical(layout.priceAxis.left(), layout.priceAxis.top(), layout.priceAxis.bottom());
    lines.addHorizontal(layout.timeAxis.top(), layout.timeAxis.left(), layout.corner.right());
    for (const PaneKind pane : {PaneKind::Volume, PaneKind::Difference}) {
        if (const QRectF& rect = layout.pane(pane); rect.height() > 0)
            lines.addHorizontal(rect.top(), rect.left(), layout.priceAxis.right());
    }
    lines.paint(painter, theme.gapLine);

    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme.axisText);
    for (const PriceTick& tick : prices.ticks) {
        const QRectF box(
            layout.priceAxis.left() + 6, tick.y - metrics.height() / 2, layout.priceAxis.width() - 6, metrics.height());
        if (box.top() >= layout.price.top() && box.bottom() <= layout.price.bottom())
            painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, scale.text(tick.price, prices.decimals));
    }
    QFont bold = painter.font();
    bold.setBold(true);
    const QFont plain = painter.font();
    for (const TimeTick& tick : times) {
        painter.setFont(tick.isMajor ? bold : plain);
        const QRectF box(tick.x - 50, layout.timeAxis.top() + 1, 100, layout.timeAxis.height() - 2);
        const qreal half = QFontMetricsF(painter.font()).horizontalAdvance(tick.label) / 2;
        if (tick.x - half >= 0 && tick.x + half <= layout.price.right())
            painter.drawText(box, Qt::AlignCenter, tick.label);
    }
    painter.setFont(plain);
}

void paintAxisLabel(QPainter& painter, const QRectF& axis, QPointF centre, const QString& text, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    const QSizeF size(metrics.horizontalAdvance(text) + 12, metrics.height() + 4);
    QRectF box(QPointF(centre.x() - size.width() / 2, centre.y() - size.height() / 2), size);
    box.moveLeft(std::clamp(box.left(), axis.left(), std::max(axis.left(), axis.right() - size.width())));
    box.moveTop(std::clamp(box.top(), axis.top(), std::max(axis.top(), axis.bottom() - size.height())));
    painter.fillRect(box, theme.labelBack);
    painter.setPen(theme.labelText);
    painter.drawText(box, Qt::AlignCenter, text);
}

} // namespace mnemo
