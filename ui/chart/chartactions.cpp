#include "ui/chart/chartactions.h"

#include <QAction>
#include <QMenu>
#include <algorithm>

#include "ui/chart/chartexport.h"
#include "ui/chart/chartlinks.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/widgets/actionreason.h"
#include "ui/widgets/glyphicon.h"

namespace mnemo {

namespace {

QKeySequence alt(Qt::Key key)
{
    return QKeySequence(Qt::ALT | key);
}

} // namespace

ChartActions::ChartActions(ChartWorkspace& workspace)
    : m_workspace(workspace)
{
    createSeries();
    createNavigation();
    createGaps();
    createScale();
    createViews();
    createTools();
    createPanes();
    createLinks();
    connect(&workspace, &ChartWorkspace::activePaneChanged, this, &ChartActions::update);
    connect(&workspace, &ChartWorkspace::activeSeriesChanged, this, &ChartActions::update);
    connect(&workspace, &ChartWorkspace::panesChanged, this, &ChartActions::update);
}

ChartView& ChartActions::chart() const
{
    return *m_workspace.activeChart();
}

ChartPane& ChartActions::pane() const
{
    return *m_workspace.activePane();
}

QAction* ChartActions::add(const QString& text, const QKeySequence& key, Heard heard, const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, &ChartActions::used);
    connect(action, &QAction::triggered, this, run);
    if (heard == Heard::Chart) {
        action->setShortcutContext(Qt::WidgetShortcut);
        m_onCharts.push_back(action);
    }
    m_groups.back().actions.push_back(action);
    return action;
}

QAction* ChartActions::addToggle(const QString& text, const QKeySequence& key, const std::function<void(bool)>& run,
    const std::function<bool()>& isOn)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setCheckable(true);
    connect(action, &QAction::triggered, this, &ChartActions::used);
    connect(action, &QAction::triggered, this, [this, run](bool on) {
        run(on);
        update();
    });
    m_toggles.emplace_back(action, isOn);
    m_groups.back().actions.push_back(action);
    return action;
}

// A second press of the same key goes back to linear.
QAction* ChartActions::addMode(const QString& text, const QKeySequence& key, PriceMode mode)
{
    return addToggle(
        text, key, [this, mode](bool isOn) { chart().setPriceMode(isOn ? mode : PriceMode::Linear); },
        [this, mode] { return chart().priceMode() == mode; });
}

void ChartActions::begin(const QString& title)
{
    m_groups.push_back({title, {}});
}

void ChartActions::separate()
{
    m_groups.back().actions.push_back(nullptr);
}

void ChartActions::createSeries()
{
    begin({});
    add(tr("Choose a &series\u2026"), {}, Heard::Window, [this] { pane().askSeries(); });
    add(tr("Choose a &timeframe\u2026"), {}, Heard::Window, [this] { pane().askTimeframe(); });
    QAction* compare = add(tr("&Compare with\u2026"), alt(Qt::Key_O), Heard::Window, [this] { pane().askCompared(); });
    QAction* uncompare = add(tr("&End the comparison"), {}, Heard::Window, [this] {
        pane().compare(std::nullopt);
        update();
    });
    addToggle(
        tr("Compare on a scale of its o&wn"), {},
        [this](bool isOn) { pane().setCompareScale(isOn ? CompareScale::Own : CompareScale::Percent); },
        [this] { return pane().compareScale() == CompareScale::Own; });
    QAction* next = add(tr("Next bar &beyond the limit"), QKeySequence(Qt::ALT | Qt::Key_BracketRight), Heard::Window,
        [this] { pane().goToBreach(1); });
    QAction* previous = add(tr("Previous bar be&yond the limit"), QKeySequence(Qt::ALT | Qt::Key_BracketLeft),
        Heard::Window, [this] { pane().goToBreach(-1); });
    QAction* differences = add(tr("Export the &differences in view as CSV\u2026"), {}, Heard::Window,
        [this] { pane().exporter().askDifferencesFile(); });
    m_needComparison = {uncompare, next, previous, differences};
    QAction* others = add(tr("Same symbol on other e&xchanges"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_O), Heard::Window, [this] {
        if (const auto shown = m_workspace.activeSeries())
            emit m_workspace.othersRequested(*shown);
    });
    separate();
    m_needSeries.insert(m_needSeries.end(), {compare, others});
}

void ChartActions::createNavigation()
{
    begin(tr("&Move"));
    QAction* zoomIn =
        add(tr("Zoom &in"), QKeySequence(Qt::CTRL | Qt::Key_Up), Heard::Chart, [this] { chart().zoomIn(); });
    QAction* zoomOut =
        add(tr("Zoom &out"), QKeySequence(Qt::CTRL | Qt::Key_Down), Heard::Chart, [this] { chart().zoomOut(); });
    m_live = addToggle(
        tr("&Keep the newest bars up to date"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_V),
        [this](bool isOn) { m_workspace.setLive(isOn); },
        [this] { return m_workspace.isLive() && m_workspace.canBackfill(); });
    m_live->setToolTip(tr("While the newest bar is in view it is asked for now and then, also before it has closed"));
    m_live->setEnabled(m_workspace.canBackfill());
    setReason(*m_live, tr("This window only reads"));
    add(tr("&First bar"), Qt::Key_Home, Heard::Chart, [this] { chart().goToFirst(); });
    QAction* latest =
        add(tr("&Latest bar, and follow it"), Qt::Key_End, Heard::Chart, [this] { chart().goToLatest(); });
    QAction* all = add(tr("&Everything stored"), alt(Qt::Key_A), Heard::Window, [this] { chart().showAll(); });
    QAction* reset = add(tr("&Reset view"), alt(Qt::Key_R), Heard::Window, [this] { chart().resetView(); });
    QAction* date = add(tr("Go to &date\u2026"), alt(Qt::Key_G), Heard::Window, [this] { pane().askDate(); });
    reset->setToolTip(tr("The newest bars, wide enough to read, prices fitted"));
    zoomIn->setIcon(glyphIcon(Glyph::ZoomIn));
    zoomOut->setIcon(glyphIcon(Glyph::ZoomOut));
    latest->setIcon(glyphIcon(Glyph::Latest));
    all->setIcon(glyphIcon(Glyph::Fit));
    all->setIconText(tr("Everything"));
    latest->setIconText(tr("Latest"));
    m_needSeries.insert(m_needSeries.end(), {zoomIn, zoomOut, latest, all, reset, date});
    m_tools = {zoomIn, zoomOut, all, latest};
}

void ChartActions::createGaps()
{
    begin(tr("&Gaps and findings"));
    QAction* next = add(tr("&Next gap"), Qt::Key_BracketRight, Heard::Chart, [this] { pane().goToGap(1); });
    QAction* previous = add(tr("&Previous gap"), Qt::Key_BracketLeft, Heard::Chart, [this] { pane().goToGap(-1); });
    QAction* nextFinding =
        add(tr("Next &failed row"), Qt::Key_BraceRight, Heard::Chart, [this] { pane().goToFinding(1); });
    QAction* previousFinding =
        add(tr("Previous f&ailed row"), Qt::Key_BraceLeft, Heard::Chart, [this] { pane().goToFinding(-1); });
    m_backfill =
        add(tr("&Backfill this range\u2026"), alt(Qt::Key_B), Heard::Window, [this] { pane().requestBackfill(); });
    m_needSeries.insert(m_needSeries.end(), {next, previous, nextFinding, previousFinding, m_backfill});
}

void ChartActions::createScale()
{
    begin(tr("&Scale"));
    addToggle(
        tr("&Fit prices to the view"), alt(Qt::Key_Y), [this](bool isOn) { chart().setAutoFit(isOn); },
        [this] { return chart().isAutoFit(); });
    separate();
    QAction* logarithmic = addMode(tr("&Logarithmic"), alt(Qt::Key_L), PriceMode::Logarithmic);
    addMode(tr("&Percent, from the first bar in view"), alt(Qt::Key_P), PriceMode::Percent);
    addMode(tr("Inde&xed, the first bar in view is 100"), alt(Qt::Key_X), PriceMode::Indexed);
    addToggle(
        tr("&Inverted"), alt(Qt::Key_I), [this](bool isOn) { chart().setInverted(isOn); },
        [this] { return chart().isInverted(); });
    separate();
    add(tr("Time &zone\u2026"), alt(Qt::Key_Z), Heard::Window, [this] { pane().askZone(); });
    logarithmic->setIcon(glyphIcon(Glyph::Log));
    m_tools.push_back(logarithmic);
}

/// Which panes there are, and how large: what borders and double clicks do with the mouse.
void ChartActions::createViews()
{
    begin(tr("Pa&nes"));
    addToggle(
        tr("&Volume"), alt(Qt::Key_U),
        [this](bool isOn) { chart().setPaneShare(PaneKind::Volume, isOn ? PaneShares::usual : 0); },
        [this] { return chart().panes().share(PaneKind::Volume) > 0; });
    addToggle(
        tr("&Difference to the compared series"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_D),
        [this](bool isOn) { chart().setPaneShare(PaneKind::Difference, isOn ? PaneShares::usual : 0); },
        [this] { return chart().panes().share(PaneKind::Difference) > 0; });
    const auto addMetric = [this](Kind kind, const QString& text, Qt::Key key) {
        addToggle(
            text, QKeySequence(Qt::ALT | Qt::SHIFT | key), [this, kind](bool isOn) { pane().setMetricShown(kind, isOn); },
            [this, kind] { return pane().isMetricShown(kind); });
    };
    addMetric(Kind::OpenInterest, tr("Open &interest"), Qt::Key_I);
    addMetric(Kind::Funding, tr("&Funding"), Qt::Key_F);
    addMetric(Kind::Liquidations, tr("Li&quidations"), Qt::Key_Q);
    addMetric(Kind::LongShortRatio, tr("Long/short &ratio"), Qt::Key_R);
    addMetric(Kind::PredictedFunding, tr("Predic&ted funding"), Qt::Key_T);
    separate();
    addMaximise(tr("The whole height for &prices"), PaneKind::Price);
    addMaximise(tr("The whole height for v&olume"), PaneKind::Volume);
    addMaximise(tr("The whole height for differen&ces"), PaneKind::Difference);
    separate();
    add(tr("&Larger lower panes"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_Up), Heard::Window,
        [this] { scaleLowerPanes(1.25); });
    add(tr("&Smaller lower panes"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_Down), Heard::Window,
        [this] { scaleLowerPanes(0.8); });
}

void ChartActions::addMaximise(const QString& text, PaneKind pane)
{
    addToggle(
        text, {}, [this, pane](bool isOn) { chart().maximisePane(isOn ? std::optional(pane) : std::nullopt); },
        [this, pane] { return chart().panes().maximised == pane; });
}

void ChartActions::scaleLowerPanes(double factor)
{
    for (const PaneKind pane : allPanes) {
        if (pane != PaneKind::Price && chart().panes().isShown(pane))
            chart().setPaneShare(pane, std::max(0.05, chart().panes().share(pane) * factor));
    }
}

void ChartActions::createTools()
{
    begin({});
    QAction* measure = add(tr("&Measure from the crosshair"), alt(Qt::Key_M), Heard::Window, [this] {
        chart().setFocus();
        chart().beginMeasure();
    });
    measure->setToolTip(
        tr("Shift+Left and Shift+Right move the other end, Escape ends; with the mouse: Shift and drag"));
    addToggle(
        tr("Show as a &table"), alt(Qt::Key_T), [this](bool isOn) { pane().setTableShown(isOn); },
        [this] { return pane().isTableShown(); });
    QAction* copy =
        add(tr("Copy &picture"), alt(Qt::Key_S), Heard::Window, [this] { pane().exporter().copyPicture(); });
    QAction* save = add(tr("Save p&icture\u2026"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_S), Heard::Window,
        [this] { pane().exporter().askPictureFile(); });
    QAction* csv = add(tr("&Export the range in view as CSV\u2026"), QKeySequence(Qt::CTRL | Qt::Key_E), Heard::Window,
        [this] { pane().exporter().askCsvFile(); });
    separate();
    m_needSeries.insert(m_needSeries.end(), {measure, copy, save, csv});
}

void ChartActions::createPanes()
{
    begin(tr("&Charts"));
    m_add = add(tr("&Add a chart"), alt(Qt::Key_Insert), Heard::Window,
        [this] { m_workspace.setPaneCount(static_cast<int>(m_workspace.panes().size()) + 1); });
    QAction* close =
        add(tr("&Close this chart"), alt(Qt::Key_Delete), Heard::Window, [this] { m_workspace.closePane(&pane()); });
    // Of a single chart it is the pane under the crosshair that can have more room.
    addToggle(
        tr("&Maximise this chart, or its pane"), alt(Qt::Key_Return), [this](bool isOn) { maximise(isOn); },
        [this] { return m_workspace.isMaximised() || chart().panes().maximised.has_value(); });
    QAction* next = add(tr("&Next chart"), Qt::Key_F6, Heard::Window, [this] { m_workspace.activateNext(1); });
    QAction* previous = add(tr("&Previous chart"), QKeySequence(Qt::SHIFT | Qt::Key_F6), Heard::Window,
        [this] { m_workspace.activateNext(-1); });
    separate();
    for (const int count : {1, 2, 4, 6, 9, 12, 16})
        add(count == 1 ? tr("One chart") : tr("%1 charts").arg(count), {}, Heard::Window,
            [this, count] { m_workspace.setPaneCount(count); });
    m_needSeveral = {close, next, previous};
}

void ChartActions::maximise(bool isOn)
{
    if (m_workspace.panes().size() > 1)
        return m_workspace.setMaximised(isOn);
    const bool isMore = isOn && !chart().panes().maximised;
    chart().maximisePane(isMore ? std::optional(chart().pointedPane().value_or(PaneKind::Price)) : std::nullopt);
}

void ChartActions::createLinks()
{
    begin(tr("&Link"));
    for (int group = 0; group <= ChartPane::linkGroups; ++group) {
        QAction* link = addToggle(
            group == 0 ? tr("&Not linked") : tr("Group &%1").arg(group), alt(static_cast<Qt::Key>(Qt::Key_0 + group)),
            [this, group](bool) { pane().setLinkGroup(group); }, [this, group] { return pane().linkGroup() == group; });
        link->setIcon(linkIcon(group));
    }
    separate();
    addToggle(
        tr("Linked charts share the &symbol"), {}, [this](bool isOn) { m_workspace.links().setSymbolLinked(isOn); },
        [this] { return m_workspace.links().isSymbolLinked(); });
    addToggle(
        tr("Linked charts share the &range"), {}, [this](bool isOn) { m_workspace.links().setRangeLinked(isOn); },
        [this] { return m_workspace.links().isRangeLinked(); });
    addToggle(
        tr("Linked charts share the &crosshair"), {},
        [this](bool isOn) { m_workspace.links().setCrosshairLinked(isOn); },
        [this] { return m_workspace.links().isCrosshairLinked(); });
}

void ChartActions::addTo(ChartPane& pane)
{
    for (QAction* action : m_onCharts)
        pane.view()->addAction(action);
    connect(pane.view(), &ChartView::autoFitChanged, this, &ChartActions::update);
    connect(pane.view(), &ChartView::scaleChanged, this, &ChartActions::update);
    connect(&pane, &ChartPane::stateChanged, this, &ChartActions::update);
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
    const bool hasSeries = m_workspace.activeSeries().has_value();
    for (const auto& [action, isOn] : m_toggles)
        action->setChecked(isOn());
    for (QAction* action : m_needSeries)
        action->setEnabled(hasSeries);
    for (QAction* action : m_needSeveral)
        action->setEnabled(count > 1);
    m_add->setEnabled(count < ChartWorkspace::mostPanes);
    for (QAction* action : m_needComparison)
        action->setEnabled(pane().comparedKey().has_value());
    m_backfill->setEnabled(hasSeries && m_workspace.canBackfill());
}

} // namespace mnemo
