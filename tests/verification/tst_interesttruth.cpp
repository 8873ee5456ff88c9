// Open interest held against recorded answers and files: what a venue's number means, and what is missing of a series.

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <nlohmann/json.hpp>

#include "core/engine/engine.h"
#include "core/exchange/catalogue.h"
#include "core/ingest/candlefile/candlefile.h"
#include "cataloguefixture.h"
#include "tests/shareddata.h"

using namespace mnemo;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

const char* const metricsFile = "open_interest/binance_usdm_BTCUSDT_metrics_1d_2022-06-01_2023-01-22.csv";
const char* const hourlyFile = "open_interest/hyperliquid-lighter_perp_BTC-ETH_oi-usd_1h_2025-12_2026-03.csv.gz";

template <class T>
T must(Result<T> result)
{
    if (!result)
        qFatal("%s", result.error().detail.c_str());
    return std::move(*result);
}

std::vector<std::string> cellsOf(const std::string& line)
{
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');)
        cells.push_back(cell);
    return cells;
}

/// First and last missing bar.
using Holes = std::vector<std::pair<std::string, std::string>>;

/// By the independent lists: gaps.csv, and for Binance's metrics the rows of findings.csv that tell nothing.
Holes knownHoles(const fs::path& data, const std::string& file, const std::string& series)
{
    Holes holes;
    std::string line;
    for (std::ifstream in(data / "gaps.csv"); std::getline(in, line);) {
        const auto cells = cellsOf(line);
        if (cells.at(0) == file && cells.at(1) == series)
            holes.push_back({cells.at(2), cells.at(3)});
    }
    const Grid days(*Timeframe::fromName("1d"));
    for (std::ifstream in(data / "findings.csv"); std::getline(in, line);) {
        const auto cells = cellsOf(line);
        if (cells.at(0) != file || !series.empty() || cells.at(2) != "sum_open_interest empty or <=0")
            continue;
        const bool follows = !holes.empty() && days.next(*parseTime(holes.back().second)) == *parseTime(cells.at(3));
        if (follows)
            holes.back().second = cells.at(3);
        else
            holes.push_back({cells.at(3), cells.at(3)});
    }
    return holes;
}

Json recorded(const fs::path& data, const char* file)
{
    std::ifstream in(data / "recorded" / file);
    return Json::parse(in);
}

double numberOf(const Json& text)
{
    return parseDecimal(text.get<std::string>()).value();
}

} // namespace

class TestInterestTruth : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_data = sharedData("open_interest");
        if (m_data.empty())
            QSKIP("the shared market data is not there: set MNEMO_SHARED");
    }

    /// Bybit states both sides, in base units: its own value beside the mark price says so.
    void bybitCountsBothSidesInBaseUnits()
    {
        const Json message = recorded(m_data, "bybit/ws_ticker_linear.json");
        const Json& ticker = message["data"];
        const double stated = numberOf(ticker["openInterest"]);
        QCOMPARE(stated, 68744.761);
        QVERIFY(std::abs(numberOf(ticker["openInterestValue"]) / stated / numberOf(ticker["markPrice"]) - 1) < 1e-6);
        const Json row {{"openInterest", ticker["openInterest"]}, {"timestamp", message["ts"].dump()}};
        const std::string answer = Json {{"retCode", 0}, {"result", {{"list", Json::array({row})}}}}.dump();
        const auto linear = meant("bybit", MarketType::Linear, "BTC/USDT:USDT", {}, false, answer);
        QVERIFY(linear.amount == stated / 2 && !linear.value && linear.rawAmount == stated);
        const auto inverse = meant("bybit", MarketType::Inverse, "BTC/USD:BTC", {}, false, answer);
        QVERIFY(!inverse.amount && inverse.value == stated / 2); // dollars there
    }

    void krakenCountsDollarsOrCoins_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("market");
        QTest::addColumn<QString>("symbol");
        QTest::addColumn<double>("amount"); // 0: none
        QTest::addColumn<double>("value");
        QTest::newRow("inverse: contracts of one dollar")
            << "PI_XBTUSD" << static_cast<int>(MarketType::Inverse) << "BTC/USD:BTC" << 0.0 << 21279580.0;
        QTest::newRow("linear: the coin")
            << "PF_ETHUSD" << static_cast<int>(MarketType::Linear) << "ETH/USD:USD" << 1000000.0 << 0.0;
    }
    void krakenCountsDollarsOrCoins()
    {
        QFETCH(QString, id);
        QFETCH(int, market);
        QFETCH(QString, symbol);
        QFETCH(double, amount);
        QFETCH(double, value);
        const Json all = recorded(m_data, "kraken/http_futures_tickers.json");
        Json one; // as the call for one symbol wraps it
        for (const Json& ticker : all["tickers"]) {
            if (ticker["symbol"] == id.toStdString())
                one = {{"result", "success"}, {"ticker", ticker}, {"serverTime", all["serverTime"]}};
        }
        const auto row = meant("krakenfutures", static_cast<MarketType>(market), symbol.toStdString(), id.toStdString(),
            true, one.dump());
        QCOMPARE(row.time, at("2025-11-17T00:34:37.524Z"));
        QCOMPARE(row.amount.value_or(0), amount);
        QCOMPARE(row.value.value_or(0), value);
    }

    /// By the metrics, of which the amount is in coins and the
    /// value in dollars, one coin costs what it cost.
    void metricsAreCoinsAndDollars()
    {
        CandleFileOptions options;
        options.kind = Kind::OpenInterest;
        options.timeframe = Timeframe::fromName("1d");
        const auto metrics = must(readCandleFile(m_data / metricsFile, options));
        const auto prices = must(readCandleFile(m_data / "candles/binance_spot_BTCUSDT_2h_2017-08-17_2026-04-30.csv.gz"));
        std::map<UtcMs, Candle> priceAt;
        for (const Candle& bar : prices.rows)
            priceAt[bar.openTime] = bar;
        const auto binance = shipped().venue("binance").value();
        FetchArgs args = argsFor(*binance, MarketType::Linear, "BTC/USDT:USDT", "1d", Kind::OpenInterest);
        int compared = 0;
        for (const Candle& row : metrics.rows) {
            const OpenInterest one = toOpenInterest(binance->metric(args, {row.openTime, {row.volume, row.quoteVolume}, 0}));
            QVERIFY(one.amount == row.volume && one.value == row.quoteVolume); // one-sided already
            const Candle& bar = priceAt.at(row.openTime);
            const double price = *one.value / *one.amount;
            // a day's row may be taken a few minutes before or after midnight
            QVERIFY2(price > bar.low * 0.98 && price < bar.high * 1.02, formatIso(row.openTime).c_str());
            ++compared;
        }
        QCOMPARE(compared, 146);
    }

    void filesKeepTheirGaps_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("exchange");
        QTest::addColumn<QString>("symbol");
        QTest::addColumn<QString>("frame");
        QTest::addColumn<QString>("series"); // of the lists
        QTest::addColumn<int>("holes");
        const auto row = [](const char* name, const char* file, const char* exchange, const char* symbol,
                             const char* frame, const char* series, int holes) {
            QTest::newRow(name) << QString::fromLatin1(file) << QString::fromLatin1(exchange)
                                << QString::fromLatin1(symbol) << QString::fromLatin1(frame)
                                << QString::fromLatin1(series) << holes;
        };
        row("binance", metricsFile, "binance", "BTC/USDT:USDT", "1d", "", 47);
        row("hyperliquid BTC", hourlyFile, "hyperliquid", "BTC/USDC:USDC", "1h", "hyperliquid/BTC", 1);
        row("hyperliquid ETH", hourlyFile, "hyperliquid", "ETH/USDC:USDC", "1h", "hyperliquid/ETH", 1);
        row("lighter BTC", hourlyFile, "lighter", "BTC/USDC:USDC", "1h", "lighter/BTC", 16);
        row("lighter ETH", hourlyFile, "lighter", "ETH/USDC:USDC", "1h", "lighter/ETH", 14);
    }
    void filesKeepTheirGaps()
    {
        QFETCH(QString, file);
        QFETCH(QString, exchange);
        QFETCH(QString, symbol);
        QFETCH(QString, frame);
        QFETCH(QString, series);
        QFETCH(int, holes);
        const Holes known = knownHoles(m_data, file.toStdString(), series.toStdString());
        QCOMPARE(static_cast<int>(known.size()), holes);

        QTemporaryDir folder;
        EngineOptions options;
        options.config.shipped = MNEMO_SOURCE_DIR "/config";
        options.config.environment = {"A=b"};
        options.dataDir = folder.path().toStdString();
        const auto engine = must(Engine::open(std::move(options)));
        ImportRequest request;
        request.files = {m_data / file.toStdString()};
        request.target.exchange = exchange.toStdString();
        request.target.symbol = symbol.toStdString();
        request.target.kind = Kind::OpenInterest;
        request.target.timeframe = *Timeframe::fromName(frame.toStdString());
        request.coverage = false;
        if (!series.isEmpty())
            request.where = {{"venue", exchange.toStdString()}, {"coin", series.section(u'/', 1).toStdString()}};
        const auto imported = must(engine->importFiles(request));
        const auto reader = must(engine->store().openReader());
        const auto record = must(reader->series()).front();
        const auto times = must(reader->openTimes(record.id, {fromMs(0), UtcMs::max()}));
        QCOMPARE(imported.added, static_cast<std::int64_t>(times.size()));

        const Grid grid = record.grid();
        Holes found;
        for (const Gap& gap : must(engine->gaps(record, {times.front(), grid.next(times.back())})))
            found.push_back({formatIso(gap.range.from), formatIso(grid.advance(gap.range.to, -1))});
        const auto normal = [](Holes list) {
            for (auto& [from, to] : list) {
                from = formatIso(*parseTime(from));
                to = formatIso(*parseTime(to));
            }
            return list;
        };
        QVERIFY(normal(found) == normal(known));
    }

private:
    /// The one row of an answer, as it would be stored.
    static OpenInterest meant(const char* exchange, MarketType market, const std::string& symbol, const std::string& id,
        bool isSnapshot, const std::string& body)
    {
        const auto venue = shipped().venue(exchange).value();
        FetchArgs args = argsFor(*venue, market, symbol, "1h", Kind::OpenInterest);
        args.isSnapshot = isSnapshot;
        if (!id.empty())
            args.instrument = venue->instrument(market, symbol, id).value();
        const auto rows = must(venue->decodeMetrics(args, body));
        return rows.size() == 1 ? toOpenInterest(venue->metric(args, rows.front())) : OpenInterest();
    }

    fs::path m_data;
};

QTEST_GUILESS_MAIN(TestInterestTruth)
#include "tst_interesttruth.moc"
