#include "app/simulator/simulator.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/simulator/noise.h"
#include "core/base/timetext.h"

namespace mnemo::sim {

namespace {

using nlohmann::json;

int hexDigit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Request parsed(std::string_view method, std::string_view target)
{
    Request request;
    request.method = method;
    const auto question = target.find('?');
    request.path = decodePercent(target.substr(0, question), false);
    std::string_view query = question == std::string_view::npos ? std::string_view {} : target.substr(question + 1);
    while (!query.empty()) {
        const auto end = query.find('&');
        const std::string_view item = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        const auto equals = item.find('=');
        if (!item.empty())
            request.parameters.emplace_back(decodePercent(item.substr(0, equals), true),
                equals == std::string_view::npos ? std::string {} : decodePercent(item.substr(equals + 1), true));
    }
    return request;
}

Answer serverError(std::uint64_t noise)
{
    switch (noise % 4) {
    case 0:
        return {500, R"({"code":500,"msg":"Internal server error","message":"Internal server error"})", "application/json", {}};
    case 1:
        return {502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n", "text/html", {}};
    case 2:
        return {503, "Service Unavailable", "text/plain", {}};
    default:
        return {504, "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n</body>\r\n</html>\r\n", "text/html", {}};
    }
}

Answer challengePage(std::uint64_t noise)
{
    return {noise % 2 == 0 ? 200 : 403,
        "<!DOCTYPE html>\n<html lang=\"en-US\"><head><title>Just a moment...</title></head>\n"
        "<body><h1>Checking your browser before accessing the site.</h1><p>Ray ID: 8f0000000000</p></body></html>\n",
        "text/html; charset=UTF-8", {}};
}

/// Overwrites a mark of the syntax, never a digit; tries until the text is no JSON any more.
void corrupt(std::string& body, std::uint64_t noise)
{
    if (body.empty())
        return;
    for (std::uint64_t i = 0; i < 32; ++i) {
        const std::size_t from = mix(noise, i) % body.size();
        const std::size_t at = body.find_first_of("[]{},:\"", from);
        if (at == std::string::npos)
            continue;
        const char kept = body[at];
        body[at] = '#';
        if (!json::accept(body))
            return;
        body[at] = kept;
    }
    body.back() = '#';
}

} // namespace

std::string decodePercent(std::string_view text, bool plusIsBlank)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0) {
            out += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' && plusIsBlank ? ' ' : text[i];
        }
    }
    return out;
}

Simulator::Simulator(const MarketStore& store, Feed& feed, const FaultPlan& faults, const LimitMode& limits, std::uint64_t seed,
    const FileFaultPlan& fileFaults)
    : m_store(store)
    , m_feed(feed)
    , m_dice(faults, seed)
    , m_limits(limits)
    , m_files(store, feed, fileFaults, seed)
{
    for (const std::string& id : store.exchanges()) {
        auto site = std::make_unique<Site>();
        site->venue = makeVenue(id, store, feed);
        site->limiter = std::make_unique<Limiter>(limits);
        m_sites.emplace(id, std::move(site));
    }
}

Simulator::~Simulator() = default;

/// Takes the "/ID" off the path.
Simulator::Site* Simulator::siteFor(Request& request)
{
    const auto end = request.path.find('/', 1);
    const std::string_view first = std::string_view(request.path).substr(0, end);
    if (first.size() > 1) {
        if (const auto found = m_sites.find(first.substr(1)); found != m_sites.end()) {
            request.path = end == std::string::npos ? "/" : request.path.substr(end);
            return found->second.get();
        }
    }
    return m_sites.size() == 1 ? m_sites.begin()->second.get() : nullptr;
}

Reply Simulator::reply(std::string_view method, std::string_view target,
    std::vector<std::pair<std::string, std::string>> lowerHeaders)
{
    Request request = parsed(method, target);
    request.headers = std::move(lowerHeaders);
    Reply reply;
    if (request.isPath("/_sim/stats")) {
        reply.answer = stats();
        return reply;
    }
    if (request.isPath("/_sim/clock")) {
        reply.answer = clock(request);
        return reply;
    }
    Site* site = siteFor(request);
    if (!site) {
        reply.answer = unknownSite(request);
        return reply;
    }
    return ofSite(*site, request);
}

std::unique_ptr<Streams> Simulator::streams(std::string_view target)
{
    Request request = parsed("GET", target);
    Site* site = siteFor(request);
    if (!site)
        return nullptr;
    ++site->requests;
    const auto question = target.find('?');
    const std::string query
        = question == std::string_view::npos ? std::string {} : decodePercent(target.substr(question + 1), true);
    return openStreams(site->venue->id(), request.path, query, m_store, m_feed);
}

Reply Simulator::ofSite(Site& site, const Request& request)
{
    ++site.requests;
    const FaultDraw draw = m_dice.next();
    Reply reply;
    reply.delay = m_dice.plan().latency;
    const Permit permit = site.limiter->ask(site.venue->limit(request), std::chrono::steady_clock::now());
    if (permit.verdict != Permit::Verdict::Allowed) {
        ++site.refused;
        reply.answer = site.venue->refused(request, permit);
        site.venue->tellLimit(request, permit, reply.answer);
        return reply;
    }
    if (draw.failure && fail(reply, site, request, draw))
        return reply;
    auto file = site.venue->id() == "binance" && request.method == "GET" ? m_files.answer(request) : std::nullopt;
    reply.answer = file ? *std::move(file) : site.venue->answer(request, draw);
    if (permit.limit > 0)
        site.venue->tellLimit(request, permit, reply.answer);
    if (draw.failure == Fault::Corrupt) {
        corrupt(reply.answer.body, draw.noise);
    } else if (draw.failure == Fault::Truncate) {
        reply.sent = reply.answer.body.empty() ? 0 : draw.noise % reply.answer.body.size();
        if (draw.noise % 3 == 0)
            reply.answer.body.resize(reply.sent); // the length is right and the text is not
        else
            reply.transport = Reply::Transport::Cut;
    }
    return reply;
}

/// True where the fault leaves nothing of the real answer.
bool Simulator::fail(Reply& reply, Site& site, const Request& request, const FaultDraw& draw)
{
    ++m_failures[static_cast<std::size_t>(*draw.failure)];
    switch (*draw.failure) {
    case Fault::Server:
        reply.answer = serverError(draw.noise);
        return true;
    case Fault::Reset:
        reply.transport = Reply::Transport::Reset;
        return true;
    case Fault::Limited:
    case Fault::Banned: {
        const bool isBan = draw.failure == Fault::Banned;
        Permit permit;
        permit.verdict = isBan ? Permit::Verdict::Banned : Permit::Verdict::Refused;
        permit.wait = std::chrono::milliseconds {isBan ? 2000 : 1000};
        reply.answer = site.venue->refused(request, permit);
        reply.answer.status = isBan ? 418 : 429;
        std::erase_if(reply.answer.headers, [](const auto& header) { return header.first == "Retry-After"; });
        reply.answer.headers.emplace_back("Retry-After", secondsText(permit.wait));
        return true;
    }
    case Fault::Stall:
        reply.transport = Reply::Transport::Stall;
        return true;
    case Fault::Html:
        reply.answer = challengePage(draw.noise);
        return true;
    case Fault::Truncate:
    case Fault::Corrupt:
    case Fault::Short:
    case Fault::Duplicate:
    case Fault::Revise:
    case Fault::Hole:
        break;
    }
    return false;
}

Answer Simulator::stats() const
{
    json requests = json::object();
    json refused = json::object();
    std::uint64_t total = 0;
    for (const auto& [id, site] : m_sites) {
        requests[id] = site->requests.load();
        refused[id] = site->refused.load();
        total += site->requests;
    }
    json faults = json::object();
    const auto spoilt = m_feed.spoilt();
    for (std::size_t i = 0; i < faultCount; ++i)
        faults[std::string(toText(static_cast<Fault>(i)))] = i < firstRowFault ? m_failures[i].load() : spoilt[i];
    json body {{"now", toMs(now())}, {"total", total}, {"requests", requests}, {"refused", refused}, {"faults", faults},
        {"rows", m_feed.rows()},
        {"files", {{"listings", m_files.counts().listings.load()}, {"checksums", m_files.counts().checksums.load()}, {"zips", m_files.counts().zips.load()}}}};
    if (m_feed.isRecording()) {
        json served = json::array();
        for (const ServedPage& page : m_feed.served())
            served.push_back({{"exchange", page.exchange}, {"market", page.market}, {"symbol", page.symbol},
                {"kind", page.kind}, {"timeframe", page.timeframe}, {"from", page.fromMs}, {"to", page.toMs}, {"rows", page.rows}});
        body["served"] = std::move(served);
    }
    return {200, body.dump(), "application/json", {}};
}

/// GET tells the time, POST with ?now= sets it.
Answer Simulator::clock(const Request& request)
{
    const auto refused = [](int status, const char* reason) { return Answer {status, json {{"error", reason}}.dump(), "application/json", {}}; };
    if (request.method == "POST") {
        if (!m_clock)
            return refused(409, "the clock is the system's; start with --now to set it");
        const auto now = parseTime(request.value("now"));
        if (!now)
            return refused(400, "now= is a time in ms or as 2024-01-31T10:20:30Z");
        m_clock->set(*now);
    } else if (request.method != "GET") {
        return refused(405, "GET tells the time, POST sets it");
    }
    return {200, json {{"now", toMs(now())}}.dump(), "application/json", {}};
}

Answer Simulator::unknownSite(const Request& request) const
{
    json ids = json::array();
    for (const auto& entry : m_sites)
        ids.push_back("/" + entry.first + "/");
    const json body {{"error", "nothing is served at " + request.path}, {"prefixes", ids}};
    return {404, body.dump(-1, ' ', false, json::error_handler_t::replace), "application/json", {}}; // a path may hold any bytes
}

} // namespace mnemo::sim
