// A stream is joined to what is stored without a seam: bars are stored in turn, holes are named, nothing twice.

#include <QTest>

#include "core/live/seam.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const Grid grid(*Timeframe::fromName("1m"));

UtcMs minute(int n)
{
    return UtcMs {} + 1'000'000min + n * 1min;
}

HeldBar bar(int n, double close = 1)
{
    return {{minute(n), close, close, close, close, 1, {}, {}, 0}, "message"};
}

QByteArray opens(const std::vector<HeldBar>& bars)
{
    QByteArrayList list;
    for (const HeldBar& each : bars)
        list << QByteArray::number(static_cast<int>((each.bar.openTime - minute(0)) / 1min));
    return list.join(' ');
}

} // namespace

class TestSeam : public QObject {
    Q_OBJECT

private slots:
    void nothingIsStoredBeforeTheStartIsKnown();
    void barsFollowEachOther();
    void aHoleHoldsBack();
    void restBringsWhatWasHeld();
    void repeatedAndLate();
    void forgetting();
    void neverGoesBack();
    void holdsNotForever();
};

void TestSeam::nothingIsStoredBeforeTheStartIsKnown()
{
    Seam seam(grid);
    QCOMPARE(seam.closed(bar(3)), Seam::Verdict::Taken);
    QCOMPARE(opens(seam.ready()), QByteArray());
    QVERIFY(!seam.holeBefore(minute(3)));
    seam.know(minute(3));
    QCOMPARE(opens(seam.ready()), QByteArray("3"));
}

void TestSeam::barsFollowEachOther()
{
    Seam seam(grid);
    seam.know(minute(0));
    for (int n = 0; n < 3; ++n) {
        QCOMPARE(seam.closed(bar(n)), Seam::Verdict::Taken);
        QCOMPARE(opens(seam.ready()), QByteArray::number(n));
    }
    QCOMPARE(seam.known(), std::optional(minute(3)));
    QVERIFY(!seam.holeBefore(minute(3)));
}

void TestSeam::aHoleHoldsBack()
{
    Seam seam(grid);
    seam.know(minute(0));
    seam.closed(bar(2));
    seam.closed(bar(4));
    QCOMPARE(opens(seam.ready()), QByteArray());
    QCOMPARE(seam.holeBefore(minute(4)), std::optional(TimeRange {minute(0), minute(4)}));
    seam.know(minute(2));
    QCOMPARE(opens(seam.ready()), QByteArray("2"));
    seam.closed(bar(3)); // out of order
    QCOMPARE(opens(seam.ready()), QByteArray("3 4"));
}

void TestSeam::restBringsWhatWasHeld()
{
    Seam seam(grid);
    seam.know(minute(0));
    for (const int n : {1, 2, 3})
        seam.closed(bar(n));
    seam.know(minute(3)); // up to the newest closed bar by then
    QCOMPARE(opens(seam.ready()), QByteArray("3"));
}

void TestSeam::repeatedAndLate()
{
    Seam seam(grid);
    seam.know(minute(5));
    seam.closed(bar(5));
    seam.ready();
    QCOMPARE(seam.closed(bar(5)), Seam::Verdict::Repeated);
    QCOMPARE(seam.closed(bar(5, 2)), Seam::Verdict::Otherwise);
    QCOMPARE(seam.closed(bar(4)), Seam::Verdict::Late);
    QCOMPARE(opens(seam.ready()), QByteArray());
}

void TestSeam::forgetting()
{
    Seam seam(grid);
    seam.know(minute(0));
    seam.closed(bar(0));
    seam.closed(bar(2));
    seam.ready();
    seam.forget(); // bar 0 was not stored after all
    seam.know(minute(0));
    seam.closed(bar(0));
    QCOMPARE(opens(seam.ready()), QByteArray("0"));
}

void TestSeam::neverGoesBack()
{
    Seam seam(grid);
    seam.know(minute(5));
    seam.know(minute(3)); // an older answer comes late
    QCOMPARE(seam.known(), std::optional(minute(5)));
}

void TestSeam::holdsNotForever()
{
    Seam seam(grid);
    seam.know(minute(0));
    for (int n = 1; n <= 1'500; ++n)
        seam.closed(bar(n));
    seam.know(minute(1)); // the oldest have gone: REST brings them
    QCOMPARE(opens(seam.ready()), QByteArray());
    seam.know(minute(501));
    QCOMPARE(seam.ready().size(), std::size_t {1'000});
}

QTEST_APPLESS_MAIN(TestSeam)
#include "tst_seam.moc"
