#include "core/engine/commandjson.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace mnemo {

namespace {

using nlohmann::json;

constexpr std::array alertActions {AlertCommand::Action::Silence, AlertCommand::Action::Unsilence, AlertCommand::Action::Acknowledge};

json rangeJson(TimeRange range)
{
    return json::array({toMs(range.from), toMs(range.to)});
}

TimeRange rangeOf(const json& read)
{
    return {fromMs(read.at(0).get<std::int64_t>()), fromMs(read.at(1).get<std::int64_t>())};
}

json idJson(const std::optional<RunId>& id)
{
    return id ? json(*id) : json();
}

std::optional<RunId> idOf(const json& read)
{
    return read.is_null() ? std::nullopt : std::optional(read.get<RunId>());
}

std::string lineOf(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

ErrorCode codeOf(const std::string& word)
{
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        if (toText(static_cast<ErrorCode>(i)) == word)
            return static_cast<ErrorCode>(i);
    }
    return ErrorCode::Internal;
}

PipelineCommand commandOf(const json& read)
{
    PipelineCommand command;
    const auto action = commandActionFromText(read.at("action").get<std::string>());
    const auto state = taskStateFromText(read.at("state").get<std::string>());
    if (!action || !state)
        throw json::other_error::create(501, "no such action or state", nullptr);
    command.action = *action;
    command.state = *state;
    command.pipeline = read.at("pipeline").get<std::string>();
    command.backfill = idOf(read.at("backfill"));
    command.run = idOf(read.at("run"));
    command.tasks = read.at("tasks").get<std::vector<std::string>>();
    command.parameters = read.at("parameters").get<std::map<std::string, std::string>>();
    command.range = rangeOf(read.at("range"));
    command.isNewestFirst = read.at("newest_first").get<bool>();
    command.parallel = read.at("parallel").get<int>();
    command.withUpstream = read.at("upstream").get<bool>();
    command.withDownstream = read.at("downstream").get<bool>();
    command.failedOnly = read.at("failed_only").get<bool>();
    command.priority = read.at("priority").get<int>();
    command.undo = read.at("undo").get<std::int64_t>();
    command.who = read.at("who").get<std::string>();
    command.isDryRun = read.at("dry_run").get<bool>();
    return command;
}

constexpr auto alertKey = "alerts"; ///< its value is what shall be done; no other command has it

AlertCommand alertCommandOf(const json& read)
{
    using Action = AlertCommand::Action;
    AlertCommand command;
    const std::string word = read.at(alertKey).get<std::string>();
    const auto action = std::ranges::find(alertActions, word, [](Action one) { return toText(one); });
    if (action == alertActions.end())
        throw json::other_error::create(501, "no such action", nullptr);
    command.action = *action;
    command.id = read.at("id").get<std::int64_t>();
    command.rule = read.at("rule").get<std::string>();
    command.where = read.at("where").get<std::string>();
    command.until = fromMs(read.at("until").get<std::int64_t>());
    command.why = read.at("why").get<std::string>();
    return command;
}

AlertOutcome alertOutcomeOf(const json& read)
{
    AlertOutcome outcome;
    Silence& silence = outcome.silence;
    silence.id = read.at("silence").get<SilenceId>();
    silence.rule = read.at("rule").get<std::string>();
    silence.where = read.at("where").get<std::string>();
    silence.group = read.at("group").get<std::string>();
    silence.isOfGroup = read.at("of_group").get<bool>();
    silence.from = fromMs(read.at("from").get<std::int64_t>());
    silence.until = fromMs(read.at("until").get<std::int64_t>());
    silence.why = read.at("why").get<std::string>();
    silence.who = read.at("who").get<std::string>();
    if (const json& ended = read.at("ended"); !ended.is_null())
        silence.endedAt = fromMs(ended.get<std::int64_t>());
    outcome.alert = read.at("alert").get<AlertId>();
    return outcome;
}

std::string errorLine(const Error& error)
{
    return lineOf({{"error", {{"code", toText(error.code)}, {"detail", error.detail}}}});
}

/// Errors: the one that was written, or Corrupt.
template<class T>
Result<T> answerOf(std::string_view line, T (*read)(const json&))
{
    try {
        const json answer = json::parse(line);
        if (const auto error = answer.find("error"); error != answer.end())
            return fail(codeOf(error->at("code").get<std::string>()), error->at("detail").get<std::string>());
        return read(answer);
    } catch (const json::exception& error) {
        return fail(ErrorCode::Corrupt, std::string("the scheduler's answer cannot be understood: ") + error.what());
    }
}

CommandOutcome outcomeOf(const json& read)
{
    CommandOutcome outcome;
    outcome.runs = read.at("runs").get<std::vector<RunId>>();
    for (const json& task : read.at("tasks"))
        outcome.tasks.push_back({task.at(0).get<RunId>(), task.at(1).get<int>(), task.at(2).get<std::string>(), task.at(3).get<std::string>()});
    for (const json& due : read.at("dues"))
        outcome.dues.push_back(fromMs(due.get<std::int64_t>()));
    outcome.interval = rangeOf(read.at("interval"));
    outcome.undo = read.at("undo").get<std::int64_t>();
    return outcome;
}

} // namespace

std::string toJsonLine(const PipelineCommand& command)
{
    return lineOf({{"action", toText(command.action)}, {"pipeline", command.pipeline}, {"backfill", idJson(command.backfill)},
        {"run", idJson(command.run)}, {"tasks", command.tasks}, {"parameters", command.parameters}, {"range", rangeJson(command.range)},
        {"newest_first", command.isNewestFirst}, {"parallel", command.parallel}, {"upstream", command.withUpstream},
        {"downstream", command.withDownstream}, {"failed_only", command.failedOnly}, {"state", toText(command.state)},
        {"priority", command.priority}, {"undo", command.undo}, {"who", command.who}, {"dry_run", command.isDryRun}});
}

std::string toJsonLine(const Result<CommandOutcome>& outcome)
{
    if (!outcome)
        return errorLine(outcome.error());
    json tasks = json::array(), dues = json::array();
    for (const auto& task : outcome->tasks)
        tasks.push_back(json::array({task.run, task.index, task.name, task.state}));
    for (const UtcMs due : outcome->dues)
        dues.push_back(toMs(due));
    return lineOf({{"runs", outcome->runs}, {"tasks", std::move(tasks)}, {"dues", std::move(dues)}, {"interval", rangeJson(outcome->interval)},
        {"undo", outcome->undo}});
}

std::string toJsonLine(const AlertCommand& command)
{
    return lineOf({{alertKey, toText(command.action)}, {"id", command.id}, {"rule", command.rule}, {"where", command.where},
        {"until", toMs(command.until)}, {"why", command.why}});
}

std::string toJsonLine(const Result<AlertOutcome>& outcome)
{
    if (!outcome)
        return errorLine(outcome.error());
    const Silence& silence = outcome->silence;
    return lineOf({{"silence", silence.id}, {"rule", silence.rule}, {"where", silence.where}, {"group", silence.group},
        {"of_group", silence.isOfGroup}, {"from", toMs(silence.from)}, {"until", toMs(silence.until)}, {"why", silence.why},
        {"who", silence.who}, {"ended", silence.endedAt ? json(toMs(*silence.endedAt)) : json()}, {"alert", outcome->alert}});
}

Result<ControlCommand> commandFromJson(std::string_view line)
{
    try {
        const json read = json::parse(line);
        if (read.is_object() && read.contains(alertKey))
            return alertCommandOf(read);
        return commandOf(read);
    } catch (const json::exception& error) {
        return fail(ErrorCode::InvalidArgument, std::string("this is no command: ") + error.what());
    }
}

Result<CommandOutcome> outcomeFromJson(std::string_view line)
{
    return answerOf(line, outcomeOf);
}

Result<AlertOutcome> alertOutcomeFromJson(std::string_view line)
{
    return answerOf(line, alertOutcomeOf);
}

} // namespace mnemo
