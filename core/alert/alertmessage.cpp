#include "core/alert/alertmessage.h"

#include "core/base/timetext.h"

namespace mnemo {

namespace {

constexpr double gibibyte = 1024.0 * 1024 * 1024;

std::string counted(std::int64_t number, const std::string& one, const std::string& many)
{
    return std::to_string(number) + ' ' + (number == 1 ? one : many);
}

std::string sizeText(std::int64_t bytes)
{
    const auto tenths = static_cast<std::int64_t>(static_cast<double>(bytes) / gibibyte * 10);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " GiB";
}

/// Without the place.
std::string whatIsSo(const Alert& alert)
{
    const std::string series = counted(alert.series, "series", "series");
    switch (alert.kind) {
    case AlertKind::FailedJobs: return counted(alert.count, "job", "jobs") + " failed, of " + series;
    case AlertKind::Gaps: return series + (alert.series == 1 ? " lacks " : " lack ") + counted(alert.count, "bar", "bars");
    case AlertKind::Stale: return series + (alert.series == 1 ? " is" : " are") + " not up to date";
    case AlertKind::Findings: return counted(alert.count, "row or run of rows breaks", "rows or runs of rows break") + " a rule, in " + series;
    case AlertKind::Lane: return alert.what == "refused" ? "the exchange refuses our requests" : "the exchange fails and is left alone";
    case AlertKind::Retention: return "bars of " + series + " are about to be lost for good";
    case AlertKind::Disk: return "only " + sizeText(alert.count) + " are free on the disk of the store";
    case AlertKind::Store: return "the store cannot be used";
    case AlertKind::Settings: return counted(alert.count, "setting is", "settings are") + " not understood";
    }
    return {};
}

} // namespace

AlertMessage testMessage(UtcMs at)
{
    AlertMessage message;
    message.event = "test";
    message.at = at;
    return message;
}

std::string titleOf(const Alert& alert)
{
    return alert.where.empty() ? whatIsSo(alert) : alert.where + ": " + whatIsSo(alert);
}

std::string helpFor(AlertKind kind)
{
    switch (kind) {
    case AlertKind::FailedJobs: return "Open Jobs, look at the reason, and retry.";
    case AlertKind::Gaps: return "Open Coverage and fill what is missing.";
    case AlertKind::Stale: return "Fill from Home, or run: mnemo-quant-cli incremental.";
    case AlertKind::Findings: return "Open Validation and decide about the rows.";
    case AlertKind::Lane: return "Open Limits; requests are tried again by themselves. Check the network and the exchange's status page.";
    case AlertKind::Retention: return "Fill from Home before the source forgets, or run: mnemo-quant-cli incremental.";
    case AlertKind::Disk: return "Make room, or move the data folder.";
    case AlertKind::Store: return "Run: mnemo-quant-cli doctor. Nothing can be stored until it is well.";
    case AlertKind::Settings: return "Open Problems: each has file, line and column.";
    }
    return {};
}

std::string subjectOf(const AlertMessage& message)
{
    if (message.isTest())
        return "[test] mnemo-quant can reach you here";
    const std::string mark = message.isEnd() ? "resolved" : std::string(toText(message.alert.severity));
    return '[' + mark + "] " + titleOf(message.alert);
}

std::vector<std::pair<std::string, std::string>> factsOf(const AlertMessage& message)
{
    std::vector<std::pair<std::string, std::string>> facts;
    const auto add = [&facts](const char* name, const std::string& value) {
        if (!value.empty())
            facts.emplace_back(name, value);
    };
    if (message.isTest())
        return facts;
    const Alert& alert = message.alert;
    add("Rule", alert.rule);
    add("Severity", std::string(toText(alert.severity)));
    add("Since", formatShort(alert.since) + " UTC");
    if (message.isEnd() && alert.resolvedAt)
        add("Resolved", formatShort(*alert.resolvedAt) + " UTC, " + alert.why);
    else if (alert.until)
        add(alert.kind == AlertKind::Retention ? "Too late at" : "Tried again at", formatShort(*alert.until) + " UTC");
    if (alert.causes > 1)
        add("Causes", std::to_string(alert.causes) + ", the worst: " + alert.what);
    else
        add("Cause", alert.what);
    add("Detail", alert.detail.substr(0, 500));
    return facts;
}

std::string plainText(const AlertMessage& message)
{
    std::string text = subjectOf(message) + "\n\n";
    for (const auto& [name, value] : factsOf(message))
        text += name + ": " + value + '\n';
    if (message.isTest())
        return text + "Nothing is wrong: this is a test that somebody asked for.\n";
    return message.isEnd() ? text : text + '\n' + helpFor(message.alert.kind) + '\n';
}

} // namespace mnemo
