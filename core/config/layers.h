#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/config/settings.h"

namespace mnemo {

/// One source of settings as a tree from the top: later layers win. Inside core/config only.
struct Layer {
    enum class Origin { File, Environment, Argument };
    Origin origin = Origin::File;
    Node tree; ///< values are expanded
};

struct Layers {
    std::vector<Layer> list; ///< lowest first
    std::vector<std::filesystem::path> files;
};

/// Every file that belongs to the configuration, lowest layer first, sorted by name within a folder.
std::vector<std::filesystem::path> configFiles(const ConfigSources& sources);
/// The folders those files are in, also where there is none yet.
std::vector<std::filesystem::path> configFolders(const ConfigSources& sources);
/// Of the files' names, times and sizes.
std::string fingerprintOf(const std::vector<std::filesystem::path>& files);

/// Reads files, MNEMO__ variables and --set. @p sections: the known top-level keys. @p skippedFolder: its files are left.
Layers readLayers(const ConfigSources& sources, const std::vector<std::string>& sections, const std::string& skippedFolder,
    Problems& problems);

} // namespace mnemo
