#include "core/quality/rules/reference.h"

#include <algorithm>
#include <cmath>

#include "core/quality/rules/checks.h"

namespace mnemo {

Reference::Reference(std::span<const Candle> rows, const Grid& grid, int window)
    : m_rows(rows)
    , m_step(grid.timeframe().length())
    , m_window(std::max(window, quarters))
{
}

const Reference::Window& Reference::windowBefore(std::size_t row)
{
    const milliseconds quarter = m_step * (m_window / quarters);
    const auto time = m_rows[row].openTime.time_since_epoch();
    const auto index = time.count() / quarter.count() - (time.count() % quarter.count() < 0 ? 1 : 0);
    const UtcMs to {quarter * index};
    if (to == m_current.to)
        return m_current;
    const auto before = m_rows.first(row);
    const auto first = std::ranges::lower_bound(before, to - m_step * m_window, {}, &Candle::openTime);
    const auto last = std::ranges::lower_bound(first, before.end(), to, {}, &Candle::openTime);
    m_current = {to, static_cast<std::size_t>(first - before.begin()), static_cast<std::size_t>(last - before.begin())};
    return m_current;
}

/// True once for each window.
bool Reference::isNew(UtcMs& measured)
{
    if (measured == m_current.to)
        return false;
    measured = m_current.to;
    m_values.clear();
    return true;
}

double Reference::median()
{
    const auto middle = m_values.begin() + static_cast<std::ptrdiff_t>(m_values.size() / 2);
    std::nth_element(m_values.begin(), middle, m_values.end());
    return *middle;
}

std::optional<Reference::Returns> Reference::returnsBefore(std::size_t row)
{
    const Window& window = windowBefore(row);
    if (!isNew(m_returnsAt))
        return m_returns;
    m_returns.reset();
    for (std::size_t i = window.first + 1; i < window.last; ++i) {
        const Candle& bar = m_rows[i];
        const Candle& before = m_rows[i - 1];
        const double ratio = bar.close / before.close;
        if (bar.openTime - before.openTime == m_step && ratio > 0 && std::isfinite(ratio) && !checks::isQuarantined(bar)
            && !checks::isQuarantined(before))
            m_values.push_back(std::log(ratio));
    }
    if (m_values.size() < fewest)
        return m_returns;
    const double middle = median();
    for (double& value : m_values)
        value = std::abs(value - middle);
    m_returns = Returns {middle, 1.4826 * median()}; // of a normal distribution
    return m_returns;
}

bool Reference::isAboveVolumes(std::size_t row, double value, double factor)
{
    const Window& window = windowBefore(row);
    for (std::size_t i = window.last; i > window.first; --i) {
        const Candle& bar = m_rows[i - 1];
        if (value <= bar.volume * factor && !checks::isQuarantined(bar))
            return false;
    }
    return true;
}

bool Reference::isAboveTradeSizes(std::size_t row, double value, double factor)
{
    const Window& window = windowBefore(row);
    for (std::size_t i = window.last; i > window.first; --i) {
        const Candle& bar = m_rows[i - 1];
        if (bar.trades.value_or(0) > 0 && value <= bar.volume / static_cast<double>(*bar.trades) * factor
            && !checks::isQuarantined(bar))
            return false;
    }
    return true;
}

std::optional<Reference::Volumes> Reference::volumesBefore(std::size_t row)
{
    const Window& window = windowBefore(row);
    if (!isNew(m_volumeAt))
        return m_volumes;
    m_volumes.reset();
    for (std::size_t i = window.first; i < window.last; ++i) {
        if (m_rows[i].volume > 0 && !checks::isQuarantined(m_rows[i]))
            m_values.push_back(m_rows[i].volume);
    }
    if (m_values.size() >= fewest)
        m_volumes = Volumes {median(), *std::ranges::max_element(m_values)};
    return m_volumes;
}

std::optional<Reference::Volumes> Reference::tradeSizesBefore(std::size_t row)
{
    const Window& window = windowBefore(row);
    if (!isNew(m_sizeAt))
        return m_sizes;
    m_sizes.reset();
    for (std::size_t i = window.first; i < window.last; ++i) {
        const Candle& bar = m_rows[i];
        if (bar.volume > 0 && bar.trades.value_or(0) > 0 && !checks::isQuarantined(bar))
            m_values.push_back(bar.volume / static_cast<double>(*bar.trades));
    }
    if (m_values.size() >= fewest)
        m_sizes = Volumes {median(), *std::ranges::max_element(m_values)};
    return m_sizes;
}

std::optional<double> Reference::medianRangeBefore(std::size_t row)
{
    const Window& window = windowBefore(row);
    if (!isNew(m_rangeAt))
        return m_range;
    m_range.reset();
    for (std::size_t i = window.first; i < window.last; ++i) {
        const double range = m_rows[i].high / m_rows[i].low - 1;
        if (range >= 0 && std::isfinite(range) && !checks::isQuarantined(m_rows[i]))
            m_values.push_back(range);
    }
    if (m_values.size() >= fewest)
        m_range = median();
    return m_range;
}

void Reference::measureShares(std::size_t row)
{
    const Window& window = windowBefore(row);
    if (!isNew(m_shareAt))
        return;
    int traded = 0, moving = 0;
    for (std::size_t i = window.first; i < window.last; ++i) {
        const Candle& bar = m_rows[i];
        traded += bar.volume > 0 && !checks::isQuarantined(bar) ? 1 : 0;
        moving += bar.high > bar.low && !checks::isQuarantined(bar) ? 1 : 0;
    }
    const bool isEnough = window.last - window.first >= fewest;
    m_traded = isEnough ? static_cast<double>(traded) / m_window : 0;
    m_moving = isEnough ? static_cast<double>(moving) / m_window : 0;
}

double Reference::tradedBefore(std::size_t row)
{
    measureShares(row);
    return m_traded;
}

double Reference::movingBefore(std::size_t row)
{
    measureShares(row);
    return m_moving;
}

} // namespace mnemo
