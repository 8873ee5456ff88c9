#include "core/quality/quantiles.h"

#include <algorithm>
#include <cmath>

namespace mnemo {

namespace {

// Bucket i > 0 holds the values around smallest x growth^i, -i their negatives, 0 what is smaller than that.
constexpr double smallest = 1e-9;
const double growth = std::log(1.001);

int bucketOf(double value)
{
    const double size = std::abs(value);
    if (size < smallest)
        return 0;
    const int index = 1 + static_cast<int>(std::lround(std::log(size / smallest) / growth));
    return value < 0 ? -index : index;
}

double valueOf(int bucket)
{
    if (bucket == 0)
        return 0;
    const double size = smallest * std::exp((std::abs(bucket) - 1) * growth);
    return bucket < 0 ? -size : size;
}

} // namespace

void Quantiles::add(double value)
{
    if (!std::isfinite(value))
        return;
    m_largest = m_count == 0 ? value : std::max(m_largest, value);
    ++m_count;
    if (!m_buckets.empty()) {
        ++m_buckets[bucketOf(value)];
        return;
    }
    m_values.push_back(value);
    m_isSorted = false;
    if (m_values.size() > exactValues)
        spill();
}

void Quantiles::spill()
{
    for (const double value : m_values)
        ++m_buckets[bucketOf(value)];
    m_values = {};
}

double Quantiles::ranked(std::int64_t rank) const
{
    if (isExact())
        return m_values[static_cast<std::size_t>(rank)];
    for (const auto& [bucket, count] : m_buckets) {
        if (rank < count)
            return valueOf(bucket);
        rank -= count;
    }
    return m_largest;
}

double Quantiles::at(double part) const
{
    if (m_count == 0)
        return 0;
    if (!m_isSorted) {
        std::ranges::sort(m_values);
        m_isSorted = true;
    }
    const auto rank = static_cast<std::int64_t>(std::floor(part * static_cast<double>(m_count)));
    const std::int64_t last = m_count - 1;
    if (part == 0.5 && m_count % 2 == 0)
        return (ranked(rank - 1) + ranked(rank)) / 2;
    return ranked(std::clamp<std::int64_t>(rank, 0, last));
}

} // namespace mnemo
