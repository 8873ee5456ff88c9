#include "core/engine/alertcommand.h"

#include <vector>

#include "core/engine/engine.h"

namespace mnemo {

namespace {

/// An exchange may be named that has no alert yet; a rule is known.
Result<void> checkRule(const AlertSettings& settings, const std::string& rule)
{
    if (rule.empty() || settings.rule(rule))
        return {};
    std::vector<std::string> names;
    for (const AlertRule& one : settings.rules)
        names.push_back(one.id);
    const std::string nearest = nearestOf(rule, names);
    return fail(ErrorCode::InvalidArgument, "there is no rule " + rule + (nearest.empty() ? "" : " (did you mean " + nearest + "?)"));
}

Result<Silence> silenced(Engine& engine, const AlertCommand& command)
{
    if (const auto known = checkRule(engine.alerts()->settings, command.rule); !known)
        return fail(known.error());
    Silence wanted;
    wanted.rule = command.rule;
    wanted.where = command.where;
    wanted.until = command.until;
    wanted.why = command.why;
    if (command.id > 0) {
        const auto alerts = engine.alertHistory({{AlertState::Pending, AlertState::Firing}, command.id, UtcMs::min(), 1});
        if (!alerts)
            return fail(alerts.error());
        if (alerts->alerts.empty())
            return fail(ErrorCode::NotFound, "no alert " + std::to_string(command.id) + " is open");
        wanted.rule = alerts->alerts.front().rule;
        wanted.group = alerts->alerts.front().group;
        wanted.isOfGroup = true;
    }
    return engine.silence(std::move(wanted));
}

AlertOutcome outcomeOf(Silence silence)
{
    return {std::move(silence), 0};
}

} // namespace

std::string_view toText(AlertCommand::Action action)
{
    switch (action) {
    case AlertCommand::Action::Silence:
        return "silence";
    case AlertCommand::Action::Unsilence:
        return "unsilence";
    case AlertCommand::Action::Acknowledge:
        return "acknowledge";
    }
    return {};
}

Result<AlertOutcome> carryOut(Engine& engine, const AlertCommand& command)
{
    switch (command.action) {
    case AlertCommand::Action::Silence:
        return silenced(engine, command).map(outcomeOf);
    case AlertCommand::Action::Unsilence:
        return engine.unsilence(command.id).map(outcomeOf);
    case AlertCommand::Action::Acknowledge:
        return engine.acknowledge(command.id).map([](const Alert& alert) { return AlertOutcome {{}, alert.id}; });
    }
    return fail(ErrorCode::Internal, "no such command");
}

} // namespace mnemo
