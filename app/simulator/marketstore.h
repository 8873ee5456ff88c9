#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/simulator/bar.h"
#include "core/base/result.h"
#include "core/market/instrument.h"

namespace mnemo::sim {

/// One instrument of one simulated venue.
struct Market {
    std::string exchange;
    MarketType type = MarketType::Spot;
    SymbolParts symbol;
    std::string id;           ///< the venue's own name
    Fixed contractSize {1, 0};///< base units (linear) or quote units (inverse) of a contract
    int priceScale = 2, volumeScale = 3;
    UtcMs listed {};
    double interest = 0;      ///< open contracts on an ordinary day, one-sided, base units; 0: the venue tells none
    std::uint64_t interestSeed = 0;
    std::unique_ptr<BarSource> source;
};

/// `--data`: which file belongs to which market.
struct DataSpec {
    std::string exchange;
    MarketType type = MarketType::Spot;
    SymbolParts symbol;
    Timeframe frame;
    std::string file;
    std::string venue, coin;
    bool inContracts = false; ///< the file's volume counts contracts
};

/// All markets. Filled before the server starts, read-only afterwards: no locks.
class MarketStore {
public:
    /// Loads the files and joins those of one market. Errors: NotFound, BadAnswer, InvalidArgument.
    Result<void> load(const std::vector<DataSpec>& specs);
    /// A made-up world for each of @p exchanges; markets that have files keep them.
    Result<void> addSynthetic(std::uint64_t seed, const std::vector<std::string>& exchanges);

    const Market* find(std::string_view exchange, MarketType type, std::string_view id) const;
    Market* find(std::string_view exchange, const SymbolParts& symbol); ///< null where there is none
    Market* firstMarket(std::string_view exchange);                    ///< by type and id
    std::vector<const Market*> markets(std::string_view exchange, MarketType type) const; ///< sorted by id
    std::vector<std::string> exchanges() const;

private:
    Market* add(std::string_view exchange, MarketType type, const SymbolParts& symbol);
    std::map<std::string, std::map<std::pair<MarketType, std::string>, Market>, std::less<>> m_markets;
};

} // namespace mnemo::sim
