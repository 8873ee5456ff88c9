#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "core/base/timetext.h"
#include "ui/jobs/jobspanel.h"
#include "ui/jobs/progressdelegate.h"

using namespace mnemo;

namespace {

JobSnapshot job(JobId id, JobState state = JobState::Running, std::int64_t done = 0)
{
    JobSnapshot snapshot;
    snapshot.id = id;
    snapshot.series.exchange = snapshot.series.source = "binance";
    snapshot.series.symbol = "BTC/USDT";
    snapshot.range = {*parseTime("2024-01-01"), *parseTime("2024-01-02")};
    snapshot.state = state;
    snapshot.total = 1440;
    snapshot.done = done;
    snapshot.rowsStored = done;
    return snapshot;
}

constexpr SteadyTime start {milliseconds {1'000'000}};

} // namespace

class tst_JobsModel : public QObject {
    Q_OBJECT
private slots:
    void newJobsAreInsertedOnTop();
    void onlyChangedRowsAreSaid();
    void neighboursAreMergedIntoOneRange();
    void sharesAddUp_data();
    void sharesAddUp();
    void everyStateHasGlyphAndWord();
    void finishedWithGapsIsItsOwnState();
    void rateAndTimeLeft();
    void numbersSortAsNumbers();
    void panelActsOnTheSelection();
    void segmentsArePainted();
    void manyJobsStayQuick();
};

void tst_JobsModel::newJobsAreInsertedOnTop()
{
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy running(&model, &JobsModel::runningCountChanged);
    model.apply({job(2), job(1)}, start);
    model.apply({job(3)}, start);
    QCOMPARE(inserted.count(), 2);
    QCOMPARE(inserted.at(1).at(1).toInt(), 0);
    QCOMPARE(inserted.at(1).at(2).toInt(), 0);
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.jobAt(0).id, JobId(3));
    QCOMPARE(model.jobAt(2).id, JobId(1));
    QCOMPARE(running.last().at(0).toInt(), 3);
    QCOMPARE(model.runningCount(), 3);
}

void tst_JobsModel::onlyChangedRowsAreSaid()
{
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    model.apply({job(1), job(2), job(3), job(4)}, start);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.apply({job(3, JobState::Running, 100)}, start);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 1);
    QCOMPARE(changed.at(0).at(1).toModelIndex().row(), 1);
    QCOMPARE(inserted.count(), 0);
    QCOMPARE(reset.count(), 0);
    model.apply({}, start);
    QCOMPARE(changed.count(), 1);
}

void tst_JobsModel::neighboursAreMergedIntoOneRange()
{
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    model.apply({job(1), job(2), job(3), job(4), job(5)}, start);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.apply({job(1), job(5), job(4)}, start);
    QCOMPARE(changed.count(), 2);
    QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 0);
    QCOMPARE(changed.at(0).at(1).toModelIndex().row(), 1);
    QCOMPARE(changed.at(1).at(0).toModelIndex().row(), 4);
}

void tst_JobsModel::sharesAddUp_data()
{
    QTest::addColumn<int>("total");
    QTest::addColumn<int>("done");
    QTest::addColumn<int>("empty");
    QTest::addColumn<int>("failed");
    QTest::addColumn<JobShares>("shares");
    QTest::newRow("nothing known yet") << 0 << 0 << 0 << 0 << JobShares {};
    QTest::newRow("half") << 1000 << 500 << 0 << 0 << JobShares {0.5, 0, 0};
    QTest::newRow("all kinds") << 1000 << 500 << 100 << 250 << JobShares {0.4, 0.1, 0.25};
    QTest::newRow("more than wanted") << 100 << 150 << 0 << 20 << JobShares {1, 0, 0};
}

void tst_JobsModel::sharesAddUp()
{
    QFETCH(int, total);
    QFETCH(int, done);
    QFETCH(int, empty);
    QFETCH(int, failed);
    QFETCH(JobShares, shares);
    JobSnapshot snapshot = job(1, JobState::Running, done);
    snapshot.total = total;
    snapshot.empty = empty;
    snapshot.failed = failed;
    QCOMPARE(sharesOf(snapshot), shares);
}

void tst_JobsModel::everyStateHasGlyphAndWord()
{
    JobsModel model;
    QSet<QString> texts;
    QSet<QChar> glyphs;
    const std::vector states {JobState::Queued, JobState::Running, JobState::Paused, JobState::Complete,
        JobState::FinishedWithGaps, JobState::Failed, JobState::Cancelled};
    for (size_t i = 0; i < states.size(); ++i)
        model.apply({job(i + 1, states[i])}, start);
    for (int row = 0; row < model.rowCount(); ++row) {
        const QString text = model.index(row, JobsModel::State).data().toString();
        texts << text;
        glyphs << text.at(0);
        QVERIFY(text.size() > 3);
    }
    QCOMPARE(texts.size(), int(states.size()));
    QCOMPARE(glyphs.size(), int(states.size()));
}

void tst_JobsModel::finishedWithGapsIsItsOwnState()
{
    JobsModel model;
    JobSnapshot snapshot = job(1, JobState::FinishedWithGaps, 1439);
    snapshot.gaps.push_back(
        {{*parseTime("2024-01-01 10:00"), *parseTime("2024-01-01 10:01")}, 1, GapClass::Unknown, "never asked"});
    model.apply({snapshot}, start);
    QVERIFY(model.index(0, JobsModel::State).data().toString().contains(QStringLiteral("gaps")));
    QCOMPARE(model.index(0, JobsModel::Progress).data().toString(), QStringLiteral("99.9 %")); // never 100 over a hole
    QVERIFY(model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("never asked")));
}

void tst_JobsModel::rateAndTimeLeft()
{
    JobsModel model;
    model.apply({job(1)}, start);
    QCOMPARE(model.index(0, JobsModel::Rate).data().toString(), QString());
    model.apply({job(1, JobState::Running, 100)}, start + milliseconds {1000});
    QCOMPARE(model.index(0, JobsModel::Rate).data().toString(), QStringLiteral("100/s"));
    QCOMPARE(model.index(0, JobsModel::Eta).data().toString(), QStringLiteral("14 s")); // 1,340 bars
    model.apply({job(1, JobState::Paused, 100)}, start + milliseconds {2000});
    QCOMPARE(model.index(0, JobsModel::Eta).data().toString(), QString());
}

void tst_JobsModel::numbersSortAsNumbers()
{
    JobsModel model;
    model.apply({job(1, JobState::Running, 9), job(2, JobState::Running, 1000)}, start);
    QVERIFY(model.index(0, JobsModel::Rows).data(JobsModel::SortRole).toLongLong()
        > model.index(1, JobsModel::Rows).data(JobsModel::SortRole).toLongLong());
}

void tst_JobsModel::panelActsOnTheSelection()
{
    JobsModel model;
    std::vector<std::pair<QString, JobId>> called;
    const auto note = [&](const char* name) {
        return [&called, name](JobId id) { called.emplace_back(QString::fromLatin1(name), id); };
    };
    const auto noteJob = [&](const char* name) {
        return [&called, name](
                   const JobSnapshot& snapshot) { called.emplace_back(QString::fromLatin1(name), snapshot.id); };
    };
    JobsPanel panel(model, {note("cancel"), note("pause"), note("resume"), noteJob("retry"), noteJob("show")}, false);
    model.apply({job(1), job(2, JobState::Paused), job(3, JobState::Failed)}, start);
    panel.resize(900, 200);
    panel.show();
    panel.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&panel));
    for (QAction* action : panel.actions())
        QVERIFY(!action->isEnabled()); // nothing is selected
    panel.table()->selectAll();
    panel.table()->setFocus();
    QTest::keyClick(panel.table(), Qt::Key_Space);
    QTest::keyClick(panel.table(), Qt::Key_Delete);
    QTest::keyClick(panel.table(), Qt::Key_R);
    const std::vector<std::pair<QString, JobId>> expected {{QStringLiteral("resume"), 2}, {QStringLiteral("pause"), 1},
        {QStringLiteral("cancel"), 2}, {QStringLiteral("cancel"), 1}, {QStringLiteral("retry"), 3}};
    QCOMPARE(called, expected);
}

void tst_JobsModel::segmentsArePainted()
{
    const Theme theme = Theme::of(paletteOf(ThemeChoice::Light, QPalette()));
    QImage image(100, 10, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    paintShares(painter, QRectF(0, 0, 100, 10), {0.4, 0.2, 0.2}, JobState::Running, theme);
    painter.end();
    QCOMPARE(image.pixelColor(20, 5), theme.running);
    QCOMPARE(image.pixelColor(95, 5), theme.track);
    const auto has = [&](int from, int to, const QColor& colour) {
        for (int x = from; x < to; ++x) {
            for (int y = 0; y < 10; ++y) {
                if (image.pixelColor(x, y) == colour)
                    return true;
            }
        }
        return false;
    };
    QVERIFY(has(41, 60, theme.running)); // dotted: the colour is there, but not everywhere
    QVERIFY(image.copy(41, 0, 18, 10) != image.copy(1, 0, 18, 10));
    QVERIFY(has(61, 80, theme.bad));
    QVERIFY(!has(0, 60, theme.bad));
}

void tst_JobsModel::manyJobsStayQuick()
{
    JobsModel model;
    std::vector<JobSnapshot> jobs;
    for (JobId id = 1; id <= 50'000; ++id)
        jobs.push_back(job(id));
    model.apply(jobs, start);
    QElapsedTimer timer;
    timer.start();
    for (JobId id = 1; id <= 100; ++id)
        model.apply({job(id * 400, JobState::Running, 5)}, start);
    QVERIFY2(timer.elapsed() < 1000, "100 updates of one job among 50,000 took more than a second");
}

QTEST_MAIN(tst_JobsModel)
#include "tst_jobsmodel.moc"
