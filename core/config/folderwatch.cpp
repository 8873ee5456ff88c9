#include "core/config/folderwatch.h"

#include <algorithm>
#include <array>
#include <limits>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace mnemo {

namespace {

namespace fs = std::filesystem;

constexpr uint32_t changes = IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE | IN_MOVE | IN_DELETE_SELF | IN_MOVE_SELF;

/// @p folder, or the nearest above it that exists.
fs::path existing(fs::path folder)
{
    std::error_code ec;
    while (!fs::is_directory(folder, ec) && folder.has_parent_path() && folder != folder.parent_path())
        folder = folder.parent_path();
    return folder;
}

void drain(int fd)
{
    std::array<char, 4096> events;
    while (read(fd, events.data(), events.size()) > 0) { }
}

} // namespace

FolderWatch::FolderWatch()
    : m_stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
}

FolderWatch::~FolderWatch()
{
    close(m_notify);
    close(m_stop);
}

void FolderWatch::watch(const std::vector<fs::path>& folders)
{
    std::set<fs::path> wanted;
    for (const fs::path& folder : folders)
        wanted.insert(existing(folder));
    if (wanted != m_folders) {
        close(m_notify);
        m_notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        m_folders = std::move(wanted);
    }
    for (const fs::path& folder : m_folders) // no second watch for the same one, but a new one where it was made anew
        inotify_add_watch(m_notify, folder.c_str(), changes);
}

void FolderWatch::wait(milliseconds time, const std::stop_token& stop)
{
    const std::stop_callback wake(stop, [this] { eventfd_write(m_stop, 1); });
    std::array<pollfd, 2> waited {pollfd {m_stop, POLLIN, 0}, pollfd {m_notify, POLLIN, 0}}; // poll leaves out what is below 0
    poll(waited.data(), waited.size(), static_cast<int>(std::min<int64_t>(time.count(), std::numeric_limits<int>::max())));
    drain(m_notify);
}

} // namespace mnemo
