// The comparison of recorded series gives the figures that an independent script got of the same files.

#include <QtTest>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/ingest/candlefile/candlefile.h"
#include "core/quality/compare.h"
#include "core/quality/rollup.h"
#include "tests/shareddata.h"

using namespace mnemo;
namespace fs = std::filesystem;

namespace {

using Row = std::map<std::string, std::string>;
using Candles = std::shared_ptr<const std::vector<Candle>>;

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::stringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
        parts.push_back(part);
    return parts;
}

std::vector<Row> readTable(const fs::path& file)
{
    std::vector<Row> rows;
    std::ifstream in(file);
    std::vector<std::string> names;
    for (std::string line; std::getline(in, line);) {
        const auto values = split(line, ',');
        if (names.empty()) {
            names = values;
            continue;
        }
        Row& row = rows.emplace_back();
        for (std::size_t i = 0; i < names.size() && i < values.size(); ++i)
            row[names[i]] = values[i];
    }
    return rows;
}

Timeframe frameOf(const std::string& name)
{
    return Timeframe::fromName(name).value();
}

/// "binance spot BTCUSDT 1m (2025-06) as 5m (minutes without trades left out)" in parts.
struct Source {
    std::string exchange, kind, symbol, frame, period, as;
    bool leavesOutQuietBars = false;
};

Source parsed(std::string label)
{
    Source source;
    if (const auto at = label.find(" (minutes"); at != std::string::npos) {
        source.leavesOutQuietBars = true;
        label.resize(at);
    }
    if (const auto at = label.find(" as "); at != std::string::npos) {
        source.as = label.substr(at + 4);
        label.resize(at);
    }
    if (const auto at = label.find(" ("); at != std::string::npos) {
        source.period = label.substr(at + 2, label.find(')', at) - at - 2);
        label.resize(at);
    }
    const auto words = split(label, ' ');
    source.exchange = words.at(0);
    source.kind = words.at(1);
    source.symbol = words.at(2);
    source.frame = words.at(3);
    return source;
}

/// The file that is meant; where several would do, the one of the period.
fs::path fileOf(const fs::path& data, const Source& source)
{
    if (source.exchange == "seven-venues")
        return data / "candles/seven-venues_perp_BTC-ETH_1h_2025-03_2026-03.csv.gz";
    static const std::map<std::string, std::string> usual {{"binance_spot_BTCUSDT_1h", "2022-01"},
        {"binance_spot_BTCUSDT_1m", "2025-06"}, {"binance_usdm_BTCUSDT_1m", "2025-05"}};
    const std::string begin = source.exchange + "_" + source.kind + "_" + source.symbol + "_" + source.frame;
    std::string period = source.period;
    if (period.empty() && usual.contains(begin))
        period = usual.at(begin);
    for (const auto& entry : fs::directory_iterator(data / "candles")) {
        if (entry.path().filename().string().rfind(begin + "_" + period, 0) == 0)
            return entry.path();
    }
    return {};
}

Candles load(const fs::path& data, const Source& source)
{
    static std::map<std::string, Candles> loaded;
    const fs::path file = fileOf(data, source);
    const bool isMany = source.exchange == "seven-venues";
    Candles& candles = loaded[file.string() + (isMany ? source.kind + source.symbol : std::string())];
    if (candles)
        return candles;
    CandleFileOptions options;
    if (isMany)
        options.where = {{"venue", source.kind}, {"coin", source.symbol}};
    if (file.string().find("2019-09-08") != std::string::npos)
        options.columns = {"unix", "-", "symbol", "open", "high", "low", "close", "volume", "quote_volume", "trades"};
    auto read = readCandleFile(file, options);
    if (!read)
        qFatal("%s: %s", file.c_str(), read.error().detail.c_str());
    candles = std::make_shared<const std::vector<Candle>>(std::move(read->rows));
    return candles;
}

std::vector<Candle> bars(const fs::path& data, const Source& source)
{
    const Candles rows = load(data, source);
    if (source.as.empty())
        return *rows;
    const IntervalSet answered = source.leavesOutQuietBars
        ? IntervalSet(TimeRange {*parseTime("2018-01-01"), *parseTime("2020-01-01")})
        : IntervalSet();
    return rolledUp(*rows, Grid(frameOf(source.frame)), Grid(frameOf(source.as)), answered);
}

SeriesKey keyOf(const Source& source, Timeframe frame)
{
    const bool isMany = source.exchange == "seven-venues";
    const bool isSpot = source.kind == "spot";
    const std::string exchange = isMany ? source.kind : source.exchange;
    const std::string base = source.symbol.substr(0, 3);
    SeriesKey key {exchange, exchange, isSpot ? MarketType::Spot : MarketType::Linear,
        base + "/USDT" + (isSpot ? "" : ":USDT"), Kind::Candles, frame};
    if (isMany && exchange != "binance" && exchange != "bybit")
        return key;
    key.source = isMany ? "seven-venues" : key.source;
    return key;
}

/// Window by window, as the engine does.
CompareReport compared(const std::vector<std::vector<Candle>>& rows, std::vector<CompareSide> sides, const Grid& grid)
{
    const TimeRange range {std::max(rows[0].front().openTime, rows[1].front().openTime),
        grid.next(std::min(rows[0].back().openTime, rows[1].back().openTime))};
    const CompareSettings settings;
    Comparison comparison(std::move(sides), grid, settings, range);
    const std::vector<IntervalSet> answered(2, IntervalSet(range));
    for (TimeRange window = compareWindow(grid, settings, range.from); window.from < range.to;
         window = compareWindow(grid, settings, window.to)) {
        std::vector<std::vector<Candle>> part(2);
        for (std::size_t i = 0; i < 2; ++i) {
            const auto begin = std::ranges::lower_bound(rows[i], window.from, {}, &Candle::openTime);
            part[i].assign(begin, std::ranges::lower_bound(rows[i], window.to, {}, &Candle::openTime));
        }
        comparison.add(window, part, answered);
    }
    return comparison.finish();
}

/// @p text states a number of so many decimals; @p value rounds to it.
bool isRounded(double value, const std::string& text)
{
    const auto point = text.find('.');
    const auto decimals = point == std::string::npos ? 0 : text.size() - point - 1;
    return std::abs(value - parseDecimal(text).value()) <= 0.500001 * std::pow(10, -static_cast<double>(decimals));
}

} // namespace

class TestCrossSource : public QObject {
    Q_OBJECT

private slots:
    void sameFigures_data()
    {
        QTest::addColumn<int>("index");
        m_data = sharedData("cross_source.csv");
        if (m_data.empty())
            QSKIP("the recorded data is not here: set MNEMO_SHARED");
        m_table = readTable(m_data / "cross_source.csv");
        QVERIFY(m_table.size() >= 30);
        for (std::size_t i = 0; i < m_table.size(); ++i)
            QTest::newRow((m_table[i]["source_a"] + " / " + m_table[i]["source_b"]).c_str()) << static_cast<int>(i);
    }
    void sameFigures()
    {
        QFETCH(int, index);
        Row& wanted = m_table[static_cast<std::size_t>(index)];
        const Source a = parsed(wanted["source_a"]);
        const Source b = parsed(wanted["source_b"]);
        const Timeframe frame = frameOf(wanted["timeframe"]);
        const auto report =
            compared({bars(m_data, a), bars(m_data, b)}, {{keyOf(a, frame), 1}, {keyOf(b, frame), 1}}, Grid(frame));
        const PairReport& pair = report.pairs.front();

        QCOMPARE(pair.common, std::stoll(wanted["common_candles"]));
        QCOMPARE(pair.identical, std::stoll(wanted["identical_candles"]));
        QCOMPARE(formatShort(pair.first.value()), wanted["first"]);
        QCOMPARE(formatShort(pair.last.value()), wanted["last"]);
        const auto same = [&](const char* name, double value) {
            const bool isSame = isRounded(value, wanted[name]);
            if (!isSame)
                qWarning("%s: %.6f, the script has %s", name, value, wanted[name].c_str());
            return isSame;
        };
        QVERIFY(same("median_close_diff_a_minus_b_bp", pair.medianCloseBp));
        QVERIFY(same("median_abs_close_diff_bp", pair.close.median));
        QVERIFY(same("p99_abs_close_diff_bp", pair.close.p99));
        QVERIFY(same("max_abs_close_diff_bp", pair.close.max));
        QVERIFY(same("median_volume_ratio_a_to_b", pair.volumeRatio));
        QVERIFY(pair.isExact);
        QCOMPARE(pair.lag, 0); // no recorded series is out of step
        m_bars += pair.common;
        m_findings += report.findingCount;
        if (pair.identical == pair.common)
            QCOMPARE(report.findingCount, 0);
        else
            qInfo("%lld bars, %lld findings%s%s", static_cast<long long>(pair.common),
                static_cast<long long>(report.findingCount), pair.unitDoubt.empty() ? "" : "; ",
                pair.unitDoubt.c_str());
        for (const CompareFinding& finding : report.findings)
            ++m_rules[finding.rule];
    }

    void cleanupTestCase()
    {
        for (const auto& [rule, count] : m_rules)
            qInfo("%s: %d", rule.c_str(), count);
        qInfo("%lld bars compared, %lld findings", static_cast<long long>(m_bars), static_cast<long long>(m_findings));
    }

private:
    fs::path m_data;
    std::vector<Row> m_table;
    std::int64_t m_bars = 0, m_findings = 0;
    std::map<std::string, int> m_rules;
};

QTEST_GUILESS_MAIN(TestCrossSource)
#include "tst_crosssource.moc"
