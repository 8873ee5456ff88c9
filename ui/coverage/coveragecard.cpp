#include "ui/coverage/coveragecard.h"

#include <QApplication>
#include <QComboBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/chart/gapcard.h"
#include "ui/coverage/cardtext.h"
#include "ui/coverage/remarkhistory.h"
#include "ui/jobs/requestsmodel.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/headline.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int readAfter = 60; ///< ms; a cursor that runs asks for its last cell alone
constexpr std::size_t mostListed = 200;

QLabel* wrapped()
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    return label;
}

QString utcText(TimeRange range)
{
    return CoverageCard::tr("%1 UTC").arg(rangeText(range));
}

} // namespace

CoverageCard::CoverageCard(CoverageSource& source, QWidget* parent)
    : QWidget(parent)
    , m_source(source)
    , m_title(headline({}))
    , m_series(wrapped())
    , m_sum(wrapped())
    , m_which(new QComboBox)
    , m_facts(wrapped())
    , m_evidence(wrapped())
    , m_remarks(wrapped())
    , m_buttonBox(new QWidget)
    , m_effects(wrapped())
    , m_form(new CoverageForm)
    , m_history(new RemarkHistory(source, this))
    , m_progress(new QProgressBar)
    , m_job(wrapped())
    , m_proof(wrapped())
    , m_requests(new QTableView)
    , m_requestsModel(new RequestsModel(this))
    , m_actions(wrapped())
{
    setAccessibleName(tr("Gap card"));
    m_title->setWordWrap(true);
    m_which->setAccessibleName(tr("Gaps in the chosen cells"));
    m_which->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_remarks->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_remarks->setAccessibleName(tr("Notes and outages"));
    m_actions->setAccessibleName(tr("What was done here"));
    m_progress->setAccessibleName(tr("Progress of the repair"));
    m_progress->setRange(0, 1000);
    m_requests->setModel(m_requestsModel);
    m_requests->setAccessibleName(tr("Requests of the repair"));
    m_requests->setSelectionBehavior(QTableView::SelectRows);
    m_requests->verticalHeader()->hide();
    m_requests->horizontalHeader()->setStretchLastSection(true);
    m_requests->setMinimumHeight(fontMetrics().height() * 6);
    m_buttonBox->setLayout(createButtons());
    auto* inside = new QWidget;
    auto* layout = new QVBoxLayout(inside);
    layout->setContentsMargins(10, 8, 10, 8);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_title, m_series, m_sum, m_which, m_facts, m_evidence,
             m_remarks, m_buttonBox, m_effects, m_form, m_progress, m_job, m_proof})
        layout->addWidget(widget);
    layout->addWidget(m_requests, 1);
    layout->addWidget(m_actions);
    layout->addStretch(0);
    auto* scroll = new QScrollArea; // a proof is longer than a low window
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);
    m_timer.setSingleShot(true);
    m_timer.setInterval(readAfter);
    connect(&m_timer, &QTimer::timeout, this, &CoverageCard::read);
    connect(m_which, &QComboBox::currentIndexChanged, this, &CoverageCard::showGap);
    connect(m_remarks, &QLabel::linkActivated, this, &CoverageCard::removeRemark);
    connect(m_history, &RemarkHistory::told, this, &CoverageCard::told);
    connect(m_history, &RemarkHistory::changed, this, [this] {
        if (m_report)
            m_timer.start(); // what is said about them is old
        emit changed();
    });
    connect(m_form, &CoverageForm::started, this, &CoverageCard::formStarted);
    connect(m_form, &CoverageForm::cancelled, this, &CoverageCard::closeForm);
    connect(m_form, &CoverageForm::planWanted, this, [this](RepairKind kind) {
        plan(kind, [this](Result<RepairPlan> plan) { m_form->setPlan(std::move(plan)); });
    });
    setMinimumWidth(fontMetrics().averageCharWidth() * 40);
    showState();
}

QLayout* CoverageCard::createButtons()
{
    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 2, 0, 2);
    int at = 0;
    for (const auto& [command, text] : {std::pair {CoverageCommand::Fill, tr("Fill")},
             {CoverageCommand::Verify, tr("Verify\u2026")}, {CoverageCommand::MarkOutage, tr("Mark as outage\u2026")},
             {CoverageCommand::Annotate, tr("Add a note\u2026")}}) {
        auto* button = new QPushButton(text);
        m_buttons[command] = button;
        grid->addWidget(button, at / 2, at % 2);
        connect(button, &QPushButton::clicked, this, [this, which = command] { begin(which); });
        ++at;
    }
    return grid;
}

void CoverageCard::setSelection(const CoverageSelection& selection)
{
    if (selection == m_selection)
        return;
    m_selection = selection;
    m_form->hide();
    m_jobs.clear();
    m_before.reset();
    m_report.reset();
    m_repairProof.reset();
    m_problem.clear();
    m_isOld = m_isReading;
    m_isJobOver = false;
    if (selection.isEmpty())
        return setState(State::Nothing);
    if (selection.series.size() > 1) {
        setState(State::Told);
        return;
    }
    setState(State::Reading);
    m_timer.start();
}

void CoverageCard::storeChanged()
{
    if (m_state == State::Told && m_selection.series.size() == 1 && !m_timer.isActive())
        m_timer.start();
}

void CoverageCard::read()
{
    if (m_selection.series.size() != 1)
        return;
    if (m_isReading) {
        m_isOld = true;
        return;
    }
    m_isReading = true;
    m_isOld = false;
    m_source.readReport(this, m_selection.series.front(), m_selection.range,
        [this, isProof = m_isJobOver](Result<GapReport> report) { arrived(std::move(report), isProof); });
}

void CoverageCard::arrived(Result<GapReport> report, bool isProof)
{
    m_isReading = false;
    const bool isOther = m_selection.series.size() != 1
        || (report && (report->series != m_selection.series.front() || report->range != m_selection.range));
    if (isOther || m_isOld) {
        if (m_selection.series.size() == 1)
            m_timer.start();
        if (isOther)
            return;
    }
    if (!report) {
        m_problem = errorText(report.error());
        return setState(State::Broken);
    }
    m_report = std::move(*report);
    const QSignalBlocker blocker(m_which);
    m_which->clear();
    for (std::size_t i = 0; i < std::min(m_report->gaps.size(), mostListed); ++i) {
        const Gap& gap = m_report->gaps[i];
        m_which->addItem(
            tr("%1: %2, %3 bars").arg(textOf(gap.gapClass, m_report->series.key.kind), timeText(gap.range.from), countText(gap.bars)));
    }
    if (isProof)
        return setState(State::Proven);
    setState(m_state == State::Working ? State::Working : State::Told); // Working: asked before the job's end
}

// --- commands ---

QString CoverageCard::whyNot(CoverageCommand command) const
{
    if (m_selection.isEmpty())
        return tr("Choose a cell first");
    if (!m_source.canRepair())
        return tr("This window only reads");
    if (m_state == State::Reading)
        return tr("It is being looked at what is there");
    if (m_state == State::Working)
        return tr("A repair is at work here");
    if (command == CoverageCommand::Fill && m_report && m_report->missing() == 0)
        return tr("Nothing is missing here");
    return {};
}

bool CoverageCard::begin(CoverageCommand command)
{
    if (!whyNot(command).isEmpty())
        return false;
    if (command == CoverageCommand::Fill && m_selection.series.size() == 1)
        fillAtOnce();
    else
        openForm(command);
    return true;
}

void CoverageCard::fillAtOnce()
{
    m_form->hide();
    m_before = m_report;
    m_jobs.clear();
    m_isJobOver = false;
    m_repairProof.reset();
    setState(State::Working);
    plan(RepairKind::Fill, [this](Result<RepairPlan> plan) {
        if (!plan) {
            m_problem = errorText(plan.error());
            setState(State::Broken);
            return;
        }
        run(*plan);
    });
}

void CoverageCard::openForm(CoverageCommand command)
{
    const bool isOne = m_selection.series.size() == 1 && m_report;
    std::optional<std::int64_t> absent;
    if (isOne && command == CoverageCommand::MarkOutage)
        absent = shownGap() ? shownGap()->bars : m_report->absent();
    else if (isOne)
        absent = m_report->absent();
    // An outage is the gap that is shown; a note is about what was chosen.
    const bool isOfGap = command == CoverageCommand::MarkOutage && shownGap();
    m_form->open(command, m_selection, isOfGap ? shownGap()->range : m_selection.range, absent);
    showState();
    emit changed();
}

void CoverageCard::closeForm()
{
    const bool hadFocus = m_form->isAncestorOf(QApplication::focusWidget());
    m_form->hide();
    showState();
    if (hadFocus)
        m_buttons.at(m_form->command())->setFocus();
    emit changed();
}

bool CoverageCard::cancelForm()
{
    if (!m_form->isVisibleTo(this))
        return false;
    closeForm();
    return true;
}

void CoverageCard::formStarted()
{
    const CoverageCommand command = m_form->command();
    if (command == CoverageCommand::MarkOutage || command == CoverageCommand::Annotate) {
        m_history->add(remarksOf(m_form->request()));
        closeForm();
        return;
    }
    const RepairPlan plan = *m_form->plan();
    m_before = m_report;
    m_jobs.clear();
    m_isJobOver = false;
    m_repairProof.reset();
    closeForm();
    setState(State::Working);
    run(plan);
}

/// Answers that come when something else is chosen are dropped.
void CoverageCard::plan(RepairKind kind, const std::function<void(Result<RepairPlan>)>& answer)
{
    m_source.plan(this, m_selection, kind, [this, of = m_selection, answer](Result<RepairPlan> plan) {
        if (of == m_selection)
            answer(std::move(plan));
    });
}

void CoverageCard::run(const RepairPlan& plan)
{
    m_requestsModel->setRecords({});
    m_source.repair(this, plan, [this, of = m_selection](const RepairStart& start) {
        if (of == m_selection)
            started(start);
    });
}

void CoverageCard::removeRemark(const QString& link)
{
    if (!m_report)
        return;
    const QString kind = link.section(u':', 0, 0);
    const std::string id = link.section(u':', 1).toStdString();
    if (kind == u"note"_s) {
        if (const auto note = std::ranges::find(m_report->notes, id, &Annotation::id); note != m_report->notes.end())
            m_history->remove(*note);
    } else if (const auto outage = std::ranges::find(m_report->outages, id, &ListedOutage::id);
               outage != m_report->outages.end()) {
        m_history->remove(*outage);
    }
}

void CoverageCard::started(const RepairStart& start)
{
    if (start.jobs.empty()) {
        m_problem = start.errors.empty() ? tr("Nothing was started.") : errorText(start.errors.front());
        return setState(State::Broken);
    }
    for (const JobSnapshot& job : start.jobs)
        m_jobs[job.id] = job;
    if (!start.errors.empty())
        emit told(tr("%n series could not be started. %1", nullptr, static_cast<int>(start.errors.size()))
                      .arg(errorText(start.errors.front())));
    followJobs();
}

void CoverageCard::applyJobs(const std::vector<JobSnapshot>& jobs)
{
    bool isMine = false;
    for (const JobSnapshot& job : jobs) {
        if (const auto mine = m_jobs.find(job.id); mine != m_jobs.end()) {
            mine->second = job;
            isMine = true;
        }
    }
    if (isMine && m_state == State::Working)
        followJobs();
}

void CoverageCard::followJobs()
{
    std::int64_t done = 0, total = 0, rows = 0;
    std::size_t over = 0;
    for (const auto& [id, job] : m_jobs) {
        done += job.done;
        total += job.total;
        rows += job.rowsStored;
        over += isFinal(job.state) ? 1 : 0;
    }
    m_progress->setValue(total > 0 ? static_cast<int>(1000 * done / total) : 0);
    const JobSnapshot& first = m_jobs.begin()->second;
    if (m_jobs.size() == 1)
        m_job->setText(tr("%1 %2, %3 of %4 bars known, %5 rows stored. %6")
                           .arg(glyphOf(first.state), textOf(first.state), countText(done), countText(total),
                               countText(rows), toQString(first.waitingFor)));
    else
        m_job->setText(tr("%1 of %2 jobs are over, %3 rows stored.")
                           .arg(countText(static_cast<std::int64_t>(over)),
                               countText(static_cast<std::int64_t>(m_jobs.size())), countText(rows)));
    if (over == m_jobs.size())
        finished();
    else
        emit changed();
}

void CoverageCard::finished()
{
    m_source.details(this, m_jobs.begin()->first, [this](const std::optional<JobDetails>& details) {
        if (details)
            m_requestsModel->setRecords(details->requests);
        m_requests->resizeColumnsToContents();
        proofArrived();
    });
    if (m_jobs.size() != 1)
        return;
    m_source.proof(this, m_jobs.begin()->first, [this, of = m_selection](const std::optional<RepairProof>& proof) {
        if (of == m_selection && proof) {
            m_repairProof = proof;
            showProof();
        }
    });
}

void CoverageCard::proofArrived()
{
    m_isJobOver = true;
    if (m_selection.series.size() == 1)
        read(); // what is there now
    else
        setState(State::Proven);
}

void CoverageCard::setState(State state)
{
    m_state = state;
    showState();
    setAccessibleDescription(text());
    emit changed();
}

void CoverageCard::showMany()
{
    m_title->setText(tr("%n series", nullptr, static_cast<int>(m_selection.series.size())));
    m_series->setText(utcText(m_selection.range));
    m_sum->setText(tr("What you choose below is done for all of them; what will happen is listed first."));
}

const Gap* CoverageCard::shownGap() const
{
    const int index = m_which->currentIndex();
    const bool isThere = m_report && index >= 0 && index < static_cast<int>(m_report->gaps.size());
    return isThere ? &m_report->gaps[static_cast<std::size_t>(index)] : nullptr;
}

void CoverageCard::showGap(int index)
{
    if (!m_report || index < 0 || index >= static_cast<int>(m_report->gaps.size())) {
        m_facts->clear();
        m_evidence->clear();
        return;
    }
    const auto at = static_cast<std::size_t>(index);
    const Gap& gap = m_report->gaps[at];
    const Kind kind = m_report->series.key.kind;
    m_title->setText(tr("Gap: %1").arg(textOf(gap.gapClass, kind)));
    m_facts->setText(tr("From %1 to %2 UTC\n%3 bars, %4")
                         .arg(timeText(gap.range.from), timeText(gap.range.to), countText(gap.bars),
                             lengthText(gap.range.length())));
    QString evidence = at < m_report->evidence.size() ? toQString(m_report->evidence[at].text) : QString();
    if (evidence.isEmpty())
        evidence = toQString(gap.evidence);
    m_evidence->setText(meaningOf(gap.gapClass, kind) + (evidence.isEmpty() ? QString() : u'\n' + evidence));
}

void CoverageCard::showButtons()
{
    const bool isOne = m_selection.series.size() == 1;
    const std::int64_t missing = m_report ? m_report->missing() : 0;
    for (const auto& [command, button] : m_buttons) {
        const QString reason = whyNot(command);
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason);
    }
    fillButton()->setText(!isOne       ? tr("Fill\u2026")
            : missing > 1 ? tr("Fill %1 bars").arg(countText(missing))
                          : tr("Fill"));
    const bool saysFill = isOne && missing > 0 && fillButton()->isEnabled();
    m_effects->setVisible(saysFill && m_buttonBox->isVisibleTo(this));
    if (saysFill)
        m_effects->setText(tr("Fill asks %1 about the bars that are missing. What comes is added; no stored bar "
                              "changes.").arg(toQString(m_selection.series.front().key.source)));
}

void CoverageCard::showProof()
{
    if (m_state != State::Proven)
        return;
    if (!m_before || !m_report) {
        m_proof->setText(tr("All jobs are over; the cells show what is there now."));
        return;
    }
    m_proof->setText(proofText(*m_before, *m_report, m_jobs, m_repairProof));
}

void CoverageCard::showState()
{
    const bool isTold = m_state != State::Nothing && m_state != State::Reading && m_state != State::Broken;
    const bool isOne = m_selection.series.size() == 1;
    const bool hasGaps = isOne && isTold && m_report && !m_report->gaps.empty();
    const bool isAsking = m_form->isVisibleTo(this);
    m_series->setVisible(m_state != State::Nothing);
    m_sum->setVisible(m_state != State::Reading);
    m_which->setVisible(hasGaps && m_report->gaps.size() > 1);
    m_facts->setVisible(hasGaps);
    m_evidence->setVisible(hasGaps);
    m_buttonBox->setVisible(isTold && !isAsking);
    m_progress->setVisible(m_state == State::Working);
    m_job->setVisible(m_state == State::Working || m_state == State::Proven);
    m_proof->setVisible(m_state == State::Proven);
    m_requests->setVisible(m_state == State::Proven && m_requestsModel->rowCount() > 0);
    if (isOne)
        m_series->setText(titleOf(m_selection.series.front().key) + u'\n' + utcText(m_selection.range));
    const bool hasReport = isOne && m_report;
    m_remarks->setText(hasReport ? remarksHtml(*m_report, m_source) : QString());
    m_remarks->setVisible(!m_remarks->text().isEmpty());
    m_actions->setText(hasReport ? actionsText(*m_report) : QString());
    m_actions->setVisible(!m_actions->text().isEmpty());
    m_effects->setVisible(false);
    switch (m_state) {
    case State::Nothing:
        m_title->setText(tr("Nothing chosen"));
        m_sum->setText(tr("Choose a cell to see what is missing there, and why."));
        return;
    case State::Reading:
        m_title->setText(tr("Looking\u2026"));
        return;
    case State::Broken:
        m_title->setText(tr("This did not work"));
        m_sum->setText(m_problem);
        return;
    case State::Told:
    case State::Working:
    case State::Proven:
        break;
    }
    if (!isOne) {
        showMany();
    } else if (m_report) {
        m_sum->setText(sumOf(*m_report));
        m_title->setText(tr("Complete"));
        showGap(m_which->currentIndex());
    }
    showButtons();
    if (m_state == State::Working && m_jobs.empty())
        m_job->setText(tr("Starting\u2026"));
    showProof();
}

QString CoverageCard::text() const
{
    QStringList lines;
    for (const QLabel* label : {m_title, m_series, m_sum, m_facts, m_evidence, m_remarks, m_effects, m_job, m_proof,
             m_actions}) {
        if (label->isVisibleTo(this) && !label->text().isEmpty())
            lines << label->text();
    }
    return lines.join(u'\n');
}

} // namespace mnemo
