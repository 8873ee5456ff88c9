#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace mnemo {

/// The right to collect into a data folder: an flock on `mnemo.lock` that holds the pid. The system drops it when the
/// process ends, however it ends; the file stays.
class ProcessLock {
public:
    /// Errors: StorageLocked naming the holder's pid; StorageReadOnly; StorageFailed where the file system has no locks.
    static Result<ProcessLock> take(const std::filesystem::path& dataDir);
    ~ProcessLock();
    ProcessLock(ProcessLock&& other) noexcept;
    ProcessLock& operator=(ProcessLock&&) = delete;

private:
    explicit ProcessLock(int file)
        : m_file(file)
    {
    }
    int m_file; // -1: moved away
};

} // namespace mnemo
