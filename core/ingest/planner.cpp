#include "core/ingest/planner.h"

#include <algorithm>
#include <map>

#include "core/base/timetext.h"
#include "core/exchange/symbolmapping.h"
#include "core/ingest/fileplanning.h"

namespace mnemo {

namespace {

/// Pages from which on it is worth a warning that the listing is not known.
constexpr std::int64_t longWalk = 3;

std::string rangeText(TimeRange range)
{
    return formatShort(range.from) + " to " + formatShort(range.to) + " UTC";
}

Result<MarketType> marketOf(const BackfillRequest& request, const SymbolParts& parts)
{
    if (!request.market || *request.market == parts.market())
        return parts.market();
    return fail(ErrorCode::InvalidArgument,
        "symbol " + request.symbol + " is a " + std::string(toText(parts.market())) + " symbol, not "
            + std::string(toText(*request.market)) + ": write BASE/QUOTE for spot, BASE/QUOTE:QUOTE for linear, BASE/QUOTE:BASE for inverse");
}

/// A venue that answers with all it has need not be second-guessed by our clock: its answer will tell what is too old.
RetentionSplit splitAhead(const IntervalSet& todo, const PageRules& rules, UtcMs now)
{
    if (rules.isSnapshot) {
        const IntervalSet past(TimeRange {UtcMs::min(), rules.grid.floor(now)});
        return {subtracted(todo, past), intersected(todo, past)};
    }
    return rules.isLatestOnly() ? RetentionSplit {todo, {}} : splitByRetention(todo, rules, now);
}

} // namespace

std::string timeKindOf(const PageRules& rules)
{
    return rules.isSnapshot ? timeKindOfReadings : rules.longestPause.count() > 0 ? timeKindOfEvents : "open";
}

Result<SeriesSpec> specify(const BackfillRequest& request, const Catalogue& catalogue, UtcMs now)
{
    auto venue = catalogue.teller(request.source, request.exchange);
    if (!venue)
        return fail(std::move(venue.error()));
    const auto parts = parseSymbol(request.symbol);
    if (!parts)
        return fail(ErrorCode::InvalidArgument, "'" + request.symbol + "' is no symbol: write BASE/QUOTE, such as BTC/USDT or BTC/USDT:USDT");
    const auto market = marketOf(request, *parts);
    if (!market)
        return fail(market.error());
    auto rules = (*venue)->pageRules(*market, request.kind, request.timeframe);
    if (!rules)
        return fail(std::move(rules.error()));
    if (request.range.isEmpty())
        return fail(ErrorCode::InvalidArgument, "the range is empty or reversed: " + rangeText(request.range));
    if (request.range.from >= now)
        return fail(ErrorCode::InvalidArgument, "the range begins in the future: " + rangeText(request.range));

    SeriesSpec spec;
    spec.key = {request.source.empty() ? request.exchange : request.source, request.exchange, *market, request.symbol,
        request.kind, request.timeframe};
    const auto* correction = request.exchangeSymbol.empty() ? correctionOf(**venue, spec.key) : nullptr;
    if (correction != nullptr && correction->id.empty())
        return fail(correctedToNone(**venue, *correction));
    spec.venue = std::move(*venue);
    spec.order = request.order;
    spec.rules = *rules;
    spec.wanted = rules->grid.aligned(request.range);
    spec.wanted.to = std::min(spec.wanted.to, rules->grid.floor(now));
    if (rules->isSnapshot && request.range.to > spec.wanted.to && request.range.to >= rules->grid.floor(now))
        spec.wanted.to = rules->grid.next(rules->grid.floor(now)); // a reading is of the slot in which it is taken
    return spec;
}

BackfillRequest BackfillRequest::of(const SeriesKey& series)
{
    BackfillRequest request;
    request.exchange = series.exchange;
    request.symbol = series.symbol;
    request.timeframe = series.timeframe;
    request.market = series.market;
    request.kind = series.kind;
    request.source = series.source == series.exchange ? std::string() : series.source;
    return request;
}

BackfillRequest BackfillRequest::again(const SeriesRecord& series)
{
    BackfillRequest request = of(series.key);
    if (series.key.source == series.key.exchange) // a provider's id may have been corrected since
        request.exchangeSymbol = series.exchangeSymbol;
    return request;
}

BackfillRequest requestOf(const SeriesSpec& spec, const std::string& exchangeSymbol)
{
    auto request = BackfillRequest::of(spec.key);
    request.exchangeSymbol = exchangeSymbol;
    request.range = spec.wanted;
    request.order = spec.order;
    return request;
}

IntervalSet unanswered(TimeRange wanted, std::span<const CoverageSpan> coverage)
{
    std::vector<TimeRange> known;
    for (const CoverageSpan& span : coverage) {
        if (span.state != CoverageState::Failed)
            known.push_back(span.range);
    }
    return subtracted(IntervalSet(wanted), IntervalSet(std::move(known)));
}

IntervalSet joinedByPage(const IntervalSet& ranges, const PageRules& rules)
{
    IntervalSet joined;
    std::optional<TimeRange> open;
    for (const TimeRange& range : ranges.ranges()) {
        const TimeRange next {rules.grid.floor(range.from), rules.grid.ceil(range.to)};
        if (open && next.to <= pageEnd(rules, open->from)) {
            open->to = std::max(open->to, next.to);
            continue;
        }
        if (open)
            joined.add(*open);
        open = next;
    }
    if (open)
        joined.add(*open);
    return joined;
}

BackfillTask makeTask(const SeriesSpec& spec, SeriesRecord series, Instrument instrument,
    std::span<const CoverageSpan> coverage, std::optional<UtcMs> firstStored, const IntervalSet& recheck, TodoScope scope,
    UtcMs now)
{
    BackfillTask task;
    IntervalSet todo = scope == TodoScope::RecheckAlone ? IntervalSet() : unanswered(spec.wanted, coverage);
    for (const TimeRange& range : recheck.ranges())
        todo.add({range.from, std::min(range.to, spec.wanted.to)});
    auto [available, tooOld] = splitAhead(todo, spec.rules, now);
    task.series = std::move(series);
    task.venue = spec.venue;
    task.instrument = std::move(instrument);
    task.rules = spec.rules;
    task.tooOld = std::move(tooOld);
    task.order = spec.order;
    task.recheck = !recheck.isEmpty();
    const UtcMs start = available.hull().from;
    task.isStartKnown = (firstStored && *firstStored < start)
        || std::ranges::any_of(coverage, [start](const CoverageSpan& span) {
               return span.range.from < start
                   && (span.state == CoverageState::Unlisted || span.state == CoverageState::Answered);
           });
    task.todo = std::move(available);
    for (const Timeframe frame : spec.venue->timeframes(spec.key.market, spec.key.kind)) {
        if (frame == spec.key.timeframe)
            continue;
        if (auto rules = spec.venue->pageRules(spec.key.market, spec.key.kind, frame); rules && !rules->isFromTrades)
            task.otherFrames.push_back(*rules);
    }
    return task;
}

namespace {

std::int64_t barsOf(const IntervalSet& set, const Grid& grid)
{
    std::int64_t bars = 0;
    for (const TimeRange& range : set.ranges())
        bars += grid.count(range);
    return bars;
}

/// What the requests of @p pages charge. They are all alike but for the last of a run, so that one is asked for.
std::map<std::string, double> weightsOf(const SeriesSpec& spec, const FetchArgs& args, const IntervalSet& todo, std::int64_t pages)
{
    std::map<std::string, double> weights;
    if (pages == 0)
        return weights;
    const TimeRange range = todo.ranges().front();
    const TimeRange first {range.from, std::min(range.to, pageEnd(spec.rules, range.from))};
    if (const auto request = spec.venue->pageRequest(args, spec.rules.isLatestOnly() ? todo.hull() : first)) {
        for (const Charge& charge : request->charges)
            weights[charge.budget] += charge.weight * static_cast<double>(pages);
    }
    return weights;
}

std::int64_t pageCount(const IntervalSet& todo, const PageRules& rules)
{
    if (todo.isEmpty() || rules.isLatestOnly())
        return todo.isEmpty() ? 0 : 1;
    if (rules.bucket != Bucket::None || rules.isFromTrades) // days or years: few; of trades nobody knows
        return static_cast<std::int64_t>(cutPages(todo, rules).size());
    std::int64_t pages = 0;
    for (const TimeRange& range : todo.ranges())
        pages += (rules.grid.count(range) + rules.maxRows - 1) / rules.maxRows;
    return pages;
}

std::map<std::string, double> listPages(BackfillPlan& plan, const SeriesSpec& spec, const FetchArgs& args, const IntervalSet& todo)
{
    std::map<std::string, double> weights;
    for (const Page& page : cutPages(todo, spec.rules)) {
        BackfillPlan::Page row {page.range, "rest", {}};
        if (auto request = spec.venue->pageRequest(args, page.range)) {
            row.url = redactedUrl(request->http.url);
            for (const Charge& charge : request->charges)
                weights[charge.budget] += charge.weight;
        }
        plan.list.push_back(std::move(row));
    }
    return weights;
}

/// The tightest budget gives weight and time of the plan.
void fillUses(BackfillPlan& plan, const LaneRules& lane, const std::map<std::string, double>& weights, double share)
{
    plan.lane = lane.id;
    for (const BudgetSpec& budget : lane.budgets) {
        const auto weight = weights.find(budget.name);
        if (weight == weights.end() || weight->second <= 0 || budget.capacity <= 0)
            continue;
        const auto needed = milliseconds {static_cast<std::int64_t>(
            weight->second / (budget.capacity * share) * static_cast<double>(budget.window.count()))};
        plan.uses.push_back({budget.name, weight->second, needed});
        if (plan.weight == 0 || needed > plan.eta) {
            plan.eta = needed;
            plan.weight = weight->second;
        }
    }
}

bool isStartUnknown(TimeRange todo, std::span<const CoverageSpan> coverage)
{
    return std::ranges::none_of(coverage, [&](const CoverageSpan& span) {
        return span.range.from < todo.from && (span.state == CoverageState::Unlisted || span.state == CoverageState::Answered);
    });
}

/// Its answers tell what it still has; until then its own statement is the best guess.
std::string retentionWarning(const SeriesSpec& spec, const IntervalSet& available, UtcMs now)
{
    const IntervalSet tooOld = splitByRetention(available, spec.rules, now).tooOld;
    std::string text = spec.venue->id() + " keeps only the latest " + std::to_string(*spec.rules.retentionRows) + " bars of "
        + std::string(spec.key.timeframe.name());
    if (!tooOld.isEmpty())
        text += ", since about " + formatShort(tooOld.hull().to) + " UTC: " + std::to_string(barsOf(tooOld, spec.rules.grid))
            + " older ones are most likely gone for good";
    return text;
}

std::vector<std::string> warningsOf(const SeriesSpec& spec, const Instrument& instrument,
    std::span<const CoverageSpan> coverage, const IntervalSet& available, const IntervalSet& tooOld, UtcMs now)
{
    if (spec.rules.isSnapshot)
        return {snapshotWarning(spec.key)};
    std::vector<std::string> warnings;
    if (!tooOld.isEmpty())
        warnings.push_back("the venue keeps no bars of " + rangeText(tooOld.hull()) + ": these stay missing");
    if (spec.rules.isLatestOnly() && spec.rules.walk == Walk::Pages && !spec.rules.isFromTrades)
        warnings.push_back(retentionWarning(spec, available, now));
    else if (spec.rules.isLatestOnly())
        warnings.push_back("the venue only has its latest " + std::to_string(spec.rules.maxRows)
            + (spec.rules.isFromTrades ? " trades" : " bars"));
    else if (instrument.listed && *instrument.listed > available.hull().from && !available.isEmpty())
        warnings.push_back("listed on " + formatShort(*instrument.listed) + " UTC: what lies before it is not walked");
    else if (pageCount(available, spec.rules) > longWalk && isStartUnknown(available.hull(), coverage))
        warnings.push_back(
            "when it was listed is not known: a few requests find it, and what lies before it is not walked");
    return warnings;
}

} // namespace

std::string snapshotWarning(const SeriesKey& key)
{
    return key.exchange
        + " tells open interest as it is now and nothing of the past: this series accrues only from now on, one "
          "reading with each `incremental`";
}

BackfillPlan makePlan(const SeriesSpec& spec, const Instrument& instrument, std::span<const CoverageSpan> coverage,
    double share, UtcMs now, PlanDetail detail, FileUse use)
{
    BackfillPlan plan;
    plan.series = spec.key;
    plan.wanted = spec.wanted;
    plan.barsWanted = spec.rules.grid.count(spec.wanted);
    const IntervalSet todo = unanswered(spec.wanted, coverage);
    auto [available, tooOld] = splitAhead(todo, spec.rules, now);
    plan.barsAnswered = plan.barsWanted - barsOf(todo, spec.rules.grid);
    FetchArgs args;
    args.kind = spec.key.kind;
    args.instrument = instrument;
    args.timeframe = spec.key.timeframe;
    args.now = now;
    const IntervalSet askable = available;
    if (detail == PlanDetail::Totals && instrument.listed && *instrument.listed < now)
        available.subtract({UtcMs::min(), spec.rules.grid.floor(*instrument.listed)});
    planFiles(plan, spec, args, available, tooOld, use, share);
    plan.warnings = warningsOf(spec, instrument, coverage, askable, tooOld, now);
    if (spec.venue->isProvider() && instrument.id.empty())
        plan.warnings.push_back("what " + spec.venue->id() + " calls " + spec.key.symbol + " of " + spec.key.exchange
            + " is not known until its market list was fetched: a backfill does that first, `markets " + spec.venue->id() + "` now");
    if (spec.rules.isFromTrades && !available.isEmpty())
        plan.warnings.push_back("bars are made of trades, " + std::to_string(spec.rules.maxRows)
            + " a request: how many requests that takes is known only afterwards");
    for (const TimeRange& range : available.ranges())
        plan.bytes += (spec.rules.isLatestOnly() ? std::min<std::int64_t>(spec.rules.maxRows, spec.rules.grid.count(range)) : spec.rules.grid.count(range)) * BackfillPlan::bytesPerBar;
    plan.pages = pageCount(available, spec.rules);
    plan.requests = plan.pages;
    if (detail == PlanDetail::Totals)
        plan.list.clear();
    const auto weights = detail == PlanDetail::Pages ? listPages(plan, spec, args, available) : weightsOf(spec, args, available, plan.pages);
    fillUses(plan, spec.venue->lane(), weights, share);
    plan.eta = std::max(plan.eta, plan.files.time);
    std::ranges::stable_sort(plan.list, {}, [](const BackfillPlan::Page& page) { return page.range.from; });
    return plan;
}

void PlanTotals::addFiles(const BackfillPlan::Files& more)
{
    if (more.count == 0)
        return;
    if (files.host.empty())
        files.host = more.host;
    files.count += more.count;
    files.requests += more.requests;
    files.bytes += more.bytes;
    Lane& lane = laneOf(more.lane);
    ++lane.series;
    lane.requests += more.requests;
    lane.eta += more.time;
    eta = std::max(eta, lane.eta);
}

PlanTotals::Lane& PlanTotals::laneOf(const std::string& id)
{
    auto lane = std::ranges::lower_bound(lanes, id, {}, &Lane::id);
    if (lane == lanes.end() || lane->id != id)
        lane = lanes.insert(lane, {id, 0, 0, {}, milliseconds {0}});
    return *lane;
}

void PlanTotals::add(const BackfillPlan& plan)
{
    ++series;
    barsWanted += plan.barsWanted;
    barsAnswered += plan.barsAnswered;
    pages += plan.pages;
    requests += plan.requests;
    bytes += plan.bytes;
    addFiles(plan.files);
    Lane& lane = laneOf(plan.lane);
    ++lane.series;
    lane.requests += plan.requests;
    for (const BackfillPlan::BudgetUse& use : plan.uses) {
        auto known = std::ranges::find(lane.uses, use.budget, &BackfillPlan::BudgetUse::budget);
        if (known == lane.uses.end())
            known = lane.uses.insert(known, {use.budget, 0, milliseconds {0}});
        known->weight += use.weight;
        known->time += use.time;
        lane.eta = std::max(lane.eta, known->time);
    }
    eta = std::max(eta, lane.eta);
}

} // namespace mnemo
