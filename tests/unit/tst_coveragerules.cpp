#include <QTest>

#include <map>
#include <random>

#include "core/storage/coveragerules.h"

using namespace mnemo;
using State = CoverageState;

namespace {

UtcMs minute(int n)
{
    return fromMs(n * 60'000LL);
}

CoverageSpan span(int from, int to, State state, int checks = 1, int checkedAt = 1000)
{
    return {{minute(from), minute(to)}, state, checks, minute(checkedAt)};
}

bool hasRows(TimeRange)
{
    return true;
}

bool always(const CoverageSpan&, const CoverageSpan&, TimeRange)
{
    return true;
}

} // namespace

Q_DECLARE_METATYPE(std::vector<mnemo::CoverageSpan>)
using Spans = std::vector<CoverageSpan>;

class TestCoverageRules : public QObject {
    Q_OBJECT
private slots:
    void applies_data()
    {
        QTest::addColumn<Spans>("known");
        QTest::addColumn<Spans>("said");
        QTest::addColumn<Spans>("expected");
        QTest::newRow("first answer") << Spans {} << Spans {span(0, 10, State::Answered)} << Spans {span(0, 10, State::Answered)};
        QTest::newRow("neighbours merge, older time stays")
            << Spans {span(0, 10, State::Answered, 1, 1000)} << Spans {span(10, 20, State::Answered, 1, 1001)}
            << Spans {span(0, 20, State::Answered, 1, 1000)};
        QTest::newRow("fills the hole between two")
            << Spans {span(0, 10, State::Answered), span(20, 30, State::Answered)} << Spans {span(10, 20, State::Answered)}
            << Spans {span(0, 30, State::Answered)};
        QTest::newRow("unequal checks stay apart")
            << Spans {span(0, 10, State::Answered, 2)} << Spans {span(10, 20, State::Answered, 1)}
            << Spans {span(0, 10, State::Answered, 2), span(10, 20, State::Answered, 1)};
        QTest::newRow("again, later, is a check") << Spans {span(0, 10, State::Answered, 1, 1000)}
                                                  << Spans {span(0, 10, State::Answered, 1, 1001)}
                                                  << Spans {span(0, 10, State::Answered, 2, 1001)};
        QTest::newRow("again at once is not") << Spans {span(0, 10, State::Answered, 1, 1000)}
                                              << Spans {{{minute(0), minute(10)}, State::Answered, 1, minute(1001) - milliseconds {1}}}
                                              << Spans {span(0, 10, State::Answered, 1, 1000)};
        QTest::newRow("the middle again") << Spans {span(0, 30, State::Answered, 1, 1000)}
                                          << Spans {span(10, 20, State::Answered, 1, 1010)}
                                          << Spans {span(0, 10, State::Answered, 1, 1000), span(10, 20, State::Answered, 2, 1010),
                                                 span(20, 30, State::Answered, 1, 1000)};
        QTest::newRow("overlap and beyond") << Spans {span(0, 10, State::Answered, 1, 1000)}
                                            << Spans {span(5, 15, State::Answered, 1, 1005)}
                                            << Spans {span(0, 5, State::Answered, 1, 1000), span(5, 10, State::Answered, 2, 1005),
                                                   span(10, 15, State::Answered, 1, 1005)};
        QTest::newRow("failure does not overwrite an answer") << Spans {span(0, 10, State::Answered)}
                                                              << Spans {span(5, 15, State::Failed)}
                                                              << Spans {span(0, 10, State::Answered), span(10, 15, State::Failed)};
        QTest::newRow("failure does not overwrite unlisted") << Spans {span(0, 10, State::Unlisted)}
                                                             << Spans {span(0, 10, State::Failed)}
                                                             << Spans {span(0, 10, State::Unlisted)};
        QTest::newRow("answer overwrites failure") << Spans {span(0, 10, State::Failed)} << Spans {span(0, 10, State::Answered)}
                                                   << Spans {span(0, 10, State::Answered)};
        QTest::newRow("answer overwrites unlisted and beyond")
            << Spans {span(0, 10, State::Unlisted), span(10, 20, State::BeyondRetention)} << Spans {span(5, 15, State::Answered)}
            << Spans {span(0, 5, State::Unlisted), span(5, 15, State::Answered), span(15, 20, State::BeyondRetention)};
        QTest::newRow("delisted overwrites an answer") << Spans {span(0, 10, State::Answered)}
                                                       << Spans {span(8, 20, State::Delisted)}
                                                       << Spans {span(0, 8, State::Answered), span(8, 20, State::Delisted)};
        QTest::newRow("what was told is not taken back by retention")
            << Spans {span(0, 10, State::Answered), span(10, 20, State::Failed)} << Spans {span(5, 25, State::BeyondRetention)}
            << Spans {span(0, 10, State::Answered), span(10, 25, State::BeyondRetention)};
        QTest::newRow("over several with unknown between")
            << Spans {span(2, 4, State::Answered), span(6, 8, State::Failed), span(12, 14, State::Answered)}
            << Spans {span(0, 10, State::Answered)}
            << Spans {span(0, 10, State::Answered), span(12, 14, State::Answered)};
        QTest::newRow("several said") << Spans {} << Spans {span(0, 5, State::Unlisted), span(5, 10, State::Answered)}
                                      << Spans {span(0, 5, State::Unlisted), span(5, 10, State::Answered)};
    }
    void applies()
    {
        QFETCH(Spans, known);
        QFETCH(Spans, said);
        QFETCH(Spans, expected);
        // unless the row is about time, an equal time must not count as a check
        QVERIFY(appliedCoverage(known, said, always, hasRows) == expected);
    }

    void anEmptyAnswerLeavesWhatWasNotTraded()
    {
        const auto onlyFrom15 = [](TimeRange overlap) { return overlap.to > minute(15); };
        const Spans known {span(0, 10, State::Unlisted), span(10, 20, State::BeyondRetention), span(20, 30, State::Delisted)};
        const Spans said {span(0, 30, State::Answered, 1, 2000)};
        QVERIFY(appliedCoverage(known, said, always, onlyFrom15)
            == (Spans {span(0, 10, State::Unlisted), span(10, 30, State::Answered, 1, 2000)}));
    }

    void asksBeforeItCountsACheck()
    {
        const Spans known {span(0, 10, State::Answered, 1, 1000)};
        const Spans said {span(0, 10, State::Answered, 1, 2000)};
        const auto never = [](const CoverageSpan&, const CoverageSpan&, TimeRange) { return false; };
        QVERIFY(appliedCoverage(known, said, never, hasRows) == known);
    }

    /// Against a model that holds every minute on its own.
    void agreesWithAMinuteByMinuteModel()
    {
        struct Cell {
            State state;
            int checks;
        };
        std::mt19937 random(7);
        const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        constexpr std::array states {State::Answered, State::Failed, State::Unlisted, State::Delisted, State::BeyondRetention};
        for (int round = 0; round < 200; ++round) {
            Spans known;
            std::map<int, Cell> model;
            for (int step = 0; step < 30; ++step) {
                const int from = below(60);
                const int to = from + 1 + below(20);
                const State state = states[static_cast<std::size_t>(below(5))];
                known = appliedCoverage(known, Spans {span(from, to, state, 1, 1000 + step * 10)}, always, hasRows);
                for (int m = from; m < to; ++m) {
                    const auto cell = model.find(m);
                    if (cell == model.end())
                        model[m] = {state, 1};
                    else if (cell->second.state == state)
                        ++cell->second.checks;
                    else if (state != State::Failed && !(state == State::BeyondRetention && cell->second.state == State::Answered))
                        cell->second = {state, 1};
                }
                std::map<int, Cell> seen;
                for (std::size_t i = 0; i < known.size(); ++i) {
                    QVERIFY(!known[i].range.isEmpty());
                    if (i > 0) {
                        QVERIFY(known[i - 1].range.to <= known[i].range.from);
                        QVERIFY(known[i - 1].range.to < known[i].range.from || known[i - 1].state != known[i].state
                            || known[i - 1].checks != known[i].checks);
                    }
                    for (UtcMs m = known[i].range.from; m < known[i].range.to; m += milliseconds {60'000})
                        seen[static_cast<int>(toMs(m) / 60'000)] = {known[i].state, known[i].checks};
                }
                QCOMPARE(seen.size(), model.size());
                for (const auto& [m, cell] : model) {
                    QVERIFY(seen[m].state == cell.state);
                    // merging keeps the older time, so that a part may count a check that it did not have: never fewer
                    QVERIFY(seen[m].checks >= 1 && seen[m].checks <= cell.checks);
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestCoverageRules)
#include "tst_coveragerules.moc"
