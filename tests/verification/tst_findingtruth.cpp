#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/engine/engine.h"
#include "core/quality/validator.h"
#include "tests/shareddata.h"
#include "places.h"

using namespace mnemo;

namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& line)
{
    std::vector<std::string> out(1);
    bool isQuoted = false;
    for (const char c : line) {
        if (c == '"')
            isQuoted = !isQuoted;
        else if (c == ',' && !isQuoted)
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

struct Truth {
    std::string file, series, finding;
    UtcMs time;
    double before = 0, after = 0; ///< of a jump
};

std::vector<Truth> truths(const fs::path& shared)
{
    std::vector<Truth> out;
    std::ifstream file(shared / "findings.csv");
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const auto fields = split(line);
        const auto time = parseTime(fields.at(3).substr(0, fields.at(3).find(' ')));
        Truth truth {fields.at(0), fields.at(1), fields.at(2), *time};
        if (const auto arrow = fields.at(3).find(" -> "); arrow != std::string::npos) {
            const auto blank = fields.at(3).find(' ');
            truth.before = parseDecimal(fields.at(3).substr(blank + 1, arrow - blank - 1)).value_or(0);
            truth.after = parseDecimal(fields.at(3).substr(arrow + 4)).value_or(0);
        }
        out.push_back(std::move(truth));
    }
    return out;
}

struct Series {
    std::string file, exchange, symbol, timeframe, coin;
    std::vector<std::string> columns {};
};

/// The candle files, and what each is.
std::vector<Series> candleFiles(const fs::path& shared)
{
    std::vector<Series> all;
    for (const auto& entry : fs::directory_iterator(shared / "candles")) {
        const std::string name = entry.path().filename().string();
        const auto parts = QString::fromStdString(name).split(QLatin1Char('_'));
        if (parts.size() < 4 || name.starts_with("seven-venues"))
            continue;
        Series one;
        one.file = "candles/" + name;
        one.exchange = parts[0].toStdString();
        QString pair = parts[2];
        const QString quote = pair.endsWith(QLatin1String("USDT")) ? QStringLiteral("USDT")
            : pair.endsWith(QLatin1String("USD"))                  ? QStringLiteral("USD")
                                                                   : QStringLiteral("ETH");
        pair.chop(quote.size());
        one.symbol = (pair + QLatin1Char('/') + quote).toStdString();
        if (parts[1] == u"usdm" || parts[1] == u"linear")
            one.symbol += ":USDT";
        one.timeframe = parts[3].toStdString();
        if (name.find("newest-first") != std::string::npos)
            one.columns = {"time", "-", "-", "open", "high", "low", "close", "volume", "quote_volume", "trades"};
        all.push_back(std::move(one));
    }
    std::ranges::sort(all, {}, &Series::file);
    return all;
}

template <class T>
T must(Result<T> result)
{
    if (!result)
        qFatal("%s", result.error().detail.c_str());
    return std::move(*result);
}

/// Findings of one file in a store of its own.
class Imported {
public:
    Imported(const fs::path& shared, const Series& series)
    {
        EngineOptions options;
        options.config.shipped = fs::path(MNEMO_SOURCE_DIR) / "config";
        options.dataDir = m_folder.path().toStdString();
        m_engine = must(Engine::open(options));
        ImportRequest request;
        request.files = {shared / series.file};
        request.target.exchange = series.exchange;
        request.target.symbol = series.symbol;
        request.target.timeframe = *Timeframe::fromName(series.timeframe);
        request.target.market = parseSymbol(series.symbol)->market();
        request.columns = series.columns;
        must(m_engine->importFiles(request));
        outcome = must(m_engine->validate({}));
        const auto reader = must(m_engine->store().openReader());
        findings = must(reader->findingsById(must(reader->findingIds({}, FindingOrder::Time))));
    }

    ValidationOutcome outcome;
    std::vector<Finding> findings;

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Engine> m_engine;
};

std::vector<OpenInterest> readOpenInterest(const fs::path& file, const char* amountName, const char* valueName,
    const std::string& venue, const std::string& coin)
{
    // the reader of candle files does not take these; they are short
    std::vector<OpenInterest> rows;
    const std::string text = [&] {
        if (file.extension() != ".gz") {
            std::ifstream stream(file);
            return std::string(std::istreambuf_iterator<char>(stream), {});
        }
        QProcess gzip;
        gzip.start(QStringLiteral("gzip"), {QStringLiteral("-dc"), QString::fromStdString(file.string())});
        gzip.waitForFinished();
        return gzip.readAllStandardOutput().toStdString();
    }();
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    const auto names = split(line);
    const auto column = [&](const char* name) {
        return static_cast<std::size_t>(std::ranges::find(names, std::string_view(name)) - names.begin());
    };
    while (std::getline(lines, line)) {
        const auto fields = split(line);
        if (!venue.empty() && (fields.at(1) != venue || fields.at(2) != coin))
            continue;
        OpenInterest row;
        row.time = *parseTime(fields.at(0));
        if (amountName)
            row.amount = parseDecimal(fields.at(column(amountName)));
        row.value = parseDecimal(fields.at(column(valueName)));
        rows.push_back(row);
    }
    std::ranges::sort(rows, {}, &OpenInterest::time);
    return rows;
}

std::vector<RuleFinding> judged(const std::vector<OpenInterest>& rows, const char* frame)
{
    const Timeframe timeframe = *Timeframe::fromName(frame);
    RuleContext context;
    context.grid = Grid(timeframe);
    OpenInterestValidator validator(
        RuleSettings().activeFor({"x", "x", MarketType::Linear, "BTC/USDT:USDT", Kind::OpenInterest, timeframe}),
        context.grid);
    validator.feed(rows, context);
    validator.finish(context);
    std::vector<RuleFinding> found;
    for (std::size_t i = 0; i < validator.rules(); ++i)
        std::ranges::move(validator.take(i), std::back_inserter(found));
    return found;
}

} // namespace

class TestFindingTruth : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_shared = sharedData("findings.csv");
        if (m_shared.empty())
            QSKIP("the recorded data are not here: set MNEMO_SHARED to their folder");
    }

    void candleFindings()
    {
        const std::vector<Truth> all = truths(m_shared);
        std::int64_t wanted = 0, bars = 0, flagged = 0, besides = 0;
        std::map<std::string, std::int64_t> byRule;
        for (const Series& series : candleFiles(m_shared)) {
            const Imported imported(m_shared, series);
            bars += imported.outcome.rows;
            std::set<FindingId> explained;
            for (const Truth& truth : all) {
                if (truth.file != series.file)
                    continue;
                ++wanted;
                const char* rule = truth.finding.starts_with("close_time") ? "truncated"
                    : truth.finding.find("identical") != std::string::npos ? "repeated_row"
                                                                           : "duplicate";
                const auto found = std::ranges::find_if(imported.findings,
                    [&](const Finding& one) { return one.rule == rule && one.range.contains(truth.time); });
                QVERIFY2(
                    found != imported.findings.end(), (truth.file + " " + formatIso(truth.time) + " " + rule).c_str());
                explained.insert(found->id);
            }
            std::int64_t unexplained = 0;
            for (const Finding& one : imported.findings) {
                if (explained.contains(one.id))
                    continue;
                const auto length = Timeframe::fromName(series.timeframe)->length();
                const std::int64_t count = std::max<std::int64_t>(1, one.range.length() / length);
                ++unexplained;
                byRule[one.rule] += count;
                flagged += count;
                ++besides;
                if (std::getenv("MNEMO_VERBOSE"))
                    qInfo("%s %s %s %s", series.file.c_str(), one.rule.c_str(), formatShort(one.range.from).c_str(),
                        one.details.c_str());
            }
            qInfo("%-80s %7lld bars, %lld findings beside the listed", series.file.c_str(),
                static_cast<long long>(imported.outcome.rows), static_cast<long long>(unexplained));
        }
        for (const auto& [rule, count] : byRule)
            qInfo("  %s: %lld bars", rule.c_str(), static_cast<long long>(count));
        const auto shown = [](std::int64_t number) { return static_cast<long long>(number); };
        qInfo("%lld listed findings found; %lld findings beside them in %lld bars: 1 in %lld; %lld bars are in them: 1 "
              "in %lld",
            shown(wanted), shown(besides), shown(bars), shown(bars / std::max<std::int64_t>(1, besides)),
            shown(flagged), shown(bars / std::max<std::int64_t>(1, flagged)));
        QCOMPARE(wanted, 94);
        QVERIFY2(besides * 20'000 < bars, "more than 1 finding in 20,000 bars");
    }

    void openInterestFindings()
    {
        const std::vector<Truth> all = truths(m_shared);
        std::map<std::string, std::vector<RuleFinding>> found;
        const fs::path data = m_shared;
        const std::string metrics = "open_interest/binance_usdm_BTCUSDT_metrics_1d_2022-06-01_2023-01-22.csv";
        const std::string hourly = "open_interest/hyperliquid-lighter_perp_BTC-ETH_oi-usd_1h_2025-12_2026-03.csv.gz";
        found[metrics] =
            judged(readOpenInterest(data / metrics, "sum_open_interest", "sum_open_interest_value", {}, {}), "1d");
        found[hourly + "lighter/BTC"] =
            judged(readOpenInterest(data / hourly, nullptr, "oi_usd", "lighter", "BTC"), "1h");
        int wanted = 0, jumps = 0;
        for (const Truth& truth : all) {
            if (!truth.file.starts_with("open_interest"))
                continue;
            ++wanted;
            const bool isJump = truth.finding.find("jump") != std::string::npos;
            jumps += isJump ? 1 : 0;
            const auto& of = found[truth.file + truth.series];
            const bool isFound = std::ranges::any_of(of, [&](const RuleFinding& one) {
                if (!isJump)
                    return one.rule == "oi_empty" && one.range.contains(truth.time);
                // by its values: the list counts rows that have one, and its times of jumps are off where others lie
                // between
                const auto details = nlohmann::json::parse(one.details);
                return one.rule == "oi_jump" && std::round(details["before"]["value"].get<double>()) == truth.before
                    && std::round(details["first"]["value"].get<double>()) == truth.after;
            });
            QVERIFY2(isFound, (truth.file + " " + truth.finding + " " + formatIso(truth.time)).c_str());
        }
        QCOMPARE(wanted, 194);
        std::int64_t jumpsFound = 0;
        for (const auto& [file, of] : found)
            jumpsFound += std::ranges::count(of, "oi_jump", &RuleFinding::rule);
        QCOMPARE(jumpsFound, std::int64_t {jumps}); // and none besides
    }

private:
    fs::path m_shared;
};

QTEST_GUILESS_MAIN(TestFindingTruth)
#include "tst_findingtruth.moc"
