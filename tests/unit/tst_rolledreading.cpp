// Bars of a frame that is not stored, made of stored finer ones while they are read.

#include <QtTest>

#include "core/engine/rolledreading.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

Timeframe frame(const char* name)
{
    return *Timeframe::fromName(name);
}

SeriesKey keyOf(const SeriesRecord& record, const char* name)
{
    SeriesKey key = record.key;
    key.timeframe = frame(name);
    return key;
}

std::vector<UtcMs> opensOf(const std::vector<Candle>& rows)
{
    std::vector<UtcMs> opens;
    for (const Candle& row : rows)
        opens.push_back(row.openTime);
    return opens;
}

} // namespace

class TestRolledReading : public QObject {
    Q_OBJECT

private slots:
    void takesTheCoarsestThatFits();
    void theSeriesItselfIsNeverMixed();
    void onlyWholeBars();
    void rangesCutNoBar();
    void doubtfulParts_data();
    void doubtfulParts();
    void sumsHaveNoNoise();
    void piecesAreWholeBars();

private:
    const UtcMs m_day = at("2026-03-02"); // a Monday
};

void TestRolledReading::takesTheCoarsestThatFits()
{
    StoreFixture fixture;
    const SeriesRecord minutes = fixture.series("1m"), hours = fixture.series("1h"), halves = fixture.series("12h");
    QVERIFY(!must(finerOf(*fixture.reader, keyOf(minutes, "4h")))); // there are no rows
    fixture.commit(minutes, bars(m_day, 60 * 24, "1m"), m_day + 72h);
    fixture.commit(hours, bars(m_day, 24, "1h"), m_day + 72h);
    fixture.commit(halves, bars(m_day, 1, "12h"), m_day + 72h); // hardly anything: it is as if it were not there
    const auto finer = [&](const char* name) {
        const auto found = must(finerOf(*fixture.reader, keyOf(minutes, name)));
        return found ? found->id : 0;
    };
    QCOMPARE(finer("4h"), hours.id);
    QCOMPARE(finer("1d"), hours.id);
    QCOMPARE(finer("15m"), minutes.id);
    QCOMPARE(finer("1h"), SeriesId {0}); // stored
    SeriesKey other = keyOf(minutes, "4h");
    other.symbol = "ETH/USDT";
    QVERIFY(!must(finerOf(*fixture.reader, other)));
    SeriesKey interest = keyOf(minutes, "4h");
    interest.kind = Kind::OpenInterest;
    QVERIFY(!must(finerOf(*fixture.reader, interest)));
    const auto all = must(rollableSeries(*fixture.reader, {{}, {"binance"}, {}, {}, {}, {frame("1h"), frame("4h"), frame("1d")}}));
    QCOMPARE(all.size(), std::size_t(2));
    QCOMPARE(all[0].key, keyOf(minutes, "4h"));
    QVERIFY(isRolled(all[0]) && isRolled(all[1]) && all[0].id != all[1].id);
    QCOMPARE(must(storedOf(*fixture.reader, all[0])).id, hours.id);
}

void TestRolledReading::theSeriesItselfIsNeverMixed()
{
    StoreFixture fixture;
    const SeriesRecord hours = fixture.series("1h");
    fixture.commit(hours, bars(m_day, 48, "1h"), m_day + 72h);
    const SeriesRecord rolled = rolledSeries(hours, frame("4h"));
    const SeriesRecord own = fixture.series("4h"); // came meanwhile, with one bar
    fixture.commit(own, bars(m_day, 1, "4h"), m_day + 72h);
    const auto count = [&](const SeriesRecord& series) {
        int rows = 0;
        const auto read = eachBar(*fixture.reader, series, always, false, [&](const Candle&) { return ++rows > 0; });
        return read ? rows : -1;
    };
    QCOMPARE(count(own), 1);
    QCOMPARE(count(rolled), -1);
    QCOMPARE(count(rolledSeries(hours, frame("12h"))), 4); // of the hours: the one bar of 4h is not enough
}

/// A bar without a part of it that nobody knows is none, one whose missing part had no trades is whole.
void TestRolledReading::onlyWholeBars()
{
    StoreFixture fixture;
    const SeriesRecord hours = fixture.series("1h");
    auto rows = bars(m_day + 1h, 30, "1h"); // 01:00 to 07:00 of the next day
    std::erase_if(rows, [&](const Candle& row) { return row.openTime == m_day + 6h || row.openTime == m_day + 10h; });
    PageCommit page = StoreFixture::page(hours, rows, m_day + 72h);
    page.coverage = {{{m_day + 1h, m_day + 10h}, CoverageState::Answered, 1, m_day + 72h}, {{m_day + 11h, m_day + 31h}, CoverageState::Answered, 1, m_day + 72h}};
    must(fixture.writer->commit({&page, 1}));
    std::vector<Candle> made;
    must(eachBar(*fixture.reader, rolledSeries(hours, frame("4h")), always, false, [&](const Candle& row) {
        made.push_back(row);
        return true;
    }));
    QCOMPARE(opensOf(made), (std::vector {m_day + 4h, m_day + 12h, m_day + 16h, m_day + 20h, m_day + 24h}));
    QCOMPARE(made[1].open, rows[9].open);
    QCOMPARE(made[1].close, rows[12].close);
    QCOMPARE(made[1].trades, *rows[9].trades + *rows[10].trades + *rows[11].trades + *rows[12].trades);
}

void TestRolledReading::rangesCutNoBar()
{
    StoreFixture fixture;
    const SeriesRecord hours = fixture.series("1h");
    fixture.commit(hours, bars(m_day, 24, "1h"), m_day + 72h);
    const auto opens = [&](UtcMs from, UtcMs to) { return opensOf(must(rolledBars(*fixture.reader, hours, Grid(frame("4h")), {from, to}, false))); };
    QCOMPARE(opens(m_day + 1h, m_day + 9h), (std::vector {m_day + 4h, m_day + 8h})); // open within it, and are whole
    QCOMPARE(opens(m_day + 1h, m_day + 3h), std::vector<UtcMs> {});
    QCOMPARE(opens(m_day + 4h, m_day + 4h), std::vector<UtcMs> {});
}

void TestRolledReading::doubtfulParts_data()
{
    QTest::addColumn<unsigned>("flag");
    QTest::addColumn<bool>("clean");
    QTest::addColumn<int>("bars");
    QTest::addColumn<double>("high");
    QTest::newRow("quarantined") << unsigned {Quarantined} << false << 2 << 0.0;
    QTest::newRow("quarantined, clean") << unsigned {Quarantined} << true << 1 << 0.0;
    QTest::newRow("foreign") << unsigned {Foreign} << false << 2 << 1e9;
    QTest::newRow("foreign, clean") << unsigned {Foreign} << true << 1 << 0.0;
}

/// A spike that is set apart is in no bar; who asks for clean bars gets none that lacks a part.
void TestRolledReading::doubtfulParts()
{
    QFETCH(unsigned, flag);
    QFETCH(bool, clean);
    QFETCH(double, high);
    StoreFixture fixture;
    const SeriesRecord hours = fixture.series("1h");
    auto rows = bars(m_day, 8, "1h");
    rows[2].high = 1e9;
    rows[2].flags = flag;
    fixture.commit(hours, rows, m_day + 72h);
    const auto made = must(rolledBars(*fixture.reader, hours, Grid(frame("4h")), {m_day, m_day + 8h}, clean));
    QTEST(static_cast<int>(made.size()), "bars");
    if (high > 0)
        QCOMPARE(made.front().high, high);
    else
        QVERIFY(made.front().high < 1e6);
}

void TestRolledReading::sumsHaveNoNoise()
{
    StoreFixture fixture;
    const SeriesRecord hours = fixture.series("1h");
    auto rows = bars(m_day, 4, "1h");
    for (Candle& row : rows)
        row.volume = 0.1;
    rows[3].volume = 0.7;
    fixture.commit(hours, rows, m_day + 72h);
    QCOMPARE(0.1 + 0.1 + 0.1 == 0.3, false);
    const auto made = must(rolledBars(*fixture.reader, hours, Grid(frame("4h")), {m_day, m_day + 4h}, false));
    QVERIFY(made.front().volume == 1.0);
}

void TestRolledReading::piecesAreWholeBars()
{
    const Grid minutes(frame("1m")), weeks(frame("1w"));
    const auto pieces = rollUpPieces(minutes, weeks, {m_day + 1h, m_day + 24h * 50});
    QCOMPARE(pieces.front().from, m_day);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        QVERIFY(weeks.isOpen(pieces[i].from) && weeks.isOpen(pieces[i].to));
        QVERIFY(minutes.count(pieces[i]) <= 50'000);
        QVERIFY(i == 0 || pieces[i].from == pieces[i - 1].to);
    }
    QVERIFY(pieces.back().to >= m_day + 24h * 50);
}

QTEST_GUILESS_MAIN(TestRolledReading)
#include "tst_rolledreading.moc"
