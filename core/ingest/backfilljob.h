#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/base/waitlog.h"
#include "core/exchange/venue.h"
#include "core/ingest/answerarchive.h"
#include "core/ingest/filejob.h"
#include "core/ingest/jobprogress.h"
#include "core/ingest/lane.h"
#include "core/ingest/listingsearch.h"
#include "core/ingest/pagewalk.h"
#include "core/ingest/requestlog.h"
#include "core/ingest/tradewalk.h"
#include "core/ingest/writer.h"

namespace mnemo {

/// Everything that a backfill of one series needs to know before its first request.
struct BackfillTask {
    SeriesRecord series; ///< id known
    std::shared_ptr<const Venue> venue;
    Instrument instrument;
    PageRules rules;
    IntervalSet todo;           ///< wanted less answered, aligned
    IntervalSet tooOld;         ///< wanted, but beyond the venue's retention
    bool isStartKnown = false;  ///< something older than todo is stored or known: no need to search the listing
    bool recheck = false;       ///< todo holds answered bars on purpose (incremental's overlap)
    Priority priority = Priority::Backfill;
    WalkOrder order = WalkOrder::OldestFirst;
    std::uint64_t job = 0; ///< for the log
    std::shared_ptr<WaitLog> waits; ///< where waits are noted; may be null
    std::shared_ptr<FileJob> files; ///< brings its part of todo, or gives it back; null where there is none
    std::vector<PageRules> otherFrames; ///< of the same market, for the search of the listing
};

/// Walks one series: asks pages, judges answers, hands commits to the writer, follows what answers left open, finds the
/// listing where the head of the range is empty. Lives on a lane; progress and control are thread-safe.
class BackfillJob final : public LaneClient, public std::enable_shared_from_this<BackfillJob> {
public:
    struct Handlers { ///< called from the lane's or the writer's thread; must be quick
        std::function<void()> changed;
        std::function<void(const PageCommit&, const CommitOutcome::Page&)> stored;
        std::function<void(std::span<const Finding>)> found;
        std::function<void()> ended; ///< once, when nothing is in flight and all commits are through
    };

    /// @param writer and @p clock outlive the job
    BackfillJob(BackfillTask task, Writer& writer, const Clock& clock, Handlers handlers);

    /// Call once before the lane has it, where there are files: then give the answer to the lane of the files.
    /// @param wake this job's own lane
    std::shared_ptr<FileJob> startFiles(std::function<void()> wake);
    JobProgress progress() const;
    void cancel(); ///< then wake the lane
    void setPaused(bool paused);
    void setPriority(Priority priority);
    /// Nothing on the wire and nothing on its way to the store.
    bool isQuiet() const;
    std::shared_ptr<const RequestLog> requests() const { return m_requests; }

    Priority priority() const override { return m_priority; }
    std::uint64_t job() const override { return m_task.job; }
    std::string_view series() const override { return m_seriesText; }
    std::optional<LaneRequest> next() override;
    Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) override;
    void gaveUp(std::uint64_t tag, const Error& error) override;
    void retried(std::uint64_t tag, const Error& error) override;
    void sent(std::uint64_t tag) override;
    void waits(const std::string& reason) override;
    bool isFinished() const override;
    void letGo() override;

private:
    struct ListingProof { ///< the page just before the supposed listing: must be empty
        Page page;
        UtcMs listing;
    };
    using Asked = std::variant<Page, ListingSearch::Question, ListingProof, TradePage>;
    /// A question on its way, and how it was put.
    struct Sent {
        Asked asked;
        Question question;
        double weight = 0;
        int tries = 0;
        int status = 0; ///< of the newest answer
        UtcMs sentAt {};
        SteadyTime sentSteady {};
    };
    FetchArgs argsOf(Timeframe frame) const;
    Result<VenueRequest> requestFor(const Asked& asked) const;
    Result<Archived> archive(Manifest manifest, const Sent& sent, const HttpResponse& response, LaneServices& services);
    Result<void> acceptPage(const Page& page, const Sent& sent, const HttpResponse& response, LaneServices& services, std::optional<UtcMs> provenListing);
    Result<void> acceptTrades(const TradePage& page, const Sent& sent, const HttpResponse& response, LaneServices& services);
    Result<void> acceptQuestion(const ListingSearch::Question& question, const HttpResponse& response);
    void searchListing(const Page& page, std::span<const Candle> rows, PageVerdict& verdict);
    void searchMoved();
    void listingFound(UtcMs listing);
    void listingIsNotKnown();
    void markUnlisted(UtcMs listing);
    void store(PageCommit commit, std::stop_token stop);
    void markAbsent(const IntervalSet& ranges, CoverageState state);
    void committed(const PageCommit& commit, const Result<CommitOutcome::Page>& outcome, std::span<const Finding> findings);
    IntervalSet barsOf(const Asked& asked);
    void failJob(const Error& error);
    void endIfDone();
    void remark(const std::string& text);
    void takeBack(const IntervalSet& ranges);
    void addGivenBack();
    void fillPages(const IntervalSet& todo);
    void noteRequest(const Sent& sent, std::int64_t rows, const std::optional<Error>& error);

    const BackfillTask m_task;
    Writer& m_writer;
    const Clock& m_clock;
    const Handlers m_handlers;
    const std::string m_seriesText;
    const std::shared_ptr<RequestLog> m_requests = std::make_shared<RequestLog>();

    // the lane's thread alone
    std::deque<Page> m_pages;  ///< not asked yet, in their order
    std::deque<Page> m_follow; ///< what answers left open; asked first
    std::optional<ListingProof> m_proof;
    std::optional<TradeWalk> m_trades; ///< in the place of pages where bars are made of trades
    UtcMs m_began {};
    std::map<std::uint64_t, Sent> m_asked;
    std::uint64_t m_nextTag = 1;
    std::optional<ListingSearch> m_search;
    bool m_isListingSought = false;
    TimeRange m_emptyHead; ///< the head of the range that came back empty
    std::vector<Page> m_deferred; ///< confirmations that wait for the search
    IntervalSet m_skipped;        ///< not asked because it lies before the supposed listing; asked after all if that fails
    std::optional<UtcMs> m_listing; ///< nothing before it needs to be asked
    int m_failuresInRow = 0;
    bool m_hasAnswer = false;
    int m_unreachable = 0; ///< tries that found nobody, before the first answer
    bool m_hasFailedPage = false; ///< the last error was not overcome
    bool m_hasBegun = false;
    std::int64_t m_rowsOfAnswer = 0;

    std::atomic<Priority> m_priority;
    std::function<void()> m_wake; ///< its lane; set where there are files
    std::atomic<int> m_onWire = 0;
    std::atomic<int> m_filesOnWire = 0;
    std::atomic<bool> m_areFilesOpen = false;
    std::atomic<bool> m_cancelled = false;
    std::atomic<bool> m_paused = false;
    std::atomic<bool> m_failed = false;

    mutable std::mutex m_mutex; // what follows
    JobProgress m_progress;
    IntervalSet m_givenBack; ///< what no file has brought
    int m_uncommitted = 0;
    bool m_isLetGo = false;
    bool m_hasEnded = false;
};

} // namespace mnemo
