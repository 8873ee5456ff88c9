#include "ui/home/homepage.h"

#include <QAction>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/home/attentionview.h"
#include "ui/home/healthchip.h"
#include "ui/home/healthtext.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/glyphicon.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/messagepage.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int readAgainAfter = 800; ///< ms; a backfill at full speed stores many times a second
constexpr int lookEvery = 20'000; ///< ms

/// Until when budgets are refused; a moment of its own while the breaker is not closed. Nothing while all is well.
std::vector<SteadyTime> stopsOf(const LaneSnapshot& lane)
{
    std::vector<SteadyTime> stops;
    for (const BudgetState& budget : lane.budgets) {
        if (budget.blockedUntil)
            stops.push_back(*budget.blockedUntil);
    }
    if (lane.breaker != BreakerState::Closed)
        stops.push_back(lane.breaker == BreakerState::Open ? SteadyTime::max() : SteadyTime::min());
    return stops;
}

const std::set<HealthCause>& causesOf(HomeArea area)
{
    static const std::map<HomeArea, std::set<HealthCause>> causes {
        {HomeArea::Fresh, {HealthCause::Stale, HealthCause::Lane}},
        {HomeArea::Gaps, {HealthCause::Gaps, HealthCause::Outage}},
        {HomeArea::Failed, {HealthCause::FailedJobs, HealthCause::Lane}},
        {HomeArea::GapsLeft, {}},
        {HomeArea::AtRisk, {HealthCause::Retention}},
        {HomeArea::Running, {}},
    };
    return causes.at(area);
}

} // namespace

HomePage::HomePage(HomePort& port, const DisplayZone& zone, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_zone(zone)
    , m_model(new AttentionModel(zone, this))
    , m_view(new AttentionView)
{
    m_model->setReadOnly(port.isReadOnly());
    m_view->setModel(m_model);
    m_pages = new QStackedWidget;
    m_message = new MessagePage(0);
    m_pages->addWidget(m_message);
    m_pages->addWidget(m_view);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(createHeader());
    layout->addWidget(createChips());
    layout->addWidget(m_pages, 1);
    createActions();
    m_soon.setSingleShot(true);
    m_soon.setInterval(readAgainAfter);
    m_clock.setInterval(lookEvery);
    connect(&m_soon, &QTimer::timeout, this, &HomePage::read);
    connect(&m_clock, &QTimer::timeout, this, &HomePage::check);
    connect(&zone, &DisplayZone::changed, this, &HomePage::choosePage);
    connect(m_view, &AttentionView::stepWanted, this, [this](const QModelIndex& cell) { takeStep(cell.row()); });
    connect(m_view, &AttentionView::openWanted, this,
        [this](const QModelIndex& cell) { emit openRequested(m_model->issueAt(cell.row())); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &HomePage::updateActions);
    connect(m_model, &AttentionModel::dataChanged, this, &HomePage::updateActions);
    connect(m_model, &AttentionModel::ended, this, [this](const QString& sentence) {
        emit told(sentence);
        check();
    });
    m_askReason = [this](const QString& question) -> std::optional<QString> {
        bool isGiven = false;
        const QString reason = QInputDialog::getText(this, tr("Accept"), question, QLineEdit::Normal, {}, &isGiven);
        return isGiven ? std::optional(reason) : std::nullopt;
    };
    choosePage();
    updateActions();
}

HomePage::~HomePage() = default;

// --- its parts ---

QWidget* HomePage::createHeader()
{
    m_status = new QLabel;
    m_status->setForegroundRole(QPalette::PlaceholderText);
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_filter = new QLineEdit;
    m_filter->setPlaceholderText(tr("Filter, for example: btc 1m"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter what needs attention"));
    m_filter->setFixedWidth(fontMetrics().averageCharWidth() * 30);
    m_filter->installEventFilter(this);
    auto* again = new QPushButton(tr("Check again"));
    again->setIcon(glyphIcon(Glyph::Refresh));
    auto* header = new QWidget;
    auto* layout = new QHBoxLayout(header);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(headline(tr("Home")));
    layout->addSpacing(12);
    layout->addWidget(m_status, 1);
    layout->addWidget(m_filter);
    layout->addWidget(again);
    connect(m_filter, &QLineEdit::textChanged, this, &HomePage::applyFilter);
    connect(again, &QPushButton::clicked, this, &HomePage::check);
    return header;
}

QWidget* HomePage::createChips()
{
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 2, 0, 4);
    layout->setSpacing(8);
    for (const auto& [area, name] : {std::pair {HomeArea::Fresh, tr("Fresh")}, {HomeArea::Gaps, tr("Series with gaps")},
             {HomeArea::Failed, tr("Failed, 24 h")}, {HomeArea::GapsLeft, tr("Left gaps, 24 h")}, {HomeArea::AtRisk, tr("Retention at risk")},
             {HomeArea::Running, tr("Running")}}) {
        auto* chip = new HealthChip(name);
        chip->setNumber(HealthChip::Mood::Unknown, u"\u2026"_s, {});
        m_chips[area] = chip;
        layout->addWidget(chip);
        connect(chip, &QAbstractButton::clicked, this, [this, of = area] { chipPressed(of); });
    }
    return row;
}

QAction* HomePage::addAction(const QString& text, const QKeySequence& key, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, run);
    QWidget::addAction(action);
    m_actions.push_back(action);
    return action;
}

void HomePage::createActions()
{
    const auto current = [this] { return m_view->currentIndex().row(); };
    m_step = addAction(tr("&Press the row's button"), {}, [this, current] { takeStep(current()); });
    m_open = addAction(tr("&Open where it is"), Qt::Key_O, [this, current] {
        if (current() >= 0)
            emit openRequested(m_model->issueAt(current()));
    });
    m_actions.push_back(nullptr);
    addAction(tr("&Filter what needs attention"), Qt::Key_Slash,
        [this] { m_filter->setFocus(Qt::ShortcutFocusReason); });
    m_showAll = addAction(tr("&Show all of it"), Qt::Key_Escape, [this] { clearFilter(); });
    m_actions.push_back(nullptr);
    addAction(tr("&Check again"), Qt::Key_R, [this] { check(); })->setIcon(glyphIcon(Glyph::Refresh));
}

void HomePage::updateActions()
{
    const int row = m_view->currentIndex().row();
    m_step->setEnabled(row >= 0 && m_model->isPressable(row));
    m_step->setText(row >= 0 ? tr("&Press the row's button: %1").arg(textOf(m_model->issueAt(row).step))
                             : tr("&Press the row's button"));
    setReason(*m_step, row < 0 ? tr("Choose a row first")
            : m_port.isReadOnly() ? tr("This window only reads")
                                  : tr("The row's jobs are under way"));
    m_open->setEnabled(row >= 0);
    setReason(*m_open, tr("Choose a row first"));
    m_showAll->setEnabled(m_model->isFiltered());
    setReason(*m_showAll, tr("All of it is shown"));
}

// --- reading ---

void HomePage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_clock.start();
    check();
}

void HomePage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_clock.stop();
}

void HomePage::storeChanged()
{
    m_isOld = true;
    if (isVisible() && !m_isReading && !m_soon.isActive())
        m_soon.start();
}

void HomePage::applyLane(const LaneSnapshot& lane)
{
    std::vector<SteadyTime>& before = m_stops[lane.id];
    if (std::vector<SteadyTime> now = stopsOf(lane); now != before) { // each request moves the budgets
        before = std::move(now);
        storeChanged();
    }
}

void HomePage::applyJobs(const std::vector<JobSnapshot>& jobs)
{
    m_model->applyJobs(jobs);
    storeChanged();
}

void HomePage::check()
{
    m_isOld = true;
    read();
}

void HomePage::read()
{
    if (m_isReading || !isVisible() || !m_isOld)
        return; // read again when this one is in, or when somebody looks
    m_isReading = true;
    m_isOld = false;
    m_port.read(this, [this](const Result<std::shared_ptr<const Health>>& health) { arrived(health); });
}

void HomePage::arrived(const Result<std::shared_ptr<const Health>>& health)
{
    m_isReading = false;
    m_error.reset();
    const bool isFirst = !m_health;
    if (health) {
        m_health = *health;
        m_model->apply(*m_health);
        showChips();
    } else {
        m_error = health.error();
    }
    choosePage();
    updateActions();
    if (isFirst && window()->focusWidget() == m_chips[HomeArea::Fresh]) // also while another window is active
        focusProxy()->setFocus(); // it stood in for the list; Return is for the row that is chosen
    if (m_isOld && isVisible())
        m_soon.start();
}

// --- what is shown ---

void HomePage::showChips()
{
    using Mood = HealthChip::Mood;
    const Health& now = *m_health;
    const auto count = [](std::int64_t number) { return countText(number); };
    m_chips[HomeArea::Fresh]->setNumber(now.kept == 0 ? Mood::Unknown
            : now.fresh < now.kept               ? Mood::Warning
                                                 : Mood::Good,
        now.kept == 0 ? u"\u2013"_s : tr("%1 of %2").arg(count(now.fresh), count(now.kept)),
        tr("Series that are kept up to date and whose newest closed bars are stored. %1 more hold history alone.")
            .arg(count(now.series - now.kept)));
    m_chips[HomeArea::Gaps]->setNumber(now.withGaps > 0 ? Mood::Warning : Mood::Good, count(now.withGaps),
        tr("Series that lack bars which could be there: %1 bars in all.").arg(count(now.missingBars)));
    const auto ended = [&](HomeArea area, std::int64_t jobs, Mood mood, const QString& tip) {
        m_chips[area]->setNumber(!now.areJobsKnown ? Mood::Unknown : jobs > 0 ? mood : Mood::Good,
            now.areJobsKnown ? count(jobs) : u"\u2013"_s,
            now.areJobsKnown ? tip : tr("The jobs are those of the window that collects."));
    };
    ended(HomeArea::Failed, now.failed, Mood::Bad,
        tr("Jobs that failed in the last 24 h, since the program began. Those that a later job made good are left out."));
    ended(HomeArea::GapsLeft, now.withGapsEnded, Mood::Warning,
        tr("Jobs of the last 24 h, since the program began, that finished and left gaps: bars of an outage, or that the source "
           "did not have. Those that a later job made good are left out. Opens the jobs."));
    m_chips[HomeArea::AtRisk]->setNumber(now.atRisk > 0 ? Mood::Bad : Mood::Good, count(now.atRisk),
        tr("Series that lack bars which their source soon no longer has."));
    m_chips[HomeArea::Running]->setNumber(!now.areJobsKnown ? Mood::Unknown
            : now.running > 0                          ? Mood::Working
                                                       : Mood::Good,
        !now.areJobsKnown ? u"\u2013"_s
            : now.waiting > 0 ? tr("%1 (+%2)").arg(count(now.running), count(now.waiting))
                              : count(now.running),
        now.areJobsKnown ? tr("Jobs that are at work now, and those that wait. Opens the jobs.")
                         : tr("The jobs are those of the window that collects."));
    m_status->setText(tr("Checked at %1 %2")
                          .arg(m_zone.at(now.checkedAt).toString(u"HH:mm:ss"_s), m_zone.label(now.checkedAt)));
}

QPushButton* HomePage::messageButton() const
{
    return m_message->button();
}

void HomePage::choosePage()
{
    const bool isListShown = !m_error && m_health && m_model->rowCount() > 0;
    m_pages->setCurrentIndex(isListShown ? 1 : 0);
    if (isListShown && !m_view->currentIndex().isValid())
        m_view->setCurrentIndex(m_model->index(0, 0));
    if (m_error)
        showMessage(u"\u2715"_s, tr("How things are could not be read"), errorTextWithDetail(*m_error), tr("Try again"),
            [this] { check(); });
    else if (!m_health)
        showMessage(u"\u2026"_s, tr("Looking at what is stored\u2026"), {});
    else if (m_model->isFiltered() && m_model->totalCount() > 0)
        showMessage(u"\u25CB"_s, tr("Nothing like this needs attention"),
            tr("%1 other rows are not shown.").arg(countText(std::int64_t {m_model->totalCount()})), tr("Show all of it"),
            [this] { clearFilter(); });
    else
        showClear();
    if (isListShown)
        setFocusProxy(m_view);
    else
        setFocusProxy(messageButton()->isHidden() ? static_cast<QWidget*>(m_chips[HomeArea::Fresh]) : messageButton());
    if (m_health && !m_error)
        showChips(); // the zone may be another one
}

void HomePage::showClear()
{
    const Health& now = *m_health;
    const QString when = tr("Last check: %1 %2.").arg(m_zone.timeText(now.checkedAt), m_zone.label(now.checkedAt));
    if (now.series == 0) {
        showMessage(u"\u25CB"_s, tr("Nothing is stored yet"), when, m_port.isReadOnly() ? QString() : tr("First backfill\u2026"),
            [this] { emit backfillRequested(); });
        return;
    }
    showMessage(u"\u2713"_s, tr("All clear"),
        tr("%1 series are stored. Those that are kept up to date are, none has holes, no job failed in the last 24 h, "
           "nothing is about to be lost, and no finding waits for a decision.\n%2")
            .arg(countText(now.series), when));
}

QString HomePage::message() const
{
    if (m_pages->currentIndex() != 0)
        return {};
    return m_message->title() + u'\n' + m_message->text();
}

void HomePage::showMessage(const QString& glyph, const QString& title, const QString& text, const QString& button,
    const std::function<void()>& press)
{
    const Theme theme = Theme::of(palette());
    m_message->setGlyph(glyph, m_error ? theme.bad : glyph == u"\u2713"_s ? theme.good : theme.neutral);
    m_message->say(title, text);
    m_message->offer(button, press);
}

// --- what a person does ---

void HomePage::chipPressed(HomeArea area)
{
    if (m_model->count(causesOf(area)) == 0 && m_area != area) {
        emit areaRequested(area); // nothing here to be shown alone
        return;
    }
    m_area = m_area == area ? std::nullopt : std::optional(area);
    applyFilter();
}

void HomePage::applyFilter()
{
    for (const auto& [area, chip] : m_chips) {
        chip->setCheckable(m_area == area);
        chip->setChecked(m_area == area);
    }
    m_model->setFilter(m_filter->text().toLower().split(u' ', Qt::SkipEmptyParts),
        m_area ? causesOf(*m_area) : std::set<HealthCause> {});
    choosePage();
    updateActions();
}

void HomePage::clearFilter()
{
    m_area.reset();
    const QSignalBlocker blocker(m_filter);
    m_filter->clear();
    applyFilter();
    m_view->setFocus();
}

void HomePage::takeStep(int row)
{
    if (row < 0 || !m_model->isPressable(row))
        return;
    const HealthIssue issue = m_model->issueAt(row);
    if (issue.step == HealthStep::Open) {
        emit openRequested(issue);
        return;
    }
    QString reason;
    if (issue.step == HealthStep::Accept) {
        const auto given = m_askReason(
            tr("%1. %2\nThe reason, for your list of outages:").arg(titleOf(issue), reasonOf(issue, m_zone, m_health->checkedAt)));
        if (!given)
            return;
        reason = given->trimmed();
        if (reason.isEmpty()) {
            emit told(tr("Nothing was accepted: it takes a reason."));
            return;
        }
    }
    const std::string id = issue.id();
    m_model->begin(id);
    m_port.treat(this, issue, reason, [this, id](const Result<Treatment>& treated) {
        if (!treated) {
            m_model->refused(id, errorText(treated.error()));
            emit told(errorTextWithDetail(treated.error()));
            return;
        }
        if (!treated->refused.empty())
            emit told(tr("%1 series could not be started. %2")
                          .arg(countText(static_cast<std::int64_t>(treated->refused.size())),
                              errorText(treated->refused.front())));
        m_model->begun(id, *treated);
    });
}

bool HomePage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            m_view->setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace mnemo
