#include "ui/shell/seriespanel.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/shell/seriesmodel.h"

using namespace Qt::StringLiterals;

namespace mnemo {

SeriesPanel::SeriesPanel(SeriesModel& model, bool isReadOnly, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_isReadOnly(isReadOnly)
    , m_filtered(new SeriesFilterModel(this))
    , m_filter(new QLineEdit)
    , m_view(new QTreeView)
{
    m_filter->setPlaceholderText(tr("Filter: exchange, symbol, timeframe"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter of the stored series"));
    m_filtered->setSourceModel(&m_model);
    createView();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->setSpacing(4);
    layout->addWidget(m_filter);
    layout->addWidget(m_view);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filtered->setWords(text);
        m_view->expandAll();
    });
    auto* slash = new QShortcut(Qt::Key_Slash, m_view, nullptr, nullptr, Qt::WidgetShortcut);
    connect(slash, &QShortcut::activated, m_filter, qOverload<>(&QLineEdit::setFocus));
    auto* down = new QShortcut(Qt::Key_Down, m_filter, nullptr, nullptr, Qt::WidgetShortcut);
    connect(down, &QShortcut::activated, m_view, qOverload<>(&QTreeView::setFocus));
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &SeriesPanel::rowsArrived, Qt::QueuedConnection);
    // A series that was waited for may get its numbers after its row.
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &SeriesPanel::trySelect, Qt::QueuedConnection);
}

void SeriesPanel::createView()
{
    m_view->setModel(m_filtered);
    m_view->setUniformRowHeights(true);
    m_view->setAlternatingRowColors(true);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setAccessibleName(tr("Stored series"));
    m_view->setAccessibleDescription(
        tr("Exchange, market, symbol and timeframe; choosing a timeframe shows its chart"));
    m_view->setIndentation(14);
    const int em = m_view->fontMetrics().horizontalAdvance(u'0');
    m_view->header()->resizeSection(SeriesModel::Name, 19 * em);
    m_view->header()->resizeSection(SeriesModel::Rows, 9 * em);
    m_view->header()->resizeSection(SeriesModel::First, 11 * em);
    m_view->header()->resizeSection(SeriesModel::Last, 11 * em);
    m_view->header()->resizeSection(SeriesModel::Coverage, 7 * em);
    m_view->header()->moveSection(SeriesModel::Coverage, 2); // what matters stands where a narrow dock shows it
    m_view->header()->setStretchLastSection(false);
    connect(m_view, &QTreeView::customContextMenuRequested, this, &SeriesPanel::showMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        if (const auto series = selected())
            emit chosen(*series);
    });
}

std::optional<StoredSeries> SeriesPanel::selected() const
{
    const StoredSeries* series = m_model.seriesAt(m_filtered->mapToSource(m_view->currentIndex()).siblingAtColumn(0));
    return series ? std::optional(*series) : std::nullopt;
}

void SeriesPanel::select(const SeriesKey& key)
{
    m_wanted = key;
    trySelect();
}

void SeriesPanel::trySelect()
{
    if (!m_wanted)
        return;
    const QModelIndex source = m_model.find(*m_wanted);
    if (!source.isValid() || !m_model.seriesAt(source))
        return;
    if (!m_filtered->mapFromSource(source).isValid())
        m_filter->clear(); // it was filtered away
    m_wanted.reset();
    const QModelIndex index = m_filtered->mapFromSource(source);
    m_view->setCurrentIndex(index);
    m_view->scrollTo(index);
}

void SeriesPanel::rowsArrived(const QModelIndex&, int, int)
{
    m_view->expandAll();
    trySelect();
}

void SeriesPanel::showMenu(const QPoint& at)
{
    QMenu menu(this);
    const auto series = selected();
    auto* backfill = menu.addAction(tr("&Backfill this\u2026"));
    backfill->setEnabled(series && !m_isReadOnly);
    connect(backfill, &QAction::triggered, this, [this, series] { emit backfillRequested(series->record.key); });
    connect(menu.addAction(tr("&Refresh")), &QAction::triggered, this, &SeriesPanel::refreshRequested);
    menu.addSeparator();
    connect(menu.addAction(tr("&Expand all")), &QAction::triggered, m_view, &QTreeView::expandAll);
    connect(menu.addAction(tr("&Collapse all")), &QAction::triggered, m_view, &QTreeView::collapseAll);
    menu.exec(m_view->viewport()->mapToGlobal(at));
}

} // namespace mnemo
