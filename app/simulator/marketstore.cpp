#include "app/simulator/marketstore.h"

#include <algorithm>
#include <array>

#include "app/simulator/candlefile.h"
#include "app/simulator/filesource.h"
#include "app/simulator/noise.h"
#include "app/simulator/syntheticsource.h"
#include "app/simulator/venues.h"
#include "core/base/timetext.h"

namespace mnemo::sim {

namespace {

struct Asset {
    std::string_view base;
    double level;
    int priceScale, volumeScale;
    double tradesPerMinute, volumePerMinute;
    std::string_view listed;
    bool isSpotOnly = false;
};

constexpr double interestInMinutes = 1500; ///< open contracts, in the volume of so many ordinary minutes

constexpr std::array assets {
    Asset {"BTC", 62000, 2, 5, 900, 14, "2017-08-17T04:00"},
    Asset {"ETH", 2700, 2, 4, 600, 190, "2017-08-17T04:00"},
    Asset {"SOL", 140, 2, 3, 350, 2200, "2020-08-11T06:00"},
    Asset {"XRP", 0.9, 4, 1, 260, 130000, "2018-05-04T08:00"},
    Asset {"DOGE", 0.16, 5, 0, 220, 700000, "2019-07-05T12:00"},
    Asset {"ADA", 0.6, 4, 1, 140, 90000, "2018-04-17T04:00"},
    Asset {"LINK", 15, 3, 2, 90, 1500, "2019-01-16T10:00"},
    Asset {"ENJ", 0.28, 4, 1, 2.6, 900, "2021-03-10T09:00", true},
    Asset {"KSM", 27, 2, 3, 1.4, 6, "2022-09-21T07:00", true},
    Asset {"LTC", 85, 2, 3, 120, 900, "2017-12-13T03:00", true},
    Asset {"BCH", 400, 2, 4, 80, 60, "2019-11-28T10:00", true},
    Asset {"AVAX", 30, 3, 2, 110, 1900, "2020-09-22T06:00", true},
    Asset {"DOT", 6.2, 3, 2, 90, 4200, "2020-08-18T23:00", true},
    Asset {"ATOM", 7.5, 3, 2, 60, 2100, "2019-04-29T04:00", true},
    Asset {"UNI", 8.1, 3, 2, 50, 1300, "2020-09-17T03:00", true},
    Asset {"XLM", 0.11, 5, 0, 40, 110000, "2018-05-31T09:00", true},
    Asset {"TRX", 0.13, 5, 0, 70, 260000, "2018-06-11T11:00", true},
    Asset {"NEAR", 5.3, 3, 1, 60, 2600, "2020-10-14T05:00", true},
    Asset {"ETC", 22, 2, 2, 45, 500, "2018-06-12T05:00", true},
    Asset {"FIL", 4.9, 3, 2, 30, 900, "2020-10-15T09:00", true},
};

SymbolParts symbolOf(const Asset& asset, MarketType type, const VenueTraits& venue)
{
    SymbolParts symbol;
    symbol.base = asset.base;
    symbol.quote = type == MarketType::Spot ? venue.spotQuote : type == MarketType::Linear ? "USDT" : "USD";
    if (type != MarketType::Spot)
        symbol.settle = type == MarketType::Linear ? symbol.quote : symbol.base;
    return symbol;
}

/// Contract counts to base units.
void toBaseUnits(std::vector<Bar>& bars, const Market& market)
{
    const double size = market.contractSize.toDouble();
    const auto convert = [&](Fixed contracts, double price) {
        const double base = market.type == MarketType::Inverse ? contracts.toDouble() * size / price
                                                                : contracts.toDouble() * size;
        return Fixed::fromDouble(base, 8);
    };
    for (Bar& bar : bars) {
        bar.volume = convert(bar.volume, bar.close.toDouble());
        bar.takerVolume = convert(bar.takerVolume, bar.close.toDouble());
    }
}

void learnScales(Market& market, const std::vector<Bar>& bars)
{
    for (const Bar& bar : bars) {
        market.priceScale = std::max({market.priceScale, bar.open.scale, bar.high.scale, bar.low.scale, bar.close.scale});
        market.volumeScale = std::max(market.volumeScale, bar.volume.scale);
    }
}

} // namespace

Market* MarketStore::add(std::string_view exchange, MarketType type, const SymbolParts& symbol)
{
    const VenueTraits* venue = findVenue(exchange);
    const std::string id = venue->marketId(type, symbol);
    auto& ofExchange = m_markets.try_emplace(std::string(exchange)).first->second;
    const auto [found, isNew] = ofExchange.try_emplace({type, id});
    Market& market = found->second;
    if (isNew) {
        market.exchange = exchange;
        market.type = type;
        market.symbol = symbol;
        market.id = id;
        market.contractSize = venue->contractSize(type, symbol);
    }
    return &market;
}

Result<void> MarketStore::load(const std::vector<DataSpec>& specs)
{
    for (const DataSpec& spec : specs) {
        auto bars = readCandles({spec.file, spec.venue, spec.coin, Grid(spec.frame)});
        if (!bars)
            return fail(bars.error());
        Market* market = add(spec.exchange, spec.type, spec.symbol);
        if (spec.inContracts)
            toBaseUnits(*bars, *market);
        if (!market->source) {
            market->source = std::make_unique<FileSource>();
            market->priceScale = market->volumeScale = 0;
        }
        learnScales(*market, *bars);
        auto& source = dynamic_cast<FileSource&>(*market->source);
        source.add(spec.frame, *std::move(bars));
        market->listed = source.first().value_or(UtcMs {});
    }
    return {};
}

Result<void> MarketStore::addSynthetic(std::uint64_t seed, const std::vector<std::string>& exchanges)
{
    for (const std::string& exchange : exchanges) {
        const VenueTraits* venue = findVenue(exchange);
        if (!venue)
            return fail(ErrorCode::InvalidArgument, "exchange " + exchange + " is not simulated");
        if (venue->isProvider) {
            m_markets.try_emplace(exchange);
            continue;
        }
        for (const Asset& asset : assets) {
            for (const MarketType type : {MarketType::Spot, MarketType::Linear, MarketType::Inverse}) {
                if ((type == MarketType::Linear && !venue->hasLinear) || (type == MarketType::Inverse && !venue->hasInverse)
                    || (type != MarketType::Spot && asset.isSpotOnly))
                    continue;
                Market* market = add(exchange, type, symbolOf(asset, type, *venue));
                if (market->source)
                    continue; // a file knows better
                // Younger at the smaller venues, derivatives after the spot market.
                const std::uint64_t age = mixText(mix(seed, static_cast<std::uint64_t>(type)), exchange + std::string(asset.base));
                const auto later = std::chrono::hours {
                    (exchange == "binance" ? 0 : age % (500 * 24)) + (type == MarketType::Spot ? 0 : 24 * 300 + age % (24 * 400))};
                market->priceScale = asset.priceScale;
                market->volumeScale = asset.volumeScale;
                market->listed = parseTime(asset.listed).value_or(UtcMs {}) + later;
                if (type != MarketType::Spot) {
                    market->interest = asset.volumePerMinute * interestInMinutes;
                    market->interestSeed = mix(age, 0x01A7);
                }
                market->source = std::make_unique<SyntheticSource>(SyntheticSpec {seed, exchange, std::string(asset.base),
                    std::string(toText(type)), asset.level, asset.priceScale, asset.volumeScale, asset.tradesPerMinute,
                    asset.volumePerMinute, market->listed, venue->showsEmptyBars});
            }
        }
    }
    return {};
}

const Market* MarketStore::find(std::string_view exchange, MarketType type, std::string_view id) const
{
    const auto ofExchange = m_markets.find(exchange);
    if (ofExchange == m_markets.end())
        return nullptr;
    const auto found = ofExchange->second.find({type, std::string(id)});
    return found == ofExchange->second.end() ? nullptr : &found->second;
}

Market* MarketStore::find(std::string_view exchange, const SymbolParts& symbol)
{
    const auto ofExchange = m_markets.find(exchange);
    if (ofExchange == m_markets.end())
        return nullptr;
    const auto found = std::ranges::find_if(ofExchange->second, [&](const auto& entry) { return entry.second.symbol == symbol; });
    return found == ofExchange->second.end() ? nullptr : &found->second;
}

Market* MarketStore::firstMarket(std::string_view exchange)
{
    const auto ofExchange = m_markets.find(exchange);
    return ofExchange == m_markets.end() || ofExchange->second.empty() ? nullptr : &ofExchange->second.begin()->second;
}

std::vector<const Market*> MarketStore::markets(std::string_view exchange, MarketType type) const
{
    std::vector<const Market*> result;
    const auto ofExchange = m_markets.find(exchange);
    if (ofExchange == m_markets.end())
        return result;
    for (const auto& [key, market] : ofExchange->second) {
        if (key.first == type)
            result.push_back(&market);
    }
    return result;
}

std::vector<std::string> MarketStore::exchanges() const
{
    std::vector<std::string> result;
    for (const auto& entry : m_markets)
        result.push_back(entry.first);
    return result;
}

} // namespace mnemo::sim
