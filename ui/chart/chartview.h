#pragma once

#include <QPixmap>
#include <QStringList>
#include <QTimer>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>

#include "ui/chart/candlescene.h"
#include "ui/chart/chartgestures.h"
#include "ui/chart/chartpaint.h"
#include "ui/chart/charttext.h"
#include "ui/chart/chartviewport.h"
#include "ui/chart/comparedseries.h"
#include "ui/chart/tilecache.h"

class QToolButton;

namespace mnemo {

struct LegendLine;
struct Theme;

/// What is framed on a chart.
struct ChartSelection {
    enum class What { Gap, Finding, Breach } what = What::Gap;
    TimeRange range;
};

/// Candles, volume and the lanes of what is missing and doubtful of one series: everything by mouse and by keyboard.
/// Draws a picture of the plots once per view and keeps it; crosshair, legend, measure and the bar under way are drawn
/// over it alone.
class ChartView : public QWidget {
    Q_OBJECT
public:
    /// @p fetch as TileCache; deliver() brings what it read.
    explicit ChartView(TileCache::Fetch fetch, QWidget* parent = nullptr);
    ~ChartView() override;

    // --- what is shown ---
    /// Shows the newest bars of @p series. @p extent: from the first known bar to the end of the last.
    void setSeries(const SeriesRecord& series, TimeRange extent);
    /// Rows or answers arrived: the view follows where it stood at the newest bar.
    void setExtent(TimeRange extent);
    void invalidate(SeriesId series, TimeRange range);
    void deliver(const TileKey& key, Result<ChartTile> tile);
    /// No series: @p message stands in the middle.
    void clear(const QString& message);
    /// A second series over the candles; none takes it away.
    void setCompared(const std::optional<SeriesRecord>& series, TimeRange extent, CompareScale scale);
    void setComparedExtent(TimeRange extent);
    /// How the differences to a compared series are read; without it there are none.
    void setDifferenceFetch(TileCache::Fetch fetch) { m_fetchDifferences = std::move(fetch); }
    /// What stands in the legend of the differences: the pair's limit in basis points, and what else is doubtful.
    void setComparison(double limit, const QStringList& doubts);
    /// The bar that has not closed yet, where somebody streams it; counts down by @p clock.
    void setForming(const std::optional<FormingBar>& forming);
    const std::optional<FormingBar>& forming() const { return m_forming; }
    void setClock(std::function<UtcMs()> clock) { m_clock = std::move(clock); }
    void setTileBudget(std::size_t bytes);
    void setActive(bool isActive); ///< one of several charts: the active one has a frame
    void setZone(const ChartZone& zone);

    // --- what can be asked ---
    std::optional<SeriesId> seriesId() const;
    const std::optional<SeriesRecord>& series() const { return m_series; }
    const ComparedSeries* compared() const { return m_compared.get(); }
    TimeRange visibleRange() const { return timeScale().visible(); }
    TimeRange extent() const { return m_viewport.extent(); }
    const TimeScale& timeScale() const { return m_viewport.time(); }
    const PriceScale& priceScale() const { return m_price; }
    const ChartLayout& chartLayout() const { return m_layout; }
    const CandleScene& scene() const { return m_scene; }
    const TileCache& tiles() const { return m_cache; }
    const ChartZone& zone() const { return m_zone; }
    bool isAtLatest() const { return m_viewport.isAtLatest(); }
    bool isAutoFit() const { return m_isAutoFit; }
    PriceMode priceMode() const { return m_price.mode; }
    bool isInverted() const { return m_price.isInverted; }
    const PaneShares& panes() const { return m_panes; }
    std::optional<UtcMs> crosshairTime() const; ///< of the bar that it snapped to
    const std::optional<Measured>& measured() const { return m_measured; }
    /// The same bars and holes as the picture's, for a table; asks for tiles that are not there yet.
    ChartContent content();
    ChartContent comparedContent(); ///< of the compared series, with the differences to it
    milliseconds levelLength() const; ///< of the bars that are drawn
    int decimals() const { return m_scene.decimals; }
    /// The chart without crosshair, with its title, at the screen's resolution.
    QImage picture(const QString& title);
    QString stateMessage() const; ///< why there are no candles; empty where there are

    // --- moving ---
    void showRange(TimeRange range);
    void centreOn(UtcMs time);
    void panBy(QPointF pixels); ///< sideways, and up or down where the price scale does not fit itself
    void panByBars(int bars); ///< above zero: towards the past
    void panByPages(double pages);
    void zoomBy(double factor, qreal x);
    void scalePrices(double factor); ///< about the middle; ends the fitting
    void scaleTime(double factor); ///< about the right edge
    void moveBorder(PaneKind below, qreal y);
    void setPaneShare(PaneKind pane, qreal share); ///< 0 collapses it
    void maximisePane(std::optional<PaneKind> pane); ///< none: all are shown as before
    std::optional<PaneKind> pointedPane() const; ///< under the crosshair
    void chooseAt(QPointF position); ///< the gap or the finding there
    /// Frames a gap, or the bars of a finding, and brings it into view; none frames nothing.
    void select(const std::optional<ChartSelection>& selection);
    const std::optional<ChartSelection>& selection() const { return m_selected; }

    // --- crosshair and measure ---
    void pointAt(QPointF position, bool isFree); ///< @p isFree: between bars too
    void pointAt(std::optional<UtcMs> time); ///< from another chart
    void stepCrosshair(int bars); ///< to a neighbouring bar, from the newest in view if there was none
    void beginMeasure(QPointF position);
    void beginMeasure(); ///< at the crosshair's bar
    void measureTo(QPointF position);
    void endMeasure();

    std::optional<double> crosshairMs() const; ///< the moment under its line: the middle of the bar that is pointed at

    QSize sizeHint() const override { return {800, 480}; }
    QSize minimumSizeHint() const override { return {150, 110}; }

public slots:
    void zoomIn();
    void zoomOut();
    void goToFirst();
    void goToLatest();
    void resetView();
    void resetTime();
    void showAll();
    void setAutoFit(bool isOn);
    void setPriceMode(mnemo::PriceMode mode);
    void setInverted(bool isOn);

signals:
    void activated(); ///< pressed with the mouse
    void rendered(); ///< the picture is of the view as it is now
    void viewChanged(); ///< somebody moved it; not the newest bar that is followed, not another series
    void contentChanged(); ///< tiles arrived or are out of date
    void latestLeft(bool isAway); ///< the newest bar went out of view, or came back
    void autoFitChanged(bool isOn);
    void scaleChanged();
    void crosshairMoved(std::optional<mnemo::UtcMs> time); ///< by hand, not by pointAt(time)
    void gapChosen(mnemo::UtcMs within);
    void findingChosen(mnemo::TimeRange bars); ///< somebody wants to know what is said about them
    void typed(const QString& text); ///< a letter or a digit: somebody looks for a symbol or wants a timeframe
    void menuRequested(const QPoint& globalPosition);
    void zoneMenuRequested(const QPoint& globalPosition);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    struct Crosshair {
        UtcMs time {};
        std::optional<qreal> x; ///< of the mouse: stays under it while the view moves
        std::optional<qreal> y; ///< none: only the time is pointed at
        bool isFree = false;
        bool isOfKeyboard = false;
    };

    template <class Move>
    void move(Move change); ///< every change of the viewport goes through here
    void panesChanged();
    void touch(); ///< the picture is out of date
    void relayout();
    void prepare(); ///< scene and price scale of the view
    void fitPrices();
    void renderLayer();
    void paintPicture(QPainter& painter);
    void paintOverlay(QPainter& painter);
    void paintMessage(QPainter& painter, const QString& text);
    std::vector<LegendLine> legend(const CandleMark* mark) const;
    std::vector<LegendLine> differenceLegend() const;
    void offerDifference(); ///< its pane is there where there is something to show in it
    const CandleMark* markNear(qreal x) const;
    const CandleMark* pointedMark() const;
    std::int64_t barsIn(const CandleMark& mark) const;
    TimeRange rangeOf(const CandleMark& mark) const;
    QString stateOf(const CandleMark& mark) const; ///< "closed", "quarantined", and what the rules say
    QString hintAt(QPointF position) const; ///< what a lane shows there; empty where nothing is
    const ChartBar* barBefore(const CandleMark& mark) const;
    UtcMs crosshairAt() const; ///< between bars too
    qreal crosshairX() const;
    UtcMs onGrid(UtcMs time) const; ///< open of the bar over it, where single bars are drawn
    Measured snapped(QPointF position) const; ///< its `to` is the point
    void setCrosshair(const std::optional<Crosshair>& crosshair);
    QRegion crosshairRegion() const;
    void placeButtons();
    void describe(); ///< for assistive technology
    void tick(); ///< the countdown
    void askAbout(const ChartSelection& selection);
    bool moveByKey(const QKeyEvent& event);
    int crosshairDecimals() const;
    QRectF boxOf(const FormingBar& bar) const;
    void paintFormingBars(QPainter& painter, const Theme& theme);
    bool isFormingOld() const;

    TileCache::Fetch m_fetch, m_fetchDifferences;
    TileCache m_cache;
    std::unique_ptr<ComparedSeries> m_compared;
    double m_compareLimit = 0;
    QStringList m_doubts;
    std::optional<SeriesRecord> m_series;
    QString m_message;
    ChartLayout m_layout;
    ChartViewport m_viewport;
    PriceScale m_price;
    CandleScene m_scene;
    ChartZone m_zone;
    ChartGestures m_gestures;
    std::size_t m_level = 0;
    std::size_t m_budget = std::size_t {96} << 20;
    PaneShares m_panes;
    QPixmap m_layer;
    bool m_isTouched = true; ///< scene and picture are out of date
    bool m_isLayerCurrent = false;
    bool m_isAutoFit = true;
    bool m_wasAway = false;
    bool m_isActive = false;
    std::optional<Crosshair> m_crosshair;
    std::optional<Measured> m_measured;
    bool m_isMeasuring = false; ///< by keyboard: the crosshair takes the other end along
    std::optional<ChartSelection> m_selected;
    std::optional<FormingBar> m_forming;
    std::optional<FormingBar> m_closed; ///< the one before, until it is read from the store
    std::function<UtcMs()> m_clock;
    QToolButton* m_latest = nullptr;
    QToolButton* m_zoneButton = nullptr;
    QTimer m_describe;
    QTimer m_tick;
};

} // namespace mnemo
