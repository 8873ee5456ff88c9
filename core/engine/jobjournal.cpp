#include "core/engine/jobjournal.h"

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/log.h"

namespace mnemo {

namespace {

using Json = nlohmann::json;

/// The file is written anew once it has so many lines more than open jobs.
constexpr std::size_t spareLines = 20'000;

std::string lineOf(const StoredJob& job)
{
    const BackfillRequest& request = job.request;
    Json json = {{"begin", job.key}, {"exchange", request.exchange}, {"symbol", request.symbol}, {"kind", toText(request.kind)},
        {"timeframe", request.timeframe.name()}, {"from", toMs(request.range.from)}, {"to", toMs(request.range.to)}};
    if (request.market)
        json["market"] = toText(*request.market);
    if (!request.source.empty())
        json["source"] = request.source;
    if (!request.exchangeSymbol.empty())
        json["exchange_symbol"] = request.exchangeSymbol;
    if (request.order == WalkOrder::NewestFirst)
        json["newest_first"] = true;
    if (job.isPaused)
        json["paused"] = true;
    return json.dump();
}

/// Nothing where the line is not that of a job.
std::optional<StoredJob> jobOf(const Json& json)
{
    StoredJob job;
    job.key = json.at("begin").get<std::uint64_t>();
    BackfillRequest& request = job.request;
    request.exchange = json.at("exchange").get<std::string>();
    request.symbol = json.at("symbol").get<std::string>();
    const auto kind = kindFromText(json.at("kind").get<std::string>());
    const auto frame = Timeframe::fromName(json.at("timeframe").get<std::string>());
    if (!kind || !frame)
        return std::nullopt;
    request.kind = *kind;
    request.timeframe = *frame;
    request.range = {fromMs(json.at("from").get<std::int64_t>()), fromMs(json.at("to").get<std::int64_t>())};
    if (const auto market = json.find("market"); market != json.end())
        request.market = marketTypeFromText(market->get<std::string>());
    request.source = json.value("source", std::string());
    request.exchangeSymbol = json.value("exchange_symbol", std::string());
    request.order = json.value("newest_first", false) ? WalkOrder::NewestFirst : WalkOrder::OldestFirst;
    job.isPaused = json.value("paused", false);
    return job;
}

/// False where the line cannot be understood.
bool replay(const std::string& line, std::map<std::uint64_t, StoredJob>& open)
{
    try {
        const Json json = Json::parse(line);
        if (json.contains("begin")) {
            auto job = jobOf(json);
            if (job)
                open.insert_or_assign(job->key, std::move(*job));
            return job.has_value();
        }
        if (json.contains("pause")) {
            if (const auto found = open.find(json.at("pause").get<std::uint64_t>()); found != open.end())
                found->second.isPaused = json.at("value").get<bool>();
            return true;
        }
        open.erase(json.at("end").get<std::uint64_t>());
        return true;
    } catch (const Json::exception&) {
        return false;
    }
}

} // namespace

JobJournal::JobJournal(std::filesystem::path file)
    : m_file(std::move(file))
{
}

Result<std::unique_ptr<JobJournal>> JobJournal::open(std::filesystem::path file, std::vector<std::string>& problems)
{
    std::unique_ptr<JobJournal> journal(new JobJournal(std::move(file)));
    std::ifstream in(journal->m_file, std::ios::binary);
    std::string line;
    std::size_t number = 0;
    while (std::getline(in, line)) {
        ++number;
        const bool isTorn = in.eof(); // no newline: the program was killed while it wrote
        if (!replay(line, journal->m_open) && !isTorn)
            problems.push_back(journal->m_file.string() + ", line " + std::to_string(number) + " cannot be read and is left out");
    }
    if (in.bad())
        return mnemo::fail(ErrorCode::StorageFailed, "cannot read " + journal->m_file.string());
    if (!journal->m_open.empty())
        journal->m_nextKey = journal->m_open.rbegin()->first + 1;
    if (auto written = journal->rewrite(); !written)
        return mnemo::fail(std::move(written.error()));
    return journal;
}

std::uint64_t JobJournal::begin(const StoredJob& job)
{
    const std::lock_guard lock(m_mutex);
    StoredJob kept = job;
    if (kept.key == 0)
        kept.key = m_nextKey++;
    const std::uint64_t key = kept.key;
    append(lineOf(kept));
    m_open.insert_or_assign(key, std::move(kept));
    return key;
}

void JobJournal::setPaused(std::uint64_t key, bool isPaused)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_open.find(key);
    if (m_isDetached || found == m_open.end() || found->second.isPaused == isPaused)
        return;
    found->second.isPaused = isPaused;
    append(Json {{"pause", key}, {"value", isPaused}}.dump());
}

void JobJournal::end(std::uint64_t key)
{
    const std::lock_guard lock(m_mutex);
    if (m_isDetached || m_open.erase(key) == 0)
        return;
    append(Json {{"end", key}}.dump());
    if (m_lines > m_open.size() + spareLines) {
        if (const auto written = rewrite(); !written)
            fail(written.error().detail);
    }
}

std::vector<StoredJob> JobJournal::open() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<StoredJob> jobs;
    jobs.reserve(m_open.size());
    for (const auto& [key, job] : m_open)
        jobs.push_back(job);
    return jobs;
}

std::optional<Error> JobJournal::error() const
{
    const std::lock_guard lock(m_mutex);
    return m_error;
}

void JobJournal::detach()
{
    const std::lock_guard lock(m_mutex);
    m_isDetached = true;
}

void JobJournal::append(const std::string& line)
{
    if (m_isDetached)
        return;
    ++m_lines;
    m_out << line << '\n' << std::flush; // to the system at once: a kill of the process loses nothing
    if (!m_out)
        fail("cannot write " + m_file.string() + ": " + std::strerror(errno));
}

Result<void> JobJournal::rewrite()
{
    const std::filesystem::path beside = m_file.string() + ".new";
    m_out.close();
    m_out.clear();
    m_out.open(beside, std::ios::binary | std::ios::trunc);
    for (const auto& [key, job] : m_open)
        m_out << lineOf(job) << '\n';
    m_out << std::flush;
    if (!m_out)
        return mnemo::fail(ErrorCode::StorageFailed, "cannot write " + beside.string() + ": " + std::strerror(errno));
    std::error_code error;
    std::filesystem::rename(beside, m_file, error); // the open file goes with its name
    if (error)
        return mnemo::fail(ErrorCode::StorageFailed, "cannot write " + m_file.string() + ": " + error.message());
    m_lines = m_open.size();
    return {};
}

/// Told once: the work itself goes on.
void JobJournal::fail(const std::string& why)
{
    if (!m_error)
        log::error("engine", "the queue of jobs is not kept for the next start: " + why);
    m_error = Error {ErrorCode::StorageFailed, why};
}

} // namespace mnemo
