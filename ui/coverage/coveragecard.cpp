#include "ui/coverage/coveragecard.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/chart/gapcard.h"
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
    , m_fill(new QPushButton(tr("Fill")))
    , m_verify(new QPushButton(tr("Verify")))
    , m_progress(new QProgressBar)
    , m_job(wrapped())
    , m_proof(wrapped())
    , m_requests(new QTableView)
    , m_requestsModel(new RequestsModel(this))
{
    setAccessibleName(tr("Gap card"));
    m_title->setWordWrap(true);
    m_which->setAccessibleName(tr("Gaps in the chosen cells"));
    m_which->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_progress->setAccessibleName(tr("Progress of the repair"));
    m_progress->setRange(0, 1000);
    m_requests->setModel(m_requestsModel);
    m_requests->setAccessibleName(tr("Requests of the repair"));
    m_requests->setSelectionBehavior(QTableView::SelectRows);
    m_requests->verticalHeader()->hide();
    m_requests->horizontalHeader()->setStretchLastSection(true);
    m_requests->setMinimumHeight(fontMetrics().height() * 6);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_fill);
    buttons->addWidget(m_verify);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_title, m_series, m_sum, m_which, m_facts, m_evidence})
        layout->addWidget(widget);
    layout->addLayout(buttons);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_progress, m_job, m_proof})
        layout->addWidget(widget);
    layout->addWidget(m_requests, 1);
    layout->addStretch(0);
    m_timer.setSingleShot(true);
    m_timer.setInterval(readAfter);
    connect(&m_timer, &QTimer::timeout, this, &CoverageCard::read);
    connect(m_fill, &QPushButton::clicked, this, [this] { repair(RepairKind::Fill); });
    connect(m_verify, &QPushButton::clicked, this, [this] { repair(RepairKind::Verify); });
    connect(m_which, &QComboBox::currentIndexChanged, this, &CoverageCard::showGap);
    setMinimumWidth(fontMetrics().averageCharWidth() * 40);
    showState();
}

void CoverageCard::setSelection(const CoverageSelection& selection)
{
    if (selection == m_selection)
        return;
    m_selection = selection;
    m_jobs.clear();
    m_before.reset();
    m_report.reset();
    m_problem.clear();
    m_isOld = m_isReading;
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
        [this](Result<GapReport> report) { arrived(std::move(report)); });
}

void CoverageCard::arrived(Result<GapReport> report)
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
            tr("%1: %2, %3 bars").arg(textOf(gap.gapClass), timeText(gap.range.from), countText(gap.bars)));
    }
    if (m_state == State::Working)
        return setState(State::Proven); // it was the look after the job
    setState(State::Told);
}

bool CoverageCard::repair(RepairKind kind)
{
    if ((kind == RepairKind::Verify && !m_source.canVerify()) || m_selection.isEmpty() || m_state == State::Working
        || m_state == State::Reading || !m_source.canRepair())
        return false;
    if (m_state == State::Proven)
        m_before.reset();
    m_kind = kind;
    m_before = m_report;
    m_jobs.clear();
    m_requestsModel->setRecords({});
    std::vector<TimeRange> ranges {m_selection.range};
    if (kind == RepairKind::Verify && m_report && !m_report->gaps.empty()) {
        ranges.clear(); // rows that are there need no second look
        for (const Gap& gap : m_report->gaps)
            ranges.push_back(gap.range);
    }
    setState(State::Working);
    m_source.repair(this, m_selection, std::move(ranges), kind, [this, of = m_selection](const RepairStart& start) {
        if (of == m_selection)
            started(start);
    });
    return true;
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
        if (m_selection.series.size() == 1)
            read(); // what is there now
        else
            setState(State::Proven);
    });
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
    m_sum->setText(tr("Fill asks the sources about all bars of this range that are missing."));
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
    m_title->setText(tr("Gap: %1").arg(textOf(gap.gapClass)));
    m_facts->setText(tr("From %1 to %2 UTC\n%3 bars, %4")
                         .arg(timeText(gap.range.from), timeText(gap.range.to), countText(gap.bars),
                             lengthText(gap.range.length())));
    QString evidence = at < m_report->evidence.size() ? toQString(m_report->evidence[at].text) : QString();
    if (evidence.isEmpty())
        evidence = toQString(gap.evidence);
    m_evidence->setText(meaningOf(gap.gapClass) + (evidence.isEmpty() ? QString() : u'\n' + evidence));
}

void CoverageCard::showState()
{
    const bool isTold = m_state != State::Nothing && m_state != State::Reading && m_state != State::Broken;
    const bool isOne = m_selection.series.size() == 1;
    const bool hasGaps = isOne && isTold && m_report && !m_report->gaps.empty();
    m_series->setVisible(m_state != State::Nothing);
    m_sum->setVisible(m_state != State::Reading);
    m_which->setVisible(hasGaps && m_report->gaps.size() > 1);
    m_facts->setVisible(hasGaps);
    m_evidence->setVisible(hasGaps);
    m_fill->setVisible(isTold);
    m_verify->setVisible(isTold && isOne && m_source.canVerify());
    m_progress->setVisible(m_state == State::Working);
    m_job->setVisible(m_state == State::Working || m_state == State::Proven);
    m_proof->setVisible(m_state == State::Proven);
    m_requests->setVisible(m_state == State::Proven && m_requestsModel->rowCount() > 0);
    if (isOne)
        m_series->setText(titleOf(m_selection.series.front().key) + u'\n' + utcText(m_selection.range));
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
    const bool canAct = m_source.canRepair() && m_state != State::Working;
    const std::int64_t missing = m_report ? m_report->missing() : 0;
    m_fill->setText(isOne ? tr("Fill %1 bars").arg(countText(missing)) : tr("Fill"));
    m_fill->setEnabled(canAct && (!isOne || missing > 0));
    m_fill->setToolTip(!m_source.canRepair() ? tr("This window only reads")
            : isOne && missing == 0          ? tr("Nothing is missing here")
                                             : tr("Asks the source about the bars that are missing"));
    m_verify->setText(tr("Verify"));
    m_verify->setEnabled(canAct);
    m_verify->setToolTip(m_source.canRepair() ? tr("Asks the source again, though it has answered before")
                                              : tr("This window only reads"));
    if (m_state == State::Working && m_jobs.empty())
        m_job->setText(tr("Starting\u2026"));
    if (m_state == State::Proven && m_before && m_report) {
        std::int64_t rows = 0, requests = 0;
        for (const auto& [id, job] : m_jobs) {
            rows += job.rowsStored;
            requests += job.requests;
        }
        m_proof->setText(tr("Before: %1.\nAfter: %2.\n%3 rows added or changed by %4 requests.")
                             .arg(sumOf(*m_before), sumOf(*m_report), countText(rows), countText(requests)));
    } else if (m_state == State::Proven) {
        m_proof->setText(tr("All jobs are over; the cells show what is there now."));
    }
}

QString CoverageCard::text() const
{
    QStringList lines;
    for (const QLabel* label : {m_title, m_series, m_sum, m_facts, m_evidence, m_job, m_proof}) {
        if (label->isVisibleTo(this) && !label->text().isEmpty())
            lines << label->text();
    }
    return lines.join(u'\n');
}

} // namespace mnemo
