#include "core/ingest/requestlog.h"

namespace mnemo {

void RequestLog::add(RequestRecord record)
{
    const std::lock_guard lock(m_mutex);
    m_records.push_back(std::move(record));
    if (m_records.size() > capacity) {
        m_records.pop_front();
        ++m_dropped;
    }
}

std::vector<RequestRecord> RequestLog::records() const
{
    const std::lock_guard lock(m_mutex);
    return {m_records.begin(), m_records.end()};
}

std::int64_t RequestLog::dropped() const
{
    const std::lock_guard lock(m_mutex);
    return m_dropped;
}

std::size_t RequestLog::size() const
{
    const std::lock_guard lock(m_mutex);
    return m_records.size();
}

} // namespace mnemo
