// A chart's pane of open interest.
#include <QJsonObject>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <cmath>

#include "core/market/instrument.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/interest/interestpane.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

constexpr double zoomPerNotch = 1.2;

} // namespace

void ChartPane::createInterest()
{
    m_interest = new InterestPane(
        [this](QObject* context, const InterestRequest& request, InterestPane::Answer answer) {
            m_source.readInterest(context, request, std::move(answer));
        });
    m_body->addWidget(m_interest);
    m_body->setStretchFactor(0, 1);
    m_interest->backfillButton()->setEnabled(m_source.canBackfill());
    connect(m_view, &ChartView::rendered, this, &ChartPane::showInterestView);
    connect(m_view, &ChartView::crosshairMoved, m_interest,
        [this](std::optional<UtcMs> time) { m_interest->pointAt(time, m_view->crosshairMs()); });
    connect(m_interest, &InterestPane::pointed, m_view, [this](std::optional<UtcMs> time) {
        m_view->pointAt(time);
        m_interest->pointAt(time, m_view->crosshairMs());
    });
    connect(m_interest, &InterestPane::zoomWanted, m_view,
        [this](double steps, qreal x) { m_view->zoomBy(std::pow(zoomPerNotch, steps), x); });
    connect(m_interest, &InterestPane::panWanted, m_view, [this](qreal pixels) { m_view->panBy({pixels, 0}); });
    connect(m_interest, &InterestPane::stateChanged, this, &ChartPane::stateChanged);
    connect(m_interest, &InterestPane::backfillRequested, this, &ChartPane::requestInterest);
}

void ChartPane::setInterestShown(bool isShown)
{
    if (isShown == isInterestShown())
        return;
    if (!m_interest)
        createInterest();
    m_interest->setVisible(isShown);
    if (isShown) {
        const int height = m_body->height();
        m_body->setSizes({height * 7 / 10, height * 3 / 10});
        updateInterest();
    }
    emit stateChanged();
}

bool ChartPane::isInterestShown() const
{
    return m_interest && !m_interest->isHidden();
}

void ChartPane::updateInterest()
{
    if (!isInterestShown() || !m_key)
        return;
    const auto parts = parseSymbol(m_key->symbol);
    m_interest->setSeries(interestOf(*m_list, *m_key), toQString(parts ? parts->base : m_key->symbol));
    showInterestView();
}

void ChartPane::showInterestView()
{
    const TimeScale& time = m_view->timeScale();
    if (isInterestShown() && m_view->series())
        m_interest->setView(time.from, time.to(), time.width);
}

/// Of the same market where that has any, else of the swap with the same name.
void ChartPane::requestInterest()
{
    if (!m_key)
        return;
    SeriesKey wanted = *m_key;
    wanted.kind = Kind::OpenInterest;
    wanted.source = wanted.exchange;
    if (const auto parts = parseSymbol(wanted.symbol); wanted.market == MarketType::Spot && parts) {
        wanted.market = MarketType::Linear;
        wanted.symbol += ":" + parts->quote;
    }
    emit backfillRequested(wanted, m_view->visibleRange());
}

QJsonObject ChartPane::interestState() const
{
    return {{u"shown"_s, isInterestShown()}, {u"mode"_s, static_cast<int>(m_interest->mode())},
        {u"unit"_s, static_cast<int>(m_interest->unit())}};
}

void ChartPane::applyInterestState(const QJsonObject& state)
{
    setInterestShown(state[u"shown"_s].toBool());
    if (!m_interest)
        return;
    m_interest->setMode(static_cast<InterestMode>(state[u"mode"_s].toInt()));
    m_interest->setUnit(static_cast<InterestUnit>(state[u"unit"_s].toInt()));
}

} // namespace mnemo
