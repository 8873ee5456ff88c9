// Open interest below a chart: how rows become curves, what is read, and the pane by hand.
#include <QComboBox>
#include <QJsonObject>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "fakechartsource.h"
#include "tests/unit/storefixture.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/interest/interestchart.h"
#include "ui/interest/interestpane.h"
#include "ui/interest/linestyle.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

const UtcMs noon = at("2024-06-01 12:00");
constexpr auto fiveMinutes = std::chrono::minutes {5};

SeriesRecord seriesOf(const char* exchange, const char* symbol = "BTC/USDT:USDT", const char* frame = "5m",
    MarketType market = MarketType::Linear)
{
    SeriesRecord record;
    record.key = {exchange, exchange, market, symbol, Kind::OpenInterest, *Timeframe::fromName(frame)};
    return record;
}

/// One number each five minutes from noon; NaN: no row.
InterestLine lineOf(const char* exchange, std::initializer_list<double> amounts)
{
    InterestLine line {seriesOf(exchange), fiveMinutes, {}};
    UtcMs time = noon;
    for (const double amount : amounts) {
        if (!std::isnan(amount))
            line.rows.push_back({time, amount, amount * 100, amount * 2, std::nullopt});
        time += fiveMinutes;
    }
    return line;
}

/// "t=number ..." with minutes after noon; stretches apart by " | ".
QString textOf(const InterestCurve& curve)
{
    QStringList stretches;
    for (const QList<QPointF>& stretch : curve.stretches) {
        QStringList points;
        for (const QPointF& point : stretch)
            points << u"%1=%2"_s.arg((point.x() - static_cast<double>(toMs(noon))) / 60'000).arg(point.y());
        stretches << points.join(u' ');
    }
    return stretches.join(u" | "_s);
}

QStringList textsOf(const std::vector<InterestCurve>& curves)
{
    QStringList texts;
    for (const InterestCurve& curve : curves)
        texts << u"%1: %2"_s.arg(curve.line).arg(textOf(curve));
    return texts;
}

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// A pane whose questions are answered by hand.
struct Fixture {
    std::vector<InterestRequest> asked;
    InterestPane::Answer answer;
    InterestPane pane {[this](QObject*, const InterestRequest& request, InterestPane::Answer answered) {
        asked.push_back(request);
        answer = std::move(answered);
    }};

    Fixture()
    {
        pane.resize(800, 220);
        pane.show();
    }
    void showHour() { pane.setView(static_cast<double>(toMs(noon)), static_cast<double>(toMs(noon + std::chrono::hours {1})), 600); }
    QString textOf(std::size_t source) const { return pane.sources()[source]->text(); }
};

} // namespace

class tst_Interest : public QObject {
    Q_OBJECT
private slots:
    void curves_data();
    void curves();
    void aRowTellsForTwoSteps();
    void whichSeriesBelongTogether();
    void readsTheLastOfEachStep();
    void linesDifferInMoreThanColour();
    void thePaneAsksOnceTheViewStandsStill();
    void numbersAreToldBesideTheSources();
    void whatTheSourceForgetsIsTold_data();
    void whatTheSourceForgetsIsTold();
    void whatIsUntickedIsLeftOut();
    void aSumHasEachMarketOnce();
    void emptyAndBroken();
    void theChartMovesWithTheCandles();
};

void tst_Interest::curves_data()
{
    QTest::addColumn<InterestMode>("mode");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("lines break where rows are absent for longer than two steps")
        << InterestMode::Lines << QStringList {u"0: 0=10 5=12 10=9 | 25=6 | 40=8"_s, u"1: 0=30 5=30 10=31 15=31 20=31"_s};
    QTest::newRow("changes are between neighbours")
        << InterestMode::Change << QStringList {u"0: 5=2 10=-3"_s, u"1: 5=0 10=1 15=0 20=0"_s};
    QTest::newRow("a sum is where all are known")
        << InterestMode::Sum << QStringList {u"-1: 0=40 5=42 10=40 15=40 20=40 25=37"_s};
    QTest::newRow("shares") << InterestMode::Share
                            << QStringList {u"0: 0=25 5=28.5714 10=22.5 15=22.5 20=22.5 25=16.2162"_s,
                                   u"1: 0=75 5=71.4286 10=77.5 15=77.5 20=77.5 25=83.7838"_s};
}

void tst_Interest::curves()
{
    QFETCH(InterestMode, mode);
    QFETCH(QStringList, expected);
    std::vector<InterestLine> lines {lineOf("alpha", {10, 12, 9, none, none, 6, none, none, 8}),
        lineOf("beta", {30, 30, 31, 31, 31})};
    QCOMPARE(textsOf(curvesOf(lines, InterestUnit::Base, mode)), expected);
    // A source that has no number in the unit takes no part, and spoils no sum.
    for (OpenInterest& row : lines[1].rows)
        row.value.reset();
    const auto curves = curvesOf(lines, InterestUnit::Usd, mode);
    QCOMPARE(curves.size(), std::size_t {1});
    QCOMPARE(curves[0].line, mode == InterestMode::Sum ? -1 : 0);
    lines[0].rows.clear();
    QVERIFY(curvesOf(lines, InterestUnit::Usd, mode).empty());
}

void tst_Interest::aRowTellsForTwoSteps()
{
    const InterestLine line = lineOf("alpha", {10, 12});
    QVERIFY(!rowAt(line, noon - milliseconds {1}));
    QCOMPARE(rowAt(line, noon)->amount, 10.0);
    QCOMPARE(rowAt(line, noon + fiveMinutes - milliseconds {1})->amount, 10.0);
    QCOMPARE(rowAt(line, noon + 3 * fiveMinutes)->amount, 12.0);
    QVERIFY(!rowAt(line, noon + 3 * fiveMinutes + milliseconds {1}));
}

void tst_Interest::whichSeriesBelongTogether()
{
    StoredSeriesList list;
    const auto add = [&list](const SeriesRecord& record) {
        list.emplace_back();
        list.back().record = record;
    };
    SeriesRecord candles = seriesOf("alpha");
    candles.key.kind = Kind::Candles;
    SeriesRecord bySomebody = seriesOf("beta");
    bySomebody.key.source = "collector";
    add(candles);
    add(seriesOf("alpha", "BTC/USDT:USDT", "1h"));
    add(seriesOf("alpha", "BTC/USDT:USDT", "5m"));
    add(seriesOf("alpha", "ETH/USDT:USDT"));
    add(seriesOf("beta"));
    add(bySomebody);
    add(seriesOf("beta", "BTC/USD:BTC", "5m", MarketType::Inverse));
    QStringList found;
    SeriesKey shown = candles.key;
    shown.exchange = "beta";
    shown.market = MarketType::Spot;
    shown.symbol = "BTC/EUR";
    for (const SeriesRecord& record : interestOf(list, shown))
        found << QString::fromStdString(record.key.text());
    QCOMPARE(found,
        (QStringList {u"beta linear BTC/USDT:USDT open_interest 5m"_s, u"beta inverse BTC/USD:BTC open_interest 5m"_s,
            u"collector: beta linear BTC/USDT:USDT open_interest 5m"_s, u"alpha linear BTC/USDT:USDT open_interest 5m"_s}));
    shown.symbol = "no symbol";
    QVERIFY(interestOf(list, shown).empty());
}

void tst_Interest::readsTheLastOfEachStep()
{
    StoreFixture fixture;
    const SeriesRecord series = must(fixture.writer->ensureSeries(seriesOf("alpha")));
    auto page = StoreFixture::page(series, bars(noon, 12, "5m"), at("2024-07-01"));
    for (Candle& row : page.rows) {
        const auto number = static_cast<double>(page.metrics.size());
        page.metrics.push_back({row.openTime, {number, std::nullopt, number}, 0});
        const UtcMs time = row.openTime;
        row = {};
        row.openTime = time;
    }
    must(fixture.writer->commit({&page, 1}));
    InterestRequest request {{series}, {noon, noon + std::chrono::hours {1}}, std::chrono::minutes {15}};
    auto lines = must(readInterest(*fixture.reader, request, {}));
    QCOMPARE(lines.size(), std::size_t {1});
    QCOMPARE(textsOf(curvesOf(lines, InterestUnit::Base, InterestMode::Lines)), QStringList {u"0: 10=2 25=5 40=8 55=11"_s});
    request.step = milliseconds {1}; // finer than it is told
    lines = must(readInterest(*fixture.reader, request, {}));
    QCOMPARE(lines[0].rows.size(), std::size_t {12});
    QCOMPARE(lines[0].step, milliseconds(fiveMinutes));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(readInterest(*fixture.reader, request, stop.get_token()).error().code, ErrorCode::Cancelled);
}

void tst_Interest::linesDifferInMoreThanColour()
{
    for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark, ThemeChoice::HighContrast}) {
        const Theme theme = Theme::of(paletteOf(choice, SystemLook::Light));
        for (int i = 0; i < 5; ++i) {
            QVERIFY2(contrast(linePen(i, theme).color(), theme.background) >= 3, qPrintable(linePen(i, theme).color().name()));
            for (int other = 0; other < i; ++other)
                QVERIFY(linePen(i, theme).style() != linePen(other, theme).style());
        }
    }
}

void tst_Interest::thePaneAsksOnceTheViewStandsStill()
{
    Fixture f;
    f.pane.setSeries({seriesOf("alpha"), seriesOf("beta")}, u"BTC"_s);
    for (int i = 0; i < 10; ++i)
        f.pane.setView(i, 3'600'000 + i, 600);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    QCOMPARE(f.asked[0].series.size(), std::size_t {2});
    QCOMPARE(f.asked[0].range.from, noon - std::chrono::minutes {30}); // a drag finds its curves there
    QCOMPARE(f.asked[0].range.to, noon + std::chrono::minutes {90});
    QCOMPARE(f.asked[0].step, milliseconds {6'000});
    const auto late = f.answer;
    f.pane.setView(static_cast<double>(toMs(noon)), static_cast<double>(toMs(noon + std::chrono::hours {2})), 600);
    QTRY_COMPARE(f.asked.size(), std::size_t {2});
    late(std::vector {lineOf("alpha", {1}), lineOf("beta", {1})}); // nobody waits for it any more
    QVERIFY(f.pane.lines().empty());
    f.answer(std::vector {lineOf("alpha", {10, 12}), lineOf("beta", {30, 30})});
    QCOMPARE(f.pane.lines().size(), std::size_t {2});
    f.pane.rowsChanged(seriesOf("gamma").key);
    QTest::qWait(200);
    QCOMPARE(f.asked.size(), std::size_t {2});
    f.pane.rowsChanged(seriesOf("beta").key);
    QTRY_COMPARE(f.asked.size(), std::size_t {3});
}

void tst_Interest::numbersAreToldBesideTheSources()
{
    Fixture f;
    f.pane.setSeries({seriesOf("alpha"), seriesOf("beta")}, u"BTC"_s);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    f.answer(std::vector {lineOf("alpha", {10, 12}), lineOf("beta", {30, 31})});
    QCOMPARE(f.textOf(0), u"alpha 12.00 BTC"_s);
    QCOMPARE(f.pane.summary(), u"\u03A3 43.00 BTC"_s);
    QVERIFY2(f.pane.sources()[0]->toolTip().contains(u"Amount: the source states 24.00; one-sided that is 12.00 BTC."_s),
        qPrintable(f.pane.sources()[0]->toolTip()));
    QVERIFY(f.pane.sources()[0]->toolTip().contains(u"Value: 1.20 k USD, computed."_s));
    QVERIFY(!f.pane.sources()[0]->toolTip().contains(u"keeps"_s)); // the source keeps all, as far as is known
    f.pane.pointAt(noon);
    QCOMPARE(f.textOf(1), u"beta 30.00 BTC"_s);
    f.pane.pointAt(noon - fiveMinutes);
    QCOMPARE(f.textOf(1), u"beta no data"_s);
    QVERIFY(f.pane.summary().isEmpty());
    f.pane.pointAt(std::nullopt);
    QSignalSpy changed(&f.pane, &InterestPane::stateChanged);
    f.pane.setUnit(InterestUnit::Usd);
    QCOMPARE(f.pane.summary(), u"\u03A3 4.30 k USD"_s);
    f.pane.setMode(InterestMode::Share);
    QCOMPARE(changed.count(), 2);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(25.0, 75.0)); // percent
}

void tst_Interest::whatTheSourceForgetsIsTold_data()
{
    QTest::addColumn<qint64>("missing");
    QTest::addColumn<QString>("expected");
    QTest::newRow("all is here") << qint64(0) << u"The source keeps 30 d. Nothing of that is missing here."_s;
    QTest::newRow("some is not") << qint64(12)
                                 << u"The source keeps 30 d. Rows of that missing here: 12; the first is lost for good at 2024-01-31 12:00 UTC."_s;
}

void tst_Interest::whatTheSourceForgetsIsTold()
{
    QFETCH(qint64, missing);
    QFETCH(QString, expected);
    Fixture f;
    f.pane.setSeries({seriesOf("alpha")}, u"BTC"_s);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    InterestLine line = lineOf("alpha", {10, 12});
    line.retention = RetentionClock {std::chrono::hours {720}, {}, missing, {}, {}};
    if (missing > 0)
        line.retention->lostAt = *parseTime("2024-01-31T12:00Z");
    f.answer(std::vector {line});
    QVERIFY2(f.pane.sources()[0]->toolTip().contains(expected), qPrintable(f.pane.sources()[0]->toolTip()));
}

void tst_Interest::whatIsUntickedIsLeftOut()
{
    Fixture f;
    f.pane.setSeries({seriesOf("alpha"), seriesOf("beta")}, u"BTC"_s);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    f.answer(std::vector {lineOf("alpha", {10, 12}), lineOf("beta", {30, 31})});
    f.pane.setMode(InterestMode::Sum);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(40.0, 43.0));
    QTest::mouseClick(f.pane.sources()[1], Qt::LeftButton);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(10.0, 12.0));
    QCOMPARE(f.pane.summary(), u"\u03A3 12.00 BTC"_s);
}

/// Two tell of the same market: two lines, and one of them in a sum.
void tst_Interest::aSumHasEachMarketOnce()
{
    Fixture f;
    SeriesRecord bySomebody = seriesOf("beta");
    bySomebody.key.source = "collector";
    f.pane.setSeries({seriesOf("alpha"), seriesOf("beta"), bySomebody}, u"BTC"_s);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    InterestLine third = lineOf("beta", {50, 51});
    third.series = bySomebody;
    f.answer(std::vector {lineOf("alpha", {10, 12}), lineOf("beta", {30, 31}), third});
    QCOMPARE(f.textOf(2), u"beta by collector 51.00 BTC"_s);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(10.0, 51.0)); // a line of its own
    QCOMPARE(f.pane.summary(), u"\u03A3 43.00 BTC"_s);
    f.pane.setMode(InterestMode::Sum);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(40.0, 43.0));
    QTest::mouseClick(f.pane.sources()[1], Qt::LeftButton); // what the exchange says is left out: then what it says counts
    QCOMPARE(f.pane.summary(), u"\u03A3 63.00 BTC"_s);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(60.0, 63.0));
}

void tst_Interest::emptyAndBroken()
{
    Fixture f;
    f.pane.setSeries({}, u"DOGE"_s);
    QCOMPARE(f.pane.message(), u"No open interest of DOGE is stored."_s);
    QSignalSpy wanted(&f.pane, &InterestPane::backfillRequested);
    QTest::mouseClick(f.pane.backfillButton(), Qt::LeftButton);
    QCOMPARE(wanted.count(), 1);
    f.pane.setSeries({seriesOf("alpha")}, u"BTC"_s);
    QVERIFY(f.pane.message().isEmpty());
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    f.answer(std::vector {lineOf("alpha", {})});
    QCOMPARE(f.pane.message(), u"No source tells an amount in BTC here."_s);
    f.pane.rowsChanged(seriesOf("alpha").key);
    QTRY_COMPARE(f.asked.size(), std::size_t {2});
    f.answer(fail(ErrorCode::StorageFailed, "the disk is gone"));
    QVERIFY(f.pane.message().startsWith(u"Open interest could not be read"_s));
    f.pane.rowsChanged(seriesOf("alpha").key);
    QTRY_COMPARE(f.asked.size(), std::size_t {3});
    f.answer(std::vector {lineOf("alpha", {1})});
    QVERIFY(f.pane.message().isEmpty());
}

void tst_Interest::theChartMovesWithTheCandles()
{
    FakeChartSource source;
    ChartPane pane(source);
    StoredSeries candles, interest;
    candles.record = seriesOf("alpha", "BTC/USDT:USDT", "1m");
    candles.record.id = 1;
    candles.record.key.kind = Kind::Candles;
    candles.known = source.extent;
    interest.record = seriesOf("alpha");
    interest.record.id = 2;
    auto list = std::make_shared<StoredSeriesList>();
    *list = {candles, interest};
    pane.resize(900, 600);
    pane.QWidget::show();
    pane.setSeriesList(list);
    pane.show(candles.record.key);
    QVERIFY(!pane.interest());
    pane.setInterestShown(true);
    QTRY_VERIFY(pane.interest()->height() > 100);
    QTRY_COMPARE(pane.interest()->sources().size(), std::size_t {1});
    const UtcMs before = pane.view()->visibleRange().from;
    emit pane.interest()->panWanted(100);
    QVERIFY(pane.view()->visibleRange().from < before);
    const milliseconds span = pane.view()->visibleRange().length();
    emit pane.interest()->zoomWanted(2, 300);
    QVERIFY(pane.view()->visibleRange().length() < span);
    QSignalSpy wanted(&pane, &ChartPane::backfillRequested);
    emit pane.interest()->backfillRequested();
    QCOMPARE(wanted.at(0).at(0).value<SeriesKey>().kind, Kind::OpenInterest);
    const UtcMs pointed = pane.view()->visibleRange().from + pane.view()->visibleRange().length() / 2;
    emit pane.interest()->pointed(pointed);
    QVERIFY(pane.view()->crosshairMs().has_value());
    QCOMPARE(pane.interest()->chart()->crosshair(), pane.view()->crosshairMs()); // one line through both
    pane.interest()->setMode(InterestMode::Change);
    const QJsonObject state = pane.state();
    ChartPane other(source);
    other.setSeriesList(list);
    other.applyState(state);
    QVERIFY(other.isInterestShown());
    QCOMPARE(other.interest()->mode(), InterestMode::Change);
    other.setInterestShown(false);
    other.applyState(other.state());
    QVERIFY(!other.isInterestShown());
}

QTEST_MAIN(tst_Interest)
#include "tst_interest.moc"
