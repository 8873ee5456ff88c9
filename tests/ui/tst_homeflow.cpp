// Home on a real engine that collects from the exchange simulator: see, fill, proof; what failed; the last screen.
#include <QAction>
#include <QFile>
#include <QTest>

#include "ui/coverage/coveragescreen.h"
#include "ui/home/attentionview.h"
#include "ui/home/healthchip.h"
#include "ui/home/homepage.h"
#include "ui/jobs/jobspanel.h"
#include "ui/shell/firststartpage.h"
#include "windowfixture.h"
#include "places.h"

using namespace mnemo;
using namespace Qt::StringLiterals;
using std::chrono::days;

namespace {

bool areJobsOver(const Fixture& f, int count)
{
    return QTest::qWaitFor(
        [&] {
            const JobsModel& jobs = *f.window->jobs();
            return jobs.totalCount() == count && jobs.runningCount() == 0;
        },
        40'000);
}

void press(QWidget* widget, Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QTest::keyClick(widget, key, modifiers);
}

} // namespace

class TestHomeFlow : public QObject {
    Q_OBJECT

private slots:
    void init();
    void seeFillProof();
    void whatFailedIsRetriedOrOpened();
    void theWindowBeginsWithTheLastScreen();
};

void TestHomeFlow::init()
{
    if (!QFile::exists(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim")))
        QSKIP("mnemo-exchange-sim is not built");
}

void TestHomeFlow::seeFillProof()
{
    Fixture f;
    QVERIFY(f.open());
    HomePage* home = f.window->home();
    QVERIFY(f.window->findChild<FirstStartPage*>()->isVisible()); // an empty store has no health
    QVERIFY(!home->isVisible());
    QVERIFY(f.engine->backfill(fiveMinutes(6, 4)));
    QVERIFY(f.engine->backfill(fiveMinutes(2, 1)));
    QVERIFY(areJobsOver(f, 2));
    QTRY_VERIFY(home->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(home->model()->rowCount(), 1, 20'000);
    const HealthIssue gap = home->model()->issueAt(0);
    QCOMPARE(gap.cause, HealthCause::Gaps);
    QCOMPARE(gap.count, 2 * 288);
    QCOMPARE(home->chip(HomeArea::Gaps)->value(), u"1"_s);

    press(home->view(), Qt::Key_O); // where it is: the days of the series, at the hole
    QTRY_COMPARE(int(f.window->coverage()->level()), int(CoverageLevel::Calendar));
    QCOMPARE(f.window->coverage()->selection().range.from, gap.range.from);
    press(f.window.get(), Qt::Key_1, Qt::ControlModifier);
    QVERIFY(home->isVisible());

    press(home->view(), Qt::Key_Return);
    QVERIFY(home->model()->isWorking());
    QTRY_VERIFY_WITH_TIMEOUT(home->message().startsWith(u"All clear"_s), 30'000);
    QVERIFY(!home->model()->isWorking());
    QCOMPARE(home->chip(HomeArea::Gaps)->value(), u"0"_s);
    const auto gaps = f.engine->gaps(*(*f.engine->store().openReader())->find(gap.parts.front().series.key).value(),
        fiveMinutes(6, 1).range);
    QVERIFY(gaps && gaps->empty());
}

void TestHomeFlow::whatFailedIsRetriedOrOpened()
{
    Fixture f;
    QVERIFY(f.open());
    HomePage* home = f.window->home();
    BackfillRequest unknown = fiveMinutes(2, 1);
    unknown.symbol = "NOPE/USDT";
    QVERIFY(f.engine->backfill(fiveMinutes(2, 1)));
    const auto failing = f.engine->backfill(unknown);
    QVERIFY(failing && areJobsOver(f, 2));
    QTRY_COMPARE_WITH_TIMEOUT(home->model()->rowCount(), 1, 20'000);
    QCOMPARE(home->model()->issueAt(0).id(), std::string("failed_jobs/binance/unknown_symbol"));
    QCOMPARE(home->chip(HomeArea::Failed)->value(), u"1"_s);
    press(home->view(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(home->model()
                                 ->index(0, AttentionModel::Cause)
                                 .data(AttentionModel::ReasonRole)
                                 .toString()
                                 .startsWith(u"Tried: 0 of 1"_s),
        20'000);
    QCOMPARE(f.engine->job(*failing)->attempts, 2);
    press(home->view(), Qt::Key_O);
    QTRY_VERIFY(f.table()->hasFocus());
    QCOMPARE(f.window->jobs()->jobAt(f.table()->currentIndex().row()).id, *failing);
}

void TestHomeFlow::theWindowBeginsWithTheLastScreen()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(f.engine->backfill(fiveMinutes(2, 1)));
    QVERIFY(areJobsOver(f, 1));
    QTRY_VERIFY(f.window->home()->isVisible());
    press(f.window.get(), Qt::Key_3, Qt::ControlModifier);
    QVERIFY(f.window->coverage()->isVisible());
    QVERIFY(f.window->close());
    f.window.reset();
    f.bridge.reset();
    f.engine.reset();
    QVERIFY(f.reopen());
    QVERIFY(f.window->coverage()->isVisible());
    press(f.window.get(), Qt::Key_1, Qt::ControlModifier);
    QTRY_VERIFY(f.window->home()->isVisible());
}

QTEST_MAIN(TestHomeFlow)
#include "tst_homeflow.moc"
