#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "core/base/timetext.h"
#include "ui/jobs/diagnostics.h"
#include "ui/jobs/gapsmodel.h"
#include "ui/jobs/jobdetailspanel.h"
#include "ui/jobs/jobfilterbar.h"
#include "ui/jobs/jobspanel.h"
#include "ui/jobs/requestsmodel.h"

using namespace mnemo;

namespace {

constexpr SteadyTime start {milliseconds {1'000'000}};

JobSnapshot job(JobId id, JobState state = JobState::Running)
{
    JobSnapshot snapshot;
    snapshot.id = id;
    snapshot.series.exchange = snapshot.series.source = "binance";
    snapshot.series.symbol = id % 2 ? "BTC/USDT" : "ETH/USDT";
    snapshot.range = {*parseTime("2024-01-01"), *parseTime("2024-01-02")};
    snapshot.state = state;
    snapshot.total = 1440;
    return snapshot;
}

RequestRecord request(int second, int status = 200)
{
    RequestRecord record;
    record.sentAt = *parseTime("2024-05-01 10:00") + std::chrono::seconds {second};
    record.method = "GET";
    record.url = "https://api.test/klines?n=" + std::to_string(second);
    record.status = status;
    record.took = milliseconds {40 + second};
    record.weight = 2;
    record.rows = 1000;
    if (status != 200)
        record.error = Error {ErrorCode::ServerError, "busy"};
    return record;
}

using Ids = std::vector<JobId>;

/// Notes what is asked for; answers at the next turn of the event loop.
class FakePort final : public JobsPort {
public:
    std::vector<std::pair<JobCommand, Ids>> commands;
    Ids forgotten, shown;
    std::map<JobId, JobDetails> known;
    int questions = 0;

    void command(Ids jobs, JobCommand command) override { commands.emplace_back(command, std::move(jobs)); }
    void forget(Ids jobs) override { forgotten = std::move(jobs); }
    void show(const JobSnapshot& job) override { shown.push_back(job.id); }
    void details(JobId job, QObject* context, DetailsAnswer answer) override
    {
        ++questions;
        const auto found = known.find(job);
        const std::optional<JobDetails> details = found == known.end() ? std::nullopt : std::optional(found->second);
        QMetaObject::invokeMethod(context, [answer, details] { answer(details); }, Qt::QueuedConnection);
    }
};

struct Fixture {
    JobsModel model;
    FakePort port;
    JobsPanel panel {model, port, false};

    bool open(const std::vector<JobSnapshot>& jobs)
    {
        model.apply(jobs, start);
        panel.resize(1100, 300);
        panel.show();
        panel.activateWindow();
        panel.table()->setFocus();
        return QTest::qWaitForWindowActive(&panel);
    }
    QAction* action(const char* text) const
    {
        for (QAction* action : panel.actions()) {
            if (action->text().remove(u'&').startsWith(QLatin1String(text)))
                return action;
        }
        return nullptr;
    }
};

} // namespace

class tst_JobsPanel : public QObject {
    Q_OBJECT
private slots:
    void nothingSelectedNothingEnabled();
    void keysActOnTheSelection_data();
    void keysActOnTheSelection();
    void mixedSelectionIsPausedFirst();
    void manyAreCancelledOnlyAfterAQuestion();
    void clearFinishedKeepsWhatNeedsAnEye();
    void filterByTextAndStateWithoutMouse();
    void whatWorksStandsOnTop();
    void selectionSurvivesSorting();
    void detailsShowRequestsLogAndGaps();
    void detailsFollowWhileTheJobWorks();
    void timelineGrowsWithoutReset();
    void diagnosticsHaveNoSecrets_data();
    void diagnosticsHaveNoSecrets();
    void copyPutsTextAndJsonOnTheClipboard();
    void everyActionHasAKeyAndAName();
    void emptyStatesSayWhatToDo();
};

void tst_JobsPanel::nothingSelectedNothingEnabled()
{
    Fixture f;
    QVERIFY(f.open({job(1), job(2, JobState::Failed)}));
    for (const char* text : {"Pause", "Cancel", "Retry", "Prioritise", "Show", "Copy", "Remove"})
        QVERIFY2(!f.action(text)->isEnabled(), text);
}

void tst_JobsPanel::keysActOnTheSelection_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("command");
    QTest::addColumn<Ids>("jobs");
    const auto row = [](const char* name, int key, JobCommand command, const Ids& jobs) {
        QTest::newRow(name) << key << static_cast<int>(command) << jobs;
    };
    row("pause", Qt::Key_Space, JobCommand::Pause, {1, 5});
    row("cancel", Qt::Key_Delete, JobCommand::Cancel, {1, 2, 5});
    row("retry", Qt::Key_R, JobCommand::Retry, {3, 6});
    row("prioritise", Qt::Key_P, JobCommand::Prefer, {1, 5});
}

void tst_JobsPanel::keysActOnTheSelection()
{
    QFETCH(int, key);
    QFETCH(int, command);
    QFETCH(Ids, jobs);
    Fixture f;
    QVERIFY(f.open({job(1), job(2, JobState::Paused), job(3, JobState::Failed), job(4, JobState::Complete),
        job(5, JobState::Queued), job(6, JobState::FinishedWithGaps)}));
    f.panel.table()->selectAll();
    QTest::keyClick(f.panel.table(), static_cast<Qt::Key>(key));
    QCOMPARE(f.port.commands.size(), std::size_t {1});
    QCOMPARE(static_cast<int>(f.port.commands[0].first), command);
    QCOMPARE(f.port.commands[0].second, jobs);
}

void tst_JobsPanel::mixedSelectionIsPausedFirst()
{
    Fixture f;
    QVERIFY(f.open({job(1, JobState::Paused), job(2, JobState::Paused)}));
    f.panel.table()->selectAll();
    QTest::keyClick(f.panel.table(), Qt::Key_Space);
    QCOMPARE(f.port.commands.back().first, JobCommand::Resume);
    QCOMPARE(f.port.commands.back().second, (Ids {1, 2}));
}

void tst_JobsPanel::manyAreCancelledOnlyAfterAQuestion()
{
    Fixture f;
    std::vector<JobSnapshot> jobs;
    for (JobId id = 1; id <= 40; ++id)
        jobs.push_back(job(id));
    QVERIFY(f.open(jobs));
    QString asked;
    bool answer = false;
    f.panel.setConfirm([&](const QString& question) {
        asked = question;
        return answer;
    });
    f.panel.table()->selectAll();
    QTest::keyClick(f.panel.table(), Qt::Key_Delete);
    QVERIFY(asked.contains(QStringLiteral("40")));
    QVERIFY(f.port.commands.empty());
    answer = true;
    QTest::keyClick(f.panel.table(), Qt::Key_Delete);
    QCOMPARE(f.port.commands.at(0).second.size(), std::size_t {40});
}

void tst_JobsPanel::clearFinishedKeepsWhatNeedsAnEye()
{
    Fixture f;
    QVERIFY(f.open({job(1, JobState::Complete), job(2, JobState::Failed), job(3, JobState::Cancelled),
        job(4, JobState::FinishedWithGaps), job(5)}));
    QTRY_VERIFY(f.action("Clear finished")->isEnabled());
    QTest::keyClick(f.panel.table(), Qt::Key_Delete, Qt::ControlModifier);
    QCOMPARE(f.port.forgotten, (Ids {1, 3}));
    f.panel.table()->selectAll();
    QTest::keyClick(f.panel.table(), Qt::Key_Delete, Qt::ShiftModifier);
    QCOMPARE(f.port.forgotten, (Ids {1, 2, 3, 4})); // asked for by name: all that are over
}

void tst_JobsPanel::filterByTextAndStateWithoutMouse()
{
    Fixture f;
    QVERIFY(f.open({job(1), job(2, JobState::Failed), job(3, JobState::Failed)}));
    QTest::keyClick(f.panel.table(), Qt::Key_Slash);
    QVERIFY(f.panel.filterBar()->text()->hasFocus());
    QTest::keyClicks(f.panel.filterBar()->text(), QStringLiteral("btc"));
    QCOMPARE(f.model.rowCount(), 2);
    f.panel.filterBar()->stateAction(JobState::Failed)->trigger();
    QCOMPARE(f.model.rowCount(), 1);
    QCOMPARE(f.model.jobAt(0).id, JobId {3});
    QTest::keyClicks(f.panel.filterBar()->text(), QStringLiteral(" nonsense"));
    bool isSaid = false;
    for (const QLabel* label : f.panel.findChildren<QLabel*>())
        isSaid = isSaid || (label->isVisible() && label->text().contains(QStringLiteral("No job fits")));
    QVERIFY(isSaid);
    QVERIFY(f.panel.filterBar()->isVisible());
}

void tst_JobsPanel::whatWorksStandsOnTop()
{
    Fixture f;
    QVERIFY(f.open({job(1), job(2, JobState::Complete), job(3), job(4, JobState::Failed), job(5, JobState::Complete)}));
    const auto shown = [&f] {
        std::vector<JobId> ids;
        for (int row = 0; row < f.model.rowCount(); ++row)
            ids.push_back(f.model.jobAt(row).id);
        return ids;
    };
    QCOMPARE(shown(), (std::vector<JobId> {3, 1, 4, 5, 2}));
    f.model.apply({job(3, JobState::Complete)}, start);
    QTRY_COMPARE(shown(), (std::vector<JobId> {1, 4, 5, 3, 2}));
}

void tst_JobsPanel::selectionSurvivesSorting()
{
    Fixture f;
    QVERIFY(f.open({job(1), job(2), job(3)}));
    f.panel.selectJob(1);
    f.panel.table()->sortByColumn(static_cast<int>(JobColumn::Series), Qt::AscendingOrder);
    const auto rows = f.panel.table()->selectionModel()->selectedRows();
    QCOMPARE(rows.size(), 1);
    QCOMPARE(f.model.jobAt(rows[0].row()).id, JobId {1});
}

void tst_JobsPanel::detailsShowRequestsLogAndGaps()
{
    Fixture f;
    JobDetails details;
    details.job = job(1, JobState::FinishedWithGaps);
    details.job.gaps = {{{*parseTime("2024-01-01 10:00"), *parseTime("2024-01-01 11:00")}, 60, GapClass::Failed, "asked at noon, HTTP 500"}};
    details.requests = {request(1), request(2, 500)};
    details.requestsDropped = 12;
    details.lines = {{7, *parseTime("2024-05-01 10:00"), log::Level::Warning, "lane", "gave up: https://user:pw@proxy.test/x", {{"task", "1"}, {"tries", "3"}}}};
    f.port.known[1] = details;
    QVERIFY(f.open({details.job}));
    f.panel.selectJob(1);
    QTest::keyClick(f.panel.table(), Qt::Key_D);
    QVERIFY(f.panel.details()->isVisible());
    const auto tabs = f.panel.details()->findChild<QTabWidget*>();
    QTRY_COMPARE(tabs->tabText(0), QStringLiteral("Requests (2)"));
    QCOMPARE(tabs->tabText(2), QStringLiteral("Gaps (1)"));
    const QList tables {f.panel.details()->findChild<QTableView*>(QStringLiteral("JobRequests")), f.panel.details()->findChild<QTableView*>(QStringLiteral("JobGaps"))};
    const auto cell = [&](int table, int row, int column) { return tables[table]->model()->index(row, column).data().toString(); };
    QCOMPARE(tables[0]->model()->rowCount(), 2);
    QVERIFY(cell(0, 0, RequestsModel::Outcome).contains(QStringLiteral("500"))); // the newest on top
    QCOMPARE(cell(1, 0, GapsModel::Evidence), QStringLiteral("asked at noon, HTTP 500"));
    QVERIFY(cell(1, 0, GapsModel::Class).contains(QStringLiteral("failed")));
    const QString text = f.panel.details()->findChild<QPlainTextEdit*>()->toPlainText();
    QVERIFY2(text.contains(QStringLiteral("gave up")) && text.contains(QStringLiteral("tries=3")), qPrintable(text));
    QVERIFY(!text.contains(QStringLiteral("user:pw")));
}

void tst_JobsPanel::detailsFollowWhileTheJobWorks()
{
    Fixture f;
    f.port.known[1].job = job(1);
    QVERIFY(f.open({job(1)}));
    f.panel.selectJob(1);
    QCOMPARE(f.port.questions, 0); // nobody looks
    QTest::keyClick(f.panel.table(), Qt::Key_D);
    QTRY_VERIFY_WITH_TIMEOUT(f.port.questions >= 2, 5'000);
    f.port.known[1].job.state = JobState::Complete;
    QTRY_VERIFY(f.panel.details()->details() && f.panel.details()->details()->job.state == JobState::Complete);
    const int asked = f.port.questions;
    QTest::qWait(700);
    QCOMPARE(f.port.questions, asked); // it is over
}

void tst_JobsPanel::timelineGrowsWithoutReset()
{
    RequestsModel model;
    QAbstractItemModelTester guard(&model);
    model.setRecords({request(1), request(2)});
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset), inserted(&model, &QAbstractItemModel::rowsInserted),
        removed(&model, &QAbstractItemModel::rowsRemoved);
    model.setRecords({request(1), request(2), request(3)});
    QCOMPARE(inserted.count(), 1);
    model.setRecords({request(2), request(3), request(4)}); // the oldest was dropped
    QCOMPARE(removed.count(), 1);
    QCOMPARE(inserted.count(), 2);
    QCOMPARE(reset.count(), 0);
    QVERIFY(model.recordAt(0) == request(4));
    model.setRecords({request(50)});
    QCOMPARE(reset.count(), 1);
}

void tst_JobsPanel::diagnosticsHaveNoSecrets_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("secret");
    QTest::newRow("proxy password") << QStringLiteral("cannot reach http://me:hunter2@proxy.test:3128/ in time") << QStringLiteral("hunter2");
    QTest::newRow("API key in a URL") << QStringLiteral("GET https://api.test/v1?symbol=A&apiKey=SECRETKEY1&n=5 failed") << QStringLiteral("SECRETKEY1");
    QTest::newRow("signature") << QStringLiteral("https://api.test/v1?signature=abcdef99") << QStringLiteral("abcdef99");
    QTest::newRow("setting") << QStringLiteral("coinalyze.api_key: SECRETKEY2 is refused") << QStringLiteral("SECRETKEY2");
    QTest::newRow("header") << QStringLiteral("Authorization: Bearer SECRETKEY3") << QStringLiteral("SECRETKEY3");
    QTest::newRow("JSON") << QStringLiteral("{\"password\":\"hunter3\"}") << QStringLiteral("hunter3");
}

void tst_JobsPanel::diagnosticsHaveNoSecrets()
{
    QFETCH(QString, text);
    QFETCH(QString, secret);
    JobDetails details;
    details.job = job(1, JobState::Failed);
    details.job.error = Error {ErrorCode::Network, text.toStdString()};
    details.job.warnings = {text.toStdString()};
    details.job.waitingFor = text.toStdString();
    details.job.gaps = {{details.job.range, 5, GapClass::Failed, text.toStdString()}};
    RequestRecord record = request(1, 401);
    record.url = text.toStdString();
    record.error->detail = text.toStdString();
    details.requests = {record};
    details.lines = {{1, {}, log::Level::Error, "net", text.toStdString(), {{"request", text.toStdString()}}}};
    for (const QString& out : {diagnosticsJson({details}), diagnosticsText({details}), redactedText(text)}) {
        QVERIFY2(!out.contains(secret), qPrintable(out));
        QVERIFY(out.contains(QStringLiteral("***")));
    }
    QVERIFY(QJsonDocument::fromJson(diagnosticsJson({details}).toUtf8()).isObject());
}

void tst_JobsPanel::copyPutsTextAndJsonOnTheClipboard()
{
    Fixture f;
    for (JobId id = 1; id <= 2; ++id) {
        f.port.known[id].job = job(id, JobState::Failed);
        f.port.known[id].job.error = Error {ErrorCode::Timeout, "no answer in 30 s"};
    }
    QVERIFY(f.open({job(1, JobState::Failed), job(2, JobState::Failed)}));
    f.panel.table()->selectAll();
    QTest::keyClick(f.panel.table(), Qt::Key_C, Qt::ControlModifier);
    QTRY_VERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("timeout: no answer in 30 s")));
    QTest::keyClick(f.panel.table(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_VERIFY(QJsonDocument::fromJson(QGuiApplication::clipboard()->text().toUtf8()).isObject());
    const auto jobs = QJsonDocument::fromJson(QGuiApplication::clipboard()->text().toUtf8())[u"jobs"].toArray();
    QCOMPARE(jobs.size(), 2);
    QCOMPARE(jobs[0].toObject()[u"state"].toString(), QStringLiteral("failed"));
}

void tst_JobsPanel::everyActionHasAKeyAndAName()
{
    Fixture f;
    QSet<QKeySequence> keys;
    for (const QAction* action : f.panel.actions()) {
        QVERIFY(!action->text().isEmpty());
        QVERIFY2(!action->shortcut().isEmpty(), qPrintable(action->text()));
        QVERIFY2(!keys.contains(action->shortcut()), qPrintable(action->text()));
        keys << action->shortcut();
    }
    QVERIFY(!f.panel.table()->accessibleName().isEmpty());
    QVERIFY(!f.panel.filterBar()->text()->accessibleName().isEmpty());
}

void tst_JobsPanel::emptyStatesSayWhatToDo()
{
    Fixture f;
    QVERIFY(f.open({}));
    bool isSaid = false;
    for (const QLabel* label : f.panel.findChildren<QLabel*>())
        isSaid = isSaid || (label->isVisible() && label->text().contains(QStringLiteral("Ctrl+N")));
    QVERIFY(isSaid);
    QVERIFY(!f.panel.filterBar()->isVisible());
    f.model.apply({job(1)}, start);
    QVERIFY(f.panel.table()->isVisible());
}

QTEST_MAIN(tst_JobsPanel)
#include "tst_jobspanel.moc"
