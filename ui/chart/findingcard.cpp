#include "ui/chart/findingcard.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/findingtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QToolButton* stepButton(const QString& glyph, const QString& hint)
{
    auto* button = new QToolButton;
    button->setAutoRaise(true);
    button->setText(glyph);
    button->setToolTip(hint);
    button->setAccessibleName(hint);
    return button;
}

QString acceptHint()
{
    return FindingCard::tr("The bar stays as it is; needs a reason (A)");
}

} // namespace

FindingCard::FindingCard(QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel)
    , m_count(new QLabel)
    , m_previous(stepButton(u"\u2039"_s, tr("Previous finding of these bars (Page Up)")))
    , m_next(stepButton(u"\u203A"_s, tr("Next finding of these bars (Page Down)")))
    , m_facts(new QLabel)
    , m_why(new QLabel)
    , m_reason(new QLineEdit)
    , m_accept(addButton(tr("Accept"), acceptHint()))
    , m_quarantine(
          addButton(tr("Quarantine"), tr("Its bars are kept, and left out wherever clean data is asked for (Q)")))
    , m_fetch(
          addButton(tr("Fetch again"), tr("Asks the source again; a right answer closes the finding by itself (R)")))
    , m_undo(addButton(tr("Undo"), tr("Takes the last decision about it back (U)")))
    , m_open(addButton(tr("Open in Validation"), tr("Shows its neighbours, other sources and the raw answer (O)")))
    , m_close(addButton(tr("Close"), {}))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setAccessibleName(tr("Finding"));
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    for (QLabel* label : {m_facts, m_why}) {
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setWordWrap(true);
        label->setFixedWidth(fontMetrics().averageCharWidth() * 58);
    }
    m_reason->setPlaceholderText(tr("Reason: one sentence, kept with the decision"));
    m_reason->setAccessibleName(tr("Reason"));
    createLayout();
    connect(m_close, &QPushButton::clicked, this, &FindingCard::leave);
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(m_accept, &QPushButton::clicked, this, [this] { decide(DecisionAction::Acknowledge); });
    connect(m_quarantine, &QPushButton::clicked, this, [this] { decide(DecisionAction::Quarantine); });
    connect(m_undo, &QPushButton::clicked, this, [this] { decide(DecisionAction::Undo); });
    connect(m_fetch, &QPushButton::clicked, this, [this] { emit fetchAgainRequested(m_findings[m_at].id); });
    connect(m_open, &QPushButton::clicked, this, [this] {
        const Finding shown = m_findings[m_at];
        leave();
        emit openRequested(shown);
    });
    connect(m_reason, &QLineEdit::textChanged, this, &FindingCard::showFinding);
    connect(m_reason, &QLineEdit::returnPressed, this, [this] { decide(DecisionAction::Acknowledge); });
    hide();
}

QPushButton* FindingCard::addButton(const QString& text, const QString& hint)
{
    auto* button = new QPushButton(text, this);
    button->setToolTip(hint);
    button->setAutoDefault(false);
    return button;
}

void FindingCard::createLayout()
{
    auto* head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_previous);
    head->addWidget(m_count);
    head->addWidget(m_next);
    auto* decisions = new QHBoxLayout;
    for (QPushButton* button : {m_accept, m_quarantine, m_fetch, m_undo})
        decisions->addWidget(button);
    decisions->addStretch(1);
    auto* ways = new QHBoxLayout;
    ways->addWidget(m_open);
    ways->addStretch(1);
    ways->addWidget(m_close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->addLayout(head);
    layout->addWidget(m_facts);
    layout->addWidget(m_why);
    layout->addWidget(m_reason);
    layout->addLayout(decisions);
    layout->addLayout(ways);
}

void FindingCard::open(
    std::vector<Finding> findings, const Grid& grid, const ChartZone& zone, bool canWrite, qreal beside)
{
    if (findings.empty())
        return;
    m_findings = std::move(findings);
    m_at = 0;
    m_bars = m_findings.front().range;
    m_bars.to = std::max(m_bars.to, grid.next(grid.floor(m_bars.from)));
    m_grid = grid;
    m_zone = zone;
    m_canWrite = canWrite;
    m_beside = beside;
    m_reason->clear();
    showFinding();
    place();
    show();
    raise();
    m_open->setFocus();
}

void FindingCard::renew(std::vector<Finding> findings)
{
    if (isHidden())
        return;
    if (findings.empty())
        return leave();
    const FindingId shown = m_findings[m_at].id;
    m_findings = std::move(findings);
    const auto again = std::ranges::find(m_findings, shown, &Finding::id);
    m_at = again == m_findings.end() ? 0 : static_cast<std::size_t>(again - m_findings.begin());
    showFinding();
    place();
}

const Finding* FindingCard::finding() const
{
    return isHidden() || m_findings.empty() ? nullptr : &m_findings[m_at];
}

void FindingCard::showFinding()
{
    const Finding& one = m_findings[m_at];
    const Severity severity = severityOf(one);
    const FindingState state = stateOf(one);
    m_title->setText(tr("%1 %2: %3").arg(glyphOf(severity), textOf(severity), ruleTitle(one.rule)));
    const bool isSeveral = m_findings.size() > 1;
    m_count->setText(tr("%1 of %2").arg(m_at + 1).arg(m_findings.size()));
    for (QWidget* widget : std::initializer_list<QWidget*> {m_count, m_previous, m_next})
        widget->setVisible(isSeveral);
    const auto bars = barsOf(one, m_grid);
    m_facts->setText(tr("%1 %2, %3\n%4 %5")
                         .arg(m_zone.timeText(one.range.from), m_zone.nameAt(one.range.from),
                             bars > 1 ? tr("%1 bars").arg(countText(bars)) : tr("1 bar"), glyphOf(state),
                             textOf(state)));
    m_why->setText(whyOf(one));
    m_why->setVisible(!m_why->text().isEmpty());
    const bool isOpen = state == FindingState::Open;
    const QString readOnly = tr("This window only reads");
    m_reason->setVisible(m_canWrite && isOpen);
    m_accept->setVisible(isOpen);
    m_quarantine->setVisible(isOpen || state == FindingState::Acknowledged);
    m_undo->setVisible(!isOpen);
    m_accept->setEnabled(m_canWrite && !m_reason->text().trimmed().isEmpty());
    m_accept->setToolTip(m_canWrite ? acceptHint() : readOnly);
    for (QPushButton* button : {m_quarantine, m_fetch, m_undo}) {
        button->setEnabled(m_canWrite);
        if (!m_canWrite)
            button->setToolTip(readOnly);
    }
    setAccessibleDescription(text());
}

void FindingCard::place()
{
    layout()->activate();
    resize(layout()->totalSizeHint());
    const int free = std::max(4, parentWidget()->width() - width() - 4);
    move(std::clamp(static_cast<int>(m_beside) + 12, 4, free),
        std::min(56, std::max(4, parentWidget()->height() - height())));
}

QString FindingCard::text() const
{
    return QStringList {m_title->text(), m_facts->text(), m_why->text()}.join(u'\n');
}

void FindingCard::step(int by)
{
    const auto count = static_cast<int>(m_findings.size());
    m_at = static_cast<std::size_t>((static_cast<int>(m_at) + by + count) % count);
    m_reason->clear();
    showFinding();
    place();
}

void FindingCard::decide(DecisionAction action)
{
    const bool isLacking = action == DecisionAction::Acknowledge && !m_accept->isEnabled();
    if (!m_canWrite || m_findings.empty() || isLacking)
        return;
    FindingDecision decision;
    decision.findings = {m_findings[m_at].id};
    decision.action = action;
    decision.reason = m_reason->text().trimmed().toStdString();
    m_reason->clear();
    emit decided(decision);
}

void FindingCard::leave()
{
    hide();
    parentWidget()->setFocus();
}

void FindingCard::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape)
        return leave();
    if (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown)
        return step(event->key() == Qt::Key_PageUp ? -1 : 1);
    for (const auto& [key, button] : {std::pair {Qt::Key_Q, m_quarantine}, {Qt::Key_R, m_fetch}, {Qt::Key_U, m_undo},
             {Qt::Key_O, m_open}}) {
        if (event->key() == key && event->modifiers() == Qt::NoModifier && button->isVisible())
            return button->click();
    }
    if (event->key() == Qt::Key_A && m_accept->isVisible())
        return m_accept->isEnabled() ? m_accept->click() : m_reason->setFocus();
    if (auto* button = qobject_cast<QPushButton*>(focusWidget()); isEnter && button && isAncestorOf(button))
        return button->click();
    QFrame::keyPressEvent(event);
}

} // namespace mnemo
