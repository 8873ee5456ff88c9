// Findings, quarantined and replaced bars as tiles of a real store tell them.
#include <QTest>

#include "tests/unit/storefixture.h"
#include "ui/chart/findingsearch.h"
#include "ui/chart/tilereader.h"

using namespace mnemo;
using std::chrono::minutes;

namespace {

const UtcMs t0 = at("2024-03-01T00:00Z");
const FindGaps noGaps = [](const SeriesRecord&, TimeRange) { return Result<std::vector<Gap>>(); };

Finding found(int from, int count, const char* severity = "warn", const char* rule = "price_jump")
{
    Finding one;
    one.rule = rule;
    one.severity = severity;
    one.range = {t0 + minutes {from}, t0 + minutes {from + count}};
    return one;
}

struct Fixture : StoreFixture {
    SeriesRecord record = series();
    explicit Fixture(int rows = 6'000) { commit(record, bars(t0, rows), t0 + minutes {rows}); }
    void raise(std::vector<Finding> all)
    {
        must(writer->syncFindings({record.id, {{"price_jump", always}}, std::move(all), t0}));
    }
    void decide(FindingId id, DecisionAction action, std::vector<Candle> rows = {})
    {
        must(writer->decide({{id}, action, "ann", "looked at it", t0, std::move(rows)}));
    }
    FindingId idAt(int bar)
    {
        const TimeRange range {t0 + minutes {bar}, t0 + minutes {bar + 1}};
        return must(reader->findings(record.id, range)).front().id;
    }
    ChartTile tile(std::size_t level, TimeRange range)
    {
        return must(readTile(*reader, noGaps, record, chartLevels(record.grid())[level], range));
    }
    std::vector<UtcMs> search(FindingQuery::Where where, int from, int to)
    {
        std::vector<UtcMs> bars;
        for (const Finding& one :
            must(searchFindings(*reader, record, {where, {t0 + minutes {from}, t0 + minutes {to}}})))
            bars.push_back(one.range.from);
        return bars;
    }
};

} // namespace

class tst_FindingTiles : public QObject {
    Q_OBJECT
private slots:
    void quarantinedAndReplacedBarsAreTold();
    void coarseLevelsTellWhatIsWithin();
    void searchFindsTheNextFailedRow();
    void veryManyFindingsAreReadInParts();
};

void tst_FindingTiles::quarantinedAndReplacedBarsAreTold()
{
    Fixture f(100);
    f.raise({found(10, 1, "error"), found(20, 3), found(30, 1, "info"), found(40, 1)});
    f.decide(f.idAt(10), DecisionAction::Quarantine);
    Candle other = must(f.reader->candles(f.record.id, {t0 + minutes {40}, t0 + minutes {41}})).front();
    other.close = other.high;
    f.decide(f.idAt(40), DecisionAction::Replace, {other});
    const ChartTile tile = f.tile(0, {t0, t0 + minutes {100}});
    QCOMPARE(tile.bars.size(), std::size_t {99});
    QCOMPARE(tile.quarantined.size(), std::size_t {1});
    QCOMPARE(tile.quarantined[0].time, t0 + minutes {10});
    std::vector<NoteKind> kinds;
    for (const QualityNote& note : tile.notes)
        kinds.push_back(note.kind);
    QCOMPARE(kinds,
        (std::vector<NoteKind> {NoteKind::Quarantined, NoteKind::Warn, NoteKind::Info, NoteKind::Replaced}));
    QCOMPARE(tile.notes[1].to, t0 + minutes {23});
    f.decide(f.idAt(10), DecisionAction::Undo);
    const ChartTile again = f.tile(0, {t0, t0 + minutes {100}});
    QVERIFY(again.quarantined.empty());
    QCOMPARE(again.notes[0].kind, NoteKind::Error);
}

void tst_FindingTiles::coarseLevelsTellWhatIsWithin()
{
    Fixture f;
    f.raise({found(10, 1), found(11, 1, "error"), found(130, 1)});
    f.decide(f.idAt(130), DecisionAction::Quarantine);
    const auto levels = chartLevels(f.record.grid());
    const auto hours = std::ranges::find(levels, ChartLevel::Source::Hours, &ChartLevel::source) - levels.begin();
    const ChartTile tile = f.tile(static_cast<std::size_t>(hours), {t0, t0 + minutes {6'000}});
    QCOMPARE(tile.bars.size(), std::size_t {100});
    QCOMPARE(tile.notes.size(), std::size_t {2});
    QCOMPARE(tile.notes[0].kind, NoteKind::Error);
    QCOMPARE(tile.notes[0].findings, 2);
    QCOMPARE(tile.notes[1].kind, NoteKind::Quarantined);
    QCOMPARE(tile.notes[1].findings, 1);
}

void tst_FindingTiles::searchFindsTheNextFailedRow()
{
    Fixture f(50'000);
    f.raise({found(10, 1, "info"), found(10, 2, "error"), found(45'000, 1), found(49'000, 1)});
    f.decide(f.idAt(49'000), DecisionAction::Acknowledge);
    using Where = FindingQuery::Where;
    QCOMPARE(f.search(Where::After, 0, 0).size(), std::size_t {2}); // both of that bar
    QCOMPARE(f.search(Where::After, 10, 10), (std::vector<UtcMs> {t0 + minutes {45'000}}));
    QVERIFY(f.search(Where::After, 45'000, 45'000).empty()); // the last is decided about
    QCOMPARE(f.search(Where::Before, 45'000, 45'000).size(), std::size_t {2});
    QVERIFY(f.search(Where::Before, 10, 10).empty());
    QCOMPARE(f.search(Where::Over, 48'000, 50'000), (std::vector<UtcMs> {t0 + minutes {49'000}}));
    const auto worst = must(searchFindings(*f.reader, f.record, {Where::Over, {t0, t0 + minutes {60}}}));
    QCOMPARE(worst.front().severity, std::string("error")); // the most urgent first
}

void tst_FindingTiles::veryManyFindingsAreReadInParts()
{
    Fixture f(25'000);
    std::vector<Finding> all;
    for (int i = 0; i < 25'000; ++i)
        all.push_back(found(i, 1, i == 20'001 ? "error" : "warn"));
    f.raise(std::move(all));
    int count = 0;
    UtcMs last {};
    const TimeRange range {t0 + minutes {100}, t0 + minutes {21'000}};
    const auto read = eachFinding(*f.reader, f.record.id, range, [&](const Finding& one) {
        count += one.range.from >= last;
        last = one.range.from;
        return true;
    });
    QVERIFY(read.has_value());
    QCOMPARE(count, 20'900);
    const auto levels = chartLevels(f.record.grid());
    const auto days = std::ranges::find(levels, ChartLevel::Source::Days, &ChartLevel::source) - levels.begin();
    const ChartTile tile = f.tile(static_cast<std::size_t>(days), {t0, t0 + minutes {1'440 * 20}});
    QCOMPARE(tile.notes.size(), std::size_t {18});
    QCOMPARE(tile.notes[13].kind, NoteKind::Error);
    QCOMPARE(tile.notes[0].findings, 1'440);
}

QTEST_GUILESS_MAIN(tst_FindingTiles)
#include "tst_findingtiles.moc"
