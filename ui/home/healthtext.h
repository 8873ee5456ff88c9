#pragma once

#include <QColor>
#include <QString>

#include "core/engine/health.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// An issue as glyph, word, colour and sentences: never by colour alone.

QString glyphOf(const HealthIssue& issue);
QColor colourOf(const HealthIssue& issue, const Theme& theme);
QString titleOf(const HealthIssue& issue); ///< what, where: "an exchange: 3 series are not up to date"
/// Why, and what the button does about it; whole sentences. @p now for what is still to come.
QString reasonOf(const HealthIssue& issue, const DisplayZone& zone, UtcMs now);
QString textOf(HealthStep step); ///< on the button
QString tipOf(HealthStep step);  ///< what pressing it does
/// All that can be searched for: title and series.
QString searchTextOf(const HealthIssue& issue);

} // namespace mnemo
