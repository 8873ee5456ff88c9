// The painting half of ChartView.
#include <QPaintEvent>
#include <QPainter>
#include <QToolButton>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/chart/chartoverlay.h"
#include "ui/chart/chartview.h"
#include "ui/chart/differencepaint.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr milliseconds formingKept {30'000}; ///< after it should have closed

} // namespace

// As many as a pixel tells apart.
int ChartView::crosshairDecimals() const
{
    const double span = std::abs(m_price.toShown(m_price.high) - m_price.toShown(m_price.low));
    return std::min(14, decimalsFor(span / std::max(1.0, m_price.height)));
}

void ChartView::relayout()
{
    const QFontMetricsF metrics(font());
    qreal axisWidth = metrics.horizontalAdvance(u"0.0000"_s);
    for (const double price : {m_price.low, m_price.high}) // the crosshair's label is the widest
        axisWidth = std::max(axisWidth, metrics.horizontalAdvance(m_price.text(price, crosshairDecimals())));
    axisWidth = std::max(axisWidth, static_cast<qreal>(m_zoneButton->sizeHint().width()) - 12);
    axisWidth = std::ceil((axisWidth + 16) / 12) * 12; // in steps: a pan does not make the plot twitch
    const qreal gaps = m_series ? std::max(7.0, std::floor(metrics.height() * 0.6)) : 0;
    const qreal notes = m_series ? CandleScene::noteRoom + 1 : 0;
    const ChartLayout layout =
        ChartLayout::of(QSizeF(size()), axisWidth, std::ceil(metrics.height() + 8), m_panes, gaps, notes);
    if (layout == m_layout)
        return;
    m_layout = layout;
    m_price.height = std::max(1.0, layout.price.height()); // another pane may have all of it
    m_viewport.setWidth(layout.price.width(), std::min(60.0, layout.price.width() * 0.08));
    placeButtons();
}

void ChartView::placeButtons()
{
    m_latest->adjustSize();
    const QRectF pane = m_layout.price.isEmpty() ? m_layout.plots() : m_layout.price;
    m_latest->move(static_cast<int>(pane.right()) - m_latest->width() - 8,
        static_cast<int>(pane.bottom()) - m_latest->height() - 8);
    m_zoneButton->setGeometry(m_layout.corner.toAlignedRect().adjusted(1, 1, -1, -1));
    m_zoneButton->setVisible(m_series.has_value());
}

ChartContent ChartView::content()
{
    if (!m_series)
        return {};
    m_level = levelFor(m_cache.levels(), timeScale().msPerPixel / devicePixelRatioF());
    const milliseconds margin = m_cache.levels().at(m_level).length;
    return m_cache.content(m_level, {visibleRange().from - margin, visibleRange().to + margin}, extent());
}

ChartContent ChartView::comparedContent()
{
    return m_compared && m_series ? m_compared->content(timeScale(), devicePixelRatioF()) : ChartContent {};
}

void ChartView::fitPrices()
{
    double low = m_scene.low, high = m_scene.high;
    if (m_forming && visibleRange().contains(m_forming->bar.time)) {
        low = std::min(low, m_forming->bar.low);
        high = std::max(high, m_forming->bar.high);
    }
    // The legend stands above the highest bar, not over it.
    const qreal lines = m_compared ? 2 : 1;
    const qreal legend = std::min(lines * QFontMetricsF(font()).height() + 8, m_layout.price.height() / 4);
    PriceScale fitted = fittedScale(low, high, m_layout.price.height() - legend, m_price.mode, 0.04);
    fitted.isInverted = m_price.isInverted;
    const double top = fitted.toPrice(-legend);
    (fitted.isInverted ? fitted.low : fitted.high) = top;
    fitted.height = m_price.height;
    fitted.reference = m_price.reference;
    m_price = fitted;
}

void ChartView::prepare()
{
    const auto measure = [this] {
        m_scene = prepareScene(content(), timeScale(), extent(), devicePixelRatioF());
        m_price.reference = m_scene.marks.empty() ? 0 : m_scene.marks.front().bar.close;
    };
    measure();
    if (m_isAutoFit && !m_scene.marks.empty() && !m_layout.price.isEmpty())
        fitPrices();
    const qreal width = m_layout.price.width();
    relayout();
    if (m_layout.price.width() != width)
        measure();
    if (!m_compared)
        return;
    m_compared->prepare(timeScale(), devicePixelRatioF(), m_price, m_price.reference);
    if (m_layout.difference.height() > 0)
        m_compared->prepareDifferences(timeScale(), devicePixelRatioF(), m_layout.difference.height());
}

void ChartView::renderLayer()
{
    const qreal ratio = devicePixelRatioF();
    if (m_layer.size() != size() * ratio || m_layer.devicePixelRatio() != ratio) {
        m_layer = QPixmap(size() * ratio);
        m_layer.setDevicePixelRatio(ratio);
    }
    QPainter painter(&m_layer);
    paintPicture(painter);
    m_isLayerCurrent = true;
    emit rendered();
}

void ChartView::paintPicture(QPainter& painter)
{
    const Theme theme = Theme::of(palette());
    painter.fillRect(rect(), theme.background);
    painter.setFont(font());
    if (std::exchange(m_isTouched, false) && m_series)
        prepare();
    if (!m_series)
        return paintMessage(painter, m_message);
    const QFontMetricsF metrics(font());
    const auto times = timeTicks(timeScale(), metrics.horizontalAdvance(u"00:00"_s) * 2.4, m_zone);
    const auto prices = priceTicks(m_price, metrics.height() * 2.6);
    paintGaps(painter, m_scene, m_layout.plots(), theme);
    paintLoading(painter, m_scene, m_layout.plots(), theme);
    paintGrid(painter, m_layout, times, prices, theme);
    painter.setClipRect(m_layout.price);
    paintCandles(painter, m_scene, m_price, theme);
    if (m_compared)
        paintLine(painter, m_compared->scene(), m_compared->scale(), m_compared->longestStep(timeScale()),
            overlayColour(theme));
    painter.setClipRect(m_layout.volume);
    paintVolume(painter, m_scene, m_layout.volume, theme);
    painter.setClipping(false);
    paintVolumeLabel(painter, m_scene, m_layout, theme);
    if (m_compared && m_layout.difference.height() > 0) {
        paintDifferences(
            painter, m_compared->differences(), m_compared->differenceScale(), m_layout.difference, theme);
        paintDifferenceAxis(painter, m_compared->differenceScale(), m_layout.difference, m_layout.priceAxis, theme);
    }
    paintQuality(painter, m_scene, m_layout.quality, theme);
    paintNotes(painter, m_scene, m_layout.notes, theme);
    paintAxes(painter, m_layout, times, prices, m_price, theme);
    if (const QString message = stateMessage(); !message.isEmpty())
        paintMessage(painter, message);
}

QString ChartView::stateMessage() const
{
    if (!m_series)
        return m_message;
    if (m_cache.lastError())
        return errorText(*m_cache.lastError());
    if (!m_scene.marks.empty() || !m_scene.loading.empty() || !m_scene.gaps.empty())
        return {};
    if (extent().isEmpty())
        return tr("Nothing is stored yet. Candles appear here as soon as the first page has arrived.");
    return tr("No candles in this range.");
}

void ChartView::paintMessage(QPainter& painter, const QString& text)
{
    painter.setPen(Theme::of(palette()).mutedText);
    const QRectF within = m_series ? m_layout.plots() : QRectF(rect());
    painter.drawText(within.adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, text);
}

void ChartView::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    // While the view moves each picture is seen once: it is painted straight into the window, without the copy.
    const bool isWhole = event->region() == QRegion(rect());
    if (m_isTouched && isWhole) {
        paintPicture(painter);
    } else {
        if (!m_isLayerCurrent || m_isTouched)
            renderLayer();
        const qreal ratio = m_layer.devicePixelRatio();
        for (const QRect& part : event->region())
            painter.drawPixmap(
                part, m_layer, QRectF(QPointF(part.topLeft()) * ratio, QSizeF(part.size()) * ratio).toRect());
    }
    if (m_series)
        paintOverlay(painter);
    if (m_isActive) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

const CandleMark* ChartView::markNear(qreal x) const
{
    const qreal slot = static_cast<double>(levelLength().count()) / timeScale().msPerPixel;
    return m_scene.markAt(x, std::max(4.0, slot / 2));
}

UtcMs ChartView::crosshairAt() const
{
    return m_crosshair->x ? timeScale().toTime(*m_crosshair->x) : m_crosshair->time;
}

const CandleMark* ChartView::pointedMark() const
{
    return m_crosshair && !m_crosshair->isFree ? markNear(timeScale().toX(crosshairAt())) : nullptr;
}

UtcMs ChartView::onGrid(UtcMs time) const
{
    return m_series && m_level == 0 ? m_series->grid().floor(time) : time;
}

std::int64_t ChartView::barsIn(const CandleMark& mark) const
{
    return mark.bars * (levelLength() / m_viewport.barLength());
}

TimeRange ChartView::rangeOf(const CandleMark& mark) const
{
    return {mark.bar.time, mark.bar.time + mark.bars * levelLength()};
}

const ChartBar* ChartView::barBefore(const CandleMark& mark) const
{
    const CandleMark* before = m_scene.previous(mark);
    return before ? &before->bar : nullptr;
}

QString ChartView::stateOf(const CandleMark& mark) const
{
    const QualityNote* note = m_scene.noteOver(rangeOf(mark));
    return stateText(barsIn(mark), m_scene.isQuarantined(mark), note);
}

QString ChartView::hintAt(QPointF position) const
{
    if (m_layout.quality.contains(position)) {
        const QualityMark* mark = m_scene.qualityAt(position.x());
        return mark ? tr("Gap: %1, from %2 %3\nClick for more").arg(
                   textOf(mark->gapClass), m_zone.timeText(mark->time), m_zone.nameAt(mark->time))
                    : QString();
    }
    const NoteMark* mark = m_layout.notes.contains(position) ? m_scene.noteAt(position.x()) : nullptr;
    return mark ? tr("%1 %2\n%3 %4\nClick for more").arg(glyphOf(mark->kind),
               textOf(mark->kind, mark->rule, mark->findings), m_zone.timeText(mark->range.from),
               m_zone.nameAt(mark->range.from))
                : QString();
}

qreal ChartView::crosshairX() const
{
    if (const CandleMark* mark = pointedMark())
        return (mark->x + 0.5) / m_scene.ratio;
    const UtcMs time = crosshairAt();
    if (m_crosshair->isFree || m_level > 0)
        return timeScale().toX(time);
    return timeScale().toX(onGrid(time) + m_viewport.barLength() / 2); // in a hole: where a bar would stand
}

std::optional<double> ChartView::crosshairMs() const
{
    return m_crosshair ? std::optional(timeScale().msAt(crosshairX())) : std::nullopt;
}

std::optional<UtcMs> ChartView::crosshairTime() const
{
    if (!m_crosshair)
        return std::nullopt;
    const CandleMark* mark = pointedMark();
    return mark ? mark->bar.time : m_crosshair->isFree ? crosshairAt() : onGrid(crosshairAt());
}

QRectF ChartView::boxOf(const FormingBar& bar) const
{
    const qreal from = timeScale().toX(bar.bar.time);
    return {from, 0, std::max(1.0, timeScale().toX(bar.closes) - from), m_layout.price.height()};
}

void ChartView::paintFormingBars(QPainter& painter, const Theme& theme)
{
    for (const auto& bar : {m_closed, m_forming}) {
        if (!bar || bar->bar.time < extent().to)
            continue;
        const QRectF box = boxOf(*bar);
        if (box.left() < timeScale().width)
            paintForming(
                painter, bar->bar, box.center().x(), std::max(1.0, box.width() * 0.75), m_price, m_layout.price, theme);
    }
    if (!m_forming || boxOf(*m_forming).left() >= timeScale().width)
        return;
    const milliseconds left = m_forming->closes - m_clock();
    QStringList lines {m_price.text(m_forming->bar.close, crosshairDecimals())};
    if (left > milliseconds {0})
        lines << countdownText(left);
    paintFormingLabel(painter, m_layout.priceAxis, m_price.toY(m_forming->bar.close), lines, theme);
}

void ChartView::paintOverlay(QPainter& painter)
{
    const Theme theme = Theme::of(palette());
    painter.setFont(font());
    if (m_selected) {
        const qreal from = std::max(-4.0, timeScale().toX(m_selected->range.from));
        const qreal to = std::min(timeScale().width + 4, timeScale().toX(m_selected->range.to));
        if (to > from)
            paintSelection(painter, QRectF(from, 0, std::max(3.0, to - from), m_layout.bottom()), theme);
    }
    paintFormingBars(painter, theme);
    if (m_measured) {
        const double half = static_cast<double>(levelLength().count()) / 2 / timeScale().msPerPixel;
        paintMeasure(painter, m_layout, {timeScale().toX(m_measured->from) + half, m_price.toY(m_measured->fromPrice)},
            {timeScale().toX(m_measured->to) + half, m_price.toY(m_measured->toPrice)},
            measureText(*m_measured, m_viewport.barLength(), m_scene.decimals), theme);
    }
    const CandleMark* mark = pointedMark();
    if (m_crosshair && crosshairX() >= 0 && crosshairX() <= timeScale().width) {
        CrosshairLabels labels;
        labels.x = crosshairX();
        labels.y = m_crosshair->y;
        labels.time = m_zone.timeText(*crosshairTime());
        if (labels.y && m_layout.price.contains(QPointF(labels.x, *labels.y)))
            labels.price = m_price.text(m_price.toPrice(*labels.y), crosshairDecimals());
        else if (labels.y && m_layout.difference.contains(QPointF(labels.x, *labels.y)))
            labels.price = basisPoints(m_compared->differenceScale().toPrice(*labels.y - m_layout.difference.top()));
        paintCrosshair(painter, m_layout, labels, theme);
    }
    const qreal line = QFontMetricsF(font()).height();
    if (m_layout.difference.height() > 2 * line)
        paintLegend(painter, m_layout.difference, differenceLegend(), theme);
    if (m_layout.difference.top() > 0 || m_layout.difference.isEmpty()) // else that pane has all of the height
        paintLegend(painter, m_layout.plots(), legend(mark), theme);
}

std::vector<LegendLine> ChartView::differenceLegend() const
{
    if (!m_compared || !m_compared->hasDifferences())
        return {};
    const Theme theme = Theme::of(palette());
    if (const auto& error = m_compared->differenceError())
        return {{errorText(*error), {}, theme.mutedText}};
    const DifferenceScene& scene = m_compared->differences();
    const CandleMark* pointed = pointedMark();
    const DifferenceMark* mark = pointed ? scene.markAt((pointed->x + 0.5) / scene.ratio, 4) : nullptr;
    if (!mark && !m_crosshair && !scene.marks.empty())
        mark = &scene.marks.back();
    const QString name = tr("less %1").arg(titleOf(m_compared->series().key));
    const QString value = mark ? differenceText(mark->bar) : tr("no difference here");
    std::vector<LegendLine> lines {
        {tr("%1   %2   in view: %3").arg(name, value, breachText(scene.count, m_compareLimit)),
            tr("%1   in view: %2").arg(value, breachText(scene.count, m_compareLimit)),
            mark && mark->bar.beyond > 0 ? theme.bad : overlayColour(theme)}};
    for (const QString& doubt : m_doubts)
        lines.push_back({tr("\u26A0 %1").arg(doubt), {}, theme.warning});
    return lines;
}

std::vector<LegendLine> ChartView::legend(const CandleMark* mark) const
{
    const Theme theme = Theme::of(palette());
    const auto colourOfBar = [&](const ChartBar& bar) { return bar.close >= bar.open ? theme.up : theme.down; };
    std::vector<LegendLine> lines;
    const bool isNewest = !mark && isAtLatest();
    if (!mark && !m_scene.marks.empty())
        mark = &m_scene.marks.back();
    if (m_forming && (isNewest || (m_crosshair && crosshairAt() >= m_forming->bar.time))) {
        const ChartBar* previous = m_scene.marks.empty() ? nullptr : &m_scene.marks.back().bar;
        lines.push_back({legendText(*m_forming, previous, m_scene.decimals, m_zone, m_clock()),
            valuesText(m_forming->bar, previous, m_scene.decimals), colourOfBar(m_forming->bar)});
    } else if (mark) {
        lines.push_back({legendText(*mark, stateOf(*mark), barBefore(*mark), m_scene.decimals, m_zone),
            valuesText(mark->bar, barBefore(*mark), m_scene.decimals), colourOfBar(mark->bar)});
    }
    if (m_compared && !m_compared->scene().marks.empty()) {
        const CandleScene& scene = m_compared->scene();
        const CandleMark* other = mark ? scene.markAt((mark->x + 0.5) / scene.ratio, 8) : nullptr;
        lines.push_back({overlayLegend(titleOf(m_compared->series().key), (other ? *other : scene.marks.back()).bar,
                             m_compared->reference(), scene.decimals),
            {}, overlayColour(theme)});
    }
    return lines;
}

QRegion ChartView::crosshairRegion() const
{
    if (!m_crosshair)
        return QRect(0, 0, 1, 1);
    const QFontMetrics metrics(font());
    const int x = static_cast<int>(crosshairX());
    const int labelWidth = metrics.horizontalAdvance(u"0000-00-00 00:00:00"_s) + 20;
    QRegion region(QRect(x - 2, 0, 5, height()));
    if (m_crosshair->y)
        region += QRect(0, static_cast<int>(*m_crosshair->y) - metrics.height(), width(), 2 * metrics.height());
    region += QRect(x - labelWidth, static_cast<int>(m_layout.timeAxis.top()) - 2, 2 * labelWidth,
        static_cast<int>(m_layout.timeAxis.height()) + 4);
    const int legend = 2 * metrics.height() + 14;
    region += QRect(0, 0, width(), legend);
    if (m_layout.difference.height() > 0)
        region += QRect(0, static_cast<int>(m_layout.difference.top()), width(), legend);
    return region;
}

QImage ChartView::picture(const QString& title)
{
    if (!m_isLayerCurrent || m_isTouched)
        renderLayer();
    QImage image = m_layer.toImage();
    image.setDevicePixelRatio(m_layer.devicePixelRatio());
    const auto crosshair = std::exchange(m_crosshair, std::nullopt);
    QPainter painter(&image);
    painter.setFont(font());
    if (m_series) {
        paintOverlay(painter);
        painter.setPen(Theme::of(palette()).axisText);
        painter.drawText(m_layout.corner, Qt::AlignCenter, m_zone.shortName());
    }
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(Theme::of(palette()).axisText);
    const QFontMetricsF metrics(bold);
    const qreal y = m_layout.price.bottom() - metrics.descent() - 6;
    painter.drawText(QPointF(10, y), title);
    m_crosshair = crosshair;
    return image;
}

/// Nobody has told for a while: what is known of it says nothing any more.
bool ChartView::isFormingOld() const
{
    return m_forming && m_clock() - m_forming->closes > formingKept;
}

void ChartView::tick()
{
    if (!isVisible() || !m_forming)
        return;
    if (isFormingOld())
        return setForming(std::nullopt);
    const int line = QFontMetrics(font()).height();
    QRegion dirty(QRect(0, 0, width(), 2 * line + 14));
    dirty += m_layout.priceAxis.toAlignedRect();
    update(dirty);
}

void ChartView::describe()
{
    if (!m_series)
        return setAccessibleDescription(m_message);
    const QString title = titleOf(m_series->key);
    if (m_scene.marks.empty())
        return setAccessibleDescription(tr("%1: %2").arg(title, stateMessage()));
    const QString whole = describeScene(title, m_scene, m_zone);
    const CandleMark* mark = m_crosshair && m_crosshair->isOfKeyboard ? pointedMark() : nullptr;
    if (!mark)
        return setAccessibleDescription(whole);
    setAccessibleDescription(
        legendText(*mark, stateOf(*mark), barBefore(*mark), m_scene.decimals, m_zone) + u". "_s + whole);
}

} // namespace mnemo
