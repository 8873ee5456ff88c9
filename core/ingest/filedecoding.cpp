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

/// The bars of @p rows, and with them the range that a file may tell of.
IntervalSet barsOf(const std::vector<Candle>& rows, const Grid& grid)
{
    std::vector<TimeRange> bars;
    for (const Candle& row : rows) {
        const TimeRange bar {row.openTime, grid.next(row.openTime)};
        if (!bars.empty() && bars.back().to == bar.from)
            bars.back().to = bar.to;
        else
            bars.push_back(bar);
    }
    return IntervalSet(std::move(bars));
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

/// A line of open interest; nothing where it has no time, or neither number.
std::optional<OpenInterestRow> interestOf(std::string_view line, const std::vector<std::string>& columns)
{
    std::array<std::string_view, 32> values;
    const std::size_t count = std::min(splitLine(line, ',', values), values.size());
    OpenInterestRow row;
    bool hasTime = false;
    for (std::size_t i = 0; i < std::min(count, columns.size()); ++i) {
        if (columns[i] == "time") {
            const auto time = parseTime(values[i]);
            hasTime = time.has_value();
            row.time = time.value_or(UtcMs {});
        } else if (columns[i] == "amount") {
            row.amount = parseDecimal(values[i]);
        } else if (columns[i] == "value") {
            row.value = parseDecimal(values[i]);
        }
    }
    return hasTime && (row.amount || row.value) ? std::optional(row) : std::nullopt;
}

/// One reading a slot, ascending. A day's last reading may be of the next midnight.
Result<DecodedPage> decodeInterest(const Venue& venue, const VenueFiles& files, const FetchArgs& args, const PageRules& rules, const FileAnswer& answer, std::string_view text)
{
    DecodedPage page;
    page.now = closedBefore(answer.localNow, answer.date);
    std::vector<OpenInterest> rows;
    bool isOfItsTime = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto row = interestOf(text.substr(0, end), files.columns);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!row)
            continue;
        ++page.decodedRows;
        isOfItsTime = isOfItsTime || answer.covers.contains(row->time);
        OpenInterest interest = venue.openInterest(args, *row);
        interest.time = rules.grid.floor(interest.time);
        if (answer.wanted.contains(interest.time) && interest.time < page.now)
            rows.push_back(interest);
    }
    if (!isOfItsTime)
        return fail(badFile(answer, "it has no readings of its time"));
    std::ranges::stable_sort(rows, {}, &OpenInterest::time);
    const auto [first, last] = std::ranges::unique(rows, {}, &OpenInterest::time);
    rows.erase(first, last);
    page.interest = std::move(rows);
    for (const OpenInterest& row : page.interest)
        page.rows.emplace_back().openTime = row.time;
    return page;
}

} // namespace

Result<DecodedFile> decodeFile(const Venue& venue, const VenueFiles& files, const FetchArgs& args, const PageRules& rules, const FileAnswer& answer)
{
    const auto text = unpackedCsv(answer.zip, answer.name, answer.maxBytes);
    if (!text)
        return fail(text.error());
    auto page = args.kind == Kind::OpenInterest ? decodeInterest(venue, files, args, rules, answer, *text)
                                                : decodeCandles(files, args, rules, answer, *text);
    if (!page)
        return fail(std::move(page.error()));
    // Between what was wanted may lie what somebody else has told of; it stays as it is.
    std::erase_if(page->rows, [&](const Candle& row) { return !answer.wanted.contains(row.openTime); });
    DecodedFile decoded {std::move(*page), {}};
    decoded.told = barsOf(decoded.page.rows, rules.grid);
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
    commit.interest = std::move(decoded.page.interest);
    commit.findings = std::move(decoded.page.findings);
    for (Finding& finding : commit.findings)
        finding.series = series;
    const IntervalSet answered = united(decoded.told, absent);
    for (const TimeRange& range : answered.ranges())
        commit.coverage.push_back({range, CoverageState::Answered, 1, commit.fetchedAt});
    return commit;
}

} // namespace mnemo
