#include <QTest>
#include <deque>

#include "core/base/timetext.h"
#include "ui/chart/tilecache.h"
#include "ui/chart/tilereader.h"

using namespace mnemo;

namespace {

const UtcMs t0 = *parseTime("2024-03-10");
constexpr milliseconds minute {60'000};

SeriesRecord seriesOf(const char* frame, SeriesId id = 1)
{
    SeriesRecord series;
    series.id = id;
    series.key.exchange = series.key.source = "x";
    series.key.symbol = "BTC/USDT";
    series.key.timeframe = *Timeframe::fromName(frame);
    series.anchor = Grid::defaultAnchor(series.key.timeframe);
    return series;
}

/// Remembers what was asked for and answers when told to.
struct FakeFetch {
    std::deque<TileCache::Request> asked;
    TileCache::Fetch function()
    {
        return [this](const TileCache::Request& request) { asked.push_back(request); };
    }
    static ChartTile full(const TileCache::Request& request)
    {
        ChartTile tile {request.range, {}, {}};
        for (UtcMs time = request.range.from; time < request.range.to; time += request.level.length)
            tile.bars.push_back({time, 1, 2, 0.5, 1.5, 1});
        return tile;
    }
    void answerAll(TileCache& cache)
    {
        while (!asked.empty()) {
            const auto request = asked.front();
            asked.pop_front();
            cache.deliver(request.key, full(request));
        }
    }
};

std::size_t barsIn(const ChartContent& content)
{
    std::size_t count = 0;
    for (const auto& piece : content.pieces)
        count += piece.bars.size();
    return count;
}

} // namespace

class tst_TileCache : public QObject {
    Q_OBJECT
private slots:
    void levelsFitEveryTimeframe_data();
    void levelsFitEveryTimeframe();
    void levelGivesAtMostTwoBarsPerColumn();
    void tilesCoverTimeWithoutSeams();
    void asksOnceAndShowsLoadingUntilThen();
    void asksForNothingOutsideOfTheData();
    void fewRequestsAreUnderWay();
    void otherLevelsStandIn();
    void staleTilesAreShownAndAskedAgain();
    void changeDuringAReadIsNotLost();
    void failedReadIsNotRepeatedUntilInvalidated();
    void staysWithinItsBudget();
    void mergesGapsAcrossTiles();
    void readerMergesRowsAndFindsHoles();
    void readerTakesAggregatesForLongBars();
};

void tst_TileCache::levelsFitEveryTimeframe_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const Timeframe frame : Timeframe::all())
        QTest::newRow(std::string(frame.name()).c_str())
            << QByteArray(frame.name().data(), qsizetype(frame.name().size()));
}

void tst_TileCache::levelsFitEveryTimeframe()
{
    QFETCH(QByteArray, name);
    const Timeframe frame = *Timeframe::fromName(name.constData());
    const auto levels = chartLevels(Grid(frame));
    QVERIFY(!levels.empty());
    QVERIFY(levels.front().source == ChartLevel::Source::Rows);
    QCOMPARE(levels.front().length, drawnLength(Grid(frame)));
    for (size_t i = 1; i < levels.size(); ++i) {
        QVERIFY(levels[i].length > levels[i - 1].length);
        QVERIFY(levels[i].length <= levels[i - 1].length * 3);
    }
    // Ten million one-minute bars in a window of 1,600 columns.
    const double msPerColumn = 1e7 * 60'000 / 1600;
    QVERIFY(msPerColumn / double(levels[levelFor(levels, msPerColumn)].length.count()) <= 2.0 || frame.isMonth());
}

void tst_TileCache::levelGivesAtMostTwoBarsPerColumn()
{
    const auto levels = chartLevels(Grid(*Timeframe::fromName("1m")));
    for (double ms = 1000; ms < 4e8; ms *= 1.3) {
        const auto level = levelFor(levels, ms);
        QVERIFY(ms / double(levels[level].length.count()) <= 2.0);
        QVERIFY(level == 0 || ms / double(levels[level - 1].length.count()) > 2.0); // the finest that does
    }
}

void tst_TileCache::tilesCoverTimeWithoutSeams()
{
    for (const auto& level : chartLevels(Grid(*Timeframe::fromName("1m")))) {
        for (const UtcMs time : {t0, UtcMs {}, *parseTime("1969-12-31 23:59"), *parseTime("2009-01-03 18:15")}) {
            const auto index = indexAt(level, time);
            QVERIFY(rangeOf(level, index).contains(time));
            QCOMPARE(rangeOf(level, index).to, rangeOf(level, index + 1).from);
        }
    }
}

void tst_TileCache::asksOnceAndShowsLoadingUntilThen()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange range {t0, t0 + 100 * minute};
    QCOMPARE(cache.content(0, range, range).loading.size(), size_t(1));
    const auto asked = fetch.asked.size();
    QCOMPARE(cache.content(0, range, range).loading.front(), range);
    QCOMPARE(fetch.asked.size(), asked);
    fetch.answerAll(cache);
    const auto content = cache.content(0, range, range);
    QVERIFY(content.loading.empty());
    QCOMPARE(barsIn(content), size_t(100));
    QVERIFY(fetch.asked.empty());
}

void tst_TileCache::asksForNothingOutsideOfTheData()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange extent {t0, t0 + 100 * minute};
    QVERIFY(cache.content(0, {t0 - 5000 * minute, t0 - 1000 * minute}, extent).loading.empty());
    QVERIFY(cache.content(0, {t0, t0 + minute}, TimeRange {}).loading.empty());
    QVERIFY(fetch.asked.empty());
}

void tst_TileCache::fewRequestsAreUnderWay()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange range {t0, t0 + 100'000 * minute};
    cache.content(0, range, range);
    QVERIFY(fetch.asked.size() <= 6);
    for (int i = 0; i < 100 && !fetch.asked.empty(); ++i) {
        fetch.answerAll(cache);
        cache.content(0, range, range);
    }
    QCOMPARE(barsIn(cache.content(0, range, range)), size_t(100'000));
}

void tst_TileCache::otherLevelsStandIn()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange range {t0, t0 + 400 * minute};
    cache.content(2, range, range);
    fetch.answerAll(cache);
    const auto finer = cache.content(0, range, range);
    QVERIFY(finer.loading.empty());
    QCOMPARE(barsIn(finer), size_t(100)); // four minutes each
    QCOMPARE(finer.pieces.front().length, 4 * minute);
    QVERIFY(!fetch.asked.empty()); // and the real ones are under way
    fetch.answerAll(cache);
    QCOMPARE(barsIn(cache.content(0, range, range)), size_t(400));
}

void tst_TileCache::staleTilesAreShownAndAskedAgain()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange range {t0, t0 + 100 * minute};
    cache.content(0, range, range);
    fetch.answerAll(cache);
    cache.invalidate(2, range); // another series
    cache.content(0, range, range);
    QVERIFY(fetch.asked.empty());
    cache.invalidate(1, {t0 + minute, t0 + 2 * minute});
    QCOMPARE(barsIn(cache.content(0, range, range)), size_t(100));
    QCOMPARE(fetch.asked.size(), size_t(1));
    cache.deliver(fetch.asked.front().key, ChartTile {fetch.asked.front().range, {{t0, 7, 7, 7, 7, 7}}, {}});
    QCOMPARE(cache.content(0, range, range).pieces.front().bars.front().open, 7.0);
}

void tst_TileCache::changeDuringAReadIsNotLost()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange range {t0, t0 + 100 * minute};
    cache.content(0, range, range);
    cache.invalidate(1, range);
    fetch.answerAll(cache);
    cache.content(0, range, range);
    QCOMPARE(fetch.asked.size(), size_t(1));
}

void tst_TileCache::failedReadIsNotRepeatedUntilInvalidated()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange range {t0, t0 + 100 * minute};
    cache.content(0, range, range);
    const auto request = fetch.asked.front();
    fetch.asked.clear();
    cache.deliver(request.key, fail(ErrorCode::StorageFailed, "disk I/O error"));
    QVERIFY(cache.lastError().has_value());
    cache.content(0, range, range);
    QVERIFY(fetch.asked.empty());
    cache.invalidate(1, range);
    cache.content(0, range, range);
    QCOMPARE(fetch.asked.size(), size_t(1));
    fetch.answerAll(cache);
    QVERIFY(!cache.lastError().has_value());
}

void tst_TileCache::staysWithinItsBudget()
{
    FakeFetch fetch;
    const std::size_t budget = 10 * barsPerTile * sizeof(ChartBar);
    TileCache cache(fetch.function(), budget);
    cache.setSeries(seriesOf("1m"));
    const TimeRange extent {t0, t0 + 1'000'000 * minute};
    for (int i = 0; i < 900; ++i) {
        cache.content(0, {t0 + i * 1000 * minute, t0 + (i + 1) * 1000 * minute}, extent);
        fetch.answerAll(cache);
        QVERIFY(cache.bytes() <= budget);
    }
    QVERIFY(cache.bytes() > budget / 2);
}

void tst_TileCache::mergesGapsAcrossTiles()
{
    FakeFetch fetch;
    TileCache cache(fetch.function());
    cache.setSeries(seriesOf("1m"));
    const TimeRange range {t0, t0 + 4000 * minute};
    cache.content(0, range, range);
    while (!fetch.asked.empty()) {
        const auto request = fetch.asked.front();
        fetch.asked.pop_front();
        cache.deliver(
            request.key, ChartTile {request.range, {}, {{request.range, barsPerTile, GapClass::Unknown, {}}}});
    }
    cache.content(0, range, range);
    const auto content = cache.content(0, range, range);
    QCOMPARE(content.gaps.size(), size_t(1));
    QCOMPARE(content.gaps.front().range, range);
}

namespace {

/// A store of minutes 0..9 and 20..29 of t0, and of hours 0 and 3.
class FakeReader final : public StoreReader {
public:
    Result<std::vector<SeriesRecord>> series(const SeriesFilter&) override { return {}; }
    Result<std::optional<SeriesRecord>> find(const SeriesKey&) override { return std::nullopt; }
    Result<SeriesSummary> summary(SeriesId) override { return SeriesSummary {}; }
    Result<std::vector<CoverageSpan>> coverage(SeriesId, TimeRange) override { return {}; }
    Result<void> eachCandle(SeriesId, TimeRange within, bool, const std::function<bool(const Candle&)>& each) override
    {
        for (int i = 0; i < 30; ++i) {
            const UtcMs time = t0 + i * minute;
            if ((i < 10 || i >= 20) && within.contains(time)
                && !each(Candle {time, double(i), i + 1.0, i - 1.0, i + 0.5, 2}))
                break;
        }
        return {};
    }
    Result<std::vector<UtcMs>> openTimes(SeriesId, TimeRange) override { return {}; }
    Result<std::vector<Aggregate>> aggregates(SeriesId, AggregateLevel level, TimeRange within) override
    {
        std::vector<Aggregate> rows;
        for (const int hour : {0, 3}) {
            const Aggregate row {t0 + hour * 60 * minute, 1, 3, 0.5, 2, 10, hour == 3 ? rowsOfLast : 60, 60, 0};
            if (level == AggregateLevel::Hour && within.contains(row.time))
                rows.push_back(row);
        }
        return rows;
    }
    std::int64_t rowsOfLast = 60;
    Result<std::vector<PageRecord>> pages(SeriesId, TimeRange) override { return {}; }
    Result<std::vector<Finding>> findings(SeriesId, TimeRange) override { return {}; }
    Result<std::vector<FindingId>> findingIds(const FindingFilter&, FindingOrder) override { return {}; }
    Result<std::vector<Finding>> findingsById(std::span<const FindingId>) override { return {}; }
    Result<std::vector<FindingCount>> findingCounts(const FindingFilter&) override { return {}; }
    Result<std::vector<FindingDay>> findingDays(TimeRange, const FindingFilter&) override { return std::vector<FindingDay> {}; }
    Result<std::vector<Decision>> decisionLog(const FindingFilter&, std::size_t) override { return std::vector<Decision> {}; }
    Result<std::vector<Decision>> decisions(FindingId) override { return {}; }
    Result<void> eachMetric(SeriesId, TimeRange, bool, const std::function<bool(const Metric&)>&) override { return {}; }
    Result<QueryTable> query(std::string_view) override { return QueryTable {}; }
    void interrupt() override { }
};

} // namespace

void tst_TileCache::readerMergesRowsAndFindsHoles()
{
    FakeReader reader;
    std::vector<TimeRange> looked;
    const FindGaps gaps = [&](const SeriesRecord&, TimeRange range) -> Result<std::vector<Gap>> {
        looked.push_back(range);
        return std::vector<Gap> {{range, 1, GapClass::Empty, {}}};
    };
    const auto levels = chartLevels(Grid(*Timeframe::fromName("1m")));
    const TimeRange range {t0, t0 + 30 * minute};
    const auto exact = readTile(reader, gaps, seriesOf("1m"), levels[0], range);
    QVERIFY(exact.has_value());
    QCOMPARE(exact->bars.size(), size_t(20));
    QCOMPARE(looked, (std::vector<TimeRange> {range})); // the gap engine sees the whole tile
    looked.clear();
    const auto merged = readTile(reader, gaps, seriesOf("1m"), levels[1], range);
    QCOMPARE(merged->bars.size(), size_t(10));
    QCOMPARE(merged->bars[1].time, t0 + 2 * minute);
    QCOMPARE(merged->bars[1].open, 2.0);
    QCOMPARE(merged->bars[1].high, 4.0);
    QCOMPARE(merged->bars[1].low, 1.0);
    QCOMPARE(merged->bars[1].close, 3.5);
    QCOMPARE(merged->bars[1].volume, 4.0);
    QCOMPARE(looked, (std::vector<TimeRange> {range})); // a hole within a bar belongs into the lane too
    looked.clear();
    const auto whole = readTile(reader, gaps, seriesOf("1m"), levels[0], {t0, t0 + 10 * minute});
    QCOMPARE(whole->bars.size(), size_t(10));
    QVERIFY(looked.empty()); // nothing is absent: the gap engine is not asked
}

void tst_TileCache::readerTakesAggregatesForLongBars()
{
    FakeReader reader;
    std::vector<TimeRange> looked;
    const FindGaps gaps = [&](const SeriesRecord&, TimeRange range) -> Result<std::vector<Gap>> {
        looked.push_back(range);
        return std::vector<Gap> {};
    };
    const auto levels = chartLevels(Grid(*Timeframe::fromName("1m")));
    const auto hours = std::find_if(
        levels.begin(), levels.end(), [](const auto& level) { return level.source == ChartLevel::Source::Hours; });
    const auto tile = readTile(reader, gaps, seriesOf("1m"), *hours, {t0, t0 + 240 * minute});
    QVERIFY(tile.has_value());
    QCOMPARE(tile->bars.size(), size_t(2));
    QCOMPARE(tile->bars[1].volume, 10.0);
    QCOMPARE(looked, (std::vector<TimeRange> {{t0 + 60 * minute, t0 + 180 * minute}}));
    looked.clear();
    reader.rowsOfLast = 59; // the last hour lacks a minute
    QVERIFY(readTile(reader, gaps, seriesOf("1m"), *hours, {t0, t0 + 240 * minute}).has_value());
    QCOMPARE(looked, (std::vector<TimeRange> {{t0 + 60 * minute, t0 + 240 * minute}}));
}

QTEST_GUILESS_MAIN(tst_TileCache)
#include "tst_tilecache.moc"
