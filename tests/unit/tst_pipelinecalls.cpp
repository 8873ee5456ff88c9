// What pipelines send to services of others: tasks of type http and the message about a failed run, against a real server. And
// what stays secret meanwhile.

#include <QtTest>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include <nlohmann/json.hpp>

#include "core/engine/pipelines.h"
#include "tests/support/loopbackserver.h"
#include "tests/unit/storefixture.h"

using namespace mnemo;
using namespace mnemo::test;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

constexpr const char* secret = "s3cret-t0ken";

/// An engine with one pipeline, and a server that answers as the test says.
struct Session {
    explicit Session(LoopbackServer::Handler handler)
        : server(std::move(handler))
    {
    }

    void open(const std::string& dag, std::vector<std::string> sets = {})
    {
        std::filesystem::create_directories(path() / "config" / "dags");
        std::ofstream(path() / "config" / "dags" / "mine.yaml") << dag;
        EngineOptions options;
        options.config.user = path() / "config";
        options.config.sets = std::move(sets);
        options.config.sets.insert(options.config.sets.end(), {"retry.base=5ms", "retry.cap=10ms", "retry.attempts=3"});
        options.dataDir = path() / "data";
        engine = must(Engine::open(std::move(options)));
        pipelines = must(Pipelines::open(*engine, {false, false, true}));
        guard = pipelines->subscribe([this](const PipelinesChanged&) {
            const std::lock_guard lock(mutex);
            hasNews = true;
            changed.notify_one();
        });
    }

    /// The one task of a run of the pipeline, when it is over.
    TaskRecord run()
    {
        PipelineCommand command;
        command.pipeline = "mine";
        command.parameters = {{"room", "a \"b\""}};
        const RunId id = must(pipelines->ask(command).get()).runs.front();
        RunFilter filter;
        filter.ids = {id};
        while (!must(pipelines->runs(filter)).front().finished) {
            std::unique_lock lock(mutex);
            changed.wait_for(lock, 1s, [this] { return std::exchange(hasNews, false); });
        }
        return must(pipelines->tasks(id)).front();
    }

    void close()
    {
        guard.reset();
        pipelines.reset();
        engine.reset();
    }

    std::filesystem::path path() const { return folder.path().toStdString(); }

    QTemporaryDir folder;
    LoopbackServer server;
    std::mutex mutex;
    std::condition_variable changed;
    bool hasNews = false;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Pipelines> pipelines;
    std::shared_ptr<void> guard;
};

Reply answer(int status, const char* body = "")
{
    Reply reply;
    reply.status = status;
    reply.body = body;
    return reply;
}

std::string dag(const std::string& with, const std::string& more = {}, int retries = 0)
{
    return "mine:\n" + more + "  tasks:\n    - {id: tell, type: http, with: " + with + ", retries: " + std::to_string(retries) + ", retry_delay: 0s}\n";
}

/// Files of the data folder that hold @p text.
QStringList filesWith(const std::filesystem::path& folder, const std::string& text)
{
    QStringList found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file())
            continue;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        if (content.find(text) != std::string::npos)
            found << QString::fromStdString(entry.path().filename().string());
    }
    return found;
}

} // namespace

class TestPipelineCalls : public QObject {
    Q_OBJECT

private slots:
    void sendsWhatIsWritten();
    void whatAServerMayAnswer_data();
    void whatAServerMayAnswer();
    void nobodyListens();
    void aServerThatIsSilent();
    void tellsAboutAFailedRun();
    void tellsNobodyAboutASuccess();
};

void TestPipelineCalls::sendsWhatIsWritten()
{
    qputenv("MNEMO_TEST_TOKEN", secret);
    Session session([](const ReceivedRequest&) { return answer(200, "thanks"); });
    session.open(dag("{url: '" + session.server.url("/hooks/$${MNEMO_TEST_TOKEN}?room={params.room}&key=$${MNEMO_TEST_TOKEN}")
        + "', method: PUT, body: '{\"run\": {run}, \"room\": \"{params.room}\"}', headers: {Authorization: 'Bearer $${MNEMO_TEST_TOKEN}', X-Task: '{task}'}}"));
    const TaskRecord task = session.run();
    QCOMPARE(task.state, std::string("success"));
    QCOMPARE(Json::parse(task.result).at("status"), Json(200));
    QCOMPARE(Json::parse(task.result).at("bytes"), Json(6));
    const auto received = session.server.received();
    QCOMPARE(received.size(), std::size_t(1));
    QCOMPARE(received[0].method, std::string("PUT"));
    QCOMPARE(received[0].target, std::string("/hooks/") + secret + "?room=a%20%22b%22&key=" + secret);
    QVERIFY(Json::parse(received[0].body) == (Json {{"run", task.run}, {"room", "a \"b\""}}));
    QCOMPARE(received[0].header("authorization"), std::string("Bearer ") + secret);
    QCOMPARE(received[0].header("x-task"), std::string("tell"));
    const auto log = must(session.pipelines->log(task.run, {}, 100));
    session.close();
    QVERIFY(std::ranges::any_of(log, [](const TaskLogLine& line) { return line.text == "PUT: status 200, 6 bytes"; }));
    QCOMPARE(filesWith(session.path() / "data", secret), QStringList());
}

void TestPipelineCalls::whatAServerMayAnswer_data()
{
    QTest::addColumn<QList<int>>("answers"); // the last one is repeated
    QTest::addColumn<int>("retries");
    QTest::addColumn<QString>("state");
    QTest::addColumn<int>("requests");
    QTest::newRow("created") << QList<int> {201} << 0 << "success" << 1;
    QTest::newRow("fails once") << QList<int> {500, 200} << 1 << "success" << 2;
    QTest::newRow("fails too often") << QList<int> {500} << 2 << "failed" << 3;
    QTest::newRow("fails, no retries") << QList<int> {503, 200} << 0 << "failed" << 1;
    QTest::newRow("asked to wait") << QList<int> {429, 204} << 1 << "success" << 2;
    QTest::newRow("refuses: the same would be refused again") << QList<int> {403, 200} << 3 << "failed" << 1;
    QTest::newRow("does not know it") << QList<int> {404} << 3 << "failed" << 1;
}

void TestPipelineCalls::whatAServerMayAnswer()
{
    QFETCH(QList<int>, answers);
    QFETCH(int, retries);
    qputenv("MNEMO_TEST_TOKEN", secret);
    Session session([answers](const ReceivedRequest& request) {
        return answer(answers[std::min(qsizetype(request.number), answers.size()) - 1]);
    });
    session.open(dag("{url: '" + session.server.url("/hooks/$${MNEMO_TEST_TOKEN}") + "'}", {}, retries));
    const TaskRecord task = session.run();
    QTEST(QString::fromStdString(task.state), "state");
    QTEST(int(session.server.received().size()), "requests");
    QCOMPARE(task.attempt, int(session.server.received().size()));
    if (task.state == "failed")
        QCOMPARE(task.error, session.server.url("") + " answered with status " + std::to_string(answers.first()));
    session.close();
    QCOMPARE(filesWith(session.path() / "data", secret), QStringList()); // errors tell the host alone
}

void TestPipelineCalls::nobodyListens()
{
    qputenv("MNEMO_TEST_TOKEN", secret);
    Session session([](const ReceivedRequest&) { return answer(200); });
    session.open(dag("{url: 'http://127.0.0.1:" + std::to_string(unusedPort()) + "/$${MNEMO_TEST_TOKEN}'}", {}, 1));
    const TaskRecord task = session.run();
    QCOMPARE(task.state, std::string("failed"));
    QCOMPARE(task.attempt, 2); // it may listen later
    QVERIFY(!task.error.empty());
    session.close();
    QCOMPARE(filesWith(session.path() / "data", secret), QStringList());
}

void TestPipelineCalls::aServerThatIsSilent()
{
    qputenv("MNEMO_TEST_TOKEN", secret);
    Session session([](const ReceivedRequest&) {
        Reply reply;
        reply.raw = ""; // not a byte
        reply.end = Reply::End::Stall;
        return reply;
    });
    session.open(dag("{url: '" + session.server.url("/$${MNEMO_TEST_TOKEN}") + "'}"), {"http.connect_timeout=200ms", "http.total_timeout=200ms"});
    const TaskRecord task = session.run();
    QVERIFY2(task.state == "failed", (task.state + task.error).c_str());
    QVERIFY(!task.error.empty());
    session.close();
    QCOMPARE(filesWith(session.path() / "data", secret), QStringList());
}

void TestPipelineCalls::tellsAboutAFailedRun()
{
    qputenv("MNEMO_TEST_TOKEN", secret);
    std::mutex mutex;
    std::condition_variable heard;
    int told = 0;
    Session session([&](const ReceivedRequest& request) {
        if (request.target == "/task")
            return answer(400);
        const std::lock_guard lock(mutex);
        heard.notify_all();
        return answer(++told < 3 ? 500 : 200); // tried again as settings have it
    });
    session.open(dag("{url: '" + session.server.url("/task") + "'}", "  on_failure: " + session.server.url("/failed/$${MNEMO_TEST_TOKEN}") + "\n"));
    const TaskRecord task = session.run();
    QCOMPARE(task.state, std::string("failed"));
    {
        std::unique_lock lock(mutex);
        QVERIFY(heard.wait_for(lock, 20s, [&] { return told == 3; }));
    }
    session.close();
    const auto received = session.server.received();
    QCOMPARE(received.size(), std::size_t(4));
    QCOMPARE(received[1].target, std::string("/failed/") + secret);
    QCOMPARE(received[1].header("content-type"), std::string("application/json"));
    const Json message = Json::parse(received[3].body);
    QCOMPARE(message.at("pipeline"), Json("mine"));
    QCOMPARE(message.at("run"), Json(task.run));
    QCOMPARE(message.at("state"), Json("failed"));
    QCOMPARE(received[1].body, received[3].body);
    QCOMPARE(filesWith(session.path() / "data", secret), QStringList());
}

void TestPipelineCalls::tellsNobodyAboutASuccess()
{
    Session session([](const ReceivedRequest&) { return answer(200); });
    session.open(dag("{url: '" + session.server.url("/task") + "'}", "  on_failure: " + session.server.url("/failed") + "\n"));
    QCOMPARE(session.run().state, std::string("success"));
    session.close(); // waits for what would be on its way
    QCOMPARE(session.server.received().size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestPipelineCalls)
#include "tst_pipelinecalls.moc"
