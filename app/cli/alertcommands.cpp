#include "app/cli/commands.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/output.h"
#include "app/cli/schedulercall.h"
#include "app/cli/signals.h"
#include "core/base/timetext.h"

namespace mnemo::cli {

namespace {

constexpr milliseconds deliveryTime {60'000}; ///< that a check waits for its messages

struct AlertOptions {
    std::string name, rule, where, why, length = "1h", until;
    std::int64_t id = 0;
    int limit = 50;
    bool isJson = false;
};

Json timeOrNull(const std::optional<UtcMs>& time)
{
    return time ? Json(toMs(*time)) : Json();
}

Json alertJson(const Alert& alert, bool isSilenced)
{
    return {{"id", alert.id}, {"rule", alert.rule}, {"kind", mnemo::toText(alert.kind)}, {"state", mnemo::toText(alert.state)},
        {"severity", mnemo::toText(alert.severity)}, {"where", alert.where}, {"what", alert.what}, {"causes", alert.causes},
        {"series", alert.series}, {"count", alert.count}, {"title", titleOf(alert)}, {"detail", alert.detail},
        {"since", toMs(alert.since)}, {"seenAt", toMs(alert.seenAt)}, {"firedAt", timeOrNull(alert.firedAt)},
        {"resolvedAt", timeOrNull(alert.resolvedAt)}, {"until", timeOrNull(alert.until)}, {"told", alert.told},
        {"toldAt", timeOrNull(alert.toldAt)}, {"acknowledgedBy", alert.acknowledgedBy}, {"isSilenced", isSilenced},
        {"why", alert.why}};
}

Json silenceJson(const Silence& silence)
{
    return {{"id", silence.id}, {"rule", silence.rule}, {"where", silence.where}, {"from", toMs(silence.from)},
        {"until", toMs(silence.until)}, {"why", silence.why}, {"who", silence.who}, {"endedAt", timeOrNull(silence.endedAt)}};
}

Json deliveryJson(const AlertDelivery& delivery)
{
    return {{"id", delivery.id}, {"alert", delivery.alert}, {"channel", delivery.channel}, {"event", delivery.event},
        {"queuedAt", toMs(delivery.queuedAt)}, {"finishedAt", timeOrNull(delivery.finishedAt)},
        {"state", mnemo::toText(delivery.state)}, {"attempts", delivery.attempts}, {"reason", delivery.reason}};
}

std::string orAll(const std::string& text)
{
    return text.empty() ? "all" : text;
}

std::string stateText(const AlertSnapshot& alerts, const Alert& alert)
{
    std::string text(mnemo::toText(alert.state));
    if (alerts.isSilenced(alert.id))
        text += ", silenced";
    if (alert.acknowledgedAt)
        text += ", known to " + alert.acknowledgedBy;
    return text;
}

ExitStatus printAlerts(const AlertSnapshot& alerts, bool isJson)
{
    const ExitStatus status = alerts.count(AlertState::Firing) > 0 ? ExitStatus::Incomplete : ExitStatus::Complete;
    if (isJson) {
        Json json = {{"checkedAt", timeOrNull(alerts.checkedAt)}, {"noData", alerts.noData}};
        json["alerts"] = Json::array();
        for (const Alert& alert : alerts.open)
            json["alerts"].push_back(alertJson(alert, alerts.isSilenced(alert.id)));
        json["silences"] = Json::array();
        for (const Silence& silence : alerts.silences)
            json["silences"].push_back(silenceJson(silence));
        return worst(printJson(json), status);
    }
    if (alerts.open.empty())
        note("No alert.");
    Table table({"id", "state", "severity", "since", "rule", "what"});
    table.alignRight(0);
    for (const Alert& alert : alerts.open)
        table.add({std::to_string(alert.id), stateText(alerts, alert), std::string(mnemo::toText(alert.severity)),
            formatShort(alert.since), alert.rule, titleOf(alert)});
    const ExitStatus printed = alerts.open.empty() ? ExitStatus::Complete : table.print();
    for (const Silence& silence : alerts.silences)
        note("Silence " + std::to_string(silence.id) + ": rule " + orAll(silence.rule) + ", exchange " + orAll(silence.where)
            + ", until " + formatShort(silence.until) + " UTC, by " + silence.who
            + (silence.why.empty() ? "." : ": " + silence.why + '.'));
    return worst(printed, status);
}

ExitStatus list(Context& context, const AlertOptions& options)
{
    const auto engine = context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    const auto alerts = (*engine)->checkAlerts(); // read only: what is stored
    return alerts ? printAlerts(**alerts, options.isJson) : report(alerts.error());
}

ExitStatus check(Context& context, const AlertOptions& options)
{
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return report(engine.error());
    const auto alerts = (*engine)->checkAlerts();
    if (!alerts)
        return report(alerts.error());
    const bool isTold = (*engine)->waitForDeliveries(deliveryTime);
    if (!isTold)
        complain("Some messages could not be delivered in time; alerts history tells which.");
    return worst(printAlerts(**alerts, options.isJson), isTold ? ExitStatus::Complete : ExitStatus::Incomplete);
}

std::string channelsText(const AlertSettings& settings, const AlertRule& rule)
{
    std::string text;
    for (const AlertChannel* channel : settings.channelsFor(rule, rule.severity.value_or(Severity::Error)))
        text += (text.empty() ? "" : ",") + channel->id;
    return text.empty() ? "none" : text;
}

ExitStatus rules(Context& context, const AlertOptions& options)
{
    const auto engine = context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    const auto alerts = (*engine)->checkAlerts();
    if (!alerts)
        return report(alerts.error());
    const AlertSettings& settings = (*alerts)->settings;
    Json json = Json::array();
    Table table({"rule", "when", "state", "for", "group", "channels"});
    for (const RuleStatus& status : (*alerts)->rules) {
        const AlertRule& rule = *settings.rule(status.rule);
        const std::string channels = channelsText(settings, rule);
        json.push_back({{"rule", rule.id}, {"when", mnemo::toText(rule.kind)}, {"state", mnemo::toText(status.state)},
            {"pending", status.pending}, {"firing", status.firing}, {"for", rule.pendingFor.count()},
            {"clear", rule.clearFor.count()}, {"group", mnemo::toText(rule.grouping)},
            {"severity", rule.severity ? Json(mnemo::toText(*rule.severity)) : Json()}, {"channels", channels}});
        table.add({rule.id, std::string(mnemo::toText(rule.kind)), std::string(mnemo::toText(status.state)),
            durationText(rule.pendingFor), std::string(mnemo::toText(rule.grouping)), channels});
    }
    return options.isJson ? printJson(json) : table.print();
}

Result<UtcMs> readUntil(const AlertOptions& options, UtcMs now)
{
    if (!options.until.empty())
        return readTime("--until", options.until);
    if (const auto length = parseDuration(options.length))
        return now + *length;
    return fail(ErrorCode::InvalidArgument, "--for takes a length of time such as 30m, 8h or 1d, not " + options.length + ".");
}

/// By the process that collects, where it listens; else here.
Result<AlertOutcome> send(Context& context, const AlertCommand& command)
{
    if (auto answer = askedScheduler(context, command))
        return *std::move(answer);
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (!engine)
        return fail(engine.error());
    return carryOut(**engine, command);
}

ExitStatus silence(Context& context, const AlertOptions& options)
{
    const auto until = readUntil(options, context.now());
    if (!until)
        return report(until.error());
    const auto done = send(context, {AlertCommand::Action::Silence, options.id, options.rule, options.where, *until, options.why});
    if (!done)
        return report(done.error());
    if (options.isJson)
        return printJson(silenceJson(done->silence));
    note("Silence " + std::to_string(done->silence.id) + " until " + formatShort(done->silence.until) + " UTC.");
    return ExitStatus::Complete;
}

ExitStatus unsilence(Context& context, const AlertOptions& options)
{
    const auto done = send(context, {AlertCommand::Action::Unsilence, options.id, {}, {}, {}, {}});
    if (!done)
        return report(done.error());
    if (options.isJson)
        return printJson(silenceJson(done->silence));
    note("Silence " + std::to_string(done->silence.id) + " is over.");
    return ExitStatus::Complete;
}

ExitStatus acknowledge(Context& context, const AlertOptions& options)
{
    const auto done = send(context, {AlertCommand::Action::Acknowledge, options.id, {}, {}, {}, {}});
    if (!done)
        return report(done.error());
    const auto engine = context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    const auto stored = (*engine)->alertHistory({{}, done->alert, UtcMs::min(), 1});
    if (!stored || stored->alerts.empty())
        return report(stored ? Error {ErrorCode::NotFound, "alert " + std::to_string(done->alert) + " is gone", {}} : stored.error());
    const Alert& alert = stored->alerts.front();
    if (options.isJson)
        return printJson(alertJson(alert, false));
    note("Alert " + std::to_string(alert.id) + " is known to " + alert.acknowledgedBy + ": it is not repeated.");
    return ExitStatus::Complete;
}

/// Needs no store; where one is there, the outcome is kept in it unless another process collects.
Result<std::unique_ptr<Engine>> openForTest(Context& context)
{
    auto engine = context.openEngine(OpenMode::ReadWrite);
    return !engine && engine.error().code == ErrorCode::StorageLocked ? context.openEngineToRead() : std::move(engine);
}

ExitStatus test(Context& context, const AlertOptions& options)
{
    const StopOnSignal stop; // before the engine's threads
    const auto engine = openForTest(context);
    if (!engine)
        return report(engine.error());
    const auto delivery = (*engine)->testChannel(options.name, stop.token());
    if (!delivery)
        return report(delivery.error());
    const bool isSent = delivery->state == DeliveryState::Sent;
    const ExitStatus status = isSent ? ExitStatus::Complete : ExitStatus::Incomplete;
    if (options.isJson)
        return worst(printJson(deliveryJson(*delivery)), status);
    if (isSent)
        note(options.name + " has taken the message.");
    else
        complain(options.name + ": " + delivery->reason + '.');
    return status;
}

ExitStatus history(Context& context, const AlertOptions& options)
{
    const auto engine = context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    AlertFilter filter;
    filter.limit = options.limit;
    const auto history = (*engine)->alertHistory(filter);
    if (!history)
        return report(history.error());
    if (options.isJson) {
        Json json = {{"alerts", Json::array()}, {"events", Json::array()}, {"deliveries", Json::array()}};
        for (const Alert& alert : history->alerts)
            json["alerts"].push_back(alertJson(alert, false));
        for (const AlertEvent& event : history->events)
            json["events"].push_back({{"alert", event.alert}, {"at", toMs(event.at)}, {"event", mnemo::toText(event.kind)},
                {"isTold", event.isTold}, {"who", event.who}, {"text", event.text}});
        for (const AlertDelivery& delivery : history->deliveries)
            json["deliveries"].push_back(deliveryJson(delivery));
        return printJson(json);
    }
    Table table({"time", "alert", "event", "told", "who", "what"});
    table.alignRight(1);
    for (const AlertEvent& event : history->events)
        table.add({formatShort(event.at), event.alert > 0 ? std::to_string(event.alert) : "", std::string(mnemo::toText(event.kind)),
            event.isTold ? "yes" : "no", event.who, event.text});
    return table.print();
}

using Run = ExitStatus (*)(Context&, const AlertOptions&);

CLI::App* addCommand(CLI::App& group, Context& context, const char* name, const char* description, Run run,
    const std::function<void(CLI::App&, AlertOptions&)>& more = {})
{
    auto options = std::make_shared<AlertOptions>();
    auto* command = group.add_subcommand(name, description);
    command->add_flag("--json", options->isJson, "JSON on standard output");
    if (more)
        more(*command, *options);
    command->final_callback([&context, options, run] { context.chosen = [&context, options, run] { return run(context, *options); }; });
    return command;
}

} // namespace

void addAlertCommands(CLI::App& app, Context& context)
{
    auto* alerts = app.add_subcommand("alerts", "Rules about failures, gaps, freshness and the machine, and who is told");
    alerts->require_subcommand(1);
    addCommand(*alerts, context, "list", "Open alerts, as they were at the last look; 1 where one is firing", &list);
    addCommand(*alerts, context, "check", "Looks now, tells channels, and lists; 1 where an alert is firing. For cron", &check);
    addCommand(*alerts, context, "rules", "The rules of alerts.yaml and how they are", &rules);
    addCommand(*alerts, context, "silence", "Nobody is told of matching alerts for a time; all where nothing is named", &silence,
        [](CLI::App& command, AlertOptions& options) {
            command.add_option("--rule", options.rule, "Only of this rule")->type_name("ID");
            command.add_option("--exchange", options.where, "Only of this exchange")->type_name("ID");
            command.add_option("--alert", options.id, "Only this alert, also when it comes back")->type_name("NUMBER");
            command.add_option("--for", options.length, "How long; 1h where left out")->type_name("LENGTH");
            command.add_option("--until", options.until, "Or until when")->type_name("TIME");
            command.add_option("--why", options.why, "Why, for others")->type_name("TEXT");
        });
    const auto addId = [](const char* what) {
        return [what](CLI::App& command, AlertOptions& options) { command.add_option("ID", options.id, what)->required(); };
    };
    addCommand(*alerts, context, "unsilence", "Ends a silence", &unsilence, addId("Its number"));
    addCommand(*alerts, context, "acknowledge", "Somebody knows: the alert is not repeated unless it worsens", &acknowledge, addId("Its number"));
    addCommand(*alerts, context, "test", "Sends a test message by a channel, now and once", &test,
        [](CLI::App& command, AlertOptions& options) { command.add_option("CHANNEL", options.name, "As in alerts.yaml")->required(); });
    addCommand(*alerts, context, "history", "What became of alerts, newest first", &history,
        [](CLI::App& command, AlertOptions& options) {
            command.add_option("--limit", options.limit, "At most so many; 50 where left out")->type_name("N")->check(CLI::Range(1, 100'000));
        });
}

} // namespace mnemo::cli
