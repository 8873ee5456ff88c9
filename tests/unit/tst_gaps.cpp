#include <QTest>

#include <random>

#include "core/base/timetext.h"
#include "core/quality/gaps.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

const UtcMs t0 = *parseTime("2024-01-01T00:00Z");

UtcMs minute(int n)
{
    return t0 + minutes {n};
}
CoverageSpan span(int from, int to, CoverageState state = CoverageState::Answered, int checks = 1, UtcMs at = *parseTime("2024-02-01"))
{
    return {{minute(from), minute(to)}, state, checks, at};
}

/// One bar after the other, the slow and obvious way.
std::vector<Gap> naiveGaps(const std::vector<UtcMs>& held, const std::vector<CoverageSpan>& coverage, const Grid& grid, TimeRange wanted)
{
    std::vector<Gap> gaps;
    for (UtcMs bar = grid.ceil(wanted.from); bar < wanted.to; bar = grid.next(bar)) {
        if (std::find(held.begin(), held.end(), bar) != held.end())
            continue;
        GapClass gapClass = GapClass::Unknown;
        for (const CoverageSpan& known : coverage) {
            if (known.range.contains(bar))
                gapClass = gapClassOf(known.state);
        }
        if (!gaps.empty() && gaps.back().range.to == bar && gaps.back().gapClass == gapClass) {
            gaps.back().range.to = grid.next(bar);
            ++gaps.back().bars;
        } else {
            gaps.push_back({{bar, grid.next(bar)}, 1, gapClass, {}});
        }
    }
    return gaps;
}

} // namespace

using Times = std::vector<UtcMs>;
using Spans = std::vector<CoverageSpan>;
Q_DECLARE_METATYPE(Times)
Q_DECLARE_METATYPE(Spans)

class TestGaps : public QObject {
    Q_OBJECT
private slots:
    /// Expected as text: from-to class bars, in minutes since t0.
    void findsAndClassifies_data()
    {
        QTest::addColumn<Times>("held");
        QTest::addColumn<Spans>("coverage");
        QTest::addColumn<int>("to");
        QTest::addColumn<QByteArray>("expected");
        const Times none;
        QTest::newRow("nothing wanted") << none << Spans {} << 0 << QByteArray("");
        QTest::newRow("nothing held, never asked") << none << Spans {} << 5 << QByteArray("0-5 unknown");
        QTest::newRow("complete") << Times {minute(0), minute(1), minute(2)} << Spans {span(0, 3)} << 3 << QByteArray("");
        QTest::newRow("hole in the middle") << Times {minute(0), minute(4)} << Spans {span(0, 5)} << 5 << QByteArray("1-4 empty");
        QTest::newRow("both ends") << Times {minute(2)} << Spans {span(0, 5)} << 5 << QByteArray("0-2 empty;3-5 empty");
        QTest::newRow("a hole crosses states") << none << Spans {span(2, 4, CoverageState::Failed), span(4, 6), span(7, 8, CoverageState::Unlisted)} << 10
                                               << QByteArray("0-2 unknown;2-4 failed;4-6 empty;6-7 unknown;7-8 unlisted;8-10 unknown");
        QTest::newRow("same class joins") << none << Spans {span(0, 2), span(2, 4, CoverageState::Answered, 3)} << 4 << QByteArray("0-4 empty");
        QTest::newRow("a held bar parts one class") << Times {minute(2)} << Spans {span(0, 2), span(2, 5)} << 5 << QByteArray("0-2 empty;3-5 empty");
        QTest::newRow("coverage wider than wanted") << none << Spans {span(-10, 20, CoverageState::Delisted)} << 3 << QByteArray("0-3 delisted");
        QTest::newRow("coverage elsewhere") << none << Spans {span(-10, -5), span(20, 30)} << 3 << QByteArray("0-3 unknown");
        QTest::newRow("held outside") << Times {minute(-1), minute(1), minute(3)} << Spans {} << 3 << QByteArray("0-1 unknown;2-3 unknown");
        QTest::newRow("retention") << Times {minute(2)} << Spans {span(0, 2, CoverageState::BeyondRetention), span(2, 3)} << 3 << QByteArray("0-2 beyond_retention");
    }
    void findsAndClassifies()
    {
        QFETCH(Times, held);
        QFETCH(Spans, coverage);
        QFETCH(int, to);
        QFETCH(QByteArray, expected);
        QByteArray text;
        for (const Gap& gap : findGaps(held, coverage, Grid(Timeframe {}), {t0, minute(to)})) {
            const auto offset = [](UtcMs time) { return QByteArray::number(qlonglong((time - t0) / minutes {1})); };
            if (!text.isEmpty())
                text += ';';
            text += offset(gap.range.from) + '-' + offset(gap.range.to) + ' ' + QByteArray::fromStdString(std::string(toText(gap.gapClass)));
            QCOMPARE(gap.bars, (gap.range.to - gap.range.from) / minutes {1});
        }
        QCOMPARE(text, expected);
    }

    void evidenceSaysWhenAndHowOften_data()
    {
        QTest::addColumn<Spans>("coverage");
        QTest::addColumn<QByteArray>("evidence");
        const UtcMs january = *parseTime("2024-01-01"), later = *parseTime("2024-01-03T10:20:30Z");
        QTest::newRow("never") << Spans {} << QByteArray("never asked");
        QTest::newRow("once") << Spans {span(0, 9, CoverageState::Answered, 1, january)} << QByteArray("asked once, 2024-01-01 00:00 UTC: no trades there");
        QTest::newRow("twice") << Spans {span(0, 9, CoverageState::Answered, 2, january)} << QByteArray("asked 2 times, last 2024-01-01 00:00 UTC: no trades there");
        QTest::newRow("differs along the run") << Spans {span(0, 2, CoverageState::Answered, 3, later), span(2, 9, CoverageState::Answered, 1, january)}
                                               << QByteArray("asked 1 to 3 times, last 2024-01-03 10:20:30 UTC: no trades there");
        QTest::newRow("failed") << Spans {span(0, 9, CoverageState::Failed, 2, january)} << QByteArray("asked 2 times, last 2024-01-01 00:00 UTC: no usable answer");
        QTest::newRow("unlisted") << Spans {span(0, 9, CoverageState::Unlisted, 1, january)} << QByteArray("asked once, 2024-01-01 00:00 UTC: not listed yet");
    }
    void evidenceSaysWhenAndHowOften()
    {
        QFETCH(Spans, coverage);
        QFETCH(QByteArray, evidence);
        const auto gaps = findGaps({}, coverage, Grid(Timeframe {}), {t0, minute(9)});
        QCOMPARE(gaps.size(), std::size_t {1});
        QCOMPARE(QByteArray::fromStdString(gaps.front().evidence), evidence);
    }

    void monthsAreCountedByTheCalendar()
    {
        const Grid grid(*Timeframe::fromName("1M"));
        const Times held {*parseTime("2023-11-01"), *parseTime("2024-03-01")};
        const auto gaps = findGaps(held, {}, grid, {*parseTime("2023-10-15"), *parseTime("2024-05-02")});
        QCOMPARE(gaps.size(), std::size_t {2});
        QCOMPARE(gaps[0].range, (TimeRange {*parseTime("2023-12-01"), *parseTime("2024-03-01")}));
        QCOMPARE(gaps[0].bars, 3);
        QCOMPARE(gaps[1].range, (TimeRange {*parseTime("2024-04-01"), *parseTime("2024-06-01")})); // May opens before the end
    }

    void agreesWithTheObviousWay()
    {
        std::mt19937 random(20240101);
        const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        const std::vector<Grid> grids {Grid(Timeframe {}), Grid(*Timeframe::fromName("1w")), Grid(*Timeframe::fromName("1M")),
            Grid(*Timeframe::fromName("1d"), std::chrono::hours {-8}), Grid(*Timeframe::fromName("1M"), std::chrono::hours {9})};
        for (int round = 0; round < 3000; ++round) {
            const Grid& grid = grids[static_cast<std::size_t>(below(static_cast<int>(grids.size())))];
            const UtcMs start = grid.floor(t0);
            const int length = 1 + below(60);
            Times held;
            const int density = below(11);
            for (int bar = -3; bar < length + 3; ++bar) {
                if (below(10) < density)
                    held.push_back(grid.advance(start, bar));
            }
            Spans coverage;
            for (int at = -5 + below(8); at < length + 5;) {
                const int end = at + 1 + below(12);
                coverage.push_back({{grid.advance(start, at), grid.advance(start, end)}, static_cast<CoverageState>(below(5)), 1 + below(3), t0});
                at = end + std::max(0, below(8) - 4);
            }
            const milliseconds crooked {below(3) == 0 ? below(60'000) : 0};
            const TimeRange wanted {start + crooked, grid.advance(start, length) - crooked};
            auto found = findGaps(held, coverage, grid, wanted);
            for (Gap& gap : found) {
                QVERIFY(!gap.evidence.empty());
                gap.evidence.clear();
            }
            QVERIFY2(found == naiveGaps(held, coverage, grid, wanted), std::to_string(round).c_str());
        }
    }

    void manyBarsTakeMoments()
    {
        Times held;
        held.reserve(2'000'000);
        for (int i = 0; i < 2'000'000; ++i) {
            if (i % 10'000 != 7)
                held.push_back(minute(i));
        }
        const Spans coverage {span(0, 2'000'000)};
        const auto begin = std::chrono::steady_clock::now();
        const auto gaps = findGaps(held, coverage, Grid(Timeframe {}), {t0, minute(2'000'000)});
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
        QCOMPARE(gaps.size(), std::size_t {200});
        qInfo("%.2f ns a bar", took.count() / 2e6);
    }
};

QTEST_APPLESS_MAIN(TestGaps)
#include "tst_gaps.moc"
