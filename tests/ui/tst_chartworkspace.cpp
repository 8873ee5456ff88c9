// Charts in their grid, by keyboard and by mouse, over minutes in memory.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSplitter>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <set>

#include "tests/ui/fakechartsource.h"
#include "ui/chart/chartactions.h"
#include "ui/chart/chartexport.h"
#include "ui/chart/chartlinks.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartprompt.h"
#include "ui/chart/charttable.h"
#include "ui/chart/charttablemodel.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/chart/gapcard.h"
#include "ui/widgets/displayzone.h"

using namespace mnemo;

namespace {

constexpr milliseconds minute {60'000};

struct Fixture {
    FakeChartSource source;
    DisplayZone zone;
    ChartWorkspace charts {source, zone};
    std::shared_ptr<const StoredSeriesList> list;

    explicit Fixture(
        std::vector<SeriesKey> keys = {chartKey("BTC/USDT"), chartKey("BTC/USDT", "1h"), chartKey("ETH/USDT")})
    {
        charts.resize(1000, 600);
        charts.show();
        give(keys);
        charts.activateWindow();
        [[maybe_unused]] const bool isActive = QTest::qWaitForWindowActive(&charts);
        view()->setFocus();
        settle();
    }
    void give(const std::vector<SeriesKey>& keys)
    {
        StoredSeriesList made;
        for (const SeriesKey& key : keys) {
            StoredSeries series;
            series.record.id = static_cast<SeriesId>(std::hash<std::string> {}(key.text()) % 1000 + 1);
            series.record.key = key;
            series.known = source.extent;
            made.push_back(series);
        }
        std::sort(made.begin(), made.end(), [](const auto& a, const auto& b) { return a.record.key < b.record.key; });
        list = std::make_shared<const StoredSeriesList>(made);
        charts.setSeriesList(list);
    }
    ChartPane* pane() const { return charts.activePane(); }
    ChartView* view() const { return charts.activeChart(); }
    void settle()
    {
        for (int i = 0; i < 12; ++i) {
            for (ChartPane* shown : charts.panes())
                shown->view()->grab();
            QTest::qWait(1);
        }
    }
    QLineEdit* line() const { return pane()->prompt()->findChild<QLineEdit*>(); }
    QPoint at(UtcMs time, int y = 100) const { return {static_cast<int>(view()->timeScale().toX(time)) + 2, y}; }
};

std::vector<QAction*> actionsOf(const QMenu& menu)
{
    std::vector<QAction*> all;
    for (QAction* action : menu.actions()) {
        if (action->menu()) {
            const auto below = actionsOf(*action->menu());
            all.insert(all.end(), below.begin(), below.end());
        } else if (!action->isSeparator()) {
            all.push_back(action);
        }
    }
    return all;
}

} // namespace

class tst_ChartWorkspace : public QObject {
    Q_OBJECT
private slots:
    void followsWhileTheNewestBarIsInView();
    void runningBarReachesItsChartsAlone();
    void headerTellsHowTheNewestBarComes();
    void followsNothingWhereItOnlyReads();
    void manyChartsFitANarrowWindow();
    void showsTheFirstStoredSeries();
    void waitsForASeriesThatIsNotStored();
    void saysWhatIsMissingOnceItIsKnown();
    void gridHoldsOneToSixteen();
    void activeChartIsTheOneThatIsUsed();
    void maximiseFillsAndComesBack();
    void digitsChooseATimeframe();
    void unstoredTimeframeLeadsToABackfill();
    void unstoredTimeframeIsMadeOfAFinerOne();
    void lettersChooseASymbol();
    void escapeChangesNothing();
    void goesToADate();
    void bracketsWalkOverGaps();
    void clickOnAGapOpensItsCard();
    void readOnlyWindowCannotFill();
    void scalesByKey();
    void zoneIsTheWholePrograms();
    void measuresByMouseAndByKeyboard();
    void tableTellsTheSame();
    void picturesAndCsvLeave();
    void comparesASecondSeries();
    void linkedChartsMoveTogether();
    void linkedChartsMayShareTheSymbol();
    void rowsVoidOnlyWhatTheyTouch();
    void sessionComesBack();
    void garbageInTheSessionChangesNothing_data();
    void garbageInTheSessionChangesNothing();
    void bordersAreKept();
    void everyActionHasANameAndKeysDoNotCollide();
};

void tst_ChartWorkspace::manyChartsFitANarrowWindow()
{
    Fixture f;
    f.charts.setPaneCount(16);
    f.charts.resize(700, 600);
    f.settle();
    QVERIFY2(f.charts.minimumSizeHint().width() <= 700, qPrintable(QString::number(f.charts.minimumSizeHint().width())));
    for (const ChartPane* pane : f.charts.panes()) {
        const auto* title = pane->findChild<QToolButton*>(); // the first of the header
        QVERIFY2(title->text().startsWith(QStringLiteral("BTC/USDT")), qPrintable(title->text()));
        QVERIFY(title->width() >= title->fontMetrics().horizontalAdvance(title->text()));
    }
    f.charts.setPaneCount(1);
    f.settle();
    QVERIFY(f.pane()->findChild<QToolButton*>()->text().contains(QStringLiteral("binance")));
    f.charts.resize(900, 600); // a chart alone has nothing to be linked with, at any width
    f.settle();
    for (const auto* button : f.pane()->findChildren<QToolButton*>())
        QVERIFY(!button->isVisible() || !button->text().startsWith(QStringLiteral("Link")));
}

void tst_ChartWorkspace::showsTheFirstStoredSeries()
{
    Fixture f;
    QCOMPARE(*f.charts.activeSeries(), chartKey("BTC/USDT"));
    QVERIFY(!f.view()->scene().marks.empty());
    QVERIFY(f.view()->isAtLatest());
}

void tst_ChartWorkspace::waitsForASeriesThatIsNotStored()
{
    Fixture f;
    f.charts.show(chartKey("SOL/USDT"));
    f.settle();
    QVERIFY(!f.view()->seriesId());
    QVERIFY(f.view()->stateMessage().contains(QStringLiteral("not stored")));
    f.give({chartKey("BTC/USDT"), chartKey("SOL/USDT")});
    QTRY_VERIFY(f.view()->seriesId().has_value());
}

void tst_ChartWorkspace::saysWhatIsMissingOnceItIsKnown()
{
    FakeChartSource source;
    DisplayZone zone;
    ChartWorkspace charts(source, zone);
    charts.show(chartKey("SOL/USDT"));
    QVERIFY2(charts.activeChart()->stateMessage().isEmpty(), qPrintable(charts.activeChart()->stateMessage()));
    charts.setSeriesList(std::make_shared<const StoredSeriesList>());
    QVERIFY(charts.activeChart()->stateMessage().contains(QStringLiteral("not stored")));
}

void tst_ChartWorkspace::gridHoldsOneToSixteen()
{
    Fixture f;
    QCOMPARE(f.charts.panes().size(), size_t(1));
    for (const int count : {2, 5, 16, 99, 3, 0}) {
        f.charts.setPaneCount(count);
        const auto expected = size_t(std::clamp(count, 1, 16));
        QCOMPARE(f.charts.panes().size(), expected);
        for (ChartPane* pane : f.charts.panes()) {
            QVERIFY(pane->isVisible());
            QCOMPARE(*pane->seriesKey(), chartKey("BTC/USDT"));
        }
        QVERIFY(std::count(f.charts.panes().begin(), f.charts.panes().end(), f.pane()) == 1);
    }
    f.charts.closePane(f.pane());
    QCOMPARE(f.charts.panes().size(), size_t(1)); // the last one stays
}

void tst_ChartWorkspace::activeChartIsTheOneThatIsUsed()
{
    Fixture f;
    f.charts.setPaneCount(3);
    f.settle();
    QSignalSpy changed(&f.charts, &ChartWorkspace::activePaneChanged);
    QTest::mouseClick(f.charts.panes()[1]->view(), Qt::LeftButton, {}, {50, 50});
    QCOMPARE(f.pane(), f.charts.panes()[1]);
    QCOMPARE(changed.count(), 1);
    f.charts.activateNext(1);
    QCOMPARE(f.pane(), f.charts.panes()[2]);
    f.charts.activateNext(1);
    QCOMPARE(f.pane(), f.charts.panes()[0]);
    f.charts.show(chartKey("ETH/USDT"));
    QCOMPARE(*f.charts.panes()[1]->seriesKey(), chartKey("BTC/USDT")); // the others keep theirs
}

void tst_ChartWorkspace::maximiseFillsAndComesBack()
{
    Fixture f;
    f.charts.setPaneCount(4);
    f.charts.setMaximised(true);
    for (ChartPane* pane : f.charts.panes())
        QCOMPARE(pane->isVisible(), pane == f.pane());
    f.charts.activateNext(1);
    QVERIFY(f.pane()->isVisible()); // walking on shows the next one as large
    f.charts.setMaximised(false);
    for (ChartPane* pane : f.charts.panes())
        QVERIFY(pane->isVisible());
}

void tst_ChartWorkspace::digitsChooseATimeframe()
{
    Fixture f;
    QTest::keyClicks(f.view(), QStringLiteral("6"));
    QVERIFY(f.pane()->prompt()->isVisible());
    QTest::keyClicks(f.line(), QStringLiteral("0"));
    QCOMPARE(f.pane()->prompt()->text(), QStringLiteral("60"));
    QTest::keyClick(f.line(), Qt::Key_Return);
    QCOMPARE(*f.charts.activeSeries(), chartKey("BTC/USDT", "1h"));
    QVERIFY(!f.pane()->prompt()->isVisible());
    QVERIFY(f.view()->hasFocus());
}

void tst_ChartWorkspace::unstoredTimeframeLeadsToABackfill()
{
    Fixture f;
    QSignalSpy wanted(&f.charts, &ChartWorkspace::backfillRequested);
    QTest::keyClicks(f.view(), QStringLiteral("5"));
    QVERIFY(f.pane()->prompt()->hint().contains(QStringLiteral("not stored")));
    QTest::keyClick(f.line(), Qt::Key_Down); // the first offer shows it made of 1m
    QTest::keyClick(f.line(), Qt::Key_Return);
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted[0][0].value<SeriesKey>(), chartKey("BTC/USDT", "5m"));
    QCOMPARE(*f.charts.activeSeries(), chartKey("BTC/USDT"));
}

/// Its button says of what; new rows of that are new bars here; the own bars take over when they come.
void tst_ChartWorkspace::unstoredTimeframeIsMadeOfAFinerOne()
{
    Fixture f;
    QTest::keyClicks(f.view(), QStringLiteral("5"));
    QTest::keyClick(f.line(), Qt::Key_Return);
    f.settle();
    const SeriesKey minutes = chartKey("BTC/USDT"), fives = chartKey("BTC/USDT", "5m");
    QCOMPARE(*f.charts.activeSeries(), fives);
    const auto button = [&](const char* text) {
        const auto all = f.pane()->findChildren<QToolButton*>();
        return std::any_of(all.begin(), all.end(), [&](const QToolButton* each) { return each->isVisible() && each->text().startsWith(QLatin1String(text)); });
    };
    QVERIFY(button("5m of 1m"));
    QVERIFY(f.view()->series() && f.view()->series()->id < 0);
    QCOMPARE(f.view()->series()->grid(), Grid(fives.timeframe));
    const int read = f.source.tilesRead;
    f.charts.rowsChanged(minutes, {f.source.extent.to - 2 * minute, f.source.extent.to - minute});
    f.settle();
    QTRY_VERIFY((f.view()->grab(), f.source.tilesRead > read));

    f.give({minutes, fives});
    f.settle();
    QTRY_VERIFY(f.view()->series()->id > 0);
    QVERIFY(button("5m ") && !button("5m of"));
}

void tst_ChartWorkspace::lettersChooseASymbol()
{
    Fixture f;
    QTest::keyClicks(f.view(), QStringLiteral("e"));
    QTest::keyClicks(f.line(), QStringLiteral("th"));
    QCOMPARE(f.pane()->prompt()->offers().size(), 1);
    QTest::keyClick(f.line(), Qt::Key_Return);
    QCOMPARE(*f.charts.activeSeries(), chartKey("ETH/USDT"));
}

void tst_ChartWorkspace::escapeChangesNothing()
{
    Fixture f;
    QTest::keyClicks(f.view(), QStringLiteral("e"));
    QTest::keyClick(f.line(), Qt::Key_Escape);
    QVERIFY(!f.pane()->prompt()->isVisible());
    QCOMPARE(*f.charts.activeSeries(), chartKey("BTC/USDT"));
    QVERIFY(f.view()->hasFocus());
}

void tst_ChartWorkspace::goesToADate()
{
    Fixture f;
    f.zone.setId(QStringLiteral("Asia/Tokyo"));
    f.pane()->askDate();
    QTest::keyClicks(f.line(), QStringLiteral("2024-03-12 1"));
    QVERIFY(f.pane()->prompt()->offers().isEmpty());
    QTest::keyClicks(f.line(), QStringLiteral("0:00"));
    QTest::keyClick(f.line(), Qt::Key_Return);
    const UtcMs meant = *parseTime("2024-03-12 01:00");
    QVERIFY(std::abs(f.view()->timeScale().toX(meant) - f.view()->timeScale().width / 2) < 2);
}

void tst_ChartWorkspace::bracketsWalkOverGaps()
{
    Fixture f;
    const UtcMs end = f.source.extent.to;
    f.source.holes = {{{end - 5000 * minute, end - 4900 * minute}, GapClass::Unknown},
        {{end - 3000 * minute, end - 2999 * minute}, GapClass::Failed}};
    QTest::keyClick(f.view(), Qt::Key_Home);
    f.settle();
    f.pane()->goToGap(1);
    QTRY_VERIFY(f.pane()->gapCard()->isVisible());
    QVERIFY(f.pane()->gapCard()->text().contains(QStringLiteral("never asked")));
    QVERIFY(f.view()->visibleRange().contains(f.source.holes[0].range)); // brought into view, made to fit
    f.pane()->gapCard()->leave();
    f.pane()->goToGap(1);
    QTRY_VERIFY(f.pane()->gapCard()->text().contains(QStringLiteral("failed")));
    QCOMPARE(f.view()->selection()->range, f.source.holes[1].range);
    f.pane()->gapCard()->leave();
    QSignalSpy told(&f.charts, &ChartWorkspace::messageRaised);
    f.pane()->goToGap(1);
    QTRY_COMPARE(told.count(), 1); // there is none further on
    f.pane()->goToGap(-1);
    QTRY_COMPARE(f.view()->selection()->range, f.source.holes[0].range);
}

void tst_ChartWorkspace::clickOnAGapOpensItsCard()
{
    Fixture f;
    const UtcMs end = f.source.extent.to;
    f.source.holes = {{{end - 5000 * minute, end - 30 * minute}, GapClass::Unknown}}; // reaches far out of view
    f.charts.rowsChanged(chartKey("BTC/USDT"), f.source.extent);
    QTest::qWait(120);
    f.settle();
    QVERIFY(!f.view()->scene().gaps.empty());
    QTest::mouseClick(f.view(), Qt::LeftButton, {}, f.at(end - 40 * minute));
    QTRY_VERIFY(f.pane()->gapCard()->isVisible());
    QVERIFY2(f.pane()->gapCard()->text().contains(QStringLiteral("4,970")), qPrintable(f.pane()->gapCard()->text()));
    QVERIFY(f.pane()->gapCard()->text().contains(QStringLiteral("asked once")));
    QSignalSpy wanted(&f.charts, &ChartWorkspace::backfillRequested);
    QTest::keyClick(f.pane()->gapCard()->fillButton(), Qt::Key_Return);
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted[0][1].value<TimeRange>(), f.source.holes[0].range); // all of it
}

void tst_ChartWorkspace::readOnlyWindowCannotFill()
{
    Fixture f;
    f.source.isReadOnly = true;
    f.source.holes = {{{f.source.extent.to - 50 * minute, f.source.extent.to - 30 * minute}, GapClass::Unknown}};
    f.pane()->showGapAt(f.source.extent.to - 40 * minute);
    QTRY_VERIFY(f.pane()->gapCard()->isVisible());
    QVERIFY(!f.pane()->gapCard()->fillButton()->isEnabled());
    QSignalSpy wanted(&f.charts, &ChartWorkspace::backfillRequested);
    f.pane()->requestBackfill();
    QVERIFY(wanted.isEmpty());
    f.source.holes[0].gapClass = GapClass::Unlisted;
    f.pane()->showGapAt(f.source.extent.to - 40 * minute);
    QTRY_VERIFY(f.pane()->gapCard()->text().contains(QStringLiteral("not missing")));
    QVERIFY(!f.pane()->gapCard()->fillButton()->isVisible());
}

void tst_ChartWorkspace::scalesByKey()
{
    Fixture f;
    QMenu menu;
    f.charts.fillMenu(menu);
    const auto press = [&](Qt::Key key) {
        for (QAction* action : actionsOf(menu)) {
            if (action->shortcut() == QKeySequence(Qt::ALT | key))
                return action->trigger();
        }
        QFAIL("no such key");
    };
    press(Qt::Key_L);
    QCOMPARE(f.view()->priceMode(), PriceMode::Logarithmic);
    press(Qt::Key_P);
    QCOMPARE(f.view()->priceMode(), PriceMode::Percent);
    f.settle();
    QVERIFY(f.view()->priceScale().reference > 0);
    QCOMPARE(f.view()->priceScale().toShown(f.view()->priceScale().reference), 0.0);
    press(Qt::Key_X);
    QCOMPARE(f.view()->priceMode(), PriceMode::Indexed);
    QCOMPARE(f.view()->priceScale().toShown(f.view()->priceScale().reference), 100.0);
    press(Qt::Key_X);
    QCOMPARE(f.view()->priceMode(), PriceMode::Linear);
    press(Qt::Key_I);
    f.settle();
    QVERIFY(f.view()->isInverted());
    QVERIFY(f.view()->priceScale().toY(f.view()->scene().high) > f.view()->priceScale().toY(f.view()->scene().low));
    press(Qt::Key_U);
    QCOMPARE(f.view()->panes().share(PaneKind::Volume), 0.0);
}

void tst_ChartWorkspace::zoneIsTheWholePrograms()
{
    Fixture f;
    f.charts.setPaneCount(2);
    f.pane()->askZone();
    QTest::keyClicks(f.line(), QStringLiteral("kolk"));
    QTest::keyClick(f.line(), Qt::Key_Return);
    QCOMPARE(f.zone.id(), QStringLiteral("Asia/Kolkata"));
    for (ChartPane* pane : f.charts.panes())
        QCOMPARE(pane->view()->zone().id(), QByteArray("Asia/Kolkata"));
}

void tst_ChartWorkspace::measuresByMouseAndByKeyboard()
{
    Fixture f;
    const UtcMs end = f.source.extent.to;
    QTest::mousePress(f.view(), Qt::LeftButton, Qt::ShiftModifier, f.at(end - 40 * minute));
    QTest::mouseMove(f.view(), f.at(end - 20 * minute, 60));
    QTest::mouseRelease(f.view(), Qt::LeftButton, Qt::ShiftModifier, f.at(end - 20 * minute, 60));
    QVERIFY(f.view()->measured().has_value());
    QCOMPARE(f.view()->measured()->to - f.view()->measured()->from, 20 * minute);
    QVERIFY(f.view()->measured()->toPrice > f.view()->measured()->fromPrice);
    QTest::keyClick(f.view(), Qt::Key_Escape);
    QVERIFY(!f.view()->measured());
    f.view()->pointAt(std::nullopt);
    f.view()->beginMeasure(); // from the newest bar
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(f.view(), Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(f.view()->measured()->from, end - minute);
    QCOMPARE(f.view()->measured()->to, end - 4 * minute);
    QCOMPARE(f.view()->measured()->toPrice, FakeChartSource::priceAt(end - 4 * minute) + 1);
    QTRY_VERIFY(
        f.view()->accessibleDescription().startsWith(QStringLiteral("2024-03-16 23:56"))); // the bar is read out
}

void tst_ChartWorkspace::tableTellsTheSame()
{
    Fixture f;
    f.source.holes = {{{f.source.extent.to - 20 * minute, f.source.extent.to - 10 * minute}, GapClass::Empty}};
    f.charts.rowsChanged(chartKey("BTC/USDT"), f.source.extent);
    QTest::qWait(120);
    f.settle();
    f.pane()->setTableShown(true);
    auto& rows = f.pane()->table()->rows();
    QVERIFY(f.pane()->table()->isVisible());
    QVERIFY(rows.rowCount() > 20);
    QCOMPARE(rows.timeAt(rows.rowCount() - 1), f.source.extent.to - minute);
    QVERIFY(rows.index(rows.rowAt(f.source.extent.to - 20 * minute), ChartTableModel::State)
                .data()
                .toString()
                .contains(QStringLiteral("no trades, 10 bars")));
    f.pane()->table()->copySelection();
    QVERIFY(QApplication::clipboard()->text().count(u'\n') == rows.rowCount() + 1);
    QTest::keyClick(f.pane()->table(), Qt::Key_Escape);
    QVERIFY(f.view()->isVisible() && f.view()->hasFocus());
}

void tst_ChartWorkspace::picturesAndCsvLeave()
{
    Fixture f;
    QSignalSpy told(&f.charts, &ChartWorkspace::messageRaised);
    f.pane()->exporter().copyPicture();
    QCOMPARE(QApplication::clipboard()->image().size(), f.view()->size() * f.view()->devicePixelRatioF());
    QTemporaryDir folder;
    const QString png = folder.filePath(QStringLiteral("chart.png"));
    f.pane()->exporter().savePicture(png);
    QTRY_VERIFY(told.count() >= 2);
    QCOMPARE(QImage(png).size(), f.view()->size() * f.view()->devicePixelRatioF());
    told.clear();
    f.pane()->exporter().savePicture(folder.filePath(QStringLiteral("no/such/folder.png")));
    QTRY_COMPARE(told.count(), 1);
    QVERIFY(told[0][0].toString().contains(QStringLiteral("could not be written")));
    told.clear();
    f.pane()->exporter().saveCsv(folder.filePath(QStringLiteral("chart.csv")));
    QTRY_COMPARE(told.count(), 2);
    QVERIFY(told[1][0].toString().startsWith(QStringLiteral("7 candle")));
    QCOMPARE(f.source.exported, f.view()->visibleRange().intersected(f.source.extent));
}

void tst_ChartWorkspace::comparesASecondSeries()
{
    Fixture f;
    f.pane()->compare(chartKey("ETH/USDT"));
    f.settle();
    QVERIFY(f.view()->compared() && !f.view()->compared()->scene().marks.empty());
    QCOMPARE(f.view()->compared()->scaleMode(), CompareScale::Percent);
    const auto& percent = f.view()->compared()->scale();
    QCOMPARE(
        percent.toY(f.view()->compared()->reference()), f.view()->priceScale().toY(f.view()->priceScale().reference));
    f.pane()->setCompareScale(CompareScale::Own);
    f.settle();
    QVERIFY(f.view()->compared()->scale().high - f.view()->compared()->scale().low < 70);
    f.pane()->compare(std::nullopt);
    QVERIFY(!f.view()->compared());
}

void tst_ChartWorkspace::linkedChartsMayShareTheSymbol()
{
    Fixture f({chartKey("BTC/USDT"), chartKey("BTC/USDT", "1h"), chartKey("ETH/USDT"), chartKey("ETH/USDT", "1h"),
        chartKey("SOL/USDT")});
    f.charts.setPaneCount(3);
    f.charts.panes()[0]->setLinkGroup(2);
    f.charts.panes()[1]->setLinkGroup(2);
    f.charts.panes()[0]->show(chartKey("BTC/USDT", "1h"));
    QCOMPARE(f.charts.panes()[1]->seriesKey(), std::optional(chartKey("BTC/USDT"))); // not unless somebody wants it
    f.charts.links().setSymbolLinked(true);
    f.charts.panes()[1]->show(chartKey("ETH/USDT"));
    QCOMPARE(f.charts.panes()[0]->seriesKey(), std::optional(chartKey("ETH/USDT", "1h"))); // in its own timeframe
    QCOMPARE(f.charts.panes()[1]->seriesKey(), std::optional(chartKey("ETH/USDT")));
    QCOMPARE(f.charts.panes()[2]->seriesKey(), std::optional(chartKey("BTC/USDT")));
    f.charts.panes()[1]->show(chartKey("SOL/USDT"));
    QCOMPARE(f.charts.panes()[0]->seriesKey(), std::optional(chartKey("SOL/USDT", "1h"))); // made of its minutes
    f.charts.panes()[0]->show(chartKey("BTC/USDT", "1h"));
    const QJsonObject state = f.charts.state();
    f.charts.links().setSymbolLinked(false);
    QVERIFY(f.charts.applyState(state));
    QVERIFY(f.charts.links().isSymbolLinked());
    QCOMPARE(f.charts.panes()[0]->seriesKey(), std::optional(chartKey("BTC/USDT", "1h")));
    QCOMPARE(f.charts.panes()[1]->seriesKey(), std::optional(chartKey("BTC/USDT")));
}

void tst_ChartWorkspace::linkedChartsMoveTogether()
{
    Fixture f;
    f.charts.setPaneCount(3);
    f.settle();
    f.charts.panes()[0]->setLinkGroup(2);
    f.charts.panes()[1]->setLinkGroup(2);
    ChartView* one = f.charts.panes()[0]->view();
    ChartView* two = f.charts.panes()[1]->view();
    ChartView* alone = f.charts.panes()[2]->view();
    const TimeRange before = alone->visibleRange();
    one->centreOn(*parseTime("2024-03-13"));
    QVERIFY(two->visibleRange().contains(*parseTime("2024-03-13")));
    QCOMPARE(alone->visibleRange(), before);
    QTest::mouseMove(one, {120, 60});
    QVERIFY(one->crosshairTime().has_value());
    QCOMPARE(two->crosshairTime(), one->crosshairTime());
    QVERIFY(!alone->crosshairTime());
    f.charts.links().setRangeLinked(false);
    const TimeRange kept = two->visibleRange();
    one->goToFirst();
    QCOMPARE(two->visibleRange(), kept);
}

void tst_ChartWorkspace::rowsVoidOnlyWhatTheyTouch()
{
    Fixture f;
    const int before = f.source.tilesRead;
    f.charts.rowsChanged(chartKey("SOL/USDT"), f.source.extent); // shown nowhere
    QTest::qWait(150);
    f.settle();
    QCOMPARE(f.source.tilesRead, before);
    f.charts.rowsChanged(chartKey("BTC/USDT"), {f.source.extent.to - minute, f.source.extent.to});
    QTest::qWait(150);
    f.settle();
    QCOMPARE(f.source.tilesRead, before + 1); // the newest tile alone
}

void tst_ChartWorkspace::sessionComesBack()
{
    QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
    {
        Fixture f;
        f.charts.setPaneCount(3);
        f.charts.activate(f.charts.panes()[1]);
        f.charts.show(chartKey("ETH/USDT"));
        f.view()->setPriceMode(PriceMode::Percent);
        f.view()->setInverted(true);
        f.pane()->setLinkGroup(4);
        f.charts.panes()[2]->compare(chartKey("BTC/USDT", "1h"));
        f.charts.panes()[2]->setTableShown(true);
        f.charts.links().setCrosshairLinked(false);
        f.charts.save(settings);
    }
    Fixture f(std::vector<SeriesKey> {});
    QVERIFY(f.charts.restore(settings));
    f.give({chartKey("BTC/USDT"), chartKey("BTC/USDT", "1h"), chartKey("ETH/USDT")});
    QCOMPARE(f.charts.panes().size(), size_t(3));
    QCOMPARE(f.pane(), f.charts.panes()[1]);
    QTRY_VERIFY(f.view()->seriesId().has_value());
    QCOMPARE(*f.charts.activeSeries(), chartKey("ETH/USDT"));
    QCOMPARE(*f.charts.panes()[0]->seriesKey(), chartKey("BTC/USDT"));
    QCOMPARE(f.view()->priceMode(), PriceMode::Percent);
    QVERIFY(f.view()->isInverted());
    QCOMPARE(f.pane()->linkGroup(), 4);
    QVERIFY(f.charts.panes()[2]->isTableShown());
    QCOMPARE(*f.charts.panes()[2]->comparedKey(), chartKey("BTC/USDT", "1h"));
    QVERIFY(!f.charts.links().isCrosshairLinked());
}

void tst_ChartWorkspace::garbageInTheSessionChangesNothing_data()
{
    QTest::addColumn<QByteArray>("saved");
    QTest::addColumn<bool>("isRead");
    QTest::newRow("nothing saved") << QByteArray() << true;
    QTest::newRow("no JSON") << QByteArray("\x01\xff{") << false;
    QTest::newRow("no charts") << QByteArray("{\"panes\":[]}") << false;
    QTest::newRow("too many") << QByteArray("{\"panes\":[") + QByteArray("{},").repeated(16) + QByteArray("{}]}")
                              << false;
    QTest::newRow("charts that make no sense") << QByteArray(
        "{\"panes\":[{\"scale\":99,\"link\":-5,\"volume\":1e9,\"series\":[\"a\"],\"compared\":7}],\"active\":9,"
        "\"sizes\":[[0],5]}") << true;
}

void tst_ChartWorkspace::garbageInTheSessionChangesNothing()
{
    QFETCH(QByteArray, saved);
    QFETCH(bool, isRead);
    QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
    settings.setValue(QStringLiteral("charts/state"), saved);
    Fixture f;
    const auto shown = f.charts.activeSeries();
    QCOMPARE(f.charts.restore(settings), isRead);
    QCOMPARE(f.charts.panes().size(), size_t(1));
    QCOMPARE(f.charts.activeSeries(), shown);
    QCOMPARE(f.view()->priceMode(), PriceMode::Linear);
    QCOMPARE(f.pane()->linkGroup(), 0);
    QVERIFY(f.view()->panes().share(PaneKind::Volume) <= 0.7);
}

void tst_ChartWorkspace::bordersAreKept()
{
    Fixture f;
    f.charts.setPaneCount(4);
    auto* first = f.charts.findChild<QSplitter*>();
    first->setSizes({150, 450});
    const QList<int> sizes = first->sizes();
    const QJsonObject state = f.charts.state();
    f.charts.setPaneCount(1);
    QVERIFY(f.charts.applyState(state));
    QCOMPARE(f.charts.panes().size(), size_t(4));
    QCOMPARE(f.charts.findChild<QSplitter*>()->sizes(), sizes);
}

void tst_ChartWorkspace::everyActionHasANameAndKeysDoNotCollide()
{
    Fixture f;
    QMenu menu;
    f.charts.fillMenu(menu);
    std::set<QString> keys;
    const auto all = actionsOf(menu);
    QVERIFY(all.size() > 40);
    for (const QAction* action : all) {
        QVERIFY(!action->text().isEmpty());
        if (action->shortcut().isEmpty())
            continue;
        const QString key = action->shortcut().toString();
        QVERIFY2(keys.insert(key).second, qPrintable(key));
    }
    for (const char* key :
        {"Alt+L", "Alt+P", "Alt+I", "Alt+R", "Alt+G", "Alt+S", "Alt+Return", "Ctrl+E", "]", "[", "Home", "End"})
        QVERIFY2(keys.contains(QString::fromLatin1(key)), key);
}

void tst_ChartWorkspace::followsWhileTheNewestBarIsInView()
{
    Fixture f;
    const SeriesKey shown = *f.pane()->seriesKey();
    const std::multiset<SeriesKey> one {shown};
    QCOMPARE(f.source.followed, one);
    f.view()->goToFirst();
    QVERIFY(f.source.followed.empty()); // nobody looks at the newest bar
    f.view()->goToLatest();
    QCOMPARE(f.source.followed, one);
    f.charts.hide();
    QVERIFY(f.source.followed.empty());
    f.charts.show();
    QCOMPARE(f.source.followed, one);
    f.pane()->setTableShown(true); // a table of the newest bars
    QCOMPARE(f.source.followed, one);
    const SeriesKey other = chartKey("ETH/USDT");
    f.pane()->show(other);
    QCOMPARE(f.source.followed, (std::multiset<SeriesKey> {other}));
    f.pane()->compare(shown);
    QCOMPARE(f.source.followed, (std::multiset<SeriesKey> {other, shown}));
    f.pane()->compare(std::nullopt);
    f.charts.setPaneCount(2);
    QCOMPARE(f.source.followed.size(), std::size_t {2});
    f.charts.setMaximised(true);
    QCOMPARE(f.source.followed.size(), std::size_t {1});
    f.charts.setLive(false);
    QVERIFY(f.source.followed.empty());
    f.charts.setLive(true);
    f.charts.setMaximised(false);
    QCOMPARE(f.source.followed.size(), std::size_t {2});
    f.pane()->show(chartKey("NOT/STORED"));
    QCOMPARE(f.source.followed.size(), std::size_t {1});
}

void tst_ChartWorkspace::runningBarReachesItsChartsAlone()
{
    Fixture f;
    f.charts.setPaneCount(2);
    f.charts.panes()[1]->show(chartKey("ETH/USDT"));
    const UtcMs open = f.source.extent.to;
    const SeriesKey first = *f.charts.panes()[0]->seriesKey();
    f.charts.barRunning({first, {open, 1, 4, 1, 3, 7}, open + std::chrono::minutes {1}});
    QVERIFY(f.charts.panes()[0]->view()->forming().has_value());
    QCOMPARE(f.charts.panes()[0]->view()->forming()->bar.close, 3.0);
    QVERIFY(!f.charts.panes()[1]->view()->forming());
    // once it is read from the store it forms no more
    f.source.extent.to = open + std::chrono::minutes {1};
    f.give({chartKey("BTC/USDT"), chartKey("BTC/USDT", "1h"), chartKey("ETH/USDT")});
    QTRY_VERIFY(!f.charts.panes()[0]->view()->forming());
    f.charts.barRunning({first, {open + std::chrono::minutes {1}, 1, 4, 1, 3, 7}, open + std::chrono::minutes {2}});
    f.charts.setLive(false);
    QVERIFY(!f.charts.panes()[0]->view()->forming());
}

void tst_ChartWorkspace::headerTellsHowTheNewestBarComes()
{
    Fixture f;
    f.charts.setPaneCount(2);
    f.charts.resize(1600, 500);
    ChartPane* first = f.charts.panes()[0];
    ChartPane* second = f.charts.panes()[1];
    second->show(chartKey("ETH/USDT"));
    QVERIFY(first->liveBadge()->isHidden());
    auto report = std::make_shared<FeedReport>();
    report->series = {{*first->seriesKey(), FollowState::Streamed}, {chartKey("BTC/USDT", "1h"), FollowState::Stale, {}, StaleCause::Behind}};
    f.charts.feedsChanged(report);
    QVERIFY(!first->liveBadge()->isHidden());
    QVERIFY(first->liveBadge()->text().contains(QStringLiteral("live")));
    QVERIFY(second->liveBadge()->isHidden());
    second->show(chartKey("BTC/USDT", "1h")); // what was told before holds for it
    QVERIFY(second->liveBadge()->text().contains(QStringLiteral("stale")));
    QVERIFY(second->liveBadge()->toolTip().contains(QStringLiteral("backfill")));
    second->show(chartKey("ETH/USDT"));
    QVERIFY(second->liveBadge()->isHidden());
    f.charts.feedsChanged(std::make_shared<const FeedReport>());
    QVERIFY(first->liveBadge()->isHidden());
}

void tst_ChartWorkspace::followsNothingWhereItOnlyReads()
{
    FakeChartSource source;
    source.isReadOnly = true;
    DisplayZone zone;
    ChartWorkspace charts {source, zone};
    charts.show();
    charts.barRunning({chartKey("BTC/USDT"), {}, {}});
    QVERIFY(source.followed.empty());
}

QTEST_MAIN(tst_ChartWorkspace)
#include "tst_chartworkspace.moc"
