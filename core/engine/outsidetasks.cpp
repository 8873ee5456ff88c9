// Tasks that leave the store: export, http, shell.

#include <set>

#include <nlohmann/json.hpp>

#include "core/engine/candlefilewriter.h"
#include "core/engine/httpcall.h"
#include "core/engine/placeholders.h"
#include "core/engine/shellcommand.h"
#include "core/engine/taskcontext.h"

namespace mnemo {

namespace {

using nlohmann::json;

/// Where the rows of each series go. Errors: InvalidArgument where two series would have one file.
Result<std::vector<std::filesystem::path>> filesOf(const TaskContext& context, const ExportWork& work, TimeRange range)
{
    std::vector<std::filesystem::path> files;
    std::set<std::string> seen;
    for (const SeriesKey& key : context.series()) {
        const auto name = filled(work.path, placeholdersOf(context.order(), range, key), quotedForPath);
        if (!name)
            return fail(name.error());
        files.push_back(context.engine().dataDir() / *name); // an absolute one stays as it is
        if (!seen.insert(files.back().string()).second)
            return fail(ErrorCode::InvalidArgument, "several series would go to " + *name + ": the path needs {exchange}, {symbol} and the like");
    }
    return files;
}

} // namespace

TaskOutcome carryOut(TaskContext& context, const ExportWork& work)
{
    if (work.format == "parquet")
        return failedOutcome({ErrorCode::Unsupported, "this program was built without Parquet: csv and json are there", {}});
    const TimeRange range = context.range(work.range);
    const auto files = filesOf(context, work, range);
    if (!files)
        return failedOutcome(files.error());
    const auto reader = context.engine().store().openReader();
    if (!reader)
        return failedOutcome(reader.error());
    std::int64_t rows = 0;
    json names = json::array();
    for (std::size_t i = 0; i < files->size(); ++i) {
        const auto record = (*reader)->find(context.series()[i]);
        if (!record)
            return failedOutcome(record.error());
        if (!*record)
            continue; // nothing is stored
        const auto written = writeRows(**reader, **record, range, work.format == "json" ? RowFormat::Json : RowFormat::Csv, (*files)[i], context.stop());
        if (!written)
            return failedOutcome(written.error());
        rows += *written;
        names.push_back((*files)[i].string());
        context.say((*files)[i].string() + ": " + std::to_string(*written) + " rows");
        context.show(std::ssize(names), std::ssize(*files));
    }
    return doneOutcome({{"rows", rows}, {"files", names}});
}

TaskOutcome carryOut(TaskContext& context, const HttpWork& work)
{
    const auto values = placeholdersOf(context.order(), context.range({}));
    const auto url = filled(work.url, values, quotedForUrl);
    const auto body = filled(work.body, values, quotedForJson);
    if (!url || !body)
        return failedOutcome(url ? body.error() : url.error());
    HttpRequest request {work.method, withEnvironment(*url), {}, withEnvironment(*body)};
    for (const auto& [name, text] : work.headers) {
        const auto value = filled(text, values);
        if (!value)
            return failedOutcome(value.error());
        request.headers.emplace_back(name, withEnvironment(*value));
    }
    const auto answer = callHttp(std::move(request), context.engine().settings()->settings.http, context.stop());
    if (!answer)
        return failedOutcome(answer.error());
    context.say(work.method + ": status " + std::to_string(answer->status) + ", " + std::to_string(answer->body.size()) + " bytes");
    return doneOutcome({{"status", answer->status}, {"bytes", answer->body.size()}});
}

TaskOutcome carryOut(TaskContext& context, const ShellWork& work)
{
    if (!context.engine().settings()->settings.pipeline.shell)
        return failedOutcome({ErrorCode::Config, "tasks of type shell are off: pipeline.shell says so", {}});
    const auto values = placeholdersOf(context.order(), context.range({}));
    const auto command = filled(work.command, values, quotedForShell);
    if (!command)
        return failedOutcome(command.error());
    const std::vector<std::pair<std::string, std::string>> environment {{"MNEMO_PIPELINE", context.order().pipeline},
        {"MNEMO_RUN", values.at("run")}, {"MNEMO_TASK", context.order().instance.name()}, {"MNEMO_FROM", values.at("from")}, {"MNEMO_TO", values.at("to")}};
    const auto status = runShell(*command, environment, [&context](const std::string& line) { context.say(line); }, context.stop());
    if (!status)
        return failedOutcome(status.error());
    const json result {{"status", *status}};
    if (*status != 0)
        return {TaskState::Failed, result.dump(), "ended with status " + std::to_string(*status), true};
    return doneOutcome(result);
}

} // namespace mnemo
