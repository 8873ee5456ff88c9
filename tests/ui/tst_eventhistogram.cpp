#include <QTest>

#include "ui/widgets/eventhistogram.h"

using namespace mnemo;
using namespace std::chrono_literals;

class tst_EventHistogram : public QObject {
    Q_OBJECT
private slots:
    void counts();
    void text();
};

void tst_EventHistogram::counts()
{
    EventHistogram histogram;
    for (const std::chrono::nanoseconds length : {0ns, 999'999ns, 1'000'000ns, 15'999'999ns, 16'000'000ns, 16'000'001ns,
             std::chrono::nanoseconds(5s)})
        histogram.add(length, length / 2);
    QCOMPARE(histogram.count(), 7U);
    QCOMPARE(histogram.countAbove(EventHistogram::limit), 2U); // 16 ms itself is in time
    QCOMPARE(histogram.countAbove(1ms), 5U);
    QCOMPARE(histogram.countAbove(1024ms), 1U);
    QCOMPARE(histogram.longest(), std::chrono::nanoseconds(5s));
}

void tst_EventHistogram::text()
{
    EventHistogram histogram;
    histogram.add(3ms, 3ms);
    histogram.add(40ms, 2ms);
    const QStringList lines = histogram.text().split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), static_cast<qsizetype>(EventHistogram::bucketCount) + 1);
    QVERIFY(lines[2].simplified() == QStringLiteral("< 4 ms 1"));
    QVERIFY2(lines.last().contains(QStringLiteral("above 16 ms: 1; by processor time longest 3.00 ms, above 16 ms: 0")), qPrintable(lines.last()));
}

QTEST_MAIN(tst_EventHistogram)
#include "tst_eventhistogram.moc"
