#pragma once

#include <QString>

#include "core/engine/feedreport.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// What is live as glyph, word and colour: never by colour alone.

/// False where nobody looks at a series of it now: it tells how it was.
inline bool isInUse(const FeedSnapshot& feed) { return feed.state != FeedState::Idle; }
QString glyphOf(const FeedSnapshot& feed);
QColor colourOf(const FeedSnapshot& feed, const Theme& theme);
QString glyphOf(FeedCondition condition);
QString textOf(const FeedSnapshot& feed); ///< one short phrase: "live", "connecting", "again in 5 s", "not looked at"
QColor colourOf(FeedCondition condition, const Theme& theme);
/// "alpha spot: live, 3 series, 12.5 messages/s, 80 ms late, reconnected twice", and the last problem on a line of its own.
QString sentenceOf(const FeedSnapshot& feed);

QString glyphOf(FollowState state);
QString textOf(FollowState state); ///< one word: "live", "polled", "stale"
QColor colourOf(FollowState state, const Theme& theme);
QString sentenceOf(const FollowedSeries& series); ///< how its newest bars come, or why they do not

QString rateText(double perSecond); ///< "12.5/s"

} // namespace mnemo
