#include "core/quality/interestcompare.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/decimal.h"

namespace mnemo {

namespace {

constexpr double unitTolerance = 0.03; // part: how near a ratio must be to that of a unit ...
constexpr double unitShare = 0.9; // ... in so many of a window's rows
constexpr std::size_t fewestUnitRows = 3;

/// Something by which one side's number is too large.
struct UnitCandidate {
    double ratio = 1; ///< a / b
    bool isOfA = true; ///< which side has the odd unit
    std::string name;
};

bool isUsable(const std::optional<double>& number)
{
    return number && std::isfinite(*number) && *number > 0;
}

bool isNear(double value, double wanted)
{
    return std::abs(value / wanted - 1) <= unitTolerance;
}

/// Four digits that count: details are compared as text to know a finding again.
std::string rounded(double value)
{
    if (value == 0 || !std::isfinite(value))
        return "0";
    const double digits = std::pow(10, 3 - std::floor(std::log10(std::abs(value))));
    return formatDecimal(std::round(value * digits) / digits);
}

std::vector<UnitCandidate> candidates(const CompareSide& a, const CompareSide& b, double price)
{
    std::vector<UnitCandidate> all {{2, true, "both sides of each position"}, {0.5, false, "both sides of each position"}};
    const auto isTelling = [](double factor) { return factor > 0 && !isNear(factor, 1); };
    if (isTelling(a.contractSize))
        all.push_back({1 / a.contractSize, true, "contracts of " + formatDecimal(a.contractSize)});
    if (isTelling(b.contractSize))
        all.push_back({b.contractSize, false, "contracts of " + formatDecimal(b.contractSize)});
    if (isTelling(price)) {
        all.push_back({price, true, "money"});
        all.push_back({1 / price, false, "money"});
    }
    return all;
}

} // namespace

/// All sides at one time.
struct InterestComparison::Row {
    UtcMs time {};
    std::vector<const OpenInterest*> sides;
    double price = 0; ///< 0: not known

    /// Base units or USD of one side; of the amount alone the value at the price.
    std::optional<double> number(std::size_t side, bool isMoney) const
    {
        const OpenInterest* row = sides[side];
        if (!row)
            return std::nullopt;
        if (!isMoney)
            return isUsable(row->amount) ? row->amount : std::nullopt;
        if (isUsable(row->value))
            return row->value;
        return isUsable(row->amount) && price > 0 ? std::optional(*row->amount * price) : std::nullopt;
    }
    struct Two {
        double a = 0, b = 0;
        bool isMoney = false;
        double ratio() const { return a / b; }
    };
    std::optional<Two> two(std::size_t a, std::size_t b) const
    {
        for (const bool isMoney : {false, true}) {
            const auto left = number(a, isMoney), right = number(b, isMoney);
            if (left && right)
                return Two {*left, *right, isMoney};
        }
        return std::nullopt;
    }
};

/// What the rows of one pair in one window are suspected of; nothing where the name is empty.
struct InterestComparison::Suspicion {
    bool isOfA = true;
    std::string name;
    bool fits(const UnitCandidate& unit) const { return unit.isOfA == isOfA && unit.name == name; }
};

struct InterestComparison::Breach {
    double score = 0;
    std::string severity, about;
};

InterestComparison::InterestComparison(
    std::vector<CompareSide> sides, const Grid& grid, const CompareSettings& settings, TimeRange range)
    : m_sides(std::move(sides))
    , m_grid(grid)
    , m_settings(settings)
    , m_range(range)
    , m_until(range.from)
{
    for (std::size_t a = 0; a < m_sides.size(); ++a) {
        for (std::size_t b = a + 1; b < m_sides.size(); ++b) {
            Pair& pair = m_pairs.emplace_back();
            pair.report.a = a;
            pair.report.b = b;
            pair.report.interest.emplace();
            pair.limit = limitsFor(settings, m_sides[a].key, m_sides[b].key).interestPercent;
            pair.report.interest->limit = pair.limit;
        }
    }
}

void InterestComparison::add(TimeRange window, std::span<const std::vector<OpenInterest>> rows,
    std::span<const IntervalSet> answered, std::span<const Candle> prices)
{
    std::map<UtcMs, Row> byTime;
    for (std::size_t side = 0; side < rows.size(); ++side) {
        for (const OpenInterest& one : rows[side]) {
            Row& row = byTime[one.time];
            row.time = one.time;
            row.sides.resize(m_sides.size(), nullptr);
            row.sides[side] = &one;
        }
    }
    for (const Candle& bar : prices) {
        if (const auto row = byTime.find(bar.openTime); row != byTime.end() && bar.open > 0)
            row->second.price = bar.open;
    }
    std::vector<Row> all;
    for (auto& [time, row] : byTime)
        all.push_back(std::move(row));
    std::vector<Suspicion> suspected;
    for (Pair& pair : m_pairs) {
        judge(pair, all, suspected);
        countAbsence(pair, all, answered);
    }
    for (const Row& row : all) {
        if (!m_range.contains(row.time))
            continue;
        Breaches breaches;
        for (std::size_t i = 0; i < m_pairs.size(); ++i)
            measure(m_pairs[i], row, suspected[i].name.empty() ? nullptr : &suspected[i], breaches);
        take(row.time, breaches);
    }
    m_until = std::min(window.to, m_range.to);
}

/// Of the units that explain the ratio of nearly all rows the one that explains most.
void InterestComparison::judge(const Pair& pair, const std::vector<Row>& rows, std::vector<Suspicion>& suspected) const
{
    std::map<std::pair<std::string, bool>, std::size_t> near;
    std::size_t compared = 0;
    for (const Row& row : rows) {
        const auto two = row.two(pair.report.a, pair.report.b);
        if (!two)
            continue;
        ++compared;
        for (const UnitCandidate& unit : candidates(m_sides[pair.report.a], m_sides[pair.report.b], row.price))
            near[{unit.name, unit.isOfA}] += isNear(two->ratio(), unit.ratio) ? 1 : 0;
    }
    const auto most = std::ranges::max_element(near, {}, [](const auto& one) { return one.second; });
    const bool isClear = most != near.end() && most->second >= fewestUnitRows
        && static_cast<double>(most->second) >= unitShare * static_cast<double>(compared);
    suspected.push_back(isClear ? Suspicion {most->first.second, most->first.first} : Suspicion {});
}

void InterestComparison::countAbsence(
    Pair& pair, const std::vector<Row>& rows, std::span<const IntervalSet> answered) const
{
    for (const Row& row : rows) {
        const bool hasA = row.sides[pair.report.a] != nullptr, hasB = row.sides[pair.report.b] != nullptr;
        if (hasA == hasB || !m_range.contains(row.time))
            continue;
        const bool wasAsked = answered[hasA ? pair.report.b : pair.report.a].contains({row.time, m_grid.next(row.time)});
        ++(hasA ? pair.report.missingInB : pair.report.missingInA);
        (hasA ? pair.report.unaskedInB : pair.report.unaskedInA) += wasAsked ? 0 : 1;
    }
}

/// The side that is farther from the middle of all that tell the time in the same unit, and of the same exchange where both do.
std::size_t InterestComparison::culprit(const Pair& pair, const Row& row) const
{
    const std::size_t a = pair.report.a, b = pair.report.b;
    const auto two = row.two(a, b);
    const bool isOneVenue = m_sides[a].key.exchange == m_sides[b].key.exchange; // others hold what they hold
    std::vector<double> numbers;
    for (std::size_t side = 0; side < m_sides.size(); ++side) {
        if (isOneVenue && m_sides[side].key.exchange != m_sides[a].key.exchange)
            continue;
        if (const auto number = row.number(side, two->isMoney))
            numbers.push_back(*number);
    }
    if (numbers.size() < 3)
        return a;
    std::ranges::sort(numbers);
    const double middle = (numbers[(numbers.size() - 1) / 2] + numbers[numbers.size() / 2]) / 2;
    return std::abs(two->b - middle) > std::abs(two->a - middle) ? b : a;
}

void InterestComparison::measure(Pair& pair, const Row& row, const Suspicion* unit, Breaches& out)
{
    const std::size_t a = pair.report.a, b = pair.report.b;
    const auto two = row.two(a, b);
    if (!two)
        return;
    InterestReport& report = *pair.report.interest;
    const double off = std::abs(two->ratio() - 1) * 100;
    ++report.rows;
    report.inMoney += two->isMoney ? 1 : 0;
    ++pair.report.common;
    pair.report.identical += two->a == two->b ? 1 : 0;
    pair.report.first = pair.report.first.value_or(row.time);
    pair.report.last = row.time;
    if (!report.worst || off > pair.off.largest())
        report.worst = row.time;
    pair.ratio.add(two->ratio());
    pair.off.add(off);
    const auto tell = [&](std::size_t side, const char* rule, const char* severity, double score, const std::string& more) {
        const bool isA = side == a;
        Breach& breach = out[{side, rule}];
        if (!breach.about.empty() && breach.score >= score)
            return;
        breach = {score, severity,
            "\"interest\":{\"time\":" + std::to_string(toMs(row.time)) + ",\"ours\":" + formatDecimal(isA ? two->a : two->b)
                + ",\"theirs\":" + formatDecimal(isA ? two->b : two->a) + ",\"unit\":\"" + (two->isMoney ? "USD" : "base")
                + "\",\"against\":\"" + m_sides[isA ? b : a].key.text() + "\"," + more + "}"};
    };
    if (unit) {
        const auto all = candidates(m_sides[a], m_sides[b], row.price);
        const auto found = std::ranges::find_if(all, [&](const UnitCandidate& one) { return unit->fits(one); });
        if (found == all.end() || !isNear(two->ratio(), found->ratio))
            return;
        ++report.inOtherUnit;
        ++pair.unitRows[m_sides[unit->isOfA ? a : b].key.text() + " seems to count " + unit->name];
        const bool isOneVenue = m_sides[a].key.exchange == m_sides[b].key.exchange;
        const double ratio = unit->isOfA ? two->ratio() : 1 / two->ratio();
        tell(unit->isOfA ? a : b, rule::crossInterestUnit, isOneVenue ? "warn" : "info", -std::abs(two->ratio() / found->ratio - 1),
            "\"ratio\":" + rounded(ratio) + ",\"near\":" + rounded(unit->isOfA ? found->ratio : 1 / found->ratio)
                + ",\"means\":\"" + unit->name + "\"");
    } else if (pair.limit > 0 && off > pair.limit) {
        ++report.beyondLimit;
        ++pair.report.beyondLimits;
        const std::size_t side = culprit(pair, row);
        tell(side, rule::crossInterest, "warn", off,
            "\"off_percent\":" + rounded(side == a ? off : std::abs(1 / two->ratio() - 1) * 100)
                + ",\"limit_percent\":" + rounded(pair.limit));
    }
}

/// Neighbours that break the same rule are one finding.
void InterestComparison::take(UtcMs time, const Breaches& breaches)
{
    for (auto& [key, run] : m_runs) {
        if (run.rows > 0 && (run.range.to < time || !breaches.contains(key)))
            close(key, run);
    }
    for (const auto& [key, breach] : breaches) {
        Run& run = m_runs[key];
        if (run.rows == 0)
            run.range.from = time;
        run.range.to = m_grid.next(time);
        ++run.rows;
        if (run.rows == 1 || breach.score > run.score) {
            run.score = breach.score;
            run.severity = breach.severity;
            run.worst = breach.about;
        }
    }
}

void InterestComparison::close(const std::pair<std::size_t, std::string>& key, Run& run)
{
    CompareFinding finding {key.first, key.second, run.severity, run.range, run.rows,
        "{\"others\":[" + otherNames(m_sides, key.first) + "]," + run.worst + "}"};
    ++m_findings;
    if (m_kept.size() < CompareReport::keptFindings)
        m_kept.push_back(finding);
    m_ready.push_back(std::move(finding));
    run = {};
}

std::vector<CompareFinding> InterestComparison::takeFindings()
{
    std::ranges::stable_sort(m_ready, {}, [](const CompareFinding& finding) { return finding.range.from; });
    return std::exchange(m_ready, {});
}

UtcMs InterestComparison::settledUntil() const
{
    UtcMs until = m_until;
    for (const auto& [key, run] : m_runs) {
        if (run.rows > 0)
            until = std::min(until, run.range.from);
    }
    return until;
}

CompareReport InterestComparison::finish()
{
    for (auto& [key, run] : m_runs) {
        if (run.rows > 0)
            close(key, run);
    }
    CompareReport report;
    report.sides = m_sides;
    report.grid = m_grid;
    report.range = m_range;
    for (Pair& pair : m_pairs) {
        InterestReport& interest = *pair.report.interest;
        interest.ratio = pair.ratio.median();
        interest.ratioP5 = pair.ratio.at(0.05);
        interest.ratioP95 = pair.ratio.at(0.95);
        interest.off = pair.off.median();
        interest.offP95 = pair.off.at(0.95);
        interest.offMax = pair.off.largest();
        pair.report.isExact = pair.ratio.isExact();
        const auto most = std::ranges::max_element(pair.unitRows, {}, [](const auto& one) { return one.second; });
        if (most != pair.unitRows.end())
            pair.report.unitDoubt = most->first + ": " + m_sides[pair.report.a].key.text() + " is usually "
                + rounded(interest.ratio) + " times " + m_sides[pair.report.b].key.text() + ".";
        report.pairs.push_back(pair.report);
    }
    report.findings = m_kept;
    std::ranges::stable_sort(report.findings, {}, [](const CompareFinding& finding) { return finding.range.from; });
    report.findingCount = m_findings;
    return report;
}

} // namespace mnemo
