#include "core/ingest/lane.h"

#include <algorithm>
#include <random>

#include "core/base/log.h"
#include "core/base/priority.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds longestWait {1'000};
constexpr milliseconds publishInterval {250};

double strideOf(Priority priority)
{
    switch (priority) {
    case Priority::Repair:
        return 1;
    case Priority::Incremental:
        return 2;
    case Priority::Backfill:
        return 4;
    case Priority::Scheduled:
        return 8;
    }
    return 8;
}

std::string hostOf(const std::string& url)
{
    const auto start = url.find("://");
    const auto from = start == std::string::npos ? 0 : start + 3;
    return url.substr(from, url.find_first_of("/?#", from) - from);
}

bool isHostsFault(ErrorCode code)
{
    return code == ErrorCode::Network || code == ErrorCode::Timeout || code == ErrorCode::ServerError
        || code == ErrorCode::Maintenance;
}

std::string secondsText(milliseconds wait)
{
    return std::to_string((wait.count() + 999) / 1000) + " s";
}

/// Where the venue's description states no limit.
LaneRules withDefaults(LaneRules rules, const RateSettings& rate)
{
    if (rules.budgets.empty())
        rules.budgets.push_back({"requests", static_cast<double>(rate.requests), rate.per, {}, {}, {}});
    return rules;
}

} // namespace

Lane::Lane(LaneRules rules, const LaneSettings& settings, std::unique_ptr<HttpTransport> transport, Archive* archive,
    const Clock& clock, StatusHandler status)
    : m_rules(withDefaults(std::move(rules), settings.rate))
    , m_settings(settings)
    , m_transport(std::move(transport))
    , m_archive(archive)
    , m_clock(clock)
    , m_statusHandler(std::move(status))
    , m_budgets(m_rules.budgets, settings.rate.share)
    , m_retry(settings.retry, std::random_device {}())
    , m_thread([this](const std::stop_token& stop) { run(stop); })
{
}

Lane::~Lane()
{
    m_thread.request_stop();
    m_transport->wakeUp();
    m_thread.join();
}

void Lane::add(std::shared_ptr<LaneClient> client)
{
    {
        const std::lock_guard lock(m_mutex);
        m_arrivals.push_back(std::move(client));
    }
    wakeUp();
}

void Lane::wakeUp()
{
    m_transport->wakeUp();
}

LaneStatus Lane::status() const
{
    const std::lock_guard lock(m_mutex);
    return m_status;
}

bool Lane::isIdle() const
{
    const std::lock_guard lock(m_mutex);
    return m_arrivals.empty() && m_clients == 0;
}

Result<ArchiveWriter*> Lane::archiveWriter(std::string_view source, Kind kind)
{
    if (!m_archive)
        return nullptr;
    auto& writer = m_archives[std::string(source) + '/' + std::string(toText(kind))];
    if (!writer) {
        auto opened = m_archive->openWriter(source, kind);
        if (!opened)
            return fail(std::move(opened.error()));
        writer = std::move(*opened);
    }
    return writer.get();
}

void Lane::run(const std::stop_token& stop)
{
    giveWayToOthers(); // the window draws while it runs
    m_stop = stop;
    while (!stop.stop_requested()) {
        admitClients();
        dropFinished();
        const SteadyTime now = m_clock.steady();
        SteadyTime wakeAt = now + longestWait;
        sendDue(now, wakeAt);
        publish(false);
        const auto wait = std::chrono::ceil<milliseconds>(wakeAt - now);
        for (Completion& completion : m_transport->wait(std::clamp<milliseconds>(wait, 0ms, longestWait)))
            finish(std::move(completion));
    }
    for (const auto& [ticket, pending] : m_inFlight)
        m_transport->cancel(ticket);
    m_inFlight.clear();
    m_retries.clear();
    admitClients();
    for (const Turn& turn : m_turns)
        turn.client->letGo();
    m_turns.clear();
}

void Lane::admitClients()
{
    std::vector<std::shared_ptr<LaneClient>> arrivals;
    {
        const std::lock_guard lock(m_mutex);
        arrivals.swap(m_arrivals);
        m_clients = m_turns.size() + arrivals.size();
    }
    // As if each had just been served: who asks one question and is gone, again and again, starves nobody who stays.
    for (auto& client : arrivals) {
        const double pass = m_served + strideOf(client->priority());
        m_turns.push_back({std::move(client), std::nullopt, pass});
    }
}

void Lane::dropFinished()
{
    for (std::size_t i = 0; i < m_turns.size();) {
        if (!m_turns[i].client->isFinished()) {
            ++i;
            continue;
        }
        const auto client = std::move(m_turns[i].client);
        m_turns.erase(m_turns.begin() + static_cast<std::ptrdiff_t>(i));
        dropWork(client.get());
        client->letGo();
    }
    const std::lock_guard lock(m_mutex);
    m_clients = m_turns.size(); // at once: a lane that says it is busy outlives a change of settings
}

void Lane::dropWork(const LaneClient* client)
{
    for (auto it = m_inFlight.begin(); it != m_inFlight.end();) {
        if (it->second.client.get() != client) {
            ++it;
            continue;
        }
        m_transport->cancel(it->first);
        breakerOf(it->second.request.request.http.url).abandoned();
        it = m_inFlight.erase(it);
    }
    std::erase_if(m_retries, [client](const Pending& pending) { return pending.client.get() == client; });
}

CircuitBreaker& Lane::breakerOf(const std::string& url)
{
    return m_breakers.try_emplace(hostOf(url), m_settings.breaker).first->second;
}

std::vector<std::size_t> Lane::turnOrder() const
{
    std::vector<std::size_t> order(m_turns.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::stable_sort(order, {}, [this](std::size_t i) { return m_turns[i].pass; });
    return order;
}

void Lane::sendDue(SteadyTime now, SteadyTime& wakeAt)
{
    const auto hasRoom = [this] {
        return m_inFlight.size() < static_cast<std::size_t>(std::max(1, m_settings.http.connectionsPerHost));
    };
    for (std::size_t i = 0; i < m_retries.size() && hasRoom();) {
        if (trySend(m_retries[i], now, wakeAt))
            m_retries.erase(m_retries.begin() + static_cast<std::ptrdiff_t>(i));
        else
            ++i;
    }
    for (bool sentOne = true; sentOne && hasRoom();) {
        sentOne = false;
        for (const std::size_t i : turnOrder()) {
            Turn& turn = m_turns[i];
            if (!turn.held) {
                auto request = turn.client->next();
                if (!request)
                    continue;
                turn.held = Pending {turn.client, std::move(*request), 0, {}, now};
            }
            if (!trySend(*turn.held, now, wakeAt))
                continue;
            turn.held.reset();
            m_served = std::max(m_served, turn.pass);
            turn.pass = m_served + strideOf(turn.client->priority());
            sentOne = true;
            break; // the order has changed
        }
    }
}

/// False where it must wait; then @p wakeAt is no later than the time when it may go.
bool Lane::trySend(Pending& pending, SteadyTime now, SteadyTime& wakeAt)
{
    const auto holdUntil = [&](SteadyTime time, const std::string& reason) {
        wakeAt = std::min(wakeAt, time);
        pending.client->waits(reason);
        return false;
    };
    if (pending.notBefore > now)
        return holdUntil(pending.notBefore, "retry in " + secondsText(std::chrono::ceil<milliseconds>(pending.notBefore - now)));
    auto& http = pending.request.request.http;
    CircuitBreaker& breaker = breakerOf(http.url);
    if (!breaker.allows(now)) {
        const SteadyTime probe = breaker.state(now) == BreakerState::Open ? breaker.nextProbe() : now + 100ms;
        return holdUntil(probe, "circuit breaker of " + hostOf(http.url));
    }
    const SteadyTime ready = m_budgets.readyAt(pending.request.request.charges, now);
    if (ready > now) {
        const milliseconds wait = std::chrono::ceil<milliseconds>(ready - now);
        return holdUntil(ready, wait < 1s ? std::string("rate limit") : "rate limit, " + secondsText(wait));
    }
    m_budgets.spend(pending.request.request.charges, now);
    breaker.sent(now);
    if (pending.firstTry == SteadyTime {})
        pending.firstTry = now;
    ++pending.attempts;
    pending.client->waits({});
    pending.client->sent(pending.request.tag);
    const Ticket ticket = m_nextTicket++;
    HttpRequest copy = http; // the original stays for a retry, and without the key
    if (m_settings.key)
        copy.headers.emplace_back(m_settings.key->name, m_settings.key->value);
    m_inFlight.emplace(ticket, std::move(pending));
    m_transport->start(ticket, std::move(copy));
    return true;
}

void Lane::finish(Completion&& completion)
{
    auto node = m_inFlight.extract(completion.ticket);
    if (node.empty())
        return;
    Pending pending = std::move(node.mapped());
    if (!completion.response) {
        handleError(std::move(pending), std::move(completion.response.error()));
        return;
    }
    const HttpResponse& response = *completion.response;
    const UtcMs wall = m_clock.now();
    const std::vector<Charge>& charges = pending.request.request.charges;
    m_budgets.learn(response, wall, m_clock.steady(), charges);
    if (const auto date = response.date())
        m_clockOffset = *date - wall;
    auto accepted = pending.client->accept(pending.request.tag, response, *this);
    if (accepted) {
        breakerOf(pending.request.request.http.url).succeeded();
        return;
    }
    Error error = std::move(accepted.error());
    explainKey(error, response.status, pending.request.request.http, m_settings.key, m_rules.id);
    if (const auto told = response.retryAfter(wall); told && (!error.retryAfter || *error.retryAfter < *told))
        error.retryAfter = told;
    if (!error.retryAfter && error.code == ErrorCode::RateLimited)
        error.retryAfter = m_budgets.resetIn(response, wall, m_clock.steady(), charges);
    handleError(std::move(pending), std::move(error));
}

void Lane::handleError(Pending&& pending, Error error)
{
    const SteadyTime now = m_clock.steady();
    const bool isLimit = error.code == ErrorCode::RateLimited || error.code == ErrorCode::Banned;
    CircuitBreaker& breaker = breakerOf(pending.request.request.http.url);
    if (isHostsFault(error.code))
        breaker.failed(now);
    else if (isLimit)
        breaker.abandoned();
    else
        breaker.succeeded(); // it answered; what it said is not the host's fault
    // A ban concerns the address, so everything stops; a spent limit concerns the budgets that the request charges.
    if (isLimit)
        --pending.attempts; // the budget holds it back, that is not a failed try
    if (error.code == ErrorCode::Banned)
        m_budgets.block(now + error.retryAfter.value_or(m_rules.bannedFor));
    else if (error.code == ErrorCode::RateLimited)
        m_budgets.block(now + error.retryAfter.value_or(m_rules.limitedFor), pending.request.request.charges);
    m_lastError = error.detail;
    std::optional<log::Scope> scope; // whose request it was: the job's own log is made of these lines
    if (pending.client->job() != 0)
        scope.emplace(log::Fields {{"task", pending.client->job()}, {"series", pending.client->series()}});
    const std::string url = redactedUrl(pending.request.request.http.url);
    const auto since = std::chrono::ceil<milliseconds>(now - pending.firstTry);
    const auto delay = m_retry.delay(error, pending.attempts, since);
    if (!delay) {
        log::warning("lane", "gave up: " + error.detail,
            {{"lane", m_rules.id}, {"code", toText(error.code)}, {"tries", pending.attempts}, {"request", url}});
        pending.client->gaveUp(pending.request.tag, error);
        return;
    }
    log::info("lane", "asks again: " + error.detail,
        {{"lane", m_rules.id}, {"code", toText(error.code)}, {"tries", pending.attempts}, {"wait_ms", delay->count()}, {"request", url}});
    pending.notBefore = now + *delay;
    pending.client->retried(pending.request.tag, error);
    m_retries.push_back(std::move(pending));
}

void Lane::publish(bool force)
{
    const SteadyTime now = m_clock.steady();
    if (!force && now - m_published < publishInterval)
        return;
    m_published = now;
    LaneStatus status;
    status.id = m_rules.id;
    status.budgets = m_budgets.states(now);
    for (const auto& [host, breaker] : m_breakers) {
        const BreakerState state = breaker.state(now);
        if (state == BreakerState::Closed || status.breaker == BreakerState::Open)
            continue;
        status.breaker = state;
        if (state == BreakerState::Open)
            status.breakerWait = std::max<milliseconds>(0ms, std::chrono::ceil<milliseconds>(breaker.nextProbe() - now));
    }
    status.inFlight = static_cast<int>(m_inFlight.size());
    status.clients =
        static_cast<int>(std::ranges::count_if(m_turns, [](const Turn& turn) { return turn.client->job() != 0; }));
    status.lastError = m_lastError;
    status.clockOffset = m_clockOffset;
    {
        const std::lock_guard lock(m_mutex);
        m_status = status;
    }
    if (m_statusHandler)
        m_statusHandler(status);
}

} // namespace mnemo
