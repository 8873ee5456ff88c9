#include "core/engine/doctor.h"

#include <cmath>
#include <map>
#include <set>

#include "core/engine/health.h"
#include "core/ingest/keycheck.h"
#include "core/ingest/universe.h"
#include "core/net/httpclient.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds clockTolerance {2'000};

std::string megabytes(std::uintmax_t bytes)
{
    return std::to_string(bytes >> 20) + " MiB";
}

void examineConfig(const Patient& patient, std::vector<DoctorLine>& lines)
{
    for (const Problem& problem : patient.settings.problems)
        lines.push_back({"config", "error", problem.text()});
    if (patient.settings.problems.empty())
        lines.push_back({"config", "ok", std::to_string(patient.settings.files.size()) + " files read"});
    lines.push_back({"catalogue", "ok", std::to_string(patient.catalogue.venues().size()) + " venues and "
            + std::to_string(patient.catalogue.providers().size()) + " providers described"});
}

void examineStore(const Patient& patient, std::vector<DoctorLine>& lines)
{
    if (const auto info = patient.store.info())
        lines.push_back({"store", "ok", info->engine + ", " + info->location + ", schema " + std::to_string(info->schemaVersion) + ", "
                + megabytes(static_cast<std::uintmax_t>(info->bytes))});
    else
        lines.push_back({"store", "error", info.error().detail});
    if (!patient.archive) {
        lines.push_back({"archive", "warn", "raw answers are not kept (bronze.keep is off): rows cannot be rebuilt"});
    } else if (const auto bytes = patient.archive->bytes()) {
        lines.push_back({"archive", "ok", megabytes(static_cast<std::uintmax_t>(*bytes)) + " of raw answers"});
    } else {
        lines.push_back({"archive", "error", bytes.error().detail});
    }
    std::error_code ec;
    const auto space = std::filesystem::space(patient.dataDir, ec);
    const bool isLittle = !ec && space.available < std::uintmax_t {littleDisk};
    if (ec)
        lines.push_back({"disk", "error", "cannot look at " + patient.dataDir.string() + ": " + ec.message()});
    else
        lines.push_back({"disk", isLittle ? "warn" : "ok",
            megabytes(space.available) + " free at " + patient.dataDir.string() + (isLittle ? ": make room" : "")});
}

/// One bar of one instrument for each venue and provider that is in use.
std::map<std::string, HttpRequest> probes(const Patient& patient)
{
    std::map<std::string, SeriesRecord> wanted;
    if (auto reader = patient.store.openReader()) {
        if (const auto series = (*reader)->series()) {
            for (const SeriesRecord& record : *series)
                wanted.try_emplace(record.key.source, record);
        }
    }
    for (const BackfillRequest& request : universeOf(patient.settings.settings)) {
        const auto parts = parseSymbol(request.symbol);
        SeriesRecord record;
        record.key = {request.source.empty() ? request.exchange : request.source, request.exchange,
            parts ? parts->market() : MarketType::Spot, request.symbol, request.kind, request.timeframe};
        if (parts)
            wanted.try_emplace(record.key.source, record);
    }
    std::map<std::string, HttpRequest> requests;
    for (const auto& [source, record] : wanted) {
        const SeriesKey& key = record.key;
        const auto venue = patient.catalogue.teller(key);
        if (!venue)
            continue;
        auto instrument = (*venue)->instrument(key.market, key.symbol, (*venue)->isProvider() ? record.exchangeSymbol : std::string()); // any id of its own will do
        auto rules = (*venue)->pageRules(key.market, key.kind, key.timeframe);
        if (!instrument || !rules)
            continue;
        FetchArgs args;
        args.instrument = std::move(*instrument);
        args.instrument.interestUnit = record.unit;
        args.kind = key.kind;
        args.timeframe = key.timeframe;
        args.now = patient.clock.now();
        const UtcMs now = rules->grid.floor(args.now);
        auto request = (*venue)->pageRequest(args, {rules->grid.advance(now, -1), now});
        if (!request)
            continue;
        if (auto header = keyHeader((*venue)->lane(), patient.secrets))
            request->http.headers.emplace_back(std::move(header->name), std::move(header->value));
        requests.emplace(source, std::move(request->http));
    }
    return requests;
}

void judgeClock(const std::string& exchange, UtcMs venueTime, UtcMs ours, std::vector<DoctorLine>& lines)
{
    const milliseconds off = ours - venueTime;
    if (std::chrono::abs(off) <= clockTolerance)
        return;
    lines.push_back({"clock", "warn", "this machine's clock is " + std::to_string(std::abs(off.count()) / 1000) + " s "
            + (off > 0ms ? "ahead of " : "behind ") + exchange + ": set it (NTP); until then the earlier of the two times counts"});
}

/// What is wanted of whom, and cannot be had without a key that is not there.
void examineKeys(const Patient& patient, std::vector<DoctorLine>& lines)
{
    std::set<std::string> sources;
    for (const BackfillRequest& request : universeOf(patient.settings.settings))
        sources.insert(request.source.empty() ? request.exchange : request.source);
    for (const std::string& source : sources) {
        const auto venue = patient.catalogue.venue(source);
        if (const auto key = venue ? checkKey(**venue, patient.secrets) : Result<void> {}; !key)
            lines.push_back({"key", "error", key.error().detail});
    }
}

void examineVenues(const Patient& patient, std::vector<DoctorLine>& lines)
{
    const auto requests = probes(patient);
    if (requests.empty()) {
        lines.push_back({"venue", "ok", "none in use yet"});
        return;
    }
    HttpSettings settings = patient.settings.settings.http;
    settings.totalTimeout = settings.connectTimeout;
    HttpClient client(settings);
    std::map<Ticket, std::string> asked;
    Ticket ticket = 1;
    for (const auto& [exchange, request] : requests) {
        asked[ticket] = exchange;
        client.start(ticket++, request);
    }
    const std::size_t before = lines.size();
    bool isTimeTold = false;
    while (!asked.empty()) {
        for (const Completion& completion : client.wait(1s)) {
            const std::string exchange = asked[completion.ticket];
            asked.erase(completion.ticket);
            if (!completion.response) {
                lines.push_back({"venue", "error", exchange + " cannot be reached: " + completion.response.error().detail});
                continue;
            }
            const int status = completion.response->status;
            lines.push_back({"venue", status < 400 ? "ok" : "warn",
                exchange + " answers (HTTP " + std::to_string(status) + ", " + std::to_string(completion.response->elapsed.count()) + " ms)"});
            if (const auto date = completion.response->date()) {
                isTimeTold = true;
                judgeClock(exchange, *date, patient.clock.now(), lines);
            }
        }
    }
    const bool isClockOff = std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(before), lines.end(),
        [](const DoctorLine& line) { return line.area == "clock"; });
    if (!isTimeTold)
        lines.push_back({"clock", "warn", "cannot be compared: no venue told the time"});
    else if (!isClockOff)
        lines.push_back({"clock", "ok", "agrees with the venues that answered"});
}

} // namespace

std::vector<DoctorLine> examine(const Patient& patient)
{
    std::vector<DoctorLine> lines;
    examineConfig(patient, lines);
    examineStore(patient, lines);
    examineKeys(patient, lines);
    examineVenues(patient, lines);
    return lines;
}

} // namespace mnemo
