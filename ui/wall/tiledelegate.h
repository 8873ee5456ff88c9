#pragma once

#include <QFont>
#include <QFontMetrics>
#include <QPen>
#include <QPixmap>
#include <QPolygonF>
#include <QStyledItemDelegate>
#include <map>
#include <optional>

#include "ui/wall/walltile.h"
#include "ui/widgets/theme.h"

namespace mnemo {

/// Paints a tile: name, how it is fed, last price, change and the line of its closes. Prices change many times a second: all
/// but they is kept as a picture.
class TileDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    static QSize tileSize(const QFontMetrics& metrics); ///< with its margin
    int painted() const { return m_painted; } ///< tiles since the start

private:
    struct Look {
        qint64 palette = 0; ///< its key
        QFont font, bold, large;
        QFontMetrics metrics, boldMetrics;
        Theme theme;
    };
    /// All of a tile but its price, and what that depends on.
    struct Picture {
        QSize size;
        qreal ratio = 1; ///< pixels of the device for each of the size
        bool isCurrent = false;
        std::optional<FollowState> state;
        QString age;
        QPolygonF line; ///< of closed bars
        QPen linePen;
        QPixmap pixmap;
        bool isOf(const Picture& other) const;
    };
    const Look& lookOf(const QStyleOptionViewItem& option) const;
    const QPixmap& pictureOf(const WallTile& tile, Picture wanted, const QStyleOptionViewItem& option) const;
    int paintState(QPainter& painter, const QRect& where, const WallTile& tile) const;
    void paintNames(QPainter& painter, const QRect& frame, const WallTile& tile) const;
    void paintPrice(QPainter& painter, const QRect& where, const WallTile& tile) const;

    mutable std::optional<Look> m_look;
    mutable std::map<SeriesId, Picture> m_pictures;
    mutable int m_painted = 0;
};

/// The closes of a tile within @p area, the running bar's last: x grows with time, y falls with the price. Flat where all
/// are equal, empty below two points.
QPolygonF tileLine(const WallTile& tile, const QRectF& area);

} // namespace mnemo
