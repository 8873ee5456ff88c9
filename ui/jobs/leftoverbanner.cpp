#include "ui/jobs/leftoverbanner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/widgets/glyphicon.h"
#include "ui/widgets/textformat.h"

namespace mnemo {

LeftOverBanner::LeftOverBanner(QWidget* parent)
    : QFrame(parent)
    , m_text(new QLabel)
    , m_resume(new QPushButton(tr("Resume wor&k")))
    , m_discard(new QPushButton(tr("&Discard")))
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    setFrameShape(QFrame::StyledPanel);
    m_text->setWordWrap(true);
    m_resume->setIcon(glyphIcon(Glyph::Play));
    m_resume->setToolTip(tr("The jobs go on where they were"));
    m_discard->setToolTip(tr("The jobs are forgotten; what they have stored stays"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_resume);
    layout->addWidget(m_discard);
    connect(m_resume, &QPushButton::clicked, this, &LeftOverBanner::resumeRequested);
    connect(m_discard, &QPushButton::clicked, this, &LeftOverBanner::discardRequested);
    hide();
}

void LeftOverBanner::setCount(int jobs)
{
    const QString text = jobs == 1 ? tr("One job was not done when the program ended last time.")
                                   : tr("%1 jobs were not done when the program ended last time.").arg(countText(std::int64_t {jobs}));
    m_text->setText(text);
    setAccessibleName(text);
    setVisible(jobs > 0);
}

} // namespace mnemo
