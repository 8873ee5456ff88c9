#include "app/cli/commands.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/output.h"
#include "app/cli/storedseries.h"
#include "core/base/timetext.h"

namespace mnemo::cli {

namespace {

// --- gaps ---

Json toJson(const GapEvidence::Neighbours& side)
{
    Json json = {{"bars", side.bars}, {"medianVolume", side.bars > 0 ? Json(side.medianVolume) : Json()}};
    json["medianTrades"] = side.medianTrades ? Json(*side.medianTrades) : Json();
    return json;
}

Json rangeJson(TimeRange range)
{
    return {{"from", toMs(range.from)}, {"to", toMs(range.to)}};
}

Json pageJson(const PageRecord& page)
{
    Json json = rangeJson(page.range);
    json["fetchedAt"] = toMs(page.fetchedAt);
    json["route"] = page.route;
    json["status"] = page.status;
    json["rows"] = page.rows;
    json["archiveKey"] = page.archiveKey.empty() ? Json() : Json(page.archiveKey);
    return json;
}

Json outagesJson(const GapEvidence& evidence)
{
    Json list = Json::array();
    for (const auto& outage : evidence.listed) {
        Json json = rangeJson(outage.range);
        json.update({{"listed", outage.id}, {"reason", outage.reason}, {"source", outage.source}});
        list.push_back(std::move(json));
    }
    for (const auto& outage : evidence.inferred) {
        Json json = rangeJson(outage.range);
        json.update({{"silent", outage.silent}, {"asked", outage.asked}, {"symbols", outage.symbols}});
        list.push_back(std::move(json));
    }
    return list;
}

/// The evidence for programs; the sentence stands beside it.
Json detailsJson(const GapEvidence& evidence)
{
    Json pages = Json::array(), elsewhere = Json::array(), notes = Json::array();
    for (const auto& page : evidence.pages)
        pages.push_back(pageJson(page));
    for (const auto& other : evidence.elsewhere) {
        Json json = mnemo::cli::toJson(other.series);
        json["bars"] = other.bars;
        json["rows"] = other.rows;
        elsewhere.push_back(std::move(json));
    }
    for (const auto& annotation : evidence.annotations)
        notes.push_back(annotation.text);
    return {{"checks", {{"fewest", evidence.fewestChecks}, {"most", evidence.mostChecks}}},
        {"requests", evidence.requests}, {"pages", pages}, {"before", toJson(evidence.before)},
        {"after", toJson(evidence.after)}, {"elsewhere", elsewhere},
        {"venue",
            {{"others", evidence.venue.others}, {"asked", evidence.venue.asked}, {"silent", evidence.venue.silent}}},
        {"outages", outagesJson(evidence)}, {"notes", notes}};
}

bool isExplained(GapClass gapClass)
{
    return gapClass == GapClass::Empty || gapClass == GapClass::Unlisted || gapClass == GapClass::Delisted;
}

class GapPrinter {
public:
    GapPrinter() { m_table.alignRight(7); }

    Result<void> add(Engine& engine, const SeriesState& state, const OpenRange& wanted)
    {
        const auto range = state.record.grid().aligned(wanted.within(state.known));
        if (range.isEmpty())
            return {};
        if (!m_isIndexed) { // outages are inferred from all series of a venue
            if (const auto loaded = engine.coverage().load(); !loaded)
                return fail(loaded.error());
            m_isIndexed = true;
        }
        const auto gaps = engine.gaps(state.record, range);
        if (!gaps)
            return fail(gaps.error());
        const auto evidence = engine.evidence(state.record, *gaps);
        if (!evidence)
            return fail(evidence.error());
        for (std::size_t i = 0; i < gaps->size(); ++i)
            add(state.record.key, (*gaps)[i], (*evidence)[i]);
        return {};
    }

    ExitStatus print(bool isJson) const
    {
        const auto printed = isJson ? printJson(m_list) : m_table.print();
        return worst(printed, m_isAllExplained ? ExitStatus::Complete : ExitStatus::Incomplete);
    }

private:
    void add(const SeriesKey& key, const Gap& gap, const GapEvidence& evidence)
    {
        Json json = mnemo::cli::toJson(key);
        json.update(mnemo::cli::toJson(gap));
        json["evidence"] = evidence.text;
        json["details"] = detailsJson(evidence);
        m_list.push_back(std::move(json));
        m_table.add({key.exchange, std::string(toText(key.market)), key.symbol, std::string(toText(key.kind)),
            std::string(key.timeframe.name()), formatShort(gap.range.from), formatShort(gap.range.to),
            withThousands(gap.bars), std::string(toText(gap.gapClass)), evidence.text});
        m_isAllExplained = m_isAllExplained && isExplained(gap.gapClass);
    }

    Json m_list = Json::array();
    Table m_table {{"exchange", "market", "symbol", "kind", "frame", "from", "to", "bars", "class", "evidence"}};
    bool m_isAllExplained = true;
    bool m_isIndexed = false;
};

ExitStatus gaps(Context& context, const ListOptions& options)
{
    GapPrinter printer;
    const auto status = forEachSeries(
        context, options.filters, [&](Engine& engine, StoreReader&, const SeriesState& state, const OpenRange& wanted) {
            return printer.add(engine, state, wanted);
        });
    return status == ExitStatus::Complete ? printer.print(options.isJson) : status;
}

} // namespace

void addGapCommands(CLI::App& app, Context& context)
{
    addListCommand(app, context, "gaps",
        "Absent bars, each with its class and the evidence; exit status 1 where one is not explained", &gaps);
}

} // namespace mnemo::cli
