#include "ui/widgets/findingtext.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Findings {
    Q_DECLARE_TR_FUNCTIONS(Findings)
};

/// What a comparison left: numbers, put into words here. Empty where it is something else.
QString comparisonText(const QJsonObject& details)
{
    const auto number = [](const QJsonValue& value) { return QLocale().toString(value.toDouble(), 'g', 6); };
    const QJsonObject worst = details.value("worst"_L1).toObject();
    if (!worst.isEmpty())
        return Findings::tr("%1 bp off %2, limit %3 bp about the usual %4 bp.")
            .arg(number(worst.value("off_bp"_L1)), worst.value("against"_L1).toString(),
                number(worst.value("limit_bp"_L1)), number(worst.value("basis_bp"_L1)));
    const QString against = details.value("against"_L1).toString();
    if (details.contains("lag"_L1))
        return Findings::tr("Fits best %1 bar(s) earlier, against %2.").arg(number(details.value("lag"_L1)), against);
    if (details.contains("factor"_L1))
        return Findings::tr("Volume is %1 times that of %2.").arg(number(details.value("factor"_L1)), against);
    return {};
}

/// Rules of a comparison are no rules of single series.
QString comparisonTitle(std::string_view id)
{
    if (id == "cross_close")
        return Findings::tr("Close too far from another venue's");
    if (id == "cross_ohl")
        return Findings::tr("Open, high or low too far from another venue's");
    if (id == "cross_basis")
        return Findings::tr("Usual difference to another venue too large");
    if (id == "cross_missing")
        return Findings::tr("Traded elsewhere, not here");
    if (id == "cross_shift")
        return Findings::tr("Bars come late against another venue's");
    if (id == "cross_unit")
        return Findings::tr("Volume in another unit than elsewhere");
    if (id == "cross_volume")
        return Findings::tr("Volume unlike another venue's");
    return toQString(id);
}

} // namespace

QString glyphOf(Severity severity)
{
    switch (severity) {
    case Severity::Info:
        return u"\u2139"_s;
    case Severity::Warn:
        return u"\u26A0"_s;
    case Severity::Error:
        return u"\u2715"_s;
    }
    return {};
}

QString textOf(Severity severity)
{
    switch (severity) {
    case Severity::Info:
        return Findings::tr("Info");
    case Severity::Warn:
        return Findings::tr("Warning");
    case Severity::Error:
        return Findings::tr("Error");
    }
    return {};
}

QColor colourOf(Severity severity, const Theme& theme)
{
    switch (severity) {
    case Severity::Info:
        return theme.neutral;
    case Severity::Warn:
        return theme.warning;
    case Severity::Error:
        return theme.bad;
    }
    return theme.neutral;
}

Severity severityOf(const Finding& finding)
{
    return severityFromText(finding.severity).value_or(Severity::Warn);
}

QString glyphOf(FindingState state)
{
    switch (state) {
    case FindingState::Open:
        return u"\u25CB"_s;
    case FindingState::Acknowledged:
        return u"\u2611"_s;
    case FindingState::Quarantined:
        return u"\u2298"_s;
    case FindingState::Replaced:
        return u"\u21C4"_s;
    case FindingState::Fixed:
        return u"\u2713"_s;
    }
    return {};
}

QString textOf(FindingState state)
{
    switch (state) {
    case FindingState::Open:
        return Findings::tr("Open");
    case FindingState::Acknowledged:
        return Findings::tr("Accepted");
    case FindingState::Quarantined:
        return Findings::tr("Quarantined");
    case FindingState::Replaced:
        return Findings::tr("Replaced");
    case FindingState::Fixed:
        return Findings::tr("Fixed");
    }
    return {};
}

QColor colourOf(FindingState state, const Theme& theme)
{
    switch (state) {
    case FindingState::Open:
        return theme.waiting;
    case FindingState::Acknowledged:
        return theme.neutral;
    case FindingState::Quarantined:
        return theme.paused;
    case FindingState::Replaced:
        return theme.running;
    case FindingState::Fixed:
        return theme.good;
    }
    return theme.neutral;
}

FindingState stateOf(const Finding& finding)
{
    return findingStateFromText(finding.state).value_or(FindingState::Open);
}

QString glyphOf(RuleVerdict verdict)
{
    switch (verdict) {
    case RuleVerdict::Pass:
        return u"\u2713"_s;
    case RuleVerdict::Warn:
        return u"\u26A0"_s;
    case RuleVerdict::Fail:
        return u"\u2715"_s;
    }
    return {};
}

QColor colourOf(RuleVerdict verdict, const Theme& theme)
{
    switch (verdict) {
    case RuleVerdict::Pass:
        return theme.good;
    case RuleVerdict::Warn:
        return theme.warning;
    case RuleVerdict::Fail:
        return theme.bad;
    }
    return theme.neutral;
}

QString textOf(RuleScope scope)
{
    switch (scope) {
    case RuleScope::Bar:
        return Findings::tr("each bar by itself");
    case RuleScope::Neighbours:
        return Findings::tr("bars among their neighbours");
    case RuleScope::Series:
        return Findings::tr("the series against the clock or other series");
    case RuleScope::Answer:
        return Findings::tr("the source's answer, when it comes");
    }
    return {};
}

QString textOf(Kind kind)
{
    return kind == Kind::OpenInterest ? Findings::tr("open interest") : Findings::tr("candles");
}

QString ruleTitle(std::string_view id)
{
    const Rule* rule = findRule(id);
    return rule ? QCoreApplication::translate("Rules", rule->info.title.c_str()) : comparisonTitle(id);
}

QString whyOf(const Finding& finding)
{
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(finding.details));
    const QString why = json.object().value("why"_L1).toString();
    return why.isEmpty() ? comparisonText(json.object()) : why;
}

QString actionText(std::string_view action)
{
    if (action == toText(DecisionAction::Acknowledge))
        return Findings::tr("Accepted");
    if (action == toText(DecisionAction::Quarantine))
        return Findings::tr("Quarantined");
    if (action == toText(DecisionAction::Replace))
        return Findings::tr("Replaced");
    if (action == toText(DecisionAction::Reopen) || action == "reopened")
        return Findings::tr("Opened again");
    if (action == toText(DecisionAction::Undo))
        return Findings::tr("Undone");
    if (action == "fixed")
        return Findings::tr("Fixed");
    return toQString(action);
}

std::int64_t barsOf(const Finding& finding, const Grid& grid)
{
    return grid.count({grid.floor(finding.range.from), finding.range.to});
}

} // namespace mnemo
