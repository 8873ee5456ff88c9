#include "ui/universe/universepanel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>
#include <functional>
#include <iterator>

#include "ui/universe/universemodel.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/displayscope.h"
#include "ui/widgets/scopebutton.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr std::size_t mostExpanded = 400; ///< found instruments that are still unfolded at once

constexpr int columnWidths[] {26, 15, 10, 8, 12, 12}; ///< in digits, by column; the first takes what is left
static_assert(std::size(columnWidths) == UniverseModel::ColumnCount);

using Level = UniverseModel::Level;

} // namespace

UniversePanel::UniversePanel(UniverseModel& model, bool isReadOnly, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_isReadOnly(isReadOnly)
    , m_filter(new QLineEdit)
    , m_bar(new QHBoxLayout)
    , m_storedOnly(new QToolButton)
    , m_view(new QTreeView)
    , m_stack(new QStackedWidget)
    , m_nothing(new QLabel)
    , m_searchAll(new QPushButton(tr("Search all i&nstruments")))
    , m_count(new QLabel)
{
    // Before the view hears of it, which forgets at once what is where.
    connect(&m_model, &QAbstractItemModel::modelAboutToBeReset, this, &UniversePanel::rememberExpanded);
    createFilter();
    createView();
    createActions();
    auto* nothing = new QWidget;
    auto* column = new QVBoxLayout(nothing);
    m_nothing->setWordWrap(true);
    m_nothing->setAlignment(Qt::AlignHCenter);
    column->addStretch(1);
    column->addWidget(m_nothing);
    column->addWidget(m_searchAll, 0, Qt::AlignHCenter);
    column->addStretch(3);
    m_stack->addWidget(m_view);
    m_stack->addWidget(nothing);
    connect(m_searchAll, &QPushButton::clicked, this, [this] {
        setStoredOnly(false);
        m_filter->setFocus();
    });
    m_bar->addWidget(m_filter);
    m_bar->addWidget(m_storedOnly);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 2);
    layout->setSpacing(4);
    layout->addLayout(m_bar);
    layout->addWidget(m_stack);
    layout->addWidget(m_count);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &UniversePanel::restoreExpanded);
    // A series that was waited for may get its numbers after its row.
    connect(
        &m_model, &QAbstractItemModel::dataChanged, this,
        [this] {
            trySelect();
            updateActions();
        },
        Qt::QueuedConnection);
    restoreExpanded();
}

void UniversePanel::followScope(DisplayScope& scope)
{
    m_bar->insertWidget(1, new ScopeButton(scope, ScopePanel::Universe));
    connect(&scope, &DisplayScope::changed, this, [this, &scope] { m_model.setScope(scope.of(ScopePanel::Universe)); });
    m_model.setScope(scope.of(ScopePanel::Universe));
}

void UniversePanel::createFilter()
{
    m_filter->setPlaceholderText(tr("Filter: exchange, symbol, timeframe"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter of the instruments"));
    m_storedOnly->setText(tr("Stored"));
    m_storedOnly->setCheckable(true);
    m_storedOnly->setToolTip(tr("Show stored series alone, not all that could be asked for"));
    m_storedOnly->setAccessibleName(tr("Stored series alone"));
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) { m_model.setFilter(text); });
    connect(m_storedOnly, &QToolButton::toggled, this, [this](bool isOn) { m_model.setStoredOnly(isOn); });
    connect(m_storedOnly, &QToolButton::clicked, this, &UniversePanel::storedOnlyChanged);
    auto* down = new QShortcut(Qt::Key_Down, m_filter, nullptr, nullptr, Qt::WidgetShortcut);
    connect(down, &QShortcut::activated, this, [this] {
        m_view->setFocus();
        if (!m_view->currentIndex().isValid())
            m_view->setCurrentIndex(m_model.index(0, 0));
    });
}

/// A narrow panel leaves out the columns that say least; the tool tip of a series has them.
void UniversePanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const int em = m_view->fontMetrics().horizontalAdvance(u'0');
    int needed = m_view->verticalScrollBar()->sizeHint().width() + 2 * m_view->frameWidth()
        + 2 * layout()->contentsMargins().left();
    for (int column = 0; column < UniverseModel::ColumnCount; ++column) {
        needed += columnWidths[column] * em;
        m_view->setColumnHidden(column, column > UniverseModel::State && needed > width());
    }
}

void UniversePanel::createView()
{
    m_view->setModel(&m_model);
    m_view->setUniformRowHeights(true);
    m_view->setTextElideMode(Qt::ElideMiddle); // what tells two series apart stands at both ends
    m_view->setAlternatingRowColors(true);
    m_view->setExpandsOnDoubleClick(false); // activate() does it where there is something to unfold
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setAccessibleName(tr("Instruments and stored series"));
    m_view->setAccessibleDescription(
        tr("Exchange, market, symbol and timeframe; choosing a stored timeframe shows its chart"));
    m_view->setIndentation(m_view->fontMetrics().height());
    const int em = m_view->fontMetrics().horizontalAdvance(u'0');
    for (int column = 0; column < UniverseModel::ColumnCount; ++column)
        m_view->header()->resizeSection(column, columnWidths[column] * em);
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(UniverseModel::Name, QHeaderView::Stretch);
    connect(m_view, &QTreeView::activated, this, &UniversePanel::activate);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        updateActions();
        if (const auto series = selected(); series && !m_isFollowing)
            emit chosen(*series);
    });
    connect(m_view, &QTreeView::customContextMenuRequested, this, [this](const QPoint& at) {
        QMenu menu(this);
        for (QAction* action : m_actions) {
            if (action)
                menu.addAction(action);
            else
                menu.addSeparator();
        }
        menu.exec(m_view->viewport()->mapToGlobal(at));
    });
    auto* slash = new QShortcut(Qt::Key_Slash, m_view, nullptr, nullptr, Qt::WidgetShortcut);
    connect(slash, &QShortcut::activated, m_filter, qOverload<>(&QLineEdit::setFocus));
}

QAction* UniversePanel::add(const QString& text, const QKeySequence& key, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, run);
    m_view->addAction(action);
    m_actions << action;
    return action;
}

void UniversePanel::createActions()
{
    m_open = add(tr("&Open chart"), {}, [this] {
        if (const auto series = selected())
            emit chosen(*series);
    });
    m_backfill = add(tr("&Backfill this\u2026"), QKeySequence(Qt::CTRL | Qt::Key_B), [this] {
        if (const auto key = currentKey())
            emit backfillRequested(*key);
    });
    m_holes = add(tr("Backfill only its &holes\u2026"), QKeySequence(Qt::CTRL | Qt::Key_H), [this] {
        if (const auto series = selected())
            emit holesRequested(series->record.key, series->known);
    });
    m_actions << nullptr;
    m_others = add(tr("Same symbol on other &exchanges"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), [this] {
        if (const auto* entry = m_model.entryAt(m_view->currentIndex()))
            showSymbol(toQString(entry->symbol));
    });
    m_copy = add(tr("&Copy symbol"), QKeySequence::Copy, [this] { copySymbol(); });
    m_fetch = add(tr("Fetch the &market list"), {}, [this] {
        if (const auto* venue = m_model.venueAt(m_view->currentIndex()))
            emit fetchRequested(venue->id);
    });
    m_fetchAll = add(tr("Fetch all &missing market lists"), {}, [this] {
        for (const UniverseVenue& venue : m_model.universe().venues()) {
            if (!venue.hasList)
                emit fetchRequested(venue.id);
        }
    });
    m_fetchAll->setToolTip(tr("So that every exchange is searched: one request for each that has not been asked yet"));
    m_actions << nullptr;
    add(tr("E&xpand what is stored"), {}, [this] { expandStored(); });
    add(tr("Co&llapse all"), {}, [this] { m_view->collapseAll(); });
    add(tr("&Refresh"), {}, [this] { emit refreshRequested(); });
    updateActions();
}

void UniversePanel::updateActions()
{
    const QModelIndex current = m_view->currentIndex();
    const auto series = selected();
    const QString readOnly = tr("This window only reads");
    const auto set = [](QAction* action, bool isOn, const QString& reason) {
        action->setEnabled(isOn);
        setReason(*action, reason);
    };
    set(m_open, series.has_value(), tr("Select a stored series first"));
    set(m_backfill, currentKey().has_value() && !m_isReadOnly,
        m_isReadOnly ? readOnly : tr("Select a symbol or a timeframe first"));
    set(m_holes, series && series->answered < series->expected && !m_isReadOnly,
        m_isReadOnly ? readOnly
            : series ? tr("This series has no holes")
                     : tr("Select a stored series first"));
    set(m_others, m_model.entryAt(current) != nullptr, tr("Select a symbol first"));
    set(m_copy, m_model.entryAt(current) != nullptr, tr("Select a symbol first"));
    set(m_fetchAll, unlistedVenues() > 0 && !m_isReadOnly,
        m_isReadOnly ? readOnly : tr("Every market list has been fetched"));
    set(m_fetch, m_model.venueAt(current) != nullptr && !m_isReadOnly,
        m_isReadOnly ? readOnly : tr("Select an exchange first"));
}

std::optional<StoredSeries> UniversePanel::selected() const
{
    const StoredSeries* series = m_model.storedAt(m_view->currentIndex());
    return series ? std::optional(*series) : std::nullopt;
}

std::optional<SeriesKey> UniversePanel::currentKey() const
{
    const QModelIndex current = m_view->currentIndex();
    if (const auto key = m_model.keyAt(current))
        return key;
    const auto* entry = m_model.entryAt(current);
    if (!entry)
        return std::nullopt;
    const auto found = m_model.universe().find(m_model.venueAt(current)->id, entry->market, entry->symbol);
    const auto leaves = m_model.universe().leaves(*found);
    if (leaves.empty())
        return std::nullopt;
    const auto hour = std::find_if(leaves.begin(), leaves.end(),
        [](const auto& leaf) { return leaf.kind == Kind::Candles && leaf.timeframe.name() == "1h"; });
    return m_model.universe().keyOf(*found, hour != leaves.end() ? *hour : leaves.front());
}

void UniversePanel::activate(const QModelIndex& index)
{
    const QModelIndex first = index.siblingAtColumn(0);
    if (m_model.levelOf(first) == Level::Venue && m_model.rowCount(first) == 0) {
        m_fetch->trigger();
    } else if (m_model.levelOf(first) != Level::Series) {
        m_view->setExpanded(first, !m_view->isExpanded(first));
    } else if (selected()) {
        emit chosen(*selected());
    } else {
        m_backfill->trigger();
    }
}

void UniversePanel::copySymbol()
{
    if (const auto* entry = m_model.entryAt(m_view->currentIndex()))
        QGuiApplication::clipboard()->setText(toQString(entry->symbol));
}

void UniversePanel::showSymbol(const QString& symbol)
{
    setStoredOnly(false);
    m_filter->setText(symbol);
}

void UniversePanel::select(const SeriesKey& key)
{
    m_wanted = key;
    trySelect();
}

void UniversePanel::trySelect()
{
    if (!m_wanted)
        return;
    QModelIndex index = m_model.find(*m_wanted);
    if (!index.isValid() && m_model.isFiltered()
        && m_model.universe().find(m_wanted->exchange, m_wanted->market, m_wanted->symbol)) {
        m_filter->clear(); // it was filtered away
        index = m_model.find(*m_wanted);
    }
    if (!index.isValid() || !m_model.storedAt(index))
        return;
    m_wanted.reset();
    const QScopedValueRollback following(m_isFollowing, true);
    m_view->setCurrentIndex(index);
    m_view->scrollTo(index);
}

void UniversePanel::setStoredOnly(bool isOn)
{
    m_storedOnly->setChecked(isOn);
}

bool UniversePanel::isStoredOnly() const
{
    return m_storedOnly->isChecked();
}

void UniversePanel::rememberExpanded()
{
    m_current = m_model.pathOf(m_view->currentIndex());
    m_top = m_model.pathOf(m_view->indexAt({0, 0}));
    m_topFilter = m_model.filter();
    if (m_model.isFiltered())
        return;
    m_unfilteredTop = m_top;
    m_unfilteredCurrent = m_current;
    m_expanded.clear();
    const std::function<void(const QModelIndex&)> collect = [&](const QModelIndex& parent) {
        for (int row = 0; row < m_model.rowCount(parent); ++row) {
            const QModelIndex child = m_model.index(row, 0, parent);
            if (!m_view->isExpanded(child))
                continue;
            m_expanded.insert(m_model.pathOf(child));
            if (m_model.levelOf(child) != Level::Symbol)
                collect(child);
        }
    };
    collect({});
}

void UniversePanel::restoreExpanded()
{
    if (m_model.isFiltered()) {
        if (m_model.hitCount() <= mostExpanded)
            m_view->expandToDepth(m_model.hitCount() <= 8 ? 2 : 1);
    } else if (m_expanded.isEmpty() && m_isFresh) {
        expandStored();
    } else {
        for (const QString& path : std::as_const(m_expanded))
            m_view->expand(m_model.atPath(path));
    }
    const QScopedValueRollback following(m_isFollowing, true);
    const QModelIndex current = m_model.atPath(m_current);
    if (!m_current.isEmpty() && current.isValid())
        m_view->setCurrentIndex(current);
    restoreScroll();
    trySelect();
    updateActions();
    showCount();
}

/// What was at the top stays there while lists and series come in; a filter shows what it found from the first on; and
/// without it the tree is where it was, unless something else was chosen meanwhile.
void UniversePanel::restoreScroll()
{
    const auto toTop = [this](const QString& path) {
        const QModelIndex top = m_model.atPath(path);
        if (!path.isEmpty() && top.isValid())
            m_view->scrollTo(top, QAbstractItemView::PositionAtTop);
    };
    if (m_model.filter() == m_topFilter)
        return toTop(m_top);
    if (m_model.isFiltered())
        return m_view->scrollToTop();
    toTop(m_unfilteredTop);
    if (m_current != m_unfilteredCurrent)
        m_view->scrollTo(m_view->currentIndex());
}

void UniversePanel::expandStored()
{
    for (int venue = 0; venue < m_model.rowCount(); ++venue) {
        const QModelIndex top = m_model.index(venue, 0);
        if (!m_model.venueAt(top)->isStored)
            break; // they come first
        m_view->expand(top);
        for (int market = 0; market < m_model.rowCount(top); ++market) {
            const QModelIndex below = m_model.index(market, 0, top);
            const auto stored = [&](int row) {
                return row < m_model.rowCount(below) && m_model.entryAt(m_model.index(row, 0, below))->isStored;
            };
            m_view->setExpanded(below, stored(0));
            for (int row = 0; row < 100 && stored(row); ++row)
                m_view->expand(m_model.index(row, 0, below));
        }
    }
}

/// Exchanges of which nobody knows yet what they trade.
int UniversePanel::unlistedVenues() const
{
    const auto& venues = m_model.universe().venues();
    return static_cast<int>(
        std::count_if(venues.begin(), venues.end(), [](const auto& venue) { return !venue.hasList; }));
}

void UniversePanel::showCount()
{
    const auto all = static_cast<std::int64_t>(m_model.universe().entries().size());
    const auto shown = static_cast<std::int64_t>(m_model.hitCount());
    m_count->setText(shown == all ? tr("%1 instruments").arg(countText(all))
                                  : tr("%1 of %2 instruments").arg(countText(shown), countText(all)));
    if (const int unlisted = unlistedVenues(); unlisted > 0 && m_model.isFiltered() && !isStoredOnly())
        m_count->setText(
            tr("%1; %2 exchanges have not been asked").arg(m_count->text(), countText(std::int64_t {unlisted})));
    m_stack->setCurrentIndex(m_model.rowCount() > 0 ? 0 : 1);
    m_searchAll->setVisible(isStoredOnly());
    if (all == 0 && m_model.universe().venues().empty())
        m_nothing->setText(tr("Reading the list of exchanges\u2026"));
    else if (isStoredOnly())
        m_nothing->setText(m_model.isNarrowed() ? tr("Nothing stored fits.") : tr("Nothing is stored yet."));
    else
        m_nothing->setText(tr("No instrument fits. Lists of other exchanges may not be fetched yet: clear the filter, "
                              "select the exchange and press Return."));
}

} // namespace mnemo
