// The panes below a chart's candles: open interest, funding and what else has numbers of its own.
#include <QJsonObject>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <cmath>

#include "core/market/instrument.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/metrics/metricpane.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr double zoomPerNotch = 1.2;

QString keyOf(Kind kind)
{
    return toQString(toText(kind));
}

} // namespace

MetricPane* ChartPane::metric(Kind kind) const
{
    const auto found = m_metrics.find(kind);
    return found == m_metrics.end() ? nullptr : found->second;
}

MetricPane* ChartPane::createMetric(Kind kind)
{
    auto* const pane = new MetricPane(kind, [this](QObject* context, const MetricRequest& request, MetricPane::Answer answer) {
        m_source.readMetrics(context, request, std::move(answer));
    });
    const auto next = m_metrics.upper_bound(kind);
    m_body->insertWidget(next == m_metrics.end() ? m_body->count() : m_body->indexOf(next->second), pane);
    m_body->setStretchFactor(0, 1);
    pane->backfillButton()->setEnabled(m_source.canBackfill());
    connect(m_view, &ChartView::rendered, pane, [this] { showMetricView(); });
    connect(m_view, &ChartView::crosshairMoved, pane,
        [this, pane](std::optional<UtcMs> time) { pane->pointAt(time, m_view->crosshairMs()); });
    connect(pane, &MetricPane::pointed, m_view, [this](std::optional<UtcMs> time) {
        m_view->pointAt(time);
        for (const auto& [other, below] : m_metrics)
            below->pointAt(time, m_view->crosshairMs());
    });
    connect(pane, &MetricPane::zoomWanted, m_view,
        [this](double steps, qreal x) { m_view->zoomBy(std::pow(zoomPerNotch, steps), x); });
    connect(pane, &MetricPane::panWanted, m_view, [this](qreal pixels) { m_view->panBy({pixels, 0}); });
    connect(pane, &MetricPane::stateChanged, this, &ChartPane::stateChanged);
    connect(pane, &MetricPane::backfillRequested, this, [this, kind] { requestMetric(kind); });
    return m_metrics[kind] = pane;
}

void ChartPane::setMetricShown(Kind kind, bool isShown)
{
    if (isShown == isMetricShown(kind))
        return;
    if (!metric(kind))
        createMetric(kind);
    metric(kind)->setVisible(isShown);
    shareHeight();
    updateMetric(kind);
    updateFollowing();
    emit stateChanged();
}

/// A quarter for each pane below; half of all for the candles at least.
void ChartPane::shareHeight()
{
    const auto shown = std::ranges::count_if(m_metrics, [](const auto& metric) { return !metric.second->isHidden(); });
    if (shown == 0)
        return;
    const int height = m_body->height();
    const int each = static_cast<int>(std::min(height * 3.0 / 10, height / 2.0 / static_cast<double>(shown)));
    QList<int> sizes {height - each * static_cast<int>(shown)};
    for (int i = 1; i < m_body->count(); ++i)
        sizes << each;
    m_body->setSizes(sizes);
}

bool ChartPane::isMetricShown(Kind kind) const
{
    const MetricPane* const pane = metric(kind);
    return pane && !pane->isHidden();
}

void ChartPane::updateMetrics()
{
    for (const auto& [kind, pane] : m_metrics)
        updateMetric(kind);
}

void ChartPane::updateMetric(Kind kind)
{
    if (!isMetricShown(kind) || !m_key)
        return;
    const auto parts = parseSymbol(m_key->symbol);
    metric(kind)->setSeries(metricsOf(*m_list, *m_key, kind), toQString(parts ? parts->base : m_key->symbol));
    showMetricView();
}

void ChartPane::followMetrics(bool isWatched)
{
    std::map<SeriesKey, std::shared_ptr<void>> wanted;
    for (const auto& [kind, pane] : m_metrics) {
        for (const SeriesRecord& series : pane->series()) {
            const SeriesKey& key = series.key;
            if (!isWatched || pane->isHidden() || key.source != key.exchange)
                continue;
            const auto known = m_metricFollows.find(key);
            wanted.emplace(key, known == m_metricFollows.end() ? m_source.follow(key) : known->second);
        }
    }
    m_metricFollows.swap(wanted);
}

void ChartPane::showMetricView()
{
    if (!m_view->series())
        return;
    const TimeScale& time = m_view->timeScale();
    for (const auto& [kind, pane] : m_metrics) {
        if (!pane->isHidden())
            pane->setView(time.from, time.to(), time.width);
    }
}

/// Of the same market where that has any, else of the swap with the same name.
void ChartPane::requestMetric(Kind kind)
{
    if (!m_key)
        return;
    SeriesKey wanted = *m_key;
    wanted.kind = kind;
    wanted.source = wanted.exchange;
    if (const auto parts = parseSymbol(wanted.symbol); wanted.market == MarketType::Spot && parts) {
        wanted.market = MarketType::Linear;
        wanted.symbol += ":" + parts->quote;
    }
    emit backfillRequested(wanted, m_view->visibleRange());
}

QJsonObject ChartPane::metricsState() const
{
    QJsonObject state;
    for (const auto& [kind, pane] : m_metrics)
        state[keyOf(kind)] = QJsonObject {{u"shown"_s, !pane->isHidden()}, {u"mode"_s, static_cast<int>(pane->mode())},
            {u"number"_s, pane->number()}};
    return state;
}

void ChartPane::applyMetricsState(const QJsonObject& state)
{
    for (const Kind kind : picturedKinds()) {
        const QJsonObject own = state[keyOf(kind)].toObject();
        setMetricShown(kind, own[u"shown"_s].toBool());
        if (MetricPane* const pane = metric(kind); pane && !own.isEmpty()) {
            pane->setMode(static_cast<MetricMode>(own[u"mode"_s].toInt()));
            pane->setNumber(own[u"number"_s].toInt());
        }
    }
}

} // namespace mnemo
