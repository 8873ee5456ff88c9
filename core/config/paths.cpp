#include <array>
#include <cstdlib>
#include <system_error>

#include <pwd.h>
#include <unistd.h>

#include "core/config/settings.h"

namespace mnemo {

namespace {

namespace fs = std::filesystem;

fs::path home()
{
    if (const char* folder = std::getenv("HOME"); folder && *folder)
        return folder;
    passwd entry {};
    passwd* found = nullptr;
    std::array<char, 16384> buffer;
    if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found && found->pw_dir)
        return found->pw_dir;
    return "/";
}

/// The XDG specification says that a relative path is to be ignored.
fs::path xdg(const char* variable, const char* fallback)
{
    const char* folder = std::getenv(variable);
    const fs::path base = folder && *folder == '/' ? fs::path(folder) : home() / fallback;
    return base / "mnemo-quant";
}

} // namespace

fs::path shippedConfigDir()
{
    if (const char* share = std::getenv("MNEMO_SHARE"); share && *share)
        return share;
    std::error_code ec;
    const fs::path program = fs::read_symlink("/proc/self/exe", ec);
    const fs::path installed = (program.parent_path() / "../share/mnemo-quant/config").lexically_normal();
    if (!ec && fs::is_directory(installed, ec))
        return installed;
    return MNEMO_SOURCE_CONFIG_DIR;
}

fs::path userConfigDir()
{
    return xdg("XDG_CONFIG_HOME", ".config");
}

fs::path userDataDir()
{
    return xdg("XDG_DATA_HOME", ".local/share");
}

std::string configEnv()
{
    const char* env = std::getenv("MNEMO_ENV");
    return env && *env ? env : "dev";
}

} // namespace mnemo
