#pragma once

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <memory>

#include <nlohmann/json.hpp>

#include "app/simulator/options.h"
#include "app/simulator/simulator.h"

namespace mnemo::sim {

/// A minute file of BTC/USDT in a folder of its own, and everything that serves it.
struct World {
    explicit World(const FaultPlan& faults = {}, const LimitMode& limits = {}, std::uint64_t seed = 1, int rows = 3000)
        : feed(clock, faults)
    {
        const std::string path = (std::filesystem::path(folder.path().toStdString()) / "minutes.csv").string();
        std::ofstream out(path);
        for (int i = 0; i < rows; ++i)
            out << start + i * 60'000 << ",100." << i % 10 << ",101,99.5,100," << i + 1 << "\n";
        out.close();
        std::vector<DataSpec> specs;
        for (const char* text : {"exchange=binance,symbol=BTC/USDT", "exchange=binance,symbol=BTC/USDT:USDT",
                 "exchange=binance,symbol=BTC/USD:BTC", "exchange=bybit,symbol=BTC/USDT:USDT", "exchange=bybit,symbol=BTC/USDT",
                 "exchange=okx,symbol=BTC/USDT", "exchange=okx,symbol=BTC/USDT:USDT", "exchange=kraken,symbol=BTC/USD",
                 "exchange=coinbaseexchange,symbol=BTC/USD", "exchange=bitfinex,symbol=BTC/USD"})
            specs.push_back(parseDataSpec(std::string(text) + ",timeframe=1m,file=" + path).value());
        loaded = store.load(specs).has_value();
        simulator = std::make_unique<Simulator>(store, feed, faults, limits, seed);
    }

    Reply get(std::string_view target) { return simulator->reply("GET", target, {}); }
    nlohmann::json body(std::string_view target)
    {
        const Reply reply = get(target);
        return reply.answer.status == 200 ? nlohmann::json::parse(reply.answer.body, nullptr, false) : nlohmann::json {};
    }

    static constexpr std::int64_t start = 1'700'000'040'000; // a full minute
    QTemporaryDir folder;
    FakeClock clock {fromMs(start + 3000 * 60'000 + 30'000)};
    MarketStore store;
    Feed feed;
    std::unique_ptr<Simulator> simulator;
    bool loaded = false;
};

} // namespace mnemo::sim
