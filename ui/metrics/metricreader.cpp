#include "ui/metrics/metricreader.h"

#include <algorithm>

#include "ui/metrics/metricprices.h"

namespace mnemo {

namespace {

/// Between two events the last one holds: one on either side of a range, and how far they are usually apart, are of use.
/// No exchange pays funding less often than once a day.
constexpr milliseconds longestPause = std::chrono::days {1};

/// The rows of one step become one.
class Thinning {
public:
    Thinning(MetricLine& line)
        : m_line(line)
        , m_isCount(factsOf(line.series.key.kind).isCount)
    {
    }
    void add(const Metric& row)
    {
        const std::int64_t step = toMs(row.time) / m_line.step.count();
        if (m_line.rows.empty() || step != m_step)
            m_line.rows.push_back(row);
        else if (m_isCount)
            addTo(m_line.rows.back(), row);
        else
            m_line.rows.back() = row;
        if (m_isCount)
            m_line.rows.back().time = fromMs(step * m_line.step.count());
        m_step = step;
    }

private:
    static void addTo(Metric& sum, const Metric& row)
    {
        for (std::size_t i = 0; i < row.numbers.size(); ++i) {
            if (row.numbers[i])
                sum.numbers[i] = sum.numbers[i].value_or(0) + *row.numbers[i];
        }
    }

    MetricLine& m_line;
    const bool m_isCount;
    std::int64_t m_step = 0;
};

/// Events come when they come: the middle one of their pauses is what is usual.
void takeUsualPause(MetricLine& line)
{
    std::vector<milliseconds> pauses;
    for (std::size_t i = 1; i < line.rows.size(); ++i)
        pauses.push_back(line.rows[i].time - line.rows[i - 1].time);
    if (pauses.empty())
        return;
    const auto middle = pauses.begin() + static_cast<std::ptrdiff_t>(pauses.size() / 2);
    std::ranges::nth_element(pauses, middle);
    line.step = std::max(line.step, *middle);
}

} // namespace

Result<std::vector<MetricLine>> readMetrics(
    StoreReader& reader, const MetricRequest& request, const std::stop_token& stop)
{
    std::vector<MetricLine> lines;
    for (const SeriesRecord& series : request.series) {
        MetricLine line {series, std::max(request.step, series.key.timeframe.length()), {}};
        Thinning thinning(line);
        const bool isOfEvents = series.timeKind == timeKindOfEvents;
        const milliseconds beside = isOfEvents ? longestPause : milliseconds {0};
        const TimeRange range {request.range.from - 2 * beside, request.range.to + beside};
        const auto read = reader.eachMetric(series.id, range, true, [&](const Metric& row) {
            thinning.add(row);
            return !stop.stop_requested();
        });
        if (!read)
            return fail(read.error());
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "nobody waits for these numbers any more");
        if (isOfEvents)
            takeUsualPause(line);
        if (const auto completed = completeByPrice(reader, line); !completed)
            return fail(completed.error());
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace mnemo
