#include "core/storage/sqlite/processlock.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace mnemo {

namespace {

std::string systemText(int number)
{
    std::array<char, 128> buffer {};
    return strerror_r(number, buffer.data(), buffer.size()); // GNU's: returns the text
}

tl::unexpected<Error> systemFailure(int number, const std::filesystem::path& file)
{
    if (number == EACCES || number == EROFS || number == EPERM)
        return fail(ErrorCode::StorageReadOnly,
            file.string() + " cannot be written (" + systemText(number) + "): check the permissions of the data folder");
    if (number == ENOSPC || number == EDQUOT)
        return fail(ErrorCode::StorageFull, "no space left for " + file.string() + ": free space on that disk");
    if (number == ENOENT)
        return fail(ErrorCode::NotFound, "no folder " + file.parent_path().string() + ": check the data folder");
    return fail(ErrorCode::StorageFailed, file.string() + " cannot be locked: " + systemText(number));
}

std::string holder(int file)
{
    std::array<char, 32> text {};
    const ssize_t length = ::pread(file, text.data(), text.size() - 1, 0);
    std::string pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    while (!pid.empty() && (pid.back() == '\n' || pid.back() == ' '))
        pid.pop_back();
    return pid;
}

} // namespace

Result<ProcessLock> ProcessLock::take(const std::filesystem::path& dataDir)
{
    const std::filesystem::path path = dataDir / "mnemo.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return systemFailure(errno, path);
    ProcessLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return systemFailure(errno, path);
        const std::string pid = holder(file);
        return fail(ErrorCode::StorageLocked,
            dataDir.string() + " is already collected into by " + (pid.empty() ? "another process" : "process " + pid)
                + ": stop it first, or choose another data folder");
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return systemFailure(errno, path);
    return lock;
}

ProcessLock::ProcessLock(ProcessLock&& other) noexcept
    : m_file(std::exchange(other.m_file, -1))
{
}

ProcessLock::~ProcessLock()
{
    if (m_file >= 0)
        ::close(m_file); // gives the lock back
}

} // namespace mnemo
