#include "core/quality/silence.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/quality/gaps.h"

namespace mnemo {

namespace {

/// Series of one instrument, finest frame first.
using Frames = std::vector<const IndexedSeries*>;

std::map<std::string, Frames> instrumentsOf(std::span<const IndexedSeries* const> group)
{
    std::map<std::string, Frames> instruments;
    for (const IndexedSeries* series : group) {
        if (series->record.key.kind == Kind::Candles && !series->days.empty())
            instruments[series->record.key.symbol].push_back(series);
    }
    for (auto& [symbol, frames] : instruments)
        std::ranges::sort(frames, {}, [](const IndexedSeries* series) { return series->record.key.timeframe; });
    return instruments;
}

bool isAskedOn(const IndexedSeries& series, DayNumber day)
{
    const DayCounts* counts = series.day(day);
    return counts && counts->present + counts->noTrade() > 0;
}

const IndexedSeries* witnessOf(const Frames& frames, DayNumber day)
{
    const auto found = std::ranges::find_if(frames, [day](const IndexedSeries* one) { return isAskedOn(*one, day); });
    return found == frames.end() ? nullptr : *found;
}

/// Runs of days on which enough instruments lack bars, and who of them is liquid then.
struct Suspicion {
    DayNumber from = 0, to = 0;
    std::set<const IndexedSeries*> liquid;
};

std::vector<Suspicion> suspicions(const std::map<std::string, Frames>& instruments, const OutageRules& rules)
{
    std::map<DayNumber, int> lacking;
    for (const auto& [symbol, frames] : instruments) {
        std::set<DayNumber> days; // an instrument counts once
        for (const IndexedSeries* series : frames) {
            for (std::size_t i = 0; i < series->days.size(); ++i) {
                const DayNumber day = series->firstDay + static_cast<DayNumber>(i);
                if (series->days[i].noTrade() > 0 && isLiquid(*series, day, rules))
                    days.insert(day);
            }
        }
        for (const DayNumber day : days)
            ++lacking[day];
    }
    std::vector<Suspicion> out;
    for (const auto& [day, count] : lacking) {
        if (count < rules.leastSeries)
            continue;
        if (out.empty() || out.back().to != day)
            out.push_back({day, day, {}});
        out.back().to = day + 1;
        for (const auto& [symbol, frames] : instruments) {
            const IndexedSeries* witness = witnessOf(frames, day);
            if (witness && isLiquid(*witness, day, rules))
                out.back().liquid.insert(witness);
        }
    }
    return out;
}

/// What one instrument says about a run of days.
struct Testimony {
    std::string symbol;
    IntervalSet asked, silent;
};

Result<Testimony> testimonyOf(StoreReader& reader, const IndexedSeries& series, TimeRange within)
{
    const auto times = reader.openTimes(series.record.id, within);
    if (!times)
        return fail(times.error());
    Testimony out {series.record.key.symbol, {}, {}};
    for (const CoverageSpan& span : series.coverage) {
        if (span.state == CoverageState::Answered)
            out.asked.add(span.range.intersected(within));
    }
    for (const Gap& gap : findGaps(*times, series.coverage, series.record.grid(), within)) {
        if (gap.gapClass == GapClass::Empty)
            out.silent.add(gap.range);
    }
    return out;
}

/// Merges what several series of one instrument say: the finest one is heard first.
void hear(std::vector<Testimony>& all, Testimony more)
{
    for (Testimony& known : all) {
        if (known.symbol != more.symbol)
            continue;
        known.silent = united(known.silent, subtracted(more.silent, known.asked));
        known.asked = united(known.asked, more.asked);
        return;
    }
    all.push_back(std::move(more));
}

/// Stretches in which the same instruments are silent, tested by the rules.
std::vector<InferredOutage> judged(const std::vector<Testimony>& all, const OutageRules& rules, const SeriesKey& key)
{
    std::set<UtcMs> edges;
    for (const Testimony& one : all) {
        for (const IntervalSet* set : {&one.silent, &one.asked}) {
            for (const TimeRange& range : set->ranges())
                edges.insert({range.from, range.to});
        }
    }
    std::vector<InferredOutage> out;
    for (auto edge = edges.begin(); edge != edges.end() && std::next(edge) != edges.end(); ++edge) {
        const TimeRange stretch {*edge, *std::next(edge)};
        InferredOutage outage {key.source, key.exchange, key.market, stretch, 0, 0, {}};
        for (const Testimony& one : all) {
            outage.asked += one.asked.contains(stretch) ? 1 : 0;
            if (one.silent.contains(stretch))
                outage.symbols.push_back(one.symbol);
        }
        outage.silent = static_cast<int>(outage.symbols.size());
        if (outage.silent < rules.leastSeries || outage.silent < rules.share * outage.asked)
            continue;
        const bool continues = !out.empty() && out.back().range.to == stretch.from
            && out.back().symbols == outage.symbols && out.back().asked == outage.asked;
        if (continues)
            out.back().range.to = stretch.to;
        else
            out.push_back(std::move(outage));
    }
    return out;
}

} // namespace

bool isLiquid(const IndexedSeries& series, DayNumber day, const OutageRules& rules)
{
    int known = 0, whole = 0;
    for (DayNumber other = day - rules.liquidDays; other <= day + rules.liquidDays; ++other) {
        const DayCounts* counts = other == day ? nullptr : series.day(other);
        if (!counts || counts->present + counts->noTrade() + counts->of(GapClass::Outage) == 0)
            continue;
        ++known;
        whole += counts->noTrade() == 0 ? 1 : 0;
    }
    return known >= rules.liquidDays && whole >= rules.liquidShare * known;
}

Result<std::vector<InferredOutage>> inferOutages(
    StoreReader& reader, std::span<const IndexedSeries* const> group, const OutageRules& rules)
{
    std::vector<InferredOutage> out;
    const auto instruments = instrumentsOf(group);
    if (static_cast<int>(instruments.size()) < rules.leastSeries)
        return out;
    for (const Suspicion& suspicion : suspicions(instruments, rules)) {
        const TimeRange within {startOf(suspicion.from), startOf(suspicion.to)};
        std::vector<const IndexedSeries*> witnesses(suspicion.liquid.begin(), suspicion.liquid.end());
        std::ranges::sort(witnesses, {},
            [](const IndexedSeries* one) { return std::pair(one->record.key.symbol, one->record.key.timeframe); });
        std::vector<Testimony> testimonies;
        for (const IndexedSeries* witness : witnesses) {
            auto testimony = testimonyOf(reader, *witness, within);
            if (!testimony)
                return fail(testimony.error());
            hear(testimonies, std::move(*testimony));
        }
        auto found = judged(testimonies, rules, group.front()->record.key);
        out.insert(out.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    }
    return out;
}

} // namespace mnemo
