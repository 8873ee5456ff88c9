#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace mnemo {

/// Calls @p work(i) for each i below @p count on all cores, the caller's thread among them; returns when all are done.
/// @param leastPerThread a thread that has less to do costs more than it saves
/// @p work must not throw, and may be called from several threads at once.
template<class Work>
void forEachIndex(std::size_t count, std::size_t leastPerThread, const Work& work)
{
    std::atomic<std::size_t> next = 0;
    const auto loop = [&] {
        for (std::size_t i = next++; i < count; i = next++)
            work(i);
    };
    const std::size_t threads = std::min<std::size_t>(std::thread::hardware_concurrency(), count / leastPerThread);
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < threads; ++i)
        helpers.emplace_back(loop);
    loop();
}

} // namespace mnemo
