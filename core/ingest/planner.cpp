#include "core/ingest/planner.h"

#include <algorithm>
#include <map>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

/// Measured: candles with their index about 75 B, pages, coverage and aggregates some 5 B more.
constexpr std::int64_t bytesPerBar = 80;

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
    return rules.isLatestOnly() ? RetentionSplit {todo, {}} : splitByRetention(todo, rules, now);
}

} // namespace

Result<SeriesSpec> specify(const BackfillRequest& request, const Catalogue& catalogue, UtcMs now)
{
    auto venue = catalogue.venue(request.exchange);
    if (!venue)
        return fail(std::move(venue.error()));
    if (!request.source.empty() && request.source != request.exchange) // its rows would be passed off as another's
        return fail(ErrorCode::Unsupported, "there is no source " + request.source + " for " + request.exchange + ": only the exchange itself can be asked");
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
    spec.venue = std::move(*venue);
    spec.rules = *rules;
    spec.wanted = rules->grid.aligned(request.range);
    spec.wanted.to = std::min(spec.wanted.to, rules->grid.floor(now));
    return spec;
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

BackfillTask makeTask(const SeriesSpec& spec, SeriesRecord series, Instrument instrument,
    std::span<const CoverageSpan> coverage, std::optional<UtcMs> firstStored, TimeRange recheck, UtcMs now)
{
    BackfillTask task;
    IntervalSet todo = unanswered(spec.wanted, coverage);
    todo.add(recheck.intersected(spec.wanted));
    auto [available, tooOld] = splitAhead(todo, spec.rules, now);
    task.series = std::move(series);
    task.venue = spec.venue;
    task.instrument = std::move(instrument);
    task.rules = spec.rules;
    task.tooOld = std::move(tooOld);
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
        if (auto rules = spec.venue->pageRules(spec.key.market, spec.key.kind, frame))
            task.otherFrames.push_back(*rules);
    }
    return task;
}

BackfillPlan makePlan(const SeriesSpec& spec, const Instrument& instrument, std::span<const CoverageSpan> coverage,
    double share, UtcMs now)
{
    BackfillPlan plan;
    plan.series = spec.key;
    plan.wanted = spec.wanted;
    plan.barsWanted = spec.rules.grid.count(spec.wanted);
    const IntervalSet todo = unanswered(spec.wanted, coverage);
    const auto [available, tooOld] = splitAhead(todo, spec.rules, now);
    std::int64_t open = 0;
    for (const TimeRange& range : todo.ranges())
        open += spec.rules.grid.count(range);
    plan.barsAnswered = plan.barsWanted - open;
    if (!tooOld.isEmpty())
        plan.warnings.push_back("the venue keeps no bars of " + rangeText(tooOld.hull()) + ": these stay missing");
    if (spec.rules.isLatestOnly())
        plan.warnings.push_back("the venue only has its latest " + std::to_string(spec.rules.maxRows) + " bars");

    FetchArgs args;
    args.kind = spec.key.kind;
    args.instrument = instrument;
    args.timeframe = spec.key.timeframe;
    args.now = now;
    std::map<std::string, double> weights;
    for (const Page& page : cutPages(available, spec.rules)) {
        plan.bytes += spec.rules.grid.count(page.range) * bytesPerBar;
        BackfillPlan::Page row {page.range, "rest", {}};
        if (auto request = spec.venue->pageRequest(args, page.range)) {
            row.url = redactedUrl(request->http.url);
            for (const Charge& charge : request->charges)
                weights[charge.budget] += charge.weight;
        }
        plan.list.push_back(std::move(row));
    }
    plan.pages = static_cast<std::int64_t>(plan.list.size());
    plan.requests = plan.pages;
    for (const BudgetSpec& budget : spec.venue->lane().budgets) {
        const double weight = weights[budget.name];
        if (weight <= 0 || budget.capacity <= 0)
            continue;
        const auto needed = milliseconds {static_cast<std::int64_t>(
            weight / (budget.capacity * share) * static_cast<double>(budget.window.count()))};
        if (plan.weight == 0 || needed > plan.eta) {
            plan.eta = needed;
            plan.weight = weight;
        }
    }
    return plan;
}

} // namespace mnemo
