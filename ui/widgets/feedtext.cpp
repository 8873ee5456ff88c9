#include "ui/widgets/feedtext.h"

#include <QCoreApplication>

#include "ui/widgets/errortext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Feeds {
    Q_DECLARE_TR_FUNCTIONS(Feeds)
};

QString causeText(const FollowedSeries& series)
{
    switch (series.cause) {
    case StaleCause::None:
        return {};
    case StaleCause::Off:
        return Feeds::tr("Not kept up to date: the settings say so (ingest.follow_live).");
    case StaleCause::Unknown:
        return Feeds::tr("Not kept up to date: its exchange cannot be asked for it.");
    case StaleCause::Behind:
        return Feeds::tr("Not kept up to date: too much is missing up to now. A backfill brings it.");
    case StaleCause::Stopped:
        return Feeds::tr("Not kept up to date: nothing is sent to the exchange for now, because it failed again and again.");
    case StaleCause::Failed:
        return Feeds::tr("Not up to date: %1").arg(errorText({series.error.value_or(ErrorCode::Internal), {}, {}}));
    }
    return {};
}

} // namespace

QString glyphOf(FeedCondition condition)
{
    switch (condition) {
    case FeedCondition::Connecting: return u"\u2026"_s;
    case FeedCondition::Live: return u"\u25CF"_s;
    case FeedCondition::Stalled: return u"\u26A0"_s;
    case FeedCondition::Reconnecting: return u"\u21BB"_s;
    }
    return {};
}

QString glyphOf(const FeedSnapshot& feed)
{
    return isInUse(feed) ? glyphOf(conditionOf(feed)) : u"\u25CB"_s;
}

QColor colourOf(const FeedSnapshot& feed, const Theme& theme)
{
    return isInUse(feed) ? colourOf(conditionOf(feed), theme) : theme.mutedText;
}

QString textOf(const FeedSnapshot& feed)
{
    if (!isInUse(feed))
        return Feeds::tr("not looked at");
    switch (conditionOf(feed)) {
    case FeedCondition::Connecting: return Feeds::tr("connecting");
    case FeedCondition::Live: return Feeds::tr("live");
    case FeedCondition::Stalled: return Feeds::tr("stalled");
    case FeedCondition::Reconnecting: return Feeds::tr("again in %1").arg(lengthText(feed.wait));
    }
    return {};
}

QColor colourOf(FeedCondition condition, const Theme& theme)
{
    switch (condition) {
    case FeedCondition::Connecting: return theme.waiting;
    case FeedCondition::Live: return theme.good;
    case FeedCondition::Stalled: return theme.bad;
    case FeedCondition::Reconnecting: return theme.warning;
    }
    return theme.neutral;
}

QString rateText(double perSecond)
{
    return Feeds::tr("%1/s").arg(countText(perSecond, perSecond < 10 ? 1 : 0));
}

QString sentenceOf(const FeedSnapshot& feed)
{
    QStringList parts {textOf(feed)};
    if (isInUse(feed))
        parts << Feeds::tr("%Ln series", nullptr, feed.topics);
    if (conditionOf(feed) == FeedCondition::Live && feed.latency)
        parts << Feeds::tr("%1 ms behind the exchange").arg(countText(std::int64_t {feed.latency->count()}));
    if (feed.reconnects > 0)
        parts << Feeds::tr("%Ln reconnect(s)", nullptr, feed.reconnects);
    QString sentence = Feeds::tr("%1: %2").arg(toQString(feed.id), parts.join(u", "_s));
    if (!feed.lastError.empty())
        sentence += u'\n' + Feeds::tr("Last problem: %1").arg(toQString(feed.lastError));
    return sentence;
}

QString glyphOf(FollowState state)
{
    switch (state) {
    case FollowState::Waiting: return u"\u2026"_s;
    case FollowState::Streamed: return u"\u25CF"_s;
    case FollowState::Polled: return u"\u25D4"_s;
    case FollowState::Stale: return u"\u26A0"_s;
    }
    return {};
}

QString textOf(FollowState state)
{
    switch (state) {
    case FollowState::Waiting: return Feeds::tr("asking");
    case FollowState::Streamed: return Feeds::tr("live");
    case FollowState::Polled: return Feeds::tr("polled");
    case FollowState::Stale: return Feeds::tr("stale");
    }
    return {};
}

QColor colourOf(FollowState state, const Theme& theme)
{
    switch (state) {
    case FollowState::Waiting: return theme.waiting;
    case FollowState::Streamed: return theme.good;
    case FollowState::Polled: return theme.running;
    case FollowState::Stale: return theme.warning;
    }
    return theme.neutral;
}

QString sentenceOf(const FollowedSeries& series)
{
    switch (series.state) {
    case FollowState::Waiting:
        return Feeds::tr("The newest bar has been asked for.");
    case FollowState::Streamed:
        return Feeds::tr("The newest bar comes by the exchange's stream, as it changes.");
    case FollowState::Polled:
        return Feeds::tr("The newest bar is asked for every %1: no stream tells it now.").arg(lengthText(series.every));
    case FollowState::Stale:
        return causeText(series);
    }
    return {};
}

} // namespace mnemo
