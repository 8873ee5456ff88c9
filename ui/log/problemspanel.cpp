#include "ui/log/problemspanel.h"

#include <QAction>
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/widgets/textformat.h"

namespace mnemo {

ProblemsPanel::ProblemsPanel(QWidget* parent)
    : QWidget(parent)
    , m_list(new QTreeWidget)
    , m_stack(new QStackedWidget)
    , m_head(new QLabel)
{
    m_list->setHeaderLabels({tr("Where"), tr("Line"), tr("Column"), tr("Setting"), tr("What is wrong")});
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setUniformRowHeights(true);
    m_list->setAccessibleName(tr("Problems of the settings"));
    m_list->header()->setStretchLastSection(true);
    auto* open = new QAction(tr("&Open the file"), this);
    connect(open, &QAction::triggered, this, &ProblemsPanel::openFile);
    auto* copyAll = new QAction(tr("&Copy all problems"), this);
    copyAll->setShortcut(QKeySequence::Copy);
    copyAll->setShortcutContext(Qt::WidgetShortcut);
    connect(copyAll, &QAction::triggered, this, &ProblemsPanel::copy);
    m_actions = {open, copyAll};
    m_list->addActions(m_actions);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_list, &QTreeWidget::itemActivated, this, &ProblemsPanel::openFile);
    auto* fine = new QLabel(tr("\u2713 No problem: every setting was understood."));
    fine->setAlignment(Qt::AlignCenter);
    fine->setForegroundRole(QPalette::PlaceholderText);
    m_stack->addWidget(m_list);
    m_stack->addWidget(fine);
    m_head->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 0);
    layout->addWidget(m_head);
    layout->addWidget(m_stack);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Problems of the settings"));
    setProblems({}, false);
}

void ProblemsPanel::setProblems(const Problems& problems, bool isRefused)
{
    m_list->clear();
    for (const Problem& problem : problems) {
        QString what = toQString(problem.message);
        if (!problem.nearest.empty())
            what = tr("%1 (did you mean %2?)").arg(what, toQString(problem.nearest));
        const auto number = [](int n) { return n > 0 ? QString::number(n) : QString(); };
        const QString file = problem.mark.file ? toQString(*problem.mark.file) : tr("environment or command line");
        auto* item = new QTreeWidgetItem(
            m_list, {file, number(problem.mark.line), number(problem.mark.column), toQString(problem.path), what});
        item->setToolTip(4, toQString(problem.text()));
    }
    for (int column = 0; column < 4; ++column)
        m_list->resizeColumnToContents(column);
    m_stack->setCurrentIndex(problems.empty() ? 1 : 0);
    m_head->setVisible(!problems.empty());
    m_head->setText(isRefused ? tr("\u26A0 The changed settings were not taken over: what worked before is in use. Correct "
                                   "these places and save.")
                              : tr("\u26A0 Each of these disabled what it describes and nothing else."));
    if (!problems.empty())
        m_list->setCurrentItem(m_list->topLevelItem(0));
}

void ProblemsPanel::openFile()
{
    if (const auto* item = m_list->currentItem(); item && !item->text(1).isEmpty())
        QDesktopServices::openUrl(QUrl::fromLocalFile(item->text(0)));
}

void ProblemsPanel::copy()
{
    QStringList lines;
    for (int i = 0; i < m_list->topLevelItemCount(); ++i)
        lines << m_list->topLevelItem(i)->toolTip(4);
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace mnemo
