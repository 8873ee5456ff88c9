// The lights of the exchanges in the status bar.
#include <QLabel>
#include <QTest>
#include <algorithm>

#include "ui/shell/lanelights.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

LaneSnapshot lane(const std::string& id, int inFlight = 0, BreakerState breaker = BreakerState::Closed)
{
    LaneSnapshot snapshot;
    snapshot.id = id;
    snapshot.inFlight = inFlight;
    snapshot.breaker = breaker;
    return snapshot;
}

QStringList shownBy(const LaneLights& lights)
{
    QStringList names;
    for (const QLabel* label : lights.findChildren<QLabel*>()) {
        if (!label->isHidden())
            names << label->accessibleName();
    }
    names.sort();
    return names;
}

} // namespace

class TestLaneLights : public QObject {
    Q_OBJECT
private slots:
    void aHandfulHasALightEach();
    void manyAreCountedAndTroubleStandsOut();
};

void TestLaneLights::aHandfulHasALightEach()
{
    LaneLights lights;
    for (const char* id : {"a", "b", "c", "d"})
        lights.apply(lane(id));
    QCOMPARE(shownBy(lights), (QStringList {u"a: idle"_s, u"b: idle"_s, u"c: idle"_s, u"d: idle"_s}));
    lights.apply(lane("b", 2));
    QVERIFY(shownBy(lights).contains(u"b: sending"_s));
}

void TestLaneLights::manyAreCountedAndTroubleStandsOut()
{
    LaneLights lights;
    for (const char* id : {"a", "b", "c", "d", "e", "f"})
        lights.apply(lane(id));
    QCOMPARE(shownBy(lights), QStringList {u"exchanges: 6 idle"_s});
    lights.apply(lane("b", 2));
    QCOMPARE(shownBy(lights), QStringList {u"exchanges: 5 idle, 1 sending"_s});
    lights.apply(lane("c", 0, BreakerState::HalfOpen));
    QCOMPARE(shownBy(lights), (QStringList {u"c: trying again"_s, u"exchanges: 4 idle, 1 sending"_s}));
    const auto labels = lights.findChildren<QLabel*>();
    const auto rest = std::ranges::find_if(labels, [](const QLabel* label) { return label->accessibleName().startsWith(u"exchanges: 4 idle"_s); });
    QVERIFY((*rest)->toolTip().contains(u"b: sending"_s) && !(*rest)->toolTip().contains(u"c:"_s));
    lights.apply(lane("c"));
    QCOMPARE(shownBy(lights), QStringList {u"exchanges: 5 idle, 1 sending"_s});
}

QTEST_MAIN(TestLaneLights)
#include "tst_lanelights.moc"
