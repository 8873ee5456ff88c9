#include "ui/pipelines/gridview.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "ui/pipelines/pipelinetext.h"
#include "ui/pipelines/runbarsdelegate.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr std::size_t readAtOnce = 64; ///< runs

bool isOutline(TaskState state)
{
    return state == TaskState::None || state == TaskState::Skipped || state == TaskState::Cancelled || state == TaskState::UpstreamFailed;
}

} // namespace

void paintCell(QPainter& painter, const QRect& cell, const GridCell& what, const Theme& theme)
{
    const QRect square = cell.adjusted(2, 2, -2, -2);
    const QColor colour = colourOf(what.state, theme);
    if (isOutline(what.state)) {
        if (what.state == TaskState::UpstreamFailed)
            painter.fillRect(square, QBrush(colour, Qt::BDiagPattern));
        painter.setPen(colour);
        painter.drawRect(square.adjusted(0, 0, -1, -1));
    } else {
        painter.fillRect(square, colour);
        painter.setPen(theme.background);
    }
    if (what.state != TaskState::UpstreamFailed)
        painter.drawText(square, Qt::AlignCenter, what.isPaused && !isFinal(what.state) ? u"\u2016"_s : glyphOf(what.state));
}

GridView::GridView(const DisplayZone& zone, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_zone(zone)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Tasks and runs"));
    setFrameShape(QFrame::NoFrame);
    viewport()->setBackgroundRole(QPalette::Base);
    connect(&zone, &DisplayZone::changed, viewport(), qOverload<>(&QWidget::update));
}

RunScale GridView::scale() const
{
    RunScale scale;
    const int line = fontMetrics().height();
    scale.names = m_namesWidth;
    scale.side = line + 6;
    scale.runs = line * 3;
    scale.left = horizontalScrollBar()->value();
    scale.top = verticalScrollBar()->value();
    return scale;
}

int GridView::firstColumn() const
{
    return std::max(0, scale().left / scale().side);
}

int GridView::endColumn() const
{
    return std::min(m_grid.columnCount(), scale().columnAt(viewport()->width()) + 1);
}

// --- what it shows ---

void GridView::edit(const std::function<void(RunGrid&)>& change)
{
    const bool isAtEnd = horizontalScrollBar()->value() == horizontalScrollBar()->maximum();
    const RunId run = m_column >= 0 ? m_grid.run(m_column).id : 0;
    const std::string task = m_row >= 0 ? m_grid.taskName(m_row) : std::string();
    change(m_grid);
    m_column = m_grid.columnOf(run);
    if (m_column < 0 && m_grid.columnCount() > 0)
        m_column = m_grid.columnCount() - 1;
    m_row = rowOf(task);
    settleChosen();
    updateBars();
    if (isAtEnd)
        horizontalScrollBar()->setValue(horizontalScrollBar()->maximum());
    viewport()->update();
    emit cursorMoved();
    if (!missing().empty())
        emit tasksWanted();
}

void GridView::clear()
{
    m_grid.clear();
    m_row = m_column = -1;
    m_chosen.clear();
    m_anchor.reset();
    updateBars();
    viewport()->update();
    emit cursorMoved();
}

std::vector<RunId> GridView::missing() const
{
    auto wanted = m_grid.missing(firstColumn(), endColumn(), readAtOnce);
    if (m_column >= 0) { // its run is shown beside, wherever it is scrolled to
        const auto chosen = m_grid.missing(m_column, m_column + 1, 1);
        if (!chosen.empty() && std::ranges::find(wanted, chosen.front()) == wanted.end())
            wanted.push_back(chosen.front());
    }
    return wanted;
}

void GridView::updateBars()
{
    int wide = 0;
    for (int row = 0; row < m_grid.rowCount(); ++row)
        wide = std::max(wide, fontMetrics().horizontalAdvance(toQString(m_grid.text(row))));
    const int em = fontMetrics().horizontalAdvance(u'0');
    m_namesWidth = std::clamp(wide + 7 * em, 14 * em, std::max(14 * em, viewport()->width() / 2));
    const RunScale at = scale();
    horizontalScrollBar()->setRange(0, std::max(0, m_grid.columnCount() * at.side - (viewport()->width() - at.names)));
    verticalScrollBar()->setRange(0, std::max(0, m_grid.rowCount() * at.side - (viewport()->height() - at.runs)));
    horizontalScrollBar()->setSingleStep(at.side);
    verticalScrollBar()->setSingleStep(at.side);
    horizontalScrollBar()->setPageStep(std::max(at.side, viewport()->width() - at.names));
    verticalScrollBar()->setPageStep(std::max(at.side, viewport()->height() - at.runs));
}

void GridView::setCursor(int row, int column, Choosing choosing)
{
    m_row = std::clamp(row, -1, m_grid.rowCount() - 1);
    m_column = std::clamp(column, -1, m_grid.columnCount() - 1);
    if (m_column < 0 && m_grid.columnCount() > 0)
        m_column = 0;
    if (const auto here = choiceAt(m_row, m_column)) {
        if (choosing != Choosing::UpTo)
            m_anchor = here;
        if (choosing == Choosing::One)
            m_chosen = {*here};
        else if (choosing == Choosing::UpTo)
            m_chosen = between(m_anchor.value_or(*here));
        else if (choosing == Choosing::Toggle && m_chosen.erase(*here) == 0)
            m_chosen.insert(*here);
    }
    reveal();
    viewport()->update();
    const QString here = m_column < 0 ? tr("No run yet") : cellText(m_row, m_column);
    setAccessibleDescription(m_chosen.size() > 1 ? tr("%1\n%2").arg(here, tr("%n cell(s) chosen", nullptr, static_cast<int>(m_chosen.size()))) : here);
    emit cursorMoved();
    if (!missing().empty())
        emit tasksWanted();
}

void GridView::showTask(const std::string& task)
{
    int row = rowOf(task);
    if (const auto bracket = task.find('['); row < 0 && bracket != std::string::npos) { // an instance in a closed row
        const int node = m_grid.rowOf(task.substr(0, bracket));
        if (node >= 0 && m_grid.row(node).canOpen && !m_grid.row(node).isOpen)
            toggle(node);
        row = std::max(rowOf(task), node);
    }
    setCursor(row, m_column);
}

// --- what is chosen ---

std::optional<GridChoice> GridView::choiceAt(int row, int column) const
{
    if (column < 0 || column >= m_grid.columnCount() || row >= m_grid.rowCount())
        return std::nullopt;
    return GridChoice {m_grid.run(column).id, row < 0 ? std::string() : m_grid.taskName(row)};
}

int GridView::rowOf(const std::string& task) const
{
    for (int row = 0; row < m_grid.rowCount() && !task.empty(); ++row) {
        if (m_grid.taskName(row) == task)
            return row;
    }
    return -1;
}

std::set<GridChoice> GridView::between(const GridChoice& anchor) const
{
    const int column = std::max(0, m_grid.columnOf(anchor.run));
    const int row = rowOf(anchor.task);
    int first = std::min(row, m_row);
    const int last = std::max(row, m_row);
    if (last >= 0)
        first = std::max(first, 0); // of runs and of tasks of them the tasks
    std::set<GridChoice> chosen;
    for (int i = std::min(column, m_column); i <= std::max(column, m_column); ++i) {
        for (int j = first; j <= last; ++j) {
            if (j < 0 || m_grid.cell(j, i))
                chosen.insert(*choiceAt(j, i));
        }
    }
    return chosen;
}

void GridView::choose(std::set<GridChoice> chosen)
{
    m_chosen = std::move(chosen);
    settleChosen();
    viewport()->update();
    emit cursorMoved();
}

/// What is not here any more is not chosen; where nothing is left the cursor's cell is.
void GridView::settleChosen()
{
    std::erase_if(m_chosen, [this](const GridChoice& one) { return m_grid.columnOf(one.run) < 0; });
    const auto here = choiceAt(m_row, m_column);
    if (here && (m_chosen.empty() || (m_chosen.size() == 1 && m_anchor == *m_chosen.begin())))
        m_chosen = {*here};
    if (here && (!m_anchor || m_grid.columnOf(m_anchor->run) < 0))
        m_anchor = here;
}

void GridView::reveal()
{
    if (m_column < 0)
        return;
    const RunScale at = scale();
    const int x = m_column * at.side;
    const int wide = viewport()->width() - at.names;
    if (x < at.left)
        horizontalScrollBar()->setValue(x);
    else if (x + at.side > at.left + wide)
        horizontalScrollBar()->setValue(x + at.side - wide);
    if (m_row < 0)
        return;
    const int y = m_row * at.side;
    const int high = viewport()->height() - at.runs;
    if (y < at.top)
        verticalScrollBar()->setValue(y);
    else if (y + at.side > at.top + high)
        verticalScrollBar()->setValue(y + at.side - high);
}

QString GridView::cellText(int row, int column) const
{
    const RunRecord& run = m_grid.run(column);
    if (row < 0)
        return runText(run, m_zone, SystemClock().now());
    const auto cell = m_grid.cell(row, column);
    const QString name = toQString(m_grid.taskName(row));
    if (!cell)
        return m_grid.isLoaded(column) ? tr("%1 is not in run %2").arg(name).arg(run.id) : tr("%1, run %2").arg(name).arg(run.id);
    const QString state = cell->isPaused ? tr("%1, paused").arg(textOf(cell->state)) : textOf(cell->state);
    return cell->instances > 1 ? tr("%1, run %2: %3 (the worst of %4)").arg(name).arg(run.id).arg(state).arg(cell->instances)
                               : tr("%1, run %2: %3").arg(name).arg(run.id).arg(state);
}

// --- painting ---

void GridView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    const Theme theme = Theme::of(palette());
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    if (m_grid.columnCount() == 0) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("No run yet"));
        return;
    }
    paintCells(painter, event->rect(), theme);
    paintNames(painter, theme);
    paintRuns(painter, theme);
    paintChosen(painter);
    paintCursor(painter);
}

const QPixmap& GridView::picture(const GridCell& cell, const Theme& theme)
{
    const int side = scale().side;
    const qreal ratio = devicePixelRatioF();
    QPixmap& picture = m_pictures[{cell.state, cell.isPaused}];
    if (!picture.isNull() && picture.devicePixelRatio() == ratio)
        return picture;
    picture = QPixmap(QSize(side, side) * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setFont(font());
    paintCell(painter, QRect(0, 0, side, side), cell, theme);
    return picture;
}

void GridView::paintCells(QPainter& painter, const QRect& dirty, const Theme& theme)
{
    const RunScale at = scale();
    const int firstRow = std::max(0, at.rowAt(std::max(dirty.top(), at.runs)));
    const int endRow = std::min(m_grid.rowCount(), at.rowAt(dirty.bottom()) + 1);
    for (int column = firstColumn(); column < endColumn(); ++column) {
        for (int row = firstRow; row < endRow; ++row) {
            if (const auto cell = m_grid.cell(row, column))
                painter.drawPixmap(at.cell(row, column).topLeft(), picture(*cell, theme));
        }
    }
}

void GridView::paintRuns(QPainter& painter, const Theme& theme) const
{
    const RunScale at = scale();
    const int line = fontMetrics().height();
    painter.fillRect(0, 0, viewport()->width(), at.runs, palette().color(QPalette::Base));
    painter.setClipRect(at.names, 0, viewport()->width() - at.names, at.runs);
    const UtcMs now = SystemClock().now();
    std::vector<std::optional<milliseconds>> took;
    for (int column = firstColumn(); column < endColumn(); ++column)
        took.push_back(tookOf(m_grid.run(column), now));
    const std::vector<int> heights = barHeights(took, at.runs - line - 6);
    for (int column = firstColumn(); column < endColumn(); ++column) {
        const RunRecord& run = m_grid.run(column);
        const QRect where = at.run(column);
        const int high = heights[static_cast<std::size_t>(column - firstColumn())];
        const QColor colour = colourOf(stateOf(run), theme);
        painter.fillRect(where.left() + at.side / 4, at.runs - line - high - 2, at.side / 2, high, colour);
        painter.setPen(colour);
        painter.drawText(QRect(where.left(), at.runs - line - 1, at.side, line), Qt::AlignCenter,
            run.isPaused && !isFinal(stateOf(run)) ? u"\u2016"_s : glyphOf(stateOf(run)));
    }
    painter.setClipping(false);
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(QRect(8, 0, at.names - 16, at.runs - 3), Qt::AlignLeft | Qt::AlignBottom, tr("Runs"));
    painter.setPen(theme.gridLine);
    painter.drawLine(0, at.runs - 1, viewport()->width(), at.runs - 1);
}

void GridView::paintNames(QPainter& painter, const Theme& theme) const
{
    const RunScale at = scale();
    painter.fillRect(0, 0, at.names, viewport()->height(), palette().color(QPalette::Base));
    painter.setPen(palette().color(QPalette::Text));
    const int em = fontMetrics().horizontalAdvance(u'0');
    const int end = std::min(m_grid.rowCount(), at.rowAt(viewport()->height()) + 1);
    for (int row = std::max(0, at.rowAt(at.runs)); row < end; ++row) {
        const RunGrid::Row& one = m_grid.row(row);
        const QRect where = at.name(row).adjusted(8, 0, -4, 0);
        if (one.canOpen)
            painter.drawText(where, Qt::AlignVCenter | Qt::AlignLeft, one.isOpen ? u"\u25BE"_s : u"\u25B8"_s);
        const QRect room = where.adjusted(one.name < 0 ? 2 * em : 4 * em, 0, 0, 0);
        const Qt::TextElideMode cut = one.name < 0 ? Qt::ElideRight : Qt::ElideMiddle;
        painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft, fontMetrics().elidedText(toQString(m_grid.text(row)), cut, room.width()));
    }
    painter.setPen(theme.gridLine);
    painter.drawLine(at.names - 1, 0, at.names - 1, viewport()->height());
}

/// Frames, so that colours and glyphs stay what they are.
void GridView::paintChosen(QPainter& painter) const
{
    if (m_chosen.size() < 2)
        return;
    const RunScale at = scale();
    QPen pen(palette().color(QPalette::Highlight), 2);
    pen.setJoinStyle(Qt::MiterJoin);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    std::map<std::string, int> rows;
    for (const GridChoice& one : m_chosen) {
        const int column = m_grid.columnOf(one.run);
        if (column < firstColumn() || column >= endColumn())
            continue;
        const auto row = rows.try_emplace(one.task, -2).first;
        if (row->second == -2)
            row->second = rowOf(one.task);
        if (row->second < 0 && !one.task.empty())
            continue; // in a closed row
        painter.setClipRect(at.names, row->second < 0 ? 0 : at.runs, viewport()->width(), viewport()->height());
        const QRect where = row->second < 0 ? at.run(column) : at.cell(row->second, column);
        painter.drawRect(where.adjusted(1, 1, -1, -1));
    }
    painter.setClipping(false);
}

void GridView::paintCursor(QPainter& painter) const
{
    if (m_column < 0)
        return;
    const RunScale at = scale();
    painter.setClipRect(at.names, m_row < 0 ? 0 : at.runs, viewport()->width(), viewport()->height());
    const QRect where = m_row < 0 ? at.run(m_column) : at.cell(m_row, m_column);
    const bool isOneOfMany = m_chosen.size() > 1; // then the frame alone does not tell it
    QPen pen(palette().color(hasFocus() && !isOneOfMany ? QPalette::Highlight : isOneOfMany ? QPalette::Text : QPalette::PlaceholderText), 2);
    pen.setJoinStyle(Qt::MiterJoin);
    painter.setPen(pen);
    painter.drawRect(where.adjusted(1, 1, -1, -1));
    painter.setClipping(false);
}

// --- keys and mouse ---

void GridView::toggle(int row)
{
    if (row < 0 || !m_grid.row(row).canOpen)
        return;
    edit([row](RunGrid& grid) { grid.setOpen(row, !grid.row(row).isOpen); });
}

void GridView::keyPressEvent(QKeyEvent* event)
{
    const RunScale at = scale();
    const bool isFar = event->modifiers().testFlag(Qt::ControlModifier);
    const int page = std::max(1, (viewport()->width() - at.names) / at.side - 1);
    const int rows = std::max(1, (viewport()->height() - at.runs) / at.side - 1);
    const Choosing choosing = event->modifiers().testFlag(Qt::ShiftModifier) ? Choosing::UpTo : Choosing::One;
    const Choosing upAndDown = isFar && choosing == Choosing::One ? Choosing::Keep : choosing;
    switch (event->key()) {
    case Qt::Key_Left: return setCursor(m_row, std::max(0, m_column - (isFar ? page : 1)), choosing);
    case Qt::Key_Right: return setCursor(m_row, m_column + (isFar ? page : 1), choosing);
    case Qt::Key_Up: return setCursor(m_row - 1, m_column, upAndDown);
    case Qt::Key_Down: return setCursor(m_row + 1, m_column, upAndDown);
    case Qt::Key_PageUp: return setCursor(std::max(-1, m_row - rows), m_column, choosing);
    case Qt::Key_PageDown: return setCursor(m_row + rows, m_column, choosing);
    case Qt::Key_Home: return setCursor(m_row, 0, choosing);
    case Qt::Key_End: return setCursor(m_row, m_grid.columnCount() - 1, choosing);
    case Qt::Key_Space:
        if (isFar)
            return setCursor(m_row, m_column, Choosing::Toggle);
        return QAbstractScrollArea::keyPressEvent(event);
    case Qt::Key_A:
        if (isFar)
            return chooseAll();
        return QAbstractScrollArea::keyPressEvent(event);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_row >= 0 && m_grid.row(m_row).canOpen)
            return toggle(m_row);
        emit opened();
        return;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

/// All tasks of the run under the cursor; of the row of runs all runs.
void GridView::chooseAll()
{
    std::set<GridChoice> all;
    for (int row = 0; row < m_grid.rowCount() && m_row >= 0; ++row) {
        if (m_grid.row(row).name < 0 && m_grid.cell(row, m_column)) // instances are part of their task
            all.insert(*choiceAt(row, m_column));
    }
    for (int column = 0; column < m_grid.columnCount() && m_row < 0; ++column)
        all.insert(*choiceAt(-1, column));
    choose(std::move(all));
}

void GridView::mousePressEvent(QMouseEvent* event)
{
    const RunScale at = scale();
    const QPoint where = event->position().toPoint();
    const int row = at.rowAt(where.y());
    const int column = at.columnAt(where.x());
    const Choosing choosing = event->modifiers().testFlag(Qt::ShiftModifier) ? Choosing::UpTo
        : event->modifiers().testFlag(Qt::ControlModifier)                   ? Choosing::Toggle
                                                                             : Choosing::One;
    if (column < 0 && row >= 0 && row < m_grid.rowCount()) {
        setCursor(row, m_column, choosing);
        return choosing == Choosing::One ? toggle(row) : void();
    }
    if (column >= 0 && column < m_grid.columnCount() && row < m_grid.rowCount())
        setCursor(row, column, choosing);
}

void GridView::mouseDoubleClickEvent(QMouseEvent*)
{
    emit opened();
}

bool GridView::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const RunScale at = scale();
    const int row = at.rowAt(help->y());
    const int column = at.columnAt(help->x());
    if (column >= 0 && column < m_grid.columnCount() && row < m_grid.rowCount())
        QToolTip::showText(help->globalPos(), cellText(row, column), viewport());
    else
        QToolTip::hideText();
    return true;
}

void GridView::scrollContentsBy(int, int)
{
    viewport()->update();
    if (!missing().empty())
        emit tasksWanted();
}

void GridView::resizeEvent(QResizeEvent* event)
{
    const bool isAtEnd = horizontalScrollBar()->value() == horizontalScrollBar()->maximum();
    QAbstractScrollArea::resizeEvent(event);
    updateBars();
    if (isAtEnd)
        horizontalScrollBar()->setValue(horizontalScrollBar()->maximum());
    if (!missing().empty())
        emit tasksWanted();
}

void GridView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void GridView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void GridView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    m_pictures.clear(); // palette or font are others
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateBars();
}

} // namespace mnemo
