#include <QTest>

#include <cmath>
#include <deque>
#include <map>
#include <random>

#include "core/base/timetext.h"
#include "core/net/budget.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

constexpr SteadyTime start{std::chrono::hours{100}};
const UtcMs wallStart = *parseTime("2024-01-01T10:00:20Z");

BudgetSpec spec(double capacity, milliseconds window)
{
    return {"weight", capacity, window, "X-Used", "X-Remaining", "X-Reset"};
}

std::vector<Charge> charge(double weight)
{
    return {{"weight", weight}};
}

HttpResponse answer(std::map<std::string, std::string> headers, milliseconds elapsed = 0ms)
{
    HttpResponse response;
    response.status = 200;
    response.headers = std::move(headers);
    response.elapsed = elapsed;
    return response;
}

double seconds(SteadyTime::duration time)
{
    return std::chrono::duration<double>(time).count();
}

/// Most weight that any trailing window held.
class WindowCount {
public:
    explicit WindowCount(milliseconds window)
        : m_window(window)
    {
    }
    double add(SteadyTime now, double weight)
    {
        while (!m_sent.empty() && m_sent.front().first + m_window <= now) {
            m_sum -= m_sent.front().second;
            m_sent.pop_front();
        }
        m_sent.emplace_back(now, weight);
        return m_sum += weight;
    }

private:
    milliseconds m_window;
    std::deque<std::pair<SteadyTime, double>> m_sent;
    double m_sum = 0;
};

/// A venue that counts weight per whole minute of its own clock, other processes included, and answers 429 beyond it.
class MinuteVenue {
public:
    MinuteVenue(double capacity, double foreignPerSecond, milliseconds clockOff)
        : m_capacity(capacity)
        , m_foreignPerSecond(foreignPerSecond)
        , m_clockOff(clockOff)
    {
    }
    UtcMs clock(SteadyTime now) const { return wallStart + m_clockOff + std::chrono::floor<milliseconds>(now - start); }
    HttpResponse request(SteadyTime now, double weight)
    {
        const UtcMs time = clock(now);
        const UtcMs minute = std::chrono::floor<std::chrono::minutes>(time);
        if (minute != m_minute) {
            if (++m_minutes > 4) // by then we must know the others
                worstMinute = std::max(worstMinute, m_used + m_foreignPerSecond * 60);
            m_used = 0;
        }
        m_minute = minute;
        m_used += weight;
        const double foreign = std::floor(static_cast<double>((time - minute).count()) / 1000.0 * m_foreignPerSecond);
        worst = std::max(worst, m_used + foreign);
        HttpResponse response = answer({{"x-used", std::to_string(static_cast<int>(m_used + foreign))}});
        if (m_used + foreign > m_capacity)
            ++refused;
        response.headers["date"] = httpDate(time);
        return response;
    }
    double worst = 0; ///< seen by a request
    double worstMinute = 0; ///< of whole minutes, with what the others still took after our last request
    int refused = 0;

private:
    static std::string httpDate(UtcMs time) // all of it happens on one Monday
    {
        return "Mon, 01 Jan 2024 " + formatIso(time).substr(11, 8) + " GMT";
    }
    double m_capacity, m_foreignPerSecond;
    milliseconds m_clockOff;
    double m_used = 0;
    int m_minutes = 0;
    UtcMs m_minute{};
};

} // namespace

class TestBudget : public QObject {
    Q_OBJECT
private slots:
    void reachesThePermittedRateAndNeverMore_data()
    {
        QTest::addColumn<double>("capacity");
        QTest::addColumn<int>("windowMs");
        QTest::addColumn<double>("share");
        QTest::addColumn<double>("weight");
        QTest::newRow("Binance, 50 requests/s of weight 2") << 6000.0 << 60'000 << 1.0 << 2.0;
        QTest::newRow("with a share") << 6000.0 << 60'000 << 0.9 << 2.0;
        QTest::newRow("20 in 2 s") << 20.0 << 2'000 << 0.9 << 1.0;
        QTest::newRow("one a second") << 1.0 << 1'000 << 1.0 << 1.0;
        QTest::newRow("one a second, with a share") << 1.0 << 1'000 << 0.9 << 1.0;
        QTest::newRow("three a second, with a share") << 3.0 << 1'000 << 0.9 << 1.0;
        QTest::newRow("heavier than the burst") << 100.0 << 10'000 << 1.0 << 50.0;
        QTest::newRow("heavier than the window") << 10.0 << 1'000 << 1.0 << 25.0;
        QTest::newRow("fractions") << 2.5 << 1'000 << 0.9 << 0.5;
        QTest::newRow("30 a minute") << 30.0 << 60'000 << 0.9 << 1.0;
    }
    void reachesThePermittedRateAndNeverMore()
    {
        QFETCH(double, capacity);
        QFETCH(int, windowMs);
        QFETCH(double, share);
        QFETCH(double, weight);
        const milliseconds window{windowMs};
        Budgets budgets({spec(capacity, window)}, share);
        WindowCount count(window);
        const auto length = std::max<milliseconds>(600'000ms, window * 100);
        double sent = 0;
        SteadyTime now = start;
        while (now < start + length) {
            const SteadyTime ready = budgets.readyAt(charge(weight), now);
            QVERIFY(ready >= now);
            if (ready > now) {
                now = std::chrono::ceil<milliseconds>(ready); // a lane wakes up at whole milliseconds
                continue;
            }
            QVERIFY(count.add(now, weight) <= std::max(capacity, weight) + 1e-6);
            budgets.spend(charge(weight), now);
            sent += weight;
        }
        const double permitted = capacity * share * seconds(length) / (windowMs / 1000.0);
        qInfo("%.4f of the permitted rate", sent / permitted);
        QVERIFY2(sent >= 0.97 * permitted, qPrintable(QString::number(sent / permitted)));
        QVERIFY(sent <= permitted + std::max(capacity * share, weight) + 1e-6);
    }

    /// A venue that counts the requests of each trailing second as they arrive; they catch up with each other on the way.
    void strictSecondsWithJitter_data()
    {
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("most");
        QTest::addColumn<double>("wanted");
        QTest::newRow("on this machine") << 1 << 3 << 0.97;
        QTest::newRow("in town") << 10 << 25 << 0.96;
        QTest::newRow("across an ocean") << 120 << 180 << 0.90;
    }
    void strictSecondsWithJitter()
    {
        QFETCH(int, least);
        QFETCH(int, most);
        QFETCH(double, wanted);
        Budgets budgets({spec(100, 1s)}, 0.98);
        WindowCount count(1s);
        std::minstd_rand random(7);
        std::uniform_int_distribution<int> way(least, most);
        std::multimap<SteadyTime, milliseconds> arrivals; // and how long each took
        SteadyTime now = start;
        int sent = 0, refused = 0;
        const auto arrive = [&](SteadyTime until) {
            while (!arrivals.empty() && arrivals.begin()->first <= until) {
                refused += count.add(arrivals.begin()->first, 2) > 100;
                budgets.learn(answer({}, arrivals.begin()->second), wallStart, arrivals.begin()->first);
                arrivals.erase(arrivals.begin());
            }
        };
        while (now < start + 300s) {
            arrive(now);
            const SteadyTime ready = budgets.readyAt(charge(2), now);
            if (ready > now) {
                now = std::chrono::ceil<milliseconds>(ready);
                continue;
            }
            budgets.spend(charge(2), now);
            const milliseconds took{way(random)};
            arrivals.emplace(now + took, took);
            ++sent;
        }
        qInfo("%.3f of the permitted rate, %d refused", sent / 15'000.0, refused);
        QCOMPARE(refused, 0);
        QVERIFY2(sent / 15'000.0 >= wanted, qPrintable(QString::number(sent / 15'000.0)));
    }

    void aBurstIsAQuarterOfTheWindow()
    {
        Budgets budgets({spec(1000, 60s)}, 1.0);
        int sent = 0;
        for (; budgets.readyAt(charge(1), start) <= start; ++sent)
            budgets.spend(charge(1), start);
        QCOMPARE(sent, 250);
        QCOMPARE(seconds(budgets.readyAt(charge(10), start) - start), 0.6);
    }

    void heavyChargeWaitsForAFullBucketAndThenDrivesItNegative()
    {
        Budgets budgets({spec(100, 10s)}, 1.0);
        budgets.spend(charge(5), start);
        QCOMPARE(seconds(budgets.readyAt(charge(50), start) - start), 0.5); // 20 of 25 tokens, 10 a second
        const SteadyTime full = start + 500ms;
        QCOMPARE(budgets.readyAt(charge(50), full), full);
        budgets.spend(charge(50), full);
        QCOMPARE(seconds(budgets.readyAt(charge(1), full) - full), 2.6); // from -25 to 1
    }

    void allNamedBudgetsMustAgreeAndUnknownOnesAreIgnored()
    {
        Budgets budgets({{"a", 10, 1s, "", "", ""}, {"b", 10, 10s, "", "", ""}}, 1.0);
        const std::vector<Charge> both{{"a", 2}, {"b", 2}, {"nobody", 1e9}};
        budgets.spend(both, start);
        QCOMPARE(seconds(budgets.readyAt({{"a", 2}}, start) - start), 0.15);
        QCOMPARE(seconds(budgets.readyAt(both, start) - start), 1.5);
        QCOMPARE(budgets.readyAt({{"nobody", 1}}, start), start);
        QCOMPARE(seconds(budgets.readyAt({{"b", 1}, {"b", 1}}, start) - start), 1.5); // named twice: both count
    }

    void specsWithoutCapacityOrWindowLimitNothing()
    {
        Budgets budgets(
            {{"a", 0, 1s, "", "", ""}, {"b", 10, 0ms, "", "", ""}, {"c", std::nan(""), 1s, "", "", ""}}, 1.0);
        QVERIFY(budgets.states(start).empty());
        QCOMPARE(budgets.readyAt({{"a", 1}, {"b", 1}, {"c", 1}}, start), start);
    }

    void waitsForTheVenuesWindow_data()
    {
        // The venue's clock shows 10:00:20 in a window of a minute.
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("reset");
        QTest::addColumn<double>("wait");
        QTest::newRow("used up") << QByteArray("x-used") << QByteArray("5400") << QByteArray() << 40.0;
        QTest::newRow("used more than there is") << QByteArray("x-used") << QByteArray("99999") << QByteArray() << 40.0;
        QTest::newRow("nearly used up") << QByteArray("x-used") << QByteArray("5398") << QByteArray() << 0.0;
        QTest::newRow("not a number") << QByteArray("x-used") << QByteArray("many") << QByteArray() << 0.0;
        QTest::newRow("negative") << QByteArray("x-used") << QByteArray("-1") << QByteArray() << 0.0;
        QTest::newRow("nothing remains") << QByteArray("x-remaining") << QByteArray("0") << QByteArray() << 40.0;
        QTest::newRow("plenty remains") << QByteArray("x-remaining") << QByteArray("5000") << QByteArray() << 0.0;
        QTest::newRow("reset in seconds from now")
            << QByteArray("x-remaining") << QByteArray("0") << QByteArray("7.5") << 7.5;
        QTest::newRow("reset in seconds since 1970")
            << QByteArray("x-remaining") << QByteArray("0") << QByteArray("1704103230") << 10.0;
        QTest::newRow("reset in ms since 1970")
            << QByteArray("x-remaining") << QByteArray("0") << QByteArray("1704103221500") << 1.5;
        QTest::newRow("reset in the past")
            << QByteArray("x-remaining") << QByteArray("0") << QByteArray("1704103200") << 0.0;
        QTest::newRow("reset far beyond the window")
            << QByteArray("x-remaining") << QByteArray("0") << QByteArray("5000") << 60.0;
    }
    void waitsForTheVenuesWindow()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, reset);
        QFETCH(double, wait);
        Budgets budgets({spec(6000, 60s)}, 0.9);
        std::map<std::string, std::string> headers{{header.toStdString(), value.toStdString()}};
        if (!reset.isEmpty())
            headers["x-reset"] = reset.toStdString();
        budgets.learn(answer(headers), wallStart, start);
        const SteadyTime ready = budgets.readyAt(charge(2), start);
        QCOMPARE(seconds(ready - start), wait);
        QCOMPARE(budgets.readyAt(charge(2), ready), ready);
    }

    void ownRequestsCountUntilTheVenueHasCountedThem()
    {
        Budgets budgets({spec(100, 60s)}, 1.0);
        budgets.spend(charge(10), start); // answered below after 50 ms, during which two others went out
        budgets.spend(charge(5), start + 20ms);
        budgets.spend(charge(5), start + 40ms);
        budgets.learn(answer({{"x-used", "81"}}, 45ms), wallStart, start + 50ms);
        QCOMPARE(budgets.states(start + 50ms).front().used, 91.0);
        QVERIFY(budgets.readyAt(charge(10), start + 50ms) >= start + 40s);
        QVERIFY(budgets.readyAt(charge(1), start + 50ms) < start + 40s);
    }

    void aHeaderTellsOfTheBudgetsThatItsRequestCharged()
    {
        // Two hosts of one venue count for themselves, in headers of one name.
        Budgets budgets({{"spot", 6000, 60s, "x-used", "", ""}, {"linear", 2400, 60s, "x-used", "", ""}}, 1.0);
        budgets.learn(answer({{"x-used", "5000"}}), wallStart, start, {{"spot", 2}});
        QCOMPARE(budgets.states(start).at(0).used, 5000.0);
        QCOMPARE(budgets.states(start).at(1).used, 0.0);
        QCOMPARE(budgets.readyAt({{"linear", 5}}, start), start);
    }

    void tellsWhenABudgetIsWholeAgain_data()
    {
        QTest::addColumn<QByteArray>("reset");
        QTest::addColumn<int>("unitMs");
        QTest::addColumn<double>("wait"); // below 0: nothing is told
        QTest::newRow("seconds from now") << QByteArray("7.5") << 1000 << 7.5;
        QTest::newRow("milliseconds from now") << QByteArray("1489") << 1 << 1.489;
        QTest::newRow("since 1970, whatever the unit") << QByteArray("1704103221500") << 1 << 1.5;
        QTest::newRow("beyond the window") << QByteArray("999999") << 1 << 30.0;
        QTest::newRow("no number") << QByteArray("soon") << 1000 << -1.0;
        QTest::newRow("absent") << QByteArray() << 1000 << -1.0;
    }
    void tellsWhenABudgetIsWholeAgain()
    {
        QFETCH(QByteArray, reset);
        QFETCH(int, unitMs);
        QFETCH(double, wait);
        const Budgets budgets({{"a", 2000, 30s, "", "x-left", "x-reset", milliseconds{unitMs}}, {"b", 10, 1s, "", "", ""}}, 1.0);
        std::map<std::string, std::string> headers{{"x-left", "0"}};
        if (!reset.isEmpty())
            headers["x-reset"] = reset.toStdString();
        const auto told = budgets.resetIn(answer(headers), wallStart, start, {{"a", 3}});
        QCOMPARE(told ? seconds(*told) : -1.0, wait);
        QVERIFY(!budgets.resetIn(answer(headers), wallStart, start, {{"b", 1}}));
    }

    void aClockOffByHoursDoesNotMatterWithADateHeader()
    {
        Budgets budgets({spec(6000, 60s)}, 0.9);
        budgets.learn(
            answer({{"x-used", "6000"}, {"date", "Mon, 01 Jan 2024 10:00:50 GMT"}}), wallStart + 5h + 13s, start);
        QCOMPARE(seconds(budgets.readyAt(charge(2), start) - start), 10.0);
    }

    void withOthersOnTheSameAddress_data()
    {
        QTest::addColumn<double>("foreignPerSecond");
        QTest::addColumn<int>("clockOffMs");
        QTest::addColumn<int>("latencyMs");
        QTest::newRow("alone") << 0.0 << 0 << 50;
        QTest::newRow("alone, clock half a second off") << 0.0 << 500 << 50;
        QTest::newRow("others take a third") << 33.0 << 0 << 50;
        QTest::newRow("others take half, slow answers") << 50.0 << 300 << 400;
        QTest::newRow("clock off by hours") << 33.0 << 7'654'321 << 50;
    }
    void withOthersOnTheSameAddress()
    {
        QFETCH(double, foreignPerSecond);
        QFETCH(int, clockOffMs);
        QFETCH(int, latencyMs);
        constexpr double capacity = 6000;
        constexpr double share = 0.95;
        MinuteVenue venue(capacity, foreignPerSecond, milliseconds{clockOffMs});
        Budgets budgets({spec(capacity, 60s)}, share);
        struct Flight {
            SteadyTime back;
            HttpResponse response;
        };
        std::deque<Flight> flights;
        double sent = 0;
        const milliseconds latency{latencyMs};
        for (SteadyTime now = start; now < start + 600s; now += 2ms) {
            while (!flights.empty() && flights.front().back <= now) {
                flights.front().response.elapsed = latency;
                budgets.learn(flights.front().response, wallStart + std::chrono::floor<milliseconds>(now - start), now);
                flights.pop_front();
            }
            while (flights.size() < 40 && budgets.readyAt(charge(2), now) <= now) {
                budgets.spend(charge(2), now);
                flights.push_back({now + latency, venue.request(now + latency / 2, 2)}); // counted half-way
                sent += 2;
            }
        }
        const double permitted = 600 * (capacity * share / 60 - foreignPerSecond);
        qInfo(
            "sent %.3f of what is left, most in a minute %.0f of %.0f", sent / permitted, venue.worstMinute, capacity);
        QCOMPARE(venue.refused, 0);
        QVERIFY(venue.worstMinute <= capacity);
        QVERIFY(sent >= 0.97 * permitted);
    }

    /// A venue that reports what its trailing window holds must not slow us down where we are alone.
    void rollingWindowsAreNotTakenForOthers()
    {
        Budgets budgets({spec(600, 10s)}, 1.0);
        WindowCount venue(10s);
        std::deque<std::pair<SteadyTime, double>> flights;
        double sent = 0;
        for (SteadyTime now = start; now < start + 200s; now += 1ms) {
            while (!flights.empty() && flights.front().first <= now) {
                const auto used = std::to_string(static_cast<int>(flights.front().second));
                const auto wall = wallStart + std::chrono::floor<milliseconds>(now - start);
                budgets.learn(answer({{"x-used", used}}, 80ms), wall, now);
                flights.pop_front();
            }
            while (budgets.readyAt(charge(5), now) <= now) {
                budgets.spend(charge(5), now);
                flights.emplace_back(now + 80ms, venue.add(now + 40ms, 5));
                QVERIFY(flights.back().second <= 600);
                sent += 5;
            }
        }
        qInfo("%.3f of the permitted rate", sent / (60.0 * 200));
        QVERIFY(sent >= 0.97 * 60 * 200);
    }

    void banStopsAllAndNoBurstFollows()
    {
        Budgets budgets({spec(1000, 10s)}, 1.0);
        const SteadyTime until = start + 120s;
        budgets.block(until);
        budgets.block(start + 5s); // a shorter one does not lift it
        QCOMPARE(budgets.states(start).front().blockedUntil, std::optional{until});
        QVERIFY(budgets.readyAt(charge(1), start) >= until);
        const SteadyTime ready = budgets.readyAt(charge(1), until);
        QCOMPARE(seconds(ready - until), 0.01); // at the pace, from nothing
        budgets.spend(charge(1), ready);
        QVERIFY(budgets.readyAt(charge(1), ready) > ready);
        QCOMPARE(budgets.states(until).front().blockedUntil, std::optional<SteadyTime>{});
    }

    void blockOfOneBudgetLeavesOthersAlone()
    {
        Budgets budgets({{"a", 10, 1s, "", "", ""}, {"b", 10, 1s, "", "", ""}}, 1.0);
        budgets.block(start + 60s, {{"a", 1}});
        QVERIFY(budgets.readyAt({{"a", 1}}, start) >= start + 60s);
        QCOMPARE(budgets.readyAt({{"b", 1}}, start), start);
        QVERIFY(budgets.readyAt({{"a", 1}, {"b", 1}}, start) >= start + 60s);
    }

    void statesTellWhatIsUsed()
    {
        Budgets budgets({spec(100, 10s)}, 1.0);
        budgets.spend(charge(7), start);
        const BudgetState expected{"weight", 7, 100, 10s, std::nullopt};
        QVERIFY(budgets.states(start + 9999ms).front() == expected);
        QCOMPARE(budgets.states(start + 10s).front().used, 0.0);
    }
};

QTEST_APPLESS_MAIN(TestBudget)
#include "tst_budget.moc"
