#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QTest>
#include <set>

#include "core/base/timetext.h"
#include "ui/chart/chartoverlay.h"
#include "ui/chart/chartpaint.h"

using namespace mnemo;

class tst_ChartPaint : public QObject {
    Q_OBJECT
private slots:
    void upIsHollowDownIsFilled_data();
    void upIsHollowDownIsFilled();
    void wicksReachHighAndLow();
    void narrowCandlesAreOnePerColumn();
    void reductionKeepsTheExtremes();
    void flatCandleIsDrawn();
    void pricesHaveTheVenuesDecimals();
    void gapKeepsItsWidthAndIsHatched();
    void gapIsCutToWhatIsKnown();
    void everyClassHasItsOwnLook();
    void volumeStandsOnTheFloor();
    void markUnderTheCursor();
    void invertedCandlesStandOnTheirHeads();
    void formingBarIsHollowAndDashed();
    void laneShowsEachClass_data();
    void laneShowsEachClass();
    void lineBreaksOverAHole();
    void layoutLeavesNoHoles();
    void marksHaveContrast_data();
    void marksHaveContrast();
};

namespace {

const UtcMs t0 = *parseTime("2024-03-10");
constexpr milliseconds minute {60'000};

QPalette white()
{
    return paletteOf(ThemeChoice::Light, QPalette());
}

const Theme theme = Theme::of(white());

ChartContent contentOf(std::vector<ChartBar> bars)
{
    ChartContent content;
    content.pieces.push_back({minute, std::move(bars)});
    return content;
}

TimeScale scaleOf(double pixelsPerBar, qreal width = 200)
{
    return {double(toMs(t0)), 60'000 / pixelsPerBar, width};
}

TimeRange everything()
{
    return {t0 - std::chrono::hours(999), t0 + std::chrono::hours(999)};
}

QImage candles(const CandleScene& scene, const PriceScale& price, qreal width = 200)
{
    QImage image(int(width * scene.ratio), int(price.height * scene.ratio), QImage::Format_RGB32);
    image.setDevicePixelRatio(scene.ratio);
    image.fill(theme.background);
    QPainter painter(&image);
    paintCandles(painter, scene, price, theme);
    return image;
}

std::set<QRgb> coloursIn(const QImage& image, const QRect& rect)
{
    std::set<QRgb> colours;
    for (int y = rect.top(); y <= rect.bottom(); ++y) {
        for (int x = rect.left(); x <= rect.right(); ++x)
            colours.insert(image.pixel(x, y));
    }
    return colours;
}

} // namespace

void tst_ChartPaint::upIsHollowDownIsFilled_data()
{
    QTest::addColumn<qreal>("ratio");
    QTest::newRow("plain") << 1.0;
    QTest::newRow("double density") << 2.0;
    QTest::newRow("one and a half") << 1.5;
}

void tst_ChartPaint::upIsHollowDownIsFilled()
{
    QFETCH(qreal, ratio);
    // 20 pixels a bar: bodies from price 20 to 80 of 0..100, one pixel a price.
    const auto scene = prepareScene(
        contentOf({{t0, 20, 90, 10, 80, 1}, {t0 + minute, 80, 90, 10, 20, 1}}), scaleOf(20), everything(), ratio);
    QCOMPARE(scene.marks.size(), size_t(2));
    const QImage image = candles(scene, {0, 100, 100, PriceMode::Linear});
    const auto at = [&](int mark, int dx, double price) {
        return image.pixelColor(scene.marks[size_t(mark)].x + dx, int((100 - price) * ratio));
    };
    const int half = scene.marks[0].width / 2;
    QCOMPARE(at(0, 2 * int(ratio), 50), theme.background); // inside: hollow
    QCOMPARE(at(0, 0, 50), theme.background); // no wick through the body
    QCOMPARE(at(0, -half, 50), theme.up); // its frame
    QCOMPARE(at(0, half, 50), theme.up);
    QCOMPARE(at(1, 2 * int(ratio), 50), theme.down); // inside: filled
    QCOMPARE(at(1, -half, 50), theme.down);
    QCOMPARE(at(1, half + 1, 50), theme.background); // neighbours stay apart
}

void tst_ChartPaint::wicksReachHighAndLow()
{
    const auto scene = prepareScene(
        contentOf({{t0, 40, 90, 10, 60, 1}, {t0 + minute, 60, 90, 10, 40, 1}}), scaleOf(20), everything(), 1);
    const QImage image = candles(scene, {0, 100, 100, PriceMode::Linear});
    for (const auto& [mark, colour] : {std::pair {0, theme.up}, std::pair {1, theme.down}}) {
        const int x = scene.marks[size_t(mark)].x;
        QCOMPARE(image.pixelColor(x, 11), colour);
        QCOMPARE(image.pixelColor(x, 88), colour);
        QCOMPARE(image.pixelColor(x, 8), theme.background);
        QCOMPARE(image.pixelColor(x, 92), theme.background);
        QCOMPARE(image.pixelColor(x + 1, 20), theme.background); // one pixel wide
        QCOMPARE(image.pixelColor(x - 1, 20), theme.background);
    }
}

void tst_ChartPaint::narrowCandlesAreOnePerColumn()
{
    std::vector<ChartBar> bars;
    for (int i = 0; i < 5000; ++i)
        bars.push_back({t0 + i * minute, 50, 60, 40, 50 + double(i % 7) - 3, 1});
    const auto scene = prepareScene(contentOf(bars), {double(toMs(t0)), 60'000 * 25.0, 200}, everything(), 1);
    QCOMPARE(scene.marks.size(), size_t(200));
    QVERIFY(scene.isReduced);
    std::set<int> columns;
    int counted = 0;
    for (const CandleMark& mark : scene.marks) {
        QVERIFY(columns.insert(mark.x).second);
        counted += mark.bars;
    }
    QCOMPARE(counted, 5000);
}

void tst_ChartPaint::reductionKeepsTheExtremes()
{
    std::vector<ChartBar> bars;
    for (int i = 0; i < 100; ++i)
        bars.push_back({t0 + i * minute, 50, 51, 49, 50, 1});
    bars[57].high = 99;
    bars[58].low = 2;
    const auto scene = prepareScene(contentOf(bars), {double(toMs(t0)), 60'000 * 20.0, 100}, everything(), 1);
    QCOMPARE(scene.marks.size(), size_t(5));
    QCOMPARE(scene.high, 99.0);
    QCOMPARE(scene.low, 2.0);
    QCOMPARE(scene.marks[2].bar.high, 99.0);
    QCOMPARE(scene.marks[2].bar.volume, 20.0);
    const QImage image = candles(scene, {0, 100, 100, PriceMode::Linear}, 100);
    QCOMPARE(image.pixelColor(scene.marks[2].x, 2), theme.up);
    QCOMPARE(image.pixelColor(scene.marks[2].x, 97), theme.up);
    QCOMPARE(image.pixelColor(scene.marks[1].x, 2), theme.background);
}

void tst_ChartPaint::flatCandleIsDrawn()
{
    for (const double pixels : {1.0, 3.0, 20.0}) {
        const auto scene = prepareScene(contentOf({{t0, 50, 50, 50, 50, 1}}), scaleOf(pixels), everything(), 1);
        const QImage image = candles(scene, {0, 100, 100, PriceMode::Linear});
        QCOMPARE(image.pixelColor(scene.marks[0].x, 50), theme.up);
    }
}

void tst_ChartPaint::pricesHaveTheVenuesDecimals()
{
    const auto decimals = [](double close) {
        return prepareScene(contentOf({{t0, 5, 900, 1, close, 1}}), scaleOf(10), everything(), 1).decimals;
    };
    QCOMPARE(decimals(65'000), 0);
    QCOMPARE(decimals(65'000.25), 2);
    QCOMPARE(decimals(0.00001234), 8);
}

void tst_ChartPaint::gapKeepsItsWidthAndIsHatched()
{
    // Bars 0, 1, then a hole of 5, then 7: the hole is 50 pixels wide.
    ChartContent content =
        contentOf({{t0, 50, 60, 40, 55, 1}, {t0 + minute, 50, 60, 40, 55, 1}, {t0 + 7 * minute, 50, 60, 40, 55, 1}});
    content.gaps.push_back({{t0 + 2 * minute, t0 + 7 * minute}, 5, GapClass::Unknown, {}});
    const auto scene = prepareScene(content, scaleOf(10), everything(), 1);
    QCOMPARE(scene.gaps.size(), size_t(1));
    QCOMPARE(scene.gaps[0].from, 20.0);
    QCOMPARE(scene.gaps[0].to, 70.0);
    QCOMPARE(scene.marks[2].x - scene.marks[1].x, 60);
    QImage image(200, 100, QImage::Format_RGB32);
    image.fill(theme.background);
    QPainter painter(&image);
    paintGaps(painter, scene, QRectF(0, 0, 200, 100), theme);
    painter.end();
    QVERIFY(coloursIn(image, {22, 2, 12, 20}).contains(theme.gapLine.rgb()));
    QVERIFY(coloursIn(image, {22, 2, 12, 20}).contains(theme.gapBack.rgb()));
    QCOMPARE(coloursIn(image, QRect(0, 0, 20, 100)), std::set<QRgb> {theme.background.rgb()});
    QCOMPARE(coloursIn(image, QRect(70, 0, 130, 100)), std::set<QRgb> {theme.background.rgb()});
}

void tst_ChartPaint::gapIsCutToWhatIsKnown()
{
    ChartContent content;
    content.gaps.push_back({{t0 - 100 * minute, t0 + 10 * minute}, 110, GapClass::Unknown, {}});
    const auto scene = prepareScene(content, scaleOf(10), {t0 + 5 * minute, t0 + 20 * minute}, 1);
    QCOMPARE(scene.gaps.size(), size_t(1));
    QCOMPARE(scene.gaps[0].from, 50.0);
    QCOMPARE(scene.gaps[0].to, 100.0);
}

void tst_ChartPaint::everyClassHasItsOwnLook()
{
    std::set<Qt::BrushStyle> looks;
    for (const auto gapClass : {GapClass::Empty, GapClass::Outage, GapClass::Failed, GapClass::Unlisted,
             GapClass::BeyondRetention, GapClass::Unknown})
        QVERIFY(looks.insert(patternOf(gapClass)).second);
}

void tst_ChartPaint::volumeStandsOnTheFloor()
{
    const auto scene = prepareScene(
        contentOf({{t0, 50, 60, 40, 55, 80}, {t0 + minute, 55, 60, 40, 50, 40}}), scaleOf(20), everything(), 1);
    QImage image(200, 100, QImage::Format_RGB32);
    image.fill(theme.background);
    QPainter painter(&image);
    paintVolume(painter, scene, QRectF(0, 20, 200, 80), theme);
    painter.end();
    QCOMPARE(image.pixelColor(scene.marks[0].x, 99), theme.volumeUp);
    QCOMPARE(image.pixelColor(scene.marks[0].x, 31), theme.volumeUp); // 7/8 of 80
    QCOMPARE(image.pixelColor(scene.marks[0].x, 28), theme.background);
    QCOMPARE(image.pixelColor(scene.marks[1].x, 66), theme.volumeDown); // half of it
    QCOMPARE(image.pixelColor(scene.marks[1].x, 63), theme.background);
}

void tst_ChartPaint::markUnderTheCursor()
{
    const auto scene = prepareScene(
        contentOf({{t0, 1, 2, 0.5, 1, 1}, {t0 + 5 * minute, 1, 2, 0.5, 1, 1}}), scaleOf(10), everything(), 1);
    QCOMPARE(scene.markAt(5, 5)->bar.time, t0);
    QCOMPARE(scene.markAt(9, 5)->bar.time, t0);
    QCOMPARE(scene.markAt(52, 5)->bar.time, t0 + 5 * minute);
    QVERIFY(!scene.markAt(30, 5)); // in the hole
    QVERIFY(!CandleScene().markAt(30, 5));
}

void tst_ChartPaint::invertedCandlesStandOnTheirHeads()
{
    const CandleScene scene =
        prepareScene(contentOf({{t0, 100, 130, 95, 120, 1}}), scaleOf(40), everything(), 1); // a long wick above
    PriceScale price {90, 140, 200};
    const int x = scene.marks[0].x;
    const auto colour = [&](double at) { return candles(scene, price).pixelColor(x, int(price.toY(at))); };
    QCOMPARE(colour(127), theme.up);
    price.isInverted = true;
    QCOMPARE(colour(127), theme.up);
    QVERIFY(price.toY(127) > price.toY(97)); // below now
    QVERIFY(colour(135) != theme.up);
}

void tst_ChartPaint::formingBarIsHollowAndDashed()
{
    const PriceScale price {90, 140, 200};
    for (const double close : {120.0, 96.0}) {
        QImage image(200, 200, QImage::Format_RGB32);
        image.fill(theme.background);
        {
            QPainter painter(&image);
            paintForming(painter, {t0, 108, 130, 95, close, 1}, 100, 40, price, {0, 0, 200, 200}, theme);
        }
        const QColor colour = close >= 108 ? theme.up : theme.down;
        const int middle = int((price.toY(108) + price.toY(close)) / 2);
        QCOMPARE(image.pixelColor(95, middle), theme.background); // hollow, rising or falling
        int painted = 0, open = 0;
        for (int x = 82; x < 118; ++x) {
            const bool isPainted = image.pixelColor(x, int(price.toY(108))) == colour;
            painted += isPainted;
            open += !isPainted;
        }
        QVERIFY2(painted > 10 && open > 5, qPrintable(QStringLiteral("%1 %2").arg(painted).arg(open))); // dashed
    }
}

void tst_ChartPaint::laneShowsEachClass_data()
{
    QTest::addColumn<GapClass>("gapClass");
    QTest::addColumn<bool>("isNeutral"); ///< nothing that could be had is missing
    QTest::newRow("failed") << GapClass::Failed << false;
    QTest::newRow("never asked") << GapClass::Unknown << false;
    QTest::newRow("outage") << GapClass::Outage << false;
    QTest::newRow("no trades") << GapClass::Empty << true;
    QTest::newRow("not listed") << GapClass::Unlisted << true;
    QTest::newRow("delisted") << GapClass::Delisted << true;
    QTest::newRow("beyond retention") << GapClass::BeyondRetention << true;
}

void tst_ChartPaint::laneShowsEachClass()
{
    QFETCH(GapClass, gapClass);
    QFETCH(bool, isNeutral);
    ChartContent content;
    content.gaps.push_back({{t0 + 5 * minute, t0 + 10 * minute}, 5, gapClass, {}});
    const CandleScene scene = prepareScene(content, scaleOf(10), everything(), 1);
    QImage image(200, 12, QImage::Format_RGB32);
    image.fill(theme.background);
    {
        QPainter painter(&image);
        paintQuality(painter, scene, QRectF(0, 0, 200, 12), theme);
    }
    const QColor colour = colourOf(gapClass, theme);
    QCOMPARE(colour == theme.neutral, isNeutral);
    QVERIFY(coloursIn(image, QRect(50, 0, 50, 12)).contains(colour.rgb()));
    QVERIFY(!coloursIn(image, QRect(0, 0, 48, 12)).contains(colour.rgb()));
    QVERIFY(contrast(colour, theme.gapBack) >= 3);
}

void tst_ChartPaint::lineBreaksOverAHole()
{
    std::vector<ChartBar> bars;
    for (int i = 0; i < 20; ++i) {
        if (i < 8 || i > 12)
            bars.push_back({t0 + i * minute, 100, 100, 100, 100, 1});
    }
    const CandleScene scene = prepareScene(contentOf(bars), scaleOf(10), everything(), 1);
    QImage image(200, 50, QImage::Format_RGB32);
    image.fill(theme.background);
    {
        QPainter painter(&image);
        paintLine(painter, scene, {90, 110, 50}, 15, Qt::red);
    }
    QVERIFY(coloursIn(image, QRect(0, 0, 70, 50)).contains(QColor(Qt::red).rgb()));
    QVERIFY(!coloursIn(image, QRect(85, 0, 40, 50)).contains(QColor(Qt::red).rgb()));
}

void tst_ChartPaint::layoutLeavesNoHoles()
{
    for (const double share : {0.0, 0.2, 0.7}) {
        PaneShares panes;
        panes.setShare(PaneKind::Volume, share);
        const ChartLayout layout = ChartLayout::of({800, 500}, 70, 24, panes, 9, 12);
        QCOMPARE(layout.price.bottom(), layout.volume.top());
        QCOMPARE(layout.volume.bottom(), layout.quality.top());
        QCOMPARE(layout.quality.bottom(), layout.notes.top());
        QCOMPARE(layout.notes.bottom(), layout.timeAxis.top());
        QCOMPARE(layout.price.right(), layout.priceAxis.left());
        QCOMPARE(layout.corner.bottomRight(), QPointF(800, 500));
        QCOMPARE(layout.volume.height() > 0, share > 0);
    }
}

void tst_ChartPaint::marksHaveContrast_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void tst_ChartPaint::marksHaveContrast()
{
    QFETCH(bool, isDark);
    const QPalette palette = paletteOf(isDark ? ThemeChoice::Dark : ThemeChoice::Light, QPalette());
    const Theme tested = Theme::of(palette);
    QCOMPARE(tested.isDark, isDark);
    for (const QColor& mark : {tested.up, tested.down, tested.crosshair})
        QVERIFY2(contrast(mark, tested.background) >= 3, qPrintable(mark.name()));
    for (const QColor& text : {tested.axisText, tested.mutedText, tested.good, tested.running, tested.waiting,
             tested.warning, tested.bad, tested.neutral})
        QVERIFY2(contrast(text, palette.color(QPalette::Base)) >= 4.5, qPrintable(text.name()));
    QVERIFY(contrast(tested.labelText, tested.labelBack) >= 4.5);
    QVERIFY(contrast(palette.color(QPalette::WindowText), palette.color(QPalette::Window)) >= 7);
}

QTEST_MAIN(tst_ChartPaint)
#include "tst_chartpaint.moc"
