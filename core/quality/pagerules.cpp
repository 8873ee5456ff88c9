#include "core/quality/pagerules.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "core/base/timetext.h"
#include "core/quality/rules/checks.h"
#include "core/quality/rules/rules.h"

namespace mnemo {

namespace {

/// Findings of one rule about rows, as validation would raise them.
void applyRule(const char* id, const std::vector<Candle>& rows, const Grid& grid, std::vector<PageFinding>& findings)
{
    const Rule& applied = *findRule(id);
    RuleContext context;
    context.grid = grid;
    Violations found(applied.info, applied.info.severity, grid);
    applied.checkCandles({rows, 0, context, {}}, found);
    found.finish();
    std::ranges::move(found.take(), std::back_inserter(findings));
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
            "{\"rows\":" + std::to_string(page.outside) + ",\"first\":" + std::to_string(toMs(first))
                + ",\"last\":" + std::to_string(toMs(last)) + ",\"timeframe\":\"" + std::string(grid.timeframe().name())
                + "\",\"why\":"
                + words::quoted("asked for " + formatShort(asked.from) + " to " + formatShort(asked.to)
                    + ", answered about " + formatShort(first) + " to " + formatShort(last))
                + "}"});
    }
}

void dropOffGrid(PageCheck& page, const Grid& grid)
{
    const std::size_t before = page.findings.size();
    applyRule(rule::offGrid, page.rows, grid, page.findings);
    if (page.findings.size() > before)
        page.offGrid = static_cast<std::int64_t>(
            std::erase_if(page.rows, [&](const Candle& bar) { return !grid.isOpen(bar.openTime); }));
}

void dropNotFinite(PageCheck& page, const Grid& grid)
{
    const std::size_t before = page.findings.size();
    applyRule(rule::notFinite, page.rows, grid, page.findings);
    if (page.findings.size() == before)
        return;
    page.notFinite =
        static_cast<std::int64_t>(std::erase_if(page.rows, [](const Candle& bar) { return !checks::isFinite(bar); }));
    for (Candle& bar : page.rows) {
        if (!checks::hasFiniteOptionals(bar))
            bar.quoteVolume.reset();
    }
}

/// "close 10.5, then 10.7": the first value that differs.
std::string difference(const Candle& dropped, const Candle& kept)
{
    const std::tuple<const char*, double, double> values[] {{"open", dropped.open, kept.open},
        {"high", dropped.high, kept.high}, {"low", dropped.low, kept.low}, {"close", dropped.close, kept.close},
        {"volume", dropped.volume, kept.volume}};
    for (const auto& [name, first, second] : values) {
        if (first != second)
            return std::string(name) + ' ' + words::number(first) + ", then " + words::number(second);
    }
    return "turnover or trades differ";
}

/// Of two rows of one bar that differ.
PageFinding duplicateFinding(const Candle& dropped, const Candle& kept, const Grid& grid)
{
    const UtcMs open = grid.floor(kept.openTime);
    return {rule::duplicate, "warn", {open, grid.next(open)},
        "{\"dropped\":" + words::json(dropped) + ",\"kept\":" + words::json(kept)
            + ",\"why\":" + words::quoted(difference(dropped, kept)) + "}"};
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
            page.findings.push_back(duplicateFinding(rows[kept], rows[i], grid));
        }
        rows[kept] = rows[i];
    }
    if (!rows.empty())
        rows.resize(kept + 1);
}

void checkPrices(PageCheck& page, const Grid& grid)
{
    for (const char* id : {rule::lowNotLowest, rule::highNotHighest, rule::priceNotPositive, rule::negativeVolume})
        applyRule(id, page.rows, grid, page.findings);
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

void addAnswerFindings(std::span<const RepeatedRow> repeated, std::span<const IrregularClose> closes, const Grid& grid,
    std::vector<PageFinding>& findings)
{
    std::vector<RepeatedRow> equal;
    for (const RepeatedRow& pair : repeated) {
        if (pair.dropped == pair.kept)
            equal.push_back(pair);
        else
            findings.push_back(duplicateFinding(pair.dropped, pair.kept, grid));
    }
    const auto add = [&](const char* id, const auto& rows, const auto& openOf, const auto& say) {
        const RuleInfo& info = findRule(id)->info;
        Violations found(info, info.severity, grid);
        for (const auto& row : rows) {
            found.separate();
            if (found.add(openOf(row)))
                say(found, row);
        }
        found.finish();
        std::ranges::move(found.take(), std::back_inserter(findings));
    };
    add(
        rule::repeatedRow, equal, [](const RepeatedRow& pair) { return pair.kept.openTime; },
        [](Violations& found, const RepeatedRow& pair) {
            found.say("the row of " + formatShort(pair.kept.openTime) + " comes twice with the same values",
                words::first(pair.kept));
        });
    add(
        rule::truncated, closes, [](const IrregularClose& bar) { return bar.openTime; },
        [&](Violations& found, const IrregularClose& bar) {
            const UtcMs end = grid.next(grid.floor(bar.openTime));
            found.say("closed at " + formatIso(bar.closeTime) + ", its time ends at " + formatIso(end),
                "\"close_time\":" + std::to_string(toMs(bar.closeTime)));
        });
}

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
