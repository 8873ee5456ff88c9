#include "app/cli/findinglists.h"

#include <algorithm>

#include "app/cli/findingtext.h"
#include "core/base/timetext.h"
#include "core/quality/rules/rules.h"

namespace mnemo::cli {

namespace {

/// Opens the store to read and hands it on; where nothing was stored yet the list is empty.
template <class Each>
ExitStatus reading(Context& context, bool isJson, const Each& each)
{
    const auto engine = context.openEngineToRead();
    if (!engine && engine.error().code == ErrorCode::NotFound) {
        note(engine.error().detail);
        return isJson ? printJson(Json::array()) : ExitStatus::Complete;
    }
    if (!engine)
        return report(engine.error());
    const auto reader = (*engine)->store().openReader();
    return reader ? each(**engine, **reader) : report(reader.error());
}

Json decisionJson(const Decision& decision)
{
    return {{"finding", decision.finding}, {"at", toMs(decision.at)}, {"who", decision.who},
        {"action", decision.action}, {"reason", decision.reason}};
}

Json barJson(const Candle& bar)
{
    Json json = {{"time", toMs(bar.openTime)}, {"open", bar.open}, {"high", bar.high}, {"low", bar.low},
        {"close", bar.close}, {"volume", bar.volume}};
    json["quoteVolume"] = bar.quoteVolume ? Json(*bar.quoteVolume) : Json();
    json["trades"] = bar.trades ? Json(*bar.trades) : Json();
    json["flags"] = bar.flags;
    return json;
}

std::string rawRow(const RawAnswer& answer)
{
    return answer.place ? answer.body.substr(answer.place->row.offset, answer.place->row.length) : std::string();
}

Json provenanceJson(const Provenance& all)
{
    Json json = toJson(all.finding, all.series.key);
    json["createdAt"] = toMs(all.finding.createdAt);
    json["bars"] = Json::array();
    for (const Candle& bar : all.bars)
        json["bars"].push_back(barJson(bar));
    json["pages"] = Json::array();
    for (const PageRecord& page : all.pages)
        json["pages"].push_back({{"from", toMs(page.range.from)}, {"to", toMs(page.range.to)},
            {"fetchedAt", toMs(page.fetchedAt)}, {"route", page.route}, {"status", page.status}, {"rows", page.rows},
            {"archiveKey", page.archiveKey.empty() ? Json() : Json(page.archiveKey)}});
    json["answer"] = Json();
    if (all.answer)
        json["answer"] = {{"url", all.answer->manifest.url}, {"status", all.answer->manifest.status},
            {"row", all.answer->place ? Json(rawRow(*all.answer)) : Json()}};
    json["problem"] = all.problem.empty() ? Json() : Json(all.problem);
    json["decisions"] = Json::array();
    for (const Decision& one : all.decisions)
        json["decisions"].push_back(decisionJson(one));
    return json;
}

ExitStatus printProvenance(const Provenance& all)
{
    const Finding& finding = all.finding;
    const Rule* rule = findRule(finding.rule);
    std::string text = "Finding " + std::to_string(finding.id) + ", " + finding.severity + ", " + finding.state + ": "
        + (rule ? rule->info.title : finding.rule) + "\n" + all.series.key.text() + ", " + formatShort(finding.range.from)
        + " to " + formatShort(finding.range.to) + " UTC\n" + whyOf(finding) + "\n";
    if (rule)
        text += rule->info.explanation + "\n";
    if (all.answer) {
        text += "Answer of " + formatShort(all.answer->page.fetchedAt) + " UTC to " + all.answer->manifest.url + "\n";
        if (all.answer->place)
            text += "  " + rawRow(*all.answer) + "\n";
    } else {
        text += "No answer to show: " + all.problem + "\n";
    }
    for (const Decision& one : all.decisions)
        text += formatShort(one.at) + " " + one.who + ": " + one.action + (one.reason.empty() ? "" : ", " + one.reason) + "\n";
    auto output = Output::toStdout();
    output.write(text);
    const auto done = output.finish();
    return done ? ExitStatus::Complete : report(done.error());
}

} // namespace

ExitStatus listFindings(Context& context, const FindingOptions& options)
{
    const auto filter = readFilter(options, context.now(), unfixedStates());
    if (!filter)
        return report(filter.error());
    const auto most = options.most.empty() ? Result<int>(1'000'000) : readCount("--most", options.most);
    if (!most)
        return report(most.error());
    return reading(context, options.isJson, [&](Engine&, StoreReader& reader) {
        auto ids = reader.findingIds(*filter, FindingOrder::Time);
        if (!ids)
            return report(ids.error());
        const std::size_t all = ids->size();
        ids->resize(std::min(all, static_cast<std::size_t>(*most)));
        if (ids->size() < all)
            note(withThousands(static_cast<std::int64_t>(all)) + " findings fit, the first "
                + withThousands(static_cast<std::int64_t>(ids->size())) + " follow.");
        return printFindings(reader, *ids, options.isJson);
    });
}

ExitStatus logDecisions(Context& context, const FindingOptions& options)
{
    const auto filter = readFilter(options, context.now(), {});
    if (!filter)
        return report(filter.error());
    const auto most = options.most.empty() ? Result<int>(1'000) : readCount("--most", options.most);
    if (!most)
        return report(most.error());
    return reading(context, options.isJson, [&](Engine&, StoreReader& reader) {
        const auto decisions = reader.decisionLog(*filter, static_cast<std::size_t>(*most));
        if (!decisions)
            return report(decisions.error());
        Json json = Json::array();
        Table table({"at", "finding", "who", "action", "reason"});
        table.alignRight(1);
        for (const Decision& one : *decisions) {
            json.push_back(decisionJson(one));
            table.add({formatShort(one.at), std::to_string(one.finding), one.who, one.action, one.reason});
        }
        return options.isJson ? printJson(json) : table.print();
    });
}

ExitStatus showFindings(Context& context, const FindingOptions& options)
{
    const auto ids = readFindingIds(options.ids);
    if (!ids)
        return report(ids.error());
    const auto engine = context.openEngineToRead();
    if (!engine)
        return report(engine.error());
    Json list = Json::array();
    auto status = ExitStatus::Complete;
    for (const FindingId id : *ids) {
        const auto all = (*engine)->provenance(id);
        if (!all)
            return report(all.error());
        if (options.isJson)
            list.push_back(provenanceJson(*all));
        else
            status = worst(status, printProvenance(*all));
    }
    return options.isJson ? printJson(list) : status;
}

} // namespace mnemo::cli
