#include "ui/chart/charttable.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <numeric>

#include "ui/chart/charttablemodel.h"
#include "ui/chart/chartview.h"
#include "ui/widgets/statetext.h"

namespace mnemo {

namespace {

int widthOf(int column) ///< digits
{
    switch (column) {
    case ChartTableModel::Time:
        return 22;
    case ChartTableModel::State:
        return 18;
    case ChartTableModel::Findings:
        return 34;
    case ChartTableModel::Other:
        return 28;
    case ChartTableModel::Difference:
        return 44;
    default:
        return 13;
    }
}

} // namespace

ChartTable::ChartTable(ChartView& chart, QWidget* parent)
    : QTableView(parent)
    , m_chart(chart)
    , m_model(new ChartTableModel(this))
{
    setModel(m_model);
    setSelectionBehavior(SelectRows);
    setAlternatingRowColors(true);
    setAccessibleName(tr("Bars and gaps in view"));
    setShowGrid(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    horizontalHeader()->setStretchLastSection(true);
    const int digit = fontMetrics().horizontalAdvance(u'0');
    for (int column = 0; column < ChartTableModel::ColumnCount; ++column)
        horizontalHeader()->resizeSection(column, digit * widthOf(column));
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(50);
    connect(&m_refresh, &QTimer::timeout, this, &ChartTable::refresh);
    connect(&m_chart, &ChartView::contentChanged, this, [this] {
        if (isVisible() && !m_refresh.isActive())
            m_refresh.start();
    });
}

void ChartTable::refresh()
{
    if (!isVisible())
        return;
    const ComparedSeries* compared = m_chart.compared();
    m_model->apply(m_chart.content(), m_chart.visibleRange().intersected(m_chart.extent()), m_chart.decimals(),
        m_chart.zone(), m_chart.comparedContent(), compared ? titleOf(compared->series().key) : QString());
    for (const auto column : {ChartTableModel::Other, ChartTableModel::Difference})
        setColumnHidden(column, !compared);
    const QString title = m_chart.series() ? titleOf(m_chart.series()->key) : QString();
    setAccessibleDescription(tr("%1; rows: %2").arg(title).arg(m_model->rowCount()));
}

void ChartTable::showEvent(QShowEvent* event)
{
    QTableView::showEvent(event);
    refresh();
    if (m_model->rowCount() == 0)
        return;
    const auto pointed = m_chart.crosshairTime();
    const int row = pointed ? std::max(0, m_model->rowAt(*pointed)) : m_model->rowCount() - 1;
    setCurrentIndex(m_model->index(row, 0));
    scrollTo(currentIndex(), PositionAtCenter);
}

void ChartTable::copySelection()
{
    std::vector<int> rows;
    for (const QModelIndex& index : selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::sort(rows.begin(), rows.end());
    if (rows.size() < 2) { // the current row alone is chosen by merely walking through
        rows.resize(static_cast<std::size_t>(m_model->rowCount()));
        std::iota(rows.begin(), rows.end(), 0);
    }
    QGuiApplication::clipboard()->setText(m_model->textOf(rows));
}

void ChartTable::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        return copySelection();
    if (event->key() == Qt::Key_Escape)
        return void(emit leaveRequested());
    QTableView::keyPressEvent(event);
}

} // namespace mnemo
