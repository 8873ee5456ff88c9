#include "ui/widgets/eventhistogram.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

std::size_t bucketOf(std::chrono::nanoseconds length)
{
    std::size_t bucket = 0;
    for (std::chrono::nanoseconds edge = std::chrono::milliseconds {1};
         bucket + 1 < EventHistogram::bucketCount && length >= edge; edge *= 2)
        ++bucket;
    return bucket;
}

double ms(std::chrono::nanoseconds length)
{
    return std::chrono::duration<double, std::milli>(length).count();
}

} // namespace

void EventHistogram::add(std::chrono::nanoseconds length, std::chrono::nanoseconds processor)
{
    ++m_buckets[bucketOf(length)];
    ++m_count;
    m_aboveLimit += length > limit ? 1 : 0;
    m_workAboveLimit += processor > limit ? 1 : 0;
    m_mostWork = std::max(m_mostWork, processor);
    m_longest = std::max(m_longest, length);
    m_sum += length;
}

std::uint64_t EventHistogram::countAbove(std::chrono::milliseconds length) const
{
    if (length == limit)
        return m_aboveLimit;
    std::uint64_t sum = 0;
    for (std::size_t i = bucketOf(length); i < bucketCount; ++i)
        sum += m_buckets[i];
    return sum;
}

QString EventHistogram::text() const
{
    QString text;
    for (std::size_t i = 0; i < bucketCount; ++i) {
        const QString edge = i + 1 < bucketCount ? u"< %1 ms"_s.arg(1 << i) : u">= %1 ms"_s.arg(1 << (i - 1));
        text += u"%1 %2\n"_s.arg(edge, 10).arg(m_buckets[i], 10);
    }
    text += u"events %1, busy %2 ms, longest %3 ms, above %4 ms: %5; by processor time longest %6 ms, above %4 ms: %7\n"_s.arg(m_count)
                .arg(ms(m_sum), 0, 'f', 1)
                .arg(ms(m_longest), 0, 'f', 2)
                .arg(limit.count())
                .arg(m_aboveLimit)
                .arg(ms(m_mostWork), 0, 'f', 2)
                .arg(m_workAboveLimit);
    return text;
}

} // namespace mnemo
