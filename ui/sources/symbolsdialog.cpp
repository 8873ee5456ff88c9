#include "ui/sources/symbolsdialog.h"

#include <QAction>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/sources/symboldelegate.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/messagepage.h"
#include "ui/widgets/plaintable.h"
#include "ui/widgets/textformat.h"
#include "ui/widgets/theme.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int filterAfter = 120; // ms
constexpr int messageLines = 5;

/// A missing or refused key is a matter of the settings, and the detail says what to do.
QString failureText(const Error& error)
{
    return error.code == ErrorCode::Config ? errorReason(error) : errorTextWithDetail(error);
}

} // namespace

SymbolsDialog::SymbolsDialog(std::unique_ptr<SymbolsPort> port, std::string provider, QString name, QWidget* parent)
    : QDialog(parent)
    , m_port(std::move(port))
    , m_provider(std::move(provider))
    , m_name(std::move(name))
    , m_filter(new QLineEdit)
    , m_onlyCorrected(new QCheckBox(tr("Only &corrected")))
    , m_onlyNotMapped(new QCheckBox(tr("Only not &mapped")))
    , m_fetch(new QPushButton)
    , m_note(new QLabel)
    , m_pages(new QStackedWidget)
    , m_message(new MessagePage(messageLines))
    , m_table(new QTableView)
    , m_delegate(new SymbolDelegate(m_table))
    , m_status(new QLabel)
    , m_save(new QPushButton(tr("&Save")))
    , m_close(new QPushButton(tr("Cl&ose")))
{
    setWindowTitle(tr("Symbols of %1").arg(m_name));
    m_model.setReadOnly(m_port->isReadOnly());
    m_shown.setSourceModel(&m_model);
    setUpTable();
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(createTop());
    layout->addWidget(createBody(), 1);
    layout->addWidget(createBottom());
    for (QPushButton* button : findChildren<QPushButton*>())
        button->setAutoDefault(false); // Enter in the table edits
    const int em = fontMetrics().averageCharWidth();
    resize(em * 145, fontMetrics().height() * 34);
    m_filter->setFocus();
    updateAll();
    load();
    fetch();
}

SymbolsDialog::~SymbolsDialog()
{
    for (QObject* part : {static_cast<QObject*>(m_model.undoStack()), static_cast<QObject*>(&m_model), static_cast<QObject*>(&m_shown),
             static_cast<QObject*>(m_table->selectionModel())})
        part->disconnect(this); // they tell of their own end
    if (isFetching())
        m_fetching->request_stop();
}

QWidget* SymbolsDialog::createTop()
{
    auto* about = new QLabel(tr("What %1 calls each market. Where its list is wrong, type the right symbol; leave it empty where it has none. "
                                "Corrections go to your exchanges/%2.yaml and hold for everything that is asked.")
                                 .arg(m_name, toQString(m_provider)));
    about->setWordWrap(true);
    about->setForegroundRole(QPalette::PlaceholderText);
    m_filter->setPlaceholderText(tr("Exchange, symbol or provider's symbol (/)"));
    m_filter->setAccessibleName(tr("Filter of the markets"));
    m_filter->setClearButtonEnabled(true);
    auto* label = new QLabel(tr("&Filter"));
    label->setBuddy(m_filter);
    m_onlyNotMapped->setToolTip(tr("Markets of which nothing is asked: not listed, said to be none, or of an exchange that is not known here"));
    m_note->setWordWrap(true);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setAccessibleName(tr("The market list"));
    auto* top = new QWidget;
    auto* layout = new QVBoxLayout(top);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(about);
    auto* row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(m_filter, 1);
    row->addWidget(m_onlyCorrected);
    row->addWidget(m_onlyNotMapped);
    row->addWidget(m_fetch);
    layout->addLayout(row);
    layout->addWidget(m_note);
    m_filterTimer.setSingleShot(true);
    m_filterTimer.setInterval(filterAfter);
    connect(&m_filterTimer, &QTimer::timeout, this, [this] { m_shown.setText(m_filter->text()); });
    connect(m_filter, &QLineEdit::textChanged, &m_filterTimer, qOverload<>(&QTimer::start));
    connect(m_onlyCorrected, &QCheckBox::toggled, &m_shown, &SymbolsFilter::setOnlyCorrected);
    connect(m_onlyNotMapped, &QCheckBox::toggled, &m_shown, &SymbolsFilter::setOnlyNotMapped);
    connect(m_fetch, &QPushButton::clicked, this, [this] { isFetching() ? stopFetching() : fetch(); });
    auto* slash = new QShortcut(Qt::Key_Slash, this);
    connect(slash, &QShortcut::activated, m_filter, [this] {
        m_filter->setFocus();
        m_filter->selectAll();
    });
    auto* down = new QShortcut(Qt::Key_Down, m_filter, nullptr, nullptr, Qt::WidgetShortcut);
    connect(down, &QShortcut::activated, m_table, [this] {
        if (!m_table->currentIndex().isValid())
            m_table->setCurrentIndex(m_shown.index(0, SymbolsModel::ProviderSymbol));
        m_table->setFocus();
    });
    return top;
}

QWidget* SymbolsDialog::createBody()
{
    m_pages->addWidget(m_message);
    m_pages->addWidget(m_table);
    m_pageTimer.setSingleShot(true); // a filter takes away and brings back many stretches of rows at once
    connect(&m_pageTimer, &QTimer::timeout, this, &SymbolsDialog::updatePage);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_shown, signal, &m_pageTimer, [this] { m_pageTimer.start(0); });
    connect(&m_shown, &QAbstractItemModel::modelReset, this, &SymbolsDialog::updateAll);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &SymbolsDialog::updateAll);
    return m_pages;
}

void SymbolsDialog::setUpTable()
{
    m_table->setModel(&m_shown);
    m_table->setItemDelegate(m_delegate);
    makePlain(*m_table);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::AnyKeyPressed);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setSortIndicator(SymbolsModel::Exchange, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    m_table->setAccessibleName(tr("Markets and their symbols"));
    m_table->setAccessibleDescription(tr("Every market with what %1 calls it, and who says so").arg(m_name));
    const int em = m_table->fontMetrics().horizontalAdvance(u'0');
    for (const auto& [column, ems] : {std::pair {SymbolsModel::Exchange, 16}, std::pair {SymbolsModel::Market, 8}, std::pair {SymbolsModel::Symbol, 20},
             std::pair {SymbolsModel::ProviderSymbol, 20}, std::pair {SymbolsModel::Unit, 12}})
        m_table->horizontalHeader()->resizeSection(column, ems * em);
    m_reset = addTableAction(tr("&Reset to the list's"), Qt::Key_Delete, tr("Takes back your correction of the selected markets (Del)"));
    m_undo = addTableAction(tr("&Undo"), QKeySequence::Undo, {});
    m_redo = addTableAction(tr("Re&do"), {}, {});
    m_redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_reset, &QAction::triggered, this, &SymbolsDialog::resetSelected);
    QUndoStack* const stack = m_model.undoStack();
    connect(m_undo, &QAction::triggered, stack, &QUndoStack::undo);
    connect(m_redo, &QAction::triggered, stack, &QUndoStack::redo);
    connect(stack, &QUndoStack::indexChanged, this, [this] {
        m_told.clear();
        updateAll();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SymbolsDialog::updateActions);
    auto* edit = new QShortcut(m_table);
    edit->setKeys({Qt::Key_Return, Qt::Key_Enter, Qt::Key_F2});
    edit->setContext(Qt::WidgetShortcut);
    connect(edit, &QShortcut::activated, this, &SymbolsDialog::editCurrent);
}

QAction* SymbolsDialog::addTableAction(const QString& text, const QKeySequence& keys, const QString& tip)
{
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    action->setShortcutContext(keys == QKeySequence(Qt::Key_Delete) ? Qt::WidgetShortcut : Qt::WindowShortcut);
    action->setToolTip(tip);
    m_table->addAction(action);
    return action;
}

QWidget* SymbolsDialog::createBottom()
{
    m_status->setAccessibleName(tr("How many markets"));
    m_status->setTextFormat(Qt::PlainText);
    auto* bottom = new QWidget;
    auto* layout = new QVBoxLayout(bottom);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_status);
    auto* row = new QHBoxLayout;
    for (QAction* action : {m_reset, m_undo, m_redo}) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::StrongFocus);
        row->addWidget(button);
    }
    row->addStretch(1);
    row->addWidget(m_save);
    row->addWidget(m_close);
    layout->addLayout(row);
    auto* keys = new QShortcut(QKeySequence::Save, this);
    connect(keys, &QShortcut::activated, m_save, &QPushButton::click);
    connect(m_save, &QPushButton::clicked, this, [this] { save(false); });
    connect(m_close, &QPushButton::clicked, this, &SymbolsDialog::reject);
    return bottom;
}

// --- what comes ---

void SymbolsDialog::load()
{
    m_port->stored(m_provider, this, [this](const Result<SymbolsPort::Mapping>& mapping) {
        m_isRead = true;
        if (mapping)
            showMapping(*mapping);
        else
            m_failure = failureText(mapping.error());
        updateAll();
    });
}

void SymbolsDialog::settingsChanged()
{
    load();
}

void SymbolsDialog::fetch()
{
    if (m_port->isReadOnly() || isFetching())
        return;
    m_fetching = std::make_unique<std::stop_source>();
    m_failure.clear();
    m_told.clear();
    m_port->fetch(m_provider, this, m_fetching->get_token(), [this, asked = m_fetching->get_token()](const Result<SymbolsPort::Mapping>& mapping) {
        if (isFetching() && m_fetching->get_token() == asked) // else it was stopped, and perhaps begun anew
            fetched(mapping);
    });
    updateAll();
}

void SymbolsDialog::stopFetching()
{
    if (!isFetching())
        return;
    m_fetching->request_stop();
    m_fetching.reset();
    updateAll();
}

void SymbolsDialog::fetched(const Result<SymbolsPort::Mapping>& mapping)
{
    m_fetching.reset();
    if (mapping)
        showMapping(*mapping);
    else
        m_failure = failureText(mapping.error());
    updateAll();
}

void SymbolsDialog::showMapping(const SymbolsPort::Mapping& mapping)
{
    m_hasList = mapping->hasList;
    if (m_model.isShowing(*mapping))
        return; // somebody may be editing
    const int row = m_table->currentIndex().isValid() ? m_shown.mapToSource(m_table->currentIndex()).row() : -1;
    const auto market = m_model.marketAt(row);
    m_model.setMapping(mapping);
    m_delegate->setIds(m_model.ids());
    if (const QModelIndex same = m_shown.mapFromSource(m_model.index(m_model.rowOf(market), SymbolsModel::ProviderSymbol)); same.isValid())
        m_table->setCurrentIndex(same);
}

// --- what is done ---

std::vector<int> SymbolsDialog::selectedRows() const
{
    std::vector<int> rows;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        rows.push_back(m_shown.mapToSource(index).row());
    return rows;
}

/// Wherever in the row somebody is: what cannot be edited leads to the symbol.
void SymbolsDialog::editCurrent()
{
    if (const QModelIndex current = m_table->currentIndex(); current.isValid() && !(current.flags() & Qt::ItemIsEditable))
        m_table->setCurrentIndex(current.siblingAtColumn(SymbolsModel::ProviderSymbol));
    if (m_table->currentIndex().flags() & Qt::ItemIsEditable)
        m_table->edit(m_table->currentIndex());
}

void SymbolsDialog::resetSelected()
{
    m_model.reset(selectedRows());
}

void SymbolsDialog::save(bool closes)
{
    auto changes = m_model.changes();
    m_save->setEnabled(false);
    say(tr("Saving\u2026"));
    m_port->save(m_provider, changes, this, [this, changes, closes](const Result<QString>& file) {
        if (!file) {
            say(tr("\u2715 The corrections could not be saved. %1").arg(errorTextWithDetail(file.error())), true);
            updateActions();
            return;
        }
        m_model.markSaved(changes);
        m_told = tr("\u2713 Saved to %1. It holds for everything that is asked from now on; what is stored already stays until it is verified or filled again.").arg(*file);
        updateAll();
        if (closes)
            QDialog::reject();
    });
}

void SymbolsDialog::reject()
{
    if (m_model.changes().empty() || m_port->isReadOnly()) {
        QDialog::reject();
        return;
    }
    QMessageBox box(QMessageBox::Question, windowTitle(), tr("%n correction(s) are not saved.", nullptr, static_cast<int>(m_model.changes().size())),
        QMessageBox::NoButton, this);
    QPushButton* const keep = box.addButton(tr("&Save"), QMessageBox::AcceptRole);
    QPushButton* const drop = box.addButton(tr("&Discard"), QMessageBox::DestructiveRole);
    box.setEscapeButton(box.addButton(tr("&Back to the symbols"), QMessageBox::RejectRole));
    box.setDefaultButton(keep);
    box.exec();
    if (box.clickedButton() == keep)
        save(true);
    else if (box.clickedButton() == drop)
        QDialog::reject();
}

// --- what is shown ---

QString SymbolsDialog::note() const
{
    return m_note->text();
}

QString SymbolsDialog::status() const
{
    return m_status->text();
}

void SymbolsDialog::say(const QString& note, bool isProblem)
{
    QPalette colours = palette();
    if (isProblem)
        colours.setColor(QPalette::WindowText, Theme::of(palette()).warning);
    m_note->setPalette(colours);
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

void SymbolsDialog::updateAll()
{
    m_fetch->setText(isFetching() ? tr("Stop &loading") : tr("&Load its list"));
    m_fetch->setEnabled(!m_port->isReadOnly());
    m_fetch->setToolTip(m_port->isReadOnly() ? tr("This window only reads: the process that collects can ask for the list")
                                             : tr("Asks %1 for its market list").arg(m_name));
    if (isFetching())
        say(tr("\u2026 Asking %1 for its list. What is shown is as last saved.").arg(m_name));
    else if (!m_told.isEmpty())
        say(m_told);
    else if (!m_failure.isEmpty())
        say(tr("\u26A0 The list of %1 could not be had; what is shown is as last saved. %2").arg(m_name, m_failure), true);
    else if (m_isRead && !m_hasList)
        say(tr("The list of %1 was not loaded yet: only your own corrections are known.").arg(m_name));
    else
        say({});
    updatePage();
    updateActions();
}

void SymbolsDialog::updatePage()
{
    const bool hasRows = m_shown.rowCount() > 0;
    m_pages->setCurrentWidget(hasRows ? static_cast<QWidget*>(m_table) : m_message);
    const auto counts = m_model.counts();
    m_status->setText(tr("%1 markets, %2 shown \u00B7 corrected %3 \u00B7 not mapped %4 \u00B7 unknown exchange name %5")
                          .arg(countText(std::int64_t {counts.all}), countText(std::int64_t {m_shown.rowCount()}), countText(std::int64_t {counts.corrected}),
                              countText(std::int64_t {counts.notMapped}), countText(std::int64_t {counts.unknown})));
    m_status->setVisible(counts.all > 0);
    m_note->setVisible(counts.all > 0 && !m_note->text().isEmpty()); // else the page says it
    if (hasRows)
        return;
    if (counts.all > 0) {
        m_message->say(tr("No market is like that"), tr("%1 markets are known; the filter leaves none of them.").arg(countText(std::int64_t {counts.all})));
        m_message->offer(tr("Show &all"), [this] {
            m_filter->clear();
            m_onlyCorrected->setChecked(false);
            m_onlyNotMapped->setChecked(false);
        });
    } else if (isFetching() || !m_isRead) {
        m_message->say(tr("Asking %1 for its market list\u2026").arg(m_name), tr("It is kept, and shown at once the next time."));
        m_message->offer({}, {});
    } else if (!m_failure.isEmpty()) {
        m_message->say(tr("The market list of %1 could not be had").arg(m_name), m_failure);
        m_message->offer(tr("Try &again"), [this] { fetch(); });
    } else {
        m_message->say(m_hasList ? tr("%1 lists no markets").arg(m_name) : tr("The market list of %1 is not known yet").arg(m_name),
            m_port->isReadOnly() ? tr("This window only reads: the process that collects can load it.") : tr("Load it to see what %1 calls each market.").arg(m_name));
        m_message->offer(m_port->isReadOnly() ? QString() : tr("Load it &now"), [this] { fetch(); });
    }
}

void SymbolsDialog::updateActions()
{
    const auto rows = selectedRows();
    m_reset->setEnabled(std::ranges::any_of(rows, [this](int row) { return m_model.canReset(row); }));
    const QUndoStack* const stack = m_model.undoStack();
    m_undo->setEnabled(stack->canUndo());
    m_redo->setEnabled(stack->canRedo());
    m_undo->setToolTip(stack->canUndo() ? tr("Undo: %1 (Ctrl+Z)").arg(stack->undoText()) : tr("Nothing to undo"));
    m_redo->setToolTip(stack->canRedo() ? tr("Redo: %1 (Ctrl+Shift+Z)").arg(stack->redoText()) : tr("Nothing to redo"));
    const auto changed = m_model.changes().size();
    m_save->setEnabled(changed > 0 && !m_port->isReadOnly());
    m_save->setToolTip(m_port->isReadOnly() ? tr("This window only reads")
            : changed == 0                  ? tr("Nothing was changed")
                                            : tr("Writes %n correction(s) into your settings; the rest of the file stays as it is", nullptr, static_cast<int>(changed)));
}

} // namespace mnemo
