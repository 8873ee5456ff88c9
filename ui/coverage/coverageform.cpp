#include "ui/coverage/coverageform.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QString titleOf(CoverageCommand command)
{
    switch (command) {
    case CoverageCommand::Fill:
        return CoverageForm::tr("Fill what is missing");
    case CoverageCommand::Verify:
        return CoverageForm::tr("Verify against the source");
    case CoverageCommand::MarkOutage:
        return CoverageForm::tr("Mark as a known outage");
    case CoverageCommand::Annotate:
        return CoverageForm::tr("Add a note");
    }
    return {};
}

} // namespace

CoverageForm::CoverageForm(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel)
    , m_choice(new QComboBox)
    , m_text(new QLineEdit)
    , m_source(new QLineEdit)
    , m_effects(new QLabel)
    , m_start(new QPushButton(tr("Fill")))
    , m_cancel(new QPushButton(tr("Cancel")))
{
    QFont strong = m_title->font();
    strong.setBold(true);
    m_title->setFont(strong);
    m_title->setWordWrap(true);
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_choice->setAccessibleName(tr("What it is about"));
    m_text->setAccessibleName(tr("The note"));
    m_effects->setWordWrap(true);
    m_effects->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_effects->setAccessibleName(tr("What will happen"));
    m_source->setPlaceholderText(tr("Who says so, for example a link"));
    m_source->setAccessibleName(tr("Who says so"));
    m_start->setObjectName(u"startCommand"_s);
    m_cancel->setObjectName(u"cancelCommand"_s);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_start);
    buttons->addWidget(m_cancel);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 4);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_title, m_choice, m_text, m_source, m_effects})
        layout->addWidget(widget);
    layout->addLayout(buttons);
    connect(m_choice, &QComboBox::currentIndexChanged, this, &CoverageForm::chosen);
    for (QLineEdit* edit : {m_text, m_source}) {
        connect(edit, &QLineEdit::textChanged, this, &CoverageForm::updateStart);
        connect(edit, &QLineEdit::returnPressed, m_start, &QPushButton::click);
    }
    connect(m_start, &QPushButton::clicked, this, &CoverageForm::started);
    connect(m_cancel, &QPushButton::clicked, this, &CoverageForm::cancelled);
    hide();
}

void CoverageForm::open(
    CoverageCommand command, const CoverageSelection& selection, TimeRange range, std::optional<std::int64_t> absent)
{
    m_command = command;
    m_selection = selection;
    m_range = range;
    m_absent = absent;
    m_plan.reset();
    m_title->setText(titleOf(command));
    m_text->clear();
    m_source->clear();
    m_text->setVisible(isRemark());
    m_source->setVisible(command == CoverageCommand::MarkOutage);
    m_text->setPlaceholderText(command == CoverageCommand::Annotate ? tr("The note") : tr("What happened"));
    m_text->setAccessibleName(m_text->placeholderText());
    m_start->setText(command == CoverageCommand::Fill  ? tr("Fill")
            : command == CoverageCommand::Verify       ? tr("Ask the source")
            : command == CoverageCommand::MarkOutage   ? tr("Mark")
                                                       : tr("Keep the note"));
    fillChoice();
    show();
    chosen();
    if (isRemark())
        m_text->setFocus();
    else
        m_start->setFocus();
}

void CoverageForm::fillChoice()
{
    const QSignalBlocker quiet(m_choice);
    m_choice->clear();
    m_choice->setVisible(m_command != CoverageCommand::Fill);
    if (m_command == CoverageCommand::Verify) {
        m_choice->setAccessibleName(tr("What is asked for again"));
        m_choice->addItem(tr("What is absent"), static_cast<int>(RepairKind::VerifyAbsent));
        m_choice->addItem(tr("Everything, stored bars too"), static_cast<int>(RepairKind::VerifyAll));
        if (m_absent == 0)
            m_choice->setCurrentIndex(1);
        return;
    }
    m_choice->setAccessibleName(tr("What it is about"));
    for (const RemarkScope scope : {RemarkScope::Series, RemarkScope::Symbols, RemarkScope::Exchange}) {
        if (scope != RemarkScope::Series || m_command == CoverageCommand::Annotate)
            m_choice->addItem(textOf(scope, m_selection), static_cast<int>(scope));
    }
}

/// Also at the start: what will happen depends on the choice.
void CoverageForm::chosen()
{
    if (isRemark()) {
        showEffects(whatHappens(request(), m_absent));
        updateStart();
        return;
    }
    m_plan.reset();
    showEffects({tr("Looking at what would be asked\u2026")});
    updateStart();
    emit planWanted(m_command == CoverageCommand::Fill ? RepairKind::Fill
                                                       : static_cast<RepairKind>(m_choice->currentData().toInt()));
}

void CoverageForm::setPlan(Result<RepairPlan> plan)
{
    if (!isVisibleTo(parentWidget()) || isRemark())
        return;
    const auto wanted = m_command == CoverageCommand::Fill ? RepairKind::Fill
                                                           : static_cast<RepairKind>(m_choice->currentData().toInt());
    if (plan && plan->kind != wanted)
        return; // chosen otherwise meanwhile
    showEffects(plan ? whatHappens(*plan) : QStringList {errorTextWithDetail(plan.error())});
    m_plan.reset();
    if (plan)
        m_plan = std::move(*plan);
    updateStart();
    if (m_start->isEnabled() && !m_choice->hasFocus())
        m_start->setFocus();
}

RemarkRequest CoverageForm::request() const
{
    RemarkRequest request;
    request.isOutage = m_command == CoverageCommand::MarkOutage;
    request.selection = m_selection;
    request.range = m_range;
    request.scope = static_cast<RemarkScope>(m_choice->currentData().toInt());
    request.text = m_text->text();
    request.source = m_source->text().trimmed().isEmpty() ? tr("marked by hand") : m_source->text();
    return request;
}

QString CoverageForm::effects() const
{
    return m_effects->text();
}

void CoverageForm::showEffects(const QStringList& sentences)
{
    QStringList lines;
    for (const QString& sentence : sentences)
        lines << u"\u2022 "_s + sentence;
    m_effects->setText(lines.join(u'\n'));
    setAccessibleDescription(sentences.join(u' '));
}

void CoverageForm::updateStart()
{
    const bool hasText = !m_text->text().trimmed().isEmpty();
    m_start->setEnabled(isRemark() ? hasText : m_plan && !m_plan->isEmpty());
    m_start->setToolTip(isRemark() && !hasText ? tr("Say it in one sentence first") : QString());
}

void CoverageForm::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        emit cancelled();
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_start->hasFocus())
        m_start->click();
    else
        QWidget::keyPressEvent(event);
}

} // namespace mnemo
