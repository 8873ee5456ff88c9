#include <QAbstractItemModelTester>
#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include "core/base/timetext.h"
#include "ui/jobs/jobsmodel.h"
#include "ui/jobs/progressdelegate.h"
#include "ui/jobs/waitingtext.h"

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

int column(JobColumn column)
{
    return static_cast<int>(column);
}

std::vector<JobId> shownIds(const JobsModel& model)
{
    std::vector<JobId> ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.push_back(model.jobAt(row).id);
    return ids;
}

using Ids = std::vector<JobId>;

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
    void sortsByEveryColumn_data();
    void sortsByEveryColumn();
    void rowsMoveWhenTheirValueDoes();
    void filterFollowsTextAndState();
    void countsFollowTheStates();
    void forgottenJobsLeave();
    void whatMovesInManyPiecesKeepsItsIndexes();
    void requestsLeftComeFromTheLane();
    void elapsedGoesOn();
    void waitingSpeaks();
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
        const QString text = model.index(row, column(JobColumn::State)).data().toString();
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
    QVERIFY(model.index(0, column(JobColumn::State)).data().toString().contains(QStringLiteral("gaps")));
    QCOMPARE(model.index(0, column(JobColumn::Progress)).data().toString(), QStringLiteral("99.9 %")); // never 100 over a hole
    QVERIFY(model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("never asked")));
}

void tst_JobsModel::rateAndTimeLeft()
{
    JobsModel model;
    model.apply({job(1)}, start);
    QCOMPARE(model.index(0, column(JobColumn::Rate)).data().toString(), QString());
    model.apply({job(1, JobState::Running, 100)}, start + milliseconds {1000});
    QCOMPARE(model.index(0, column(JobColumn::Rate)).data().toString(), QStringLiteral("100/s"));
    QCOMPARE(model.index(0, column(JobColumn::Eta)).data().toString(), QStringLiteral("14 s")); // 1,340 bars
    model.apply({job(1, JobState::Paused, 100)}, start + milliseconds {2000});
    QCOMPARE(model.index(0, column(JobColumn::Eta)).data().toString(), QString());
}

void tst_JobsModel::sortsByEveryColumn_data()
{
    QTest::addColumn<int>("by");
    QTest::addColumn<bool>("isDescending");
    QTest::addColumn<Ids>("expected");
    const auto row = [](const char* name, JobColumn by, bool isDescending, Ids expected) {
        QTest::newRow(name) << column(by) << isDescending << expected;
    };
    QTest::newRow("newest first") << -1 << false << Ids {4, 3, 2, 1};
    row("running before what is over", JobColumn::State, false, {2, 4, 3, 1});
    row("series", JobColumn::Series, false, {3, 4, 2, 1});
    row("range", JobColumn::Range, false, {2, 4, 3, 1});
    row("progress", JobColumn::Progress, true, {1, 3, 2, 4});
    row("rows as numbers", JobColumn::Rows, false, {4, 2, 3, 1});
    row("requests", JobColumn::Requests, true, {3, 4, 2, 1});
    row("attempts", JobColumn::Attempts, true, {1, 4, 3, 2});
    row("problem", JobColumn::Problem, true, {4, 3, 2, 1});
}

void tst_JobsModel::sortsByEveryColumn()
{
    QFETCH(int, by);
    QFETCH(bool, isDescending);
    QFETCH(Ids, expected);
    std::vector jobs {job(1, JobState::Complete, 1440), job(2, JobState::Running, 9), job(3, JobState::Failed, 1000),
        job(4, JobState::Queued)};
    jobs[2].series.symbol = "ADA/USDT";
    jobs[1].range.from = *parseTime("2023-01-01");
    jobs[2].requests = 100;
    jobs[0].attempts = 3;
    jobs[3].error = Error {ErrorCode::Network, "zzz"};
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    model.apply(jobs, start);
    model.sort(by, isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    QCOMPARE(shownIds(model), expected);
    model.sort(-1);
    QCOMPARE(shownIds(model), (Ids {4, 3, 2, 1}));
}

void tst_JobsModel::rowsMoveWhenTheirValueDoes()
{
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    model.apply({job(1, JobState::Running, 10), job(2, JobState::Running, 20), job(3, JobState::Running, 30)}, start);
    model.sort(column(JobColumn::Rows));
    const QPersistentModelIndex first = model.index(0, 0);
    QSignalSpy layout(&model, &QAbstractItemModel::layoutChanged);
    model.apply({job(1, JobState::Running, 25)}, start);
    QCOMPARE(shownIds(model), (Ids {1, 2, 3})); // values at once, places a moment later
    model.settle();
    QCOMPARE(shownIds(model), (Ids {2, 1, 3}));
    QCOMPARE(first.row(), 1);
    QCOMPARE(layout.count(), 1);
    model.apply({job(1, JobState::Running, 26)}, start);
    model.settle();
    QCOMPARE(layout.count(), 1); // it is where it belongs
}

void tst_JobsModel::filterFollowsTextAndState()
{
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    JobSnapshot eth = job(2, JobState::Failed);
    eth.series.symbol = "ETH/USDT:USDT";
    eth.series.market = MarketType::Linear;
    model.apply({job(1), eth, job(3, JobState::Complete, 1440)}, start);
    model.setFilter(JobFilter::of(QStringLiteral("eth LINEAR"), {}));
    QCOMPARE(shownIds(model), Ids {2});
    QCOMPARE(model.totalCount(), 3);
    model.setFilter(JobFilter::of(QStringLiteral("eth spot"), {}));
    QCOMPARE(shownIds(model), Ids {});
    model.setFilter(JobFilter::of({}, {JobState::Running, JobState::Failed}));
    QCOMPARE(shownIds(model), (Ids {2, 1}));
    model.apply({job(1, JobState::Complete, 1440), job(4)}, start); // one leaves the filter, one comes in
    model.settle();
    QCOMPARE(shownIds(model), (Ids {4, 2}));
    QCOMPARE(model.rowOf(1), -1);
    QVERIFY(model.find(1) != nullptr);
    model.setFilter({});
    QCOMPARE(shownIds(model), (Ids {4, 3, 2, 1}));
}

void tst_JobsModel::countsFollowTheStates()
{
    JobsModel model;
    model.apply({job(1), job(2), job(3, JobState::Queued)}, start);
    QCOMPARE(model.count(JobState::Running), 2);
    model.apply({job(1, JobState::FinishedWithGaps)}, start);
    QCOMPARE(model.count(JobState::Running), 1);
    QCOMPARE(model.count(JobState::FinishedWithGaps), 1);
    QCOMPARE(model.runningCount(), 2);
}

void tst_JobsModel::forgottenJobsLeave()
{
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    model.apply({job(1, JobState::Complete), job(2), job(3, JobState::Complete), job(4)}, start);
    model.forget({3, 1, 77});
    QCOMPARE(shownIds(model), (Ids {4, 2}));
    QCOMPARE(model.totalCount(), 2);
    QCOMPARE(model.count(JobState::Complete), 0);
    model.apply({job(2, JobState::Running, 500), job(5)}, start);
    QCOMPARE(shownIds(model), (Ids {5, 4, 2}));
    QCOMPARE(model.jobAt(2).done, std::int64_t {500});
}

void tst_JobsModel::whatMovesInManyPiecesKeepsItsIndexes()
{
    JobsModel model;
    QAbstractItemModelTester guard(&model);
    std::vector<JobSnapshot> jobs;
    for (JobId id = 1; id <= 200; ++id)
        jobs.push_back(job(id, id % 2 ? JobState::Running : JobState::Complete, static_cast<std::int64_t>(id)));
    model.apply(jobs, start);
    const QPersistentModelIndex kept = model.index(model.rowOf(101), 0), lost = model.index(model.rowOf(100), 0);
    model.setFilter(JobFilter::of({}, {JobState::Running})); // a hundred runs go
    QCOMPARE(model.rowCount(), 100);
    QCOMPARE(model.jobAt(kept.row()).id, JobId {101});
    QVERIFY(!lost.isValid());
    model.setFilter({}); // and come back
    QCOMPARE(model.rowCount(), 200);
    QCOMPARE(model.jobAt(kept.row()).id, JobId {101});
    QCOMPARE(shownIds(model).front(), JobId {200});
}

void tst_JobsModel::requestsLeftComeFromTheLane()
{
    JobsModel model;
    JobSnapshot running = job(1);
    running.lane = "binance";
    running.charges = {{"weight", 2}, {"orders", 1}};
    model.apply({running, job(2, JobState::Paused)}, start);
    const auto left = [&](int row) { return model.index(row, column(JobColumn::Left)).data().toString(); };
    QCOMPARE(left(1), QString()); // nothing is known
    LaneSnapshot lane;
    lane.id = "binance";
    lane.budgets = {{"weight", 1001, 6000, milliseconds {60'000}, {}}, {"orders", 5, 100'000, milliseconds {60'000}, {}}};
    model.applyLane(lane);
    QCOMPARE(left(1), QLocale().toString(2499)); // of the tightest budget, whole requests
    QCOMPARE(left(0), QString());
}

void tst_JobsModel::elapsedGoesOn()
{
    JobsModel model;
    JobSnapshot running = job(1), over = job(2, JobState::Complete, 1440), waiting = job(3, JobState::Queued);
    running.started = over.started = *parseTime("2024-05-01 10:00");
    over.finished = *parseTime("2024-05-01 10:01");
    model.apply({running, over, waiting}, start);
    const auto elapsed = [&](int row) { return model.index(row, column(JobColumn::Elapsed)).data().toString(); };
    model.tick(*parseTime("2024-05-01 12:30"));
    QCOMPARE(elapsed(2), QStringLiteral("2 h 30 min"));
    QCOMPARE(elapsed(1), QStringLiteral("1 min"));
    QCOMPARE(elapsed(0), QString());
}

void tst_JobsModel::waitingSpeaks()
{
    for (const char* text : {"rate limit", "rate limit, 4 s", "retry in 3 s", "circuit breaker of api.test", "market list", "its turn"})
        QVERIFY(!waitingText(text).isEmpty());
    QVERIFY(waitingText("circuit breaker of api.test").contains(QStringLiteral("api.test")));
    QCOMPARE(waitingText(""), QString());
    QCOMPARE(waitingText("something new"), QStringLiteral("something new")); // better than nothing
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
    QVERIFY2(timer.elapsed() < 10'000, "100 updates of one job among 50,000 took more than ten seconds");
}

QTEST_MAIN(tst_JobsModel)
#include "tst_jobsmodel.moc"
