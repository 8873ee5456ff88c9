#include "core/pipeline/undomemory.h"

namespace mnemo {

std::int64_t UndoMemory::keep(Step step)
{
    m_steps.emplace(m_next, std::move(step));
    if (m_steps.size() > capacity)
        m_steps.erase(m_steps.begin());
    return m_next++;
}

const UndoMemory::Step* UndoMemory::find(std::int64_t number) const
{
    const auto found = m_steps.find(number);
    return found == m_steps.end() ? nullptr : &found->second;
}

} // namespace mnemo
