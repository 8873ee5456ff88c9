#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "core/config/node.h"
#include "core/exchange/catalogue.h"
#include "places.h"

namespace mnemo::fuzz {

inline void check(bool condition)
{
    if (!condition)
        std::abort();
}

/// Every error is one line that says something.
inline void checkText(const Error& error)
{
    check(!error.detail.empty() && error.detail.find('\n') == std::string::npos);
}

inline Catalogue shippedCatalogue()
{
    std::map<std::string, Node> descriptions;
    for (const auto& entry : std::filesystem::directory_iterator(MNEMO_SOURCE_DIR "/config/exchanges")) {
        if (entry.path().extension() == ".yaml")
            descriptions[entry.path().stem().string()] = readYamlFile(entry.path().string()).value();
    }
    Problems problems;
    Catalogue catalogue = Catalogue::load(descriptions, problems);
    for (const Problem& problem : problems)
        std::fprintf(stderr, "%s\n", problem.text().c_str());
    check(problems.empty());
    return catalogue;
}

inline Instrument bitcoin(MarketType market)
{
    Instrument instrument;
    instrument.market = market;
    instrument.symbol = "BTC/USDT";
    instrument.id = "BTCUSDT";
    instrument.base = "BTC";
    instrument.quote = instrument.settle = "USDT";
    instrument.priceScale = 4;
    instrument.valueScale = 8;
    return instrument;
}

} // namespace mnemo::fuzz
