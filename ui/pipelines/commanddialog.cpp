#include "ui/pipelines/commanddialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/pipelines/askall.h"
#include "ui/pipelines/pipelinetext.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace mnemo {

namespace {

using Action = PipelineCommand::Action;

constexpr int askAfter = 150; ///< ms after the last choice

using Commands = std::vector<PipelineCommand>;
using Outcomes = std::vector<CommandOutcome>;

QString targetText(const Commands& commands)
{
    const PipelineCommand& command = commands.front();
    const int count = static_cast<int>(commands.size());
    int tasks = 0;
    for (const PipelineCommand& one : commands)
        tasks += static_cast<int>(one.tasks.size());
    if (count > 1)
        return tasks > 0 ? CommandDialog::tr("tasks of %n run(s)", nullptr, count)
            : command.run ? CommandDialog::tr("%n run(s)", nullptr, count)
                          : CommandDialog::tr("%n pipeline(s)", nullptr, count);
    if (tasks > 1)
        return CommandDialog::tr("%n task(s) of run %1", nullptr, tasks).arg(*command.run);
    if (!command.run)
        return toQString(command.pipeline);
    if (command.tasks.size() == 1)
        return CommandDialog::tr("%1 of run %2").arg(toQString(command.tasks.front())).arg(*command.run);
    return CommandDialog::tr("run %1 of %2").arg(*command.run).arg(toQString(command.pipeline));
}

QString titleText(const Commands& commands)
{
    const PipelineCommand& command = commands.front();
    const QString target = targetText(commands);
    switch (command.action) {
    case Action::Trigger: return CommandDialog::tr("Begin a run of %1").arg(target);
    case Action::Backfill: return CommandDialog::tr("Backfill %1").arg(target);
    case Action::Pause: return CommandDialog::tr("Pause %1").arg(target);
    case Action::Resume: return CommandDialog::tr("Resume %1").arg(target);
    case Action::Cancel: return CommandDialog::tr("Cancel %1").arg(target);
    case Action::Clear:
        return command.failedOnly ? CommandDialog::tr("Retry %1").arg(target) : CommandDialog::tr("Clear %1").arg(target);
    case Action::Mark: return CommandDialog::tr("Mark %1").arg(target);
    case Action::Priority: return CommandDialog::tr("Priority of %1").arg(target);
    case Action::Undo: return CommandDialog::tr("Undo");
    }
    return {};
}

QString buttonText(const PipelineCommand& command)
{
    switch (command.action) {
    case Action::Trigger: return CommandDialog::tr("Begin");
    case Action::Backfill: return CommandDialog::tr("Begin the backfill");
    case Action::Pause: return CommandDialog::tr("Pause");
    case Action::Resume: return CommandDialog::tr("Resume");
    case Action::Cancel: return CommandDialog::tr("Cancel them");
    case Action::Clear: return command.failedOnly ? CommandDialog::tr("Retry") : CommandDialog::tr("Clear");
    case Action::Mark: return CommandDialog::tr("Mark");
    case Action::Priority: return CommandDialog::tr("Set priority");
    case Action::Undo: return CommandDialog::tr("Undo");
    }
    return {};
}

int taskCount(const Outcomes& outcomes)
{
    std::size_t count = 0;
    for (const CommandOutcome& one : outcomes)
        count += one.tasks.size();
    return static_cast<int>(count);
}

int dueCount(const Outcomes& outcomes)
{
    std::size_t count = 0;
    for (const CommandOutcome& one : outcomes)
        count += one.dues.size();
    return static_cast<int>(count);
}

QString summaryText(const PipelineCommand& command, const Outcomes& outcomes)
{
    const int tasks = taskCount(outcomes);
    switch (command.action) {
    case Action::Trigger:
        return outcomes.size() > 1 ? CommandDialog::tr("New runs with %n task(s):", nullptr, tasks) : CommandDialog::tr("A new run with %n task(s):", nullptr, tasks);
    case Action::Backfill: return CommandDialog::tr("%n run(s), in this order:", nullptr, dueCount(outcomes));
    case Action::Cancel:
        return tasks == 0 ? CommandDialog::tr("What is at work ends, what waits never begins, what is stored stays. This cannot be undone:")
                          : CommandDialog::tr("%n task(s) end, or never begin. This cannot be undone:", nullptr, tasks);
    case Action::Clear:
        return tasks == 0 ? CommandDialog::tr("Nothing: no task is in such a state, or all of them are at work.")
                          : CommandDialog::tr("%n task(s) begin again:", nullptr, tasks);
    case Action::Mark: return CommandDialog::tr("%n task(s) count as that, without being run:", nullptr, tasks);
    case Action::Pause:
    case Action::Resume:
    case Action::Undo:
    case Action::Priority: return CommandDialog::tr("%n task(s):", nullptr, tasks);
    }
    return {};
}

bool isEmpty(const Commands& commands, const Outcomes& outcomes)
{
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const bool hasRuns = commands[i].tasks.empty() && commands[i].action == Action::Cancel && !outcomes[i].runs.empty();
        if (hasRuns || !outcomes[i].tasks.empty() || !outcomes[i].dues.empty())
            return false;
    }
    return true;
}

} // namespace

QStringList parametersOf(const DagDefinition& dag)
{
    static const QRegularExpression use(u"\\{params\\.([A-Za-z0-9_]+)\\}"_s);
    QStringList names;
    for (auto found = use.globalMatch(toQString(dag.yaml)); found.hasNext();)
        names << found.next().captured(1);
    names.sort();
    names.removeDuplicates();
    return names;
}

CommandDialog::CommandDialog(PipelinesPort& port, const DisplayZone& zone, std::vector<PipelineCommand> commands, const QStringList& parameters,
    QWidget* parent)
    : QDialog(parent)
    , m_port(port)
    , m_zone(zone)
    , m_commands(std::move(commands))
    , m_command(m_commands.front())
    , m_model(zone)
    , m_message(new QLabel)
    , m_list(new QTableView)
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel))
{
    setWindowTitle(titleText(m_commands));
    auto* form = new QFormLayout;
    createChoices(*form, parameters);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_list->setModel(&m_model);
    m_list->setAccessibleName(tr("What it will change"));
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setShowGrid(false);
    m_list->setAlternatingRowColors(true);
    m_list->setTabKeyNavigation(false);
    m_list->verticalHeader()->hide();
    m_list->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    m_list->horizontalHeader()->setSectionResizeMode(OutcomeModel::What, QHeaderView::Stretch);
    m_list->horizontalHeader()->resizeSection(OutcomeModel::State, fontMetrics().horizontalAdvance(u'0') * 22);
    m_list->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_buttons->button(QDialogButtonBox::Ok)->setText(buttonText(m_command));
    m_buttons->button(QDialogButtonBox::Cancel)->setText(tr("Leave it"));
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_message);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_buttons);
    if (m_parameters && !parameters.isEmpty())
        m_parameters->setFocus();
    else
        m_list->setFocus(); // Return presses the button
    resize(fontMetrics().averageCharWidth() * 90, fontMetrics().height() * 28);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &CommandDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_soon.setSingleShot(true);
    m_soon.setInterval(askAfter);
    connect(&m_soon, &QTimer::timeout, this, &CommandDialog::preview);
    preview();
}

// --- what may be chosen ---

QCheckBox* CommandDialog::addCheck(QFormLayout& form, const QString& text, bool isOn)
{
    auto* check = new QCheckBox(text);
    check->setChecked(isOn);
    connect(check, &QCheckBox::toggled, this, &CommandDialog::choose);
    form.addRow(check);
    return check;
}

void CommandDialog::createChoices(QFormLayout& form, const QStringList& parameters)
{
    switch (m_command.action) {
    case Action::Trigger: return createParameters(form, parameters);
    case Action::Backfill:
        createRange(form);
        return createParameters(form, parameters);
    case Action::Clear:
        m_upstream = addCheck(form, tr("And all that they wait for (&upstream)"), m_command.withUpstream);
        m_downstream = addCheck(form, tr("And all that wait for them (&downstream)"), m_command.withDownstream);
        m_failedOnly = addCheck(form, tr("Of these only what &failed, or never began because of that"), m_command.failedOnly);
        return;
    case Action::Mark:
        m_state = new QComboBox;
        for (const TaskState state : {TaskState::Success, TaskState::Failed})
            m_state->addItem(u"%1 %2"_s.arg(glyphOf(state), textOf(state)), static_cast<int>(state));
        m_state->setCurrentIndex(m_command.state == TaskState::Failed ? 1 : 0);
        form.addRow(tr("&As"), m_state);
        return;
    case Action::Priority:
        m_priority = new QSpinBox;
        m_priority->setRange(0, 1000);
        m_priority->setValue(m_command.priority);
        form.addRow(tr("&Priority; greater goes first"), m_priority);
        return;
    case Action::Pause:
    case Action::Resume:
    case Action::Undo:
    case Action::Cancel: return;
    }
}

void CommandDialog::createParameters(QFormLayout& form, const QStringList& names)
{
    m_parameters = new QPlainTextEdit;
    QString lines;
    for (const QString& name : names)
        lines += name + u"=\n"_s;
    m_parameters->setPlainText(lines.trimmed());
    m_parameters->setTabChangesFocus(true);
    m_parameters->setFixedHeight(fontMetrics().lineSpacing() * 4 + 10);
    connect(m_parameters, &QPlainTextEdit::textChanged, this, &CommandDialog::choose);
    form.addRow(tr("&Parameters"), m_parameters);
    auto* hint = new QLabel(m_command.action == Action::Trigger ? tr("NAME=VALUE, one a line; from and to are the time that the run works on")
                                                                : tr("NAME=VALUE, one a line"));
    hint->setForegroundRole(QPalette::PlaceholderText);
    form.addRow(QString(), hint);
}

void CommandDialog::createRange(QFormLayout& form)
{
    const auto today = std::chrono::floor<std::chrono::days>(m_port.now());
    m_from = new QLineEdit(m_zone.timeText(today - std::chrono::days {7}));
    m_to = new QLineEdit(m_zone.timeText(today));
    for (QLineEdit* edit : {m_from, m_to}) {
        edit->setPlaceholderText(u"2024-01-31 10:20"_s);
        connect(edit, &QLineEdit::textChanged, this, &CommandDialog::choose);
    }
    form.addRow(tr("F&rom (%1)").arg(m_zone.label(today)), m_from);
    form.addRow(tr("&To, not included"), m_to);
    m_newestFirst = addCheck(form, tr("The &newest due time first"), m_command.isNewestFirst);
    m_parallel = new QSpinBox;
    m_parallel->setRange(1, 64);
    m_parallel->setValue(m_command.parallel);
    form.addRow(tr("Runs at &once"), m_parallel);
}

std::optional<UtcMs> CommandDialog::momentOf(const QLineEdit& edit) const
{
    const QString text = edit.text().trimmed();
    for (const QString& format : {u"yyyy-MM-dd HH:mm"_s, u"yyyy-MM-dd HH:mm:ss"_s, u"yyyy-MM-dd"_s}) {
        const QDateTime typed = QDateTime::fromString(text, format);
        if (typed.isValid())
            return fromMs(QDateTime(typed.date(), typed.time(), m_zone.zone()).toMSecsSinceEpoch());
    }
    return std::nullopt;
}

std::vector<PipelineCommand> CommandDialog::commands() const
{
    std::vector<PipelineCommand> all;
    for (const PipelineCommand& one : m_commands)
        all.push_back(chosen(one));
    return all;
}

PipelineCommand CommandDialog::chosen(PipelineCommand command) const
{
    if (m_upstream) {
        command.withUpstream = m_upstream->isChecked();
        command.withDownstream = m_downstream->isChecked();
        command.failedOnly = m_failedOnly->isChecked();
    }
    if (m_state)
        command.state = static_cast<TaskState>(m_state->currentData().toInt());
    if (m_priority)
        command.priority = m_priority->value();
    if (m_from) {
        command.range = {momentOf(*m_from).value_or(UtcMs {}), momentOf(*m_to).value_or(UtcMs {})};
        command.isNewestFirst = m_newestFirst->isChecked();
        command.parallel = m_parallel->value();
    }
    for (const QString& line : m_parameters ? m_parameters->toPlainText().split(u'\n') : QStringList()) {
        const auto at = line.indexOf(u'=');
        if (at > 0 && at + 1 < line.size())
            command.parameters[line.left(at).trimmed().toStdString()] = line.mid(at + 1).trimmed().toStdString();
    }
    return command;
}

// --- what it would do ---

void CommandDialog::choose()
{
    ++m_asked; // an answer on its way is about the choice before
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(false); // what is not shown yet is not done
    m_soon.start();
}

void CommandDialog::preview()
{
    if (m_from && (!momentOf(*m_from) || !momentOf(*m_to)))
        return complain(tr("Times are written as 2024-01-31 or 2024-01-31 10:20."));
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(false);
    if (m_message->text().isEmpty())
        m_message->setText(tr("Asking what it would do\u2026"));
    auto asked = commands();
    for (PipelineCommand& one : asked)
        one.isDryRun = true;
    askAll(m_port, this, std::move(asked), [this, number = ++m_asked](const CommandAnswers& answers) {
        if (number != m_asked)
            return;
        if (answers.error)
            return complain(toQString(answers.error->detail), errorTextWithDetail(*answers.error));
        show(answers.outcomes);
    });
}

void CommandDialog::show(const std::vector<CommandOutcome>& outcomes)
{
    m_message->setText(summaryText(m_command, outcomes));
    m_message->setToolTip({});
    QStringList about;
    for (const PipelineCommand& one : m_commands)
        about << (m_commands.size() > 1 && !one.run ? toQString(one.pipeline) : QString());
    m_model.apply(outcomes, about);
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(!isEmpty(m_commands, outcomes));
}

void CommandDialog::complain(const QString& text, const QString& tip)
{
    ++m_asked;
    m_message->setText(tr("\u26A0 %1").arg(text));
    m_message->setToolTip(tip);
    m_model.apply({});
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(false);
}

QString CommandDialog::message() const
{
    return m_message->text();
}

bool CommandDialog::mayAccept() const
{
    return m_buttons->button(QDialogButtonBox::Ok)->isEnabled();
}

void CommandDialog::accept()
{
    if (!mayAccept() || m_isAsking)
        return;
    m_isAsking = true;
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(false);
    askAll(m_port, this, commands(), [this, asked = commands()](const CommandAnswers& answers) {
        m_isAsking = false;
        if (!answers.outcomes.empty())
            emit carriedOut({asked.begin(), asked.begin() + std::ssize(answers.outcomes)}, answers.outcomes);
        if (!answers.error)
            return QDialog::accept();
        const QString why = toQString(answers.error->detail);
        complain(answers.outcomes.empty() ? why : tr("%1 of %2 are done, then: %3").arg(std::ssize(answers.outcomes)).arg(std::ssize(asked)).arg(why),
            errorTextWithDetail(*answers.error));
    });
}

} // namespace mnemo
