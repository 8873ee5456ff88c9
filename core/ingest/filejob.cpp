#include "core/ingest/filejob.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/base/timetext.h"
#include "core/ingest/answerarchive.h"
#include "core/ingest/venuefiles/packedfile.h"

namespace mnemo {

namespace {

/// A file that does not fit its checksum is fetched so often: one of the two may just be being replaced.
constexpr int mostRefusals = 2;

/// S3's answers; AWS documentation, "Error responses", 2025.
std::optional<Error> errorOf(const HttpResponse& response, std::string_view what)
{
    if (response.status < 300)
        return std::nullopt;
    const std::string detail = std::string(what) + ": HTTP " + std::to_string(response.status);
    if (response.status == 429)
        return Error {ErrorCode::RateLimited, detail};
    return Error {response.status >= 500 ? ErrorCode::ServerError : ErrorCode::Rejected, detail};
}

std::string lastKeyOf(const VenueFiles::Period& period, UtcMs lastOpen)
{
    return fileKey(period, periodOf(period.length, lastOpen).from);
}

} // namespace

FileJob::FileJob(FileTask task, const Clock& clock, Priority priority, std::function<void()> wake)
    : m_task(std::move(task))
    , m_clock(clock)
    , m_wake(std::move(wake))
    , m_seriesText(m_task.series.key.text())
    , m_priority(priority)
{
}

void FileJob::cancel()
{
    m_cancelled = true;
    m_wake();
}

void FileJob::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused)
        m_wake();
}

FetchArgs FileJob::args() const
{
    FetchArgs args;
    args.kind = m_task.series.key.kind;
    args.instrument = m_task.instrument;
    args.timeframe = m_task.series.key.timeframe;
    args.now = m_clock.now();
    return args;
}

// --- asking ---

std::optional<LaneRequest> FileJob::next()
{
    if (m_cancelled || m_paused)
        return std::nullopt;
    if (!m_hasBegun) {
        m_hasBegun = true;
        IntervalSet range = m_task.todo;
        for (const KnownFile& known : m_task.known)
            range = united(range, known.rows);
        list(m_task.files.periods.front().length, range.hull());
    }
    const auto take = [](auto& queue) {
        auto first = std::move(queue.front());
        queue.pop_front();
        return first;
    };
    if (!m_listings.empty()) {
        Listing listing = take(m_listings);
        HttpRequest request = listingRequest(m_task.files, *m_task.files.period(listing.length), listing.marker);
        return ask({std::move(listing), false, std::move(request)});
    }
    if (!m_verified.empty()) {
        Item item = take(m_verified);
        HttpRequest request = fileRequest(m_task.files, item.file.key);
        return ask({std::move(item), false, std::move(request)});
    }
    if (!m_files.empty()) {
        Item item = take(m_files);
        HttpRequest request = checksumRequest(m_task.files, item.file.key);
        return ask({std::move(item), true, std::move(request)});
    }
    return std::nullopt;
}

LaneRequest FileJob::ask(Asked asked)
{
    const std::uint64_t tag = m_nextTag++;
    LaneRequest request {{asked.request, {{m_task.files.budget.name, 1}}}, tag};
    m_asked.emplace(tag, std::move(asked));
    return request;
}

void FileJob::sent(std::uint64_t tag)
{
    if (const auto found = m_asked.find(tag); found != m_asked.end()) {
        ++found->second.tries;
        found->second.status = 0;
        found->second.sentAt = m_clock.now();
        found->second.sentSteady = m_clock.steady();
    }
    m_handlers.sent();
}

void FileJob::noteRequest(const Asked& asked, std::int64_t rows, const std::optional<Error>& error, bool isRetried)
{
    const auto took = std::chrono::ceil<milliseconds>(m_clock.steady() - asked.sentSteady);
    m_handlers.answered({asked.sentAt, asked.request.method, redactedUrl(asked.request.url), asked.status, 1, took, rows, asked.tries, error}, isRetried);
}

// --- which files there are ---

/// From the oldest file that may be used to the newest.
void FileJob::list(FilePeriod length, TimeRange range)
{
    const VenueFiles::Period& period = *m_task.files.period(length);
    const UtcMs first = periodOf(length, range.from).from;
    const UtcMs before = periodOf(length, first - milliseconds {1}).from;
    m_isListed[length] = false;
    m_listings.push_back({length, fileKey(period, before) + m_task.files.checksumSuffix, lastKeyOf(period, range.to - milliseconds {1})});
}

Result<void> FileJob::acceptListing(const Listing& listing, const HttpResponse& response)
{
    auto page = parseBucketListing(response.body);
    if (!page)
        return fail(std::move(page.error()));
    auto& objects = m_objects[listing.length];
    std::string newest;
    for (BucketObject& object : page->objects) {
        newest = object.key;
        if (!object.key.ends_with(m_task.files.checksumSuffix))
            objects.emplace(object.key, std::move(object));
    }
    m_rowsOfAnswer = static_cast<std::int64_t>(page->objects.size());
    const bool isMore = page->isTruncated && page->nextMarker > listing.marker && newest < listing.last;
    if (isMore)
        m_listings.push_front({listing.length, page->nextMarker, listing.last});
    else
        listed(listing.length);
    return {};
}

/// The choice by what is there; periods that are not listed yet count as there.
FileChoice FileJob::choice() const
{
    const FileExists byCalendar = publishedBy(m_task.files, m_clock.now());
    return chooseFiles(m_task.todo, m_task.askable, m_task.files, m_task.rules, m_task.costs, m_task.use, [&](FilePeriod length, UtcMs start) {
        const auto isListed = m_isListed.find(length);
        if (isListed == m_isListed.end() || !isListed->second)
            return byCalendar(length, start);
        const auto objects = m_objects.find(length);
        return objects != m_objects.end() && objects->second.contains(fileKey(*m_task.files.period(length), start));
    });
}

/// Shorter periods are listed only where the longer ones leave something to them.
void FileJob::listed(FilePeriod length)
{
    m_isListed[length] = true;
    const FileChoice now = choice();
    for (const VenueFiles::Period& period : m_task.files.periods) {
        std::vector<TimeRange> needed;
        for (const ChosenFile& file : now.files) {
            if (file.length == period.length)
                needed.push_back(file.covers);
        }
        for (const KnownFile& known : m_task.known) {
            if (lengthOf(known) == period.length)
                needed.push_back(known.rows.hull());
        }
        if (!m_isListed.contains(period.length) && !needed.empty())
            return list(period.length, IntervalSet(std::move(needed)).hull());
    }
    begin();
}

void FileJob::begin()
{
    FileChoice chosen = choice();
    if (m_task.order == WalkOrder::NewestFirst)
        std::ranges::reverse(chosen.files);
    for (ChosenFile& file : chosen.files)
        m_files.push_back({std::move(file), {}, {}});
    lookForAmendments();
    giveBack(subtracted(m_task.todo, chosen.taken), CoverageState::BeyondRetention, {});
}

/// Files that were changed after they were read: their checksum tells whether that matters.
void FileJob::lookForAmendments()
{
    for (const KnownFile& known : m_task.known) {
        const VenueFiles::Period* const period = m_task.files.period(lengthOf(known));
        if (period == nullptr)
            continue;
        const TimeRange covers = periodOf(period->length, known.rows.hull().from);
        const auto& objects = m_objects[period->length];
        const auto object = objects.find(fileKey(*period, covers.from));
        if (object != objects.end() && object->second.modified > known.fetchedAt)
            m_files.push_back({{period->length, covers, known.rows, object->first}, {}, known.sha256});
    }
}

/// Months are used only where much of them is wanted. A day of open interest may end with the next midnight.
FilePeriod FileJob::lengthOf(const KnownFile& known) const
{
    const milliseconds longestDay = std::chrono::days {1} + m_task.rules.grid.timeframe().length();
    return known.rows.hull().length() <= longestDay ? FilePeriod::Day : FilePeriod::Month;
}

// --- answers ---

Result<void> FileJob::accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services)
{
    const auto found = m_asked.find(tag);
    if (found == m_asked.end() || m_cancelled)
        return {};
    found->second.status = response.status;
    m_rowsOfAnswer = 0;
    auto used = accept(found->second, response, services);
    if (!used)
        return used;
    noteRequest(found->second, m_rowsOfAnswer, std::nullopt, false);
    m_asked.erase(tag);
    return {};
}

Result<void> FileJob::accept(Asked& asked, const HttpResponse& response, LaneServices& services)
{
    if (const auto* listing = std::get_if<Listing>(&asked.what)) {
        if (auto error = errorOf(response, "the listing of " + m_task.files.host()))
            return fail(std::move(*error));
        return acceptListing(*listing, response);
    }
    Item& item = std::get<Item>(asked.what);
    if (auto error = errorOf(response, std::string(fileName(item.file.key)) + (asked.isChecksum ? m_task.files.checksumSuffix : "")))
        return fail(std::move(*error));
    return asked.isChecksum ? acceptChecksum(item, response) : acceptFile(item, asked, response, services);
}

Result<void> FileJob::acceptChecksum(Item& item, const HttpResponse& response)
{
    auto sha256 = readChecksum(response.body, fileName(item.file.key));
    if (!sha256)
        return fail(std::move(sha256.error()));
    if (*sha256 == item.knownSha256)
        return {}; // touched, not amended
    item.sha256 = std::move(*sha256);
    m_verified.push_back(item);
    return {};
}

/// What cannot be used is fetched once more with its checksum, then left to the API.
Result<void> FileJob::acceptFile(Item& item, const Asked& asked, const HttpResponse& response, LaneServices& services)
{
    auto used = sha256Hex(response.body) == item.sha256
        ? use(item, asked, response, services)
        : fail(ErrorCode::BadAnswer, std::string(fileName(item.file.key)) + " is not what its checksum says");
    const bool isOurs = !used && used.error().code != ErrorCode::BadAnswer && used.error().code != ErrorCode::Corrupt && used.error().code != ErrorCode::TooLarge;
    if (used || isOurs)
        return used;
    if (++item.refusals < mostRefusals) {
        m_files.push_front(item);
        m_handlers.remark(used.error().detail + "; it is fetched once more");
        return {};
    }
    giveUp(item, used.error());
    return {};
}

Result<void> FileJob::use(const Item& item, const Asked& asked, const HttpResponse& response, LaneServices& services)
{
    FileAnswer answer {fileName(item.file.key), response.body, item.file.covers, item.file.wanted, m_clock.now(), response.date(), m_task.maxFileBytes};
    if (isMetric(m_task.series.key.kind)) // a day may end with the reading of midnight
        answer.wanted = united(answer.wanted, intersected(m_task.todo, IntervalSet(TimeRange {item.file.covers.to, m_task.rules.grid.next(item.file.covers.to)})));
    Manifest manifest;
    manifest.range = answer.wanted.hull();
    manifest.route = "archive";
    manifest.sha256 = item.sha256; // of these bytes: it was compared
    auto archived = archiveAnswer(std::move(manifest), m_task.series, m_task.venue->version(),
        {asked.request.method, asked.request.url, {}}, response, m_clock.now(), services);
    if (!archived)
        return fail(std::move(archived.error()));
    auto decoded = decodeFile(*m_task.venue, m_task.files, args(), m_task.rules, answer);
    if (!decoded)
        return fail(std::move(decoded.error()));
    m_rowsOfAnswer = static_cast<std::int64_t>(decoded->page.rows.size());
    const IntervalSet untold = item.isAmendment() ? IntervalSet() : subtracted(item.file.wanted, decoded->told);
    PageCommit commit = fileCommit(m_task.series.id, answer, std::move(*decoded), subtracted(untold, m_task.askable));
    commit.status = response.status;
    commit.archiveKey = std::move(archived->key);
    commit.sha256 = item.sha256;
    commit.descriptionVersion = m_task.venue->version();
    m_handlers.store(std::move(commit), services.stopToken());
    if (item.isAmendment())
        m_handlers.remark(std::string(answer.name) + " was amended since it was read, and is read again");
    // A bar that a file lacks may have traded all the same.
    if (const IntervalSet open = intersected(untold, m_task.askable); !open.isEmpty())
        m_handlers.givenBack(open);
    return {};
}

// --- failing and ending ---

void FileJob::giveUp(const Item& item, const Error& error)
{
    if (item.isAmendment()) {
        m_handlers.remark(error.detail + ": what was read of it before stays");
        return;
    }
    giveBack(item.file.wanted, CoverageState::Failed, error.detail);
}

/// @param otherwise what is known of bars that the API cannot be asked for
void FileJob::giveBack(const IntervalSet& ranges, CoverageState otherwise, const std::string& why)
{
    const IntervalSet open = intersected(ranges, m_task.askable), lost = subtracted(ranges, m_task.askable);
    if (!lost.isEmpty())
        m_handlers.store(coverageCommit(m_task.series.id, lost, otherwise, m_clock.now()), {});
    if (!why.empty())
        m_handlers.remark(why + (open.isEmpty() ? ": nobody else can be asked for what it holds" : ": the exchange is asked instead"));
    if (!open.isEmpty())
        m_handlers.givenBack(open);
}

void FileJob::gaveUp(std::uint64_t tag, const Error& error)
{
    const auto found = m_asked.find(tag);
    if (found == m_asked.end())
        return;
    noteRequest(found->second, 0, error, false);
    const Asked asked = std::move(found->second);
    m_asked.erase(found);
    if (const auto* item = std::get_if<Item>(&asked.what)) {
        giveUp(*item, error);
        return;
    }
    m_listings.clear(); // without it nobody knows what is there
    if (m_task.todo.isEmpty())
        m_handlers.remark("whether files of " + m_task.files.host() + " were amended is not known: they cannot be listed (" + error.detail + ")");
    else
        giveBack(m_task.todo, CoverageState::Failed, "the files of " + m_task.files.host() + " cannot be listed (" + error.detail + ")");
}

void FileJob::retried(std::uint64_t tag, const Error& error)
{
    if (const auto found = m_asked.find(tag); found != m_asked.end())
        noteRequest(found->second, 0, error, true);
}

bool FileJob::isFinished() const
{
    return m_cancelled || (m_hasBegun && m_listings.empty() && m_files.empty() && m_verified.empty() && m_asked.empty());
}

void FileJob::letGo()
{
    if (!std::exchange(m_hasEnded, true))
        m_handlers.ended();
    m_handlers = {}; // they hold the backfill
}

} // namespace mnemo
