#include "core/base/waitlog.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>

namespace mnemo {

namespace {

constexpr milliseconds joinedWithin {250};
constexpr std::string_view turn = "its turn";

/// Puts the second of two neighbours into the first.
void join(std::vector<Wait>& waits, std::size_t first)
{
    Wait& one = waits[first];
    Wait& next = waits[first + 1];
    if (next.held > one.held)
        one.why = std::move(next.why);
    one.to = next.to;
    one.held += next.held;
    waits.erase(waits.begin() + static_cast<std::ptrdiff_t>(first) + 1);
}

/// The neighbours with the least between them; of one reason where there are any.
std::size_t closest(const std::vector<Wait>& waits)
{
    std::size_t best = 0;
    std::optional<std::pair<bool, milliseconds>> least;
    for (std::size_t i = 0; i + 1 < waits.size(); ++i) {
        const std::pair apart {waits[i].why != waits[i + 1].why, waits[i + 1].from - waits[i].to};
        if (!least || apart < *least) {
            least = apart;
            best = i;
        }
    }
    return best;
}

void append(std::vector<Wait>& waits, Wait wait)
{
    if (wait.to <= wait.from)
        return;
    waits.push_back(std::move(wait));
    const auto size = waits.size();
    if (size > 1 && waits[size - 2].why == waits[size - 1].why && waits[size - 1].from - waits[size - 2].to <= joinedWithin)
        join(waits, size - 2);
    else if (size > WaitLog::capacity)
        join(waits, closest(waits));
}

} // namespace

WaitLog::WaitLog(const Clock& clock)
    : m_clock(clock)
{
}

void WaitLog::note(std::string_view why)
{
    const std::lock_guard lock(m_mutex);
    if (m_current.why == why)
        return;
    const UtcMs now = m_clock.now();
    if (!m_current.why.empty())
        append(m_waits, {m_current.from, now, m_current.why, now - m_current.from});
    m_current = {now, now, std::string(why), {}};
}

std::vector<Wait> WaitLog::waits() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<Wait> all = m_waits;
    const UtcMs now = m_clock.now();
    if (!m_current.why.empty())
        append(all, {m_current.from, now, m_current.why, now - m_current.from});
    return all;
}

std::string waitReason(std::string_view told)
{
    for (const std::string_view reason : {std::string_view("rate limit"), std::string_view("retry")}) {
        if (told.starts_with(reason))
            return std::string(reason);
    }
    return std::string(told);
}

std::vector<Wait> commonWaits(std::span<const WorkSpell> spells)
{
    struct Change {
        UtcMs at;
        int working = 0;
        const Wait* begins = nullptr;
        const Wait* ends = nullptr;
    };
    std::vector<Change> changes;
    for (const WorkSpell& spell : spells) {
        changes.push_back({spell.from, 1});
        changes.push_back({spell.to, -1});
        for (const Wait& wait : spell.waits) {
            changes.push_back({std::clamp(wait.from, spell.from, spell.to), 0, &wait, nullptr});
            changes.push_back({std::clamp(wait.to, spell.from, spell.to), 0, nullptr, &wait});
        }
    }
    std::ranges::stable_sort(changes, {}, &Change::at); // what begins and ends at once begins first
    std::vector<Wait> common;
    int working = 0;
    std::set<std::tuple<bool, std::string_view, const Wait*>> waiting; // limits before turns
    const auto keyOf = [](const Wait* wait) { return std::tuple(wait->why == turn, std::string_view(wait->why), wait); };
    UtcMs since {};
    for (const Change& change : changes) {
        if (working > 0 && working == static_cast<int>(waiting.size()) && change.at > since) {
            const Wait& wait = *std::get<const Wait*>(*waiting.begin());
            const double share = static_cast<double>(wait.held.count()) / static_cast<double>((wait.to - wait.from).count());
            const milliseconds length = change.at - since;
            append(common, {since, change.at, wait.why, milliseconds {std::llround(static_cast<double>(length.count()) * share)}});
        }
        since = change.at;
        working += change.working;
        if (change.begins)
            waiting.insert(keyOf(change.begins));
        if (change.ends)
            waiting.erase(keyOf(change.ends));
    }
    return common;
}

} // namespace mnemo
