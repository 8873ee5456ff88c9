// What tasks of pipelines are made of: texts with placeholders, programs, logs, commands as text, bars of coarser frames.

#include <QtTest>

#include <fstream>
#include <thread>

#include "core/engine/commandjson.h"
#include "core/engine/controlsocket.h"
#include "core/engine/derivedbars.h"
#include "core/engine/placeholders.h"
#include "core/engine/shellcommand.h"
#include "core/engine/tasklog.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

TaskOrder orderAbout(std::vector<const char*> symbols)
{
    TaskOrder order;
    order.ref = {7, 2};
    order.pipeline = "mine";
    order.task.id = "tell";
    order.due = at("2026-03-01T01:00Z");
    order.parameters = "{\"depth\":\"it's\",\"n\":3}";
    for (const char* symbol : symbols)
        order.instance.series.push_back({"kraken", "kraken", MarketType::Spot, symbol, Kind::Candles, *Timeframe::fromName("1h")});
    return order;
}

const TimeRange hour {at("2026-03-01"), at("2026-03-01T01:00Z")};

} // namespace

class TestTaskParts : public QObject {
    Q_OBJECT

private slots:
    void placeholders_data();
    void placeholders();
    void quoting_data();
    void quoting();
    void theEnvironmentIsFilledInLate();
    void shell_data();
    void shell();
    void aStopEndsTheWholeGroup();
    void logOfARun();
    void commandsAsText();
    void outcomesAsText();
    void commandsOverTheSocket();
    void theSocketOfAnEndedProcess();
    void derivesWhatNobodyTold();
    void derivingIsRefused_data();
    void derivingIsRefused();
};

void TestTaskParts::placeholders_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("filled"); // null: refused
    QTest::newRow("run") << "{pipeline} {run} {task} {attempt}" << "mine 7 tell 1";
    QTest::newRow("times") << "{from} {to} {due}" << "2026-03-01T00:00:00.000Z 2026-03-01T01:00:00.000Z 2026-03-01T01:00:00.000Z";
    QTest::newRow("what all series share") << "{exchange} {market} {timeframe} {kind} {source}" << "kraken spot 1h candles kraken";
    QTest::newRow("what they do not share") << "{symbol}" << QString();
    QTest::newRow("parameters") << "{params.depth}-{params.n}" << "it's-3";
    QTest::newRow("no such parameter") << "{params.dept}" << QString();
    QTest::newRow("no such name") << "{exchang}" << QString();
    QTest::newRow("JSON stays") << R"({"a": {"b": 1}, "c": {}})" << R"({"a": {"b": 1}, "c": {}})";
    QTest::newRow("environment stays") << "${HOME}/{run}" << "${HOME}/7";
    QTest::newRow("open brace") << "{run" << "{run";
    QTest::newRow("nothing") << "" << "";
}

void TestTaskParts::placeholders()
{
    QFETCH(QString, text);
    QFETCH(QString, filled);
    const auto out = mnemo::filled(text.toStdString(), placeholdersOf(orderAbout({"BTC/USD", "ETH/USD"}), hour));
    QCOMPARE(out.has_value(), !filled.isNull());
    if (out)
        QCOMPARE(QString::fromStdString(*out), filled);
}

void TestTaskParts::quoting_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("shell");
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("json");
    QTest::newRow("plain") << "BTC" << "'BTC'" << "BTC" << "BTC" << "BTC" << "BTC";
    QTest::newRow("symbol") << "BTC/USDT:USDT" << "'BTC/USDT:USDT'" << "BTC/USDT:USDT" << "BTC%2FUSDT%3AUSDT" << "BTC-USDT-USDT" << "BTC/USDT:USDT";
    QTest::newRow("quotes") << "it's \"so\"" << "'it'\\''s \"so\"'" << "it''s \"so\"" << "it%27s%20%22so%22" << "it's \"so\"" << "it's \\\"so\\\"";
    QTest::newRow("upwards") << ".." << "'..'" << ".." << ".." << "-" << "..";
    QTest::newRow("command") << "$(rm -rf /)" << "'$(rm -rf /)'" << "$(rm -rf /)" << "%24%28rm%20-rf%20%2F%29" << "$(rm -rf -)" << "$(rm -rf /)";
}

void TestTaskParts::quoting()
{
    QFETCH(QString, value);
    const std::string text = value.toStdString();
    QTEST(QString::fromStdString(quotedForShell(text)), "shell");
    QTEST(QString::fromStdString(quotedForSql(text)), "sql");
    QTEST(QString::fromStdString(quotedForUrl(text)), "url");
    QTEST(QString::fromStdString(quotedForPath(text)), "path");
    QTEST(QString::fromStdString(quotedForJson(text)), "json");
}

void TestTaskParts::theEnvironmentIsFilledInLate()
{
    qputenv("MNEMO_TEST_TOKEN", "s3cret");
    QCOMPARE(withEnvironment("Bearer ${MNEMO_TEST_TOKEN}; ${MNEMO_TEST_NONE}.${"), std::string("Bearer s3cret; .${"));
}

void TestTaskParts::shell_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<int>("status");
    QTest::addColumn<QStringList>("lines");
    QTest::newRow("both outputs") << "echo one; echo two >&2" << 0 << QStringList {QStringLiteral("one"), QStringLiteral("two")};
    QTest::newRow("environment") << "echo $MNEMO_RUN" << 0 << QStringList {QStringLiteral("7")};
    QTest::newRow("no line end") << "printf x" << 0 << QStringList {QStringLiteral("x")};
    QTest::newRow("fails") << "exit 3" << 3 << QStringList();
    QTest::newRow("ended by a signal") << "kill -9 $$" << 137 << QStringList();
    QTest::newRow("no input") << "cat" << 0 << QStringList();
    QTest::newRow("no such program") << "mnemo-no-such-program 2>/dev/null" << 127 << QStringList();
}

void TestTaskParts::shell()
{
    QFETCH(QString, command);
    QFETCH(int, status);
    QFETCH(QStringList, lines);
    QStringList said;
    const auto ended = runShell(command.toStdString(), {{"MNEMO_RUN", "7"}}, [&said](const std::string& line) { said << QString::fromStdString(line); }, {});
    QVERIFY(ended);
    QCOMPARE(*ended, status);
    QCOMPARE(said, lines);
}

void TestTaskParts::aStopEndsTheWholeGroup()
{
    for (const char* command : {"echo begun; sleep 60; echo late", "trap '' TERM; echo begun; sleep 60 & wait; sleep 60", "echo begun; exec >&- 2>&-; sleep 60"}) {
        std::stop_source stop;
        const auto before = std::chrono::steady_clock::now();
        const auto ended = runShell(command, {}, [&stop](const std::string& line) {
            if (line == "begun")
                stop.request_stop();
        }, stop.get_token());
        QVERIFY(!ended);
        QVERIFY(ended.error().code == ErrorCode::Cancelled);
        QVERIFY2(std::chrono::steady_clock::now() - before < 10s, command);
    }
}

void TestTaskParts::logOfARun()
{
    QTemporaryDir folder;
    const TaskLog log(folder.path().toStdString());
    QVERIFY(log.read(3, {}, 10).value().empty());
    for (int i = 0; i < 5; ++i)
        log.add(3, {at("2026-03-01"), i % 2, 1, log::Level::Warning, "line " + std::to_string(i)});
    const auto all = must(log.read(3, {}, 10));
    QCOMPARE(all.size(), std::size_t(5));
    QVERIFY(all.front() == (TaskLogLine {at("2026-03-01"), 0, 1, log::Level::Warning, "line 0"}));
    const auto newest = must(log.read(3, 1, 1));
    QCOMPARE(newest.size(), std::size_t(1));
    QCOMPARE(newest.front().text, std::string("line 3"));
    QFile file(folder.filePath(QStringLiteral("runs/3.jsonl")));
    QVERIFY(file.open(QIODevice::Append));
    file.write("{\"at\": 1, torn");
    file.close();
    QCOMPARE(must(log.read(3, {}, 10)).size(), std::size_t(5));
}

void TestTaskParts::commandsAsText()
{
    PipelineCommand command;
    command.action = PipelineCommand::Action::Clear;
    command.pipeline = "mine";
    command.backfill = 4;
    command.run = 5;
    command.tasks = {"fetch[\"x\"]", "3"};
    command.parameters = {{"a", "b\n"}};
    command.range = hour;
    command.isNewestFirst = command.withUpstream = command.withDownstream = command.failedOnly = command.isDryRun = true;
    command.parallel = 3;
    command.state = TaskState::Failed;
    command.priority = 9;
    command.who = "ann";
    const auto back = commandFromJson(toJsonLine(command));
    QVERIFY(back);
    QVERIFY(*back == ControlCommand(command));
    const AlertCommand quiet {AlertCommand::Action::Silence, 7, "disk-nearly-full", "okx", at("2026-03-01"), "moving \"it\""};
    const auto read = commandFromJson(toJsonLine(quiet));
    QVERIFY(read && *read == ControlCommand(quiet));
    for (const char* wrong : {"", "{}", "[1]", "{\"action\":\"explode\"}", "{\"alerts\":\"shout\"}", "{\"alerts\":\"silence\"}"})
        QVERIFY2(!commandFromJson(wrong), wrong);
}

void TestTaskParts::outcomesAsText()
{
    const CommandOutcome outcome {{1, 2}, {{1, 0, "fetch[x]", "failed"}}, {at("2026-03-01")}, hour};
    const auto back = outcomeFromJson(toJsonLine(Result<CommandOutcome>(outcome)));
    QVERIFY(back && *back == outcome);
    const AlertOutcome ended {{3, "rule", "okx", "group", true, at("2026-03-01"), at("2026-03-02"), "why", "ann", at("2026-03-01")}, 9};
    const auto read = alertOutcomeFromJson(toJsonLine(Result<AlertOutcome>(ended)));
    QVERIFY(read && *read == ended);
    const auto error = outcomeFromJson(toJsonLine(Result<CommandOutcome>(fail(ErrorCode::NotFound, "no \"run\" 3"))));
    QVERIFY(!error);
    QVERIFY(error.error() == (Error {ErrorCode::NotFound, "no \"run\" 3", {}}));
}

void TestTaskParts::commandsOverTheSocket()
{
    QTemporaryDir folder;
    const std::filesystem::path dir = std::filesystem::path(folder.path().toStdString()) / std::string(120, 'x'); // longer than a socket's address
    std::filesystem::create_directories(dir);
    PipelineCommand command;
    command.pipeline = "mine";
    const auto nobody = askScheduler(dir, command);
    QVERIFY(!nobody && nobody.error().code == ErrorCode::NotFound);
    ControlSocket::Answers answers;
    answers.pipelines = [](const PipelineCommand& asked) {
        return asked.pipeline == "mine" ? Result<CommandOutcome>(CommandOutcome {{42}, {}, {}, {}}) : fail(ErrorCode::NotFound, asked.pipeline);
    };
    answers.alerts = [](const AlertCommand& asked) { return Result<AlertOutcome>(AlertOutcome {{}, asked.id}); };
    auto socket = must(ControlSocket::open(dir, std::move(answers)));
    QVERIFY(isSchedulerListening(dir)); // and goes away without a word
    std::atomic<int> answered = 0;
    {
        std::vector<std::jthread> clients;
        for (int i = 0; i < 8; ++i)
            clients.emplace_back([&] {
                const auto outcome = askScheduler(dir, command);
                answered += outcome && outcome->runs.front() == 42 ? 1 : 0;
            });
    }
    QCOMPARE(answered.load(), 8);
    command.pipeline = "other";
    const auto refused = askScheduler(dir, command);
    QVERIFY(!refused && refused.error().detail == "other");
    const auto known = askScheduler(dir, AlertCommand {AlertCommand::Action::Acknowledge, 5, {}, {}, {}, {}});
    QVERIFY(known && known->alert == 5);
    QCOMPARE(QFile::permissions(QString::fromStdString((dir / "scheduler.sock").string())) & (QFile::ReadOther | QFile::WriteOther | QFile::ReadGroup | QFile::WriteGroup), QFile::Permissions());
    socket.reset();
    QVERIFY(!isSchedulerListening(dir));
}

void TestTaskParts::theSocketOfAnEndedProcess()
{
    QTemporaryDir folder;
    const std::filesystem::path dir = folder.path().toStdString();
    std::ofstream(dir / "scheduler.sock") << "left";
    QVERIFY(!isSchedulerListening(dir));
    const auto socket = must(ControlSocket::open(dir, {[](const PipelineCommand&) { return CommandOutcome {}; }, {}}));
    QVERIFY(isSchedulerListening(dir));
}

/// Three days of hours, of which one was answered with nothing and one is unknown. A frame of which the source has told stays its own.
void TestTaskParts::derivesWhatNobodyTold()
{
    StoreFixture fixture;
    SeriesRecord wanted = fixture.series("1h");
    const UtcMs first = at("2026-03-01");
    auto rows = bars(first, 72, "1h");
    const Candle seen = rows[1];
    std::erase_if(rows, [&](const Candle& row) { return row.openTime == first + 3h || row.openTime == first + 30h; });
    auto series = must(fixture.writer->ensureSeries(wanted));
    PageCommit page;
    page.series = series.id;
    page.range = {first, first + 72h};
    page.fetchedAt = first + 100h;
    page.rows = rows;
    page.coverage = {{{first, first + 30h}, CoverageState::Answered, 1, first + 100h}, {{first + 31h, first + 72h}, CoverageState::Answered, 1, first + 100h}};
    must(fixture.writer->commit({&page, 1}));
    SeriesRecord daily = wanted;
    daily.key.timeframe = *Timeframe::fromName("1d");
    daily = must(fixture.writer->ensureSeries(daily));
    SeriesRecord halves = wanted;
    halves.key.timeframe = *Timeframe::fromName("12h");
    halves = must(fixture.writer->ensureSeries(halves));
    PageCommit told;
    told.series = halves.id;
    told.range = {first + 48h, first + 60h};
    told.fetchedAt = first + 100h;
    told.rows = bars(first + 48h, 1, "12h", 5);
    told.coverage = {{told.range, CoverageState::Answered, 1, first + 100h}};
    must(fixture.writer->commit({&told, 1}));

    Writer writer(std::move(fixture.writer), {});
    const FakeClock clock(first + 200h);
    const TimeRange all {first, first + 96h};
    const auto derived = deriveBars(*fixture.store, writer, clock, wanted.key, daily.key.timeframe, all, {});
    QVERIFY(derived);
    QCOMPARE(derived->rows, std::int64_t(2)); // the second day has an unknown hour
    const auto days = must(fixture.reader->candles(daily.id, all));
    QCOMPARE(days.size(), std::size_t(2));
    QCOMPARE(days[0].openTime, first);
    QCOMPARE(days[0].open, rows.front().open);
    QVERIFY(days[0].high >= seen.high);
    QCOMPARE(days[1].openTime, first + 48h);
    QVERIFY(must(fixture.reader->coverage(daily.id, all)).empty()); // the source is still asked for its own
    const auto again = deriveBars(*fixture.store, writer, clock, wanted.key, daily.key.timeframe, all, {});
    QVERIFY(again);
    QCOMPARE(again->rows, std::int64_t(0));
    const auto own = deriveBars(*fixture.store, writer, clock, wanted.key, halves.key.timeframe, all, {});
    QVERIFY(own);
    QCOMPARE(own->rows, std::int64_t(0));
    QCOMPARE(must(fixture.reader->candles(halves.id, all)), told.rows);
    const auto pages = must(fixture.reader->pages(daily.id, {first, first + 24h}));
    QCOMPARE(pages.front().route, std::string("derived"));
}

void TestTaskParts::derivingIsRefused_data()
{
    QTest::addColumn<QString>("symbol");
    QTest::addColumn<QString>("frame");
    QTest::addColumn<QString>("code");
    QTest::newRow("not stored") << "ETH/USDT" << "1d" << "not_found";
    QTest::newRow("finer") << "BTC/USDT" << "1m" << "invalid_argument";
    QTest::newRow("the same") << "BTC/USDT" << "1h" << "invalid_argument";
}

void TestTaskParts::derivingIsRefused()
{
    QFETCH(QString, symbol);
    QFETCH(QString, frame);
    QFETCH(QString, code);
    StoreFixture fixture;
    must(fixture.writer->ensureSeries(fixture.series("1h")));
    SeriesKey key = fixture.series("1h").key;
    key.symbol = symbol.toStdString();
    Writer writer(std::move(fixture.writer), {});
    const FakeClock clock(at("2026-03-01"));
    const auto derived = deriveBars(*fixture.store, writer, clock, key, *Timeframe::fromName(frame.toStdString()), hour, {});
    QVERIFY(!derived);
    QCOMPARE(QString::fromStdString(std::string(toText(derived.error().code))), code);
}

QTEST_GUILESS_MAIN(TestTaskParts)
#include "tst_taskparts.moc"
