#include "ui/wall/tiledelegate.h"

#include <QLocale>
#include <QPainter>
#include <algorithm>

#include "ui/wall/wallmodel.h"
#include "ui/widgets/feedtext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int margin = 4, padding = 8; ///< px

QString changeText(double change)
{
    const QString arrow = change > 0 ? u"\u25B2 +"_s : change < 0 ? u"\u25BC "_s : u"= "_s; // never by colour alone
    return WallModel::tr("%1%2 %").arg(arrow, QLocale().toString(change * 100, 'f', 2));
}

QFont scaled(QFont font, double factor, bool isBold)
{
    font.setPointSizeF(font.pointSizeF() * factor);
    font.setBold(isBold);
    return font;
}

struct TilePlaces {
    QRect name, market, price, change, line;
};

TilePlaces placesIn(const QRect& tile, const QFontMetrics& metrics)
{
    const int height = metrics.lineSpacing();
    const QRect inner = tile.adjusted(padding, padding - 2, -padding, -padding + 2);
    TilePlaces places;
    places.name = {inner.left(), inner.top(), inner.width(), height};
    places.market = {inner.left(), places.name.bottom() + 1, inner.width(), height};
    places.price = {inner.left(), places.market.bottom() + 2, inner.width(), height * 3 / 2};
    places.change = places.price;
    places.line = {inner.left(), places.price.bottom() + 4, inner.width(), inner.bottom() - places.price.bottom() - 4};
    return places;
}

/// The state at the right of the first line. @return how much room is left of it
int paintState(QPainter& painter, const QRect& where, const WallTile& tile, const Theme& theme)
{
    if (!tile.followed)
        return where.width();
    const FollowState state = tile.followed->state;
    const QString text = textOf(state);
    const QFontMetrics metrics = painter.fontMetrics();
    const int width = metrics.horizontalAdvance(text), glyph = metrics.horizontalAdvance(glyphOf(state) + u' ');
    painter.setPen(colourOf(state, theme));
    painter.drawText(where.adjusted(where.width() - width - glyph, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, glyphOf(state));
    painter.setPen(theme.axisText);
    painter.drawText(where, Qt::AlignRight | Qt::AlignVCenter, text);
    return where.width() - width - glyph - padding;
}

void paintText(QPainter& painter, const TilePlaces& places, const WallTile& tile, const Theme& theme, const QFont& font)
{
    const SeriesKey& key = tile.record.key;
    painter.setFont(font);
    const int room = paintState(painter, places.name, tile, theme);
    painter.setFont(scaled(font, 1, true));
    painter.setPen(theme.axisText);
    painter.drawText(places.name, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(toQString(key.symbol), Qt::ElideRight, room));
    painter.setFont(font);
    painter.setPen(theme.mutedText);
    const int ageWidth = tile.age.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(tile.age) + padding;
    painter.drawText(places.market, Qt::AlignRight | Qt::AlignVCenter, tile.age);
    painter.drawText(places.market, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(u"%1 %2 %3"_s.arg(toQString(key.exchange), textOf(key.market), toQString(key.timeframe.name())),
            Qt::ElideRight, places.market.width() - ageWidth));
    const auto last = tile.last();
    if (!last)
        return;
    painter.setFont(scaled(font, 1.4, true));
    painter.setPen(theme.axisText);
    painter.drawText(places.price, Qt::AlignLeft | Qt::AlignVCenter, priceText(*last, decimalsOfPrice(*last)));
    const auto change = tile.change();
    if (!change)
        return;
    painter.setFont(font);
    painter.setPen(*change > 0 ? theme.up : *change < 0 ? theme.down : theme.mutedText);
    painter.drawText(places.change, Qt::AlignRight | Qt::AlignVCenter, changeText(*change));
}

} // namespace

QPolygonF tileLine(const WallTile& tile, const QRectF& area)
{
    std::vector<double> closes = tile.line;
    if (tile.running)
        closes.push_back(tile.running->close);
    if (closes.size() < 2)
        return {};
    const auto [low, high] = std::ranges::minmax(closes);
    QPolygonF line;
    line.reserve(static_cast<qsizetype>(closes.size()));
    for (std::size_t i = 0; i < closes.size(); ++i) {
        const double share = high > low ? (closes[i] - low) / (high - low) : 0.5;
        line << QPointF(area.left() + area.width() * static_cast<double>(i) / static_cast<double>(closes.size() - 1),
            area.bottom() - area.height() * share);
    }
    return line;
}

QSize TileDelegate::tileSize(const QFontMetrics& metrics)
{
    return {metrics.averageCharWidth() * 34 + 2 * margin, metrics.lineSpacing() * 6 + 2 * padding + 2 * margin};
}

QSize TileDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return tileSize(option.fontMetrics);
}

void TileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const WallModel*>(index.model());
    if (model == nullptr)
        return;
    ++m_painted;
    const WallTile& tile = model->tile(index.row());
    const Theme theme = Theme::of(option.palette);
    const QRect frame = option.rect.adjusted(margin, margin, -margin, -margin);
    const bool isCurrent = option.state.testFlag(QStyle::State_HasFocus) || option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setPen(isCurrent ? QPen(option.palette.color(QPalette::Highlight), 2) : QPen(theme.gridLine));
    painter->setBrush(theme.background);
    painter->drawRect(frame);
    const TilePlaces places = placesIn(frame, option.fontMetrics);
    paintText(*painter, places, tile, theme, option.font);
    const bool isStale = tile.followed && tile.followed->state == FollowState::Stale;
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(isStale ? theme.neutral : tile.change().value_or(0) < 0 ? theme.down : theme.up, 1, // a wider one is stroked as an outline
        isStale ? Qt::DotLine : Qt::SolidLine));
    painter->setBrush(Qt::NoBrush);
    painter->drawPolyline(tileLine(tile, QRectF(places.line).adjusted(0, 2, 0, -2)));
    painter->restore();
}

} // namespace mnemo
