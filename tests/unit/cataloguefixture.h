#pragma once

#include <QDir>
#include <QTest>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/config/mapreader.h"
#include "core/exchange/catalogue.h"
#include "core/exchange/formula.h"
#include "core/exchange/nodereading.h"
#include "core/exchange/template.h"
#include "core/exchange/timeunit.h"
#include "places.h"

namespace mnemo {

inline Node yaml(const std::string& text, const std::string& file = "test.yaml")
{
    auto node = parseYaml(text, file);
    return node ? *node : Node{};
}

inline Catalogue loadShipped(const std::map<std::string, std::string>& over, Problems* found)
{
    std::map<std::string, Node> descriptions;
    const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
    for (const QString& name : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files)) {
        const std::string id = name.chopped(5).toStdString();
        descriptions[id] = readYamlFile(folder.filePath(name).toStdString()).value();
        if (const auto extra = over.find(id); extra != over.end())
            descriptions[id] = merged(descriptions[id], yaml(extra->second));
    }
    Problems problems;
    Catalogue catalogue = Catalogue::load(descriptions, problems);
    if (found != nullptr)
        *found = problems;
    return catalogue;
}

/// Read once where nothing is laid over it: there are many files.
inline Catalogue shipped(const std::map<std::string, std::string>& over = {}, Problems* found = nullptr)
{
    static const Catalogue plain = loadShipped({}, nullptr);
    return over.empty() && found == nullptr ? plain : loadShipped(over, found);
}

inline UtcMs at(const char* text)
{
    return parseTime(text).value();
}

/// One answer to each call of a market list.
inline std::vector<MarketAnswer> answers(const std::vector<std::string>& bodies)
{
    std::vector<MarketAnswer> list;
    for (const std::string& body : bodies)
        list.push_back({list.size(), body});
    return list;
}

FetchArgs argsFor(
    const Venue& venue, MarketType market, const std::string& symbol, const char* frame, Kind kind = Kind::Candles)
{
    FetchArgs args;
    args.kind = kind;
    args.instrument = venue.instrument(market, symbol).value_or(Instrument{});
    args.timeframe = Timeframe::fromName(frame).value();
    args.now = at("2025-01-01");
    return args;
}

/// The smallest description that reads.
const std::string smallVenue = R"(
name: Small
host: https://small.example
candles:
  path: /klines
  params: { s: "{symbol}", i: "{frame}", from: "{start}", to: "{end}", n: "{limit}" }
  frames: { 1m: 1, 1h: 60 }
  range: { style: window, start: { unit: ms }, end: { unit: ms } }
  limit: { default: 100, max: 500 }
  rows: { kind: arrays }
  fields: { time: [0, ms], open: 1, high: 2, low: 3, close: 4, volume: 5 }
spot: { symbol: "{base}{quote}" }
)";

inline std::shared_ptr<const Venue> smallWith(const std::string& over)
{
    Problems problems;
    const auto catalogue = Catalogue::load({{"small", description::overlaid(yaml(smallVenue), yaml(over))}}, problems);
    for (const Problem& problem : problems)
        qWarning("%s", problem.text().c_str());
    return catalogue.venue("small").value_or(nullptr);
}

} // namespace mnemo
