#include "ui/widgets/statetext.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct States {
    Q_DECLARE_TR_FUNCTIONS(States)
};

enum class LaneMood { Idle, Sending, Waiting, Probing, Stopped };

LaneMood moodOf(const LaneSnapshot& lane)
{
    if (lane.breaker == BreakerState::Open)
        return LaneMood::Stopped;
    if (lane.breaker == BreakerState::HalfOpen)
        return LaneMood::Probing;
    if (lane.inFlight > 0)
        return LaneMood::Sending;
    return lane.queued > 0 ? LaneMood::Waiting : LaneMood::Idle;
}

} // namespace

QString glyphOf(JobState state)
{
    switch (state) {
    case JobState::Queued: return u"\u2026"_s;
    case JobState::Running: return u"\u25B6"_s;
    case JobState::Paused: return u"\u2016"_s;
    case JobState::Complete: return u"\u2713"_s;
    case JobState::FinishedWithGaps: return u"\u25D0"_s;
    case JobState::Failed: return u"\u2715"_s;
    case JobState::Cancelled: return u"\u2013"_s;
    }
    return {};
}

QString textOf(JobState state)
{
    switch (state) {
    case JobState::Queued: return States::tr("Queued");
    case JobState::Running: return States::tr("Running");
    case JobState::Paused: return States::tr("Paused");
    case JobState::Complete: return States::tr("Complete");
    case JobState::FinishedWithGaps: return States::tr("Finished with gaps");
    case JobState::Failed: return States::tr("Failed");
    case JobState::Cancelled: return States::tr("Cancelled");
    }
    return {};
}

QColor colourOf(JobState state, const Theme& theme)
{
    switch (state) {
    case JobState::Queued: return theme.waiting;
    case JobState::Running: return theme.running;
    case JobState::Paused: return theme.paused;
    case JobState::Complete: return theme.good;
    case JobState::FinishedWithGaps: return theme.warning;
    case JobState::Failed: return theme.bad;
    case JobState::Cancelled: return theme.neutral;
    }
    return theme.neutral;
}

QString glyphOf(const LaneSnapshot& lane)
{
    switch (moodOf(lane)) {
    case LaneMood::Idle: return u"\u25CB"_s;
    case LaneMood::Sending: return u"\u25B6"_s;
    case LaneMood::Waiting: return u"\u2026"_s;
    case LaneMood::Probing: return u"\u21BB"_s;
    case LaneMood::Stopped: return u"\u2715"_s;
    }
    return {};
}

QString clockWarningOf(const LaneSnapshot& lane)
{
    constexpr milliseconds tolerance {5'000}; // Date headers have whole seconds and travel
    const milliseconds off = lane.clockOffset.value_or(milliseconds {0});
    if (std::chrono::abs(off) <= tolerance)
        return {};
    return off > milliseconds {0} ? States::tr("this clock is %1 behind").arg(lengthText(off))
                                  : States::tr("this clock is %1 ahead").arg(lengthText(-off));
}

QString textOf(const LaneSnapshot& lane)
{
    switch (moodOf(lane)) {
    case LaneMood::Idle: return States::tr("idle");
    case LaneMood::Sending: return States::tr("sending");
    case LaneMood::Waiting: return States::tr("waiting");
    case LaneMood::Probing: return States::tr("trying again");
    case LaneMood::Stopped: return States::tr("stopped for %1").arg(lengthText(lane.breakerWait));
    }
    return {};
}

QColor colourOf(const LaneSnapshot& lane, const Theme& theme)
{
    switch (moodOf(lane)) {
    case LaneMood::Idle: return theme.neutral;
    case LaneMood::Sending: return theme.running;
    case LaneMood::Waiting: return theme.waiting;
    case LaneMood::Probing: return theme.warning;
    case LaneMood::Stopped: return theme.bad;
    }
    return theme.neutral;
}

QString textOf(GapClass gapClass, Kind kind)
{
    switch (gapClass) {
    case GapClass::Empty:
        if (isMetric(kind))
            return factsOf(kind).isCount ? States::tr("none told") : States::tr("no reading");
        return States::tr("no trades");
    case GapClass::Outage: return States::tr("outage");
    case GapClass::Failed: return States::tr("failed");
    case GapClass::Unlisted: return States::tr("not listed yet");
    case GapClass::Delisted: return States::tr("delisted");
    case GapClass::BeyondRetention: return States::tr("no longer offered");
    case GapClass::Unknown: return States::tr("never asked");
    }
    return {};
}

QString textOf(MarketType market)
{
    switch (market) {
    case MarketType::Spot: return States::tr("Spot");
    case MarketType::Linear: return States::tr("Linear");
    case MarketType::Inverse: return States::tr("Inverse");
    }
    return {};
}

QString textOf(Kind kind)
{
    switch (kind) {
    case Kind::OpenInterest:
        return States::tr("open interest");
    case Kind::Funding:
        return States::tr("funding");
    case Kind::Liquidations:
        return States::tr("liquidations");
    case Kind::LongShortRatio:
        return States::tr("long/short ratio");
    case Kind::PredictedFunding:
        return States::tr("predicted funding");
    case Kind::Trades:
        return States::tr("trades");
    case Kind::Candles:
        break;
    }
    return States::tr("candles");
}

QString titleOf(const SeriesKey& key)
{
    QString title = u"%1 %2 %3 %4"_s.arg(
        toQString(key.exchange), textOf(key.market), toQString(key.symbol), toQString(key.timeframe.name()));
    if (key.kind != Kind::Candles)
        title += u' ' + textOf(key.kind);
    return key.source.empty() || key.source == key.exchange ? title : States::tr("%1 by %2").arg(title, toQString(key.source));
}

} // namespace mnemo
