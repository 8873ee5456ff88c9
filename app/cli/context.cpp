#include "app/cli/context.h"

#include <algorithm>
#include <utility>

#include "app/cli/output.h"
#include "core/base/log.h"

namespace mnemo::cli {

namespace {

/// Typed on the command line, not found in a file: what the user must mend now.
bool isTyped(const Problem& problem)
{
    return problem.mark.file && problem.mark.file->rfind("--set", 0) == 0;
}

bool isOfVenue(const Problem& problem, const std::string& id)
{
    const std::string path = "exchanges." + id;
    return problem.path == path || problem.path.rfind(path + ".", 0) == 0;
}

} // namespace

std::filesystem::path Context::dataDir() const
{
    return options.dataDir.empty() ? userDataDir() : std::filesystem::path(options.dataDir);
}

Result<ConfigSources> Context::sources() const
{
    ConfigSources sources;
    sources.shipped = shippedConfigDir();
    sources.user = options.configDir.empty() ? userConfigDir() : std::filesystem::path(options.configDir);
    std::error_code ignored;
    if (!options.configDir.empty() && !std::filesystem::is_directory(sources.user, ignored))
        return fail(ErrorCode::Config, "--config-dir " + options.configDir + " is no folder; make it or leave the option out.");
    sources.env = options.env.empty() ? configEnv() : options.env;
    if (sources.env != "dev" && sources.env != "staging" && sources.env != "prod")
        return fail(ErrorCode::Config, "The environment \"" + sources.env + "\" (--env or MNEMO_ENV) is unknown; there are dev, staging and prod.");
    sources.sets = options.sets;
    if (!options.logLevel.empty())
        sources.sets.push_back("logging.level=" + options.logLevel);
    return sources;
}

Result<void> Context::judge(const Problems& problems)
{
    m_problems = problems;
    for (const auto& problem : problems) {
        if (isTyped(problem))
            return fail(ErrorCode::Config, problem.text());
    }
    if (std::exchange(m_hasWarned, true))
        return {};
    constexpr std::size_t most = 3; // the rest is a command away; a broken file would fill the screen
    for (std::size_t i = 0; i < std::min(problems.size(), most); ++i)
        complain("warning: " + problems[i].text());
    if (problems.size() > most)
        complain("warning: " + std::to_string(problems.size() - most) + " more problems in the configuration; mnemo-quant-cli catalogue check lists them.");
    return {};
}

Result<const LoadedSettings*> Context::settings()
{
    if (!m_settings) {
        const auto from = sources();
        if (!from)
            return fail(from.error());
        auto loaded = loadSettings(*from);
        if (const auto judged = judge(loaded.problems); !judged)
            return fail(judged.error());
        m_settings = std::move(loaded);
    }
    return &*m_settings;
}

Result<const Catalogue*> Context::catalogue()
{
    if (!m_catalogue) {
        const auto loaded = settings();
        if (!loaded)
            return fail(loaded.error());
        m_catalogue = Catalogue::load((*loaded)->settings.exchanges, m_problems);
    }
    return &*m_catalogue;
}

Result<std::shared_ptr<const Venue>> Context::venue(const std::string& id)
{
    const auto loaded = catalogue();
    if (!loaded)
        return fail(loaded.error());
    auto found = (*loaded)->venue(id);
    if (found)
        return found;
    const auto problem = std::find_if(m_problems.begin(), m_problems.end(), [&id](const Problem& p) { return isOfVenue(p, id); });
    if (problem != m_problems.end())
        return fail(ErrorCode::Config, "The description of " + id + " cannot be used: " + problem->text());
    return found;
}

Result<std::unique_ptr<Engine>> Context::openEngine(OpenMode mode, SettingsWatching watching)
{
    auto from = sources();
    if (!from)
        return fail(from.error());
    EngineOptions wanted;
    wanted.config = std::move(*from);
    wanted.dataDir = dataDir();
    wanted.mode = mode;
    wanted.clock = m_clock;
    wanted.watchSettings = watching == SettingsWatching::On;
    auto engine = Engine::open(std::move(wanted));
    if (!engine)
        return engine;
    if (const auto judged = judge((*engine)->settings()->problems); !judged)
        return fail(judged.error());
    startLog((*engine)->settings()->settings.logging, mode);
    return engine;
}

/// The log file belongs to the collecting process, which holds the lock: rotation renames it.
void Context::startLog(const LoggingSettings& settings, OpenMode mode) const
{
    log::Options wanted;
    wanted.level = log::levelFromText(settings.level).value_or(log::Level::Info);
    wanted.terminalLevel = options.logLevel.empty() ? log::Level::Error : wanted.level;
    if (mode == OpenMode::ReadWrite)
        wanted.file = log::defaultFile(dataDir());
    wanted.fileMiB = settings.fileMiB;
    wanted.files = settings.files;
    log::start(wanted);
}

Result<std::unique_ptr<Engine>> Context::openEngineToRead()
{
    std::error_code ignored;
    if (std::filesystem::exists(dataDir(), ignored) && !std::filesystem::is_directory(dataDir(), ignored))
        return fail(ErrorCode::StorageFailed, dataDir().string() + " is a file; the data folder is a folder: choose it with --data-dir.");
    auto engine = openEngine(OpenMode::ReadOnly);
    if (!engine && engine.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::NotFound, "There is no data in " + dataDir().string() + " yet; mnemo-quant-cli backfill collects some.");
    return engine;
}

} // namespace mnemo::cli
