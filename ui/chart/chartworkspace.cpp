#include "ui/chart/chartworkspace.h"

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QSettings>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/chart/chartactions.h"
#include "ui/chart/chartlinks.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/chart/panegrid.h"
#include "ui/widgets/displayscope.h"
#include "ui/widgets/displayzone.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr int upToDateEvery = 100; ///< ms
const QString settingsKey = u"charts/state"_s;
constexpr std::size_t tileBudget = std::size_t {96} << 20; ///< bytes, of all charts together

/// The stored candles in the scope that are most like what is shown; nothing where none are in it.
std::optional<SeriesKey> nearestInScope(
    const StoredSeriesList& list, const Scope& scope, const std::optional<SeriesKey>& shown)
{
    std::optional<SeriesKey> nearest;
    int best = -1;
    for (const StoredSeries& series : list) {
        const SeriesKey& key = series.record.key;
        if (key.kind != Kind::Candles || !scope.accepts(key))
            continue;
        const int likeness = !shown ? 0
                                    : 8 * (key.symbol == shown->symbol) + 4 * (key.exchange == shown->exchange)
                + 2 * (key.market == shown->market) + (key.timeframe == shown->timeframe);
        if (likeness > best) {
            best = likeness;
            nearest = key;
        }
    }
    return nearest;
}

} // namespace

ChartWorkspace::ChartWorkspace(ChartSource& source, DisplayZone& zone, QWidget* parent)
    : QWidget(parent)
    , m_source(source)
    , m_zone(zone)
    , m_grid(new PaneGrid)
    , m_links(new ChartLinks(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_grid);
    m_actions = std::make_unique<ChartActions>(*this);
    m_timer.setSingleShot(true);
    m_timer.setInterval(upToDateEvery);
    connect(&m_timer, &QTimer::timeout, this, &ChartWorkspace::bringUpToDate);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        for (ChartPane* pane : m_panes) {
            if (now && pane->isAncestorOf(now))
                return activate(pane);
        }
    });
    connect(&m_zone, &DisplayZone::changed, this, &ChartWorkspace::followZone);
    setPaneCount(1);
}

ChartWorkspace::~ChartWorkspace()
{
    disconnect(qApp, nullptr, this, nullptr); // children that go take the focus with them
}

ChartPane* ChartWorkspace::addPane()
{
    auto* pane = new ChartPane(m_source, m_grid);
    m_panes.push_back(pane);
    m_actions->addTo(*pane);
    m_links->add(*pane);
    pane->setLive(m_isLive && canBackfill());
    if (m_list)
        pane->setSeriesList(m_list);
    pane->view()->setZone(ChartZone::of(m_zone));
    connect(pane, &ChartPane::activated, this, [this, pane] { activate(pane); });
    connect(pane, &ChartPane::backfillRequested, this, &ChartWorkspace::backfillRequested);
    connect(pane, &ChartPane::seriesChanged, this, [this, pane] {
        showLiveState(*pane);
        if (pane == m_active)
            emit activeSeriesChanged();
    });
    connect(pane, &ChartPane::zoneChosen, this,
        [this](const ChartZone& chosen) { m_zone.setId(QString::fromLatin1(chosen.id())); });
    connect(pane, &ChartPane::messageRaised, this, &ChartWorkspace::messageRaised);
    connect(pane, &ChartPane::findingDecided, this, &ChartWorkspace::findingDecided);
    connect(pane, &ChartPane::fetchAgainRequested, this, &ChartWorkspace::fetchAgainRequested);
    connect(pane, &ChartPane::findingOpenRequested, this, &ChartWorkspace::findingOpenRequested);
    connect(pane, &ChartPane::closeRequested, this, [this, pane] { closePane(pane); });
    connect(pane, &ChartPane::maximiseRequested, this, [this, pane] {
        activate(pane);
        setMaximised(!isMaximised());
    });
    connect(pane, &ChartPane::menuRequested, this, [this, pane](const QPoint& at) {
        activate(pane);
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        fillMenu(*menu);
        menu->popup(at);
    });
    return pane;
}

void ChartWorkspace::setPaneCount(int count)
{
    const auto wanted = static_cast<std::size_t>(std::clamp(count, 1, mostPanes));
    std::vector<ChartPane*> gone;
    while (m_panes.size() > wanted) {
        gone.push_back(m_panes.back());
        m_panes.pop_back();
    }
    const std::optional<SeriesKey> shown = activeSeries();
    while (m_panes.size() < wanted) {
        ChartPane* pane = addPane();
        if (shown)
            pane->show(*shown);
    }
    if (std::find(m_panes.begin(), m_panes.end(), m_active) == m_panes.end())
        m_active = nullptr;
    arrange();
    for (ChartPane* pane : gone)
        pane->deleteLater();
}

void ChartWorkspace::closePane(ChartPane* pane)
{
    const auto found = std::find(m_panes.begin(), m_panes.end(), pane);
    if (found == m_panes.end() || m_panes.size() == 1)
        return;
    m_panes.erase(found);
    if (m_active == pane)
        m_active = nullptr;
    arrange();
    pane->deleteLater();
}

void ChartWorkspace::arrange()
{
    const QWidget* focused = QApplication::focusWidget();
    const bool hadFocus = focused && isAncestorOf(focused);
    m_grid->setPanes({m_panes.begin(), m_panes.end()});
    m_links->setPanes(m_panes);
    for (ChartPane* pane : m_panes)
        pane->view()->setTileBudget(tileBudget / m_panes.size());
    ChartPane* active = m_active ? m_active : m_panes.front();
    m_active = nullptr;
    activate(active);
    if (hadFocus)
        active->view()->setFocus(); // widgets that move to another parent lose it
    emit panesChanged();
}

void ChartWorkspace::activate(ChartPane* pane)
{
    if (m_active == pane)
        return;
    m_active = pane;
    for (ChartPane* other : m_panes)
        other->setActive(other == pane, m_panes.size() == 1);
    emit activePaneChanged();
    emit activeSeriesChanged();
}

void ChartWorkspace::activateNext(int step)
{
    const auto count = static_cast<int>(m_panes.size());
    const auto at = static_cast<int>(std::find(m_panes.begin(), m_panes.end(), m_active) - m_panes.begin());
    ChartPane* next = m_panes[static_cast<std::size_t>((at + step + count) % count)];
    if (isMaximised())
        m_grid->setMaximised(next);
    activate(next);
    next->view()->setFocus();
}

void ChartWorkspace::followZone()
{
    for (ChartPane* pane : m_panes)
        pane->view()->setZone(ChartZone::of(m_zone));
}

void ChartWorkspace::followScope(DisplayScope& scope)
{
    connect(&scope, &DisplayScope::changed, this, [this, &scope] { applyScope(scope.of(ScopePanel::Charts)); });
    applyScope(scope.of(ScopePanel::Charts));
}

void ChartWorkspace::applyScope(const Scope& scope)
{
    if (std::exchange(m_scope, scope) == scope || scope.isAny())
        return;
    for (ChartPane* pane : m_panes) {
        if (m_panes.size() > 1 && pane->linkGroup() == 0)
            continue;
        const auto shown = pane->seriesKey();
        const auto wanted = shown && scope.accepts(*shown) ? shown : nearestInScope(*m_list, scope, shown);
        if (!wanted)
            continue;
        pane->show(*wanted);
        if (!scope.time.isAny())
            pane->view()->showRange(scope.time.within(SystemClock().now()));
    }
}

void ChartWorkspace::setMaximised(bool isMaximised)
{
    m_grid->setMaximised(isMaximised ? m_active : nullptr);
    emit panesChanged();
}

bool ChartWorkspace::isMaximised() const
{
    return m_grid->maximised() != nullptr;
}

ChartView* ChartWorkspace::activeChart() const
{
    return m_active->view();
}

std::optional<SeriesKey> ChartWorkspace::activeSeries() const
{
    return m_active ? m_active->seriesKey() : std::nullopt;
}

void ChartWorkspace::show(const SeriesKey& key)
{
    m_active->show(key);
}

void ChartWorkspace::setSeriesList(const std::shared_ptr<const StoredSeriesList>& list)
{
    const bool isFirst = !std::exchange(m_list, list);
    if (!list->empty() && !activeSeries()) {
        m_active->setSeriesList(list);
        show(list->front().record.key);
    }
    if (isFirst)
        bringUpToDate();
    else if (!m_timer.isActive())
        m_timer.start();
}

void ChartWorkspace::rowsChanged(const SeriesKey& series, TimeRange range)
{
    if (range.isEmpty())
        return;
    const auto [known, isNew] = m_changed.emplace(series, range);
    if (!isNew)
        known->second = {std::min(known->second.from, range.from), std::max(known->second.to, range.to)};
    if (!m_timer.isActive())
        m_timer.start();
}

void ChartWorkspace::barRunning(const BarRunning& bar)
{
    for (ChartPane* pane : m_panes)
        pane->setForming(bar.series, {toBar(bar.bar), bar.closes});
}

void ChartWorkspace::feedsChanged(const std::shared_ptr<const FeedReport>& report)
{
    m_feeds = report;
    for (ChartPane* pane : m_panes)
        showLiveState(*pane);
}

void ChartWorkspace::showLiveState(ChartPane& pane) const
{
    const auto key = pane.seriesKey();
    const auto found = std::ranges::find_if(m_feeds->series, [&](const FollowedSeries& each) { return each.series == key; });
    pane.setLiveState(found == m_feeds->series.end() ? std::nullopt : std::optional(*found));
}

void ChartWorkspace::setLive(bool isLive)
{
    m_isLive = isLive;
    for (ChartPane* pane : m_panes)
        pane->setLive(isLive && canBackfill());
}

void ChartWorkspace::updateFollowing()
{
    for (ChartPane* pane : m_panes)
        pane->updateFollowing();
}

void ChartWorkspace::bringUpToDate()
{
    for (const auto& [series, range] : std::exchange(m_changed, {})) {
        for (ChartPane* pane : m_panes)
            pane->rowsChanged(series, range);
    }
    if (!m_list)
        return;
    for (ChartPane* pane : m_panes)
        pane->setSeriesList(m_list);
}

void ChartWorkspace::fillMenu(QMenu& menu) const
{
    m_actions->fill(menu);
}

const std::vector<QAction*>& ChartWorkspace::toolActions() const
{
    return m_actions->toolActions();
}

QJsonObject ChartWorkspace::state() const
{
    QJsonArray panes;
    for (const ChartPane* pane : m_panes)
        panes.append(pane->state());
    // While one fills everything the borders of the others say nothing.
    const QVariantList sizes = isMaximised() ? QVariantList() : m_grid->shares();
    return {{u"panes"_s, panes},
        {u"active"_s, static_cast<int>(std::find(m_panes.begin(), m_panes.end(), m_active) - m_panes.begin())},
        {u"maximised"_s, isMaximised()}, {u"live"_s, m_isLive}, {u"linkRange"_s, m_links->isRangeLinked()},
        {u"linkCrosshair"_s, m_links->isCrosshairLinked()},
        {u"linkSymbol"_s, m_links->isSymbolLinked()}, {u"sizes"_s, QJsonArray::fromVariantList(sizes)},
        {u"zone"_s, m_zone.id()}};
}

bool ChartWorkspace::applyState(const QJsonObject& state)
{
    const QJsonArray panes = state[u"panes"_s].toArray();
    if (panes.isEmpty() || panes.size() > mostPanes)
        return false;
    m_links->setRangeLinked(state[u"linkRange"_s].toBool(true));
    m_links->setCrosshairLinked(state[u"linkCrosshair"_s].toBool(true));
    m_links->setSymbolLinked(false); // each gets its own first
    setLive(state[u"live"_s].toBool(true));
    setPaneCount(static_cast<int>(panes.size()));
    for (std::size_t i = 0; i < m_panes.size(); ++i)
        m_panes[i]->applyState(panes[static_cast<qsizetype>(i)].toObject());
    m_links->setSymbolLinked(state[u"linkSymbol"_s].toBool());
    m_grid->setShares(state[u"sizes"_s].toArray().toVariantList());
    const auto active = static_cast<std::size_t>(std::max(0, state[u"active"_s].toInt()));
    activate(m_panes[std::min(active, m_panes.size() - 1)]);
    setMaximised(state[u"maximised"_s].toBool() && m_panes.size() > 1);
    if (const QString zone = state[u"zone"_s].toString(); !zone.isEmpty())
        m_zone.setId(zone);
    return true;
}

bool ChartWorkspace::restore(const QSettings& settings)
{
    const QByteArray saved = settings.value(settingsKey).toByteArray();
    return saved.isEmpty() || applyState(QJsonDocument::fromJson(saved).object());
}

void ChartWorkspace::save(QSettings& settings) const
{
    settings.remove(u"charts"_s); // with what older versions kept there
    settings.setValue(settingsKey, QJsonDocument(state()).toJson(QJsonDocument::Compact));
}

} // namespace mnemo
