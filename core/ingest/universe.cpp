#include "core/ingest/universe.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace mnemo {

namespace {

const std::vector<std::string> candlesAlone {"candles"};

bool isWanted(const UniverseEntry& entry, const std::string& symbol)
{
    const auto parts = parseSymbol(symbol);
    return entry.markets.empty() || !parts || std::ranges::find(entry.markets, toText(parts->market())) != entry.markets.end();
}

} // namespace

std::vector<BackfillRequest> universeOf(const Settings& settings)
{
    std::vector<BackfillRequest> requests;
    std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
    for (const UniverseEntry& entry : settings.universe) {
        for (const std::string& exchange : entry.exchanges) {
            for (const std::string& symbol : entry.symbols) {
                if (!isWanted(entry, symbol))
                    continue;
                for (const std::string& kind : entry.kinds.empty() ? candlesAlone : entry.kinds) {
                    for (const std::string& name : entry.timeframes) {
                        const auto frame = Timeframe::fromName(name);
                        if (!frame || !seen.emplace(exchange, symbol, kind, name).second)
                            continue;
                        BackfillRequest request;
                        request.exchange = exchange;
                        request.symbol = symbol;
                        request.timeframe = *frame;
                        request.kind = kindFromText(kind).value_or(Kind::Candles);
                        requests.push_back(std::move(request));
                    }
                }
            }
        }
    }
    return requests;
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
