#include "ui/validation/neighbourchart.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/chart/chartzone.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QRectF markedBand(const NeighbourScene& scene)
{
    const QRectF plots = scene.layout.plots();
    return {plots.left() + scene.markedFrom, plots.top(), scene.markedTo - scene.markedFrom, plots.height()};
}

/// A soft band, edges that are seen without colour, and an arrow from above.
void paintMarked(QPainter& painter, const NeighbourScene& scene, const Theme& theme)
{
    const QRectF band = markedBand(scene);
    QColor soft = theme.bad;
    soft.setAlphaF(theme.isHighContrast ? 0.4F : 0.16F);
    painter.fillRect(band, soft);
    painter.setPen(QPen(theme.bad, theme.isHighContrast ? 2 : 1, Qt::DashLine));
    painter.drawLine(band.topLeft(), band.bottomLeft());
    painter.drawLine(band.topRight(), band.bottomRight());
    const QPointF tip(band.center().x(), band.top() + 8);
    const QPolygonF arrow {tip, tip + QPointF(-5, -7), tip + QPointF(5, -7)};
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.bad);
    painter.drawPolygon(arrow);
    painter.setBrush(Qt::NoBrush);
}

/// Around the chosen bar: a frame with corners, not a colour alone.
void paintChosen(QPainter& painter, const NeighbourScene& scene, const ChartBar& bar, const Theme& theme)
{
    const qreal slot = scene.candles.marks.empty() ? 6 : scene.candles.marks.front().width / scene.candles.ratio;
    const qreal x = scene.layout.price.left() + scene.time.toX(bar.time) + slot * 0.75;
    painter.setPen(QPen(theme.crosshair, 1, Qt::DotLine));
    painter.drawLine(QPointF(x, scene.layout.plots().top()), QPointF(x, scene.layout.plots().bottom()));
}

} // namespace

NeighbourScene prepareNeighbours(
    const FindingEvidence& evidence, QSizeF size, const QFontMetricsF& metrics, qreal ratio)
{
    NeighbourScene out;
    const SeriesRecord& series = evidence.provenance.series;
    const Grid grid = series.grid();
    double low = 0, high = 0;
    if (!evidence.bars.empty()) {
        low = std::ranges::min(evidence.bars, {}, &ChartBar::low).low;
        high = std::ranges::max(evidence.bars, {}, &ChartBar::high).high;
    }
    const int decimals = std::max(2, decimalsOfPrice(high));
    const qreal axis = std::max(metrics.horizontalAdvance(priceText(high, decimals)),
                           metrics.horizontalAdvance(priceText(low, decimals)))
        + 16;
    const bool hasVolume = series.key.kind == Kind::Candles;
    PaneShares panes;
    panes.offer(PaneKind::Volume, hasVolume);
    out.layout = ChartLayout::of(size, std::ceil(axis), std::ceil(metrics.height() + 8), panes);
    out.time.from = static_cast<double>(toMs(evidence.shown.from));
    out.time.width = out.layout.price.width();
    const double span = static_cast<double>((evidence.shown.to - evidence.shown.from).count());
    out.time.msPerPixel = span / std::max(1.0, out.time.width);
    const ChartContent content {{{drawnLength(grid), evidence.bars}}, evidence.gaps, {}};
    out.candles = prepareScene(content, out.time, evidence.shown, ratio);
    out.price = fittedScale(low, high, out.layout.price.height(), PriceMode::Linear, 0.1);
    const Finding& finding = evidence.provenance.finding;
    const UtcMs first = grid.floor(finding.range.from);
    const UtcMs end = std::clamp(finding.range.to, grid.next(first), evidence.shown.to);
    out.markedFrom = out.time.toX(first);
    out.markedTo = out.time.toX(end);
    return out;
}

void paintNeighbours(QPainter& painter, const NeighbourScene& scene, const FindingEvidence& evidence,
    const ChartBar* shown, const ChartZone& zone, const Theme& theme)
{
    const QFontMetricsF metrics(painter.font());
    const auto times = timeTicks(scene.time, metrics.horizontalAdvance(u"00:00"_s) * 2.2, zone);
    const auto prices = priceTicks(scene.price, metrics.height() * 2.2);
    painter.setClipRect(scene.layout.plots());
    paintGaps(painter, scene.candles, scene.layout.plots(), theme);
    paintMarked(painter, scene, theme);
    painter.setClipping(false);
    paintGrid(painter, scene.layout, times, prices, theme);
    painter.save();
    painter.setClipRect(scene.layout.price);
    if (isMetric(evidence.provenance.series.key.kind)) {
        const qreal slot =
            static_cast<qreal>(drawnLength(evidence.provenance.series.grid()).count()) / scene.time.msPerPixel;
        paintLine(painter, scene.candles, scene.price, slot * 1.5, theme.running);
    }
    paintCandles(painter, scene.candles, scene.price, theme);
    painter.restore();
    if (scene.layout.volume.height() > 0) {
        painter.save();
        painter.setClipRect(scene.layout.volume);
        paintVolume(painter, scene.candles, scene.layout.volume, theme);
        painter.restore();
    }
    if (shown)
        paintChosen(painter, scene, *shown, theme);
    paintAxes(painter, scene.layout, times, prices, scene.price, theme);
}

NeighbourChart::NeighbourChart(DisplayZone& zone, QWidget* parent)
    : QWidget(parent)
    , m_zone(zone)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("The bar among its neighbours"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&zone, &DisplayZone::changed, this, qOverload<>(&QWidget::update));
    setEvidence(std::nullopt);
}

QSize NeighbourChart::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(u'0') * 50, fontMetrics().height() * 14};
}

QSize NeighbourChart::minimumSizeHint() const
{
    return {fontMetrics().horizontalAdvance(u'0') * 24, fontMetrics().height() * 8};
}

void NeighbourChart::setEvidence(const std::optional<FindingEvidence>& evidence)
{
    m_evidence = evidence;
    m_chosen = -1;
    if (m_evidence && !m_evidence->bars.empty()) {
        const UtcMs first = m_evidence->provenance.series.grid().floor(m_evidence->provenance.finding.range.from);
        const auto& bars = m_evidence->bars;
        const auto at = std::ranges::lower_bound(bars, first, {}, &ChartBar::time);
        choose(static_cast<int>(std::min<std::ptrdiff_t>(at - bars.begin(), std::ssize(bars) - 1)));
    }
    if (m_chosen < 0)
        setAccessibleDescription(tr("No bar is stored here."));
    update();
}

const ChartBar* NeighbourChart::chosen() const
{
    return m_chosen >= 0 ? &m_evidence->bars[static_cast<std::size_t>(m_chosen)] : nullptr;
}

QString NeighbourChart::readout() const
{
    const ChartBar* bar = chosen();
    if (!bar)
        return m_evidence ? tr("No bar is stored here.") : QString();
    const QString time = tr("%1 %2").arg(m_zone.timeText(bar->time), m_zone.label(bar->time));
    const auto number = [](double value) { return QString::number(value, 'g', 12); };
    if (const Kind kind = m_evidence->provenance.series.key.kind; isMetric(kind))
        return tr("%1  %2 %3").arg(time, textOf(kind), number(bar->close));
    return tr("%1  O %2  H %3  L %4  C %5  V %6")
        .arg(time, number(bar->open), number(bar->high), number(bar->low), number(bar->close), volumeText(bar->volume));
}

void NeighbourChart::choose(int bar)
{
    m_chosen = std::clamp(bar, 0, static_cast<int>(m_evidence->bars.size()) - 1);
    const Finding& finding = m_evidence->provenance.finding;
    const bool isMarked = finding.range.contains(chosen()->time);
    setAccessibleDescription(isMarked ? tr("%1. This bar is part of the finding. Left and Right walk.").arg(readout())
                                      : tr("%1. Left and Right walk.").arg(readout()));
    setToolTip(readout());
    update();
}

NeighbourScene NeighbourChart::scene() const
{
    QRectF area(rect());
    area.setHeight(area.height() - fontMetrics().height() - 4); // the readout stands above
    return prepareNeighbours(*m_evidence, area.size(), QFontMetricsF(font()), devicePixelRatioF());
}

void NeighbourChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme theme = Theme::of(palette());
    painter.fillRect(rect(), theme.background);
    painter.setFont(font());
    if (m_evidence) {
        const int top = fontMetrics().height() + 4;
        painter.setPen(theme.axisText);
        painter.drawText(QRect(6, 1, width() - 12, top), Qt::AlignLeft | Qt::AlignVCenter,
            fontMetrics().elidedText(readout(), Qt::ElideRight, width() - 12));
        painter.save();
        painter.translate(0, top);
        paintNeighbours(painter, scene(), *m_evidence, chosen(), ChartZone::of(m_zone), theme);
        painter.restore();
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void NeighbourChart::keyPressEvent(QKeyEvent* event)
{
    const bool isWalk = event->modifiers() == Qt::NoModifier && m_chosen >= 0;
    if (isWalk && event->key() == Qt::Key_Left)
        choose(m_chosen - 1);
    else if (isWalk && event->key() == Qt::Key_Right)
        choose(m_chosen + 1);
    else
        QWidget::keyPressEvent(event);
}

void NeighbourChart::mousePressEvent(QMouseEvent* event)
{
    if (m_chosen < 0)
        return;
    const NeighbourScene now = scene();
    const UtcMs time = now.time.toTime(event->position().x() - now.layout.price.left());
    const auto& bars = m_evidence->bars;
    const auto after = std::ranges::upper_bound(bars, time, {}, &ChartBar::time);
    choose(static_cast<int>(after - bars.begin()) - 1);
}

} // namespace mnemo
