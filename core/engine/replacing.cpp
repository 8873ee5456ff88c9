#include "core/engine/replacing.h"

#include <algorithm>
#include <array>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

constexpr const char* byHand = "by_hand";
constexpr std::int64_t mostBars = 1'440; // one decision, one look at them

Result<SeriesRecord> stored(StoreReader& reader, const SeriesKey& key)
{
    auto record = reader.find(key);
    if (!record)
        return fail(std::move(record.error()));
    if (!*record)
        return fail(ErrorCode::NotFound, key.text() + " is not stored: backfill it first");
    return std::move(**record);
}

std::optional<std::string> mismatch(const SeriesRecord& own, const SeriesRecord& other)
{
    const auto ownParts = parseSymbol(own.key.symbol);
    const auto otherParts = parseSymbol(other.key.symbol);
    if (own.id == other.id)
        return "a bar cannot be replaced by itself: name another venue or source";
    if (own.key.kind != Kind::Candles || other.key.kind != Kind::Candles)
        return "only candles can be replaced";
    if (own.grid() != other.grid())
        return "the bars of " + other.key.text() + " open at other times or are of another length";
    if (!ownParts || !otherParts || ownParts->base != otherParts->base || own.key.market != other.key.market)
        return other.key.text() + " is another instrument than " + own.key.text();
    return std::nullopt;
}

} // namespace

Result<std::vector<Candle>> replacementRows(StoreReader& reader, FindingId finding, const SeriesKey& from)
{
    const std::array ids {finding};
    const auto found = reader.findingsById(ids);
    if (!found)
        return fail(found.error());
    if (found->empty())
        return fail(ErrorCode::NotFound, "there is no finding " + std::to_string(finding));
    const auto all = reader.series();
    if (!all)
        return fail(all.error());
    const auto own = std::ranges::find(*all, found->front().series, &SeriesRecord::id);
    if (own == all->end())
        return fail(ErrorCode::NotFound, "the series of finding " + std::to_string(finding) + " is gone");
    const auto other = stored(reader, from);
    if (!other)
        return fail(other.error());
    if (const auto why = mismatch(*own, *other))
        return fail(ErrorCode::InvalidArgument, *why);
    const TimeRange range = found->front().range;
    if (own->grid().count(range) > mostBars)
        return fail(ErrorCode::InvalidArgument, "at most " + std::to_string(mostBars) + " bars are replaced at a time");
    std::vector<Candle> rows;
    const auto read = reader.eachCandle(other->id, range, true, [&rows](const Candle& bar) {
        rows.push_back(bar);
        return true;
    });
    if (!read)
        return fail(read.error());
    if (rows.empty())
        return fail(ErrorCode::NotFound,
            other->key.text() + " holds no bar from " + formatShort(range.from) + " to " + formatShort(range.to)
                + " that could take the place");
    return rows;
}

Result<FindingId> raiseByHand(StoreReader& reader, Writer& writer, const SeriesKey& series, TimeRange bars, UtcMs at)
{
    const auto record = stored(reader, series);
    if (!record)
        return fail(record.error());
    if (bars.isEmpty() || !record->grid().isOpen(bars.from) || !record->grid().isOpen(bars.to))
        return fail(ErrorCode::InvalidArgument,
            "the range from " + formatShort(bars.from) + " to " + formatShort(bars.to)
                + " is not that of whole bars of " + series.text());
    const auto known = [&]() -> Result<std::optional<FindingId>> {
        const auto findings = reader.findings(record->id, bars);
        if (!findings)
            return fail(findings.error());
        for (const Finding& finding : *findings) {
            if (finding.rule == byHand && finding.range == bars)
                return finding.id;
        }
        return std::nullopt;
    };
    auto id = known();
    if (!id)
        return fail(id.error());
    if (!*id) {
        Finding finding;
        finding.series = record->id;
        finding.rule = byHand;
        finding.severity = "info";
        finding.range = bars;
        finding.details = "{\"why\":\"Somebody chose these bars.\"}";
        // a window of the first bar alone: others that were chosen stay
        FindingSync sync {record->id, {{byHand, {bars.from, bars.from + milliseconds {1}}}}, {finding}, at};
        const auto raised = writer.call([&](StoreWriter& store) { return store.syncFindings(sync); });
        if (!raised)
            return fail(raised.error());
        id = known();
        if (!id)
            return fail(id.error());
    }
    return *id ? Result<FindingId>(**id) : fail(ErrorCode::Internal, "the finding was not stored");
}

} // namespace mnemo
