#include "ui/validation/validationpage.h"

#include <QAction>
#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "ui/validation/findingfilterbar.h"
#include "ui/validation/findinginspector.h"
#include "ui/widgets/findingtext.h"
#include "ui/validation/rulespage.h"
#include "ui/validation/summarymodel.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int lookAfter = 800; // ms
constexpr std::size_t manyFindings = 200;
constexpr std::size_t mostUndone = 100;

enum Scope { Everything, FilteredSeries, FilteredRange };

void setUpTable(QTableView& view, const QString& name, const QString& description)
{
    view.setAlternatingRowColors(true);
    view.setWordWrap(false);
    view.setTabKeyNavigation(false);
    view.horizontalHeader()->setHighlightSections(false);
    view.setAccessibleName(name);
    view.setAccessibleDescription(description);
    view.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // no measuring of a million rows
    view.verticalHeader()->setDefaultSectionSize(view.fontMetrics().height() + 9);
}

} // namespace

ValidationPage::ValidationPage(ValidationPort& port, DisplayZone& zone, QSettings& settings, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_zone(zone)
    , m_settings(settings)
    , m_list(std::make_shared<const StoredSeriesList>())
    , m_model(new FindingsModel(port, zone, this))
    , m_runner(new ValidationRunner(port, this))
    , m_summary(new SummaryModel(this))
{
    m_confirm = [this](const QString& question) {
        return QMessageBox::question(
                   this, tr("Validation"), question, QMessageBox::Yes | QMessageBox::No, QMessageBox::No)
            == QMessageBox::Yes;
    };
    m_rules = new RulesPage(port);
    m_tabs = new QTabWidget;
    m_tabs->addTab(createFindings(), tr("Findings"));
    m_tabs->addTab(m_rules, tr("Rules"));
    m_tabs->addTab(createSummary(), tr("Last check"));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(createHeader());
    layout->addWidget(m_tabs, 1);
    createActions();
    m_changeTimer.setSingleShot(true);
    m_changeTimer.setInterval(lookAfter);
    connect(&m_changeTimer, &QTimer::timeout, this, &ValidationPage::readCounts);
    connect(m_runner, &ValidationRunner::progressed, this, &ValidationPage::progressed);
    connect(m_runner, &ValidationRunner::finished, this, &ValidationPage::finished);
    connect(m_runner, &ValidationRunner::failed, this, &ValidationPage::checkFailed);
    connect(m_rules, &RulesPage::findingsRequested, this, [this](const QString& rule) { showRule(rule); });
    connect(m_rules, &RulesPage::told, this, &ValidationPage::told);
    connect(&zone, &DisplayZone::changed, this, &ValidationPage::showLastCheck);
    port.storeName(this, [this](const Result<QString>& name) {
        m_store = name ? *name : QString();
        showLastCheck();
        choosePage();
    });
    setFocusProxy(m_table);
    choosePage();
    updateActions();
}

QWidget* ValidationPage::createHeader()
{
    m_scope = new QComboBox;
    m_scope->addItem(tr("Everything stored"));
    m_scope->addItem(tr("Series of the filter"));
    m_scope->addItem(tr("Series and time of the filter"));
    m_scope->setAccessibleName(tr("What is validated"));
    m_validate = new QPushButton(tr("Validate"));
    m_validate->setToolTip(
        tr("Applies every rule that is on to the stored rows; findings come into the table as it goes"));
    m_validate->setEnabled(!m_port.isReadOnly());
    if (m_port.isReadOnly())
        m_validate->setToolTip(tr("This window only reads: validate in the window that collects"));
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setAccessibleName(tr("Cancel the check"));
    m_cancel->setObjectName(u"cancelCheck"_s);
    m_cancel->hide();
    m_progress = new QProgressBar;
    m_progress->setAccessibleName(tr("Progress of the check"));
    m_progress->setRange(0, 1000);
    m_progress->hide();
    m_status = new ElidedLabel;
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* header = new QWidget;
    auto* layout = new QHBoxLayout(header);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(headline(tr("Validation")));
    layout->addSpacing(12);
    layout->addWidget(m_status, 1);
    layout->addWidget(m_progress);
    layout->addWidget(m_scope);
    layout->addWidget(m_validate);
    layout->addWidget(m_cancel);
    connect(m_validate, &QPushButton::clicked, this, &ValidationPage::validate);
    connect(m_cancel, &QPushButton::clicked, m_runner, &ValidationRunner::cancel);
    return header;
}

QWidget* ValidationPage::createFindings()
{
    m_filter = new FindingFilterBar(m_zone);
    m_inspector = new FindingInspector(m_port, m_zone);
    m_message = new QLabel;
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setForegroundRole(QPalette::PlaceholderText);
    m_messageButton = new QPushButton;
    m_messageButton->setAccessibleName(tr("What can be done"));
    auto* empty = new QWidget;
    auto* middle = new QVBoxLayout(empty);
    middle->addStretch(1);
    middle->addWidget(m_message);
    middle->addWidget(m_messageButton, 0, Qt::AlignHCenter);
    middle->addStretch(1);
    m_pages = new QStackedWidget;
    m_pages->addWidget(empty);
    m_pages->addWidget(createTable());
    m_shown = new QLabel;
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(m_filter);
    column->addWidget(m_pages, 1);
    column->addWidget(m_shown);
    auto* splitter = new QSplitter;
    splitter->addWidget(left);
    splitter->addWidget(m_inspector);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({540, 460}); // shares: else the tables of the inspector would ask for most
    connect(m_messageButton, &QPushButton::clicked, this, [this] {
        if (m_messageRun)
            m_messageRun();
    });
    connect(m_filter, &FindingFilterBar::changed, this, &ValidationPage::filterChanged);
    connect(m_model, &FindingsModel::stateChanged, this, &ValidationPage::choosePage);
    connect(m_model, &FindingsModel::stateChanged, this, &ValidationPage::chooseSought);
    connect(m_inspector, &FindingInspector::evidenceChanged, this, &ValidationPage::updateActions);
    connect(m_inspector, &FindingInspector::replacementChanged, this, &ValidationPage::updateReplace);
    connect(m_inspector, &FindingInspector::reasonEntered, this,
        [this] { decide(std::exchange(m_pending, std::nullopt).value_or(DecisionAction::Acknowledge)); });
    if (m_port.isReadOnly())
        m_inspector->setReadOnly();
    return splitter;
}

QWidget* ValidationPage::createTable()
{
    m_table = new QTableView;
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    setUpTable(*m_table, tr("Findings"), tr("Every row that breaks a rule, the newest first"));
    m_table->horizontalHeader()->setSortIndicator(static_cast<int>(FindingColumn::Raised), Qt::DescendingOrder);
    m_table->setSortingEnabled(true);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    const int em = m_table->fontMetrics().horizontalAdvance(u'0');
    for (const auto& [column, ems] : {std::pair {FindingColumn::Severity, 12}, {FindingColumn::Rule, 26},
             {FindingColumn::Series, 27}, {FindingColumn::Time, 18}, {FindingColumn::Bars, 7}, {FindingColumn::Why, 40},
             {FindingColumn::State, 15}, {FindingColumn::Raised, 18}})
        m_table->horizontalHeader()->resizeSection(static_cast<int>(column), ems * em);
    m_table->horizontalHeader()->setSectionsMovable(true);
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, [this](int column) {
        if (column >= 0 && !FindingsModel::canSort(static_cast<FindingColumn>(column)))
            emit told(tr("Findings are sorted by severity, time, or when they were raised."));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ValidationPage::currentChanged);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ValidationPage::updateActions);
    return m_table;
}

QWidget* ValidationPage::createSummary()
{
    m_summaryNote = new QLabel(
        tr("No check has run in this session. Press Validate: its verdicts stand here, by rule and series."));
    m_summaryNote->setWordWrap(true);
    m_summaryView = new QTableView;
    m_summaryView->setModel(m_summary);
    setUpTable(*m_summaryView, tr("Verdicts of the last check"), tr("A row for each rule, a column for each series"));
    m_summaryView->horizontalHeader()->setDefaultSectionSize(m_summaryView->fontMetrics().horizontalAdvance(u'0') * 19);
    m_summaryView->setSelectionMode(QAbstractItemView::SingleSelection);
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(m_summaryNote);
    layout->addWidget(m_summaryView, 1);
    connect(m_summaryView, &QTableView::activated, this, [this](const QModelIndex& cell) {
        showRule(m_summary->ruleAt(cell.row()), titleOf(m_summary->seriesAt(cell.column()).key));
    });
    return page;
}

// --- actions ---

QAction* ValidationPage::addAction(
    const QString& text, const QKeySequence& key, QWidget* where, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut); // single keys act in the table alone
    connect(action, &QAction::triggered, this, run);
    where->addAction(action);
    m_actions << action;
    return action;
}

void ValidationPage::createActions()
{
    QAction* check = addAction(tr("&Validate"), {}, this, [this] { validate(); });
    check->setEnabled(!m_port.isReadOnly());
    setReason(*check, tr("This window only reads"));
    m_validateSelected =
        addAction(tr("Validate the series of the &selection"), Qt::Key_V, m_table, [this] { validateSelected(); });
    m_actions << nullptr;
    const auto decision = [this](const QString& text, Qt::Key key, DecisionAction action) {
        QAction* one = addAction(text, key, m_table, [this, action] { decide(action); });
        setReason(*one, m_port.isReadOnly() ? tr("This window only reads") : tr("Select a finding first"));
        m_decisions.push_back(one);
        m_inspector->addDecision(one);
        return one;
    };
    decision(tr("&Accept"), Qt::Key_A, DecisionAction::Acknowledge)
        ->setToolTip(tr("Somebody looked, and it stays as it is; needs a reason"));
    decision(tr("&Quarantine"), Qt::Key_Q, DecisionAction::Quarantine)
        ->setToolTip(tr("Readers that ask for clean data leave its bars out"));
    QAction* again = addAction(tr("&Re-fetch"), Qt::Key_R, m_table, [this] { fetchAgain(selected()); });
    again->setToolTip(tr("Asks the source again; an answer that does not break the rule closes the finding by itself"));
    setReason(*again, m_port.isReadOnly() ? tr("This window only reads") : tr("Select a finding first"));
    m_decisions.push_back(again);
    m_inspector->addDecision(again);
    m_replace = decision(tr("Re&place"), Qt::Key_P, DecisionAction::Replace);
    m_takeBack = decision(tr("Take &back"), Qt::Key_B, DecisionAction::Undo);
    m_takeBack->setToolTip(tr("Undoes the last decision about the selected findings, whoever took it"));
    m_undo = addAction(tr("&Undo the last decision"), QKeySequence::Undo, this, [this] { undo(); });
    setReason(*m_undo, tr("Nothing was decided in this session"));
    m_redo = addAction(tr("R&edo the decision"), QKeySequence(Qt::CTRL | Qt::Key_Y), this, [this] { redo(); });
    setReason(*m_redo, tr("Nothing was undone"));
    m_actions << nullptr;
    addAction(tr("P&revious finding"), Qt::Key_BraceLeft, this, [this] { step(-1); });
    addAction(tr("&Next finding"), Qt::Key_BraceRight, this, [this] { step(1); });
    addAction(tr("Show in the &chart"), Qt::Key_Return, m_table, [this] {
        const auto& evidence = m_inspector->evidence();
        if (evidence)
            emit chartRequested(evidence->provenance.series.key, evidence->shown);
    });
    addAction(tr("&Filter findings"), Qt::Key_Slash, m_tabs, [this] {
        m_tabs->setCurrentIndex(0);
        m_filter->text()->setFocus(Qt::ShortcutFocusReason);
    });
    addAction(tr("Clear the fi&lter"), {}, this, [this] { m_filter->clear(); });
}

std::optional<int> ValidationPage::currentRow() const
{
    const QModelIndex current = m_table->currentIndex();
    return current.isValid() ? std::optional(current.row()) : std::nullopt;
}

std::vector<FindingId> ValidationPage::selected() const
{
    std::vector<FindingId> ids;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            ids.push_back(m_model->idAt(row));
    }
    std::ranges::sort(ids);
    const auto twice = std::ranges::unique(ids);
    ids.erase(twice.begin(), twice.end());
    return ids;
}

void ValidationPage::updateActions()
{
    if (!m_redo)
        return; // being made
    const bool hasSelection = m_table->selectionModel()->hasSelection();
    const bool canDecide = hasSelection && !m_port.isReadOnly() && !m_isDeciding;
    for (QAction* action : m_decisions)
        action->setEnabled(canDecide);
    m_validateSelected->setEnabled(hasSelection && !m_port.isReadOnly() && !m_runner->isRunning());
    setReason(*m_validateSelected, m_port.isReadOnly() ? tr("This window only reads") : tr("Select a finding first"));
    m_undo->setEnabled(!m_done.empty() && !m_isDeciding);
    m_redo->setEnabled(!m_undone.empty() && !m_isDeciding);
    const auto& evidence = m_inspector->evidence();
    const bool isOne = canDecide && evidence && m_table->selectionModel()->selectedRows().size() == 1;
    if (isOne)
        m_takeBack->setEnabled(historyOf(evidence->provenance.decisions).before.has_value());
    updateReplace();
}

void ValidationPage::updateReplace()
{
    if (!m_replace)
        return;
    const auto from = m_inspector->replacement();
    const bool hasOne = m_table->selectionModel()->selectedRows().size() == 1;
    m_replace->setText(from ? tr("Re&place from %1").arg(toQString(from->key.exchange)) : tr("Re&place"));
    m_replace->setEnabled(from && hasOne && !m_port.isReadOnly() && !m_isDeciding);
    m_replace->setToolTip(from
            ? tr("Writes that exchange's bars into this series, marked as foreign; the old values are kept. "
                 "Choose another source in Values. Needs a reason")
            : tr("No other exchange holds this bar"));
    setReason(*m_replace, hasOne ? tr("No other exchange holds this bar") : tr("Select one finding first"));
}

void ValidationPage::step(int by)
{
    if (m_model->rowCount() == 0)
        return;
    const int row = std::clamp(currentRow() ? *currentRow() + by : 0, 0, m_model->rowCount() - 1);
    m_tabs->setCurrentIndex(0);
    m_table->setCurrentIndex(m_model->index(row, 0));
}

// --- what is shown ---

void ValidationPage::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    m_list = list;
    m_model->setSeriesList(list);
    m_filter->setSeriesList(list);
    choosePage();
}

void ValidationPage::storeChanged()
{
    m_isStale = true;
    if (isVisible() && !m_changeTimer.isActive())
        m_changeTimer.start();
}

void ValidationPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isStale)
        readCounts();
}

void ValidationPage::settingsChanged()
{
    m_rules->settingsChanged();
}

void ValidationPage::readCounts()
{
    m_isStale = false;
    m_port.counts(this, [this](const Result<std::vector<FindingCount>>& counts) {
        if (counts)
            countsArrived(*counts);
        else
            emit told(errorTextWithDetail(counts.error()));
    });
}

void ValidationPage::countsArrived(const std::vector<FindingCount>& counts)
{
    if (m_hasCounts && counts == m_counts)
        return; // rows came, findings did not
    m_counts = counts;
    m_filter->setCounts(counts);
    m_rules->model()->setCounts(counts);
    m_port.history(RulesModel::historyDays, this, [this](const Result<std::vector<RuleHistory>>& history) {
        if (history) // counts and rows tell of a store that fails
            m_rules->model()->setHistory(*history);
    });
    if (std::exchange(m_hasCounts, true))
        m_model->refresh();
    else
        filterChanged();
}

void ValidationPage::followScope(DisplayScope& scope)
{
    m_filter->followScope(scope);
}

void ValidationPage::filterChanged()
{
    if (m_hasCounts)
        m_model->setFilter(m_filter->filter());
}

void ValidationPage::showRule(const QString& rule, const QString& words)
{
    m_tabs->setCurrentIndex(0);
    m_filter->choose(rule, words);
    m_table->setFocus();
}

void ValidationPage::showFinding(const SeriesKey& series, const Finding& finding)
{
    m_sought = finding.id;
    m_filter->clear();
    showRule(toQString(finding.rule), titleOf(series));
    chooseSought();
}

void ValidationPage::chooseSought()
{
    const auto row = m_sought && m_model->isKnown() && !m_model->isLoading() ? m_model->rowOf(*m_sought) : std::nullopt;
    if (!row)
        return;
    m_sought.reset();
    m_table->setCurrentIndex(m_model->index(*row, 0));
}

void ValidationPage::currentChanged()
{
    m_pending.reset();
    m_inspector->show(currentRow() ? std::optional(m_model->idAt(*currentRow())) : std::nullopt);
    updateActions();
}

void ValidationPage::choosePage()
{
    if (!m_message)
        return; // being made
    const int rows = m_model->rowCount();
    m_shown->setText(rows > 0 ? tr("Findings: %1").arg(countText(std::int64_t {rows})) : QString());
    m_inspector->setVisible(rows > 0);
    setFocusProxy(rows > 0 ? static_cast<QWidget*>(m_table) : m_filter->text());
    m_messageRun = {};
    QString button;
    std::int64_t open = 0;
    for (const FindingCount& count : m_counts)
        open += count.state == FindingState::Open ? count.findings : 0;
    const QString checked = lastCheck();
    if (m_model->error()) {
        m_message->setText(tr("\u2715 The findings could not be read. %1").arg(errorTextWithDetail(*m_model->error())));
        button = tr("Try again");
        m_messageRun = [this] { m_model->refresh(); };
    } else if (rows > 0) {
        m_pages->setCurrentIndex(1);
        if (!currentRow())
            m_table->setCurrentIndex(m_model->index(0, 0));
        updateActions();
        return;
    } else if (!m_hasCounts || !m_model->isKnown()) {
        m_message->setText(tr("Reading findings\u2026"));
    } else if (m_list->empty()) {
        m_message->setText(
            tr("Nothing is stored yet. Fetch some history with New backfill (Ctrl+N), then validate it here."));
    } else if (m_filter->isNarrow() || open > 0) {
        m_message->setText(tr("No finding fits the filter."));
        button = tr("Clear the filter");
        m_messageRun = [this] { m_filter->clear(); };
    } else if (m_runner->isRunning()) {
        m_message->setText(tr("Checking\u2026 nothing was found so far."));
    } else if (checked.isEmpty() && m_counts.empty()) {
        m_message->setText(tr("This data has never been validated. A check applies %1 rules to every stored row; it "
                              "can be cancelled at any time.")
                               .arg(allRules().size()));
        button = m_port.isReadOnly() ? QString() : tr("Validate everything");
        m_messageRun = [this] {
            m_scope->setCurrentIndex(Everything);
            validate();
        };
    } else {
        m_message->setText(
            checked.isEmpty() ? tr("\u2713 All clear: no finding is open.") : tr("\u2713 All clear. %1").arg(checked));
    }
    m_messageButton->setText(button);
    m_messageButton->setVisible(!button.isEmpty());
    m_pages->setCurrentIndex(0);
    m_inspector->show(std::nullopt);
    updateActions();
}

// --- checks ---

void ValidationPage::validate()
{
    ValidationRequest request;
    const FindingFilter filter = m_filter->filter();
    if (m_scope->currentIndex() != Everything)
        request.series = filter.series;
    if (m_scope->currentIndex() == FilteredRange)
        request.range = filter.within;
    run(std::move(request));
}

void ValidationPage::validateSelected()
{
    std::set<SeriesId> series;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            if (const Finding* finding = m_model->find(row)) // rows that were never in view are of series that are
                series.insert(finding->series);
        }
    }
    if (series.empty())
        return;
    ValidationRequest request;
    request.series.assign(series.begin(), series.end());
    run(std::move(request));
}

void ValidationPage::run(ValidationRequest request)
{
    if (m_port.isReadOnly() || m_runner->isRunning())
        return;
    m_runner->start(std::move(request));
    m_validate->hide();
    m_cancel->show();
    m_progress->setValue(0);
    m_progress->show();
    m_status->setText(tr("\u25B6 Checking\u2026"));
    updateActions();
    choosePage();
}

void ValidationPage::progressed(const ValidationProgress& progress)
{
    if (progress.totalRows > 0)
        m_progress->setValue(static_cast<int>(std::min<std::int64_t>(1000, progress.rows * 1000 / progress.totalRows)));
    m_status->setText(
        tr("\u25B6 Checking series %1 of %2: %3 (%4 of %5 bars)")
            .arg(countText(std::min(progress.series + 1, progress.totalSeries)), countText(progress.totalSeries),
                toQString(progress.current), countText(progress.rows), countText(progress.totalRows)));
    m_status->setToolTip(m_status->text());
}

void ValidationPage::showEnd()
{
    m_validate->show();
    m_cancel->hide();
    m_progress->hide();
    readCounts();
}

void ValidationPage::checkFailed(const Error& error)
{
    showEnd();
    const bool isCancelled = error.code == ErrorCode::Cancelled;
    m_status->setText(isCancelled ? tr("\u2013 Cancelled: what was judged until then is stored.")
                                  : tr("\u2715 %1").arg(errorText(error)));
    m_status->setToolTip(errorTextWithDetail(error));
    emit told(m_status->text());
    updateActions();
    choosePage();
}

void ValidationPage::finished(const ValidationOutcome& outcome)
{
    showEnd();
    std::int64_t findings = 0;
    std::array<std::int64_t, 3> verdicts {};
    for (const RuleResult& result : outcome.results) {
        findings += result.findings;
        ++verdicts[static_cast<std::size_t>(result.verdict)];
    }
    m_summary->setOutcome(outcome);
    m_rules->model()->setOutcome(outcome);
    m_summaryNote->setText(
        tr("\u2713 pass %1 \u00B7 \u26A0 warn %2 \u00B7 \u2715 fail %3, of %4 series. New findings: %5, fixed: %6. "
           "Return shows a cell's findings.")
            .arg(countText(verdicts[0]), countText(verdicts[1]), countText(verdicts[2]),
                countText(std::ssize(outcome.series)), countText(outcome.stored.added + outcome.stored.reopened),
                countText(outcome.stored.fixed)));
    m_settings.setValue(settingsKey() + u"/at"_s, QDateTime::currentMSecsSinceEpoch());
    m_settings.setValue(settingsKey() + u"/rows"_s, static_cast<qlonglong>(outcome.rows));
    m_settings.setValue(settingsKey() + u"/series"_s, static_cast<qlonglong>(std::ssize(outcome.series)));
    m_settings.setValue(settingsKey() + u"/findings"_s, static_cast<qlonglong>(findings));
    showLastCheck();
    emit told(
        tr("Checked %1 bars of %2 series in %3: findings %4.")
            .arg(countText(outcome.rows), countText(std::ssize(outcome.series)),
                outcome.took < milliseconds {1000} ? tr("%1 ms").arg(outcome.took.count()) : lengthText(outcome.took),
                countText(findings)));
    updateActions();
    choosePage();
}

QString ValidationPage::settingsKey() const
{
    const QByteArray name = m_store.value_or(QString()).toUtf8().toPercentEncoding();
    return u"validation/lastCheck/"_s + QString::fromLatin1(name);
}

QString ValidationPage::lastCheck() const
{
    if (!m_store || !m_settings.contains(settingsKey() + u"/at"_s))
        return {};
    const UtcMs at = fromMs(m_settings.value(settingsKey() + u"/at"_s).toLongLong());
    const auto number = [&](const QString& key) {
        return countText(std::int64_t {m_settings.value(settingsKey() + u'/' + key).toLongLong()});
    };
    return tr("Last check: %1 %2, %3 bars of %4 series, findings %5.")
        .arg(m_zone.timeText(std::chrono::floor<std::chrono::seconds>(at)), m_zone.label(at), number(u"rows"_s),
            number(u"series"_s), number(u"findings"_s));
}

void ValidationPage::showLastCheck()
{
    if (m_runner->isRunning())
        return;
    const QString checked = lastCheck();
    m_status->setText(checked.isEmpty() ? tr("Not validated yet.") : checked);
    m_status->setToolTip(m_status->text());
}

// --- decisions ---

void ValidationPage::decide(DecisionAction action)
{
    if (m_port.isReadOnly() || m_isDeciding)
        return;
    Decided decided;
    decided.decision.findings = selected();
    if (decided.decision.findings.empty())
        return;
    decided.decision.action = action;
    decided.decision.reason = m_inspector->reason()->text().trimmed().toStdString();
    const bool needsReason = action == DecisionAction::Acknowledge || action == DecisionAction::Replace;
    if (needsReason && decided.decision.reason.empty()) {
        m_pending = action;
        m_inspector->askForReason(tr("Say why in one sentence, then press Return"));
        return;
    }
    if (action == DecisionAction::Replace) {
        const auto from = m_inspector->replacement();
        if (!from || decided.decision.findings.size() != 1)
            return;
        decided.from = from->id;
    }
    const std::size_t count = decided.decision.findings.size();
    if (count > manyFindings
        && !m_confirm(tr("Decide about all selected findings at once? Findings: %1")
                          .arg(countText(std::ssize(decided.decision.findings)))))
        return;
    if (action != DecisionAction::Undo)
        m_undone.clear();
    send(std::move(decided), action == DecisionAction::Undo);
}

void ValidationPage::send(Decided decided, bool isUndo)
{
    m_isDeciding = true;
    updateActions();
    m_port.decide(
        decided.decision, decided.from, this, [this, decided, isUndo](const Result<std::vector<Finding>>& changed) {
            decisionDone(decided, changed, isUndo);
        });
}

void ValidationPage::decisionDone(const Decided& decided, const Result<std::vector<Finding>>& changed, bool isUndo)
{
    m_isDeciding = false;
    if (changed) {
        m_model->apply(*changed);
        if (!isUndo) {
            m_done.push_back(decided);
            if (m_done.size() > mostUndone)
                m_done.erase(m_done.begin());
            m_inspector->reason()->clear();
        }
        emit told(
            tr("%1: findings %2.").arg(actionText(toText(decided.decision.action)), countText(std::ssize(*changed))));
    } else {
        emit told(tr("Nothing was decided. %1").arg(errorTextWithDetail(changed.error())));
    }
    m_inspector->reload();
    readCounts();
    updateActions();
}

void ValidationPage::decideAbout(const FindingDecision& decision)
{
    if (!m_isDeciding)
        send({decision, 0}, false);
}

void ValidationPage::fetchAgain(const std::vector<FindingId>& findings)
{
    m_port.fetchAgain(findings, this, [this](const Result<int>& jobs) {
        if (jobs)
            emit told(tr("The source is asked again. Jobs: %1. A finding whose bars come back right closes by itself.")
                          .arg(*jobs));
        else
            emit told(tr("The source could not be asked again. %1").arg(errorTextWithDetail(jobs.error())));
    });
}

void ValidationPage::undo()
{
    if (m_done.empty() || m_isDeciding)
        return;
    Decided last = std::move(m_done.back());
    m_done.pop_back();
    Decided back = last;
    back.decision.action = DecisionAction::Undo;
    back.decision.reason.clear();
    m_undone.push_back(std::move(last));
    send(std::move(back), true);
}

void ValidationPage::redo()
{
    if (m_undone.empty() || m_isDeciding)
        return;
    Decided again = std::move(m_undone.back());
    m_undone.pop_back();
    send(std::move(again), false);
}

} // namespace mnemo
