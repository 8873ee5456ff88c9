#include "app/cli/commands.h"

#include <functional>
#include <utility>

#include "app/cli/arguments.h"
#include "app/cli/output.h"

namespace mnemo::cli {

namespace {

/// A command as completion sees it.
struct Entry {
    std::vector<std::string> path; ///< empty: the program itself
    std::vector<std::pair<std::string, std::string>> options; ///< "--name", description
    std::vector<std::pair<std::string, std::string>> commands; ///< below it; name, description
};

void collect(const CLI::App& command, std::vector<std::string> path, std::vector<Entry>& entries)
{
    Entry entry;
    entry.path = path;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames())
            entry.options.emplace_back("--" + name, option->get_description());
    }
    const auto below = command.get_subcommands([](const CLI::App*) { return true; });
    for (const auto* sub : below)
        entry.commands.emplace_back(sub->get_name(), sub->get_description());
    entries.push_back(std::move(entry));
    for (const auto* sub : below) {
        auto longer = path;
        longer.push_back(sub->get_name());
        collect(*sub, std::move(longer), entries);
    }
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const auto& word : words)
        text.append(text.empty() ? "" : " ").append(word);
    return text;
}

std::string namesOf(const std::vector<std::pair<std::string, std::string>>& pairs)
{
    std::vector<std::string> names;
    for (const auto& [name, description] : pairs)
        names.push_back(name);
    return joined(names);
}

std::string shellText(std::string_view text) ///< within single quotes of any of the shells
{
    std::string safe;
    for (const char c : text)
        safe += c == '\'' ? std::string("’") : std::string(1, c);
    return safe;
}

std::string timeframes()
{
    std::string text;
    for (const Timeframe frame : Timeframe::all())
        text.append(text.empty() ? "" : " ").append(frame.name());
    return text;
}

/// One function that fits bash and, through bashcompinit, zsh.
std::string bashScript(const std::vector<Entry>& entries)
{
    std::string script = R"sh(_mnemo_quant_cli() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path="" word words="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case "${path:+$path }$word" in
)sh";
    std::string paths;
    for (const auto& entry : entries) {
        if (!entry.path.empty())
            paths.append(paths.empty() ? "" : "|").append("\"").append(joined(entry.path)).append("\"");
    }
    script += "        " + paths + ") path=${path:+$path }$word ;;\n        esac\n    done\n    case \"$previous\" in\n";
    script += "    --timeframe) words=\"" + timeframes() + "\" ;;\n";
    script += R"sh(    --market) words="spot linear inverse" ;;
    --kind) words=")sh" + kindList(" ") + R"sh(" ;;
    --env) words="dev staging prod" ;;
    --log-level) words="trace debug info warning error critical off" ;;
    --format) words="csv json" ;;
    --exchange|request|decode|markets) words=$("${COMP_WORDS[0]}" catalogue list 2>/dev/null | awk 'NR > 1 { print $1 }' | sort -u) ;;
    --config-dir|--data-dir) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --out|import|check) COMPREPLY=($(compgen -f -- "$current")); return ;;
    *)
        case "$path" in
)sh";
    for (const auto& entry : entries)
        script += "        \"" + joined(entry.path) + "\") words=\"" + namesOf(entry.commands) + " " + namesOf(entry.options) + "\" ;;\n";
    script += "        esac\n        [ -n \"$path\" ] && words=\"$words " + namesOf(entries.front().options) + "\" ;;\n    esac\n";
    script += "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\ncomplete -o default -F _mnemo_quant_cli mnemo-quant-cli\n";
    return script;
}

std::string zshScript(const std::vector<Entry>& entries)
{
    return "#compdef mnemo-quant-cli\nautoload -U +X bashcompinit && bashcompinit\n" + bashScript(entries);
}

std::string fishScript(const std::vector<Entry>& entries)
{
    std::string script = "complete -c mnemo-quant-cli -f\n";
    for (const auto& entry : entries) {
        std::string condition = entry.path.empty() ? "__fish_use_subcommand" : "";
        for (const auto& word : entry.path)
            condition.append(condition.empty() ? "" : "; and ").append("__fish_seen_subcommand_from ").append(word);
        for (const auto& [name, description] : entry.commands)
            script += "complete -c mnemo-quant-cli -n '" + condition + "' -a " + name + " -d '" + shellText(description) + "'\n";
        for (const auto& [name, description] : entry.options)
            script += "complete -c mnemo-quant-cli" + (entry.path.empty() ? std::string() : " -n '" + condition + "'") + " -l " + name.substr(2) + " -d '"
                + shellText(description) + "'\n";
    }
    script += "complete -c mnemo-quant-cli -l timeframe -x -a '" + timeframes() + "'\n";
    script += "complete -c mnemo-quant-cli -l market -x -a 'spot linear inverse'\n";
    return script;
}

ExitStatus print(const CLI::App& app, const std::string& shell)
{
    std::vector<Entry> entries;
    collect(app, {}, entries);
    auto output = Output::toStdout();
    output.write(shell == "bash" ? bashScript(entries) : shell == "zsh" ? zshScript(entries) : fishScript(entries));
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Complete;
}

} // namespace

void addCompletionCommand(CLI::App& app, Context& context)
{
    auto* command = app.add_subcommand("completion", "A completion script for the shell, on standard output");
    auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->final_callback([&app, &context, shell] { context.chosen = [&app, shell] { return print(app, *shell); }; });
}

} // namespace mnemo::cli
