#include <QApplication>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>
#include <deque>

#include "core/base/timetext.h"
#include "ui/chart/chartview.h"

using namespace mnemo;

namespace {

const UtcMs t0 = *parseTime("2024-03-10");
constexpr milliseconds minute {60'000};

SeriesRecord minutes()
{
    SeriesRecord series;
    series.id = 1;
    series.key.exchange = series.key.source = "x";
    series.key.symbol = "BTC/USDT";
    return series;
}

/// Answers every request at the next turn of the event loop, from 10,000 minutes after t0.
struct Fixture {
    static constexpr int count = 10'000;
    TimeRange extent {t0, t0 + count* minute};
    TimeRange hole, quiet; ///< bars that are not there: never asked, no trades
    ChartView* target = nullptr;
    ChartView view;
    Fixture()
        : view([this](const TileCache::Request& request) {
            QMetaObject::invokeMethod(
                target, [this, request] { target->deliver(request.key, read(request)); }, Qt::QueuedConnection);
        })
    {
        target = &view;
        view.resize(900, 500);
        view.setSeries(minutes(), extent);
        view.show();
        settle();
    }
    Result<ChartTile> read(const TileCache::Request& request) const
    {
        ChartTile tile {request.range, {}, {}};
        for (UtcMs time = request.range.from; time < request.range.to; time += request.level.length) {
            const double price = 100 + double((time - t0) / minute % 50);
            if (extent.contains(time) && !hole.contains(time) && !quiet.contains(time))
                tile.bars.push_back({time, price, price + 2, price - 2, price + 1, 1});
        }
        for (const auto& [range, gapClass] :
            {std::pair {hole, GapClass::Unknown}, std::pair {quiet, GapClass::Empty}}) {
            const TimeRange part = range.intersected(request.range);
            if (!part.isEmpty())
                tile.gaps.push_back({part, part.length() / minute, gapClass, {}});
        }
        return tile;
    }
    void settle()
    {
        for (int i = 0; i < 20; ++i) {
            view.grab();
            QCoreApplication::processEvents();
        }
    }
};

void wheel(ChartView& view, QPointF at, int notches)
{
    QWheelEvent event(
        at, view.mapToGlobal(at), {}, {0, notches * 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&view, &event);
}

void hover(ChartView& view, QPointF at)
{
    QMouseEvent event(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&view, &event);
}

void leave(ChartView& view)
{
    QEvent event(QEvent::Leave);
    QCoreApplication::sendEvent(&view, &event);
}

} // namespace

class tst_ChartView : public QObject {
    Q_OBJECT
private slots:
    void startsAtTheNewestBars();
    void dragPans();
    void wheelZoomsAtTheCursor();
    void keysMoveTheView();
    void followsNewBarsUnlessLookingElsewhere();
    void latestButtonReturns();
    void priceFitsUntilTheAxisIsDragged();
    void crosshairRepaintsWithoutANewPicture();
    void emptySeriesSaysSo();
    void isDescribedForScreenReaders();
    void zoomOutShowsEverything();
    void holesAreShownAndSaid();
    void crosshairSnapsUnlessControlIsHeld();
    void timeAxisDragScalesAndDoubleClickResets();
    void volumeBorderCanBeDragged();
    void wheelOnPricesScalesThem();
    void formingBarCountsDown();
    void formingBarGivesWayToTheStoredOne();
    void formingBarThatNobodyTellsAnyMoreGoes();
    void formingBarIsWithinTheScale();
    void lettersBelongToTheChart();
    void pictureHasNoCrosshair();
};

void tst_ChartView::startsAtTheNewestBars()
{
    Fixture f;
    QVERIFY(f.view.isAtLatest());
    QVERIFY(!f.view.scene().marks.empty());
    QCOMPARE(f.view.scene().marks.back().bar.time, t0 + (Fixture::count - 1) * minute);
    QVERIFY(f.view.scene().loading.empty());
}

void tst_ChartView::dragPans()
{
    Fixture f;
    const auto before = f.view.visibleRange();
    const qreal msPerPixel = f.view.timeScale().msPerPixel;
    QTest::mousePress(&f.view, Qt::LeftButton, {}, {400, 200});
    QTest::mouseMove(&f.view, {480, 200});
    QTest::mouseRelease(&f.view, Qt::LeftButton, {}, {480, 200});
    QCOMPARE((before.from - f.view.visibleRange().from).count(), qint64(80 * msPerPixel));
    QCOMPARE(f.view.timeScale().msPerPixel, msPerPixel);
}

void tst_ChartView::wheelZoomsAtTheCursor()
{
    Fixture f;
    const UtcMs under = f.view.timeScale().toTime(300);
    const qreal before = f.view.timeScale().msPerPixel;
    wheel(f.view, {300, 200}, 2);
    QVERIFY(f.view.timeScale().msPerPixel < before / 1.5);
    QVERIFY(std::abs((f.view.timeScale().toTime(300) - under).count()) <= 2);
    wheel(f.view, {300, 200}, -2);
    QVERIFY(std::abs(f.view.timeScale().msPerPixel / before - 1) < 1e-9);
}

void tst_ChartView::keysMoveTheView()
{
    Fixture f;
    const auto start = f.view.visibleRange();
    QTest::keyClick(&f.view, Qt::Key_Left);
    QCOMPARE(start.from - f.view.visibleRange().from, minute); // one bar
    QTest::keyClick(&f.view, Qt::Key_Right);
    QCOMPARE(f.view.visibleRange().from, start.from);
    QTest::keyClick(&f.view, Qt::Key_Left, Qt::ControlModifier);
    QVERIFY(start.from - f.view.visibleRange().from > start.length() / 2);
    QTest::keyClick(&f.view, Qt::Key_Home);
    QVERIFY(f.view.visibleRange().contains(t0));
    QVERIFY(!f.view.isAtLatest());
    QTest::keyClick(&f.view, Qt::Key_End);
    QVERIFY(f.view.isAtLatest());
    const auto length = f.view.visibleRange().length();
    QTest::keyClick(&f.view, Qt::Key_Up, Qt::ControlModifier);
    QVERIFY(f.view.visibleRange().length() < length);
    QTest::keyClick(&f.view, Qt::Key_Minus);
    QVERIFY(std::abs((f.view.visibleRange().length() - length).count()) <= 2);
}

void tst_ChartView::followsNewBarsUnlessLookingElsewhere()
{
    Fixture f;
    f.extent.to += 5 * minute;
    f.view.setExtent(f.extent);
    QVERIFY(f.view.visibleRange().contains(f.extent.to));
    QTest::keyClick(&f.view, Qt::Key_Home);
    const auto looking = f.view.visibleRange();
    f.extent.to += 500 * minute;
    f.view.setExtent(f.extent);
    QCOMPARE(f.view.visibleRange(), looking); // never steals the view
}

void tst_ChartView::latestButtonReturns()
{
    Fixture f;
    auto* button = f.view.findChild<QToolButton*>();
    QVERIFY(button && !button->isVisible());
    QSignalSpy left(&f.view, &ChartView::latestLeft);
    QTest::keyClick(&f.view, Qt::Key_Home);
    QVERIFY(button->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(f.view.isAtLatest());
    QVERIFY(!button->isVisible());
    QCOMPARE(left.count(), 2);
}

void tst_ChartView::priceFitsUntilTheAxisIsDragged()
{
    Fixture f;
    const auto fitted = f.view.priceScale();
    QVERIFY(fitted.low < 100 && fitted.high > 150);
    const QPoint axis(f.view.width() - 10, 100);
    QTest::mousePress(&f.view, Qt::LeftButton, {}, axis);
    QTest::mouseMove(&f.view, axis + QPoint(0, 60));
    QTest::mouseRelease(&f.view, Qt::LeftButton, {}, axis + QPoint(0, 60));
    QVERIFY(!f.view.isAutoFit());
    QVERIFY(f.view.priceScale().high - f.view.priceScale().low > (fitted.high - fitted.low) * 1.2);
    const double high = f.view.priceScale().high;
    f.view.panBy({0, 30});
    QVERIFY(f.view.priceScale().high > high); // dragging down shows higher prices
    QTest::mouseDClick(&f.view, Qt::LeftButton, {}, axis);
    QVERIFY(f.view.isAutoFit());
}

void tst_ChartView::crosshairRepaintsWithoutANewPicture()
{
    Fixture f;
    leave(f.view);
    const QImage without = f.view.grab().toImage();
    hover(f.view, {300, 150});
    const QImage with = f.view.grab().toImage();
    QVERIFY(without != with);
    bool differs = false;
    for (int x = 0; x < 600; ++x)
        differs = differs || with.pixel(x, 150) != without.pixel(x, 150);
    QVERIFY(differs); // the horizontal line
    leave(f.view);
    QVERIFY(f.view.grab().toImage() == without);
}

void tst_ChartView::emptySeriesSaysSo()
{
    Fixture f;
    f.view.setSeries(minutes(), {});
    f.settle();
    QTest::qWait(350);
    QVERIFY(f.view.accessibleDescription().contains(QStringLiteral("Nothing is stored yet")));
    f.view.clear(QStringLiteral("Choose one."));
    f.settle();
    QVERIFY(!f.view.seriesId());
}

void tst_ChartView::isDescribedForScreenReaders()
{
    Fixture f;
    QVERIFY(!f.view.accessibleName().isEmpty());
    QTRY_VERIFY(f.view.accessibleDescription().contains(QStringLiteral("lowest")));
    QVERIFY(f.view.accessibleDescription().contains(QStringLiteral("BTC/USDT")));
}

void tst_ChartView::zoomOutShowsEverything()
{
    Fixture f;
    for (int i = 0; i < 60; ++i)
        QTest::keyClick(&f.view, Qt::Key_Minus);
    f.settle();
    QVERIFY(f.view.visibleRange().contains(f.extent.from));
    QVERIFY(f.view.visibleRange().contains(f.extent.to - minute));
    QVERIFY(f.view.scene().marks.size() <= size_t(f.view.width()));
    QVERIFY(f.view.scene().loading.empty());
}

void tst_ChartView::holesAreShownAndSaid()
{
    Fixture f;
    f.hole = {f.extent.to - 60 * minute, f.extent.to - 40 * minute};
    f.quiet = {f.extent.to - 20 * minute, f.extent.to - 17 * minute};
    f.view.invalidate(1, f.extent);
    f.settle();
    QCOMPARE(f.view.scene().gaps.size(), size_t(2));
    QCOMPARE(f.view.scene().gaps[0].to - f.view.scene().gaps[0].from, 20 * 60'000 / f.view.timeScale().msPerPixel);
    QTRY_VERIFY(f.view.accessibleDescription().contains(QStringLiteral("Gaps in view: 2")));
    if (qEnvironmentVariableIsSet("MNEMO_TEST_PICTURES"))
        f.view.grab().save(qEnvironmentVariable("MNEMO_TEST_PICTURES") + QStringLiteral("/holes.png"));
}

void tst_ChartView::crosshairSnapsUnlessControlIsHeld()
{
    Fixture f;
    const qreal slot = 60'000 / f.view.timeScale().msPerPixel;
    const UtcMs bar = f.extent.to - 40 * minute;
    const QPointF beside(f.view.timeScale().toX(bar) + slot * 0.2, 150);
    hover(f.view, beside);
    QCOMPARE(*f.view.crosshairTime(), bar);
    f.view.pointAt(beside, true);
    QVERIFY(*f.view.crosshairTime() > bar && *f.view.crosshairTime() < bar + minute);
    f.hole = {f.extent.to - 60 * minute, f.extent.to - 30 * minute};
    f.view.invalidate(1, f.extent);
    f.settle();
    hover(f.view, beside);
    QCOMPARE(*f.view.crosshairTime(), bar); // in a hole: where its bar would stand
    f.view.panBy({slot * 5, 0});
    QCOMPARE(*f.view.crosshairTime(), bar - 5 * minute); // stays under the mouse
    leave(f.view);
    QVERIFY(!f.view.crosshairTime());
}

void tst_ChartView::timeAxisDragScalesAndDoubleClickResets()
{
    Fixture f;
    const double before = f.view.timeScale().msPerPixel;
    const QPoint axis(300, f.view.height() - 5);
    QTest::mousePress(&f.view, Qt::LeftButton, {}, axis);
    QTest::mouseMove(&f.view, axis + QPoint(60, 0));
    QTest::mouseRelease(&f.view, Qt::LeftButton, {}, axis + QPoint(60, 0));
    QVERIFY(f.view.timeScale().msPerPixel < before / 1.3);
    QTest::mouseDClick(&f.view, Qt::LeftButton, {}, axis);
    QCOMPARE(f.view.timeScale().msPerPixel, before);
    QVERIFY(f.view.isAtLatest());
}

void tst_ChartView::volumeBorderCanBeDragged()
{
    Fixture f;
    const QPoint border(300, int(f.view.chartLayout().volume.top()));
    const auto range = f.view.visibleRange();
    QTest::mousePress(&f.view, Qt::LeftButton, {}, border);
    QTest::mouseMove(&f.view, border - QPoint(0, 60));
    QTest::mouseRelease(&f.view, Qt::LeftButton, {}, border - QPoint(0, 60));
    QVERIFY(f.view.panes().share(PaneKind::Volume) > PaneShares::usual + 0.05);
    QCOMPARE(f.view.visibleRange(), range);
    QTest::mousePress(&f.view, Qt::LeftButton, {}, border - QPoint(0, 60));
    QTest::mouseMove(&f.view, {300, f.view.height()});
    QTest::mouseRelease(&f.view, Qt::LeftButton, {}, {300, f.view.height()});
    QCOMPARE(f.view.panes().share(PaneKind::Volume), 0.0); // pushed out of the way
}

void tst_ChartView::wheelOnPricesScalesThem()
{
    Fixture f;
    const auto time = f.view.visibleRange();
    const PriceScale before = f.view.priceScale();
    wheel(f.view, {f.view.width() - 10.0, 100}, 2);
    QVERIFY(f.view.priceScale().high - f.view.priceScale().low < (before.high - before.low) / 1.3);
    QCOMPARE(f.view.visibleRange(), time);
}

void tst_ChartView::formingBarCountsDown()
{
    Fixture f;
    UtcMs now = f.extent.to + milliseconds {20'000};
    f.view.setClock([&] { return now; });
    const QImage without = f.view.grab().toImage();
    const FormingBar forming {{f.extent.to, 120, 125, 118, 123, 1}, f.extent.to + minute};
    f.view.setForming(forming);
    f.settle();
    const QImage first = f.view.grab().toImage();
    QVERIFY(first != without);
    QVERIFY(f.view.timeScale().toX(f.extent.to + minute) <= f.view.timeScale().width); // room was made for it
    now += milliseconds {5'000};
    QVERIFY(f.view.grab().toImage() != first); // less time is left
    f.view.setForming(std::nullopt);
    f.settle();
    QVERIFY(f.view.grab().toImage() == without);
}

void tst_ChartView::formingBarGivesWayToTheStoredOne()
{
    Fixture f;
    UtcMs now = f.extent.to + milliseconds {20'000};
    f.view.setClock([&] { return now; });
    f.view.setForming(FormingBar {{f.extent.to, 120, 125, 118, 123, 1}, f.extent.to + minute});
    const double before = f.view.timeScale().from;
    // the next one begins before the store has told of the first: both are in view
    f.view.setForming(FormingBar {{f.extent.to + minute, 123, 125, 118, 121, 1}, f.extent.to + 2 * minute});
    f.settle();
    QVERIFY(f.view.timeScale().toX(f.extent.to + 2 * minute) <= f.view.timeScale().width);
    QVERIFY(f.view.timeScale().from > before);
    f.view.setExtent({f.extent.from, f.extent.to + 2 * minute});
    QVERIFY(!f.view.forming());
    QVERIFY(f.view.isAtLatest());
}

void tst_ChartView::formingBarThatNobodyTellsAnyMoreGoes()
{
    Fixture f;
    UtcMs now = f.extent.to + milliseconds {20'000};
    f.view.setClock([&] { return now; });
    f.view.setForming(FormingBar {{f.extent.to, 120, 125, 118, 123, 1}, f.extent.to + minute});
    now = f.extent.to + minute + milliseconds {31'000};
    QTRY_VERIFY_WITH_TIMEOUT(!f.view.forming(), 3'000);
}

void tst_ChartView::formingBarIsWithinTheScale()
{
    Fixture f;
    f.view.setForming(FormingBar {{f.extent.to, 120, 900, 118, 800, 1}, f.extent.to + minute});
    f.settle();
    QVERIFY(f.view.priceScale().high > 900);
}

void tst_ChartView::lettersBelongToTheChart()
{
    Fixture f;
    QSignalSpy typed(&f.view, &ChartView::typed);
    QTest::keyClick(&f.view, Qt::Key_B);
    QTest::keyClick(&f.view, Qt::Key_4);
    QTest::keyClick(&f.view, Qt::Key_B, Qt::AltModifier);
    QCOMPARE(typed.count(), 2);
    QKeyEvent letter(QEvent::ShortcutOverride, Qt::Key_R, Qt::NoModifier, QStringLiteral("r"));
    letter.ignore();
    QCoreApplication::sendEvent(&f.view, &letter);
    QVERIFY(letter.isAccepted()); // no shortcut elsewhere takes it
}

void tst_ChartView::pictureHasNoCrosshair()
{
    Fixture f;
    leave(f.view);
    f.view.grab();
    const QImage without = f.view.picture(QStringLiteral("BTC"));
    hover(f.view, {300, 150});
    QVERIFY(f.view.picture(QStringLiteral("BTC")) == without);
    QVERIFY(f.view.picture(QStringLiteral("ETH")) != without); // the title is in it
    QVERIFY(f.view.crosshairTime().has_value());
}

QTEST_MAIN(tst_ChartView)
#include "tst_chartview.moc"
