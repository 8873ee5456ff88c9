#include "ui/chart/chartview.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr double zoomStep = 1.25;
constexpr qreal firstBarPixels = 8; ///< of a bar when a series is first shown

} // namespace

ChartView::ChartView(TileCache::Fetch fetch, QWidget* parent)
    : QWidget(parent)
    , m_cache(std::move(fetch))
    , m_latest(new QToolButton(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Candle chart"));
    m_latest->setText(tr("Latest \u00BB"));
    m_latest->setToolTip(tr("Return to the newest bar and follow it (End)"));
    m_latest->setAccessibleName(tr("Return to the newest bar"));
    m_latest->setCursor(Qt::ArrowCursor);
    m_latest->hide();
    connect(m_latest, &QToolButton::clicked, this, &ChartView::goToLatest);
    m_describe.setSingleShot(true);
    m_describe.setInterval(300);
    connect(&m_describe, &QTimer::timeout, this, &ChartView::describe);
    clear(tr("Choose a series on the left, or start a backfill."));
}

void ChartView::setSeries(const SeriesRecord& series, TimeRange extent)
{
    m_series = series;
    m_extent = extent;
    m_message.clear();
    m_cache.setSeries(series);
    m_isAutoFit = true;
    emit autoFitChanged(true);
    relayout();
    resetView();
}

void ChartView::setExtent(TimeRange extent)
{
    if (!m_series || extent == m_extent)
        return;
    const bool wasEmpty = m_extent.isEmpty();
    m_extent = extent;
    if (wasEmpty || m_isFollowing)
        goToLatest();
    else
        touch();
}

void ChartView::invalidate(SeriesId series, TimeRange range)
{
    m_cache.invalidate(series, range);
    if (seriesId() == series && range.overlaps(m_time.visible()))
        touch();
}

void ChartView::deliver(const TileKey& key, Result<ChartTile> tile)
{
    m_cache.deliver(key, std::move(tile));
    touch();
}

void ChartView::clear(const QString& message)
{
    m_series.reset();
    m_extent = {};
    m_message = message;
    m_scene = {};
    touch();
}

void ChartView::setActive(bool isActive)
{
    m_isActive = isActive;
    update();
}

std::optional<SeriesId> ChartView::seriesId() const
{
    return m_series ? std::optional(m_series->id) : std::nullopt;
}

bool ChartView::isAtLatest() const
{
    return m_extent.isEmpty() || m_time.to() >= static_cast<double>(toMs(m_extent.to)) - m_time.msPerPixel;
}

double ChartView::leastMsPerPixel() const
{
    return static_cast<double>(drawnLength(m_series->grid()).count()) / 80.0;
}

double ChartView::mostMsPerPixel() const
{
    const double all = static_cast<double>(m_extent.length().count()) / std::max(1.0, m_layout.price.width());
    return std::max(all * 1.5, static_cast<double>(drawnLength(m_series->grid()).count()));
}

void ChartView::setTime(TimeScale time)
{
    // At least a few bars stay in view, so that nobody gets lost beside the data.
    if (!m_extent.isEmpty()) {
        const double least = 3 * firstBarPixels * time.msPerPixel;
        time.from =
            std::clamp(time.from, static_cast<double>(toMs(m_extent.from)) + least - time.width * time.msPerPixel,
                static_cast<double>(toMs(m_extent.to)) - least);
    }
    m_time = time;
    touch();
    emit viewChanged();
}

void ChartView::touch()
{
    m_isLayerCurrent = false;
    m_describe.start();
    const bool isAway = m_series && !isAtLatest();
    if (isAway != m_wasAway) {
        m_wasAway = isAway;
        m_latest->setVisible(isAway);
        emit latestLeft(isAway);
    }
    update();
}

void ChartView::showRange(TimeRange range)
{
    if (!m_series || range.isEmpty() || m_layout.price.width() <= 0)
        return;
    TimeScale time = m_time;
    time.msPerPixel = std::clamp(static_cast<double>(range.length().count()) / m_layout.price.width(),
        leastMsPerPixel(), std::max(leastMsPerPixel(), mostMsPerPixel()));
    time.from = static_cast<double>(toMs(range.from));
    setTime(time);
    m_isFollowing = isAtLatest();
}

void ChartView::panBy(QPointF pixels)
{
    if (!m_series)
        return;
    if (!m_isAutoFit && pixels.y() != 0)
        m_price.panBy(pixels.y());
    TimeScale time = m_time;
    time.panBy(pixels.x());
    setTime(time);
    m_isFollowing = isAtLatest();
}

void ChartView::zoomBy(double factor, qreal x)
{
    if (!m_series)
        return;
    TimeScale time = m_time;
    time.zoomBy(factor, x, leastMsPerPixel(), mostMsPerPixel());
    setTime(time);
    m_isFollowing = isAtLatest();
}

void ChartView::zoomIn()
{
    // At the newest bar its place is kept, elsewhere the middle's.
    zoomBy(zoomStep, m_isFollowing ? m_time.toX(m_extent.to) : m_time.width / 2);
}

void ChartView::zoomOut()
{
    zoomBy(1 / zoomStep, m_isFollowing ? m_time.toX(m_extent.to) : m_time.width / 2);
}

void ChartView::goToFirst()
{
    if (!m_series || m_extent.isEmpty())
        return;
    TimeScale time = m_time;
    time.from = static_cast<double>(toMs(m_extent.from)) - rightMargin() * time.msPerPixel;
    setTime(time);
    m_isFollowing = isAtLatest();
}

void ChartView::goToLatest()
{
    if (!m_series)
        return;
    TimeScale time = m_time;
    time.from = static_cast<double>(toMs(m_extent.to)) - (time.width - rightMargin()) * time.msPerPixel;
    m_isFollowing = true;
    setTime(time);
}

void ChartView::resetView()
{
    if (!m_series)
        return;
    m_time.msPerPixel = static_cast<double>(drawnLength(m_series->grid()).count()) / firstBarPixels;
    setAutoFit(true);
    goToLatest();
}

void ChartView::showAll()
{
    const milliseconds margin = m_extent.length() / 40;
    showRange({m_extent.from - margin, m_extent.to + margin});
}

void ChartView::setAutoFit(bool isOn)
{
    if (m_isAutoFit == isOn)
        return;
    m_isAutoFit = isOn;
    emit autoFitChanged(isOn);
    touch();
}

void ChartView::setLogarithmic(bool isOn)
{
    m_price.mode = isOn ? PriceMode::Logarithmic : PriceMode::Linear;
    touch();
}

// As many as a pixel tells apart.
int ChartView::crosshairDecimals() const
{
    return std::min(14, decimalsFor((m_price.high - m_price.low) / std::max(1.0, m_price.height)));
}

void ChartView::relayout()
{
    const QFontMetricsF metrics(font());
    qreal axisWidth = metrics.horizontalAdvance(u"0.0000"_s);
    for (const double price : {m_price.low, m_price.high}) // the crosshair's label is the widest
        axisWidth = std::max(axisWidth, metrics.horizontalAdvance(priceText(price, crosshairDecimals())));
    axisWidth = std::ceil((axisWidth + 16) / 12) * 12; // in steps: a pan does not make the plot twitch
    const ChartLayout layout = ChartLayout::of(QSizeF(size()), axisWidth, std::ceil(metrics.height() + 8));
    if (layout == m_layout)
        return;
    const double right = m_time.to();
    m_layout = layout;
    m_time.width = layout.price.width();
    if (m_series)
        m_time.from = right - m_time.width * m_time.msPerPixel; // the newest edge stays
    m_price.height = layout.price.height();
    placeLatestButton();
}

void ChartView::prepare()
{
    const qreal ratio = devicePixelRatioF();
    const auto measure = [&] {
        m_level = levelFor(m_cache.levels(), m_time.msPerPixel / ratio);
        const milliseconds margin = m_cache.levels().at(m_level).length;
        const TimeRange seen {m_time.visible().from - margin, m_time.visible().to + margin};
        m_scene = prepareScene(m_cache.content(m_level, seen, m_extent), m_time, m_extent, ratio);
    };
    measure();
    if (m_isAutoFit && !m_scene.marks.empty()) {
        // The legend stands above the highest bar, not over it.
        const qreal legend = std::min(2 * QFontMetricsF(font()).height() + 8, m_layout.price.height() / 4);
        m_price = fittedScale(m_scene.low, m_scene.high, m_layout.price.height() - legend, m_price.mode, 0.04);
        m_price.high = m_price.toPrice(-legend);
        m_price.height = m_layout.price.height();
    }
    const qreal width = m_layout.price.width();
    relayout();
    if (m_layout.price.width() != width)
        measure();
}

void ChartView::renderLayer()
{
    const qreal ratio = devicePixelRatioF();
    if (m_layer.size() != size() * ratio || m_layer.devicePixelRatio() != ratio) {
        m_layer = QPixmap(size() * ratio);
        m_layer.setDevicePixelRatio(ratio);
    }
    const Theme theme = Theme::of(palette());
    m_layer.fill(theme.background);
    m_isLayerCurrent = true;
    QPainter painter(&m_layer);
    painter.setFont(font());
    if (!m_series)
        return paintMessage(painter, m_message);
    prepare();
    const QFontMetricsF metrics(font());
    const auto times = timeTicks(m_time, metrics.horizontalAdvance(u"00:00"_s) * 2.4);
    const auto prices = priceTicks(m_price, metrics.height() * 2.6);
    paintGaps(painter, m_scene, m_layout.plots(), theme);
    paintLoading(painter, m_scene, m_layout.plots(), theme);
    paintGrid(painter, m_layout, times, prices, theme);
    painter.setClipRect(m_layout.price);
    paintCandles(painter, m_scene, m_price, theme);
    painter.setClipRect(m_layout.volume);
    paintVolume(painter, m_scene, m_layout.volume, theme);
    painter.setClipping(false);
    paintAxes(painter, m_layout, times, prices, tr("UTC"), theme);
    if (const QString message = stateMessage(); !message.isEmpty())
        paintMessage(painter, message);
}

QString ChartView::stateMessage() const
{
    if (m_cache.lastError())
        return errorText(*m_cache.lastError());
    if (!m_scene.marks.empty() || !m_scene.loading.empty() || !m_scene.gaps.empty())
        return {};
    if (m_extent.isEmpty())
        return tr("Nothing is stored yet. Candles appear here as soon as the first page has arrived.");
    return tr("No candles in this range.");
}

void ChartView::paintMessage(QPainter& painter, const QString& text)
{
    painter.setPen(Theme::of(palette()).mutedText);
    const QRectF within = m_series ? m_layout.price : QRectF(rect());
    painter.drawText(within.adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, text);
}

void ChartView::paintEvent(QPaintEvent* event)
{
    if (!m_isLayerCurrent)
        renderLayer();
    QPainter painter(this);
    const qreal ratio = m_layer.devicePixelRatio();
    for (const QRect& part : event->region())
        painter.drawPixmap(
            part, m_layer, QRectF(QPointF(part.topLeft()) * ratio, QSizeF(part.size()) * ratio).toRect());
    if (m_series)
        paintOverlay(painter);
    if (m_isActive) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void ChartView::paintOverlay(QPainter& painter)
{
    painter.setFont(font());
    const bool isOver = m_cursor && m_drag == Drag::None && m_layout.plots().contains(*m_cursor);
    const CandleMark* mark = nullptr;
    if (isOver) {
        const Theme theme = Theme::of(palette());
        const qreal slot = static_cast<double>(m_cache.levels().at(m_level).length.count()) / m_time.msPerPixel;
        mark = m_scene.markAt(m_cursor->x(), std::max(4.0, slot / 2));
        const qreal x = mark ? (mark->x + 0.5) / m_scene.ratio : m_cursor->x();
        painter.setPen(QPen(theme.crosshair, 0, Qt::DashLine));
        painter.drawLine(QPointF(x, 0), QPointF(x, m_layout.volume.bottom()));
        painter.drawLine(QPointF(0, m_cursor->y()), QPointF(m_layout.price.right(), m_cursor->y()));
        const UtcMs time = mark ? mark->bar.time : m_time.toTime(x);
        paintAxisLabel(painter, m_layout.timeAxis, {x, m_layout.timeAxis.center().y()}, timeText(time), theme);
        if (m_layout.price.contains(*m_cursor)) {
            const double price = m_price.toPrice(m_cursor->y());
            paintAxisLabel(painter, m_layout.priceAxis, {m_layout.priceAxis.left(), m_cursor->y()},
                priceText(price, crosshairDecimals()), theme);
        }
    }
    if (!mark && !m_scene.marks.empty())
        mark = &m_scene.marks.back();
    paintLegend(painter, mark);
}

QString ChartView::legendText(const CandleMark& mark, const ChartBar* previous) const
{
    const int decimals = m_scene.decimals;
    const double reference = previous ? previous->close : mark.bar.open;
    const double change = reference != 0 ? (mark.bar.close / reference - 1) * 100 : 0;
    const QString sign = change > 0 ? u"+"_s : QString();
    const QString times = m_scene.isReduced || m_level > 0 ? tr("from %1 UTC").arg(timeText(mark.bar.time))
                                                           : tr("%1 UTC").arg(timeText(mark.bar.time));
    return tr("%1   O %2  H %3  L %4  C %5   %6 %   V %7")
        .arg(times, priceText(mark.bar.open, decimals), priceText(mark.bar.high, decimals),
            priceText(mark.bar.low, decimals), priceText(mark.bar.close, decimals),
            sign + QLocale().toString(change, 'f', 2), volumeText(mark.bar.volume));
}

void ChartView::paintLegend(QPainter& painter, const CandleMark* mark)
{
    const Theme theme = Theme::of(palette());
    const QFontMetricsF metrics(font());
    QFont bold = font();
    bold.setBold(true);
    QColor back = theme.background;
    back.setAlpha(215);
    const QString title = titleOf(m_series->key);
    const qreal titleWidth = QFontMetricsF(bold).horizontalAdvance(title);
    const QString text = mark ? legendText(*mark, mark > m_scene.marks.data() ? &(mark - 1)->bar : nullptr) : QString();
    const qreal width = std::max(titleWidth, metrics.horizontalAdvance(text)) + 12;
    painter.fillRect(
        QRectF(4, 4, std::min(width, m_layout.price.width() - 8), metrics.height() * (mark ? 2 : 1) + 6), back);
    painter.setFont(bold);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QPointF(10, 6 + metrics.ascent()), title);
    if (!mark)
        return;
    painter.setFont(font());
    painter.setPen(mark->bar.close >= mark->bar.open ? theme.up : theme.down);
    const QRectF line(10, 6 + metrics.height(), m_layout.price.width() - 20, metrics.height());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(text, Qt::ElideRight, line.width()));
}

QRegion ChartView::overlayRegion(QPointF position) const
{
    const QFontMetrics metrics(font());
    // The line snaps to the nearest bar, up to half a bar away.
    const double slot =
        m_series ? static_cast<double>(m_cache.levels().at(m_level).length.count()) / m_time.msPerPixel : 0;
    const int reach = static_cast<int>(std::max(6.0, slot)) + 2;
    const int labelWidth = metrics.horizontalAdvance(u"0000-00-00 00:00:00"_s) + 20;
    QRegion region(QRect(static_cast<int>(position.x()) - reach, 0, 2 * reach, height()));
    region += QRect(0, static_cast<int>(position.y()) - metrics.height(), width(), 2 * metrics.height());
    region += QRect(static_cast<int>(position.x()) - labelWidth,
        static_cast<int>(m_layout.timeAxis.top()) - metrics.height(), 2 * labelWidth, 3 * metrics.height());
    region += QRect(0, 0, width(), 2 * metrics.height() + 12);
    return region;
}

void ChartView::moveCrosshair(std::optional<QPointF> position)
{
    QRegion dirty;
    if (m_cursor)
        dirty += overlayRegion(*m_cursor);
    if (position)
        dirty += overlayRegion(*position);
    m_cursor = position;
    update(dirty);
}

void ChartView::placeLatestButton()
{
    m_latest->adjustSize();
    m_latest->move(static_cast<int>(m_layout.price.right()) - m_latest->width() - 8,
        static_cast<int>(m_layout.price.bottom()) - m_latest->height() - 8);
}

void ChartView::describe()
{
    if (!m_series) {
        setAccessibleDescription(m_message);
        return;
    }
    if (m_scene.marks.empty()) {
        setAccessibleDescription(tr("%1: %2").arg(titleOf(m_series->key), stateMessage()));
        return;
    }
    const int decimals = m_scene.decimals;
    const QString range =
        tr("%1, %2 UTC, lowest %3, highest %4, last close %5.")
            .arg(titleOf(m_series->key), rangeText({m_scene.marks.front().bar.time, m_scene.marks.back().bar.time}),
                priceText(m_scene.low, decimals), priceText(m_scene.high, decimals),
                priceText(m_scene.marks.back().bar.close, decimals));
    setAccessibleDescription(range + u' ' + tr("Gaps in view: %1.").arg(m_scene.gaps.size()));
}

void ChartView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    relayout();
    if (m_isFollowing)
        goToLatest();
    touch();
}

void ChartView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange)
        touch();
}

void ChartView::mousePressEvent(QMouseEvent* event)
{
    emit activated();
    if (event->button() != Qt::LeftButton || !m_series)
        return QWidget::mousePressEvent(event);
    m_drag = m_layout.priceAxis.contains(event->position()) ? Drag::PriceAxis : Drag::Plot;
    m_dragFrom = event->position();
    setCursor(m_drag == Drag::Plot ? Qt::ClosedHandCursor : Qt::SizeVerCursor);
    moveCrosshair(event->position());
}

void ChartView::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF by = event->position() - m_dragFrom;
    switch (m_drag) {
    case Drag::None: break;
    case Drag::Plot:
        m_dragFrom = event->position();
        panBy(by);
        break;
    case Drag::PriceAxis:
        m_dragFrom = event->position();
        setAutoFit(false);
        m_price.zoomBy(std::exp(-by.y() / 150), m_price.height / 2);
        touch();
        break;
    }
    moveCrosshair(event->position());
}

void ChartView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return QWidget::mouseReleaseEvent(event);
    m_drag = Drag::None;
    unsetCursor();
    moveCrosshair(event->position());
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (m_layout.priceAxis.contains(event->position()))
        setAutoFit(true);
    else if (m_layout.timeAxis.contains(event->position()))
        resetView();
    else
        QWidget::mouseDoubleClickEvent(event);
}

void ChartView::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    moveCrosshair(std::nullopt);
}

void ChartView::wheelEvent(QWheelEvent* event)
{
    if (!m_series)
        return QWidget::wheelEvent(event);
    const QPointF turned = QPointF(event->angleDelta()) / 120;
    if (turned.y() != 0)
        zoomBy(std::pow(zoomStep, turned.y()), std::min(event->position().x(), m_time.width));
    if (turned.x() != 0)
        panBy({turned.x() * 60, 0});
    event->accept();
}

void ChartView::keyPressEvent(QKeyEvent* event)
{
    if (!m_series)
        return QWidget::keyPressEvent(event);
    const bool isControl = event->modifiers().testFlag(Qt::ControlModifier);
    const qreal bar = std::max(1.0, static_cast<double>(drawnLength(m_series->grid()).count()) / m_time.msPerPixel);
    const qreal step = isControl ? m_time.width * 0.9 : bar;
    switch (event->key()) {
    case Qt::Key_Left: return panBy({step, 0});
    case Qt::Key_Right: return panBy({-step, 0});
    case Qt::Key_Up:
        if (isControl)
            return zoomIn();
        break;
    case Qt::Key_Down:
        if (isControl)
            return zoomOut();
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomIn();
    case Qt::Key_Minus: return zoomOut();
    case Qt::Key_Home: return goToFirst();
    case Qt::Key_End: return goToLatest();
    default: break;
    }
    QWidget::keyPressEvent(event);
}

void ChartView::contextMenuEvent(QContextMenuEvent* event)
{
    if (!m_series)
        return;
    QMenu menu(this);
    connect(menu.addAction(tr("Backfill this range\u2026")), &QAction::triggered, this,
        [this] { emit backfillRequested(m_time.visible()); });
    menu.addSeparator();
    connect(menu.addAction(tr("Go to first bar\tHome")), &QAction::triggered, this, &ChartView::goToFirst);
    connect(menu.addAction(tr("Go to latest bar\tEnd")), &QAction::triggered, this, &ChartView::goToLatest);
    connect(menu.addAction(tr("Reset view")), &QAction::triggered, this, &ChartView::resetView);
    menu.exec(event->globalPos());
}

} // namespace mnemo
