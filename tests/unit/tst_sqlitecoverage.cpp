#include "storefixture.h"

#include <random>

using namespace mnemo;
using State = CoverageState;
using Spans = std::vector<CoverageSpan>;

class TestSqliteCoverage : public QObject {
    Q_OBJECT
private slots:
    void pagesExtendOneSpan()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const UtcMs start = at("2024-01-01");
        for (const int hour : {0, 1, 2, 5, 4, 3}) // the last one closes the hole
            fixture.commit(series, bars(start + std::chrono::hours {hour}, 60), at("2024-02-01") + std::chrono::minutes {hour});
        const Spans expected {{{start, start + std::chrono::hours {6}}, State::Answered, 1, at("2024-02-01")}};
        QVERIFY(must(fixture.reader->coverage(series.id, always)) == expected);
        const TimeRange clip {start + std::chrono::hours {1}, start + std::chrono::hours {2}};
        QVERIFY(must(fixture.reader->coverage(series.id, clip)) == (Spans {{clip, State::Answered, 1, at("2024-02-01")}}));
        QVERIFY(must(fixture.reader->coverage(series.id, {at("2025-01-01"), at("2025-01-02")})).empty());
    }

    void absenceAskedAgainIsAnotherCheck_data()
    {
        QTest::addColumn<bool>("isAbsent");
        QTest::addColumn<int>("secondsLater");
        QTest::addColumn<int>("checks");
        QTest::newRow("absent, later") << true << 60 << 2;
        QTest::newRow("absent, too soon") << true << 59 << 1;
        QTest::newRow("nothing absent") << false << 3600 << 1;
    }
    void absenceAskedAgainIsAnotherCheck()
    {
        QFETCH(bool, isAbsent);
        QFETCH(int, secondsLater);
        QFETCH(int, checks);
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto rows = bars(at("2024-01-01"), 60);
        if (isAbsent)
            rows.erase(rows.begin() + 20, rows.begin() + 30);
        fixture.commit(series, rows, at("2024-02-01"));
        fixture.commit(series, rows, at("2024-02-01") + std::chrono::seconds {secondsLater});
        const auto spans = must(fixture.reader->coverage(series.id, always));
        QCOMPARE(spans.size(), 1U);
        QCOMPARE(spans[0].checks, checks);
    }

    /// The merged span is old, its end is not.
    void aFreshEndOfAnOldSpanIsNotCheckedTwice()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        fixture.commit(series, bars(at("2024-01-01"), 60), at("2024-02-01"));
        auto end = bars(at("2024-01-01T01:00"), 60);
        end.erase(end.begin() + 5, end.begin() + 9);
        fixture.commit(series, end, at("2024-02-02"));
        fixture.commit(series, end, at("2024-02-02") + std::chrono::seconds {5});
        auto spans = must(fixture.reader->coverage(series.id, always));
        QCOMPARE(spans.size(), 1U);
        QCOMPARE(spans[0].checks, 1);
        fixture.commit(series, end, at("2024-02-03"));
        spans = must(fixture.reader->coverage(series.id, always));
        QCOMPARE(spans.size(), 2U);
        QCOMPARE(spans[1].checks, 2);
    }

    void failureAndAnswerOfOneTransaction()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        auto failed = StoreFixture::page(series, bars(at("2024-01-01"), 60), at("2024-02-01"));
        failed.rows.clear();
        failed.status = 500;
        failed.coverage[0].state = State::Failed;
        const auto answered = StoreFixture::page(series, bars(at("2024-01-01"), 30), at("2024-02-01"));
        const std::vector pages {failed, answered, failed};
        must(fixture.writer->commit(pages));
        const auto spans = must(fixture.reader->coverage(series.id, always));
        QCOMPARE(spans.size(), 2U);
        QCOMPARE(spans[0].state, State::Answered);
        QCOMPARE(spans[1].state, State::Failed);
        QCOMPARE(toMs(spans[1].range.from), toMs(at("2024-01-01T00:30")));
    }

    void setCoverageIsCommitted()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const Spans spans {{{at("2020-01-01"), at("2021-01-01")}, State::Unlisted, 1, at("2024-01-01")},
            {{at("2021-01-01"), at("2021-02-01")}, State::BeyondRetention, 1, at("2024-01-01")}};
        must(fixture.writer->setCoverage(series.id, spans));
        QVERIFY(must(fixture.reader->coverage(series.id, always)) == spans);
        const Spans bad {{{at("2021-01-01"), at("2020-01-01")}, State::Failed, 1, {}}};
        QCOMPARE(fixture.writer->setCoverage(series.id, bad).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(fixture.writer->setCoverage(99, spans).error().code, ErrorCode::NotFound);
        must(fixture.writer->setCoverage(series.id, {}));
    }

    /// Property: whatever came in which order, the table holds disjoint, merged spans over exactly what was said.
    void randomPagesLeaveCanonicalSpans()
    {
        StoreFixture fixture;
        const SeriesRecord series = fixture.series();
        const UtcMs start = at("2024-01-01");
        std::mt19937 random(3);
        const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        std::vector<bool> said(3000), answered(3000);
        for (int i = 0; i < 400; ++i) {
            const auto from = static_cast<std::size_t>(below(2800));
            const auto length = static_cast<std::size_t>(1 + below(150));
            auto page = StoreFixture::page(series, bars(start + std::chrono::minutes {from}, static_cast<int>(length)), at("2024-02-01") + std::chrono::seconds {i});
            const bool failed = below(3) == 0;
            if (failed) {
                page.rows.clear();
                page.coverage[0].state = State::Failed;
            }
            must(fixture.writer->commit({&page, 1}));
            for (std::size_t m = from; m < from + length; ++m) {
                said[m] = true;
                answered[m] = answered[m] || !failed;
            }
        }
        std::vector<bool> seen(3000), seenAnswered(3000);
        const auto spans = must(fixture.reader->coverage(series.id, always));
        for (std::size_t i = 0; i < spans.size(); ++i) {
            if (i > 0)
                QVERIFY(spans[i - 1].range.to < spans[i].range.from
                    || (spans[i - 1].range.to == spans[i].range.from
                        && (spans[i - 1].state != spans[i].state || spans[i - 1].checks != spans[i].checks)));
            for (UtcMs t = spans[i].range.from; t < spans[i].range.to; t += std::chrono::minutes {1}) {
                const auto m = static_cast<std::size_t>((t - start) / std::chrono::minutes {1});
                QVERIFY(!seen[m]);
                seen[m] = true;
                seenAnswered[m] = spans[i].state == State::Answered;
            }
        }
        QVERIFY(seen == said);
        QVERIFY(seenAnswered == answered);
    }
};

QTEST_APPLESS_MAIN(TestSqliteCoverage)
#include "tst_sqlitecoverage.moc"
