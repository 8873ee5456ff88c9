#include "ui/alerts/alertdetails.h"

#include <QAction>
#include <QFormLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/alerts/alerttext.h"
#include "ui/widgets/findingtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

QLabel* wrapped()
{
    auto* label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

AlertDetails::AlertDetails(
    const DisplayZone& zone, QAction* acknowledge, const QList<QAction*>& silences, QWidget* parent)
    : QWidget(parent)
    , m_zone(zone)
    , m_title(wrapped())
    , m_help(wrapped())
    , m_facts(new QFormLayout)
    , m_open(new QPushButton(tr("Open")))
    , m_acknowledge(new QToolButton)
    , m_silence(new QToolButton)
    , m_buttons(new QWidget)
{
    setAccessibleName(tr("About the selected alert"));
    QFont bold = font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_title->setFont(bold);
    m_acknowledge->setDefaultAction(acknowledge);
    auto* menu = new QMenu(m_silence);
    menu->addActions(silences);
    m_silence->setMenu(menu);
    m_silence->setPopupMode(QToolButton::InstantPopup);
    m_silence->setText(tr("Silence"));
    for (QToolButton* button : {m_acknowledge, m_silence}) {
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Preferred);
    }
    auto* row = new QHBoxLayout(m_buttons);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_open);
    row->addWidget(m_acknowledge);
    row->addWidget(m_silence);
    row->addStretch();
    m_facts->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_facts->setHorizontalSpacing(16);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_title);
    layout->addWidget(m_help);
    layout->addWidget(m_buttons);
    layout->addSpacing(6);
    layout->addLayout(m_facts);
    layout->addStretch();
    connect(m_open, &QPushButton::clicked, this, &AlertDetails::openRequested);
}

void AlertDetails::addFact(const QString& name, const QString& value)
{
    if (value.isEmpty())
        return;
    auto* label = new QLabel(name);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setAlignment(Qt::AlignTop);
    QLabel* text = wrapped();
    text->setAlignment(Qt::AlignTop);
    text->setText(value);
    m_facts->addRow(label, text);
}

QString AlertDetails::toldText(const Alert& alert) const
{
    if (!alert.toldAt)
        return tr("nobody yet");
    const QString last = whenText(*alert.toldAt, m_zone);
    return alert.told == 1 ? tr("once, %1").arg(last) : tr("%1 times, last %2").arg(countText(std::int64_t {alert.told}), last);
}

void AlertDetails::apply(const AlertSnapshot& alerts, const std::optional<Alert>& alert)
{
    while (m_facts->rowCount() > 0)
        m_facts->removeRow(0);
    m_buttons->setVisible(alert.has_value());
    m_title->setText(alert ? alertTitle(*alert) : QString());
    m_help->setText(alert ? alertHelp(alert->kind) : tr("Select an alert to see what it is about and what helps."));
    if (!alert)
        return;
    m_open->setText(openText(alert->kind));
    const AlertLook look = lookOf(alerts, *alert);
    addFact(tr("State"), glyphOf(look) + u' ' + textOf(look));
    addFact(tr("Severity"), glyphOf(alert->severity) + u' ' + textOf(alert->severity));
    addFact(tr("Since"), whenText(alert->since, m_zone));
    if (alert->until)
        addFact(alert->kind == AlertKind::Retention ? tr("Too late at") : tr("Tried again at"), whenText(*alert->until, m_zone));
    if (alert->causes > 1)
        addFact(tr("Causes"), tr("%1, the worst: %2").arg(countText(alert->causes), toQString(alert->what)));
    else
        addFact(tr("Cause"), toQString(alert->what));
    if (alert->series > 0)
        addFact(tr("Series"), countText(alert->series));
    addFact(tr("Rule"), toQString(alert->rule));
    addFact(tr("Told"), toldText(*alert));
    if (alert->acknowledgedAt)
        addFact(tr("Known to"), tr("%1, since %2").arg(toQString(alert->acknowledgedBy), whenText(*alert->acknowledgedAt, m_zone)));
    for (const Silence& silence : alerts.silences) {
        if (silence.matches(*alert))
            addFact(tr("Silence"), silenceText(silence, m_zone));
    }
    addFact(tr("Detail"), toQString(alert->detail));
}

QString AlertDetails::title() const
{
    return m_title->text();
}

QString AlertDetails::facts() const
{
    QStringList lines;
    for (int row = 0; row < m_facts->rowCount(); ++row) {
        const auto textAt = [&](QFormLayout::ItemRole role) { return qobject_cast<QLabel*>(m_facts->itemAt(row, role)->widget())->text(); };
        lines << textAt(QFormLayout::LabelRole) + u": "_s + textAt(QFormLayout::FieldRole);
    }
    return lines.join(u'\n');
}

} // namespace mnemo
