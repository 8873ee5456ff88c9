#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/base/clock.h"
#include "core/config/settings.h"
#include "core/engine/events.h"
#include "core/exchange/catalogue.h"
#include "core/storage/store.h"

namespace mnemo {

struct EngineOptions {
    ConfigSources config;
    std::filesystem::path dataDir;
    OpenMode mode = OpenMode::ReadWrite; ///< ReadOnly: reads always work, no lock is taken, commands that write are refused
    bool watchSettings = false;
    std::shared_ptr<const Clock> clock; ///< null: SystemClock
};

struct BackfillRequest {
    std::string exchange;
    std::string symbol;
    Timeframe timeframe {};
    std::optional<MarketType> market; ///< nothing: from the symbol
    Kind kind = Kind::Candles;
    std::string source;         ///< empty: the exchange
    std::string exchangeSymbol; ///< empty: from the market list, else the symbol template
    TimeRange range;            ///< to beyond the newest closed bar is cut to it
};

/// What a backfill would do; nothing is sent to make it.
struct BackfillPlan {
    SeriesKey series;
    TimeRange wanted;  ///< aligned and cut
    std::int64_t barsWanted = 0, barsAnswered = 0; ///< answered: already known
    std::int64_t pages = 0;
    std::int64_t requests = 0; ///< least number
    double weight = 0;         ///< of the tightest budget
    milliseconds eta {0};      ///< by the budgets alone
    std::int64_t bytes = 0;    ///< estimated growth of the store
    struct Page {
        TimeRange range;
        std::string route = "rest";
        std::string url;
    };
    std::vector<Page> list;
    std::vector<std::string> warnings; ///< retention, unknown listing time, ...
};

struct ImportRequest {
    std::vector<std::filesystem::path> files;
    BackfillRequest target; ///< range is ignored
    std::vector<std::string> columns; ///< empty: by header or position
    bool coverage = true;
};
struct ImportOutcome {
    SeriesKey series;
    std::int64_t read = 0, added = 0, changed = 0, same = 0, rejected = 0;
    std::vector<std::string> notes;
};

struct RebuildOutcome {
    std::int64_t answers = 0, rows = 0, skipped = 0;
};

struct DoctorLine {
    std::string area; ///< config, store, archive, venues, clock, network
    std::string status; ///< ok, warn, error
    std::string text; ///< what, and what to do
};

/// The core behind one object: commands in, events out. All calls are thread-safe and return at once unless they say
/// otherwise. Destroying it stops within a second and loses nothing.
class Engine {
public:
    /// Errors: as openSqliteStore, and StorageLocked naming the pid of the collecting process.
    static Result<std::unique_ptr<Engine>> open(EngineOptions options);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    std::shared_ptr<const LoadedSettings> settings() const;
    std::shared_ptr<const Catalogue> catalogue() const;
    Store& store();
    Archive* archive(); ///< null where bronze.keep is off

    /// Handlers are called until the returned guard goes.
    [[nodiscard]] std::shared_ptr<void> subscribe(EventHandler handler);

    // --- backfill ---
    /// Errors: NotFound (exchange), Unsupported (market, timeframe), InvalidArgument (symbol, range).
    Result<BackfillPlan> plan(const BackfillRequest& request);
    /// The job runs until it is final. Errors: as plan(); StorageReadOnly.
    Result<JobId> backfill(const BackfillRequest& request);
    void cancel(JobId job); ///< final within 100 ms; pages being written are finished
    void cancelAll();
    void pause(JobId job);
    void resume(JobId job);
    std::vector<JobSnapshot> jobs() const; ///< oldest first
    std::optional<JobSnapshot> job(JobId id) const;
    /// Waits until @p job is final. False when stopped first.
    bool wait(JobId job, std::stop_token stop = {});
    std::vector<LaneSnapshot> lanes() const;

    /// Starts one backfill for each series of the configured universe: from the last stored bar less the overlap to now.
    Result<std::vector<JobId>> incremental();

    // --- reading; these wait for the store and belong on a worker thread ---
    Result<std::vector<Gap>> gaps(const SeriesRecord& series, TimeRange within);
    /// From the venue; saved, and used for symbols from then on. Waits for the network.
    Result<std::vector<Instrument>> fetchMarkets(const std::string& exchange, std::stop_token stop = {});

    // --- files; these wait ---
    Result<ImportOutcome> importFiles(const ImportRequest& request, std::stop_token stop = {});
    Result<RebuildOutcome> rebuild(const SeriesFilter& filter, std::stop_token stop = {},
        const std::function<void(std::int64_t answers)>& progress = {});
    Result<std::int64_t> rebuildAggregates(const SeriesFilter& filter);

    std::vector<DoctorLine> doctor(); ///< waits; asks every venue in use for its time

private:
    struct Private;
    explicit Engine(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

} // namespace mnemo
