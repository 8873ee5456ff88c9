// States of a run: what may begin, what never will, how it ends; held against a slow model under random operations.

#include <QtTest>

#include <random>
#include <set>

#include "core/pipeline/runprogress.h"

using namespace mnemo;
using enum TaskState;

namespace {

std::vector<TaskInstance> instances(const std::vector<std::vector<int>>& upstream)
{
    std::vector<TaskInstance> all;
    for (std::size_t i = 0; i < upstream.size(); ++i)
        all.push_back({"t" + std::to_string(i), {}, {}, upstream[i]});
    return all;
}

QString states(const RunProgress& run)
{
    QStringList all;
    for (int i = 0; i < static_cast<int>(run.size()); ++i) {
        const std::string_view word = toText(run.state(i));
        all << QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
    }
    return all.join(u' ');
}

void finish(RunProgress& run, int instance, TaskState state)
{
    QVERIFY(!run.set(instance, Queued).empty());
    QVERIFY(!run.set(instance, Running).empty());
    QVERIFY(!run.set(instance, state).empty());
}

/// What the rule says, written down once more and slowly.
bool mayBegin(TriggerRule rule, const std::vector<TaskState>& upstream)
{
    const auto all = [&](auto matches) { return std::ranges::all_of(upstream, matches); };
    switch (rule) {
    case TriggerRule::AllSuccess:
        return all([](TaskState s) { return isSuccess(s); });
    case TriggerRule::AllDone:
        return all([](TaskState s) { return isFinal(s); });
    case TriggerRule::OneSuccess:
        return upstream.empty() || std::ranges::any_of(upstream, [](TaskState s) { return isSuccess(s); });
    case TriggerRule::NoneFailed:
        return all([](TaskState s) { return isSuccess(s) || s == Skipped; });
    }
    return false;
}

} // namespace

class TestRunProgress : public QObject {
    Q_OBJECT

private slots:
    void rules_data();
    void rules();
    void aChainGoesOn();
    void failureSpreads();
    void gapsCountAsSuccess();
    void forbiddenChangesDoNothing();
    void clearing();
    void upstreamAndDownstream();
    void interruptedWorkIsScheduledAgain();
    void tableIsSound();
    void randomOperations_data();
    void randomOperations();
};

void TestRunProgress::rules_data()
{
    QTest::addColumn<TriggerRule>("rule");
    QTest::addColumn<QList<TaskState>>("upstream");
    QTest::addColumn<TaskState>("expected");
    const auto row = [](const char* name, TriggerRule rule, QList<TaskState> upstream, TaskState expected) {
        QTest::newRow(name) << rule << upstream << expected;
    };
    row("all_success", TriggerRule::AllSuccess, {Success, SuccessWithGaps}, Scheduled);
    row("all_success waits", TriggerRule::AllSuccess, {Success, Running}, None);
    row("all_success, one failed, one open", TriggerRule::AllSuccess, {Running, Failed}, UpstreamFailed);
    row("all_success, skipped", TriggerRule::AllSuccess, {Success, Skipped}, Skipped);
    row("all_success, cancelled", TriggerRule::AllSuccess, {Success, Cancelled}, UpstreamFailed);
    row("all_done", TriggerRule::AllDone, {Failed, Skipped}, Scheduled);
    row("all_done waits", TriggerRule::AllDone, {Failed, Running}, None);
    row("one_success does not wait", TriggerRule::OneSuccess, {Running, Success}, Scheduled);
    row("one_success waits after a failure", TriggerRule::OneSuccess, {Running, Failed}, None);
    row("one_success, none", TriggerRule::OneSuccess, {Skipped, Failed}, UpstreamFailed);
    row("one_success, all skipped", TriggerRule::OneSuccess, {Skipped, Skipped}, Skipped);
    row("none_failed", TriggerRule::NoneFailed, {Skipped, Success}, Scheduled);
    row("none_failed, failed", TriggerRule::NoneFailed, {Running, Failed}, UpstreamFailed);
}

void TestRunProgress::rules()
{
    QFETCH(TriggerRule, rule);
    QFETCH(QList<TaskState>, upstream);
    QFETCH(TaskState, expected);
    RunProgress run(instances({{}, {}, {0, 1}}), {TriggerRule::AllSuccess, TriggerRule::AllSuccess, rule});
    QCOMPARE(run.begin(), (std::vector<int> {0, 1}));
    for (int i = 0; i < 2; ++i) {
        if (upstream[i] == Running) {
            run.set(i, Queued);
            run.set(i, Running);
        } else if (upstream[i] == Skipped || upstream[i] == Cancelled) {
            run.set(i, upstream[i]);
        } else {
            finish(run, i, upstream[i]);
        }
    }
    QCOMPARE(run.state(2), expected);
}

void TestRunProgress::aChainGoesOn()
{
    RunProgress run(instances({{}, {0}, {1}}), {3, TriggerRule::AllSuccess});
    QCOMPARE(run.begin(), std::vector<int> {0});
    finish(run, 0, Success);
    QCOMPARE(states(run), QStringLiteral("success scheduled none"));
    finish(run, 1, Success);
    finish(run, 2, Success);
    QVERIFY(run.isOver());
    QCOMPARE(run.runState(), RunState::Success);
}

void TestRunProgress::failureSpreads()
{
    RunProgress run(instances({{}, {0}, {1}, {}}), {4, TriggerRule::AllSuccess});
    run.begin();
    run.set(0, Queued);
    run.set(0, Running);
    QCOMPARE(run.set(0, UpForRetry), std::vector<int> {0});
    QCOMPARE(run.set(0, Scheduled), std::vector<int> {0});
    run.set(0, Queued);
    run.set(0, Running);
    QCOMPARE(run.set(0, Failed), (std::vector<int> {0, 1, 2}));
    QCOMPARE(states(run), QStringLiteral("failed upstream_failed upstream_failed scheduled"));
    QCOMPARE(run.runState(), RunState::Running);
    finish(run, 3, Success);
    QCOMPARE(run.runState(), RunState::Failed);
}

void TestRunProgress::gapsCountAsSuccess()
{
    RunProgress run(instances({{}, {0}}), {2, TriggerRule::AllSuccess});
    run.begin();
    finish(run, 0, SuccessWithGaps);
    QCOMPARE(run.state(1), Scheduled);
    finish(run, 1, Success);
    QCOMPARE(run.runState(), RunState::SuccessWithGaps);
}

void TestRunProgress::forbiddenChangesDoNothing()
{
    RunProgress run(instances({{}}), {1, TriggerRule::AllSuccess});
    run.begin();
    QVERIFY(run.set(0, Running).empty());
    QCOMPARE(run.state(0), Scheduled);
    finish(run, 0, Success);
    QVERIFY(run.set(0, Running).empty());
    QVERIFY(run.set(0, Cancelled).empty());
}

void TestRunProgress::clearing()
{
    RunProgress run(instances({{}, {0}, {1}}), {3, TriggerRule::AllSuccess});
    run.begin();
    finish(run, 0, Success);
    finish(run, 1, Failed);
    const std::vector<int> both {1, 2};
    QCOMPARE(run.clear(both), both);
    QCOMPARE(states(run), QStringLiteral("success scheduled none"));
    QVERIFY(!run.isOver());
    finish(run, 1, Success);
    QCOMPARE(run.state(2), Scheduled);
}

void TestRunProgress::upstreamAndDownstream()
{
    const RunProgress run(instances({{}, {0}, {0}, {1, 2}, {}}), {5, TriggerRule::AllSuccess});
    QCOMPARE(run.downstream(0), (std::vector<int> {1, 2, 3}));
    QCOMPARE(run.upstream(3), (std::vector<int> {0, 1, 2}));
    QVERIFY(run.downstream(4).empty());
}

void TestRunProgress::interruptedWorkIsScheduledAgain()
{
    RunProgress run(instances({{}, {0}, {1}}), {3, TriggerRule::AllSuccess});
    run.restore(0, Success);
    QCOMPARE(run.settle(), std::vector<int> {1}); // its own state had not been written before the crash
    QCOMPARE(states(run), QStringLiteral("success scheduled none"));
}

void TestRunProgress::tableIsSound()
{
    for (int a = 0; a <= static_cast<int>(Cancelled); ++a) {
        const auto from = static_cast<TaskState>(a);
        QCOMPARE(taskStateFromText(toText(from)).value(), from);
        QVERIFY(!mayFollow(from, from));
        QVERIFY(isActive(from) || from == None || mayFollow(from, None)); // all but work can be cleared
        QVERIFY(!isFinal(from) || !mayFollow(from, Running));
        QVERIFY(!mayFollow(None, Running) && !mayFollow(None, Queued));
    }
}

void TestRunProgress::randomOperations_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 40; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void TestRunProgress::randomOperations()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto upTo = [&random](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
    std::vector<std::vector<int>> upstream;
    std::vector<TriggerRule> triggers;
    for (int i = 0; i < 25; ++i) {
        std::set<int> up;
        for (int k = 0; i > 0 && k < upTo(3); ++k)
            up.insert(upTo(i - 1));
        upstream.emplace_back(up.begin(), up.end());
        triggers.push_back(static_cast<TriggerRule>(upTo(3)));
    }
    const auto all = instances(upstream);
    RunProgress run(all, triggers);
    run.begin();
    for (int step = 0; step < 400; ++step) {
        const int chosen = upTo(24);
        const TaskState before = run.state(chosen);
        if (upTo(9) == 0) {
            run.clear(std::vector<int> {chosen});
            QVERIFY(isActive(before) || run.state(chosen) != before || before == None || before == Scheduled || before == UpstreamFailed || before == Skipped);
        } else {
            const auto to = static_cast<TaskState>(upTo(static_cast<int>(Cancelled)));
            QCOMPARE(run.set(chosen, to).empty(), to == None || !mayFollow(before, to));
        }
        RunProgress again(all, triggers); // the same, read back: the counters are what the states say
        std::size_t open = 0;
        for (int i = 0; i < 25; ++i) {
            again.restore(i, run.state(i));
            open += isFinal(run.state(i)) ? 0 : 1;
            std::vector<TaskState> up;
            for (const int other : upstream[static_cast<std::size_t>(i)])
                up.push_back(run.state(other));
            if (run.state(i) == None && mayBegin(triggers[static_cast<std::size_t>(i)], up)) // only by a person's clearing above it
                QVERIFY2(false, qPrintable(QStringLiteral("instance %1 waits for nothing: %2").arg(i).arg(states(run))));
        }
        QCOMPARE(run.isOver(), open == 0);
        QVERIFY(again.settle().empty());
    }
}

QTEST_APPLESS_MAIN(TestRunProgress)
#include "tst_runprogress.moc"
