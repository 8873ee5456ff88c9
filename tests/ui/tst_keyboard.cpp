// From the first start to an exported file without touching the mouse: the real window and engine against the real
// simulator process.
#include <QApplication>
#include <QFileDialog>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTest>

#include "ui/backfill/backfillwizard.h"
#include "ui/backfill/planpanel.h"
#include "ui/chart/chartview.h"
#include "ui/jobs/jobdetailspanel.h"
#include "ui/jobs/leftoverbanner.h"
#include "ui/jobs/quitdialog.h"
#include "ui/shell/jobsafety.h"
#include "ui/widgets/checklist.h"
#include "windowfixture.h"
#include "places.h"

using namespace mnemo;

namespace {

/// Keys go where they would go: to the widget that has the focus.
void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QWidget* target = QApplication::focusWidget() ? QApplication::focusWidget() : QApplication::activeWindow();
    QVERIFY2(target, "nothing has the focus");
    QTest::keyClick(target, key, modifiers);
}

void type(const QString& text)
{
    QVERIFY(QApplication::focusWidget());
    QTest::keyClicks(QApplication::focusWidget(), text);
}

/// Tab until @p wanted has the focus: what cannot be reached so cannot be used without a mouse.
bool tabTo(const QWidget* wanted)
{
    for (int i = 0; i < 60; ++i) {
        if (QApplication::focusWidget() == wanted)
            return true;
        press(Qt::Key_Tab);
    }
    return false;
}

/// No button of a mouse is ever pressed in this test.
class NoMouse : public QObject {
public:
    int presses = 0;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        presses += event->type() == QEvent::MouseButtonPress ? 1 : 0;
        return QObject::eventFilter(watched, event);
    }
};

bool activate(MainWindow& window)
{
    window.activateWindow();
    return QTest::qWaitForWindowActive(&window);
}

} // namespace

class tst_Keyboard : public QObject {
    Q_OBJECT
private slots:
    void wholeUse();

private:
    void chooseAndStart(Fixture& f);
    void watchAndPause(Fixture& f);
    void quit(Fixture& f);
    void resumeAfterRestart(Fixture& f);
    void exportFromTheChart(Fixture& f);
};

void tst_Keyboard::wholeUse()
{
    if (!QFile::exists(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim")))
        QSKIP("mnemo-exchange-sim is not built");
    NoMouse mouse;
    qApp->installEventFilter(&mouse);
    Fixture f;
    QVERIFY(f.open({QStringLiteral("--limits"), QStringLiteral("4/s")}));
    QVERIFY(activate(*f.window));
    for (const auto& step : {&tst_Keyboard::chooseAndStart, &tst_Keyboard::watchAndPause, &tst_Keyboard::quit,
             &tst_Keyboard::resumeAfterRestart, &tst_Keyboard::exportFromTheChart}) {
        (this->*step)(f);
        if (QTest::currentTestFailed())
            return;
    }
    QCOMPARE(mouse.presses, 0);
}

void tst_Keyboard::chooseAndStart(Fixture& f)
{
    press(Qt::Key_N, Qt::ControlModifier);
    auto* wizard = f.window->findChild<BackfillWizard*>();
    QTRY_VERIFY(wizard && wizard->isActiveWindow());
    QTRY_VERIFY(wizard->exchanges()->filter()->hasFocus());
    type(QStringLiteral("binance"));
    press(Qt::Key_Down);
    press(Qt::Key_Home);
    press(Qt::Key_Space);
    QCOMPARE(wizard->exchanges()->model().checked(), QStringList {QStringLiteral("binance")});
    press(Qt::Key_T, Qt::AltModifier); // timeframes: 1h is ticked, 1m comes in its place
    QTRY_VERIFY(wizard->timeframes()->view()->hasFocus());
    press(Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
    press(Qt::Key_Home);
    press(Qt::Key_Space);
    QCOMPARE(wizard->timeframes()->model().checked(), QStringList {QStringLiteral("1m")});
    QTRY_VERIFY_WITH_TIMEOUT(wizard->startButton()->isEnabled(), 20'000); // the symbols are fetched, the plan is made
    QCOMPARE(wizard->plan()->model().totals().series, std::int64_t {1});
    QVERIFY(wizard->plan()->model().totals().requests > 30);
    QVERIFY(tabTo(wizard->startButton()));
    press(Qt::Key_Space);
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->totalCount() == 1, 10'000);
}

void tst_Keyboard::watchAndPause(Fixture& f)
{
    QVERIFY(activate(*f.window));
    press(Qt::Key_5, Qt::ControlModifier); // the jobs
    QTRY_VERIFY(f.table()->hasFocus());
    QTRY_VERIFY_WITH_TIMEOUT(f.window->jobs()->jobAt(0).rowsStored > 0, 20'000);
    press(Qt::Key_D);
    auto* details = f.window->findChild<JobDetailsPanel*>();
    QTRY_VERIFY(details->isVisible() && details->details() && !details->details()->requests.empty());
    press(Qt::Key_Space);
    QTRY_COMPARE_WITH_TIMEOUT(f.state(), JobState::Paused, 5'000);
    press(Qt::Key_Space);
    QTRY_COMPARE_WITH_TIMEOUT(f.state(), JobState::Running, 5'000);
}

void tst_Keyboard::quit(Fixture& f)
{
    const auto stored = f.window->jobs()->jobAt(0).rowsStored;
    QVERIFY(!isFinal(f.state()));
    press(Qt::Key_Q, Qt::ControlModifier);
    auto* dialog = f.window->findChild<QuitDialog*>();
    QTRY_VERIFY(dialog && dialog->isActiveWindow());
    QVERIFY(dialog->keepButton()->hasFocus());
    QElapsedTimer timer;
    timer.start();
    press(Qt::Key_Return);
    QTRY_VERIFY(!f.window->isVisible());
    f.window.reset();
    f.bridge.reset();
    f.engine.reset();
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(stored > 0);
}

void tst_Keyboard::resumeAfterRestart(Fixture& f)
{
    QVERIFY(f.reopen());
    QVERIFY(activate(*f.window));
    auto* banner = f.window->jobSafety()->banner();
    QTRY_VERIFY(banner->isVisible());
    f.window->setFocus();
    QVERIFY(tabTo(banner->resumeButton()));
    press(Qt::Key_Space);
    QTRY_COMPARE_WITH_TIMEOUT(f.window->jobs()->totalCount(), 1, 5'000);
    QTRY_VERIFY_WITH_TIMEOUT(isFinal(f.state()), 60'000);
    QCOMPARE(f.state(), JobState::Complete);
    QVERIFY(f.window->jobs()->jobAt(0).rowsStored < f.window->jobs()->jobAt(0).total); // the rest, not all again
}

void tst_Keyboard::exportFromTheChart(Fixture& f)
{
    press(Qt::Key_5, Qt::ControlModifier);
    QTRY_VERIFY(f.table()->hasFocus());
    press(Qt::Key_Return); // show in chart
    QTRY_VERIFY_WITH_TIMEOUT(f.window->chart() && f.window->chart()->isVisible() && !f.window->chart()->scene().marks.empty(), 20'000);
    press(Qt::Key_2, Qt::ControlModifier);
    QTRY_VERIFY(f.window->chart()->hasFocus());
    press(Qt::Key_Left);
    press(Qt::Key_E, Qt::ControlModifier);
    auto* dialog = f.window->findChild<QFileDialog*>();
    QTRY_VERIFY(dialog && dialog->isVisible());
    auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    QVERIFY(name);
    QTRY_VERIFY(name->hasFocus());
    const QString file = f.folder.filePath(QStringLiteral("view.csv"));
    press(Qt::Key_A, Qt::ControlModifier);
    type(file);
    press(Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(file).size() > 200, 10'000);
    QFile read(file);
    QVERIFY(read.open(QIODevice::ReadOnly));
    QVERIFY(read.readLine().contains("open"));
}

QTEST_MAIN(tst_Keyboard)
#include "tst_keyboard.moc"
