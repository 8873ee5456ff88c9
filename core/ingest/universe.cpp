#include "core/ingest/universe.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace mnemo {

namespace {

const std::vector<std::string> candlesAlone {"candles"};
const std::vector<std::string> itself {""};

bool isWanted(const UniverseEntry& entry, const std::string& symbol)
{
    const auto parts = parseSymbol(symbol);
    return entry.markets.empty() || !parts || std::ranges::find(entry.markets, toText(parts->market())) != entry.markets.end();
}

/// The requests of several entries, each once.
class Universe {
public:
    void add(const UniverseEntry& entry, const std::string& exchange, const std::string& symbol)
    {
        for (const std::string& source : entry.sources.empty() ? itself : entry.sources)
            for (const std::string& kind : entry.kinds.empty() ? candlesAlone : entry.kinds)
                for (const std::string& name : entry.timeframes)
                    if (const auto frame = Timeframe::fromName(name))
                        add(source, exchange, symbol, kindFromText(kind).value_or(Kind::Candles), *frame);
    }
    std::vector<BackfillRequest> requests;

private:
    void add(const std::string& source, const std::string& exchange, const std::string& symbol, Kind kind, Timeframe frame)
    {
        if (!m_seen.emplace(source == exchange ? std::string() : source, exchange, symbol, kind, frame).second)
            return;
        BackfillRequest& request = requests.emplace_back();
        request.source = source;
        request.exchange = exchange;
        request.symbol = symbol;
        request.timeframe = frame;
        request.kind = kind;
    }

    std::set<std::tuple<std::string, std::string, std::string, Kind, Timeframe>> m_seen;
};

} // namespace

std::vector<BackfillRequest> universeOf(const Settings& settings)
{
    Universe universe;
    for (const UniverseEntry& entry : settings.universe)
        for (const std::string& exchange : entry.exchanges)
            for (const std::string& symbol : entry.symbols)
                if (isWanted(entry, symbol))
                    universe.add(entry, exchange, symbol);
    return std::move(universe.requests);
}

std::set<SeriesKey> universeKeys(const Settings& settings, const Catalogue& catalogue, UtcMs now)
{
    std::set<SeriesKey> keys;
    for (BackfillRequest& request : universeOf(settings)) {
        request.range = {UtcMs {}, now}; // any: without one there is nothing to specify
        if (const auto spec = specify(request, catalogue, now))
            keys.insert(spec->key);
    }
    return keys;
}

} // namespace mnemo
