#include "ui/jobs/jobdetailspanel.h"

#include <QDateTime>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/jobs/diagnostics.h"
#include "ui/jobs/gapsmodel.h"
#include "ui/jobs/requestsmodel.h"
#include "ui/jobs/waitingtext.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int refreshEvery = 500; // ms

QTableView* table(QAbstractItemModel* model, const QString& name, const QString& description)
{
    auto* view = new QTableView;
    view->setModel(model);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setAlternatingRowColors(true);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 6);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setStretchLastSection(true);
    view->setAccessibleName(name);
    view->setAccessibleDescription(description);
    return view;
}

void setWidths(QTableView* view, std::initializer_list<int> ems)
{
    const int em = view->fontMetrics().horizontalAdvance(u'0');
    int column = 0;
    for (const int width : ems)
        view->horizontalHeader()->resizeSection(column++, width * em);
}

QString lineText(const log::Line& line)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(toMs(line.time), Qt::UTC);
    QString text = u"%1 %2 %3: %4"_s.arg(time.toString(u"HH:mm:ss.zzz"_s), toQString(log::toText(line.level)),
        toQString(line.area), redactedText(toQString(line.text)));
    for (const auto& [key, value] : line.fields) {
        if (key != "task" && key != "series")
            text += u"  %1=%2"_s.arg(toQString(key), redactedText(toQString(value)));
    }
    return text;
}

} // namespace

JobDetailsPanel::JobDetailsPanel(JobsPort& port, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_headline(new QLabel)
    , m_tabs(new QTabWidget)
    , m_requests(new RequestsModel(this))
    , m_gaps(new GapsModel(this))
    , m_log(new QPlainTextEdit)
    , m_dropped(new QLabel)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 2, 0, 0);
    layout->setSpacing(3);
    m_headline->setWordWrap(true);
    m_headline->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_headline);
    layout->addWidget(m_tabs, 1);
    createTabs();
    m_timer.setInterval(refreshEvery);
    connect(&m_timer, &QTimer::timeout, this, &JobDetailsPanel::refresh);
    setJob(std::nullopt);
}

void JobDetailsPanel::createTabs()
{
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Details of the job"));
    auto* requests = table(m_requests, tr("Requests"), tr("The newest requests of the job with answer, duration, weight and rows"));
    requests->setObjectName(u"JobRequests"_s);
    setWidths(requests, {14, 13, 10, 8, 8, 5, 40});
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(requests, 1);
    m_dropped->setMargin(3);
    m_dropped->setForegroundRole(QPalette::PlaceholderText);
    layout->addWidget(m_dropped);
    m_tabs->addTab(page, tr("Requests"));
    m_log->setReadOnly(true);
    m_log->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_log->setTabChangesFocus(true);
    m_log->setMaximumBlockCount(2000);
    m_log->setPlaceholderText(tr("The log says nothing about this job, or no longer: it keeps the newest lines of all."));
    m_log->setAccessibleName(tr("Log of the job"));
    m_tabs->addTab(m_log, tr("Log"));
    auto* gaps = table(m_gaps, tr("Gaps"), tr("What is absent in the job's range, why, and how that is known"));
    gaps->setObjectName(u"JobGaps"_s);
    setWidths(gaps, {20, 18, 18, 9, 40});
    m_tabs->addTab(gaps, tr("Gaps"));
}

void JobDetailsPanel::setJob(std::optional<JobId> id)
{
    if (id && id == m_job) {
        refresh();
        return;
    }
    m_job = id;
    m_details.reset();
    ++m_question;
    m_lastLine = 0;
    m_log->clear();
    m_requests->setRecords({});
    m_gaps->setGaps({}, Kind::Candles);
    showHeadline();
    refresh();
}

void JobDetailsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

void JobDetailsPanel::refresh()
{
    m_timer.stop();
    if (!m_job || !isVisible())
        return;
    m_port.details(*m_job, this, [this, question = ++m_question](const std::optional<JobDetails>& details) {
        if (question == m_question)
            arrived(details);
    });
}

void JobDetailsPanel::arrived(const std::optional<JobDetails>& details)
{
    m_details = details;
    showHeadline();
    if (!details)
        return;
    m_requests->setRecords(details->requests);
    m_gaps->setGaps(details->job.gaps, details->job.series.kind);
    m_dropped->setVisible(details->requestsDropped > 0);
    m_dropped->setText(tr("Older requests that are no longer kept: %1").arg(countText(details->requestsDropped)));
    m_tabs->setTabText(0, tr("Requests (%1)").arg(countText(static_cast<std::int64_t>(details->requests.size()))));
    m_tabs->setTabText(2, tr("Gaps (%1)").arg(countText(static_cast<std::int64_t>(details->job.gaps.size()))));
    showLog();
    if (!isFinal(details->job.state))
        m_timer.start();
}

void JobDetailsPanel::showHeadline()
{
    if (!m_job) {
        m_headline->setText(tr("Choose a job to see its requests, its log and what is still missing."));
        m_tabs->setEnabled(false);
        return;
    }
    m_tabs->setEnabled(m_details.has_value());
    if (!m_details) {
        m_headline->setText(tr("Reading\u2026"));
        return;
    }
    const JobSnapshot& job = m_details->job;
    QString text = tr("%1 %2: %3").arg(glyphOf(job.state), titleOf(job.series), textOf(job.state));
    if (!job.waitingFor.empty())
        text += tr(", waits for %1").arg(waitingText(job.waitingFor));
    if (job.error)
        text += u'\n' + redactedText(errorTextWithDetail(*job.error));
    m_headline->setText(text);
}

void JobDetailsPanel::showLog()
{
    for (const log::Line& line : m_details->lines) {
        if (line.sequence <= m_lastLine)
            continue;
        m_lastLine = line.sequence;
        m_log->appendPlainText(lineText(line));
    }
}

} // namespace mnemo
