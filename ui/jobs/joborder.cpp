#include "ui/jobs/joborder.h"

#include <algorithm>
#include <limits>

namespace mnemo {

namespace {

const std::string noText;

} // namespace

bool JobOrder::isText() const
{
    return column == JobColumn::Series || column == JobColumn::Waiting || column == JobColumn::Problem;
}

const std::string& JobOrder::textOf(const JobRow& row) const
{
    if (column == JobColumn::Series)
        return row.sortText;
    if (column == JobColumn::Waiting)
        return row.job.waitingFor;
    if (row.job.error)
        return row.job.error->detail;
    return row.job.warnings.empty() ? noText : row.job.warnings.front();
}

double JobOrder::numberOf(const JobRow& row) const
{
    constexpr double last = std::numeric_limits<double>::max();
    const JobSnapshot& job = row.job;
    switch (*column) {
    case JobColumn::State: return stateOrder(job.state);
    case JobColumn::Range: return static_cast<double>(toMs(job.range.from));
    case JobColumn::Progress: return job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : 0;
    case JobColumn::Rows: return static_cast<double>(job.rowsStored);
    case JobColumn::Rate: return row.rowsPerSecond;
    case JobColumn::Requests: return static_cast<double>(job.requests);
    case JobColumn::Attempts: return job.attempts;
    case JobColumn::Started: return static_cast<double>(toMs(job.started));
    case JobColumn::Elapsed: {
        const auto elapsed = row.elapsed(now);
        return elapsed ? static_cast<double>(elapsed->count()) : -1;
    }
    case JobColumn::Eta: {
        const auto eta = row.eta();
        return eta ? static_cast<double>(eta->count()) : last;
    }
    case JobColumn::Left: // the same for all jobs of a lane
    case JobColumn::Series:
    case JobColumn::Waiting:
    case JobColumn::Problem: break;
    }
    return 0;
}

bool JobOrder::less(const JobRow& a, const JobRow& b) const
{
    if (column && isText()) {
        const int order = textOf(a).compare(textOf(b));
        if (order != 0)
            return isDescending ? order > 0 : order < 0;
    } else if (column) {
        const double one = numberOf(a), other = numberOf(b);
        if (one != other)
            return isDescending ? one > other : one < other;
    }
    return a.job.id > b.job.id;
}

void JobOrder::sort(std::vector<Slot>& places, const std::vector<JobRow>& rows) const
{
    if (column == JobColumn::Series) {
        sortBySeries(places, rows);
        return;
    }
    if (!column || isText()) {
        std::sort(places.begin(), places.end(), [&](Slot a, Slot b) { return less(rows[a], rows[b]); });
        return;
    }
    struct Keyed { // each value is worked out once, not at every comparison
        double number;
        JobId id;
        Slot slot;
    };
    std::vector<Keyed> keyed;
    keyed.reserve(places.size());
    for (const Slot slot : places)
        keyed.push_back({isDescending ? -numberOf(rows[slot]) : numberOf(rows[slot]), rows[slot].job.id, slot});
    std::sort(keyed.begin(), keyed.end(),
        [](const Keyed& a, const Keyed& b) { return a.number != b.number ? a.number < b.number : a.id > b.id; });
    std::transform(keyed.begin(), keyed.end(), places.begin(), [](const Keyed& key) { return key.slot; });
}

void JobOrder::sortBySeries(std::vector<Slot>& places, const std::vector<JobRow>& rows) const
{
    struct Keyed {
        std::array<std::uint64_t, 4> key;
        Slot slot;
    };
    std::vector<Keyed> keyed;
    keyed.reserve(places.size());
    for (const Slot slot : places)
        keyed.push_back({rows[slot].sortKey, slot});
    std::sort(keyed.begin(), keyed.end(), [&](const Keyed& a, const Keyed& b) {
        if (a.key != b.key)
            return isDescending ? a.key > b.key : a.key < b.key;
        return less(rows[a.slot], rows[b.slot]); // longer names, or the same series
    });
    std::transform(keyed.begin(), keyed.end(), places.begin(), [](const Keyed& key) { return key.slot; });
}

std::vector<JobOrder::Slot> JobOrder::updated(const std::vector<Slot>& shown, std::vector<Slot> changed,
    const std::vector<JobRow>& rows, const JobFilter& filter) const
{
    std::vector<bool> isChanged(rows.size(), false);
    for (const Slot slot : changed)
        isChanged[slot] = true;
    std::vector<Slot> kept;
    kept.reserve(shown.size() + changed.size());
    std::copy_if(shown.begin(), shown.end(), std::back_inserter(kept), [&](Slot slot) { return !isChanged[slot]; });
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    std::erase_if(changed, [&](Slot slot) { return !filter.accepts(rows[slot]); });
    sort(changed, rows);
    const auto middle = static_cast<std::ptrdiff_t>(kept.size());
    kept.insert(kept.end(), changed.begin(), changed.end());
    std::inplace_merge(
        kept.begin(), kept.begin() + middle, kept.end(), [&](Slot a, Slot b) { return less(rows[a], rows[b]); });
    return kept;
}

} // namespace mnemo
