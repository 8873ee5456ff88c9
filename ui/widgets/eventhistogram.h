#pragma once

#include <QString>
#include <array>
#include <chrono>
#include <cstdint>

namespace mnemo {

/// How long the UI thread was busy with one event, counted in buckets that double from 1 ms. A value; one thread.
class EventHistogram {
public:
    static constexpr std::size_t bucketCount = 12; ///< below 1, 2, 4 ... 1024 ms, and above
    static constexpr std::chrono::milliseconds limit {16}; ///< a frame at 60 Hz

    /// @p processor of the length: what the thread itself needed
    void add(std::chrono::nanoseconds length, std::chrono::nanoseconds processor);
    std::uint64_t count() const { return m_count; }
    std::uint64_t countAbove(std::chrono::milliseconds length) const; ///< @p length a power of two, or the limit
    std::chrono::nanoseconds longest() const { return m_longest; }
    /// One line per bucket, then the sum and the worst.
    QString text() const;

private:
    std::array<std::uint64_t, bucketCount> m_buckets {};
    std::uint64_t m_count = 0;
    std::uint64_t m_aboveLimit = 0;
    std::uint64_t m_workAboveLimit = 0; ///< of them: the thread itself needed so long
    std::chrono::nanoseconds m_mostWork {0};
    std::chrono::nanoseconds m_longest {0};
    std::chrono::nanoseconds m_sum {0};
};

} // namespace mnemo
