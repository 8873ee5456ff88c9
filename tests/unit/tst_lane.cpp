#include <condition_variable>
#include <deque>
#include <mutex>

#include <QTest>

#include "core/ingest/lane.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr UtcMs t0 = std::chrono::sys_days {std::chrono::year {2024} / 1 / 1};

/// Answers at once what a script says; where nothing is to do, waiting moves the fake clock.
class FakeTransport final : public HttpTransport {
public:
    using Script = std::function<std::optional<Result<HttpResponse>>(const HttpRequest&)>; ///< nothing: no answer ever
    FakeTransport(FakeClock& clock, Script script)
        : m_clock(clock)
        , m_script(std::move(script))
    {
    }
    void start(Ticket ticket, HttpRequest request) override
    {
        if (auto answer = m_script(request))
            m_done.push_back({ticket, std::move(*answer)});
    }
    void cancel(Ticket ticket) override
    {
        ++cancelled;
        std::erase_if(m_done, [ticket](const Completion& c) { return c.ticket == ticket; });
    }
    std::vector<Completion> wait(milliseconds timeout) override
    {
        if (m_done.empty()) {
            m_clock.advance(timeout);
            std::this_thread::sleep_for(100us); // lets the test's thread run
        }
        return std::exchange(m_done, {});
    }
    void wakeUp() override { }
    std::atomic<int> cancelled = 0;

private:
    FakeClock& m_clock;
    Script m_script;
    std::vector<Completion> m_done;
};

using Headers = std::map<std::string, std::string>;

HttpResponse answer(int status, Headers headers = {})
{
    HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    return response;
}

/// Asks @p count requests and notes what becomes of them.
class Client final : public LaneClient {
public:
    Client(const FakeClock& clock, int count, Priority priority = Priority::Backfill, std::string path = "a")
        : name(std::move(path))
        , m_clock(clock)
        , m_left(count)
        , m_priority(priority)
    {
    }
    Priority priority() const override { return m_priority; }
    std::optional<LaneRequest> next() override
    {
        const std::lock_guard lock(m_mutex);
        if (m_left == 0)
            return std::nullopt;
        --m_left;
        ++m_open;
        LaneRequest request;
        request.request.http.url = "http://venue.test/" + name;
        request.request.charges = {{"weight", 1}};
        request.tag = m_tag++;
        return request;
    }
    Result<void> accept(std::uint64_t, const HttpResponse& response, LaneServices&) override
    {
        const std::lock_guard lock(m_mutex);
        if (response.status == 429)
            return fail(ErrorCode::RateLimited, "too many");
        if (response.status == 418)
            return fail(ErrorCode::Banned, "banned");
        if (response.status >= 500)
            return fail(ErrorCode::ServerError, "busy");
        if (response.status >= 400)
            return fail(ErrorCode::Rejected, "no");
        ++answered;
        --m_open;
        answeredAt.push_back(m_clock.steady());
        return {};
    }
    void gaveUp(std::uint64_t, const Error& error) override
    {
        const std::lock_guard lock(m_mutex);
        failures.push_back(error.code);
        --m_open;
    }
    void retried(std::uint64_t, const Error&) override { ++retries; }
    void sent(std::uint64_t) override { sentAt.push_back(m_clock.steady()); }
    void waits(const std::string&) override { }
    bool isFinished() const override
    {
        const std::lock_guard lock(m_mutex);
        return isCancelled || (m_left == 0 && m_open == 0);
    }
    void letGo() override
    {
        const std::lock_guard lock(m_mutex);
        isLetGo = true;
        m_done.notify_all();
    }
    bool waitDone()
    {
        std::unique_lock lock(m_mutex);
        return m_done.wait_for(lock, 20s, [this] { return isLetGo; });
    }

    const std::string name;
    std::atomic<int> retries = 0;
    std::atomic<bool> isCancelled = false;
    int answered = 0;
    bool isLetGo = false;
    std::vector<ErrorCode> failures;
    std::vector<SteadyTime> sentAt, answeredAt; // the lane's thread until let go

private:
    const FakeClock& m_clock;
    int m_left;
    Priority m_priority;
    int m_open = 0;
    std::uint64_t m_tag = 1;
    mutable std::mutex m_mutex;
    std::condition_variable m_done;
};

LaneRules rulesOf(double capacity, milliseconds window)
{
    return {"venue", {{"weight", capacity, window, {}, {}, {}}}};
}

struct Fixture {
    FakeClock clock {t0};
    LaneSettings settings;
    Fixture() { settings.rate.share = 1; }
    std::unique_ptr<Lane> lane(FakeTransport::Script script, LaneRules rules = rulesOf(1e9, 1s))
    {
        return std::make_unique<Lane>(std::move(rules), settings, std::make_unique<FakeTransport>(clock, std::move(script)), nullptr, clock);
    }
};

} // namespace

class TestLane : public QObject {
    Q_OBJECT
private slots:
    /// The key goes out with every request, and is none of the client's business.
    void theKeyIsPutInOnTheWayOut()
    {
        Fixture f;
        f.settings.key = KeyHeader {"api_key", "s3cret", "the drawer"};
        const auto client = std::make_shared<Client>(f.clock, 3);
        std::atomic<int> withKey = 0;
        std::atomic<bool> isRefused = true;
        const auto lane = f.lane([&](const HttpRequest& request) {
            withKey += request.headers == decltype(request.headers) {{"api_key", "s3cret"}} ? 1 : 0;
            return answer(isRefused.exchange(false) ? 429 : 200); // a retry has it once
        });
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->answered, 3);
        QCOMPARE(withKey.load(), 4);
    }

    void answersEveryRequest()
    {
        Fixture f;
        const auto client = std::make_shared<Client>(f.clock, 500);
        const auto lane = f.lane([](const HttpRequest&) { return answer(200); });
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->answered, 500);
        QCOMPARE(client->retries.load(), 0);
    }

    void keepsToTheBudget()
    {
        Fixture f;
        const auto client = std::make_shared<Client>(f.clock, 200);
        const auto lane = f.lane([](const HttpRequest&) { return answer(200); }, rulesOf(10, 1s));
        lane->add(client);
        QVERIFY(client->waitDone());
        for (std::size_t i = 10; i < client->sentAt.size(); ++i)
            QVERIFY2(client->sentAt[i] - client->sentAt[i - 10] >= 999ms, qPrintable(QString::number(i)));
        const auto took = client->sentAt.back() - client->sentAt.front();
        QVERIFY2(took < 22s, "slower than the budget allows");
    }

    void retriesWhatMayHeal()
    {
        Fixture f;
        int n = 0;
        const auto client = std::make_shared<Client>(f.clock, 40);
        const auto lane = f.lane([&n](const HttpRequest&) -> std::optional<Result<HttpResponse>> {
            switch (n++ % 5) {
            case 0:
                return answer(503);
            case 1:
                return fail(ErrorCode::Network, "reset");
            default:
                return answer(200);
            }
        });
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->answered, 40);
        QVERIFY(client->failures.empty());
        QVERIFY(client->retries > 10);
    }

    void givesUpAtOnceWhereNothingHeals()
    {
        Fixture f;
        const auto client = std::make_shared<Client>(f.clock, 3);
        const auto lane = f.lane([](const HttpRequest&) { return answer(400); });
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->failures.size(), std::size_t(3));
        QVERIFY(client->failures.front() == ErrorCode::Rejected);
        QCOMPARE(client->retries.load(), 0);
    }

    void givesUpAfterItsAttempts()
    {
        Fixture f;
        f.settings.retry.attempts = 3;
        f.settings.breaker.failures = 1000;
        const auto client = std::make_shared<Client>(f.clock, 1);
        const auto lane = f.lane([](const HttpRequest&) { return answer(500); });
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->retries.load(), 2);
        QCOMPARE(client->failures.size(), std::size_t(1));
    }

    void standsStillOnABan()
    {
        Fixture f;
        int n = 0;
        const auto client = std::make_shared<Client>(f.clock, 20);
        const auto lane = f.lane([&n](const HttpRequest&) { return n++ == 5 ? answer(418, {{"retry-after", "120"}}) : answer(200); });
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->answered, 20);
        const bool stood = std::ranges::adjacent_find(client->sentAt, [](SteadyTime a, SteadyTime b) { return b - a >= 119s; })
            != client->sentAt.end();
        QVERIFY(stood);
    }

    void waitsAsLongAsTheVenueSays_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<Headers>("headers");
        QTest::addColumn<int>("seconds");
        QTest::newRow("a ban of the description's length") << 418 << Headers {} << 600;
        QTest::newRow("too many, of the description's length") << 429 << Headers {} << 300;
        QTest::newRow("the answer knows better") << 429 << Headers {{"retry-after", "7"}} << 7;
        QTest::newRow("when the window ends") << 429 << Headers {{"x-left", "0"}, {"x-reset", "21000"}} << 21;
        QTest::newRow("a ban outlasts a window") << 418 << Headers {{"x-left", "0"}, {"x-reset", "21000"}} << 600;
    }
    void waitsAsLongAsTheVenueSays()
    {
        QFETCH(int, status);
        QFETCH(Headers, headers);
        QFETCH(int, seconds);
        Fixture f;
        f.settings.http.connectionsPerHost = 1;
        int n = 0;
        const auto client = std::make_shared<Client>(f.clock, 3);
        LaneRules rules {"venue", {{"weight", 1000, 30s, {}, "x-left", "x-reset", 1ms}}};
        rules.limitedFor = 300s;
        rules.bannedFor = 600s;
        const auto lane = f.lane([&](const HttpRequest&) { return n++ == 1 ? answer(status, headers) : answer(200); }, rules);
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->answered, 3);
        const SteadyTime::duration waited = client->sentAt[2] - client->sentAt[1];
        QVERIFY2(waited >= std::chrono::seconds {seconds} - 100ms && waited <= std::chrono::seconds {seconds} + 2s,
            qPrintable(QString::number(std::chrono::duration<double>(waited).count())));
    }

    void breakerHoldsADeadHostBack()
    {
        Fixture f;
        f.settings.breaker.failures = 4;
        f.settings.http.connectionsPerHost = 1;
        int n = 0;
        const auto client = std::make_shared<Client>(f.clock, 10);
        const auto lane = f.lane([&n](const HttpRequest&) -> std::optional<Result<HttpResponse>> {
            if (n++ < 4)
                return fail(ErrorCode::Network, "refused");
            return answer(200);
        });
        lane->add(client);
        QVERIFY(client->waitDone());
        QCOMPARE(client->answered, 10);
        const bool paused = std::ranges::adjacent_find(client->sentAt, [&](SteadyTime a, SteadyTime b) { return b - a >= f.settings.breaker.open; })
            != client->sentAt.end();
        QVERIFY(paused);
    }

    void urgentGoesFirstAndNobodyStarves()
    {
        Fixture f;
        f.settings.http.connectionsPerHost = 1;
        std::mutex mutex;
        std::map<std::string, int> seen;
        std::string order;
        const auto slow = std::make_shared<Client>(f.clock, 400, Priority::Scheduled, "s");
        const auto quick = std::make_shared<Client>(f.clock, 400, Priority::Repair, "q");
        const auto lane = f.lane([&](const HttpRequest& request) {
            const std::lock_guard lock(mutex);
            order += request.url.back();
            return answer(200);
        }, rulesOf(1, 1ms));
        lane->add(slow);
        lane->add(quick);
        QVERIFY(quick->waitDone());
        const std::lock_guard lock(mutex);
        const auto from = order.find('q');
        const auto share = std::ranges::count(order.substr(from), 's');
        QVERIFY2(share >= 30 && share <= 80, qPrintable(QString::number(share))); // about an eighth of 400
    }

    /// As charts that are watched at an exchange whose limit is too small for them: each question is a client of its own.
    void whoAsksOneQuestionAgainAndAgainStarvesNobody()
    {
        Fixture f;
        f.settings.http.connectionsPerHost = 1;
        std::mutex mutex;
        std::string order;
        std::unique_ptr<Lane> lane;
        const auto ask = [&] { lane->add(std::make_shared<Client>(f.clock, 1, Priority::Incremental, "n")); };
        lane = f.lane([&](const HttpRequest& request) {
            const std::lock_guard lock(mutex);
            order += request.url.back();
            if (order.back() == 'n' && order.size() < 2'000)
                ask(); // four always wait
            return answer(200);
        }, rulesOf(1, 1ms));
        const auto backfill = std::make_shared<Client>(f.clock, 40, Priority::Backfill, "b");
        for (int i = 0; i < 4; ++i)
            ask();
        lane->add(backfill);
        QVERIFY(backfill->waitDone());
        const std::lock_guard lock(mutex);
        const auto others = std::ranges::count(order.substr(0, order.rfind('b')), 'n');
        QVERIFY2(others >= 250 && others <= 400, qPrintable(QString::number(others))); // four of them, of twice the weight each: eight to one
    }

    void cancelsWhatIsInFlight()
    {
        Fixture f;
        const auto client = std::make_shared<Client>(f.clock, 1);
        const auto lane = f.lane([](const HttpRequest&) -> std::optional<Result<HttpResponse>> { return std::nullopt; });
        lane->add(client);
        QTest::qWait(20);
        QVERIFY(!client->isLetGo);
        client->isCancelled = true;
        lane->wakeUp();
        QVERIFY(client->waitDone());
    }

    void stopsWhileBusy()
    {
        Fixture f;
        const auto client = std::make_shared<Client>(f.clock, 1'000'000);
        auto lane = f.lane([](const HttpRequest&) { return answer(200); });
        lane->add(client);
        QTest::qWait(20);
        lane.reset();
        QVERIFY(client->isLetGo);
    }
};

QTEST_GUILESS_MAIN(TestLane)
#include "tst_lane.moc"
