// Decoding of one page of candles: ours against a careful loop over nlohmann's DOM, alternated, medians of five.
// Usage: bench_decode [rows]. Prints microseconds, MB/s and the ratio; exit 1 where the two read different rows.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/decimal.h"
#include "core/config/node.h"
#include "core/exchange/catalogue.h"
#include "places.h"

using namespace mnemo;

namespace {

/// A body as Binance writes it: 12 columns, about 170 bytes a row.
std::string klines(int rows)
{
    std::string body = "[";
    double price = 42283.58;
    for (int i = 0; i < rows; ++i) {
        const long long open = 1'704'067'200'000LL + i * 60'000LL;
        char row[400];
        const double close = price + (i % 7 - 3) * 3.17;
        std::snprintf(row, sizeof row,
            "%s[%lld,\"%.8f\",\"%.8f\",\"%.8f\",\"%.8f\",\"%.8f\",%lld,\"%.8f\",%d,\"%.8f\",\"%.8f\",\"0\"]",
            i == 0 ? "" : ",", open, price, price + 11.07, price - 9.31, close, 10.5 + i % 13 * 1.234567, open + 59'999,
            424'242.5 + i * 1.25, 900 + i % 77, 5.25 + i % 11 * 0.777, 212'121.25 + i);
        body += row;
        price = close;
    }
    return body + "]";
}

std::vector<Candle> byHand(const std::string& body)
{
    const auto json = nlohmann::json::parse(body);
    std::vector<Candle> rows;
    rows.reserve(json.size());
    const auto number = [](const nlohmann::json& value) {
        return parseDecimal(value.get_ref<const std::string&>()).value();
    };
    for (const auto& row : json) {
        Candle& candle = rows.emplace_back();
        candle.openTime = fromMs(row[0].get<std::int64_t>());
        candle.open = number(row[1]);
        candle.high = number(row[2]);
        candle.low = number(row[3]);
        candle.close = number(row[4]);
        candle.volume = number(row[5]);
        candle.quoteVolume = number(row[7]);
        candle.trades = row[8].get<std::int64_t>();
    }
    return rows;
}

template <class Body>
double microseconds(int times, Body body)
{
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i)
        body();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / times;
}

} // namespace

int main(int argc, char** argv)
{
    const int count = argc > 1 ? std::atoi(argv[1]) : 1000;
    const std::string body = klines(count);
    Problems problems;
    const auto node = readYamlFile(MNEMO_SOURCE_DIR "/config/exchanges/binance.yaml");
    if (!node)
        return std::fprintf(stderr, "%s\n", node.error().detail.c_str()), 2;
    const auto venue = Catalogue::load({{"binance", *node}}, problems).venue("binance").value();
    FetchArgs args;
    args.instrument = venue->instrument(MarketType::Spot, "BTC/USDT", {}).value();

    std::vector<double> ours;
    std::vector<double> theirs;
    const int times = std::max(1, 200'000 / std::max(count, 1));
    for (int round = 0; round < 5; ++round) {
        ours.push_back(microseconds(times, [&] { return venue->decodeCandles(args, body).value().rows.size(); }));
        theirs.push_back(microseconds(std::max(1, times / 8), [&] { return byHand(body).size(); }));
    }
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    const double megabytes = static_cast<double>(body.size()) / 1e6;
    std::printf("%d rows, %zu bytes\n", count, body.size());
    std::printf("decodeCandles  %9.1f us  %7.1f MB/s\n", ours[2], megabytes / ours[2] * 1e6);
    std::printf("nlohmann DOM   %9.1f us  %7.1f MB/s\n", theirs[2], megabytes / theirs[2] * 1e6);
    std::printf("ratio          %9.2f\n", theirs[2] / ours[2]);
    return venue->decodeCandles(args, body).value().rows == byHand(body) ? 0 : 1;
}
