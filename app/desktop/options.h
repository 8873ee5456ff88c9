#pragma once

#include <QString>
#include <QStringList>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/config/settings.h"

namespace mnemo {

/// The command line of the window.
struct DesktopOptions {
    std::filesystem::path configDir; ///< empty: the user's
    std::filesystem::path dataDir;   ///< empty: the user's
    std::string env;                 ///< empty: $MNEMO_ENV, else dev
    std::vector<std::string> sets;
    std::string logLevel; ///< empty: from the settings
    bool isDemo = false;
};

/// Before there is a QApplication; nothing where the arguments are not all ours, or end the program.
std::optional<DesktopOptions> peekOptions(int argc, char** argv);

/// Ends the program for --help, --version and what cannot be understood.
DesktopOptions readOptions(const QStringList& arguments);

/// Errors: Config, where a folder or an environment does not exist.
Result<ConfigSources> sourcesOf(const DesktopOptions& options);

} // namespace mnemo
