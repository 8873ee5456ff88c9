#include <QTest>

#include "core/base/timetext.h"
#include "core/ingest/listingsearch.h"
#include "core/ingest/pagewalk.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr UtcMs t0 = std::chrono::sys_days {std::chrono::year {2024} / 1 / 1};

UtcMs at(int minute)
{
    return t0 + std::chrono::minutes {minute};
}
TimeRange minutes(int from, int to)
{
    return {at(from), at(to)};
}

std::vector<Candle> rowsAt(const std::vector<int>& opens)
{
    std::vector<Candle> rows;
    for (const int open : opens) {
        Candle row;
        row.openTime = at(open);
        rows.push_back(row);
    }
    return rows;
}

PageRules rulesOf(int maxRows, bool isBackward = false, Walk walk = Walk::Pages)
{
    PageRules rules;
    rules.grid = Grid(*Timeframe::fromName("1m"));
    rules.maxRows = maxRows;
    rules.isBackward = isBackward;
    rules.walk = walk;
    return rules;
}

QString text(const IntervalSet& set)
{
    QStringList parts;
    for (const TimeRange& range : set.ranges()) {
        parts << QStringLiteral("%1-%2").arg((range.from - t0) / 1min).arg((range.to - t0) / 1min);
    }
    return parts.join(QLatin1Char(' '));
}
QString text(const std::vector<Page>& pages)
{
    QStringList parts;
    for (const Page& page : pages)
        parts << text(IntervalSet(page.range)) + (page.isConfirmation ? QStringLiteral("?") : QString());
    return parts.join(QLatin1Char(' '));
}

/// A market that began at @p listing and never missed a bar; counts what it is asked.
struct Market {
    UtcMs listing;
    UtcMs now;
    int asked = 0;
    std::optional<UtcMs> answer(const ListingSearch::Question& question, const Grid& own)
    {
        ++asked;
        if (question.isOldest)
            return own.floor(listing);
        const Grid grid(question.frame);
        const UtcMs first = std::max(question.range.from, grid.floor(listing));
        if (first < question.range.to && first < now)
            return first;
        return std::nullopt;
    }
};

} // namespace

class TestPageWalk : public QObject {
    Q_OBJECT
private slots:
    void judges_data()
    {
        using Ints = std::vector<int>;
        QTest::addColumn<Ints>("rows");
        QTest::addColumn<int>("decoded");
        QTest::addColumn<bool>("beyond");
        QTest::addColumn<bool>("confirmation");
        QTest::addColumn<bool>("backward");
        QTest::addColumn<int>("now");
        QTest::addColumn<QString>("answered");
        QTest::addColumn<QString>("follow");
        const auto row = [](const char* name, Ints rows, int decoded, bool beyond, bool confirmation, bool backward, int now,
                             const char* answered, const char* follow) {
            QTest::newRow(name) << rows << decoded << beyond << confirmation << backward << now
                                << QString::fromLatin1(answered) << QString::fromLatin1(follow);
        };
        // page 0..5, limit 5
        row("whole", {0, 1, 2, 3, 4}, 5, false, false, false, 999, "0-5", "");
        row("interior absence is an answer", {0, 1, 4}, 3, false, false, false, 999, "0-5", "");
        row("short at the far end is asked again", {0, 1}, 2, false, false, false, 999, "0-2", "2-5?");
        row("cut by the limit is an ordinary page", {0, 1}, 5, false, false, false, 999, "0-2", "2-5");
        row("empty is asked again", {}, 0, false, false, false, 999, "", "0-5?");
        row("empty twice is an answer", {}, 0, false, true, false, 999, "0-5", "");
        row("short confirmation goes on", {0, 1}, 2, false, true, false, 999, "0-2", "2-5?");
        row("rows past the end close it", {0, 1}, 3, true, false, false, 999, "0-5", "");
        row("backward short", {3, 4}, 2, false, false, true, 999, "3-5", "0-3?");
        row("backward cut by the limit", {3, 4}, 5, false, false, true, 999, "3-5", "0-3");
        row("young absence proves nothing", {0, 2}, 2, false, true, false, 5, "0-1 2-3", "3-5?");
        row("young absence after an empty confirmation", {}, 0, false, true, false, 7, "0-3", "");
    }
    void judges()
    {
        QFETCH(std::vector<int>, rows);
        QFETCH(int, decoded);
        QFETCH(bool, beyond);
        QFETCH(bool, confirmation);
        QFETCH(bool, backward);
        QFETCH(int, now);
        const auto candles = rowsAt(rows);
        const PageVerdict verdict = judge({minutes(0, 5), confirmation}, rulesOf(5, backward),
            {candles, static_cast<std::size_t>(decoded), beyond, at(now)});
        QTEST(text(verdict.answered), "answered");
        QTEST(text(verdict.follow), "follow");
    }

    void recentOnly()
    {
        const auto rows = rowsAt({6, 7, 8});
        const PageRules rules = rulesOf(3, false, Walk::Recent);
        const PageVerdict full = judge({minutes(0, 9)}, rules, {rows, 3, false, at(999)});
        QCOMPARE(text(full.answered), QStringLiteral("6-9"));
        QCOMPARE(text(full.tooOld), QStringLiteral("0-6"));
        const PageVerdict part = judge({minutes(0, 9)}, rules, {rows, 2, false, at(999)});
        QVERIFY(part.tooOld.isEmpty()); // older bars may never have been: unknown
    }

    void sourceWithAShortMemory()
    {
        PageRules rules = rulesOf(3);
        rules.retentionRows = 3;
        rules.isOpenEnded = true;
        QCOMPARE(cutPages(IntervalSet(minutes(0, 50)), rules).size(), std::size_t(1));
        const auto rows = rowsAt({46, 47, 49});
        const PageVerdict full = judge({minutes(0, 50)}, rules, {rows, 3, false, at(999)});
        QCOMPARE(text(full.answered), QStringLiteral("46-50"));
        QCOMPARE(text(full.tooOld), QStringLiteral("0-46"));
        const PageVerdict part = judge({minutes(45, 50)}, rules, {rows, 2, true, at(48)}); // not full: asked again
        QCOMPARE(text(part.answered), QStringLiteral("46-48 49-50"));
        QCOMPARE(text(part.follow), QStringLiteral("45-46?"));
        const PageVerdict none = judge({minutes(0, 50), true}, rules, {{}, 0, false, at(50)});
        QCOMPARE(text(none.tooOld), QStringLiteral("0-48"));
        QVERIFY(none.follow.empty());
    }

    void pagesOfBuckets_data()
    {
        QTest::addColumn<int>("bucket");
        QTest::addColumn<QString>("frame");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("ends");
        const auto row = [](const char* name, Bucket bucket, const char* frame, const char* from, const char* to, const char* ends) {
            QTest::newRow(name) << int(bucket) << QString::fromLatin1(frame) << QString::fromLatin1(from) << QString::fromLatin1(to)
                                << QString::fromLatin1(ends);
        };
        row("within a day", Bucket::Day, "1h", "2024-01-01T03:00", "2024-01-01T05:00", "2024-01-01T05:00:00.000Z");
        row("over midnight", Bucket::Day, "1h", "2024-01-01T23:00", "2024-01-03T01:00",
            "2024-01-02T00:00:00.000Z 2024-01-03T00:00:00.000Z 2024-01-03T01:00:00.000Z");
        row("over new year", Bucket::Year, "1d", "2023-12-30", "2024-01-02", "2024-01-01T00:00:00.000Z 2024-01-02T00:00:00.000Z");
        row("a leap year", Bucket::Year, "1d", "2024-01-01", "2025-01-02", "2025-01-01T00:00:00.000Z 2025-01-02T00:00:00.000Z");
        // The week of 2024-12-30 opens in 2024.
        row("a week over new year", Bucket::Year, "1w", "2024-12-23", "2025-01-13", "2025-01-06T00:00:00.000Z 2025-01-13T00:00:00.000Z");
    }
    void pagesOfBuckets()
    {
        QFETCH(int, bucket);
        QFETCH(QString, frame);
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, ends);
        PageRules rules = rulesOf(366);
        rules.grid = Grid(*Timeframe::fromName(frame.toStdString()));
        rules.bucket = Bucket(bucket);
        const TimeRange range {*parseTime(from.toStdString()), *parseTime(to.toStdString())};
        QStringList found;
        UtcMs next = range.from;
        for (const Page& page : cutPages(IntervalSet(range), rules)) {
            QCOMPARE(page.range.from, next);
            next = page.range.to;
            QVERIFY(pageStart(rules, next) <= page.range.from);
            QVERIFY(pageEnd(rules, pageStart(rules, next)) >= next);
            found << QString::fromStdString(formatIso(next));
        }
        QCOMPARE(found.join(QLatin1Char(' ')), ends);
    }

    void cutsPages()
    {
        const auto pages = cutPages(IntervalSet {minutes(0, 7), minutes(10, 12)}, rulesOf(3));
        QCOMPARE(text(pages), QStringLiteral("0-3 3-6 6-7 10-12"));
        QVERIFY(cutPages({}, rulesOf(3)).empty());
    }

    void splitsByRetention()
    {
        PageRules rules = rulesOf(720);
        rules.retentionRows = 10; // the running bar is one of them
        const RetentionSplit split = splitByRetention(IntervalSet(minutes(0, 100)), rules, at(100));
        QCOMPARE(text(split.tooOld), QStringLiteral("0-91"));
        QCOMPARE(text(split.available), QStringLiteral("91-100"));
    }

    void findsListing_data()
    {
        QTest::addColumn<QString>("frames");
        QTest::addColumn<bool>("oldest");
        QTest::addColumn<int>("maxRows");
        QTest::addColumn<int>("mostQuestions");
        QTest::newRow("by one request") << QStringLiteral("1m 1d") << true << 1000 << 1;
        QTest::newRow("months at once, then down") << QStringLiteral("1m 1h 1d 1M") << false << 1000 << 4;
        QTest::newRow("weeks and months do not nest") << QStringLiteral("1m 5m 1h 1d 1w 1M") << false << 1000 << 6;
        QTest::newRow("days by bisection") << QStringLiteral("1m 5m 1h 6h 1d") << false << 300 << 9;
        QTest::newRow("one frame alone") << QStringLiteral("1m") << false << 1000 << 26;
    }
    void findsListing()
    {
        QFETCH(QString, frames);
        QFETCH(bool, oldest);
        QFETCH(int, maxRows);
        QFETCH(int, mostQuestions);
        const Grid own(*Timeframe::fromName("1m"));
        const UtcMs now = std::chrono::sys_days {std::chrono::year {2026} / 3 / 7};
        for (const UtcMs listing : {at(17 * 60 + 23), at(0), fromMs(1'311'379'620'000), now - 90min}) {
            std::vector<PageRules> rules;
            for (const QString& name : frames.split(QLatin1Char(' '))) {
                PageRules rule = rulesOf(maxRows);
                rule.grid = Grid(*Timeframe::fromName(name.toStdString()));
                rule.canAskOldest = oldest;
                rules.push_back(rule);
            }
            Market market {listing, now};
            ListingSearch search(own.timeframe(), rules, now);
            while (const auto question = search.next()) {
                QVERIFY2(market.asked <= mostQuestions, "the search walks");
                search.answered(market.answer(*question, own));
            }
            QVERIFY(search.listing().has_value());
            QCOMPARE(toMs(*search.listing()), toMs(listing));
            QVERIFY(market.asked <= mostQuestions);
        }
    }

    void searchEndsWithoutRows()
    {
        ListingSearch search(*Timeframe::fromName("1m"), {rulesOf(1000)}, at(0));
        int asked = 0;
        for (; search.next() && asked < 100; ++asked)
            search.answered(std::nullopt);
        QVERIFY(asked < 40);
        QVERIFY(!search.listing());
    }
};

QTEST_APPLESS_MAIN(TestPageWalk)
#include "tst_pagewalk.moc"
