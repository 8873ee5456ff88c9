#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/waitlog.h"
#include "core/ingest/lane.h"
#include "core/market/serieskey.h"
#include "core/storage/store.h"

namespace mnemo {

/// Fetches a venue's market list over its lane: all calls that it needs and all their pages, one after the other.
class MarketListFetch final : public LaneClient {
public:
    using Done = std::function<void(Result<std::vector<Instrument>>)>; ///< once, on the lane's thread
    /// @param mostRetries of one call, before the list counts as not to be had
    /// @param waits where waits are noted; may be null
    MarketListFetch(std::shared_ptr<const Venue> venue, UtcMs now, int mostRetries, Done done, std::shared_ptr<WaitLog> waits = {});

    void cancel(); ///< then wake the lane
    Priority priority() const override { return Priority::Repair; }
    std::optional<LaneRequest> next() override;
    Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) override;
    void gaveUp(std::uint64_t tag, const Error& error) override;
    void retried(std::uint64_t tag, const Error& error) override;
    void sent(std::uint64_t) override { }
    void waits(const std::string& reason) override;
    bool isFinished() const override { return m_isDone || m_cancelled; }
    void letGo() override;

private:
    void finish(Result<std::vector<Instrument>> result);

    std::shared_ptr<const Venue> m_venue;
    int m_mostRetries;
    Done m_done;
    const std::shared_ptr<WaitLog> m_waits;
    UtcMs m_now;
    struct Call {
        std::size_t index = 0; ///< of the venue's calls
        VenueRequest request;
    };
    std::deque<Call> m_calls; ///< still to be answered; the first is on its way or next
    bool m_isAsked = false;
    std::vector<MarketAnswer> m_answers;
    int m_retries = 0;
    bool m_isDone = false;
    std::atomic<bool> m_cancelled = false;
};

/// The instrument that a series means in the venue's @p list; of a provider's, what the user has corrected goes before, then what its
/// description fixes. By @p ownId, whatever was corrected, where that is given. Nothing where none of them has it, or where what is
/// corrected or fixed lacks what a list would tell and there is none yet.
std::optional<Instrument> chooseInstrument(
    const Venue& venue, std::span<const Instrument> list, const SeriesKey& series, std::string_view ownId = {});

/// The same for a series of which @p stored tells the id by which it was collected: that id is the last resort, and none where
/// something was corrected.
std::optional<Instrument> chooseInstrument(
    const Venue& venue, std::span<const Instrument> list, const SeriesKey& series, const std::optional<SeriesRecord>& stored);

} // namespace mnemo
