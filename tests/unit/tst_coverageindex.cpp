#include <random>
#include <set>

#include "core/quality/coverageindex.h"
#include "core/quality/gaps.h"
#include "storefixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::days oneDay {1};

ListedOutage listed(const char* from, const char* to)
{
    ListedOutage outage;
    outage.id = "one";
    outage.exchange = "binance";
    outage.range = {at(from), at(to)};
    return outage;
}

/// What the index must say about a stretch, counted from the rows.
CoverageCounts recount(StoreReader& reader, const SeriesRecord& series, TimeRange within, const OutageBook& book)
{
    const Grid grid = series.grid();
    const auto ends = must(reader.summary(series.id));
    const auto coverage = must(reader.coverage(series.id, always));
    IntervalSet known;
    if (ends.first)
        known.add({*ends.first, grid.next(*ends.last)});
    for (const CoverageSpan& span : coverage)
        known.add(span.range);
    CoverageCounts counts;
    const TimeRange range = grid.aligned(within.intersected(known.hull()));
    const TimeRange all = grid.aligned(within);
    counts.outside = grid.count(all) - (range.isEmpty() ? 0 : grid.count(range));
    if (range.isEmpty())
        return counts;
    for (const Candle& candle : must(reader.candles(series.id, range))) {
        ++counts.present;
        counts.flagged += (candle.flags & Quarantined) != 0 ? 1 : 0;
    }
    const auto gaps = withOutages(
        findGaps(must(reader.openTimes(series.id, range)), coverage, grid, range), book.rangesOf(series.key), grid);
    for (const Gap& gap : gaps) {
        counts.absent[static_cast<std::size_t>(gap.gapClass)] += gap.bars;
        if (gap.gapClass != GapClass::Empty)
            continue;
        for (const CoverageSpan& span : coverage) {
            if (span.checks < 2 && span.state == CoverageState::Answered && span.range.overlaps(gap.range))
                counts.unverified += grid.count(span.range.intersected(gap.range));
        }
    }
    return counts;
}

/// A page with holes and a random state, anywhere in the days from @p start on.
PageCommit randomPage(const SeriesRecord& series, UtcMs start, std::mt19937& random)
{
    const Grid grid = series.grid();
    const UtcMs from = grid.advance(grid.ceil(start), static_cast<std::int64_t>(random() % 4000));
    const int count = 1 + static_cast<int>(random() % 900);
    std::vector<Candle> rows = bars(from, count, std::string(series.key.timeframe.name()).c_str());
    std::erase_if(rows, [&](const Candle&) { return random() % 16 == 0; });
    for (Candle& row : rows)
        row.flags = random() % 20 == 0 ? std::uint32_t {Quarantined} : 0;
    PageCommit page;
    page.series = series.id;
    page.range = {from, grid.advance(from, count)};
    page.fetchedAt = at("2024-06-01") + milliseconds {static_cast<std::int64_t>(random() % 100'000'000)};
    switch (random() % 6) {
    case 0: // a failure
        rows.clear();
        page.coverage = {{page.range, CoverageState::Failed, 1, page.fetchedAt}};
        break;
    case 1: // imported without coverage
        break;
    case 2:
        rows.clear();
        page.coverage = {{page.range, CoverageState::Unlisted, 1, page.fetchedAt}};
        break;
    default:
        page.coverage = {{page.range, CoverageState::Answered, 1 + static_cast<int>(random() % 2), page.fetchedAt}};
    }
    page.rows = std::move(rows);
    return page;
}

} // namespace

class TestCoverageIndex : public QObject {
    Q_OBJECT

private slots:
    void agreesWithTheRows_data()
    {
        QTest::addColumn<QString>("frame");
        for (const char* frame : {"1m", "5m", "1h", "2h", "12h", "1d", "3d", "1w", "1M"})
            QTest::newRow(frame) << QString::fromLatin1(frame);
    }

    /// Days and totals, after loading and after every page, against a count of the rows.
    void agreesWithTheRows()
    {
        QFETCH(QString, frame);
        StoreFixture fixture;
        std::mt19937 random(7);
        const std::string name = frame.toStdString();
        const std::vector<SeriesRecord> all {fixture.series(name.c_str()), fixture.series(name.c_str(), "ETH/USDT"),
            fixture.series(name.c_str(), "XRP/ETH")};
        CoverageIndex index(*fixture.store, {}, {listed("2024-01-02T03:04:05Z", "2024-01-03T20:00Z")});
        must(index.load());
        for (int round = 0; round < 12; ++round) {
            for (int i = 0; i < 3; ++i) {
                const SeriesRecord& series = all[random() % all.size()];
                const PageCommit page = randomPage(series, at("2024-01-01"), random);
                must(fixture.writer->commit({&page, 1}));
                index.note(series.key, page.range);
            }
            QVERIFY(index.hasNews());
            must(index.refresh());
            QVERIFY(!index.hasNews());
            const auto snapshot = index.snapshot();
            for (const SeriesRecord& series : all)
                compareDays(fixture, series, *snapshot, *index.outages());
            for (const CoverageHoles& holes : snapshot->holes())
                compareHoles(fixture, holes, *index.outages());
            if (QTest::currentTestFailed())
                return;
        }
    }

    /// Hours without a payment lack nothing; a day without one does.
    void nobodyExpectsAnEventInEachBar()
    {
        StoreFixture fixture;
        SeriesRecord record = fixture.series("1h");
        record.key.market = MarketType::Linear;
        record.key.symbol = "BTC/USDT:USDT";
        record.key.kind = Kind::Funding;
        record.timeKind = timeKindOfEvents;
        record = must(fixture.writer->ensureSeries(record));
        const UtcMs start = at("2024-01-01");
        PageCommit page = StoreFixture::page(record, {}, at("2024-02-01"));
        for (const int hour : {0, 8, 16, 48, 64})
            page.metrics.push_back({start + std::chrono::hours {hour}, {0.0001}, 0});
        for (const Metric& row : page.metrics)
            page.rows.emplace_back().openTime = row.time;
        page.range = {start, start + 3 * oneDay};
        page.coverage = {{page.range, CoverageState::Answered, 1, page.fetchedAt}};
        must(fixture.writer->commit({&page, 1}));
        CoverageIndex index(*fixture.store, {}, {});
        must(index.load());
        const auto snapshot = index.snapshot();
        const auto day = [&](int number) { return snapshot->counts(record.id, {start + number * oneDay, start + (number + 1) * oneDay}); };
        QCOMPARE(day(0).present, 3);
        QCOMPARE(day(0).bars(), 3);
        QCOMPARE(day(1).noTrade(), 24);
        QCOMPARE(day(2).present, 2);
        QCOMPARE(day(2).dominant(), std::nullopt);
    }

    /// Every gap that could be filled lies in a hole; a series that lacks nothing has none.
    void compareHoles(StoreFixture& fixture, const CoverageHoles& holes, const OutageBook& book)
    {
        const Grid grid = holes.series.grid();
        const auto coverage = must(fixture.reader->coverage(holes.series.id, always));
        const auto gaps = withOutages(
            findGaps(must(fixture.reader->openTimes(holes.series.id, holes.known)), coverage, grid, holes.known),
            book.rangesOf(holes.series.key), grid);
        std::int64_t missing = 0;
        for (const Gap& gap : gaps) {
            if (gap.gapClass != GapClass::Unknown && gap.gapClass != GapClass::Failed)
                continue;
            missing += gap.bars;
            const auto hole = std::ranges::find_if(
                holes.missing, [&gap](TimeRange range) { return range.contains(gap.range); });
            QVERIFY2(hole != holes.missing.end(), formatShort(gap.range.from).c_str());
        }
        QCOMPARE(holes.total.missing(), missing);
        QVERIFY(missing > 0 || holes.missing.empty());
        QCOMPARE(holes.newest, coverage.empty() ? std::nullopt : std::optional(coverage.back()));
        QCOMPARE(holes.last, must(fixture.reader->summary(holes.series.id)).last);
    }

    /// What was read page by page is what is read at once, inferred outages included.
    void refreshingIsLoading()
    {
        StoreFixture fixture;
        std::mt19937 random(11);
        const std::vector<SeriesRecord> all {
            fixture.series("1h"), fixture.series("1h", "ETH/USDT"), fixture.series("4h", "ETH/USDT")};
        const UtcMs start = at("2024-01-01");
        CoverageIndex kept(*fixture.store, {}, {});
        must(kept.load());
        std::set<std::uint64_t> versions;
        for (int round = 0; round < 20; ++round) {
            for (const SeriesRecord& series : all) {
                // whole but for a few hours, many of them the same in all
                const auto hours = static_cast<int>(24h / series.key.timeframe.length());
                std::vector<Candle> rows =
                    bars(start + oneDay * round * 2, hours * 2, std::string(series.key.timeframe.name()).c_str());
                const UtcMs hole = start + oneDay * round * 2 + 8h;
                if (round % 3 == 1)
                    std::erase_if(
                        rows, [&](const Candle& row) { return row.openTime >= hole && row.openTime < hole + 8h; });
                PageCommit page = StoreFixture::page(series, std::move(rows), at("2024-06-01") + 2min * round);
                must(fixture.writer->commit({&page, 1}));
                kept.note(series.key, page.range);
            }
            must(kept.refresh());
            versions.insert(kept.snapshot()->version());
            CoverageIndex fresh(*fixture.store, {}, {});
            must(fresh.load());
            const auto inferred = kept.outages()->inferred();
            QVERIFY(std::ranges::equal(inferred, fresh.outages()->inferred()));
            const auto bounds = dayBounds({start, start + oneDay * 60});
            const auto mine = kept.snapshot()->matrix({}, bounds), other = fresh.snapshot()->matrix({}, bounds);
            QCOMPARE(mine.rows.size(), std::size_t {3});
            for (std::size_t i = 0; i < mine.rows.size(); ++i) {
                QVERIFY(mine.rows[i].cells == other.rows[i].cells);
                QVERIFY(mine.rows[i].total == other.rows[i].total);
            }
        }
        QCOMPARE(versions.size(), std::size_t {20});
        QVERIFY(!kept.outages()->inferred().empty());
        QCOMPARE(kept.outages()->inferred().front().symbols.size(), std::size_t {2});
    }

    void onlyWhatChangedIsNamed()
    {
        StoreFixture fixture;
        const auto first = fixture.series(), second = fixture.series("1m", "ETH/USDT");
        fixture.commit(first, bars(at("2024-01-01"), 3000), at("2024-06-01"));
        fixture.commit(second, bars(at("2024-01-01"), 3000), at("2024-06-01"));
        CoverageIndex index(*fixture.store, {}, {});
        QCOMPARE(index.snapshot()->size(), std::size_t {0});
        QCOMPARE(must(index.refresh()).size(), std::size_t {2});
        QVERIFY(must(index.refresh()).empty());
        const auto before = index.snapshot();
        fixture.commit(first, bars(at("2024-01-04"), 10), at("2024-06-01"));
        index.note(first.key, {at("2024-01-04"), at("2024-01-04T00:10")});
        QCOMPARE(must(index.refresh()), std::vector<SeriesId> {first.id});
        const auto after = index.snapshot();
        QVERIFY(before->version() != after->version());
        const auto bounds = dayBounds({at("2024-01-01"), at("2024-01-05")});
        QVERIFY(before->row(first.id, bounds)->revision != after->row(first.id, bounds)->revision);
        QCOMPARE(before->row(second.id, bounds)->revision, after->row(second.id, bounds)->revision);
        // the old snapshot still says what it said
        QCOMPARE(before->row(first.id, bounds)->cells[3].counts.outside, 1440);
        QCOMPARE(after->row(first.id, bounds)->cells[3].counts.present, 10);
        QCOMPARE(after->row(first.id, bounds)->cells[3].counts.outside, 1430);
    }

    void completenessCountsWhatCouldExist()
    {
        CoverageCounts counts;
        QVERIFY(!counts.completeness());
        QVERIFY(!counts.dominant());
        counts.present = 90;
        counts.absent = {5, 7, 4, 100, 100, 100, 6}; // empty, outage, failed, three that could not be, unknown
        QCOMPARE(counts.expected(), std::int64_t {100});
        QCOMPARE(*counts.completeness(), 0.9);
        QVERIFY(counts.dominant() == GapClass::BeyondRetention);
        counts.absent = {6, 6, 6, 0, 0, 0, 6};
        QVERIFY(counts.dominant() == GapClass::Failed);
        QCOMPARE(counts.bars(), std::int64_t {114});
    }

    void bucketsCoverTheRange_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QStringList>("bounds");
        const auto row = [](const char* kind, const char* from, const char* to,
                             std::initializer_list<const char*> days) {
            QStringList bounds;
            for (const char* day : days)
                bounds << QString::fromLatin1(day);
            QTest::addRow("%s %s %s", kind, from, to)
                << QString::fromLatin1(kind) << QString::fromLatin1(from) << QString::fromLatin1(to) << bounds;
        };
        row("day", "2024-02-28T10:00", "2024-03-01T00:01", {"2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"});
        row("day", "2024-02-28", "2024-02-29", {"2024-02-28", "2024-02-29"});
        row("week", "2024-01-03", "2024-01-15", {"2024-01-01", "2024-01-08", "2024-01-15"});
        row("month", "2023-12-31", "2024-02-02", {"2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"});
        row("even", "2024-01-01", "2024-01-11", {"2024-01-01", "2024-01-05", "2024-01-09", "2024-01-13"});
    }
    void bucketsCoverTheRange()
    {
        QFETCH(QString, kind);
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QStringList, bounds);
        const TimeRange range {at(qPrintable(from)), at(qPrintable(to))};
        const auto found = kind == QStringLiteral("day") ? dayBounds(range)
            : kind == QStringLiteral("week")             ? weekBounds(range)
            : kind == QStringLiteral("month")            ? monthBounds(range)
                                                         : evenBounds(range, 3);
        QStringList text;
        for (const UtcMs bound : found)
            text << QString::fromStdString(formatDate(bound));
        QCOMPARE(text, bounds);
    }

    void aLongBarFillsTheBucketsItRunsThrough()
    {
        StoreFixture fixture;
        const auto series = fixture.series("1w");
        fixture.commit(series, bars(at("2024-01-01"), 1, "1w"), at("2024-06-01"));
        CoverageIndex index(*fixture.store, {}, {});
        must(index.load());
        const auto row = index.snapshot()->row(series.id, dayBounds({at("2024-01-01"), at("2024-01-09")}));
        for (int day = 0; day < 7; ++day)
            QCOMPARE(row->cells[static_cast<std::size_t>(day)].counts.present, 1);
        QCOMPARE(row->cells[7].counts.present, 0);
        QCOMPARE(row->total.present, std::int64_t {1});
    }

    void findingsAreCountedWhereTheyTouch()
    {
        StoreFixture fixture;
        const auto series = fixture.series();
        PageCommit page = StoreFixture::page(series, bars(at("2024-01-01"), 4 * 1440), at("2024-06-01"));
        const auto finding = [](const char* from, const char* to) {
            Finding one;
            one.rule = "spike";
            one.range = {at(from), at(to)};
            return one;
        };
        page.findings = {finding("2024-01-01T10:00", "2024-01-01T10:01"), finding("2024-01-01T23:59", "2024-01-03"),
            finding("2024-01-04", "2024-01-04"), finding("2024-01-02T01:00", "2024-01-02T02:00")};
        page.findings.back().state = "acknowledged";
        must(fixture.writer->commit({&page, 1}));
        CoverageIndex index(*fixture.store, {}, {});
        must(index.load());
        const auto row = index.snapshot()->row(series.id, dayBounds({at("2024-01-01"), at("2024-01-05")}));
        QCOMPARE(row->findings, std::int64_t {3});
        QList<int> counts;
        for (const CoverageCell& cell : row->cells)
            counts << cell.findings;
        QCOMPARE(counts, (QList<int> {2, 1, 0, 1}));
    }

    /// Two liquid instruments make an outage; one alone, or ones that are not liquid, do not.
    void silenceOfTheVenueIsAnOutage_data()
    {
        QTest::addColumn<int>("liquid");
        QTest::addColumn<int>("trading"); // liquid instruments that have the bars
        QTest::addColumn<bool>("isQuiet"); // their own minutes are missing every day
        QTest::addColumn<bool>("isOutage");
        QTest::newRow("one alone") << 1 << 0 << false << false;
        QTest::newRow("two") << 2 << 0 << false << true;
        QTest::newRow("two of three") << 2 << 1 << false << false;
        QTest::newRow("four of five") << 4 << 1 << false << true;
        QTest::newRow("two that miss bars every day") << 2 << 0 << true << false;
    }
    void silenceOfTheVenueIsAnOutage()
    {
        QFETCH(int, liquid);
        QFETCH(int, trading);
        QFETCH(bool, isQuiet);
        QFETCH(bool, isOutage);
        StoreFixture fixture;
        const UtcMs start = at("2024-01-01");
        const TimeRange hole {start + oneDay * 10 + 3h + 7min, start + oneDay * 10 + 4h + 1min};
        const std::vector<std::string> names {"A", "B", "C", "D", "E"};
        SeriesRecord first;
        for (int i = 0; i < liquid + trading; ++i) {
            const auto series = fixture.series("1m", (names[static_cast<std::size_t>(i)] + "/USDT").c_str());
            std::vector<Candle> rows = bars(start, 20 * 1440);
            std::erase_if(rows, [&](const Candle& row) {
                const auto minute = (row.openTime - start) / 1min;
                return (i < liquid && hole.contains(row.openTime)) || (isQuiet && minute % 1440 == 5 + i);
            });
            PageCommit page = StoreFixture::page(series, std::move(rows), at("2024-06-01"));
            must(fixture.writer->commit({&page, 1}));
            first = i == 0 ? series : first;
        }
        CoverageIndex index(*fixture.store, {}, {});
        must(index.load());
        QCOMPARE(index.snapshot()->row(first.id, {})->total.of(GapClass::Outage), std::int64_t {isOutage ? 54 : 0});
        QCOMPARE(index.outages()->inferred().size(), std::size_t {isOutage ? 1U : 0U});
        if (!isOutage)
            return;
        const InferredOutage& outage = index.outages()->inferred().front();
        QVERIFY(outage.range == hole);
        QCOMPARE(outage.silent, liquid);
        QCOMPARE(outage.asked, liquid + trading);
    }

    /// Without an answer there is nothing to infer from.
    void absenceNobodyAskedAboutIsNoOutage()
    {
        StoreFixture fixture;
        for (const char* symbol : {"A/USDT", "B/USDT"}) {
            const auto series = fixture.series("1m", symbol);
            std::vector<Candle> rows = bars(at("2024-01-01"), 20 * 1440);
            rows.erase(rows.begin() + 10 * 1440, rows.begin() + 10 * 1440 + 60);
            PageCommit page = StoreFixture::page(series, std::move(rows), at("2024-06-01"));
            page.coverage.clear();
            must(fixture.writer->commit({&page, 1}));
        }
        CoverageIndex index(*fixture.store, {}, {});
        must(index.load());
        QVERIFY(index.outages()->inferred().empty());
        QCOMPARE(index.snapshot()->summary().total.of(GapClass::Unknown), std::int64_t {120});
    }

    void outagesCanChange()
    {
        StoreFixture fixture;
        const auto series = fixture.series("1h");
        PageCommit page = StoreFixture::page(series, bars(at("2024-01-01"), 10, "1h"), at("2024-06-01"));
        page.rows.erase(page.rows.begin() + 3, page.rows.begin() + 6);
        must(fixture.writer->commit({&page, 1}));
        CoverageIndex index(*fixture.store, {}, {});
        must(index.load());
        QCOMPARE(index.snapshot()->summary().total.noTrade(), std::int64_t {3});
        // the bar of 03:00 ran before the silence began
        index.setOutages({}, {listed("2024-01-01T03:30Z", "2024-01-01T06:00Z")});
        QVERIFY(index.hasNews());
        QCOMPARE(must(index.refresh()).size(), std::size_t {1});
        QCOMPARE(index.snapshot()->summary().total.noTrade(), std::int64_t {1});
        QCOMPARE(index.snapshot()->summary().total.of(GapClass::Outage), std::int64_t {2});
        QCOMPARE(*index.snapshot()->summary().total.completeness(), 1.0);
    }

private:
    static void compareDays(
        StoreFixture& fixture, const SeriesRecord& series, const CoverageSnapshot& snapshot, const OutageBook& book)
    {
        const TimeRange known = snapshot.row(series.id, {})->known;
        const TimeRange whole {known.from - oneDay * 3, known.to + oneDay * 3};
        const auto bounds = evenBounds(whole, 150);
        const auto row = snapshot.row(series.id, bounds);
        const bool areBarsLong = series.key.timeframe.length() > oneDay;
        for (std::size_t i = 0; i < row->cells.size(); ++i) {
            const TimeRange day {bounds[i], bounds[i + 1]};
            const CoverageCounts expected = recount(*fixture.reader, series, day, book);
            if (areBarsLong && expected.bars() == 0)
                continue; // shows the bar that runs through it
            CoverageCounts found;
            found += row->cells[i].counts;
            if (!(found == expected)) {
                QFAIL(qPrintable(
                    QStringLiteral("%1 of %2: present %3, not %4; unknown %5, not %6; empty %7, not %8")
                        .arg(QString::fromStdString(formatDate(day.from)), QString::fromStdString(series.key.text()))
                        .arg(found.present)
                        .arg(expected.present)
                        .arg(found.of(GapClass::Unknown))
                        .arg(expected.of(GapClass::Unknown))
                        .arg(found.noTrade())
                        .arg(expected.noTrade())));
            }
        }
        const TimeRange days {bounds.front(), bounds.back()};
        QVERIFY(snapshot.counts(series.id, days) == recount(*fixture.reader, series, days, book));
    }
};

QTEST_GUILESS_MAIN(TestCoverageIndex)
#include "tst_coverageindex.moc"
