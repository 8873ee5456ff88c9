#include "core/quality/pagerules.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/decimal.h"

namespace mnemo {

namespace {

void appendNumber(std::string& json, double value)
{
    if (std::isfinite(value))
        appendDecimal(json, value);
    else
        json += std::isnan(value) ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"";
}

/// {"time":ms,"open":..., ...}
std::string toJson(const Candle& bar)
{
    std::string json = "{\"time\":" + std::to_string(toMs(bar.openTime));
    const std::array<std::pair<const char*, double>, 5> values{
        {{"open", bar.open}, {"high", bar.high}, {"low", bar.low}, {"close", bar.close}, {"volume", bar.volume}}};
    for (const auto& [name, value] : values) {
        json += ",\"";
        json += name;
        json += "\":";
        appendNumber(json, value);
    }
    if (bar.quoteVolume) {
        json += ",\"quote_volume\":";
        appendNumber(json, *bar.quoteVolume);
    }
    if (bar.trades)
        json += ",\"trades\":" + std::to_string(*bar.trades);
    return json + "}";
}

/// Collects offenders of one rule, handed in ascending order, into findings over neighbouring bars.
class RunOfBars {
public:
    RunOfBars(const char* rule, const char* severity, const Grid& grid, std::vector<PageFinding>& findings)
        : m_rule(rule)
        , m_severity(severity)
        , m_grid(grid)
        , m_findings(findings)
    {
    }

    void add(const Candle& bar)
    {
        const TimeRange span{m_grid.floor(bar.openTime), m_grid.next(m_grid.floor(bar.openTime))};
        if (m_bars > 0 && span.from <= m_range.to) {
            m_range.to = span.to;
        } else {
            finish();
            m_range = span;
            m_first = bar;
        }
        ++m_bars;
    }

    void finish()
    {
        if (m_bars > 0) {
            m_findings.push_back({m_rule, m_severity, m_range,
                "{\"bars\":" + std::to_string(m_bars) + ",\"first\":" + toJson(m_first) + "}"});
        }
        m_bars = 0;
    }

private:
    const char* m_rule;
    const char* m_severity;
    const Grid& m_grid;
    std::vector<PageFinding>& m_findings;
    std::int64_t m_bars = 0;
    TimeRange m_range;
    Candle m_first;
};

bool isFinite(const Candle& bar)
{
    return std::isfinite(bar.open) && std::isfinite(bar.high) && std::isfinite(bar.low) && std::isfinite(bar.close)
        && std::isfinite(bar.volume);
}
bool hasFiniteOptionals(const Candle& bar)
{
    return !bar.quoteVolume || std::isfinite(*bar.quoteVolume);
}
bool isLowLowest(const Candle& bar)
{
    return bar.low <= std::min(bar.open, bar.close);
}
bool isHighHighest(const Candle& bar)
{
    return bar.high >= std::max(bar.open, bar.close);
}
bool arePricesPositive(const Candle& bar)
{
    return bar.open > 0 && bar.high > 0 && bar.low > 0 && bar.close > 0;
}
bool isVolumeSane(const Candle& bar)
{
    return bar.volume >= 0 && bar.quoteVolume.value_or(0) >= 0 && bar.trades.value_or(0) >= 0;
}
bool keepsPriceRules(const Candle& bar)
{
    return isLowLowest(bar) && isHighHighest(bar) && arePricesPositive(bar) && isVolumeSane(bar);
}

void sortByTime(std::vector<Candle>& rows)
{
    const auto earlier = [](const Candle& a, const Candle& b) { return a.openTime < b.openTime; };
    if (std::is_sorted(rows.begin(), rows.end(), earlier))
        return;
    std::stable_sort(rows.begin(), rows.end(), earlier);
}

void dropOutside(PageCheck& page, const Grid& grid, TimeRange asked)
{
    if (page.rows.empty())
        return;
    const UtcMs first = page.rows.front().openTime, last = page.rows.back().openTime;
    page.outside = static_cast<std::int64_t>(
        std::erase_if(page.rows, [asked](const Candle& bar) { return !asked.contains(bar.openTime); }));
    if (page.rows.empty()) {
        page.findings.push_back({rule::ignoredRange, "warn", asked,
            "{\"rows\":" + std::to_string(page.outside) + ",\"first\":" + std::to_string(toMs(first)) + ",\"last\":"
                + std::to_string(toMs(last)) + ",\"timeframe\":\"" + std::string(grid.timeframe().name()) + "\"}"});
    }
}

void dropOffGrid(PageCheck& page, const Grid& grid)
{
    RunOfBars offGrid(rule::offGrid, "error", grid, page.findings);
    const bool fixed = !grid.timeframe().isMonth();
    const milliseconds step = grid.timeframe().length();
    UtcMs expected = UtcMs::max(); // saves the division for a bar that follows its neighbour
    page.offGrid = static_cast<std::int64_t>(std::erase_if(page.rows, [&](const Candle& bar) {
        const bool onGrid = bar.openTime == expected || grid.isOpen(bar.openTime);
        if (onGrid && fixed)
            expected = bar.openTime + step;
        if (!onGrid)
            offGrid.add(bar);
        return !onGrid;
    }));
    offGrid.finish();
}

void dropNotFinite(PageCheck& page, const Grid& grid)
{
    RunOfBars notFinite(rule::notFinite, "error", grid, page.findings);
    page.notFinite = static_cast<std::int64_t>(std::erase_if(page.rows, [&](const Candle& bar) {
        if (!isFinite(bar) || !hasFiniteOptionals(bar))
            notFinite.add(bar);
        return !isFinite(bar);
    }));
    for (Candle& bar : page.rows) {
        if (!hasFiniteOptionals(bar))
            bar.quoteVolume.reset();
    }
    notFinite.finish();
}

void dropDuplicates(PageCheck& page, const Grid& grid)
{
    auto& rows = page.rows;
    std::size_t kept = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].openTime != rows[kept].openTime) {
            if (++kept != i)
                rows[kept] = rows[i];
            continue;
        }
        ++page.duplicates;
        if (rows[i] != rows[kept]) {
            page.findings.push_back({rule::duplicate, "warn", {rows[i].openTime, grid.next(rows[i].openTime)},
                "{\"dropped\":" + toJson(rows[kept]) + ",\"kept\":" + toJson(rows[i]) + "}"});
        }
        rows[kept] = rows[i];
    }
    if (!rows.empty())
        rows.resize(kept + 1);
}

void checkPrices(PageCheck& page, const Grid& grid)
{
    RunOfBars low(rule::lowNotLowest, "error", grid, page.findings);
    RunOfBars high(rule::highNotHighest, "error", grid, page.findings);
    RunOfBars price(rule::priceNotPositive, "error", grid, page.findings);
    RunOfBars volume(rule::negativeVolume, "error", grid, page.findings);
    for (const Candle& bar : page.rows) {
        if (keepsPriceRules(bar))
            continue;
        if (!isLowLowest(bar))
            low.add(bar);
        if (!isHighHighest(bar))
            high.add(bar);
        if (!arePricesPositive(bar))
            price.add(bar);
        if (!isVolumeSane(bar))
            volume.add(bar);
    }
    for (RunOfBars* run : {&low, &high, &price, &volume})
        run->finish();
}

void setUnclosedAside(PageCheck& page, const Grid& grid, UtcMs closed)
{
    auto& rows = page.rows;
    auto running = rows.end();
    while (running != rows.begin() && closed < grid.next((running - 1)->openTime))
        --running;
    page.unclosed.assign(running, rows.end());
    rows.erase(running, rows.end());
}

} // namespace

UtcMs closedBefore(UtcMs localNow, std::optional<UtcMs> dateHeader)
{
    return dateHeader ? std::min(localNow, *dateHeader) : localNow;
}

PageCheck checkPage(std::vector<Candle> rows, const Grid& grid, TimeRange asked, UtcMs closed)
{
    PageCheck page;
    page.rows = std::move(rows);
    sortByTime(page.rows);
    dropOutside(page, grid, asked);
    dropOffGrid(page, grid);
    dropNotFinite(page, grid);
    dropDuplicates(page, grid);
    setUnclosedAside(page, grid, closed);
    checkPrices(page, grid);
    return page;
}

} // namespace mnemo
