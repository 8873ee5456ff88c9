#include "ui/interest/interestline.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/market/instrument.h"

namespace mnemo {

namespace {

/// An instant later than that after a row, it tells nothing any more.
constexpr int longestSilence = 2; // steps

bool hasNumbers(const InterestLine& line, InterestUnit unit)
{
    return std::any_of(line.rows.begin(), line.rows.end(),
        [unit](const OpenInterest& row) { return numberOf(row, unit).has_value(); });
}

QPointF pointOf(UtcMs time, double number)
{
    return {static_cast<double>(toMs(time)), number};
}

/// Collects points; a hole begins another stretch.
class Drawing {
public:
    Drawing(int line, milliseconds longest)
        : m_curve {line, {}}
        , m_longest(longest)
    {
    }
    void add(UtcMs time, double number)
    {
        if (m_curve.stretches.empty() || time - m_last > m_longest)
            m_curve.stretches.emplace_back();
        m_curve.stretches.back() << pointOf(time, number);
        m_last = time;
    }
    InterestCurve take() { return std::move(m_curve); }

private:
    InterestCurve m_curve;
    milliseconds m_longest;
    UtcMs m_last {};
};

InterestCurve lineOf(const InterestLine& line, int index, InterestUnit unit)
{
    Drawing drawing(index, longestSilence * line.step);
    for (const OpenInterest& row : line.rows) {
        if (const auto number = numberOf(row, unit))
            drawing.add(row.time, *number);
    }
    return drawing.take();
}

InterestCurve changeOf(const InterestLine& line, int index, InterestUnit unit)
{
    Drawing drawing(index, longestSilence * line.step);
    const OpenInterest* before = nullptr;
    for (const OpenInterest& row : line.rows) {
        const auto number = numberOf(row, unit);
        if (!number)
            continue;
        if (before && row.time - before->time <= longestSilence * line.step)
            drawing.add(row.time, *number - *numberOf(*before, unit));
        before = &row;
    }
    return drawing.take();
}

struct Together {
    UtcMs time {};
    std::vector<double> numbers; ///< of each of the lines that take part
    double sum = 0;
};

/// The lines at every moment at which one has a row and all are known: a sum without one of them would be a lie.
std::vector<Together> together(const std::vector<InterestLine>& lines, const std::vector<int>& parts, InterestUnit unit)
{
    std::set<UtcMs> times;
    for (const int part : parts) {
        for (const OpenInterest& row : lines[static_cast<std::size_t>(part)].rows)
            times.insert(row.time);
    }
    std::vector<Together> all;
    for (const UtcMs time : times) {
        Together at {time, {}, 0};
        for (const int part : parts) {
            const auto number = numberAt(lines[static_cast<std::size_t>(part)], time, unit);
            if (!number)
                break;
            at.numbers.push_back(*number);
            at.sum += *number;
        }
        if (at.numbers.size() == parts.size())
            all.push_back(std::move(at));
    }
    return all;
}

std::vector<InterestCurve> togetherOf(
    const std::vector<InterestLine>& lines, const std::vector<int>& parts, InterestUnit unit, InterestMode mode)
{
    milliseconds step {0};
    for (const int part : parts)
        step = std::max(step, lines[static_cast<std::size_t>(part)].step);
    std::vector<Drawing> drawings;
    if (mode == InterestMode::Sum)
        drawings.emplace_back(-1, longestSilence * step);
    else
        for (const int part : parts)
            drawings.emplace_back(part, longestSilence * step);
    for (const Together& at : together(lines, parts, unit)) {
        if (mode == InterestMode::Sum) {
            drawings[0].add(at.time, at.sum);
            continue;
        }
        for (std::size_t i = 0; i < drawings.size() && at.sum > 0; ++i)
            drawings[i].add(at.time, 100 * at.numbers[i] / at.sum);
    }
    std::vector<InterestCurve> curves;
    for (Drawing& drawing : drawings)
        curves.push_back(drawing.take());
    return curves;
}

} // namespace

std::optional<double> numberOf(const OpenInterest& row, InterestUnit unit)
{
    return unit == InterestUnit::Base ? row.amount : row.value;
}

const OpenInterest* rowAt(const InterestLine& line, UtcMs time)
{
    const auto after = std::upper_bound(line.rows.begin(), line.rows.end(), time,
        [](UtcMs wanted, const OpenInterest& row) { return wanted < row.time; });
    if (after == line.rows.begin() || time - std::prev(after)->time > longestSilence * line.step)
        return nullptr;
    return &*std::prev(after);
}

std::optional<double> numberAt(const InterestLine& line, UtcMs time, InterestUnit unit)
{
    const OpenInterest* row = rowAt(line, time);
    return row ? numberOf(*row, unit) : std::nullopt;
}

bool isRepeated(const SeriesKey& key, const SeriesKey& other)
{
    const bool isSame = key.exchange == other.exchange && key.market == other.market && key.symbol == other.symbol;
    return isSame && key.source != key.exchange && (other.source == other.exchange || other.source < key.source);
}

std::vector<InterestCurve> curvesOf(const std::vector<InterestLine>& lines, InterestUnit unit, InterestMode mode)
{
    std::vector<int> parts;
    for (int i = 0; i < static_cast<int>(lines.size()); ++i) {
        if (hasNumbers(lines[static_cast<std::size_t>(i)], unit))
            parts.push_back(i);
    }
    if (parts.empty())
        return {};
    if (mode == InterestMode::Sum || mode == InterestMode::Share) {
        const auto keyOf = [&](int part) -> const SeriesKey& { return lines[static_cast<std::size_t>(part)].series.key; };
        const std::vector<int> all = parts;
        std::erase_if(parts, [&](int part) {
            return std::any_of(all.begin(), all.end(), [&](int other) { return isRepeated(keyOf(part), keyOf(other)); });
        });
    }
    if (mode == InterestMode::Sum || mode == InterestMode::Share)
        return togetherOf(lines, parts, unit, mode);
    std::vector<InterestCurve> curves;
    for (const int part : parts) {
        const InterestLine& line = lines[static_cast<std::size_t>(part)];
        curves.push_back(mode == InterestMode::Lines ? lineOf(line, part, unit) : changeOf(line, part, unit));
    }
    return curves;
}

std::vector<SeriesRecord> interestOf(const StoredSeriesList& list, const SeriesKey& key)
{
    const auto wanted = parseSymbol(key.symbol);
    if (!wanted)
        return {};
    std::map<std::tuple<bool, std::string, std::string, MarketType, std::string>, SeriesRecord> finest;
    for (const StoredSeries& series : list) {
        const SeriesKey& other = series.record.key;
        const auto parts = parseSymbol(other.symbol);
        if (other.kind != Kind::OpenInterest || !parts || parts->base != wanted->base)
            continue;
        const auto [held, isNew] = finest.try_emplace(
            {other.exchange != key.exchange, other.exchange, other.source, other.market, other.symbol}, series.record);
        if (!isNew && other.timeframe < held->second.key.timeframe)
            held->second = series.record;
    }
    std::vector<SeriesRecord> all;
    for (auto& [place, record] : finest)
        all.push_back(std::move(record));
    return all;
}

} // namespace mnemo
