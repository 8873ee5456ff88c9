#include "core/quality/gaps.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/base/timetext.h"
#include "core/market/intervalset.h"
#include "core/market/metric.h"

namespace mnemo {

namespace {

std::string timesAsked(int fewest, int most)
{
    if (fewest != most)
        return "asked " + std::to_string(fewest) + " to " + std::to_string(most) + " times";
    return fewest == 1 ? "asked once" : "asked " + std::to_string(fewest) + " times";
}

std::string_view conclusion(GapClass gapClass)
{
    switch (gapClass) {
    case GapClass::Empty:
        return "no trades there";
    case GapClass::Outage:
        return "the venue was silent";
    case GapClass::Failed:
        return "no usable answer";
    case GapClass::Unlisted:
        return "not listed yet";
    case GapClass::Delisted:
        return "no longer listed";
    case GapClass::BeyondRetention:
        return "older than what the source still keeps";
    case GapClass::Unknown:
        return "never asked";
    }
    return "never asked";
}

/// Takes pieces of absence in ascending order and joins those that touch and have one class.
class GapList {
public:
    explicit GapList(const Grid& grid)
        : m_grid(grid)
    {
    }

    void add(TimeRange range, const CoverageSpan* span)
    {
        const GapClass gapClass = span ? gapClassOf(span->state) : GapClass::Unknown;
        if (m_open && m_open->range.to == range.from && m_open->gapClass == gapClass) {
            m_open->range.to = range.to;
        } else {
            close();
            m_open.emplace();
            m_open->range = range;
            m_open->gapClass = gapClass;
            m_fewest = m_most = span ? span->checks : 0;
            m_last = span ? span->checkedAt : UtcMs{};
        }
        if (span) {
            m_fewest = std::min(m_fewest, span->checks);
            m_most = std::max(m_most, span->checks);
            m_last = std::max(m_last, span->checkedAt);
        }
    }

    std::vector<Gap> take()
    {
        close();
        return std::move(m_gaps);
    }

private:
    void close()
    {
        if (!m_open)
            return;
        m_open->bars = m_grid.count(m_open->range);
        m_open->evidence = evidence();
        m_gaps.push_back(std::move(*m_open));
        m_open.reset();
    }

    std::string evidence() const
    {
        const std::string_view why = conclusion(m_open->gapClass);
        if (m_open->gapClass == GapClass::Unknown)
            return std::string(why);
        return timesAsked(m_fewest, m_most) + (m_most == 1 ? ", " : ", last ") + formatShort(m_last)
            + " UTC: " + std::string(why);
    }

    const Grid& m_grid;
    std::vector<Gap> m_gaps;
    std::optional<Gap> m_open;
    int m_fewest = 0, m_most = 0;
    UtcMs m_last{};
};

/// Cuts runs of absence, handed in ascending order, along the coverage.
class Classifier {
public:
    Classifier(std::span<const CoverageSpan> coverage, const Grid& grid)
        : m_coverage(coverage)
        , m_gaps(grid)
    {
    }

    void addAbsent(TimeRange run)
    {
        UtcMs at = run.from;
        while (m_next < m_coverage.size() && m_coverage[m_next].range.to <= at)
            ++m_next;
        for (std::size_t i = m_next; at < run.to; ++i) {
            if (i == m_coverage.size() || m_coverage[i].range.from >= run.to) {
                m_gaps.add({at, run.to}, nullptr);
                return;
            }
            const TimeRange known = m_coverage[i].range.intersected({at, run.to});
            if (known.isEmpty())
                continue;
            if (at < known.from)
                m_gaps.add({at, known.from}, nullptr);
            m_gaps.add(known, &m_coverage[i]);
            at = known.to;
        }
    }

    std::vector<Gap> take() { return m_gaps.take(); }

private:
    std::span<const CoverageSpan> m_coverage;
    std::size_t m_next = 0; ///< first interval that may still matter
    GapList m_gaps;
};

} // namespace

GapClass gapClassOf(CoverageState state)
{
    switch (state) {
    case CoverageState::Answered:
        return GapClass::Empty;
    case CoverageState::Failed:
        return GapClass::Failed;
    case CoverageState::Unlisted:
        return GapClass::Unlisted;
    case CoverageState::Delisted:
        return GapClass::Delisted;
    case CoverageState::BeyondRetention:
        return GapClass::BeyondRetention;
    }
    return GapClass::Unknown;
}

void conclude(Gap& gap, std::string_view what)
{
    gap.evidence = gap.evidence.substr(0, gap.evidence.rfind(": ")) + ": " + std::string(what);
}

void explain(std::vector<Gap>& gaps, Kind kind, std::string_view timeKind)
{
    if (timeKind == timeKindOfEvents)
        std::erase_if(gaps, [](const Gap& gap) { return gap.gapClass == GapClass::Empty; });
    for (Gap& gap : gaps) {
        if (gap.gapClass == GapClass::BeyondRetention && timeKind == timeKindOfReadings)
            gap.evidence = "no reading was taken then, and the source tells only how things are now";
        if (gap.gapClass == GapClass::Empty && isMetric(kind))
            conclude(gap, factsOf(kind).isCount ? "the source told of none" : "the source answered without a reading");
    }
}

std::vector<TimeRange> unverified(std::span<const Gap> gaps, std::span<const CoverageSpan> coverage, int checks)
{
    std::vector<TimeRange> out;
    auto span = coverage.begin();
    for (const Gap& gap : gaps) {
        if (gap.gapClass != GapClass::Empty)
            continue;
        while (span != coverage.end() && span->range.to <= gap.range.from)
            ++span;
        for (auto one = span; one != coverage.end() && one->range.from < gap.range.to; ++one) {
            if (one->state == CoverageState::Answered && one->checks < checks)
                out.push_back(one->range.intersected(gap.range));
        }
    }
    return out;
}

std::vector<TimeRange> repairable(std::span<const Gap> gaps, std::span<const CoverageSpan> coverage)
{
    IntervalSet ranges(unverified(gaps, coverage));
    for (const Gap& gap : gaps) {
        if (gap.gapClass == GapClass::Unknown || gap.gapClass == GapClass::Failed || gap.gapClass == GapClass::Outage)
            ranges.add(gap.range);
    }
    return {ranges.ranges().begin(), ranges.ranges().end()};
}

std::vector<Gap> findGaps(
    std::span<const UtcMs> held, std::span<const CoverageSpan> coverage, const Grid& grid, TimeRange wanted)
{
    const TimeRange bars = grid.aligned(wanted);
    if (wanted.isEmpty() || bars.isEmpty())
        return {};
    const auto first = std::lower_bound(held.begin(), held.end(), bars.from);
    const auto last = std::lower_bound(first, held.end(), bars.to);
    const bool fixed = !grid.timeframe().isMonth();
    const milliseconds step = grid.timeframe().length();
    Classifier classifier(coverage, grid);
    UtcMs expected = bars.from;
    for (auto it = first; it != last; ++it) {
        if (expected < *it)
            classifier.addAbsent({expected, *it});
        expected = fixed ? *it + step : grid.next(*it);
    }
    if (expected < bars.to)
        classifier.addAbsent({expected, bars.to});
    return classifier.take();
}

} // namespace mnemo
