#include <QTest>

#include "core/base/timetext.h"
#include "tests/ui/fakestore.h"
#include "ui/bridge/storedseries.h"

using namespace mnemo;

class tst_StoredSeries : public QObject {
    Q_OBJECT
private slots:
    void coverageCountsAnswersNotRows();
    void timeBeforeListingIsNoHole();
    void importWithoutCoverageIsKnown();
    void onlyChangedSeriesAreReadAgain();
};

namespace {

SeriesRecord record(SeriesId id, const char* symbol)
{
    SeriesRecord result;
    result.id = id;
    result.key.exchange = result.key.source = "x";
    result.key.symbol = symbol;
    result.key.timeframe = *Timeframe::fromName("1h");
    return result;
}

UtcMs at(const char* text)
{
    return *parseTime(text);
}

StoredSeries readOne(FakeStore& store)
{
    auto reader = store.openReader();
    const auto list = readStoredSeries(**reader, {}, {});
    return list && list->size() == 1 ? list->front() : StoredSeries {};
}

} // namespace

void tst_StoredSeries::coverageCountsAnswersNotRows()
{
    FakeStore store;
    store.records = {record(1, "BTC/USDT")};
    store.summaries[1] = {40, at("2024-01-01 00:00"), at("2024-01-03 23:00")};
    store.spans[1] = {{{at("2024-01-01"), at("2024-01-02")}, CoverageState::Answered, 1, {}},
        {{at("2024-01-02"), at("2024-01-03")}, CoverageState::Failed, 1, {}},
        {{at("2024-01-03"), at("2024-01-05")}, CoverageState::Answered, 1, {}}};
    const StoredSeries series = readOne(store);
    QCOMPARE(series.known, (TimeRange {at("2024-01-01"), at("2024-01-05")}));
    QCOMPARE(series.expected, 96);
    QCOMPARE(series.answered, 72);
    QCOMPARE(series.coverage(), 0.75);
}

void tst_StoredSeries::timeBeforeListingIsNoHole()
{
    FakeStore store;
    store.records = {record(1, "BTC/USDT")};
    store.summaries[1] = {24, at("2024-01-01 00:00"), at("2024-01-01 23:00")};
    store.spans[1] = {{{at("2020-01-01"), at("2024-01-01")}, CoverageState::Unlisted, 1, {}},
        {{at("2024-01-01"), at("2024-01-02")}, CoverageState::Answered, 1, {}}};
    QCOMPARE(readOne(store).coverage(), 1.0);
}

void tst_StoredSeries::importWithoutCoverageIsKnown()
{
    FakeStore store;
    store.records = {record(1, "BTC/USDT")};
    store.summaries[1] = {12, at("2024-01-01 00:00"), at("2024-01-01 23:00")};
    QCOMPARE(readOne(store).coverage(), 0.5);
}

void tst_StoredSeries::onlyChangedSeriesAreReadAgain()
{
    FakeStore store;
    store.records = {record(2, "ETH/USDT"), record(1, "BTC/USDT")};
    auto reader = store.openReader();
    const auto first = readStoredSeries(**reader, {}, {});
    QVERIFY(first.has_value());
    QCOMPARE(first->front().record.key.symbol, std::string("BTC/USDT")); // by key
    QCOMPARE(store.summaryReads.load(), 2);
    store.summaries[2].rows = 5;
    const auto second = readStoredSeries(**reader, *first, {record(2, "ETH/USDT").key});
    QCOMPARE(store.summaryReads.load(), 3);
    QCOMPARE(second->back().rows, 5);
    QVERIFY(readStoredSeries(**reader, *second, {}).has_value());
    QCOMPARE(store.summaryReads.load(), 3);
}

QTEST_GUILESS_MAIN(tst_StoredSeries)
#include "tst_storedseries.moc"
