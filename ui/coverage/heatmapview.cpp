#include "ui/coverage/heatmapview.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

/// Each step shows about half again as much time.
struct Zoom {
    BucketUnit unit;
    int width; ///< of a column
};
constexpr std::array zooms {Zoom {BucketUnit::Month, 6}, Zoom {BucketUnit::Month, 10}, Zoom {BucketUnit::Week, 4},
    Zoom {BucketUnit::Week, 6}, Zoom {BucketUnit::Week, 10}, Zoom {BucketUnit::Day, 2}, Zoom {BucketUnit::Day, 3},
    Zoom {BucketUnit::Day, 5}, Zoom {BucketUnit::Day, 8}, Zoom {BucketUnit::Day, 12}, Zoom {BucketUnit::Day, 18}};
constexpr int firstZoom = 8;

/// In pixels, about.
std::int64_t widthOf(milliseconds length, const Zoom& zoom)
{
    const int days = zoom.unit == BucketUnit::Day ? 1 : zoom.unit == BucketUnit::Week ? 7 : 30;
    return std::chrono::ceil<std::chrono::days>(length).count() / days * zoom.width;
}

bool isDefect(CellLook look)
{
    return look.mark == CellMark::Failed || look.mark == CellMark::Unknown || look.mark == CellMark::Outage;
}

} // namespace

HeatmapView::HeatmapView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_heatmap(std::make_shared<const Heatmap>())
    , m_zoom(firstZoom)
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Coverage of all series"));
    updateLayout();
}

BucketUnit HeatmapView::unit() const
{
    return zooms[static_cast<std::size_t>(m_zoom)].unit;
}

void HeatmapView::setHeatmap(std::shared_ptr<const Heatmap> heatmap)
{
    const auto before = std::exchange(m_heatmap, std::move(heatmap));
    const std::vector<HeatmapLine> linesBefore = m_lines;
    const bool isUnitNew = before->unit != m_heatmap->unit;
    const UtcMs cursorTime =
        m_cursor.column >= 0 && m_cursor.column < before->columns() ? before->bucket(m_cursor.column).from : UtcMs {};
    const bool isSameGrid = before->bounds == m_heatmap->bounds && before->rows.size() == m_heatmap->rows.size();
    rebuildLines();
    updateLayout();
    if (m_isFirst && m_heatmap->columns() > 0) {
        m_isFirst = false;
        m_layout.scrollX = m_layout.mostScrollX(); // what is newest matters first
    }
    if (m_anchorTime) {
        const auto [time, x] = *std::exchange(m_anchorTime, std::nullopt);
        m_layout.scrollX = m_heatmap->columnOf(time) * m_layout.columnWidth - x + m_layout.headerWidth;
    }
    if (!isSameGrid && m_cursor.column >= 0) {
        m_cursor.column = m_heatmap->columnOf(cursorTime);
        if (isUnitNew)
            m_anchor = m_cursor;
    }
    updateLayout();
    if (!isSameGrid || m_lines.size() != linesBefore.size()) {
        invalidateAll();
        say();
        return;
    }
    const IndexRange visible = m_layout.visibleLines();
    for (int line = visible.first; line <= visible.last; ++line) {
        const HeatmapLine& now = m_lines[static_cast<std::size_t>(line)];
        const HeatmapLine& old = linesBefore[static_cast<std::size_t>(line)];
        const bool isSame = now.row == old.row
            && (now.row < 0
                || m_heatmap->rows[static_cast<std::size_t>(now.row)]
                    == before->rows[static_cast<std::size_t>(old.row)]);
        if (isSame && now.text == old.text && now.completeness == old.completeness && now.freshness == old.freshness)
            continue;
        const auto at = static_cast<std::size_t>(line - visible.first);
        if (!isSame && at < m_dirty.size())
            m_dirty[at] = true;
        viewport()->update(m_layout.lineRect(line));
    }
    say();
}

void HeatmapView::setFilter(const QString& filter)
{
    if (std::exchange(m_filter, filter) != filter)
        filterChanged();
}

void HeatmapView::setScope(const Scope& scope)
{
    if (std::exchange(m_scope, scope) == scope)
        return;
    filterChanged();
    m_isTimeOwed = !scope.time.isAny();
    if (m_isTimeOwed && isVisible())
        showTime(scope.time.within(SystemClock().now()));
}

void HeatmapView::showEvent(QShowEvent* event)
{
    QAbstractScrollArea::showEvent(event);
    if (m_isTimeOwed)
        showTime(m_scope.time.within(SystemClock().now()));
}

void HeatmapView::showTime(TimeRange wanted)
{
    m_isTimeOwed = false;
    m_zoom = static_cast<int>(zooms.size()) - 1;
    while (m_zoom > 0 && widthOf(wanted.length(), zooms[static_cast<std::size_t>(m_zoom)]) > m_layout.body().width())
        --m_zoom;
    m_anchorTime = std::pair(wanted.from, m_layout.headerWidth);
    zoomChanged();
}

void HeatmapView::filterChanged()
{
    rebuildLines();
    updateLayout();
    m_cursor = m_anchor = {seriesLine(0, 1), m_cursor.column};
    invalidateAll();
    emit selectionChanged();
}

void HeatmapView::rebuildLines()
{
    const HeatmapLine* at = m_cursor.line >= 0 && m_cursor.line < static_cast<int>(m_lines.size())
        ? &m_lines[static_cast<std::size_t>(m_cursor.line)]
        : nullptr;
    const QString kept = at ? at->text : QString();
    m_lines = linesOf(*m_heatmap, m_filter, SystemClock().now(), m_scope);
    // New series may have come in above: the cursor stays with its own.
    if (!kept.isEmpty()
        && (m_cursor.line >= static_cast<int>(m_lines.size())
            || m_lines[static_cast<std::size_t>(m_cursor.line)].text != kept)) {
        const auto same = std::ranges::find(m_lines, kept, &HeatmapLine::text);
        m_cursor.line = same == m_lines.end() ? seriesLine(0, 1) : static_cast<int>(same - m_lines.begin());
        m_anchor = m_cursor;
    }
}

void HeatmapView::updateLayout()
{
    const QFontMetrics metrics = fontMetrics();
    m_layout.size = viewport()->size();
    m_layout.headerHeight = metrics.height() + 10;
    m_layout.lineHeight = metrics.height() + 5;
    m_layout.headerWidth = std::min(metrics.horizontalAdvance(u'0') * 42, m_layout.size.width() / 2);
    const Zoom& zoom = zooms[static_cast<std::size_t>(m_zoom)];
    if (m_heatmap->unit == zoom.unit)
        m_layout.columnWidth = zoom.width;
    m_layout.lines = static_cast<int>(m_lines.size());
    m_layout.columns = m_heatmap->columns();
    m_layout.clampScroll();
    const HeatmapLayout wanted = m_layout; // the bars below report what they think meanwhile
    horizontalScrollBar()->setRange(0, wanted.mostScrollX());
    horizontalScrollBar()->setPageStep(std::max(1, wanted.body().width()));
    horizontalScrollBar()->setSingleStep(wanted.columnWidth);
    verticalScrollBar()->setRange(0, wanted.mostScrollY());
    verticalScrollBar()->setPageStep(std::max(1, wanted.body().height()));
    verticalScrollBar()->setSingleStep(wanted.lineHeight);
    horizontalScrollBar()->setValue(wanted.scrollX);
    verticalScrollBar()->setValue(wanted.scrollY);
    m_layout = wanted;
}

void HeatmapView::invalidateAll()
{
    m_dirty.clear();
    viewport()->update();
}

void HeatmapView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    const bool wasAtEnd = m_layout.scrollX >= m_layout.mostScrollX();
    updateLayout();
    if (wasAtEnd) {
        m_layout.scrollX = m_layout.mostScrollX();
        updateLayout();
    }
    invalidateAll();
}

void HeatmapView::scrollContentsBy(int, int)
{
    m_layout.scrollX = horizontalScrollBar()->value();
    m_layout.scrollY = verticalScrollBar()->value();
    m_layout.clampScroll();
    invalidateAll();
}

void HeatmapView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateLayout();
        invalidateAll();
    }
}

// --- painting ---

void HeatmapView::ensurePicture()
{
    const qreal ratio = devicePixelRatioF();
    const QSize pixels = (QSizeF(m_layout.body().size()) * ratio).toSize();
    if (pixels.isEmpty())
        return;
    if (m_picture.size() != pixels) {
        m_picture = QImage(pixels, QImage::Format_RGB32);
        m_dirty.clear();
    }
    m_picture.setDevicePixelRatio(ratio);
    const IndexRange visible = m_layout.visibleLines();
    const auto count = static_cast<std::size_t>(std::max(0, visible.last - visible.first + 1));
    const CellPainter cells(Theme::of(palette()), ratio);
    if (m_dirty.size() != count) {
        m_picture.fill(cells.background());
        m_dirty.assign(count, true);
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (!m_dirty[i])
            continue;
        paintLine(cells, visible.first + static_cast<int>(i));
        m_dirty[i] = false;
    }
}

void HeatmapView::paintLine(const CellPainter& cells, int line)
{
    ++m_paintedLines;
    const int row = m_lines[static_cast<std::size_t>(line)].row;
    if (row < 0)
        return;
    const qreal ratio = devicePixelRatioF();
    const auto pixel = [ratio](int at) { return static_cast<int>(std::lround(at * ratio)); };
    const auto& looks = m_heatmap->rows[static_cast<std::size_t>(row)]->looks;
    const int top = pixel(line * m_layout.lineHeight - m_layout.scrollY);
    const int bottom = pixel((line + 1) * m_layout.lineHeight - m_layout.scrollY) - pixel(2); // lines stand apart
    const int space = m_layout.columnWidth >= 8 ? pixel(1) : 0;
    const IndexRange visible = m_layout.visibleColumns();
    for (int column = visible.first; column <= visible.last; ++column) {
        const int left = pixel(column * m_layout.columnWidth - m_layout.scrollX);
        const int right = pixel((column + 1) * m_layout.columnWidth - m_layout.scrollX) - space;
        cells.paint(m_picture, QRect(left, top, right - left, bottom - top), looks[static_cast<std::size_t>(column)]);
    }
}

void HeatmapView::paintEvent(QPaintEvent* event)
{
    ensurePicture();
    QPainter painter(viewport());
    const Theme theme = Theme::of(palette());
    painter.fillRect(event->rect(), theme.background);
    paintBody(painter);
    paintCursor(painter);
    paintNames(painter, event->rect());
    paintDates(painter);
}

void HeatmapView::paintBody(QPainter& painter)
{
    if (!m_picture.isNull())
        painter.drawImage(m_layout.body().topLeft(), m_picture);
}

void HeatmapView::paintNames(QPainter& painter, const QRect& dirty)
{
    const Theme theme = Theme::of(palette());
    const QFontMetrics metrics = fontMetrics();
    const int space = metrics.horizontalAdvance(u' ');
    const int fresh = metrics.horizontalAdvance(u"0000 d old"_s) + space;
    const int share = metrics.horizontalAdvance(u"00.0 %"_s) + 2 * space;
    const int right = m_layout.headerWidth - space * 2;
    painter.save();
    painter.setClipRect(QRect(0, m_layout.headerHeight, viewport()->width(), m_layout.body().height()));
    QFont bold = font();
    bold.setBold(true);
    const IndexRange visible = m_layout.visibleLines();
    for (int line = visible.first; line <= visible.last; ++line) {
        const QRect rect = m_layout.lineRect(line);
        if (!rect.intersects(dirty))
            continue;
        const HeatmapLine& shown = m_lines[static_cast<std::size_t>(line)];
        if (shown.row < 0) {
            painter.setFont(bold);
            painter.setPen(theme.axisText);
            painter.drawText(rect.adjusted(space * 2, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, shown.text);
            painter.setFont(font());
            continue;
        }
        const QRect name(space * 4, rect.top(), right - fresh - share - space * 4, rect.height());
        if (line == m_cursor.line) {
            painter.fillRect(
                QRect(0, rect.top(), m_layout.headerWidth - space, rect.height() - 1), palette().highlight());
            painter.setPen(palette().color(QPalette::HighlightedText));
        } else {
            painter.setPen(theme.axisText);
        }
        painter.drawText(name, Qt::AlignVCenter | Qt::AlignLeft, // the timeframe at its end tells series apart
            metrics.elidedText(shown.text, Qt::ElideMiddle, name.width()));
        painter.drawText(QRect(right - fresh - share, rect.top(), share - space, rect.height()),
            Qt::AlignVCenter | Qt::AlignRight, shown.completeness);
        if (line != m_cursor.line)
            painter.setPen(theme.mutedText);
        painter.drawText(
            QRect(right - fresh, rect.top(), fresh, rect.height()), Qt::AlignVCenter | Qt::AlignRight, shown.freshness);
    }
    painter.restore();
}

void HeatmapView::paintDates(QPainter& painter)
{
    const Theme theme = Theme::of(palette());
    painter.fillRect(0, 0, viewport()->width(), m_layout.headerHeight - 1, theme.background);
    painter.setPen(theme.mutedText);
    painter.drawText(
        QRect(fontMetrics().horizontalAdvance(u' ') * 4, 0, m_layout.headerWidth, m_layout.headerHeight - 1),
        Qt::AlignVCenter | Qt::AlignLeft, tr("Series, UTC %1").arg(textOf(m_heatmap->unit)));
    painter.setPen(theme.axisText);
    const IndexRange visible = m_layout.visibleColumns();
    int free = m_layout.headerWidth; // labels never touch
    const bool areMonthsShown = m_layout.columnWidth
            * (m_heatmap->unit == BucketUnit::Day         ? 30
                    : m_heatmap->unit == BucketUnit::Week ? 4
                                                          : 1)
        >= fontMetrics().horizontalAdvance(u"2024-00"_s) / 2;
    for (int column = visible.first; column <= visible.last; ++column) {
        const auto date = dateOf(m_heatmap->bucket(column).from);
        if (column > visible.first || column > 0) {
            const auto previous = dateOf(m_heatmap->bounds[static_cast<std::size_t>(std::max(0, column - 1))]);
            const bool isNew = areMonthsShown ? previous.month() != date.month() : previous.year() != date.year();
            if (!isNew)
                continue;
        }
        const int x = m_layout.cellRect({0, column}).left();
        if (x < free)
            continue;
        const QString label = u"%1-%2"_s.arg(int(date.year())).arg(unsigned(date.month()), 2, 10, QLatin1Char('0'));
        painter.drawLine(x, m_layout.headerHeight - 6, x, m_layout.headerHeight - 2);
        painter.drawText(x + 3, m_layout.headerHeight - 7 - fontMetrics().descent() + 2, label);
        free = x + fontMetrics().horizontalAdvance(label) + 14;
    }
    painter.setPen(theme.gridLine);
    painter.drawLine(0, m_layout.headerHeight - 1, viewport()->width(), m_layout.headerHeight - 1);
}

void HeatmapView::paintCursor(QPainter& painter)
{
    if (m_cursor.line < 0 || m_cursor.column < 0)
        return;
    painter.save();
    painter.setClipRect(m_layout.body());
    const QRect box = m_layout.cellRect(m_cursor).united(m_layout.cellRect(m_anchor)).adjusted(-1, -1, 0, -1);
    const Theme theme = Theme::of(palette());
    painter.setBrush(Qt::NoBrush);
    // Two rings of opposite lightness: one of them stands out on every cell.
    painter.setPen(QPen(theme.isDark ? Qt::black : Qt::white, 1));
    painter.drawRect(box.adjusted(-2, -2, 2, 2));
    painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
    painter.drawRect(box);
    painter.restore();
}

// --- moving ---

int HeatmapView::seriesLine(int from, int direction) const
{
    for (int line = from; line >= 0 && line < static_cast<int>(m_lines.size()); line += direction) {
        if (m_lines[static_cast<std::size_t>(line)].row >= 0)
            return line;
    }
    return -1;
}

void HeatmapView::setCursor(HeatmapCell cell, bool extends)
{
    if (m_heatmap->columns() == 0)
        return;
    const int last = static_cast<int>(m_lines.size()) - 1;
    const int wanted = std::clamp(cell.line, 0, std::max(0, last));
    const int direction = wanted < m_cursor.line ? -1 : 1;
    int line = seriesLine(wanted, direction);
    if (line < 0)
        line = seriesLine(wanted, -direction);
    if (line < 0)
        return;
    const HeatmapCell before = m_cursor;
    const HeatmapCell anchorBefore = m_anchor;
    m_cursor = {line, std::clamp(cell.column, 0, m_heatmap->columns() - 1)};
    if (!extends || m_anchor.line < 0)
        m_anchor = m_cursor;
    const HeatmapLayout old = m_layout;
    m_layout.reveal(m_cursor);
    if (m_layout != old) {
        updateLayout();
        invalidateAll();
    } else {
        viewport()->update();
    }
    if (m_cursor != before || m_anchor != anchorBefore) {
        say();
        emit selectionChanged();
    }
}

void HeatmapView::step(int lines, int columns, bool extends)
{
    if (m_cursor.line < 0)
        return setCursor({0, m_layout.visibleColumns().last});
    setCursor({m_cursor.line + lines, m_cursor.column + columns}, extends);
}

bool HeatmapView::goToGap(int direction)
{
    if (m_cursor.line < 0)
        step(0, 0, false);
    if (m_cursor.line < 0)
        return false;
    const auto& looks =
        m_heatmap->rows[static_cast<std::size_t>(m_lines[static_cast<std::size_t>(m_cursor.line)].row)]->looks;
    for (int column = m_cursor.column + direction; column >= 0 && column < m_heatmap->columns(); column += direction) {
        if (isDefect(looks[static_cast<std::size_t>(column)])) {
            setCursor({m_cursor.line, column});
            return true;
        }
    }
    return false;
}

CoverageSelection HeatmapView::selection() const
{
    CoverageSelection selection;
    if (m_cursor.line < 0 || m_cursor.column < 0 || m_heatmap->columns() == 0)
        return selection;
    const auto [top, bottom] = std::minmax(m_cursor.line, m_anchor.line);
    for (int line = std::max(0, top); line <= std::min(bottom, static_cast<int>(m_lines.size()) - 1); ++line) {
        if (const int row = m_lines[static_cast<std::size_t>(line)].row; row >= 0)
            selection.series.push_back(m_heatmap->rows[static_cast<std::size_t>(row)]->series);
    }
    const int most = m_heatmap->columns() - 1;
    const auto [left, right] = std::minmax(std::clamp(m_cursor.column, 0, most), std::clamp(m_anchor.column, 0, most));
    selection.range = {m_heatmap->bucket(left).from, m_heatmap->bucket(right).to};
    return selection;
}

QString HeatmapView::cursorText() const
{
    if (m_cursor.line < 0 || m_cursor.line >= static_cast<int>(m_lines.size()))
        return {};
    return describeCell(*m_heatmap, m_lines[static_cast<std::size_t>(m_cursor.line)].row, m_cursor.column);
}

void HeatmapView::say()
{
    const QString text = cursorText();
    if (text == accessibleDescription())
        return;
    setAccessibleDescription(text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void HeatmapView::zoom(int steps, int x)
{
    const int next = std::clamp(m_zoom + steps, 0, static_cast<int>(zooms.size()) - 1);
    if (next == m_zoom)
        return;
    const int column = std::clamp((x - m_layout.headerWidth + m_layout.scrollX) / std::max(1, m_layout.columnWidth), 0,
        std::max(0, m_heatmap->columns() - 1));
    if (m_heatmap->columns() > 0)
        m_anchorTime = std::pair(m_heatmap->bucket(column).from, std::max(x, m_layout.headerWidth));
    m_zoom = next;
    zoomChanged();
}

void HeatmapView::zoomChanged()
{
    if (unit() != m_heatmap->unit) {
        emit unitWanted(unit()); // the cells are scaled once the others are there
        return;
    }
    updateLayout();
    if (m_anchorTime) {
        m_layout.scrollX = m_heatmap->columnOf(m_anchorTime->first) * m_layout.columnWidth - m_anchorTime->second
            + m_layout.headerWidth;
        m_anchorTime.reset();
    }
    updateLayout();
    invalidateAll();
}

void HeatmapView::openCursor()
{
    const CoverageSelection chosen = selection();
    if (!chosen.isEmpty())
        emit opened(
            m_heatmap->rows[static_cast<std::size_t>(m_lines[static_cast<std::size_t>(m_cursor.line)].row)]->series,
            m_heatmap->bucket(m_cursor.column).from);
}

void HeatmapView::keyPressEvent(QKeyEvent* event)
{
    const bool extends = event->modifiers().testFlag(Qt::ShiftModifier);
    const bool isPage = event->modifiers().testFlag(Qt::ControlModifier);
    const IndexRange columns = m_layout.visibleColumns();
    const IndexRange lines = m_layout.visibleLines();
    const int wide = isPage ? std::max(1, columns.last - columns.first) : 1;
    const int page = std::max(1, lines.last - lines.first - 1);
    switch (event->key()) {
    case Qt::Key_Left:
        return step(0, -wide, extends);
    case Qt::Key_Right:
        return step(0, wide, extends);
    case Qt::Key_Up:
        return isPage ? zoom(1, m_layout.cellRect(m_cursor).center().x()) : step(-1, 0, extends);
    case Qt::Key_Down:
        return isPage ? zoom(-1, m_layout.cellRect(m_cursor).center().x()) : step(1, 0, extends);
    case Qt::Key_PageUp:
        return step(-page, 0, extends);
    case Qt::Key_PageDown:
        return step(page, 0, extends);
    case Qt::Key_Home:
        return setCursor({isPage ? 0 : m_cursor.line, 0}, extends);
    case Qt::Key_End:
        return setCursor(
            {isPage ? static_cast<int>(m_lines.size()) - 1 : m_cursor.line, m_heatmap->columns() - 1}, extends);
    case Qt::Key_Plus:
        return zoom(1, m_layout.cellRect(m_cursor).center().x());
    case Qt::Key_Minus:
        return zoom(-1, m_layout.cellRect(m_cursor).center().x());
    case Qt::Key_BracketRight:
        goToGap(1);
        return;
    case Qt::Key_BracketLeft:
        goToGap(-1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return openCursor();
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

std::optional<HeatmapCell> HeatmapView::clampedCell(QPoint point) const
{
    const QRect body = m_layout.body();
    if (body.isEmpty())
        return std::nullopt;
    return m_layout.cellAt(
        {std::clamp(point.x(), body.left(), body.right()), std::clamp(point.y(), body.top(), body.bottom())});
}

void HeatmapView::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    const QPoint at = event->position().toPoint();
    if (event->button() != Qt::LeftButton)
        return;
    if (const auto cell = m_layout.cellAt(at)) {
        if (m_lines[static_cast<std::size_t>(cell->line)].row < 0)
            return;
        m_isDragging = true;
        setCursor(*cell, event->modifiers().testFlag(Qt::ShiftModifier));
    } else if (const int line = m_layout.lineAt(at.y()); line >= 0 && m_heatmap->columns() > 0) {
        setCursor({line, m_cursor.column < 0 ? m_layout.visibleColumns().last : m_cursor.column});
    }
}

void HeatmapView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_isDragging)
        return;
    if (const auto cell = clampedCell(event->position().toPoint()))
        setCursor(*cell, true);
}

void HeatmapView::mouseReleaseEvent(QMouseEvent*)
{
    m_isDragging = false;
}

void HeatmapView::mouseDoubleClickEvent(QMouseEvent* event)
{
    m_isDragging = false;
    const int line = m_layout.lineAt(event->position().toPoint().y());
    if (event->button() == Qt::LeftButton && line >= 0 && m_lines[static_cast<std::size_t>(line)].row >= 0)
        openCursor();
}

void HeatmapView::wheelEvent(QWheelEvent* event)
{
    const QPoint at = event->position().toPoint();
    const bool isOverCells = m_layout.body().contains(at) && !event->modifiers().testFlag(Qt::ShiftModifier);
    const int turn = event->angleDelta().y();
    if (!isOverCells || turn == 0) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    zoom(turn > 0 ? 1 : -1, at.x());
    event->accept();
}

void HeatmapView::contextMenuEvent(QContextMenuEvent* event)
{
    const bool isByMouse = event->reason() == QContextMenuEvent::Mouse;
    const auto cell = m_layout.cellAt(event->pos());
    if (isByMouse && cell && m_heatmap->columns() > 0) {
        const QRect box = m_layout.cellRect(m_cursor).united(m_layout.cellRect(m_anchor));
        if (!box.contains(event->pos()))
            setCursor(*cell);
    }
    emit menuRequested(
        isByMouse ? event->globalPos() : viewport()->mapToGlobal(m_layout.cellRect(m_cursor).bottomRight()));
}

bool HeatmapView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto cell = m_layout.cellAt(help->pos());
        const int line = cell ? cell->line : help->x() < m_layout.headerWidth ? m_layout.lineAt(help->y()) : -1;
        const int row = line < 0 ? -1 : m_lines[static_cast<std::size_t>(line)].row;
        if (row < 0)
            QToolTip::hideText();
        else if (cell)
            QToolTip::showText(
                help->globalPos(), describeCell(*m_heatmap, row, cell->column), viewport(), m_layout.cellRect(*cell));
        else
            QToolTip::showText(help->globalPos(), describeRow(*m_heatmap, row, SystemClock().now()), viewport(),
                m_layout.lineRect(line));
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace mnemo
