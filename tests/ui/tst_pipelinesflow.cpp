// Pipelines on a real engine that collects from the exchange simulator, by the keyboard alone: begin, watch, clear, retry, pause.
#include <QAction>
#include <QDir>
#include <QFile>
#include <QTabWidget>
#include <QTest>

#include "places.h"
#include "ui/pipelines/commanddialog.h"
#include "ui/pipelines/gridview.h"
#include "ui/pipelines/pipelinespage.h"
#include "ui/pipelines/taskdetails.h"
#include "windowfixture.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

/// Fetches a day, then fails: a number is held against another.
constexpr char flow[] = "flow:\n"
                        "  description: Fetches a day and asks for the impossible\n"
                        "  tasks:\n"
                        "    - {id: fetch, type: backfill, with: {last: 1d}, expand: {over: list, exchanges: [binance], symbols: [BTC/USDT], timeframes: [1h]}}\n"
                        "    - {id: check, type: sql, with: {query: SELECT 1, expect: \"= 2\"}, depends_on: fetch, retries: 0}\n"
                        "    - {id: after, type: sql, with: {query: SELECT 1}, depends_on: check}\n";

void press(QWidget* widget, int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QTest::keyClick(widget, Qt::Key(key), modifiers);
}

void write(const QTemporaryDir& folder, const QString& name, const char* text)
{
    QDir().mkpath(folder.filePath(u"settings/dags"_s));
    QFile file(folder.filePath(u"settings/dags/"_s + name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

/// Presses its button; no window manager goes back to the window here.
void acceptDialog(const Fixture& f)
{
    auto* dialog = f.window->findChild<CommandDialog*>();
    press(dialog, Qt::Key_Return);
    QTRY_VERIFY(!f.window->findChild<CommandDialog*>());
    f.window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
}

/// As it is stored.
TaskRecord taskOf(const Fixture& f, RunId run, std::size_t index)
{
    const auto tasks = f.pipelines->tasks(run);
    return tasks && tasks->size() > index ? (*tasks)[index] : TaskRecord {};
}

} // namespace

class TestPipelinesFlow : public QObject {
    Q_OBJECT

private slots:
    void init();
    void beginWatchClearRetry();
    void aBrokenFileIsARow();
};

void TestPipelinesFlow::init()
{
    if (!QFile::exists(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim")))
        QSKIP("mnemo-exchange-sim is not built");
}

void TestPipelinesFlow::beginWatchClearRetry()
{
    Fixture f;
    f.hasPipelines = true;
    write(f.folder, u"flow.yaml"_s, flow);
    QVERIFY(f.open());
    press(f.window.get(), Qt::Key_P, Qt::ControlModifier);
    PipelinesPage* page = f.window->pipelines();
    QVERIFY(page->isVisible());
    QTRY_VERIFY(page->model()->rowOf("flow") >= 0);
    QTRY_VERIFY(page->list()->hasFocus());
    while (page->chosen() != "flow") {
        const int before = page->list()->currentIndex().row();
        press(page->list(), page->model()->rowOf("flow") > before ? Qt::Key_Down : Qt::Key_Up);
        QVERIFY(page->list()->currentIndex().row() != before);
    }

    press(page->list(), Qt::Key_T); // begin
    auto* dialog = page->findChild<CommandDialog*>();
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->mayAccept());
    QCOMPARE(dialog->model()->rowCount(), 3);
    acceptDialog(f);

    GridView* grid = page->grid(); // watch
    QTRY_VERIFY(grid->hasFocus());
    QTRY_COMPARE(grid->grid().columnCount(), 1);
    const RunId run = grid->grid().run(0).id;
    QTRY_COMPARE_WITH_TIMEOUT(grid->grid().run(0).state, std::string("failed"), 40'000);
    QTRY_COMPARE(grid->grid().rowCount(), 3);
    QTRY_COMPARE(int(grid->grid().cell(0, 0)->state), int(TaskState::Success));
    QTRY_COMPARE(int(grid->grid().cell(1, 0)->state), int(TaskState::Failed));
    QTRY_COMPARE(int(grid->grid().cell(2, 0)->state), int(TaskState::UpstreamFailed));

    const auto first = taskOf(f, run, 0).started;
    press(grid, Qt::Key_Down); // clear what went well
    QCOMPARE(page->details()->chosen().name, std::string("fetch"));
    QTRY_VERIFY(page->details()->logText().contains(u"complete"_s));
    press(grid, Qt::Key_C);
    dialog = page->findChild<CommandDialog*>();
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->mayAccept());
    QCOMPARE(dialog->model()->rowCount(), 1);
    press(dialog, Qt::Key_D, Qt::AltModifier); // and all that wait for it
    QTRY_COMPARE(dialog->model()->rowCount(), 3);
    QTRY_VERIFY(dialog->mayAccept());
    acceptDialog(f);
    QTRY_VERIFY_WITH_TIMEOUT(taskOf(f, run, 0).started > first && taskOf(f, run, 2).state == "upstream_failed", 40'000);
    const auto second = taskOf(f, run, 0).started, checked = taskOf(f, run, 1).started;
    QTRY_COMPARE_WITH_TIMEOUT(grid->grid().run(0).state, std::string("failed"), 10'000);

    QTRY_VERIFY(grid->hasFocus());
    press(grid, Qt::Key_Up); // retry the run
    QCOMPARE(grid->row(), -1);
    press(grid, Qt::Key_R);
    dialog = page->findChild<CommandDialog*>();
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->mayAccept());
    QCOMPARE(dialog->model()->rowCount(), 2); // what failed and what never began; not what went well
    acceptDialog(f);
    QTRY_VERIFY_WITH_TIMEOUT(taskOf(f, run, 1).started > checked && taskOf(f, run, 1).state == "failed", 40'000);
    QVERIFY(taskOf(f, run, 0).started == second);

    press(grid, Qt::Key_P); // and pause the pipeline
    QTRY_VERIFY(page->model()->find("flow")->record.isPaused);
}

void TestPipelinesFlow::aBrokenFileIsARow()
{
    Fixture f;
    f.hasPipelines = true;
    write(f.folder, u"flow.yaml"_s, flow);
    write(f.folder, u"wrong.yaml"_s, "wrong:\n  tasks:\n    - {id: a, typ: sql}\n");
    QVERIFY(f.open());
    press(f.window.get(), Qt::Key_P, Qt::ControlModifier);
    PipelinesPage* page = f.window->pipelines();
    QTRY_VERIFY(page->model()->rowOf("flow") >= 0);
    const int last = page->model()->rowCount() - 1;
    QVERIFY(page->model()->isProblem(last));
    QVERIFY(page->model()->index(last, PipelinesModel::Name).data().toString().contains(u"wrong.yaml:3:"_s));
    QCOMPARE(page->model()->rowOf("wrong"), -1);
}

QTEST_MAIN(TestPipelinesFlow)
#include "tst_pipelinesflow.moc"
