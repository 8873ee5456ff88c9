#include "storefixture.h"

#include <map>
#include <random>

#include "core/storage/aggregation.h"

using namespace mnemo;

namespace {

struct Expected {
    Aggregate bucket;
    std::vector<double> volumes;
};

/// Written again from the definition, row by row, to have a second opinion.
std::map<UtcMs, Expected> bucketsOf(const std::vector<Candle>& rows, const Grid& grid, milliseconds length)
{
    std::map<UtcMs, Expected> out;
    for (const Candle& row : rows) {
        const UtcMs time = UtcMs {length * (toMs(row.openTime) / length.count())};
        Aggregate& bucket = out[time].bucket;
        bucket.time = time;
        bucket.expected = 0;
        for (UtcMs open = grid.ceil(time); open < time + length; open = grid.next(open))
            ++bucket.expected;
        const bool first = bucket.rows == bucket.flagged;
        ++bucket.rows;
        if ((row.flags & Quarantined) != 0) {
            ++bucket.flagged;
            continue;
        }
        if (first) {
            bucket.open = row.open;
            bucket.high = row.high;
            bucket.low = row.low;
        }
        bucket.high = std::max(bucket.high, row.high);
        bucket.low = std::min(bucket.low, row.low);
        bucket.close = row.close;
        bucket.volume += row.volume;
    }
    return out;
}

bool nearly(double a, double b)
{
    return std::abs(a - b) <= 1e-12 * std::max({1.0, std::abs(a), std::abs(b)});
}

} // namespace

class TestSqliteAggregates : public QObject {
    Q_OBJECT

    static QByteArray dump(StoreFixture& fixture)
    {
        QByteArray out;
        for (const auto& row : must(fixture.reader->query("SELECT * FROM aggregates ORDER BY series_id, level, time")).rows) {
            for (const auto& value : row)
                out += QByteArray::fromStdString(value.value_or("NULL")) + ' ';
            out += '\n';
        }
        return out;
    }

    static void verifyLevel(StoreFixture& fixture, const SeriesRecord& series, AggregateLevel level)
    {
        const auto rows = must(fixture.reader->candles(series.id, always));
        const auto stored = must(fixture.reader->aggregates(series.id, level, always));
        if (!hasLevel(series.key.timeframe, level)) {
            QVERIFY(stored.empty());
            return;
        }
        const auto expected = bucketsOf(rows, series.grid(), bucketLength(level));
        QCOMPARE(stored.size(), expected.size());
        for (Aggregate bucket : stored) {
            const auto found = expected.find(bucket.time);
            QVERIFY(found != expected.end());
            QVERIFY(nearly(bucket.volume, found->second.bucket.volume));
            bucket.volume = found->second.bucket.volume; // sums of sums round otherwise
            QVERIFY(bucket == found->second.bucket);
        }
    }

private slots:
    void oneHour()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto rows = bars(at("2024-01-01T10:58"), 4);
        rows[3].flags = Quarantined;
        fixture.commit(series, rows, at("2024-02-01"));
        const auto hours = must(fixture.reader->aggregates(series.id, AggregateLevel::Hour, always));
        QCOMPARE(hours.size(), 2U);
        QVERIFY(hours[0]
            == (Aggregate {at("2024-01-01T10:00"), rows[0].open, std::max(rows[0].high, rows[1].high), std::min(rows[0].low, rows[1].low),
                rows[1].close, rows[0].volume + rows[1].volume, 2, 60, 0}));
        QVERIFY(hours[1]
            == (Aggregate {at("2024-01-01T11:00"), rows[2].open, rows[2].high, rows[2].low, rows[2].close, rows[2].volume, 2, 60, 1}));
        const auto days = must(fixture.reader->aggregates(series.id, AggregateLevel::Day, always));
        QCOMPARE(days.size(), 1U);
        QCOMPARE(days[0].rows, 4);
        QCOMPARE(days[0].expected, 1440);
        QCOMPARE(days[0].flagged, 1);
        QCOMPARE(days[0].close, rows[2].close);
        QCOMPARE(must(fixture.reader->aggregates(series.id, AggregateLevel::Hour, {at("2024-01-01T11:00"), at("2024-01-01T12:00")})).size(), 1U);
    }

    void quarantineAloneHasNoPrices()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series("15m");
        auto rows = bars(at("2024-01-01"), 2, "15m");
        rows[0].flags = rows[1].flags = Quarantined;
        fixture.commit(series, rows, at("2024-02-01"));
        QVERIFY(must(fixture.reader->aggregates(series.id, AggregateLevel::Hour, always)).at(0)
            == (Aggregate {at("2024-01-01"), 0, 0, 0, 0, 0, 2, 4, 2}));
    }

    void anyOrderOfWorkGivesTheSame_data()
    {
        QTest::addColumn<QByteArray>("frame");
        for (const char* frame : {"1m", "5m", "30m", "1h", "4h", "8h", "12h", "1d", "1w", "1M"})
            QTest::newRow(frame) << QByteArray(frame);
    }
    /// Property: after any sequence of commits the stored buckets are those that the rows give.
    void anyOrderOfWorkGivesTheSame()
    {
        QFETCH(QByteArray, frame);
        std::mt19937 random(11);
        const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        StoreFixture fixture;
        const SeriesRecord series = fixture.series(frame);
        const Grid grid = series.grid();
        const UtcMs start = grid.floor(at("2024-01-01T22:00"));
        for (int step = 0; step < 60; ++step) {
            std::vector<PageCommit> pages;
            for (int p = 0; p <= below(3); ++p) {
                auto rows = bars(grid.advance(start, below(4000)), 1 + below(below(4) == 0 ? 600 : 40), frame, below(3));
                std::erase_if(rows, [&](const Candle&) { return below(10) == 0; });
                for (Candle& row : rows) {
                    row.flags = below(30) == 0 ? std::uint32_t {Quarantined} : 0U;
                    row.volume = below(1000) * 0.01;
                }
                if (!rows.empty())
                    pages.push_back(StoreFixture::page(series, std::move(rows), at("2024-02-01") + std::chrono::minutes {step}));
            }
            must(fixture.writer->commit(pages));
        }
        verifyLevel(fixture, series, AggregateLevel::Hour);
        verifyLevel(fixture, series, AggregateLevel::Day);
        const QByteArray before = dump(fixture);
        const auto count = must(fixture.writer->rebuildAggregates({}));
        QCOMPARE(count, before.count('\n'));
        QCOMPARE(dump(fixture), before); // to the last bit
        QCOMPARE(must(fixture.reader->summary(series.id)).rows, static_cast<std::int64_t>(must(fixture.reader->candles(series.id, always)).size()));
    }

    void rebuildsOnlyWhatIsAskedFor()
    {
        StoreFixture fixture;
        const SeriesRecord one = fixture.series("1h");
        const SeriesRecord two = fixture.series("4h");
        fixture.commit(one, bars(at("2024-01-01"), 48, "1h"), at("2024-02-01"));
        fixture.commit(two, bars(at("2024-01-01"), 48, "4h"), at("2024-02-01"));
        SeriesFilter filter;
        filter.timeframes = {*Timeframe::fromName("1h")};
        QCOMPARE(must(fixture.writer->rebuildAggregates(filter)), 2);
    }
};

QTEST_APPLESS_MAIN(TestSqliteAggregates)
#include "tst_sqliteaggregates.moc"
