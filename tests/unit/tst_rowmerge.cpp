#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "core/storage/rowmerge.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

Candle bar(int minute, double close = 2)
{
    return {fromMs(minute * 60'000LL), 1, 3, 0.5, close, 10, 20.0, 5, 0};
}

template<class Change>
Candle with(Candle candle, Change change)
{
    change(candle);
    return candle;
}

} // namespace

Q_DECLARE_METATYPE(mnemo::Candle)
Q_DECLARE_METATYPE(mnemo::RowVerdict)

class TestRowMerge : public QObject {
    Q_OBJECT
private slots:
    void decides_data()
    {
        QTest::addColumn<Candle>("stored");
        QTest::addColumn<Candle>("answered");
        QTest::addColumn<RowVerdict>("verdict");
        QTest::addColumn<Candle>("result");
        const Candle base = bar(0);
        const auto row = [](const char* name, const Candle& stored, const Candle& answered, RowVerdict verdict, const Candle& result) {
            QTest::newRow(name) << stored << answered << verdict << result;
        };
        const Candle bare = with(base, [](Candle& c) { c.quoteVolume.reset(), c.trades.reset(); });
        const auto flagged = [](const Candle& candle, std::uint32_t flags) {
            return with(candle, [flags](Candle& c) { c.flags = flags; });
        };
        row("equal", base, base, RowVerdict::Same, base);
        row("another close", base, bar(0, 2.5), RowVerdict::Revised, bar(0, 2.5));
        row("minus zero is zero", bar(0, 0), bar(0, -0.0), RowVerdict::Same, bar(0, 0));
        row("another quote volume", base, with(base, [](Candle& c) { c.quoteVolume = 21; }), RowVerdict::Revised,
            with(base, [](Candle& c) { c.quoteVolume = 21; }));
        row("another trade count", base, with(base, [](Candle& c) { c.trades = 6; }), RowVerdict::Revised,
            with(base, [](Candle& c) { c.trades = 6; }));
        row("missing values come", bare, base, RowVerdict::Completed, base);
        row("a missing value keeps the stored one", base, bare, RowVerdict::Same, base);
        row("revised price, same volume: keeps them too", base, with(bare, [](Candle& c) { c.close = 2.5; }), RowVerdict::Revised, bar(0, 2.5));
        row("revised volume drops what belonged to the old one", base, with(bare, [](Candle& c) { c.volume = 11; }), RowVerdict::Revised,
            with(bare, [](Candle& c) { c.volume = 11; }));
        row("replaced stays", flagged(base, Replaced), bar(0, 9), RowVerdict::Same, flagged(base, Replaced));
        row("quarantined takes the value, keeps the mark", flagged(base, Quarantined), bar(0, 9), RowVerdict::Revised, flagged(bar(0, 9), Quarantined));
        row("quarantined, equal", flagged(base, Quarantined), base, RowVerdict::Same, flagged(base, Quarantined));
        row("an equal answer does not put quarantine back", base, flagged(base, Quarantined), RowVerdict::Same, base);
        row("first-hand answer takes the foreign mark off", flagged(base, Foreign), base, RowVerdict::Completed, base);
        row("a foreign equal leaves first-hand", base, flagged(base, Foreign), RowVerdict::Same, base);
        row("a foreign other is marked", base, flagged(bar(0, 9), Foreign), RowVerdict::Revised, flagged(bar(0, 9), Foreign));
        row("approximate twice stays approximate", flagged(base, ApproximateVolume), flagged(base, ApproximateVolume), RowVerdict::Same,
            flagged(base, ApproximateVolume));
    }
    void decides()
    {
        QFETCH(Candle, stored);
        QFETCH(Candle, answered);
        QFETCH(RowVerdict, verdict);
        QFETCH(Candle, result);
        const RowDecision decision = decideRow(stored, answered);
        QCOMPARE(decision.verdict, verdict);
        QVERIFY(decision.result == result);
    }

    void mergesAPage()
    {
        const std::vector<Candle> stored {bar(0), bar(2), bar(3), bar(7)};
        const std::vector<Candle> answered {bar(1), bar(2), bar(3, 2.5), bar(9)};
        const RowMerge merge = mergeRows(stored, answered);
        QVERIFY(merge.merged == (std::vector<Candle> {bar(0), bar(1), bar(2), bar(3, 2.5), bar(7), bar(9)}));
        QVERIFY(merge.writes == (std::vector<Candle> {bar(1), bar(3, 2.5), bar(9)}));
        QCOMPARE(merge.added, 2);
        QCOMPARE(merge.same, 1);
        QCOMPARE(merge.revisions.size(), 1U);
        QVERIFY(merge.revisions[0].before == bar(3) && merge.revisions[0].after == bar(3, 2.5));
    }

    void gathersNeighbours()
    {
        std::vector<Revision> revisions;
        for (const int minute : {0, 1, 2, 5, 7, 8})
            revisions.push_back({bar(minute), bar(minute, 9)});
        const auto runs = revisionRuns(revisions, Grid(Timeframe {}));
        QCOMPARE(runs.size(), 3U);
        QCOMPARE(runs[0].size(), 3U);
        QCOMPARE(runs[1].size(), 1U);
        QCOMPARE(runs[2].size(), 2U);
        QVERIFY(revisionRuns({}, Grid(Timeframe {})).empty());
    }

    void detailsAreJson()
    {
        const std::vector<Revision> run {{bar(1), with(bar(1, 2.5), [](Candle& c) { c.trades.reset(); })}, {bar(2), bar(2, 1e-10)}};
        const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(revisionDetails(run, 42)));
        QVERIFY(json.isObject());
        QCOMPARE(json["page"_L1].toInt(), 42);
        QCOMPARE(json["bars"_L1].toInt(), 2);
        const auto change = json["changes"_L1][0];
        QCOMPARE(change["time"_L1].toInt(), 60'000);
        QCOMPARE(change["old"_L1]["close"_L1].toDouble(), 2.0);
        QCOMPARE(change["new"_L1]["close"_L1].toDouble(), 2.5);
        QCOMPARE(change["old"_L1]["trades"_L1].toInt(), 5);
        QVERIFY(change["new"_L1]["trades"_L1].isNull());
        QVERIFY(change["old"_L1]["open"_L1].isUndefined());
        QCOMPARE(json["changes"_L1][1]["new"_L1]["close"_L1].toDouble(), 1e-10);
    }
};

QTEST_APPLESS_MAIN(TestRowMerge)
#include "tst_rowmerge.moc"
