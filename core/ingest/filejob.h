#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/ingest/filedecoding.h"
#include "core/ingest/lane.h"
#include "core/ingest/requestlog.h"
#include "core/ingest/venuefiles/bucketlisting.h"
#include "core/ingest/venuefiles/filechoice.h"

namespace mnemo {

/// A file that was read before: what it was then.
struct KnownFile {
    IntervalSet rows; ///< bars that were asked of it
    std::string sha256;
    UtcMs fetchedAt {};
};

/// Everything that fetching a series' files needs to know before its first request.
struct FileTask {
    SeriesRecord series; ///< id known
    std::shared_ptr<const Venue> venue;
    Instrument instrument;
    PageRules rules;
    VenueFiles files;
    FileCosts costs;
    FileUse use = FileUse::Auto;
    IntervalSet todo;    ///< chosen by the calendar: brought, or given back
    IntervalSet askable; ///< what the API can be asked for
    std::vector<KnownFile> known; ///< looked at again: they may have been amended
    WalkOrder order = WalkOrder::OldestFirst;
    std::int64_t maxFileBytes = 0; ///< unpacked
    std::uint64_t job = 0;         ///< for the log

    bool isEmpty() const { return todo.isEmpty() && known.empty(); }
};

/// Fetches files of one series for the backfill that it works for, on the lane of the files: lists the bucket, chooses
/// again by what is there, verifies each file's checksum before use, unpacks and checks its rows. What no file brings is
/// given back, to be asked of the API. Handlers are called from the lane's thread; control is thread-safe.
class FileJob final : public LaneClient {
public:
    struct Handlers {
        std::function<void(PageCommit, std::stop_token)> store;
        std::function<void()> sent;
        std::function<void(RequestRecord, bool isRetried)> answered;
        std::function<void(const IntervalSet&)> givenBack; ///< to be asked of the API
        std::function<void(const std::string&)> remark; ///< for people
        std::function<void()> ended; ///< once; nothing follows
    };

    /// @param clock outlives the job. @param wake the lane that it is given to
    FileJob(FileTask task, const Clock& clock, Priority priority, std::function<void()> wake);

    const FileTask& task() const { return m_task; }
    void setHandlers(Handlers handlers) { m_handlers = std::move(handlers); } ///< before the lane has it
    void cancel();
    void setPaused(bool paused);
    void setPriority(Priority priority) { m_priority = priority; }

    Priority priority() const override { return m_priority; }
    std::uint64_t job() const override { return m_task.job; }
    std::string_view series() const override { return m_seriesText; }
    std::optional<LaneRequest> next() override;
    Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) override;
    void gaveUp(std::uint64_t tag, const Error& error) override;
    void retried(std::uint64_t tag, const Error& error) override;
    void sent(std::uint64_t tag) override;
    void waits(const std::string&) override { }
    bool isFinished() const override;
    void letGo() override;

private:
    /// A file on its way, checksum first.
    struct Item {
        ChosenFile file;
        std::string sha256;
        std::string knownSha256; ///< of what was read before; empty for a file that was not
        int refusals = 0;        ///< answers that could not be used
        bool isAmendment() const { return !knownSha256.empty(); }
    };
    struct Listing {
        FilePeriod length;
        std::string marker, last; ///< up to this key
    };
    struct Asked {
        std::variant<Listing, Item> what;
        bool isChecksum = false;
        HttpRequest request;
        int tries = 0, status = 0;
        UtcMs sentAt {};
        SteadyTime sentSteady {};
    };

    LaneRequest ask(Asked asked);
    Result<void> accept(Asked& asked, const HttpResponse& response, LaneServices& services);
    Result<void> acceptListing(const Listing& listing, const HttpResponse& response);
    Result<void> acceptChecksum(Item& item, const HttpResponse& response);
    Result<void> acceptFile(Item& item, const Asked& asked, const HttpResponse& response, LaneServices& services);
    Result<void> use(const Item& item, const Asked& asked, const HttpResponse& response, LaneServices& services);
    void list(FilePeriod length, TimeRange range);
    void listed(FilePeriod length);
    FileChoice choice() const;
    void begin();
    void lookForAmendments();
    FilePeriod lengthOf(const KnownFile& known) const;
    void noteRequest(const Asked& asked, std::int64_t rows, const std::optional<Error>& error, bool isRetried);
    void giveUp(const Item& item, const Error& error);
    void giveBack(const IntervalSet& ranges, CoverageState otherwise, const std::string& why);
    FetchArgs args() const;

    const FileTask m_task;
    const Clock& m_clock;
    const std::function<void()> m_wake;
    const std::string m_seriesText;
    Handlers m_handlers;

    // the lane's thread alone
    std::deque<Listing> m_listings;
    std::map<FilePeriod, std::map<std::string, BucketObject, std::less<>>> m_objects; ///< of listings that are complete or under way
    std::map<FilePeriod, bool> m_isListed;
    std::deque<Item> m_files;    ///< checksum not asked for yet
    std::deque<Item> m_verified; ///< checksum known
    std::map<std::uint64_t, Asked> m_asked;
    std::uint64_t m_nextTag = 1;
    std::int64_t m_rowsOfAnswer = 0;
    bool m_hasBegun = false;
    bool m_hasEnded = false;

    std::atomic<Priority> m_priority;
    std::atomic<bool> m_cancelled = false;
    std::atomic<bool> m_paused = false;
};

} // namespace mnemo
