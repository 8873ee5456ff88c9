#include "app/cli/daglists.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "app/cli/output.h"
#include "core/base/timetext.h"
#include "core/storage/taskhistory.h"

namespace mnemo::cli {

namespace {

Json timeJson(const std::optional<UtcMs>& time)
{
    return time ? Json(toMs(*time)) : Json();
}

std::string timeText(const std::optional<UtcMs>& time)
{
    return time ? formatShort(*time) : std::string("-");
}

std::string tookText(const std::optional<UtcMs>& started, const std::optional<UtcMs>& finished)
{
    return started && finished ? durationText(*finished - *started) : std::string("-");
}

/// What is stored as JSON text.
Json parsed(const std::string& text)
{
    return Json::parse(text, nullptr, false);
}

Json toJson(const RunRecord& run)
{
    return {{"run", run.id}, {"dag", run.pipeline}, {"trigger", run.trigger}, {"state", run.state}, {"paused", run.isPaused},
        {"due", timeJson(run.due)}, {"from", toMs(run.interval.from)}, {"to", toMs(run.interval.to)}, {"queued", toMs(run.queued)},
        {"started", timeJson(run.started)}, {"finished", timeJson(run.finished)}, {"version", run.version},
        {"parameters", parsed(run.parameters)}, {"who", run.who}, {"backfill", run.backfill ? Json(*run.backfill) : Json()}, {"error", run.error}};
}

Json toJson(const TaskRecord& task)
{
    return {{"task", task.index}, {"name", nameOf(task)}, {"node", task.node}, {"label", task.label}, {"state", task.state},
        {"attempt", task.attempt}, {"priority", task.priority}, {"paused", task.isPaused}, {"started", timeJson(task.started)},
        {"finished", timeJson(task.finished)}, {"retryAt", timeJson(task.retryAt)}, {"result", parsed(task.result)}, {"error", task.error},
        {"tries", parsed(toText(task.tries))}};
}

Json toJson(const PipelineSummary& one);

template<class Records>
Json listJson(const Records& records)
{
    Json list = Json::array();
    for (const auto& record : records)
        list.push_back(toJson(record));
    return list;
}

Json problemsJson(const Problems& problems)
{
    Json list = Json::array();
    for (const Problem& problem : problems)
        list.push_back({{"file", problem.mark.file ? Json(*problem.mark.file) : Json()}, {"line", problem.mark.line}, {"column", problem.mark.column},
            {"path", problem.path}, {"message", problem.message}, {"nearest", problem.nearest}});
    return list;
}

Json toJson(const PipelineSummary& one)
{
    Json json {{"dag", one.record.id}, {"description", one.dag ? one.dag->description : std::string()},
        {"schedule", one.dag ? Json(one.dag->schedule.text()) : Json()}, {"timezone", one.dag ? Json(one.dag->timezone) : Json()},
        {"paused", one.record.isPaused}, {"next", timeJson(one.next)}, {"lastDue", timeJson(one.record.lastDue)}, {"missed", one.record.missed},
        {"missedFrom", one.record.missed > 0 ? Json(toMs(one.record.missedRange.from)) : Json()},
        {"missedTo", one.record.missed > 0 ? Json(toMs(one.record.missedRange.to)) : Json()}, {"tags", one.dag ? Json(one.dag->tags) : Json::array()},
        {"version", one.dag ? Json(one.dag->version) : Json()}, {"defined", one.dag != nullptr}};
    json["runs"] = listJson(one.runs);
    return json;
}

Json tasksJson(const DagDefinition& dag)
{
    Json list = Json::array();
    for (const TaskDefinition& task : dag.tasks)
        list.push_back({{"id", task.id}, {"type", task.type}, {"dependsOn", task.dependsOn}, {"triggerRule", toText(task.trigger)},
            {"pool", task.pool}, {"priority", task.priority}, {"retries", task.retries}, {"retryDelay", task.retryDelay.count()},
            {"timeout", task.timeout.count()}, {"by", toText(task.expand.by)}});
    return list;
}

std::string rowsText(const TaskRecord& task)
{
    const Json result = parsed(task.result);
    const auto rows = result.is_object() ? result.find("rows") : result.end();
    return result.is_object() && rows != result.end() && rows->is_number_integer() ? withThousands(rows->get<std::int64_t>()) : std::string("-");
}

std::string statusText(const PipelineSummary& one)
{
    if (!one.dag)
        return "not defined";
    return one.record.isPaused ? "paused" : "on";
}

} // namespace

ExitStatus printPipelines(const std::vector<PipelineSummary>& pipelines, const PipelineDefinitions& definitions, bool isJson)
{
    if (isJson)
        return printJson({{"dags", listJson(pipelines)}, {"problems", problemsJson(definitions.problems)}});
    for (const Problem& problem : definitions.problems)
        complain("not used: " + problem.text());
    Table table({"dag", "schedule", "status", "next", "last run", "state"});
    for (const PipelineSummary& one : pipelines) {
        const RunRecord* last = one.runs.empty() ? nullptr : &one.runs.front();
        table.add({one.record.id, one.dag ? one.dag->schedule.text() : "-", statusText(one), timeText(one.next),
            last ? std::to_string(last->id) + ", " + formatShort(last->queued) : "-", last ? last->state : "-"});
    }
    return table.print();
}

ExitStatus printPipeline(const PipelineSummary& pipeline, const Settings& universe, bool isJson)
{
    const auto instances = pipeline.dag ? expand(*pipeline.dag, universe) : std::vector<TaskInstance> {};
    if (isJson) {
        Json json = toJson(pipeline);
        json["tasks"] = pipeline.dag ? tasksJson(*pipeline.dag) : Json::array();
        Json list = Json::array();
        for (const TaskInstance& instance : instances)
            list.push_back({{"name", instance.name()}, {"upstream", instance.upstream}});
        json["instances"] = std::move(list);
        json["yaml"] = pipeline.dag ? Json(pipeline.dag->yaml) : Json();
        return printJson(json);
    }
    auto output = Output::toStdout();
    output.write(pipeline.record.id + ": " + statusText(pipeline) + ", next " + timeText(pipeline.next) + "\n");
    if (pipeline.record.missed > 0)
        output.write("left out last time: " + std::to_string(pipeline.record.missed) + " due times from " + formatShort(pipeline.record.missedRange.from) + " on\n");
    if (pipeline.dag)
        output.write("\n" + pipeline.dag->yaml + "\nmultiplied out over the universe:\n");
    for (const TaskInstance& instance : instances)
        output.write("  " + instance.name() + "\n");
    output.write("\n");
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return printRuns(pipeline.runs, false);
}

ExitStatus printRuns(const std::vector<RunRecord>& runs, bool isJson)
{
    if (isJson)
        return printJson(listJson(runs));
    Table table({"run", "dag", "trigger", "due", "state", "began", "took", "by"});
    table.alignRight(0);
    for (const RunRecord& run : runs)
        table.add({std::to_string(run.id), run.pipeline, run.backfill ? "backfill " + std::to_string(*run.backfill) : run.trigger, timeText(run.due),
            run.isPaused ? run.state + ", paused" : run.state, timeText(run.started), tookText(run.started, run.finished), run.who});
    return table.print();
}

ExitStatus printTasks(const std::vector<TaskRecord>& tasks, bool isJson)
{
    if (isJson)
        return printJson(listJson(tasks));
    Table table({"no", "task", "state", "try", "rows", "began", "took", "why"});
    for (const std::size_t column : {0, 3, 4})
        table.alignRight(column);
    for (const TaskRecord& task : tasks)
        table.add({std::to_string(task.index), nameOf(task), task.isPaused ? task.state + ", paused" : task.state, std::to_string(task.attempt),
            rowsText(task), timeText(task.started), tookText(task.started, task.finished), task.error});
    return table.print();
}

ExitStatus printRun(const RunRecord& run, const std::vector<TaskRecord>& tasks, bool isJson)
{
    if (!isJson) {
        note("Run " + std::to_string(run.id) + " of " + run.pipeline + ": " + run.state);
        return printTasks(tasks, false);
    }
    Json json = toJson(run);
    json["tasks"] = listJson(tasks);
    return printJson(json);
}

ExitStatus printLog(const std::vector<TaskLogLine>& lines, const std::vector<TaskRecord>& tasks, const std::string& task, bool isJson)
{
    std::map<int, std::string> names;
    bool isKnown = task.empty();
    for (const TaskRecord& record : tasks) {
        const bool isWanted = task.empty() || task == nameOf(record) || task == record.node || task == std::to_string(record.index);
        if (isWanted)
            names[record.index] = nameOf(record);
        isKnown = isKnown || isWanted;
    }
    if (!isKnown)
        return report({ErrorCode::NotFound, "The run has no task " + task + "; mnemo-quant-cli dags tasks lists them.", {}});
    Json list = Json::array();
    auto output = Output::toStdout();
    for (const TaskLogLine& line : lines) {
        const auto name = names.find(line.task);
        if (name == names.end())
            continue;
        if (isJson)
            list.push_back({{"at", toMs(line.at)}, {"task", line.task}, {"name", name->second}, {"attempt", line.attempt}, {"level", log::toText(line.level)}, {"text", line.text}});
        else
            output.write(formatIso(line.at) + ' ' + std::string(log::toText(line.level)) + ' ' + name->second + ": " + line.text + '\n');
    }
    if (isJson)
        return printJson(list);
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Complete;
}

ExitStatus printCheck(const std::vector<DagDefinition>& dags, const Problems& problems, bool isJson)
{
    const auto status = problems.empty() ? ExitStatus::Complete : ExitStatus::Usage;
    if (isJson) {
        Json ids = Json::array();
        for (const DagDefinition& dag : dags)
            ids.push_back(dag.id);
        return worst(printJson({{"dags", ids}, {"problems", problemsJson(problems)}}), status);
    }
    for (const Problem& problem : problems)
        complain(problem.text());
    note(std::to_string(dags.size()) + " pipelines can be used, " + std::to_string(problems.size()) + " problems");
    return status;
}

ExitStatus printOutcome(const PipelineCommand& command, const CommandOutcome& outcome, bool isJson)
{
    if (isJson) {
        Json tasks = Json::array(), dues = Json::array();
        for (const auto& task : outcome.tasks)
            tasks.push_back({{"run", task.run == 0 ? Json() : Json(task.run)}, {"task", task.index}, {"name", task.name}, {"state", task.state}});
        for (const UtcMs due : outcome.dues)
            dues.push_back(toMs(due));
        return printJson({{"action", toText(command.action)}, {"dryRun", command.isDryRun}, {"runs", outcome.runs}, {"tasks", std::move(tasks)}, {"dues", std::move(dues)},
            {"undo", outcome.undo > 0 ? Json(outcome.undo) : Json()}});
    }
    if (outcome.undo > 0 && !command.isDryRun)
        note("mnemo-quant-cli dags undo " + std::to_string(outcome.undo) + " takes it back");
    const std::string would = command.isDryRun ? "would be " : "";
    if (outcome.runs.size() > 1)
        note("runs " + std::to_string(outcome.runs.front()) + " to " + std::to_string(outcome.runs.back()));
    else if (outcome.runs.size() == 1)
        note("run " + std::to_string(outcome.runs.front()));
    if (!outcome.dues.empty())
        note(withThousands(std::ssize(outcome.dues)) + " due times from " + formatShort(*std::ranges::min_element(outcome.dues)) + " to "
            + formatShort(*std::ranges::max_element(outcome.dues)));
    if (outcome.tasks.empty())
        return ExitStatus::Complete;
    note(withThousands(std::ssize(outcome.tasks)) + " tasks " + would + "concerned:");
    Table table({"no", "task", "state"});
    table.alignRight(0);
    for (const auto& task : outcome.tasks)
        table.add({std::to_string(task.index), task.name, task.state});
    return table.print();
}

} // namespace mnemo::cli
