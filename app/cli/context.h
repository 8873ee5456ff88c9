#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/exitstatus.h"
#include "core/engine/engine.h"

namespace mnemo::cli {

/// Options that stand before or after any command.
struct GlobalOptions {
    std::string configDir, dataDir, env, logLevel;
    std::vector<std::string> sets;
};

/// Whether settings that change are put to use while the command runs.
enum class SettingsWatching { Off, On };

/// What commands share: the global options, and settings, catalogue and engine made of them when first asked for. Lives
/// for one command; one thread.
class Context {
public:
    GlobalOptions options;
    std::function<ExitStatus()> chosen; ///< the command that was typed, ready to run

    UtcMs now() const { return m_clock->now(); }
    std::filesystem::path dataDir() const;

    /// Errors: Config (a --set or --env that cannot be, a --config-dir that does not exist). Other problems are warnings.
    Result<const LoadedSettings*> settings();
    /// All venues that can be understood; the problems of the others are in problems().
    Result<const Catalogue*> catalogue();
    /// Errors: as settings(); NotFound; Config where its description has problems.
    Result<std::shared_ptr<const Venue>> venue(const std::string& id);
    const Problems& problems() const { return m_problems; }

    /// ReadWrite takes the lock of the data folder. Errors: as settings() and Engine::open.
    Result<std::unique_ptr<Engine>> openEngine(OpenMode mode, SettingsWatching watching = SettingsWatching::Off);
    /// For commands that only read: works beside a collecting process. NotFound where nothing was ever stored.
    Result<std::unique_ptr<Engine>> openEngineToRead();

private:
    Result<ConfigSources> sources() const;
    Result<void> judge(const Problems& problems);
    void startLog(const LoggingSettings& settings, OpenMode mode) const;

    std::shared_ptr<const Clock> m_clock = std::make_shared<SystemClock>();
    std::optional<LoadedSettings> m_settings;
    std::optional<Catalogue> m_catalogue;
    Problems m_problems;
    bool m_hasWarned = false;
};

} // namespace mnemo::cli
