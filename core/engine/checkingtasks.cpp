// Tasks that look at what is stored: validate, compare, sql; and rollup, which makes more of it.

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include <nlohmann/json.hpp>

#include "core/engine/placeholders.h"
#include "core/engine/taskcontext.h"

namespace mnemo {

namespace {

using nlohmann::json;

constexpr std::size_t mostCompared = 8; ///< CompareRequest::series

Result<std::vector<SeriesRecord>> storedOf(StoreReader& reader, const std::vector<SeriesKey>& keys)
{
    std::vector<SeriesRecord> records;
    for (const SeriesKey& key : keys) {
        auto record = reader.find(key);
        if (!record)
            return fail(std::move(record.error()));
        if (*record)
            records.push_back(std::move(**record));
    }
    return records;
}

std::vector<std::string> severitiesFrom(const std::string& lowest)
{
    const std::vector<std::string> all {"info", "warn", "error"};
    return {std::ranges::find(all, lowest), all.end()};
}

/// Open findings of the severity that fails the task.
Result<std::int64_t> seriousFindings(StoreReader& reader, const ValidateWork& work, const std::vector<SeriesId>& series, TimeRange range)
{
    FindingFilter filter;
    filter.rules = work.rules;
    filter.severities = severitiesFrom(work.failOn);
    filter.states = {FindingState::Open};
    filter.series = series;
    filter.within = range;
    if (filter.severities.empty()) // never
        return 0;
    const auto counts = reader.findingCounts(filter);
    if (!counts)
        return fail(counts.error());
    std::int64_t serious = 0;
    for (const FindingCount& count : *counts)
        serious += count.findings;
    return serious;
}

/// What may be held against each other: the same kind, instrument and frame on several exchanges, or as several sources
/// tell it. Where two differ the first is doubted, so who passes on what another says comes before that one.
std::vector<std::vector<SeriesKey>> comparable(const std::vector<SeriesRecord>& records)
{
    std::map<std::tuple<Kind, MarketType, std::string, Timeframe>, std::vector<SeriesKey>> groups;
    for (const SeriesRecord& record : records) {
        const SeriesKey& key = record.key;
        if (key.kind == Kind::Candles || key.kind == Kind::OpenInterest)
            groups[{key.kind, key.market, key.symbol, key.timeframe}].push_back(key);
    }
    std::vector<std::vector<SeriesKey>> all;
    for (auto& [what, keys] : groups) {
        std::ranges::stable_partition(keys, [](const SeriesKey& key) { return key.source != key.exchange; });
        keys.resize(std::min(keys.size(), mostCompared));
        if (keys.size() > 1)
            all.push_back(std::move(keys));
    }
    return all;
}

std::optional<double> numberOf(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "< 5": numbers by their value where both are some, else by their text.
bool holds(const std::string& expectation, const std::string& value)
{
    const auto blank = expectation.find(' ');
    const std::string op = expectation.substr(0, blank), wanted = expectation.substr(blank + 1);
    const auto a = numberOf(value), b = numberOf(wanted);
    const int order = a && b ? (*a > *b) - (*a < *b) : value.compare(wanted);
    if (op == "=")
        return order == 0;
    if (op == "!=")
        return order != 0;
    if (op == "<")
        return order < 0;
    if (op == "<=")
        return order <= 0;
    return op == ">" ? order > 0 : order >= 0;
}

/// Empty where it is as expected; else a sentence.
std::string objection(const std::string& expect, const QueryTable& table)
{
    if (expect == "any")
        return {};
    if (expect == "empty")
        return table.rows.empty() ? "" : "expected no rows, found " + std::to_string(table.rows.size());
    if (table.rows.empty())
        return "expected rows, found none";
    if (expect == "rows")
        return {};
    const auto& value = table.rows.front().front();
    if (value && holds(expect, *value))
        return {};
    return "expected " + expect + ", found " + value.value_or("NULL");
}

} // namespace

TaskOutcome carryOut(TaskContext& context, const ValidateWork& work)
{
    const auto reader = context.engine().store().openReader();
    if (!reader)
        return failedOutcome(reader.error());
    const auto records = storedOf(**reader, context.series());
    if (!records)
        return failedOutcome(records.error());
    if (records->empty())
        return {TaskState::Skipped, "{}", "nothing of it is stored", true};
    ValidationRequest request;
    for (const SeriesRecord& record : *records)
        request.series.push_back(record.id);
    request.range = context.range(work.range);
    request.rules = work.rules;
    const auto outcome = context.engine().validate(
        request, context.stop(), [&context](const ValidationProgress& now) { context.show(now.rows, now.totalRows); });
    if (!outcome)
        return failedOutcome(outcome.error());
    const auto serious = seriousFindings(**reader, work, request.series, request.range);
    if (!serious)
        return failedOutcome(serious.error());
    const auto& stored = outcome->stored;
    json result {{"rows", outcome->rows}, {"added", stored.added}, {"fixed", stored.fixed}, {"serious", *serious}};
    context.say(std::to_string(outcome->rows) + " rows judged, " + std::to_string(stored.added) + " findings are new, "
        + std::to_string(stored.fixed) + " are fixed");
    if (*serious > 0)
        return {TaskState::Failed, result.dump(), std::to_string(*serious) + " open findings of severity " + work.failOn + " or above", false};
    return doneOutcome(result);
}

TaskOutcome carryOut(TaskContext& context, const CompareWork& work)
{
    const auto reader = context.engine().store().openReader();
    if (!reader)
        return failedOutcome(reader.error());
    const auto records = storedOf(**reader, context.series());
    if (!records)
        return failedOutcome(records.error());
    const TimeRange range = context.range(work.range);
    std::int64_t compared = 0, added = 0, fixed = 0;
    for (const auto& keys : comparable(*records)) {
        const auto done = context.engine().compareAndStore({keys, keys.front().timeframe, range.from, range.to, false}, context.stop(),
            [&context](std::int64_t bars, std::int64_t total) { context.show(bars, total); });
        if (!done && done.error().code == ErrorCode::NotFound) { // no bars in common
            context.say(keys.front().symbol + ' ' + std::string(keys.front().timeframe.name()) + ": " + done.error().detail);
            continue;
        }
        if (!done)
            return failedOutcome(done.error());
        ++compared;
        added += done->stored.added;
        fixed += done->stored.fixed;
        context.say(keys.front().symbol + (keys.front().kind == Kind::OpenInterest ? " open interest " : " ") + std::string(keys.front().timeframe.name()) + ": " + std::to_string(keys.size())
            + " series, " + std::to_string(done->stored.added) + " findings are new, " + std::to_string(done->stored.fixed) + " are fixed");
    }
    if (compared == 0)
        return {TaskState::Skipped, "{}", "no two of them have bars to compare", true};
    return doneOutcome({{"compared", compared}, {"added", added}, {"fixed", fixed}});
}

TaskOutcome carryOut(TaskContext& context, const SqlWork& work)
{
    const auto query = filled(work.query, placeholdersOf(context.order(), context.range({})), quotedForSql);
    if (!query)
        return failedOutcome(query.error());
    const auto reader = context.engine().store().openReader();
    if (!reader)
        return failedOutcome(reader.error());
    const std::stop_callback onStop(context.stop(), [&reader] { (*reader)->interrupt(); });
    const auto table = (*reader)->query(*query);
    if (!table)
        return failedOutcome(table.error());
    json result {{"rows", table->rows.size()}};
    if (!table->rows.empty() && table->rows.front().front())
        result["first"] = *table->rows.front().front();
    const std::string why = objection(work.expect, *table);
    context.say(why.empty() ? "as expected: " + result.dump() : why, why.empty() ? log::Level::Info : log::Level::Warning);
    return why.empty() ? doneOutcome(result) : TaskOutcome {TaskState::Failed, result.dump(), why, false};
}

TaskOutcome carryOut(TaskContext& context, const RollupWork& work)
{
    std::int64_t rows = 0, aggregates = 0;
    for (const SeriesKey& key : context.series()) {
        if (context.stop().stop_requested())
            return failedOutcome({ErrorCode::Cancelled, "stopped", {}});
        for (const std::string& name : work.timeframes) {
            const Timeframe frame = *Timeframe::fromName(name);
            if (!(key.timeframe < frame) || key.kind != Kind::Candles)
                continue;
            const auto derived = context.engine().rollUp(key, frame, context.range(work.range), context.stop());
            if (!derived && derived.error().code == ErrorCode::NotFound)
                break; // nothing is stored
            if (!derived)
                return failedOutcome(derived.error());
            rows += derived->rows;
            context.say(derived->series.text() + ": " + std::to_string(derived->rows) + " bars"
                + (derived->rows == 0 ? "; all are there, or the source's own are stored, with which none are mixed" : ""));
        }
        if (!work.timeframes.empty())
            continue;
        const auto again = context.engine().rebuildAggregates({{key.source}, {key.exchange}, {key.symbol}, {key.market}, {key.kind}, {key.timeframe}});
        if (!again)
            return failedOutcome(again.error());
        aggregates += *again;
    }
    return doneOutcome({{"rows", rows}, {"aggregates", aggregates}});
}

} // namespace mnemo
