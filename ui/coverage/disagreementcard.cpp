#include "ui/coverage/disagreementcard.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/headline.h"

namespace mnemo {

DisagreementCard::DisagreementCard(QWidget* parent)
    : QWidget(parent)
    , m_title(headline({}))
    , m_text(new QLabel)
    , m_open(new QPushButton(tr("Compare in the chart")))
{
    setAccessibleName(tr("Card of the comparison"));
    for (QLabel* label : {m_title, m_text}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_open->setToolTip(tr("Both series over each other, with their difference beneath"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->addWidget(m_title);
    layout->addWidget(m_text);
    layout->addWidget(m_open, 0, Qt::AlignLeft);
    layout->addStretch(1);
    setMinimumWidth(fontMetrics().averageCharWidth() * 32);
    show({});
}

void DisagreementCard::show(const QString& text)
{
    const bool isChosen = !text.isEmpty();
    m_title->setText(isChosen ? text.section(u'\n', 0, 0) : tr("Nothing chosen"));
    m_text->setText(isChosen ? text.section(u'\n', 1) : tr("Choose a cell to see how far both venues agree there."));
    m_open->setEnabled(isChosen);
}

QString DisagreementCard::text() const
{
    return m_title->text() + u'\n' + m_text->text();
}

} // namespace mnemo
