#include "ui/metrics/metricline.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/market/instrument.h"

namespace mnemo {

namespace {

/// An instant later than that after a row, it tells nothing any more.
constexpr int longestSilence = 2; // steps

bool hasNumbers(const MetricLine& line, const MetricNumber& wanted)
{
    return std::any_of(line.rows.begin(), line.rows.end(),
        [&](const Metric& row) { return wanted.of(row).has_value(); });
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
    MetricCurve take() { return std::move(m_curve); }

private:
    MetricCurve m_curve;
    milliseconds m_longest;
    UtcMs m_last {};
};

MetricCurve lineOf(const MetricLine& line, int index, const MetricNumber& wanted)
{
    Drawing drawing(index, longestSilence * line.step);
    for (const Metric& row : line.rows) {
        if (const auto number = wanted.of(row))
            drawing.add(row.time, *number);
    }
    return drawing.take();
}

MetricCurve changeOf(const MetricLine& line, int index, const MetricNumber& wanted)
{
    Drawing drawing(index, longestSilence * line.step);
    const Metric* before = nullptr;
    for (const Metric& row : line.rows) {
        const auto number = wanted.of(row);
        if (!number)
            continue;
        if (before && row.time - before->time <= longestSilence * line.step)
            drawing.add(row.time, *number - *wanted.of(*before));
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
std::vector<Together> together(const std::vector<MetricLine>& lines, const std::vector<int>& parts, const MetricNumber& wanted)
{
    std::set<UtcMs> times;
    for (const int part : parts) {
        for (const Metric& row : lines[static_cast<std::size_t>(part)].rows)
            times.insert(row.time);
    }
    std::vector<Together> all;
    for (const UtcMs time : times) {
        Together at {time, {}, 0};
        for (const int part : parts) {
            const auto number = numberAt(lines[static_cast<std::size_t>(part)], time, wanted);
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

std::vector<MetricCurve> togetherOf(
    const std::vector<MetricLine>& lines, const std::vector<int>& parts, const MetricNumber& wanted, MetricMode mode)
{
    milliseconds step {0};
    for (const int part : parts)
        step = std::max(step, lines[static_cast<std::size_t>(part)].step);
    std::vector<Drawing> drawings;
    if (mode == MetricMode::Sum)
        drawings.emplace_back(-1, longestSilence * step);
    else
        for (const int part : parts)
            drawings.emplace_back(part, longestSilence * step);
    for (const Together& at : together(lines, parts, wanted)) {
        if (mode == MetricMode::Sum) {
            drawings[0].add(at.time, at.sum);
            continue;
        }
        for (std::size_t i = 0; i < drawings.size() && at.sum > 0; ++i)
            drawings[i].add(at.time, 100 * at.numbers[i] / at.sum);
    }
    std::vector<MetricCurve> curves;
    for (Drawing& drawing : drawings)
        curves.push_back(drawing.take());
    return curves;
}

/// Each source's bars begin where those of the one before it end.
std::vector<MetricCurve> barsOf(const std::vector<MetricLine>& lines, const std::vector<int>& parts, const MetricNumber& wanted)
{
    struct Ends {
        double above = 0, below = 0;
    };
    std::map<UtcMs, Ends> ends;
    std::vector<MetricCurve> curves;
    for (const int part : parts) {
        const MetricLine& line = lines[static_cast<std::size_t>(part)];
        MetricCurve& curve = curves.emplace_back(MetricCurve {part, {}});
        curve.barLength = static_cast<double>(line.step.count());
        for (const Metric& row : line.rows) {
            const auto add = [&](double& end, double to) {
                if (to != end)
                    curve.bars.push_back({static_cast<double>(toMs(row.time)), std::exchange(end, to), to});
            };
            Ends& end = ends[row.time];
            add(end.above, end.above + wanted.of(row).value_or(0));
            if (wanted.below)
                add(end.below, end.below - row.numbers[*wanted.below].value_or(0));
        }
    }
    return curves;
}

} // namespace

const Metric* rowAt(const MetricLine& line, UtcMs time)
{
    const auto after = std::upper_bound(line.rows.begin(), line.rows.end(), time,
        [](UtcMs wanted, const Metric& row) { return wanted < row.time; });
    if (after == line.rows.begin())
        return nullptr;
    const bool isCount = factsOf(line.series.key.kind).isCount; // of its own step alone
    const milliseconds longest = isCount ? line.step - milliseconds {1} : longestSilence * line.step;
    if (time - std::prev(after)->time > longest)
        return nullptr;
    return &*std::prev(after);
}

std::optional<double> numberAt(const MetricLine& line, UtcMs time, const MetricNumber& wanted)
{
    const Metric* row = rowAt(line, time);
    return row ? wanted.of(*row) : std::nullopt;
}

bool isRepeated(const SeriesKey& key, const SeriesKey& other)
{
    const bool isSame = key.exchange == other.exchange && key.market == other.market && key.symbol == other.symbol;
    return isSame && key.source != key.exchange && (other.source == other.exchange || other.source < key.source);
}

std::vector<MetricCurve> curvesOf(const std::vector<MetricLine>& lines, const MetricNumber& wanted, MetricMode mode)
{
    std::vector<int> parts;
    for (int i = 0; i < static_cast<int>(lines.size()); ++i) {
        if (hasNumbers(lines[static_cast<std::size_t>(i)], wanted))
            parts.push_back(i);
    }
    if (parts.empty())
        return {};
    const bool isTogether = mode == MetricMode::Sum || mode == MetricMode::Share || mode == MetricMode::Bars;
    if (isTogether) {
        const auto keyOf = [&](int part) -> const SeriesKey& { return lines[static_cast<std::size_t>(part)].series.key; };
        const std::vector<int> all = parts;
        std::erase_if(parts, [&](int part) {
            return std::any_of(all.begin(), all.end(), [&](int other) { return isRepeated(keyOf(part), keyOf(other)); });
        });
    }
    if (mode == MetricMode::Bars)
        return barsOf(lines, parts, wanted);
    if (isTogether)
        return togetherOf(lines, parts, wanted, mode);
    std::vector<MetricCurve> curves;
    for (const int part : parts) {
        const MetricLine& line = lines[static_cast<std::size_t>(part)];
        curves.push_back(mode == MetricMode::Lines ? lineOf(line, part, wanted) : changeOf(line, part, wanted));
    }
    return curves;
}

std::vector<SeriesRecord> metricsOf(const StoredSeriesList& list, const SeriesKey& key, Kind kind)
{
    const auto wanted = parseSymbol(key.symbol);
    if (!wanted)
        return {};
    std::map<std::tuple<bool, std::string, std::string, MarketType, std::string>, SeriesRecord> finest;
    for (const StoredSeries& series : list) {
        const SeriesKey& other = series.record.key;
        const auto parts = parseSymbol(other.symbol);
        if (other.kind != kind || !parts || parts->base != wanted->base)
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
