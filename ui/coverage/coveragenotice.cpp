#include "ui/coverage/coveragenotice.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/headline.h"

namespace mnemo {

CoverageNotice::CoverageNotice(QWidget* parent)
    : QWidget(parent)
    , m_title(headline({}))
    , m_sentence(new QLabel)
    , m_button(new QPushButton(tr("Try again")))
{
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignHCenter);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setMinimumWidth(fontMetrics().averageCharWidth() * 60);
    auto* layout = new QVBoxLayout(this);
    layout->addStretch(1);
    layout->addWidget(m_title, 0, Qt::AlignHCenter);
    layout->addWidget(m_sentence, 0, Qt::AlignHCenter);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch(2);
}

void CoverageNotice::show(const QString& title, const QString& sentence, const QString& button)
{
    m_title->setText(title);
    m_sentence->setText(sentence);
    if (!button.isEmpty())
        m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(sentence);
}

QString CoverageNotice::text() const
{
    return m_title->text() + u'\n' + m_sentence->text();
}

} // namespace mnemo
