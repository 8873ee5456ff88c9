#include "app/cli/commands.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/output.h"

namespace mnemo::cli {

namespace {

// --- db ---

ExitStatus printInfo(Engine& engine, bool isJson)
{
    const auto info = engine.store().info();
    if (!info)
        return report(info.error());
    if (isJson)
        return printJson({{"engine", info->engine}, {"location", info->location}, {"schemaVersion", info->schemaVersion},
            {"newestVersion", info->newestVersion}, {"bytes", info->bytes}});
    auto output = Output::toStdout();
    output.write("engine    " + info->engine + "\nlocation  " + info->location + "\nsize      " + bytesText(info->bytes) + "\nschema    version "
        + std::to_string(info->schemaVersion));
    if (info->schemaVersion < info->newestVersion)
        output.write(", this program's is " + std::to_string(info->newestVersion) + "; mnemo-quant-cli db migrate brings it up to date");
    output.write("\n");
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Complete;
}

ExitStatus dbStatus(Context& context, bool isJson)
{
    const auto engine = context.openEngineToRead();
    if (!engine) {
        report(engine.error());
        return worst(exitStatusOf(engine.error().code), ExitStatus::Storage);
    }
    return printInfo(**engine, isJson);
}

ExitStatus dbMigrate(Context& context, bool isJson)
{
    const auto engine = context.openEngine(OpenMode::ReadWrite); // opening for writing migrates
    if (!engine)
        return report(engine.error());
    return printInfo(**engine, isJson);
}

// --- doctor ---

ExitStatus statusOf(const DoctorLine& line)
{
    if (line.status != "error")
        return ExitStatus::Complete;
    if (line.area == "config")
        return ExitStatus::Usage;
    return line.area == "store" || line.area == "archive" || line.area == "disk" ? ExitStatus::Storage : ExitStatus::Incomplete;
}

Result<std::unique_ptr<Engine>> openForDoctor(Context& context)
{
    auto engine = context.openEngine(OpenMode::ReadOnly);
    if (!engine && engine.error().code == ErrorCode::NotFound)
        return context.openEngine(OpenMode::ReadWrite); // the first run: whether a store can be made is part of the answer
    return engine;
}

std::vector<DoctorLine> examine(Context& context)
{
    const auto engine = openForDoctor(context);
    if (engine)
        return (*engine)->doctor();
    const bool isStorage = exitStatusOf(engine.error().code) == ExitStatus::Storage;
    return {{isStorage ? "store" : "config", "error", engine.error().detail}};
}

ExitStatus doctor(Context& context, bool isJson)
{
    const auto lines = examine(context);
    auto status = ExitStatus::Complete;
    Json json = Json::array();
    Table table({"area", "status", "what"});
    for (const auto& line : lines) {
        status = worst(status, statusOf(line));
        json.push_back({{"area", line.area}, {"status", line.status}, {"text", line.text}});
        table.add({line.area, line.status, line.text});
    }
    return worst(isJson ? printJson(json) : table.print(), status);
}

} // namespace

void addSystemCommands(CLI::App& app, Context& context)
{
    auto* db = app.add_subcommand("db", "The store itself");
    db->require_subcommand(1);
    struct Part {
        const char* name;
        const char* description;
        ExitStatus (*run)(Context&, bool);
        CLI::App* parent;
    };
    const Part parts[] = {
        {"status", "Where it is, how large, which version", &dbStatus, db},
        {"migrate", "Bring its tables up to date with this program", &dbMigrate, db},
        {"doctor", "Check configuration, store, archive, exchanges and clock", &doctor, &app},
    };
    for (const auto& part : parts) {
        auto* command = part.parent->add_subcommand(part.name, part.description);
        auto json = std::make_shared<bool>(false);
        command->add_flag("--json", *json, "JSON on standard output");
        command->final_callback([&context, json, run = part.run] { context.chosen = [&context, json, run] { return run(context, *json); }; });
    }
}

} // namespace mnemo::cli
