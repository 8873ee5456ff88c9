// Two venues held against each other on the coverage screen: which pairs, what a cell counts, what is read when.
#include <QSignalSpy>
#include <QTest>

#include "coveragefixture.h"
#include "ui/coverage/coveragecompare.h"

using namespace mnemo;
using namespace mnemo::test;

namespace {

constexpr std::chrono::minutes minute {1};

SeriesPair pairOf(const char* firstFrame = "1m", const char* secondFrame = "1m")
{
    return {seriesNamed(1, "binance", "BTC/USDT", firstFrame), seriesNamed(2, "kraken", "BTC/USDT", secondFrame)};
}

std::shared_ptr<const Heatmap> heatmapOf(const std::vector<SeriesRecord>& records, int days = 3, std::uint64_t revision = 1)
{
    std::vector<std::shared_ptr<const IndexedSeries>> series;
    for (const SeriesRecord& record : records)
        series.push_back(indexed(record, std::vector<DayCounts>(static_cast<std::size_t>(days), fullDay()), revision));
    return makeHeatmap(snapshotOf(series), BucketUnit::Day, nullptr);
}

BarDifference bar(int at, double bp, bool isBeyond = false)
{
    BarDifference one;
    one.openTime = firstDay + at * minute;
    one.closeBp = bp;
    one.basisBp = 1;
    one.isBeyond = isBeyond;
    return one;
}

BarDifference alone(int at, BarDifference::Presence presence)
{
    BarDifference one;
    one.openTime = firstDay + at * minute;
    one.presence = presence;
    return one;
}

/// Answers when it is told to.
struct Reader {
    struct Asked {
        SeriesPair pair;
        std::vector<UtcMs> bounds;
        std::function<void(const CoverageCompare::Cells&)> answer;
    };
    std::vector<Asked> asked;
    CoverageCompare::Read read()
    {
        return [this](QObject*, const SeriesPair& pair, std::vector<UtcMs> bounds, auto answer) {
            asked.push_back({pair, std::move(bounds), std::move(answer)});
        };
    }
    /// Every cell of the oldest question alike.
    void answer(const DisagreementCell& cell)
    {
        const Asked one = asked.front();
        asked.erase(asked.begin());
        one.answer(std::vector<DisagreementCell>(one.bounds.size() - 1, cell));
    }
};

const DisagreementCell agreeing {100, 0, 0, 0, 2};

} // namespace

class tst_CoverageCompare : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void pairsAreOfOneSymbolAndMarket();
    void cellsCountWhereABarOpens();
    void looks_data();
    void looks();
    void sentences();
    void newestColumnsOfAllPairsComeFirst();
    void whatHasNotChangedIsNotReadAgain();
    void anOlderAnswerIsNotWanted();
    void whatCannotBeReadIsSaid();
    void linesSayWhoIsHeldAgainstWhom();
};

void tst_CoverageCompare::pairsAreOfOneSymbolAndMarket()
{
    SeriesRecord linear = seriesNamed(4, "kraken", "ETH/USDT");
    linear.key.market = MarketType::Linear;
    const auto heatmap = heatmapOf({seriesNamed(1, "binance", "BTC/USDT", "5m"), seriesNamed(2, "binance", "ETH/USDT"),
        seriesNamed(3, "kraken", "BTC/USDT", "1h"), linear, seriesNamed(5, "kraken", "BTC/USDT", "15m"),
        seriesNamed(6, "bybit", "BTC/USDT", "1h")});
    const auto pairs = pairsWith(*heatmap, "kraken");
    QCOMPARE(pairs.size(), size_t(2));
    for (const SeriesPair& pair : pairs) {
        const bool isBybit = pair.first.key.exchange == "bybit";
        QCOMPARE(pair.second.id, isBybit ? 3 : 5); // the same timeframe, else the finest comparison
        QCOMPARE(pair.timeframe().name(), isBybit ? "1h" : "15m");
    }
    QVERIFY(pairsWith(*heatmap, "nowhere").empty());
}

void tst_CoverageCompare::cellsCountWhereABarOpens()
{
    const std::vector<UtcMs> bounds {firstDay, firstDay + 10 * minute, firstDay + 20 * minute};
    const auto cells = cellsOf(std::vector {bar(-1, 500), bar(0, 3), bar(9, -44, true),
        alone(10, BarDifference::Presence::OnlyA), alone(11, BarDifference::Presence::OnlyB), bar(19, 6), bar(20, 900)},
        bounds);
    QCOMPARE(cells.size(), size_t(2));
    QCOMPARE(cells[0], (DisagreementCell {2, 1, 0, 0, -45}));
    QCOMPARE(cells[1], (DisagreementCell {1, 0, 1, 1, 5}));
    DisagreementCell sum = cells[0];
    sum += cells[1];
    QCOMPARE(sum, (DisagreementCell {3, 1, 1, 1, -45}));
    QCOMPARE(*sum.agreement(), 0.4);
    QVERIFY(!DisagreementCell().agreement());
    QVERIFY(cellsOf({}, {}).empty());
}

void tst_CoverageCompare::looks_data()
{
    QTest::addColumn<DisagreementCell>("cell");
    QTest::addColumn<CellMark>("mark");
    QTest::addColumn<int>("fill");
    QTest::newRow("neither has bars") << DisagreementCell {} << CellMark::Outside << int(CellLook::noFill);
    QTest::newRow("agree") << agreeing << CellMark::None << 100;
    QTest::newRow("one of many beyond") << DisagreementCell {100'000, 1, 0, 0, 50} << CellMark::Failed << 99;
    QTest::newRow("half beyond") << DisagreementCell {100, 50, 0, 0, 50} << CellMark::Failed << 50;
    QTest::newRow("one alone") << DisagreementCell {90, 0, 0, 10, 2} << CellMark::Outage << 90;
    QTest::newRow("both kinds") << DisagreementCell {80, 10, 20, 0, 2} << CellMark::Failed << 70;
}

void tst_CoverageCompare::looks()
{
    QFETCH(DisagreementCell, cell);
    QFETCH(int, fill);
    const CellLook look = lookOf(cell);
    QTEST(look.mark, "mark");
    QCOMPARE(int(look.fill), fill);
}

void tst_CoverageCompare::sentences()
{
    const TimeRange day {firstDay, firstDay + std::chrono::days {1}};
    const QString text = describe(pairOf("1m", "1h"), day, {1440, 12, 3, 0, -45});
    for (const char* part : {"binance against kraken\nbinance Spot BTC/USDT 1m\nkraken Spot BTC/USDT 1h", "2024-01-01", "99.0 % agree",
             "1440 bars of 1h that both have, 12 are beyond", "-45.00 bp", "binance alone has: 3"})
        QVERIFY2(text.contains(QString::fromUtf8(part)), qPrintable(text));
    QVERIFY(!text.contains(QStringLiteral("kraken alone")));
    QVERIFY(describe(pairOf(), day, {}).contains(QStringLiteral("Neither has bars")));
}

void tst_CoverageCompare::newestColumnsOfAllPairsComeFirst()
{
    Reader reader;
    CoverageCompare compare(reader.read());
    QSignalSpy changed(&compare, &CoverageCompare::changed);
    const auto both = std::vector {seriesNamed(1, "binance", "BTC/USDT"), seriesNamed(2, "kraken", "BTC/USDT"),
        seriesNamed(3, "binance", "ETH/USDT"), seriesNamed(4, "kraken", "ETH/USDT")};
    compare.setCoverage(heatmapOf(both, 50));
    QVERIFY(reader.asked.empty() && changed.isEmpty()); // nobody has asked
    compare.setVenue("kraken");
    QCOMPARE(changed.count(), 1);
    QVERIFY(compare.isOn() && compare.isReading());
    QCOMPARE(reader.asked.size(), size_t(1)); // one at a time
    QCOMPARE(reader.asked[0].bounds.back(), firstDay + std::chrono::days {50});
    QCOMPARE(reader.asked[0].bounds.size(), size_t(21)); // 20 days of minutes at once
    const SeriesId first = reader.asked[0].pair.first.id;
    QVERIFY(compare.textAt(*compare.heatmap(), 0, 49).contains(QStringLiteral("Not compared yet")));
    reader.answer(agreeing);
    QCOMPARE(changed.count(), 2);
    QVERIFY(reader.asked[0].pair.first.id != first);
    QCOMPARE(reader.asked[0].bounds.back(), firstDay + std::chrono::days {50});
    QCOMPARE(int(compare.heatmap()->rows[0]->looks[49].fill), 100);
    QCOMPARE(compare.heatmap()->rows[0]->looks[29].mark, CellMark::Outside);
    while (!reader.asked.empty())
        reader.answer(agreeing);
    QVERIFY(!compare.isReading());
    for (const auto& row : compare.heatmap()->rows)
        QCOMPARE(row->disagreement->total.compared, 5'000);
    QVERIFY(compare.sumText().startsWith(QStringLiteral("2 series, 100 % agree, 0 bars beyond")));
    compare.setVenue({});
    QVERIFY(!compare.isOn());
}

void tst_CoverageCompare::whatHasNotChangedIsNotReadAgain()
{
    Reader reader;
    CoverageCompare compare(reader.read());
    const auto both = std::vector {seriesNamed(1, "binance", "BTC/USDT"), seriesNamed(2, "kraken", "BTC/USDT")};
    compare.setCoverage(heatmapOf(both));
    compare.setVenue("kraken");
    reader.answer(agreeing);
    QVERIFY(!compare.isReading());
    compare.setCoverage(heatmapOf(both));
    QVERIFY(reader.asked.empty());
    compare.setCoverage(heatmapOf(both, 3, 2)); // something was stored: what was read stays in view until it is read again
    QCOMPARE(reader.asked.size(), size_t(1));
    QCOMPARE(int(compare.heatmap()->rows[0]->looks[2].fill), 100);
    reader.answer({100, 10, 0, 0, 70});
    QCOMPARE(int(compare.heatmap()->rows[0]->looks[2].fill), 90);
    QCOMPARE(compare.heatmap()->rows[0]->disagreement->total.beyond, 30);
}

void tst_CoverageCompare::anOlderAnswerIsNotWanted()
{
    Reader reader;
    CoverageCompare compare(reader.read());
    compare.setCoverage(heatmapOf({seriesNamed(1, "binance", "BTC/USDT"), seriesNamed(2, "kraken", "BTC/USDT"),
        seriesNamed(3, "bybit", "BTC/USDT")}));
    compare.setVenue("kraken");
    compare.setVenue("bybit");
    QCOMPARE(reader.asked.size(), size_t(2));
    reader.answer({100, 100, 0, 0, 70}); // of the first wish
    QCOMPARE(compare.heatmap()->rows[0]->looks[2].mark, CellMark::Outside);
    compare.setVenue({});
    reader.answer(agreeing);
    QVERIFY(reader.asked.empty());
}

void tst_CoverageCompare::whatCannotBeReadIsSaid()
{
    Reader reader;
    CoverageCompare compare(reader.read());
    compare.setCoverage(heatmapOf({seriesNamed(1, "binance", "BTC/USDT"), seriesNamed(2, "kraken", "BTC/USDT")}));
    compare.setVenue("kraken");
    const Reader::Asked one = reader.asked.front();
    reader.asked.clear();
    one.answer(fail(ErrorCode::StorageFailed, "the disk is gone"));
    QVERIFY(!compare.isReading() && reader.asked.empty()); // it is not tried again and again
    QVERIFY(compare.sumText().contains(QStringLiteral("1 series could not be read")));
    QVERIFY(compare.textAt(*compare.heatmap(), 0, 1).contains(QStringLiteral("the disk is gone")));
}

void tst_CoverageCompare::linesSayWhoIsHeldAgainstWhom()
{
    Reader reader;
    CoverageCompare compare(reader.read());
    compare.setCoverage(heatmapOf({seriesNamed(1, "binance", "BTC/USDT"), seriesNamed(2, "kraken", "BTC/USDT")}));
    compare.setVenue("kraken");
    reader.answer({100, 1, 0, 0, 70});
    const auto lines = linesOf(*compare.heatmap(), {}, firstDay);
    QCOMPARE(lines.size(), size_t(2));
    QCOMPARE(lines[0].text, QStringLiteral("binance, Spot against kraken"));
    QCOMPARE(lines[1].completeness, QStringLiteral("99.0 %"));
    QCOMPARE(lines[1].freshness, QStringLiteral("3 beyond"));
    QVERIFY(describeCell(*compare.heatmap(), 0, 1).contains(QStringLiteral("against")));
    QVERIFY(describeRow(*compare.heatmap(), 0, firstDay).contains(QStringLiteral("99.0 % agree")));
}

QTEST_MAIN(tst_CoverageCompare)
#include "tst_coveragecompare.moc"
