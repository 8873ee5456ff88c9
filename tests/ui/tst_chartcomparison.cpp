// A second series over a chart: how far it is, by how much it may be, and where it is too far.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QFile>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/ui/fakechartsource.h"
#include "tests/ui/fakestore.h"
#include "ui/chart/chartactions.h"
#include "ui/chart/chartexport.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/charttable.h"
#include "ui/chart/charttablemodel.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/chart/differencepaint.h"
#include "ui/widgets/displayzone.h"

using namespace mnemo;

namespace {

const UtcMs t0 = *parseTime("2024-03-10");
constexpr milliseconds minute {60'000};
const Theme theme = Theme::of(paletteOf(ThemeChoice::Light, QPalette()));

BarDifference difference(int bar, double bp, bool isBeyond = false)
{
    BarDifference one;
    one.openTime = t0 + bar * minute;
    one.closeBp = bp;
    one.basisBp = 1;
    one.limitBp = 30;
    one.isBeyond = isBeyond;
    return one;
}

BarDifference alone(int bar, BarDifference::Presence presence)
{
    BarDifference one;
    one.openTime = t0 + bar * minute;
    one.presence = presence;
    return one;
}

const Grid minutes {*Timeframe::fromName("1m")};

SeriesKey keyOf(const char* exchange, const char* symbol = "BTC/USDT")
{
    SeriesKey key = chartKey(symbol);
    key.exchange = key.source = exchange;
    return key;
}

ComparedPair pairOf(const char* firstFrame = "1m", const char* secondFrame = "1m")
{
    ComparedPair pair;
    pair.first.key = keyOf("binance");
    pair.second.key = keyOf("kraken");
    pair.first.key.timeframe = *Timeframe::fromName(firstFrame);
    pair.second.key.timeframe = *Timeframe::fromName(secondFrame);
    return pair;
}

/// Two venues; every hundredth bar is 45 bp apart, the others 2.
struct Fixture {
    FakeChartSource source;
    DisplayZone zone;
    ChartWorkspace charts {source, zone};
    explicit Fixture(const SeriesKey& other = keyOf("kraken"))
    {
        source.difference = [](UtcMs time) { return toMs(time) / 60'000 % 100 == 0 ? 45.0 : 2.0; };
        charts.resize(1000, 600);
        charts.show();
        StoredSeriesList list;
        for (const SeriesKey& key : {keyOf("binance"), other}) {
            StoredSeries series;
            series.record.id = std::ssize(list) + 1;
            series.record.key = key;
            series.known = source.extent;
            list.push_back(series);
        }
        charts.setSeriesList(std::make_shared<const StoredSeriesList>(list));
        [[maybe_unused]] const bool isActive = QTest::qWaitForWindowActive(&charts);
        charts.show(keyOf("binance"));
        charts.activePane()->compare(other);
        view()->setFocus();
        settle();
    }
    void settle()
    {
        for (int i = 0; i < 12; ++i) {
            view()->grab();
            QTest::qWait(1);
        }
    }
    ChartView* view() { return charts.activeChart(); }
    const DifferenceScene& scene() { return view()->compared()->differences(); }
    /// In the window a menu makes the keys of actions heard.
    void hear(const QString& text) { charts.addAction(action(text)); }
    std::optional<UtcMs> chosenBreach()
    {
        const auto& chosen = view()->selection();
        return chosen && chosen->what == ChartSelection::What::Breach ? std::optional(chosen->range.from) : std::nullopt;
    }
    QAction* action(const QString& text)
    {
        for (QAction* one : charts.actions().findChildren<QAction*>()) {
            if (QString(one->text()).remove(u'&').contains(text))
                return one;
        }
        return nullptr;
    }
};

} // namespace

class tst_ChartComparison : public QObject {
    Q_OBJECT
private slots:
    void barsOfALevelKeepTheExtremes();
    void closesAreComparedWhereBarsAreTooMany();
    void onlyOneThingsPriceIsCompared();
    void countsWhatIsInView();
    void sceneHoldsOneMarkAColumn();
    void aSlippedDigitDoesNotFlattenTheOthers();
    void sentences();
    void bandAndBreachesArePainted();
    void paneAppearsWithTheComparison();
    void otherCurrenciesHaveNoPane();
    void anotherFirstSeriesAsksAnew();
    void storedRowsAskAnew();
    void doubtsStandInTheLegend();
    void tableTellsTheDifference();
    void differencesAreExported();
    void fileHasALineABar();
    void breachSearchLooksAsFarAsItMust();
    void tilesOfLongerBarsMeetNoBarTwice();
    void panesShareTheHeight();
    void keysWalkOverBreaches();
    void doubleClickGivesAPaneTheWholeHeight();
    void altEnterGivesThePaneUnderTheCrosshairTheWholeHeight();
};

void tst_ChartComparison::barsOfALevelKeepTheExtremes()
{
    const ChartLevel level {ChartLevel::Source::Rows, 4 * minute, 4};
    const std::vector<BarDifference> bars {difference(0, 2), difference(1, -7), difference(2, 40, true),
        alone(3, BarDifference::Presence::OnlyA), alone(5, BarDifference::Presence::OnlyB), difference(6, 3)};
    const auto out = differenceBars(bars, level, minutes);
    QCOMPARE(out.size(), size_t(2));
    QCOMPARE(out[0].time, t0);
    QCOMPARE(out[0].low, -7.0);
    QCOMPARE(out[0].high, 40.0);
    QCOMPARE(out[0].last, 40.0);
    QCOMPARE(out[0].bars, 3);
    QCOMPARE(out[0].beyond, 1);
    QCOMPARE(out[0].onlyFirst, 1);
    QCOMPARE(out[1].low, 3.0); // the bar that one alone has says nothing
    QCOMPARE(out[1].onlySecond, 1);
    QCOMPARE(out[1].limit, 30.0);
}

void tst_ChartComparison::closesAreComparedWhereBarsAreTooMany()
{
    const auto bar = [](int at, double close) { return ChartBar {t0 + at * minute, 1, 1, 1, close, 1}; };
    const std::vector<ChartBar> a {bar(0, 101), bar(1, 100), bar(3, 99)};
    const std::vector<ChartBar> b {bar(0, 100), bar(2, 100), bar(3, 100)};
    const auto out = closeDifferences(a, b, minute);
    QCOMPARE(out.size(), size_t(2));
    QVERIFY(std::abs(out[0].last - 100) < 1e-9);
    QVERIFY(std::abs(out[1].last + 100) < 1e-9);
    QVERIFY(!countBreaches(out, {t0, t0 + 9 * minute}).isJudged);
}

void tst_ChartComparison::onlyOneThingsPriceIsCompared()
{
    QVERIFY(isComparable(keyOf("binance"), keyOf("kraken")));
    QVERIFY(isComparable(keyOf("binance"), keyOf("binance", "BTC/USDT:USDT"))); // in another market
    QVERIFY(isComparable(keyOf("binance"), keyOf("kraken", "BTC/USD"))); // what is usual is the basis
    QVERIFY(!isComparable(keyOf("binance"), keyOf("binance"))); // itself
    QVERIFY(!isComparable(keyOf("binance"), keyOf("binance", "ETH/USDT")));
}

void tst_ChartComparison::countsWhatIsInView()
{
    const ChartLevel level {ChartLevel::Source::Rows, minute, 1};
    std::vector<BarDifference> bars;
    for (int i = 0; i < 100; ++i)
        bars.push_back(difference(i, i % 10 == 0 ? 45 : 2, i % 10 == 0));
    const BreachCount count =
        countBreaches(differenceBars(bars, level, minutes), {t0 + 5 * minute, t0 + 55 * minute});
    QCOMPARE(count, (BreachCount {50, 5, 0, 0, true}));
}

void tst_ChartComparison::sceneHoldsOneMarkAColumn()
{
    const ChartLevel level {ChartLevel::Source::Rows, minute, 1};
    std::vector<BarDifference> bars;
    for (int i = 0; i < 2'000; ++i)
        bars.push_back(difference(i, i == 777 ? -80 : 2, i == 777));
    const auto scene =
        prepareDifferences(differenceBars(bars, level, minutes), {double(toMs(t0)), 600'000, 200}, 1);
    QCOMPARE(scene.marks.size(), size_t(200));
    QCOMPARE(scene.count, (BreachCount {2'000, 1, 0, 0, true}));
    const DifferenceMark* mark = scene.markAt(77.5, 2);
    QVERIFY(mark && mark->bar.beyond == 1 && mark->bar.low == -80 && mark->bar.bars == 10);
    QCOMPARE(scene.low, -80.0);
    QCOMPARE(scene.high, 31.0); // the limit about the basis
    const PriceScale scale = differenceScale(scene, 100);
    QVERIFY(scale.toY(-80) <= 100 && scale.toY(31) >= 0 && scale.toY(0) > scale.toY(31));
}

void tst_ChartComparison::aSlippedDigitDoesNotFlattenTheOthers()
{
    const ChartLevel level {ChartLevel::Source::Rows, minute, 1};
    const auto bars = differenceBars(std::vector {difference(0, 2), difference(1, 90'000, true)}, level, minutes);
    const auto scene = prepareDifferences(bars, {double(toMs(t0)), 6'000, 200}, 1);
    QCOMPARE(scene.high, 151.0); // five limits about the basis
    QCOMPARE(scene.low, -29.0);
    QCOMPARE(scene.marks[1].bar.high, 90'000.0); // told as it is
}

void tst_ChartComparison::sentences()
{
    QLocale::setDefault(QLocale::c());
    QCOMPARE(basisPoints(1.254), QStringLiteral("+1.25 bp"));
    QCOMPARE(basisPoints(-412.3), QStringLiteral("-412 bp"));
    QCOMPARE(breachText({300, 12, 3, 0, true}, 30), QStringLiteral("12 of 300 bars beyond 30.00 bp, 3 only here"));
    QVERIFY(breachText({300, 12, 3, 0, false}, 30).contains(QStringLiteral("zoom in")));
    const ChartLevel level {ChartLevel::Source::Rows, minute, 1};
    const auto bars = differenceBars(std::vector {difference(0, 2), difference(1, 45, true)}, level, minutes);
    QCOMPARE(differenceText(bars[0]), QStringLiteral("+2.00 bp (usual +1.00 bp, limit 30.00 bp)"));
    QVERIFY(differenceText(bars[1]).contains(QStringLiteral("beyond"))); // in words too
    PairReport late;
    late.lag = 1;
    late.unitDoubt = "It may count contracts.";
    const auto doubts = doubtsOf(late, keyOf("binance"), keyOf("kraken"));
    QCOMPARE(doubts.size(), 2);
    QVERIFY(doubts[0].startsWith(QStringLiteral("binance"), Qt::CaseInsensitive));
    late.lag = -2;
    const QString other = doubtsOf(late, keyOf("binance"), keyOf("kraken"))[0];
    QVERIFY(other.startsWith(QStringLiteral("kraken"), Qt::CaseInsensitive));
    QVERIFY(doubtsOf({}, keyOf("binance"), keyOf("kraken")).isEmpty());
}

void tst_ChartComparison::bandAndBreachesArePainted()
{
    const ChartLevel level {ChartLevel::Source::Rows, minute, 1};
    std::vector<BarDifference> bars;
    for (int i = 0; i < 20; ++i)
        bars.push_back(difference(i, i == 10 ? 60 : 5, i == 10));
    const auto scene = prepareDifferences(differenceBars(bars, level, minutes), {double(toMs(t0)), 6'000, 200}, 1);
    const PriceScale scale {-100, 100, 200}; // a pixel a basis point
    QImage image(200, 220, QImage::Format_RGB32);
    image.fill(theme.background);
    QPainter painter(&image);
    paintDifferences(painter, scene, scale, QRectF(0, 20, 200, 200), theme);
    painter.end();
    const auto at = [&](int x, double bp) { return image.pixelColor(x, 20 + int(100 - bp)); };
    QVERIFY(at(50, 20) != theme.background); // the band from -29 to 31
    QCOMPARE(at(50, 20), at(150, -20));
    QCOMPARE(at(50, 40), theme.background);
    QCOMPARE(at(50, -35), theme.background);
    QCOMPARE(at(105, 50), theme.bad); // the breach, from zero
    QCOMPARE(at(105, 15), theme.bad);
    QVERIFY(at(55, 3) != theme.bad);
    bool hasTriangle = false; // wider than its bar, above it
    for (int x = 100; x < 112; ++x)
        hasTriangle = hasTriangle || at(x, 65) == theme.bad;
    QVERIFY(hasTriangle);
    QCOMPARE(image.pixelColor(50, 5), theme.background); // nothing beside the pane
}

void tst_ChartComparison::paneAppearsWithTheComparison()
{
    Fixture f;
    QVERIFY(f.view()->chartLayout().difference.height() > 40);
    QVERIFY(!f.scene().marks.empty());
    const BreachCount count = f.scene().count;
    QVERIFY2(count.bars > 50 && std::abs(count.beyond - count.bars / 100) <= 1,
        qPrintable(QStringLiteral("%1 of %2").arg(count.beyond).arg(count.bars)));
    f.charts.activePane()->compare(std::nullopt);
    QCOMPARE(f.view()->chartLayout().difference.height(), 0.0);
}

void tst_ChartComparison::otherCurrenciesHaveNoPane()
{
    Fixture f(keyOf("kraken", "ETH/USDT"));
    QVERIFY(f.view()->compared());
    QCOMPARE(f.view()->chartLayout().difference.height(), 0.0);
    QCOMPARE(f.source.differencesRead, 0);
    QSignalSpy told(&f.charts, &ChartWorkspace::messageRaised);
    f.charts.activePane()->goToBreach(1);
    QCOMPARE(told.count(), 1);
}

void tst_ChartComparison::anotherFirstSeriesAsksAnew()
{
    Fixture f;
    const int before = f.source.differencesRead;
    f.settle();
    QCOMPARE(f.source.differencesRead, before); // nothing changed
    f.charts.show(keyOf("kraken")); // itself
    f.settle();
    QCOMPARE(f.view()->chartLayout().difference.height(), 0.0);
    f.charts.show(keyOf("binance"));
    f.settle();
    QVERIFY(f.source.differencesRead > before);
    QVERIFY(!f.scene().marks.empty());
}

void tst_ChartComparison::storedRowsAskAnew()
{
    Fixture f;
    f.source.difference = [](UtcMs) { return 50.0; };
    for (const char* exchange : {"binance", "kraken"}) {
        const int before = f.source.differencesRead;
        f.charts.rowsChanged(keyOf(exchange), f.view()->visibleRange());
        QTest::qWait(120);
        f.settle();
        QVERIFY2(f.source.differencesRead > before, exchange);
    }
    QCOMPARE(f.scene().count.beyond, f.scene().count.bars);
}

void tst_ChartComparison::doubtsStandInTheLegend()
{
    Fixture f;
    const QImage before = f.view()->picture(QString());
    f.source.report.lag = 1;
    f.charts.activePane()->compare(std::nullopt);
    f.charts.activePane()->compare(keyOf("kraken"));
    f.settle();
    const auto hasWarning = [&] {
        const QImage image = f.view()->picture(QString());
        const QRect pane = f.view()->chartLayout().difference.toRect();
        const QColor colour = Theme::of(f.view()->palette()).warning;
        for (int y = pane.top(); y < pane.bottom(); ++y) {
            for (int x = 0; x < pane.width() / 2; ++x) {
                if (image.pixelColor(x, y) == colour)
                    return true;
            }
        }
        return false;
    };
    QTRY_VERIFY(hasWarning());
}

void tst_ChartComparison::tableTellsTheDifference()
{
    Fixture f;
    f.charts.activePane()->setTableShown(true);
    f.settle();
    auto* table = f.charts.activePane()->table();
    QVERIFY(!table->isColumnHidden(ChartTableModel::Difference));
    ChartTableModel model;
    QAbstractItemModelTester guard(&model);
    const QString name = QStringLiteral("kraken");
    model.apply(f.view()->content(), f.view()->visibleRange(), 1, {}, f.view()->comparedContent(), name);
    QCOMPARE(model.headerData(ChartTableModel::Other, Qt::Horizontal, Qt::DisplayRole).toString(), name);
    int breaches = 0, values = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QString text = model.index(row, ChartTableModel::Difference).data().toString();
        values += text.contains(QStringLiteral("bp"));
        breaches += text.contains(QStringLiteral("beyond"));
        QVERIFY(!model.index(row, ChartTableModel::Other).data().toString().isEmpty());
    }
    QCOMPARE(std::int64_t {values}, f.scene().count.bars);
    QCOMPARE(std::int64_t {breaches}, f.scene().count.beyond);
    f.charts.activePane()->compare(std::nullopt);
    QTRY_VERIFY(table->isColumnHidden(ChartTableModel::Difference));
}

void tst_ChartComparison::differencesAreExported()
{
    Fixture f;
    QSignalSpy told(&f.charts, &ChartWorkspace::messageRaised);
    f.charts.activePane()->exporter().saveDifferences(QStringLiteral("out.csv"));
    QTRY_COMPARE(told.count(), 2);
    QCOMPARE(f.source.exportedTo, QStringLiteral("out.csv"));
    QVERIFY(told[1][0].toString().contains(QStringLiteral("5 bar")));
    QVERIFY(f.action(QStringLiteral("Export the differences"))->isEnabled());
    f.charts.activePane()->compare(std::nullopt);
    QVERIFY(!f.action(QStringLiteral("Export the differences"))->isEnabled());
}

void tst_ChartComparison::fileHasALineABar()
{
    const QTemporaryDir folder;
    const QString name = folder.filePath(QStringLiteral("differences.csv"));
    const FindDifferences find = [](TimeRange range) -> Result<std::vector<BarDifference>> {
        std::vector<BarDifference> bars {
            difference(0, 2.5), difference(1, 45, true), alone(2, BarDifference::Presence::OnlyB)};
        std::erase_if(bars, [&](const BarDifference& bar) { return !range.contains(bar.openTime); });
        return bars;
    };
    const auto lines = writeDifferences(find, pairOf(), {t0, t0 + 100'000 * minute}, name); // in two parts
    QCOMPARE(*lines, 3);
    QFile file(name);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QStringList text = QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(text.size(), 4);
    QVERIFY(text[0].startsWith(QStringLiteral("open_time,close_bp")));
    QCOMPARE(text[1], QStringLiteral("%1,2.5,0,0,0,0,1,30,0,0,").arg(toMs(t0)));
    QVERIFY(text[2].endsWith(QStringLiteral(",1,")));
    QVERIFY(text[3].endsWith(QStringLiteral(",,second")));
    for (const QString& line : text)
        QCOMPARE(line.count(u','), 10);
    const FindDifferences none = [](TimeRange) { return fail(ErrorCode::NotFound, "no bars of the same time"); };
    QCOMPARE(*writeDifferences(none, pairOf(), {t0, t0 + minute}, name), 0);
    QVERIFY(!writeDifferences(find, pairOf(), {t0, t0 + minute}, QStringLiteral("/nowhere/x.csv")));
}

void tst_ChartComparison::breachSearchLooksAsFarAsItMust()
{
    int asked = 0;
    const FindDifferences find = [&](TimeRange range) -> Result<std::vector<BarDifference>> {
        ++asked;
        std::vector<BarDifference> bars {difference(10, 45, true), difference(40'000, -45, true)};
        std::erase_if(bars, [&](const BarDifference& bar) { return !range.contains(bar.openTime); });
        return bars;
    };
    const TimeRange extent {t0, t0 + 100'000 * minute};
    QCOMPARE((*searchBreach(find, pairOf(), extent, t0, true))->openTime, t0 + 10 * minute);
    QCOMPARE(asked, 1);
    QCOMPARE((*searchBreach(find, pairOf(), extent, t0 + 10 * minute, true))->openTime, t0 + 40'000 * minute);
    QVERIFY(!*searchBreach(find, pairOf(), extent, t0 + 40'000 * minute, true));
    QCOMPARE((*searchBreach(find, pairOf(), extent, t0 + 40'000 * minute, false))->openTime, t0 + 10 * minute);
    QVERIFY(!*searchBreach(find, pairOf(), extent, t0 + 10 * minute, false));
}

void tst_ChartComparison::tilesOfLongerBarsMeetNoBarTwice()
{
    // Bars of an hour against bars of a minute: a tile of minutes does not begin with an hour.
    const ComparedPair pair = pairOf("1h", "1m");
    QCOMPARE(comparedFrame(pair), pair.first.key.timeframe);
    TimeRange asked;
    const FindDifferences find = [&](TimeRange range) -> Result<std::vector<BarDifference>> {
        asked = range;
        std::vector<BarDifference> bars;
        for (UtcMs time = range.from; time < range.to; time += 60 * minute) {
            bars.push_back(difference(0, 2));
            bars.back().openTime = time;
        }
        return bars;
    };
    const ChartLevel level {ChartLevel::Source::Rows, minute, 1};
    std::size_t bars = 0;
    for (const TimeRange range : {TimeRange {t0, t0 + 90 * minute}, TimeRange {t0 + 90 * minute, t0 + 180 * minute}}) {
        FakeStore store;
        const auto reader = store.openReader();
        const auto tile = readDifferenceTile(**reader, find, pair, {{}, pair.second, level, range});
        QVERIFY(tile.has_value());
        QCOMPARE(toMs(asked.from) % 3'600'000, 0);
        bars += tile->differences.size();
        for (const DifferenceBar& bar : tile->differences)
            QCOMPARE(bar.length, 60 * minute);
    }
    QCOMPARE(bars, size_t(3));
}

void tst_ChartComparison::panesShareTheHeight()
{
    PaneShares panes;
    panes.offer(PaneKind::Difference, true);
    const auto sum = [](const PaneShares::Heights& heights) { return heights[0] + heights[1] + heights[2]; };
    QCOMPARE(panes.heights(500), (PaneShares::Heights {300, 100, 100}));
    panes.setShare(PaneKind::Volume, 0.9);
    QCOMPARE(panes.share(PaneKind::Volume), 0.5); // the price keeps something
    QCOMPARE(sum(panes.heights(333)), 333.0);
    panes.setShare(PaneKind::Volume, 0.01);
    QVERIFY(!panes.isShown(PaneKind::Volume)); // collapsed
    panes.maximised = PaneKind::Difference;
    QCOMPARE(panes.heights(500), (PaneShares::Heights {0, 0, 500}));
    QVERIFY(!panes.isShown(PaneKind::Price));
    panes.offer(PaneKind::Difference, false); // the comparison ended
    QCOMPARE(panes.heights(500), (PaneShares::Heights {500, 0, 0}));
}

void tst_ChartComparison::keysWalkOverBreaches()
{
    Fixture f;
    for (const char* name : {"Next bar beyond the limit", "Previous bar beyond the limit"})
        f.hear(QString::fromLatin1(name));
    QSignalSpy told(&f.charts, &ChartWorkspace::messageRaised);
    const auto press = [&](Qt::Key key) {
        const auto sentences = told.count();
        QTest::keyClick(f.view(), key, Qt::AltModifier);
        QTRY_COMPARE(told.count(), sentences + 1);
        f.settle();
    };
    press(Qt::Key_BracketRight); // the first that is in view
    const auto first = f.chosenBreach();
    QVERIFY(first && toMs(*first) / 60'000 % 100 == 0);
    QVERIFY(told.last().at(0).toString().contains(QStringLiteral("+45.00 bp")));
    press(Qt::Key_BracketLeft);
    QCOMPARE(f.chosenBreach(), *first - 100 * minute);
    QVERIFY(f.view()->visibleRange().contains(*first - 100 * minute)); // it came into view
    QVERIFY(f.view()->crosshairTime());
    press(Qt::Key_BracketRight);
    QCOMPARE(f.chosenBreach(), *first);
    const UtcMs lastOne = fromMs(toMs(f.source.extent.to - minute) / 6'000'000 * 6'000'000);
    for (int i = 0; f.chosenBreach() != lastOne && i < 100; ++i)
        press(Qt::Key_BracketRight);
    QCOMPARE(f.chosenBreach(), lastOne);
    press(Qt::Key_BracketRight); // there is none further on: said, and the choice stays
    QCOMPARE(f.chosenBreach(), lastOne);
    QVERIFY(told.last().at(0).toString().contains(QStringLiteral("no bar beyond the limit")));
    // A second key before the first search has answered: the newest wish wins.
    const auto sentences = told.count();
    QTest::keyClick(f.view(), Qt::Key_BracketLeft, Qt::AltModifier);
    QTest::keyClick(f.view(), Qt::Key_BracketLeft, Qt::AltModifier);
    QTRY_COMPARE(f.chosenBreach(), lastOne - 100 * minute);
    QCOMPARE(told.count(), sentences + 1);
    f.charts.activePane()->compare(std::nullopt);
    QVERIFY(!f.action(QStringLiteral("Next bar beyond the limit"))->isEnabled());
}

void tst_ChartComparison::doubleClickGivesAPaneTheWholeHeight()
{
    Fixture f;
    const auto toggle = [&](PaneKind kind) {
        const QPoint centre = f.view()->chartLayout().pane(kind).center().toPoint();
        QTest::mouseDClick(f.view(), Qt::LeftButton, {}, centre);
        f.settle();
    };
    const auto before = f.view()->chartLayout();
    for (const PaneKind kind : allPanes) {
        toggle(kind);
        QCOMPARE(f.view()->panes().maximised, std::optional(kind));
        for (const PaneKind one : allPanes)
            QCOMPARE(f.view()->chartLayout().pane(one).height() > 0, one == kind);
        toggle(kind);
        QVERIFY(!f.view()->panes().maximised);
        for (const PaneKind one : allPanes)
            QCOMPARE(f.view()->chartLayout().pane(one), before.pane(one));
    }
    // A border is no pane: it goes back to its usual height.
    f.view()->setPaneShare(PaneKind::Difference, 0.4);
    const QPointF border(100, f.view()->chartLayout().difference.top());
    QTest::mouseDClick(f.view(), Qt::LeftButton, {}, border.toPoint());
    QCOMPARE(f.view()->panes().share(PaneKind::Difference), PaneShares::usual);
    QVERIFY(!f.view()->panes().maximised);
}

void tst_ChartComparison::altEnterGivesThePaneUnderTheCrosshairTheWholeHeight()
{
    Fixture f;
    f.hear(QStringLiteral("Maximise this chart, or its pane"));
    const auto press = [&] {
        QTest::keyClick(f.view(), Qt::Key_Return, Qt::AltModifier);
        f.settle();
    };
    press(); // no crosshair: the prices
    QCOMPARE(f.view()->panes().maximised, std::optional(PaneKind::Price));
    press();
    QVERIFY(!f.view()->panes().maximised);
    const QPointF over = f.view()->chartLayout().difference.center();
    QMouseEvent move(QEvent::MouseMove, over, f.view()->mapToGlobal(over), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(f.view(), &move);
    press();
    QCOMPARE(f.view()->panes().maximised, std::optional(PaneKind::Difference));
    QVERIFY(f.action(QStringLiteral("Maximise this chart, or its pane"))->isChecked());
    press();
    QVERIFY(!f.view()->panes().maximised);
    // Of several charts it is the chart that gets the room.
    f.charts.setPaneCount(2);
    f.settle();
    press();
    QVERIFY(f.charts.isMaximised() && !f.view()->panes().maximised);
}

QTEST_MAIN(tst_ChartComparison)
#include "tst_chartcomparison.moc"
