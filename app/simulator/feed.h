#pragma once

#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "app/simulator/faults.h"
#include "app/simulator/marketstore.h"
#include "core/base/clock.h"
#include "core/market/intervalset.h"

namespace mnemo::sim {

/// What a venue asks its market for.
struct PageQuery {
    const Market* market = nullptr;
    Kind kind = Kind::Candles;
    Grid grid {Timeframe {}};
    TimeRange opens;              ///< bars that open in here
    std::size_t limit = 0;
    Side side = Side::Newest;     ///< which end stays when the limit cuts
    bool hasRunning = true;       ///< the bar that is still open is served, as most venues do
    std::optional<Side> lost {};  ///< end that a short answer loses; without it the end away from @p side
};

/// One page as it was served; for tests that ask what a client fetched.
struct ServedPage {
    std::string exchange, market, symbol, kind, timeframe;
    std::int64_t fromMs = 0, toMs = 0; ///< open of the first row, close of the last
    std::size_t rows = 0;
};

/// Reads pages for the venues and spoils their rows as drawn. Rows are missing or wrong only the first time their range
/// is served: asked for again, they are right. Thread-safe.
class Feed {
public:
    /// @p plan what the draws will come from: without holes and revisions nothing is remembered of what was served
    explicit Feed(const Clock& clock, const FaultPlan& plan = {});
    /// Also keeps what was served, and writes a JSON line for every page to @p path. Errors: StorageFailed.
    Result<void> record(const std::string& path);

    /// Ascending. Nothing opens after now. Open interest comes as interestAt() has it; of the other kinds the bars themselves, of
    /// which their numbers are made (crowd.h). Only where the market tells any.
    std::vector<Bar> page(const PageQuery& query, const FaultDraw& draw);

    UtcMs now() const { return m_clock.now(); }
    std::uint64_t rows() const { return m_rows; }
    std::array<std::uint64_t, faultCount> spoilt() const; ///< pages spoilt, by fault
    std::vector<ServedPage> served() const;
    bool isRecording() const { return m_isRecording; }

private:
    using Key = std::tuple<const Market*, Kind, Timeframe>;
    static Key keyOf(const PageQuery& query) { return {query.market, query.kind, query.grid.timeframe()}; }

    std::vector<Bar> read(const PageQuery& query) const;
    std::vector<Bar> readBars(const PageQuery& query) const;
    IntervalSet seen(const PageQuery& query) const;
    void remember(const PageQuery& query, const std::vector<Bar>& bars);
    void revise(const PageQuery& query, std::vector<Bar>& bars, const FaultDraw& draw);
    void dig(const PageQuery& query, std::vector<Bar>& bars, const FaultDraw& draw);
    void shorten(const PageQuery& query, std::vector<Bar>& bars, const FaultDraw& draw);
    void duplicate(std::vector<Bar>& bars, const FaultDraw& draw);
    void count(Fault fault) { ++m_spoilt[static_cast<std::size_t>(fault)]; }
    void keep(const PageQuery& query, const std::vector<Bar>& bars);

    const Clock& m_clock;
    const bool m_remembers;
    std::atomic<std::uint64_t> m_rows {0};
    std::array<std::atomic<std::uint64_t>, faultCount> m_spoilt {};
    bool m_isRecording = false;
    mutable std::mutex m_mutex; ///< guards what follows
    std::map<Key, IntervalSet> m_seen; ///< what was served at least once
    std::vector<ServedPage> m_served;
    std::ofstream m_log;
};

} // namespace mnemo::sim
