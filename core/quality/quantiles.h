#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace mnemo {

/// Quantiles of a stream in bounded memory: exact up to `exactValues` values, beyond that within 0.05 % of the value.
/// Order of adding does not matter. Values that are not finite are not counted.
class Quantiles {
public:
    static constexpr std::size_t exactValues = 1U << 18;

    void add(double value);
    std::int64_t count() const { return m_count; }
    bool isExact() const { return m_buckets.empty(); }
    /// The value at rank floor(@p part x count); the median is the mean of the middle two. 0 where nothing was added.
    double at(double part) const;
    double median() const { return at(0.5); }
    double largest() const { return m_largest; } ///< exact

private:
    void spill();
    double ranked(std::int64_t rank) const;

    mutable std::vector<double> m_values; // sorted when asked
    mutable bool m_isSorted = true;
    std::map<int, std::int64_t> m_buckets; ///< by sign and logarithm; empty while exact
    std::int64_t m_count = 0;
    double m_largest = 0;
};

} // namespace mnemo
