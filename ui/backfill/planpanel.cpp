#include "ui/backfill/planpanel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr qsizetype mostLines = 4; ///< of warnings; the table has them all

} // namespace

PlanPanel::PlanPanel(BackfillPort& port, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_model(new PlanModel(this))
    , m_totals(new QLabel)
    , m_warnings(new QLabel)
    , m_progress(new QProgressBar)
    , m_stopButton(new QPushButton(tr("Stop plannin&g")))
    , m_table(new QTableView)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_totals->setTextFormat(Qt::RichText);
    m_totals->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_totals->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_totals->setAccessibleName(tr("Plan"));
    layout->addWidget(m_totals);
    m_warnings->setWordWrap(true);
    m_warnings->setTextFormat(Qt::PlainText);
    m_warnings->setAccessibleName(tr("Warnings"));
    layout->addWidget(m_warnings);
    auto* progress = new QHBoxLayout;
    m_progress->setTextVisible(true);
    m_progress->setFormat(tr("%v of %m series planned"));
    m_stopButton->setAutoDefault(false);
    progress->addWidget(m_progress, 1);
    progress->addWidget(m_stopButton);
    layout->addLayout(progress);
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle); // what tells two series apart stands at both ends
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 6);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setAccessibleName(tr("Plan by series"));
    m_table->setAccessibleDescription(tr("For each series: candles, what is known already, requests, size, time and warnings"));
    const int em = m_table->fontMetrics().horizontalAdvance(u'0');
    int column = 0;
    for (const int width : {27, 9, 8, 9, 13, 9, 7, 8})
        m_table->horizontalHeader()->resizeSection(column++, width * em);
    layout->addWidget(m_table, 1);
    connect(m_stopButton, &QPushButton::clicked, this, &PlanPanel::stop);
    show();
}

PlanPanel::~PlanPanel()
{
    if (m_stop)
        m_stop->request_stop();
}

void PlanPanel::plan(std::vector<BackfillRequest> requests, const QStringList& leftOut)
{
    if (m_stop)
        m_stop->request_stop();
    m_stop.emplace();
    m_isStopped = false;
    m_reason.clear();
    m_leftOut = leftOut;
    m_model->begin(requests);
    m_port.plan(std::move(requests), this, m_stop->get_token(),
        [this, token = m_stop->get_token()](const BackfillPort::Plans& plans) {
            if (!token.stop_requested())
                arrived(plans);
        });
    show();
    emit changed();
}

void PlanPanel::clear(const QString& reason)
{
    if (m_stop)
        m_stop->request_stop();
    m_stop.reset();
    m_isStopped = false;
    m_reason = reason;
    m_leftOut.clear();
    m_model->begin({});
    show();
    emit changed();
}

void PlanPanel::stop()
{
    if (m_stop)
        m_stop->request_stop();
    m_isStopped = true;
    show();
    emit changed();
}

void PlanPanel::arrived(const BackfillPort::Plans& plans)
{
    m_model->append(plans);
    show();
    emit changed();
}

bool PlanPanel::canStart() const
{
    return m_model->expected() > 0 && m_model->isWhole() && m_model->totals().barsWanted > m_model->totals().barsAnswered;
}

void PlanPanel::show()
{
    const bool isPlanning = m_model->expected() > 0 && !m_model->isWhole() && !m_isStopped;
    m_progress->setVisible(isPlanning);
    m_stopButton->setVisible(isPlanning);
    m_progress->setMaximum(std::max(1, m_model->expected()));
    m_progress->setValue(m_model->rowCount());
    if (m_model->expected() == 0)
        m_totals->setText(u"<p>%1</p>"_s.arg(m_reason.toHtmlEscaped()));
    else if (m_isStopped && !m_model->isWhole())
        m_totals->setText(u"<p>%1</p>"_s.arg(tr("The plan was stopped. Change the choice to plan again.").toHtmlEscaped()));
    else if (m_model->totals().series > 0 || m_model->isWhole())
        m_totals->setText(totalsText(m_model->totals()));
    else
        m_totals->setText(u"<p>%1</p>"_s.arg(tr("Planning\u2026").toHtmlEscaped()));
    QStringList lines;
    if (m_model->errors() > 0)
        lines << tr("\u2715 series that cannot be fetched: %1, see the table").arg(countText(std::int64_t {m_model->errors()}));
    for (const QString& text : m_leftOut)
        lines << tr("\u2013 left out: %1").arg(text);
    for (const QString& warning : m_model->warnings())
        lines << u"\u26A0 "_s + warning;
    const qsizetype hidden = lines.size() - mostLines;
    m_warnings->setToolTip(lines.join(u'\n'));
    if (hidden > 0) {
        lines.resize(mostLines);
        lines << tr("and more: %1").arg(countText(static_cast<std::int64_t>(hidden)));
    }
    m_warnings->setText(lines.join(u'\n'));
    m_warnings->setVisible(!lines.isEmpty());
}

} // namespace mnemo
