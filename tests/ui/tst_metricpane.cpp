// The panes below a chart: how rows become curves, what is read, and the pane by hand.
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
#include "ui/metrics/metricchart.h"
#include "ui/metrics/metricpane.h"
#include "ui/metrics/linestyle.h"

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
MetricLine lineOf(const char* exchange, std::initializer_list<double> amounts)
{
    MetricLine line {seriesOf(exchange), fiveMinutes, {}};
    UtcMs time = noon;
    for (const double amount : amounts) {
        if (!std::isnan(amount))
            line.rows.push_back({time, {amount, amount * 100, amount * 2}});
        time += fiveMinutes;
    }
    return line;
}

/// "t=number ..." with minutes after noon; stretches apart by " | ".
QString textOf(const MetricCurve& curve)
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

QStringList textsOf(const std::vector<MetricCurve>& curves)
{
    QStringList texts;
    for (const MetricCurve& curve : curves)
        texts << u"%1: %2"_s.arg(curve.line).arg(textOf(curve));
    return texts;
}

const MetricNumber inBase = pictureOf(Kind::OpenInterest).numbers[0], inUsd = pictureOf(Kind::OpenInterest).numbers[1];
constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// A pane whose questions are answered by hand.
struct Fixture {
    std::vector<MetricRequest> asked;
    MetricPane::Answer answer;
    MetricPane pane {Kind::OpenInterest, [this](QObject*, const MetricRequest& request, MetricPane::Answer answered) {
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

class tst_MetricPane : public QObject {
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
    void barsStandUponEachOther();
    void whatHappenedInAStepIsAdded();
    void dollarsByTheStoredPrice();
    void eventsBreakAfterTheirUsualPause();
    void eachKindHasItsWords_data();
    void eachKindHasItsWords();
    void panesStandBelowEachOther();
};

void tst_MetricPane::curves_data()
{
    QTest::addColumn<MetricMode>("mode");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("lines break where rows are absent for longer than two steps")
        << MetricMode::Lines << QStringList {u"0: 0=10 5=12 10=9 | 25=6 | 40=8"_s, u"1: 0=30 5=30 10=31 15=31 20=31"_s};
    QTest::newRow("changes are between neighbours")
        << MetricMode::Change << QStringList {u"0: 5=2 10=-3"_s, u"1: 5=0 10=1 15=0 20=0"_s};
    QTest::newRow("a sum is where all are known")
        << MetricMode::Sum << QStringList {u"-1: 0=40 5=42 10=40 15=40 20=40 25=37"_s};
    QTest::newRow("shares") << MetricMode::Share
                            << QStringList {u"0: 0=25 5=28.5714 10=22.5 15=22.5 20=22.5 25=16.2162"_s,
                                   u"1: 0=75 5=71.4286 10=77.5 15=77.5 20=77.5 25=83.7838"_s};
}

void tst_MetricPane::curves()
{
    QFETCH(MetricMode, mode);
    QFETCH(QStringList, expected);
    std::vector<MetricLine> lines {lineOf("alpha", {10, 12, 9, none, none, 6, none, none, 8}),
        lineOf("beta", {30, 30, 31, 31, 31})};
    QCOMPARE(textsOf(curvesOf(lines, inBase, mode)), expected);
    // A source that has no number in the unit takes no part, and spoils no sum.
    for (Metric& row : lines[1].rows)
        row.numbers[1].reset();
    const auto curves = curvesOf(lines, inUsd, mode);
    QCOMPARE(curves.size(), std::size_t {1});
    QCOMPARE(curves[0].line, mode == MetricMode::Sum ? -1 : 0);
    lines[0].rows.clear();
    QVERIFY(curvesOf(lines, inUsd, mode).empty());
}

void tst_MetricPane::aRowTellsForTwoSteps()
{
    const MetricLine line = lineOf("alpha", {10, 12});
    QVERIFY(!rowAt(line, noon - milliseconds {1}));
    QCOMPARE(rowAt(line, noon)->numbers[0], 10.0);
    QCOMPARE(rowAt(line, noon + fiveMinutes - milliseconds {1})->numbers[0], 10.0);
    QCOMPARE(rowAt(line, noon + 3 * fiveMinutes)->numbers[0], 12.0);
    QVERIFY(!rowAt(line, noon + 3 * fiveMinutes + milliseconds {1}));
}

void tst_MetricPane::whichSeriesBelongTogether()
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
    for (const SeriesRecord& record : metricsOf(list, shown, Kind::OpenInterest))
        found << QString::fromStdString(record.key.text());
    QCOMPARE(found,
        (QStringList {u"beta linear BTC/USDT:USDT open_interest 5m"_s, u"beta inverse BTC/USD:BTC open_interest 5m"_s,
            u"collector: beta linear BTC/USDT:USDT open_interest 5m"_s, u"alpha linear BTC/USDT:USDT open_interest 5m"_s}));
    shown.symbol = "no symbol";
    QVERIFY(metricsOf(list, shown, Kind::OpenInterest).empty());
}

void tst_MetricPane::readsTheLastOfEachStep()
{
    StoreFixture fixture;
    const SeriesRecord series = must(fixture.writer->ensureSeries(seriesOf("alpha")));
    auto page = StoreFixture::page(series, bars(noon, 12, "5m"), at("2024-07-01"));
    for (Candle& row : page.rows) {
        const auto number = static_cast<double>(page.metrics.size());
        page.metrics.push_back({row.openTime, {number, {}, number}});
        const UtcMs time = row.openTime;
        row = {};
        row.openTime = time;
    }
    must(fixture.writer->commit({&page, 1}));
    MetricRequest request {{series}, {noon, noon + std::chrono::hours {1}}, std::chrono::minutes {15}};
    auto lines = must(readMetrics(*fixture.reader, request, {}));
    QCOMPARE(lines.size(), std::size_t {1});
    QCOMPARE(textsOf(curvesOf(lines, inBase, MetricMode::Lines)), QStringList {u"0: 10=2 25=5 40=8 55=11"_s});
    request.step = milliseconds {1}; // finer than it is told
    lines = must(readMetrics(*fixture.reader, request, {}));
    QCOMPARE(lines[0].rows.size(), std::size_t {12});
    QCOMPARE(lines[0].step, milliseconds(fiveMinutes));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(readMetrics(*fixture.reader, request, stop.get_token()).error().code, ErrorCode::Cancelled);
}

void tst_MetricPane::linesDifferInMoreThanColour()
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

void tst_MetricPane::thePaneAsksOnceTheViewStandsStill()
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

void tst_MetricPane::numbersAreToldBesideTheSources()
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
    QSignalSpy changed(&f.pane, &MetricPane::stateChanged);
    f.pane.setNumber(1);
    QCOMPARE(f.pane.summary(), u"\u03A3 4.30 k USD"_s);
    f.pane.setMode(MetricMode::Share);
    QCOMPARE(changed.count(), 2);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(25.0, 75.0)); // percent
}

void tst_MetricPane::whatTheSourceForgetsIsTold_data()
{
    QTest::addColumn<qint64>("missing");
    QTest::addColumn<QString>("expected");
    QTest::newRow("all is here") << qint64(0) << u"The source keeps 30 d. Nothing of that is missing here."_s;
    QTest::newRow("some is not") << qint64(12)
                                 << u"The source keeps 30 d. Rows of that missing here: 12; the first is lost for good at 2024-01-31 12:00 UTC."_s;
}

void tst_MetricPane::whatTheSourceForgetsIsTold()
{
    QFETCH(qint64, missing);
    QFETCH(QString, expected);
    Fixture f;
    f.pane.setSeries({seriesOf("alpha")}, u"BTC"_s);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    MetricLine line = lineOf("alpha", {10, 12});
    line.retention = RetentionClock {std::chrono::hours {720}, {}, missing, {}, {}};
    if (missing > 0)
        line.retention->lostAt = *parseTime("2024-01-31T12:00Z");
    f.answer(std::vector {line});
    QVERIFY2(f.pane.sources()[0]->toolTip().contains(expected), qPrintable(f.pane.sources()[0]->toolTip()));
}

void tst_MetricPane::whatIsUntickedIsLeftOut()
{
    Fixture f;
    f.pane.setSeries({seriesOf("alpha"), seriesOf("beta")}, u"BTC"_s);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    f.answer(std::vector {lineOf("alpha", {10, 12}), lineOf("beta", {30, 31})});
    f.pane.setMode(MetricMode::Sum);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(40.0, 43.0));
    QTest::mouseClick(f.pane.sources()[1], Qt::LeftButton);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(10.0, 12.0));
    QCOMPARE(f.pane.summary(), u"\u03A3 12.00 BTC"_s);
}

/// Two tell of the same market: two lines, and one of them in a sum.
void tst_MetricPane::aSumHasEachMarketOnce()
{
    Fixture f;
    SeriesRecord bySomebody = seriesOf("beta");
    bySomebody.key.source = "collector";
    f.pane.setSeries({seriesOf("alpha"), seriesOf("beta"), bySomebody}, u"BTC"_s);
    f.showHour();
    QTRY_COMPARE(f.asked.size(), std::size_t {1});
    MetricLine third = lineOf("beta", {50, 51});
    third.series = bySomebody;
    f.answer(std::vector {lineOf("alpha", {10, 12}), lineOf("beta", {30, 31}), third});
    QCOMPARE(f.textOf(2), u"beta by collector 51.00 BTC"_s);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(10.0, 51.0)); // a line of its own
    QCOMPARE(f.pane.summary(), u"\u03A3 43.00 BTC"_s);
    f.pane.setMode(MetricMode::Sum);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(40.0, 43.0));
    QTest::mouseClick(f.pane.sources()[1], Qt::LeftButton); // what the exchange says is left out: then what it says counts
    QCOMPARE(f.pane.summary(), u"\u03A3 63.00 BTC"_s);
    QCOMPARE(f.pane.chart()->numbers(), std::pair(60.0, 63.0));
}

void tst_MetricPane::emptyAndBroken()
{
    Fixture f;
    f.pane.setSeries({}, u"DOGE"_s);
    QCOMPARE(f.pane.message(), u"No open interest of DOGE is stored."_s);
    QSignalSpy wanted(&f.pane, &MetricPane::backfillRequested);
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

void tst_MetricPane::theChartMovesWithTheCandles()
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
    QVERIFY(!pane.metric(Kind::OpenInterest));
    pane.setMetricShown(Kind::OpenInterest, true);
    QTRY_VERIFY(pane.metric(Kind::OpenInterest)->height() > 100);
    QTRY_COMPARE(pane.metric(Kind::OpenInterest)->sources().size(), std::size_t {1});
    pane.setLive(true); // what is below is kept up to date with the candles
    QTRY_VERIFY(source.followed.contains(candles.record.key) && source.followed.contains(interest.record.key));
    pane.setMetricShown(Kind::OpenInterest, false);
    QVERIFY(source.followed.contains(candles.record.key) && !source.followed.contains(interest.record.key));
    pane.setMetricShown(Kind::OpenInterest, true);
    QVERIFY(source.followed.contains(interest.record.key));
    const UtcMs before = pane.view()->visibleRange().from;
    emit pane.metric(Kind::OpenInterest)->panWanted(100);
    QVERIFY(pane.view()->visibleRange().from < before);
    const milliseconds span = pane.view()->visibleRange().length();
    emit pane.metric(Kind::OpenInterest)->zoomWanted(2, 300);
    QVERIFY(pane.view()->visibleRange().length() < span);
    QSignalSpy wanted(&pane, &ChartPane::backfillRequested);
    emit pane.metric(Kind::OpenInterest)->backfillRequested();
    QCOMPARE(wanted.at(0).at(0).value<SeriesKey>().kind, Kind::OpenInterest);
    const UtcMs pointed = pane.view()->visibleRange().from + pane.view()->visibleRange().length() / 2;
    emit pane.metric(Kind::OpenInterest)->pointed(pointed);
    QVERIFY(pane.view()->crosshairMs().has_value());
    QCOMPARE(pane.metric(Kind::OpenInterest)->chart()->crosshair(), pane.view()->crosshairMs()); // one line through both
    pane.metric(Kind::OpenInterest)->setMode(MetricMode::Change);
    const QJsonObject state = pane.state();
    ChartPane other(source);
    other.setSeriesList(list);
    other.applyState(state);
    QVERIFY(other.isMetricShown(Kind::OpenInterest));
    QCOMPARE(other.metric(Kind::OpenInterest)->mode(), MetricMode::Change);
    other.setMetricShown(Kind::OpenInterest, false);
    other.applyState(other.state());
    QVERIFY(!other.isMetricShown(Kind::OpenInterest));
}

/// Longs above zero and shorts below, one source upon the other; what a source does not tell takes no room.
void tst_MetricPane::barsStandUponEachOther()
{
    const auto line = [](const char* exchange, std::vector<std::pair<int, std::pair<double, double>>> rows) {
        MetricLine made {seriesOf(exchange), fiveMinutes, {}};
        made.series.key.kind = Kind::Liquidations;
        for (const auto& [minute, sides] : rows)
            made.rows.push_back({noon + std::chrono::minutes {minute}, {sides.first, sides.second}});
        return made;
    };
    const std::vector<MetricLine> lines {line("alpha", {{0, {2, 1}}, {10, {0, 4}}}), line("beta", {{0, {3, 0}}, {5, {1, 1}}})};
    const MetricNumber inBase = pictureOf(Kind::Liquidations).numbers[0];
    const auto curves = curvesOf(lines, inBase, MetricMode::Bars);
    QStringList bars;
    for (const MetricCurve& curve : curves) {
        for (const MetricCurve::Bar& bar : curve.bars)
            bars << u"%1: %2 %3..%4"_s.arg(curve.line).arg((bar.time - static_cast<double>(toMs(noon))) / 60'000).arg(bar.from).arg(bar.to);
    }
    QCOMPARE(bars,
        (QStringList {u"0: 0 0..2"_s, u"0: 0 0..-1"_s, u"0: 10 0..-4"_s, u"1: 0 2..5"_s, u"1: 5 0..1"_s, u"1: 5 0..-1"_s}));
    QCOMPARE(curves[0].barLength, 300'000.0);
    QVERIFY(rowAt(lines[0], noon + fiveMinutes - milliseconds {1}));
    QVERIFY(!rowAt(lines[0], noon + fiveMinutes)); // of its own step alone
}

void tst_MetricPane::whatHappenedInAStepIsAdded()
{
    StoreFixture fixture;
    SeriesRecord wanted = seriesOf("alpha");
    wanted.key.kind = Kind::Liquidations;
    const SeriesRecord series = must(fixture.writer->ensureSeries(wanted));
    auto page = StoreFixture::page(series, bars(noon, 6, "5m"), at("2024-07-01"));
    for (Candle& row : page.rows) {
        page.metrics.push_back({row.openTime, {1, static_cast<double>(page.metrics.size())}});
        const UtcMs time = row.openTime;
        row = {};
        row.openTime = time;
    }
    must(fixture.writer->commit({&page, 1}));
    const MetricRequest request {{series}, {noon, noon + std::chrono::hours {1}}, std::chrono::minutes {15}};
    const auto lines = must(readMetrics(*fixture.reader, request, {}));
    QCOMPARE(lines[0].rows.size(), std::size_t {2});
    QCOMPARE(lines[0].rows[0].time, noon);
    QCOMPARE(lines[0].rows[0].numbers[0], 3.0);
    QCOMPARE(lines[0].rows[0].numbers[1], 0.0 + 1 + 2);
    QCOMPARE(lines[0].rows[1].numbers[1], 3.0 + 4 + 5);
}

/// A source that tells coins alone has dollars too, by the candles of its instrument; what it tells stays as it is.
void tst_MetricPane::dollarsByTheStoredPrice()
{
    StoreFixture fixture;
    const auto keep = [&](const char* symbol, Kind kind, const char* frame, const std::vector<Candle>& rows, const std::vector<Metric>& metrics) {
        SeriesRecord wanted = seriesOf("alpha", symbol, frame);
        wanted.key.kind = kind;
        wanted.key.market = MarketType::Linear;
        const SeriesRecord series = must(fixture.writer->ensureSeries(wanted));
        auto page = StoreFixture::page(series, rows, at("2024-07-01"));
        page.metrics = metrics;
        must(fixture.writer->commit({&page, 1}));
        return series;
    };
    std::vector<Candle> stamps(3);
    for (std::size_t i = 0; i < stamps.size(); ++i)
        stamps[i].openTime = noon + std::chrono::hours {i};
    const std::vector<Metric> told {{stamps[0].openTime, {10}}, {stamps[1].openTime, {10, 999}}, {stamps[2].openTime, {std::nullopt, 500}}};
    auto minutes = bars(noon - std::chrono::hours {1}, 180, "1m");
    for (std::size_t i = 0; i < minutes.size(); ++i)
        minutes[i].close = minutes[i].high = i < 60 ? 200 : 250;
    keep("BTC/USDT:USDT", Kind::Candles, "1m", minutes, {});
    const SeriesRecord priced = keep("BTC/USDT:USDT", Kind::OpenInterest, "1h", stamps, told);
    const SeriesRecord unpriced = keep("ETH/USDT:USDT", Kind::OpenInterest, "1h", stamps, told);
    keep("BTC/EUR:EUR", Kind::Candles, "1m", minutes, {});
    const SeriesRecord euros = keep("BTC/EUR:EUR", Kind::OpenInterest, "1h", stamps, told);
    const auto lines = must(readMetrics(*fixture.reader, {{priced, unpriced, euros}, {noon, noon + std::chrono::hours {3}}, milliseconds {1}}, {}));
    QCOMPARE(lines[0].rows[0].numbers[1], 2000.0);
    QCOMPARE(lines[0].rows[1].numbers[1], 999.0);
    QCOMPARE(lines[0].rows[2].numbers[0], 2.0);
    QVERIFY(!lines[1].rows[0].numbers[1] && !lines[1].rows[2].numbers[0]);
    QVERIFY(!lines[2].rows[0].numbers[1]);
}

/// Funding is paid every eight hours and kept on a grid of hours: neighbours belong together, and a pause of a day does not.
void tst_MetricPane::eventsBreakAfterTheirUsualPause()
{
    StoreFixture fixture;
    SeriesRecord wanted = seriesOf("alpha", "BTC/USDT:USDT", "1h");
    wanted.key.kind = Kind::Funding;
    wanted.timeKind = timeKindOfEvents;
    const SeriesRecord series = must(fixture.writer->ensureSeries(wanted));
    auto page = StoreFixture::page(series, {}, at("2024-07-01"));
    for (const int hour : {0, 8, 16, 24, 60, 68}) {
        Candle row;
        row.openTime = noon + std::chrono::hours {hour};
        page.rows.push_back(row);
        page.metrics.push_back({row.openTime, {0.0001}});
    }
    must(fixture.writer->commit({&page, 1}));
    const auto lines = must(readMetrics(*fixture.reader, {{series}, {noon, noon + std::chrono::hours {100}}, milliseconds {1}}, {}));
    QCOMPARE(lines[0].step, milliseconds {std::chrono::hours {8}});
    const auto curves = curvesOf(lines, pictureOf(Kind::Funding).numbers[0], MetricMode::Lines);
    QCOMPARE(curves[0].stretches.size(), qsizetype {2});
    QCOMPARE(curves[0].stretches[0].size(), qsizetype {4});

    // An hour between two payments: the last one holds.
    const UtcMs between = noon + std::chrono::hours {20};
    const auto hour = must(readMetrics(*fixture.reader, {{series}, {between, between + std::chrono::hours {1}}, milliseconds {1}}, {}));
    QCOMPARE(hour[0].step, milliseconds {std::chrono::hours {8}});
    const Metric* const last = rowAt(hour[0], between);
    QVERIFY(last != nullptr);
    QCOMPARE(last->time, noon + std::chrono::hours {16});
}

void tst_MetricPane::eachKindHasItsWords_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<Metric>("row");
    QTest::addColumn<QString>("told");
    QTest::addColumn<QString>("explained");
    QTest::newRow("funding") << Kind::Funding << Metric {noon, {0.0001, 0.0002}} << u"alpha 0.0100 %"_s << u"Highest rate: 0.0200 %."_s;
    QTest::newRow("negative funding") << Kind::Funding << Metric {noon, {-0.00025}} << u"alpha -0.0250 %"_s << u"Rate: -0.0250 %."_s;
    QTest::newRow("liquidations") << Kind::Liquidations << Metric {noon, {12.5, 3}} << u"alpha \u2191 12.50 BTC \u2193 3.00 BTC"_s
                                  << u"Shorts: 3.00 BTC."_s;
    QTest::newRow("ratio") << Kind::LongShortRatio << Metric {noon, {1.5, 0.6, 0.4}} << u"alpha 1.50"_s << u"Longs: 60.0000 %."_s;
}

void tst_MetricPane::eachKindHasItsWords()
{
    QFETCH(Kind, kind);
    QFETCH(Metric, row);
    QFETCH(QString, told);
    QFETCH(QString, explained);
    MetricPane::Answer answer;
    MetricPane pane(kind, [&](QObject*, const MetricRequest&, MetricPane::Answer answered) { answer = std::move(answered); });
    pane.resize(800, 220);
    pane.show();
    pane.setSeries({}, u"BTC"_s);
    QVERIFY(pane.message().contains(u"BTC"_s));
    SeriesRecord series = seriesOf("alpha");
    series.key.kind = kind;
    pane.setSeries({series}, u"BTC"_s);
    pane.setView(static_cast<double>(toMs(noon)), static_cast<double>(toMs(noon + std::chrono::hours {1})), 600);
    QTRY_VERIFY(answer);
    answer(std::vector {MetricLine {series, fiveMinutes, {row}}});
    QCOMPARE(pane.sources()[0]->text(), told);
    QVERIFY2(pane.sources()[0]->toolTip().contains(explained), qPrintable(pane.sources()[0]->toolTip()));
    QVERIFY(pane.message().isEmpty());
    QVERIFY(pane.summary().isEmpty());
}

void tst_MetricPane::panesStandBelowEachOther()
{
    FakeChartSource source;
    ChartPane pane(source);
    pane.resize(900, 700);
    pane.QWidget::show();
    for (const Kind kind : {Kind::LongShortRatio, Kind::OpenInterest, Kind::Funding})
        pane.setMetricShown(kind, true);
    QTRY_VERIFY(pane.metric(Kind::Funding)->height() > 50);
    const auto top = [&](Kind kind) { return pane.metric(kind)->mapTo(&pane, QPoint()).y(); };
    QVERIFY(top(Kind::OpenInterest) < top(Kind::Funding) && top(Kind::Funding) < top(Kind::LongShortRatio));
    QVERIFY(!pane.isMetricShown(Kind::Liquidations));
    ChartPane other(source);
    other.applyState(pane.state());
    QVERIFY(other.isMetricShown(Kind::Funding) && other.isMetricShown(Kind::LongShortRatio) && !other.isMetricShown(Kind::Liquidations));
}

QTEST_MAIN(tst_MetricPane)
#include "tst_metricpane.moc"
