#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <map>
#include <ranges>
#include <set>

#include <nlohmann/json.hpp>

#include "app/simulator/defects.h"
#include "app/simulator/options.h"
#include "core/base/timetext.h"

using namespace mnemo;
using namespace mnemo::sim;

namespace {

const Grid minutely {*Timeframe::fromName("1m")};
const TimeRange days {*parseTime("2024-03-01"), *parseTime("2024-03-15")};
const UtcMs now = *parseTime("2024-03-15");

struct World {
    MarketStore store;
    const BarSource* source = nullptr;

    explicit World(const char* defects = nullptr, std::uint64_t seed = 7, const std::string& log = {})
    {
        if (!store.addSynthetic(3, {"binance", "okx"}))
            qFatal("no synthetic world");
        if (defects) {
            const auto spec = parseDefectSpec(defects);
            if (!spec || !addDefects(store, {&*spec, 1}, seed, now, log))
                qFatal("no defects");
        }
        source = store.find("okx", *parseSymbol("BTC/USDT:USDT"))->source.get();
    }
};
const char* const some = "200,exchange=okx,symbol=BTC/USDT:USDT,from=2024-03-01,to=2024-03-15";

/// Bars by their time; of two with one time the last.
std::map<std::int64_t, Bar> byTime(const std::vector<Bar>& bars)
{
    std::map<std::int64_t, Bar> out;
    for (const Bar& bar : bars)
        out[bar.openMs] = bar;
    return out;
}

std::vector<nlohmann::json> lines(const std::string& file)
{
    std::vector<nlohmann::json> out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        out.push_back(nlohmann::json::parse(line));
    return out;
}

} // namespace

class TestDefects : public QObject {
    Q_OBJECT

private slots:
    /// What differs from the right bars is what the log says, and nothing else.
    void logIsTrue()
    {
        QTemporaryDir folder;
        const std::string log = folder.filePath(QStringLiteral("defects")).toStdString();
        const World right, wrong(some, 7, log);
        const auto truth = byTime(right.source->read(minutely, days, 100'000, Side::Oldest));
        const auto served = byTime(wrong.source->read(minutely, days, 100'000, Side::Oldest));
        std::map<std::string, int> kinds;
        std::set<std::int64_t> known;
        std::int64_t previous = 0;
        for (const auto& line : lines(log)) {
            if (line["kind"] == "natural")
                continue;
            ++kinds[line["kind"]];
            QCOMPARE(line["symbol"].get<std::string>(), std::string("BTC/USDT:USDT"));
            QVERIFY(line["from"].get<std::int64_t>() >= previous);
            previous = line["to"];
            bool differs = false;
            for (auto at = line["from"].get<std::int64_t>(); at < line["to"].get<std::int64_t>(); at += 60'000) {
                known.insert(at);
                const auto bar = served.find(at);
                differs =
                    differs || bar == served.end() || !(bar->second == truth.at(at)) || line["kind"] == "duplicate";
            }
            QVERIFY2(differs, line.dump().c_str());
        }
        QCOMPARE(kinds.size(), defectKinds);
        for (const auto& [kind, count] : kinds)
            QVERIFY(count >= 9);
        for (const auto& [time, bar] : truth) {
            if (!known.contains(time))
                QVERIFY(served.at(time) == bar);
        }
    }

    void sameSeedSameDefects()
    {
        const auto plan = [](std::uint64_t seed) { return planDefects(100, minutely, days, seed).value(); };
        QVERIFY(plan(5) == plan(5));
        QVERIFY(plan(5) != plan(6));
    }

    /// However it is cut into pages, the market is the same.
    void pagesAgree()
    {
        const World whole(some), paged(some), backwards(some);
        const auto all = whole.source->read(minutely, days, 100'000, Side::Oldest);
        std::vector<Bar> joined;
        for (UtcMs from = days.from; from < days.to;) {
            const auto page = paged.source->read(minutely, {from, days.to}, 97, Side::Oldest);
            if (page.empty())
                break;
            QVERIFY(page.size() == 97 || page.back().openMs == toMs(days.to) - 60'000); // as full as that of a venue without holes
            joined.insert(joined.end(), page.begin(), page.end());
            from = fromMs(page.back().openMs + 1);
        }
        const auto expected = byTime(all);
        const auto inPages = byTime(joined);
        QCOMPARE(inPages.size(), expected.size());
        int cut = 0; // the end of a page may come between two rows of one bar
        for (const auto& [time, bar] : inPages)
            cut += bar == expected.at(time) ? 0 : 1;
        QVERIFY(cut <= 1);
        std::map<std::int64_t, Bar> reversed;
        for (UtcMs to = days.to; to > days.from;) {
            const auto page = backwards.source->read(minutely, {days.from, to}, 300, Side::Newest);
            if (page.empty())
                break;
            reversed.merge(byTime(page));
            to = fromMs(page.front().openMs);
        }
        QCOMPARE(reversed.size(), expected.size());
    }

    void coarserFramesStayRight()
    {
        const World right, wrong(some);
        const Grid hourly(*Timeframe::fromName("1h"));
        QVERIFY(right.source->read(hourly, days, 1000, Side::Oldest)
            == wrong.source->read(hourly, days, 1000, Side::Oldest));
    }

    void revisionsHeal()
    {
        const World right, wrong(some);
        const auto first = wrong.source->read(minutely, days, 100'000, Side::Oldest);
        const auto second = wrong.source->read(minutely, days, 100'000, Side::Oldest);
        const auto truth = byTime(right.source->read(minutely, days, 100'000, Side::Oldest));
        QCOMPARE(first.size(), second.size());
        int healed = 0;
        for (std::size_t i = 0; i < first.size(); ++i) {
            if (first[i] == second[i])
                continue;
            ++healed;
            QVERIFY(second[i] == truth.at(second[i].openMs));
        }
        QVERIFY(healed >= 9);
    }

    void badSpecs_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("none") << "--defects 0"
                              << "--defects: '0' is not a number";
        QTest::newRow("words") << "--defects many"
                               << "--defects: 'many' is not a number";
        QTest::newRow("key") << "--defects 5,where=here"
                             << "'where=here' is not exchange=";
        QTest::newRow("exchange") << "--defects 5,exchange=nowhere"
                                  << "'exchange=nowhere' is not";
        QTest::newRow("log alone") << "--defects-log x"
                                   << "goes with --defects";
    }
    void badSpecs()
    {
        QFETCH(QString, arguments);
        QFETCH(QString, sentence);
        const auto text = "--synthetic 1 --exchange binance " + arguments.toStdString();
        std::vector<std::string_view> words;
        for (const auto word : std::views::split(std::string_view(text), ' '))
            words.emplace_back(word.begin(), word.end());
        const auto options = parseOptions(words);
        QVERIFY(!options);
        QVERIFY2(
            options.error().detail.find(sentence.toStdString()) != std::string::npos, options.error().detail.c_str());
    }

    void severalMarkets()
    {
        World clean, world;
        const std::vector<DefectSpec> specs {
            *parseDefectSpec("44,exchange=okx,symbol=BTC/USDT:USDT,from=2024-03-01,to=2024-03-15"),
            *parseDefectSpec("22,exchange=binance,symbol=ETH/USDT,from=2024-03-01,to=2024-03-15")};
        QVERIFY(addDefects(world.store, specs, 7, now, {}));
        for (const auto& [exchange, symbol] : {std::pair {"okx", "BTC/USDT:USDT"}, {"binance", "ETH/USDT"}}) {
            const auto read = [&](World& of) {
                return of.store.find(exchange, *parseSymbol(symbol))
                    ->source->read(minutely, days, 100'000, Side::Oldest);
            };
            QVERIFY2(read(clean) != read(world), exchange);
        }
        const auto other = [&](World& of) {
            return of.store.find("binance", *parseSymbol("BTC/USDT"))->source->read(minutely, days, 5000, Side::Oldest);
        };
        QVERIFY(other(clean) == other(world));
    }

    void tooLittleRoom()
    {
        World world;
        const auto spec =
            parseDefectSpec("5000,exchange=okx,symbol=BTC/USDT:USDT,from=2024-03-01,to=2024-03-15").value();
        const auto done = addDefects(world.store, {&spec, 1}, 1, now, {});
        QVERIFY(!done);
        QVERIFY2(done.error().detail.find("need at least") != std::string::npos, done.error().detail.c_str());
        const auto unknown = parseDefectSpec("5,exchange=okx,symbol=XYZ/USDT").value();
        QVERIFY(!addDefects(world.store, {&unknown, 1}, 1, now, {}));
    }
};

QTEST_GUILESS_MAIN(TestDefects)
#include "tst_defects.moc"
