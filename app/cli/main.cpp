// mnemo-quant-cli: the ingestion core without a window.

#include <csignal>
#include <exception>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/config/node.h"

namespace mnemo::cli {

namespace {

void addGlobalOptions(CLI::App& app, GlobalOptions& options)
{
    app.add_option("--config-dir", options.configDir, "Your settings; ~/.config/mnemo-quant where left out")->type_name("DIR");
    app.add_option("--data-dir", options.dataDir, "Store and archive; ~/.local/share/mnemo-quant where left out")->type_name("DIR");
    app.add_option("--env", options.env, "dev (default), staging or prod; also MNEMO_ENV")->type_name("NAME");
    app.add_option("--set", options.sets, "One setting: path.to.key=value; may be given several times")->type_name("K=V")->allow_extra_args(false);
    app.add_option("--log-level", options.logLevel, "trace, debug, info, warning, error, critical or off")->type_name("LEVEL");
    for (const char* name : {"--config-dir", "--data-dir", "--env", "--log-level"})
        app.get_option(name)->take_last(); // an alias can be overruled
}

/// The command nearest to a word that is none.
std::string suggestion(const CLI::App& app, const std::vector<std::string>& words)
{
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty())
        command = command->get_subcommands().back();
    std::vector<std::string> names;
    for (const auto* sub : command->get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(sub->get_name());
    for (const CLI::App* level = command; level; level = level->get_parent()) {
        for (const auto* option : level->get_options()) {
            for (const auto& name : option->get_lnames())
                names.push_back("--" + name);
        }
    }
    for (const auto& word : words) {
        if (const auto nearest = nearestOf(word, names); !nearest.empty())
            return " (did you mean " + nearest + "?)";
    }
    return {};
}

/// Name of the command that was typed, with a blank before it.
std::string typedCommand(const CLI::App& app)
{
    std::string text;
    for (const CLI::App* command = &app; !command->get_subcommands().empty();) {
        command = command->get_subcommands().back();
        text += " " + command->get_name();
    }
    return text;
}

ExitStatus reportUsage(const CLI::App& app, const CLI::ParseError& error)
{
    std::string sentence = error.what();
    // With an unknown word in the place of a command, the missing command is noticed before the word.
    const bool isAboutWords = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)
        || error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
    if (const auto words = app.remaining(true); isAboutWords && !words.empty()) {
        sentence = "Not understood:";
        for (const auto& word : words)
            sentence += " " + word;
        sentence += suggestion(app, words);
    }
    complain(sentence + ". mnemo-quant-cli" + typedCommand(app) + " --help tells more.");
    return ExitStatus::Usage;
}

ExitStatus run(int argc, char** argv)
{
    CLI::App app("Collects crypto market history and keeps it where you can trust it.", "mnemo-quant-cli");
    app.fallthrough(); // global options after the command, too
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("mnemo-quant-cli " MNEMO_VERSION));
    Context context;
    addGlobalOptions(app, context.options);
    addCatalogueCommands(app, context);
    addBackfillCommands(app, context);
    addReadCommands(app, context);
    addMetricCommands(app, context);
    addCompareCommand(app, context);
    addGapCommands(app, context);
    addValidateCommand(app, context);
    addFindingCommands(app, context);
    addKnownCommands(app, context);
    addFileCommands(app, context);
    addDagCommands(app, context);
    addHealthCommand(app, context);
    addAlertCommands(app, context);
    addSystemCommands(app, context);
    addCompletionCommand(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) { // --help, --version
        app.exit(success);
        return ExitStatus::Complete;
    } catch (const CLI::ParseError& error) {
        return reportUsage(app, error);
    }
    log::start({log::Level::Error, log::Level::Error, {}}); // until the settings are known; commands tell of warnings themselves
    return context.chosen();
}

} // namespace

} // namespace mnemo::cli

int main(int argc, char** argv)
{
    using namespace mnemo::cli;
    mnemo::keepFreedMemory();
    // A reader that has gone (`| head`) shows as a failed write, and TLS libraries write to sockets that may be closed.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return static_cast<int>(run(argc, argv));
    } catch (const std::exception& error) {
        return static_cast<int>(report({mnemo::ErrorCode::Internal, std::string("Unexpected: ") + error.what(), {}}));
    }
}
