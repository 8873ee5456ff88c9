#include "ui/chart/chartview.h"

#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "ui/chart/chartoverlay.h"
#include "ui/widgets/statetext.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr double zoomStep = 1.25;
constexpr std::size_t comparedPart = 4; ///< of the tile budget goes to the second series

} // namespace

ChartView::ChartView(TileCache::Fetch fetch, QWidget* parent)
    : QWidget(parent)
    , m_fetch(std::move(fetch))
    , m_cache(m_fetch)
    , m_gestures(*this)
    , m_clock([] { return SystemClock().now(); })
    , m_latest(new QToolButton(this))
    , m_zoneButton(new QToolButton(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Candle chart"));
    m_latest->setText(tr("Latest \u00BB"));
    m_latest->setObjectName(u"BackToLatest"_s);
    m_latest->setToolTip(tr("Return to the newest bar and follow it (End)"));
    m_latest->setAccessibleName(tr("Return to the newest bar"));
    m_latest->setCursor(Qt::ArrowCursor);
    m_latest->hide();
    connect(m_latest, &QToolButton::clicked, this, &ChartView::goToLatest);
    m_zoneButton->setObjectName(u"ZoneButton"_s);
    m_zoneButton->setAutoRaise(true);
    m_zoneButton->setCursor(Qt::ArrowCursor);
    m_zoneButton->setFocusPolicy(Qt::NoFocus); // reached with its key; the tab order stays short
    connect(m_zoneButton, &QToolButton::clicked, this,
        [this] { emit zoneMenuRequested(m_zoneButton->mapToGlobal(QPoint(0, 0))); });
    m_describe.setSingleShot(true);
    m_describe.setInterval(300);
    connect(&m_describe, &QTimer::timeout, this, &ChartView::describe);
    m_tick.setInterval(1'000);
    connect(&m_tick, &QTimer::timeout, this, &ChartView::tick);
    setZone({});
    clear(tr("Choose a series on the left, or start a backfill."));
}

ChartView::~ChartView() = default;

// --- what is shown ---

void ChartView::setSeries(const SeriesRecord& series, TimeRange extent)
{
    m_series = series;
    m_message.clear();
    m_cache.setSeries(series);
    if (m_compared)
        m_compared->setFirst(series);
    offerDifference();
    m_isAutoFit = true;
    m_measured.reset();
    m_selected.reset();
    m_isMeasuring = false;
    setForming(std::nullopt);
    emit autoFitChanged(true);
    relayout();
    m_viewport.setSeries(drawnLength(series.grid()), extent);
    touch();
}

void ChartView::setExtent(TimeRange extent)
{
    if (!m_series || extent == m_viewport.extent())
        return;
    if (m_forming && m_forming->closes <= extent.to)
        m_forming.reset(); // it is among the stored ones now
    m_viewport.setForming(m_forming ? std::optional(m_forming->closes) : std::nullopt);
    m_viewport.setExtent(extent); // not somebody's wish to move: linked charts follow by themselves
    touch();
}

void ChartView::invalidate(SeriesId series, TimeRange range)
{
    m_cache.invalidate(series, range);
    if (m_compared)
        m_compared->invalidate(series, range);
    const bool isShown = seriesId() == series || (m_compared && m_compared->series().id == series);
    if (isShown && range.overlaps(visibleRange()))
        touch();
}

void ChartView::deliver(const TileKey& key, Result<ChartTile> tile)
{
    // Both may have asked for the same tile of the same series: each takes what it waits for.
    if (m_compared)
        m_compared->deliver(key, tile);
    m_cache.deliver(key, std::move(tile));
    touch();
}

void ChartView::clear(const QString& message)
{
    m_series.reset();
    m_viewport = {};
    m_message = message;
    m_scene = {};
    m_crosshair.reset();
    m_measured.reset();
    m_selected.reset();
    setForming(std::nullopt);
    offerDifference();
    touch();
}

void ChartView::setCompared(const std::optional<SeriesRecord>& series, TimeRange extent, CompareScale scale)
{
    if (!series) {
        m_compared.reset();
    } else {
        if (!m_compared)
            m_compared = std::make_unique<ComparedSeries>(m_fetch, m_fetchDifferences, m_budget / comparedPart);
        m_compared->set(*series, extent);
        m_compared->setScale(scale);
        if (m_series)
            m_compared->setFirst(*m_series);
    }
    offerDifference();
    setTileBudget(m_budget);
    touch();
}

void ChartView::offerDifference()
{
    m_panes.offer(PaneKind::Difference, m_series && m_compared && m_compared->hasDifferences());
    relayout();
    emit scaleChanged();
}

void ChartView::setComparison(double limit, const QStringList& doubts)
{
    m_compareLimit = limit;
    m_doubts = doubts;
    update();
}

void ChartView::setComparedExtent(TimeRange extent)
{
    if (m_compared)
        m_compared->setExtent(extent);
    touch();
}

void ChartView::setForming(const std::optional<FormingBar>& forming)
{
    if (m_forming == forming)
        return;
    const bool isAnother =
        m_forming.has_value() != forming.has_value() || (forming && m_forming->closes != forming->closes);
    if (isAnother)
        m_closed = forming ? m_forming : std::nullopt;
    m_forming = forming;
    forming ? m_tick.start() : m_tick.stop();
    if (isAnother) { // not somebody's wish to move either
        m_viewport.setForming(forming ? std::optional(forming->closes) : std::nullopt);
        touch();
    }
    const bool isOutside =
        forming && m_isAutoFit && (forming->bar.high > m_price.high || forming->bar.low < m_price.low);
    isOutside ? touch() : update();
}

void ChartView::setTileBudget(std::size_t bytes)
{
    m_budget = bytes;
    const std::size_t compared = m_compared ? bytes / comparedPart : 0;
    m_cache.setBudget(bytes - compared);
    if (m_compared)
        m_compared->setBudget(compared);
}

void ChartView::setActive(bool isActive)
{
    m_isActive = isActive;
    update();
}

void ChartView::setZone(const ChartZone& zone)
{
    m_zone = zone;
    m_zoneButton->setText(zone.shortName());
    m_zoneButton->setToolTip(tr("Time zone of the axis: %1. Click for another one.").arg(zone.shortName()));
    m_zoneButton->setAccessibleName(tr("Time zone: %1").arg(zone.shortName()));
    m_layout = {};
    relayout();
    touch();
}

std::optional<SeriesId> ChartView::seriesId() const
{
    return m_series ? std::optional(m_series->id) : std::nullopt;
}

milliseconds ChartView::levelLength() const
{
    return m_level < m_cache.levels().size() ? m_cache.levels()[m_level].length : m_viewport.barLength();
}

// --- moving ---

template <class Move>
void ChartView::move(Move change)
{
    const ChartViewport before = m_viewport;
    change(m_viewport);
    touch();
    if (m_viewport != before)
        emit viewChanged();
}

void ChartView::touch()
{
    m_isTouched = true;
    m_isLayerCurrent = false;
    m_describe.start();
    const bool isAway = m_series && !isAtLatest();
    if (isAway != m_wasAway) {
        m_wasAway = isAway;
        m_latest->setVisible(isAway);
        emit latestLeft(isAway);
    }
    update();
    emit contentChanged();
}

void ChartView::showRange(TimeRange range)
{
    if (m_series)
        move([&](ChartViewport& viewport) { viewport.showRange(range); });
}

void ChartView::centreOn(UtcMs time)
{
    if (m_series)
        move([&](ChartViewport& viewport) { viewport.centreOn(time); });
}

void ChartView::panBy(QPointF pixels)
{
    if (!m_series)
        return;
    if (!m_isAutoFit && pixels.y() != 0)
        m_price.panBy(pixels.y());
    move([&](ChartViewport& viewport) { viewport.panBy(pixels.x()); });
}

void ChartView::zoomBy(double factor, qreal x)
{
    if (m_series)
        move([&](ChartViewport& viewport) { viewport.zoomBy(factor, x); });
}

void ChartView::scaleTime(double factor)
{
    if (m_series)
        move([&](ChartViewport& viewport) { viewport.zoomBy(factor, timeScale().width); });
}

void ChartView::scalePrices(double factor)
{
    setAutoFit(false);
    m_price.zoomBy(factor, m_price.height / 2);
    touch();
}

void ChartView::panByBars(int bars)
{
    if (m_series)
        move([&](ChartViewport& viewport) { viewport.panByBars(bars); });
}

void ChartView::panByPages(double pages)
{
    if (m_series)
        move([&](ChartViewport& viewport) { viewport.panByPages(pages); });
}

void ChartView::zoomIn()
{
    if (m_series)
        move([](ChartViewport& viewport) { viewport.zoomInPlace(zoomStep); });
}

void ChartView::zoomOut()
{
    if (m_series)
        move([](ChartViewport& viewport) { viewport.zoomInPlace(1 / zoomStep); });
}

void ChartView::goToFirst()
{
    if (m_series)
        move([](ChartViewport& viewport) { viewport.goToFirst(); });
}

void ChartView::goToLatest()
{
    if (m_series)
        move([](ChartViewport& viewport) { viewport.goToLatest(); });
}

void ChartView::resetTime()
{
    if (m_series)
        move([](ChartViewport& viewport) { viewport.reset(); });
}

void ChartView::resetView()
{
    setAutoFit(true);
    resetTime();
}

void ChartView::showAll()
{
    if (m_series)
        move([](ChartViewport& viewport) { viewport.showAll(); });
}

void ChartView::setAutoFit(bool isOn)
{
    if (m_isAutoFit == isOn)
        return;
    m_isAutoFit = isOn;
    emit autoFitChanged(isOn);
    touch();
}

void ChartView::setPriceMode(PriceMode mode)
{
    m_price.mode = mode;
    emit scaleChanged();
    touch();
}

void ChartView::setInverted(bool isOn)
{
    m_price.isInverted = isOn;
    emit scaleChanged();
    touch();
}

void ChartView::moveBorder(PaneKind below, qreal y)
{
    const qreal height = m_layout.quality.top();
    if (height > 0)
        setPaneShare(below, (m_layout.pane(below).bottom() - y) / height);
}

void ChartView::setPaneShare(PaneKind pane, qreal share)
{
    m_panes.setShare(pane, share);
    panesChanged();
}

void ChartView::maximisePane(std::optional<PaneKind> pane)
{
    m_panes.maximised = pane;
    panesChanged();
}

void ChartView::panesChanged()
{
    relayout();
    emit scaleChanged();
    touch();
}

std::optional<PaneKind> ChartView::pointedPane() const
{
    return m_crosshair && m_crosshair->y ? m_layout.paneAt({1, *m_crosshair->y}) : std::nullopt;
}

void ChartView::chooseAt(QPointF position)
{
    if (!m_series)
        return;
    if (m_layout.quality.contains(position)) {
        if (const QualityMark* mark = m_scene.qualityAt(position.x()))
            emit gapChosen(mark->time);
    } else if (m_layout.notes.contains(position)) {
        if (const NoteMark* mark = m_scene.noteAt(position.x()))
            emit findingChosen(mark->range);
    } else if (m_layout.plots().contains(position)) {
        if (const GapBand* band = m_scene.gapAt(position.x()))
            emit gapChosen(band->gap.range.from);
    }
}

void ChartView::select(const std::optional<ChartSelection>& selection)
{
    m_selected = selection;
    update();
    if (!selection || !m_series || visibleRange().contains(selection->range))
        return;
    // As near as it is now, unless it needs more room.
    const TimeRange range = selection->range;
    const milliseconds room = range.length() + range.length() / 2;
    if (room > visibleRange().length())
        showRange({range.from - range.length() / 4, range.to + range.length() / 4});
    else
        centreOn(range.from + range.length() / 2);
}

// --- crosshair and measure ---

void ChartView::pointAt(QPointF position, bool isFree)
{
    const bool isOver = m_series && QRectF(0, 0, m_layout.price.width(), m_layout.bottom()).contains(position);
    setCrosshair(isOver ? std::optional(Crosshair {{}, position.x(), position.y(), isFree, false}) : std::nullopt);
    emit crosshairMoved(crosshairTime());
}

void ChartView::pointAt(std::optional<UtcMs> time)
{
    setCrosshair(time && m_series ? std::optional(Crosshair {*time, {}, {}, false, false}) : std::nullopt);
}

void ChartView::stepCrosshair(int bars)
{
    if (m_scene.marks.empty())
        return;
    const CandleMark* from = pointedMark();
    const CandleMark* mark = from ? m_scene.markBeside(*from, bars) : &m_scene.marks.back();
    if (!mark) { // beyond the edge
        panBy({bars < 0 ? timeScale().width / 4 : -timeScale().width / 4, 0});
        mark = bars < 0 ? &m_scene.marks.front() : &m_scene.marks.back();
    }
    setCrosshair(Crosshair {mark->bar.time + levelLength() / 2, {}, {}, false, true});
    if (m_isMeasuring && m_measured) {
        m_measured->to = mark->bar.time;
        m_measured->toPrice = mark->bar.close;
        update();
    }
    emit crosshairMoved(crosshairTime());
    m_describe.start();
}

void ChartView::setCrosshair(const std::optional<Crosshair>& crosshair)
{
    QRegion dirty = crosshairRegion();
    m_crosshair = crosshair;
    dirty += crosshairRegion();
    update(dirty);
}

Measured ChartView::snapped(QPointF position) const
{
    const CandleMark* mark = markNear(position.x());
    Measured point;
    point.to = mark ? mark->bar.time : onGrid(timeScale().toTime(position.x()));
    point.toPrice = m_price.toPrice(std::clamp(position.y(), 0.0, m_layout.price.height()));
    return point;
}

void ChartView::beginMeasure(QPointF position)
{
    const Measured at = snapped(position);
    m_measured = Measured {at.to, at.to, at.toPrice, at.toPrice};
    m_isMeasuring = false;
    update();
}

void ChartView::beginMeasure()
{
    if (!pointedMark())
        stepCrosshair(0);
    const CandleMark* mark = pointedMark();
    if (!mark)
        return;
    m_measured = Measured {mark->bar.time, mark->bar.time, mark->bar.close, mark->bar.close};
    m_isMeasuring = true;
    update();
}

void ChartView::measureTo(QPointF position)
{
    if (!m_measured)
        return;
    const Measured at = snapped(position);
    m_measured->to = at.to;
    m_measured->toPrice = at.toPrice;
    update();
}

void ChartView::endMeasure()
{
    m_measured.reset();
    m_isMeasuring = false;
    update();
}

} // namespace mnemo
