#include "core/ingest/universe.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace mnemo {

namespace {

bool isWanted(const UniverseEntry& entry, const std::string& symbol)
{
    const auto parts = parseSymbol(symbol);
    return entry.markets.empty() || !parts || std::ranges::find(entry.markets, toText(parts->market())) != entry.markets.end();
}

} // namespace

std::vector<BackfillRequest> universeOf(const Settings& settings)
{
    std::vector<BackfillRequest> requests;
    std::set<std::tuple<std::string, std::string, std::string>> seen;
    for (const UniverseEntry& entry : settings.universe) {
        for (const std::string& exchange : entry.exchanges) {
            for (const std::string& symbol : entry.symbols) {
                for (const std::string& name : entry.timeframes) {
                    const auto frame = Timeframe::fromName(name);
                    if (!frame || !isWanted(entry, symbol) || !seen.emplace(exchange, symbol, name).second)
                        continue;
                    BackfillRequest request;
                    request.exchange = exchange;
                    request.symbol = symbol;
                    request.timeframe = *frame;
                    requests.push_back(std::move(request));
                }
            }
        }
    }
    return requests;
}

} // namespace mnemo
