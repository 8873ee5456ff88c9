#pragma once

#include <filesystem>
#include <set>
#include <stop_token>
#include <vector>

#include "core/base/clock.h"

namespace mnemo {

/// Sleeps until something changes inside folders. A folder that is not there yet is waited for in the nearest one above it.
/// Built on inotify: a change that another machine makes in a network folder is not told. One thread.
class FolderWatch {
public:
    FolderWatch();
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    /// From here on these, in place of those before. Again after each change: a folder that was made anew is another one.
    void watch(const std::vector<std::filesystem::path>& folders);
    /// Returns after a change, after @p time or once a stop is requested, whichever comes first.
    void wait(milliseconds time, const std::stop_token& stop);

private:
    int m_stop = -1;   ///< an eventfd
    int m_notify = -1; ///< an inotify, one for each set of folders
    std::set<std::filesystem::path> m_folders;
};

} // namespace mnemo
