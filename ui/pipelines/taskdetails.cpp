#include "ui/pipelines/taskdetails.h"

#include <QAction>
#include <QCheckBox>
#include <QFontDatabase>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/jobs/waitingtext.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/flowlayout.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

TaskDetails::TaskDetails(PipelinesPort& port, const DisplayZone& zone, const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent)
    , m_port(port)
    , m_zone(zone)
    , m_title(new ElidedLabel)
    , m_facts(new QLabel)
    , m_filter(new QLineEdit)
    , m_follow(new QCheckBox(tr("Follow")))
    , m_log(new QPlainTextEdit)
{
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* buttons = new FlowLayout(4);
    for (QAction* action : actions) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setFocusPolicy(Qt::TabFocus);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        buttons->addWidget(button);
    }
    m_filter->setPlaceholderText(tr("Find in the log"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Find in the log of the task"));
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Keep the newest line in view"));
    m_log->setReadOnly(true);
    m_log->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_log->setAccessibleName(tr("Log of the task"));
    m_log->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_log->setTabChangesFocus(true);
    auto* find = new QHBoxLayout;
    find->addWidget(m_filter, 1);
    find->addWidget(m_follow);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 0, 0);
    layout->addWidget(m_title);
    layout->addWidget(m_facts);
    layout->addLayout(buttons);
    layout->addLayout(find);
    layout->addWidget(m_log, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &TaskDetails::showLog);
    connect(m_follow, &QCheckBox::toggled, this, &TaskDetails::showLog);
    connect(&zone, &DisplayZone::changed, this, [this] {
        showFacts();
        showLog();
    });
    showFacts();
}

void TaskDetails::apply(ChosenTask chosen)
{
    if (chosen == m_chosen)
        return;
    const auto idOf = [](const ChosenTask& one) { return std::pair(one.run ? one.run->id : 0, one.name); };
    if (idOf(chosen) != idOf(m_chosen)) {
        m_lines.reset();
        m_log->clear();
    }
    m_chosen = std::move(chosen);
    refresh();
}

void TaskDetails::refresh()
{
    showFacts();
    readLog();
}

void TaskDetails::readLog()
{
    if (!m_chosen.run)
        return;
    const std::optional<int> task = m_chosen.tasks.size() == 1 && !m_chosen.name.empty() ? std::optional(m_chosen.tasks.front().index) : std::nullopt;
    m_port.log(this, m_chosen.run->id, task, [this, number = ++m_asked](const Result<PipelinesPort::Log>& lines) {
        if (number != m_asked)
            return;
        if (!lines) {
            m_log->setPlainText(errorTextWithDetail(lines.error()));
            return;
        }
        if (m_lines && **lines == *m_lines)
            return;
        m_lines = *lines;
        showLog();
    });
}

// --- the facts ---

QStringList TaskDetails::taskFacts(const TaskRecord& task) const
{
    QStringList lines;
    const TaskState state = stateOf(task);
    lines << u"%1 %2"_s.arg(glyphOf(state), task.isPaused ? tr("%1, paused").arg(textOf(state)) : textOf(state));
    lines << tr("Tries: %1, priority %2").arg(task.attempt).arg(task.priority);
    if (task.started)
        lines << tr("Began %1, took %2").arg(momentText(*task.started, m_zone), tookText(tookOf(task, m_port.now())));
    if (task.retryAt && state == TaskState::UpForRetry)
        lines << tr("Tried again at %1").arg(momentText(*task.retryAt, m_zone));
    if (!task.error.empty())
        lines << toQString(task.error);
    const QString result = factsOf(task.result);
    if (!result.isEmpty())
        lines << result.split(u'\n').join(u", "_s);
    return lines;
}

QStringList TaskDetails::progressFacts() const
{
    QStringList lines;
    for (const TaskProgress& one : m_port.progress()) {
        const bool isOurs = std::ranges::any_of(m_chosen.tasks, [&](const TaskRecord& task) { return one.task == TaskRef {task.run, task.index}; });
        if (!isOurs || m_chosen.tasks.size() > 1)
            continue;
        if (one.total > 0)
            lines << tr("%1 of %2 done; rows: %3, requests: %4").arg(countText(one.done), countText(one.total), countText(one.rows), countText(one.requests));
        if (!one.waitingFor.empty())
            lines << tr("Waits: %1").arg(waitingText(one.waitingFor));
    }
    return lines;
}

void TaskDetails::showFacts()
{
    if (!m_chosen.run) {
        m_title->setText(tr("No run yet"));
        m_facts->setText(tr("Begin one, or wait until it is due."));
        return;
    }
    const RunRecord& run = *m_chosen.run;
    QStringList lines;
    if (m_chosen.name.empty()) {
        m_title->setText(tr("Run %1 of %2").arg(QString::number(run.id), toQString(run.pipeline)));
        lines = runText(run, m_zone, m_port.now()).split(u'\n');
        lines.front() = u"%1 %2"_s.arg(glyphOf(stateOf(run)), run.isPaused ? tr("%1, paused").arg(textOf(stateOf(run))) : textOf(stateOf(run)));
        const QString parameters = factsOf(run.parameters);
        if (!parameters.isEmpty())
            lines << tr("Parameters: %1").arg(parameters.split(u'\n').join(u", "_s));
    } else {
        m_title->setText(tr("%1 in run %2").arg(toQString(m_chosen.name)).arg(run.id));
        if (m_chosen.tasks.empty())
            lines << tr("The run has no such task.");
        else if (m_chosen.tasks.size() == 1)
            lines = taskFacts(m_chosen.tasks.front()) + progressFacts();
        else
            lines << tr("%n instance(s); open the row to see each", nullptr, static_cast<int>(m_chosen.tasks.size()));
    }
    if (m_chosen.others > 0)
        m_title->setText(tr("%1 and %n more", nullptr, m_chosen.others).arg(m_title->text()));
    m_facts->setText(lines.join(u'\n'));
}

QString TaskDetails::facts() const
{
    return m_facts->text();
}

// --- the log ---

bool TaskDetails::isWanted(const TaskLogLine& line) const
{
    const bool isOurs = m_chosen.name.empty() || std::ranges::any_of(m_chosen.tasks, [&](const TaskRecord& task) { return task.index == line.task; });
    return isOurs && toQString(line.text).contains(m_filter->text().trimmed(), Qt::CaseInsensitive);
}

void TaskDetails::showLog()
{
    if (!m_lines)
        return;
    QString text;
    for (const TaskLogLine& line : *m_lines) {
        if (!isWanted(line))
            continue;
        text += tr("%1  try %2  %3").arg(m_zone.at(line.at).toString(u"HH:mm:ss"_s)).arg(line.attempt).arg(toQString(line.text)) + u'\n';
    }
    QScrollBar* bar = m_log->verticalScrollBar();
    const int before = bar->value();
    text.chop(1);
    if (text != m_log->toPlainText())
        m_log->setPlainText(text);
    bar->setValue(m_follow->isChecked() ? bar->maximum() : before);
    m_log->setPlaceholderText(m_lines->empty() ? tr("Nothing was said yet.") : tr("No line has these words."));
}

QString TaskDetails::logText() const
{
    return m_log->toPlainText();
}

} // namespace mnemo
