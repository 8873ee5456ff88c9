// What the rules say about bars, on a chart: values, shapes, cards and keys.
#include <QAbstractItemModelTester>
#include <QHelpEvent>
#include <QImage>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>
#include <set>

#include "tests/ui/fakechartsource.h"
#include "ui/chart/chartpaint.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/charttable.h"
#include "ui/chart/charttablemodel.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/chart/findingcard.h"
#include "ui/widgets/displayzone.h"

using namespace mnemo;

namespace {

const UtcMs t0 = *parseTime("2024-03-10");
constexpr milliseconds minute {60'000};
const Grid minutes {*Timeframe::fromName("1m")};

TimeRange bars(int from, int count)
{
    return {t0 + from * minute, t0 + (from + count) * minute};
}

Finding mark(int from, int count, const char* severity, FindingState state = FindingState::Open,
    const char* rule = "price_jump")
{
    Finding one;
    one.range = bars(from, count);
    one.rule = rule;
    one.severity = severity;
    one.state = toText(state);
    return one;
}

std::vector<QualityNote> notesOf(
    const std::vector<Finding>& marks, const ChartLevel& level = {}, TimeRange range = bars(0, 1'024))
{
    NoteCollector notes(level, minutes, range);
    for (const Finding& one : marks)
        notes.add(one);
    return notes.take();
}

CandleScene sceneOf(std::vector<QualityNote> notes, double pixelsPerBar)
{
    ChartContent content;
    content.notes = std::move(notes);
    return prepareScene(content, {double(toMs(t0)), 60'000 / pixelsPerBar, 400}, bars(0, 100'000), 1);
}

const Theme theme = Theme::of(paletteOf(ThemeChoice::Light, QPalette()));

QImage laneOf(const CandleScene& scene)
{
    QImage image(400, 12, QImage::Format_RGB32);
    image.fill(theme.background);
    QPainter painter(&image);
    paintNotes(painter, scene, QRectF(0, 0, 400, 12), theme);
    return image;
}

Finding finding(FindingId id, UtcMs bar, const char* severity = "warn", const char* rule = "price_jump")
{
    Finding one;
    one.id = id;
    one.range = {bar, bar + minute};
    one.rule = rule;
    one.severity = severity;
    one.details = R"({"why":"The close moved by 12 %."})";
    return one;
}

/// A chart whose newest hours have three bars with findings, the second with two of them.
struct Fixture {
    FakeChartSource source;
    DisplayZone zone;
    ChartWorkspace charts {source, zone};
    UtcMs first, second, third;
    Fixture()
        : first(source.extent.to - 90 * minute)
        , second(source.extent.to - 60 * minute)
        , third(source.extent.to - 30 * minute)
    {
        source.findings = {finding(1, first, "info"), finding(2, second, "warn"),
            finding(3, second, "error", "high_not_highest"), finding(4, third, "error")};
        source.quarantined = {{third, third + minute}};
        source.findings.back().state = "quarantined";
        charts.resize(1000, 600);
        charts.show();
        StoredSeries series;
        series.record.id = 1;
        series.record.key = chartKey("BTC/USDT");
        series.known = source.extent;
        charts.setSeriesList(std::make_shared<const StoredSeriesList>(StoredSeriesList {series}));
        [[maybe_unused]] const bool isActive = QTest::qWaitForWindowActive(&charts);
        view()->setFocus();
        settle();
    }
    void settle()
    {
        for (int i = 0; i < 10; ++i) {
            view()->grab();
            QTest::qWait(1);
        }
    }
    ChartView* view() { return charts.activeChart(); }
    FindingCard* card() { return charts.activePane()->findingCard(); }
    QPoint inLane(UtcMs bar)
    {
        const qreal x = view()->timeScale().toX(bar + minute / 2);
        return QPointF(x, view()->chartLayout().notes.center().y()).toPoint();
    }
};

} // namespace

class tst_QualityLane : public QObject {
    Q_OBJECT
private slots:
    void oneNoteABarTellsTheWorst();
    void fixedFindingsAreNotShown();
    void momentsAndLongRangesFitTheGrid();
    void coarseLevelsHoldOneNoteABar();
    void neighboursShareAPlaceAndAreCounted();
    void aLongFindingGoesOnInTheNextTile();
    void everyKindHasItsOwnLook();
    void shapesStandUnderTheirBars();
    void quarantinedBarsAreFadedAndOutOfTheScale();
    void tooltipNamesTheRule();
    void clickOpensTheCard();
    void cardWalksThroughTheFindingsOfABar();
    void bracesWalkOverFailedRows();
    void acceptNeedsAReason();
    void decisionsAreWished();
    void readOnlyWindowDecidesNothing();
    void cardFollowsWhatWasDecided();
    void tableTellsStateAndFindings();
    void readersOfTheScreenHearIt();
};

void tst_QualityLane::oneNoteABarTellsTheWorst()
{
    const auto notes = notesOf({mark(3, 1, "info"), mark(3, 1, "error", FindingState::Open, "high_not_highest"),
        mark(3, 1, "warn"), mark(9, 1, "warn")});
    QCOMPARE(notes.size(), size_t(2));
    QCOMPARE(notes[0].kind, NoteKind::Error);
    QCOMPARE(notes[0].rule, std::string_view("high_not_highest"));
    QCOMPARE(notes[0].findings, 3);
    QCOMPARE(notes[1].findings, 1);
    QCOMPARE(notesOf({mark(0, 1, "warn", FindingState::Open, "revision")}).front().kind, NoteKind::Revision);
    QCOMPARE(notesOf({mark(0, 1, "error", FindingState::Acknowledged)}).front().kind, NoteKind::Accepted);
    QCOMPARE(notesOf({mark(0, 1, "info", FindingState::Quarantined)}).front().kind, NoteKind::Quarantined);
    QCOMPARE(notesOf({mark(0, 1, "info", FindingState::Replaced)}).front().kind, NoteKind::Replaced);
}

void tst_QualityLane::fixedFindingsAreNotShown()
{
    QVERIFY(notesOf({mark(3, 1, "error", FindingState::Fixed)}).empty());
}

void tst_QualityLane::momentsAndLongRangesFitTheGrid()
{
    Finding moment = mark(5, 0, "warn");
    moment.range = {t0 + 5 * minute + milliseconds {7'000}, t0 + 5 * minute + milliseconds {7'000}};
    const auto notes = notesOf({mark(-10, 12, "warn"), moment, mark(1'020, 50, "warn")});
    QCOMPARE(notes.size(), size_t(3));
    QVERIFY(notes[0].isContinued);
    QCOMPARE(notes[0].from, t0);
    QCOMPARE(notes[0].to, t0 + 2 * minute);
    QCOMPARE(notes[1].from, t0 + 5 * minute);
    QCOMPARE(notes[1].to, t0 + 6 * minute); // its bar
    QCOMPARE(notes[2].to, t0 + 1'024 * minute); // cut to the tile
}

void tst_QualityLane::coarseLevelsHoldOneNoteABar()
{
    std::vector<Finding> many;
    for (int i = 0; i < 600; ++i)
        many.push_back(mark(i, 1, i == 70 ? "error" : "warn"));
    const ChartLevel hours {ChartLevel::Source::Hours, milliseconds {3'600'000}, 1};
    const auto notes = notesOf(many, hours);
    QCOMPARE(notes.size(), size_t(10));
    QCOMPARE(notes[0].findings, 60);
    QCOMPARE(notes[1].kind, NoteKind::Error); // of the second hour
    QCOMPARE(notes[2].kind, NoteKind::Warn);
    QCOMPARE(notes[0].to, t0 + 60 * minute);
}

void tst_QualityLane::neighboursShareAPlaceAndAreCounted()
{
    std::vector<Finding> many;
    for (int i = 0; i < 400; ++i)
        many.push_back(mark(i, 1, i == 101 ? "error" : "info"));
    const CandleScene scene = sceneOf(notesOf(many), 1); // a bar a pixel
    const auto shapes = double(scene.notes.size());
    QVERIFY(shapes > 20 && shapes <= 400 / CandleScene::noteRoom + 1);
    int counted = 0, last = -100;
    bool isErrorSeen = false;
    for (const NoteMark& note : scene.notes) {
        counted += note.findings;
        QVERIFY(note.x > last);
        last = note.x;
        isErrorSeen = isErrorSeen || (note.kind == NoteKind::Error && note.range.from == t0 + 101 * minute);
    }
    QCOMPARE(counted, 400);
    QVERIFY(isErrorSeen);
}

void tst_QualityLane::aLongFindingGoesOnInTheNextTile()
{
    auto notes = notesOf({mark(10, 30, "warn"), mark(12, 1, "error")}, {}, bars(0, 20));
    const auto more = notesOf({mark(10, 30, "warn")}, {}, bars(20, 20));
    notes.insert(notes.end(), more.begin(), more.end());
    const CandleScene scene = sceneOf(notes, 8);
    QCOMPARE(scene.notes.size(), size_t(2));
    QCOMPARE(scene.notes[0].to, 320); // to its end in the other tile
    QCOMPARE(scene.notes[0].findings, 1);
    // Where its beginning is out of view it is told at the edge.
    const CandleScene later = sceneOf(notesOf({mark(-30, 40, "warn")}, {}, bars(0, 20)), 8);
    QCOMPARE(later.notes.size(), size_t(1));
    QVERIFY(later.notes[0].x >= 0 && later.notes[0].x < 8);
}

void tst_QualityLane::everyKindHasItsOwnLook()
{
    std::vector<QImage> looks;
    std::set<QString> glyphs, words;
    for (std::size_t i = 0; i < noteKinds; ++i) {
        const auto kind = static_cast<NoteKind>(i);
        QImage image(33, 33, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        painter.translate(16.5, 16.5);
        painter.scale(33, 33);
        painter.setPen(isFilled(kind) ? Qt::NoPen : QPen(Qt::black, 0.1)); // one colour: the shape alone tells
        painter.setBrush(isFilled(kind) ? QBrush(Qt::black) : QBrush());
        painter.drawPath(shapeOf(kind));
        painter.end();
        for (const QImage& other : looks) {
            int different = 0;
            for (int y = 0; y < 33; ++y) {
                for (int x = 0; x < 33; ++x)
                    different += image.pixel(x, y) != other.pixel(x, y);
            }
            QVERIFY2(different > 60, qPrintable(textOf(kind)));
        }
        looks.push_back(image);
        QVERIFY(glyphs.insert(glyphOf(kind)).second);
        QVERIFY(words.insert(textOf(kind)).second);
        QVERIFY(contrast(colourOf(kind, theme), theme.gapBack) >= 3);
    }
}

void tst_QualityLane::shapesStandUnderTheirBars()
{
    const CandleScene scene = sceneOf(notesOf({mark(2, 1, "error"), mark(30, 5, "warn")}), 8);
    const QImage image = laneOf(scene);
    const auto isPainted = [&](int from, int to) {
        for (int y = 0; y < 12; ++y) {
            for (int x = from; x < to; ++x) {
                if (image.pixelColor(x, y) != theme.gapBack)
                    return true;
            }
        }
        return false;
    };
    QVERIFY(isPainted(14, 26)); // centre of bar 2: 20
    QVERIFY(!isPainted(30, 230));
    QVERIFY(isPainted(238, 250));
    QCOMPARE(image.pixelColor(244, 7), theme.warning); // filled
    QCOMPARE(image.pixelColor(270, 10), theme.warning); // the line under its five bars
    QCOMPARE(image.pixelColor(290, 10), theme.gapBack);
}

void tst_QualityLane::quarantinedBarsAreFadedAndOutOfTheScale()
{
    ChartContent content;
    content.pieces.push_back({minute, {{t0, 50, 60, 40, 55, 1}, {t0 + 2 * minute, 50, 60, 40, 55, 1}}});
    content.quarantined.push_back({minute, {{t0 + minute, 90, 900, 10, 20, 9'999}}});
    const CandleScene scene =
        prepareScene(content, {double(toMs(t0)), 60'000 / 20.0, 200}, bars(0, 100), 1);
    QCOMPARE(scene.marks.size(), size_t(2));
    QCOMPARE(scene.quarantined.size(), size_t(1));
    QCOMPARE(scene.high, 60.0);
    QCOMPARE(scene.maxVolume, 1.0);
    const CandleMark* apart = scene.markAt(30, 5);
    QVERIFY(apart && scene.isQuarantined(*apart));
    QCOMPARE(scene.markBeside(scene.marks[0], 1), apart);
    QCOMPARE(scene.markBeside(*apart, 1), &scene.marks[1]);
    QCOMPARE(scene.markBeside(scene.marks[1], -2), &scene.marks[0]);
    QVERIFY(!scene.markBeside(scene.marks[1], 1));
    QCOMPARE(scene.previous(*apart), &scene.marks[0]);
    QImage image(200, 100, QImage::Format_RGB32);
    image.fill(theme.background);
    QPainter painter(&image);
    paintCandles(painter, scene, {0, 100, 100}, theme);
    painter.end();
    const QColor faded = image.pixelColor(scene.quarantined[0].x + 3, 50); // falling: filled
    QVERIFY(faded != theme.down && faded != theme.background);
    QVERIFY(contrast(faded, theme.background) < contrast(theme.down, theme.background));
}

void tst_QualityLane::tooltipNamesTheRule()
{
    Fixture f;
    const QPoint at = f.inLane(f.second);
    QHelpEvent help(QEvent::ToolTip, at, f.view()->mapToGlobal(at));
    QApplication::sendEvent(f.view(), &help);
    QVERIFY2(QToolTip::text().contains(QStringLiteral("Error")), qPrintable(QToolTip::text()));
    QVERIFY(QToolTip::text().contains(QStringLiteral("and 1 more finding")));
}

void tst_QualityLane::clickOpensTheCard()
{
    Fixture f;
    QTest::mouseClick(f.view(), Qt::LeftButton, {}, f.inLane(f.second));
    QTRY_VERIFY(f.card()->isVisible());
    QVERIFY2(f.card()->text().contains(QStringLiteral("The close moved by 12 %.")), qPrintable(f.card()->text()));
    QCOMPARE(f.view()->selection()->what, ChartSelection::What::Finding);
    QCOMPARE(f.view()->selection()->range.from, f.second);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QVERIFY(!f.card()->isVisible());
    QCOMPARE(QApplication::focusWidget(), f.view());
    QTest::keyClick(f.view(), Qt::Key_Return); // asks again about what is framed
    QTRY_VERIFY(f.card()->isVisible());
}

void tst_QualityLane::cardWalksThroughTheFindingsOfABar()
{
    Fixture f;
    f.charts.activePane()->showFindings({f.second, f.second + minute});
    QTRY_VERIFY(f.card()->isVisible());
    QCOMPARE(f.card()->finding()->id, 2);
    f.card()->step(1);
    QCOMPARE(f.card()->finding()->id, 3);
    QTest::keyClick(f.card(), Qt::Key_PageDown);
    QCOMPARE(f.card()->finding()->id, 2);
}

void tst_QualityLane::bracesWalkOverFailedRows()
{
    Fixture f;
    const auto press = [&](Qt::Key key) {
        f.view()->setFocus();
        QTest::keyClick(f.view(), key);
    };
    const auto isAt = [&](UtcMs bar) {
        return f.view()->selection() && f.view()->selection()->range.from == bar && f.card()->isVisible();
    };
    f.view()->select(ChartSelection {ChartSelection::What::Finding, {f.first - minute, f.first}});
    press(Qt::Key_BraceRight);
    QTRY_VERIFY(isAt(f.first));
    press(Qt::Key_BraceRight);
    QTRY_VERIFY(isAt(f.second));
    QSignalSpy told(&f.charts, &ChartWorkspace::messageRaised);
    press(Qt::Key_BraceRight); // the third is decided about
    QTRY_COMPARE(told.count(), 1);
    press(Qt::Key_BraceLeft);
    QTRY_VERIFY(isAt(f.first));
}

void tst_QualityLane::acceptNeedsAReason()
{
    Fixture f;
    QSignalSpy wished(&f.charts, &ChartWorkspace::findingDecided);
    f.charts.activePane()->showFindings({f.first, f.first + minute});
    QTRY_VERIFY(f.card()->isVisible());
    QVERIFY(!f.card()->acceptButton()->isEnabled());
    f.card()->reason()->setFocus();
    QTest::keyClick(f.card()->reason(), Qt::Key_Return);
    QVERIFY(wished.isEmpty() && f.card()->isVisible());
    QTest::keyClicks(f.card()->reason(), QStringLiteral("a known event"));
    QTest::keyClick(f.card()->reason(), Qt::Key_Return);
    QCOMPARE(wished.count(), 1);
    const auto decision = wished[0][0].value<FindingDecision>();
    QCOMPARE(decision.action, DecisionAction::Acknowledge);
    QCOMPARE(decision.reason, std::string("a known event"));
    QCOMPARE(decision.findings, std::vector<FindingId> {1});
}

void tst_QualityLane::decisionsAreWished()
{
    Fixture f;
    QSignalSpy wished(&f.charts, &ChartWorkspace::findingDecided);
    QSignalSpy fetched(&f.charts, &ChartWorkspace::fetchAgainRequested);
    QSignalSpy opened(&f.charts, &ChartWorkspace::findingOpenRequested);
    f.charts.activePane()->showFindings({f.first, f.first + minute});
    QTRY_VERIFY(f.card()->isVisible());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_A); // wants its reason first
    QCOMPARE(QApplication::focusWidget(), f.card()->reason());
    f.card()->openButton()->setFocus();
    QTest::keyClick(f.card()->openButton(), Qt::Key_Q);
    QCOMPARE(wished[0][0].value<FindingDecision>().action, DecisionAction::Quarantine);
    f.card()->fetchButton()->click();
    QCOMPARE(fetched[0][0].value<FindingId>(), FindingId {1});
    f.card()->openButton()->click();
    QCOMPARE(opened[0][1].value<Finding>().id, FindingId {1});
    QVERIFY(!f.card()->isVisible());
    f.charts.activePane()->showFindings({f.third, f.third + minute}); // quarantined
    QTRY_VERIFY(f.card()->isVisible());
    QVERIFY(f.card()->undoButton()->isVisible() && !f.card()->acceptButton()->isVisible());
    f.card()->undoButton()->click();
    QCOMPARE(wished[1][0].value<FindingDecision>().action, DecisionAction::Undo);
}

void tst_QualityLane::readOnlyWindowDecidesNothing()
{
    Fixture f;
    f.source.isReadOnly = true;
    f.charts.activePane()->showFindings({f.first, f.first + minute});
    QTRY_VERIFY(f.card()->isVisible());
    QVERIFY(!f.card()->quarantineButton()->isEnabled() && !f.card()->fetchButton()->isEnabled());
    QVERIFY(f.card()->quarantineButton()->toolTip().contains(QStringLiteral("only reads")));
    QVERIFY(f.card()->openButton()->isEnabled());
}

void tst_QualityLane::cardFollowsWhatWasDecided()
{
    Fixture f;
    f.charts.activePane()->showFindings({f.first, f.first + minute});
    QTRY_VERIFY(f.card()->isVisible());
    f.source.findings[0].state = "acknowledged";
    f.charts.rowsChanged(chartKey("BTC/USDT"), {f.first, f.first + minute});
    QTRY_VERIFY(f.card()->text().contains(QStringLiteral("Accepted")));
    f.source.findings[0].state = "fixed";
    f.charts.rowsChanged(chartKey("BTC/USDT"), {f.first, f.first + minute});
    QTRY_VERIFY(!f.card()->isVisible());
}

void tst_QualityLane::tableTellsStateAndFindings()
{
    Fixture f;
    ChartTableModel model;
    QAbstractItemModelTester guard(&model);
    model.apply(f.view()->content(), f.source.extent, 1, {});
    const auto text = [&](UtcMs bar, ChartTableModel::Column column) {
        return model.index(model.rowAt(bar), column).data().toString();
    };
    QVERIFY(text(f.second, ChartTableModel::Findings).contains(QStringLiteral("Error")));
    QCOMPARE(text(f.second, ChartTableModel::State), QStringLiteral("closed"));
    QCOMPARE(text(f.third, ChartTableModel::State), QStringLiteral("quarantined"));
    QVERIFY(text(f.third, ChartTableModel::Findings).contains(QStringLiteral("Quarantined")));
    QVERIFY(text(f.third + minute, ChartTableModel::Findings).isEmpty());
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    ChartContent other = f.view()->content();
    for (QualityNote& note : other.notes)
        note.kind = NoteKind::Accepted;
    model.apply(other, f.source.extent, 1, {});
    QVERIFY(changed.count() > 0);
    QVERIFY(text(f.second, ChartTableModel::Findings).contains(QStringLiteral("Accepted")));
}

void tst_QualityLane::readersOfTheScreenHearIt()
{
    Fixture f;
    QTRY_VERIFY2(f.view()->accessibleDescription().contains(QStringLiteral("Bars with findings in view: Error 1")),
        qPrintable(f.view()->accessibleDescription()));
    f.view()->pointAt(f.third + minute / 2); // a quarantined bar can be pointed at
    QCOMPARE(*f.view()->crosshairTime(), f.third);
}

QTEST_MAIN(tst_QualityLane)
#include "tst_qualitylane.moc"
