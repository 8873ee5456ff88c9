#include "ui/jobs/quitdialog.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/textformat.h"

namespace mnemo {

QuitDialog::QuitDialog(int jobs, QWidget* parent)
    : QDialog(parent)
    , m_keep(new QPushButton(tr("&Keep the queue and quit")))
    , m_cancel(new QPushButton(tr("&Cancel the jobs and quit")))
    , m_stay(new QPushButton(tr("Do &not quit")))
    , m_remember(new QCheckBox(tr("Do not &ask again")))
{
    setWindowTitle(tr("Jobs are not done"));
    auto* text = new QLabel(tr("Jobs that are running, waiting or paused: %1.\n\nWhat is on its way is stored before the window closes. "
                               "Kept jobs are offered at the next start and go on where they were.")
                                .arg(countText(std::int64_t {jobs})));
    text->setWordWrap(true);
    m_remember->setToolTip(tr("The menu Jobs has \"Ask before quitting\" to undo this"));
    auto* buttons = new QHBoxLayout;
    for (QPushButton* button : {m_keep, m_cancel, m_stay})
        buttons->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(text);
    layout->addWidget(m_remember);
    layout->addLayout(buttons);
    m_keep->setDefault(true);
    m_cancel->setAutoDefault(false);
    m_stay->setAutoDefault(false);
    m_keep->setFocus();
    connect(m_keep, &QPushButton::clicked, this, [this] {
        m_choice = QuitChoice::Keep;
        accept();
    });
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_choice = QuitChoice::Cancel;
        accept();
    });
    connect(m_stay, &QPushButton::clicked, this, &QuitDialog::reject);
}

bool QuitDialog::isRemembered() const
{
    return m_remember->isChecked();
}

} // namespace mnemo
