#include "ui/coverage/coveragescreen.h"

#include <QAction>
#include <QActionGroup>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <iterator>
#include <set>

#include "ui/coverage/coveragecard.h"
#include "ui/coverage/coveragecompare.h"
#include "ui/coverage/coveragelegend.h"
#include "ui/coverage/coveragenotice.h"
#include "ui/coverage/coveragetablemodel.h"
#include "ui/coverage/disagreementcard.h"
#include "ui/coverage/heatmapview.h"
#include "ui/coverage/remarkhistory.h"
#include "ui/coverage/seriescellsview.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/displayscope.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/scopebutton.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int readAgainAfter = 300; ///< ms; a backfill at full speed stores many times a second

} // namespace

CoverageScreen::CoverageScreen(CoverageSource& source, QWidget* parent)
    : QWidget(parent)
    , m_source(source)
    , m_pages(new QStackedWidget)
    , m_notice(new CoverageNotice)
    , m_matrix(new HeatmapView)
    , m_calendar(new SeriesCellsView)
    , m_strip(new SeriesCellsView)
    , m_table(new QTableView)
    , m_tableModel(new CoverageTableModel(this))
    , m_card(new CoverageCard(source))
    , m_heatmap(std::make_shared<const Heatmap>())
    , m_disagreementCard(new DisagreementCard)
    , m_legend(new CoverageLegend)
{
    m_compare = new CoverageCompare(
        [this](QObject* context, const SeriesPair& pair, std::vector<UtcMs> bounds,
            std::function<void(const CoverageCompare::Cells&)> answer) {
            m_source.readDisagreement(context, pair, std::move(bounds), std::move(answer));
        },
        this);
    connect(m_compare, &CoverageCompare::changed, this, &CoverageScreen::comparisonChanged);
    m_timer.setSingleShot(true);
    m_timer.setInterval(readAgainAfter);
    connect(&m_timer, &QTimer::timeout, this, &CoverageScreen::read);
    createActions();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(createBar());
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(m_pages);
    splitter->addWidget(m_card);
    splitter->addWidget(m_disagreementCard);
    m_disagreementCard->hide();
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 0);
    splitter->setCollapsible(0, false);
    layout->addWidget(splitter, 1);
    layout->addWidget(m_legend);
    m_pages->addWidget(m_notice);
    for (QWidget* page : std::initializer_list<QWidget*> {m_matrix, m_calendar, m_strip, m_table})
        m_pages->addWidget(page);
    m_table->setModel(m_tableModel);
    m_table->setAccessibleName(tr("Coverage of all series as a table"));
    setFocusProxy(m_pages);
    for (SeriesCellsView* view : {m_calendar, m_strip}) {
        connect(view, &SeriesCellsView::selectionChanged, this, &CoverageScreen::selectionChanged);
        connect(view, &SeriesCellsView::menuRequested, this, &CoverageScreen::openMenu);
    }
    connect(m_matrix, &HeatmapView::opened, this, [this](const SeriesRecord& series, UtcMs time) {
        m_compare->isOn() ? openChart() : openCalendar(series, time);
    });
    connect(m_disagreementCard->openButton(), &QPushButton::clicked, this, &CoverageScreen::openChart);
    connect(m_calendar, &SeriesCellsView::opened, this, [this](UtcMs time) { openStrip(time, 0); });
    connect(m_strip, &SeriesCellsView::edgePassed, this, [this](int direction) {
        const TimeRange shown = stripRangeAt(m_series, m_stripTime);
        openStrip(direction > 0 ? shown.to : shown.from - milliseconds {1}, direction);
    });
    connect(m_strip, &SeriesCellsView::opened, this, &CoverageScreen::openChart);
    connect(m_matrix, &HeatmapView::unitWanted, this, [this] {
        m_isOld = true;
        read();
    });
    connect(m_matrix, &HeatmapView::selectionChanged, this, &CoverageScreen::selectionChanged);
    connect(m_matrix, &HeatmapView::menuRequested, this, &CoverageScreen::openMenu);
    connect(m_card, &CoverageCard::changed, this, &CoverageScreen::updateActions);
    connect(m_card, &CoverageCard::told, this, &CoverageScreen::told);
    connect(m_notice->button(), &QPushButton::clicked, this, &CoverageScreen::noticePressed);
    choosePage();
    selectionChanged();
}

CoverageScreen::~CoverageScreen() = default;

QAction* CoverageScreen::addAction(
    const QString& text, const QList<QKeySequence>& keys, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, run);
    QWidget::addAction(action);
    m_actions.push_back(action);
    return action;
}

void CoverageScreen::createActions()
{
    const auto command = [this](CoverageCommand which, const QString& text, Qt::Key key) {
        m_commands[which] = addAction(text, {key}, [this, which] { m_card->begin(which); });
    };
    command(CoverageCommand::Fill, tr("&Fill what is missing"), Qt::Key_F);
    command(CoverageCommand::Verify, tr("&Verify against the source\u2026"), Qt::Key_V);
    command(CoverageCommand::MarkOutage, tr("Mark as a known &outage\u2026"), Qt::Key_O);
    command(CoverageCommand::Annotate, tr("&Add a note\u2026"), Qt::Key_N);
    m_commands[CoverageCommand::Fill]->setIcon(glyphIcon(Glyph::Backfill));
    m_commands[CoverageCommand::Fill]->setIconText(tr("Fill")); // short where buttons share a line with the filter
    m_commands[CoverageCommand::Verify]->setIconText(tr("Verify\u2026"));
    m_undo = addAction(tr("&Undo the last mark or note"), {QKeySequence::Undo}, [this] { m_card->history()->undo(); });
    setReason(*m_undo, tr("Nothing was marked or noted in this session"));
    m_redo = addAction(
        tr("&Redo the mark or note"), {QKeySequence(Qt::CTRL | Qt::Key_Y)}, [this] { m_card->history()->redo(); });
    setReason(*m_redo, tr("Nothing was undone"));
    m_actions.push_back(nullptr);
    m_export = addAction(
        tr("&Export the selection\u2026"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)}, [this] { exportCells(); });
    m_export->setToolTip(tr("A CSV file of the selection: series, time, expected, present and absent bars by class"));
    m_export->setIconText(tr("Export\u2026"));
    m_exportCandles = addAction(tr("Export the &bars of the selection\u2026"), {}, [this] { exportCandles(); });
    m_actions.push_back(nullptr);
    m_openChart = addAction(tr("Open in &chart"), {Qt::Key_G}, [this] { openChart(); });
    m_openChart->setIcon(glyphIcon(Glyph::Charts));
    m_openChart->setIconText(tr("Chart"));
    m_compareMenu = new QMenu(tr("Co&mpare with"), this);
    m_compareMenu->menuAction()->setToolTip(tr("How far other exchanges' series agree with those of one"));
    m_venues = new QActionGroup(this);
    m_actions.push_back(m_compareMenu->menuAction());
    m_actions.push_back(nullptr);
    addAction(tr("&Next gap"), {Qt::Key_BracketRight}, [this] { goToGap(1); });
    addAction(tr("&Previous gap"), {Qt::Key_BracketLeft}, [this] { goToGap(-1); });
    m_up = addAction(tr("One level &up"), {Qt::Key_Escape, Qt::Key_Backspace}, [this] { goUp(); });
    m_asTable = addAction(tr("Show as a &table"), {}, [this] { showTable(m_asTable->isChecked()); });
    m_asTable->setCheckable(true);
    m_actions.push_back(nullptr);
    addAction(tr("Show &less time"), {}, [this] {
        m_matrix->zoom(1, m_matrix->viewport()->width());
    })->setIcon(glyphIcon(Glyph::ZoomIn));
    addAction(tr("Show &more time"), {}, [this] {
        m_matrix->zoom(-1, m_matrix->viewport()->width());
    })->setIcon(glyphIcon(Glyph::ZoomOut));
    addAction(tr("Filter &series"), {Qt::Key_Slash}, [this] { m_filter->setFocus(Qt::ShortcutFocusReason); });
}

QWidget* CoverageScreen::createBar()
{
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    m_bar = layout;
    layout->setContentsMargins(6, 4, 6, 4);
    m_filter = new QLineEdit;
    m_filter->setPlaceholderText(tr("Filter series, for example: btc spot 1m"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter series"));
    m_filter->setMinimumWidth(fontMetrics().averageCharWidth() * 18);
    m_filter->setMaximumWidth(fontMetrics().averageCharWidth() * 40);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_matrix->setFilter(text);
        fillTable();
        m_sum->setText(sumText());
        updateActions();
    });
    connect(m_filter, &QLineEdit::returnPressed, m_matrix, [this] { m_matrix->setFocus(); });
    m_path = new QLabel;
    m_path->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    m_path->setAccessibleName(tr("Where this is"));
    connect(m_path, &QLabel::linkActivated, this, [this](const QString& link) {
        setLevel(link == u"series"_s ? CoverageLevel::Calendar : CoverageLevel::Matrix);
    });
    layout->addWidget(m_path);
    m_path->setMinimumWidth(1);
    m_sum = new ElidedLabel;
    layout->addWidget(m_filter, 2);
    layout->addWidget(m_sum, 3);
    m_compareButton = new QToolButton;
    m_compareButton->setMenu(m_compareMenu);
    m_compareButton->setPopupMode(QToolButton::InstantPopup);
    m_compareButton->setFocusPolicy(Qt::TabFocus);
    layout->addWidget(m_compareButton);
    fillCompareMenu();
    for (QAction* action :
        {m_commands[CoverageCommand::Fill], m_commands[CoverageCommand::Verify], m_export, m_openChart}) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        layout->addWidget(button);
    }
    return bar;
}

void CoverageScreen::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isOld)
        read();
}

void CoverageScreen::storeChanged()
{
    m_isOld = true;
    if (isVisible() && !m_isReading && !m_timer.isActive())
        m_timer.start();
}

void CoverageScreen::read()
{
    if (m_isReading || !isVisible())
        return; // read again when this one is in, or when somebody looks
    m_isReading = true;
    m_isOld = false;
    m_source.read(this, m_matrix->unit(), m_heatmap,
        [this](Result<std::shared_ptr<const Heatmap>> heatmap) { arrived(std::move(heatmap)); });
}

void CoverageScreen::arrived(Result<std::shared_ptr<const Heatmap>> heatmap)
{
    m_isReading = false;
    m_hasRead = true;
    m_error.reset();
    if (!heatmap)
        m_error = heatmap.error();
    else if ((*heatmap)->unit != m_matrix->unit())
        m_isOld = true; // zoomed on meanwhile
    else
        m_heatmap = *heatmap;
    if (heatmap) {
        fillCompareMenu();
        m_compare->setCoverage(m_heatmap);
        if (!m_compare->isOn())
            m_matrix->setHeatmap(m_heatmap);
        m_card->storeChanged();
        if (m_level != CoverageLevel::Matrix) {
            if (auto days = calendarOf(**heatmap, m_series.id))
                m_calendar->setCells(std::move(days));
        }
        if (m_level == CoverageLevel::Strip)
            readStrip();
        if (const auto wanted = std::exchange(m_wanted, std::nullopt))
            openCalendar(wanted->first, wanted->second);
        fillTable();
    }
    choosePage();
    selectionChanged();
    if (m_isOld && isVisible())
        m_timer.start();
}

void CoverageScreen::choosePage()
{
    if (m_error)
        m_notice->show(tr("Coverage could not be read"), errorTextWithDetail(*m_error), tr("Try again"));
    else if (!m_hasRead)
        m_notice->show(tr("Reading coverage\u2026"), tr("Counting the bars of all series, day by day."));
    else if (m_compare->isOn() && m_matrix->heatmap()->rows.empty())
        m_notice->show(tr("Nothing to compare"),
            tr("No symbol of another exchange is stored at %1 too. Fetch it there, or choose another exchange.")
                .arg(toQString(m_compare->venue())));
    else if (m_heatmap->rows.empty())
        m_notice->show(tr("Nothing is stored yet"),
            m_source.canRepair() ? tr("Fetch the history of a symbol, and this page shows where it is complete.")
                                 : tr("Another window collects; this page shows what it has stored."),
            m_source.canRepair() ? tr("First backfill\u2026") : QString());
    const bool hasCells = !m_error && m_hasRead && !m_matrix->heatmap()->rows.empty();
    QWidget* cells = m_level == CoverageLevel::Calendar ? static_cast<QWidget*>(m_calendar)
        : m_level == CoverageLevel::Strip               ? static_cast<QWidget*>(m_strip)
        : m_asTable->isChecked()                        ? static_cast<QWidget*>(m_table)
                                                        : m_matrix;
    m_pages->setCurrentWidget(hasCells ? cells : m_notice);
    m_pages->setFocusProxy(m_pages->currentWidget());
    showPath();
    m_sum->setText(hasCells ? sumText() : QString());
}

/// Of the series that are shown.
QString CoverageScreen::sumText() const
{
    if (m_compare->isOn())
        return m_compare->sumText();
    CoverageCounts total;
    std::int64_t series = 0;
    for (const HeatmapLine& line : m_matrix->lines()) {
        if (line.row < 0)
            continue;
        total += m_matrix->heatmap()->rows[static_cast<std::size_t>(line.row)]->total;
        ++series;
    }
    const auto complete = total.completeness();
    return tr("%1 series, %2 complete, %3 bars missing")
        .arg(countText(series), complete ? percentText(*complete) : u"\u2013"_s, countText(total.missing()));
}

void CoverageScreen::followScope(DisplayScope& scope)
{
    m_bar->insertWidget(m_bar->indexOf(m_filter) + 1, new ScopeButton(scope, ScopePanel::Coverage));
    connect(&scope, &DisplayScope::changed, this, [this, &scope] { applyScope(scope.of(ScopePanel::Coverage)); });
    applyScope(scope.of(ScopePanel::Coverage));
}

void CoverageScreen::applyScope(const Scope& scope)
{
    if (std::exchange(m_scope, scope) == scope)
        return;
    m_matrix->setScope(scope);
    fillTable();
    if (m_level != CoverageLevel::Matrix && !scope.accepts(m_series.key))
        m_level = CoverageLevel::Matrix; // the keys stay where they are: somebody is choosing
    choosePage();
    selectionChanged();
}

void CoverageScreen::noticePressed()
{
    if (!m_error) {
        emit backfillRequested();
        return;
    }
    m_error.reset();
    m_hasRead = false;
    choosePage();
    read();
}

void CoverageScreen::selectionChanged()
{
    if (m_compare->isOn())
        m_disagreementCard->show(m_matrix->cursorText());
    else
        m_card->setSelection(selection());
    updateActions();
}

void CoverageScreen::updateActions()
{
    const bool hasSelection = !selection().isEmpty();
    const bool isComparing = m_compare->isOn();
    m_up->setEnabled(m_level != CoverageLevel::Matrix || m_asTable->isChecked() || isComparing || !m_filter->text().isEmpty());
    setReason(*m_up, tr("This is the top level"));
    for (QAction* action : {m_openChart, m_export, m_exportCandles}) {
        action->setEnabled(hasSelection && (!isComparing || action == m_openChart));
        setReason(*action, isComparing && hasSelection ? tr("End the comparison first") : tr("Choose a cell first"));
    }
    m_asTable->setEnabled(!isComparing);
    setReason(*m_asTable, tr("End the comparison first"));
    for (const auto& [command, action] : m_commands) {
        const QString reason = isComparing ? tr("End the comparison first") : m_card->whyNot(command);
        action->setEnabled(reason.isEmpty());
        setReason(*action, reason);
    }
    m_undo->setEnabled(m_card->history()->canUndo());
    m_redo->setEnabled(m_card->history()->canRedo());
}

CoverageSelection CoverageScreen::selection() const
{
    switch (m_level) {
    case CoverageLevel::Matrix:
        return m_matrix->selection();
    case CoverageLevel::Calendar:
        return m_calendar->selection();
    case CoverageLevel::Strip:
        return m_strip->selection();
    }
    return {};
}

void CoverageScreen::setLevel(CoverageLevel level)
{
    m_level = level;
    choosePage();
    m_pages->currentWidget()->setFocus();
    selectionChanged();
}

void CoverageScreen::showSeries(const SeriesRecord& series, UtcMs time)
{
    if (m_hasRead && !m_error)
        openCalendar(series, time);
    if (m_isOld || m_isReading)
        m_wanted = {series, time};
}

void CoverageScreen::showMatching(const QString& words)
{
    m_wanted.reset();
    if (m_level != CoverageLevel::Matrix)
        setLevel(CoverageLevel::Matrix);
    m_filter->setText(words);
}

void CoverageScreen::goUp()
{
    if (m_card->cancelForm())
        return;
    if (m_level == CoverageLevel::Strip)
        return setLevel(CoverageLevel::Calendar);
    if (m_level == CoverageLevel::Calendar)
        return setLevel(CoverageLevel::Matrix);
    if (m_compare->isOn())
        return compareWith({});
    if (m_asTable->isChecked())
        return showTable(false);
    m_filter->clear();
    m_matrix->setFocus();
}

void CoverageScreen::fillCompareMenu()
{
    std::set<std::string> venues;
    for (const auto& row : m_heatmap->rows)
        venues.insert(row->series.key.exchange);
    if (venues.size() < 2)
        venues.clear(); // there is no other one
    venues.insert({}); // which ends it
    if (static_cast<int>(venues.size()) != m_compareMenu->actions().size()) {
        m_compareMenu->clear();
        for (const std::string& venue : venues) {
            QAction* action =
                m_compareMenu->addAction(venue.empty() ? tr("&Nothing: show coverage") : toQString(venue));
            action->setCheckable(true);
            action->setData(toQString(venue));
            m_venues->addAction(action);
            connect(action, &QAction::triggered, this, [this, venue] { compareWith(venue); });
        }
    }
    for (QAction* action : m_compareMenu->actions())
        action->setChecked(action->data().toString().toStdString() == m_compare->venue());
    m_compareButton->setText(m_compare->isOn() ? tr("Against %1").arg(toQString(m_compare->venue())) : tr("Compare"));
    m_compareButton->setEnabled(m_compareMenu->actions().size() > 1);
    m_compareButton->setToolTip(m_compareButton->isEnabled() ? m_compareMenu->menuAction()->toolTip()
                                                             : tr("Series of one exchange alone are stored"));
}

void CoverageScreen::compareWith(const std::string& venue)
{
    m_asTable->setChecked(false);
    m_level = CoverageLevel::Matrix;
    m_compare->setVenue(venue);
    m_legend->setComparing(m_compare->isOn());
    m_card->setVisible(!m_compare->isOn());
    m_disagreementCard->setVisible(m_compare->isOn());
    fillCompareMenu();
    comparisonChanged();
    m_pages->currentWidget()->setFocus();
}

void CoverageScreen::comparisonChanged()
{
    m_matrix->setHeatmap(m_compare->isOn() ? m_compare->heatmap() : m_heatmap);
    choosePage();
    selectionChanged();
}

void CoverageScreen::showTable(bool isTable)
{
    m_asTable->setChecked(isTable);
    fillTable();
    setLevel(CoverageLevel::Matrix);
}

void CoverageScreen::fillTable()
{
    if (m_asTable->isChecked())
        m_tableModel->setHeatmap(m_heatmap, m_filter->text(), m_scope);
}

void CoverageScreen::openCalendar(const SeriesRecord& series, UtcMs time)
{
    if (m_compare->isOn())
        compareWith({}); // days tell coverage
    auto days = calendarOf(*m_heatmap, series.id);
    if (!days)
        return;
    m_series = series;
    m_calendar->setCells(std::move(days));
    setLevel(CoverageLevel::Calendar);
    m_calendar->setCursor(m_calendar->cells()->indexOf(time));
}

void CoverageScreen::openStrip(UtcMs time, int toEdge)
{
    m_stripTime = time;
    m_stripEdge = toEdge;
    readStrip();
}

void CoverageScreen::readStrip()
{
    const TimeRange range = stripRangeAt(m_series, m_stripTime);
    m_source.readGaps(this, m_series, range, [this, range, series = m_series](Result<std::vector<Gap>> gaps) {
        if (series.id != m_series.id || range != stripRangeAt(m_series, m_stripTime))
            return; // gone on meanwhile
        if (!gaps) {
            emit told(errorText(gaps.error()));
            return;
        }
        const auto row = m_heatmap->coverage->row(series.id, {});
        const bool isFirst = m_level != CoverageLevel::Strip || m_stripEdge != 0;
        m_strip->setCells(
            stripOf(series, range, std::move(*gaps), row ? row->known : TimeRange {}, SystemClock().now(),
                m_heatmap->notes));
        if (!isFirst)
            return showPath();
        setLevel(CoverageLevel::Strip);
        // Whoever opens a day wants to see what is wrong with it; whoever walks on comes in at its edge.
        const int edge = std::exchange(m_stripEdge, 0);
        m_strip->setCursor(edge < 0 ? m_strip->cells()->count() - 1 : 0);
        if (edge == 0 && !m_strip->isAtGap())
            m_strip->goToGap(1);
    });
}

void CoverageScreen::showPath()
{
    QStringList path;
    const bool isMatrix = m_level == CoverageLevel::Matrix;
    m_path->setVisible(!isMatrix);
    m_filter->setVisible(isMatrix); // the way back takes its place
    m_sum->setVisible(isMatrix);
    if (isMatrix)
        return;
    path << u"<a href=\"all\">%1</a>"_s.arg(tr("All series"));
    const QString name = titleOf(m_series.key).toHtmlEscaped();
    if (m_level == CoverageLevel::Strip)
        path << u"<a href=\"series\">%1</a>"_s.arg(name) << rangeText(stripRangeAt(m_series, m_stripTime));
    else
        path << u"<b>%1</b>"_s.arg(name);
    m_path->setText(path.join(u"  \u203A  "_s));
}

void CoverageScreen::goToGap(int direction)
{
    const bool isFound = m_level == CoverageLevel::Matrix ? m_matrix->goToGap(direction)
        : m_level == CoverageLevel::Calendar              ? m_calendar->goToGap(direction)
                                                          : m_strip->goToGap(direction);
    if (!isFound)
        emit told(direction > 0 ? tr("There is no later gap in what is shown.")
                                : tr("There is no earlier gap in what is shown."));
}

void CoverageScreen::applyJobs(const std::vector<JobSnapshot>& jobs)
{
    m_card->applyJobs(jobs);
}

void CoverageScreen::exportCells()
{
    const CoverageSelection chosen = selection();
    if (chosen.isEmpty())
        return;
    auto* dialog = new QFileDialog(this, tr("Export coverage"), u"coverage.csv"_s, tr("CSV (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"csv"_s);
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, chosen](const QString& file) { writeCells(chosen, file); });
    dialog->open();
}

void CoverageScreen::writeCells(const CoverageSelection& chosen, const QString& file)
{
    const Heatmap& heatmap = *m_heatmap;
    std::vector<UtcMs> bounds;
    if (m_level == CoverageLevel::Matrix)
        std::ranges::copy_if(heatmap.bounds, std::back_inserter(bounds),
            [&](UtcMs bound) { return chosen.range.from <= bound && bound <= chosen.range.to; });
    else
        bounds = dayBounds(chosen.range);
    m_source.exportCells(this, heatmap.coverage, chosen, std::move(bounds), file,
        [this, file](const Result<std::int64_t>& lines) { announceWritten(file, lines); });
}

/// One series becomes one file; of several each gets its own in a folder.
void CoverageScreen::exportCandles()
{
    const CoverageSelection chosen = selection();
    if (chosen.isEmpty())
        return;
    const bool isOne = chosen.series.size() == 1;
    auto* dialog = isOne ? new QFileDialog(this, tr("Export bars"), u"candles.csv"_s, tr("CSV (*.csv)"))
                         : new QFileDialog(this, tr("Export bars: a folder for a file of each series"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(isOne ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
    if (isOne)
        dialog->setDefaultSuffix(u"csv"_s);
    else
        dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this, chosen](const QString& path) {
        m_source.exportCandles(this, chosen, path,
            [this, path](const Result<std::int64_t>& rows) { announceWritten(path, rows); });
    });
    dialog->open();
}

void CoverageScreen::announceWritten(const QString& where, const Result<std::int64_t>& lines)
{
    emit told(lines ? tr("%Ln line(s) were written to %1.", nullptr, static_cast<int>(*lines)).arg(where) : errorText(lines.error()));
}

void CoverageScreen::openChart()
{
    const CoverageSelection chosen = selection();
    if (chosen.isEmpty())
        return;
    const SeriesRecord& first = chosen.series.front();
    if (!m_compare->isOn()) {
        emit chartRequested(first.key, chosen.range);
        return;
    }
    const auto& rows = m_compare->heatmap()->rows;
    const auto pair = std::ranges::find_if(rows, [&](const auto& row) { return row->series.id == first.id; });
    if (pair != rows.end())
        emit comparisonRequested(first.key, (*pair)->disagreement->other.key, chosen.range);
}

void CoverageScreen::openMenu(QPoint global)
{
    QMenu menu(this);
    for (QAction* action : m_actions) {
        if (action)
            menu.addAction(action);
        else
            menu.addSeparator();
    }
    menu.exec(global);
}

} // namespace mnemo
