// How the main window puts pipelines to use: the screen and its menu.
#include "ui/shell/mainwindow.h"

#include <QMenu>
#include <QMenuBar>

#include "ui/coverage/coveragescreen.h"
#include "ui/pipelines/pipelinespage.h"
#include "ui/validation/validationpage.h"

namespace mnemo {

PipelinesPage* MainWindow::makePipelines()
{
    auto* page = new PipelinesPage(m_pipelinesPort, m_zone);
    connect(page, &PipelinesPage::told, this, &MainWindow::tell);
    connect(page, &PipelinesPage::coverageRequested, this, [this](const QString& words) {
        showPage(m_coverage);
        coverage()->showMatching(words);
    });
    connect(page, &PipelinesPage::findingsRequested, this, [this](const QString& words) {
        showPage(m_validation);
        validation()->showRule({}, words);
    });
    return page;
}

PipelinesPage* MainWindow::pipelines() const
{
    return m_pipelines->page();
}

void MainWindow::createPipelinesMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("Pipelines"));
    m_pipelines->setMenu(*menu, [this, menu] {
        for (QAction* action : pipelines()->allActions()) {
            if (action)
                menu->addAction(action);
            else
                menu->addSeparator();
        }
    });
}

} // namespace mnemo
