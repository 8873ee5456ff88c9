#pragma once

#include <memory>
#include <string>

#include "ui/universe/universeindex.h"

namespace mnemo::test {

inline StoredSeries storedSeries(SeriesId id, const char* exchange, const char* symbol, const char* frame,
    MarketType market = MarketType::Spot, std::int64_t rows = 10)
{
    StoredSeries result;
    result.record.id = id;
    result.record.key.exchange = result.record.key.source = exchange;
    result.record.key.market = market;
    result.record.key.symbol = symbol;
    result.record.key.timeframe = *Timeframe::fromName(frame);
    result.rows = rows;
    result.expected = 100;
    result.answered = 50;
    return result;
}

inline UniverseVenue universeVenue(const char* id, const char* name)
{
    UniverseVenue venue {id, name, {}, false, false};
    for (auto& frames : venue.frames)
        frames = {*Timeframe::fromName("1m"), *Timeframe::fromName("1h"), *Timeframe::fromName("1d")};
    return venue;
}

inline Instrument instrument(const std::string& venue, const std::string& base, const std::string& quote, MarketType market)
{
    Instrument one;
    one.exchange = venue;
    one.market = market;
    one.base = base;
    one.quote = quote;
    one.symbol = base + '/' + quote + (market == MarketType::Spot ? std::string() : ':' + quote);
    one.id = base + quote;
    return one;
}

/// @p count instruments over a hundred venues, two markets and four quotes, as long lists look.
inline std::shared_ptr<const UniverseIndex> largeUniverse(int count, const StoredSeriesList& stored = {})
{
    std::vector<UniverseVenue> venues;
    UniverseIndex::Lists lists;
    constexpr int venueCount = 100;
    const char* quotes[] = {"USDT", "USDC", "BTC", "EUR"};
    for (int v = 0; v < venueCount; ++v) {
        const std::string id = "venue" + std::to_string(v);
        venues.push_back(universeVenue(id.c_str(), ("Venue " + std::to_string(v)).c_str()));
        for (int i = 0; i < count / venueCount; ++i) {
            std::string base;
            for (int n = i / 8 + 1; n > 0; n /= 26)
                base += static_cast<char>('A' + n % 26);
            base += "X";
            lists[id].push_back(instrument(
                id, i < 8 ? "BTC" : base, quotes[i % 4], i % 8 < 4 ? MarketType::Spot : MarketType::Linear));
        }
    }
    return UniverseIndex::build(std::move(venues), lists, stored);
}

} // namespace mnemo::test
