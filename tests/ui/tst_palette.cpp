// Finding what the program can do: fuzzy matching, the palette's list, the list of actions, the sheet of shortcuts.
#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

#include "ui/shell/actionlist.h"
#include "ui/shell/commandcentre.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/fuzzymatch.h"
#include "ui/shell/palettemodel.h"
#include "ui/shell/shortcutsheet.h"

using namespace mnemo;

class tst_Palette : public QObject {
    Q_OBJECT
private slots:
    void fuzzyMatching_data();
    void fuzzyMatching();
    void betterMatchesFirst_data();
    void betterMatchesFirst();
    void recentOnesFirst();
    void everyActionStandsOnce();
    void disabledOnesSayWhy();
    void palettesRunsWhatWasTyped();
    void nothingFoundIsSaid();
    void sheetFilters();
};

namespace {

PaletteItem item(const char* text, const char* group = "View")
{
    return {QLatin1String(text), QLatin1String(text), QLatin1String(group), {}, {}, [] {}};
}

QStringList shown(const PaletteModel& model)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row)
        texts << model.index(row, 0).data().toString();
    return texts;
}

} // namespace

void tst_Palette::fuzzyMatching_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("fits");
    const auto row = [](const char* pattern, const char* text, bool fits) {
        QTest::addRow("%s in %s", pattern, text) << QString::fromLatin1(pattern) << QString::fromLatin1(text) << fits;
    };
    row("", "Refresh", true);
    row("nb", "New backfill", true);
    row("NB", "New backfill", true);
    row("btc bin", "binance Spot BTC/USDT 1m", true);
    row("bn", "New", false);
    row("refreshh", "Refresh", false);
    row("  ", "Refresh", true);
}

void tst_Palette::fuzzyMatching()
{
    QFETCH(QString, pattern);
    QFETCH(QString, text);
    const auto hit = fuzzyMatch(pattern, text);
    QTEST(hit.has_value(), "fits");
    if (hit) {
        for (const int at : hit->positions)
            QVERIFY(pattern.contains(text[at], Qt::CaseInsensitive));
    }
}

void tst_Palette::betterMatchesFirst_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("first");
    QTest::newRow("starts of words") << QStringLiteral("ct") << QStringLiteral("Change theme");
    QTest::newRow("whole word") << QStringLiteral("dark") << QStringLiteral("Dark");
    QTest::newRow("by its menu") << QStringLiteral("chart reset") << QStringLiteral("Reset view");
}

void tst_Palette::betterMatchesFirst()
{
    QFETCH(QString, pattern);
    PaletteModel model;
    const QAbstractItemModelTester guard(&model);
    model.setItems({item("Reset layout"), item("Reset view", "Chart"), item("Aspect"), item("Change theme"),
                       item("Days around risk"), item("Dark")},
        {});
    model.setPattern(pattern);
    QTEST(shown(model).value(0), "first");
}

void tst_Palette::recentOnesFirst()
{
    PaletteModel model;
    model.setItems({item("One"), item("Two"), item("Three")}, {QStringLiteral("Three"), QStringLiteral("Two"), QStringLiteral("Gone")});
    QCOMPARE(shown(model), (QStringList {QStringLiteral("Three"), QStringLiteral("Two"), QStringLiteral("One")}));
}

void tst_Palette::everyActionStandsOnce()
{
    QMainWindow window;
    QMenu* view = window.menuBar()->addMenu(QStringLiteral("&View"));
    QAction* zoom = view->addAction(QStringLiteral("&Zoom in\u2026"));
    zoom->setShortcuts({QKeySequence(Qt::Key_Plus), QKeySequence(QStringLiteral("Ctrl+Up"))});
    view->addSeparator();
    view->addMenu(QStringLiteral("&Theme"))->addAction(QStringLiteral("Black && white"));
    QWidget inner(&window);
    inner.addAction(zoom);
    QAction own(QStringLiteral("Own"));
    inner.addAction(&own);
    const auto actions = actionsOf(window);
    QCOMPARE(actions.size(), 3U);
    QCOMPARE(actions[0].text, QStringLiteral("Zoom in"));
    QCOMPARE(actions[0].keys, QStringLiteral("+, Ctrl+Up"));
    QCOMPARE(actions[1].text, QStringLiteral("Black & white"));
    QCOMPARE(actions[1].group, QStringLiteral("View \u203a Theme"));
    QCOMPARE(actions[2].text, QStringLiteral("Own"));
}

void tst_Palette::disabledOnesSayWhy()
{
    QAction action;
    QVERIFY(!reasonOf(action).isEmpty());
    setReason(action, QStringLiteral("Select a job first"));
    QCOMPARE(reasonOf(action), QStringLiteral("Select a job first"));
    PaletteModel model;
    PaletteItem off = item("Cancel");
    off.reason = QStringLiteral("Select a job first");
    model.setItems({off}, {});
    QVERIFY(model.index(0, 0).data(Qt::AccessibleTextRole).toString().contains(off.reason));
}

void tst_Palette::palettesRunsWhatWasTyped()
{
    const QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("w.ini")), QSettings::IniFormat);
    QMainWindow window;
    QMenu* menu = window.menuBar()->addMenu(QStringLiteral("File"));
    QAction* quit = menu->addAction(QStringLiteral("Quit"));
    QAction* off = menu->addAction(QStringLiteral("Off"));
    off->setEnabled(false);
    QSignalSpy quitted(quit, &QAction::triggered);
    QSignalSpy offed(off, &QAction::triggered);
    bool isShown = false;
    CommandCentre centre(window, settings, [&isShown] {
        PaletteItem series = item("binance Spot BTC/USDT 1m", "Series");
        series.run = [&isShown] { isShown = true; };
        return std::vector {series};
    });
    window.resize(800, 600);
    window.show();
    const auto open = [&] {
        centre.openPalette();
        return window.findChild<CommandPalette*>();
    };
    CommandPalette* palette = open();
    QVERIFY(palette);
    QTest::keyClicks(palette->edit(), QStringLiteral("off"));
    QTest::keyClick(palette->edit(), Qt::Key_Return); // disabled: the palette stays and says why
    QVERIFY(palette->isVisible());
    QCOMPARE(offed.count(), 0);
    palette->edit()->clear();
    QTest::keyClicks(palette->edit(), QStringLiteral("qt"));
    QTest::keyClick(palette->edit(), Qt::Key_Return);
    QTRY_COMPARE(quitted.count(), 1);
    QTRY_VERIFY(!window.findChild<CommandPalette*>());
    palette = open();
    QCOMPARE(shown(*palette->model()).value(0), QStringLiteral("Quit")); // used last
    QTest::keyClicks(palette->edit(), QStringLiteral("btc binance"));
    QTest::keyClick(palette->edit(), Qt::Key_Return);
    QTRY_VERIFY(isShown);
}

void tst_Palette::nothingFoundIsSaid()
{
    const QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("w.ini")), QSettings::IniFormat);
    QMainWindow window;
    window.resize(800, 600);
    window.show();
    auto* palette = new CommandPalette({item("Refresh")}, settings, &window);
    palette->show();
    auto* view = palette->findChild<QListView*>();
    QVERIFY(view->isVisible());
    QTest::keyClick(palette->edit(), Qt::Key_Down);
    QCOMPARE(view->currentIndex().row(), 0);
    QTest::keyClicks(palette->edit(), QStringLiteral("xyz"));
    QVERIFY(!view->isVisible());
    QTest::keyClick(palette->edit(), Qt::Key_Down);
    QTest::keyClick(palette->edit(), Qt::Key_Return);
    QVERIFY(palette->isVisible());
}

void tst_Palette::sheetFilters()
{
    auto* sheet = new ShortcutSheet({{QStringLiteral("View"), {{QStringLiteral("Ctrl+K"), QStringLiteral("Command palette")},
                                                     {QString(), QStringLiteral("Dark")}}},
        {QStringLiteral("Chart"), {{QStringLiteral("Home"), QStringLiteral("First bar")}}}});
    sheet->show();
    QTreeWidget* tree = sheet->tree();
    QCOMPARE(tree->topLevelItemCount(), 2);
    sheet->filter()->setText(QStringLiteral("ctrl+k"));
    QVERIFY(tree->topLevelItem(1)->isHidden());
    QVERIFY(!tree->topLevelItem(0)->child(0)->isHidden());
    QVERIFY(tree->topLevelItem(0)->child(1)->isHidden());
    sheet->filter()->setText(QStringLiteral("chart bar"));
    QVERIFY(tree->topLevelItem(0)->isHidden());
    QVERIFY(!tree->topLevelItem(1)->isHidden());
    delete sheet;
}

QTEST_MAIN(tst_Palette)
#include "tst_palette.moc"
