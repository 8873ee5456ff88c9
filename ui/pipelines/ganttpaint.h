#pragma once

#include <QFont>
#include <QPainter>
#include <QPixmap>
#include <map>

#include "ui/pipelines/ganttplaces.h"
#include "ui/widgets/theme.h"

namespace mnemo {

/// Glyphs as small pictures: text is laid out once, not for each bar of each frame. UI thread.
class GlyphPictures {
public:
    void clear() { m_pictures.clear(); } ///< palette, font or density are others
    void draw(QPainter& painter, const QRectF& where, const QString& glyph, const QColor& colour, const QFont& font);

private:
    std::map<std::pair<QString, QRgb>, QPixmap> m_pictures;
};

/// What of a scene is painted beside its places.
struct GanttLook {
    Theme theme;
    QColor base, text;
    QFont font;
    GlyphPictures* glyphs = nullptr; ///< of this look
};

/// One try: its queue as a thin line, its work as a bar in the colour of its state, with what it waited for hatched in it, and
/// its glyph inside, or behind it where it is too short.
void paintBar(QPainter& painter, const GanttScene::Bar& bar, const QRect& row, const GanttPlaces& places, const GanttLook& look);

} // namespace mnemo
