#pragma once

#include <QColor>
#include <QString>

#include "core/engine/alerts.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// Alerts as glyph, word, colour and sentences: never by colour alone.

QString alertTitle(const Alert& alert); ///< "venue: 12 series are not up to date"
QString alertHelp(AlertKind kind);      ///< what to do about it
QString openText(AlertKind kind);       ///< on the button that leads there

/// What is shown of one alert in place of a state: a silence and somebody who knows count more than firing.
enum class AlertLook { Pending, Firing, Known, Silenced };
AlertLook lookOf(const AlertSnapshot& alerts, const Alert& alert);
QString glyphOf(AlertLook look);
QString textOf(AlertLook look);
QColor colourOf(AlertLook look, Severity severity, const Theme& theme);

QString glyphOf(RuleState state);
QString textOf(RuleState state);
QColor colourOf(RuleState state, const Theme& theme);

QString glyphOf(DeliveryState state);
QString textOf(DeliveryState state);
QColor colourOf(DeliveryState state, const Theme& theme);

QString textOf(AlertEventKind kind);
QString kindText(AlertKind kind); ///< what a rule is about
QString textOf(ChannelType type);
QString whenText(UtcMs at, const DisplayZone& zone); ///< with the zone's name
QString silenceText(const Silence& silence, const DisplayZone& zone);

} // namespace mnemo
