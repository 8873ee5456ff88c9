// See, understand, repair, proof: the coverage screen on a real engine that collects from the exchange simulator.
#include <QAbstractItemModelTester>
#include <QFile>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "ui/backfill/backfillwizard.h"
#include "ui/coverage/coveragecard.h"
#include "ui/coverage/coveragenotice.h"
#include "ui/coverage/coveragescreen.h"
#include "ui/coverage/heatmapview.h"
#include "ui/coverage/seriescellsview.h"
#include "ui/shell/activityrail.h"
#include "windowfixture.h"
#include "places.h"

using namespace mnemo;
using std::chrono::days;

namespace {

QToolButton* railButton(const MainWindow& window, const QString& name)
{
    for (QToolButton* button : window.findChild<ActivityRail*>()->findChildren<QToolButton*>()) {
        if (button->accessibleName() == name)
            return button;
    }
    return nullptr;
}

/// Two stretches of history with a hole between them that nobody asked about.
bool fillAroundAHole(Fixture& f)
{
    return f.engine->backfill(fiveMinutes(6, 4)) && f.engine->backfill(fiveMinutes(2, 0))
        && QTest::qWaitFor(
            [&f] { return f.window->jobs()->rowCount() == 2 && isFinal(f.state(0)) && isFinal(f.state(1)); }, 40'000);
}

} // namespace

class tst_CoverageFlow : public QObject {
    Q_OBJECT
private slots:
    void init();
    void anEmptyStoreLeadsToTheFirstBackfill();
    void seeUnderstandRepairProof();
    void downToTheBarAndUpAgain();
};

void tst_CoverageFlow::init()
{
    if (!QFile::exists(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim")))
        QSKIP("mnemo-exchange-sim is not built");
}

void tst_CoverageFlow::anEmptyStoreLeadsToTheFirstBackfill()
{
    Fixture f;
    QVERIFY(f.open());
    QTest::keyClick(f.window.get(), Qt::Key_3, Qt::ControlModifier);
    CoverageScreen* screen = f.window->coverage();
    QVERIFY(screen->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(screen->notice()->isVisible() && screen->notice()->button()->isVisible(), 10'000);
    QTest::mouseClick(screen->notice()->button(), Qt::LeftButton);
    QVERIFY(f.window->findChild<BackfillWizard*>());
}

void tst_CoverageFlow::seeUnderstandRepairProof()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(fillAroundAHole(f));
    int clicks = 0;

    QTest::mouseClick(railButton(*f.window, QStringLiteral("Coverage")), Qt::LeftButton);
    ++clicks;
    CoverageScreen* screen = f.window->coverage();
    HeatmapView* matrix = screen->matrix();
    QTRY_VERIFY_WITH_TIMEOUT(matrix->isVisible() && matrix->lines().size() == 2, 20'000);
    const int column = matrix->heatmap()->columnOf(today() - days {3});
    const auto mark = [&] { return int(matrix->heatmap()->rows[0]->looks[static_cast<std::size_t>(column)].mark); };
    QCOMPARE(mark(), int(CellMark::Unknown));

    QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {}, matrix->layoutOfCells().cellRect({1, column}).center());
    ++clicks;
    CoverageCard* card = screen->card();
    QTRY_VERIFY_WITH_TIMEOUT(card->state() == CoverageCard::State::Told, 10'000);
    QVERIFY2(card->text().contains(QStringLiteral("never asked")), qPrintable(card->text()));
    QCOMPARE(card->report()->missing(), std::int64_t {288});
    QVERIFY(!card->report()->evidence.empty());
    const int painted = matrix->paintedLines();

    QTest::mouseClick(card->fillButton(), Qt::LeftButton);
    ++clicks;
    QTRY_VERIFY_WITH_TIMEOUT(card->state() == CoverageCard::State::Proven, 30'000);
    QCOMPARE(card->before()->missing(), std::int64_t {288});
    QCOMPARE(card->report()->absent(), std::int64_t {0});
    QVERIFY2(card->text().contains(QStringLiteral("After: all 288 bars are stored")), qPrintable(card->text()));
    QVERIFY(card->requests()->isVisible() && card->requests()->model()->rowCount() > 0);
    QTRY_COMPARE_WITH_TIMEOUT(mark(), int(CellMark::None), 10'000);
    QTRY_VERIFY(matrix->paintedLines() > painted);
    QVERIFY(clicks <= 4);
}

void tst_CoverageFlow::downToTheBarAndUpAgain()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(fillAroundAHole(f));
    QTest::keyClick(f.window.get(), Qt::Key_3, Qt::ControlModifier);
    CoverageScreen* screen = f.window->coverage();
    HeatmapView* matrix = screen->matrix();
    QTRY_VERIFY_WITH_TIMEOUT(matrix->isVisible() && matrix->lines().size() == 2, 20'000);
    matrix->setCursor({1, matrix->heatmap()->columnOf(today() - days {3})});
    QTest::keyClick(matrix, Qt::Key_Return);
    QCOMPARE(int(screen->level()), int(CoverageLevel::Calendar));
    QVERIFY(screen->calendar()->isVisible());
    QCOMPARE(screen->selection().range.from, today() - days {3});
    QTest::keyClick(screen->calendar(), Qt::Key_Return);
    QTRY_COMPARE(int(screen->level()), int(CoverageLevel::Strip));
    QCOMPARE(screen->strip()->cells()->count(), 288);
    QCOMPARE(int(screen->strip()->cells()->looks[0].mark), int(CellMark::Unknown));
    QTest::keyClick(screen->strip(), Qt::Key_Left); // the day before is shown, at its last bar
    QTRY_COMPARE(screen->selection().range.to, today() - days {3});
    screen->goUp();
    QCOMPARE(int(screen->level()), int(CoverageLevel::Calendar));
    screen->goUp();
    QCOMPARE(int(screen->level()), int(CoverageLevel::Matrix));
    screen->showTable(true);
    const QAbstractItemModelTester guard(screen->table()->model());
    QVERIFY(screen->table()->isVisible());
    QCOMPARE(screen->table()->model()->rowCount(), 1);
    QVERIFY(screen->table()->model()->columnCount() >= 9);
}

QTEST_MAIN(tst_CoverageFlow)
#include "tst_coverageflow.moc"
