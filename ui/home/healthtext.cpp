#include "ui/home/healthtext.h"

#include <QCoreApplication>

#include "ui/widgets/findingtext.h"
#include "ui/widgets/errortext.h"
#include "ui/widgets/statetext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Health)
};

/// The one series that it is about; empty for several.
QString oneSeries(const HealthIssue& issue)
{
    return issue.parts.size() == 1 ? titleOf(issue.parts.front().series.key) : QString();
}

QString bars(std::int64_t count)
{
    return count == 1 ? Texts::tr("1 bar") : Texts::tr("%1 bars").arg(countText(count));
}

QString jobs(std::int64_t count)
{
    return count == 1 ? Texts::tr("1 job") : Texts::tr("%1 jobs").arg(countText(count));
}

QString findings(std::int64_t count)
{
    return count == 1 ? Texts::tr("1 finding") : Texts::tr("%1 findings").arg(countText(count));
}

QString spanText(TimeRange range, const DisplayZone& zone)
{
    return Texts::tr("%1 to %2 %3").arg(zone.timeText(range.from), zone.timeText(range.to), zone.label(range.to));
}

QString momentText(UtcMs at, const DisplayZone& zone)
{
    return Texts::tr("%1 %2").arg(zone.timeText(std::chrono::floor<std::chrono::minutes>(at)), zone.label(at));
}

QString laneText(const HealthIssue& issue, UtcMs now)
{
    QStringList sentences;
    const milliseconds left = issue.until ? *issue.until - now : milliseconds {0};
    if (issue.what == "refused")
        sentences << Texts::tr("Nothing is sent for another %1.").arg(lengthText(left));
    else if (left > milliseconds {0})
        sentences << Texts::tr("It failed too often, and is tried again in %1.").arg(lengthText(left));
    else
        sentences << Texts::tr("It failed too often, and is being tried again.");
    if (issue.series > 0)
        sentences << Texts::tr("Not up to date because of it: %1 series.").arg(countText(issue.series));
    if (issue.count > 0)
        sentences << Texts::tr("Ended because of it: %1.").arg(jobs(issue.count));
    return sentences.join(u' ');
}

QString retentionText(const HealthIssue& issue, const DisplayZone& zone, UtcMs now)
{
    const milliseconds left = *issue.until - now;
    return Texts::tr("In %1 (%2) the source forgets the first of %3 that are missing.")
        .arg(lengthText(std::max(left, milliseconds {0})), momentText(*issue.until, zone), bars(issue.count));
}

QString outageText(const HealthIssue& issue, const DisplayZone& zone)
{
    const auto& symbols = issue.outages.front().symbols;
    QStringList named;
    for (std::size_t i = 0; i < std::min<std::size_t>(symbols.size(), 3); ++i)
        named << toQString(symbols[i]);
    if (symbols.size() > 3)
        named << u"\u2026"_s;
    return Texts::tr("%1, as %2 series that lack the same bars show (%3). Accept lists it among the known outages.")
        .arg(spanText(issue.range, zone), countText(issue.series), named.join(u", "_s));
}

} // namespace

QString glyphOf(const HealthIssue& issue)
{
    switch (issue.cause) {
    case HealthCause::Retention: return u"\u25F7"_s;
    case HealthCause::Stale: return u"\u21BB"_s;
    case HealthCause::Gaps: return u"\u25D0"_s;
    case HealthCause::Outage: return u"\u25CB"_s;
    case HealthCause::Store:
    case HealthCause::Disk:
    case HealthCause::Lane:
    case HealthCause::FailedJobs:
    case HealthCause::Findings:
    case HealthCause::Settings: break;
    }
    return glyphOf(issue.severity);
}

QColor colourOf(const HealthIssue& issue, const Theme& theme)
{
    return colourOf(issue.severity, theme);
}

QString titleOf(const HealthIssue& issue)
{
    const QString where = toQString(issue.where);
    const QString one = oneSeries(issue);
    const QString series = countText(issue.series);
    switch (issue.cause) {
    case HealthCause::Store: return Texts::tr("The store is in trouble");
    case HealthCause::Disk: return Texts::tr("Little room is left on the disk");
    case HealthCause::Lane:
        return issue.what == "refused" ? Texts::tr("%1 refuses this computer for now").arg(where)
                                       : Texts::tr("%1 does not answer").arg(where);
    case HealthCause::Retention:
        return one.isEmpty() ? Texts::tr("%1: %2 series are about to lose bars for good").arg(where, series)
                             : Texts::tr("%1 is about to lose bars for good").arg(one);
    case HealthCause::FailedJobs:
        return Texts::tr("%1: %2 failed").arg(where, jobs(issue.count));
    case HealthCause::Stale:
        return one.isEmpty() ? Texts::tr("%1: %2 series are not up to date").arg(where, series)
                             : Texts::tr("%1 is not up to date").arg(one);
    case HealthCause::Gaps:
        if (issue.what == toText(GapClass::Failed))
            return one.isEmpty()
                ? Texts::tr("%1: %2 series have holes that were asked for in vain").arg(where, series)
                : Texts::tr("%1 has holes that were asked for in vain").arg(one);
        return one.isEmpty() ? Texts::tr("%1: %2 series have holes that nobody asked for").arg(where, series)
                             : Texts::tr("%1 has holes that nobody asked for").arg(one);
    case HealthCause::Findings:
        return Texts::tr("%1: %2").arg(where, ruleTitle(issue.what));
    case HealthCause::Settings:
        return issue.count == 1 ? Texts::tr("A setting is not understood")
                                : Texts::tr("%1 settings are not understood").arg(countText(issue.count));
    case HealthCause::Outage:
        return issue.count == 1
            ? Texts::tr("%1 %2 was silent for a time").arg(where, toQString(issue.what))
            : Texts::tr("%1 %2 was silent %3 times").arg(where, toQString(issue.what), countText(issue.count));
    }
    return {};
}

QString reasonOf(const HealthIssue& issue, const DisplayZone& zone, UtcMs now)
{
    switch (issue.cause) {
    case HealthCause::Store: return issue.error ? errorText(*issue.error) : QString();
    case HealthCause::Disk:
        return Texts::tr("%1 are free where the data lives. Without room nothing more is stored.")
            .arg(bytesText(issue.count));
    case HealthCause::Lane: return laneText(issue, now);
    case HealthCause::Retention: return retentionText(issue, zone, now);
    case HealthCause::FailedJobs:
        return issue.error ? errorText(*issue.error) : Texts::tr("The log says why.");
    case HealthCause::Stale:
        return Texts::tr("%1 have closed since %2.").arg(bars(issue.count), momentText(issue.range.from, zone));
    case HealthCause::Gaps:
        return Texts::tr("%1, from %2.").arg(bars(issue.count), spanText(issue.range, zone));
    case HealthCause::Findings:
        return Texts::tr("%1 in %2 series, and nobody has decided about it.")
            .arg(findings(issue.count), countText(issue.series));
    case HealthCause::Settings: return Texts::tr("What they say is not used; \"Problems\" tells each place.");
    case HealthCause::Outage: return outageText(issue, zone);
    }
    return {};
}

QString textOf(HealthStep step)
{
    switch (step) {
    case HealthStep::Fill: return Texts::tr("Fill");
    case HealthStep::Retry: return Texts::tr("Retry");
    case HealthStep::Accept: return Texts::tr("Accept\u2026");
    case HealthStep::Open: return Texts::tr("Open");
    }
    return {};
}

QString tipOf(HealthStep step)
{
    switch (step) {
    case HealthStep::Fill: return Texts::tr("Asks the source for the bars that are missing; the row shows how far it is");
    case HealthStep::Retry: return Texts::tr("Begins the jobs again with what is missing of them");
    case HealthStep::Accept: return Texts::tr("Asks for a reason, and writes it into your list of outages");
    case HealthStep::Open: return Texts::tr("Shows it where it can be decided about");
    }
    return {};
}

QString searchTextOf(const HealthIssue& issue)
{
    QString text = titleOf(issue) + u' ' + toQString(issue.where) + u' ' + toQString(issue.what);
    for (const HealthPart& part : issue.parts)
        text += u' ' + titleOf(part.series.key);
    return text.toLower();
}

} // namespace mnemo
