// The coverage matrix: how cells look, where they lie, what is painted anew, and how keys and mouse move in it.
#include <QSignalSpy>
#include <QTest>

#include "tests/ui/colourmath.h"
#include "tests/ui/coveragefixture.h"
#include "ui/chart/gapcard.h"
#include "ui/coverage/gapreport.h"
#include "ui/coverage/heatmaplayout.h"
#include "ui/coverage/heatmapview.h"
#include "ui/coverage/remark.h"
#include "ui/coverage/repairplan.h"
#include "ui/coverage/seriescells.h"
#include "ui/widgets/statetext.h"

using namespace mnemo;
using namespace mnemo::test;

Q_DECLARE_METATYPE(mnemo::ThemeChoice)
Q_DECLARE_METATYPE(mnemo::CellLook)
Q_DECLARE_METATYPE(mnemo::CoverageCell)

namespace {

CoverageCell cellWith(int present, std::initializer_list<std::pair<GapClass, int>> absent, int outside = 0)
{
    CoverageCell cell;
    cell.counts.present = present;
    cell.counts.outside = outside;
    for (const auto& [gapClass, bars] : absent)
        cell.counts.absent[static_cast<std::size_t>(gapClass)] = bars;
    return cell;
}

CellLook look(std::uint8_t fill, CellMark mark)
{
    return {fill, mark, false, false};
}

QImage imageOf(CellLook shown, const Theme& theme, QSize size)
{
    QImage image(size, QImage::Format_RGB32);
    CellPainter(theme, 1).paint(image, image.rect(), shown);
    return image;
}

/// The part of the pixels in which two pictures can be told apart by @p seen.
template <class Seen>
double apart(const QImage& one, const QImage& other, Seen seen)
{
    int different = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x)
            different += ciede2000(seen(one.pixelColor(x, y)), seen(other.pixelColor(x, y))) >= 10 ? 1 : 0;
    }
    return static_cast<double>(different) / (one.width() * one.height());
}

std::shared_ptr<const Heatmap> example(
    std::vector<DayCounts> first, std::uint64_t revision = 1, const Heatmap* before = nullptr)
{
    return makeHeatmap(snapshotOf({indexed(seriesNamed(1, "alpha", "BTC/USDT"), std::move(first), revision),
                           indexed(seriesNamed(2, "alpha", "ETH/USDT", "1m"), std::vector<DayCounts>(60, fullDay())),
                           indexed(seriesNamed(3, "beta", "BTC/USDT"), std::vector<DayCounts>(60, fullDay()))}),
        BucketUnit::Day, before);
}

std::vector<DayCounts> daysWithHoles()
{
    std::vector<DayCounts> days(60, fullDay());
    days[10] = dayWithout(GapClass::Unknown, 1440);
    days[40] = dayWithout(GapClass::Failed, 3);
    days[50] = dayWithout(GapClass::Empty, 3);
    return days;
}

} // namespace

class tst_Coverage : public QObject {
    Q_OBJECT
private slots:
    void looksOfCells_data();
    void looksOfCells();
    void lightnessGrowsWithCompleteness();
    void classesStayApart_data();
    void classesStayApart();
    void patternsJoinAcrossCells();
    void pointsAndCells_data();
    void pointsAndCells();
    void revealScrollsNoMoreThanNeeded();
    void rowsThatDidNotChangeAreKept();
    void linesAreGroupedAndFiltered();
    void cellsSayWhatIsInThem();
    void absenceIsSaidInTheWordsOfItsKind();
    void onlyChangedLinesArePaintedAnew();
    void keysMoveTheCursor();
    void boxBySelection();
    void wheelChoosesTheUnit();
    void cursorStaysWithItsSeries();
    void notesShowInTheirCells();
    void headersExplainThemselves();
    void remarksOfASelection_data();
    void remarksOfASelection();
    void plansSayWhatWillHappen();
};

void tst_Coverage::looksOfCells_data()
{
    QTest::addColumn<CoverageCell>("cell");
    QTest::addColumn<CellLook>("wanted");
    const auto none = CellLook::noFill;
    QTest::newRow("nothing") << CoverageCell {} << look(none, CellMark::Outside);
    QTest::newRow("outside") << cellWith(0, {}, 1440) << look(none, CellMark::Outside);
    QTest::newRow("whole") << cellWith(1440, {}) << look(100, CellMark::None);
    QTest::newRow("one missing is not whole")
        << cellWith(1439, {{GapClass::Unknown, 1}}) << look(99, CellMark::Unknown);
    QTest::newRow("never asked") << cellWith(0, {{GapClass::Unknown, 1440}}) << look(0, CellMark::Unknown);
    QTest::newRow("failed") << cellWith(720, {{GapClass::Failed, 720}}) << look(50, CellMark::Failed);
    QTest::newRow("failure shows beside no trades")
        << cellWith(100, {{GapClass::Empty, 1300}, {GapClass::Failed, 40}}) << look(71, CellMark::Failed);
    QTest::newRow("some without trades are nothing special")
        << cellWith(1400, {{GapClass::Empty, 40}}) << look(100, CellMark::None);
    QTest::newRow("mostly without trades") << cellWith(40, {{GapClass::Empty, 1400}}) << look(100, CellMark::Empty);
    QTest::newRow("no trades at all") << cellWith(0, {{GapClass::Empty, 1440}}) << look(none, CellMark::Empty);
    QTest::newRow("short outage") << cellWith(1400, {{GapClass::Outage, 40}}) << look(100, CellMark::Outage);
    QTest::newRow("unlisted") << cellWith(0, {{GapClass::Unlisted, 1440}}) << look(none, CellMark::Unlisted);
    QTest::newRow("no longer offered") << cellWith(0, {{GapClass::BeyondRetention, 9}})
                                       << look(none, CellMark::BeyondRetention);
}

void tst_Coverage::looksOfCells()
{
    QFETCH(CoverageCell, cell);
    QFETCH(CellLook, wanted);
    const CellLook is = lookOf(cell);
    QCOMPARE(int(is.fill), int(wanted.fill));
    QCOMPARE(int(is.mark), int(wanted.mark));
}

void tst_Coverage::lightnessGrowsWithCompleteness()
{
    double before = -1;
    for (int percent = 0; percent <= 100; ++percent) {
        const double lightness = labOf(linearOf(cividis(percent / 100.0)))[0];
        QVERIFY2(lightness > before, qPrintable(QString::number(percent)));
        before = lightness;
    }
    const CellPainter cells(Theme::of(paletteOf(ThemeChoice::Light, SystemLook::Light)), 1);
    const auto lab = [&cells](std::uint8_t fill) {
        return labOf(linearOf(QColor(cells.fillOf(look(fill, CellMark::None)))));
    };
    QVERIFY(ciede2000(lab(99), lab(100)) > 4); // almost is not whole
    for (const std::uint8_t fill : std::initializer_list<std::uint8_t> {0, 20, 40, 50, 60, 80, 99, 100})
        QVERIFY(
            contrast(QColor(cells.fillOf(look(fill, CellMark::None))), QColor(cells.inkOf(look(fill, CellMark::None))))
            >= 3);
}

void tst_Coverage::classesStayApart_data()
{
    QTest::addColumn<ThemeChoice>("choice");
    QTest::addColumn<QSize>("size");
    for (const auto& [name, choice] : {std::pair {"light", ThemeChoice::Light}, std::pair {"dark", ThemeChoice::Dark},
             std::pair {"contrast", ThemeChoice::HighContrast}}) {
        QTest::addRow("%s, narrow", name) << choice << QSize(5, 16);
        QTest::addRow("%s, wide", name) << choice << QSize(18, 16);
    }
}

void tst_Coverage::classesStayApart()
{
    QFETCH(ThemeChoice, choice);
    QFETCH(QSize, size);
    const Theme theme = Theme::of(paletteOf(choice, SystemLook::Light));
    const auto none = CellLook::noFill;
    const std::vector<CellLook> all {look(0, CellMark::None), look(100, CellMark::None), look(none, CellMark::Empty),
        look(none, CellMark::Outage), look(0, CellMark::Failed), look(none, CellMark::Unlisted),
        look(none, CellMark::BeyondRetention), look(0, CellMark::Unknown)};
    const auto deuteranope = [](const QColor& colour) { return labOf(asDeuteranope(linearOf(colour))); };
    const auto grey = [](const QColor& colour) { return Triple {labOf(linearOf(colour))[0], 0, 0}; };
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t k = i + 1; k < all.size(); ++k) {
            const QImage one = imageOf(all[i], theme, size);
            const QImage other = imageOf(all[k], theme, size);
            const QString names = textOf(all[i].mark) + QStringLiteral(" and ") + textOf(all[k].mark);
            QVERIFY2(apart(one, other, deuteranope) >= 0.04, qPrintable(names));
            QVERIFY2(apart(one, other, grey) >= 0.04, qPrintable(names));
        }
    }
}

void tst_Coverage::patternsJoinAcrossCells()
{
    const Theme theme = Theme::of(paletteOf(ThemeChoice::Light, SystemLook::Light));
    const CellPainter cells(theme, 1);
    QImage whole(20, 16, QImage::Format_RGB32);
    cells.paint(whole, whole.rect(), look(CellLook::noFill, CellMark::Outage));
    QImage parts(20, 16, QImage::Format_RGB32);
    for (int x = 0; x < 20; x += 5)
        cells.paint(parts, QRect(x, 0, 5, 16), look(CellLook::noFill, CellMark::Outage));
    QCOMPARE(parts, whole);
}

void tst_Coverage::pointsAndCells_data()
{
    QTest::addColumn<QPoint>("point");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::newRow("first") << QPoint(100, 20) << 2 << 3; // scrolled by 2 lines and 3 columns
    QTest::newRow("end of the first") << QPoint(109, 39) << 2 << 3;
    QTest::newRow("next column") << QPoint(110, 20) << 2 << 4;
    QTest::newRow("next line") << QPoint(100, 40) << 3 << 3;
    QTest::newRow("names") << QPoint(99, 20) << -1 << -1;
    QTest::newRow("dates") << QPoint(100, 19) << -1 << -1;
    QTest::newRow("last corner") << QPoint(399, 219) << 11 << 32;
    QTest::newRow("outside") << QPoint(400, 100) << -1 << -1;
}

void tst_Coverage::pointsAndCells()
{
    QFETCH(QPoint, point);
    QFETCH(int, line);
    QFETCH(int, column);
    HeatmapLayout layout;
    layout.size = {400, 220};
    layout.headerWidth = 100;
    layout.headerHeight = 20;
    layout.lineHeight = 20;
    layout.columnWidth = 10;
    layout.lines = 500;
    layout.columns = 2000;
    layout.scrollX = 30;
    layout.scrollY = 40;
    const auto cell = layout.cellAt(point);
    QCOMPARE(cell ? cell->line : -1, line);
    QCOMPARE(cell ? cell->column : -1, column);
    if (cell)
        QVERIFY(layout.cellRect(*cell).contains(point));
    QCOMPARE(layout.visibleLines(), (IndexRange {2, 11}));
    QCOMPARE(layout.visibleColumns(), (IndexRange {3, 32}));
}

void tst_Coverage::revealScrollsNoMoreThanNeeded()
{
    HeatmapLayout layout;
    layout.size = {300, 200};
    layout.lineHeight = 20;
    layout.columnWidth = 10;
    layout.lines = 100;
    layout.columns = 100;
    layout.reveal({5, 5});
    QCOMPARE(layout.scrollX, 0);
    layout.reveal({10, 30});
    QCOMPARE(layout.scrollX, 10);
    QCOMPARE(layout.scrollY, 20);
    layout.reveal({0, 0});
    QCOMPARE(layout.scrollX, 0);
    QCOMPARE(layout.scrollY, 0);
    layout.size = {5, 5}; // smaller than a cell
    layout.reveal({99, 99});
    QVERIFY(layout.scrollX <= layout.mostScrollX() && layout.scrollX >= 0);
}

void tst_Coverage::rowsThatDidNotChangeAreKept()
{
    const auto before = example(daysWithHoles());
    QCOMPARE(before->columns(), 60);
    const auto after = example(std::vector<DayCounts>(60, fullDay()), 2, before.get());
    QVERIFY(after->rows[0] != before->rows[0]);
    QCOMPARE(after->rows[1], before->rows[1]);
    QCOMPARE(int(before->rows[0]->looks[10].mark), int(CellMark::Unknown));
    QCOMPARE(int(after->rows[0]->looks[10].mark), int(CellMark::None));
}

void tst_Coverage::linesAreGroupedAndFiltered()
{
    const auto heatmap = example(daysWithHoles());
    const auto all = linesOf(*heatmap, {}, firstDay + std::chrono::days {60});
    QCOMPARE(all.size(), std::size_t {5}); // two titles, three series
    QCOMPARE(all[0].row, -1);
    QCOMPARE(all[1].text, QStringLiteral("BTC/USDT  1m"));
    QCOMPARE(all[1].freshness, QStringLiteral("fresh"));
    QVERIFY(all[1].completeness != QStringLiteral("100 %"));
    QCOMPARE(all[3].row, -1);
    QCOMPARE(linesOf(*heatmap, QStringLiteral("BETA btc"), firstDay).size(), std::size_t {2});
    QVERIFY(linesOf(*heatmap, QStringLiteral("nothing of the kind"), firstDay).empty());
}

void tst_Coverage::cellsSayWhatIsInThem()
{
    const auto heatmap = example(daysWithHoles());
    const QString failed = describeCell(*heatmap, 0, 40);
    QVERIFY2(failed.contains(QStringLiteral("3 missing")), qPrintable(failed));
    QVERIFY(failed.contains(QStringLiteral("failed: 3")));
    QVERIFY(failed.contains(QStringLiteral("2024-02-10")));
    const QString harmless = describeCell(*heatmap, 0, 50);
    QVERIFY2(harmless.contains(QStringLiteral("no trades: 3")) && harmless.contains(QStringLiteral("0 missing")),
        qPrintable(harmless));
    QVERIFY(describeCell(*heatmap, 0, 60).isEmpty());
    QVERIFY(describeCell(*heatmap, -1, 0).isEmpty());
}

/// What the source has none of was not traded, not counted or not read, as the series is of.
void tst_Coverage::absenceIsSaidInTheWordsOfItsKind()
{
    QCOMPARE(textOf(GapClass::Empty), QStringLiteral("no trades"));
    for (const Kind kind : {Kind::OpenInterest, Kind::Funding, Kind::Liquidations, Kind::LongShortRatio, Kind::PredictedFunding}) {
        QVERIFY2(!textOf(GapClass::Empty, kind).contains(QStringLiteral("trade")), qPrintable(textOf(kind)));
        QVERIFY2(!meaningOf(GapClass::Empty, kind).contains(QStringLiteral("trade")), qPrintable(textOf(kind)));
        QCOMPARE(textOf(GapClass::Unknown, kind), textOf(GapClass::Unknown));
    }
    GapReport report;
    report.series.key.kind = Kind::OpenInterest;
    report.bars = 10;
    Gap gap;
    gap.bars = 3;
    gap.gapClass = GapClass::Empty;
    report.gaps = {gap};
    QCOMPARE(sumOf(report), QStringLiteral("7 of 10 bars are stored; absent: 3 no reading"));
}

void tst_Coverage::onlyChangedLinesArePaintedAnew()
{
    HeatmapView view;
    view.resize(900, 300);
    view.setHeatmap(example(daysWithHoles()));
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.grab();
    const int painted = view.paintedLines();
    QVERIFY(painted >= 5);
    view.grab();
    QCOMPARE(view.paintedLines(), painted); // nothing changed
    const QImage before = view.grab().toImage();
    view.setHeatmap(example(std::vector<DayCounts>(60, fullDay()), 2, view.heatmap().get()));
    const QImage after = view.grab().toImage();
    QCOMPARE(view.paintedLines(), painted + 1);
    QVERIFY(before != after);
}

void tst_Coverage::keysMoveTheCursor()
{
    HeatmapView view;
    view.resize(900, 300);
    view.setHeatmap(example(daysWithHoles()));
    QSignalSpy changed(&view, &HeatmapView::selectionChanged);
    QSignalSpy opened(&view, &HeatmapView::opened);
    view.setCursor({1, 5});
    QCOMPARE(changed.count(), 1);
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.cursor(), (HeatmapCell {1, 6}));
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_Down);
    QCOMPARE(view.cursor(), (HeatmapCell {4, 6})); // the title of the second group is passed over
    QTest::keyClick(&view, Qt::Key_Up);
    QCOMPARE(view.cursor(), (HeatmapCell {2, 6}));
    QTest::keyClick(&view, Qt::Key_Up);
    QTest::keyClick(&view, Qt::Key_Up);
    QCOMPARE(view.cursor(), (HeatmapCell {1, 6})); // nothing is above
    QTest::keyClick(&view, Qt::Key_End);
    QCOMPARE(view.cursor(), (HeatmapCell {1, 59}));
    QTest::keyClick(&view, Qt::Key_Home);
    QCOMPARE(view.cursor(), (HeatmapCell {1, 0}));
    QVERIFY(view.goToGap(1));
    QCOMPARE(view.cursor().column, 10);
    QVERIFY(view.goToGap(1));
    QCOMPARE(view.cursor().column, 40);
    QVERIFY(!view.goToGap(1)); // a day of few trades is no gap
    QVERIFY(view.accessibleDescription().contains(QStringLiteral("failed: 3")));
    QTest::keyClick(&view, Qt::Key_Return);
    QCOMPARE(opened.count(), 1);
}

void tst_Coverage::boxBySelection()
{
    HeatmapView view;
    view.resize(900, 300);
    view.setHeatmap(example(daysWithHoles()));
    const auto centre = [&view](HeatmapCell cell) { return view.layoutOfCells().cellRect(cell).center(); };
    const auto first = view.layoutOfCells().visibleColumns().first;
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, centre({1, first + 1}));
    QTest::mouseMove(view.viewport(), centre({2, first + 3}));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, centre({2, first + 3}));
    CoverageSelection chosen = view.selection();
    QCOMPARE(chosen.series.size(), std::size_t {2});
    QCOMPARE(chosen.range.length(), milliseconds(std::chrono::days {3}));
    QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    chosen = view.selection();
    QCOMPARE(chosen.series.size(), std::size_t {3});
    QCOMPARE(chosen.range.length(), milliseconds(std::chrono::days {4}));
    QTest::keyClick(&view, Qt::Key_Left);
    QCOMPARE(view.selection().series.size(), std::size_t {1});
}

void tst_Coverage::wheelChoosesTheUnit()
{
    HeatmapView view;
    view.resize(900, 300);
    view.setHeatmap(example(daysWithHoles()));
    QSignalSpy wanted(&view, &HeatmapView::unitWanted);
    for (int i = 0; i < 20 && wanted.isEmpty(); ++i)
        view.zoom(-1, 500);
    QCOMPARE(wanted.count(), 1);
    QVERIFY(view.unit() == BucketUnit::Week);
    view.setHeatmap(makeHeatmap(view.heatmap()->coverage, BucketUnit::Week, nullptr));
    QCOMPARE(view.heatmap()->columns(), 9);
    QCOMPARE(view.layoutOfCells().columns, 9);
}

void tst_Coverage::cursorStaysWithItsSeries()
{
    HeatmapView view;
    view.resize(900, 300);
    view.setHeatmap(example(daysWithHoles()));
    view.setCursor({2, 10}); // ETH
    view.setHeatmap(
        makeHeatmap(snapshotOf({indexed(seriesNamed(9, "alpha", "ADA/USDT"), std::vector<DayCounts>(60, fullDay())),
                        indexed(seriesNamed(1, "alpha", "BTC/USDT"), std::vector<DayCounts>(60, fullDay())),
                        indexed(seriesNamed(2, "alpha", "ETH/USDT"), std::vector<DayCounts>(60, fullDay()))}),
            BucketUnit::Day, view.heatmap().get()));
    QCOMPARE(view.selection().series.front().key.symbol, std::string("ETH/USDT"));
}

void tst_Coverage::notesShowInTheirCells()
{
    const auto before = example(daysWithHoles());
    Annotation note;
    note.exchange = "alpha";
    note.symbols = {"BTC/USDT"};
    note.range = {firstDay + std::chrono::hours {30}, firstDay + std::chrono::hours {50}}; // days 1 and 2
    note.text = "the line was down";
    const auto noted = makeHeatmap(before->coverage, BucketUnit::Day, before.get(), {note});
    const auto has = [&noted](std::size_t row, std::size_t day) { return bool(noted->rows[row]->looks[day].hasNote); };
    QVERIFY(!has(0, 0) && has(0, 1) && has(0, 2) && !has(0, 3));
    QVERIFY(!has(1, 1) && !has(2, 1)); // another symbol, another exchange
    QVERIFY(describeCell(*noted, 0, 2).contains(QStringLiteral("Note: the line was down")));
    QVERIFY(!describeCell(*noted, 0, 3).contains(QStringLiteral("Note")));
    QCOMPARE(makeHeatmap(before->coverage, BucketUnit::Day, noted.get(), {note})->rows[0], noted->rows[0]);
    QVERIFY(!makeHeatmap(before->coverage, BucketUnit::Day, noted.get(), {})->rows[0]->looks[1].hasNote);
    const Theme theme = Theme::of(paletteOf(ThemeChoice::Light, SystemLook::Light));
    CellLook plain = look(100, CellMark::None), marked = plain;
    marked.hasNote = true;
    CellLook found = plain;
    found.hasFindings = true;
    QVERIFY(imageOf(plain, theme, QSize(12, 16)) != imageOf(marked, theme, QSize(12, 16)));
    QVERIFY(imageOf(found, theme, QSize(12, 16)) != imageOf(marked, theme, QSize(12, 16)));
    const auto days = calendarOf(*noted, 1);
    QVERIFY(days && days->looks[1].hasNote && days->describe(1).contains(QStringLiteral("the line was down")));
}

void tst_Coverage::headersExplainThemselves()
{
    const auto heatmap = example(daysWithHoles());
    const QString text = describeRow(*heatmap, 0, firstDay + std::chrono::days {61});
    QVERIFY2(text.contains(QStringLiteral("1,443 are missing (never asked: 1,440, failed: 3)")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("no trades: 3")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("Newest bar: 2024-02-29 23:59 UTC (24 h old)")), qPrintable(text));
    QVERIFY(describeRow(*heatmap, 9, firstDay).isEmpty());
}

void tst_Coverage::remarksOfASelection_data()
{
    QTest::addColumn<bool>("isOutage");
    QTest::addColumn<int>("scope");
    QTest::addColumn<QStringList>("places");
    QTest::newRow("note on series") << false << int(RemarkScope::Series)
                                    << QStringList {QStringLiteral("alpha Spot, BTC/USDT 1m"),
                                           QStringLiteral("alpha Spot, BTC/USDT and 1 more 5m"),
                                           QStringLiteral("beta Spot, BTC/USDT 1m")};
    const QStringList symbols {QStringLiteral("alpha Spot, BTC/USDT and 1 more"), QStringLiteral("beta Spot, BTC/USDT")};
    QTest::newRow("note on symbols") << false << int(RemarkScope::Symbols) << symbols;
    QTest::newRow("outage of symbols") << true << int(RemarkScope::Symbols) << symbols;
    QTest::newRow("outage of exchanges") << true << int(RemarkScope::Exchange)
                                         << QStringList {QStringLiteral("alpha Spot, all symbols"),
                                                QStringLiteral("beta Spot, all symbols")};
}

void tst_Coverage::remarksOfASelection()
{
    QFETCH(bool, isOutage);
    QFETCH(int, scope);
    QFETCH(QStringList, places);
    RemarkRequest request;
    request.isOutage = isOutage;
    request.scope = static_cast<RemarkScope>(scope);
    request.selection.series = {seriesNamed(1, "alpha", "BTC/USDT"), seriesNamed(2, "alpha", "BTC/USDT", "5m"),
        seriesNamed(3, "alpha", "ETH/USDT", "5m"), seriesNamed(4, "beta", "BTC/USDT")};
    request.range = {firstDay, firstDay + std::chrono::days {2}};
    request.text = QStringLiteral(" maintenance ");
    request.source = QStringLiteral("their page");
    QStringList made;
    for (const Remark& remark : remarksOf(request)) {
        const Annotation place = placeOf(remark);
        QCOMPARE(std::holds_alternative<ListedOutage>(remark), isOutage);
        QCOMPARE(place.text, std::string("maintenance"));
        QVERIFY(place.range == request.range);
        made << placeText(place);
    }
    QCOMPARE(made, places);
    const QString said = whatHappens(request, 20).join(u'\n');
    for (const QString& place : places)
        QVERIFY2(said.contains(place), qPrintable(said));
    QVERIFY(said.contains(QStringLiteral("Ctrl+Z")));
}

void tst_Coverage::plansSayWhatWillHappen()
{
    RepairPlan plan;
    QCOMPARE(whatHappens(plan), QStringList {QStringLiteral("Nothing is missing here.")});
    for (SeriesId id = 1; id <= 9; ++id)
        plan.lines.push_back({seriesNamed(id, "alpha", "C" + std::to_string(id) + "/USDT"),
            {{firstDay, firstDay + std::chrono::hours {1}}}, 60, 2});
    plan.errors = {Error {ErrorCode::Unsupported, "no such frame", {}}};
    const QString fill = whatHappens(plan).join(u'\n');
    QVERIFY2(fill.contains(QStringLiteral("alpha Spot C1/USDT 1m: bars: 60")), qPrintable(fill));
    QVERIFY2(fill.contains(QStringLiteral("and 3 more series; bars in all: 540, requests: at least 18")), qPrintable(fill));
    QVERIFY(fill.contains(QStringLiteral("Left out")) && fill.contains(QStringLiteral("none is changed")));
    plan.kind = RepairKind::VerifyAll;
    QVERIFY(whatHappens(plan).join(u'\n').contains(QStringLiteral("revisions")));
}

QTEST_MAIN(tst_Coverage)
#include "tst_coverage.moc"
