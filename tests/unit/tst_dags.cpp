// Definitions of pipelines: what is read, what is refused and where, and how a pipeline is multiplied out.

#include <QtTest>

#include "core/config/settings.h"
#include "core/pipeline/expansion.h"
#include "places.h"

using namespace mnemo;

namespace {

Node tree(const QByteArray& text)
{
    auto read = parseYaml(text.toStdString(), "dags/mine.yaml");
    if (!read)
        qFatal("%s", read.error().detail.c_str());
    Node all;
    all.insert("mine", std::move(*read), {});
    return all;
}

DagDefinition oneDag(const QByteArray& text)
{
    Problems problems;
    const auto dags = readDags(tree(text), problems);
    if (!problems.empty() || dags.size() != 1)
        qFatal("%s", problems.empty() ? "not one pipeline" : problems.front().text().c_str());
    return dags.front();
}

Settings universe()
{
    Settings settings;
    settings.universe.push_back({{"kraken", "binance"}, {}, {"BTC/USDT", "ETH/USDT"}, {"1h", "1d"}, {}});
    settings.universe.push_back({{"binance"}, {}, {"BTC/USDT:USDT"}, {"1h"}, {"candles", "open_interest"}});
    return settings;
}

QStringList list(std::initializer_list<const char*> words)
{
    QStringList all;
    for (const char* word : words)
        all << QString::fromLatin1(word);
    return all;
}

QStringList names(const std::vector<TaskInstance>& instances)
{
    QStringList all;
    for (const TaskInstance& instance : instances)
        all << QString::fromStdString(instance.name());
    return all;
}

QStringList upstream(const std::vector<TaskInstance>& instances, const char* name)
{
    QStringList all;
    for (const TaskInstance& instance : instances) {
        if (instance.name() != name)
            continue;
        for (const int other : instance.upstream)
            all << QString::fromStdString(instances[static_cast<std::size_t>(other)].name());
    }
    return all;
}

} // namespace

class TestDags : public QObject {
    Q_OBJECT

private slots:
    void everythingIsRead();
    void defaults();
    void tasksStandInOrder();
    void problems_data();
    void problems();
    void oneWrongLeavesTheOthers();
    void sameNameTwice();
    void versionFollowsTheText();
    void oneInstanceForEachSeries();
    void by_data();
    void by();
    void listsNeedNoUniverse();
    void sourcesAreChosen();
    void waitsOnlyForItsOwnSeries();
    void aThousandOfTwoHundred();
    void theShippedOnesAskNobodyUnasked();
};

void TestDags::everythingIsRead()
{
    const DagDefinition dag = oneDag(R"yaml(
nightly:
  description: deep history
  schedule: 0 3 * * *
  timezone: Europe/Berlin
  start: 2026-01-01
  catchup: true
  max_active_runs: 2
  paused: true
  tags: [history, candles]
  on_failure: https://example.test/hook
  tasks:
    - id: fill
      type: backfill
      with: {last: 30d, newest_first: true}
      pool: history
      priority: 3
      retries: 5
      retry_delay: 30s
      timeout: 2h
      expand: {exchanges: [kraken], by: exchange}
    - id: check
      type: validate
      with: {last: 2d, rules: [ohlc], fail_on: warn}
      depends_on: [fill]
      trigger_rule: all_done
)yaml");
    QCOMPARE(dag.id, std::string("nightly"));
    QCOMPARE(dag.schedule.text(), std::string("0 3 * * *"));
    QCOMPARE(dag.timezone, std::string("Europe/Berlin"));
    QVERIFY(dag.start && dag.catchup && dag.isPaused);
    QCOMPARE(dag.maxActiveRuns, 2);
    QCOMPARE(dag.tags, (std::vector<std::string> {"history", "candles"}));
    QCOMPARE(dag.tasks.size(), std::size_t(2));
    const TaskDefinition& fill = dag.tasks[0];
    BackfillWork expected;
    expected.range.last = std::chrono::hours {24 * 30};
    expected.newestFirst = true;
    QVERIFY(std::get<BackfillWork>(fill.work) == expected);
    QCOMPARE(fill.pool, std::string("history"));
    QCOMPARE(fill.priority, 3);
    QCOMPARE(fill.retries, 5);
    QVERIFY(fill.retryDelay == milliseconds {30'000} && fill.timeout == milliseconds {7'200'000});
    QVERIFY(fill.expand.by == TaskExpansion::By::Exchange);
    QVERIFY(dag.tasks[1].trigger == TriggerRule::AllDone);
    QCOMPARE(std::get<ValidateWork>(dag.tasks[1].work).failOn, std::string("warn"));
}

void TestDags::defaults()
{
    const DagDefinition dag = oneDag("now: {tasks: [{id: a, type: incremental}]}");
    QVERIFY(dag.schedule.isManual() && !dag.catchup && !dag.isPaused && !dag.start);
    QCOMPARE(dag.maxActiveRuns, 1);
    const TaskDefinition& task = dag.tasks[0];
    QCOMPARE(task.pool, std::string("default"));
    QVERIFY(task.trigger == TriggerRule::AllSuccess && task.expand.by == TaskExpansion::By::Series && !task.expand.isList);
}

void TestDags::tasksStandInOrder()
{
    const DagDefinition dag = oneDag("d: {tasks: [{id: c, type: sql, with: {query: SELECT 1}, depends_on: [b, a]}, "
                                     "{id: b, type: rollup, depends_on: a}, {id: a, type: markets}]}");
    QCOMPARE(dag.tasks[0].id, std::string("a"));
    QCOMPARE(dag.tasks[1].id, std::string("b"));
    QCOMPARE(dag.tasks[2].id, std::string("c"));
    QVERIFY(dag.find("b") && !dag.find("z"));
}

void TestDags::problems_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected"); // part of the problem's text, place included
    const auto row = [](const char* name, const char* text, const char* expected) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
    };
    row("unknown key", "d:\n  shedule: every 5m\n  tasks: [{id: a, type: markets}]\n", "dags/mine.yaml:2:3: dags.mine.d.shedule");
    row("nearest key", "d:\n  shedule: every 5m\n  tasks: [{id: a, type: markets}]\n", "did you mean schedule");
    row("schedule", "d:\n  schedule: every banana\n  tasks: [{id: a, type: markets}]\n", "dags/mine.yaml:2:13");
    row("zone", "d:\n  timezone: Europe/Belrin\n  tasks: [{id: a, type: markets}]\n", "Europe/Berlin");
    row("no tasks", "d: {schedule: every 5m}", "at least one task");
    row("no type", "d: {tasks: [{id: a}]}", "what the task does");
    row("unknown type", "d: {tasks: [{id: a, type: incremetal}]}", "did you mean incremental");
    row("unknown key of a type", "d: {tasks: [{id: a, type: backfill, with: {lest: 3d}}]}", "did you mean last");
    row("key of another type", "d: {tasks: [{id: a, type: markets, with: {last: 3d}}]}", "dags.mine.d.tasks[0].with.last");
    row("needed key", "d: {tasks: [{id: a, type: sql}]}", "one statement that reads");
    row("expectation", "d: {tasks: [{id: a, type: sql, with: {query: SELECT 1, expect: none}}]}", "expected any, empty, rows");
    row("address", "d: {tasks: [{id: a, type: http, with: {url: 'ftp://x'}}]}", "http:// or https://");
    row("both ranges", "d: {tasks: [{id: a, type: backfill, with: {last: 3d, from: 2026-01-01}}]}", "either from and to, or last");
    row("reversed range", "d: {tasks: [{id: a, type: backfill, with: {from: 2026-01-02, to: 2026-01-01}}]}", "later than from");
    row("class of gaps", "d: {tasks: [{id: a, type: repair, with: {classes: [faild]}}]}", "did you mean failed");
    row("timeframe", "d: {tasks: [{id: a, type: markets, expand: {timeframes: [7m]}}]}", "\"7m\"");
    row("list without symbols", "d: {tasks: [{id: a, type: backfill, expand: {over: list, exchanges: [kraken]}}]}", "a list needs");
    row("unknown dependency", "d: {tasks: [{id: fetch, type: markets}, {id: b, type: rollup, depends_on: [fetsh]}]}", "did you mean fetch");
    row("itself", "d: {tasks: [{id: a, type: markets, depends_on: a}]}", "wait for each other: a -> a");
    row("cycle", "d: {tasks: [{id: a, type: markets, depends_on: c}, {id: b, type: rollup, depends_on: a}, {id: c, type: rollup, depends_on: b}]}",
        "wait for each other: a -> c -> b -> a");
    row("twice", "d: {tasks: [{id: a, type: markets}, {id: a, type: rollup}]}", "two tasks \"a\"");
    row("id of a task", "d: {tasks: [{id: 'a b', type: markets}]}", "only letters");
    row("other id", "d: {id: e, tasks: [{id: a, type: markets}]}", "the name under which");
    row("retries", "d: {tasks: [{id: a, type: markets, retries: -1}]}", "retries");
    row("no map", "d: [1, 2]", "expected a map");
}

void TestDags::problems()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    Problems problems;
    QVERIFY(readDags(tree(text), problems).empty());
    QVERIFY(!problems.empty());
    QVERIFY2(problems.front().text().find(expected.toStdString()) != std::string::npos, problems.front().text().c_str());
    QVERIFY(problems.front().mark.line > 0);
}

void TestDags::oneWrongLeavesTheOthers()
{
    Problems problems;
    const auto dags = readDags(tree("a: {tasks: [{id: a, type: markets}]}\nb: {tasks: 3}\nc: {tasks: [{id: a, type: markets}]}\n"), problems);
    QCOMPARE(dags.size(), std::size_t(2));
    QCOMPARE(problems.size(), std::size_t(1));
    QCOMPARE(problems.front().mark.line, 2);
}

void TestDags::sameNameTwice()
{
    Node all = tree("a: {tasks: [{id: a, type: markets}]}\n");
    all.insert("other", *parseYaml("a: {tasks: [{id: a, type: rollup}]}\n", "dags/other.yaml"), {});
    Problems problems;
    QCOMPARE(readDags(all, problems).size(), std::size_t(1));
    QCOMPARE(problems.size(), std::size_t(1));
    QVERIFY2(problems.front().text().find("dags/mine.yaml:1:4") != std::string::npos, problems.front().text().c_str());
}

void TestDags::versionFollowsTheText()
{
    const auto version = [](const char* text) { return oneDag(text).version; };
    const std::string first = version("a: {tasks: [{id: a, type: markets}]}");
    QCOMPARE(version("a:\n  tasks: # the same\n    - {id: a, type: markets}\n"), first);
    QVERIFY(version("a: {tasks: [{id: a, type: markets, retries: 0}]}") != first);
}

void TestDags::oneInstanceForEachSeries()
{
    const auto instances = expand(oneDag("d: {tasks: [{id: fetch, type: incremental, expand: {timeframes: [1h]}}]}"), universe());
    QCOMPARE(names(instances), list({"fetch[binance spot BTC/USDT candles 1h]", "fetch[binance spot ETH/USDT candles 1h]",
        "fetch[binance linear BTC/USDT:USDT candles 1h]", "fetch[binance linear BTC/USDT:USDT open_interest 1h]",
        "fetch[kraken spot BTC/USDT candles 1h]", "fetch[kraken spot ETH/USDT candles 1h]"}));
    QCOMPARE(instances[0].series.size(), std::size_t(1));
}

void TestDags::by_data()
{
    QTest::addColumn<QByteArray>("task");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("markets of each exchange") << QByteArray("type: markets") << list({"t[binance]", "t[kraken]"});
    QTest::newRow("compare each symbol") << QByteArray("type: compare, expand: {markets: spot, timeframes: 1d}") << list({"t[BTC/USDT]", "t[ETH/USDT]"});
    QTest::newRow("market") << QByteArray("type: rollup, expand: {by: market}") << list({"t[binance spot]", "t[binance linear]", "t[kraken spot]"});
    QTest::newRow("timeframe") << QByteArray("type: rollup, expand: {by: timeframe, exchanges: kraken}") << list({"t[1h]", "t[1d]"});
    QTest::newRow("all") << QByteArray("type: sql, with: {query: SELECT 1}") << list({"t"});
    QTest::newRow("none that match") << QByteArray("type: rollup, expand: {exchanges: bitfinex}") << list({});
    QTest::newRow("none that match, but about all") << QByteArray("type: http, with: {url: 'http://x'}, expand: {exchanges: bitfinex}") << list({"t"});
    QTest::newRow("open interest alone") << QByteArray("type: open_interest") << list({"t[binance linear BTC/USDT:USDT open_interest 1h]"});
}

void TestDags::by()
{
    QFETCH(QByteArray, task);
    QFETCH(QStringList, expected);
    QCOMPARE(names(expand(oneDag("d: {tasks: [{id: t, " + task + "}]}"), universe())), expected);
}

void TestDags::listsNeedNoUniverse()
{
    const auto dag = oneDag("d: {tasks: [{id: t, type: open_interest, expand: {over: list, exchanges: okx, symbols: ['BTC/USDT:USDT'], timeframes: 1h}}]}");
    QCOMPARE(names(expand(dag, {})), list({"t[okx linear BTC/USDT:USDT open_interest 1h]"}));
    const auto told = oneDag("d: {tasks: [{id: t, type: open_interest, expand: {over: list, exchanges: okx, sources: teller, symbols: ['BTC/USDT:USDT'], timeframes: 1h}}]}");
    QCOMPARE(names(expand(told, {})), list({"t[teller: okx linear BTC/USDT:USDT open_interest 1h]"}));
}

/// What several tell of one exchange are several series.
void TestDags::sourcesAreChosen()
{
    Settings settings = universe();
    settings.universe.push_back({{"binance"}, {}, {"BTC/USDT:USDT"}, {"1h"}, {"open_interest"}, {"teller"}});
    const auto namesOf = [&](const char* expansion) {
        return names(expand(oneDag(QByteArray("d: {tasks: [{id: t, type: open_interest, expand: {") + expansion + "}}]}"), settings));
    };
    const QString own = QStringLiteral("t[binance linear BTC/USDT:USDT open_interest 1h]"), told = QStringLiteral("t[teller: binance linear BTC/USDT:USDT open_interest 1h]");
    QCOMPARE(namesOf(""), (QStringList {own, told}));
    QCOMPARE(namesOf("sources: teller"), QStringList {told});
    QCOMPARE(namesOf("sources: binance"), QStringList {own});
}

void TestDags::waitsOnlyForItsOwnSeries()
{
    const auto instances = expand(oneDag(R"yaml(
d:
  tasks:
    - {id: fetch, type: incremental, expand: {markets: spot, timeframes: 1h}}
    - {id: check, type: validate, depends_on: fetch, expand: {markets: spot, timeframes: 1h}}
    - {id: compare, type: compare, depends_on: check, expand: {markets: spot, timeframes: 1h}}
    - {id: tell, type: http, with: {url: 'http://x'}, depends_on: compare, expand: {timeframes: 3d}}
)yaml"), universe());
    QCOMPARE(upstream(instances, "check[kraken spot BTC/USDT candles 1h]"), list({"fetch[kraken spot BTC/USDT candles 1h]"}));
    QCOMPARE(upstream(instances, "compare[BTC/USDT]"),
        list({"check[binance spot BTC/USDT candles 1h]", "check[kraken spot BTC/USDT candles 1h]"}));
    QCOMPARE(upstream(instances, "tell"), list({"compare[BTC/USDT]", "compare[ETH/USDT]"}));
}

/// A size test, not a timed one: tests/bench measures.
void TestDags::aThousandOfTwoHundred()
{
    Node file;
    file.type = Node::Type::Map;
    Node tasks;
    tasks.type = Node::Type::List;
    for (int i = 0; i < 200; ++i) {
        const std::string before = i == 0 ? "" : ", depends_on: t" + std::to_string(i - 1);
        tasks.list.push_back(Node::fromText("{id: t" + std::to_string(i) + ", type: rollup, expand: {by: all}" + before + "}"));
    }
    for (int i = 0; i < 1000; ++i) {
        Node dag;
        dag.insert("tasks", tasks, {});
        file.insert("d" + std::to_string(i), std::move(dag), {});
    }
    Node all;
    all.insert("many", std::move(file), {});
    Problems problems;
    const auto dags = readDags(all, problems);
    QCOMPARE(problems.size(), std::size_t(0));
    QCOMPARE(dags.size(), std::size_t(1000));
    QCOMPARE(expand(dags.back(), {}).size(), std::size_t(200));
}

void TestDags::theShippedOnesAskNobodyUnasked()
{
    ConfigSources sources;
    sources.shipped = MNEMO_SOURCE_DIR "/config";
    sources.environment = {"HOME=/nonexistent"};
    LoadedSettings loaded = loadSettingsWithoutExchanges(sources);
    const auto dags = readDags(loaded.settings.dags, loaded.problems);
    QVERIFY2(loaded.problems.empty(), loaded.problems.empty() ? "" : loaded.problems.front().text().c_str());
    QStringList ids;
    for (const DagDefinition& dag : dags) {
        ids << QString::fromStdString(dag.id);
        const auto asks = [](const TaskDefinition& task) { return task.type != "validate" && task.type != "compare"; };
        QVERIFY2(dag.isPaused || std::ranges::none_of(dag.tasks, asks), dag.id.c_str());
        QVERIFY2(!expand(dag, loaded.settings).empty(), dag.id.c_str());
    }
    QCOMPARE(ids, list({"incremental", "readings", "deep_backfill", "validation", "cross_source", "repair"}));
}

QTEST_GUILESS_MAIN(TestDags)
#include "tst_dags.moc"
