#include <QTest>
#include <cmath>

#include "ui/chart/pricescale.h"

using namespace mnemo;

class tst_PriceScale : public QObject {
    Q_OBJECT
private slots:
    void mapsToPixelsAndBack_data();
    void mapsToPixelsAndBack();
    void emptySpanMapsToTheMiddle();
    void logarithmicNeedsPositivePrices();
    void equalRatiosHaveEqualHeights();
    void panAndZoomKeepTheAnchor_data();
    void panAndZoomKeepTheAnchor();
    void mapAgreesWithScale();
    void ticksAreRound_data();
    void ticksAreRound();
    void invertedIsUpsideDown();
    void percentAndIndexCountFromAReference();
    void relativeTicksAreRound();
    void fittedScaleLeavesAMargin();
    void flatPricesGetASpan();
};

Q_DECLARE_METATYPE(mnemo::PriceScale)

void tst_PriceScale::mapsToPixelsAndBack_data()
{
    QTest::addColumn<PriceScale>("scale");
    QTest::newRow("linear") << PriceScale {100, 200, 400, PriceMode::Linear};
    QTest::newRow("logarithmic") << PriceScale {100, 200, 400, PriceMode::Logarithmic};
    QTest::newRow("percent") << PriceScale {100, 200, 400, PriceMode::Percent, false, 150};
    QTest::newRow("tiny") << PriceScale {1.1e-9, 1.3e-9, 300, PriceMode::Linear};
    QTest::newRow("wide logarithmic") << PriceScale {1e-8, 1e5, 900, PriceMode::Logarithmic};
}

void tst_PriceScale::mapsToPixelsAndBack()
{
    QFETCH(PriceScale, scale);
    QVERIFY(std::abs(scale.toY(scale.high)) < 1e-9);
    QVERIFY(std::abs(scale.toY(scale.low) - scale.height) < 1e-9);
    for (int y = 0; y <= int(scale.height); y += 13)
        QVERIFY(std::abs(scale.toY(scale.toPrice(y)) - y) < 1e-6);
}

void tst_PriceScale::invertedIsUpsideDown()
{
    for (const PriceMode mode : {PriceMode::Linear, PriceMode::Logarithmic}) {
        const PriceScale scale {10, 1000, 400, mode, true};
        PriceScale plain = scale;
        plain.isInverted = false;
        QVERIFY(std::abs(scale.toY(1000) - 400) < 1e-9);
        QVERIFY(std::abs(scale.toY(10)) < 1e-9);
        const PriceMap map(scale);
        for (int y = 1; y < 400; y += 13) {
            QVERIFY(std::abs(scale.toY(scale.toPrice(y)) - y) < 1e-6);
            QVERIFY(std::abs(plain.toY(scale.toPrice(y)) - (400 - y)) < 1e-6);
            QVERIFY(std::abs(map.toY(scale.toPrice(y)) - y) <= 1);
        }
        PriceScale moved = scale;
        moved.panBy(30);
        QVERIFY(std::abs(moved.toY(100) - scale.toY(100) - 30) < 1e-6); // down is down
        moved.zoomBy(2, 100);
        QVERIFY(moved.low < moved.high);
    }
}

void tst_PriceScale::percentAndIndexCountFromAReference()
{
    QLocale::setDefault(QLocale::c());
    PriceScale scale {90, 120, 300, PriceMode::Percent, false, 100};
    QCOMPARE(scale.toShown(105), 5.0);
    QCOMPARE(scale.fromShown(-10), 90.0);
    QCOMPARE(scale.text(105, 1), QStringLiteral("+5.0 %"));
    QCOMPARE(scale.text(95, 1), QStringLiteral("-5.0 %"));
    QCOMPARE(scale.text(100.01, 1), QStringLiteral("0.0 %")); // what rounds to nothing has no sign
    scale.mode = PriceMode::Indexed;
    QCOMPARE(scale.text(105, 1), QStringLiteral("105.0"));
    scale.reference = 50;
    QCOMPARE(scale.toShown(105), 210.0);
    scale.reference = 0; // nothing to count from: plain prices
    QCOMPARE(scale.text(105, 1), QStringLiteral("105.0"));
    QVERIFY(!scale.isRelative());
}

void tst_PriceScale::relativeTicksAreRound()
{
    const PriceScale scale {29'000, 31'500, 400, PriceMode::Percent, false, 30'123.45};
    const PriceTicks ticks = priceTicks(scale, 40);
    QVERIFY(ticks.ticks.size() >= 4);
    for (const PriceTick& tick : ticks.ticks) {
        QVERIFY(std::abs(tick.shown - std::round(tick.shown)) < 1e-9); // whole percents
        QVERIFY(std::abs(scale.toY(tick.price) - tick.y) < 1e-6);
    }
}

void tst_PriceScale::emptySpanMapsToTheMiddle()
{
    QCOMPARE((PriceScale {5, 5, 300, PriceMode::Linear}.toY(5)), 150.0);
    QCOMPARE((PriceScale {5, 5, 300, PriceMode::Linear}.toY(999)), 150.0);
}

void tst_PriceScale::logarithmicNeedsPositivePrices()
{
    const PriceScale scale {-10, 10, 200, PriceMode::Logarithmic};
    QVERIFY(!scale.isLogarithmic());
    QCOMPARE(scale.toY(0), 100.0);
}

void tst_PriceScale::equalRatiosHaveEqualHeights()
{
    const PriceScale scale {1, 16, 400, PriceMode::Logarithmic};
    QVERIFY(std::abs(scale.toY(1) - scale.toY(2) - 100) < 1e-9);
    QVERIFY(std::abs(scale.toY(8) - scale.toY(16) - 100) < 1e-9);
}

void tst_PriceScale::panAndZoomKeepTheAnchor_data()
{
    mapsToPixelsAndBack_data();
}

void tst_PriceScale::panAndZoomKeepTheAnchor()
{
    QFETCH(PriceScale, scale);
    const double before = scale.toPrice(70);
    PriceScale zoomed = scale;
    zoomed.zoomBy(2, 70);
    QVERIFY(std::abs(zoomed.toPrice(70) / before - 1) < 1e-9);
    PriceScale panned = scale;
    panned.panBy(25);
    QVERIFY(std::abs(panned.toY(before) - 95) < 1e-6);
}

void tst_PriceScale::mapAgreesWithScale()
{
    for (const auto mode : {PriceMode::Linear, PriceMode::Logarithmic}) {
        const PriceScale scale {20'000, 70'000, 500, mode};
        const PriceMap map(scale, 2);
        for (double price = 19'000; price < 71'000; price += 333)
            QVERIFY(std::abs(map.toY(price) - scale.toY(price) * 2) <= 0.5 + 1e-9);
    }
}

void tst_PriceScale::ticksAreRound_data()
{
    QTest::addColumn<PriceScale>("scale");
    QTest::addColumn<double>("first");
    QTest::addColumn<double>("second");
    QTest::addColumn<int>("decimals");
    QTest::newRow("hundreds") << PriceScale {42'130, 43'870, 400, PriceMode::Linear} << 42'200.0 << 42'400.0 << 0;
    QTest::newRow("quarters") << PriceScale {1.1, 3.3, 400, PriceMode::Linear} << 1.25 << 1.5 << 2;
    QTest::newRow("negative to positive") << PriceScale {-1.05, 1.05, 400, PriceMode::Linear} << -1.0 << -0.75 << 2;
    QTest::newRow("tiny") << PriceScale {1.06e-9, 1.36e-9, 400, PriceMode::Linear} << 1.1e-9 << 1.15e-9 << 11;
    QTest::newRow("decades") << PriceScale {0.9, 1100, 400, PriceMode::Logarithmic} << 1.0 << 3.0 << 0;
    QTest::newRow("halves of decades") << PriceScale {0.9, 110, 400, PriceMode::Logarithmic} << 1.0 << 2.0 << 0;
    QTest::newRow("every second decade") << PriceScale {1e-8, 1e8, 400, PriceMode::Logarithmic} << 1e-8 << 1e-6 << 8;
    QTest::newRow("narrow logarithmic is linear")
        << PriceScale {100, 120, 400, PriceMode::Logarithmic} << 100.0 << 102.0 << 0;
}

void tst_PriceScale::ticksAreRound()
{
    QFETCH(PriceScale, scale);
    QFETCH(double, first);
    QFETCH(double, second);
    QFETCH(int, decimals);
    const PriceTicks result = priceTicks(scale, 40);
    QVERIFY(result.ticks.size() >= 3);
    QVERIFY(result.ticks.size() <= 11);
    QVERIFY(std::abs(result.ticks[0].price / first - 1) < 1e-9);
    QVERIFY(std::abs(result.ticks[1].price / second - 1) < 1e-9);
    QCOMPARE(result.decimals, decimals);
    for (size_t i = 0; i < result.ticks.size(); ++i) {
        QVERIFY(result.ticks[i].y >= -1e-6 && result.ticks[i].y <= scale.height + 1e-6);
        QVERIFY(i == 0 || result.ticks[i - 1].y - result.ticks[i].y >= 34);
    }
}

void tst_PriceScale::fittedScaleLeavesAMargin()
{
    const PriceScale linear = fittedScale(100, 200, 300, PriceMode::Linear, 0.1);
    QCOMPARE(linear.low, 90.0);
    QCOMPARE(linear.high, 210.0);
    const PriceScale logarithmic = fittedScale(100, 200, 300, PriceMode::Logarithmic, 0.1);
    QVERIFY(logarithmic.low < 100 && logarithmic.low > 90);
    QVERIFY(logarithmic.high > 200);
}

void tst_PriceScale::flatPricesGetASpan()
{
    for (const double price : {0.0, 1.0, 65'000.0, 1e-9}) {
        const PriceScale scale = fittedScale(price, price, 300, PriceMode::Linear);
        QVERIFY(scale.low < scale.high);
        QCOMPARE(scale.toY(price), 150.0);
    }
}

QTEST_GUILESS_MAIN(tst_PriceScale)
#include "tst_pricescale.moc"
