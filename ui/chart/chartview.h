#pragma once

#include <QPixmap>
#include <QTimer>
#include <QWidget>
#include <optional>

#include "ui/chart/candlescene.h"
#include "ui/chart/chartpaint.h"
#include "ui/chart/tilecache.h"

class QToolButton;

namespace mnemo {

/// Candles and volume of one series: pan by dragging, zoom by wheel at the cursor, everything by keyboard too. Draws a
/// picture of the plots once per view and keeps it; the crosshair and the legend are drawn over it alone.
class ChartView : public QWidget {
    Q_OBJECT
public:
    /// @p fetch as TileCache; deliver() brings what it read.
    explicit ChartView(TileCache::Fetch fetch, QWidget* parent = nullptr);

    /// Shows the newest bars of @p series. @p extent: from the first known bar to the end of the last.
    void setSeries(const SeriesRecord& series, TimeRange extent);
    /// Rows or answers arrived: the view follows where it stood at the newest bar.
    void setExtent(TimeRange extent);
    void invalidate(SeriesId series, TimeRange range);
    void deliver(const TileKey& key, Result<ChartTile> tile);
    /// No series: @p message stands in the middle.
    void clear(const QString& message);

    std::optional<SeriesId> seriesId() const;
    TimeRange visibleRange() const { return m_time.visible(); }
    const TimeScale& timeScale() const { return m_time; }
    const PriceScale& priceScale() const { return m_price; }
    const CandleScene& scene() const { return m_scene; }
    const TileCache& tiles() const { return m_cache; }
    bool isAtLatest() const;
    bool isAutoFit() const { return m_isAutoFit; }
    PriceMode priceMode() const { return m_price.mode; }

    void setTileBudget(std::size_t bytes) { m_cache.setBudget(bytes); }
    void setActive(bool isActive); ///< one of several charts: the active one has a frame
    void showRange(TimeRange range);
    void panBy(QPointF pixels); ///< sideways, and up or down where the price scale does not fit itself
    void zoomBy(double factor, qreal x);
    QSize sizeHint() const override { return {800, 480}; }
    QSize minimumSizeHint() const override { return {240, 160}; }

public slots:
    void zoomIn();
    void zoomOut();
    void goToFirst();
    void goToLatest();
    void resetView();
    void showAll();
    void setAutoFit(bool isOn);
    void setLogarithmic(bool isOn);

signals:
    void activated(); ///< pressed with the mouse
    void viewChanged();
    void latestLeft(bool isAway); ///< the newest bar went out of view, or came back
    void autoFitChanged(bool isOn);
    void backfillRequested(mnemo::TimeRange visible);

protected:
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
    enum class Drag { None, Plot, PriceAxis };

    void setTime(TimeScale time); ///< every change of the view goes through here
    void touch();                 ///< the picture is out of date
    void prepare();               ///< scene and price scale of the view
    void renderLayer();
    void paintOverlay(QPainter& painter);
    void paintLegend(QPainter& painter, const CandleMark* mark);
    void paintMessage(QPainter& painter, const QString& text);
    void moveCrosshair(std::optional<QPointF> position);
    QRegion overlayRegion(QPointF position) const;
    void placeLatestButton();
    void describe(); ///< for assistive technology
    void relayout();
    int crosshairDecimals() const;
    double leastMsPerPixel() const;
    double mostMsPerPixel() const;
    qreal rightMargin() const { return std::min(60.0, m_layout.price.width() * 0.08); }
    QString legendText(const CandleMark& mark, const ChartBar* previous) const;
    QString stateMessage() const;

    TileCache m_cache;
    std::optional<SeriesRecord> m_series;
    TimeRange m_extent;
    QString m_message;
    ChartLayout m_layout;
    TimeScale m_time;
    PriceScale m_price;
    CandleScene m_scene;
    std::size_t m_level = 0;
    QPixmap m_layer;
    bool m_isLayerCurrent = false;
    bool m_isAutoFit = true;
    bool m_isFollowing = true;
    bool m_wasAway = false;
    bool m_isActive = false;
    Drag m_drag = Drag::None;
    QPointF m_dragFrom;
    std::optional<QPointF> m_cursor;
    QToolButton* m_latest = nullptr;
    QTimer m_describe;
};

} // namespace mnemo
