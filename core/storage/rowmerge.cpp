#include "core/storage/rowmerge.h"

#include <optional>

#include "core/base/decimal.h"

namespace mnemo {

namespace {

constexpr std::uint32_t originFlags = Foreign | ApproximateVolume;

/// The stored value is kept where the answer has none; only two values can disagree.
template<class T>
bool disagree(const std::optional<T>& stored, const std::optional<T>& answered)
{
    return stored && answered && *stored != *answered;
}

bool samePrices(const Candle& a, const Candle& b)
{
    return a.open == b.open && a.high == b.high && a.low == b.low && a.close == b.close && a.volume == b.volume;
}

RowDecision revised(const Candle& stored, const Candle& answered)
{
    Candle result = answered;
    result.flags |= stored.flags & Quarantined;
    if (stored.volume == answered.volume) {
        result.quoteVolume = answered.quoteVolume ? answered.quoteVolume : stored.quoteVolume;
        result.trades = answered.trades ? answered.trades : stored.trades;
    }
    return {RowVerdict::Revised, result};
}

template<class T>
std::string jsonNumber(const std::optional<T>& value)
{
    return value ? formatDecimal(static_cast<double>(*value)) : std::string("null");
}

struct FieldTexts {
    std::string before, after;
    void add(const char* name, const std::string& from, const std::string& to)
    {
        if (from == to)
            return;
        const std::string prefix = (before.empty() ? "\"" : ",\"") + std::string(name) + "\":";
        before += prefix + from;
        after += prefix + to;
    }
};

std::string changeText(const Revision& revision)
{
    const Candle& from = revision.before;
    const Candle& to = revision.after;
    FieldTexts texts;
    texts.add("open", formatDecimal(from.open), formatDecimal(to.open));
    texts.add("high", formatDecimal(from.high), formatDecimal(to.high));
    texts.add("low", formatDecimal(from.low), formatDecimal(to.low));
    texts.add("close", formatDecimal(from.close), formatDecimal(to.close));
    texts.add("volume", formatDecimal(from.volume), formatDecimal(to.volume));
    texts.add("quote_volume", jsonNumber(from.quoteVolume), jsonNumber(to.quoteVolume));
    texts.add("trades", jsonNumber(from.trades), jsonNumber(to.trades));
    return "{\"time\":" + std::to_string(toMs(from.openTime)) + ",\"old\":{" + texts.before + "},\"new\":{" + texts.after
        + "}}";
}

} // namespace

RowDecision decideRow(const Candle& stored, const Candle& answered)
{
    if ((stored.flags & Replaced) != 0)
        return {RowVerdict::Same, stored};
    if (!samePrices(stored, answered) || disagree(stored.quoteVolume, answered.quoteVolume)
        || disagree(stored.trades, answered.trades))
        return revised(stored, answered);
    Candle result = stored;
    result.flags &= ~(originFlags & ~answered.flags);
    if (!stored.quoteVolume)
        result.quoteVolume = answered.quoteVolume;
    if (!stored.trades)
        result.trades = answered.trades;
    return {result == stored ? RowVerdict::Same : RowVerdict::Completed, result};
}

RowMerge mergeRows(std::span<const Candle> stored, std::span<const Candle> answered)
{
    RowMerge out;
    out.merged.reserve(stored.size() + answered.size());
    auto old = stored.begin();
    for (const Candle& row : answered) {
        for (; old != stored.end() && old->openTime < row.openTime; ++old)
            out.merged.push_back(*old);
        if (old == stored.end() || old->openTime != row.openTime) {
            ++out.added;
            out.merged.push_back(row);
            out.writes.push_back(row);
            continue;
        }
        const RowDecision decision = decideRow(*old, row);
        out.merged.push_back(decision.result);
        if (decision.verdict != RowVerdict::Same)
            out.writes.push_back(decision.result);
        if (decision.verdict == RowVerdict::Revised)
            out.revisions.push_back({*old, decision.result});
        else
            ++out.same;
        ++old;
    }
    out.merged.insert(out.merged.end(), old, stored.end());
    return out;
}

std::vector<std::span<const Revision>> revisionRuns(std::span<const Revision> revisions, const Grid& grid)
{
    std::vector<std::span<const Revision>> runs;
    std::size_t start = 0;
    for (std::size_t i = 1; i <= revisions.size(); ++i) {
        const bool continues = i < revisions.size()
            && grid.next(revisions[i - 1].before.openTime) == revisions[i].before.openTime;
        if (continues)
            continue;
        runs.push_back(revisions.subspan(start, i - start));
        start = i;
    }
    return runs;
}

std::string revisionDetails(std::span<const Revision> run, std::int64_t pageId)
{
    constexpr std::size_t listed = 20;
    std::string out = "{\"page\":" + std::to_string(pageId) + ",\"bars\":" + std::to_string(run.size()) + ",\"changes\":[";
    for (std::size_t i = 0; i < run.size() && i < listed; ++i) {
        if (i > 0)
            out += ',';
        out += changeText(run[i]);
    }
    return out + "]}";
}

} // namespace mnemo
