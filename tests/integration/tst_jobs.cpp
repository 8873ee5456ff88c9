// Many jobs in the engine against the synthetic market: who works when, what each has asked, and what the next start finds.

#include <atomic>
#include <mutex>
#include <set>

#include <QElapsedTimer>
#include <QTest>

#include "core/engine/engine.h"
#include "support/programs.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr UtcMs t0 = std::chrono::sys_days {std::chrono::year {2024} / 1 / 1};

EngineOptions optionsFor(const QString& folder, const QString& url, int atOnce = 2)
{
    EngineOptions options;
    options.config.shipped = MNEMO_SOURCE_DIR "/config";
    options.config.sets = {"retry.base=5ms", "retry.cap=100ms", "breaker.open=50ms", "ingest.jobs_at_once=" + std::to_string(atOnce)};
    for (const char* exchange : {"binance", "bybit"})
        options.config.sets.push_back(std::string("exchanges.") + exchange + ".base_url=" + url.toStdString() + '/' + exchange);
    options.config.environment = {"HOME=/nonexistent"};
    options.dataDir = (folder + QStringLiteral("/data")).toStdString();
    options.keepsQueue = true;
    return options;
}

BackfillRequest requestFor(int days = 30, const char* frame = "1m", const char* symbol = "BTC/USDT")
{
    BackfillRequest request;
    request.exchange = "binance";
    request.symbol = symbol;
    request.timeframe = *Timeframe::fromName(frame);
    request.range = {t0, t0 + std::chrono::days {days}};
    return request;
}

/// Open times of the rows as they were stored, in the order of their commits.
class StoredOrder {
public:
    explicit StoredOrder(Engine& engine)
        : m_guard(engine.subscribe([this](const Event& event) {
            if (const auto* stored = std::get_if<RowsStored>(&event)) {
                const std::lock_guard lock(m_mutex);
                m_ranges.push_back(stored->range);
            }
        }))
    {
    }
    std::vector<TimeRange> ranges() const
    {
        const std::lock_guard lock(m_mutex);
        return m_ranges;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<TimeRange> m_ranges;
    std::shared_ptr<void> m_guard;
};

int countIn(const Engine& engine, JobState state)
{
    const auto jobs = engine.jobs();
    return static_cast<int>(std::ranges::count(jobs, state, &JobSnapshot::state));
}

} // namespace

class TestJobs : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void newestFirstStoresTheNewestFirst();
    void newestFirstDoesNotWalkBeforeTheListing();
    void onlySoManyWorkAtOnce();
    void preferredGoesBeforeOthers();
    void pausedGivesItsPlaceAway();
    void waitingOnesAreCancelledAtOnce();
    void retryIsTheSameJobAgain();
    void requestsAndLogAreKept();
    void failedRequestsAreInTheTimeline();
    void forgottenJobsAreGone();
    void leftOverAfterAnAbruptEnd();
    void drainFinishesWhatIsOnTheWire();
    void onlyHolesAreAskedFor();
    void manyPlansShareASession();
    void fiftyThousandJobsAreCheap();

private:
    std::unique_ptr<Sim> m_quick, m_slow;
    static Result<std::unique_ptr<Engine>> open(const QTemporaryDir& folder, const Sim& sim, int atOnce = 2)
    {
        return Engine::open(optionsFor(folder.path(), sim.url(), atOnce));
    }
};

void TestJobs::initTestCase()
{
    const QStringList market {QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("binance,bybit")};
    m_quick = std::make_unique<Sim>(market);
    m_slow = std::make_unique<Sim>(market + QStringList {QStringLiteral("--limits"), QStringLiteral("off"), QStringLiteral("--fault"), QStringLiteral("latency=150ms")});
    QVERIFY(m_quick->isUp() && m_slow->isUp());
}

void TestJobs::newestFirstStoresTheNewestFirst()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow);
    QVERIFY(engine.has_value());
    const StoredOrder order(**engine);
    BackfillRequest request = requestFor(30);
    request.order = WalkOrder::NewestFirst;
    const auto job = (*engine)->backfill(request);
    QVERIFY(job && (*engine)->wait(*job));
    const JobSnapshot end = *(*engine)->job(*job);
    QCOMPARE(toText(end.state).data(), "complete");
    QVERIFY(end.isNewestFirst);
    const auto ranges = order.ranges();
    QVERIFY(ranges.size() > 20);
    // Requests overlap on their way, so neighbours may swap; the halves may not.
    const auto middle = t0 + std::chrono::days {15};
    const auto half = ranges.begin() + static_cast<std::ptrdiff_t>(ranges.size() / 2);
    const auto isNew = [&](const TimeRange& range) { return range.from >= middle; };
    QVERIFY(std::count_if(ranges.begin(), half, isNew) > static_cast<std::ptrdiff_t>(ranges.size() * 2 / 5));
    QCOMPARE(end.rowsStored + end.empty, end.total);
}

void TestJobs::newestFirstDoesNotWalkBeforeTheListing()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_quick);
    BackfillRequest request = requestFor(400, "1h");
    request.range.from = std::chrono::sys_days {std::chrono::year {2000} / 1 / 1};
    std::int64_t requests[2] = {};
    for (const WalkOrder way : {WalkOrder::OldestFirst, WalkOrder::NewestFirst}) {
        const QTemporaryDir own;
        auto fresh = open(own, *m_quick);
        request.order = way;
        const auto job = (*fresh)->backfill(request);
        QVERIFY(job && (*fresh)->wait(*job));
        const JobSnapshot end = *(*fresh)->job(*job);
        QCOMPARE(toText(end.state).data(), "complete");
        requests[static_cast<int>(way)] = end.requests;
    }
    qInfo("requests oldest first %lld, newest first %lld", static_cast<long long>(requests[0]), static_cast<long long>(requests[1]));
    QVERIFY(requests[1] <= requests[0] + 3);
}

void TestJobs::onlySoManyWorkAtOnce()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow);
    std::vector<JobId> jobs;
    for (int i = 0; i < 6; ++i)
        jobs.push_back(*(*engine)->backfill(requestFor(20 + i)));
    QTRY_COMPARE_WITH_TIMEOUT(countIn(**engine, JobState::Running), 2, 10'000);
    for (int i = 0; i < 20; ++i) {
        QVERIFY(countIn(**engine, JobState::Running) <= 2);
        QTest::qWait(10);
    }
    QCOMPARE((*engine)->job(jobs.back())->waitingFor, std::string("its turn"));
    (*engine)->setJobsAtOnce(4);
    QTRY_COMPARE_WITH_TIMEOUT(countIn(**engine, JobState::Running), 4, 10'000);
    for (const JobId job : jobs)
        QVERIFY((*engine)->wait(job));
    QCOMPARE(countIn(**engine, JobState::Complete), 6);
}

void TestJobs::preferredGoesBeforeOthers()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow, 1);
    std::vector<JobId> jobs;
    for (int i = 0; i < 5; ++i)
        jobs.push_back(*(*engine)->backfill(requestFor(30 + i)));
    QTRY_COMPARE_WITH_TIMEOUT(countIn(**engine, JobState::Running), 1, 10'000);
    (*engine)->prefer(jobs[4]);
    QVERIFY((*engine)->wait(jobs[4]));
    QVERIFY((*engine)->job(jobs[4])->isPreferred);
    QCOMPARE(toText((*engine)->job(jobs[2])->state).data(), "queued");
    (*engine)->cancelAll();
}

void TestJobs::pausedGivesItsPlaceAway()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow, 1);
    const JobId first = *(*engine)->backfill(requestFor(60)), second = *(*engine)->backfill(requestFor(3, "1m", "ETH/USDT"));
    const JobId third = *(*engine)->backfill(requestFor(3, "5m"));
    (*engine)->pause(third); // while it waits
    QTRY_VERIFY_WITH_TIMEOUT((*engine)->job(first)->rowsStored > 0, 10'000);
    (*engine)->pause(first);
    QCOMPARE(toText((*engine)->job(first)->state).data(), "paused");
    QVERIFY((*engine)->wait(second)); // it has the place now
    QCOMPARE(toText((*engine)->job(third)->state).data(), "paused");
    (*engine)->resume(first);
    (*engine)->resume(third);
    QVERIFY((*engine)->wait(first));
    QVERIFY((*engine)->wait(third));
    QCOMPARE(countIn(**engine, JobState::Complete), 3);
}

void TestJobs::waitingOnesAreCancelledAtOnce()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow, 1);
    std::vector<JobId> jobs;
    for (int i = 0; i < 200; ++i)
        jobs.push_back(*(*engine)->backfill(requestFor(60)));
    QElapsedTimer timer;
    timer.start();
    (*engine)->cancelAll();
    for (const JobId job : jobs)
        QVERIFY((*engine)->wait(job));
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(countIn(**engine, JobState::Cancelled), 200);
    std::int64_t begun = 0;
    for (const JobSnapshot& job : (*engine)->jobs())
        begun += job.requests > 0 ? 1 : 0;
    QVERIFY(begun <= 1); // none got the place of another that was cancelled
}

void TestJobs::retryIsTheSameJobAgain()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow);
    const JobId job = *(*engine)->backfill(requestFor(30));
    QTRY_VERIFY_WITH_TIMEOUT((*engine)->job(job)->rowsStored > 0, 10'000);
    (*engine)->retry(job); // not final: nothing happens
    QCOMPARE((*engine)->job(job)->attempts, 1);
    (*engine)->cancel(job);
    QVERIFY((*engine)->wait(job));
    const std::int64_t before = (*engine)->job(job)->done;
    (*engine)->retry(job);
    (*engine)->retry(job); // it goes already
    QVERIFY((*engine)->wait(job));
    const JobSnapshot end = *(*engine)->job(job);
    QCOMPARE(end.attempts, 2);
    QCOMPARE(toText(end.state).data(), "complete");
    QVERIFY(end.rowsStored < end.total); // what was stored is not asked for again
    QVERIFY(end.rowsStored + before <= end.total + 10'000);
    QCOMPARE((*engine)->jobs().size(), std::size_t {1});
}

void TestJobs::requestsAndLogAreKept()
{
    log::start({});
    const QTemporaryDir folder;
    auto engine = open(folder, *m_quick);
    const JobId job = *(*engine)->backfill(requestFor(3));
    QVERIFY((*engine)->wait(job));
    const auto details = (*engine)->details(job);
    QVERIFY(details.has_value());
    QVERIFY(details->requests.size() >= 5);
    std::int64_t rows = 0;
    for (const RequestRecord& request : details->requests) {
        QVERIFY(request.url.find("/binance/") != std::string::npos);
        QCOMPARE(request.status, 200);
        QVERIFY(!request.error && request.weight > 0 && request.sentAt > t0);
        rows += request.rows;
    }
    QVERIFY(rows >= details->job.rowsStored);
    QVERIFY(std::ranges::any_of(details->lines, [](const log::Line& line) { return line.text.find("begins") != std::string::npos; }));
    QVERIFY(!(*engine)->details(job + 1));
    QVERIFY(!details->job.charges.empty());
    QCOMPARE(details->job.lane, std::string("binance"));
    log::stop();
}

void TestJobs::failedRequestsAreInTheTimeline()
{
    const Sim faulty({QStringLiteral("--synthetic"), QStringLiteral("3"), QStringLiteral("--exchange"), QStringLiteral("binance,bybit"), QStringLiteral("--fault"), QStringLiteral("5xx=0.3")});
    const QTemporaryDir folder;
    auto engine = open(folder, faulty);
    const JobId job = *(*engine)->backfill(requestFor(30));
    QVERIFY((*engine)->wait(job));
    const auto details = (*engine)->details(job);
    const auto failed = std::ranges::count_if(details->requests, [](const RequestRecord& request) { return request.error && request.status >= 500; });
    QVERIFY(failed > 0);
    QVERIFY(std::ranges::any_of(details->requests, [](const RequestRecord& request) { return request.tries > 1 && !request.error; }));
    QCOMPARE(static_cast<std::int64_t>(details->requests.size()) + details->requestsDropped, details->job.requests);
}

void TestJobs::forgottenJobsAreGone()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow);
    const JobId over = *(*engine)->backfill(requestFor(1)), going = *(*engine)->backfill(requestFor(60));
    QVERIFY((*engine)->wait(over));
    std::vector<JobId> told;
    const auto guard = (*engine)->subscribe([&](const Event& event) {
        if (const auto* forgotten = std::get_if<JobsForgotten>(&event))
            told = forgotten->jobs;
    });
    const std::vector<JobId> all {over, going, 999};
    (*engine)->forget(all);
    QCOMPARE(told, std::vector<JobId> {over});
    QCOMPARE((*engine)->jobs().size(), std::size_t {1});
    QVERIFY((*engine)->wait(over)); // unknown is over
    (*engine)->cancelAll();
}

void TestJobs::leftOverAfterAnAbruptEnd()
{
    const QTemporaryDir folder;
    {
        auto engine = open(folder, *m_slow, 1);
        const JobId done = *(*engine)->backfill(requestFor(1, "1h"));
        QVERIFY((*engine)->wait(done));
        *(*engine)->backfill(requestFor(60));
        *(*engine)->backfill(requestFor(50));
        const JobId paused = *(*engine)->backfill(requestFor(40)), cancelled = *(*engine)->backfill(requestFor(30));
        (*engine)->pause(paused);
        (*engine)->cancel(cancelled);
        QTest::qWait(200);
    }
    auto engine = open(folder, *m_quick, 4);
    QCOMPARE((*engine)->leftOver().size(), std::size_t {3});
    QVERIFY((*engine)->jobs().empty()); // offered, not forced
    QCOMPARE((*engine)->resumeLeftOver(), 3);
    QCOMPARE((*engine)->resumeLeftOver(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(countIn(**engine, JobState::Complete), 2, 60'000);
    QCOMPARE(countIn(**engine, JobState::Paused), 1);
    engine->reset();
    engine = open(folder, *m_quick);
    QCOMPARE((*engine)->leftOver().size(), std::size_t {1});
    QVERIFY((*engine)->leftOver()[0].isPaused);
    (*engine)->discardLeftOver();
    engine->reset();
    engine = open(folder, *m_quick);
    QVERIFY((*engine)->leftOver().empty());
    engine->reset();
    auto options = optionsFor(folder.path(), m_quick->url()); // the command line: no queue is kept or touched
    options.keepsQueue = false;
    engine = Engine::open(options);
    *(*engine)->backfill(requestFor(60));
    engine->reset();
    QVERIFY((*open(folder, *m_quick))->leftOver().empty());
}

void TestJobs::drainFinishesWhatIsOnTheWire()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow);
    const JobId job = *(*engine)->backfill(requestFor(90));
    QTRY_VERIFY_WITH_TIMEOUT((*engine)->job(job)->requests > 3, 10'000);
    QElapsedTimer timer;
    timer.start();
    QVERIFY((*engine)->drain(900ms));
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    const auto details = (*engine)->details(job);
    QCOMPARE(static_cast<std::int64_t>(details->requests.size()), details->job.requests); // each was answered
    const std::int64_t asked = details->job.requests;
    QTest::qWait(300);
    QCOMPARE((*engine)->job(job)->requests, asked);
    engine->reset();
    QCOMPARE((*open(folder, *m_quick))->leftOver().size(), std::size_t {1});
}

void TestJobs::onlyHolesAreAskedFor()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_quick);
    BackfillRequest holes = requestFor(60, "1h");
    holes.scope = RangeScope::Holes;
    const auto nothing = (*engine)->plan(holes);
    QVERIFY(nothing && nothing->barsWanted == 0); // nothing stored has no holes
    for (const int from : {10, 30}) {
        BackfillRequest part = requestFor(0, "1h");
        part.range = {t0 + std::chrono::days {from}, t0 + std::chrono::days {from + 5}};
        const auto job = (*engine)->backfill(part);
        QVERIFY(job && (*engine)->wait(*job));
    }
    const auto plan = (*engine)->plan(holes);
    QVERIFY(plan.has_value());
    QCOMPARE(plan->barsWanted - plan->barsAnswered, std::int64_t {15 * 24});
    const auto job = (*engine)->backfill(holes);
    QVERIFY(job && (*engine)->wait(*job));
    const JobSnapshot end = *(*engine)->job(*job);
    QVERIFY(end.range.from >= t0 + std::chrono::days {10} && end.range.to <= t0 + std::chrono::days {35});
    QCOMPARE((*engine)->plan(holes)->barsWanted, (*engine)->plan(holes)->barsAnswered);
}

void TestJobs::manyPlansShareASession()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_quick);
    auto session = (*engine)->planSession();
    QVERIFY(session.has_value());
    QElapsedTimer timer;
    timer.start();
    PlanTotals totals;
    const UtcMs now = t0 + std::chrono::days {300};
    for (int i = 0; i < 500; ++i) {
        BackfillRequest request = requestFor(300, "1m", ("C" + std::to_string(i) + "/USDT").c_str());
        const auto plan = (*session)->plan(request, now, PlanDetail::Totals);
        QVERIFY(plan.has_value());
        QVERIFY(plan->list.empty());
        totals.add(*plan);
    }
    qInfo("500 plans of 300 days in %lld ms", static_cast<long long>(timer.elapsed()));
    QVERIFY2(timer.elapsed() < 50'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(totals.series, std::int64_t {500});
    QCOMPARE(totals.lanes.size(), std::size_t {1});
    QVERIFY(totals.eta > 1min);
    const auto whole = (*session)->plan(requestFor(30), now, PlanDetail::Pages), counted = (*session)->plan(requestFor(30), now, PlanDetail::Totals);
    QCOMPARE(counted->pages, whole->pages);
    QCOMPARE(static_cast<std::int64_t>(whole->list.size()), whole->pages);
    QCOMPARE(counted->weight, whole->weight);
    QCOMPARE(counted->bytes, whole->bytes);
}

void TestJobs::fiftyThousandJobsAreCheap()
{
    const QTemporaryDir folder;
    auto engine = open(folder, *m_slow, 1);
    std::atomic<int> told = 0;
    const auto guard = (*engine)->subscribe([&](const Event& event) { told += std::holds_alternative<JobChanged>(event) ? 1 : 0; });
    QElapsedTimer timer;
    timer.start();
    std::vector<JobId> jobs;
    for (int i = 0; i < 50'000; ++i)
        jobs.push_back(*(*engine)->backfill(requestFor(30)));
    qInfo("50,000 jobs asked for in %lld ms", static_cast<long long>(timer.restart()));
    for (int i = 0; i < 1000; ++i) {
        (*engine)->pause(jobs[static_cast<std::size_t>(40'000 + i)]);
        (*engine)->prefer(jobs[static_cast<std::size_t>(30'000 + i)]);
    }
    const qint64 commands = timer.restart();
    qInfo("2,000 commands among them in %lld ms", static_cast<long long>(commands));
    QVERIFY2(commands < 2'000, qPrintable(QString::number(commands)));
    QVERIFY(told >= 50'000);
    const auto all = (*engine)->jobs();
    QCOMPARE(all.size(), std::size_t {50'000});
    qInfo("all snapshots in %lld ms", static_cast<long long>(timer.restart()));
    engine->reset();
    const qint64 end = timer.elapsed();
    qInfo("ended in %lld ms", static_cast<long long>(end));
    QVERIFY2(end < 5'000, qPrintable(QString::number(end)));
    auto again = open(folder, *m_quick);
    // On a busy machine the first few may have come through.
    const auto done = std::ranges::count_if(all, [](const JobSnapshot& job) { return isFinal(job.state); });
    const auto left = std::ssize((*again)->leftOver());
    QVERIFY2(left <= 50'000 - done && left >= 50'000 - done - 16, qPrintable(QStringLiteral("%1 left, %2 done").arg(left).arg(done)));
}

QTEST_GUILESS_MAIN(TestJobs)
#include "tst_jobs.moc"
