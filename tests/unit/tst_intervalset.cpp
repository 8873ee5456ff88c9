#include <array>
#include <functional>
#include <random>

#include <QTest>

#include "core/market/intervalset.h"

using namespace mnemo;

namespace {

constexpr int size = 64;
using Bitmap = std::array<bool, size>;

TimeRange range(int from, int to)
{
    return {fromMs(from), fromMs(to)};
}

Bitmap bitmapOf(const IntervalSet& set)
{
    Bitmap bits {};
    for (int i = 0; i < size; ++i)
        bits[static_cast<std::size_t>(i)] = set.contains(fromMs(i));
    return bits;
}

void fill(Bitmap& bits, TimeRange part, bool value)
{
    for (std::int64_t i = toMs(part.from); i < toMs(part.to); ++i)
        bits[static_cast<std::size_t>(i)] = value;
}

template<class Combine>
Bitmap combined(const Bitmap& a, const Bitmap& b, Combine combine)
{
    Bitmap out {};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = combine(a[i], b[i]);
    return out;
}

bool isCanonical(const IntervalSet& set)
{
    for (std::size_t i = 0; i < set.ranges().size(); ++i) {
        if (set.ranges()[i].isEmpty() || (i > 0 && set.ranges()[i].from <= set.ranges()[i - 1].to))
            return false;
    }
    return true;
}

/// In no order, some of them empty or reversed.
std::vector<TimeRange> randomRanges(std::mt19937& random)
{
    std::vector<TimeRange> ranges(random() % 12);
    for (TimeRange& one : ranges) {
        const int from = static_cast<int>(random() % size);
        one = range(from, std::min(size, from - 2 + static_cast<int>(random() % 10)));
    }
    return ranges;
}

} // namespace

class TestIntervalSet : public QObject {
    Q_OBJECT
private slots:
    void canonical_data()
    {
        QTest::addColumn<QList<QPair<int, int>>>("in");
        QTest::addColumn<QList<QPair<int, int>>>("out");
        using List = QList<QPair<int, int>>;
        QTest::newRow("nothing") << List {} << List {};
        QTest::newRow("empty and reversed") << List {{3, 3}, {9, 4}} << List {};
        QTest::newRow("any order") << List {{5, 6}, {1, 2}} << List {{1, 2}, {5, 6}};
        QTest::newRow("adjacent") << List {{1, 2}, {2, 3}} << List {{1, 3}};
        QTest::newRow("inside") << List {{1, 9}, {2, 3}, {8, 10}} << List {{1, 10}};
        QTest::newRow("one apart") << List {{1, 2}, {3, 4}} << List {{1, 2}, {3, 4}};
    }
    void canonical()
    {
        using List = QList<QPair<int, int>>;
        QFETCH(List, in);
        QFETCH(List, out);
        std::vector<TimeRange> ranges;
        for (const auto& [from, to] : in)
            ranges.push_back(range(from, to));
        List actual;
        const IntervalSet set(ranges);
        for (const TimeRange& one : set.ranges())
            actual.append({static_cast<int>(toMs(one.from)), static_cast<int>(toMs(one.to))});
        QCOMPARE(actual, out);
    }

    void measures()
    {
        const IntervalSet set {range(2, 5), range(10, 20)};
        QCOMPARE(set.length(), milliseconds(13));
        QVERIFY(set.hull() == range(2, 20));
        QVERIFY(IntervalSet().hull().isEmpty());
        QVERIFY(set.contains(range(11, 20)));
        QVERIFY(set.contains(range(7, 7)));
        QVERIFY(!set.contains(range(4, 6)));
        QVERIFY(!set.contains(range(4, 11)));
        QVERIFY(!set.contains(fromMs(5)));
        QVERIFY(set.contains(fromMs(2)));
    }

    /// Against a bitmap that cannot be wrong.
    void likeABitmap()
    {
        const unsigned seed = 20'240'229;
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        for (int round = 0; round < 20'000; ++round) {
            const std::vector<TimeRange> first = randomRanges(random), second = randomRanges(random);
            const IntervalSet a(first), b(second);
            Bitmap x {}, y {};
            for (const TimeRange& one : first)
                fill(x, one, true);
            for (const TimeRange& one : second)
                fill(y, one, true);
            const QByteArray where = "round " + QByteArray::number(round);
            QVERIFY2(bitmapOf(a) == x && bitmapOf(b) == y, where.constData());
            const IntervalSet both = united(a, b), less = subtracted(a, b), common = intersected(a, b);
            QVERIFY2(isCanonical(a) && isCanonical(both) && isCanonical(less) && isCanonical(common), where.constData());
            QVERIFY2(bitmapOf(both) == combined(x, y, std::logical_or<>()), where.constData());
            QVERIFY2(bitmapOf(less) == combined(x, y, [](bool p, bool q) { return p && !q; }), where.constData());
            QVERIFY2(bitmapOf(common) == combined(x, y, std::logical_and<>()), where.constData());
            QVERIFY2(both.length() + common.length() == a.length() + b.length(), where.constData());
            QVERIFY2(united(less, common) == a, where.constData());
        }
    }

    void addAndSubtract()
    {
        const unsigned seed = 20'240'301;
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        for (int round = 0; round < 500; ++round) {
            IntervalSet set;
            Bitmap bits {};
            for (int step = 0; step < 60; ++step) {
                const int from = static_cast<int>(random() % size);
                const TimeRange one = range(from, std::min(size, from - 2 + static_cast<int>(random() % 14)));
                const bool adds = random() % 2 == 0;
                adds ? set.add(one) : set.subtract(one);
                fill(bits, one, adds);
                const QByteArray where = "round " + QByteArray::number(round) + " step " + QByteArray::number(step);
                QVERIFY2(isCanonical(set), where.constData());
                QVERIFY2(bitmapOf(set) == bits, where.constData());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestIntervalSet)
#include "tst_intervalset.moc"
