#include "ui/alerts/alerttext.h"

#include <QCoreApplication>

#include "ui/widgets/findingtext.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct AlertTexts {
    Q_DECLARE_TR_FUNCTIONS(Alerts)
};

QString seriesText(std::int64_t count)
{
    return count == 1 ? AlertTexts::tr("1 series") : AlertTexts::tr("%1 series").arg(countText(count));
}

QString whatIsSo(const Alert& alert)
{
    const QString count = countText(alert.count);
    switch (alert.kind) {
    case AlertKind::FailedJobs: return alert.count == 1 ? AlertTexts::tr("1 job failed") : AlertTexts::tr("%1 jobs failed").arg(count);
    case AlertKind::Gaps: return AlertTexts::tr("bars are missing in %1").arg(seriesText(alert.series));
    case AlertKind::Stale: return AlertTexts::tr("not up to date: %1").arg(seriesText(alert.series));
    case AlertKind::Findings: return AlertTexts::tr("rows break a rule in %1").arg(seriesText(alert.series));
    case AlertKind::Lane:
        return alert.what == "refused" ? AlertTexts::tr("the exchange refuses this computer for now")
                                       : AlertTexts::tr("the exchange does not answer");
    case AlertKind::Retention: return AlertTexts::tr("bars of %1 are about to be lost for good").arg(seriesText(alert.series));
    case AlertKind::Disk: return AlertTexts::tr("Only %1 are free on the disk of the store").arg(bytesText(alert.count));
    case AlertKind::Store: return AlertTexts::tr("The store is in trouble");
    case AlertKind::Settings:
        return alert.count == 1 ? AlertTexts::tr("A setting is not understood") : AlertTexts::tr("%1 settings are not understood").arg(count);
    }
    return {};
}

} // namespace

QString alertTitle(const Alert& alert)
{
    const QString what = whatIsSo(alert);
    return alert.where.empty() ? what : AlertTexts::tr("%1: %2").arg(toQString(alert.where), what);
}

QString alertHelp(AlertKind kind)
{
    switch (kind) {
    case AlertKind::FailedJobs: return AlertTexts::tr("Look at the reason in Jobs, and try them again.");
    case AlertKind::Gaps: return AlertTexts::tr("Fill what is missing, from Coverage or from Home.");
    case AlertKind::Stale: return AlertTexts::tr("Fill from Home, or look in Coverage since when nothing came.");
    case AlertKind::Findings: return AlertTexts::tr("Look at the rows in Validation and decide about them.");
    case AlertKind::Lane: return AlertTexts::tr("It is tried again by itself. Limits shows when, and why it stopped.");
    case AlertKind::Retention: return AlertTexts::tr("Fill it before the source forgets: what it no longer has cannot be fetched by anybody.");
    case AlertKind::Disk: return AlertTexts::tr("Make room, or move the data folder. Without room nothing more is stored.");
    case AlertKind::Store: return AlertTexts::tr("Doctor tells what is wrong. Until it is well nothing can be stored.");
    case AlertKind::Settings: return AlertTexts::tr("Problems tells file, line and column of each. What they say is not used.");
    }
    return {};
}

QString openText(AlertKind kind)
{
    switch (kind) {
    case AlertKind::FailedJobs: return AlertTexts::tr("Open jobs");
    case AlertKind::Gaps:
    case AlertKind::Stale:
    case AlertKind::Retention: return AlertTexts::tr("Open coverage");
    case AlertKind::Findings: return AlertTexts::tr("Open validation");
    case AlertKind::Lane: return AlertTexts::tr("Open limits");
    case AlertKind::Disk:
    case AlertKind::Store: return AlertTexts::tr("Open doctor");
    case AlertKind::Settings: return AlertTexts::tr("Open problems");
    }
    return {};
}

AlertLook lookOf(const AlertSnapshot& alerts, const Alert& alert)
{
    if (alerts.isSilenced(alert.id))
        return AlertLook::Silenced;
    if (alert.state == AlertState::Pending)
        return AlertLook::Pending;
    return alert.acknowledgedAt ? AlertLook::Known : AlertLook::Firing;
}

QString glyphOf(AlertLook look)
{
    switch (look) {
    case AlertLook::Pending: return u"\u2026"_s;
    case AlertLook::Firing: return u"\u25B2"_s;
    case AlertLook::Known: return u"\u2713"_s;
    case AlertLook::Silenced: return u"\u2016"_s;
    }
    return {};
}

QString textOf(AlertLook look)
{
    switch (look) {
    case AlertLook::Pending: return AlertTexts::tr("pending");
    case AlertLook::Firing: return AlertTexts::tr("firing");
    case AlertLook::Known: return AlertTexts::tr("acknowledged");
    case AlertLook::Silenced: return AlertTexts::tr("silenced");
    }
    return {};
}

QColor colourOf(AlertLook look, Severity severity, const Theme& theme)
{
    switch (look) {
    case AlertLook::Pending: return theme.waiting;
    case AlertLook::Firing: return colourOf(severity, theme);
    case AlertLook::Known: return theme.neutral;
    case AlertLook::Silenced: return theme.paused;
    }
    return theme.neutral;
}

QString glyphOf(RuleState state)
{
    switch (state) {
    case RuleState::Off: return u"\u2013"_s;
    case RuleState::Normal: return u"\u2713"_s;
    case RuleState::Pending: return u"\u2026"_s;
    case RuleState::Firing: return u"\u25B2"_s;
    case RuleState::NoData: return u"?"_s;
    }
    return {};
}

QString textOf(RuleState state)
{
    switch (state) {
    case RuleState::Off: return AlertTexts::tr("off");
    case RuleState::Normal: return AlertTexts::tr("normal");
    case RuleState::Pending: return AlertTexts::tr("pending");
    case RuleState::Firing: return AlertTexts::tr("firing");
    case RuleState::NoData: return AlertTexts::tr("no data");
    }
    return {};
}

QColor colourOf(RuleState state, const Theme& theme)
{
    switch (state) {
    case RuleState::Off: return theme.neutral;
    case RuleState::Normal: return theme.good;
    case RuleState::Pending: return theme.waiting;
    case RuleState::Firing: return theme.bad;
    case RuleState::NoData: return theme.warning;
    }
    return theme.neutral;
}

QString glyphOf(DeliveryState state)
{
    switch (state) {
    case DeliveryState::Waiting: return u"\u2026"_s;
    case DeliveryState::Retrying: return u"\u21BB"_s;
    case DeliveryState::Sent: return u"\u2713"_s;
    case DeliveryState::Failed: return u"\u2715"_s;
    }
    return {};
}

QString textOf(DeliveryState state)
{
    switch (state) {
    case DeliveryState::Waiting: return AlertTexts::tr("waiting");
    case DeliveryState::Retrying: return AlertTexts::tr("trying again");
    case DeliveryState::Sent: return AlertTexts::tr("sent");
    case DeliveryState::Failed: return AlertTexts::tr("failed");
    }
    return {};
}

QColor colourOf(DeliveryState state, const Theme& theme)
{
    switch (state) {
    case DeliveryState::Waiting: return theme.waiting;
    case DeliveryState::Retrying: return theme.warning;
    case DeliveryState::Sent: return theme.good;
    case DeliveryState::Failed: return theme.bad;
    }
    return theme.neutral;
}

QString textOf(AlertEventKind kind)
{
    switch (kind) {
    case AlertEventKind::Fired: return AlertTexts::tr("fired");
    case AlertEventKind::Repeated: return AlertTexts::tr("told again");
    case AlertEventKind::Worsened: return AlertTexts::tr("worsened");
    case AlertEventKind::Resolved: return AlertTexts::tr("resolved");
    case AlertEventKind::Acknowledged: return AlertTexts::tr("acknowledged");
    case AlertEventKind::Silenced: return AlertTexts::tr("silence begun");
    case AlertEventKind::SilenceEnded: return AlertTexts::tr("silence ended");
    }
    return {};
}

QString kindText(AlertKind kind)
{
    switch (kind) {
    case AlertKind::FailedJobs: return AlertTexts::tr("failed jobs");
    case AlertKind::Gaps: return AlertTexts::tr("missing bars");
    case AlertKind::Stale: return AlertTexts::tr("series that are not up to date");
    case AlertKind::Findings: return AlertTexts::tr("findings of validation");
    case AlertKind::Lane: return AlertTexts::tr("an exchange that does not answer");
    case AlertKind::Retention: return AlertTexts::tr("bars that the source soon forgets");
    case AlertKind::Disk: return AlertTexts::tr("room on the disk");
    case AlertKind::Store: return AlertTexts::tr("the store");
    case AlertKind::Settings: return AlertTexts::tr("settings that are not understood");
    }
    return {};
}

QString textOf(ChannelType type)
{
    switch (type) {
    case ChannelType::App: return AlertTexts::tr("This screen");
    case ChannelType::Desktop: return AlertTexts::tr("Desktop notification");
    case ChannelType::Webhook: return AlertTexts::tr("Webhook");
    case ChannelType::Slack: return AlertTexts::tr("Slack");
    case ChannelType::Discord: return AlertTexts::tr("Discord");
    case ChannelType::Telegram: return AlertTexts::tr("Telegram");
    case ChannelType::Email: return AlertTexts::tr("E-mail");
    }
    return {};
}

QString whenText(UtcMs at, const DisplayZone& zone)
{
    return AlertTexts::tr("%1 %2").arg(zone.timeText(std::chrono::floor<std::chrono::minutes>(at)), zone.label(at));
}

QString silenceText(const Silence& silence, const DisplayZone& zone)
{
    QStringList of;
    if (!silence.rule.empty())
        of << AlertTexts::tr("rule %1").arg(toQString(silence.rule));
    if (!silence.where.empty())
        of << toQString(silence.where);
    if (silence.isOfGroup && !silence.group.empty())
        of << toQString(silence.group);
    const QString what = of.isEmpty() ? AlertTexts::tr("all alerts") : of.join(u", "_s);
    return AlertTexts::tr("%1, until %2").arg(what, whenText(silence.until, zone));
}

} // namespace mnemo
