#include "core/ingest/filedecoding.h"

#include <algorithm>
#include <array>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/ingest/candlefile/candlefile.h"
#include "core/ingest/candlefile/columns.h"
#include "core/ingest/venuefiles/packedfile.h"

namespace mnemo {

namespace {

Error badFile(const FileAnswer& answer, const std::string& why)
{
    return {ErrorCode::BadAnswer, std::string(answer.name) + " cannot be used: " + why};
}

/// What only the file shows of bars that are used.
void addFileFindings(CandleFile& file, PageCheck& checked, const Grid& grid)
{
    const auto isUnused = [&](UtcMs open) {
        const auto row = std::ranges::lower_bound(checked.rows, open, {}, &Candle::openTime);
        return row == checked.rows.end() || row->openTime != open;
    };
    std::erase_if(file.repeated, [&](const RepeatedRow& pair) { return isUnused(pair.kept.openTime); });
    std::erase_if(file.irregularCloses, [&](const IrregularClose& bar) { return isUnused(bar.openTime); });
    addAnswerFindings(file.repeated, file.irregularCloses, grid, checked.findings);
}

Result<DecodedPage> decodeCandles(const VenueFiles& files, const FetchArgs& args, const PageRules& rules, const FileAnswer& answer, std::string_view text)
{
    CandleFileOptions options;
    options.columns = files.columns;
    options.timeframe = args.timeframe;
    auto file = readCandleText(text, std::string(answer.name), options);
    if (!file)
        return fail(badFile(answer, file.error().detail));
    const bool isElsewhere = std::ranges::none_of(file->rows, [&](const Candle& row) { return answer.covers.contains(row.openTime); });
    if (isElsewhere)
        return fail(badFile(answer, "its rows are of " + formatShort(file->rows.front().openTime) + " to " + formatShort(file->rows.back().openTime) + " UTC"));
    DecodedPage page;
    page.now = closedBefore(answer.localNow, answer.date);
    page.decodedRows = file->rows.size();
    PageCheck checked = checkPage(std::move(file->rows), rules.grid, answer.wanted.hull(), page.now);
    if (checked.offGrid > static_cast<std::int64_t>(checked.rows.size()))
        return fail(badFile(answer, std::to_string(checked.offGrid) + " of its bars open where none of " + std::string(args.timeframe.name()) + " should"));
    addFileFindings(*file, checked, rules.grid);
    page.rows = std::move(checked.rows);
    for (const PageFinding& finding : checked.findings)
        page.findings.push_back(toFinding(finding, page.now));
    return page;
}

/// A line of a file; nothing where it has no time, or no number.
std::optional<Metric> metricOf(std::string_view line, const std::vector<std::string>& columns, std::span<const MetricColumn> named)
{
    std::array<std::string_view, 32> values;
    const std::size_t count = std::min(splitLine(line, ',', values), values.size());
    Metric row;
    bool hasTime = false;
    for (std::size_t i = 0; i < std::min(count, columns.size()); ++i) {
        const auto column = std::ranges::find(named, columns[i], &MetricColumn::name);
        if (columns[i] == "time") {
            const auto time = parseTime(values[i]);
            hasTime = time.has_value();
            row.time = time.value_or(UtcMs {});
        } else if (column != named.end()) {
            row.numbers[static_cast<std::size_t>(column - named.begin())] = parseDecimal(values[i]);
        }
    }
    return hasTime && !row.isEmpty() ? std::optional(row) : std::nullopt;
}

/// One row a slot, ascending. A day's last reading may be of the next midnight.
Result<DecodedPage> decodeMetrics(const Venue& venue, const VenueFiles& files, const FetchArgs& args, const PageRules& rules, const FileAnswer& answer, std::string_view text)
{
    DecodedPage page;
    page.now = closedBefore(answer.localNow, answer.date);
    std::vector<Metric> rows;
    const auto named = factsOf(args.kind).columns;
    bool isOfItsTime = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto row = metricOf(text.substr(0, end), files.columns, named);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!row)
            continue;
        ++page.decodedRows;
        isOfItsTime = isOfItsTime || answer.covers.contains(row->time);
        Metric metric = venue.metric(args, *row);
        metric.time = rules.grid.floor(metric.time);
        if (answer.wanted.contains(metric.time) && metric.time < page.now)
            rows.push_back(metric);
    }
    if (!isOfItsTime)
        return fail(badFile(answer, "it has no rows of its time"));
    std::ranges::stable_sort(rows, {}, &Metric::time);
    const auto [first, last] = std::ranges::unique(rows, {}, &Metric::time);
    rows.erase(first, last);
    page.metrics = std::move(rows);
    for (const Metric& row : page.metrics)
        page.rows.emplace_back().openTime = row.time;
    return page;
}

} // namespace

Result<DecodedFile> decodeFile(const Venue& venue, const VenueFiles& files, const FetchArgs& args, const PageRules& rules, const FileAnswer& answer)
{
    const auto text = unpackedCsv(answer.zip, answer.name, answer.maxBytes);
    if (!text)
        return fail(text.error());
    auto page = isMetric(args.kind) ? decodeMetrics(venue, files, args, rules, answer, *text)
                                         : decodeCandles(files, args, rules, answer, *text);
    if (!page)
        return fail(std::move(page.error()));
    // Between what was wanted may lie what somebody else has told of; it stays as it is.
    std::erase_if(page->rows, [&](const Candle& row) { return !answer.wanted.contains(row.openTime); });
    DecodedFile decoded {std::move(*page), {}};
    const TimeRange ended {answer.covers.from, std::min(answer.covers.to, rules.grid.floor(decoded.page.now))};
    decoded.told = rules.longestPause.count() > 0
        ? intersected(barsOfEvents(decoded.page.rows, rules.grid, ended, rules.longestPause), answer.wanted)
        : barsOf(decoded.page.rows, rules.grid);
    return decoded;
}

PageCommit fileCommit(SeriesId series, const FileAnswer& answer, DecodedFile decoded, const IntervalSet& absent)
{
    PageCommit commit;
    commit.series = series;
    commit.range = answer.wanted.hull();
    commit.fetchedAt = decoded.page.now;
    commit.route = "archive";
    commit.rows = std::move(decoded.page.rows);
    commit.metrics = std::move(decoded.page.metrics);
    commit.findings = std::move(decoded.page.findings);
    for (Finding& finding : commit.findings)
        finding.series = series;
    const IntervalSet answered = united(decoded.told, absent);
    for (const TimeRange& range : answered.ranges())
        commit.coverage.push_back({range, CoverageState::Answered, 1, commit.fetchedAt});
    return commit;
}

} // namespace mnemo
