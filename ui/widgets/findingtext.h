#pragma once

#include <QColor>
#include <QString>

#include "core/engine/validation.h"
#include "core/quality/rules/rules.h"
#include "ui/widgets/theme.h"

namespace mnemo {

// Findings and verdicts as glyph, word and colour: never by colour alone.

QString glyphOf(Severity severity);
QString textOf(Severity severity);
QColor colourOf(Severity severity, const Theme& theme);
Severity severityOf(const Finding& finding); ///< Warn for what is not known

QString glyphOf(FindingState state);
QString textOf(FindingState state);
QColor colourOf(FindingState state, const Theme& theme);
FindingState stateOf(const Finding& finding); ///< Open for what is not known

QString glyphOf(RuleVerdict verdict);
QColor colourOf(RuleVerdict verdict, const Theme& theme);

QString textOf(RuleScope scope);
QString ruleTitle(std::string_view id); ///< the id itself where there is no such rule (any more)
QString whyOf(const Finding& finding); ///< the rule's arithmetic in words; empty where none was stored
QString actionText(std::string_view action); ///< of a logged decision: "Accepted"
std::int64_t barsOf(const Finding& finding, const Grid& grid); ///< 0: about a moment

} // namespace mnemo
