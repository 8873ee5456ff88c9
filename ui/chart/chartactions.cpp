#include "ui/chart/chartactions.h"

#include <QAction>
#include <QMenu>

#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/widgets/glyphicon.h"

namespace mnemo {

ChartActions::ChartActions(ChartWorkspace& workspace)
    : m_workspace(workspace)
{
    createNavigation();
    createScale();
    createPanes();
    connect(&workspace, &ChartWorkspace::activePaneChanged, this, &ChartActions::update);
    connect(&workspace, &ChartWorkspace::panesChanged, this, &ChartActions::update);
}

ChartView& ChartActions::chart() const
{
    return *m_workspace.activeChart();
}

QAction* ChartActions::add(
    const QString& text, const QKeySequence& key, Heard heard, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, run);
    if (heard == Heard::Chart) {
        action->setShortcutContext(Qt::WidgetShortcut);
        m_onCharts.push_back(action);
    }
    m_groups.back().actions.push_back(action);
    return action;
}

QAction* ChartActions::addToggle(
    const QString& text, const QKeySequence& key, const std::function<void(ChartView&, bool)>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setCheckable(true);
    connect(action, &QAction::triggered, this, [this, run](bool isOn) { run(chart(), isOn); });
    m_groups.back().actions.push_back(action);
    return action;
}

void ChartActions::createNavigation()
{
    m_groups.push_back({{}, {}});
    QAction* zoomIn =
        add(tr("Zoom &in"), QKeySequence(Qt::CTRL | Qt::Key_Up), Heard::Chart, [this] { chart().zoomIn(); });
    QAction* zoomOut =
        add(tr("Zoom &out"), QKeySequence(Qt::CTRL | Qt::Key_Down), Heard::Chart, [this] { chart().zoomOut(); });
    add(tr("&First bar"), Qt::Key_Home, Heard::Chart, [this] { chart().goToFirst(); });
    QAction* latest = add(tr("&Latest bar"), Qt::Key_End, Heard::Chart, [this] { chart().goToLatest(); });
    QAction* all = add(tr("&Everything stored"), QKeySequence(Qt::ALT | Qt::Key_A), Heard::Window,
        [this] { chart().showAll(); });
    QAction* reset =
        add(tr("&Reset view"), QKeySequence(Qt::ALT | Qt::Key_R), Heard::Window, [this] { chart().resetView(); });
    reset->setToolTip(tr("The newest bars, wide enough to read, prices fitted"));
    zoomIn->setIcon(glyphIcon(Glyph::ZoomIn));
    zoomOut->setIcon(glyphIcon(Glyph::ZoomOut));
    latest->setIcon(glyphIcon(Glyph::Latest));
    all->setIcon(glyphIcon(Glyph::Fit));
    m_tools = {zoomIn, zoomOut, all, latest};
}

void ChartActions::createScale()
{
    m_groups.push_back({tr("&Scale"), {}});
    m_autoFit = addToggle(tr("Fit &prices to the view"), QKeySequence(Qt::ALT | Qt::Key_Y),
        [](ChartView& view, bool isOn) { view.setAutoFit(isOn); });
    m_logarithmic = addToggle(tr("&Logarithmic"), QKeySequence(Qt::ALT | Qt::Key_L),
        [](ChartView& view, bool isOn) { view.setLogarithmic(isOn); });
    m_logarithmic->setIcon(glyphIcon(Glyph::Log));
    m_tools.push_back(m_logarithmic);
}

void ChartActions::createPanes()
{
    m_groups.push_back({tr("&Panes"), {}});
    m_add = add(tr("&Add a chart"), QKeySequence(Qt::ALT | Qt::Key_Insert), Heard::Window,
        [this] { m_workspace.setPaneCount(static_cast<int>(m_workspace.panes().size()) + 1); });
    m_close = add(tr("&Close this chart"), QKeySequence(Qt::ALT | Qt::Key_Delete), Heard::Window,
        [this] { m_workspace.closePane(m_workspace.activePane()); });
    m_maximise = add(tr("&Maximise this chart"), QKeySequence(Qt::ALT | Qt::Key_Return), Heard::Window,
        [this] { m_workspace.setMaximised(!m_workspace.isMaximised()); });
    m_maximise->setCheckable(true);
    add(tr("&Next chart"), Qt::Key_F6, Heard::Window, [this] { m_workspace.activateNext(1); });
    add(tr("&Previous chart"), QKeySequence(Qt::SHIFT | Qt::Key_F6), Heard::Window,
        [this] { m_workspace.activateNext(-1); });
    m_groups.back().actions.push_back(nullptr);
    for (const int count : {1, 2, 4, 6, 9, 12, 16})
        add(tr("%n chart(s)", nullptr, count), {}, Heard::Window, [this, count] { m_workspace.setPaneCount(count); });
}

void ChartActions::addTo(ChartPane& pane)
{
    for (QAction* action : m_onCharts)
        pane.view()->addAction(action);
    connect(pane.view(), &ChartView::autoFitChanged, this, &ChartActions::update);
}

void ChartActions::fill(QMenu& menu) const
{
    for (const Group& group : m_groups) {
        QMenu* into = group.title.isEmpty() ? &menu : menu.addMenu(group.title);
        for (QAction* action : group.actions)
            action ? into->addAction(action) : void(into->addSeparator());
    }
}

void ChartActions::update()
{
    if (!m_workspace.activePane())
        return;
    const auto count = static_cast<int>(m_workspace.panes().size());
    m_autoFit->setChecked(chart().isAutoFit());
    m_logarithmic->setChecked(chart().priceMode() == PriceMode::Logarithmic);
    m_add->setEnabled(count < ChartWorkspace::mostPanes);
    m_close->setEnabled(count > 1);
    m_maximise->setEnabled(count > 1);
    m_maximise->setChecked(m_workspace.isMaximised());
}

} // namespace mnemo
