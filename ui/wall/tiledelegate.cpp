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

constexpr std::size_t mostPictures = 100; ///< those in sight, and some that were

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

QRect frameOf(const QRect& tile)
{
    return tile.adjusted(margin, margin, -margin, -margin);
}

QRectF lineAreaOf(const QRect& frame, const QFontMetrics& metrics)
{
    return QRectF(placesIn(frame, metrics).line).adjusted(0, 2, 0, -2);
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

const TileDelegate::Look& TileDelegate::lookOf(const QStyleOptionViewItem& option) const
{
    if (!m_look || m_look->palette != option.palette.cacheKey() || m_look->font != option.font) {
        const QFont bold = scaled(option.font, 1, true);
        m_look.emplace(Look {option.palette.cacheKey(), option.font, bold, scaled(option.font, 1.4, true), option.fontMetrics,
            QFontMetrics(bold), Theme::of(option.palette)});
        m_pictures.clear();
    }
    return *m_look;
}

/// The state at the right of the first line. @return how much room is left of it
int TileDelegate::paintState(QPainter& painter, const QRect& where, const WallTile& tile) const
{
    if (!tile.followed)
        return where.width();
    const FollowState state = tile.followed->state;
    const QString text = textOf(state);
    const QFontMetrics& metrics = m_look->metrics;
    const int width = metrics.horizontalAdvance(text), glyph = metrics.horizontalAdvance(glyphOf(state) + u' ');
    painter.setPen(colourOf(state, m_look->theme));
    painter.drawText(where.adjusted(where.width() - width - glyph, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, glyphOf(state));
    painter.setPen(m_look->theme.axisText);
    painter.drawText(where, Qt::AlignRight | Qt::AlignVCenter, text);
    return where.width() - width - glyph - padding;
}

void TileDelegate::paintNames(QPainter& painter, const QRect& frame, const WallTile& tile) const
{
    const SeriesKey& key = tile.record.key;
    const TilePlaces places = placesIn(frame, m_look->metrics);
    painter.setFont(m_look->font);
    const int room = paintState(painter, places.name, tile);
    painter.setPen(m_look->theme.mutedText);
    const int ageWidth = tile.age.isEmpty() ? 0 : m_look->metrics.horizontalAdvance(tile.age) + padding;
    painter.drawText(places.market, Qt::AlignRight | Qt::AlignVCenter, tile.age);
    painter.drawText(places.market, Qt::AlignLeft | Qt::AlignVCenter,
        m_look->metrics.elidedText(u"%1 %2 %3"_s.arg(toQString(key.exchange), textOf(key.market), toQString(key.timeframe.name())),
            Qt::ElideRight, places.market.width() - ageWidth));
    painter.setFont(m_look->bold);
    painter.setPen(m_look->theme.axisText);
    painter.drawText(places.name, Qt::AlignLeft | Qt::AlignVCenter,
        m_look->boldMetrics.elidedText(toQString(key.symbol), Qt::ElideRight, room));
}

void TileDelegate::paintPrice(QPainter& painter, const QRect& where, const WallTile& tile) const
{
    const auto last = tile.last();
    if (!last)
        return;
    const Theme& theme = m_look->theme;
    painter.setFont(m_look->large);
    painter.setPen(theme.axisText);
    painter.drawText(where, Qt::AlignLeft | Qt::AlignVCenter, priceText(*last, decimalsOfPrice(*last)));
    const auto change = tile.change();
    if (!change)
        return;
    painter.setFont(m_look->font);
    painter.setPen(*change > 0 ? theme.up : *change < 0 ? theme.down : theme.mutedText);
    painter.drawText(where, Qt::AlignRight | Qt::AlignVCenter, tile.isShort() ? changeText(*change) + u' ' + tile.changeSpan() : changeText(*change));
}

bool TileDelegate::Picture::isOf(const Picture& other) const
{
    return size == other.size && ratio == other.ratio && isCurrent == other.isCurrent && state == other.state && age == other.age
        && line == other.line && linePen == other.linePen;
}

const QPixmap& TileDelegate::pictureOf(const WallTile& tile, Picture wanted, const QStyleOptionViewItem& option) const
{
    if (m_pictures.size() > mostPictures)
        m_pictures.clear();
    Picture& kept = m_pictures[tile.record.id];
    if (!kept.pixmap.isNull() && kept.isOf(wanted))
        return kept.pixmap;
    kept = std::move(wanted);
    kept.pixmap = QPixmap(kept.size * kept.ratio);
    kept.pixmap.setDevicePixelRatio(kept.ratio);
    kept.pixmap.fill(option.palette.color(QPalette::Base));
    QPainter painter(&kept.pixmap);
    const QRect frame = frameOf(QRect({}, kept.size));
    painter.setPen(kept.isCurrent ? QPen(option.palette.color(QPalette::Highlight), 2) : QPen(m_look->theme.gridLine));
    painter.setBrush(m_look->theme.background);
    painter.drawRect(frame);
    paintNames(painter, frame, tile);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(kept.linePen);
    painter.drawPolyline(kept.line.translated(lineAreaOf(frame, m_look->metrics).topLeft()));
    return kept.pixmap;
}

void TileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const WallModel*>(index.model());
    if (model == nullptr)
        return;
    ++m_painted;
    const WallTile& tile = model->tile(index.row());
    const Look& look = lookOf(option);
    const QRect frame = frameOf(option.rect);
    const QRectF area = lineAreaOf(frame, look.metrics);
    QPolygonF line = tileLine(tile, area.translated(-area.topLeft()));
    const QPointF newest = line.isEmpty() ? QPointF() : line.back();
    if (tile.running && !line.isEmpty())
        line.pop_back();
    const auto state = tile.followed ? std::optional(tile.followed->state) : std::nullopt;
    const bool isStale = state == FollowState::Stale;
    const QPen pen(isStale ? look.theme.neutral : tile.change().value_or(0) < 0 ? look.theme.down : look.theme.up, 1, // a wider one is stroked as an outline
        isStale ? Qt::DotLine : Qt::SolidLine);
    const bool isCurrent = option.state.testFlag(QStyle::State_HasFocus) || option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->drawPixmap(option.rect.topLeft(),
        pictureOf(tile, {option.rect.size(), painter->device()->devicePixelRatioF(), isCurrent, state, tile.age, line, pen, {}}, option));
    paintPrice(*painter, placesIn(frame, look.metrics).price, tile);
    if (!line.isEmpty()) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(pen);
        painter->drawLine(area.topLeft() + line.back(), area.topLeft() + newest);
    }
    painter->restore();
}

} // namespace mnemo
