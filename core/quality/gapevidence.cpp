#include "core/quality/gapevidence.h"

#include <algorithm>
#include <ranges>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/market/intervalset.h"

namespace mnemo {

namespace {

constexpr int neighbourBars = 10;
constexpr std::size_t mostPages = 20;
/// Ranges of more bars than this are counted by whole days.
constexpr std::int64_t fewBars = 3000;

constexpr TimeRange always {UtcMs::min(), UtcMs::max()};

double medianOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// How far the frame of @p other is from ours; equal first, then finer ones.
std::pair<bool, milliseconds> distance(const SeriesRecord& other, Timeframe ours)
{
    const milliseconds length = other.key.timeframe.length();
    return {length > ours.length(), std::chrono::abs(length - ours.length())};
}

std::string rangeText(TimeRange range)
{
    return formatShort(range.from) + " to " + formatShort(range.to) + " UTC";
}

std::string listText(const std::vector<std::string>& words)
{
    constexpr std::size_t shown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, words.size()); ++i)
        text += (i == 0 ? "" : ", ") + words[i];
    return words.size() > shown ? text + " and " + std::to_string(words.size() - shown) + " more" : text;
}

std::string volumeText(double volume)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", volume);
    return text;
}

void describeRequests(std::string& text, const GapEvidence& evidence)
{
    if (evidence.pages.empty())
        return;
    const PageRecord& newest = evidence.pages.front();
    text += "; newest answer " + formatShort(newest.fetchedAt) + " UTC by " + newest.route;
    if (newest.status > 0)
        text += ", status " + std::to_string(newest.status);
    text += ", " + std::to_string(newest.rows) + (newest.rows == 1 ? " row" : " rows");
}

void describeOutages(std::string& text, const GapEvidence& evidence)
{
    for (const ListedOutage& outage : evidence.listed)
        text += "; listed outage " + rangeText(outage.range) + ": " + outage.reason + " (" + outage.source + ")";
    for (const InferredOutage& outage : evidence.inferred) {
        text += "; " + std::to_string(outage.silent) + " of " + std::to_string(outage.asked) + " liquid instruments of "
            + outage.exchange + ' ' + std::string(toText(outage.market)) + " lack the bars of "
            + rangeText(outage.range) + " (" + listText(outage.symbols) + ")";
    }
}

void describeOthers(std::string& text, const GapEvidence& evidence)
{
    for (const GapEvidence::Elsewhere& other : evidence.elsewhere) {
        text += "; " + (other.series.source == other.series.exchange ? "" : other.series.source + " on ")
            + other.series.exchange + " has " + std::to_string(other.rows) + " of " + std::to_string(other.bars)
            + " bars of " + std::string(other.series.timeframe.name());
    }
    if (evidence.venue.asked > 0 && evidence.inferred.empty()) {
        text += "; " + std::to_string(evidence.venue.silent.size()) + " of " + std::to_string(evidence.venue.asked)
            + " other instruments there lack them too";
    }
    if (evidence.before.bars + evidence.after.bars > 0) {
        const auto side = [](const GapEvidence::Neighbours& bars) {
            return bars.bars == 0 ? std::string("no bars") : volumeText(bars.medianVolume);
        };
        text += "; median volume of the bars before: " + side(evidence.before) + ", after: " + side(evidence.after);
    }
    for (const Annotation& annotation : evidence.annotations)
        text += "; note: " + annotation.text;
}

} // namespace

GapExplainer::GapExplainer(StoreReader& reader, SeriesRecord series, std::span<const SeriesRecord> all,
    const OutageBook& book, std::span<const Annotation> annotations)
    : m_reader(reader)
    , m_series(std::move(series))
    , m_book(book)
    , m_annotations(annotations)
{
    const SeriesKey& key = m_series.key;
    std::map<std::pair<std::string, std::string>, const SeriesRecord*> nearest; // of each venue and source
    for (const SeriesRecord& other : all) {
        const bool isSameVenue = other.key.exchange == key.exchange && other.key.source == key.source;
        if (other.key.kind != key.kind || other.key.market != key.market)
            continue;
        if (isSameVenue && other.key.symbol != key.symbol) {
            m_venue[other.key.symbol].push_back({other, {}, false});
        } else if (!isSameVenue && other.key.symbol == key.symbol) {
            const SeriesRecord*& known = nearest[{other.key.exchange, other.key.source}];
            if (!known || distance(other, key.timeframe) < distance(*known, key.timeframe))
                known = &other;
        }
    }
    for (const auto& [venue, record] : nearest)
        m_elsewhere.push_back({*record, {}, false});
    for (auto& [symbol, frames] : m_venue) {
        std::ranges::sort(frames, {}, [&](const Other& other) { return distance(other.record, key.timeframe); });
    }
}

/// True where the source has answered about all of @p range.
Result<bool> GapExplainer::isAsked(Other& other, TimeRange range)
{
    if (!other.isRead) {
        auto read = m_reader.coverage(other.record.id, always);
        if (!read)
            return fail(read.error());
        other.coverage = std::move(*read);
        other.isRead = true;
    }
    UtcMs at = range.from;
    for (const CoverageSpan& span : other.coverage) {
        if (span.state == CoverageState::Answered && span.range.from <= at && at < span.range.to)
            at = span.range.to;
    }
    return at >= range.to;
}

Result<std::int64_t> GapExplainer::rowsIn(const SeriesRecord& record, TimeRange range)
{
    const Grid grid = record.grid();
    std::int64_t rows = 0;
    IntervalSet rest(range);
    if (grid.count(range) > fewBars && record.key.timeframe.length() < std::chrono::hours {24}) {
        const TimeRange days {
            std::chrono::ceil<std::chrono::days>(range.from), std::chrono::floor<std::chrono::days>(range.to)};
        const auto counts = m_reader.bucketCounts(record.id, AggregateLevel::Day, days);
        if (!counts)
            return fail(counts.error());
        for (const BucketCount& day : *counts)
            rows += day.rows;
        rest.subtract(days);
    }
    for (const TimeRange& part : rest.ranges()) {
        const auto times = m_reader.openTimes(record.id, part);
        if (!times)
            return fail(times.error());
        rows += static_cast<std::int64_t>(times->size());
    }
    return rows;
}

Result<GapEvidence::Neighbours> GapExplainer::neighbours(TimeRange range)
{
    GapEvidence::Neighbours side;
    if (m_series.key.kind != Kind::Candles)
        return side;
    const auto rows = m_reader.candles(m_series.id, range);
    if (!rows)
        return fail(rows.error());
    std::vector<double> volumes, trades;
    for (const Candle& row : *rows) {
        volumes.push_back(row.volume);
        if (row.trades)
            trades.push_back(static_cast<double>(*row.trades));
    }
    side.bars = static_cast<int>(rows->size());
    if (!volumes.empty())
        side.medianVolume = medianOf(std::move(volumes));
    if (!trades.empty())
        side.medianTrades = medianOf(std::move(trades));
    return side;
}

Result<void> GapExplainer::addChecks(const Gap& gap, GapEvidence& evidence)
{
    if (!m_isCoverageRead) {
        auto read = m_reader.coverage(m_series.id, always);
        if (!read)
            return fail(read.error());
        m_coverage = std::move(*read);
        m_isCoverageRead = true;
    }
    bool isFirst = true;
    UtcMs at = gap.range.from;
    const auto first =
        std::ranges::partition_point(m_coverage, [&](const CoverageSpan& span) { return span.range.to <= at; });
    for (auto span = first; span != m_coverage.end() && span->range.from < gap.range.to; ++span) {
        evidence.fewestChecks = isFirst ? span->checks : std::min(evidence.fewestChecks, span->checks);
        evidence.mostChecks = std::max(evidence.mostChecks, span->checks);
        if (at < span->range.from)
            evidence.fewestChecks = 0;
        isFirst = false;
        at = span->range.to;
    }
    if (at < gap.range.to)
        evidence.fewestChecks = 0;
    auto pages = m_reader.pages(m_series.id, gap.range);
    if (!pages)
        return fail(pages.error());
    evidence.requests = static_cast<std::int64_t>(pages->size());
    if (pages->size() > mostPages)
        pages->erase(pages->begin() + mostPages, pages->end());
    evidence.pages = std::move(*pages);
    return {};
}

Result<void> GapExplainer::addVenue(const Gap& gap, GapEvidence& evidence)
{
    evidence.venue.others = static_cast<int>(m_venue.size());
    for (auto& [symbol, frames] : m_venue) {
        for (Other& other : frames) {
            const auto asked = isAsked(other, gap.range);
            if (!asked)
                return fail(asked.error());
            if (!*asked)
                continue;
            const auto rows = rowsIn(other.record, gap.range);
            if (!rows)
                return fail(rows.error());
            ++evidence.venue.asked;
            if (*rows == 0)
                evidence.venue.silent.push_back(symbol);
            break;
        }
    }
    for (const Other& other : m_elsewhere) {
        const Grid grid = other.record.grid();
        const auto rows = rowsIn(other.record, gap.range);
        if (!rows)
            return fail(rows.error());
        evidence.elsewhere.push_back({other.record.key, grid.count(gap.range), *rows});
    }
    return {};
}

Result<GapEvidence> GapExplainer::explain(const Gap& gap)
{
    GapEvidence evidence;
    if (const auto done = addChecks(gap, evidence); !done)
        return fail(done.error());
    const Grid grid = m_series.grid();
    auto before = neighbours({grid.advance(gap.range.from, -neighbourBars), gap.range.from});
    auto after = neighbours({gap.range.to, grid.advance(gap.range.to, neighbourBars)});
    if (!before || !after)
        return fail(before ? after.error() : before.error());
    evidence.before = *before;
    evidence.after = *after;
    if (const auto done = addVenue(gap, evidence); !done)
        return fail(done.error());
    const auto concerns = [&](const auto& entry) {
        return entry.concerns(m_series.key) && entry.range.overlaps(gap.range);
    };
    std::ranges::copy_if(m_book.listed(), std::back_inserter(evidence.listed), concerns);
    std::ranges::copy_if(m_book.inferred(), std::back_inserter(evidence.inferred), concerns);
    std::ranges::copy_if(m_annotations, std::back_inserter(evidence.annotations), concerns);
    evidence.text = gap.evidence;
    describeRequests(evidence.text, evidence);
    describeOutages(evidence.text, evidence);
    describeOthers(evidence.text, evidence);
    return evidence;
}

} // namespace mnemo
