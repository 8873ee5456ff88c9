// Colours that everybody can tell apart, in every theme.
#include <QApplication>
#include <QCheckBox>
#include <QImage>
#include <QPainter>
#include <QPushButton>
#include <QTest>

#include "tests/ui/colourmath.h"
#include "ui/widgets/okabeito.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/windowstyle.h"

using namespace mnemo;
using namespace mnemo::test;

Q_DECLARE_METATYPE(ThemeChoice)

class tst_Theme : public QObject {
    Q_OBJECT
private slots:
    void theMathIsRight();
    void textCanBeRead_data() { themes(); }
    void textCanBeRead();
    void marksStandOut_data() { themes(); }
    void marksStandOut();
    void statesStayApart_data() { themes(); }
    void statesStayApart();
    void palettesAreKnownAgain_data() { themes(); }
    void palettesAreKnownAgain();
    void systemLook();
    void garbageMeansSystem();
    void emptyBoxesCanBeSeen_data() { themes(); }
    void emptyBoxesCanBeSeen();
    void buttonsHaveABorderInHighContrast();

private:
    static void themes();
    static std::vector<std::pair<const char*, QColor>> statesOf(const Theme& theme);
};

void tst_Theme::themes()
{
    QTest::addColumn<ThemeChoice>("choice");
    QTest::newRow("light") << ThemeChoice::Light;
    QTest::newRow("dark") << ThemeChoice::Dark;
    QTest::newRow("high contrast") << ThemeChoice::HighContrast;
}

std::vector<std::pair<const char*, QColor>> tst_Theme::statesOf(const Theme& theme)
{
    return {{"good", theme.good}, {"running", theme.running}, {"waiting", theme.waiting}, {"warning", theme.warning},
        {"paused", theme.paused}, {"bad", theme.bad}, {"neutral", theme.neutral}};
}

void tst_Theme::theMathIsRight()
{
    // Pairs 1, 7 and 25 of the test data that Sharma, Wu and Dalal published with the formula.
    QVERIFY(std::abs(ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}) - 2.0425) < 1e-4);
    QVERIFY(std::abs(ciede2000({50, 0, 0}, {50, -1, 2}) - 2.3669) < 1e-4);
    QVERIFY(std::abs(ciede2000({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}) - 1.2644) < 1e-4);
    QVERIFY(std::abs(contrast(Qt::black, Qt::white) - 21) < 1e-9);
    const Triple white = labOf(linearOf(Qt::white));
    QVERIFY(std::abs(white[0] - 100) < 0.01 && std::abs(white[1]) < 0.01 && std::abs(white[2]) < 0.02);
    // Red and green of the same lightness come close for a deuteranope, blue and orange do not.
    const auto apart = [](const QColor& a, const QColor& b) {
        return ciede2000(labOf(asDeuteranope(linearOf(a))), labOf(asDeuteranope(linearOf(b))));
    };
    QVERIFY(apart(QColor(0xb8, 0x60, 0x60), QColor(0x70, 0x88, 0x58)) < 12);
    QVERIFY(apart(OkabeIto::blue, OkabeIto::vermillion) > 40);
}

void tst_Theme::textCanBeRead()
{
    QFETCH(ThemeChoice, choice);
    const QPalette palette = paletteOf(choice, SystemLook::Light);
    const auto readable = [&palette](QPalette::ColorRole text, QPalette::ColorRole back, double least) {
        const double ratio = contrast(palette.color(text), palette.color(back));
        QVERIFY2(ratio >= least, qPrintable(QStringLiteral("%1 on %2: %3").arg(text).arg(back).arg(ratio)));
    };
    readable(QPalette::WindowText, QPalette::Window, 7);
    readable(QPalette::Text, QPalette::Base, 7);
    readable(QPalette::Text, QPalette::AlternateBase, 7);
    readable(QPalette::ButtonText, QPalette::Button, 7);
    for (const auto back : {QPalette::Base, QPalette::Window})
        readable(QPalette::PlaceholderText, back, 4.5);
    readable(QPalette::HighlightedText, QPalette::Highlight, 4.5);
    readable(QPalette::ToolTipText, QPalette::ToolTipBase, 4.5);
    readable(QPalette::Link, QPalette::Window, 4.5);
    const Theme theme = Theme::of(palette);
    QVERIFY(contrast(theme.axisText, theme.background) >= 4.5);
    QVERIFY(contrast(theme.mutedText, theme.background) >= 4.5);
    QVERIFY(contrast(theme.labelText, theme.labelBack) >= 4.5);
}

void tst_Theme::marksStandOut()
{
    QFETCH(ThemeChoice, choice);
    const QPalette palette = paletteOf(choice, SystemLook::Light);
    const Theme theme = Theme::of(palette);
    for (const QColor& mark : {theme.up, theme.down, theme.crosshair})
        QVERIFY2(contrast(mark, theme.background) >= 3, qPrintable(mark.name()));
    for (const auto& [name, colour] : statesOf(theme)) {
        QVERIFY2(contrast(colour, palette.color(QPalette::Base)) >= 4.5, name); // their words wear the colour too
        QVERIFY2(contrast(colour, palette.color(QPalette::AlternateBase)) >= 4.4, name);
        QVERIFY2(contrast(colour, palette.color(QPalette::Window)) >= 3, name);
        QVERIFY2(contrast(colour, theme.track) >= 1.5, name);
    }
}

void tst_Theme::statesStayApart()
{
    QFETCH(ThemeChoice, choice);
    const auto states = statesOf(Theme::of(paletteOf(choice, SystemLook::Light)));
    double least = 100;
    for (std::size_t i = 0; i < states.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const Triple a = linearOf(states[i].second), b = linearOf(states[j].second);
            const double plain = ciede2000(labOf(a), labOf(b));
            const double deutan = ciede2000(labOf(asDeuteranope(a)), labOf(asDeuteranope(b)));
            least = std::min({least, plain, deutan});
            QVERIFY2(plain >= 10 && deutan >= 10,
                qPrintable(QStringLiteral("%1 and %2: %3, to a deuteranope %4")
                               .arg(QLatin1String(states[i].first), QLatin1String(states[j].first))
                               .arg(plain)
                               .arg(deutan)));
        }
    }
    qInfo("closest pair: %.1f", least);
}

void tst_Theme::palettesAreKnownAgain()
{
    QFETCH(ThemeChoice, choice);
    const Theme theme = Theme::of(paletteOf(choice, SystemLook::Light));
    QCOMPARE(theme.isDark, choice != ThemeChoice::Light);
    QCOMPARE(theme.isHighContrast, choice == ThemeChoice::HighContrast);
    QCOMPARE(themeChoiceOf(static_cast<int>(choice)), choice);
}

void tst_Theme::systemLook()
{
    for (const auto look : {SystemLook::Light, SystemLook::Dark, SystemLook::HighContrast})
        QCOMPARE(lookOf(paletteOf(ThemeChoice::System, look)), look);
    QPalette plain;
    plain.setColor(QPalette::Base, Qt::white);
    plain.setColor(QPalette::Text, Qt::black);
    QCOMPARE(lookOf(plain), SystemLook::Light);
}

void tst_Theme::garbageMeansSystem()
{
    for (const int number : {-1, 4, 99, 0})
        QCOMPARE(themeChoiceOf(number), ThemeChoice::System);
}

void tst_Theme::emptyBoxesCanBeSeen()
{
    QFETCH(ThemeChoice, choice);
    QCheckBox box(QStringLiteral("Newest first"));
    WindowStyle style;
    box.setStyle(&style);
    box.setPalette(paletteOf(choice, SystemLook::Light));
    box.resize(box.sizeHint());
    const QImage image = box.grab().toImage();
    const QColor back = box.palette().color(QPalette::Window);
    double best = 0; // along the middle of the indicator
    for (int x = 0; x < style.pixelMetric(QStyle::PM_IndicatorWidth) + 2; ++x)
        best = std::max(best, contrast(image.pixelColor(x, image.height() / 2), back));
    QVERIFY2(best >= (choice == ThemeChoice::Light ? 1.5 : 3), qPrintable(QString::number(best)));
}

void tst_Theme::buttonsHaveABorderInHighContrast()
{
    QPushButton button(QStringLiteral("Go"));
    WindowStyle style;
    button.setStyle(&style);
    button.setPalette(paletteOf(ThemeChoice::HighContrast, SystemLook::Light));
    button.resize(80, 30);
    const QImage image = button.grab().toImage();
    QVERIFY(contrast(image.pixelColor(0, image.height() / 2), Qt::black) >= 3);
}

QTEST_MAIN(tst_Theme)
#include "tst_theme.moc"
