#pragma once

#include <QStyledItemDelegate>

#include "ui/wall/walltile.h"

namespace mnemo {

/// Paints a tile: name, how it is fed, last price, change and the line of its closes.
class TileDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    static QSize tileSize(const QFontMetrics& metrics); ///< with its margin
    int painted() const { return m_painted; } ///< tiles since the start

private:
    mutable int m_painted = 0;
};

/// The closes of a tile within @p area, the running bar's last: x grows with time, y falls with the price. Flat where all
/// are equal, empty below two points.
QPolygonF tileLine(const WallTile& tile, const QRectF& area);

} // namespace mnemo
