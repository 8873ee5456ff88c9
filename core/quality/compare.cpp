#include "core/quality/compare.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/decimal.h"
#include "core/quality/comparewindow.h"

namespace mnemo {

namespace {

constexpr std::size_t keptMedians = 32; // windows whose volume ratio is the usual one
constexpr double nearInLog = 0.45; // a factor this near to a unit's is that unit: venues' shares of a market vary, too

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

/// Two decimals: details are compared as text to know a finding again.
std::string bpText(double bp)
{
    return formatDecimal(std::round(bp * 100) / 100);
}

std::string factorText(double factor)
{
    const double digits = std::pow(10, 3 - std::floor(std::log10(std::abs(factor))));
    return formatDecimal(std::round(factor * digits) / digits);
}

template <class T>
bool isListed(const std::vector<std::string>& list, const T& name)
{
    return std::ranges::find(list, name) != list.end();
}

/// The two sides are two of the names; one name is enough for either.
bool isBetween(const std::vector<std::string>& names, const SeriesKey& a, const SeriesKey& b)
{
    const auto is = [](const SeriesKey& key, const std::string& name) {
        return key.exchange == name || key.source == name;
    };
    if (names.size() <= 1)
        return names.empty() || is(a, names.front()) || is(b, names.front());
    for (const std::string& left : names) {
        for (const std::string& right : names) {
            if (&left != &right && is(a, left) && is(b, right))
                return true;
        }
    }
    return false;
}

bool fits(const ComparePair& pair, const SeriesKey& a, const SeriesKey& b)
{
    if (!isBetween(pair.between, a, b))
        return false;
    const auto either = [](const std::vector<std::string>& list, std::string_view left, std::string_view right) {
        return list.empty() || isListed(list, left) || isListed(list, right);
    };
    return either(pair.markets, toText(a.market), toText(b.market)) && either(pair.symbols, a.symbol, b.symbol);
}

/// A unit that explains a volume @p factor times what it should be.
struct Unit {
    double factor = 1;
    std::string name;
};

std::vector<Unit> unitsOf(const CompareSide& side, double price)
{
    std::vector<Unit> units {{2, "both sides of each trade"}, {0.5, "half of each trade"}};
    if (price > 0)
        units.push_back({price, "the quote currency"});
    if (side.contractSize > 0 && side.contractSize != 1) {
        const bool isInverse = side.key.market == MarketType::Inverse;
        const std::string name = "contracts of " + formatDecimal(side.contractSize);
        if (!isInverse)
            units.push_back({1 / side.contractSize, name});
        else if (price > 0)
            units.push_back({price / side.contractSize, name});
        units.push_back(
            {side.contractSize, "contracts of " + formatDecimal(side.contractSize) + " counted twice over"});
    } else if (side.key.market == MarketType::Inverse && price > 0) {
        units.push_back({price, "contracts of 1"});
    }
    return units;
}

/// The unit nearest to @p factor, where one is near.
std::optional<Unit> unitNear(const CompareSide& side, double price, double factor, double within)
{
    const auto units = unitsOf(side, price);
    const auto distance = [factor](const Unit& unit) { return std::abs(std::log(unit.factor / factor)); };
    const auto best = std::ranges::min_element(units, {}, distance);
    return distance(*best) < within ? std::optional(*best) : std::nullopt;
}

/// Neighbouring bars of one side that break one rule, until the next one does not follow.
struct Run {
    TimeRange range;
    std::int64_t bars = 0;
    double score = -1; ///< of the worst bar
    std::string worst; ///< JSON members about it
    std::string severity;
};

struct PairState {
    PairReport report;
    CompareLimits limits;
    Quantiles close, absClose, open, high, low, ratio;
    std::vector<Correlation> byLag;
    std::deque<double> ratioMedians;
};

/// One pair in one window.
struct PairWindow {
    std::vector<BarDifference> bars;
    std::vector<const BarDifference*> at; ///< by place; null where a bar is not on both sides
    double basis = 0;
    std::vector<bool> isShifted; ///< by place
};

} // namespace

// --- what comes before ---

std::optional<std::string> unlikeness(const CompareSide& a, const Grid& gridA, const CompareSide& b, const Grid& gridB)
{
    const auto differ = [&](const std::string& what) {
        return a.key.text() + " and " + b.key.text() + " differ in " + what;
    };
    const auto partsA = parseSymbol(a.key.symbol);
    const auto partsB = parseSymbol(b.key.symbol);
    if (a.key.kind != b.key.kind)
        return differ("kind");
    if (a.key.market != b.key.market)
        return differ("market type");
    if (!partsA || !partsB || partsA->base != partsB->base)
        return differ("what is traded");
    if (partsA->quote != partsB->quote)
        return differ("the currency of their prices");
    if (gridA.timeframe() != gridB.timeframe())
        return differ("timeframe");
    if (gridA.anchor() != gridB.anchor())
        return differ("the time at which their bars open");
    return std::nullopt;
}

CompareLimits limitsFor(const CompareSettings& settings, const SeriesKey& a, const SeriesKey& b)
{
    CompareLimits limits = a.exchange == b.exchange && a.market == b.market ? settings.sources : settings.venues;
    for (const ComparePair& pair : settings.pairs) {
        if (!fits(pair, a, b))
            continue;
        limits.closeBp = pair.closeBp.value_or(limits.closeBp);
        limits.ohlBp = pair.ohlBp.value_or(limits.ohlBp);
        limits.rangeShare = pair.rangeShare.value_or(limits.rangeShare);
        limits.basisBp = pair.basisBp.value_or(limits.basisBp);
        limits.volumeFactor = pair.volumeFactor.value_or(limits.volumeFactor);
        limits.missingBars = pair.missingBars.value_or(limits.missingBars);
        limits.interestPercent = pair.interestPercent.value_or(limits.interestPercent);
    }
    return limits;
}

std::vector<BarDifference> barDifferences(std::span<const Candle> a, std::span<const Candle> b, const Grid& grid,
    TimeRange range, const CompareSettings& settings, const CompareLimits& limits)
{
    std::vector<BarDifference> out;
    if (range.isEmpty())
        return out;
    const auto within = [](std::span<const Candle> rows, TimeRange window) {
        const auto begin = std::ranges::lower_bound(rows, window.from, {}, &Candle::openTime);
        const auto end = std::ranges::lower_bound(rows, window.to, {}, &Candle::openTime);
        return rows.subspan(static_cast<std::size_t>(begin - rows.begin()), static_cast<std::size_t>(end - begin));
    };
    for (TimeRange window = windowOf(grid, settings.window, range.from); window.from < range.to;
         window = windowOf(grid, settings.window, window.to)) {
        const auto bars = differencesOf(
            slotsOf(within(a, window), grid, window), slotsOf(within(b, window), grid, window), grid, window, limits);
        std::ranges::copy_if(
            bars, std::back_inserter(out), [range](const BarDifference& bar) { return range.contains(bar.openTime); });
    }
    return out;
}

// --- the comparison ---

struct Comparison::Private {
    std::vector<CompareSide> sides;
    Grid grid;
    CompareSettings settings;
    TimeRange range;
    std::vector<PairState> pairs;
    std::vector<std::deque<double>> volumeMedians; ///< of each side, in logarithms
    std::vector<std::deque<int>> stretchCounts; ///< of each side: in how many places of a window it lacked bars
    std::map<std::pair<std::size_t, std::string>, Run> runs; ///< by side and rule
    std::vector<CompareFinding> ready;
    std::vector<CompareFinding> kept;
    std::int64_t findingCount = 0;

    // of the window at hand
    TimeRange window;
    std::vector<UtcMs> opens;
    std::vector<Slots> slots;
    std::vector<PairWindow> pairWindows;
    std::vector<std::vector<bool>> isAnswered; ///< by side and place, where the bar is absent

    void measure(PairState& pair, PairWindow& at);
    void countAbsence(PairState& pair, std::size_t place, const BarDifference& bar);
    void findShifts(PairState& pair, PairWindow& at);
    void tellPrices();
    void tellPrice(std::size_t place);
    void tellBasis();
    void tellMissing();
    void tellVolume(std::size_t index);
    std::size_t strangest(const std::vector<std::size_t>& candidates, std::size_t place, bool isClose) const;
    double strangeness(std::size_t side, std::size_t place, bool isClose) const;
    std::size_t culpritOfVolume(const PairState& pair, const Stretch& stretch) const;
    double medianLogVolume(std::size_t side, std::size_t begin, std::size_t end) const;
    double priceAt(std::size_t side, std::size_t place) const;

    void tell(std::size_t side, const char* rule, const char* severity, TimeRange span, std::int64_t bars, double score,
        std::string worst);
    void close(std::size_t side, const std::string& rule, Run& run);
    void closeBefore(UtcMs time);
    void judgeUnits(PairState& pair);
    void complete(PairState& pair) const;
};

Comparison::Comparison(
    std::vector<CompareSide> sides, const Grid& grid, const CompareSettings& settings, TimeRange range)
    : d(std::make_unique<Private>(
        Private {std::move(sides), grid, settings, grid.aligned(range), {}, {}, {}, {}, {}, {}, 0, {}, {}, {}, {}, {}}))
{
    for (std::size_t a = 0; a < d->sides.size(); ++a) {
        for (std::size_t b = a + 1; b < d->sides.size(); ++b) {
            PairState& pair = d->pairs.emplace_back();
            pair.report.a = a;
            pair.report.b = b;
            pair.limits = limitsFor(settings, d->sides[a].key, d->sides[b].key);
            pair.byLag.resize(static_cast<std::size_t>(2 * settings.maxLag + 1));
        }
    }
    d->volumeMedians.resize(d->sides.size());
    d->stretchCounts.resize(d->sides.size());
}

Comparison::~Comparison() = default;

std::string otherNames(std::span<const CompareSide> sides, std::size_t side)
{
    std::string out;
    for (std::size_t other = 0; other < sides.size(); ++other) {
        if (other != side)
            out += (out.empty() ? "" : ",") + quoted(sides[other].key.text());
    }
    return out;
}

TimeRange compareWindow(const Grid& grid, const CompareSettings& settings, UtcMs time)
{
    return windowOf(grid, settings.window, time);
}

void Comparison::add(TimeRange window, std::span<const std::vector<Candle>> rows, std::span<const IntervalSet> answered)
{
    d->window = window;
    d->opens.clear();
    for (UtcMs open = window.from; open < window.to; open = d->grid.next(open))
        d->opens.push_back(open);
    d->slots.clear();
    d->isAnswered.clear();
    for (std::size_t side = 0; side < d->sides.size(); ++side) {
        d->slots.push_back(slotsOf(rows[side], d->grid, window));
        auto& known = d->isAnswered.emplace_back(d->opens.size(), false);
        for (std::size_t i = 0; i < known.size(); ++i)
            known[i] =
                !d->slots.back()[i] && answered[side].contains(TimeRange {d->opens[i], d->grid.next(d->opens[i])});
    }
    d->pairWindows.assign(d->pairs.size(), {});
    for (std::size_t i = 0; i < d->pairs.size(); ++i)
        d->measure(d->pairs[i], d->pairWindows[i]);
    for (std::size_t i = 0; i < d->pairs.size(); ++i)
        d->findShifts(d->pairs[i], d->pairWindows[i]);
    d->tellPrices();
    d->tellBasis();
    d->tellMissing();
    for (std::size_t i = 0; i < d->pairs.size(); ++i)
        d->tellVolume(i);
    for (std::size_t side = 0; side < d->sides.size(); ++side) {
        auto& medians = d->volumeMedians[side];
        if (const double median = d->medianLogVolume(side, 0, d->opens.size()); !std::isnan(median))
            medians.push_back(median);
        if (medians.size() > keptMedians)
            medians.pop_front();
    }
    d->closeBefore(window.to);
}

std::vector<CompareFinding> Comparison::takeFindings()
{
    std::ranges::stable_sort(d->ready, {}, [](const CompareFinding& finding) { return finding.range.from; });
    return std::exchange(d->ready, {});
}

UtcMs Comparison::settledUntil() const
{
    UtcMs until = d->window.to;
    for (const auto& [key, run] : d->runs) {
        if (run.bars > 0)
            until = std::min(until, run.range.from);
    }
    return std::min(until, d->range.to);
}

CompareReport Comparison::finish()
{
    d->closeBefore(UtcMs::max());
    CompareReport report;
    report.sides = d->sides;
    report.grid = d->grid;
    report.range = d->range;
    for (PairState& pair : d->pairs) {
        d->complete(pair);
        d->judgeUnits(pair);
        report.pairs.push_back(pair.report);
    }
    report.findings = d->kept;
    std::ranges::stable_sort(report.findings, {}, [](const CompareFinding& finding) { return finding.range.from; });
    report.findingCount = d->findingCount;
    return report;
}

// --- numbers of a pair ---

void Comparison::Private::measure(PairState& pair, PairWindow& at)
{
    const Slots& a = slots[pair.report.a];
    const Slots& b = slots[pair.report.b];
    at.bars = differencesOf(a, b, grid, window, pair.limits);
    at.at.assign(opens.size(), nullptr);
    at.isShifted.assign(opens.size(), false);
    std::size_t place = 0;
    for (const BarDifference& bar : at.bars) {
        while (opens[place] != bar.openTime)
            ++place;
        const bool counts = range.contains(bar.openTime);
        if (bar.presence != BarDifference::Presence::Both) {
            if (counts)
                countAbsence(pair, place, bar);
            continue;
        }
        at.at[place] = &bar;
        at.basis = bar.basisBp;
        if (!counts)
            continue;
        PairReport& report = pair.report;
        ++report.common;
        report.identical += isIdentical(*a[place], *b[place]) ? 1 : 0;
        report.first = report.first.value_or(bar.openTime);
        report.last = bar.openTime;
        if (!report.worstClose || std::abs(bar.closeBp) > pair.absClose.largest())
            report.worstClose = bar.openTime;
        pair.close.add(bar.closeBp);
        pair.absClose.add(std::abs(bar.closeBp));
        pair.open.add(std::abs(bar.openBp));
        pair.high.add(std::abs(bar.highBp));
        pair.low.add(std::abs(bar.lowBp));
        if (bar.volumeRatio > 0)
            pair.ratio.add(bar.volumeRatio);
        report.apart += a[place]->low > b[place]->high || b[place]->low > a[place]->high ? 1 : 0;
        report.beyondLimits += bar.isBeyond ? 1 : 0;
    }
}

void Comparison::Private::countAbsence(PairState& pair, std::size_t place, const BarDifference& bar)
{
    PairReport& report = pair.report;
    const bool lacksA = bar.presence == BarDifference::Presence::OnlyB;
    const std::size_t side = lacksA ? report.a : report.b;
    ++(lacksA ? report.missingInA : report.missingInB);
    if (!isAnswered[side][place])
        ++(lacksA ? report.unaskedInA : report.unaskedInB);
}

void Comparison::Private::complete(PairState& pair) const
{
    const auto spread = [](const Quantiles& values) {
        return Spread {values.median(), values.at(0.95), values.at(0.99), values.largest()};
    };
    PairReport& report = pair.report;
    report.medianCloseBp = pair.close.median();
    report.close = spread(pair.absClose);
    report.open = spread(pair.open);
    report.high = spread(pair.high);
    report.low = spread(pair.low);
    report.ratioBars = pair.ratio.count();
    report.volumeRatio = pair.ratio.median();
    report.volumeRatioP5 = pair.ratio.at(0.05);
    report.volumeRatioP95 = pair.ratio.at(0.95);
    report.isExact = pair.close.isExact();
    const auto middle = static_cast<std::size_t>(settings.maxLag);
    const auto best = std::ranges::max_element(pair.byLag, {}, &Correlation::value);
    report.correlationInStep = pair.byLag[middle].value();
    report.correlation = std::max(best->value(), report.correlationInStep);
    report.lag =
        best->value() > report.correlationInStep ? static_cast<int>(best - pair.byLag.begin()) - settings.maxLag : 0;
}

/// A ratio of all bars that is far from 1 and near to that of a unit. Between two venues it may be their share of the
/// trade as well: then it is a doubt, not a finding.
void Comparison::Private::judgeUnits(PairState& pair)
{
    PairReport& report = pair.report;
    if (report.ratioBars < 20 || !report.last)
        return;
    const bool isConstant = report.volumeRatioP5 > 0 && report.volumeRatioP95 / report.volumeRatioP5 < 1.2;
    const double off = std::abs(std::log(report.volumeRatio));
    if (isConstant ? off < 0.05 : off < std::log(8.0))
        return;
    for (const bool isA : {true, false}) {
        const CompareSide& side = sides[isA ? report.a : report.b];
        const double factor = isA ? report.volumeRatio : 1 / report.volumeRatio;
        const auto unit = factor > 1 || isConstant ? unitNear(side, priceAt(isA ? report.a : report.b, opens.size()),
                              factor, isConstant ? 0.1 : std::min(off / 4, 0.75))
                                                   : std::nullopt;
        if (!unit)
            continue;
        const CompareSide& other = sides[isA ? report.b : report.a];
        report.unitDoubt = "The volume of " + side.key.text() + " is " + factorText(factor) + " times that of "
            + other.key.text() + ", near " + factorText(unit->factor) + ": it may count " + unit->name + ".";
        return;
    }
}

// --- a shift of the time ---

void Comparison::Private::findShifts(PairState& pair, PairWindow& at)
{
    const auto a = returnsOf(slots[pair.report.a]);
    const auto b = returnsOf(slots[pair.report.b]);
    const auto whole = laggedCorrelations(a, b, settings.maxLag, 0, b.size());
    if (range.overlaps(window)) {
        for (std::size_t i = 0; i < whole.size(); ++i)
            pair.byLag[i].add(whole[i]);
    }
    const auto mark = [&](std::size_t begin, std::size_t end, int lag, double correlation) {
        std::fill(at.isShifted.begin() + static_cast<std::ptrdiff_t>(begin),
            at.isShifted.begin() + static_cast<std::ptrdiff_t>(end), true);
        const std::size_t late = lag > 0 ? pair.report.a : pair.report.b;
        tell(late, rule::crossShift, "error", {opens[begin], grid.next(opens[end - 1])},
            static_cast<std::int64_t>(end - begin), std::abs(lag),
            "\"lag\":" + std::to_string(std::abs(lag))
                + ",\"against\":" + quoted(sides[lag > 0 ? pair.report.b : pair.report.a].key.text())
                + ",\"correlation\":" + bpText(correlation));
    };
    const auto best = [](const std::vector<Correlation>& byLag) {
        return std::ranges::max_element(byLag, {}, &Correlation::value)->value();
    };
    if (const int lag = clearLag(whole); lag != 0) {
        mark(0, opens.size(), lag, best(whole));
        return;
    }
    // a short stretch proves nothing of a pair that does not go together anyway
    if (pair.byLag[static_cast<std::size_t>(settings.maxLag)].value() < 0.5)
        return;
    const auto block = static_cast<std::size_t>(settings.shiftBars);
    Stretch found;
    int foundLag = 0;
    double foundBest = 0;
    const auto finish = [&] {
        if (foundLag == 0)
            return;
        const auto [begin, end] = trimmed(a, b, foundLag, found.begin, found.end);
        if (begin < end)
            mark(begin, end, foundLag, foundBest);
        foundLag = 0;
    };
    for (std::size_t begin = 0; begin + block <= opens.size(); begin += std::max<std::size_t>(1, block / 3)) {
        const auto part = laggedCorrelations(a, b, settings.maxLag, begin, begin + block);
        const int lag = lagOfStretch(part);
        if (lag == 0)
            continue;
        if (lag != foundLag || begin > found.end) {
            finish();
            found = {begin, begin + block, 0};
        }
        foundLag = lag;
        foundBest = std::max(foundBest, best(part));
        found.end = begin + block;
    }
    finish();
}

// --- prices ---

double Comparison::Private::strangeness(std::size_t side, std::size_t place, bool isClose) const
{
    const Slots& bars = slots[side];
    const Candle& bar = *bars[place];
    if (isClose && bar.high == bar.low) // stands still while the other moves
        return 1;
    const auto distance = [](double x, double y) { return x > 0 && y > 0 ? std::abs(std::log(x / y)) : 1e3; };
    if (!isClose)
        return std::max({distance(bar.open, bar.close), distance(bar.high, bar.close), distance(bar.low, bar.close)});
    double sum = 0;
    int count = 0;
    for (const int step : {-1, 1}) {
        for (int away = 1; away <= 3; ++away) {
            const auto at = static_cast<std::ptrdiff_t>(place) + step * away;
            if (at < 0 || at >= std::ssize(bars) || !bars[static_cast<std::size_t>(at)])
                continue;
            sum += distance(bar.close, bars[static_cast<std::size_t>(at)]->close);
            ++count;
            break;
        }
    }
    return count == 0 ? 0 : sum / count;
}

/// Of two that differ the one that is farther from its own neighbours.
std::size_t Comparison::Private::strangest(
    const std::vector<std::size_t>& candidates, std::size_t place, bool isClose) const
{
    return *std::ranges::max_element(
        candidates, {}, [&](std::size_t side) { return strangeness(side, place, isClose); });
}

void Comparison::Private::tellPrices()
{
    for (std::size_t place = 0; place < opens.size(); ++place)
        tellPrice(place);
}

/// The side that most others contradict.
void Comparison::Private::tellPrice(std::size_t place)
{
    std::vector<int> against(sides.size(), 0);
    bool isClose = false;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const BarDifference* bar = pairWindows[i].at[place];
        if (!bar || !bar->isBeyond || pairWindows[i].isShifted[place])
            continue;
        isClose = isClose || std::abs(bar->closeBp - bar->basisBp) > bar->limitBp;
        ++against[pairs[i].report.a];
        ++against[pairs[i].report.b];
    }
    const int most = *std::ranges::max_element(against);
    if (most == 0)
        return;
    std::vector<std::size_t> candidates;
    for (std::size_t side = 0; side < sides.size(); ++side) {
        if (against[side] == most)
            candidates.push_back(side);
    }
    const std::size_t culprit = candidates.size() == 1 ? candidates.front() : strangest(candidates, place, isClose);

    // told by the pair in which it is farthest off
    const BarDifference* worst = nullptr;
    std::size_t other = 0;
    double excess = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const PairReport& report = pairs[i].report;
        const BarDifference* bar = pairWindows[i].at[place];
        if (!bar || (report.a != culprit && report.b != culprit))
            continue;
        const double off = isClose ? std::abs(bar->closeBp - bar->basisBp)
                                   : std::max({std::abs(bar->openBp - bar->basisBp),
                                       std::abs(bar->highBp - bar->basisBp), std::abs(bar->lowBp - bar->basisBp)});
        if (worst && off <= excess)
            continue;
        worst = bar;
        excess = off;
        other = report.a == culprit ? report.b : report.a;
    }
    const Candle& own = *slots[culprit][place];
    const Candle& theirs = *slots[other][place];
    const double limit = isClose ? worst->limitBp : worst->ohlLimitBp;
    std::string text = "\"worst\":{\"time\":" + std::to_string(toMs(opens[place])) + ",\"off_bp\":" + bpText(excess)
        + ",\"limit_bp\":" + bpText(limit) + ",\"basis_bp\":" + bpText(worst->basisBp)
        + ",\"against\":" + quoted(sides[other].key.text());
    for (const auto& [name, member] :
        {std::pair {"open", &Candle::open}, {"high", &Candle::high}, {"low", &Candle::low}, {"close", &Candle::close}})
        text +=
            std::string(",\"") + name + "\":[" + formatDecimal(own.*member) + ',' + formatDecimal(theirs.*member) + ']';
    tell(culprit, isClose ? rule::crossClose : rule::crossOhl, excess > 10 * limit ? "error" : "warn",
        {opens[place], grid.next(opens[place])}, 1, excess, text + '}');
}

/// A basis that is too large says that these are not prices of the same thing; nobody can tell which is wrong of two.
void Comparison::Private::tellBasis()
{
    std::vector<int> against(sides.size(), 0);
    const PairWindow* worst = nullptr;
    double limit = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (std::abs(pairWindows[i].basis) <= pairs[i].limits.basisBp)
            continue;
        ++against[pairs[i].report.a];
        ++against[pairs[i].report.b];
        if (!worst || std::abs(pairWindows[i].basis) > std::abs(worst->basis)) {
            worst = &pairWindows[i];
            limit = pairs[i].limits.basisBp;
        }
    }
    if (!worst)
        return;
    const auto culprit = static_cast<std::size_t>(std::ranges::max_element(against) - against.begin());
    std::vector<UtcMs> shared;
    for (std::size_t place = 0; place < opens.size(); ++place) {
        if (worst->at[place])
            shared.push_back(opens[place]);
    }
    tell(culprit, rule::crossBasis, "warn", {shared.front(), grid.next(shared.back())},
        static_cast<std::int64_t>(shared.size()), std::abs(worst->basis),
        "\"basis_bp\":" + bpText(worst->basis) + ",\"limit_bp\":" + bpText(limit));
}

// --- absence ---

void Comparison::Private::tellMissing()
{
    for (std::size_t side = 0; side < sides.size(); ++side) {
        const Slots& own = slots[side];
        std::vector<std::size_t> traded(opens.size(), 0); // other sides that traded in a bar that is absent here
        std::vector<bool> isMissing(opens.size(), false);
        int stretches = 0;
        for (std::size_t place = 0; place < opens.size(); ++place) {
            if (own[place])
                continue;
            std::size_t present = 0;
            for (std::size_t other = 0; other < sides.size(); ++other) {
                const Candle* bar = other == side ? nullptr : slots[other][place];
                present += bar && bar->volume > 0 ? 1 : 0;
            }
            isMissing[place] = isAnswered[side][place] && present * 2 >= sides.size() - 1 && present > 0;
            traded[place] = present;
            stretches += place == 0 || own[place - 1] ? 1 : 0;
        }
        auto& before = stretchCounts[side];
        before.push_back(stretches);
        if (before.size() > keptMedians)
            before.pop_front();
        const auto usual = std::accumulate(before.begin(), before.end(), 0.0) / static_cast<double>(before.size());
        if (stretches > settings.thinStretches || usual * 4 > settings.thinStretches)
            continue;
        for (std::size_t place = 0; place < opens.size(); ++place) {
            if (isMissing[place])
                tell(side, rule::crossMissing, "warn", {opens[place], grid.next(opens[place])}, 1,
                    static_cast<double>(traded[place]), "\"traded_elsewhere\":" + std::to_string(traded[place]));
        }
    }
}

// --- volume ---

double Comparison::Private::medianLogVolume(std::size_t side, std::size_t begin, std::size_t end) const
{
    std::vector<double> values;
    for (std::size_t place = begin; place < end; ++place) {
        if (const Candle* bar = slots[side][place]; bar && bar->volume > 0)
            values.push_back(std::log(bar->volume));
    }
    return values.empty() ? std::numeric_limits<double>::quiet_NaN() : medianOf(values);
}

/// A price of @p side at @p place or before; 0 where it has none in this window.
double Comparison::Private::priceAt(std::size_t side, std::size_t place) const
{
    if (slots.empty())
        return 0;
    for (std::size_t i = std::min(place + 1, slots[side].size()); i > 0; --i) {
        if (slots[side][i - 1])
            return slots[side][i - 1]->close;
    }
    return 0;
}

/// The side whose own volume left its usual size.
std::size_t Comparison::Private::culpritOfVolume(const PairState& pair, const Stretch& stretch) const
{
    const auto change = [&](std::size_t side) {
        std::vector<double> usual(volumeMedians[side].begin(), volumeMedians[side].end());
        if (usual.empty())
            usual.push_back(medianLogVolume(side, 0, opens.size()));
        return std::abs(medianLogVolume(side, stretch.begin, stretch.end) - medianOf(usual));
    };
    return change(pair.report.a) >= change(pair.report.b) ? pair.report.a : pair.report.b;
}

void Comparison::Private::tellVolume(std::size_t index)
{
    PairState& pair = pairs[index];
    const auto ratios = logVolumeRatios(slots[pair.report.a], slots[pair.report.b]);
    std::vector<double> inside;
    std::ranges::copy_if(ratios, std::back_inserter(inside), [](double ratio) { return !std::isnan(ratio); });
    if (inside.size() < 5)
        return;
    const double here = medianOf(inside);
    for (double& ratio : inside)
        ratio = std::abs(ratio - here);
    // a stretch of a pair whose ratio jumps about is unusual only far out: six times the usual distance is about four
    // deviations
    const double limit = std::max(std::log(pair.limits.volumeFactor), 4.5 * medianOf(inside));
    std::vector<double> before(pair.ratioMedians.begin(), pair.ratioMedians.end());
    const double usual = before.empty() ? here : medianOf(before);
    pair.ratioMedians.push_back(here);
    if (pair.ratioMedians.size() > keptMedians)
        pair.ratioMedians.pop_front();
    for (const Stretch& stretch : unusualStretches(ratios, usual, limit)) {
        if (pairWindows[index].isShifted[stretch.begin])
            continue;
        const std::size_t culprit = culpritOfVolume(pair, stretch);
        const std::size_t other = culprit == pair.report.a ? pair.report.b : pair.report.a;
        const double factor = std::exp(culprit == pair.report.a ? stretch.deviation : -stretch.deviation);
        const auto unit = unitNear(sides[culprit], priceAt(culprit, stretch.end - 1), factor, nearInLog);
        std::string text = "\"factor\":" + factorText(factor) + ",\"against\":" + quoted(sides[other].key.text());
        if (unit)
            text += ",\"unit\":" + quoted(unit->name);
        tell(culprit, unit ? rule::crossUnit : rule::crossVolume, unit ? "error" : "info",
            {opens[stretch.begin], grid.next(opens[stretch.end - 1])},
            static_cast<std::int64_t>(stretch.end - stretch.begin), std::abs(stretch.deviation), std::move(text));
    }
}

// --- runs to findings ---

void Comparison::Private::tell(std::size_t side, const char* rule, const char* severity, TimeRange span,
    std::int64_t bars, double score, std::string worst)
{
    span = span.intersected(range);
    if (span.isEmpty())
        return;
    Run& run = runs[{side, rule}];
    if (run.bars > 0 && span.from > run.range.to)
        close(side, rule, run);
    if (run.bars > 0 && span.to <= run.range.to)
        bars = 0; // another pair says the same
    else if (run.bars > 0)
        bars = std::min(bars, grid.count({run.range.to, span.to}));
    if (run.bars == 0)
        run.range = span;
    run.range.to = std::max(run.range.to, span.to);
    run.bars += bars;
    if (score > run.score) {
        run.score = score;
        run.worst = std::move(worst);
        run.severity = severity;
    }
}

void Comparison::Private::close(std::size_t side, const std::string& rule, Run& run)
{
    const Run done = std::exchange(run, {});
    if (rule == rule::crossMissing) {
        const bool isLong = std::ranges::any_of(pairs, [&](const PairState& pair) {
            return (pair.report.a == side || pair.report.b == side) && done.bars >= pair.limits.missingBars;
        });
        if (!isLong)
            return;
    }
    CompareFinding finding {side, rule, done.severity, done.range, done.bars, {}};
    finding.details =
        "{\"others\":[" + otherNames(sides, side) + "],\"bars\":" + std::to_string(done.bars) + ',' + done.worst + '}';
    ++findingCount;
    if (kept.size() < CompareReport::keptFindings)
        kept.push_back(finding);
    ready.push_back(std::move(finding));
}

void Comparison::Private::closeBefore(UtcMs time)
{
    for (auto& [key, run] : runs) {
        if (run.bars > 0 && run.range.to < time)
            close(key.first, key.second, run);
    }
}

} // namespace mnemo
