// What can be done about a selection of the coverage screen: fill, verify, mark, note, export; on a real engine that
// collects from the exchange simulator.
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

#include "marketfixture.h"
#include "ui/coverage/coveragecard.h"
#include "ui/coverage/coveragescreen.h"
#include "ui/coverage/enginecoveragesource.h"
#include "ui/coverage/heatmapview.h"
#include "places.h"

using namespace mnemo;
using std::chrono::days;

namespace {

bool fetch(Engine& engine, const BackfillRequest& request)
{
    const auto job = engine.backfill(request);
    return job && engine.wait(*job);
}

/// Two stretches of history with a hole between them that nobody asked about.
bool fillAroundAHole(Engine& engine)
{
    return fetch(engine, fiveMinutes(6, 4)) && fetch(engine, fiveMinutes(2, 0));
}

/// The screen alone, as the window wires it.
struct Fixture {
    QTemporaryDir folder;
    Market market;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<EngineBridge> bridge;
    std::unique_ptr<EngineCoverageSource> source;
    std::unique_ptr<CoverageScreen> screen;

    bool open(const QStringList& simulator = {})
    {
        if (!market.start(simulator))
            return false;
        auto opened = openEngine(folder, market, OpenMode::ReadWrite);
        if (!opened) {
            qWarning("%s", opened.error().detail.c_str());
            return false;
        }
        engine = std::move(*opened);
        bridge = std::make_unique<EngineBridge>(*engine, false);
        source = std::make_unique<EngineCoverageSource>(*bridge, folder.filePath(QStringLiteral("settings")));
        return true;
    }
    /// Waits until the matrix has so many lines.
    CoverageScreen* show(std::size_t lines = 2)
    {
        screen = std::make_unique<CoverageScreen>(*source);
        QObject::connect(bridge.get(), &EngineBridge::jobsChanged, screen.get(), &CoverageScreen::applyJobs);
        QObject::connect(bridge.get(), &EngineBridge::rowsChanged, screen.get(), &CoverageScreen::storeChanged);
        QObject::connect(bridge.get(), &EngineBridge::settingsChanged, screen.get(), &CoverageScreen::storeChanged);
        bridge->begin();
        screen->resize(1280, 700);
        screen->show();
        screen->activateWindow();
        if (!QTest::qWaitForWindowActive(screen.get())
            || !QTest::qWaitFor([&] { return screen->matrix()->lines().size() == lines; }, 20'000))
            qWarning("the matrix does not come");
        return screen.get();
    }
    ~Fixture() { screen.reset(); }
};

} // namespace

class tst_CoverageActions : public QObject {
    Q_OBJECT
private slots:
    void init();
    void aPersonsWordIsTakenAndTakenBack();
    void verifyAsksAgainAfterSayingWhat();
    void aBoxOfSeriesIsFilledTogether();
    void theSelectionIsWrittenAsCsv();
};

void tst_CoverageActions::init()
{
    if (!QFile::exists(QStringLiteral(MNEMO_BIN_DIR "/mnemo-exchange-sim")))
        QSKIP("mnemo-exchange-sim is not built");
}

void tst_CoverageActions::aPersonsWordIsTakenAndTakenBack()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(fillAroundAHole(*f.engine));
    CoverageScreen* screen = f.show();
    HeatmapView* matrix = screen->matrix();
    CoverageCard* card = screen->card();
    const auto cell = [matrix] {
        const int column = matrix->heatmap()->columnOf(today() - days {3});
        return matrix->heatmap()->rows[0]->looks[static_cast<std::size_t>(column)];
    };
    matrix->setCursor({1, matrix->heatmap()->columnOf(today() - days {3})});
    matrix->setFocus();
    QTRY_VERIFY(card->state() == CoverageCard::State::Told);

    QTest::keyClick(matrix, Qt::Key_O);
    CoverageForm* form = card->form();
    QVERIFY(form->isVisible() && form->textEdit()->hasFocus() && !form->startButton()->isEnabled());
    QVERIFY2(form->effects().contains(QStringLiteral("288")), qPrintable(form->effects()));
    QTest::keyClicks(form->textEdit(), QStringLiteral("fvon the exchange rested")); // letters are text here
    QTest::keyClick(form->textEdit(), Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(int(cell().mark), int(CellMark::Outage), 10'000);
    QTRY_VERIFY2(card->text().contains(QStringLiteral("fvon the exchange rested")), qPrintable(card->text()));
    QTRY_COMPARE(card->report()->missing(), std::int64_t {0});
    QVERIFY(!form->isVisible());

    matrix->setFocus();
    QTest::keyClick(matrix, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(int(cell().mark), int(CellMark::Unknown), 10'000);
    QTRY_VERIFY2(card->text().contains(QStringLiteral("took back the outage")), qPrintable(card->text()));
    QTest::keyClick(matrix, Qt::Key_Y, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(int(cell().mark), int(CellMark::Outage), 10'000);

    QTRY_VERIFY(card->state() == CoverageCard::State::Told);
    QTest::keyClick(matrix, Qt::Key_N);
    QVERIFY(form->isVisible());
    QTest::keyClicks(form->textEdit(), QStringLiteral("ask them"));
    QTest::keyClick(form->textEdit(), Qt::Key_Escape); // thought better of it
    QVERIFY(!form->isVisible() && screen->level() == CoverageLevel::Matrix);
    QTest::keyClick(matrix, Qt::Key_N);
    QTest::keyClicks(form->textEdit(), QStringLiteral("ask them"));
    QTest::mouseClick(form->startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(cell().hasNote, 10'000);
    QTRY_VERIFY(!card->report()->notes.empty());
    QCOMPARE(card->report()->notes.front().text, std::string("ask them"));
    QVERIFY(matrix->cursorText().contains(QStringLiteral("Note: ask them")));
}

void tst_CoverageActions::verifyAsksAgainAfterSayingWhat()
{
    Fixture f;
    QVERIFY(f.open({QStringLiteral("--defects"),
        QStringLiteral("22,exchange=binance,symbol=BTC/USDT,timeframe=5m,from=%1,to=%2")
            .arg(toMs(today() - days {6}))
            .arg(toMs(today()))}));
    QVERIFY(fetch(*f.engine, fiveMinutes(6, 0)));
    CoverageScreen* screen = f.show();
    HeatmapView* matrix = screen->matrix();
    CoverageCard* card = screen->card();
    matrix->setCursor({1, matrix->heatmap()->columnOf(today() - days {6})});
    matrix->setCursor({1, matrix->heatmap()->columnOf(today() - days {1})}, true);
    matrix->setFocus();
    QTRY_VERIFY_WITH_TIMEOUT(card->state() == CoverageCard::State::Told, 10'000);
    QVERIFY(card->report()->absent() > 0 && card->report()->missing() == 0);
    QVERIFY(!card->fillButton()->isEnabled());
    QTest::keyClick(matrix, Qt::Key_V);
    CoverageForm* form = card->form();
    QTRY_VERIFY_WITH_TIMEOUT(form->plan().has_value() && form->startButton()->isEnabled(), 10'000);
    QCOMPARE(form->plan()->bars(), card->report()->absent());
    form->choice()->setCurrentIndex(1); // stored ones too
    QTRY_VERIFY_WITH_TIMEOUT(form->plan() && form->plan()->kind == RepairKind::VerifyAll, 10'000);
    QCOMPARE(form->plan()->bars(), std::int64_t {6 * 288});
    QVERIFY2(form->effects().contains(QStringLiteral("bars: 1,728, in stretches: 1, requests: at least 2")),
        qPrintable(form->effects()));
    QTest::mouseClick(form->startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(card->state() == CoverageCard::State::Proven, 30'000);
    QTRY_VERIFY2(card->text().contains(QStringLiteral("Stretches asked about: 1.")), qPrintable(card->text()));
    const auto revisions = f.engine->store().openReader().value()->query("SELECT count(*) FROM revisions");
    QVERIFY(revisions && revisions->rows.front().front() != "0"); // what the venue had corrected
    QTRY_VERIFY2(card->text().contains(QStringLiteral("asked the source again")), qPrintable(card->text()));
}

void tst_CoverageActions::aBoxOfSeriesIsFilledTogether()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(fillAroundAHole(*f.engine));
    BackfillRequest other = fiveMinutes(6, 5);
    other.symbol = "ETH/USDT";
    QVERIFY(fetch(*f.engine, other));
    CoverageScreen* screen = f.show(3);
    HeatmapView* matrix = screen->matrix();
    CoverageCard* card = screen->card();
    matrix->setCursor({1, matrix->heatmap()->columnOf(today() - days {4})});
    matrix->setCursor({2, matrix->heatmap()->columnOf(today() - days {3})}, true);
    QCOMPARE(screen->selection().series.size(), std::size_t {2});
    QTest::mouseClick(card->fillButton(), Qt::LeftButton);
    CoverageForm* form = card->form();
    QTRY_VERIFY_WITH_TIMEOUT(form->startButton()->isEnabled(), 10'000);
    QCOMPARE(form->plan()->lines.size(), std::size_t {2});
    QCOMPARE(form->plan()->bars(), std::int64_t {4 * 288});
    QTest::mouseClick(form->startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(card->state() == CoverageCard::State::Proven, 30'000);
    const auto missing = [&](std::size_t row) {
        const auto id = matrix->heatmap()->rows[row]->series.id;
        return matrix->heatmap()->coverage->counts(id, {today() - days {4}, today() - days {2}}).missing();
    };
    QTRY_COMPARE_WITH_TIMEOUT(missing(0) + missing(1), std::int64_t {0}, 10'000);
}

void tst_CoverageActions::theSelectionIsWrittenAsCsv()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(fillAroundAHole(*f.engine));
    CoverageScreen* screen = f.show();
    HeatmapView* matrix = screen->matrix();
    EngineCoverageSource& source = *f.source;
    matrix->setCursor({1, matrix->heatmap()->columnOf(today() - days {4})});
    matrix->setCursor({1, matrix->heatmap()->columnOf(today() - days {2})}, true);
    const CoverageSelection chosen = screen->selection();
    const QString cells = f.folder.filePath(QStringLiteral("cells.csv"));
    std::int64_t lines = -1, rows = -1;
    source.exportCells(screen, matrix->heatmap()->coverage, chosen, dayBounds(chosen.range), cells,
        [&](const Result<std::int64_t>& written) { lines = written.value_or(-2); });
    const QString bars = f.folder.filePath(QStringLiteral("bars.csv"));
    source.exportCandles(screen, chosen, bars, [&](const Result<std::int64_t>& written) { rows = written.value_or(-2); });
    QTRY_COMPARE(lines, std::int64_t {3});
    QTRY_COMPARE(rows, std::int64_t {288}); // two of the three days were never asked about
    QFile file(cells);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QByteArray> text = file.readAll().trimmed().split('\n');
    QCOMPARE(text.size(), qsizetype {4});
    QVERIFY(text[0].startsWith("exchange,source,market,symbol,kind,timeframe,from,to,expected,present,missing"));
    QVERIFY2(text[1].contains(",288,0,288,") && text[1].contains(",unknown,"), text[1].constData());
    QVERIFY2(text[3].contains(",288,288,0,"), text[3].constData());
    QFile written(bars);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QCOMPARE(written.readAll().count('\n'), qsizetype {289});
    source.exportCandles(screen, chosen, QStringLiteral("/nonexistent/bars.csv"),
        [&](const Result<std::int64_t>& failed) { rows = failed ? 0 : -3; });
    QTRY_COMPARE(rows, std::int64_t {-3});
}

QTEST_MAIN(tst_CoverageActions)
#include "tst_coverageactions.moc"
