#include "ui/widgets/findingtext.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include "core/quality/rules/ruleids.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Findings {
    Q_DECLARE_TR_FUNCTIONS(Findings)
};

QString unitText(const QString& means)
{
    if (means.startsWith("both"_L1))
        return Findings::tr("both sides of each position");
    if (means.startsWith("contracts"_L1))
        return Findings::tr("contracts of %1").arg(QLocale().toString(means.section(u' ', -1).toDouble(), 'g', 12));
    return Findings::tr("money");
}

/// Both numbers, and what is wrong with them.
QString interestText(const QJsonObject& worst)
{
    const auto number = [](const QJsonValue& value, int digits) { return QLocale().toString(value.toDouble(), 'g', digits); };
    const QString both = (worst.value("unit"_L1).toString() == "USD"_L1 ? Findings::tr("%1 USD here, %2 USD at %3.")
                                                                         : Findings::tr("%1 here, %2 at %3."))
                             .arg(number(worst.value("ours"_L1), 12), number(worst.value("theirs"_L1), 12),
                                 worst.value("against"_L1).toString());
    if (worst.contains("means"_L1))
        return Findings::tr("%1 %2 times as much: it seems to count %3.")
            .arg(both, number(worst.value("ratio"_L1), 4), unitText(worst.value("means"_L1).toString()));
    return Findings::tr("%1 %2 % off, limit %3 %.")
        .arg(both, number(worst.value("off_percent"_L1), 4), number(worst.value("limit_percent"_L1), 4));
}

/// What a comparison left: numbers, put into words here. Empty where it is something else.
QString comparisonText(const QJsonObject& details)
{
    const auto number = [](const QJsonValue& value) { return QLocale().toString(value.toDouble(), 'g', 6); };
    if (const QJsonObject interest = details.value("interest"_L1).toObject(); !interest.isEmpty())
        return interestText(interest);
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

QString fieldName(const QString& field)
{
    if (field == "open"_L1)
        return Findings::tr("open");
    if (field == "high"_L1)
        return Findings::tr("high");
    if (field == "low"_L1)
        return Findings::tr("low");
    if (field == "close"_L1)
        return Findings::tr("close");
    if (field == "volume"_L1)
        return Findings::tr("volume");
    if (field == "quote_volume"_L1)
        return Findings::tr("turnover");
    if (field == "trades"_L1)
        return Findings::tr("trades");
    return field;
}

/// "close 100.1, now 100.4 (+0.3)"; without the difference where one of both is no number.
QString changeText(const QString& field, const QJsonValue& before, const QJsonValue& after)
{
    const auto number = [](const QJsonValue& value) {
        return value.isDouble() ? QLocale().toString(value.toDouble(), 'g', 12) : Findings::tr("not told");
    };
    if (!before.isDouble() || !after.isDouble())
        return Findings::tr("%1 %2, now %3").arg(fieldName(field), number(before), number(after));
    const double difference = after.toDouble() - before.toDouble();
    return Findings::tr("%1 %2, now %3 (%4)")
        .arg(fieldName(field), number(before), number(after),
            (difference > 0 ? u"+"_s : QString()) + QLocale().toString(difference, 'g', 6));
}

QString barChangeText(const QJsonObject& change)
{
    const QJsonObject before = change.value("old"_L1).toObject();
    const QJsonObject after = change.value("new"_L1).toObject();
    QStringList fields;
    for (const auto& name : {"open"_L1, "high"_L1, "low"_L1, "close"_L1, "volume"_L1, "quote_volume"_L1, "trades"_L1}) {
        if (before.contains(name) || after.contains(name))
            fields << changeText(name, before.value(name), after.value(name));
    }
    return fields.join(u"; "_s);
}

/// What a revision left: each bar with its fields before and after. Of a run the first bar is told, and how many follow.
QString revisionText(const Finding& finding, const QJsonObject& details)
{
    const QString when = timeText(std::chrono::floor<std::chrono::seconds>(finding.createdAt));
    const QJsonArray changes = details.value("changes"_L1).toArray();
    if (!changes.isEmpty()) {
        const QJsonObject first = changes.first().toObject();
        const UtcMs bar = fromMs(static_cast<std::int64_t>(first.value("time"_L1).toDouble()));
        const int bars = details.value("bars"_L1).toInt(1);
        const QString text = Findings::tr("Another answer came at %1 UTC. The bar of %2 UTC: %3.")
                                 .arg(when, timeText(bar), barChangeText(first));
        return bars == 1 ? text : Findings::tr("%1 Bars after it that changed too: %2.").arg(text, countText(std::int64_t {bars - 1}));
    }
    const QJsonObject before = details.value("before"_L1).toObject(); // of open interest
    if (before.isEmpty())
        return {};
    QStringList values;
    if (before.value("amount"_L1).isDouble())
        values << Findings::tr("amount %1").arg(QLocale().toString(before.value("amount"_L1).toDouble(), 'g', 12));
    if (before.value("value"_L1).isDouble())
        values << Findings::tr("value %1").arg(QLocale().toString(before.value("value"_L1).toDouble(), 'g', 12));
    return Findings::tr("Another answer came at %1 UTC. Before it: %2.").arg(when, values.join(u", "_s));
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
    if (id == "cross_interest")
        return Findings::tr("Open interest unlike another venue's");
    if (id == "cross_interest_unit")
        return Findings::tr("Open interest in another unit than elsewhere");
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

QString ruleTitle(std::string_view id)
{
    const Rule* rule = findRule(id);
    return rule ? QCoreApplication::translate("Rules", rule->info.title.c_str()) : comparisonTitle(id);
}

QString whyOf(const Finding& finding)
{
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(finding.details));
    const QString why = json.object().value("why"_L1).toString();
    if (!why.isEmpty())
        return why;
    return finding.rule == rule::revision ? revisionText(finding, json.object()) : comparisonText(json.object());
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
